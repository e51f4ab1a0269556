import { fixed, scientific } from './number_text.js';
import type { PrintOptions } from './printoptions.js';

/** What the elements of a tensor are to a reader: floats get a point, integers and booleans do not. */
export type ElementKind = 'float' | 'integer' | 'bool';

/** Turns elements of one tensor into text of one width, by rules that depend on all elements shown. */
export interface Formatter {
  readonly width: number;
  format(value: number | bigint): string;
}

/**
 * The formatter for the elements that will be shown.
 *
 * Floats are whole (`3.`), fixed (`3.1416`) or scientific (`3.1416e+08`): scientific where the magnitudes
 * spread over more than 1000, exceed 1e8 or fall below 1e-4. Zeros, infinities and NaN have no say in this nor
 * in the width, as in PyTorch.
 */
export function formatterFor(
  values: ArrayLike<number | bigint>,
  kind: ElementKind,
  options: PrintOptions,
): Formatter {
  if (kind === 'float') return floatFormatter(values as ArrayLike<number>, options);
  const text = kind === 'bool' ? (value: number | bigint) => (value ? 'True' : 'False') : String;
  return padded(text, widest(values, text, 1));
}

function floatFormatter(values: ArrayLike<number>, options: PrintOptions): Formatter {
  const { precision } = options;
  const deciding = Array.from(values).filter((value) => Number.isFinite(value) && value !== 0);
  const whole = deciding.every(Number.isInteger);
  if (deciding.length > 0 && (options.sci_mode ?? needsScientific(deciding))) {
    const text = (value: number) => scientific(value, precision);
    return padded(text, widest(deciding, text, 1));
  }
  const text = whole
    ? (value: number) => fixed(value, 0) + (Number.isFinite(value) ? '.' : '')
    : (value: number) => fixed(value, precision);
  return padded(text, widest(deciding, text, 1));
}

function needsScientific(values: readonly number[]): boolean {
  let smallest = Infinity;
  let largest = 0;
  for (const value of values) {
    smallest = Math.min(smallest, Math.abs(value));
    largest = Math.max(largest, Math.abs(value));
  }
  return largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
}

function widest<T>(values: ArrayLike<T>, text: (value: T) => string, least: number): number {
  let width = least;
  for (let i = 0; i < values.length; i++) width = Math.max(width, text(values[i] as T).length);
  return width;
}

function padded<T extends number | bigint>(text: (value: T) => string, width: number): Formatter {
  return { width, format: (value) => text(value as T).padStart(width) };
}
