/** However a process ends while libtorch is at work, it ends with the code or the signal that it should. */
import { compile } from './support/compiled.js';
import { ends, expectEnds } from './support/exit.js';

describe('the end of a process', function () {
  this.timeout(120_000);
  before(compile);

  // exit.long.test.ts runs every scenario 50 times.
  for (const [scenario, { code, signal }] of Object.entries(ends))
    it(`${scenario}: ${signal ?? `code ${code}`}`, () => expectEnds(scenario, 4));
});
