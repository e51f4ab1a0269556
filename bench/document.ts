/**
 * node --import tsx bench/document.ts RESULTS.json
 *
 * Writes the table of docs/performance.md from what `npm run bench -- --json RESULTS.json` measured, between the two
 * marks of the file. No figure in it is typed by hand.
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
  const file = path.join(import.meta.dirname, '..', 'docs', 'performance.md');
  const content = section(JSON.parse(readFileSync(results, 'utf8')) as Results);
  writeFileSync(file, replaceSection(readFileSync(file, 'utf8'), content));
}
