/** numpy's names of element types, and arrays of them as tensors. */
import { fromView } from '../convert.js';
import * as dtypes from '../dtype.js';
import type { DType } from '../dtype.js';
import type { Tensor } from '../tensor.js';
import { refuse } from './pickle/values.js';

const byName = new Map<string, DType>([
  ['b1', dtypes.bool],
  ['?', dtypes.bool],
  ['i1', dtypes.int8],
  ['i2', dtypes.int16],
  ['i4', dtypes.int32],
  ['i8', dtypes.int64],
  ['u1', dtypes.uint8],
  ['u2', dtypes.uint16],
  ['u4', dtypes.uint32],
  ['u8', dtypes.uint64],
  ['f2', dtypes.float16],
  ['f4', dtypes.float32],
  ['f8', dtypes.float64],
  ['c8', dtypes.complex64],
  ['c16', dtypes.complex128],
]);
const names = new Map([...byName].filter(([name]) => name !== '?').map(([name, dtype]) => [dtype, name]));

export interface ArrayType {
  dtype: DType;
  bigEndian: boolean;
}

/** `f4`, `<f4`, `>i8`, `|u1`. */
export function parseDType(text: string): ArrayType {
  const match = /^([<>|=]?)([?a-zA-Z]\d*)$/.exec(text);
  const dtype = match?.[2] === undefined ? undefined : byName.get(match[2]);
  if (dtype === undefined)
    return refuse(`arrays of numpy dtype ${JSON.stringify(text)} are not supported, only numbers and bools`);
  return { dtype, bigEndian: match?.[1] === '>' && dtype.itemsize > 1 };
}

/** `<f4` for torch.float32. */
export function dtypeText(dtype: DType): string {
  const name = names.get(dtype);
  if (name === undefined) return refuse(`numpy has no dtype for ${String(dtype)}`);
  return `${dtype.itemsize === 1 ? '|' : '<'}${name}`;
}

/** Bytes of an array of this shape; an error instead of an overflow. */
export function arrayBytes(shape: readonly number[], dtype: DType): number {
  let bytes = dtype.itemsize;
  for (const size of shape) {
    if (size < 0) refuse(`the shape (${shape.join(', ')}) is negative`);
    bytes *= size;
    if (!Number.isSafeInteger(bytes)) refuse(`the shape (${shape.join(', ')}) is too large`);
  }
  return bytes;
}

/** Reverses the bytes of each number, in place. */
export function swapBytes(bytes: Uint8Array, dtype: DType): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = dtype.is_complex ? dtype.itemsize / 2 : dtype.itemsize;
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else if (width === 8) buffer.swap64();
}

/** The tensor of an array's bytes: on these very bytes where they are aligned and in this machine's order. */
export function toTensor(
  bytes: Uint8Array,
  { dtype, bigEndian }: ArrayType,
  shape: readonly number[],
  fortran: boolean,
): Tensor {
  const wanted = arrayBytes(shape, dtype);
  if (bytes.byteLength !== wanted)
    refuse(
      `an array of shape (${shape.join(', ')}) has ${bytes.byteLength} bytes where ${wanted} are needed`,
    );
  if (dtype === dtypes.bool && bytes.some((byte) => byte > 1)) refuse('a bool is neither 0 nor 1');
  let data = bytes;
  if (bigEndian || bytes.byteOffset % dtype.itemsize !== 0) data = bytes.slice();
  if (bigEndian) swapBytes(data, dtype);
  if (!fortran || shape.length < 2) return fromView(data, shape, dtype, true);
  // Column-major: the same bytes are the transposed array in row-major order.
  const turned = fromView(data, [...shape].reverse(), dtype, true);
  const result = turned.permute(shape.map((_, i) => shape.length - 1 - i));
  turned.dispose();
  return result;
}
