/** exit.test.ts, fifty times each: what happens once in twenty shows here. */
import { compile } from './support/compiled.js';
import { ends, expectEnds } from './support/exit.js';

describe('the end of a process, 50 of 50', function () {
  this.timeout(600_000);
  before(compile);

  for (const scenario of Object.keys(ends)) it(scenario, () => expectEnds(scenario, 50));
});
