/** From indices to a batch: a whole batch out of tensors where that is possible, else sample by sample. */
import { IndexError, TorchError } from '../../../errors.js';
import { Tensor } from '../../../tensor.js';
import { Dataset, IterableDataset, StackDataset, Subset, TensorDataset, ConcatDataset } from '../dataset.js';
import { chunksOf, BatchSampler } from '../sampler.js';
import { cutBatches, toIndexTensor, toNumbers, type Chunk } from './chunks.js';
import { default_collate, stacksTensors } from './collate.js';
import { tensorSource, type TensorSource } from './gather.js';
import { getItem, getItems } from './item.js';

export type CollateFunction = (data: never) => unknown;

export interface FetchSettings {
  dataset: unknown;
  auto_collation: boolean;
  collate_fn: CollateFunction;
  drop_last: boolean;
}

/** No more samples: what Python's fetchers say with StopIteration. */
export const exhausted = Symbol('exhausted');

export interface Fetcher {
  /** The batch of these indices, or the sample of this index; `exhausted` at a stream's end. */
  fetch(index: unknown): unknown;
  /** The same where samples may be promises. */
  fetchAsync(index: unknown): Promise<unknown>;
  close(): void;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

function refusePromises(items: readonly unknown[]): void {
  if (items.some(isPromise)) {
    throw new TorchError('DataLoader: the dataset gives promises; iterate with `for await`');
  }
}

/** Whether the samples of a dataset are made when asked for, so that nobody else holds them. */
function makesSamples(dataset: unknown): boolean {
  if (dataset instanceof Tensor) return true;
  if (!(dataset instanceof Dataset)) return false;
  const parts =
    dataset instanceof Subset
      ? [dataset.dataset]
      : dataset instanceof ConcatDataset
        ? dataset.datasets
        : dataset instanceof StackDataset
          ? Object.values(dataset.datasets as object)
          : null;
  if (parts !== null) return isOfLibrary(dataset) && parts.every(makesSamples);
  return dataset instanceof TensorDataset && isOfLibrary(dataset);
}

const libraryTypes = new Set<unknown>([TensorDataset, Subset, ConcatDataset, StackDataset]);
function isOfLibrary(dataset: object): boolean {
  return libraryTypes.has(dataset.constructor) && !Object.hasOwn(dataset, 'get');
}

/** Frees what `samples` hold, except what `kept` holds too. */
function disposeSamples(samples: unknown, kept: unknown): void {
  const tensors = (value: unknown, found: Set<Tensor>): Set<Tensor> => {
    if (value instanceof Tensor) found.add(value);
    else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
      const parts =
        value instanceof Map ? [...(value as Map<unknown, unknown>).values()] : Object.values(value);
      for (const part of parts) tensors(part, found);
    }
    return found;
  };
  const rest = tensors(kept, new Set());
  for (const tensor of tensors(samples, new Set())) if (!rest.has(tensor)) tensor.dispose();
}

function isIndexList(index: unknown): index is readonly unknown[] | Chunk {
  return Array.isArray(index) || index instanceof Tensor || isSpan(index);
}
function isSpan(index: unknown): index is { start: number; stop: number } {
  return typeof index === 'object' && index !== null && 'start' in index && 'stop' in index;
}

class MapFetcher implements Fetcher {
  readonly #settings: FetchSettings;
  readonly #source: TensorSource | null;
  readonly #frees: boolean;

  constructor(settings: FetchSettings, source: TensorSource | null) {
    this.#settings = settings;
    this.#source = source;
    this.#frees =
      settings.collate_fn === (default_collate as CollateFunction) && makesSamples(settings.dataset);
  }

  fetch(index: unknown): unknown {
    const whole = this.#gather(index);
    if (whole !== null) return whole;
    const samples = this.#samples(index);
    refusePromises(this.#settings.auto_collation ? (samples as readonly unknown[]) : [samples]);
    return this.#collate(samples);
  }
  async fetchAsync(index: unknown): Promise<unknown> {
    const whole = this.#gather(index);
    if (whole !== null) return whole;
    const samples = this.#samples(index);
    const { auto_collation } = this.#settings;
    return this.#collate(auto_collation ? await Promise.all(samples as readonly unknown[]) : await samples);
  }
  close(): void {
    this.#source?.dispose();
  }

  /** A batch out of tensors; null where it must be put together. */
  #gather(index: unknown): unknown {
    if (this.#source === null || !isIndexList(index)) return null;
    const chunk = Array.isArray(index) ? toIndexTensor(index as readonly unknown[]) : (index as Chunk);
    if (chunk === null) return null;
    try {
      return this.#source.batch(chunk);
    } catch (error) {
      // Counted from the end, or not there at all: a single look-up serves the one and has words for the other.
      if (error instanceof IndexError) return null;
      throw error;
    } finally {
      if (chunk !== index && chunk instanceof Tensor) chunk.dispose();
    }
  }
  #samples(index: unknown): unknown {
    const { dataset, auto_collation } = this.#settings;
    if (!auto_collation) return getItem(dataset, index);
    const indices =
      index instanceof Tensor || isSpan(index) ? toNumbers(index) : (index as readonly unknown[]);
    return getItems(dataset, indices) ?? indices.map((one) => getItem(dataset, one));
  }
  #collate(samples: unknown): unknown {
    const batch = this.#settings.collate_fn(samples as never);
    if (this.#frees) disposeSamples(samples, batch);
    return batch;
  }
}

