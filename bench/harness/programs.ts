/** What needs a process of its own: starting, and memory at its highest. The package is run as its users run it. */
import { spawn } from 'node:child_process';
import path from 'node:path';

import { median } from './rounds.js';

export interface Program {
  name: string;
  what: string;
  /** File in bench/programs, without its ending, and its arguments. */
  file: string;
  args?: readonly string[];
  /** Which of the printed figures counts; `elapsed` is the whole process's time in milliseconds. */
  figure: string;
  unit: 'ms' | 'MB' | 'ratio';
  /** At most this ratio to Python's figure, or where Python does not run it, at most this figure. */
  goal: number;
  python: boolean;
  rounds?: number;
}

export interface ProgramResult extends Omit<Program, 'file' | 'args'> {
  own: number;
  peer: number | null;
  ratio: number | null;
}

/** What a program prints as its last line, and how long it took. */
export type Figures = Record<string, number>;

export async function execute(command: string, args: readonly string[], threads: number): Promise<Figures> {
  const start = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: String(threads) },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  const elapsed = performance.now() - start;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return { elapsed, ...(JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as Figures) };
}

const folder = path.join(import.meta.dirname, '..', 'programs');

export function ours(file: string, args: readonly string[], threads: number): Promise<Figures> {
  return execute(process.execPath, [path.join(folder, `${file}.mjs`), ...args], threads);
}

export function pythons(file: string, args: readonly string[], threads: number): Promise<Figures> {
  const command = process.env['LIBTORCH_NODE_PYTHON'] ?? 'python3';
  return execute(command, [path.join(folder, `${file}.py`), ...args], threads);
}

export async function runProgram(program: Program, threads: number): Promise<ProgramResult> {
  const { file, args = [], rounds = 5, figure, python, ...rest } = program;
  const own: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < rounds; ++round) {
    const mine = await ours(file, args, threads);
    own.push(mine[figure]!);
    if (!python) continue;
    const theirs = await pythons(file, args, threads);
    peer.push(theirs[figure]!);
    // Both say what came out of their work.
    const [a, b] = [mine['result'] ?? 0, theirs['result'] ?? 0];
    if (!(Math.abs(a - b) <= 1e-3 * Math.max(1, Math.abs(a))))
      throw new Error(`${program.name}: our result is ${a}, Python's ${b}`);
  }
  return {
    ...{ ...rest, rounds, figure, python },
    own: median(own),
    peer: python ? median(peer) : null,
    ratio: python ? median(own.map((value, i) => value / peer[i]!)) : null,
  };
}
