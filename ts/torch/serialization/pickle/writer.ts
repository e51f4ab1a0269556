/** Writes the opcodes of pickle protocol 2, in the forms that Python's own pickler chooses. */
import { Op } from './opcodes.js';
import { refuse } from './values.js';

/** As many items at once as Python's pickler gives. */
export const BATCH = 1000;

export class PickleWriter {
  #bytes = Buffer.allocUnsafeSlow(1 << 16);
  #length = 0;
  #memoized = 0;

  result(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
  #room(length: number): number {
    const start = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * this.#length);
      this.#bytes.copy(larger, 0, 0, start);
      this.#bytes = larger;
    }
    return start;
  }
  op(...codes: number[]): void {
    for (const code of codes) {
      const at = this.#room(1);
      this.#bytes[at] = code;
    }
  }
  /** Stores the value on top; the answer is its number. */
  put(): number {
    const index = this.#memoized++;
    this.#indexed(Op.BINPUT, Op.LONG_BINPUT, index);
    return index;
  }
  get(index: number): void {
    this.#indexed(Op.BINGET, Op.LONG_BINGET, index);
  }
  #indexed(short: number, long: number, index: number): void {
    if (index < 256) return this.op(short, index);
    const at = this.#room(5);
    this.#bytes[at] = long;
    this.#bytes.writeUInt32LE(index, at + 1);
  }
  global(module: string, name: string): void {
    const text = `${module}\n${name}\n`;
    const at = this.#room(1 + text.length);
    this.#bytes[at] = Op.GLOBAL;
    this.#bytes.write(text, at + 1, 'latin1');
  }
  text(value: string): void {
    if (/[\ud800-\udfff]/u.test(value)) refuse('a string with half a surrogate pair');
    const length = Buffer.byteLength(value, 'utf8');
    if (length > 0xffffffff) refuse('a string of more than 4 GiB');
    const at = this.#room(5 + length);
    this.#bytes[at] = Op.BINUNICODE;
    this.#bytes.writeUInt32LE(length, at + 1);
    this.#bytes.write(value, at + 5, 'utf8');
  }
  float(value: number): void {
    const at = this.#room(9);
    this.#bytes[at] = Op.BINFLOAT;
    this.#bytes.writeDoubleBE(value, at + 1);
  }
  integer(value: number | bigint): void {
    if (value >= -0x80000000 && value <= 0x7fffffff) return this.#small(Number(value));
    let length = 1;
    const wide = BigInt(value);
    while (BigInt.asIntN(8 * length, wide) !== wide) ++length;
    if (length > 255) refuse('an integer of more than 255 bytes');
    this.op(Op.LONG1, length);
    const at = this.#room(length);
    for (let i = 0; i < length; ++i) this.#bytes[at + i] = Number((wide >> BigInt(8 * i)) & 0xffn);
  }
  #small(value: number): void {
    if (value >= 0 && value < 0x100) return this.op(Op.BININT1, value);
    if (value >= 0 && value < 0x10000) return this.op(Op.BININT2, value & 0xff, value >> 8);
    const at = this.#room(5);
    this.#bytes[at] = Op.BININT;
    this.#bytes.writeInt32LE(value, at + 1);
  }
}
