/** What libtorch costs a process beside its work: the pages of its start, and its end. */
import { expect } from 'chai';
import { platform } from 'node:process';
import { run } from './support/child.js';

const evaluate = (program: string, env: NodeJS.ProcessEnv = {}, before: readonly string[] = []) => {
  const [command = process.execPath, ...args] = [...before, process.execPath, '--input-type=module', '--eval', program];
  return run(command, args, { env });
};

/** Prints the resident megabytes of libtorch's code. */
const resident = `
import { readFileSync } from 'node:fs';
import * as torch from 'libtorch-node';
if (torch.ones([2, 2]).sum().item() !== 4) throw new Error('wrong sum');
const code = /r-xp [^\\n]*libtorch_cpu[^\\n]*\\n(?:[^\\n]*\\n)*?Rss: *(\\d+) kB/.exec(readFileSync('/proc/self/smaps', 'utf8'));
console.log(Number(code[1]) / 1024);
`;

describe('native/process', function () {
  this.timeout(60_000);
  before(function () {
    if (platform !== 'linux') this.skip();
  });

  it('keeps only the pages of libtorch that are in use', async () => {
    const { code, stdout, stderr } = await evaluate(resident);
    expect(code, stderr).to.equal(0);
    // 46 MB as libtorch leaves it.
    expect(Number(stdout)).to.be.greaterThan(0).and.lessThan(20);
  });

  it("leaves a debugger's breakpoints where they are", async function () {
    const outcome = await evaluate(resident, {}, ['strace', '-e', 'trace=none', '-e', 'signal=none', '-o', '/dev/null']).catch(
      () => null,
    );
    // No strace, or no right to trace.
    if (!outcome || !/^[\d.]+\s*$/.test(outcome.stdout)) return this.skip();
    expect(Number(outcome.stdout)).to.be.greaterThan(30);
  });

  it('can be left by the worker that loaded it first, and taken up again', async () => {
    const program = `
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      const work = "import('libtorch-node').then((torch) => { if (torch.ones([3]).sum().item() !== 3) process.exit(1); })";
      for (let i = 0; i < 3; ++i) {
        const [code] = await once(new Worker(work, { eval: true }), 'exit');
        if (code !== 0) process.exit(1);
      }
      const torch = await import('libtorch-node');
      console.log(torch.ones([2, 2]).matmul(torch.ones([2, 2])).sum().item());`;
    for (const cache of ['0', '1']) {
      const outcome = await evaluate(program, { LIBTORCH_NODE_BLOCK_CACHE: cache });
      expect(outcome).to.deep.equal({ code: 0, signal: null, stdout: '8\n', stderr: '' });
    }
  });
});
