/** Reads a pickle's bytes from front to end; past the end is an error. */
import { refuse } from './values.js';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** More digits than this nobody counts with, and converting them would take its time. */
const MAX_INTEGER_BYTES = 1024;

export class Cursor {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }
  get left(): number {
    return this.#bytes.length - this.position;
  }
  #advance(length: number): number {
    const start = this.position;
    if (length > this.#bytes.length - start)
      refuse(
        `the pickle ends at byte ${this.#bytes.length}, where ${length} more are wanted; is it cut off?`,
      );
    this.position = start + length;
    return start;
  }
  uint8(): number {
    return this.#bytes[this.#advance(1)] as number;
  }
  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }
  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }
  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }
  uint64(): number {
    const value = this.#view.getBigUint64(this.#advance(8), true);
    // Larger than any file: the next step says so.
    return Number(value);
  }
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }
  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length);
  }
  text(length: number): string {
    const start = this.#advance(length);
    const text = this.#bytes.toString('utf8', start, start + length);
    // The fast way puts this character where the bytes are no UTF-8; only then the slow way has to tell.
    if (!text.includes('\ufffd')) return text;
    try {
      return strict.decode(this.#bytes.subarray(start, start + length));
    } catch {
      return refuse('a string is not UTF-8');
    }
  }
  /** Up to the next line feed. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) return refuse('a name has no end; is the pickle cut off?');
    const text = this.text(end - this.position);
    this.position = end + 1;
    return text;
  }
  /** Two's complement, little-endian; a number where it is exact. */
  integer(length: number): number | bigint {
    if (length > MAX_INTEGER_BYTES) refuse(`an integer of ${length} bytes`);
    const bytes = this.bytes(length);
    if (length === 0) return 0;
    const hex = Buffer.from(bytes).reverse().toString('hex');
    const value = BigInt.asIntN(8 * length, BigInt(`0x${hex}`));
    return BigInt(Number.MIN_SAFE_INTEGER) <= value && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : value;
  }
}
