/**
 * Every overload that libtorch has, every method and every function of torch, with everything that it must refuse:
 * always an error that names the operator, never a crash, and not one tensor left behind.
 */
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './support/child.js';

interface Findings {
  total: number;
  targets: number;
  calls: number;
  grown: number;
  sum: number;
  failures: string[];
}

/** Runs one part in a process of its own; when that dies, the message says at which operator. */
function sweep(part: string): Promise<Findings> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--expose-gc', join(root, 'test/native/programs/faults.ts'), part],
      { cwd: root, env: { ...process.env, FAULTS_TRACE: '1' }, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
    );
    const texts = ['', '', '', ''];
    for (const i of [1, 2, 3])
      (child.stdio[i] as NodeJS.ReadableStream)
        .setEncoding('utf8')
        .on('data', (text: string) => (texts[i] = i === 3 ? (texts[3] + text).slice(-400) : texts[i]! + text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const last = texts[3]!.trim().split('\n').pop();
      if (code === 0) resolve(JSON.parse(texts[1]!) as Findings);
      else reject(new Error(`${part}: ended with ${signal ?? code} at ${last}\n${texts[2]!.slice(-2000)}`));
    });
  });
}

function expectClean({ targets, total, grown, sum, failures }: Findings): void {
  expect(failures.slice(0, 20), `${failures.length} in all`).to.deep.equal([]);
  expect(targets).to.equal(total);
  expect(grown).to.equal(0);
  expect(sum).to.equal(6);
}

describe('faults', function () {
  this.timeout(240_000);

  it('every overload with wrong kinds, wrong counts and wrong names', async () => {
    const findings = await sweep('overloads');
    expectClean(findings);
    expect(findings.total).to.be.greaterThan(3000);
    expect(findings.calls).to.be.greaterThan(500_000);
  });

  it('every method on what is no tensor', async () => {
    const findings = await sweep('methods');
    expectClean(findings);
    expect(findings.total).to.be.greaterThan(450);
  });

  it('every function of torch with what no function takes', async () => {
    const findings = await sweep('functions');
    expectClean(findings);
    expect(findings.total).to.be.greaterThan(700);
  });

  it('right kinds with impossible values: sizes, dims, dtypes, devices, shapes', async () => {
    const findings = await sweep('values');
    expectClean(findings);
  });

  it("every raw function of the addon with what is no handle of this library's", async () => {
    const findings = await sweep('raw');
    expectClean(findings);
    expect(findings.calls).to.be.greaterThan(1000);
  });
});
