import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

import { load_safetensors, safetensors_metadata } from '../../ts/torch/index.js';
import { archives } from '../support/mnist.js';

const root = path.join(import.meta.dirname, '..', '..');

describe('example: three or seven, as npm start runs it', function () {
  this.timeout(600_000);

  it('prints shapes, baseline and accuracies, and saves the weights', async function () {
    if (archives === undefined) return this.skip();
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'npm-start-'));
    try {
      const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
      const script = path.join(root, 'examples', 'three_or_seven.ts');
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', tsx, script], {
        cwd: home,
        env: { ...process.env, FASTAI_HOME: home },
      });
      expect(stdout).to.contain('torch.Size([6131, 28, 28]) sevens torch.Size([6265, 28, 28])');
      expect(stdout).to.contain("(#6131) [Path('train/3/10.png'),Path('train/3/10000.png')");
      expect(stdout).to.contain(' 0.9168 0.9854 0.9511\n');
      expect(stdout).to.contain(' 0.7304 0.8506 0.9009 0.9292 ');
      const accuracies = stdout.split('\n').filter((line) => /^( 0\.\d{4}){20,}$/.test(line));
      expect(accuracies.map((line) => line.trim().split(' ').length)).to.deep.equal([20, 40]);
      expect(Number(accuracies[1]!.slice(-6)), 'two layers do better').to.be.above(0.98);
      const file = path.join(home, 'models', 'three_or_seven.safetensors');
      expect(stdout).to.contain(file);
      expect([...load_safetensors(file)['w1']!.shape]).to.deep.equal([784, 30]);
      expect(safetensors_metadata(file)).to.deep.equal({ data: 'MNIST_SAMPLE' });
    } finally {
      fs.rmSync(home, { recursive: true });
    }
  });
});
