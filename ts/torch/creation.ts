/**
 * Tensors from JavaScript data. https://docs.pytorch.org/docs/stable/generated/torch.tensor.html
 *
 * JavaScript cannot tell 3 from 3., so the rule is: number -> default dtype, bigint -> int64, boolean -> bool; a
 * TypedArray keeps its dtype; `{dtype}` overrides. See docs/numbers-and-dtypes.md.
 */
import { checkOptions, namedArguments } from './arguments.js';
import { fromView, dtypeOfArray } from './convert.js';
import { operator } from './dispatch.js';
import { Device } from './device.js';
import * as dtypes from './dtype.js';
import { DType, get_default_dtype, type Layout } from './dtype.js';
import { ArgumentError, ValueError } from './errors.js';
import { Complex, Float } from './scalar.js';
import { Tensor } from './tensor.js';

type Scalar = number | bigint | boolean | Float | Complex;
/** What `torch.tensor` takes: a scalar, a TypedArray, a tensor, or nested arrays of them. */
export type TensorLike = Scalar | ArrayBufferView | Tensor | readonly TensorLike[];

export interface TensorOptions {
  dtype?: DType | null;
  device?: Device | string | null;
  requires_grad?: boolean;
}

const known = ['dtype', 'device', 'requires_grad', 'pin_memory'];

const promoteTypes = operator('promote_types', ['default']);

interface Flat {
  shape: number[];
  values: Scalar[];
  /** What tensors and TypedArrays among the data say, and what the plain values do. */
  dtypes: Set<DType>;
}

function isView(value: unknown): value is ArrayBufferView {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/**
 * Nested arrays of plain numbers, by far the commonest data, straight into the array that libtorch reads: null where
 * there is anything else among them, or rows differ in length.
 */
function packNumbers(
  data: readonly TensorLike[],
  dtype: DType,
): [Float32Array | Float64Array, number[]] | null {
  const shape: number[] = [];
  let level: TensorLike | undefined = data;
  // One that contains itself has no end.
  for (; Array.isArray(level) && shape.length < 64; level = level[0] as TensorLike) shape.push(level.length);
  if (typeof level !== 'number') return null;
  const size = shape.reduce((product, length) => product * length, 1);
  const last = shape.length - 1;
  if (size > 2 ** 28) return null; // holes, perhaps
  const array = dtype === dtypes.float32 ? new Float32Array(size) : new Float64Array(size);
  let at = 0;
  const walk = (row: readonly unknown[], depth: number): boolean => {
    const length = shape[depth] as number;
    if (row.length !== length) return false;
    for (let i = 0; i < length; ++i) {
      const item = row[i];
      if (depth < last) {
        if (!Array.isArray(item) || !walk(item, depth + 1)) return false;
      } else {
        if (typeof item !== 'number') return false;
        array[at++] = item;
      }
    }
    return true;
  };
  return walk(data, 0) ? [array, shape] : null;
}

/** Flattens nested arrays, checking that all rows at a level are alike. */
function flatten(data: TensorLike): Flat {
  const shape: number[] = [];
  const values: Scalar[] = [];
  const plain: Scalar[] = [];
  const found = new Set<DType>();
  const walk = (value: TensorLike, depth: number, typed: boolean): void => {
    if (Array.isArray(value) || isView(value)) {
      const row = value as ArrayLike<TensorLike>;
      if (depth === shape.length) {
        if (values.length > 0) throw ragged(depth, row.length);
        shape.push(row.length);
      } else if (shape[depth] !== row.length) throw ragged(depth, row.length, shape[depth]);
      const own = isView(value);
      if (own) found.add(dtypeOfArray(value as ArrayBufferView));
      for (let i = 0; i < row.length; ++i) walk(row[i] as TensorLike, depth + 1, typed || own);
      return;
    }
    if (value instanceof Tensor) {
      found.add(value.dtype);
      typed = true;
      if (value.ndim > 0) return walk(value.tolist(), depth, typed);
      value = value.item<Scalar>({ bigint: !value.is_floating_point() && value.dtype !== dtypes.bool });
    }
    if (depth !== shape.length) throw ragged(depth, undefined, shape[depth]);
    const kind = typeof value;
    if (
      kind !== 'number' &&
      kind !== 'bigint' &&
      kind !== 'boolean' &&
      !(value instanceof Float || value instanceof Complex)
    )
      throw new ArgumentError(
        `tensor(): element ${values.length} is ${describe(value)}, not a number`,
        'tensor',
      );
    values.push(value as Scalar);
    if (!typed) plain.push(value as Scalar);
  };
  walk(data, 0, false);
  if (plain.length > 0 || found.size === 0) found.add(inferDtype(plain));
  return { shape, values, dtypes: found };
}

function describe(value: unknown): string {
  return value === null
    ? 'null'
    : typeof value === 'object'
      ? `an object (${value.constructor.name})`
      : typeof value;
}

function ragged(depth: number, got: number | undefined, wanted?: number): ValueError {
  return new ValueError(
    `expected sequence of length ${wanted ?? 0} at dim ${depth}${got === undefined ? ' (got a number)' : ` (got ${got})`}`,
    'tensor',
  );
}

/** The dtype that these values have by themselves: the widest kind among them. */
function inferDtype(values: readonly Scalar[]): DType {
  let kind = 0;
  for (const value of values) {
    const rank =
      typeof value === 'boolean' ? 1 : typeof value === 'bigint' ? 2 : value instanceof Complex ? 4 : 3;
    if (rank > kind) kind = rank;
  }
  if (kind === 4) return get_default_dtype() === dtypes.float64 ? dtypes.complex128 : dtypes.complex64;
  return kind === 1 ? dtypes.bool : kind === 2 ? dtypes.int64 : get_default_dtype();
}

const ranges = new Map<DType, [bigint, bigint]>();
for (const [dtype, bits, signed] of [
  [dtypes.int8, 8n, true],
  [dtypes.int16, 16n, true],
  [dtypes.int32, 32n, true],
  [dtypes.int64, 64n, true],
  [dtypes.uint8, 8n, false],
  [dtypes.uint16, 16n, false],
  [dtypes.uint32, 32n, false],
  [dtypes.uint64, 64n, false],
] as const)
  ranges.set(dtype, signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n]);

