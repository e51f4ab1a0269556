/** torch.finfo and torch.iinfo. https://docs.pytorch.org/docs/stable/type_info.html */
import { inspect } from 'node:util';
import * as dtypes from './dtype.js';
import { get_default_dtype, type DType } from './dtype.js';
import { ArgumentError } from './errors.js';

/** Bits of exponent and fraction, from which the limits follow. */
const formats = new Map<DType, { exponent: number; fraction: number; digits: number }>([
  [dtypes.float16, { exponent: 5, fraction: 10, digits: 3 }],
  [dtypes.bfloat16, { exponent: 8, fraction: 7, digits: 2 }],
  [dtypes.float32, { exponent: 8, fraction: 23, digits: 6 }],
  [dtypes.float64, { exponent: 11, fraction: 52, digits: 15 }],
]);
const realOf = new Map<DType, DType>([
  [dtypes.complex32, dtypes.float16],
  [dtypes.complex64, dtypes.float32],
  [dtypes.complex128, dtypes.float64],
]);

export interface FInfo {
  readonly bits: number;
  /** Distance from 1 to the next number. */
  readonly eps: number;
  readonly max: number;
  readonly min: number;
  /** Smallest positive normal number. */
  readonly tiny: number;
  readonly smallest_normal: number;
  /** Decimal digits that are always right, as a power of ten. */
  readonly resolution: number;
  readonly dtype: string;
}

/**
 * Limits of a floating point dtype; of the parts of a complex one.
 * @throws {ArgumentError} when the dtype is neither
 */
export function finfo(dtype: DType = get_default_dtype()): FInfo {
  const format = formats.get(realOf.get(dtype) ?? dtype);
  if (!format)
    throw new ArgumentError(
      `torch.finfo() requires a floating point input type. Use torch.iinfo to handle '${dtype.name}'`,
      'finfo',
    );
  const { exponent, fraction, digits } = format;
  const bias = 2 ** (exponent - 1) - 1;
  const max = (2 - 2 ** -fraction) * 2 ** bias;
  const tiny = 2 ** (1 - bias);
  return {
    bits: 1 + exponent + fraction,
    eps: 2 ** -fraction,
    max,
    min: -max,
    tiny,
    smallest_normal: tiny,
    resolution: Number(`1e-${digits}`),
    dtype: dtype.name,
  };
}

export interface IInfo {
  readonly bits: number;
  readonly max: number | bigint;
  readonly min: number | bigint;
  readonly dtype: string;
}

const integers: readonly DType[] = [
  dtypes.uint8,
  dtypes.int8,
  dtypes.int16,
  dtypes.int32,
  dtypes.int64,
  dtypes.uint16,
  dtypes.uint32,
  dtypes.uint64,
];

/**
 * Limits of an integer dtype; bigint where a number would not be exact.
 * @throws {ArgumentError} when the dtype is no integer one
 */
export function iinfo(dtype: DType): IInfo {
  if (!integers.includes(dtype))
    throw new ArgumentError(
      `torch.iinfo() requires an integer input type, not ${inspect(dtype)}. Use torch.finfo for floats`,
      'iinfo',
    );
  const bits = 8 * dtype.itemsize;
  const limit = 1n << BigInt(dtype.is_signed ? bits - 1 : bits);
  const plain = (value: bigint): number | bigint => (bits > 32 && value !== 0n ? value : Number(value));
  return { bits, max: plain(limit - 1n), min: plain(dtype.is_signed ? -limit : 0n), dtype: dtype.name };
}
