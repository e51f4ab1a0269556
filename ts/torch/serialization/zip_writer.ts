/** Writes the zip archives that torch.load reads: stored entries, aligned for mapping, zip64 where it is needed. */
import { crc32 } from './crc32.js';
import { TorchError } from '../errors.js';
import type { Sink } from './atomic_file.js';

/** PyTorch's own alignment: a mapped storage then starts at a cache line. */
export const ALIGNMENT = 64;
const MAX32 = 0xffffffff;
const PIECE = 1 << 20;
/** The padding's field, by the same letters that PyTorch uses. */
const PADDING_ID = 0x4246;

interface Written {
  name: Buffer;
  header: number;
  size: number;
  crc: number;
}

function zip64Field(values: readonly number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, i) => field.writeBigUInt64LE(BigInt(value), 4 + 8 * i));
  return field;
}

export class ZipWriter {
  readonly #sink: Sink;
  readonly #entries: Written[] = [];
  readonly #names = new Set<string>();
  #position = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  #write(bytes: Uint8Array): void {
    this.#sink.write(bytes);
    this.#position += bytes.byteLength;
  }

  /** Adds an entry of `size` bytes, which `fill` gives in any number of pieces. */
  add(name: string, size: number, fill: (give: (bytes: Uint8Array) => void) => void): void {
    if (this.#names.has(name)) throw new TorchError(`two entries would be called ${name}`);
    this.#names.add(name);
    const entry = { name: Buffer.from(name, 'utf8'), header: this.#position, size, crc: 0 };
    // The checksum is known only at the end, so it follows the bytes (bit 3), as in PyTorch's own archives.
    const large = size >= MAX32;
    const zip64 = large ? zip64Field([size, size]) : Buffer.alloc(0);
    const fixed = 30 + entry.name.length + zip64.length + 4;
    const padding = (ALIGNMENT - ((entry.header + fixed) % ALIGNMENT)) % ALIGNMENT;
    const header = Buffer.alloc(fixed + padding, 'Z');
    header.fill(0, 0, 30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(large ? 45 : 0, 4);
    header.writeUInt16LE(0x808, 6);
    if (large) header.fill(0xff, 18, 26);
    header.writeUInt16LE(entry.name.length, 26);
    header.writeUInt16LE(zip64.length + 4 + padding, 28);
    entry.name.copy(header, 30);
    zip64.copy(header, 30 + entry.name.length);
    header.writeUInt16LE(PADDING_ID, fixed - 4);
    header.writeUInt16LE(padding, fixed - 2);
    this.#write(header);
    const start = this.#position;
    fill((bytes) => {
      for (let done = 0; done < bytes.byteLength; done += PIECE) {
        const piece = bytes.subarray(done, done + PIECE);
        entry.crc = crc32(piece, entry.crc);
        this.#write(piece);
      }
    });
    if (this.#position - start !== size)
      throw new TorchError(`${name} came with another size than announced`);
    const after = Buffer.alloc(large ? 24 : 16);
    after.writeUInt32LE(0x08074b50, 0);
    after.writeUInt32LE(entry.crc, 4);
    if (large) {
      after.writeBigUInt64LE(BigInt(size), 8);
      after.writeBigUInt64LE(BigInt(size), 16);
    } else {
      after.writeUInt32LE(size, 8);
      after.writeUInt32LE(size, 12);
    }
    // An empty entry has none in PyTorch's archives, whose reader counts on that when it computes positions.
    if (size > 0) this.#write(after);
    this.#entries.push(entry);
  }

  /** The directory at the end; without it there is no archive. */
  finish(): void {
    const start = this.#position;
    for (const { name, header, size, crc } of this.#entries) {
      const large = size >= MAX32;
      const far = header >= MAX32;
      const extra = zip64Field([...(large ? [size, size] : []), ...(far ? [header] : [])]);
      const record = Buffer.alloc(46);
      record.writeUInt32LE(0x02014b50, 0);
      record.writeUInt16LE(large || far ? 45 : 0, 6);
      record.writeUInt16LE(size > 0 ? 0x808 : 0x800, 8);
      record.writeUInt32LE(crc, 16);
      record.writeUInt32LE(large ? MAX32 : size, 20);
      record.writeUInt32LE(large ? MAX32 : size, 24);
      record.writeUInt16LE(name.length, 28);
      record.writeUInt16LE(extra.length, 30);
      record.writeUInt32LE(far ? MAX32 : header, 42);
      this.#write(Buffer.concat([record, name, extra]));
    }
    const end64 = this.#position;
    const bytes = end64 - start;
    const count = this.#entries.length;
    const tail = Buffer.alloc(56 + 20 + 22);
    tail.writeUInt32LE(0x06064b50, 0);
    tail.writeBigUInt64LE(44n, 4);
    tail.writeUInt16LE(45, 12);
    tail.writeUInt16LE(45, 14);
    for (const at of [24, 32]) tail.writeBigUInt64LE(BigInt(count), at);
    tail.writeBigUInt64LE(BigInt(bytes), 40);
    tail.writeBigUInt64LE(BigInt(start), 48);
    tail.writeUInt32LE(0x07064b50, 56);
    tail.writeBigUInt64LE(BigInt(end64), 64);
    tail.writeUInt32LE(1, 72);
    tail.writeUInt32LE(0x06054b50, 76);
    for (const at of [84, 86]) tail.writeUInt16LE(Math.min(count, 0xffff), at);
    tail.writeUInt32LE(Math.min(bytes, MAX32), 88);
    tail.writeUInt32LE(Math.min(start, MAX32), 92);
    this.#write(tail);
  }
}
