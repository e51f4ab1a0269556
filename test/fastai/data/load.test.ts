import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { DataLoader, SkipItemException, stop, type DataLoaderOptions } from '../../../ts/fastai/data/load.js';
import { enumerate, L, random, zip } from '../../../ts/fastcore/index.js';
import { as_subclass } from '../../../ts/fastcore/retain.js';
import * as torch from '../../../ts/torch/index.js';
import { Tensor } from '../../../ts/torch/index.js';

interface Recorded {
  cases: {
    seed: number;
    train: number;
    valid: number;
    passes: { first: number[]; order: string; torch: string }[];
    after: [number, number];
  }[];
}
const recorded = JSON.parse(
  readFileSync(new URL('./fixtures/orders.json', import.meta.url), 'utf8'),
) as Recorded;

const sha = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const generatorState = () => sha(torch.get_rng_state().toTypedArray() as Uint8Array);
const seed = (value: number) => {
  random.seed(value);
  torch.manual_seed(value);
};
const lists = (batches: Iterable<unknown>) =>
  Array.from(batches, (batch) => {
    const list = (part: unknown): unknown => (part instanceof Tensor ? part.tolist() : part);
    return Array.isArray(batch) ? batch.map(list) : list(batch);
  });

describe('fastai DataLoader: orders', () => {
  it('gives the batches printed in the book, chapter 4', () => {
    seed(42);
    const dl = DataLoader(L.range(15), { batch_size: 5, shuffle: true });
    expect(lists(dl)).to.deep.equal([
      [3, 12, 8, 10, 2],
      [9, 4, 7, 14, 5],
      [1, 13, 0, 6, 11],
    ]);
    const ds = L(enumerate('abcdefghijklmnopqrstuvwxyz'));
    const letters = DataLoader(ds, { batch_size: 6, shuffle: true });
    expect(lists(letters)).to.deep.equal([
      [
        [17, 18, 10, 22, 8, 14],
        ['r', 's', 'k', 'w', 'i', 'o'],
      ],
      [
        [20, 15, 9, 13, 21, 12],
        ['u', 'p', 'j', 'n', 'v', 'm'],
      ],
      [
        [7, 25, 6, 5, 11, 23],
        ['h', 'z', 'g', 'f', 'l', 'x'],
      ],
      [
        [1, 3, 0, 24, 19, 16],
        ['b', 'd', 'a', 'y', 't', 'q'],
      ],
      [
        [2, 4],
        ['c', 'e'],
      ],
    ]);
    expect([dl.length, letters.length]).to.deep.equal([3, 5]);
  });

  for (const { seed: start, train, valid, passes, after } of recorded.cases)
    it(`keeps to Python over three epochs of ${train} and ${valid} items from seed ${start}`, () => {
      const run = (makeItems: (n: number) => ArrayLike<unknown>) => {
        seed(start);
        const loaders = [
          DataLoader(makeItems(train), { bs: 64, shuffle: true }),
          DataLoader(makeItems(valid), { bs: 64 }),
        ];
        for (const [i, expected] of passes.entries()) {
          const order = lists(loaders[i % 2]!).flat(2);
          expect(order.slice(0, 5)).to.deep.equal(expected.first);
          expect(sha(JSON.stringify(order))).to.equal(expected.order);
          expect(generatorState()).to.equal(expected.torch);
        }
        expect([random.random(), torch.rand([]).item()]).to.deep.equal(after);
      };
      run((n) => torch.arange(n) as unknown as ArrayLike<unknown>);
      run((n) => ({ length: n, get: (i: number) => i }) as unknown as ArrayLike<unknown>);
    });

  it('draws the order of a pass before the seed, and the seed in every pass, also of one_batch', () => {
    const dl = DataLoader(torch.arange(10), { bs: 4 });
    torch.manual_seed(1);
    dl.one_batch();
    const once = torch.rand([]).item();
    torch.manual_seed(1);
    torch.empty([], { dtype: torch.int64 }).random_();
    expect(torch.rand([]).item()).to.equal(once);
  });

  it('has a new order in each pass, the same one from the same seed', () => {
    seed(3);
    const dl = DataLoader(L.range(50), { bs: 50, shuffle: true });
    const [first, second] = [lists(dl), lists(dl)];
    expect(first).to.not.deep.equal(second);
    seed(3);
    expect(lists(DataLoader(L.range(50), { bs: 50, shuffle: true }))).to.deep.equal(first);
  });
});

