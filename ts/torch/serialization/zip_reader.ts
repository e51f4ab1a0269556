/**
 * The zip archives that torch.save and numpy.savez write. Read here and not by a library for security: an archive
 * is accepted only when every byte of it has one meaning. Libraries read leniently (they search for headers, take
 * one of two contradicting sizes, or hand out the last of two entries of a name), and that leniency is what lying
 * archives live on. The form is APPNOTE 6.3.9's, zip64 included, without encryption and without parts.
 */
import { inflateRawSync } from 'node:zlib';
import { TorchError } from '../errors.js';
import type { ByteSource } from './byte_source.js';
import { crc32 } from './crc32.js';

export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  /** Bytes in the archive, and unpacked. */
  readonly packed: number;
  readonly size: number;
  /** Position of the local header, and of what comes after the entry. */
  readonly header: number;
  readonly limit: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT = 0xffff;
const NONE16 = 0xffff;
const NONE32 = 0xffffffff;
/** Pieces that stay in the processor's cache between reading and summing. */
const PIECE = 1 << 20;

function bad(reason: string): never {
  throw new TorchError(`it is no sound zip archive: ${reason}`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function uint64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) bad(`a size or position of ${value}`);
  return Number(value);
}

interface Directory {
  count: number;
  bytes: number;
  position: number;
}

/** Finds the record at the very end, by which all else is found. */
function findDirectory(source: ByteSource): Directory {
  const tailSize = Math.min(source.size, END_BYTES + MAX_COMMENT);
  const tail = source.read(source.size - tailSize, tailSize);
  const view = viewOf(tail);
  let at = tailSize - END_BYTES;
  while (
    at >= 0 &&
    !(view.getUint32(at, true) === END && view.getUint16(at + 20, true) === tailSize - END_BYTES - at)
  )
    --at;
  if (at < 0) bad('its end is missing; is it cut off?');
  const end = source.size - tailSize + at;
  if (view.getUint16(at + 4, true) !== 0 || view.getUint16(at + 6, true) !== 0) bad('it has several parts');
  const small = {
    count: view.getUint16(at + 10, true),
    bytes: view.getUint32(at + 12, true),
    position: view.getUint32(at + 16, true),
  };
  if (view.getUint16(at + 8, true) !== small.count) bad('it has several parts');
  const locatorAt = end - LOCATOR_BYTES;
  const locator = locatorAt >= 0 ? viewOf(source.read(locatorAt, LOCATOR_BYTES)) : undefined;
  if (locator?.getUint32(0, true) !== LOCATOR64) {
    if (small.count === NONE16 || small.bytes === NONE32 || small.position === NONE32)
      bad('its zip64 record is missing');
    if (small.position + small.bytes !== end) bad('its directory does not end where the archive ends');
    return small;
  }
  const recordAt = uint64(locator, 8);
  if (recordAt !== locatorAt - END64_BYTES) bad('its zip64 record is not where it should be');
  const record = viewOf(source.read(recordAt, END64_BYTES));
  if (record.getUint32(0, true) !== END64) bad('its zip64 record is missing');
  const large = { count: uint64(record, 32), bytes: uint64(record, 40), position: uint64(record, 48) };
  if (uint64(record, 24) !== large.count) bad('it has several parts');
  // Two records that contradict each other would let two readers see two archives.
  for (const [key, none] of [
    ['count', NONE16],
    ['bytes', NONE32],
    ['position', NONE32],
  ] as const)
    if (small[key] !== none && small[key] !== large[key]) bad('its two end records contradict each other');
  if (large.position + large.bytes !== recordAt) bad('its directory does not end where the archive ends');
  return large;
}

