/** Labels as numbers: https://docs.fast.ai/data.transforms.html#categorize */
import { L } from '../../fastcore/index.js';
import { compare, identityKey, repr } from '../../fastcore/protocol.js';
import { reduce, type Reduced } from '../../fastcore/reduce.js';
import { ItemTransform, Transform } from '../../fastcore/transform.js';
import { namedArguments } from '../../torch/arguments.js';
import {
  callable,
  float32,
  int64,
  stack,
  tensor,
  tidy,
  ValueError,
  zeros,
  type Tensor,
} from '../../torch/index.js';
import { BCEWithLogitsLossFlat, CrossEntropyLossFlat, MSELossFlat } from '../losses.js';
import { as_subclass, TensorCategory, TensorMultiCategory } from '../tensor_types.js';
import { tensor as fastaiTensor } from '../torch_core.js';

/** Places of labels; with a label for what is unknown, every other value stands for it. */
class Places extends Map<unknown, number> {
  readonly #byKey = new Map<unknown, number>();
  constructor(
    labels: Iterable<unknown>,
    readonly fallback: number | null,
  ) {
    super();
    for (const label of labels) {
      this.set(label, this.size);
      this.#byKey.set(identityKey(label), this.size - 1);
    }
  }
  override get(label: unknown): number | undefined {
    return this.#byKey?.get(identityKey(label)) ?? this.fallback ?? undefined;
  }
}

export interface CategoryMapOptions {
  /** In Python's order, or as they come; default: true. */
  sort?: boolean;
  /** Puts '#na#' in front, which stands for everything unknown; default: false. */
  add_na?: boolean;
}

class CategoryMapClass extends L<unknown> {
  /** From a label to its place. */
  declare readonly o2i: ReadonlyMap<unknown, number>;

  /**
   * The labels that occur, each once: `vocab[0]` is a label, `vocab.o2i.get(label)` its place.
   * [fastai docs](https://docs.fast.ai/data.transforms.html#categorymap)
   */
  constructor(col: Iterable<unknown> = [], options: CategoryMapOptions = {}) {
    super();
    const { sort = true, add_na = false } = options;
    // Like Python's `o == o`: what is not equal to itself is no label.
    let labels = new L<unknown>(col).filter((label) => !Number.isNaN(label)).unique();
    if (sort) labels = labels.sorted();
    if (add_na) this.push('#na#');
    for (const label of labels) this.push(label);
    Object.defineProperty(this, 'o2i', { value: new Places(this, add_na ? 0 : null) });
  }
  /** Places of labels. */
  map_objs(labels: Iterable<unknown>): L<number> {
    return new L<number>(Array.from(labels, (label) => this.o2i.get(label)!));
  }
  /** Labels at places. */
  map_ids(places: Iterable<number>): L<unknown> {
    return new L<unknown>(Array.from(places, (place) => this[place]));
  }
  [reduce](): Reduced {
    const add_na = (this.o2i as Places).fallback !== null;
    const labels = [...this].slice(add_na ? 1 : 0);
    return { by: CategoryMap, args: [labels, { sort: false, add_na }], state: {} };
  }
  equals(other: ArrayLike<unknown>): boolean {
    return other.length === this.length && this.every((label, i) => compareOrFalse(label, other[i]));
  }
}
function compareOrFalse(a: unknown, b: unknown): boolean {
  try {
    return compare(a, b) === 0;
  } catch {
    return false;
  }
}
export const CategoryMap = callable(CategoryMapClass);
export type CategoryMap = CategoryMapClass;

