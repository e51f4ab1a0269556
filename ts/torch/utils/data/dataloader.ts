/**
 * DataLoader: a dataset in batches, in the order of a sampler.
 * https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
 */
import { namedArguments } from '../../arguments.js';
import { ArgumentError, ValueError } from '../../errors.js';
import { callable } from '../../nn/modules/callable.js';
import type { Generator } from '../../random.js';
import {
  default_collate,
  default_convert,
  makesFreshBatches,
  type Collated,
  type Converted,
} from './_utils/collate.js';
import { exhausted, type CollateFunction, type FetchSettings } from './_utils/fetch.js';
import { lengthOf, nameOf, type AnyDataset, type SampleOf } from './_utils/item.js';
import { WorkerPass } from './_utils/pool.js';
import { SinglePass, type Pass } from './_utils/single.js';
import type { Importable } from './_utils/transfer.js';
import { IterableDataset } from './dataset.js';
import { BatchSampler, RandomSampler, SequentialSampler } from './sampler.js';

export interface DataLoaderOptions<S = unknown> {
  /** Samples in a batch (default: 1); null gives single samples. */
  batch_size?: number | null;
  /** A new random order in each pass (default: false). */
  shuffle?: boolean | null;
  /** Which samples, in which order; excludes `shuffle`. */
  sampler?: Iterable<unknown> | null;
  /** Lists of indices, a batch each; excludes `batch_size`, `shuffle`, `sampler` and `drop_last`. */
  batch_sampler?: Iterable<readonly unknown[]> | null;
  /** Threads that load batches ahead (default: 0, this thread does). docs/data-loading.md says what they need. */
  num_workers?: number;
  /** Makes a batch of a list of samples (default: default_collate). */
  collate_fn?: ((samples: S[]) => unknown) | Importable | null;
  /** Copy batches to pinned memory, where there is a GPU (default: false). */
  pin_memory?: boolean;
  /** Leave out the last batch when it would be smaller (default: false). */
  drop_last?: boolean;
  /** Seconds to wait for a worker's batch (default: 0, for ever). */
  timeout?: number;
  /** Run in each worker at its start, with its number. */
  worker_init_fn?: Importable | null;
  /** Draws the order and the workers' seeds (default: the default generator). */
  generator?: Generator | null;
  /** Batches that each worker loads ahead (default: 2). */
  prefetch_factor?: number | null;
  /** Keep the workers, and their datasets, from pass to pass (default: false). */
  persistent_workers?: boolean;
  /** Batches in order even when a later one is ready first (default: true). */
  in_order?: boolean;
  /** How workers make the dataset (default: what the dataset's toWorker() says). */
  workerDataset?: Importable | null;
}

const names = [
  'dataset',
  'batch_size',
  'shuffle',
  'sampler',
  'batch_sampler',
  'num_workers',
  'collate_fn',
  'pin_memory',
  'drop_last',
  'timeout',
  'worker_init_fn',
  'generator',
  'prefetch_factor',
  'persistent_workers',
  'in_order',
  'workerDataset',
];

function checkWorkers({
  num_workers,
  timeout,
  prefetch_factor,
  persistent_workers,
}: DataLoaderOptions): void {
  const workers = num_workers ?? 0;
  if (!Number.isInteger(workers) || workers < 0) {
    throw new ValueError(
      'num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.',
    );
  }
  if ((timeout ?? 0) < 0) throw new ValueError('timeout option should be non-negative');
  if (workers === 0 && prefetch_factor != null) {
    throw new ValueError(
      'prefetch_factor option could only be specified in multiprocessing.' +
        'let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.',
    );
  }
  if (prefetch_factor != null && prefetch_factor < 0) {
    throw new ValueError('prefetch_factor option should be non-negative');
  }
  if (persistent_workers && workers === 0) {
    throw new ValueError('persistent_workers option needs num_workers > 0');
  }
}

function checkIterable({ shuffle, sampler, batch_sampler }: DataLoaderOptions): void {
  const refuse = (option: string, value: unknown): never => {
    throw new ValueError(
      `DataLoader with IterableDataset: expected unspecified ${option} option, but got ${option}=${String(value)}`,
    );
  };
  if (shuffle) refuse('shuffle', shuffle);
  if (sampler != null) refuse('sampler', nameOf(sampler));
  if (batch_sampler != null) refuse('batch_sampler', nameOf(batch_sampler));
}

function checkSamplers({ batch_size, shuffle, sampler, batch_sampler, drop_last }: DataLoaderOptions): void {
  if (sampler != null && shuffle) throw new ValueError('sampler option is mutually exclusive with shuffle');
  if (batch_sampler != null && (batch_size !== 1 || shuffle || sampler != null || drop_last)) {
    throw new ValueError(
      'batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last',
    );
  }
  if (batch_sampler == null && batch_size === null && drop_last) {
    throw new ValueError(
      'batch_size=None option disables auto-batching and is mutually exclusive with drop_last',
    );
  }
}

