/** Tensors to JavaScript values and back, over one ArrayBuffer: element by element only inside JavaScript. */
import { types } from 'node:util';
import * as threads from 'node:worker_threads';
import { native, type RawScalar } from '../native.js';
import { wrapTensor } from './dispatch.js';
import * as dtypes from './dtype.js';
import type { DType } from './dtype.js';
import { ArgumentError, TorchError } from './errors.js';
import { handleOf } from './handle.js';
import { Complex } from './scalar.js';
import type { Tensor } from './tensor.js';

// Float16Array came with Node 24; where it is missing, float16 travels as float32.
type Float16ArrayConstructor = new (
  buffer: ArrayBufferLike,
  byteOffset?: number,
  length?: number,
) => Float32Array;
const Float16ArrayClass = (globalThis as unknown as { Float16Array?: Float16ArrayConstructor }).Float16Array;

export type TensorArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;
export type Element = number | bigint | boolean | Complex;
export type NestedArray = Element | NestedArray[];

export interface ItemOptions {
  /** Integers as bigint, whether they are safe as numbers or not. */
  bigint?: boolean;
}

type ArrayClass = new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => TensorArray;

/** dtypes whose elements a TypedArray of JavaScript can hold. */
const arrayOf = new Map<DType, ArrayClass>([
  [dtypes.float32, Float32Array],
  [dtypes.float64, Float64Array],
  [dtypes.int8, Int8Array],
  [dtypes.int16, Int16Array],
  [dtypes.int32, Int32Array],
  [dtypes.int64, BigInt64Array],
  [dtypes.uint8, Uint8Array],
  [dtypes.uint16, Uint16Array],
  [dtypes.uint32, Uint32Array],
  [dtypes.uint64, BigUint64Array],
  [dtypes.bool, Uint8Array],
  [dtypes.complex64, Float32Array],
  [dtypes.complex128, Float64Array],
]);
if (Float16ArrayClass) arrayOf.set(dtypes.float16, Float16ArrayClass);

const dtypeOf = new Map<string, DType>([
  ['Float32Array', dtypes.float32],
  ['Float64Array', dtypes.float64],
  ['Float16Array', dtypes.float16],
  ['Int8Array', dtypes.int8],
  ['Int16Array', dtypes.int16],
  ['Int32Array', dtypes.int32],
  ['BigInt64Array', dtypes.int64],
  ['Uint8Array', dtypes.uint8],
  ['Uint8ClampedArray', dtypes.uint8],
  ['Buffer', dtypes.uint8],
  ['Uint16Array', dtypes.uint16],
  ['Uint32Array', dtypes.uint32],
  ['BigUint64Array', dtypes.uint64],
]);

/** @internal The dtype that a TypedArray keeps. */
export function dtypeOfArray(array: ArrayBufferView): DType {
  for (let type: object | null = array; type !== null; type = Object.getPrototypeOf(type) as object | null) {
    const dtype = dtypeOf.get(type.constructor.name);
    if (dtype) return dtype;
  }
  throw new ArgumentError(`from_numpy(): a ${array.constructor.name} has no dtype`, 'from_numpy');
}

const { isMarkedAsUntransferable } = threads as {
  /** Node 21 and later. */
  isMarkedAsUntransferable?: (value: object) => boolean;
};

/** Transferred to another thread, the memory would be freed there while a tensor still uses it. */
function holdHere(buffer: ArrayBuffer): void {
  // Memory of another addon is marked from the start. Marked once more, Node 24 and later cannot take it off that
  // addon when the process ends, and abort.
  if (isMarkedAsUntransferable?.(buffer) !== true) threads.markAsUntransferable(buffer);
}

function bufferOf(view: ArrayBufferView, share: boolean): ArrayBufferView {
  if (types.isSharedArrayBuffer(view.buffer)) {
    // Node-API knows no SharedArrayBuffer; slice() copies into an ordinary one.
    if (!share) return (view as Uint8Array).slice();
    throw new ArgumentError(
      'from_numpy(): a tensor cannot share the memory of a SharedArrayBuffer',
      'from_numpy',
    );
  }
  if (share) {
    if ((view.buffer as ArrayBuffer & { resizable?: boolean }).resizable)
      throw new ArgumentError(
        'from_numpy(): a tensor cannot share the memory of a resizable ArrayBuffer',
        'from_numpy',
      );
    holdHere(view.buffer);
  }
  return view;
}