function toInteger(value: Scalar, dtype: DType, [low, high]: [bigint, bigint]): bigint {
  const number = value instanceof Float || value instanceof Complex ? value.real : value;
  if (typeof number === 'number' && (!Number.isInteger(number) || Math.abs(number) > Number.MAX_SAFE_INTEGER))
    throw new ValueError(
      `tensor(): ${number} is no integer that ${String(dtype)} can hold exactly`,
      'tensor',
    );
  const integer = BigInt(number);
  if (integer < low || integer > high)
    throw new ValueError(`tensor(): value ${integer} is out of range for ${String(dtype)}`, 'tensor');
  return integer;
}

/** The values in an array that libtorch can read, and the dtype of that array. */
function pack(values: readonly Scalar[], dtype: DType): [ArrayBufferView, DType] {
  const range = ranges.get(dtype);
  if (range) {
    const array =
      dtype === dtypes.uint64 ? new BigUint64Array(values.length) : new BigInt64Array(values.length);
    values.forEach((value, i) => (array[i] = toInteger(value, dtype, range)));
    return [array, dtype === dtypes.uint64 ? dtypes.uint64 : dtypes.int64];
  }
  if (dtype === dtypes.bool)
    return [Uint8Array.from(values, (value) => (isTruthy(value) ? 1 : 0)), dtypes.bool];
  if (dtype.is_complex) {
    const pairs = new Float64Array(2 * values.length);
    values.forEach((value, i) => {
      pairs[2 * i] = value instanceof Complex ? value.real : Number(value);
      pairs[2 * i + 1] = value instanceof Complex ? value.imag : 0;
    });
    return [pairs, dtypes.complex128];
  }
  const array = dtype === dtypes.float32 ? new Float32Array(values.length) : new Float64Array(values.length);
  values.forEach((value, i) => {
    if (value instanceof Complex)
      throw new ArgumentError(`tensor(): a complex number is no ${String(dtype)}`, 'tensor');
    array[i] = Number(value);
  });
  return [array, dtype === dtypes.float32 ? dtypes.float32 : dtypes.float64];
}

function isTruthy(value: Scalar): boolean {
  if (value instanceof Complex) return value.real !== 0 || value.imag !== 0;
  return value instanceof Float ? value.real !== 0 : Boolean(value);
}

