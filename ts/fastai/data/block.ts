/** How to get from a source to batches, said piece by piece: https://docs.fast.ai/data.block.html */
import { L, type PathLike } from '../../fastcore/index.js';
import { Pipeline, type TransformLike, type TransformsLike } from '../../fastcore/pipeline.js';
import { ItemTransform, Transform } from '../../fastcore/transform.js';
import { checkOptions, namedArguments } from '../../torch/arguments.js';
import { ArgumentError, callable, ValueError, type Device } from '../../torch/index.js';
import {
  Categorize,
  EncodedMultiCategorize,
  MultiCategorize,
  OneHotEncode,
  RegressionSetup,
} from './categories.js';
import { ItemGetter } from './columns.js';
import { Datasets, type DataLoaders, type DatasetsLoaderOptions } from './core.js';
import type { LoaderClass } from './load.js';
import { ToTensor } from './normalize.js';
import { RandomSplitter, type Splitter } from './splitters.js';

type DlType = LoaderClass;

function listOf(tfms: TransformsLike): TransformLike[] {
  if (tfms === null || tfms === undefined) return [];
  return typeof tfms === 'function' && !(tfms instanceof Pipeline)
    ? [tfms]
    : [...(tfms as Iterable<TransformLike>)];
}

/** For `DataBlock.dataloaders`; options of the DataLoader besides these. */
export interface LoadersOptions {
  /** Where files of this data go (default: '.'). */
  path?: PathLike;
  /** Items in a batch (default: 64). */
  bs?: number;
  /** Items in a batch of validation (default: as `bs`). */
  val_bs?: number | null;
  /** Whether training items come in a new order each time (default: true). */
  shuffle?: boolean;
  num_workers?: number | null;
  device?: Device | string | null;
  /** Prints what is done (default: false). */
  verbose?: boolean;
  print?: (text: string) => void;
  [option: string]: unknown;
}

export interface TransformBlockOptions {
  /** From what a getter gives to an input or target. */
  type_tfms?: TransformsLike;
  /** On each item, after ToTensor's order or before it. */
  item_tfms?: TransformsLike;
  /** On each batch. */
  batch_tfms?: TransformsLike;
  /** The class of DataLoader; default: TfmdDL. */
  dl_type?: DlType | null;
  /** More options for `dataloaders`. */
  dls_kwargs?: Record<string, unknown>;
}
const blockOptions = ['type_tfms', 'item_tfms', 'batch_tfms', 'dl_type', 'dls_kwargs'];

class TransformBlockClass {
  readonly type_tfms: L<TransformLike>;
  readonly item_tfms: L<TransformLike>;
  readonly batch_tfms: L<TransformLike>;
  readonly dl_type: DlType | null;
  readonly dls_kwargs: Record<string, unknown>;

  /** The transforms of one input or target. [fastai docs](https://docs.fast.ai/data.block.html#transformblock) */
  constructor(options: TransformBlockOptions = {}) {
    checkOptions('TransformBlock', options, blockOptions);
    this.type_tfms = new L(listOf(options.type_tfms));
    this.item_tfms = new L([ToTensor as TransformLike, ...listOf(options.item_tfms)]);
    this.batch_tfms = new L(listOf(options.batch_tfms));
    this.dl_type = options.dl_type ?? null;
    this.dls_kwargs = options.dls_kwargs ?? {};
  }
}
export const TransformBlock = callable(TransformBlockClass);
export type TransformBlock = TransformBlockClass;

/** For one label an item. [fastai docs](https://docs.fast.ai/data.block.html#categoryblock) */
export function CategoryBlock(
  options: { vocab?: Iterable<unknown> | null; sort?: boolean; add_na?: boolean } = {},
): TransformBlock {
  checkOptions('CategoryBlock', options, ['vocab', 'sort', 'add_na']);
  return TransformBlock({ type_tfms: Categorize(options) });
}
/** For lists of labels, or with `encoded` for flags, whose `vocab` says what they mean. */
export function MultiCategoryBlock(
  options: { encoded?: boolean; vocab?: Iterable<unknown> | null; add_na?: boolean } = {},
): TransformBlock {
  checkOptions('MultiCategoryBlock', options, ['encoded', 'vocab', 'add_na']);
  const { encoded = false, vocab = null, add_na = false } = options;
  if (!encoded) return TransformBlock({ type_tfms: [MultiCategorize({ vocab, add_na }), OneHotEncode()] });
  if (vocab === null)
    throw new ValueError('MultiCategoryBlock(): encoded labels need a vocab', 'MultiCategoryBlock');
  return TransformBlock({ type_tfms: EncodedMultiCategorize(vocab) });
}
/** For numbers, `n_out` of them (default: found out). */
export function RegressionBlock(options: { n_out?: number | null } | number = {}): TransformBlock {
  const { n_out = null } = typeof options === 'number' ? { n_out: options } : options;
  return TransformBlock({ type_tfms: RegressionSetup({ c: n_out }) });
}

