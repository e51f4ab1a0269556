/**
 * Python's `random`: the same seed gives the same numbers and the same orders. https://docs.python.org/3/library/random.html
 *
 * Integers above 2^53 do not fit a number: give bigints, and bigints come back.
 */
import { isOptions } from '../torch/dispatch.js';
import { checkOptions } from '../torch/arguments.js';
import { ArgumentError, IndexError, ValueError } from '../torch/errors.js';
import { MersenneTwister } from './mersenne_twister.js';
import { seedKey, type Seed } from './seed_key.js';

export type { Seed } from './seed_key.js';

/** Version 3, 624 words with the place in them, and the normal number that `gauss` has in store. */
export type RandomState = readonly [version: 3, words: readonly number[], gauss_next: number | null];

export interface ChoicesOptions {
  /** Relative weights, one an item. */
  weights?: readonly number[] | null;
  /** The same, already summed up. */
  cum_weights?: readonly number[] | null;
  /** How many (default: 1). */
  k?: number;
}
export interface SampleOptions {
  k?: number;
  /** How often each item occurs (default: once). */
  counts?: readonly number[] | null;
}

const normalMagic = (4 * Math.exp(-0.5)) / Math.sqrt(2);

function bitLength(n: number): number {
  let bits = 0;
  for (let rest = n; rest >= 1; rest = Math.floor(rest / 2)) ++bits;
  return bits;
}

function checkInteger(op: string, value: unknown): asserts value is number {
  if (!Number.isSafeInteger(value))
    throw new ArgumentError(
      `${op}(): ${String(value)} is no integer that a number holds exactly; use a bigint`,
      op,
    );
}