class IterableFetcher implements Fetcher {
  readonly #settings: FetchSettings;
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #isAsync: boolean;
  #ended = false;

  constructor(settings: FetchSettings, allowAsync: boolean) {
    this.#settings = settings;
    const dataset = settings.dataset as IterableDataset & Partial<AsyncIterable<unknown>>;
    const open = dataset[Symbol.asyncIterator];
    this.#isAsync = typeof open === 'function';
    if (this.#isAsync && !allowAsync) {
      throw new TorchError('DataLoader: the dataset is an asynchronous stream; iterate with `for await`');
    }
    this.#iterator = this.#isAsync ? open!.call(dataset) : dataset[Symbol.iterator]();
  }

  fetch(index: unknown): unknown {
    const source = this.#iterator as Iterator<unknown>;
    if (this.#ended) return exhausted;
    if (!this.#settings.auto_collation) return this.#one(source.next());
    const samples: unknown[] = [];
    const wanted = (index as readonly unknown[]).length;
    while (samples.length < wanted && !this.#ended) {
      const next = source.next();
      if (next.done) this.#ended = true;
      else samples.push(next.value);
    }
    refusePromises(samples);
    return this.#batch(samples, wanted);
  }
  async fetchAsync(index: unknown): Promise<unknown> {
    const source = this.#iterator;
    if (this.#ended) return exhausted;
    if (!this.#settings.auto_collation) return this.#one(await source.next());
    const samples: unknown[] = [];
    const wanted = (index as readonly unknown[]).length;
    while (samples.length < wanted && !this.#ended) {
      const next = await source.next();
      if (next.done) this.#ended = true;
      else samples.push(await next.value);
    }
    return this.#batch(samples, wanted);
  }
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    const closing: unknown = this.#iterator.return?.();
    // The stream's own failure to close belongs to nobody any more.
    if (isPromise(closing)) closing.then(undefined, () => undefined);
  }

  #one(next: IteratorResult<unknown>): unknown {
    if (next.done) this.#ended = true;
    return next.done ? exhausted : this.#settings.collate_fn(next.value as never);
  }
  #batch(samples: unknown[], wanted: number): unknown {
    if (samples.length === 0 || (this.#settings.drop_last && samples.length < wanted)) return exhausted;
    return this.#settings.collate_fn(samples as never);
  }
}

/** The tensors behind a dataset where whole batches may be taken out of them. */
export function openSource(settings: FetchSettings): TensorSource | null {
  const { auto_collation, collate_fn, dataset } = settings;
  if (!auto_collation || collate_fn !== (default_collate as CollateFunction) || !stacksTensors()) return null;
  return dataset instanceof IterableDataset ? null : tensorSource(dataset);
}

/**
 * The indices that the fetcher shall be given, one after the other: in whole tensors where it can use them. `isOwn`
 * says that they are nobody else's.
 */
export function openIndices(
  sampler: Iterable<unknown>,
  source: TensorSource | null,
): { indices: Iterator<unknown, void>; isOwn: boolean } {
  const isOurs =
    sampler instanceof BatchSampler && sampler[Symbol.iterator] === BatchSampler.prototype[Symbol.iterator];
  if (source !== null && isOurs) {
    const chunks = chunksOf(sampler.sampler);
    if (chunks !== null) {
      const { batch_size, drop_last } = sampler;
      return { indices: cutBatches(chunks, batch_size, drop_last, source.device), isOwn: true };
    }
  }
  return { indices: sampler[Symbol.iterator]() as Iterator<unknown, void>, isOwn: false };
}

/** @param allowAsync the fetcher is only asked through fetchAsync() */
export function createFetcher(
  settings: FetchSettings,
  source: TensorSource | null,
  allowAsync: boolean,
): Fetcher {
  if (settings.dataset instanceof IterableDataset) return new IterableFetcher(settings, allowAsync);
  return new MapFetcher(settings, source);
}
