/**
 * Samples to a batch. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_collate
 *
 * JavaScript has one kind of number. A list of them becomes int64 when all are integral, as labels are, else float64;
 * `new Float(1)` is a float whatever its value. bigint gives int64 and boolean bool.
 */
import { as_tensor, tensor, type TensorLike } from '../../../creation.js';
import { bool, float64, int64 } from '../../../dtype.js';
import { ArgumentError, IndexError, TorchError, ValueError } from '../../../errors.js';
import { stack } from '../../../generated/functions.js';
import { Float } from '../../../scalar.js';
import { Tensor } from '../../../tensor.js';
import { nameOf } from './item.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- batches of samples of unknown type have any type */
/** What default_collate makes of samples `S`. */
export type Collated<S> = unknown extends S
  ? any
  : S extends Tensor | number | bigint | boolean | Float | ArrayBufferView
    ? Tensor
    : S extends string
      ? string[]
      : { -readonly [K in keyof S]: Collated<S[K]> };
/** What default_convert makes of a sample `S`. */
export type Converted<S> = unknown extends S
  ? any
  : S extends Tensor | ArrayBufferView
    ? Tensor
    : S extends number | bigint | boolean | string
      ? S
      : { -readonly [K in keyof S]: Converted<S[K]> };
/* eslint-enable @typescript-eslint/no-explicit-any */

export type CollateMap = Map<unknown, (batch: readonly never[], options: CollateOptions) => unknown>;
export interface CollateOptions {
  /** What to do with samples of a class; primitive types by name: `'number'`, `'string'`. */
  collate_fn_map?: CollateMap | null;
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isTypedArray(value: unknown): value is ArrayBufferView {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Samples that are tensors: stacked along a new first dimension. */
export function collate_tensor_fn(batch: readonly Tensor[]): Tensor {
  const { layout } = batch[0]!;
  if (layout.name.startsWith('sparse')) {
    throw new TorchError(
      'Batches of sparse tensors are not currently supported by the default collate_fn; please provide a custom ' +
        'collate_fn to handle them appropriately.',
    );
  }
  return stack(batch, 0);
}

function collateArrays(batch: readonly TensorLike[]): Tensor {
  const rows = batch.map((array) => as_tensor(array));
  try {
    return collate_tensor_fn(rows);
  } finally {
    rows.forEach((row, i) => {
      if (row !== batch[i]) row.dispose();
    });
  }
}

function collateNumbers(batch: readonly unknown[]): Tensor {
  const values = batch as readonly TensorLike[];
  if (batch.every((value) => typeof value === 'boolean')) return tensor(values, { dtype: bool });
  const isInteger = (value: unknown) =>
    Number.isInteger(value) || typeof value === 'bigint' || typeof value === 'boolean';
  return tensor(values.map(toNumber), { dtype: batch.every(isInteger) ? int64 : float64 });
}

function toNumber(value: unknown): TensorLike {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return value;
  throw notCollatable(value);
}

const scalarTypes = ['number', 'bigint', 'boolean'];
/** The functions of default_collate. Additions to it count everywhere. */
export const default_collate_fn_map: CollateMap = new Map<unknown, (batch: readonly never[]) => unknown>([
  [Tensor, collate_tensor_fn],
  ...scalarTypes.map((type) => [type, collateNumbers] as const),
  [Float, collateNumbers],
  ['string', (batch: readonly string[]) => batch],
]);

function notCollatable(value: unknown): ArgumentError {
  return new ArgumentError(
    `default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found ${nameOf(value)}`,
  );
}

function functionFor(value: unknown, map: CollateMap | null): ReturnType<CollateMap['get']> {
  if (map === null) return undefined;
  if (typeof value !== 'object' || value === null) return map.get(typeof value);
  const exact = map.get(value.constructor);
  if (exact) return exact;
  for (const [type, fn] of map) if (typeof type === 'function' && value instanceof type) return fn;
  return undefined;
}

/** The values of one key of all samples. */
function column(batch: readonly unknown[], key: unknown): unknown[] {
  return batch.map((sample) => {
    const isThere =
      sample instanceof Map ? sample.has(key) : isPlain(sample) && Object.hasOwn(sample, key as string);
    if (!isThere) throw new ValueError(`default_collate: a sample of the batch has no '${String(key)}'`);
    return sample instanceof Map
      ? (sample.get(key) as unknown)
      : (sample as Record<string, unknown>)[key as string];
  });
}

/** Collates by the kind of the first sample: what `collate_fn_map` says of it; objects, Maps and arrays by their parts. */
export function collate(batch: readonly unknown[], options: CollateOptions = {}): unknown {
  if (batch.length === 0) throw new IndexError('default_collate: the batch is empty');
  const [first] = batch;
  const fn = functionFor(first, options.collate_fn_map ?? null);
  if (fn) return fn(batch as readonly never[], options);
  if (isTypedArray(first)) return collateArrays(batch as TensorLike[]);
  if (first instanceof Map) {
    return new Map([...first.keys()].map((key) => [key, collate(column(batch, key), options)]));
  }
  if (isPlain(first)) {
    return Object.fromEntries(Object.keys(first).map((key) => [key, collate(column(batch, key), options)]));
  }
  if (Array.isArray(first)) {
    const { length } = first;
    if (!batch.every((sample) => Array.isArray(sample) && sample.length === length)) {
      throw new TorchError('each element in list of batch should be of equal size');
    }
    const rows = batch as readonly (readonly unknown[])[];
    return first.map((_, i) =>
      collate(
        rows.map((row) => row[i]),
        options,
      ),
    );
  }
  throw notCollatable(first);
}

/**
 * A batch from a list of samples: tensors and TypedArrays are stacked, numbers become a tensor, strings stay a list,
 * arrays and plain objects are transposed and collated part by part.
 * @throws {ArgumentError} naming the type of a sample that is none of these
 * @throws {TorchError} arrays of different lengths, or tensors of different shapes
 */
export function default_collate<S>(batch: readonly S[]): Collated<S> {
  return collate(batch, { collate_fn_map: default_collate_fn_map }) as Collated<S>;
}

/** A sample with its TypedArrays as tensors, which share their memory; everything else stays as it is. */
export function default_convert<S>(data: S): Converted<S> {
  return convert(data) as Converted<S>;
}

function convert(data: unknown): unknown {
  if (data instanceof Tensor) return data;
  if (isTypedArray(data)) return as_tensor(data);
  if (Array.isArray(data)) return data.map(convert);
  if (data instanceof Map) return new Map([...data].map(([key, value]) => [key, convert(value)]));
  if (isPlain(data))
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, convert(value)]));
  return data;
}

/** Whether default_collate still does with tensors what it does of itself. */
export function stacksTensors(): boolean {
  return default_collate_fn_map.get(Tensor) === collate_tensor_fn;
}
const original = [...default_collate_fn_map];
/** Whether all of default_collate is as it was written: a function put in its table may give tensors of its own. */
export function makesFreshBatches(): boolean {
  return (
    default_collate_fn_map.size === original.length &&
    original.every(([type, fn]) => default_collate_fn_map.get(type) === fn)
  );
}
