import { expect } from 'chai';

import * as torch from '../../../../ts/torch/index.js';
import { tensorSource } from '../../../../ts/torch/utils/data/_utils/gather.js';
import { growth } from '../../../support/live.js';
import { message, rejected } from '../../../support/thrown.js';

const { BatchSampler, ConcatDataset, DataLoader, Dataset, IterableDataset, SequentialSampler, StackDataset } =
  torch.utils.data;
const { Subset, SubsetRandomSampler, TensorDataset } = torch.utils.data;
type Tensor = torch.Tensor;
const bad = (value: unknown) => value as never;
const range = (length: number) => Array.from({ length }, (_, i) => i);
const x = torch.arange(44).view(11, 2, 2).float();
const y = torch.arange(11);

/** A batch as nested lists with dtypes, for comparison. */
function plain(value: unknown): unknown {
  if (value instanceof torch.Tensor) return [String(value.dtype), value.tolist()];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}
/** The same samples without anything that says that they are rows of tensors. */
function hidden<S>(dataset: ArrayLike<S> | { length: number; get(i: number): S }): {
  length: number;
  get(i: number): S;
} {
  const get = (i: number) => ('get' in dataset ? dataset.get(i) : (Array.from(dataset).at(i) as S));
  return { length: dataset.length, get };
}
class Stream extends IterableDataset<number> {
  constructor(
    readonly count: number,
    readonly length = count,
  ) {
    super();
  }
  closed = 0;
  override *[Symbol.iterator]() {
    try {
      for (let i = 0; i < this.count; ++i) yield i;
    } finally {
      ++this.closed;
    }
  }
}

