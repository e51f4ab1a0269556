/**
 * npm run bench [-- [--json FILE] [--rounds N] [--threads N] [--long] [names]]
 *
 * Each benchmark does the same work here, in Python (LIBTORCH_NODE_PYTHON, or python3, with torch) and, for single
 * operators, in C++ on the same libtorch; in turns within one run, with the same number of threads. The results are
 * compared too. Names choose rows; `--list` shows them. Rows that take minutes run when they are named, or with `--long`.
 */
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

import * as torch from '../ts/torch/index.js';
import type { Benchmark } from './harness/benchmark.js';
import { findPictures } from './harness/pictures.js';
import { runProgram, type ProgramResult } from './harness/programs.js';
import { programLines } from './harness/program_table.js';
import { runBenchmark, type RowResult } from './harness/rounds.js';
import { cppSide, pythonSide } from './harness/sides.js';
import { text } from './harness/table.js';

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'string' },
    rounds: { type: 'string' },
    threads: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const threads = Number(values.threads);
torch.set_num_threads(threads);

await findPictures();
const groups = await Promise.all([
  import('./rows/core.js'),
  import('./rows/training.js'),
  import('./rows/data.js'),
  import('./rows/expression.js'),
  import('./rows/vision.js'),
]);
const { programs } = await import('./rows/programs.js');
const all: Benchmark[] = groups.flatMap(({ benchmarks }) => benchmarks);
if (values.list) {
  for (const { name, what } of [...all, ...programs]) console.log(`${name.padEnd(20)} ${what}`);
  process.exit(0);
}
const known = new Set([...all, ...programs].map(({ name }) => name));
for (const name of positionals)
  if (!known.has(name)) {
    console.error(`No benchmark '${name}'; there are: ${[...known].join(', ')}`);
    process.exit(1);
  }
const isWanted = ({ name, long = false }: { name: string; long?: boolean }): boolean =>
  positionals.length === 0 ? values.long || !long : positionals.includes(name);

const python = await pythonSide(threads);
if (!python)
  console.log('No Python with torch was found: name one in LIBTORCH_NODE_PYTHON to compare with it.');
const cpp = all.some((row) => row.cpp && isWanted(row)) ? cppSide(threads) : null;
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);

const rows: RowResult[] = [];
let failed = false;
for (const benchmark of all.filter(isWanted)) {
  try {
    const row = await runBenchmark(benchmark, { python, cpp }, rounds);
    rows.push(row);
    console.log(text([row]).split('\n').slice(1).join('\n'));
  } catch (error) {
    failed = true;
    console.error(`${benchmark.name}: ${(error as Error).message}`);
    const { name, what, count, goals } = benchmark;
    rows.push({
      ...{ name, what, count, goals, rounds: 0, sides: {}, ratios: {}, difference: null },
      error: (error as Error).message,
    });
  }
}
const measured: ProgramResult[] = [];
for (const program of programs.filter(isWanted)) {
  const result = await runProgram(program, threads);
  measured.push(result);
  console.log(
    programLines([result])
      .map((cells) => cells.join('  '))
      .join('\n'),
  );
}
const versions = python ? await python.versions() : {};
await python?.end();
await cpp?.end();

if (rows.length > 0) console.log(`\n${text(rows)}`);
if (values.json) {
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    threads,
    ...versions,
  };
  writeFileSync(values.json, `${JSON.stringify({ machine, rows, programs: measured }, null, 2)}\n`);
}
process.exitCode = failed ? 1 : 0;
