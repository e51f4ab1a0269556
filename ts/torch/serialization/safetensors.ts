import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { native } from '../../native.js';
import { fromView } from '../convert.js';
import type { DType } from '../dtype.js';
import * as dtypes from '../dtype.js';
import { handleOf } from '../handle.js';
import type { Tensor } from '../tensor.js';
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

let counter = 0;

/** Grows under another name and is renamed at the end, so that a reader never meets half a file. */
function writeAtomically(file: string, parts: Iterable<Uint8Array>): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.${counter++}.tmp`);
  const handle = fs.openSync(temporary, 'wx');
  try {
    try {
      for (const part of parts)
        for (let done = 0; done < part.byteLength;) done += fs.writeSync(handle, part, done);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Writes tensors by name to a .safetensors file, which Python reads with `safetensors.torch.load_file`. Tensors of
 * any device and layout of strides are written in row-major order; the file is replaced in one step.
 * Throws for a dtype that the format does not have, and when the file cannot be written.
 */
export function save_safetensors(
  tensors: Readonly<Record<string, Tensor>>,
  file: string | { toString(): string },
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
  function* parts(): Generator<Uint8Array> {
    yield start;
    for (const i of order) yield new Uint8Array(native.toArrayBuffer(handleOf(named[i]![1]), false));
  }
  writeAtomically(target, parts());
}

/** Fills the buffer, or throws when the file ends before. */
function readExactly(handle: number, buffer: Uint8Array, position: number): void {
  for (let done = 0; done < buffer.byteLength;) {
    const read = fs.readSync(handle, buffer, done, buffer.byteLength - done, position + done);
    if (read === 0) throw new Error('the file ended while it was read');
    done += read;
  }
}

function readHeader(handle: number, size: number): SafetensorsHeader {
  const start = new Uint8Array(Math.min(8, size));
  readExactly(handle, start, 0);
  const header = new Uint8Array(headerLength(start, size));
  readExactly(handle, header, start.byteLength);
  return parseHeader(header, size);
}

function readTensor(handle: number, { name, dtype, shape, begin, end }: TensorEntry): Tensor {
  const bytes = new Uint8Array(end - begin);
  readExactly(handle, bytes, begin);
  // A bool of any other value would be neither true nor false to libtorch.
  if (dtype === 'BOOL' && bytes.some((byte) => byte > 1))
    throw new Error(`tensor ${JSON.stringify(name)} has a BOOL that is neither 0 nor 1`);
  return fromView(bytes, shape, DTYPES.get(dtype)!, true);
}

function withFile<T>(file: string, read: (handle: number, size: number) => T): T {
  let handle: number | undefined;
  try {
    handle = fs.openSync(file, 'r');
    return read(handle, fs.fstatSync(handle).size);
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}

/**
 * Reads all tensors of a .safetensors file, on the CPU, by name.
 * Throws an error that names the file and the reason when it is damaged: nothing is allocated by a size that the
 * file does not hold, and no byte lies outside a tensor.
 */
export function load_safetensors(file: string | { toString(): string }): Record<string, Tensor> {
  return withFile(String(file), (handle, size) => {
    const loaded: [string, Tensor][] = [];
    try {
      for (const entry of readHeader(handle, size).entries)
        loaded.push([entry.name, readTensor(handle, entry)]);
    } catch (error) {
      for (const [, tensor] of loaded) tensor.dispose();
      throw error;
    }
    return Object.fromEntries(loaded);
  });
}

/** The texts stored beside the tensors. */
export function safetensors_metadata(file: string | { toString(): string }): Record<string, string> {
  return withFile(String(file), (handle, size) => readHeader(handle, size).metadata);
}
