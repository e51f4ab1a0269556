import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { Random, random, type RandomState } from '../../ts/fastcore/random.js';
import { ArgumentError, IndexError, ValueError } from '../../ts/torch/errors.js';

interface BigText {
  bigint: string;
}
type RecordedSeed =
  BigText | { float: string } | { text: string; version: 1 | 2 } | { bytes: number[]; version: 1 | 2 };
interface Recorded {
  seeds: { seed: RecordedSeed; first: number[] }[];
  sequences: { seed: number; steps: { call: string; args: unknown[]; value: unknown }[] }[];
  orders: { seed: number; n: number; shuffle: string; sample: string; after: number }[];
  state: { words: string; place: number; gauss_next: number; version: number };
  run: string;
}
const recorded = JSON.parse(
  readFileSync(new URL('./fixtures/random.json', import.meta.url), 'utf8'),
) as Recorded;

const digest = (values: unknown) => createHash('sha256').update(JSON.stringify(values)).digest('hex');
const isBig = (value: unknown): value is BigText =>
  typeof value === 'object' && value !== null && 'bigint' in value;
const decoded = (value: unknown) => (isBig(value) ? BigInt(value.bigint) : value);
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

function seeded(seed: RecordedSeed): Random {
  if ('bigint' in seed) return new Random(BigInt(seed.bigint));
  if ('float' in seed) return new Random(Number(seed.float.replace('inf', 'Infinity')));
  const generator = new Random(0);
  generator.seed('text' in seed ? seed.text : Uint8Array.from(seed.bytes), seed.version);
  return generator;
}

/** Chapter and verse of Python's own library, except where it calls the C library's cos, sin and log. */
const withTranscendentals = new Set(['gauss', 'normalvariate']);

