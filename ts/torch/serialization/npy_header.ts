/** The header of .npy files. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import type { ByteSource } from './byte_source.js';
import { dtypeText, parseDType, type ArrayType } from './numpy_dtype.js';
import { refuse } from './pickle/values.js';
import type { Tensor } from '../tensor.js';

export interface NpyHeader {
  type: ArrayType;
  fortran: boolean;
  shape: number[];
  /** Where the elements begin. */
  start: number;
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
const MAX_HEADER = 1 << 16;

/** The header is a Python dict with three keys; this is all of Python's syntax that numpy ever writes there. */
const entry = /'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([\d\sL,]*\)|\[)\s*,?\s*/y;

function parse(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const body = /^\{\s*(.*?)\s*\}\s*$/s.exec(text)?.[1] ?? '';
  entry.lastIndex = 0;
  while (entry.lastIndex < body.length) {
    const match = entry.exec(body);
    if (!match) return refuse('its header is damaged');
    const [, key, value] = match as unknown as [string, string, string];
    if (value === '[') refuse('arrays of structured numpy dtypes are not supported');
    if (key in found) refuse('its header is damaged');
    found[key] = value;
  }
  return found;
}

export function readHeader(source: ByteSource): NpyHeader {
  const start = source.read(0, Math.min(12, source.size));
  if (start.length < 10 || !MAGIC.equals(start.subarray(0, 6))) refuse('it is no .npy file');
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const version = start[6] as number;
  if (version < 1 || version > 3) refuse(`version ${version} of the .npy format`);
  const at = version === 1 ? 10 : 12;
  if (start.length < at) refuse('it is cut off');
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER) refuse(`its header claims ${length} bytes`);
  const fields = parse(Buffer.from(source.read(at, length)).toString('latin1'));
  const { descr, fortran_order: order, shape } = fields;
  if (
    descr?.startsWith("'") !== true ||
    !/^(True|False)$/.test(order ?? '') ||
    shape?.startsWith('(') !== true
  )
    return refuse('its header is damaged');
  const sizes = [...shape.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  if (sizes.some((size) => !Number.isSafeInteger(size))) refuse(`the shape ${shape} is too large`);
  return {
    type: parseDType(descr.slice(1, -1)),
    fortran: order === 'True',
    shape: sizes,
    start: at + length,
  };
}

/** Version 1.0, padded so that the elements begin at a multiple of 64, as numpy does. */
export function writeHeader(tensor: Tensor): Uint8Array {
  const { shape } = tensor;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${dtypeText(tensor.dtype)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const size = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = Buffer.alloc(size, ' ');
  MAGIC.copy(header);
  header[6] = 1;
  header[7] = 0;
  header.writeUInt16LE(size - 10, 8);
  header.write(text, 10, 'latin1');
  header[size - 1] = 0x0a;
  return header;
}