/** Transforms that stand for the same: those of one class, or one and the same function. */
function mergeKey(tfm: TransformLike): unknown {
  if (tfm instanceof Transform) {
    const { constructor } = tfm as object;
    return constructor === Transform ? tfm : constructor;
  }
  return tfm;
}
/** All of them, each kind once: the last one given, at the place of the first. */
function mergeTfms(...lists: TransformsLike[]): L<Transform> {
  const kinds = new Map<unknown, TransformLike>();
  for (const tfm of lists.flatMap(listOf)) kinds.set(mergeKey(tfm), tfm);
  return new L([...kinds.values()].map((tfm) => new Pipeline([tfm]).fs[0]!));
}

type BlockLike = TransformBlock | (() => TransformBlock);
/* eslint-disable @typescript-eslint/no-explicit-any -- items are of any type */
type Getter = (item: any) => unknown;
type Getters = Getter | Pipeline | readonly (Getter | Pipeline)[];

export interface DataBlockOptions {
  /** What inputs and targets are; default: two plain TransformBlocks. */
  blocks?: BlockLike | readonly BlockLike[];
  /** The class of DataLoader; default: what a block asks for, or TfmdDL. */
  dl_type?: DlType | null;
  /** For each block, what takes its part from an item; default: the item. */
  getters?: readonly (Getter | Pipeline)[] | null;
  /** How many blocks are inputs; default: all but the last. */
  n_inp?: number | null;
  item_tfms?: TransformsLike;
  batch_tfms?: TransformsLike;
  /** The items of a source; default: the source. */
  get_items?: ((source: any) => ArrayLike<unknown>) | null;
  /** Default: RandomSplitter(). */
  splitter?: Splitter | null;
  get_x?: Getters | null;
  get_y?: Getters | null;
}
const dataBlockOptions = [
  ...[
    'blocks',
    'dl_type',
    'getters',
    'n_inp',
    'item_tfms',
    'batch_tfms',
    'get_items',
    'splitter',
    'get_x',
    'get_y',
  ],
];

const same: Getter = (item: unknown) => item;
const many = (getters: Getters): readonly (Getter | Pipeline)[] =>
  typeof getters === 'function' || getters instanceof Pipeline ? [getters as Getter] : getters;

export class DataBlockClass {
  readonly blocks: L<TransformBlock>;
  readonly dl_type: DlType | null;
  readonly getters: (Getter | Pipeline)[];
  readonly n_inp: number;
  readonly get_items: NonNullable<DataBlockOptions['get_items']> | null;
  readonly splitter: Splitter | null;
  readonly default_item_tfms: L<Transform>;
  readonly default_batch_tfms: L<Transform>;
  item_tfms: L<Transform> = new L();
  batch_tfms: L<Transform> = new L();

