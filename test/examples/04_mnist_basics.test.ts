import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { runCells, type CellRun } from '../../examples/lib/cells.js';
import { mnistHome } from '../support/mnist.js';
import { describeCells, type RecordedCells } from '../support/recorded_cells.js';

const recorded = JSON.parse(
  fs.readFileSync(new URL('fixtures/04_mnist_basics.json', import.meta.url), 'utf8'),
) as RecordedCells;

describe('examples/fastbook/04_mnist_basics', function () {
  this.timeout(300_000);
  let run: CellRun;
  let figures: string;
  before(async function () {
    const FASTAI_HOME = await mnistHome(this);
    figures = fs.mkdtempSync(path.join(os.tmpdir(), 'figures-'));
    run = await runCells('examples/fastbook/04_mnist_basics.ts', {
      args: ['--quick', '--figures', figures],
      env: { FASTAI_HOME },
    });
  });
  after(() => {
    if (figures) fs.rmSync(figures, { recursive: true, force: true });
  });

  describeCells(() => run, recorded);

  it('draws sixteen figures', () => {
    const files = fs.readdirSync(figures).filter((name) => name.endsWith('.png'));
    expect(files).to.have.length(16);
    for (const file of files) expect(fs.statSync(path.join(figures, file)).size).to.be.above(300);
  });
});
