/** What figures accept as data, read into plain numbers. Nothing here keeps a reference to what was given. */
import { ArgumentError } from '../torch/errors.js';

/** Tensors are known by these two, so that this folder needs no addon to draw an array. */
interface TensorLike {
  readonly shape: readonly number[];
  toTypedArray(): ArrayLike<number | bigint>;
}

/** A tensor, a TypedArray, an array (nested arrays for rows), an `L`, or any other iterable of numbers or 0-d tensors. */
export type Data = TensorLike | ArrayLike<unknown> | Iterable<unknown> | number | bigint;

/** Rows of interleaved channels. `bytes`: the values are 0..255 as they stand. */
export interface Grid {
  height: number;
  width: number;
  channels: number;
  data: Float64Array;
  bytes: boolean;
}

export function isTensorLike(value: unknown): value is TensorLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'toTypedArray' in value &&
    typeof value.toTypedArray === 'function' &&
    'shape' in value
  );
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  return value.constructor?.name ?? 'object';
}

function number(value: unknown, op: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (value === null || value === undefined) return NaN;
  if (value instanceof Date) return value.getTime();
  if (isTensorLike(value)) {
    const values = value.toTypedArray();
    if (values.length === 1) return Number(values[0]);
    throw new ArgumentError(
      `${op}(): a tensor with ${values.length} elements stands where one number is needed`,
      op,
    );
  }
  throw new ArgumentError(`${op}(): cannot plot a value of type ${describe(value)}`, op);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/**
 * One series of numbers. A tensor of any rank is read in row order; `null` and `undefined` become NaN, which
 * leaves a gap.
 * @throws {ArgumentError} something that holds no numbers
 */
export function toNumbers(data: unknown, op: string): number[] {
  if (typeof data === 'number' || typeof data === 'bigint') return [Number(data)];
  if (isTensorLike(data)) return Array.from(data.toTypedArray(), Number);
  if (typeof data === 'string' || !(isIterable(data) || Array.isArray(data)))
    throw new ArgumentError(
      `${op}(): data must be a tensor, an array or a TypedArray, not ${describe(data)}`,
      op,
    );
  return Array.from(data, (value) => number(value, op));
}

/** A tensor's numbers at once: a photograph has millions. */
function whole(data: TensorLike): { shape: number[]; flat: Float64Array; bytes: boolean } {
  const values = data.toTypedArray();
  const bytes = values instanceof Uint8Array;
  const plain = typeof values[0] === 'bigint' ? Array.from(values, Number) : (values as ArrayLike<number>);
  return { shape: [...data.shape], flat: Float64Array.from(plain), bytes };
}

interface Nested {
  shape: number[];
  flat: number[];
  bytes: boolean;
}

function nested(data: unknown, op: string): Nested {
  if (isTensorLike(data)) {
    const values = data.toTypedArray();
    return {
      shape: [...data.shape],
      flat: Array.from(values, Number),
      bytes: values instanceof Uint8Array,
    };
  }
  if (!isIterable(data) || typeof data === 'string')
    return { shape: [], flat: [number(data, op)], bytes: false };
  const parts = Array.from(data, (row) => nested(row, op));
  const first = parts[0];
  if (!first) return { shape: [0], flat: [], bytes: false };
  for (const part of parts)
    if (part.shape.join() !== first.shape.join())
      throw new ArgumentError(`${op}(): rows differ in length: ${first.shape} and ${part.shape}`, op);
  const bytes =
    data instanceof Uint8Array ||
    data instanceof Uint8ClampedArray ||
    (first.shape.length > 0 && first.bytes);
  return { shape: [parts.length, ...first.shape], flat: parts.flatMap((part) => part.flat), bytes };
}

/**
 * A table or picture `[height, width]` or `[height, width, channels]`.
 * @param channels how many channels a third dimension may have
 * @throws {ArgumentError} another rank, ragged rows, another number of channels
 */
export function toGrid(data: unknown, op: string, channels: readonly number[] = [1, 3, 4]): Grid {
  const { shape, flat, bytes } = isTensorLike(data) ? whole(data) : nested(data, op);
  const [height = 0, width = 0, depth = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || (shape.length === 3 && !channels.includes(depth)))
    throw new ArgumentError(`${op}(): Invalid shape (${shape.join(', ')}) for image data`, op);
  return {
    height,
    width,
    channels: depth,
    data: flat instanceof Float64Array ? flat : Float64Array.from(flat),
    bytes,
  };
}

/** Smallest and largest finite value, or undefined where there is none. */
export function extent(values: Iterable<number>): [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}
