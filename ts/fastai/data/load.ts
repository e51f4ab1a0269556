/** fastai's DataLoader. https://docs.fast.ai/data.load.html */
import { L } from '../../fastcore/foundation.js';
import { Random, random } from '../../fastcore/random.js';
import { reduce, type Reduced } from '../../fastcore/reduce.js';
import { retain_type, retain_types } from '../../fastcore/retain.js';
import { namedArguments } from '../../torch/arguments.js';
import { isOptions } from '../../torch/dispatch.js';
import {
  ArgumentError,
  callable,
  Tensor,
  TorchError,
  ValueError,
  device as makeDevice,
} from '../../torch/index.js';
import type { Device } from '../../torch/index.js';
import { getItem } from '../../torch/utils/data/_utils/item.js';
import { canPin, pin_memory } from '../../torch/utils/data/_utils/pin_memory.js';
import { drawSeed } from '../../torch/utils/data/sampler.js';
import { apply } from '../torch_core.js';
import { asyncBatches, promised } from './loader/async.js';
import { fa_collate, fa_convert } from './loader/collate.js';
import { optionNames, stepNames, type DataLoaderOptions, type LoaderSteps } from './loader/options.js';
import {
  hasIndex,
  isPromise,
  knownLength,
  refusePlace,
  SkipItemException,
  StopIteration,
  wholeBatches,
} from './loader/source.js';

export { fa_collate, fa_convert } from './loader/collate.js';
export { SkipItemException, stop, StopIteration } from './loader/source.js';
export type { AsyncItems } from './loader/source.js';
export type { DataLoaderOptions, LoaderSteps } from './loader/options.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- items and batches are of any type */

/** Whether the only argument holds options rather than items. */
function isOnlyOptions(value: unknown): value is DataLoaderOptions {
  if (!isOptions(value)) return false;
  return !['length', 'size', 'get', '__getitem__', '__len__', Symbol.iterator].some((name) => name in value);
}

function* count(): Generator<number, never, undefined> {
  for (let i = 0; ; ++i) yield i;
}
function* nulls(): Generator<null, never, undefined> {
  for (;;) yield null;
}

/**
 * Items in batches. `for...of` gives each batch at once; `for await` waits for items that are promises, and with
 * `num_workers` loads ahead.
 *
 * A pass draws one seed of torch's generator, and where it shuffles its order comes of Python's `random`, so that
 * batches come in the order that Python gives. All steps of a pass may be replaced: by an option, or in a subclass.
 *
 * @throws {ArgumentError} an unknown option
 * @throws {ValueError} options that exclude each other
 */
class DataLoaderClass<Batch = any> implements LoaderSteps, Iterable<Batch>, AsyncIterable<Batch> {
  dataset: any;
  /** Items in a batch; null: an item is a batch. */
  bs: number | null;
  shuffle: boolean;
  drop_last: boolean;
  indexed: boolean;
  /** Items in a pass; null: nobody knows. */
  n: number | null;
  num_workers: number;
  pin_memory: boolean;
  pin_memory_device: string;
  timeout: number;
  device: Device | null;
  /** Draws the order of passes; each pass has a new one, drawn from the one before. */
  rng: Random;
  #items: Iterator<unknown> | null = null;

