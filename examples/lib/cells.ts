/**
 * Scripts that are notebooks. A line `// %% [7]` begins cell 7 of the source that the script follows; what stands after
 * the number are tags: `// %% [2] [hidden]`. A line `// %% [markdown]` begins text, which is all comment lines. What comes
 * before the first of these lines is the head: a comment that says what the script is.
 *
 * - `readCells(source)` cuts a script: what a generator of notebooks needs, and whoever wants to compare it with its
 *   source cell by cell.
 * - `runCells(script)` runs it in a process of its own and gives what each cell printed.
 *
 * The numbers need not be without gaps nor in order, but none may come twice.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Cell {
  /** The number in the source; null for text. */
  n: number | null;
  /** `hidden` and the like. */
  tags: string[];
  /** Comments included, without empty lines around it; of a text, the text without the marks of comments. */
  code: string;
  /** The line of the script in which the cell begins, counted from 1. */
  line: number;
}
export interface Script {
  /** The comment at the top, without the marks of comments. */
  head: string;
  cells: Cell[];
}

const MARK = /^\/\/ %% \[(\d+|markdown)\]((?: \[[\w-]+\])*)\s*$/;

/** @throws {Error} a mark that cannot be read, a number that comes twice */
export function readCells(source: string): Script {
  const cells: Cell[] = [];
  let head = '';
  let lines: string[] = [];
  const close = (): void => {
    const cell = cells.at(-1);
    const code = lines.join('\n').replace(/^\s*\n|\s+$/g, '');
    if (!cell) head = uncommented(code);
    else cell.code = cell.n === null ? uncommented(code) : code;
    lines = [];
  };
  source.split('\n').forEach((text, i) => {
    const mark = MARK.exec(text);
    if (!mark) {
      if (text.startsWith('// %%')) throw new Error(`line ${i + 1} is no mark of a cell: ${text}`);
      lines.push(text);
      return;
    }
    close();
    const n = mark[1] === 'markdown' ? null : Number(mark[1]);
    if (n !== null && cells.some((cell) => cell.n === n))
      throw new Error(`line ${i + 1}: cell ${n} comes twice`);
    const tags = [...mark[2]!.matchAll(/\[([\w-]+)\]/g)].map((tag) => tag[1]!);
    cells.push({ n, tags, code: '', line: i + 1 });
  });
  close();
  return { head, cells };
}

/** The text of a comment of either kind. */
function uncommented(code: string): string {
  return code
    .split('\n')
    .map((line) => line.replace(/^\s*(\/\*\*|\*\/|\*|\/\/) ?/, '').replace(/ ?\*\/$/, ''))
    .join('\n')
    .trim();
}

/** Stands in the output where a cell begins; nothing that a script prints has this letter. */
const SEPARATOR = '\x1e';

/** The script with a statement in the place of each mark, so that the lines keep their numbers. */
function marked(source: string): string {
  return source
    .split('\n')
    .map((line) => {
      const n = MARK.exec(line)?.[1];
      return n === undefined || n === 'markdown' ? line : `process.stdout.write('\\x1e${n}\\n');`;
    })
    .join('\n');
}

export interface CellRun {
  /** What each cell printed, without the line break at its end; cells that printed nothing have ''. */
  outputs: Map<number, string>;
  /** What came before the first cell. */
  before: string;
  stdout: string;
  stderr: string;
  seconds: number;
}
export interface RunOptions {
  /** Arguments of the script, such as `--quick`. */
  args?: string[];
  env?: Record<string, string | undefined>;
  cwd?: string;
}

/**
 * Runs a script in a process of its own.
 * @throws {Error} it fails; the message holds what it said
 */
export async function runCells(
  script: string,
  { args = [], env = {}, cwd }: RunOptions = {},
): Promise<CellRun> {
  const source = fs.readFileSync(script, 'utf8');
  const { cells } = readCells(source);
  // Beside the script, because its imports are relative.
  const copy = path.join(path.dirname(script), `.cells-${process.pid}-${path.basename(script)}`);
  fs.writeFileSync(copy, marked(source));
  const started = performance.now();
  try {
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const child = spawn(process.execPath, ['--import', tsx, copy, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('close', resolve);
    });
    if (code !== 0) throw new Error(`${script} ended with ${code}:\n${stdout.slice(-2000)}\n${stderr}`);
    const [before, ...parts] = stdout.split(SEPARATOR);
    const outputs = new Map(cells.flatMap(({ n }) => (n === null ? [] : [[n, '']])));
    for (const part of parts) {
      const end = part.indexOf('\n');
      outputs.set(Number(part.slice(0, end)), part.slice(end + 1).replace(/\n$/, ''));
    }
    const seconds = (performance.now() - started) / 1000;
    const all = [before!, ...parts.map((part) => part.slice(part.indexOf('\n') + 1))].join('');
    return { outputs, before: before!, stdout: all, stderr, seconds };
  } finally {
    fs.rmSync(copy, { force: true });
  }
}
