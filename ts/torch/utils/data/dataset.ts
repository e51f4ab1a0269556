/**
 * Datasets. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Dataset
 *
 * An own dataset extends Dataset and has `length` and `get(index)`, Python's `__len__` and `__getitem__`; it may have
 * `__getitems__(indices)`, which gives the samples of a batch at once.
 */
import { default_generator, type Generator } from '../../random.js';
import { IndexError, NotImplementedError, TorchError, ValueError } from '../../errors.js';
import { randperm } from '../../generated/functions.js';
import { callable } from '../../nn/modules/callable.js';
import { Tensor } from '../../tensor.js';
import { getItem, getItems, lengthOf, nameOf, type DatasetLike, type SampleOf } from './_utils/item.js';

/** Base class of datasets with an index. */
class DatasetClass<S = unknown> {
  /** Sample number `index`. */
  get(_index: number): S {
    throw new NotImplementedError(
      `Subclasses of Dataset should implement get(index): ${nameOf(this)} does not.`,
    );
  }
  /** `a + b`: the samples of this dataset, then those of another. */
  __add__<O>(other: DatasetLike<O>): ConcatDatasetClass<S | O> {
    return new ConcatDatasetClass<S | O>([this, other]);
  }
}

/**
 * Base class of datasets that are streams: they have `[Symbol.iterator]()`, or `[Symbol.asyncIterator]()` for
 * `for await`. With workers each has a copy of the dataset; `get_worker_info()` says which part is whose.
 */
class IterableDatasetClass<S = unknown> extends DatasetClass<S> {
  /** @internal Tells types that samples come from iterating. */
  declare readonly isIterable: true;

  [Symbol.iterator](): Iterator<S> {
    throw new NotImplementedError(`${nameOf(this)} must have a method [Symbol.iterator].`);
  }
  override __add__<O>(other: DatasetLike<O>): never;
  override __add__<O>(other: IterableDatasetClass<O>): ChainDatasetClass<S | O>;
  override __add__(other: unknown): unknown {
    return new ChainDatasetClass([this, other as IterableDatasetClass]);
  }
}

type TensorsOf<T extends readonly Tensor[]> = { -readonly [K in keyof T]: Tensor };

/**
 * Rows of tensors: sample `i` is `[t1[i], t2[i], ...]`.
 * @throws {TorchError} the tensors are not equally long
 */
class TensorDatasetClass<T extends Tensor[] = Tensor[]> extends DatasetClass<TensorsOf<T>> {
  readonly tensors: T;

  constructor(...tensors: T) {
    super();
    if (tensors.length === 0 || !tensors.every((tensor) => tensor instanceof Tensor)) {
      throw new TorchError('TensorDataset(): one or more tensors are wanted');
    }
    if (tensors.some((tensor) => tensor.size(0) !== tensors[0]!.size(0))) {
      throw new TorchError('Size mismatch between tensors');
    }
    this.tensors = tensors;
  }
  get length(): number {
    return this.tensors[0]!.size(0);
  }
  override get(index: number): TensorsOf<T> {
    return this.tensors.map((tensor) => tensor.at(index)) as TensorsOf<T>;
  }
}

type Stacked<D> = { -readonly [K in keyof D]: SampleOf<D[K]> };

/**
 * Datasets side by side: sample `i` has sample `i` of each, as an array or, for `StackDataset({image, text})`, as an
 * object.
 * @throws {ValueError} none is given, or they are not equally long
 */
class StackDatasetClass<D extends readonly unknown[] | Record<string, unknown>> extends DatasetClass<
  Stacked<D>