/** The first place whose entry is greater than `value`: Python's `bisect`. */
function bisect(sorted: readonly number[], value: number, high = sorted.length): number {
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value < sorted[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

function runningSums(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}

/** A generator of its own, apart from the one behind the functions of `random`. Without a seed it starts at random. */
export class Random {
  readonly #twister = new MersenneTwister();
  #gaussNext: number | null = null;

  constructor(seed: Seed = null) {
    this.seed(seed);
  }

  /**
   * Safe integers are seeded as Python's ints (of which Python drops the sign), other numbers as its floats; larger
   * ints are bigints.
   * @param version how texts and bytes are taken: 2 (default) or Python 2's 1
   * @throws {ValueError} NaN; half a character in a text
   */
  seed(a: Seed = null, version: 1 | 2 = 2): void {
    this.#twister.seedByArray(seedKey(a, version));
    this.#gaussNext = null;
  }
  getstate(): RandomState {
    return [3, this.#twister.save(), this.#gaussNext];
  }
  /** @throws {ValueError} what getstate() cannot have given; the generator stays as it was */
  setstate(state: RandomState): void {
    const [version, words, gaussNext] = state as readonly [unknown, unknown, unknown];
    const isWord = (word: unknown) =>
      Number.isInteger(word) && (word as number) >= 0 && (word as number) < 2 ** 32;
    if (
      version !== 3 ||
      !Array.isArray(words) ||
      words.length !== 625 ||
      !words.every(isWord) ||
      words[624] > 624
    )
      throw new ValueError('setstate(): not a state of version 3 with 625 words', 'setstate');
    this.#twister.restore(words as number[]);
    this.#gaussNext = gaussNext === null ? null : Number(gaussNext);
  }

  /** A float from 0 up to, but without, 1. */
  random(): number {
    const high = this.#twister.next32() >>> 5;
    return (high * 67108864 + (this.#twister.next32() >>> 6)) / 9007199254740992;
  }
  /** `k` random bits; at most 53 as a number, any count as a bigint. */
  getrandbits(k: number): number;
  getrandbits(k: bigint): bigint;
  getrandbits(k: number | bigint): number | bigint {
    if (k < 0) throw new ValueError('getrandbits(): number of bits must be non-negative', 'getrandbits');
    if (typeof k === 'bigint') return this.#bits(Number(k));
    checkInteger('getrandbits', k);
    if (k > 53)
      throw new ArgumentError(`getrandbits(): ${k} bits do not fit a number; ask for ${k}n`, 'getrandbits');
    return this.#bitsOfNumber(k);
  }
  randbytes(n: number): Uint8Array {
    checkInteger('randbytes', n);
    const bits = this.getrandbits(BigInt(n) * 8n);
    return Uint8Array.from(
      Buffer.from(
        bits
          .toString(16)
          .padStart(2 * n, '0')
          .slice(0, 2 * n),
        'hex',
      ).reverse(),
    );
  }

  /** A whole number from `a` to `b`, both included. */
  randint(a: number, b: number): number;
  randint(a: bigint, b: bigint): bigint;
  randint(a: number | bigint, b: number | bigint): number | bigint {
    if (typeof a === 'bigint' || typeof b === 'bigint') return this.randrange(BigInt(a), BigInt(b) + 1n);
    return this.randrange(a, b + 1);
  }
  /** A member of `range(start, stop, step)`, or of `range(start)`. @throws {ValueError} an empty range */
  randrange(start: number, stop?: number, step?: number): number;
  randrange(start: bigint, stop?: bigint, step?: bigint): bigint;
  randrange(start: number | bigint, stop?: number | bigint, step?: number | bigint): number | bigint {
    const given = [start, stop, step].filter((value) => value !== undefined);
    const [first, end] = stop === undefined ? [0, start] : [start, stop];
    if (given.some((value) => typeof value === 'bigint')) {
      const [from, to, by] = [BigInt(first), BigInt(end), BigInt(step ?? 1)];
      const count = by === 0n ? 0n : (to - from + by + (by > 0n ? -1n : 1n)) / by;
      if (by === 0n || count <= 0n) throw emptyRange(given);
      return from + by * this.#below(count);
    }
    given.forEach((value) => {
      checkInteger('randrange', value);
    });
    const [from, to, by] = [first, end, step ?? 1] as [number, number, number];
    const count = Math.ceil((to - from) / by);
    if (by === 0 || count <= 0) throw emptyRange(given);
    checkInteger('randrange', count);
    return from + by * this.#belowNumber(count);
  }

  /** Puts a list into random order, in place. */
  shuffle(x: unknown[] | { length: number; [index: number]: unknown }): void {
    const list = x as unknown[];
    for (let i = list.length - 1; i > 0; --i) {
      const j = this.#belowNumber(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
  }
  /** `k` different items, in random order. @throws {ValueError} more than there are */
  sample<T>(population: ArrayLike<T>, k?: number | SampleOptions, options: SampleOptions = {}): T[] {
    const given = isOptions(k)
      ? (k as SampleOptions)
      : { ...options, k: (k as number | undefined) ?? options.k };
    checkOptions('sample', given, ['k', 'counts']);
    const count = given.k;
    checkInteger('sample', count);
    if (given.counts == null)
      return this.#places(population.length, count).map((place) => population[place]!);
    const sums = sumsOfCounts(given.counts, population.length);
    return this.#places(sums.at(-1)!, count).map((place) => population[bisect(sums, place)]!);
  }
  /** One item. @throws {IndexError} there is none */
  choice<T>(seq: ArrayLike<T>): T {
    if (seq.length === 0) throw new IndexError('choice(): Cannot choose from an empty sequence', 'choice');
    return seq[this.#belowNumber(seq.length)]!;
  }
  /** `k` items, each drawn from all. @throws {ValueError} weights that do not fit */
  choices<T>(population: ArrayLike<T>, options: ChoicesOptions = {}): T[] {
    checkOptions('choices', options, ['weights', 'cum_weights', 'k']);
    const { weights, cum_weights, k = 1 } = options;
    const n = population.length;
    const draws = <U>(draw: () => U) => Array.from({ length: Math.max(0, k) }, draw);
    if (weights != null && cum_weights != null)
      throw new ArgumentError('choices(): Cannot specify both weights and cumulative weights', 'choices');
    const sums = cum_weights ?? (weights == null ? null : runningSums(weights));
    if (sums === null) {
      if (n === 0 && k > 0)
        throw new IndexError('choices(): Cannot choose from an empty sequence', 'choices');
      return draws(() => population[Math.floor(this.random() * n)]!);
    }
    if (sums.length !== n)
      throw new ValueError('choices(): The number of weights does not match the population', 'choices');
    const total = sums[n - 1] ?? 0;
    if (!(total > 0))
      throw new ValueError('choices(): Total of weights must be greater than zero', 'choices');
    if (!Number.isFinite(total))
      throw new ValueError('choices(): Total of weights must be finite', 'choices');
    return draws(() => population[bisect(sums, this.random() * total, n - 1)]!);
  }

  /** A float between `a` and `b`. */
  uniform(a: number, b: number): number {
    return a + (b - a) * this.random();
  }
  /** A normal number; made in pairs, of which the second is kept for the next call. */
  gauss(mu = 0, sigma = 1): number {
    let z = this.#gaussNext;
    this.#gaussNext = null;
    if (z === null) {
      const angle = this.random() * 2 * Math.PI;
      const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      z = Math.cos(angle) * radius;
      this.#gaussNext = Math.sin(angle) * radius;
    }
    return mu + z * sigma;
  }
  /** A normal number, by the method of Kinderman and Monahan. */
  normalvariate(mu = 0, sigma = 1): number {
    for (;;) {
      const u1 = this.random();
      const u2 = 1 - this.random();
      const z = (normalMagic * (u1 - 0.5)) / u2;
      if ((z * z) / 4 <= -Math.log(u2)) return mu + z * sigma;
    }
  }

  #bitsOfNumber(k: number): number {
    if (k === 0) return 0;
    if (k <= 32) return this.#twister.next32() >>> (32 - k);
    const low = this.#twister.next32();
    return (this.#twister.next32() >>> (64 - k)) * 2 ** 32 + low;
  }
  #bits(k: number): bigint {
    const words: string[] = [];
    for (let left = k; left > 0; left -= 32) {
      const word = this.#twister.next32() >>> Math.max(0, 32 - left);
      words.push(word.toString(16).padStart(8, '0'));
    }
    return BigInt('0x0' + words.reverse().join(''));
  }
  /** A whole number below `n`, which is at least 1. */
  #belowNumber(n: number): number {
    const bits = bitLength(n);
    let drawn = this.#bitsOfNumber(bits);
    while (drawn >= n) drawn = this.#bitsOfNumber(bits);
    return drawn;
  }
  #below(n: bigint): bigint {
    const bits = n.toString(2).length;
    let drawn = this.#bits(bits);
    while (drawn >= n) drawn = this.#bits(bits);
    return drawn;
  }

  /** `k` of the numbers below `n`: what `sample` takes. */
  #places(n: number, k: number): number[] {
    if (k < 0 || k > n)
      throw new ValueError('sample(): Sample larger than population or is negative', 'sample');
    // Python's choice between two methods, which draw differently.
    const poolSize = 21 + (k > 5 ? 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 0);
    return n <= poolSize ? this.#placesFromPool(n, k) : this.#placesBySet(n, k);
  }
  #placesFromPool(n: number, k: number): number[] {
    const pool = Array.from({ length: n }, (_, i) => i);
    return Array.from({ length: k }, (_, i) => {
      const j = this.#belowNumber(n - i);
      const taken = pool[j]!;
      pool[j] = pool[n - i - 1]!;
      return taken;
    });
  }
  #placesBySet(n: number, k: number): number[] {
    const selected = new Set<number>();
    while (selected.size < k) selected.add(this.#belowNumber(n));
    return [...selected];
  }
}

function sumsOfCounts(counts: readonly number[], length: number): number[] {
  if (counts.length !== length)
    throw new ValueError('sample(): The number of counts does not match the population', 'sample');
  for (const count of counts) {
    checkInteger('sample', count);
    if (count < 0) throw new ValueError('sample(): Counts must be non-negative', 'sample');
  }
  const sums = runningSums(counts);
  if (!((sums.at(-1) ?? 0) > 0))
    throw new ValueError('sample(): Total of counts must be greater than zero', 'sample');
  return sums;
}

function emptyRange(given: readonly (number | bigint)[]): ValueError {
  return new ValueError(`randrange(): empty range for randrange(${given.join(', ')})`, 'randrange');
}

/** The functions of Python's module share one generator; they may be taken out: `const { randint } = random`. */
function bound(generator: Random): Random & { Random: typeof Random } {
  const names = Object.getOwnPropertyNames(Random.prototype).filter((name) => name !== 'constructor');
  const methods = generator as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of names)
    Object.defineProperty(generator, name, { value: methods[name]!.bind(generator), enumerable: true });
  return Object.assign(generator, { Random });
}

/** Python's module `random`: `random.seed(42)`, `random.random()`, `new random.Random(42)`. */
export const random = bound(new Random());
