/** Runs a benchmark: every side in turns, round by round, so that what else the machine does falls on all alike. */
import { type Benchmark, type Peer, type Sample } from './benchmark.js';
import { difference } from './check.js';
import { OwnSide, type ProcessSide, type Side } from './sides.js';

export interface SideResult {
  /** Medians of the rounds, in milliseconds for one work. */
  wall: number;
  cpu: number;
  /** The round that was disturbed least. */
  fastest: number;
}

export interface RowResult {
  name: string;
  what: string;
  /** Works in a round, and rounds. */
  count: number;
  rounds: number;
  sides: Partial<Record<'own' | Peer, SideResult>>;
  /** Our time to each peer's: the median over the rounds of CPU time, which other programs disturb least. */
  ratios: Partial<Record<Peer, number>>;
  goals: Benchmark['goals'];
  /** Largest relative difference between our result and a peer's. */
  difference: number | null;
  referenceName?: string;
  error?: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function summary(samples: readonly Sample[], count: number): SideResult {
  const walls = samples.map(({ wall }) => wall / count);
  return {
    wall: median(walls),
    cpu: median(samples.map(({ cpu }) => cpu / count)),
    fastest: Math.min(...walls),
  };
}

async function compare(benchmark: Benchmark, sides: ReadonlyMap<'own' | Peer, Side>): Promise<number | null> {
  const own = await sides.get('own')!.check(benchmark.name);
  let worst: number | null = null;
  for (const [peer, side] of sides) {
    if (peer === 'own') continue;
    const gap = difference(own, await side.check(benchmark.name));
    const tolerance = benchmark.tolerance ?? 1e-6;
    if (!(gap <= tolerance))
      throw new Error(
        `${benchmark.name}: our result and that of ${peer} differ by ${gap}, of ${tolerance} allowed`,
      );
    worst = Math.max(worst ?? 0, gap);
  }
  return worst;
}

export async function runBenchmark(
  benchmark: Benchmark,
  peers: { python: ProcessSide | null; cpp: ProcessSide | null },
  roundsWanted?: number,
): Promise<RowResult> {
  const { name, count, rounds: usual = 9, warmup = 2 } = benchmark;
  const rounds = roundsWanted ?? usual;
  const sides = new Map<'own' | Peer, Side>([['own', new OwnSide(() => benchmark.prepare())]]);
  if (peers.python && benchmark.python !== false) sides.set('python', peers.python);
  if (peers.cpp && benchmark.cpp) sides.set('cpp', peers.cpp);
  if (benchmark.reference) sides.set('reference', new OwnSide(() => benchmark.reference!()));

  const samples = new Map([...sides.keys()].map((side) => [side, [] as Sample[]]));
  for (let round = -warmup; round < rounds; ++round) {
    for (const [side, worker] of sides) {
      const sample = await worker.run(name, count);
      if (round >= 0) samples.get(side)!.push(sample);
    }
  }
  const gap = await compare(benchmark, sides);
  for (const side of sides.values()) await side.drop(name);

  const own = samples.get('own')!;
  const ratios: RowResult['ratios'] = {};
  for (const [side, list] of samples)
    if (side !== 'own') ratios[side] = median(own.map(({ cpu }, i) => cpu / list[i]!.cpu));
  return {
    ...{ name, what: benchmark.what, count, rounds },
    sides: Object.fromEntries([...samples].map(([side, list]) => [side, summary(list, count)])),
    ...{ ratios, goals: benchmark.goals, difference: gap },
    ...(benchmark.referenceName === undefined ? {} : { referenceName: benchmark.referenceName }),
  };
}
