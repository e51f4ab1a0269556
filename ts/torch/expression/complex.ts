/** Arithmetic of Python's complex numbers, for literals such as `1 + 2j`. */
import { Complex } from '../scalar.js';
import { ZeroDivisionError } from './errors.js';

export const add = (a: Complex, b: Complex): Complex => new Complex(a.real + b.real, a.imag + b.imag);
export const subtract = (a: Complex, b: Complex): Complex => new Complex(a.real - b.real, a.imag - b.imag);
export const negate = (a: Complex): Complex => new Complex(-a.real, -a.imag);
export const absolute = (a: Complex): number => Math.hypot(a.real, a.imag);
export const equal = (a: Complex, b: Complex): boolean => a.real === b.real && a.imag === b.imag;

export function multiply(a: Complex, b: Complex): Complex {
  return new Complex(a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real);
}

/** Smith's method, CPython's own: it scales by the larger part, so that squares cannot overflow. */
export function divide(a: Complex, b: Complex): Complex {
  if (b.real === 0 && b.imag === 0) throw new ZeroDivisionError('complex division by zero');
  if (Math.abs(b.real) >= Math.abs(b.imag)) {
    const ratio = b.imag / b.real;
    const scale = b.real + b.imag * ratio;
    return new Complex((a.real + a.imag * ratio) / scale, (a.imag - a.real * ratio) / scale);
  }
  const ratio = b.real / b.imag;
  const scale = b.real * ratio + b.imag;
  return new Complex((a.real * ratio + a.imag) / scale, (a.imag * ratio - a.real) / scale);
}

export function power(a: Complex, b: Complex): Complex {
  if (b.real === 0 && b.imag === 0) return new Complex(1, 0);
  if (a.real === 0 && a.imag === 0) {
    if (b.imag !== 0 || b.real < 0) throw new ZeroDivisionError('0.0 to a negative or complex power');
    return new Complex(0, 0);
  }
  // Small whole exponents by multiplication: exact where the polar form is not, and what CPython does.
  if (b.imag === 0 && Number.isInteger(b.real) && Math.abs(b.real) <= 100) {
    let [result, base] = [new Complex(1, 0), a];
    for (let n = Math.abs(b.real); n > 0; n = Math.floor(n / 2)) {
      if (n % 2 === 1) result = multiply(result, base);
      base = multiply(base, base);
    }
    return b.real < 0 ? divide(new Complex(1, 0), result) : result;
  }
  const [size, angle] = [absolute(a), Math.atan2(a.imag, a.real)];
  const length = size ** b.real * Math.exp(-b.imag * angle);
  const turn = b.real * angle + b.imag * Math.log(size);
  return new Complex(length * Math.cos(turn), length * Math.sin(turn));
}