describe('fastcore random', () => {
  for (const { seed, first } of recorded.seeds)
    it(`starts from seed ${JSON.stringify(seed).slice(0, 60)} as Python does`, () => {
      const generator = seeded(seed);
      const numbers = range(3).map(() => generator.random());
      expect([...numbers, generator.getrandbits(32), generator.getrandbits(32)]).to.deep.equal(first);
    });

  it('takes an integral number as the int of that value, and a boolean too', () => {
    for (const [one, other] of [
      [42, 42n],
      [-42, 42n],
      [2 ** 53, 2n ** 53n],
      [true, 1n],
    ] as const)
      expect(new Random(one).random()).to.equal(new Random(other).random());
  });

  for (const { seed, steps } of recorded.sequences)
    it(`gives what Python gives, call after call, from seed ${seed}`, () => {
      const generator = new Random(seed);
      const methods = generator as unknown as Record<string, (...args: unknown[]) => unknown>;
      for (const { call, args, value } of steps) {
        const given = args.map(decoded);
        let result = methods[call]!.apply(generator, given);
        if (call === 'shuffle') result = given[0];
        if (call === 'randbytes') result = Array.from(result as Uint8Array);
        const label = `${call}(${JSON.stringify(args)})`;
        if (withTranscendentals.has(call)) expect(result, label).to.be.closeTo(value as number, 1e-14);
        else expect(result, label).to.deep.equal(decoded(value));
      }
    });

  for (const { seed, n, shuffle, sample, after } of recorded.orders)
    it(`puts ${n} items into Python's order from seed ${seed}`, () => {
      const generator = new Random(seed);
      const shuffled = range(n);
      generator.shuffle(shuffled);
      expect(digest(shuffled)).to.equal(shuffle);
      expect(digest(generator.sample(range(n), n))).to.equal(sample);
      expect(generator.random()).to.equal(after);
    });

  it('keeps to Python over several fillings of its state', () => {
    const generator = new Random(3);
    expect(digest(range(5000).map(() => generator.getrandbits(32)))).to.equal(recorded.run);
  });

  it('gives the state that Python gives, and goes on from one', () => {
    const generator = new Random(42);
    generator.random();
    generator.gauss(0, 1);
    const state = generator.getstate();
    const [version, words, gaussNext] = state;
    expect([version, words.at(-1), digest(words)]).to.deep.equal([
      recorded.state.version,
      recorded.state.place,
      recorded.state.words,
    ]);
    expect(gaussNext).to.be.closeTo(recorded.state.gauss_next, 1e-14);
    const next = [generator.gauss(), generator.random(), generator.gauss()];
    const other = new Random(1);
    other.setstate(state);
    expect([other.gauss(), other.random(), other.gauss()]).to.deep.equal(next);
    generator.setstate(JSON.parse(JSON.stringify(state)) as RandomState);
    expect(generator.gauss()).to.equal(next[0]);
  });

  it('refuses a state that is none, and stays as it was', () => {
    const generator = new Random(5);
    const before = generator.getstate();
    const words = before[1];
    const bad: unknown[] = [
      [2, words, null],
      [3, words.slice(1), null],
      [3, words.with(0, -1), null],
      [3, words.with(7, 0.5), null],
      [3, words.with(624, 625), null],
      [3, 'words', null],
    ];
    for (const state of bad)
      expect(() => generator.setstate(state as RandomState)).to.throw(ValueError, 'setstate');
    expect(generator.getstate()).to.deep.equal(before);
  });

  it('has one generator behind the functions of the module, which may be taken out of it', () => {
    random.seed(42);
    const { randint, seed } = random;
    const drawn = [randint(0, 9), random.random()];
    const own = new random.Random(42);
    expect(drawn).to.deep.equal([own.randint(0, 9), own.random()]);
    seed(42);
    expect(random.random()).to.equal(0.6394267984578837);
  });

  it('starts at random without a seed', () => {
    expect(new Random().random()).to.not.equal(new Random().random());
    random.seed();
    const first = random.random();
    random.seed(null);
    expect(random.random()).to.not.equal(first);
  });

  it('shuffles what only looks like an array', () => {
    const list = { length: 3, 0: 'a', 1: 'b', 2: 'c' };
    new Random(42).shuffle(list);
    const array = ['a', 'b', 'c'];
    new Random(42).shuffle(array);
    expect(Array.from(list)).to.deep.equal(array);
  });

  it('refuses what Python refuses', () => {
    const r = new Random(1);
    const before = r.getstate();
    expect(() => r.seed(NaN)).to.throw(ValueError, 'NaN');
    expect(() => r.seed('\ud800')).to.throw(ValueError, 'half a character');
    expect(() => r.seed([1] as never)).to.throw(ValueError, 'must be a number');
    expect(() => r.seed(1, 3 as never)).to.throw(ValueError, 'version');
    expect(() => r.getrandbits(-1)).to.throw(ValueError, 'non-negative');
    expect(() => r.getrandbits(54)).to.throw(ArgumentError, '54n');
    expect(() => r.randrange(0)).to.throw(ValueError, 'empty range for randrange(0)');
    expect(() => r.randint(3, 2)).to.throw(ValueError, 'empty range');
    expect(() => r.randrange(1, 5, 0)).to.throw(ValueError, 'empty range');
    expect(() => r.randrange(5n, 1n)).to.throw(ValueError, 'empty range');
    expect(() => r.randrange(2.5)).to.throw(ArgumentError, '2.5');
    expect(() => r.randint(0, 2 ** 60)).to.throw(ArgumentError, 'bigint');
    expect(() => r.choice([])).to.throw(IndexError, 'empty sequence');
    expect(() => r.choices([])).to.throw(IndexError, 'empty sequence');
    expect(() => r.choices([1, 2], { weights: [1] })).to.throw(ValueError, 'number of weights');
    expect(() => r.choices([1, 2], { weights: [0, 0] })).to.throw(ValueError, 'greater than zero');
    expect(() => r.choices([1, 2], { weights: [1, Infinity] })).to.throw(ValueError, 'finite');
    expect(() => r.choices([1], { weights: [1], cum_weights: [1] })).to.throw(ArgumentError, 'both');
    expect(() => r.choices([1], { weigths: [1] } as never)).to.throw(ArgumentError, 'weigths');
    expect(() => r.sample([1, 2], 3)).to.throw(ValueError, 'larger than population');
    expect(() => r.sample([1, 2], -1)).to.throw(ValueError, 'negative');
    expect(() => r.sample([1, 2])).to.throw(ArgumentError, 'sample');
    expect(() => r.sample([1, 2], { k: 1, counts: [1] })).to.throw(ValueError, 'number of counts');
    expect(() => r.sample([1, 2], { k: 1, counts: [-1, 2] })).to.throw(ValueError, 'non-negative');
    expect(() => r.sample([1, 2], { k: 1, counts: [0, 0] })).to.throw(ValueError, 'greater than zero');
    expect(r.getstate()).to.deep.equal(before);
  });
});
