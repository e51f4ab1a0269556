/** Arithmetic of Python floats where it differs from JavaScript's: division, modulo, power, rounding. */
import { Complex } from '../scalar.js';
import type { Float } from '../scalar.js';
import { OverflowError, ZeroDivisionError } from './errors.js';
import { makeFloat, truncate } from './number.js';
import type { Int } from './number.js';

export function divide(a: number, b: number): number | Float {
  if (b === 0) throw new ZeroDivisionError('float division by zero');
  return makeFloat(a / b);
}

/** The pair (a // b, a % b) as CPython forms it: from the exact remainder, so that a == (a // b) * b + a % b holds. */
function divmod(a: number, b: number): [number, number] {
  let rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0) {
    if (b < 0 !== rest < 0) {
      rest += b;
      quotient -= 1;
    }
  } else {
    rest = b < 0 ? -0 : 0;
  }
  if (quotient === 0) return [a / b < 0 || Object.is(a / b, -0) ? -0 : 0, rest];
  const floor = Math.floor(quotient);
  return [quotient - floor > 0.5 ? floor + 1 : floor, rest];
}

export function floorDivide(a: number, b: number): number | Float {
  if (b === 0) throw new ZeroDivisionError('float floor division by zero');
  return makeFloat(divmod(a, b)[0]);
}

export function modulo(a: number, b: number): number | Float {
  if (b === 0) throw new ZeroDivisionError('float modulo');
  return makeFloat(divmod(a, b)[1]);
}

/** `a ** b`. A negative base with a fractional exponent gives a complex, as in Python. */
export function floatPower(a: number, b: number): number | Float | Complex {
  if (a === 0 && b < 0) throw new ZeroDivisionError('0.0 cannot be raised to a negative power');
  // C's pow gives 1 here; JavaScript's gives nan.
  if (a === 1 || (a === -1 && !Number.isFinite(b) && !Number.isNaN(b))) return makeFloat(1);
  if (a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b)) {
    const length = (-a) ** b;
    return new Complex(length * Math.cos(Math.PI * b), length * Math.sin(Math.PI * b));
  }
  const value = a ** b;
  if (!Number.isFinite(value) && Number.isFinite(a) && Number.isFinite(b)) {
    throw new OverflowError("(34, 'Numerical result out of range')");
  }
  return makeFloat(value);
}

/** `round(x)`: half to even, to an int. */
export function roundToInt(value: number): Int {
  const floor = Math.floor(value);
  const rest = value - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return truncate(up ? floor + 1 : floor);
}

/** `round(x, digits)`: correctly rounded on the decimal value of the double, a tie to even. */
export function round(value: number, digits: number): number | Float {
  if (!Number.isFinite(value) || digits > 100) return makeFloat(value);
  const size = Math.abs(value);
  if (size >= 1e21) return makeFloat(value);
  if (digits < 0) {
    const unit = 10 ** -digits;
    return makeFloat(Number(roundToInt(value / unit)) * unit);
  }
  let text = size.toFixed(digits);
  // toFixed rounds a tie up. Only a number with exactly one more decimal, a 5, can be a tie.
  const tail = size
    .toFixed(Math.min(100, digits + 30))
    .slice(size.toFixed(digits + 1 > 100 ? 100 : digits + 1).length - 1);
  if (digits < 70 && /^50*$/.test(tail) && /[13579]$/.test(text)) {
    const even = size - 10 ** -digits / 2;
    text = even.toFixed(digits);
  }
  const rounded = Number(text);
  return makeFloat(value < 0 || Object.is(value, -0) ? -rounded : rounded);
}
