/**
 * Timing for all benchmarks: the same work here and in Python, in turns, so that whatever else the machine does
 * falls on both alike. Python is the one that LIBTORCH_NODE_PYTHON names; it must have torch.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

/** Milliseconds: elapsed, and those that the process's threads computed. */
export interface Sample {
  wall: number;
  cpu: number;
}
export interface Summary extends Sample {
  /** Of the elapsed times. */
  fastest: number;
}

export function timed(work: () => void): Sample {
  const before = process.cpuUsage();
  const start = performance.now();
  work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Medians; the fastest round says what the work costs when nothing disturbs it. */
export function summarize(samples: readonly Sample[]): Summary {
  const walls = samples.map(({ wall }) => wall);
  return { wall: median(walls), cpu: median(samples.map(({ cpu }) => cpu)), fastest: Math.min(...walls) };
}

/** A Python script that does the named work once for each line it reads, and answers with its times as JSON. */
export class PythonPeer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#reader = createInterface({ input: child.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }
  /** Null where no Python is named. */
  static start(script: string, args: readonly string[] = []): PythonPeer | null {
    const python = process.env['LIBTORCH_NODE_PYTHON'];
    if (!python) return null;
    return new PythonPeer(spawn(python, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] }));
  }
  async run(work: string): Promise<Sample> {
    this.#child.stdin!.write(`${work}\n`);
    const line = (await this.#lines.next()) as IteratorResult<string, undefined>;
    if (line.done) throw new Error('Python ended; its messages are above');
    return JSON.parse(line.value) as Sample;
  }
  async end(): Promise<void> {
    this.#child.stdin!.end();
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    this.#reader.close();
  }
}

/** Rounds of each work in turns, after some that do not count. */
export async function inTurns(
  works: Record<string, () => Promise<Sample> | Sample>,
  { rounds = 9, warmup = 2 }: { rounds?: number; warmup?: number } = {},
): Promise<Record<string, Summary>> {
  const samples = Object.fromEntries(Object.keys(works).map((name) => [name, [] as Sample[]]));
  for (let round = -warmup; round < rounds; ++round) {
    for (const [name, work] of Object.entries(works)) {
      const sample = await work();
      if (round >= 0) samples[name]!.push(sample);
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, summarize(list)]));
}

/** One line for each work; ratios to the work called `base`, if there is one. */
export function report(title: string, results: Record<string, Summary>, base?: string): void {
  const peer = base === undefined ? undefined : results[base];
  console.log(title);
  for (const [name, { wall, cpu, fastest }] of Object.entries(results)) {
    const ratios = peer ? `  ${(wall / peer.wall).toFixed(3)} of ${base}'s time, ${(cpu / peer.cpu).toFixed(3)} of its CPU time` : ''; // prettier-ignore
    console.log(
      `  ${name.padEnd(44)} ${wall.toFixed(1).padStart(8)} ms  (fastest ${fastest.toFixed(1)}, CPU ${cpu.toFixed(1)})${ratios}`,
    );
  }
}
