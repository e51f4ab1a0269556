import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';

import * as torch from '../../../../ts/torch/index.js';
import { running } from '../../../../ts/torch/utils/data/_utils/pool.js';
import { message, rejected, thrown } from '../../../support/thrown.js';
import { Failing, Scaled, Shared, joined } from './worker_datasets.js';

const { ConcatDataset, DataLoader, StackDataset, Subset, TensorDataset, get_worker_info } = torch.utils.data;
const bad = (value: unknown) => value as never;
const module = new URL('./worker_datasets.ts', import.meta.url);
const range = (length: number) => Array.from({ length }, (_, i) => i);

async function collect<B>(dl: AsyncIterable<B>): Promise<B[]> {
  const batches: B[] = [];
  for await (const batch of dl) batches.push(batch);
  return batches;
}
const lists = (batches: any[]) => batches.map((batch) => (batch as torch.Tensor).tolist());
async function allEnded(): Promise<void> {
  for (let i = 0; i < 200 && running.size > 0; ++i) await sleep(20);
  expect(running.size, 'workers that still run').to.equal(0);
}

describe('torch.utils.data: DataLoader with workers', function () {
  this.timeout(60_000);
  afterEach(allEnded);

  it('gives the batches that it gives without them, in order', async () => {
    const x = torch.arange(44).view(11, 4).to(torch.bfloat16);
    const y = torch.arange(11).view(11, 1);
    const zipped = [...x].map((row, i) => [row, y.at(i)] as const);
    const datasets: any[] = [
      TensorDataset(x, y),
      zipped,
      Subset(TensorDataset(x, y), [3, 1, 4, 1, 5]),
      StackDataset({ a: x, b: ConcatDataset([range(6), range(5)]) }),
      range(7).map((i) => i + 0.5),
    ];
    for (const dataset of datasets) {
      const open = (num_workers: number): any =>
        DataLoader(dataset, { batch_size: 2, shuffle: true, num_workers });
      const flat = (batches: unknown[]): unknown =>
        batches.map((batch) => (batch instanceof torch.Tensor ? [String(batch.dtype), batch.tolist()] : flat(Object.values(batch as object)))); // prettier-ignore
      torch.manual_seed(7);
      const expected = flat([...open(0)]);
      const state = torch.get_rng_state().tolist();
      torch.manual_seed(7);
      expect(flat(await collect(open(2)))).to.deep.equal(expected);
      expect(torch.get_rng_state().tolist(), 'the generator').to.deep.equal(state);
      torch.manual_seed(7);
      expect(flat([...open(2)]), 'in a for...of').to.deep.equal(expected);
    }
  });

  it('makes the dataset in each worker, and seeds each', async () => {
    torch.manual_seed(42);
    const seed = BigInt(torch.empty([], { dtype: torch.int64 }).random_().item());
    torch.manual_seed(42);
    const dl = DataLoader(new Scaled(6, 10), { batch_size: 2, num_workers: 2 });
    const batches: any[] = await collect(dl);
    expect(lists(batches.map(({ value }) => value.view(-1)))).to.deep.equal([
      [0, 10],
      [20, 30],
      [40, 50],
    ]);
    expect(lists(batches.map(({ worker }) => worker))).to.deep.equal([
      [0, 0],
      [1, 1],
      [0, 0],
    ]);
    expect(batches.map(({ text }) => text)).to.deep.equal([
      ['n0', 'n1'],
      ['n2', 'n3'],
      ['n4', 'n5'],
    ]);
    const seeds = batches.map(({ seed: given }) => given.tolist({ bigint: true })[0]);
    expect(seeds, 'base seed plus number').to.deep.equal([seed, seed + 1n, seed]);
    const own = new torch.Generator().manual_seed(seed + 1n);
    expect(batches[1].draw.at(0).item()).to.equal(torch.rand([1], { generator: own }).item());
    expect(get_worker_info(), 'here').to.equal(null);
  });

  it('takes the dataset from a factory, with tensors among its arguments', async () => {
    const dl = DataLoader(bad(range(3)), {
      batch_size: 3,
      num_workers: 1,
      workerDataset: { module, export: 'fromTensor', args: [torch.tensor([1, 2, 3]), { add: 0.5 }] },
    });
    expect(lists(await collect(dl))).to.deep.equal([[1.5, 2.5, 3.5]]);
  });

  it('collates in the worker or here', async () => {
    const there = { batch_size: 2, num_workers: 1, collate_fn: { module, export: 'joined' } };
    expect(await collect(DataLoader(new Scaled(3, 1), there))).to.deep.equal(['there: n0 n1', 'there: n2']);
    const here = { batch_size: 2, num_workers: 1, collate_fn: joined as (samples: unknown[]) => string };
    expect([...DataLoader(new Scaled(3, 1), here)]).to.deep.equal(['here: n0 n1', 'here: n2']);
  });

  it('streams: whole to each worker, or shared out as the dataset or worker_init_fn wants', async () => {
    // The orders that PyTorch's documentation shows for the same data.
    const one = { num_workers: 2, batch_size: null } as const;
    expect(await collect(DataLoader(new Shared(3, 7, false), one))).to.deep.equal([3, 3, 4, 4, 5, 5, 6, 6]);
    expect([...DataLoader(new Shared(3, 7, true), one)]).to.deep.equal([3, 5, 4, 6]);
    const init = { ...one, worker_init_fn: { module, export: 'split' } };
    expect(await collect(DataLoader(new Shared(3, 7, false), init))).to.deep.equal([3, 5, 4, 6]);
    const uneven = DataLoader(new Shared(0, 5, true), { num_workers: 2, batch_size: 2 });
    expect(lists([...uneven])).to.deep.equal([[0, 1], [3, 4], [2]]);
  });

  it('an error of a worker comes with its class and text, and ends the workers', async () => {
    for (const [how, Kind, text] of [
      ['value', torch.ValueError, 'Caught ValueError in DataLoader worker thread 1: sample 3 is broken'],
      ['type', TypeError, 'Caught TypeError in DataLoader worker thread 1: sample 3 is no picture'],
    ] as const) {
      const open = () => DataLoader(new Failing(3, how), { num_workers: 2 });
      const errors = [await rejected(collect(open())), thrown(() => [...open()])] as Error[];
      for (const error of errors) {
        expect(error).to.be.instanceOf(Kind);
        expect(error.message).to.equal(text);
        expect(error.stack).to.contain('worker_datasets.ts');
      }
      await allEnded();
    }
  });

  it('a dataset that cannot be made is an error, and so is a worker that ends', async () => {
    const missing = (workerDataset: { module: string | URL; export?: string }) =>
      rejected(collect(DataLoader(range(2), { num_workers: 1, workerDataset })));
    expect(String(await missing({ module, export: 'broken' }))).to.contain('worker thread 0: no such folder');
    expect(String(await missing({ module, export: 'nothing' }))).to.contain("has no export 'nothing'");
    expect(String(await missing({ module: new URL('./nowhere.ts', module) }))).to.contain('nowhere.ts');
    const ending = () => DataLoader(new Failing(0, 'exit'), { num_workers: 1 });
    expect(String(await rejected(collect(ending())))).to.contain(
      'worker thread 0 exited unexpectedly (exit code 3)',
    );
    expect(message(() => [...ending()])).to.contain('worker thread 0 exited unexpectedly (exit code 3)');
  });

  it('says what a worker needs', () => {
    class Closed {
      readonly length = 2;
      get = (i: number) => i;
    }
    const open = (dataset: unknown, options: object) => () =>
      DataLoader(bad(dataset), options)[Symbol.iterator]();
    expect(message(open(new Closed(), { num_workers: 1 })))
      .to.contain('a Closed cannot be sent')
      .and.contain('toWorker');
    const grown = TensorDataset(torch.ones([2]).requires_grad_());
    expect(message(open(grown, { num_workers: 1 }))).to.contain('whose tensors need gradients');
    expect(message(open([1], { num_workers: 1, worker_init_fn: () => 1 }))).to.contain(
      'a function cannot be sent',
    );
    expect(message(open([1], { collate_fn: { module } }))).to.contain('is for num_workers > 0');
  });

  it('gives up after the timeout', async () => {
    const open = () => DataLoader(new Failing(1, 'hang'), { num_workers: 1, timeout: 1.5 });
    const text = 'DataLoader timed out after 1.5 seconds';
    expect(((await rejected(collect(open()))) as Error).message).to.equal(text);
    expect(message(() => [...open()])).to.equal(text);
  });

  it('gives what is ready first where the order does not matter', async () => {
    const order = async (in_order: boolean) => {
      const dl = DataLoader(new Failing(0, 'slow'), { num_workers: 2, in_order, persistent_workers: true });
      // The second pass: by then both have started.
      await collect(dl);
      const found = (await collect(dl)).map((batch) => batch.item());
      for (const worker of running) await worker.terminate();
      return found;
    };
    expect(await order(true)).to.deep.equal(range(8));
    const found = await order(false);
    expect(found[0]).to.not.equal(0);
    expect(found.sort()).to.deep.equal(range(8));
  });

  it('ends the workers of a loop that is left', async () => {
    const dl = DataLoader(new Scaled(50, 1), { num_workers: 2 });
    for await (const _ of dl) break;
    await allEnded();
    for (const _ of dl) break;
    await allEnded();
  });

  it('keeps persistent workers from pass to pass, also after a pass that was left', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'workers-'));
    process.env['WORKER_TRACE'] = path.join(folder, 'trace');
    try {
      const options = {
        num_workers: 2,
        persistent_workers: true,
        worker_init_fn: { module, export: 'trace' },
      };
      const dl = DataLoader(new Scaled(5, 2), options);
      const expected = [0, 2, 4, 6, 8];
      const values = (batches: any[]) => batches.map(({ value }) => value.item());
      expect(values(await collect(dl))).to.deep.equal(expected);
      expect(values([...dl])).to.deep.equal(expected);
      for await (const _ of dl) break;
      expect(values(await collect(dl))).to.deep.equal(expected);
      const started = fs.readFileSync(process.env['WORKER_TRACE'], 'utf8').trim().split('\n');
      expect(started.sort()).to.deep.equal(['0', '1']);
      expect(running.size).to.equal(2);
      for (const worker of running) await worker.terminate();
    } finally {
      delete process.env['WORKER_TRACE'];
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('does not keep a program from ending', async () => {
    const script = path.join(import.meta.dirname, 'abandoned.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      timeout: 30_000,
    });
    expect(stdout.trim()).to.equal('first 0');
  });
});