function placeOf(vocab: CategoryMap, label: unknown): number {
  const place = vocab.o2i.get(label);
  if (place === undefined)
    throw new ValueError(
      `Label ${repr(label)} was not included in the training dataset, whose labels are ${vocab.repr()}`,
      'Categorize',
    );
  return place;
}
function labelAt(vocab: CategoryMap, place: number): unknown {
  if (!(place in vocab))
    throw new ValueError(`there is no label ${place} among ${vocab.repr()}`, 'Categorize');
  return vocab[place];
}
/** An int64 number or list of numbers from a tensor. */
function listed(o: unknown): unknown[] {
  const value = (o as { tolist?: () => unknown }).tolist?.() ?? o;
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

export interface CategorizeOptions extends CategoryMapOptions {
  vocab?: Iterable<unknown> | null;
}
const categorizeNames = ['vocab', 'sort', 'add_na'];

class CategorizeClass extends Transform {
  override order = 1;
  loss_func: unknown = CrossEntropyLossFlat();
  /** The labels; null until it is set up. */
  vocab: CategoryMap | null = null;
  /** How many labels there are. */
  c: number | null = null;
  readonly sort: boolean;
  readonly add_na: boolean;

  /**
   * Labels to places in a vocabulary (default: the labels of the training items, sorted) and back.
   * [fastai docs](https://docs.fast.ai/data.transforms.html#categorize)
   */
  constructor(...args: [vocab?: Iterable<unknown> | CategorizeOptions | null, options?: CategorizeOptions]) {
    super();
    const given = namedArguments('Categorize', categorizeNames, args, 1) as CategorizeOptions;
    this.sort = given.sort ?? true;
    this.add_na = given.add_na ?? false;
    if (given.vocab) this.vocab = new CategoryMap(given.vocab, this);
  }
  override setups(items: Iterable<unknown> | null): void {
    if (this.vocab === null && items !== null) this.vocab = new CategoryMap(this.labels(items), this);
    this.c = this.vocab?.length ?? null;
  }
  /** @internal The labels of items. */
  labels(items: Iterable<unknown>): Iterable<unknown> {
    return items;
  }
  /** @internal */
  get known(): CategoryMap {
    if (this.vocab === null) throw new ValueError(`${this.name}: it has not been set up, nor given a vocab`);
    return this.vocab;
  }
  override encodes(o: unknown): Tensor {
    return as_subclass(tensor(placeOf(this.known, o), { dtype: int64 }), TensorCategory);
  }
  override encodesMany(labels: readonly unknown[], _isAsync = false): Tensor | null {
    const places = labels.map((label) => placeOf(this.known, label));
    return as_subclass(tensor(places, { dtype: int64 }), TensorCategory);
  }
  override decodes(o: unknown): unknown {
    return labelAt(this.known, Number(listed(o)[0]));
  }
}
export const Categorize = callable(CategorizeClass);
export type Categorize = CategorizeClass;

/** For labels that are lists: an array of them is one item, not a tuple of items. */
class ListCategorize extends CategorizeClass {
  override encodesMany(_labels: readonly unknown[], _isAsync = false): Tensor | null {
    return null;
  }
  override applyStep(step: 'encodes' | 'decodes', x: unknown): unknown {
    return this.applyOne(step, x, {});
  }
}

class MultiCategorizeClass extends ListCategorize {
  override loss_func: unknown = BCEWithLogitsLossFlat();

  /** Lists of labels to lists of places; `OneHotEncode` after it makes flags of them. */
  constructor(...args: [vocab?: Iterable<unknown> | CategorizeOptions | null, options?: CategorizeOptions]) {
    const given = namedArguments('MultiCategorize', ['vocab', 'add_na'], args, 1) as CategorizeOptions;
    super({ ...given, sort: !given.vocab });
  }
  override *labels(items: Iterable<unknown>): Iterable<unknown> {
    for (const item of items) yield* item as Iterable<unknown>;
  }
  override encodes(o: unknown): Tensor {
    const places = Array.from(o as Iterable<unknown>, (label) => placeOf(this.known, label));
    return as_subclass(tensor(places, { dtype: int64 }), TensorMultiCategory);
  }
  override decodes(o: unknown): L<unknown> {
    return new L<unknown>(listed(o).map((place) => labelAt(this.known, Number(place))));
  }
}
export const MultiCategorize = callable(MultiCategorizeClass);
export type MultiCategorize = MultiCategorizeClass;

const flagged = (o: unknown): number[] =>
  listed(o).flatMap((flag, place) => (Number(flag) > 0 ? [place] : []));

class OneHotEncodeClass extends ItemTransform {
  override order = 2;
  c: number | null;

  /** Places to flags, float32 [c]. `c` default: the number of labels of the transform before it. */
  constructor(c: number | { c?: number } | null = null) {
    super();
    this.c = typeof c === 'number' ? c : (c?.c ?? null);
  }
  override setups(items: unknown): void {
    this.c ??= vocabOf(items)?.length ?? null;
    if (!this.c)
      throw new ValueError("OneHotEncode: couldn't infer the number of classes, please pass a value for `c`");
  }
  override encodes(o: unknown): Tensor {
    const flags = zeros(this.c!, { dtype: float32 });
    const data = flags.toTypedArray() as Float32Array;
    for (const place of listed(o)) data[Number(place)] = 1;
    flags.dispose();
    return as_subclass(tensor(data), TensorMultiCategory);
  }
  override encodesMany(items: readonly unknown[], _isAsync = false): Tensor {
    return as_subclass(
      tidy(() => stack(items.map((item) => this.encodes(item)))),
      TensorMultiCategory,
    );
  }
  override decodes(o: unknown): L<number> {
    return new L<number>(flagged(o));
  }
}
export const OneHotEncode = callable(OneHotEncodeClass);
export type OneHotEncode = OneHotEncodeClass;

class EncodedMultiCategorizeClass extends ListCategorize {
  override loss_func: unknown = BCEWithLogitsLossFlat();

  /** For items that come as flags already; `vocab` says what they mean. */
  constructor(vocab: Iterable<unknown>) {
    super(vocab, { sort: false });
    this.c = this.vocab!.length;
  }
  override encodes(o: unknown): Tensor {
    return as_subclass(fastaiTensor(o as never).float(), TensorMultiCategory);
  }
  override decodes(o: unknown): L<unknown> {
    return new L<unknown>(flagged(o).map((place) => labelAt(this.known, place)));
  }
}
export const EncodedMultiCategorize = callable(EncodedMultiCategorizeClass);
export type EncodedMultiCategorize = EncodedMultiCategorizeClass;

class RegressionSetupClass extends ItemTransform {
  loss_func: unknown = MSELossFlat();
  c: number | null;

  /** Numbers, or lists of them, to float32. `c`: how many an item has (default: found out). */
  constructor(c: number | { c?: number | null } | null = null) {
    super();
    this.c = typeof c === 'object' ? (c?.c ?? null) : c;
  }
  override setups(items: ArrayLike<unknown> & Iterable<unknown>): void {
    if (this.c !== null) return;
    const [first] = items;
    this.c = Array.isArray(first) ? first.length : first === undefined ? 0 : 1;
  }
  override encodes(o: unknown): Tensor {
    const made = fastaiTensor(o as never);
    return made.dtype === float32 ? made : made.float();
  }
  override encodesMany(values: readonly unknown[], _isAsync = false): Tensor {
    return tidy(() => stack(values.map((value) => this.encodes(value))));
  }
  override decodes(o: Tensor): unknown {
    return o.tolist();
  }
}
export const RegressionSetup = callable(RegressionSetupClass);
export type RegressionSetup = RegressionSetupClass;

type Holder = Record<string, unknown> | null | undefined;

/** The vocabulary of what is set up before: that of the items, or of the last transform that has one. */
function vocabOf(items: unknown): ArrayLike<unknown> | null {
  const holder = items as Holder;
  const own = holder?.['vocab'] as ArrayLike<unknown> | undefined;
  if (own) return own;
  const tfms = (holder?.['tfms'] as { fs?: Holder[] } | undefined)?.fs ?? [];
  return (tfms.findLast((tfm) => tfm?.['vocab'])?.['vocab'] as ArrayLike<unknown> | undefined) ?? null;
}

/**
 * The number of classes of DataLoaders: their `c`, that of a transform, or the length of the (last) vocabulary.
 * [fastai docs](https://docs.fast.ai/data.transforms.html#get_c)
 */
export function get_c(dls: object): number {
  const of = (holder: unknown) => Number((holder as Holder)?.['c'] ?? 0) || 0;
  const { train, vocab } = dls as { train?: Holder; vocab?: unknown };
  const found = of(dls) || of(train?.['after_item']) || of(train?.['after_batch']);
  if (found) return found;
  if (!Array.isArray(vocab) || vocab.length === 0) return 0;
  const last: unknown = vocab.at(-1);
  return Array.isArray(last) ? last.length : vocab.length;
}