describe('torch.utils.data: DataLoader', () => {
  it('takes anything with a length and an index', () => {
    const first = (dataset: unknown) => plain([...DataLoader(bad(dataset), { batch_size: 2 })][0]);
    expect(first([5, 6, 7])).to.deep.equal(['torch.int64', [5, 6]]);
    expect(first(Float32Array.of(0.5, 1.5))).to.deep.equal(['torch.float64', [0.5, 1.5]]);
    expect(first(y)).to.deep.equal(['torch.int64', [0, 1]]);
    expect(first(['a', 'b'])).to.deep.equal(['a', 'b']);
    expect(first({ length: 2, get: (i: number) => ({ i }) })).to.deep.equal({ i: ['torch.int64', [0, 1]] });
    expect(first({ __len__: () => 2, __getitem__: (i: number) => i + 0.5 })).to.deep.equal([
      'torch.float64',
      [0.5, 1.5],
    ]);
    expect(
      first({ length: 2, __getitems__: (is: number[]) => is.map((i) => -i), get: () => 99 }),
    ).to.deep.equal(['torch.int64', [0, -1]]);
    expect(message(() => DataLoader(bad(5)))).to.equal("object of type 'number' has no length");
    expect(message(() => [...DataLoader(bad({ length: 2 }))])).to.contain('cannot be indexed');
  });

  it('counts its batches', () => {
    const count = (options: object) => DataLoader(range(10), options).length;
    expect([count({}), count({ batch_size: 4 }), count({ batch_size: 4, drop_last: true })]).to.deep.equal([
      10, 3, 2,
    ]);
    expect(count({ batch_size: null })).to.equal(10);
    expect(count({ sampler: SubsetRandomSampler([1, 2, 3]), batch_size: 2 })).to.equal(2);
    expect(count({ batch_sampler: BatchSampler(range(5), 2, true) })).to.equal(2);
    const endless = DataLoader(range(3), { sampler: (function* () { yield 1; })() }); // prettier-ignore
    expect(message(() => endless.length)).to.contain('has no length');
  });

  const zipped = [...x].map((row, i) => [row, y.at(i)] as const);
  const tensorBacked: Record<string, () => any> = {
    TensorDataset: () => TensorDataset(x, y),
    'a tensor': () => x,
    'a zipped list': () => zipped,
    'a list of rows': () => [...x],
    'rows and numbers': () => [...x].map((row, i) => [row, i * 2]),
    'transposed tensors': () => TensorDataset(x.transpose(0, 2), torch.arange(2)),
    'an expanded tensor': () => TensorDataset(torch.arange(3).expand([4, 3])),
    'every other row': () => TensorDataset(x.at('::2'), y.at('::2')),
    'rows, every other': () => [...x.at('::2')],
    'a Subset': () => Subset(TensorDataset(x, y), [7, 1, 1, 3]),
    'a Subset of a Subset': () => Subset(Subset(zipped, [9, 7, 5, 3, 1]), [4, 0, 2]),
    'a StackDataset': () => StackDataset(x, TensorDataset(y)),
    'a named StackDataset': () => StackDataset({ image: x, label: y }),
  };
  for (const [name, make] of Object.entries(tensorBacked)) {
    it(`gathers whole batches of ${name} as single samples give them`, () => {
      const dataset = make();
      expect(tensorSource(dataset), 'is seen').to.not.equal(null);
      for (const options of [
        { batch_size: 3 },
        { batch_size: 3, shuffle: true },
        { batch_size: 2, drop_last: true, shuffle: true },
        { batch_size: 2, sampler: [1, 0, 1] },
        { batch_size: 2, sampler: [-1, 0] },
        { batch_sampler: [[0, 1], [1], torch.tensor([1n, 0n])] },
      ]) {
        torch.manual_seed(5);
        const whole = [...DataLoader(dataset, bad(options))].map(plain);
        torch.manual_seed(5);
        const single: any = hidden(dataset instanceof torch.Tensor ? [...dataset] : dataset);
        const list = options.batch_sampler ? { batch_sampler: [[0, 1], [1], [1, 0]] } : options;
        const singles = [...DataLoader(single, bad(list))].map(plain);
        expect(whole).to.deep.equal(singles);
        expect(whole.length).to.be.above(0);
      }
    });
  }

  for (const dtype of [
    'uint8',
    'int16',
    'int32',
    'uint16',
    'uint32',
    'float16',
    'bfloat16',
    'float64',
    'bool',
    'complex64',
    'float8_e5m2',
  ] as const) {
    // prettier-ignore
    it(`gathers ${dtype}`, () => {
      const data = torch.tensor([[1, 0, 3], [4, 1, 6], [0, 8, 9]]).to(torch[dtype]); // prettier-ignore
      const options = { batch_sampler: [[2, 0]] };
      const [[whole]] = [...DataLoader(TensorDataset(data), options)] as any;
      const [[single]] = [...DataLoader(hidden(TensorDataset(data)), options)] as any;
      expect(whole.dtype).to.equal(torch[dtype]);
      expect(whole.to(torch.complex128).tolist()).to.deep.equal(single.to(torch.complex128).tolist());
    });
  }

  it('asks for samples one by one where the rows do not belong together', () => {
    const other = [...x];
    [other[2], other[3]] = [other[3]!, other[2]!];
    const alone = range(3).map((i) => torch.tensor([i]));
    const mixed = [x.at(0), torch.zeros([2, 2]), x.at(2)];
    for (const list of [
      other,
      alone,
      mixed,
      [0.5, 1],
      [
        [x.at(0), 'a'],
        [x.at(1), 'b'],
      ],
      [[1], [1, 2]],
      [],
    ]) {
      expect(tensorSource(list)).to.equal(null);
    }
    expect([...DataLoader(other, { batch_size: 11 })][0]!.tolist()).to.deep.equal(
      torch.stack(other).tolist(),
    );
    const grown = torch.ones([3, 2]).requires_grad_();
    expect(tensorSource(TensorDataset(grown)), 'gradients').to.equal(null);
    const [batch] = [...DataLoader(TensorDataset(grown), { batch_size: 3 })][0]!;
    batch.sum().backward();
    expect(grown.grad!.tolist()).to.deep.equal(torch.ones([3, 2]).tolist());
    class Own extends TensorDataset {
      override get(index: number) {
        return super.get(index).map((part) => part.add(100));
      }
    }
    expect(tensorSource(new Own(y)), 'an own get()').to.equal(null);
    expect([...DataLoader(new Own(y), { batch_size: 2 })][0]![0]!.tolist()).to.deep.equal([100, 101]);
  });

  it('sees changes of a list between passes', () => {
    const list = [...torch.arange(6).view(3, 2)].map((row, i) => [row, i] as [Tensor, number]);
    const dl = DataLoader(list, { batch_size: 3 });
    const labels = () => [...dl].map(([, label]) => label.tolist());
    expect(labels()).to.deep.equal([[0, 1, 2]]);
    list[1]![1] = 7;
    expect(labels()).to.deep.equal([[0, 7, 2]]);
    list.reverse();
    expect(labels()).to.deep.equal([[2, 7, 0]]);
    list.push([torch.tensor([8n, 9n]), 5]);
    expect([...DataLoader(list, { batch_size: 4 })].map(([rows]) => rows.tolist())).to.deep.equal([
      [
        [4, 5],
        [2, 3],
        [0, 1],
        [8, 9],
      ],
    ]);
  });

  it('writing to a batch does not write to the data, writing to the data shows in later batches', () => {
    const data = torch.zeros([4, 2]);
    for (const dataset of [TensorDataset(data), [...data].map((row) => [row])]) {
      for (const shuffle of [false, true]) {
        for (const [batch] of DataLoader(dataset as Tensor[][], { batch_size: 2, shuffle })) batch!.fill_(5);
      }
    }
    expect(data.sum().item()).to.equal(0);
    const list = [...data];
    const dl = DataLoader(list, { batch_size: 4 });
    [...dl].forEach((batch) => batch.dispose());
    data.fill_(3);
    expect([...dl][0]!.sum().item()).to.equal(24);
  });

  it('gives single samples without batch_size', () => {
    const samples = [...DataLoader([[1, Float32Array.of(2)] as const], { batch_size: null })];
    expect(plain(samples)).to.deep.equal([[1, ['torch.float32', [2]]]]);
    expect([...DataLoader(TensorDataset(y), { batch_size: null, sampler: [3] })][0]![0].item()).to.equal(3);
  });

  it('uses a collate_fn and custom samplers', () => {
    const dl = DataLoader(range(5), { batch_size: 2, collate_fn: (items: number[]) => items.join('-') });
    expect([...dl]).to.deep.equal(['0-1', '2-3', '4']);
    const keys = DataLoader(new Map([['a', 1], ['b', 2]]) as any, { sampler: ['b', 'a'], batch_size: 2 }); // prettier-ignore
    expect(plain([...keys])).to.deep.equal([['torch.int64', [2, 1]]]);
    const seen: Tensor[] = [torch.tensor([1n])];
    expect([...DataLoader(TensorDataset(y), { batch_sampler: seen as any })][0]![0].item()).to.equal(1);
    expect(seen[0]!.is_disposed, 'the tensors of a batch_sampler are its own').to.equal(false);
  });

  it('says where an index leads nowhere', () => {
    expect(message(() => [...DataLoader(TensorDataset(y), { sampler: [11] })])).to.contain(
      'index 11 is out of bounds',
    );
    expect(message(() => [...DataLoader([1, 2], { sampler: [5] })])).to.contain(
      'list index out of range: 5 of 2',
    );
    const long = { sampler: SequentialSampler(range(12)), batch_size: 6 };
    expect(message(() => [...DataLoader(TensorDataset(y), long)])).to.contain('index 11 is out of bounds');
  });

  it('iterates streams', () => {
    const stream = new Stream(5);
    const dl = DataLoader(stream, { batch_size: 2 });
    expect(plain([...dl])).to.deep.equal([
      ['torch.int64', [0, 1]],
      ['torch.int64', [2, 3]],
      ['torch.int64', [4]],
    ]);
    expect(dl.length).to.equal(3);
    expect(plain([...DataLoader(stream, { batch_size: 2, drop_last: true })])).to.have.length(2);
    expect([...DataLoader(stream, { batch_size: null })]).to.deep.equal([0, 1, 2, 3, 4]);
    expect(stream.closed).to.equal(3);
    for (const _ of dl) break;
    expect(stream.closed, 'left early').to.equal(4);
  });

  it('warns when a stream is longer than it said', (done) => {
    const dl = DataLoader(new Stream(5, 2), { batch_size: 1 });
    expect(dl.length).to.equal(2);
    process.once('warning', (warning) => {
      expect(warning.message).to.contain('was reported to be 2').and.contain('but 3 samples');
      done();
    });
    expect([...dl]).to.have.length(5);
  });

  it('for await: the same batches, promises of samples, asynchronous streams', async () => {
    const collect = async (dl: AsyncIterable<unknown>) => {
      const batches = [];
      for await (const batch of dl) batches.push(plain(batch));
      return batches;
    };
    torch.manual_seed(1);
    const expected = [...DataLoader(TensorDataset(x, y), { shuffle: true, batch_size: 4 })].map(plain);
    torch.manual_seed(1);
    expect(await collect(DataLoader(TensorDataset(x, y), { shuffle: true, batch_size: 4 }))).to.deep.equal(
      expected,
    );
    const later = { length: 3, get: (i: number) => new Promise((done) => setTimeout(done, 5 - i, i)) };
    expect(await collect(DataLoader(bad(later), { batch_size: 2 }))).to.deep.equal([
      ['torch.int64', [0, 1]],
      ['torch.int64', [2]],
    ]);
    expect(message(() => [...DataLoader(bad(later))])).to.contain('for await');
    class Ticks extends IterableDataset {
      async *[Symbol.asyncIterator]() {
        for (let i = 0; i < 3; ++i) yield await Promise.resolve(i);
      }
    }
    expect(await collect(DataLoader(new Ticks(), { batch_size: 2 }))).to.have.length(2);
    expect(message(() => [...DataLoader(new Ticks())])).to.contain('for await');
    const failing = { length: 2, get: () => Promise.reject(new Error('no such file')) };
    expect(String(await rejected(collect(DataLoader(bad(failing)))))).to.equal('Error: no such file');
  });

  it('concurrent next() calls get one batch each, in order', async () => {
    const iterator = DataLoader(range(4))[Symbol.asyncIterator]();
    const results = await Promise.all(range(5).map(() => iterator.next()));
    expect(results.map(({ value, done }) => (done ? null : value.item()))).to.deep.equal([0, 1, 2, 3, null]);
  });

  it('refuses options that exclude each other, with the words of PyTorch', () => {
    const says = (options: object, dataset: unknown = [1, 2]) =>
      message(() => DataLoader(bad(dataset), options));
    const stream = new Stream(2);
    expect(says({ sampler: [0], shuffle: true })).to.equal(
      'sampler option is mutually exclusive with shuffle',
    );
    for (const other of [{ batch_size: 2 }, { shuffle: true }, { sampler: [0] }, { drop_last: true }]) {
      expect(says({ batch_sampler: [[0]], ...other })).to.contain(
        'batch_sampler option is mutually exclusive with',
      );
    }
    expect(says({ batch_size: null, drop_last: true })).to.contain('disables auto-batching');
    expect(says({ batch_size: 0 })).to.contain('batch_size should be a positive integer value');
    expect(says({ num_workers: -1 })).to.contain('num_workers option should be non-negative');
    expect(says({ timeout: -1 })).to.equal('timeout option should be non-negative');
    expect(says({ prefetch_factor: 2 })).to.contain('prefetch_factor option could only be specified');
    expect(says({ prefetch_factor: -2, num_workers: 1 })).to.contain(
      'prefetch_factor option should be non-negative',
    );
    expect(says({ persistent_workers: true })).to.equal('persistent_workers option needs num_workers > 0');
    expect(says({ shuffle: true }, stream)).to.contain(
      'expected unspecified shuffle option, but got shuffle=true',
    );
    expect(says({ sampler: [1] }, stream)).to.contain('expected unspecified sampler option');
    expect(says({ batch_sampler: [[1]] }, stream)).to.contain('expected unspecified batch_sampler option');
    expect(says({ batchsize: 2 }))
      .to.contain("unknown option 'batchsize'")
      .and.contain("'batch_size'");
    expect(says({ shuffle: true }, [])).to.contain('num_samples=0');
    const dl = DataLoader([1], {});
    expect(message(() => ((dl as any).batch_size = 3))).to.equal(
      'batch_size attribute should not be set after DataLoader is initialized',
    );
  });

  it('takes batch_size and shuffle by position, with and without new', () => {
    expect([...new DataLoader(range(4), 3)]).to.have.length(2);
    torch.manual_seed(0);
    const named = plain([...DataLoader(range(9), { batch_size: 9, shuffle: true })]);
    torch.manual_seed(0);
    expect(plain([...DataLoader(range(9), 9, true)])).to.deep.equal(named);
  });

  it('without a GPU pin_memory changes nothing', function () {
    if (torch.cuda.is_available()) return this.skip();
    expect(plain([...DataLoader([1, 2], { batch_size: 2, pin_memory: true })])).to.deep.equal([
      ['torch.int64', [1, 2]],
    ]);
  });

  it('keeps nothing but the batches', () => {
    const data: [string, unknown][] = [
      ['out of tensors', TensorDataset(x, y)],
      ['of a subset', Subset(TensorDataset(x, y), range(9))],
      ['one by one', ConcatDataset([TensorDataset(x, y), TensorDataset(x, y)])],
    ];
    for (const [name, dataset] of data) {
      const grown = growth(() => {
        for (const shuffle of [false, true]) {
          const before = torch.memory().tensors;
          for (const [xb, yb] of DataLoader(dataset as Tensor[][], { batch_size: 3, shuffle })) {
            xb!.dispose();
            yb!.dispose();
          }
          expect(torch.memory().tensors - before, `${name}, before any garbage is collected`).to.equal(0);
          for (const [xb, yb] of DataLoader(dataset as Tensor[][], { batch_size: 3, shuffle })) {
            xb!.dispose();
            yb!.dispose();
            break;
          }
          expect(torch.memory().tensors - before, `${name}, left early`).to.equal(0);
        }
      });
      expect(grown).to.equal(0);
    }
  });

  it('a scope around a step frees the batch and not the order of the pass', () => {
    const iterator = DataLoader(TensorDataset(y), { batch_size: 3, shuffle: true })[Symbol.iterator]();
    const seen: number[] = [];
    for (;;) {
      const done = torch.tidy(() => {
        const next = iterator.next();
        if (!next.done) seen.push(...(next.value[0].tolist() as number[]));
        return next.done;
      });
      if (done) break;
    }
    expect(seen.sort((a, b) => a - b)).to.deep.equal(range(11));
  });

  it('leaves tensors alone that a dataset keeps', () => {
    class Cached extends Dataset<Tensor> {
      readonly length = 3;
      readonly cache = range(3).map((i) => torch.tensor([i]));
      override get(index: number) {
        return this.cache[index]!;
      }
    }
    const dataset = new Cached();
    for (let pass = 0; pass < 2; ++pass)
      expect([...DataLoader(dataset, { batch_size: 2 })]).to.have.length(2);
    expect(dataset.cache.some((tensor) => tensor.is_disposed)).to.equal(false);
    const list = [...x];
    expect([...DataLoader(ConcatDataset([list]), { batch_size: 4 })]).to.have.length(3);
    expect(list.some((tensor) => tensor.is_disposed)).to.equal(false);
  });
});
