import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';

import * as torch from '../../../../ts/torch/index.js';
import { message } from '../../../support/thrown.js';

const {
  BatchSampler,
  DataLoader,
  DistributedSampler,
  RandomSampler,
  Sampler,
  SequentialSampler,
  SubsetRandomSampler,
  TensorDataset,
  WeightedRandomSampler,
  random_split,
} = torch.utils.data;

interface Case {
  seed: number;
  own: boolean;
  passes: { order: unknown[]; states: string[] }[];
}
interface Group {
  kind: string;
  n: number;
  options: Record<string, unknown>;
  cases: Case[];
}
const recorded = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, 'fixtures', 'orders.json'), 'utf8'),
) as {
  samplers: Group[];
  loaders: Group[];
  splits: {
    seed: number;
    n: number;
    lengths: number[];
    own: boolean;
    parts: number[][];
    states: string[];
  }[];
  distributed: {
    n: number;
    num_replicas: number;
    rank: number;
    options: object;
    length: number;
    orders: number[][];
  }[];
  batch_samplers: {
    n: number;
    batch_size: number;
    drop_last: boolean;
    batches: number[][];
    length: number;
  }[];
};

const range = (length: number) => Array.from({ length }, (_, i) => i);
function digest(state: torch.Tensor): string {
  return createHash('sha256').update(state.toTypedArray()).digest('hex').slice(0, 16);
}
function states(generator: torch.Generator | null): string[] {
  return [torch.get_rng_state(), ...(generator ? [generator.get_state()] : [])].map(digest);
}
function weightsOf(n: number): number[] {
  return range(n).map((i) => ((i * 7) % 5) + 0.5);
}
function make(
  { kind, n, options }: Group,
  generator: torch.Generator | null,
): torch.utils.data.Sampler<number> {
  if (kind === 'random') return RandomSampler(range(n), { ...options, generator });
  const indices = range(n).map((i) => 3 * i + 1);
  if (kind === 'subset') return SubsetRandomSampler(indices, { generator });
  const { num_samples, ...rest } = options as { num_samples: number };
  return WeightedRandomSampler(weightsOf(n), num_samples, { ...rest, generator });
}
/** Runs the recorded passes of a case. */
function replay(
  { seed, own, passes }: Case,
  open: (generator: torch.Generator | null) => Iterable<unknown>,
): void {
  torch.manual_seed(seed);
  const generator = own ? new torch.Generator().manual_seed(seed + 1) : null;
  const iterable = open(generator);
  for (const pass of passes) {
    expect([...iterable]).to.deep.equal(pass.order);
    expect(states(generator), 'generator after it').to.deep.equal(pass.states);
  }
}

describe('torch.utils.data: samplers as Python recorded them', () => {
  for (const group of recorded.samplers) {
    it(`${group.kind} of ${group.n} ${JSON.stringify(group.options)}: orders and generator states`, () => {
      for (const one of group.cases) replay(one, (generator) => make(group, generator));
    });
  }

  it('gives the same orders, and draws them at the same moments, where whole tensors of indices are used', () => {
    // What the samplers give one by one above is here cut from tensors.
    for (const group of recorded.samplers.filter(({ kind }) => kind !== 'subset')) {
      for (const { seed, own, passes } of group.cases) {
        torch.manual_seed(seed);
        const generator = own ? new torch.Generator().manual_seed(seed + 1) : null;
        const base = new torch.Generator();
        const sampler = make(group, generator);
        const data = TensorDataset(torch.arange(group.n));
        const dl = DataLoader(data, { sampler, batch_size: 3, generator: base });
        for (const pass of passes) {
          expect([...dl].flatMap(([batch]) => batch.tolist() as number[])).to.deep.equal(pass.order);
          expect(states(generator)).to.deep.equal(pass.states);
        }
      }
    }
  });

  it('BatchSampler', () => {
    for (const { n, batch_size, drop_last, batches, length } of recorded.batch_samplers) {
      const sampler = BatchSampler(SequentialSampler(range(n)), batch_size, drop_last);
      expect([...sampler]).to.deep.equal(batches);
      expect(sampler.length).to.equal(length);
    }
  });

  it('DistributedSampler', () => {
    for (const { n, num_replicas, rank, options, length, orders } of recorded.distributed) {
      const sampler = DistributedSampler(range(n), { num_replicas, rank, ...options });
      expect(sampler.length).to.equal(length);
      orders.forEach((order, epoch) => {
        sampler.set_epoch(epoch);
        expect([...sampler]).to.deep.equal(order);
      });
    }
  });

  it('random_split', () => {
    for (const { seed, n, lengths, own, parts, states: after } of recorded.splits) {
      torch.manual_seed(seed);
      const generator = own ? new torch.Generator().manual_seed(seed + 1) : torch.default_generator;
      const found = random_split(range(n), lengths, { generator });
      expect(found.map(({ indices }) => indices)).to.deep.equal(parts);
      expect([generator.get_state(), torch.get_rng_state()].map(digest)).to.deep.equal(after);
    }
  });

  for (const group of recorded.loaders) {
    const data = torch.arange(group.n);
    // The three ways to a batch: out of tensors, sample by sample, and from a list.
    const kinds = {
      'a TensorDataset': () => TensorDataset(data),
      'samples one by one': () => ({ length: group.n, get: (i: number) => [data.at(i)] }),
      'a list of numbers': () => range(group.n).map((i) => [i]),
    };
    for (const [kind, dataset] of Object.entries(kinds)) {
      it(`DataLoader over ${kind}, n ${group.n}, ${JSON.stringify(group.options)}`, () => {
        for (const one of group.cases) {
          replay(one, (generator) => {
            const dl = DataLoader(dataset() as ArrayLike<torch.Tensor[]>, { ...group.options, generator });
            return {
              *[Symbol.iterator]() {
                for (const [batch] of dl) yield { batch: batch!.tolist(), states: states(generator) };
              },
            };
          });
        }
      });
    }
  }
});