/** The sampler of a stream: its indices mean nothing, and never end. */
const endless: Iterable<null> & { length: number } = {
  length: Infinity,
  *[Symbol.iterator]() {
    for (;;) yield null;
  },
};

/**
 * Iterate with `for...of` or `for await`. The dataset is anything with a length and an index (see Dataset), or an
 * IterableDataset. Batches of data that lies in tensors are taken out of them at once.
 * @throws {ValueError} options that exclude each other, with PyTorch's words
 * @throws {ArgumentError} an unknown option, or a dataset without length
 */
class DataLoaderClass<Batch> implements Iterable<Batch>, AsyncIterable<Batch> {
  declare readonly dataset: unknown;
  /** Null where `batch_sampler` decides, or where there are no batches. */
  declare readonly batch_size: number | null;
  declare readonly sampler: Iterable<unknown>;
  declare readonly batch_sampler: Iterable<readonly unknown[]> | null;
  declare readonly drop_last: boolean;
  declare readonly persistent_workers: boolean;
  readonly num_workers: number;
  readonly collate_fn: CollateFunction | Importable;
  readonly pin_memory: boolean;
  readonly timeout: number;
  readonly worker_init_fn: Importable | null;
  readonly generator: Generator | null;
  readonly prefetch_factor: number | null;
  readonly in_order: boolean;
  readonly workerDataset: Importable | null;
  #kept: WorkerPass | null = null;
  #reported: number | null = null;

  constructor(dataset: unknown, ...args: unknown[]) {
    const given = namedArguments('DataLoader', names, [null, ...args]) as DataLoaderOptions;
    const options = { ...given, batch_size: given.batch_size === undefined ? 1 : given.batch_size };
    checkWorkers(options);
    const isIterable = dataset instanceof IterableDataset;
    if (isIterable) checkIterable(options);
    checkSamplers(options);
    const { num_workers = 0, generator = null, drop_last = false, shuffle } = options;
    const sampler =
      options.sampler ??
      (isIterable
        ? endless
        : shuffle
          ? new RandomSampler(dataset, { generator })
          : new SequentialSampler(dataset));
    if (!isIterable && options.sampler == null && options.batch_sampler == null) lengthOf(dataset);
    const batch_size = options.batch_sampler == null ? options.batch_size : null;
    const batch_sampler =
      options.batch_sampler ??
      (batch_size === null ? null : new BatchSampler(sampler, batch_size, drop_last));
    this.num_workers = num_workers;
    this.collate_fn = options.collate_fn ?? (batch_sampler === null ? default_convert : default_collate);
    this.pin_memory = options.pin_memory ?? false;
    this.timeout = options.timeout ?? 0;
    this.worker_init_fn = options.worker_init_fn ?? null;
    this.generator = generator;
    this.prefetch_factor = options.prefetch_factor ?? (num_workers > 0 ? 2 : null);
    this.in_order = options.in_order ?? true;
    this.workerDataset = options.workerDataset ?? null;
    const persistent_workers = options.persistent_workers ?? false;
    freeze(this, { dataset, batch_size, sampler, batch_sampler, drop_last, persistent_workers });
  }

