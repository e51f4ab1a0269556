/** Arithmetic of Python ints: plain numbers while the result is exact, bigint beyond. */
import type { Float } from '../scalar.js';
import { ValueError } from '../errors.js';
import { OverflowError, ZeroDivisionError } from './errors.js';
import { makeFloat, narrow } from './number.js';
import type { Int } from './number.js';
import { floatPower } from './float.js';

/** The double where both ints and the result are exact in it; else the same in bigint. */
function exact(
  a: Int,
  b: Int,
  fast: (a: number, b: number) => number,
  slow: (a: bigint, b: bigint) => bigint,
): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const result = fast(a, b);
    // Adding 0 makes the int of a double -0.
    if (Number.isSafeInteger(result)) return result + 0;
  }
  return narrow(slow(BigInt(a), BigInt(b)));
}

export const add = (a: Int, b: Int): Int =>
  exact(
    a,
    b,
    (x, y) => x + y,
    (x, y) => x + y,
  );
export const subtract = (a: Int, b: Int): Int =>
  exact(
    a,
    b,
    (x, y) => x - y,
    (x, y) => x - y,
  );
export const multiply = (a: Int, b: Int): Int =>
  exact(
    a,
    b,
    (x, y) => x * y,
    (x, y) => x * y,
  );
export const negate = (a: Int): Int => subtract(0, a);
export const invert = (a: Int): Int => subtract(-1, a);

/** `a % b`, with the sign of the divisor. */
export function modulo(a: Int, b: Int): Int {
  if (Number(b) === 0) throw new ZeroDivisionError('integer modulo by zero');
  const [x, y] = [BigInt(a), BigInt(b)];
  const rest = x % y;
  return narrow(rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest);
}

/** `a // b`, towards minus infinity. */
export function floorDivide(a: Int, b: Int): Int {
  if (Number(b) === 0) throw new ZeroDivisionError('integer division or modulo by zero');
  const [x, y] = [BigInt(a), BigInt(b)];
  const quotient = x / y;
  return narrow(x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient);
}

/** `a / b`, rounded once however large the ints are. */
export function trueDivide(a: Int, b: Int): number | Float {
  if (Number(b) === 0) throw new ZeroDivisionError('division by zero');
  if (typeof a === 'number' && typeof b === 'number') return makeFloat(a / b);
  const [x, y] = [BigInt(a), BigInt(b)];
  const [top, bottom] = [x < 0n ? -x : x, y < 0n ? -y : y];
  if (top === 0n) return makeFloat(0);
  // Keep at least 64 bits of the quotient and one sticky bit for the rest: the conversion then rounds correctly.
  const shift = BigInt(66 - (top.toString(2).length - bottom.toString(2).length));
  const [scaledTop, scaledBottom] = shift > 0n ? [top << shift, bottom] : [top, bottom << -shift];
  const quotient = (scaledTop / scaledBottom) | (scaledTop % scaledBottom === 0n ? 0n : 1n);
  // Two steps, because 2 ** shift alone can leave the range of doubles while the quotient does not.
  const half = Math.trunc(-Number(shift) / 2);
  const value = Number(quotient) * 2 ** half * 2 ** (-Number(shift) - half);
  if (!Number.isFinite(value)) throw new OverflowError('integer division result too large for a float');
  return makeFloat(x < 0n !== y < 0n ? -value : value);
}

/** `a ** b`: an int, or a float when the exponent is negative. */
export function power(a: Int, b: Int): Int | Float | ReturnType<typeof floatPower> {
  if (b < 0) return floatPower(Number(a), Number(b));
  return exact(
    a,
    b,
    (x, y) => x ** y,
    (x, y) => x ** y,
  );
}

export const and = (a: Int, b: Int): Int => narrow(BigInt(a) & BigInt(b));
export const or = (a: Int, b: Int): Int => narrow(BigInt(a) | BigInt(b));
export const xor = (a: Int, b: Int): Int => narrow(BigInt(a) ^ BigInt(b));

export function shiftLeft(a: Int, b: Int): Int {
  if (b < 0) throw new ValueError('negative shift count');
  return narrow(BigInt(a) << BigInt(b));
}

export function shiftRight(a: Int, b: Int): Int {
  if (b < 0) throw new ValueError('negative shift count');
  return narrow(BigInt(a) >> BigInt(b));
}

/** `round(a, digits)` of an int: itself, or half to even at tens, hundreds ... for negative digits. */
export function round(a: Int, digits: number): Int {
  if (digits >= 0) return a;
  const unit = 10n ** BigInt(-digits);
  const below = BigInt(floorDivide(a, unit)) * unit;
  const twice = (BigInt(a) - below) * 2n;
  const up = twice > unit || (twice === unit && (below / unit) % 2n !== 0n);
  return narrow(up ? below + unit : below);
}
