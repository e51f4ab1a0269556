/** How Python's `random.seed` turns its argument into words for the generator. */
import { createHash, randomBytes } from 'node:crypto';

import { ValueError } from '../torch/errors.js';

/** What a generator can be seeded with; `null` takes entropy of the operating system. */
export type Seed = number | bigint | boolean | string | Uint8Array | null;

const wordMask = 0xffffffffn;
const mask64 = (1n << 64n) - 1n;
const hashModulus = (1n << 61n) - 1n;

function wordsOf(value: bigint): number[] {
  const words: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 32n) words.push(Number(rest & wordMask));
  return words.length > 0 ? words : [0];
}

/** Words, lowest first, of bytes that are a number with its highest byte first. */
function wordsOfBytes(bytes: Uint8Array): number[] {
  return wordsOf(BigInt('0x' + Buffer.from(bytes).toString('hex')));
}

/** CPython's `hash(float)` on 64-bit machines, as an unsigned number. */
function floatHash(value: number): bigint {
  if (value === Infinity) return 314159n;
  if (value === -Infinity) return mask64 - 314158n;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & ((1n << 52n) - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  // A factor of two is a rotation modulo 2**61 - 1.
  const exponent = (((biased === 0 ? 1 : biased) - 1075) % 61) + 61;
  const hash = (mantissa * (1n << BigInt(exponent))) % hashModulus;
  const signed = value < 0 ? -hash : hash;
  return (signed === -1n ? -2n : signed) & mask64;
}

function textVersion1(text: string): bigint {
  const codes = Array.from(text, (character) => BigInt(character.codePointAt(0)!));
  let x = (codes[0] ?? 0n) << 7n;
  for (const code of codes) x = ((1000003n * x) ^ code) & mask64;
  return x ^ BigInt(codes.length);
}

/**
 * A safe integer counts as Python's int, of which the sign is dropped; every other number as Python's float.
 * @throws {ValueError} NaN, which Python hashes by its address; half a character in a text; an unknown version
 */
export function seedKey(seed: Seed, version = 2): number[] {
  if (version !== 1 && version !== 2)
    throw new ValueError(`seed(): version must be 1 or 2, not ${version}`, 'seed');
  if (seed === null) return Array.from(new Uint32Array(Uint8Array.from(randomBytes(size)).buffer));
  if (typeof seed === 'boolean') return [Number(seed)];
  if (typeof seed === 'bigint') return wordsOf(seed < 0n ? -seed : seed);
  if (typeof seed === 'number') {
    if (Number.isNaN(seed)) throw new ValueError('seed(): NaN is no seed', 'seed');
    return wordsOf(Number.isSafeInteger(seed) ? BigInt(Math.abs(seed)) : floatHash(seed));
  }
  if (typeof seed === 'string') {
    if (/\p{Surrogate}/u.test(seed)) throw new ValueError('seed(): the text holds half a character', 'seed');
    if (version === 1) return wordsOf(textVersion1(seed));
  } else if (!(seed instanceof Uint8Array)) {
    throw new ValueError('seed(): must be a number, bigint, string, Uint8Array or null', 'seed');
  } else if (version === 1) {
    return wordsOf(textVersion1(String.fromCodePoint(...seed)));
  }
  const bytes = Buffer.from(seed as string);
  return wordsOfBytes(Buffer.concat([bytes, createHash('sha512').update(bytes).digest()]));
}

/** As many bytes as the generator's state has. */
const size = 624 * 4;