  /**
   * Number of batches: Python's `len(dl)`. For an IterableDataset an estimate from its `length`.
   * @throws {ArgumentError} the sampler, or the stream, has no length
   */
  get length(): number {
    if (!(this.dataset instanceof IterableDataset)) return lengthOf(this.indexSampler());
    const length = (this.#reported = lengthOf(this.dataset));
    if (this.batch_size === null) return length;
    return this.drop_last ? Math.floor(length / this.batch_size) : Math.ceil(length / this.batch_size);
  }

  /**
   * Whether batches are made for their consumer, who may free them: those of `default_collate` are. A `collate_fn`, or
   * samples as they come (`batch_size: null`), may be tensors that somebody else holds.
   */
  get ownsBatches(): boolean {
    return this.batch_sampler !== null && this.collate_fn === default_collate && makesFreshBatches();
  }

  /** @internal */
  indexSampler(): Iterable<unknown> {
    return this.batch_sampler ?? this.sampler;
  }
  /** @internal */
  fetchSettings(): FetchSettings {
    const { dataset, drop_last, collate_fn } = this;
    if (typeof collate_fn !== 'function') {
      throw new ArgumentError('DataLoader: a collate_fn named by its module is for num_workers > 0');
    }
    return { dataset, drop_last, collate_fn, auto_collation: this.batch_sampler !== null };
  }

  #open(isAsync: boolean): Pass {
    if (this.num_workers === 0) return new SinglePass(this, isAsync);
    if (!this.persistent_workers) return new WorkerPass(this);
    if (this.#kept !== null && !this.#kept.isDead) this.#kept.reset(this);
    else {
      this.#kept = new WorkerPass(this);
      abandoned.register(this, this.#kept);
    }
    return this.#kept;
  }
  [Symbol.iterator](): IterableIterator<Batch> {
    const iterator = new SyncIterator<Batch>(this.#open(false), this.#lengthCheck());
    return iterator;
  }
  [Symbol.asyncIterator](): AsyncIterableIterator<Batch> {
    return new AsyncIterator_<Batch>(this.#open(true), this.#lengthCheck());
  }

  /** Warns when a stream goes on beyond the length that it has been asked for. */
  #lengthCheck(): () => void {
    const reported = this.#reported;
    let count = 0;
    return () => {
      if (reported === null || ++count !== reported + 1) return;
      process.emitWarning(
        `Length of IterableDataset ${nameOf(this.dataset)} was reported to be ${reported} (when accessing the ` +
          `DataLoader's length), but ${count} samples have been fetched.`,
        'UserWarning',
      );
    };
  }
}

/** What must not change once samplers have been made of it. */
function freeze(loader: object, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(loader, name, {
      enumerable: true,
      get: () => value,
      set: () => {
        throw new ValueError(`${name} attribute should not be set after DataLoader is initialized`);
      },
    });
  }
}

/** Passes whose iterator was dropped half-way: their workers shall not wait for ever. */
const abandoned = new FinalizationRegistry<Pass>((pass) => {
  pass.close();
});

class SyncIterator<Batch> implements IterableIterator<Batch> {
  readonly #pass: Pass;
  readonly #count: () => void;

  constructor(pass: Pass, count: () => void) {
    this.#pass = pass;
    this.#count = count;
    if (pass instanceof WorkerPass && !pass.isPersistent) abandoned.register(this, pass);
  }
  next(): IteratorResult<Batch> {
    const value = guarded(this.#pass, () => this.#pass.next());
    if (value === exhausted) return { done: true, value: undefined };
    this.#count();
    return { done: false, value: value as Batch };
  }
  return(): IteratorResult<Batch> {
    this.#pass.close();
    return { done: true, value: undefined };
  }
  [Symbol.iterator](): this {
    return this;
  }
}

/** A `for...of` does not close an iterator that throws, so it closes itself. */
function guarded(pass: Pass, step: () => unknown): unknown {
  try {
    return step();
  } catch (error) {
    pass.close();
    throw error;
  }
}

class AsyncIterator_<Batch> implements AsyncIterableIterator<Batch> {
  readonly #pass: Pass;
  readonly #count: () => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor(pass: Pass, count: () => void) {
    this.#pass = pass;
    this.#count = count;
    if (pass instanceof WorkerPass && !pass.isPersistent) abandoned.register(this, pass);
  }
  next(): Promise<IteratorResult<Batch>> {
    // Calls that do not wait for each other get their batches one after the other.
    const result = this.#last.then(() => this.#step());
    this.#last = result.then(undefined, () => undefined);
    return result;
  }
  async #step(): Promise<IteratorResult<Batch>> {
    let value: unknown;
    try {
      value = await this.#pass.nextAsync();
    } catch (error) {
      this.#pass.close();
      throw error;
    }
    if (value === exhausted) return { done: true, value: undefined };
    this.#count();
    return { done: false, value: value as Batch };
  }
  return(): Promise<IteratorResult<Batch>> {
    this.#pass.close();
    return Promise.resolve({ done: true, value: undefined });
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** The types of batches: what collate_fn gives, else what the default functions make of the samples. */
interface DataLoaderConstructor {
  new <D extends AnyDataset, B>(
    dataset: D,
    options: DataLoaderOptions<SampleOf<D>> & { collate_fn: (samples: SampleOf<D>[]) => B },
  ): DataLoaderClass<B>;
  new <D extends AnyDataset>(
    dataset: D,
    options: DataLoaderOptions<SampleOf<D>> & { batch_size: null; batch_sampler?: null },
  ): DataLoaderClass<Converted<SampleOf<D>>>;
  new <D extends AnyDataset>(
    dataset: D,
    batch_size?: number | DataLoaderOptions<SampleOf<D>>,
    shuffle?: boolean | DataLoaderOptions<SampleOf<D>>,
    options?: DataLoaderOptions<SampleOf<D>>,
  ): DataLoaderClass<Collated<SampleOf<D>>>;
  <D extends AnyDataset, B>(
    dataset: D,
    options: DataLoaderOptions<SampleOf<D>> & { collate_fn: (samples: SampleOf<D>[]) => B },
  ): DataLoaderClass<B>;
  <D extends AnyDataset>(
    dataset: D,
    options: DataLoaderOptions<SampleOf<D>> & { batch_size: null; batch_sampler?: null },
  ): DataLoaderClass<Converted<SampleOf<D>>>;
  <D extends AnyDataset>(
    dataset: D,
    batch_size?: number | DataLoaderOptions<SampleOf<D>>,
    shuffle?: boolean | DataLoaderOptions<SampleOf<D>>,
    options?: DataLoaderOptions<SampleOf<D>>,
  ): DataLoaderClass<Collated<SampleOf<D>>>;
  readonly prototype: DataLoaderClass<unknown>;
}

export const DataLoader = callable(DataLoaderClass) as unknown as DataLoaderConstructor;
export type DataLoader<Batch = unknown> = DataLoaderClass<Batch>;
