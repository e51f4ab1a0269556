/** What a benchmark is: data, and the same work in each language under one name. */

/** Milliseconds: elapsed, and those that the process's threads computed. */
export interface Sample {
  wall: number;
  cpu: number;
}

/** Figures by which the sides prove to each other that they did the same. */
export type Check = readonly number[];

export interface Work {
  /** The work, `count` times over. Only this is timed. */
  run(count: number): void | Promise<void>;
  /** Of what run() made, or of making it once more. */
  check(): Check | Promise<Check>;
  /** Gives back what would burden the benchmarks after this one. */
  end?(): void | Promise<void>;
}

export type Peer = 'python' | 'cpp' | 'reference';

/** At most this ratio of our time to the peer's. */
export type Goals = Partial<Record<Peer, number>>;

export interface Benchmark {
  /** As on the command line, and in the peers' tables of works. */
  name: string;
  /** The line in the table. */
  what: string;
  goals: Goals;
  /** How often the work is done in one round; a round should take some tens of milliseconds. */
  count: number;
  rounds?: number;
  warmup?: number;
  /** Takes minutes: run only when it is named, or with --long. */
  long?: boolean;
  /** How far the checks may differ, relative to the larger one. */
  tolerance?: number;
  /** Whether bench/cpp has the work too. */
  cpp?: boolean;
  /** Whether bench/python has the work; it does unless this says otherwise. */
  python?: boolean;
  prepare(): Work | Promise<Work>;
  /** Another way to do the same here, whose time stands in for a peer's: memcpy, a chain of calls. */
  reference?(): Work | Promise<Work>;
  /** What the reference is, for the table. */
  referenceName?: string;
}

export async function timed(work: () => void | Promise<void>): Promise<Sample> {
  const before = process.cpuUsage();
  const start = performance.now();
  // Not awaited where there is nothing to await: a turn of the event loop is no part of synchronous work.
  const promise = work();
  if (promise) await promise;
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}
