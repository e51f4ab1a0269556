/** Datasets that the worker threads of workers.test.ts make for themselves. */
import fs from 'node:fs';

import * as torch from '../../../../ts/torch/index.js';

const { Dataset, IterableDataset, get_worker_info } = torch.utils.data;
const here = import.meta.url;

/** Numbers, as floats, times a factor; says which worker made them. */
export class Scaled extends Dataset<unknown> {
  constructor(
    readonly length: number,
    readonly factor: number,
  ) {
    super();
  }
  toWorker() {
    return { module: here, export: 'Scaled', args: [this.length, this.factor] };
  }
  override get(index: number) {
    const info = get_worker_info();
    return {
      value: torch.tensor([index * this.factor]),
      worker: info === null ? -1 : info.id,
      seed: info === null ? -1n : BigInt(info.seed),
      text: `n${index}`,
      draw: info === null ? 0 : torch.rand([1], { generator: info.rng.torch_generator }).item(),
    };
  }
}

export function fromTensor(data: torch.Tensor, { add }: { add: number }) {
  return Promise.resolve({ length: data.length, get: (i: number) => data.at(i).add(add) });
}

/** Fails at one index, in one of several ways. */
export class Failing extends Dataset<number> {
  readonly length = 8;
  constructor(
    readonly at: number,
    readonly how: 'value' | 'type' | 'exit' | 'hang' | 'slow',
  ) {
    super();
  }
  toWorker() {
    return { module: here, export: 'Failing', args: [this.at, this.how] };
  }
  override get(index: number): number {
    if (index !== this.at) return index;
    if (this.how === 'value') throw new torch.ValueError(`sample ${index} is broken`);
    if (this.how === 'type') throw new TypeError(`sample ${index} is no picture`);
    if (this.how === 'exit') process.exit(3);
    const nothing = new Int32Array(new SharedArrayBuffer(4));
    Atomics.wait(nothing, 0, 0, this.how === 'hang' ? 3000 : 200);
    return index;
  }
}
export const broken = () => {
  throw new Error('no such folder');
};

/** A range that workers share out among themselves. */
export class Shared extends IterableDataset<number> {
  constructor(
    public start: number,
    public stop: number,
    readonly splits: boolean,
  ) {
    super();
  }
  toWorker() {
    return { module: here, export: 'Shared', args: [this.start, this.stop, this.splits] };
  }
  override *[Symbol.iterator]() {
    const info = get_worker_info();
    let [start, stop] = [this.start, this.stop];
    if (info !== null && this.splits) {
      const each = Math.ceil((stop - start) / info.num_workers);
      start += info.id * each;
      stop = Math.min(start + each, stop);
    }
    for (let i = start; i < stop; ++i) yield i;
  }
}

/** A worker_init_fn: gives each worker its part, and leaves a trace. */
export function split(id: number): void {
  const { dataset, num_workers } = get_worker_info()!;
  const shared = dataset as Shared;
  const { start, stop } = shared;
  const each = Math.ceil((stop - start) / num_workers);
  shared.start = start + id * each;
  shared.stop = Math.min(shared.start + each, stop);
}
export function trace(id: number): void {
  fs.appendFileSync(process.env['WORKER_TRACE']!, `${id}\n`);
}

export function joined(samples: { text: string }[]): string {
  return `${get_worker_info() === null ? 'here' : 'there'}: ${samples.map(({ text }) => text).join(' ')}`;
}
