/** Those who do the work: this process, and peers that are asked line by line over a pipe. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import path from 'node:path';

import { timed, type Check, type Sample, type Work } from './benchmark.js';
import { buildCpp } from './cpp.js';

/** One who can do a work by name. */
export interface Side {
  run(work: string, count: number): Promise<Sample>;
  check(work: string): Promise<Check>;
  /** The work is over; its memory can go. */
  drop(work: string): Promise<void>;
}

export class OwnSide implements Side {
  readonly #works = new Map<string, Work>();
  readonly #prepare: (name: string) => Work | Promise<Work>;

  constructor(prepare: (name: string) => Work | Promise<Work>) {
    this.#prepare = prepare;
  }
  async #work(name: string): Promise<Work> {
    let work = this.#works.get(name);
    if (!work) this.#works.set(name, (work = await this.#prepare(name)));
    return work;
  }
  async run(name: string, count: number): Promise<Sample> {
    const work = await this.#work(name);
    return timed(() => work.run(count));
  }
  async check(name: string): Promise<Check> {
    return (await this.#work(name)).check();
  }
  async drop(name: string): Promise<void> {
    await this.#works.get(name)?.end?.();
    this.#works.delete(name);
  }
}

/** A program that answers each line `{"do": ..., "work": ..., "count": ...}` with a line of JSON. */
export class ProcessSide implements Side {
  readonly #child: ChildProcess;
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;
  readonly #name: string;

  constructor(name: string, command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.#name = name;
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    this.#child.on('error', (error) => {
      console.error(`${name}: ${error.message}`);
    });
    this.#reader = createInterface({ input: this.#child.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }
  async #ask<T>(question: object): Promise<T> {
    this.#child.stdin!.write(`${JSON.stringify(question)}\n`);
    const line = (await this.#lines.next()) as IteratorResult<string, undefined>;
    if (line.done) throw new Error(`${this.#name} ended; its messages are above`);
    const answer = JSON.parse(line.value) as T & { error?: string };
    if (answer.error !== undefined) throw new Error(`${this.#name}: ${answer.error}`);
    return answer;
  }
  run(work: string, count: number): Promise<Sample> {
    return this.#ask<Sample>({ do: 'run', work, count });
  }
  async check(work: string): Promise<Check> {
    return (await this.#ask<{ check: number[] }>({ do: 'check', work })).check;
  }
  async drop(work: string): Promise<void> {
    await this.#ask({ do: 'drop', work });
  }
  async versions(): Promise<Record<string, string>> {
    return this.#ask({ do: 'versions' });
  }
  async end(): Promise<void> {
    this.#child.stdin!.end();
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    this.#reader.close();
  }
}

/** The Python that LIBTORCH_NODE_PYTHON names, or python3, where it has torch; else null. */
export async function pythonSide(threads: number): Promise<ProcessSide | null> {
  const command = process.env['LIBTORCH_NODE_PYTHON'] ?? 'python3';
  const probe = spawn(command, ['-c', 'import torch'], { stdio: 'ignore' });
  const works = await new Promise<boolean>((resolve) => {
    probe.on('error', () => {
      resolve(false);
    });
    probe.on('exit', (code) => {
      resolve(code === 0);
    });
  });
  if (!works) return null;
  const script = path.join(import.meta.dirname, '..', 'python', 'peer.py');
  return new ProcessSide('Python', command, [script, String(threads)], {
    OMP_NUM_THREADS: String(threads),
  });
}

/** The C++ program, linked to the libtorch that we use; null where it cannot be built. */
export function cppSide(threads: number): ProcessSide | null {
  const program = buildCpp();
  return program === null
    ? null
    : new ProcessSide('C++', program, [String(threads)], { OMP_NUM_THREADS: String(threads) });
}