describe('fastai DataLoader: batches', () => {
  it('takes rows out of zipped tensors as single samples would give them', () => {
    const x = torch.randn(11, 2, 3);
    const y = torch.arange(11);
    const kinds: Record<string, ArrayLike<unknown>> = {
      zipped: [...zip(x, y)],
      list: L(zip(x, y)),
      dataset: new torch.utils.data.TensorDataset(x, y) as unknown as ArrayLike<unknown>,
      own: { length: 11, get: (i: number) => [x.at(i), y.at(i)] } as unknown as ArrayLike<unknown>,
    };
    for (const [name, dataset] of Object.entries(kinds)) {
      const whole = [...DataLoader(dataset, { bs: 4 })] as [Tensor, Tensor][];
      const single = [...DataLoader(dataset, { bs: 4, after_item: (item: unknown) => item })] as [
        Tensor,
        Tensor,
      ][];
      expect(
        whole.map(([xb]) => xb.shape[0]),
        name,
      ).to.deep.equal([4, 4, 3]);
      whole.forEach(([xb, yb], i) => {
        expect(torch.equal(xb, single[i]![0]) && torch.equal(yb, single[i]![1]), name).to.equal(true);
      });
      expect(torch.equal(torch.cat(whole.map(([xb]) => xb)), x), name).to.equal(true);
    }
  });

  it('gives fresh memory: writing to a batch does not write to the data', () => {
    const x = torch.zeros(6, 2);
    for (const dataset of [x, [...x], new torch.utils.data.TensorDataset(x)] as ArrayLike<unknown>[])
      for (const batch of DataLoader(dataset, { bs: 3 }))
        for (const t of [batch].flat() as Tensor[]) t.fill_(7);
    expect(x.sum().item()).to.equal(0);
  });

  it('collates as fastai: ints to int64, fractions to float64, texts to lists, an L to an L', () => {
    const batch = DataLoader([L<unknown>(1, 2.5, 'a'), L<unknown>(2, 1, 'b')], { bs: 2 }).one_batch() as [
      Tensor,
      Tensor,
      string[],
    ];
    expect(batch).to.be.instanceOf(L);
    expect([String(batch[0].dtype), String(batch[1].dtype)]).to.deep.equal(['torch.int64', 'torch.float64']);
    expect(batch[2]).to.deep.equal(['a', 'b']);
  });

  it('keeps the class of tensors, in batches made at once too', () => {
    class Marked extends Tensor {}
    const items = [...torch.arange(6)].map((t) => [as_subclass(t, Marked), t.clone()]);
    for (const options of [{}, { after_item: (item: unknown) => item }]) {
      const [first, second] = DataLoader(items, { bs: 3, ...options }).one_batch() as [Tensor, Tensor];
      expect(first).to.be.instanceOf(Marked);
      expect(second).to.not.be.instanceOf(Marked);
    }
  });

  it('without a batch size gives items as they are', () => {
    expect(lists(DataLoader(['a', 'b', 'c']))).to.deep.equal(['a', 'b', 'c']);
    const dl = DataLoader([[1, 2], [3]]);
    expect([dl.prebatched, dl.length, dl.ownsBatches]).to.deep.equal([true, 2, false]);
    expect(lists(dl)).to.deep.equal([[1, 2], [3]]);
  });

  it('leaves the last batch out with drop_last, and takes n items where n is given', () => {
    const all = L.range(10);
    expect(lists(DataLoader(all, { bs: 4, drop_last: true }))).to.deep.equal([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    const some = DataLoader(all, { bs: 4, n: 5 });
    expect(lists(some)).to.deep.equal([[0, 1, 2, 3], [4]]);
    expect([some.length, DataLoader(all, { bs: 4, drop_last: true }).length]).to.deep.equal([2, 2]);
    expect(() => [...DataLoader(all, { bs: 4, n: 12 })]).to.throw(torch.IndexError);
  });

  it('takes streams, whose number nobody knows', () => {
    const stream = {
      *[Symbol.iterator]() {
        yield* [1, 2, 3, 4, 5];
      },
    };
    const dl = DataLoader(stream, { bs: 2 });
    expect([dl.indexed, dl.n]).to.deep.equal([false, null]);
    expect(lists(dl)).to.deep.equal([[1, 2], [3, 4], [5]]);
    expect(() => dl.length).to.throw(torch.ArgumentError, 'no length');
    expect(() => [...DataLoader(stream, { bs: 2, shuffle: true })]).to.throw(torch.ValueError, 'give n');
    const endless = DataLoader({
      bs: 2,
      create_item: (() => {
        let i = 0;
        return () => (i < 3 ? i++ : stop());
      })(),
    });
    expect(lists(endless)).to.deep.equal([[0, 1], [2]]);
  });

  it('closes the stream of a pass that is left early', () => {
    let closed = 0;
    const stream = {
      *[Symbol.iterator]() {
        try {
          for (;;) yield 1;
        } finally {
          ++closed;
        }
      },
    };
    for (const _ of DataLoader(stream, { bs: 2 })) break;
    expect(closed).to.equal(1);
  });

  it('frees nothing that the data hold, and leaves nothing behind of a pass', () => {
    const x = torch.randn(100, 3);
    const items = [...x];
    const dl = DataLoader(items, { bs: 10, shuffle: true });
    const pass = () => {
      for (const batch of dl) (batch as Tensor).dispose();
    };
    pass();
    const before = torch.memory({ collect: true }).tensors;
    pass();
    expect(torch.memory({ collect: true }).tensors).to.equal(before);
    expect(dl.ownsBatches).to.equal(true);
    expect(items.every((row) => row.shape[0] === 3)).to.equal(true);
  });
});

describe('fastai DataLoader: steps', () => {
  const steps = ['before_iter', 'after_iter', 'after_item', 'before_batch', 'after_batch'] as const;

  it("calls them in fastai's order, from options and from a subclass", () => {
    const expected = [
      'before_iter',
      'after_item',
      'after_item',
      'before_batch',
      'after_batch',
      'after_item',
      'before_batch',
      'after_batch',
      'after_iter',
    ];
    const log: string[] = [];
    const noted = Object.fromEntries(
      steps.map((name) => [name, (value: unknown) => (log.push(name), value)]),
    );
    expect(lists(DataLoader([1, 2, 3], { bs: 2, ...noted }))).to.deep.equal([[1, 2], [3]]);
    expect(log).to.deep.equal(expected);

    const own: string[] = [];
    class Noting extends DataLoader {
      override before_iter() {
        own.push('before_iter');
      }
      override after_iter() {
        own.push('after_iter');
      }
      override after_item(item: unknown) {
        own.push('after_item');
        return item;
      }
      override before_batch(items: unknown) {
        own.push('before_batch');
        return items;
      }
      override after_batch(batch: unknown) {
        own.push('after_batch');
        return batch;
      }
    }
    [...new Noting([1, 2, 3], { bs: 2 })];
    expect(own).to.deep.equal(expected);
  });

  it('lets each be replaced', () => {
    const from = (options: DataLoaderOptions) => lists(DataLoader([1, 2, 3, 4], { bs: 2, ...options }));
    expect(from({ get_idxs: () => [3, 3, 0] })).to.deep.equal([[4, 4], [1]]);
    expect(from({ get_idxs: () => [-1, 0] })).to.deep.equal([[4, 1]]);
    expect(from({ shuffle: true, shuffle_fn: (idxs) => [...idxs].reverse() as unknown[] })).to.deep.equal([
      [4, 3],
      [2, 1],
    ]);
    expect(from({ sample: () => [1, 2] })).to.deep.equal([[2, 3]]);
    expect(from({ create_item: (i: number) => i * 10 })).to.deep.equal([
      [0, 10],
      [20, 30],
    ]);
    expect(from({ create_batch: (items: number[]) => items.join('-') })).to.deep.equal(['1-2', '3-4']);
    expect(from({ do_batch: (items: number[]) => items.length })).to.deep.equal([2, 2]);
    expect(from({ create_batches: () => ['all'] })).to.deep.equal(['all']);
    expect(from({ before_batch: (items: number[]) => items.map((i) => -i) })).to.deep.equal([
      [-1, -2],
      [-3, -4],
    ]);
    expect(from({ after_batch: (b: Tensor) => b.add(1) })).to.deep.equal([
      [2, 3],
      [4, 5],
    ]);
    expect(from({ retain: () => 'kept' })).to.deep.equal(['kept', 'kept']);
  });

  it('leaves out items that are skipped, and fills batches up', () => {
    const after_item = (item: number) => {
      if (item % 3 === 0) throw new SkipItemException();
      return item;
    };
    expect(lists(DataLoader([1, 2, 3, 4, 5, 6, 7], { bs: 2, after_item }))).to.deep.equal([
      [1, 2],
      [4, 5],
      [7],
    ]);
  });

  it('says it does not own batches of steps that it does not know', () => {
    const owns = (options: DataLoaderOptions) => DataLoader([1, 2], { bs: 2, ...options }).ownsBatches;
    expect(owns({})).to.equal(true);
    expect(owns({ after_item: (x: unknown) => x })).to.equal(true);
    expect(owns({ after_batch: (x: unknown) => x })).to.equal(false);
    expect(owns({ create_batch: (x: unknown) => x })).to.equal(false);
  });

  it('makes others like itself with new()', () => {
    const after_item = (item: number) => item + 100;
    const dl = DataLoader([1, 2, 3], { bs: 2, after_item });
    expect(lists(dl.new())).to.deep.equal([[101, 102], [103]]);
    expect(lists(dl.new([7]))).to.deep.equal([[107]]);
    expect(lists(dl.new({ bs: 3, drop_last: true }))).to.deep.equal([[101, 102, 103]]);
    expect(lists(dl.new([1, 2], { bs: 1 }))).to.deep.equal([[101], [102]]);
    class Other extends DataLoader {}
    expect(dl.new({ cls: Other })).to.be.instanceOf(Other);
    expect(new Other([1]).new()).to.be.instanceOf(Other);
    expect(() => dl.new({ batchsize: 3 })).to.throw(torch.ArgumentError, 'batch_size');
  });

  it('refuses what it does not know, or what cannot be', () => {
    const make = (options: object) => () => DataLoader([1, 2], options);
    expect(make({ sampler: [1] })).to.throw(torch.ArgumentError, /'sampler'.*'sample'/);
    expect(make({ batchsize: 2 })).to.throw(torch.ArgumentError, "'batch_size'");
    expect(make({ bs: 0 })).to.throw(torch.ValueError, 'positive');
    expect(make({ bs: 1.5 })).to.throw(torch.ValueError, '1.5');
    expect(make({ drop_last: true })).to.throw(torch.ValueError, 'batch size');
    expect(make({ n: -1 })).to.throw(torch.ValueError, 'count');
    expect(make({ num_workers: -1 })).to.throw(torch.ValueError, 'num_workers');
    expect(make({ timeout: -1 })).to.throw(torch.ValueError, 'timeout');
    expect(make({ after_item: 3 })).to.throw(torch.ArgumentError, 'after_item must be a function');
    expect(() => DataLoader([], { bs: 2 }).one_batch()).to.throw(
      torch.ValueError,
      'does not contain any batches',
    );
    expect(() => DataLoader([1], { bs: 2, drop_last: true }).one_batch()).to.throw(
      torch.ValueError,
      'any batches',
    );
    expect(() => [...DataLoader(undefined, { bs: 2 })]).to.throw(torch.ArgumentError, 'create_item');
    expect(lists(DataLoader([], { bs: 2 }))).to.deep.equal([]);
  });

  it('hands on what an item throws, and can be passed over again', () => {
    let isBad = true;
    const dl = DataLoader([1, 2, 3], {
      bs: 2,
      after_item: (item: number) => {
        if (isBad && item === 3) throw new Error('item 3 is broken');
        return item;
      },
    });
    expect(() => lists(dl)).to.throw('item 3 is broken');
    isBad = false;
    expect(lists(dl)).to.deep.equal([[1, 2], [3]]);
  });
});

describe('fastai DataLoader: for await', () => {
  const collect = async (dl: AsyncIterable<unknown>) => {
    const found: unknown[] = [];
    for await (const batch of dl) found.push((batch as Tensor).tolist());
    return found;
  };
  const later = <T>(value: T, ms: number) => new Promise<T>((resolve) => setTimeout(resolve, ms, value));

  it('gives what for...of gives', async () => {
    for (const dataset of [torch.arange(7), L.range(7)] as ArrayLike<unknown>[]) {
      seed(5);
      const sync = lists(DataLoader(dataset, { bs: 3, shuffle: true }));
      seed(5);
      expect(await collect(DataLoader(dataset, { bs: 3, shuffle: true }))).to.deep.equal(sync);
    }
  });

  it('waits for items that are promises, in order whatever takes how long, and asks for them ahead', async () => {
    let running = 0;
    let most = 0;
    const dataset = {
      length: 8,
      async get(i: number) {
        most = Math.max(most, ++running);
        await later(null, i % 3 === 0 ? 8 : 1);
        --running;
        return i;
      },
    };
    const order: number[] = [];
    const after_item = (item: number) => (order.push(item), item);
    const batches = await collect(DataLoader(dataset, { bs: 4, num_workers: 1, after_item }));
    expect(batches).to.deep.equal([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    expect(order).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(most).to.be.within(4, 8);
    expect(() => [...DataLoader(dataset, { bs: 4 })]).to.throw(torch.TorchError, 'for await');
  });

  it('prefers getAsync, which may be there beside get', async () => {
    const dataset = { length: 3, get: (i: number) => i, getAsync: (i: number) => later(i * 10, 1) };
    expect(lists(DataLoader(dataset, { bs: 2 }))).to.deep.equal([[0, 1], [2]]);
    expect(await collect(DataLoader(dataset, { bs: 2 }))).to.deep.equal([[0, 10], [20]]);
  });

  it('takes asynchronous streams and closes them', async () => {
    let closed = 0;
    const stream = {
      async *[Symbol.asyncIterator]() {
        try {
          for (let i = 0; i < 5; ++i) yield await later(i, 1);
        } finally {
          ++closed;
        }
      },
    };
    expect(await collect(DataLoader(stream, { bs: 2 }))).to.deep.equal([[0, 1], [2, 3], [4]]);
    for await (const _ of DataLoader(stream, { bs: 2 })) break;
    expect(closed).to.equal(2);
    expect(() => [...DataLoader(stream, { bs: 2 })]).to.throw(torch.ArgumentError, 'for await');
  });

  it('hands on a failure when its item is due, and no rejection goes unheard', async () => {
    const unheard: unknown[] = [];
    const listen = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', listen);
    const dataset = {
      length: 6,
      get: (i: number) => (i >= 3 ? Promise.reject(new Error(`item ${i}`)) : later(i, 1)),
    };
    const seen: unknown[] = [];
    let message = '';
    try {
      for await (const batch of DataLoader(dataset, { bs: 2, num_workers: 4 }))
        seen.push((batch as Tensor).tolist());
    } catch (error) {
      ({ message } = error as Error);
    }
    await later(null, 5);
    process.off('unhandledRejection', listen);
    expect([seen, message, unheard]).to.deep.equal([[[0, 1]], 'item 3', []]);
  });

  it('gives up on an item that takes longer than timeout', async () => {
    const dataset = { length: 2, get: () => later(1, 500) };
    let message = '';
    try {
      await collect(DataLoader(dataset, { bs: 2, timeout: 0.02 }));
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).to.equal('DataLoader timed out after 0.02 seconds');
  });

  it('skips asynchronous items too', async () => {
    const dataset = {
      length: 5,
      get: (i: number) => (i === 1 ? Promise.reject(new SkipItemException()) : later(i, 1)),
    };
    expect(await collect(DataLoader(dataset, { bs: 2 }))).to.deep.equal([
      [0, 2],
      [3, 4],
    ]);
  });
});
