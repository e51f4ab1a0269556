/**
 * The safetensors file format: eight bytes with the header's length, a JSON header, then the tensors' bytes without a
 * gap. https://huggingface.co/docs/safetensors. Everything is checked before anything is allocated, because such
 * files come from strangers.
 */

/** Bytes of one element, by the format's name of its type, in the order of the format's own list. */
export const ITEM_SIZES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  C64: 8,
  F64: 8,
  I64: 8,
  U64: 8,
};
const RANKS = new Map(Object.keys(ITEM_SIZES).map((dtype, rank) => [dtype, rank]));

/** Where a tensor lies in the file. */
export interface TensorEntry {
  name: string;
  dtype: string;
  shape: number[];
  /** From the start of the file. */
  begin: number;
  end: number;
}

export interface SafetensorsHeader {
  metadata: Record<string, string>;
  entries: TensorEntry[];
}

const LENGTH_BYTES = 8;
export const MAX_HEADER_BYTES = 100_000_000;
/** libtorch's loops over elements know no more. */
const MAX_DIMENSIONS = 64;
const METADATA = '__metadata__';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Length of the header, from the first eight bytes and the file's size. */
export function headerLength(start: Uint8Array, fileSize: number): number {
  if (start.byteLength < LENGTH_BYTES || fileSize < LENGTH_BYTES)
    throw new Error('it is too short for a safetensors file');
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES))
    throw new Error(`its header claims ${length} bytes, more than the ${MAX_HEADER_BYTES} allowed`);
  if (length > BigInt(fileSize - LENGTH_BYTES))
    throw new Error(`its header claims ${length} bytes, the file has only ${fileSize} in all`);
  return Number(length);
}

function readMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value) || Object.values(value).some((text) => typeof text !== 'string'))
    throw new Error(`its ${METADATA} is not a table of strings`);
  return value as Record<string, string>;
}

/** Bytes that a shape and a type take; an error instead of an overflow. */
function byteCount(shape: readonly number[], itemSize: number): number {
  let count = itemSize;
  for (const size of shape) {
    count *= size;
    if (!Number.isSafeInteger(count)) throw new Error(`its shape [${shape.join(', ')}] is too large`);
  }
  return count;
}

function readEntry(name: string, value: unknown, dataStart: number): TensorEntry {
  if (!isRecord(value) || Object.keys(value).sort().join() !== 'data_offsets,dtype,shape')
    throw new Error('it must have exactly dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = value;
  const itemSize =
    typeof dtype === 'string' && Object.hasOwn(ITEM_SIZES, dtype) ? ITEM_SIZES[dtype] : undefined;
  if (itemSize === undefined) throw new Error(`its dtype ${JSON.stringify(dtype)} is not known`);
  if (!Array.isArray(shape) || !shape.every(isSize)) throw new Error('its shape is not a list of sizes');
  if (shape.length > MAX_DIMENSIONS) throw new Error(`it has ${shape.length} dimensions`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    throw new Error('its data_offsets are not two positions');
  const [begin, end] = offsets as [number, number];
  const wanted = byteCount(shape, itemSize);
  if (end - begin !== wanted)
    throw new Error(`its offsets span ${end - begin} bytes, its dtype and shape need ${wanted}`);
  return {
    name,
    dtype: dtype as string,
    shape: shape,
    begin: begin + dataStart,
    end: end + dataStart,
  };
}

/** The data must be covered from first to last byte: nothing shared, nothing hidden between two tensors. */
function checkCover(entries: TensorEntry[], dataStart: number, fileSize: number): void {
  let at = dataStart;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at)
      throw new Error(`tensor ${JSON.stringify(name)} starts at byte ${begin} where ${at} was expected`);
    at = end;
  }
  if (at !== fileSize) throw new Error(`its tensors end at byte ${at}, the file at ${fileSize}`);
}

/**
 * How many members the objects of a JSON text have, repeated ones included: JSON.parse lets the last of two members of
 * one name win without a word. A colon outside of strings stands for one member.
 */
function countMembers(json: string): number {
  let count = 0;
  for (let i = 0; i < json.length; ++i) {
    const letter = json.charCodeAt(i);
    if (letter === 0x3a) ++count;
    else if (letter === 0x22) while (json.charCodeAt(++i) !== 0x22) if (json.charCodeAt(i) === 0x5c) ++i;
  }
  return count;
}

/** Reads and checks the header. `bytes` are those after the length, as many as `headerLength` said. */
export function parseHeader(bytes: Uint8Array, fileSize: number): SafetensorsHeader {
  if (bytes[0] !== 0x7b) throw new Error("its header does not start with '{'");
  let text: string;
  let table: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    table = JSON.parse(text);
  } catch (error) {
    throw new Error(`its header is not JSON: ${(error as Error).message}`, { cause: error });
  }
  // JSON.parse would let line breaks and tabs pass too; strict readers do not.
  const padding = text.slice(text.lastIndexOf('}') + 1);
  if (!isRecord(table) || /[^ ]/.test(padding))
    throw new Error('its header is padded with something else than spaces');
  const dataStart = LENGTH_BYTES + bytes.byteLength;
  let metadata: Record<string, string> = {};
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(table)) {
    if (name === METADATA) {
      metadata = readMetadata(value);
      continue;
    }
    try {
      entries.push(readEntry(name, value, dataStart));
    } catch (error) {
      throw new Error(`tensor ${JSON.stringify(name)}: ${(error as Error).message}`, { cause: error });
    }
  }
  const members = Object.keys(table).length + 3 * entries.length + Object.keys(metadata).length;
  if (countMembers(text) !== members) throw new Error('its header names something twice');
  checkCover(entries, dataStart, fileSize);
  return { metadata, entries };
}

export interface TensorInfo {
  name: string;
  dtype: string;
  shape: readonly number[];
}

/**
 * The start of a file with these tensors, and the tensors in the order in which their bytes must follow: wide types
 * first, so that every tensor is aligned to its type, then by name. The reference writer orders them so too.
 */
export function buildHeader(
  tensors: readonly TensorInfo[],
  metadata: Readonly<Record<string, string>> = {},
): { start: Uint8Array; order: number[] } {
  const rankOf = (info: TensorInfo) => RANKS.get(info.dtype)!;
  const order = tensors
    .map((_, i) => i)
    .sort((i, j) => {
      const [a, b] = [tensors[i]!, tensors[j]!];
      return rankOf(b) - rankOf(a) || (a.name < b.name ? -1 : 1);
    });
  const table = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) table.set(METADATA, metadata);
  let offset = 0;
  for (const i of order) {
    const { name, dtype, shape } = tensors[i]!;
    if (name === METADATA) throw new Error(`a tensor cannot be called ${METADATA}`);
    if (table.has(name)) throw new Error(`two tensors are called ${JSON.stringify(name)}`);
    const end = offset + byteCount(shape, ITEM_SIZES[dtype]!);
    table.set(name, { dtype, shape: [...shape], data_offsets: [offset, end] });
    offset = end;
  }
  // Written member by member: an object would put names such as "10" first and give "__proto__" a meaning.
  const members = Array.from(table, ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const json = Buffer.from(`{${members.join(',')}}`, 'utf8');
  const length = Math.ceil(json.length / LENGTH_BYTES) * LENGTH_BYTES;
  if (length > MAX_HEADER_BYTES) throw new Error(`the header would have ${length} bytes`);
  const start = Buffer.alloc(LENGTH_BYTES + length, ' ');
  start.writeBigUInt64LE(BigInt(length), 0);
  json.copy(start, LENGTH_BYTES);
  return { start, order };
}
