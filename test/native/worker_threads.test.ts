/** The library in worker threads. Each scenario has a process of its own: a crash would take the test run along. */
import { expect } from 'chai';
import * as threads from 'node:worker_threads';
import { run } from './support/child.js';
import { compile, compiledProgram } from './support/compiled.js';

async function findings(...args: string[]): Promise<any> {
  const outcome = await run(process.execPath, [compiledProgram('worker_threads.mjs'), ...args], { limit: 100_000 });
  expect({ code: outcome.code, signal: outcome.signal }, outcome.stderr).to.deep.equal({ code: 0, signal: null });
  return JSON.parse(outcome.stdout);
}

describe('worker threads', function () {
  this.timeout(120_000);
  before(compile);

  it('ten in turn load, use and leave the addon', async () => {
    const { expected, results } = await findings('turn');
    // PyTorch's own: torch.manual_seed(42); torch.randn(5)
    const draws = [0.33669, 0.128809, 0.234462, 0.230333, -1.122856];
    expect(expected.seeded.map((value: number) => value.toFixed(6))).to.deep.equal(draws.map((value) => value.toFixed(6)));
    expect(results).to.deep.equal(Array(10).fill({ message: expected, code: 0 }));
  });

  it('four at once, each with a generator of its own', async () => {
    const { expected, results } = await findings('atOnce');
    expect(results).to.deep.equal(expected.map((message: unknown) => ({ message, code: 0 })));
  });

  for (const job of ['matmul', 'hook', 'function', 'elsewhere', 'idle'])
    it(`terminate() during ${job}: the parent lives and the memory returns`, async () => {
      const { codes, grown, after } = await findings('terminate', job);
      expect(codes).to.deep.equal([1, 1, 1]);
      expect(after.gradient).to.have.length(3);
      // Three workers of 200 MB each have come and gone; what stays is V8's and libtorch's own.
      expect(grown).to.be.lessThan(150);
    });

  it('process.exit() in a hook ends the worker with its code', async () => {
    expect(await findings('exit')).to.deep.equal({ code: 3 });
  });

  it("an uncaught error reaches the parent with libtorch's text", async () => {
    const { message } = await findings('error');
    expect(message).to.match(/The size of tensor a \(2\) must match the size of tensor b \(3\)/);
  });

  it('a tensor is not sent: posting it is an error, or using what arrived is', async () => {
    const { thrown, used, copy } = await findings('post');
    if ('markAsUncloneable' in threads) expect(thrown).to.match(/^DataCloneError: /);
    else expect(used).to.match(/^ArgumentError: add\(\): /);
    expect(copy).to.deep.equal([1, 1]);
  });
});