/** Moves a fresh tensor to where it shall be, freeing what was between. */
function finish(made: Tensor, options: TensorOptions): Tensor {
  const { dtype, device, requires_grad } = options;
  let result = made;
  if ((dtype && dtype !== made.dtype) || (device && String(device) !== 'cpu')) {
    result = made.to({ dtype: dtype ?? null, device: device ?? null });
    if (result !== made) made.dispose();
  }
  if (requires_grad) result.requires_grad_(true);
  return result;
}

/**
 * A new tensor from data, always a copy.
 * @param data scalar, TypedArray, tensor, or nested arrays of them, all rows of a level equally long
 * @param options `dtype` (default: from the data), `device` (default: CPU), `requires_grad` (default: false)
 * @throws {ValueError} ragged rows, or a number that an integer dtype cannot hold
 * @throws {ArgumentError} an element that is no number, or an unknown option
 */
export function tensor(data: TensorLike, options: TensorOptions = {}): Tensor {
  checkOptions('tensor', options, known);
  if (data instanceof Tensor) {
    const source = data.detach();
    const copy = source.clone();
    source.dispose();
    return finish(copy, options);
  }
  if (isView(data)) {
    const made = fromView(data, [(data as Uint8Array).length], dtypeOfArray(data), false);
    return finish(made, options);
  }
  const wanted = options.dtype ?? get_default_dtype();
  if (Array.isArray(data) && (wanted === dtypes.float32 || wanted === dtypes.float64)) {
    const numbers = packNumbers(data, wanted);
    if (numbers)
      return finish(fromView(numbers[0], numbers[1], wanted, false), { ...options, dtype: wanted });
  }
  const { shape, values, dtypes: found } = flatten(data);
  const dtype = options.dtype ?? [...found].reduce((a, b) => promoteTypes(a, b) as DType);
  const [array, packed] = pack(values, dtype);
  return finish(fromView(array, shape, packed, false), { ...options, dtype });
}

/** As `tensor`, but gives the data itself where it is a tensor of the wanted dtype and device already. */
export function as_tensor(data: TensorLike, options: Omit<TensorOptions, 'requires_grad'> = {}): Tensor {
  checkOptions('as_tensor', options, ['dtype', 'device']);
  if (!(data instanceof Tensor)) {
    if (isView(data)) return finish(from_numpy(data), options);
    return tensor(data, options);
  }
  const { dtype, device } = options;
  return dtype || device ? data.to({ dtype: dtype ?? null, device: device ?? null }) : data;
}
export const asarray = as_tensor;

/**
 * A tensor of one dimension on the memory of a TypedArray: what is written to one is seen in the other, and the
 * tensor keeps the ArrayBuffer alive.
 * @throws {ArgumentError} when the array is not aligned to its elements
 */
export function from_numpy(array: ArrayBufferView): Tensor {
  return fromView(array, [(array as Uint8Array).length], dtypeOfArray(array), true);
}

const rawFull = operator('full', ['default'], { outs: ['out'] });
type FullOptions = TensorOptions & { layout?: Layout | null; pin_memory?: boolean | null; out?: Tensor };

/**
 * A tensor of shape `size` filled with one value. A JavaScript number gives the default dtype, as in creation from
 * data; bigint gives int64 and boolean bool.
 */
export function full(size: number | readonly number[], fill_value: Scalar, options?: FullOptions): Tensor;
export function full(size: number | readonly number[], options: FullOptions & { fill_value: Scalar }): Tensor;
export function full(options: FullOptions & { size: readonly number[]; fill_value: Scalar }): Tensor;
export function full(...args: unknown[]): Tensor {
  const names = ['size', 'fill_value', 'dtype', 'layout', 'device', 'pin_memory', 'requires_grad', 'out'];
  const { size, fill_value, ...options } = namedArguments('full', names, args, 2);
  const sizes = typeof size === 'number' ? [size] : size;
  // With `out`, its dtype is the one.
  if (typeof fill_value === 'number' && !options['out']) options['dtype'] ??= get_default_dtype();
  return rawFull(sizes, fill_value, options) as Tensor;
}

export function is_tensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/** Number of elements of a tensor. */
export function numel(input: Tensor): number {
  return input.numel();
}
