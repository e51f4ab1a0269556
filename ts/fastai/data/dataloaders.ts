/** Several DataLoaders as one object. https://docs.fast.ai/data.core.html#dataloaders */
import { L } from '../../fastcore/foundation.js';
import { first } from '../../fastcore/basics.js';
import { Path, type PathLike } from '../../fastcore/path.js';
import type { TransformsLike } from '../../fastcore/pipeline.js';
import { reduce, type Reduced } from '../../fastcore/reduce.js';
import { checkOptions } from '../../torch/arguments.js';
import { isOptions } from '../../torch/dispatch.js';
import { ArgumentError, callable, device as makeDevice } from '../../torch/index.js';
import type { Device } from '../../torch/index.js';
import { default_device } from '../torch_core.js';
import type { DataLoader, LoaderChanges, LoaderClass } from './load.js';
import { batchTransforms, TfmdDL, type ShowBatchOptions, type TfmdDLOptions } from './tfmd_dl.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- loaders of several libraries are taken */

export interface DataLoadersOptions {
  /** Where files of this data go (default: '.'). */
  path?: PathLike;
  /** Where batches go (default: null, where they are). */
  device?: Device | string | null;
}
export interface FromDsetsOptions extends Omit<TfmdDLOptions, 'shuffle' | 'drop_last' | 'device'> {
  path?: PathLike;
  device?: Device | string | null;
  /** One for all, or one for each dataset (default: true for the first). */
  shuffle?: boolean | readonly boolean[];
  /** One for all, or one for each dataset (default: true for the first). */
  drop_last?: boolean | readonly boolean[];
  dl_type?: LoaderClass;
}

/** A dataset that can transform further items as its own. */
interface TestSource {
  testSet(items: unknown, options: { rm_tfms: number | null; with_labels: boolean }): unknown;
}

/** A value that a loader has, or its dataset. */
function lookup(holder: unknown, name: string): unknown {
  const value = (holder as Record<string, unknown> | null | undefined)?.[name];
  return value ?? undefined;
}

/**
 * Training and validation data, and any further. fastai's loaders and PyTorch's are taken alike.
 *
 * What it does not have itself is that of the training loader: `dls.vocab`, `dls.c`, `dls.bs`, `dls.one_batch()`.
 * @throws {ArgumentError} an unknown option, or something that is no loader
 */
class DataLoadersClass {
  loaders: any[];
  path: Path;
  #device: Device | null = null;

