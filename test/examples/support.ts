/** Running examples in tests: each in a process of its own, because they use the built package. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import { readCells, runCells, type CellRun } from '../../examples/lib/cells.js';
import { archives } from '../support/mnist.js';

const root = path.join(import.meta.dirname, '..', '..');
let folder: string | undefined;

/** A folder for one test run, gone afterwards, in which archives are unpacked once for all examples. */
export function scratch(): string {
  if (folder !== undefined) return folder;
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-examples-'));
  process.once('exit', () => {
    fs.rmSync(made, { recursive: true, force: true });
  });
  return (folder = made);
}

/** Skips the test where the archive is not at hand. */
export function needs(test: Mocha.Context, ...files: string[]): void {
  if (archives !== undefined && files.every((file) => fs.existsSync(path.join(archives!, file)))) return;
  console.warn(`      needs MNIST: set LIBTORCH_NODE_ARCHIVES to a folder that holds ${files.join(' and ')}`);
  test.skip();
}

/** Runs `examples/<name>`, on one thread so that sums are those of the recordings. */
export async function runExample(name: string, ...args: string[]): Promise<CellRun> {
  const figures = path.join(scratch(), 'figures', name.replace(/\W/g, '_'));
  return runCells(path.join(root, 'examples', name), {
    args: [...args, '--figures', figures],
    env: { FASTAI_HOME: path.join(scratch(), 'home'), OMP_NUM_THREADS: '1' },
    cwd: scratch(),
  });
}

/**
 * What a cell prints: the text itself, a pattern for all of it, or something that looks at it. Where it cannot be what
 * the source printed, `differs` says why, and `check` what it must be instead.
 */
export type Expected =
  | string
  | RegExp
  | ((text: string) => void)
  | { differs: string; check: string | RegExp | ((text: string) => void) };

function look(text: string, expected: string | RegExp | ((text: string) => void)): void {
  if (typeof expected === 'string') expect(text).to.equal(expected);
  else if (expected instanceof RegExp) expect(text).to.match(expected);
  else expected(text);
}

/** A test for each cell; cells that are not named must print nothing. Gives what the run was, once it has been. */
export function expectCells(
  name: string,
  args: string[],
  files: string[],
  expected: Record<number, Expected>,
): () => CellRun {
  let run: CellRun;
  before(async function () {
    this.timeout(600_000);
    needs(this, ...files);
    run = await runExample(name, ...args);
  });
  const { cells } = readCells(fs.readFileSync(path.join(root, 'examples', name), 'utf8'));
  const numbers = cells.flatMap(({ n }) => (n === null ? [] : [n]));
  it('every expectation belongs to a cell', () => {
    expect(numbers).to.include.members(Object.keys(expected).map(Number));
  });
  for (const n of numbers) {
    const wanted = expected[n] ?? '';
    const differs = typeof wanted === 'object' && 'differs' in wanted ? wanted : undefined;
    const title = differs ? `cell ${n} is not what was printed: ${differs.differs}` : `cell ${n}`;
    it(title, () => {
      look(run.outputs.get(n)!, differs ? differs.check : (wanted as string));
    });
  }
  return () => run;
}
