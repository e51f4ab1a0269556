/** Numbers that JavaScript has no literal for: a float of integral value, and complex ones. */
import { inspect } from 'node:util';

/**
 * Marks a number as Python's float where its value is integral: `x.mul(new Float(2))` is `x * 2.`, while
 * `x.mul(2)` is `x * 2` and leaves an integer tensor one.
 */
export class Float {
  readonly real: number;
  constructor(value: number) {
    this.real = value;
  }
  valueOf(): number {
    return this.real;
  }
  [inspect.custom](): string {
    return Number.isInteger(this.real) ? `${this.real}.` : String(this.real);
  }
}

/** A complex number; `new Complex(1, 2)` is Python's `1 + 2j`. */
export class Complex {
  readonly real: number;
  readonly imag: number;
  constructor(real: number, imag = 0) {
    this.real = real;
    this.imag = imag;
  }
  toString(): string {
    const sign = this.imag < 0 || Object.is(this.imag, -0) ? '-' : '+';
    return `(${this.real}${sign}${Math.abs(this.imag)}j)`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
