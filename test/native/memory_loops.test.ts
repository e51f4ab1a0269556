/** Loops without any scope stay small, and memory that runs out is an error that one can go on from. */
import { expect } from 'chai';
import { locate } from '../../scripts/libtorch/find.mjs';
import { run } from './support/child.js';
import { compile, compiledProgram } from './support/compiled.js';

interface Findings {
  result: any;
  /** Megabytes, the library's own 200 included. */
  peak: number;
}

async function loop(job: string, limitKilobytes?: number): Promise<Findings> {
  const program = [compiledProgram('lifetime.mjs'), job];
  // One thread: two that wait for each other on a busy machine take ten times as long.
  const options = { env: { OMP_NUM_THREADS: '1' } };
  const { code, signal, stdout, stderr } = limitKilobytes
    ? await run('/bin/sh', ['-c', `ulimit -v ${limitKilobytes} && exec "$0" "$@"`, process.execPath, ...program], options)
    : await run(process.execPath, program, options);
  expect({ code, signal }, stderr).to.deep.equal({ code: 0, signal: null });
  return JSON.parse(stdout) as Findings;
}

describe('memory without scopes', function () {
  this.timeout(180_000);
  before(compile);

  const sum = 256 * 784 * 2;
  const loops: [job: string, what: string, result: unknown][] = [
    ['sync', '20,000 additions of 256x784 in a synchronous loop', sum],
    ['microtasks', 'the same with `await null`', sum],
    ['macrotasks', 'the same with setImmediate', sum],
    ['small', '300,000 tensors of one element', 300_000],
    ['views', '300,000 views', 784],
    ['graphs', '2,000 graphs that nobody runs backward', true],
    ['hooks', '2,000 leaves with hooks', true],
    ['arrayBuffers', '5,000 arrays over tensors, with turns of the event loop', 10_000],
    ['fromArrays', '5,000 tensors over arrays', 200_000],
  ];
  // A libtorch for CUDA brings 250 MB of libraries more, GPU or not.
  const limit = locate().found?.variant === 'cpu' ? 600 : 850;
  for (const [job, what, result] of loops)
    it(`${what}: under ${limit} MB`, async () => {
      const findings = await loop(job);
      expect(findings.result).to.equal(result);
      expect(findings.peak).to.be.lessThan(limit);
    });
});

describe('out of memory', function () {
  this.timeout(120_000);
  before(compile);

  it('a tensor of 4 TB is an OutOfMemoryError, and the next call works', async () => {
    const { error, sum, leaked } = (await loop('outOfMemory')).result;
    expect(error).to.include({ name: 'OutOfMemoryError', op: 'empty', code: 'ERR_TORCH_OUT_OF_MEMORY' });
    expect(error.message).to.match(/4000000000000 bytes/);
    expect({ sum, leaked }).to.deep.equal({ sum: 6, leaked: 0 });
  });

  it('under a limit of the process: an error in time, small calls go on, garbage makes room', async function () {
    if (process.platform !== 'linux') this.skip();
    // Address space, of which V8 and libtorch reserve most without using it.
    const { error, count, small, retried } = (await loop('limited', 4 << 20)).result;
    expect(error).to.include({ name: 'OutOfMemoryError', op: 'ones' });
    expect(count).to.be.greaterThan(10);
    expect(small).to.equal(6);
    expect(retried).to.equal(Math.floor(count / 2));
  });
});
