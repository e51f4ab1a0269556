/** Items as tuples of inputs and targets, in parts. https://docs.fast.ai/data.core.html#datasets */
import { inspect } from 'node:util';

import { L } from '../../fastcore/foundation.js';
import type { PathLike } from '../../fastcore/path.js';
import type { TransformsLike } from '../../fastcore/pipeline.js';
import { repr } from '../../fastcore/protocol.js';
import { reduce, type Reduced } from '../../fastcore/reduce.js';
import { namedArguments } from '../../torch/arguments.js';
import { ArgumentError, callable, type Device, type Tensor } from '../../torch/index.js';
import { default_device } from '../torch_core.js';
import { DataLoaders } from './dataloaders.js';
import type { LoaderClass } from './load.js';
import { isPromise } from './loader/source.js';
import { TfmdDL, type TfmdDLOptions } from './tfmd_dl.js';
import { TfmdLists, type TfmdListsOptions } from './tfmd_lists.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- items are of any type */

export interface DatasetsOptions extends TfmdListsOptions {
  /** For each input and target its transforms (default: one, the item itself). */
  tfms?: readonly TransformsLike[] | null;
  /** The same, made already. */
  tls?: Iterable<TfmdLists> | null;
  /** How many are inputs (default: all but the last). */
  n_inp?: number | null;
  /** The class of DataLoader that `dataloaders` makes (default: TfmdDL). */
  dl_type?: LoaderClass | null;
}

export interface DatasetsLoaderOptions extends TfmdDLOptions {
  /** Where files of this data go (default: '.'). */
  path?: PathLike;
  /** Batch size of the parts after the first (default: `bs`). */
  val_bs?: number | null;
  val_shuffle?: boolean;
  /** Old name of `shuffle`. */
  shuffle_train?: boolean;
  dl_type?: LoaderClass | null;
  /** More options, for each part its own. */
  dl_kwargs?: readonly Record<string, unknown>[] | null;
  /** Options `val_...` are for the parts after the first. */
  [option: `val_${string}`]: unknown;
}

class DatasetsClass {
  readonly tls: L<TfmdLists>;
  readonly n_inp: number;
  readonly dl_type: LoaderClass;

  /**
   * Items, each of which becomes a tuple: one entry for each list of transforms in `tfms`. `get(i)` gives it.
   * `subset(0)` are the items for training; `dataloaders()` makes loaders of the parts.
   * [fastai docs](https://docs.fast.ai/data.core.html#datasets)
   */
  constructor(...args: [items?: ArrayLike<any> | null, options?: DatasetsOptions]) {
    const names = [
      'items',
      'tfms',
      'tls',
      'n_inp',
      'dl_type',
      'do_setup',
      'split_idx',
      'train_setup',
      'splits',
    ];
    const given = namedArguments('Datasets', [...names, 'types', 'verbose'], args, 2);
    const { items, tfms, tls, n_inp, dl_type, ...rest } = given as DatasetsOptions & {
      items?: ArrayLike<unknown>;
    };
    if (!tls && !items) throw new ArgumentError('Datasets(): items are missing', 'Datasets');
    this.tls = new L(tls ?? [...(tfms ?? [null])].map((list) => new TfmdLists(items!, list, rest)));
    this.n_inp = n_inp ?? Math.max(1, this.tls.length - 1);
    this.dl_type = dl_type ?? (TfmdDL as LoaderClass);
  }

  get length(): number {
    return this.tls[0]!.length;
  }
  get(index: number): any[] {
    return Array.from<TfmdLists, unknown>(this.tls, (tl) => tl.get(index) as unknown);
  }
  /** The tuple at a place (negative ones from the end), or a list of those that a list, mask or slice says. */
  at(selection: any): any {
    if (typeof selection === 'number')
      return this.get(selection < 0 ? selection + this.length : selection) as unknown;
    return L.range(this.length)
      .at(selection as number[])
      .map((place): unknown => this.get(place));
  }
  *[Symbol.iterator](): IterableIterator<any[]> {
    for (let i = 0; i < this.length; ++i) yield this.get(i);
  }

