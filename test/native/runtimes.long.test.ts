/** The memory loop, many small tensors and a training on every runtime: bounded, and the same figures on all. */
import { expect } from 'chai';
import { jobs, measure, runtimes } from '../../scripts/runtimes.mjs';
import { compile } from './support/compiled.js';

const results: Record<string, number> = { loop: 256 * 784 * 2, small: 500_001 };

describe('runtimes', function () {
  this.timeout(600_000);
  before(compile);

  for (const name of Object.keys(runtimes))
    for (const job of jobs)
      it(`${name}: ${job}`, async () => {
        const { result, peak } = await measure(name, job);
        // The training's loss is whatever the first runtime says, to the last bit.
        expect(result).to.equal((results[job] ??= result));
        expect(peak).to.be.lessThan(600);
      });
});
