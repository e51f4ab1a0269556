import { IndexError, ValueError } from './errors.js';

/** One part of a slice as text; a number in a template counts, so that `${i}:${i + 1}` is a slice too. */
type Part = '' | `${number}`;

/**
 * A slice as Python writes it between brackets: `'4:15'`, `':'`, `'::2'`, `'1:'`, `':-1'`, or `'...'`.
 * A literal that is none, such as `'1:x'` or `'1;3'`, does not compile, and neither does a plain `string`; a number
 * that is no integer passes the compiler and is refused at run time.
 */
export type SliceString = '...' | `${Part}:${Part}` | `${Part}:${Part}:${Part}`;

/** Stands for all dimensions that the other indices leave over. */
export const Ellipsis = '...';

/** A range of positions along one dimension, as Python's `slice` object. Null means: to the end. */
export class Slice {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number;

  /**
   * @throws IndexError unless each part is an integer or null
   * @throws ValueError when the step is not positive: libtorch has no reversed views
   */
  constructor(start: SlicePart, stop: SlicePart, step: SlicePart = null) {
    this.start = position(start);
    this.stop = position(stop);
    // libtorch multiplies the step with the stride; a step beyond every size must not make that overflow.
    this.step = Math.min(position(step) ?? 1, 2 ** 31 - 1);
    if (this.step === 0) throw new ValueError('slice step cannot be zero');
    if (this.step < 0) throw new ValueError('step must be greater than zero');
    Object.freeze(this);
  }

  get isFull(): boolean {
    return (this.start ?? 0) === 0 && this.stop === null && this.step === 1;
  }

  toString(): string {
    return `slice(${this.start ?? 'None'}, ${this.stop ?? 'None'}, ${this.step})`;
  }
}

export type SlicePart = number | bigint | null | undefined;

/**
 * Python's `slice`: `slice(stop)`, `slice(start, stop)` or `slice(start, stop, step)`, null for an open end.
 *
 * @see https://docs.python.org/3/library/functions.html#slice
 */
export function slice(stop: SlicePart): Slice;
export function slice(start: SlicePart, stop: SlicePart, step?: SlicePart): Slice;
export function slice(...parts: [SlicePart, SlicePart?, SlicePart?]): Slice {
  return parts.length === 1 ? new Slice(null, parts[0]) : new Slice(parts[0], parts[1], parts[2]);
}

const integer = '\\s*(-?\\d+)?\\s*';
const pattern = new RegExp(`^${integer}:${integer}(?::${integer})?$`);

/** @throws IndexError when `text` is no slice. */
export function parseSlice(text: string): Slice {
  const match = pattern.exec(text);
  if (!match) {
    throw new IndexError(
      `'${text}' is no slice: write 'start:stop' or 'start:stop:step' with integers or nothing, or '...'`,
    );
  }
  const [start, stop, step] = match.slice(1).map((part) => (part === undefined ? null : BigInt(part)));
  return new Slice(start, stop, step);
}

/** Ends beyond any size mean the same as the size, as in Python; so they may be cut to what a number holds. */
function position(part: SlicePart): number | null {
  if (part == null) return null;
  if (typeof part !== 'bigint' && !Number.isInteger(part) && Math.abs(part) !== Infinity) {
    throw new IndexError(`slice indices must be integers or null, not ${String(part)}`);
  }
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(part)));
}
