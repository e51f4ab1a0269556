/** The 4-versus-8 post with all pictures, against what Python prints with the same seed. */
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';

import { needs, runExample } from './support.js';

const recorded = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, 'fixtures', 'four_or_eight.json'), 'utf8'),
) as { batches: [train: number, valid: number]; accuracies: number[] };

describe('example: four or eight', function () {
  this.timeout(600_000);

  it('splits by samplers and trains to the accuracies that Python recorded with the same seed', async function () {
    needs(this, 'mnist_png.tgz');
    const { outputs } = await runExample('seeds/four_or_eight.ts');
    expect(outputs.get(5)).to.equal('(3, torch.Size([5842, 28, 28]))\ntorch.Size([5851, 28, 28])');
    expect(outputs.get(6)).to.equal('(torch.Size([11693, 784]), torch.Size([11693, 1]))');
    expect(outputs.get(8)).to.equal('(9355, 2338)');
    expect(outputs.get(9)).to.equal(`(${recorded.batches.join(', ')})`);
    const [before, ...accuracies] = recorded.accuracies.map((accuracy) =>
      String(Number(accuracy.toFixed(4))),
    );
    expect(outputs.get(12)).to.equal(before);
    expect(outputs.get(13)!.trim().split(' ')).to.deep.equal(accuracies);
    expect(Number(accuracies.at(-1))).to.be.above(0.98);
  });
});
