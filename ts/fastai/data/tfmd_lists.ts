/** Items with the transforms of one input or target. https://docs.fast.ai/data.core.html#tfmdlists */
import { L } from '../../fastcore/foundation.js';
import { Path } from '../../fastcore/path.js';
import { Pipeline, type TransformsLike } from '../../fastcore/pipeline.js';
import { namedArguments } from '../../torch/arguments.js';
import { callable, IndexError, type Tensor } from '../../torch/index.js';
import { getItem } from '../../torch/utils/data/_utils/item.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- items are of any type */

/** Places of the items of each part: numbers, or a flag for each item; null for all. */
export type SplitsLike = Iterable<ArrayLike<number> | ArrayLike<boolean> | null>;

export interface TfmdListsOptions {
  /** Whether transforms are set up with the items (default: true). */
  do_setup?: boolean;
  /** The part that these items are: 0 training, 1 validation. */
  split_idx?: number | null;
  /** Whether transforms are set up with the training part only (default: true). */
  train_setup?: boolean;
  /** The parts (default: all items for training, none for validation). */
  splits?: SplitsLike | null;
  /** Kinds of values before each transform, and after the last. */
  types?: readonly unknown[] | null;
  verbose?: boolean;
}

function placesOf(split: ArrayLike<number> | ArrayLike<boolean> | null, length: number): L<number> {
  if (split === null) return L.range(length);
  const list = Array.from(split as ArrayLike<number | boolean>);
  if (!list.some((one) => typeof one === 'boolean')) return new L(list as number[]);
  return L.range(length).filter((i) => list[i] === true);
}

/** What a value is, for finding out how far transformed an item is. */
function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? value.constructor : typeof value;
}
function isKind(value: unknown, kind: unknown): boolean {
  if (Array.isArray(kind)) return kind.some((one) => isKind(value, one));
  return typeof kind === 'function' ? value instanceof kind : typeof value === kind;
}

class TfmdListsClass {
  readonly items: ArrayLike<any>;
  tfms: Pipeline;
  readonly splits: L<L<number>>;
  types: readonly unknown[] | null;

  /**
   * `items`, each transformed when asked for: `get(i)`. `subset(0)` are those for training.
   * [fastai docs](https://docs.fast.ai/data.core.html#tfmdlists)
   */
  constructor(items: ArrayLike<any>, tfms: TransformsLike | TfmdListsClass, options: TfmdListsOptions = {}) {
    const names = ['do_setup', 'split_idx', 'train_setup', 'splits', 'types', 'verbose'];
    const given = namedArguments('TfmdLists', names, [options], 0) as TfmdListsOptions;
    this.items = items;
    const splits = given.splits == null ? [null, []] : [...given.splits];
    this.splits = new L(splits.map((split) => placesOf(split, items.length)));
    const source = tfms instanceof TfmdListsClass ? tfms.tfms : tfms;
    this.tfms = new Pipeline(source, given.split_idx ?? null);
    this.types = given.types ?? null;
    if (given.do_setup === false || source instanceof Pipeline) return;
    if (given.verbose) console.log(`Setting up ${String(this.tfms)}`);
    this.setup(given.train_setup ?? true);
  }
  setup(train_setup = true): void {
    this.tfms.setup(this, train_setup);
    if (this.length === 0) return;
    let x: unknown = this.items[this.splits[0]?.[0] ?? 0];
    const types: unknown[] = [];
    for (const f of this.tfms.fs) {
      types.push((f as { input_types?: unknown }).input_types ?? kindOf(x));
      x = f.encode(x, { split_idx: this.split_idx });
    }
    this.types = [...types, kindOf(x)];
  }

