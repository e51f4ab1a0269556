import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { runCells, type CellRun } from '../../examples/lib/cells.js';
import { archives } from '../support/mnist.js';
import { describeCells, type RecordedCells } from '../support/recorded_cells.js';

const script = path.resolve('examples/course/lesson5_sgd_mnist.ts');
const recorded = JSON.parse(
  fs.readFileSync(new URL('fixtures/lesson5_sgd_mnist.json', import.meta.url), 'utf8'),
) as RecordedCells;
/** After "validation loss 1.234, accuracy 0.567". */
function reported(text: string): [loss: number, accuracy: number] {
  const [, loss, accuracy] = /validation loss ([\d.]+), accuracy ([\d.]+)/.exec(text) ?? [];
  return [Number(loss), Number(accuracy)];
}

describe('examples/course/lesson5_sgd_mnist', function () {
  this.timeout(300_000);
  let run: CellRun;
  let folder: string;
  before(async function () {
    const source = archives === undefined ? undefined : path.join(archives, 'mnist.pkl.gz');
    if (source === undefined || !fs.existsSync(source)) {
      console.warn('      needs MNIST: set LIBTORCH_NODE_ARCHIVES to a folder that holds mnist.pkl.gz');
      return this.skip();
    }
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lesson5-'));
    fs.mkdirSync(path.join(folder, 'data', 'mnist'), { recursive: true });
    fs.symlinkSync(path.resolve(source), path.join(folder, 'data', 'mnist', 'mnist.pkl.gz'));
    run = await runCells(script, {
      args: ['--quick', '--figures', path.join(folder, 'figures')],
      env: { FASTAI_HOME: folder, LIBTORCH_NODE_ARCHIVES: undefined },
    });
  });
  after(() => {
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });

  describeCells(() => run, recorded);

  it('learns more with each step of the lesson, on a tenth of the pictures', () => {
    const [logistic, layers, adam] = [18, 22, 26].map((n) => reported(run.outputs.get(n)!));
    expect(logistic![1]).to.be.above(0.5);
    expect(layers![1]).to.be.above(0.4);
    expect(adam![1]).to.be.above(0.8);
    const [, accuracy] = /0 +0\.\d+ +0\.\d+ +(0\.\d+)/.exec(run.outputs.get(31)!) ?? [];
    expect(Number(accuracy)).to.be.above(0.87);
  });
  it('draws seven figures', () => {
    expect(fs.readdirSync(path.join(folder, 'figures'))).to.have.length(7);
  });
  it('says where the file belongs when it is nowhere', async () => {
    const home = path.join(folder, 'empty');
    fs.mkdirSync(home);
    const error: unknown = await runCells(script, {
      cwd: home,
      env: { FASTAI_HOME: home, LIBTORCH_NODE_ARCHIVES: undefined },
    }).catch((reason: unknown) => reason);
    expect(String(error)).to.contain(`mnist.pkl.gz is neither in ${path.join(home, 'data', 'mnist')}`);
    expect(String(error)).to.contain(path.join(home, 'data', 'mnist'));
  });
});