> {
  readonly datasets: D;
  readonly #length: number;

  constructor(...datasets: D extends readonly unknown[] ? D : [D]) {
    super();
    const [first] = datasets as readonly unknown[];
    const byName = datasets.length === 1 && Object.getPrototypeOf(first) === Object.prototype;
    this.datasets = (byName ? first : datasets) as D;
    const all = Object.values(this.datasets);
    if (all.length === 0) throw new ValueError('At least one dataset should be passed');
    this.#length = lengthOf(all[0]);
    if (all.some((dataset) => lengthOf(dataset) !== this.#length)) {
      throw new ValueError('Size mismatch between datasets');
    }
  }
  get length(): number {
    return this.#length;
  }
  #combine(part: (dataset: unknown) => unknown): Stacked<D> {
    if (Array.isArray(this.datasets)) return this.datasets.map(part) as Stacked<D>;
    const entries = Object.entries(this.datasets).map(([key, dataset]) => [key, part(dataset)]);
    return Object.fromEntries(entries) as Stacked<D>;
  }
  override get(index: number): Stacked<D> {
    return this.#combine((dataset) => getItem(dataset, index));
  }
  __getitems__(indices: readonly number[]): Stacked<D>[] {
    const columns = new Map<unknown, readonly unknown[]>();
    for (const dataset of Object.values(this.datasets)) {
      const items = getItems(dataset, indices) ?? indices.map((index) => getItem(dataset, index));
      if (items.length !== indices.length) {
        throw new ValueError(
          `Nested dataset's output size mismatch. Expected ${indices.length}, got ${items.length}`,
        );
      }
      columns.set(dataset, items);
    }
    return indices.map((_, i) => this.#combine((dataset) => columns.get(dataset)![i]));
  }
}

/**
 * Datasets one after the other.
 * @throws {TorchError} none is given, or one is an IterableDataset
 */
class ConcatDatasetClass<S = unknown> extends DatasetClass<S> {
  readonly datasets: DatasetLike<S>[];
  /** Lengths summed up: where each dataset ends. */
  readonly cumulative_sizes: number[];

  constructor(datasets: Iterable<DatasetLike<S> | Tensor>) {
    super();
    this.datasets = [...(datasets as Iterable<DatasetLike<S>>)];
    if (this.datasets.length === 0) throw new TorchError('datasets should not be an empty iterable');
    if (this.datasets.some((dataset) => dataset instanceof IterableDatasetClass)) {
      throw new TorchError('ConcatDataset does not support IterableDataset');
    }
    let sum = 0;
    this.cumulative_sizes = this.datasets.map((dataset) => (sum += lengthOf(dataset)));
  }
  get length(): number {
    return this.cumulative_sizes.at(-1)!;
  }
  override get(index: number): S {
    if (index < 0 && -index > this.length) {
      throw new ValueError('absolute value of index should not exceed dataset length');
    }
    const position = index < 0 ? index + this.length : index;
    const which = this.cumulative_sizes.findIndex((end) => position < end);
    if (which < 0) throw new IndexError(`list index out of range: ${index} of ${this.length}`);
    const start = which === 0 ? 0 : this.cumulative_sizes[which - 1]!;
    return getItem(this.datasets[which], position - start) as S;
  }
}

/**
 * Streams one after the other.
 * @throws {TorchError} when its turn comes, for a dataset that is no IterableDataset
 */
class ChainDatasetClass<S = unknown> extends IterableDatasetClass<S> {
  readonly datasets: Iterable<IterableDatasetClass<S>>;

  constructor(datasets: Iterable<IterableDatasetClass<S>>) {
    super();
    this.datasets = datasets;
  }
  override *[Symbol.iterator](): globalThis.Generator<S, void, undefined> {
    for (const dataset of this.datasets) yield* checked(dataset);
  }
  get length(): number {
    return [...this.datasets].reduce((sum, dataset) => sum + lengthOf(checked(dataset)), 0);
  }
}

function checked<S>(dataset: IterableDatasetClass<S>): IterableDatasetClass<S> {
  if (dataset instanceof IterableDatasetClass) return dataset;
  throw new TorchError('ChainDataset only supports IterableDataset');
}

/**
 * Some samples of a dataset: sample `i` is sample `indices[i]` of it. A subclass with a `get` of its own needs a
 * `__getitems__` of its own.
 * @throws {NotImplementedError} where it has none
 */
class SubsetClass<S = unknown> extends DatasetClass<S> {
  readonly dataset: DatasetLike<S>;
  readonly indices: ArrayLike<number>;

  constructor(dataset: DatasetLike<S> | Tensor, indices: ArrayLike<number> | Tensor) {
    super();
    this.dataset = dataset as DatasetLike<S>;
    this.indices = indices instanceof Tensor ? (indices.tolist() as number[]) : indices;
    const own = SubsetClass.prototype;
    if (this.get !== own.get && this.__getitems__ === own.__getitems__) {
      throw new NotImplementedError(
        `${nameOf(this)} overrides get but not __getitems__. A subclass of Subset with a get(index) of its own must ` +
          'also have its own __getitems__, for example:\n\n' +
          '__getitems__(indices) {\n  return indices.map((index) => this.get(index));\n}',
      );
    }
  }
  get length(): number {
    return this.indices.length;
  }
  #place(index: number): number {
    return getItem(this.indices, index) as number;
  }
  override get(index: number): S {
    return getItem(this.dataset, this.#place(index)) as S;
  }
  __getitems__(indices: readonly number[]): S[] {
    const places = indices.map((index) => this.#place(index));
    return (getItems(this.dataset, places) ?? places.map((place) => getItem(this.dataset, place))) as S[];
  }
}

interface StackDatasetConstructor {
  new <D extends unknown[]>(...datasets: D): StackDatasetClass<D>;
  new <D extends Record<string, unknown>>(datasets: D): StackDatasetClass<D>;
  <D extends Record<string, DatasetLike<unknown>>>(datasets: D): StackDatasetClass<D>;
  <D extends unknown[]>(...datasets: D): StackDatasetClass<D>;
  readonly prototype: StackDatasetClass<unknown[]>;
}

/** `math.isclose` of a sum and 1. */
function isCloseToOne(sum: number): boolean {
  return Math.abs(sum - 1) <= 1e-9 * Math.max(Math.abs(sum), 1);
}

function fractionsToLengths(fractions: readonly number[], total: number): number[] {
  const lengths = fractions.map((fraction, i) => {
    if (fraction < 0 || fraction > 1) throw new ValueError(`Fraction at index ${i} is not between 0 and 1`);
    return Math.floor(total * fraction);
  });
  const rest = total - lengths.reduce((a, b) => a + b, 0);
  for (let i = 0; i < rest; ++i) lengths[i % lengths.length]! += 1;
  lengths.forEach((length, i) => {
    if (length > 0) return;
    process.emitWarning(
      `Length of split at index ${i} is 0. This might result in an empty dataset.`,
      'UserWarning',
    );
  });
  return lengths;
}

/**
 * Splits a dataset at random into parts of these lengths, or of these fractions of it when they sum up to 1; what
 * fractions leave over is dealt out one by one from the first part on.
 * @param options `generator` (default: the default generator)
 * @throws {ValueError} lengths that do not sum up to the dataset's, or a fraction outside of 0 to 1
 */
export function random_split<S>(
  dataset: DatasetLike<S>,
  lengths: readonly number[],
  options: { generator?: Generator | null } = {},
): SubsetClass<S>[] {
  const total = lengthOf(dataset);
  const given = lengths.reduce((a, b) => a + b, 0);
  const counts = isCloseToOne(given) && given <= 1 ? fractionsToLengths(lengths, total) : lengths;
  if (counts.reduce((a, b) => a + b, 0) !== total) {
    throw new ValueError('Sum of input lengths does not equal the length of the input dataset!');
  }
  const order = randperm(total, { generator: options.generator ?? default_generator });
  const indices = order.tolist() as number[];
  order.dispose();
  let end = 0;
  return counts.map((count) => new SubsetClass(dataset, indices.slice(end, (end += count))));
}

export const Dataset = callable(DatasetClass);
export type Dataset<S = unknown> = DatasetClass<S>;
export const IterableDataset = callable(IterableDatasetClass);
export type IterableDataset<S = unknown> = IterableDatasetClass<S>;
export const TensorDataset = callable(TensorDatasetClass) as typeof TensorDatasetClass &
  (<T extends Tensor[]>(
    ...args: ConstructorParameters<typeof TensorDatasetClass<T>>
  ) => TensorDatasetClass<T>);
export type TensorDataset<T extends Tensor[] = Tensor[]> = TensorDatasetClass<T>;
export const StackDataset = callable(StackDatasetClass) as unknown as StackDatasetConstructor;
export type StackDataset<D extends readonly unknown[] | Record<string, unknown>> = StackDatasetClass<D>;
export const ConcatDataset = callable(ConcatDatasetClass) as typeof ConcatDatasetClass &
  (<S>(...args: ConstructorParameters<typeof ConcatDatasetClass<S>>) => ConcatDatasetClass<S>);
export type ConcatDataset<S = unknown> = ConcatDatasetClass<S>;
export const ChainDataset = callable(ChainDatasetClass) as typeof ChainDatasetClass &
  (<S>(...args: ConstructorParameters<typeof ChainDatasetClass<S>>) => ChainDatasetClass<S>);
export type ChainDataset<S = unknown> = ChainDatasetClass<S>;
export const Subset = callable(SubsetClass) as typeof SubsetClass &
  (<S>(...args: ConstructorParameters<typeof SubsetClass<S>>) => SubsetClass<S>);
export type Subset<S = unknown> = SubsetClass<S>;
