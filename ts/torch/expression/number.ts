/**
 * Python's numbers in JavaScript values. An int is a number (a bigint beyond 2^53), a float is a number with a
 * fraction, inf or nan, and an integral float is a `Float`: the same marks that operators read, so a value of
 * any kind can be handed to them as it is.
 */
import { Complex, Float } from '../scalar.js';
import { ValueError } from '../errors.js';
import { OverflowError } from './errors.js';

export type Int = number | bigint;
export type Kind = 'bool' | 'int' | 'float' | 'complex';

export const makeFloat = (value: number): number | Float =>
  Number.isInteger(value) ? new Float(value) : value;

/** A bigint as a number where that is exact. */
export const narrow = (value: bigint): Int => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

export function kindOf(value: unknown): Kind | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'int' : 'float';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    case 'object':
      return value instanceof Float ? 'float' : value instanceof Complex ? 'complex' : undefined;
    default:
      return undefined;
  }
}

/** A JavaScript value on its way in. A number too large to be exact, and -0, can only have been meant as a float. */
export function fromJs(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'number') return kindOf(value) === 'int' ? value : makeFloat(value);
  if (typeof value === 'bigint') return narrow(value);
  return value;
}

/** The double that a bool, int or float stands for. */
export function toDouble(value: unknown): number {
  const double = Number(value);
  if (typeof value === 'bigint' && !Number.isFinite(double)) {
    throw new OverflowError('int too large to convert to float');
  }
  return double;
}

/** The int that a bool or int stands for. */
export const toInt = (value: unknown): Int => (typeof value === 'boolean' ? Number(value) : (value as Int));

export function toComplex(value: unknown): Complex {
  return value instanceof Complex ? value : new Complex(toDouble(value), 0);
}

/** `int(x)` of a double: towards zero, exact at any size. */
export function truncate(value: number): Int {
  if (Number.isNaN(value)) throw new ValueError('cannot convert float NaN to integer');
  if (!Number.isFinite(value)) throw new OverflowError('cannot convert float infinity to integer');
  const whole = Math.trunc(value);
  return Number.isSafeInteger(whole) ? whole + 0 : BigInt(whole);
}
