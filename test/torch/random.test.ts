import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import { message, thrown } from '../support/thrown.js';

interface Bits {
  dtype: string;
  shape: number[];
  values: string[];
}
interface Case {
  seed: string;
  initial: string;
  draws: string[];
  results: Bits[];
}
const { cases } = JSON.parse(readFileSync(new URL('fixtures/random.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

const { float16, bfloat16, float64, float32, int32, int64, uint8 } = torch;
const e = (...shape: number[]): Tensor => torch.empty(shape);
const weights = torch.tensor([
  [0.1, 0.4, 0, 0.5],
  [3, 1, 1, 1],
]);
const probabilities = torch.linspace(0, 1, 12).reshape(3, 4);

/** The draws of fixtures/record_random.py under the same names. */
const draws: Record<string, () => Tensor> = {
  'randn 5': () => torch.randn(5),
  'randn 20': () => torch.randn(20),
  'randn 16': () => torch.randn([16]),
  'randn 3x7': () => torch.randn(3, 7),
  'randn float64 5': () => torch.randn(5, { dtype: float64 }),
  'randn float64 20': () => torch.randn(20, { dtype: float64 }),
  'randn float16': () => torch.randn(17, { dtype: float16 }),
  'randn bfloat16': () => torch.randn(17, { dtype: bfloat16 }),
  'randn 1': () => torch.randn([]),
  'rand 3': () => torch.rand(3),
  'rand 40': () => torch.rand(40),
  'rand float64': () => torch.rand(5, { dtype: float64 }),
  'rand float16': () => torch.rand(9, { dtype: float16 }),
  'randint 100': () => torch.randint(0, 100, [5]),
  'randint high': () => torch.randint(7, [4]),
  'randint wide': () => torch.randint(-(2 ** 40), 2 ** 52, [4]),
  'randint uint8': () => torch.randint(0, 256, [6], { dtype: uint8 }),
  'randint float32': () => torch.randint(0, 10, [6], { dtype: float32 }),
  'randperm 10': () => torch.randperm(10),
  'randperm 1000': () => torch.randperm(1000).at(':20'),
  'randperm int32': () => torch.randperm(12, { dtype: int32 }),
  bernoulli: () => torch.bernoulli(probabilities),
  'bernoulli_ 0.3': () => e(20).bernoulli_(0.3),
  multinomial: () => torch.multinomial(weights, 2),
  'multinomial replaced': () => torch.multinomial(weights, 8, { replacement: true }),
  normal: () => torch.normal(2, 0.5, [6]),
  'normal tensors': () => torch.normal(torch.tensor([0, 1, 2, 3]), torch.tensor([1, 0.1, 0.01, 0])),
  normal_: () => e(18).normal_(1, 3),
  uniform_: () => e(5).uniform_(-2, 2),
  random_: () => torch.empty(4, { dtype: int64 }).random_(),
  'random_ range': () => e(4).random_(3, 9),
  exponential_: () => e(5).exponential_(1.5),
  cauchy_: () => torch.empty(5, { dtype: float64 }).cauchy_(),
  geometric_: () => e(6).geometric_(0.25),
  log_normal_: () => torch.empty(5, { dtype: float64 }).log_normal_(),
  poisson: () => torch.poisson(torch.tensor([0.5, 3, 20, 400])),
  randn_like: () => torch.randn_like(torch.empty(2, 3, { dtype: float64 })),
  rand_like: () => torch.rand_like(e(2, 3)),
  randint_like: () => torch.randint_like(e(5), 3, 30),
  dropout: () => torch.dropout(torch.ones(24), 0.4, true),
  dropout2d: () => torch.feature_dropout(torch.ones(2, 4, 2, 2), 0.5, true),
  alpha_dropout: () => torch.alpha_dropout(torch.ones(10, { dtype: float64 }), 0.5, true),
  rrelu: () => torch.rrelu(torch.full([8], -1), 0.1, 0.3, true),
};

function bits(tensor: Tensor): Bits {
  const { dtype } = tensor;
  const same: Record<string, torch.DType> = { float16: torch.int16, bfloat16: torch.int16 };
  const raw = same[dtype.name] ? tensor.view(same[dtype.name]!) : tensor;
  const { buffer } = raw.contiguous().toTypedArray();
  const arrays: Record<number, new (buffer: ArrayBufferLike) => ArrayLike<number | bigint>> = {
    1: Uint8Array,
    2: Int16Array,
    4: Int32Array,
    8: BigInt64Array,
  };
  const values = Array.from<number | bigint, string>(new arrays[dtype.itemsize]!(buffer), String);
  return { dtype: dtype.name, shape: [...tensor.shape], values };
}

describe('seeded draws are Python’s, bit for bit', () => {
  it('knows every recorded draw', () => {
    const recorded = new Set(cases.flatMap((one) => one.draws));
    expect(Object.keys(draws)).to.have.members([...recorded]);
  });
  for (const one of cases)
    it(`seed ${one.seed}: ${one.draws.join(', ')}`, () => {
      torch.manual_seed(BigInt(one.seed));
      expect(String(torch.initial_seed())).to.equal(one.initial);
      expect(one.draws.map((name) => bits(draws[name]!()))).to.deep.equal(one.results);
    });

  it('as do the numbers printed in PyTorch’s documentation style', () => {
    torch.manual_seed(42);
    expect(String(torch.randn(5))).to.equal('tensor([ 0.3367,  0.1288,  0.2345,  0.2303, -1.1229])');
  });
});

const next = (generator?: torch.Generator): number[] =>
  (generator ? torch.rand(3, { generator }) : torch.rand(3)).tolist() as number[];

describe('manual_seed', () => {
  it('gives the default generator, and takes negative numbers and bigints', () => {
    expect(torch.manual_seed(-1).initial_seed()).to.equal(2n ** 64n - 1n);
    expect(torch.manual_seed(3n)).to.equal(torch.default_generator);
    expect(torch.initial_seed()).to.equal(3);
    const a = next();
    torch.default_generator.manual_seed(3);
    expect(next()).to.deep.equal(a);
  });

  it('refuses what is no 64-bit integer, and leaves the stream alone', () => {
    torch.manual_seed(5);
    const before = torch.get_rng_state();
    for (const seed of [2n ** 64n, -(2n ** 63n) - 1n])
      expect(message(() => torch.manual_seed(seed))).to.equal("argument 'seed' does not fit into 64 bits");
    for (const seed of [1.5, NaN, Infinity, 2 ** 53, '1', null, undefined])
      expect(message(() => torch.manual_seed(seed as number))).to.match(
        /^argument 'seed' must be an integer/,
      );
    expect(torch.get_rng_state().equal(before)).to.equal(true);
  });

  it('seed() takes a new one from the system, and gives it', () => {
    const given = torch.seed();
    expect(torch.initial_seed()).to.equal(given);
    const first = next();
    expect(torch.seed()).not.to.equal(given);
    torch.manual_seed(given);
    expect(next()).to.deep.equal(first);
  });
});

describe('Generator', () => {
  it('is a stream of its own', () => {
    torch.manual_seed(9);
    const expected = next();
    const generator = new torch.Generator().manual_seed(9);
    torch.manual_seed(1);
    const other = [next(), next()];
    torch.manual_seed(1);
    expect([next(), next(generator), next()]).to.deep.equal([other[0], expected, other[1]]);
    expect([generator.initial_seed(), String(generator.device)]).to.deep.equal([9, 'cpu']);
  });

  it('serves functions and methods', () => {
    const generator = new torch.Generator();
    const draw = (): unknown[] => {
      generator.manual_seed(4);
      return [
        torch.randperm(5, { generator }).tolist(),
        torch.empty(3).normal_(0, 1, { generator }).tolist(),
        torch.bernoulli(probabilities, { generator }).tolist(),
        torch.multinomial(weights, 1, false, { generator }).tolist(),
        torch.randint(0, 9, [2], { generator }).tolist(),
      ];
    };
    torch.manual_seed(0);
    const before = torch.get_rng_state();
    expect(draw()).to.deep.equal(draw());
    expect(torch.get_rng_state().equal(before), 'the default generator was not touched').to.equal(true);
  });

  it('takes a device in both of Python’s forms', () => {
    expect(String(new torch.Generator('cpu').device)).to.equal('cpu');
    expect(String(new torch.Generator({ device: torch.device('cpu') }).device)).to.equal('cpu');
    expect(() => new torch.Generator('nowhere')).to.throw(torch.TorchError);
  });

  it('is refused where a generator is expected and something else is given', () => {
    expect(message(() => torch.rand(2, { generator: 3 as unknown as torch.Generator }))).to.match(
      /^rand\(\): argument 'generator' must be torch.Generator/,
    );
  });
});

describe('get_rng_state and set_rng_state', () => {
  it('repeat a stream from its middle, half-used pair of normals included', () => {
    torch.manual_seed(42);
    torch.randn(3);
    torch.randn(1, { dtype: float64 });
    const state = torch.get_rng_state();
    expect([state.dtype, state.ndim, state.length]).to.deep.equal([uint8, 1, 5056]);
    const draw = (): unknown[] =>
      [torch.randn(3), torch.randn(1, { dtype: float64 }), torch.rand(2)].map(String);
    const first = draw();
    expect(draw()).not.to.deep.equal(first);
    torch.set_rng_state(state);
    expect(draw()).to.deep.equal(first);
    const generator = new torch.Generator();
    generator.set_state(state);
    torch.set_rng_state(generator.get_state());
    expect(draw()).to.deep.equal(first);
  });

  it('refuse a state that is none', () => {
    const before = torch.get_rng_state();
    expect(() => {
      torch.set_rng_state(torch.zeros(3));
    }).to.throw(torch.TorchError);
    expect(() => {
      torch.set_rng_state(before.at(':100'));
    }).to.throw(torch.TorchError);
    expect(() => {
      torch.set_rng_state([1, 2] as unknown as Tensor);
    }).to.throw(torch.TorchError);
    expect(torch.get_rng_state().equal(before)).to.equal(true);
  });
});

describe('fork_rng', () => {
  it('puts the generator back, whatever happens inside', () => {
    torch.manual_seed(8);
    const expected = next();
    torch.manual_seed(8);
    expect(torch.fork_rng(() => (torch.manual_seed(1), next()))).not.to.deep.equal(expected);
    const error = new Error('inside');
    expect(
      thrown(() =>
        torch.fork_rng(() => {
          next();
          throw error;
        }),
      ),
    ).to.equal(error);
    expect(next()).to.deep.equal(expected);
  });

  it('holds for an asynchronous function until its promise settles', async () => {
    torch.manual_seed(8);
    const expected = next();
    torch.manual_seed(8);
    await torch.fork_rng(async () => {
      await turn();
      next();
    });
    expect(next()).to.deep.equal(expected);
  });
});
