/** The notebooks anew in Deno's kernel: every text as committed. */
import { expect } from 'chai';

import { check, scripts } from '../../scripts/notebooks/index.js';
import { needs } from './support.js';

describe('notebooks, executed', function () {
  this.timeout(600_000);
  for (const script of scripts)
    it(script, async function () {
      needs(this, 'mnist_sample.tgz', 'mnist.pkl.gz');
      expect(await check(script, { quick: true })).to.deep.equal([]);
    });
});
