/**
 * node --import tsx bench/document.ts RESULTS.json
 *
 * Writes the table of docs/performance.md, and the shorter one of README.md, from what `npm run bench -- --json RESULTS.json`
 * measured, between the two marks of each file. No figure in them is typed by hand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { programLines } from './harness/program_table.js';
import type { ProgramResult } from './harness/programs.js';
import type { RowResult } from './harness/rounds.js';
import { heading, lines } from './harness/table.js';

interface Results {
  machine: Record<string, string | number>;
  rows: RowResult[];
  programs: ProgramResult[];
}

const marks = ['<!-- bench: begin -->', '<!-- bench: end -->'] as const;

function table(cells: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...cells.map(line)].join('\n');
}

export function section({ machine, rows, programs }: Results): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name}: ${value}`);
  return [
    `Measured on ${facts.join(', ')}.`,
    table(lines(rows)),
    'In processes of their own:',
    table(programLines(programs)),
  ].join('\n\n');
}

/** The rows that README.md shows, the one that misses its goal by most among them. */
const chosen = [
  ...['add', 'graph', 'scratch', 'learner-linear', 'learner-simple_net', 'mlp', 'cnn', 'adam', 'adam-fused'],
  ...['loader', 'png', 'nested', 'save-pt', 'save-safetensors'],
];

export function shortSection({ machine, rows }: Results): string {
  const { processor, cores, node, python, torch } = machine;
  const cells = lines(rows.filter(({ name }) => chosen.includes(name)))
    .filter((row) => row[0] !== '')
    .map((row) => row.slice(0, -1));
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const short = heading.slice(0, -1);
  return [
    `Against Python ${python} with PyTorch ${torch}, Node ${node}, one thread of ${processor} (${cores} cores).`,
    [line(short), line(short.map(() => '---')), ...cells.map(line)].join('\n'),
  ].join('\n\n');
}

/** `text` with what lies between the marks replaced. */
export function replaceSection(text: string, content: string): string {
  const [begin, end] = marks.map((mark) => text.indexOf(mark));
  if (begin === undefined || end === undefined || begin < 0 || end < begin)
    throw new Error(`the document has no ${marks.join(' ... ')}`);
  return `${text.slice(0, begin + marks[0].length)}\n\n${content}\n\n${text.slice(end)}`;
}

if (process.argv[1] === import.meta.filename) {
  const results = process.argv[2];
  if (results === undefined) {
    console.error('Name the file that npm run bench -- --json FILE wrote.');
    process.exit(1);
  }
  const measured = JSON.parse(readFileSync(results, 'utf8')) as Results;
  for (const [name, content] of [
    ['docs/performance.md', section(measured)],
    ['README.md', shortSection(measured)],
  ] as const) {
    const file = path.join(import.meta.dirname, '..', name);
    writeFileSync(file, replaceSection(readFileSync(file, 'utf8'), content));
  }
}
