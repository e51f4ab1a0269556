/** Chapter 19 with as many pictures as the chapter has. */
import { expect } from 'chai';

import { needs, runExample } from './support.js';

describe('example: chapter 19, with all its pictures', function () {
  this.timeout(900_000);
  it('learns the digits in eight epochs', async function () {
    needs(this, 'mnist_png.tgz');
    const { outputs } = await runExample('fastbook/19_learner.ts');
    expect(outputs.get(11)).to.equal('(12000, 2000)');
    const last = outputs.get(59)!.split('\n').at(-1)!.split(' ');
    expect(last.slice(0, 2)).to.deep.equal(['7', 'False']);
    expect(Number(last[3])).to.be.above(0.94);
  });
});