  constructor(...args: any[]) {
    const last: unknown = args.at(-1);
    const options: DataLoadersOptions = isOptions(last) ? last : {};
    checkOptions('DataLoaders', options, ['path', 'device']);
    this.loaders = isOptions(last) ? args.slice(0, -1) : args;
    for (const loader of this.loaders)
      if (typeof (loader as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== 'function')
        throw new ArgumentError(`DataLoaders(): every loader must give batches; ${typeof loader} does not`);
    this.path = Path(options.path ?? '.');
    if (options.device != null) this.device = options.device;
  }

  get length(): number {
    return this.loaders.length;
  }
  at(index: number): any {
    return this.loaders.at(index) as unknown;
  }
  [Symbol.iterator](): IterableIterator<any> {
    return this.loaders[Symbol.iterator]();
  }
  get train(): any {
    return this.loaders[0] as unknown;
  }
  set train(loader: any) {
    this.loaders[0] = loader as unknown;
  }
  /** Null where there is none. */
  get valid(): any {
    return (this.loaders[1] as unknown) ?? null;
  }
  set valid(loader: any) {
    this.loaders[1] = loader as unknown;
  }
  get train_ds(): any {
    return lookup(this.train, 'dataset');
  }
  get valid_ds(): any {
    return lookup(this.valid, 'dataset');
  }

  get device(): Device | null {
    return this.#device ?? (lookup(this.train, 'device') as Device | undefined) ?? null;
  }
  set device(device: Device | string | null) {
    this.#device = device === null ? null : makeDevice(device);
    for (const loader of this.loaders as Partial<DataLoader>[]) loader.to?.(this.#device);
  }
  to(device: Device | string): this {
    this.device = device;
    return this;
  }
  cuda(): this {
    return this.to(default_device());
  }
  cpu(): this {
    return this.to('cpu');
  }

  /** Whatever the training loader, or its dataset, has under a name. */
  attr(name: string): any {
    return lookup(this.train, name) ?? lookup(this.train_ds, name);
  }
  /** The labels, or undefined where the data have none. */
  get vocab(): any {
    return this.attr('vocab') as unknown;
  }
  /** Number of classes, or of values to predict. */
  get c(): any {
    return this.attr('c') as unknown;
  }
  get n_inp(): number | undefined {
    return this.attr('n_inp') as number | undefined;
  }
  get loss_func(): any {
    return this.attr('loss_func') as unknown;
  }
  get bs(): any {
    return lookup(this.train, 'bs') ?? lookup(this.train, 'batch_size');
  }
  get dataset(): any {
    return this.train_ds as unknown;
  }
  get items(): any {
    return this.attr('items') as unknown;
  }
  get after_item(): any {
    return lookup(this.train, 'after_item');
  }
  get before_batch(): any {
    return lookup(this.train, 'before_batch');
  }
  get after_batch(): any {
    return lookup(this.train, 'after_batch');
  }
  /** The first batch of a new pass over the training data. */
  one_batch(): any {
    const { train } = this as { train: Partial<DataLoader> & Iterable<unknown> };
    return typeof train.one_batch === 'function' ? (train.one_batch() as unknown) : first(train);
  }
  show_batch(options: ShowBatchOptions = {}): unknown {
    return this.#transforming('show_batch').show_batch(options);
  }
  show_results(b: any, out: any, options: ShowBatchOptions = {}): unknown {
    return this.#transforming('show_results').show_results(b, out, options);
  }
  decode(b: any): any {
    return this.#transforming('decode').decode(b) as unknown;
  }
  decode_batch(b: any, max_n = 9, full = true): L<any> {
    return this.#transforming('decode_batch').decode_batch(b, max_n, full);
  }
  #transforming(op: string): TfmdDL {
    if (this.train instanceof TfmdDL) return this.train;
    throw new ArgumentError(
      `${op}(): the training loader has no transforms to undo; make it with TfmdDL or DataBlock`,
      op,
    );
  }

  /** Transforms more in a pipeline (`after_item`, `before_batch` or `after_batch`) of the loaders (default: of all). */
  add_tfms(tfms: TransformsLike, event: string, loaders: number | readonly number[] | null = null): void {
    if (!batchTransforms.includes(event as 'after_item'))
      throw new ArgumentError(
        `add_tfms(): no event '${event}'; there are ${batchTransforms.join(', ')}`,
        'add_tfms',
      );
    const which = loaders === null ? L.range(this.loaders.length) : [loaders].flat();
    for (const i of which) {
      const loader: unknown = this.loaders[i];
      if (!(loader instanceof TfmdDL))
        throw new ArgumentError(`add_tfms(): loader ${i} has no pipelines`, 'add_tfms');
      loader[event as 'after_item'].add(tfms);
    }
  }
  /** The same loaders with the same transforms and no items; a loader of another library becomes an empty list. */
  new_empty(): DataLoadersClass {
    const loaders = (this.loaders as Partial<DataLoader>[]).map((dl) => {
      const dataset = dl.dataset as { new_empty?: () => unknown } | null | undefined;
      return typeof dl.new === 'function' ? dl.new(dataset?.new_empty?.() ?? []) : [];
    });
    return this.like(loaders);
  }
  [reduce](): Reduced {
    const own = Object.entries(this).filter(([name]) => !['loaders', 'path'].includes(name));
    const args = [...(this.loaders as unknown[]), { path: this.path, device: this.#device }];
    return { by: DataLoaders, args, state: Object.fromEntries(own) };
  }
  /** @internal */
  protected like(loaders: unknown[]): DataLoadersClass {
    const type = this.constructor as new (...args: unknown[]) => DataLoadersClass;
    return new type(...loaders, { path: this.path, device: this.#device });
  }
  /**
   * A loader of further items, transformed as those of the validation set.
   * @param options `with_labels`: items have labels too (default: false); `rm_type_tfms`: how many transforms to leave
   *   out, since the items are past them already (default: found out); others as for the loader
   */
  test_dl(
    test_items: any,
    options: { with_labels?: boolean; rm_type_tfms?: number | null } & TfmdDLOptions = {},
  ): any {
    const { with_labels = false, rm_type_tfms = null, ...rest } = options;
    const { valid_ds, valid } = this as { valid_ds: unknown; valid: DataLoader };
    const source = valid_ds as Partial<TestSource> | null;
    const dataset: unknown =
      typeof source?.testSet === 'function'
        ? source.testSet(test_items, { rm_tfms: rm_type_tfms, with_labels })
        : test_items;
    return valid.new(dataset, rest as LoaderChanges) as unknown;
  }

  /** Loaders of datasets: the first one shuffled, without its last smaller batch. */
  static from_dsets(...args: any[]): DataLoadersClass {
    const last: unknown = args.at(-1);
    const dsets = (isOptions(last) ? args.slice(0, -1) : args) as unknown[];
    const {
      path = '.',
      device = null,
      dl_type = TfmdDL as LoaderClass,
      ...rest
    } = (isOptions(last) ? last : {}) as FromDsetsOptions;
    const forEach = (value: boolean | readonly boolean[] | undefined, i: number): boolean =>
      value === undefined ? i === 0 : typeof value === 'boolean' ? value : (value[i] ?? false);
    const loaders = dsets.map((dataset, i) => {
      const flags = { shuffle: forEach(rest.shuffle, i), drop_last: forEach(rest.drop_last, i) };
      return new dl_type(dataset, { bs: 64, ...rest, ...flags });
    });
    return new this(...loaders, { path, device });
  }
  /** Loaders of a DataBlock: `dblock.dataloaders(source, options)`. */
  static from_dblock(dblock: any, source: any, options: Record<string, unknown> = {}): any {
    return (dblock as { dataloaders(source: unknown, options: object): unknown }).dataloaders(
      source,
      options,
    );
  }

  toString(): string {
    return `DataLoaders(${this.loaders.map((dl: { dataset?: { length?: number } }) => dl.dataset?.length ?? '?').join(', ')} items)`;
  }
}
export const DataLoaders = callable(DataLoadersClass);
export type DataLoaders = DataLoadersClass;
