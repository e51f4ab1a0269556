import os from 'node:os';

import type { DType } from '../dtype.js';
import * as dtypes from '../dtype.js';
import { TorchError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { writeAtomically } from './atomic_file.js';
import { withSource, type ByteSource, type PathLike } from './byte_source.js';
import { LoadedStorage, giveElements, newStorage, rebuildTensor } from './rebuild.js';
import { buildHeader, headerLength, parseHeader } from './safetensors_header.js';
import type { SafetensorsHeader, TensorEntry } from './safetensors_header.js';

const DTYPES = new Map<string, DType>([
  ['BOOL', dtypes.bool],
  ['U8', dtypes.uint8],
  ['I8', dtypes.int8],
  ['F8_E5M2', dtypes.float8_e5m2],
  ['F8_E4M3', dtypes.float8_e4m3fn],
  ['U16', dtypes.uint16],
  ['I16', dtypes.int16],
  ['F16', dtypes.float16],
  ['BF16', dtypes.bfloat16],
  ['U32', dtypes.uint32],
  ['I32', dtypes.int32],
  ['F32', dtypes.float32],
  ['U64', dtypes.uint64],
  ['I64', dtypes.int64],
  ['F64', dtypes.float64],
  ['C64', dtypes.complex64],
]);
const NAMES = new Map(Array.from(DTYPES, ([name, dtype]) => [dtype, name]));

// The format is little-endian, and so is every platform that libtorch is built for.
if (os.endianness() !== 'LE') throw new Error('safetensors files need a little-endian machine');

/**
 * Writes tensors by name to a .safetensors file, which Python reads with `safetensors.torch.load_file`. Tensors of
 * any device and layout of strides are written in row-major order; the file is replaced in one step.
 * Throws for a dtype that the format does not have, and when the file cannot be written.
 */
export function save_safetensors(
  tensors: Readonly<Record<string, Tensor>>,
  file: PathLike,
  options: { metadata?: Readonly<Record<string, string>> } = {},
): void {
  const target = String(file);
  const named = Object.entries(tensors);
  const infos = named.map(([name, tensor]) => {
    const dtype = NAMES.get(tensor.dtype);
    if (dtype === undefined)
      throw new TypeError(
        `cannot write ${target}: tensor ${JSON.stringify(name)} is ${String(tensor.dtype)}`,
      );
    return { name, dtype, shape: [...tensor.shape] };
  });
  const { start, order } = buildHeader(infos, options.metadata);
  writeAtomically(target, (sink) => {
    sink.write(start);
    for (const i of order)
      giveElements(named[i]![1], (bytes) => {
        sink.write(bytes);
      });
  });
}

function readHeader(source: ByteSource): SafetensorsHeader {
  const start = source.read(0, Math.min(8, source.size));
  const length = headerLength(start, source.size);
  return parseHeader(source.read(start.byteLength, length), source.size);
}

function readTensor(source: ByteSource, { name, dtype: code, shape, begin, end }: TensorEntry): Tensor {
  const dtype = DTYPES.get(code)!;
  const base = newStorage(end - begin, (memory, offset) => {
    source.readInto(memory, begin + offset);
    // A bool of any other value would be neither true nor false to libtorch.
    if (code === 'BOOL' && memory.some((byte) => byte > 1))
      throw new TorchError(`tensor ${JSON.stringify(name)} has a BOOL that is neither 0 nor 1`);
  });
  try {
    const strides: number[] = [];
    for (let d = shape.length - 1, step = 1; d >= 0; --d) {
      strides.unshift(step);
      step *= Math.max(shape[d]!, 1);
    }
    return rebuildTensor(new LoadedStorage(base, end - begin, dtype), dtype, 0, shape, strides);
  } finally {
    base.dispose();
  }
}

/**
 * Reads all tensors of a .safetensors file, on the CPU, by name.
 * Throws an error that names the file and the reason when it is damaged: nothing is allocated by a size that the
 * file does not hold, and no byte lies outside a tensor.
 */
export function load_safetensors(file: PathLike): Record<string, Tensor> {
  return withSource(file, (source) => {
    const loaded: [string, Tensor][] = [];
    try {
      for (const entry of readHeader(source).entries) loaded.push([entry.name, readTensor(source, entry)]);
    } catch (error) {
      for (const [, tensor] of loaded) tensor.dispose();
      throw error;
    }
    return Object.fromEntries(loaded);
  });
}

/** The texts stored beside the tensors. */
export function safetensors_metadata(file: PathLike): Record<string, string> {
  return withSource(file, (source) => readHeader(source).metadata);
}
