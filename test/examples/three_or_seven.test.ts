import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

import { archives } from '../support/mnist.js';

const root = path.join(import.meta.dirname, '..', '..');
const recorded = JSON.parse(
  fs.readFileSync(path.join(root, 'test/parity/fastai_ch4_seed42_scratch.json'), 'utf8'),
) as {
  scratch_init: { 'w[:5],sum': number[]; b: number };
  scratch_lr1_20epochs: { last_batch_loss: number[]; valid_batch_accuracy: number[] };
};

interface Run {
  path: string;
  isMnist: boolean;
  reason: string;
  shapes: number[][];
  similarity: { threes: number; sevens: number; mean: number };
  init: { weights: number[]; sum: number; bias: number };
  epochs: { lastBatchLoss: number; accuracy: number }[];
  leaked: number;
}

describe('example: three or seven', function () {
  this.timeout(300_000);
  let home: string;
  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'three-or-seven-'));
  });
  afterEach(() => {
    fs.rmSync(home, { recursive: true });
  });

  async function run(env: Record<string, string>): Promise<Run> {
    const script = path.join(import.meta.dirname, 'from_scratch_run.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      cwd: root,
      env: { ...process.env, FASTAI_HOME: home, ...env },
    });
    return JSON.parse(stdout) as Run;
  }

  it('trains the linear model to the figures that Python recorded with the same seed', async function () {
    if (archives === undefined || !fs.existsSync(path.join(archives, 'mnist_sample.tgz'))) {
      console.warn('      needs MNIST: set LIBTORCH_NODE_ARCHIVES to a folder that holds mnist_sample.tgz');
      return this.skip();
    }
    const { isMnist, shapes, similarity, init, epochs, leaked } = await run({});
    expect(isMnist).to.equal(true);
    expect(shapes).to.deep.equal([
      [12396, 784],
      [12396, 1],
      [2038, 784],
      [2038, 1],
    ]);
    expect(similarity.threes.toFixed(4)).to.equal('0.9168');
    expect(similarity.sevens.toFixed(4)).to.equal('0.9854');
    expect(similarity.mean.toFixed(4)).to.equal('0.9511');

    const numbers = recorded.scratch_init['w[:5],sum'];
    expect(init.weights, 'bit for bit').to.deep.equal(numbers.slice(0, 5));
    expect(init.bias).to.equal(recorded.scratch_init.b);
    expect(init.sum).to.be.closeTo(numbers[5]!, 1e-4);

    const { last_batch_loss: losses, valid_batch_accuracy: accuracies } = recorded.scratch_lr1_20epochs;
    expect(epochs).to.have.length(20);
    epochs.forEach(({ lastBatchLoss, accuracy }, epoch) => {
      expect(lastBatchLoss, `loss of epoch ${epoch}`).to.be.closeTo(losses[epoch]!, 1e-6);
      expect(accuracy, `accuracy of epoch ${epoch}`).to.equal(accuracies[epoch]);
    });
    // The two gradients came into being; nothing else stayed.
    expect(leaked).to.be.at.most(2);
  });

  it('says so where MNIST cannot be had, and learns from drawn digits', async () => {
    // A proxy at which nobody listens: no network, wherever the test runs.
    const nowhere = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: '', NO_PROXY: '', no_proxy: '' };
    const {
      isMnist,
      reason,
      path: folder,
      shapes,
      epochs,
    } = await run({ ...nowhere, LIBTORCH_NODE_ARCHIVES: '' });
    expect(isMnist).to.equal(false);
    expect(reason).to.contain('cannot download https://').and.contain('LIBTORCH_NODE_ARCHIVES');
    expect(path.dirname(folder)).to.equal(path.join(home, 'data'));
    expect(fs.readdirSync(path.join(home, 'data')), 'nothing unfinished').to.deep.equal([
      path.basename(folder),
    ]);
    expect(shapes[0]).to.deep.equal([6000, 784]);
    expect(epochs.at(-1)!.accuracy).to.be.within(0.93, 0.995);
    expect(epochs[0]!.accuracy, 'not trivial').to.be.below(0.8);
  });
});