/** @internal */
export function fromView(
  given: ArrayBufferView,
  shape: readonly number[],
  dtype: DType,
  share: boolean,
): Tensor {
  const view = bufferOf(given, share);
  return wrapTensor(
    native.fromArrayBuffer(view.buffer, view.byteOffset, view.byteLength, shape, handleOf(dtype), share),
  );
}

export function toTypedArray(tensor: Tensor, options: { share?: boolean } = {}): TensorArray {
  const { dtype } = tensor;
  const share = options.share === true;
  if (share && tensor.requires_grad)
    throw new TorchError(
      "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
      'toTypedArray',
    );
  if (share)
    // These bits say that the memory holds something else than the elements.
    for (const [bit, words] of [
      ['conj', 'conjugate'],
      ['neg', 'negative'],
    ] as const)
      if (tensor[`is_${bit}`]())
        throw new TorchError(
          `Can't call numpy() on Tensor that has ${words} bit set. Use tensor.resolve_${bit}().numpy() instead.`,
          'toTypedArray',
        );
  const Class = arrayOf.get(dtype);
  if (Class) return new Class(native.toArrayBuffer(handleOf(tensor), share));
  if (share) throw new TorchError(`no JavaScript array has elements of ${String(dtype)}`, 'toTypedArray');
  const wide = tensor.to(dtype.is_complex ? dtypes.complex64 : dtypes.float32);
  try {
    return new Float32Array(native.toArrayBuffer(handleOf(wide), false));
  } finally {
    wide.dispose();
  }
}

function fromRaw(value: RawScalar): Element {
  if (typeof value === 'object') return new Complex(value.real, value.imag);
  return value;
}

export function item(tensor: Tensor, options: ItemOptions = {}): Element {
  const value = fromRaw(native.item(handleOf(tensor)));
  return options.bigint && typeof value === 'number' && !tensor.is_floating_point() ? BigInt(value) : value;
}

/** Elements as tolist() gives them: an integer as number where that is exact. */
function elements(tensor: Tensor, array: TensorArray, options: ItemOptions): Element[] {
  const { dtype } = tensor;
  if (dtype === dtypes.bool) return Array.from(array as Uint8Array, (value) => value !== 0);
  if (dtype.is_complex) {
    const pairs = array as Float32Array;
    return Array.from(
      { length: pairs.length / 2 },
      (_, i) => new Complex(pairs[2 * i] ?? 0, pairs[2 * i + 1]),
    );
  }
  if (array instanceof BigInt64Array || array instanceof BigUint64Array) {
    const result: Element[] = new Array<Element>(array.length);
    const limit = BigInt(Number.MAX_SAFE_INTEGER);
    for (let i = 0; i < array.length; ++i) {
      const value = array[i] as bigint;
      result[i] = !options.bigint && value <= limit && value >= -limit ? Number(value) : value;
    }
    return result;
  }
  const plain = Array.from(array);
  return options.bigint && !dtype.is_floating_point ? plain.map((value) => BigInt(value)) : plain;
}

function nest(
  flat: Element[],
  shape: readonly number[],
  dim: number,
  start: number,
  count: number,
): NestedArray {
  const size = shape[dim] as number;
  if (dim === shape.length - 1) return flat.slice(start, start + size);
  const step = size === 0 ? 0 : count / size;
  return Array.from({ length: size }, (_, i) => nest(flat, shape, dim + 1, start + i * step, step));
}

export function tolist(tensor: Tensor, options: ItemOptions = {}): NestedArray {
  if (tensor.ndim === 0) return item(tensor, options);
  const flat = elements(tensor, toTypedArray(tensor), options);
  return nest(flat, tensor.shape, 0, 0, flat.length);
}
