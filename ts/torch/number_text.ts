/**
 * Text of numbers as Python's `format` gives it.
 *
 * `toFixed` and `toExponential` round the exact binary value like Python does, except where that value lies
 * exactly between two candidates: Python takes the even digit, JavaScript the larger one. They also drop the
 * sign of negative zero, write `e+5` where Python writes `e+05`, and give up on fixed notation at 1e21.
 */

/** Most digits after the point that `toFixed` and `toExponential` can give. */
export const MAX_DIGITS = 100;

/** Python's `f'{value:.{digits}f}'`. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const magnitude = Math.abs(value);
  let text: string;
  if (magnitude >= 1e21) {
    text = BigInt(magnitude).toString() + (digits > 0 ? '.' + '0'.repeat(digits) : '');
  } else {
    text = magnitude.toFixed(digits);
    if (isOdd(magnitude * 2 ** (digits + 1))) text = toEven(text, text.length - 1);
  }
  return sign(value) + text;
}

/** Python's `f'{value:.{digits}e}'`. */
export function scientific(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const magnitude = Math.abs(value);
  const [mantissa, exponent] = magnitude.toExponential(digits).split('e') as [string, string];
  const rounded = isHalfway(magnitude, Number(exponent) - digits)
    ? toEven(mantissa, mantissa.length - 1)
    : mantissa;
  return sign(value) + rounded + 'e' + exponent[0] + exponent.slice(1).padStart(2, '0');
}

/** Python's `repr` of a float: the shortest text that reads back as the same number. */
export function repr(value: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const magnitude = Math.abs(value);
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e16)) {
    const text = String(magnitude);
    return sign(value) + (text.includes('.') ? text : text + '.0');
  }
  const [mantissa, exponent] = magnitude.toExponential().split('e') as [string, string];
  return sign(value) + mantissa + 'e' + exponent[0] + exponent.slice(1).padStart(2, '0');
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

function sign(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

/** An odd integer; a double whose unit in the last place exceeds one is even or infinite, never odd. */
function isOdd(value: number): boolean {
  return value % 2 === 1;
}

/** Whether `magnitude` lies exactly between two multiples of `10 ** unit`. */
function isHalfway(magnitude: number, unit: number): boolean {
  if (unit <= 0) {
    // 2 * magnitude * 10 ** -unit is odd exactly when its factor with the powers of two is: 5 is odd. Scaling
    // by a power of two is exact; done in two steps, as 2 ** (1 - unit) alone may be out of range.
    return isOdd(magnitude * 2 * 2 ** Math.floor(-unit / 2) * 2 ** Math.ceil(-unit / 2));
  }
  if (!Number.isInteger(magnitude)) return false;
  const half = 5n * 10n ** BigInt(unit - 1);
  const exact = BigInt(magnitude);
  return exact % half === 0n && (exact / half) % 2n === 1n;
}

/** Undoes an upward rounding of a tie where it gave an odd last digit: an odd digit never borrows. */
function toEven(text: string, last: number): string {
  const digit = Number(text[last]);
  return digit % 2 === 1 ? text.slice(0, last) + String(digit - 1) : text;
}