describe('torch.utils.data: samplers', () => {
  it('say how many samples they give', () => {
    expect(SequentialSampler(range(5)).length).to.equal(5);
    expect(RandomSampler(range(5), { num_samples: 12 }).length).to.equal(12);
    expect(SubsetRandomSampler([4, 2]).length).to.equal(2);
    expect(WeightedRandomSampler([1, 2], 7).length).to.equal(7);
    expect([...SequentialSampler(torch.zeros([3, 2]))]).to.deep.equal([0, 1, 2]);
  });

  it('take indices of any kind', () => {
    torch.manual_seed(1);
    const order = [...SubsetRandomSampler([10, 20, 30, 40])];
    torch.manual_seed(1);
    expect([...SubsetRandomSampler(torch.tensor([10n, 20n, 30n, 40n]))]).to.deep.equal(order);
    torch.manual_seed(1);
    const keys = [...SubsetRandomSampler(['10', '20', '30', '40'])] as unknown as string[];
    expect(keys.map(Number)).to.deep.equal(order);
  });

  it('take positional arguments as Python does', () => {
    torch.manual_seed(3);
    const named = [...RandomSampler(range(9), { replacement: true, num_samples: 4 })];
    torch.manual_seed(3);
    expect([...new RandomSampler(range(9), true, 4)]).to.deep.equal(named);
    expect([...BatchSampler([5, 6, 7], { batch_size: 2, drop_last: false })]).to.deep.equal([[5, 6], [7]]);
  });

  it('refuse what Python refuses', () => {
    const bad = (value: unknown) => value as never;
    expect(message(() => RandomSampler([]))).to.equal(
      'num_samples should be a positive integer value, but got num_samples=0',
    );
    expect(message(() => RandomSampler([1], { num_samples: 1.5 }))).to.contain('num_samples=1.5');
    expect(message(() => RandomSampler([1], { replacement: bad('x') }))).to.contain("replacement='x'");
    expect(message(() => RandomSampler([1], bad({ replace: true })))).to.contain("unknown option 'replace'");
    expect(message(() => BatchSampler([1], 0, false))).to.contain('batch_size=0');
    expect(message(() => BatchSampler([1], bad(true), false))).to.contain('batch_size=true');
    expect(message(() => BatchSampler([1], 2, bad(1)))).to.contain('drop_last=1');
    expect(message(() => WeightedRandomSampler([1], -1))).to.contain('num_samples=-1');
    expect(message(() => WeightedRandomSampler(torch.ones([2, 2]), 1))).to.contain('shape (2, 2)');
    expect(message(() => DistributedSampler([1], { num_replicas: 2, rank: 2 }))).to.equal(
      'Invalid rank 2, rank should be in the interval [0, 1]',
    );
    expect(message(() => DistributedSampler([1]))).to.contain('num_replicas and rank must be given');
    expect(message(() => [...Sampler()])).to.contain('must have a method [Symbol.iterator]');
  });

  it('a subclass with an iterator of its own is taken at its word', () => {
    class Backwards extends RandomSampler {
      override *[Symbol.iterator]() {
        for (let i = this.length - 1; i >= 0; --i) yield i;
      }
    }
    const data = TensorDataset(torch.arange(5));
    const dl = DataLoader(data, { sampler: new Backwards(data), batch_size: 2 });
    expect([...dl].map(([batch]) => batch.tolist())).to.deep.equal([[4, 3], [2, 1], [0]]);
  });
});
