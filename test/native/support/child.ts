/** Programs in a process of their own: what may crash, leak or exit must not do so inside the test run. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  /** Sees the output as it comes. */
  onOutput?: (text: string, child: ChildProcess) => void;
  /** Kills the program after so many milliseconds; its outcome then has the signal SIGKILL. */
  limit?: number;
}

/** Runs a command to its end. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), options.limit ?? 120_000);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      options.onOutput?.(text, child);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
}

/** Runs a program of test/native/programs: TypeScript, and `gc()` is there. */
export function runProgram(name: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Outcome> {
  const file = join(root, 'test/native/programs', name);
  return run(process.execPath, ['--import', 'tsx', '--expose-gc', file, ...args], options);
}

/** `jobs` at most `width` at a time; the results in their order. */
export async function inTurns<T, R>(
  jobs: readonly T[],
  width: number,
  work: (job: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array<R>(jobs.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < jobs.length; i = next++) results[i] = await work(jobs[i] as T, i);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