  get split_idx(): number | null {
    return this.tfms.split_idx;
  }
  get length(): number {
    return this.items.length;
  }
  get(index: number): any {
    return this.tfms.encode(getItem(this.items, index)) as unknown;
  }
  /** The transformed items at the places of a list, a mask or a slice, or the one at a place. */
  at(selection: any): any {
    if (typeof selection === 'number')
      return this.get(selection < 0 ? selection + this.length : selection) as unknown;
    return new L<any>(Array.from(this.items))
      .at(selection as number[])
      .map((item: unknown) => this.tfms.encode(item) as unknown);
  }
  *[Symbol.iterator](): IterableIterator<any> {
    for (let i = 0; i < this.length; ++i) yield this.get(i);
  }

  get n_subsets(): number {
    return this.splits.length;
  }
  /** The items of part `i`. @throws {IndexError} there is no such part */
  subset(i: number): TfmdListsClass {
    const places = this.splits[i];
    if (places === undefined)
      throw new IndexError(`subset(): there are ${this.splits.length} parts, and no ${i}`, 'subset');
    return this.like(new L(places.map((place) => getItem(this.items, place))), i);
  }
  get train(): TfmdListsClass {
    return this.subset(0);
  }
  get valid(): TfmdListsClass {
    return this.subset(1);
  }
  new_empty(): TfmdListsClass {
    return this.like(new L<unknown>(), this.split_idx);
  }
  /** @internal The same transforms, as they are set up, on other items. */
  like(items: ArrayLike<unknown>, split_idx: number | null, skip = 0): TfmdListsClass {
    const made = new TfmdListsClass(items, this.tfms, { split_idx, types: this.types });
    if (skip > 0) made.tfms.fs = new L([...this.tfms.fs].slice(skip));
    return made;
  }
  /** Places that are in more than one part. */
  overlapping_splits(): L<number> {
    const seen = new Set<number>();
    const twice = new Set<number>();
    for (const place of this.splits.flatMap((split) => [...split]))
      (seen.has(place) ? twice : seen).add(place);
    return new L(twice);
  }

  /** Where the transforms of a value begin: after those that it is past already. 0 where its kind says nothing. */
  infer_idx(x: unknown): number {
    const found = (this.types ?? []).findIndex(
      (kind) => isKind(x, kind) || (typeof x === 'string' && kind === Path),
    );
    return Math.max(0, found);
  }
  /** A value transformed from where its transforms begin. */
  infer(x: any): any {
    let value: unknown = x;
    for (const f of [...this.tfms.fs].slice(this.infer_idx(x)))
      value = f.encode(value, { split_idx: this.split_idx });
    return value;
  }
  decode(item: any, full = true): any {
    return this.tfms.decode(item, full) as unknown;
  }
  show(item: any, options: Record<string, unknown> = {}): unknown {
    return this.tfms.show(item, options);
  }
  /** What a transform has under a name; a list where several have. */
  attr(name: string): any {
    const found = [...this.tfms.fs]
      .map((f) => (f as unknown as Record<string, unknown>)[name])
      .filter((value) => value != null);
    return found.length > 1 ? new L(found) : found[0];
  }
  get vocab(): any {
    return this.attr('vocab') as unknown;
  }
  get c(): any {
    return this.attr('c') as unknown;
  }
  get loss_func(): any {
    return this.attr('loss_func') as unknown;
  }

  /**
   * @internal The batch that stacking the items at `places` gives, where the last transform can make many at once or
   * makes tensors; null where it does not.
   */
  batchOf(places: readonly number[], isAsync: boolean): Tensor | PromiseLike<Tensor> | null {
    const tfms = [...this.tfms.fs];
    const last = tfms.pop();
    const { split_idx } = this;
    if (last?.encodesMany === undefined || (last.split_idx !== null && last.split_idx !== split_idx))
      return null;
    const values = places.map((place) => {
      let value: unknown = getItem(this.items, place);
      for (const f of tfms) value = f.encode(value, { split_idx });
      return value;
    });
    return last.encodesMany(values, isAsync);
  }

  toString(): string {
    return `TfmdLists: ${new L(Array.from(this.items)).repr()}\ntfms - ${String(this.tfms)}`;
  }
}
export const TfmdLists = callable(TfmdListsClass);
export type TfmdLists = TfmdListsClass;