  get items(): ArrayLike<any> {
    return this.tls[0]!.items;
  }
  get splits(): L<L<number>> {
    return this.tls[0]!.splits;
  }
  get split_idx(): number | null {
    return this.tls[0]!.split_idx;
  }
  get n_subsets(): number {
    return this.splits.length;
  }
  /** The items of part `i`: 0 training, 1 validation. */
  subset(i: number): DatasetsClass {
    return this.#like(this.tls.map((tl) => tl.subset(i)));
  }
  get train(): DatasetsClass {
    return this.subset(0);
  }
  get valid(): DatasetsClass {
    return this.subset(1);
  }
  new_empty(): DatasetsClass {
    return this.#like(this.tls.map((tl) => tl.new_empty()));
  }
  #like(tls: Iterable<TfmdLists>, n_inp: number | null = this.n_inp): DatasetsClass {
    return new DatasetsClass(null, { tls, n_inp, dl_type: this.dl_type });
  }
  overlapping_splits(): L<number> {
    return this.tls[0]!.overlapping_splits();
  }
  /** Runs `fn`, which may be asynchronous, while items are transformed as those of part `i`. */
  set_split_idx<T>(i: number | null, fn: (dsets: this) => T): T {
    const before = this.tls.map((tl) => tl.split_idx);
    const restore = (): void => this.tls.forEach((tl, k) => (tl.tfms.split_idx = before[k]!));
    for (const tl of this.tls) tl.tfms.split_idx = i;
    let waits = false;
    try {
      const result = fn(this);
      waits = result instanceof Promise;
      return waits ? ((result as Promise<unknown>).finally(restore) as T) : result;
    } finally {
      if (!waits) restore();
    }
  }

  decode(item: readonly any[], full = true): any[] {
    return item.map((part: unknown, i) =>
      this.tls[i] === undefined ? part : (this.tls[i].decode(part, full) as unknown),
    );
  }
  show(item: readonly any[], { ctx = null, ...options }: Record<string, unknown> = {}): unknown {
    let drawn = ctx;
    item.forEach((part: unknown, i) => {
      drawn = this.tls[i]?.show(part, { ctx: drawn, ...options }) ?? drawn;
    });
    return drawn;
  }
  /** What transforms have under a name; a list where there are several. */
  attr(name: string): any {
    const found = this.tls.map((tl) => tl.attr(name) as unknown).filter((value) => value != null);
    return found.length > 1 ? found : found[0];
  }
  /** The labels. */
  get vocab(): any {
    return this.attr('vocab') as unknown;
  }
  /** The number of labels. */
  get c(): any {
    return this.attr('c') as unknown;
  }
  get loss_func(): any {
    return this.attr('loss_func') as unknown;
  }

  /** @internal The batch of the items at `places` as far as it can be made at once; null where it cannot. */
  batchOf(places: readonly number[], isAsync: boolean): Tensor[] | Promise<Tensor[]> | null {
    if (!this.tls.every((tl) => tl.tfms.fs.at(-1)?.encodesMany !== undefined)) return null;
    const parts = this.tls.map((tl) => tl.batchOf(places, isAsync));
    if (parts.some((part) => part === null)) return null;
    if (!parts.some(isPromise)) return [...parts] as Tensor[];
    return Promise.all(Array.from(parts, async (part) => await part!));
  }
  /** @internal Further items, with the transforms of these: see DataLoaders.test_dl. */
  testSet(items: any, { rm_tfms = null, with_labels = false }: TestOptions = {}): DatasetsClass {
    const tls = with_labels ? [...this.tls] : [...this.tls].slice(0, this.n_inp);
    const list = new L<unknown>(items as Iterable<unknown>);
    const skips: readonly (number | undefined)[] = [rm_tfms ?? undefined].flat();
    const made = tls.map((tl, i) => {
      const skip = skips.length > 1 ? skips[i] : skips[0];
      return tl.like(list, 1, skip ?? (list.length > 0 ? tl.infer_idx(list[0]) : 0));
    });
    return this.#like(made, with_labels ? this.n_inp : made.length);
  }

  /**
   * Loaders of the parts: the first shuffled and without an incomplete last batch, the others as they come.
   * @param options `bs` (default: 64), `val_bs`, `shuffle` (default: true), `val_shuffle`, `drop_last` (default: as
   *   `shuffle`), `n`, `path`, `device` (default: the default device), and what TfmdDL takes
   */
  dataloaders(options: DatasetsLoaderOptions = {}): DataLoaders {
    const { bs = 64, shuffle_train, val_shuffle = false, n = null, path = '.', ...others } = options;
    const { dl_type, dl_kwargs, device, drop_last, val_bs, shuffle: given = true, ...rest } = others;
    const shuffle = shuffle_train ?? given;
    const where: Device | string = device ?? default_device();
    const isForValid = (name: string) => name.startsWith('val_');
    const entries = Object.entries(rest);
    const common = Object.fromEntries(entries.filter(([name]) => !isForValid(name)));
    const forValid = Object.fromEntries(
      entries.filter(([name]) => isForValid(name)).map(([name, value]) => [name.slice(4), value]),
    );
    const first = { bs, shuffle, drop_last: drop_last ?? shuffle, n, device: where };
    const later = { bs: val_bs ?? bs, shuffle: val_shuffle, n: null, drop_last: false };
    const type = dl_type ?? this.dl_type;
    const train = new type(this.subset(0), { ...common, ...first, ...dl_kwargs?.[0] });
    const loaders = [train];
    for (let i = 1; i < this.n_subsets; ++i)
      loaders.push(train.new(this.subset(i), { ...common, ...later, ...forValid, ...dl_kwargs?.[i] }));
    return new DataLoaders(...loaders, { path, device: where });
  }

  [reduce](): Reduced {
    const { tls, n_inp, dl_type, ...own } = this;
    return { by: Datasets, args: [null, { tls, n_inp, dl_type }], state: own };
  }
  toString(): string {
    const shown = Array.from({ length: Math.min(this.length, L.shownItems) }, (_, i) => repr(this.get(i)));
    return `(#${this.length}) [${shown.join(',')}${this.length > shown.length ? '...' : ''}]`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
interface TestOptions {
  /** How many transforms to leave out, for all or for each (default: found out by the first item). */
  rm_tfms?: number | readonly number[] | null;
  with_labels?: boolean;
}

export const Datasets = callable(DatasetsClass);
export type Datasets = DatasetsClass;

/**
 * Further items, transformed as those for validation, without labels unless `with_labels`.
 * [fastai docs](https://docs.fast.ai/data.core.html#test_set)
 */
export function test_set(
  dsets: Datasets | TfmdLists,
  test_items: any,
  options: TestOptions = {},
): Datasets | TfmdLists {
  if (dsets instanceof DatasetsClass) return dsets.testSet(test_items, options);
  if (!(dsets instanceof TfmdLists))
    throw new ArgumentError('test_set(): expected Datasets or TfmdLists', 'test_set');
  const list = new L<unknown>(test_items as Iterable<unknown>);
  const skip = typeof options.rm_tfms === 'number' ? options.rm_tfms : dsets.infer_idx(list[0]);
  return dsets.like(list, 1, skip);
}