  constructor(...args: [dataset?: unknown, bs?: number | DataLoaderOptions | null, ...rest: unknown[]]) {
    const [dataset, ...rest] = args;
    const isBare = args.length === 1 && isOnlyOptions(dataset);
    const given = isBare
      ? namedArguments('DataLoader', optionNames, [dataset])
      : namedArguments('DataLoader', optionNames, [null, ...rest]);
    const options = given as DataLoaderOptions & { dataset?: unknown };
    this.dataset = (isBare ? options.dataset : dataset) ?? null;
    this.bs = options.batch_size ?? options.bs ?? null;
    this.shuffle = options.shuffle ?? false;
    this.drop_last = options.drop_last ?? false;
    this.num_workers = options.num_workers ?? 0;
    this.pin_memory = options.pin_memory ?? false;
    this.pin_memory_device = options.pin_memory_device ?? '';
    this.timeout = options.timeout ?? 0;
    this.device = options.device == null ? null : makeDevice(options.device);
    this.indexed = options.indexed ?? hasIndex(this.dataset);
    this.n = options.n ?? knownLength(this.dataset);
    this.#check();
    for (const name of stepNames) if (options[name] != null) this.#replace(name, options[name]);
    this.rng = new Random(random.randint(0, 2 ** 32 - 1));
  }
  #check(): void {
    const { bs, num_workers, n, timeout } = this;
    const isCount = (value: number, least: number) => Number.isInteger(value) && value >= least;
    if (bs !== null && !isCount(bs, 1))
      throw new ValueError(`DataLoader(): bs must be a positive integer, not ${bs}`);
    if (bs === null && this.drop_last) throw new ValueError('DataLoader(): drop_last needs a batch size');
    if (n !== null && !isCount(n, 0))
      throw new ValueError(`DataLoader(): n must be a count of items, not ${n}`);
    if (!isCount(num_workers, 0))
      throw new ValueError(`DataLoader(): num_workers must be 0 or more, not ${num_workers}`);
    if (!(timeout >= 0)) throw new ValueError(`DataLoader(): timeout must be 0 or more, not ${timeout}`);
  }
  #replace(name: keyof LoaderSteps, step: unknown): void {
    if (typeof step !== 'function')
      throw new ArgumentError(`DataLoader(): ${name} must be a function, not ${typeof step}`);
    Object.defineProperty(this, name, { value: step, writable: true, configurable: true, enumerable: true });
  }

  /** Number of batches: Python's `len(dl)`. @throws {ArgumentError} nobody knows the number of items */
  get length(): number {
    if (this.n === null) throw new ArgumentError('DataLoader: the dataset has no length, and n is not given');
    if (this.bs === null) return this.n;
    return this.drop_last ? Math.floor(this.n / this.bs) : Math.ceil(this.n / this.bs);
  }
  /** Whether items are batches already. */
  get prebatched(): boolean {
    return this.bs === null;
  }
  /** Inputs of a batch; what follows them are targets. Undefined where the dataset does not say. */
  get n_inp(): number | undefined {
    return (this.dataset as { n_inp?: number } | null)?.n_inp;
  }
  /** Whether batches are made for their consumer, who may free them. A replaced step may give tensors of its own. */
  get ownsBatches(): boolean {
    return !this.prebatched && ownSteps.every((name) => this.isOriginal(name));
  }
  /** @internal Whether a step does what this class does. */
  isOriginal(name: keyof LoaderSteps | 'do_item' | 'chunkify'): boolean {
    return this[name] === DataLoaderClass.prototype[name];
  }

  wif(): void {}
  before_iter(): void {}
  after_item(item: any): any {
    return item;
  }
  before_batch(items: any): any {
    return items;
  }
  after_batch(batch: any): any {
    return batch;
  }
  after_iter(): void {}

  randomize(): void {
    this.rng = new Random(this.rng.randint(0, 2 ** 32 - 1));
  }
  shuffle_fn(idxs: any[]): any[] {
    return this.rng.sample<unknown>(idxs, idxs.length);
  }
  get_idxs(): Iterable<any> {
    const { n, indexed } = this;
    if (n !== null) {
      const idxs = new Array<number | null>(n);
      for (let i = 0; i < n; ++i) idxs[i] = indexed ? i : null;
      return this.shuffle ? (this.shuffle_fn(idxs) as unknown[]) : idxs;
    }
    if (this.shuffle)
      throw new ValueError('DataLoader: shuffling needs to know how many items there are: give n');
    return indexed ? count() : nulls();
  }
  #idxs: Iterable<any> = [];
  *sample(): Iterable<any> {
    yield* this.#idxs;
  }
  create_item(s: any): any {
    if (this.indexed) return getItem(this.dataset, s ?? 0);
    refusePlace(s);
    this.#items ??= this.#openItems();
    const next = this.#items.next();
    if (next.done) throw new StopIteration('no more items');
    return next.value;
  }
  #openItems(): Iterator<unknown> {
    const source = this.dataset as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null;
    const items = source?.[Symbol.iterator]?.();
    if (items) return items;
    const isAsync = typeof source?.[Symbol.asyncIterator] === 'function';
    throw new ArgumentError(
      isAsync
        ? 'DataLoader: the dataset is an asynchronous stream; iterate with `for await`'
        : 'DataLoader: the dataset can neither be indexed nor iterated; give create_item',
    );
  }
  /** The item at a place; null where it shall be left out. */
  do_item(s: any): any {
    try {
      const item: unknown = this.create_item(s);
      if (isPromise(item))
        throw new TorchError('DataLoader: the dataset gives promises; iterate with `for await`');
      return this.after_item(item) as unknown;
    } catch (error) {
      if (error instanceof SkipItemException) return null;
      throw error;
    }
  }
  create_batch(items: any): any {
    return this.prebatched ? fa_convert(items) : fa_collate(items as unknown[]);
  }
  retain(res: any, b: any): any {
    return retain_types(res as unknown, Array.isArray(b) ? (b[0] as unknown) : b);
  }
  do_batch(items: any): any {
    // A plain array would be a tuple to a transform; the items of a batch are one value.
    const isOne = this.prebatched || this.isOriginal('before_batch');
    const given: unknown = isOne ? items : new L<unknown>(items as unknown[]);
    return this.retain(this.create_batch(this.before_batch(given)), items) as unknown;
  }
  /** Items in lists of `bs`; as they are where there is no batch size. */
  *chunkify(items: Iterable<any>): Iterable<any> {
    const { bs } = this;
    if (bs === null) return void (yield* items);
    let chunk: unknown[] = [];
    for (const item of items) {
      chunk.push(item);
      if (chunk.length < bs) continue;
      yield chunk;
      chunk = [];
    }
    if (chunk.length > 0 && !this.drop_last) yield chunk;
  }
  *create_batches(samples: Iterable<any>): Iterable<any> {
    this.#items = null;
    for (const chunk of this.chunkify(this.#doItems(samples))) yield this.do_batch(chunk);
  }
  *#doItems(samples: Iterable<unknown>): Iterable<unknown> {
    for (const s of samples) {
      let item: unknown;
      try {
        item = this.do_item(s);
      } catch (error) {
        if (error instanceof StopIteration) return;
        throw error;
      }
      if (item !== null && item !== undefined) yield item;
    }
  }

  /** Starts a pass. @returns batches made at once, where the data allow it and no step wants single items */
  #begin(isAsync: boolean): Iterator<unknown, void> | null {
    this.randomize();
    this.before_iter();
    this.#idxs = this.get_idxs();
    this.#items = null;
    drawSeed(null);
    const { bs, indexed } = this;
    const wantsItems = !indexed || !batchSteps.every((name) => this.isOriginal(name));
    return bs === null || wantsItems ? null : this.wholeBatches(this.#idxs, bs, isAsync);
  }
  /** @internal Batches of all places, each made at once, or promised where `isAsync`; null: item by item. */
  protected wholeBatches(
    idxs: Iterable<unknown>,
    bs: number,
    _isAsync: boolean,
  ): Iterator<unknown, void> | null {
    return this.isOriginal('after_item')
      ? wholeBatches(this.dataset as unknown, idxs, bs, this.drop_last)
      : null;
  }
  /** @internal A batch where it belongs, after its transforms. */
  protected finish(batch: unknown): any {
    let result = batch;
    // Pinning makes plain lists of everything, and plain tensors.
    if (this.pin_memory && canPin()) result = retain_types(pin_memory(result), batch);
    const { device, ownsBatches } = this;
    if (device !== null) result = apply((t) => moved(t, device, ownsBatches), result);
    return this.transformBatch(result);
  }
  /** @internal */
  protected transformBatch(batch: unknown): unknown {
    return this.after_batch(batch) as unknown;
  }
  *[Symbol.iterator](): IterableIterator<Batch> {
    const whole = this.#begin(false);
    const batches = whole ?? this.create_batches(this.sample())[Symbol.iterator]();
    try {
      for (let next = batches.next(); !next.done; next = batches.next()) yield this.finish(next.value);
    } finally {
      batches.return?.();
      this.#close();
    }
    this.after_iter();
  }
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Batch> {
    const whole = this.#begin(true);
    try {
      if (whole !== null) {
        for await (const batch of promised(whole, this.num_workers > 0)) yield this.finish(batch);
      } else {
        if (this.num_workers > 0) this.wif();
        for await (const batch of asyncBatches(this)) yield this.finish(batch);
      }
    } finally {
      whole?.return?.();
      this.#close();
    }
    this.after_iter();
  }
  #close(): void {
    this.#items?.return?.();
    this.#items = null;
    this.#idxs = [];
  }

  /** The first batch of a new pass. @throws {ValueError} there is none */
  one_batch(): Batch {
    if (this.n !== null && this.length === 0)
      throw new ValueError('This DataLoader does not contain any batches');
    for (const batch of this) return batch;
    throw new ValueError('This DataLoader does not contain any batches');
  }
  /** Sends batches to a device from now on. */
  to(device: Device | string | null): this {
    this.device = device === null ? null : makeDevice(device);
    return this;
  }
  /** A DataLoader with the same options, except those given. */
  new(...args: [dataset?: any, cls?: LoaderClass | LoaderChanges, options?: LoaderChanges]): DataLoaderClass {
    const { dataset, cls, ...changes } = this.changes(args);
    return new (cls ?? (this.constructor as LoaderClass))(dataset ?? this.dataset, {
      ...this.current(),
      ...changes,
    });
  }
  /** @internal */
  protected changes(args: readonly unknown[]): LoaderChanges {
    const given = args.length > 1 && isOptions(args[0]) ? [null, ...args.slice(1)] : args;
    const names = ['dataset', 'cls', ...optionNames.slice(1), ...this.moreOptions];
    const changes = namedArguments('DataLoader.new', names, given, 2) as LoaderChanges;
    return given === args ? changes : { ...changes, dataset: args[0] };
  }
  /** @internal Options of a subclass. */
  protected get moreOptions(): readonly string[] {
    return [];
  }
  [reduce](): Reduced {
    const known: readonly string[] = [...optionNames, 'rng'];
    const own = Object.entries(this).filter(([name]) => !known.includes(name));
    return { by: DataLoader, args: [this.dataset, this.current()], state: Object.fromEntries(own) };
  }
  /** @internal */
  protected current(): DataLoaderOptions {
    const { num_workers, pin_memory, timeout, bs, shuffle, drop_last, indexed, device } = this;
    const own = this as unknown as Record<string, unknown>;
    const steps = stepNames.filter((name) => Object.hasOwn(own, name)).map((name) => [name, own[name]]);
    return {
      ...{ num_workers, pin_memory, timeout, bs, shuffle, drop_last, indexed, device },
      ...(Object.fromEntries(steps) as Partial<LoaderSteps>),
    };
  }
}

export type LoaderClass = new (dataset?: any, options?: any) => DataLoaderClass;
export interface LoaderChanges extends DataLoaderOptions {
  dataset?: unknown;
  /** Class of the new loader (default: that of this one). */
  cls?: LoaderClass;
  [option: string]: unknown;
}

const batchSteps = [
  ...(['create_batches', 'sample', 'create_item', 'do_item', 'chunkify'] as const),
  ...(['before_batch', 'create_batch', 'retain', 'do_batch'] as const),
];
const ownSteps = ['create_batches', 'create_batch', 'retain', 'do_batch', 'after_batch'] as const;

function moved(tensor: Tensor, device: Device, isOwn: boolean): Tensor {
  if (String(tensor.device) === String(device)) return tensor;
  const there = tensor.to(device);
  // Already there, as `cuda` may be `cuda:0`: `to` gives another tensor of the same memory.
  if (String(tensor.device) === String(there.device)) {
    if (there !== tensor) there.dispose();
    return tensor;
  }
  retain_type(there, tensor);
  if (isOwn) tensor.dispose();
  return there;
}

export const DataLoader = callable(DataLoaderClass);
export type DataLoader<Batch = any> = DataLoaderClass<Batch>;