/** The members of the zip64 extra field: those that the fixed fields say are there, in this order. */
function readZip64(extra: Uint8Array, fields: { size: number; packed: number; header: number }): void {
  const view = viewOf(extra);
  const wanted = (['size', 'packed', 'header'] as const).filter((key) => fields[key] === NONE32);
  for (let at = 0; at < extra.length;) {
    if (at + 4 > extra.length) bad('an extra field is cut off');
    const id = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    at += 4;
    if (at + length > extra.length) bad('an extra field is cut off');
    if (id === 1) {
      if (length < 8 * wanted.length) bad('a zip64 field is too short');
      wanted.splice(0).forEach((key, i) => {
        fields[key] = uint64(view, at + 8 * i);
      });
    }
    at += length;
  }
  if (wanted.length > 0) bad('a zip64 field is missing');
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readName(bytes: Uint8Array): string {
  let name: string;
  try {
    name = decoder.decode(bytes);
  } catch {
    return bad('a name is not UTF-8');
  }
  if (name === '' || name.includes('\0')) bad(`the name ${JSON.stringify(name)}`);
  return name;
}

/** The entries by name, checked against the archive's bounds and against each other. */
export function readDirectory(source: ByteSource): Map<string, ZipEntry> {
  const { count, bytes, position } = findDirectory(source);
  if (count > bytes / CENTRAL_BYTES) bad('its directory is too short for its entries');
  const directory = source.read(position, bytes);
  const view = viewOf(directory);
  const entries: (ZipEntry & { limit: number })[] = [];
  const names = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; ++i) {
    if (at + CENTRAL_BYTES > bytes || view.getUint32(at, true) !== CENTRAL) bad('its directory is damaged');
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + CENTRAL_BYTES + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > bytes) bad('its directory is damaged');
    const nameEnd = at + CENTRAL_BYTES + nameLength;
    const name = readName(directory.subarray(at + CENTRAL_BYTES, nameEnd));
    const method = view.getUint16(at + 10, true);
    if (view.getUint16(at + 8, true) & 1) bad(`${name} is encrypted`);
    if (method !== 0 && method !== 8) bad(`${name} is packed by method ${method}`);
    const fields = {
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      header: view.getUint32(at + 42, true),
    };
    readZip64(directory.subarray(nameEnd, nameEnd + extraLength), fields);
    if (method === 0 && fields.packed !== fields.size) bad(`${name} has two sizes`);
    if (names.has(name)) bad(`two entries are called ${name}`);
    const entry = { name, method, crc: view.getUint32(at + 16, true), ...fields, limit: position };
    entries.push(entry);
    names.set(name, entry);
    at = next;
  }
  if (at !== bytes) bad('its directory has bytes left over');
  entries.sort((a, b) => a.header - b.header);
  entries.forEach((entry, i) => {
    entry.limit = entries[i + 1]?.header ?? position;
    if (entry.header + LOCAL_BYTES + entry.packed > entry.limit)
      bad(`${entry.name} overlaps what follows it`);
  });
  return names;
}

/** Position of an entry's first byte, after its local header, which must name the same entry. */
export function dataPosition(source: ByteSource, entry: ZipEntry): number {
  const header = viewOf(source.read(entry.header, LOCAL_BYTES));
  if (header.getUint32(0, true) !== LOCAL) bad(`the header of ${entry.name} is damaged`);
  const nameLength = header.getUint16(26, true);
  const start = entry.header + LOCAL_BYTES + nameLength + header.getUint16(28, true);
  if (start + entry.packed > entry.limit) bad(`${entry.name} overlaps what follows it`);
  const name = source.read(entry.header + LOCAL_BYTES, nameLength);
  if (readName(name) !== entry.name || header.getUint16(8, true) !== entry.method)
    bad(`the header of ${entry.name} contradicts the directory`);
  return start;
}

/** PyTorch writes 0 where it was told to leave the checksums out (`set_crc32_options(False)`). */
function checkCrc(entry: ZipEntry, crc: number): void {
  if (entry.crc !== 0 && entry.crc !== crc) bad(`the checksum of ${entry.name} is wrong`);
}

/** The bytes of an entry, unpacked; a view where the source is memory and the entry is stored. */
export function readEntry(source: ByteSource, entry: ZipEntry): Uint8Array {
  let bytes = source.read(dataPosition(source, entry), entry.packed);
  if (entry.method === 8) {
    try {
      // Never more than was declared; what is declared costs nothing before it is there.
      bytes = inflateRawSync(bytes, { maxOutputLength: Math.max(entry.size, 1) });
    } catch (error) {
      bad(`${entry.name} cannot be unpacked (${(error as Error).message})`);
    }
    if (bytes.byteLength !== entry.size) bad(`${entry.name} has another size than declared`);
  }
  checkCrc(entry, crc32(bytes));
  return bytes;
}

/**
 * Reads a stored entry into memory that is there, in as many pieces as the caller has; the checksum is compared after
 * the last one.
 */
export function entryReader(source: ByteSource, entry: ZipEntry): (target: Uint8Array) => void {
  if (entry.method !== 0) bad(`${entry.name} is packed, where it must be stored`);
  const start = dataPosition(source, entry);
  let done = 0;
  let crc = 0;
  return (target) => {
    for (let at = 0; at < target.byteLength; at += PIECE) {
      const piece = target.subarray(at, at + PIECE);
      source.readInto(piece, start + done);
      crc = crc32(piece, crc);
      done += piece.byteLength;
    }
    if (done === entry.size) checkCrc(entry, crc);
  };
}
