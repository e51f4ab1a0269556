/**
 * What counts as a dataset: anything with a length and an index. Python asks `__len__` and `__getitem__`; JavaScript
 * has no such pair, so these are looked for, in this order:
 *
 * - length: `length`, `__len__()`, `size` (of a Map)
 * - sample `i`: `t.at(i)` of a tensor, `a[i]` of an array or TypedArray, `get(i)`, `__getitem__(i)`, `at(i)`, and last
 *   the property `i`
 *
 * Own datasets define `length` and `get(index)`. A method `__getitems__(indices)` may give many samples at once.
 */
import { ArgumentError, IndexError } from '../../../errors.js';
import { Tensor } from '../../../tensor.js';

/** A dataset of samples `S`. A tensor, or a list of fastcore, is one too; arrays would not be told from those by `at`. */
export type DatasetLike<S> = ArrayLike<S> | { get(index: number): S } | { __getitem__(index: number): S };
/** Whatever DataLoader takes, streams included. */
export type AnyDataset =
  DatasetLike<unknown> | { at(index: number): unknown } | Iterable<unknown> | AsyncIterable<unknown>;

/** The samples of a dataset. */
export type SampleOf<D> = D extends Tensor
  ? Tensor
  : D extends ArrayLike<infer S>
    ? S
    : D extends Iterable<infer S> & { readonly isIterable: true }
      ? S
      : D extends AsyncIterable<infer S>
        ? S
        : D extends DatasetLike<infer S>
          ? S
          : D extends { at(index: number): infer S }
            ? S
            : unknown;

interface Methods {
  length?: unknown;
  size?: unknown;
  __len__?: () => number;
  get?: (index: unknown) => unknown;
  __getitem__?: (index: unknown) => unknown;
  __getitems__?: (indices: readonly unknown[]) => unknown;
  at?: (index: unknown) => unknown;
}

/** The class of a value in words, for messages. */
export function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  return (value as { constructor?: { name?: string } }).constructor?.name || 'object';
}

/** Python's `len()`. @throws {ArgumentError} where there is none */
export function lengthOf(source: unknown): number {
  if ((typeof source === 'object' && source !== null) || typeof source === 'function') {
    const value = source as Methods;
    if (typeof value.length === 'number') return value.length;
    if (typeof value.__len__ === 'function') return value.__len__();
    if (typeof value.size === 'number') return value.size;
  }
  throw new ArgumentError(`object of type '${nameOf(source)}' has no length`);
}

function inArray(array: ArrayLike<unknown>, index: unknown): unknown {
  if (!Number.isInteger(index))
    throw new ArgumentError(`list indices must be integers, not ${String(index)}`);
  const position = (index as number) < 0 ? (index as number) + array.length : (index as number);
  if (position < 0 || position >= array.length) {
    throw new IndexError(`list index out of range: ${index as number} of ${array.length}`);
  }
  return array[position];
}

/** Python's `source[index]`. */
export function getItem(source: unknown, index: unknown): unknown {
  if (source instanceof Tensor) return source.at(index as number);
  if (Array.isArray(source) || (ArrayBuffer.isView(source) && !(source instanceof DataView))) {
    return inArray(source as unknown as ArrayLike<unknown>, index);
  }
  const value = source as Methods;
  if (typeof value.get === 'function') return value.get(index);
  if (typeof value.__getitem__ === 'function') return value.__getitem__(index);
  if (typeof value.at === 'function') return value.at(index);
  if (typeof source === 'object' && source !== null && (index as number) in source) {
    return (source as Record<number, unknown>)[index as number];
  }
  throw new ArgumentError(
    `'${nameOf(source)}' cannot be indexed: it has no get(index), and no item ${index}`,
  );
}

/** `source.__getitems__(indices)` where it is there, with its result checked; else null. */
export function getItems(source: unknown, indices: readonly unknown[]): readonly unknown[] | null {
  if (typeof source !== 'object' || source === null) return null;
  const { __getitems__ } = source as Methods;
  if (typeof __getitems__ !== 'function') return null;
  const items = __getitems__.call(source, indices);
  return Array.isArray(items) ? (items as unknown[]) : [items];
}