  /**
   * A recipe: `blocks` say what inputs and targets are, `get_items` where items come from, `splitter` which are for
   * validation, `get_x` and `get_y` which part of an item is what.
   *
   * `DataBlock(blocks, {...})` is `DataBlock({blocks, ...})`.
   * [fastai docs](https://docs.fast.ai/data.block.html#datablock)
   * @throws {ArgumentError} an unknown option @throws {ValueError} getters do not match blocks
   */
  constructor(
    ...args: [blocks?: BlockLike | readonly BlockLike[] | DataBlockOptions, options?: DataBlockOptions]
  ) {
    const given = namedArguments('DataBlock', dataBlockOptions, args, 1) as DataBlockOptions;
    const blocks = [given.blocks ?? [TransformBlock, TransformBlock]].flat() as BlockLike[];
    this.blocks = new L(blocks.map((one) => (one instanceof TransformBlockClass ? one : one())));
    for (const block of this.blocks)
      if (!(block instanceof TransformBlockClass))
        throw new ArgumentError('DataBlock(): blocks must be TransformBlocks', 'DataBlock');
    this.dl_type = given.dl_type ?? this.blocks.findLast((block) => block.dl_type)?.dl_type ?? null;
    this.n_inp = given.n_inp ?? Math.max(1, this.blocks.length - 1);
    this.get_items = given.get_items ?? null;
    this.splitter = given.splitter ?? null;
    this.default_item_tfms = mergeTfms(...this.blocks.map((block) => block.item_tfms));
    this.default_batch_tfms = mergeTfms(...this.blocks.map((block) => block.batch_tfms));
    this.getters = [...(given.getters ?? this.blocks.map(() => same))];
    if (given.get_x) this.#place('get_x', many(given.get_x), 0, this.n_inp, 'input');
    if (given.get_y)
      this.#place('get_y', many(given.get_y), this.n_inp, this.blocks.length - this.n_inp, 'target');
    this.new(given.item_tfms, given.batch_tfms);
  }
  #place(
    name: string,
    getters: readonly (Getter | Pipeline)[],
    at: number,
    count: number,
    word: string,
  ): void {
    if (getters.length !== count)
      throw new ValueError(
        `${name} contains ${getters.length} functions, but must contain ${count} (one for each ${word}). ` +
          'To apply several functions one after the other, wrap them in a Pipeline',
        'DataBlock',
      );
    this.getters.splice(at, count, ...getters);
  }

  /** Takes other transforms of items and batches; those of the blocks stay. */
  new(item_tfms: TransformsLike = null, batch_tfms: TransformsLike = null): this {
    this.item_tfms = mergeTfms(this.default_item_tfms, item_tfms);
    this.batch_tfms = mergeTfms(this.default_batch_tfms, batch_tfms);
    return this;
  }
  /** A recipe for a source of columns: `dataloaders([files, labels])`. */
  static from_columns(options: DataBlockOptions = {}): DataBlockClass {
    const count = options.blocks === undefined ? 2 : [options.blocks].flat().length;
    const { get_items } = options;
    const rows = (source: unknown) => {
      const columns = (get_items ? get_items(source) : source) as ArrayLike<unknown>[];
      const length = Math.min(...Array.from(columns, (column) => column.length));
      return new L(Array.from({ length }, (_, i) => Array.from(columns, (column) => column[i])));
    };
    const getters = options.getters ?? Array.from({ length: count }, (_, i) => ItemGetter(i));
    return new DataBlock({ ...options, getters, get_items: rows });
  }

  /** The items of `source`, split, with their transforms. `verbose` prints what is done. */
  datasets(
    source: unknown,
    { verbose = false, print = console.log }: { verbose?: boolean; print?: (text: string) => void } = {},
  ): Datasets {
    const say = (text: string) => {
      if (verbose) print(text);
    };
    say(`Collecting items from ${String(source)}`);
    const items = (this.get_items ?? same)(source) as ArrayLike<unknown>;
    say(`Found ${items.length} items`);
    if (items.length === 0)
      throw new ValueError(`DataBlock: there are no items in ${String(source)}`, 'DataBlock');
    const splits = (this.splitter ?? RandomSplitter())(items);
    say(`${splits.length} datasets of sizes ${splits.map((split) => split.length).join(',')}`);
    // A getter takes an item whole, also where that is an array.
    const tfms = this.getters.map((getter, i) => [
      ...(getter === same
        ? []
        : getter instanceof Pipeline
          ? getter.fs
          : [getter instanceof Transform ? getter : ItemTransform(getter)]),
      ...this.blocks[i]!.type_tfms,
    ]);
    return new Datasets(items, { tfms, splits, n_inp: this.n_inp, dl_type: this.dl_type });
  }

  /**
   * DataLoaders of `source`: for training, shuffled and without an incomplete last batch, and for validation.
   * `dataloaders(source, path, {...})` works too.
   * @param options `path` (default: '.'), `bs` (default: 64), `val_bs`, `shuffle`, `num_workers`, `device` ...
   * @throws {ValueError} there are no items
   */
  dataloaders(
    source: unknown,
    ...args: [path?: PathLike | LoadersOptions, options?: LoadersOptions]
  ): DataLoaders {
    const [path, given = {}] =
      typeof args[0] === 'object' && !('joinpath' in args[0]) ? [undefined, args[0]] : args;
    const { verbose = false, print, ...options } = { ...this.dls_kwargs, ...given };
    const dsets = this.datasets(source, { verbose, ...(print === undefined ? {} : { print }) });
    const where = path === undefined ? {} : { path };
    const tfms = { after_item: this.item_tfms, after_batch: this.batch_tfms };
    return dsets.dataloaders({ ...where, ...options, ...tfms } as DatasetsLoaderOptions);
  }
  get dls_kwargs(): LoadersOptions {
    return Object.assign({}, ...this.blocks.map((block) => block.dls_kwargs)) as LoadersOptions;
  }
}
export const DataBlock = callable(DataBlockClass);
export type DataBlock = DataBlockClass;
