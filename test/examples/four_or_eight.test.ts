import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

import { archives } from '../support/mnist.js';

const root = path.join(import.meta.dirname, '..', '..');
const recorded = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, 'fixtures', 'four_or_eight.json'), 'utf8'),
) as { batches: [train: number, valid: number]; accuracies: number[] };

describe('example: four or eight', function () {
  this.timeout(300_000);

  it('splits by samplers and trains to the accuracies that Python recorded with the same seed', async function () {
    if (archives === undefined || !fs.existsSync(path.join(archives, 'mnist_png.tgz'))) {
      console.warn('      needs MNIST: set LIBTORCH_NODE_ARCHIVES to a folder that holds mnist_png.tgz');
      return this.skip();
    }
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'four-or-eight-'));
    try {
      const script = path.join(root, 'examples', 'seeds', 'four_or_eight.ts');
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
        cwd: root,
        // One thread: the order of summation is that of the recording.
        env: { ...process.env, FASTAI_HOME: home, OMP_NUM_THREADS: '1' },
      });
      expect(stdout).to.contain("(#2) [Path('testing'),Path('training')]");
      expect(stdout).to.contain('fours torch.Size([5842, 28, 28]) eights torch.Size([5851, 28, 28])');
      expect(stdout).to.contain('x torch.Size([11693, 784]) y torch.Size([11693, 1])');
      expect(stdout).to.contain(`9355 for training in ${recorded.batches[0]} batches`);
      expect(stdout).to.contain(`2338 for validation in ${recorded.batches[1]}\n`);
      const [before, ...accuracies] = recorded.accuracies.map((accuracy) => accuracy.toFixed(4));
      expect(stdout).to.contain(`Accuracy before training ${before!}\n`);
      expect(stdout.trim().split('\n').at(-1)!.trim().split(' ')).to.deep.equal(accuracies);
      expect(Number(accuracies.at(-1))).to.be.above(0.98);
    } finally {
      fs.rmSync(home, { recursive: true });
    }
  });
});
