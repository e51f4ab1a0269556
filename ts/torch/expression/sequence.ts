/**
 * Python's list, tuple and slice. An expression's own lists and tuples are arrays of these classes, so that
 * `t[[0, 1]]` and `t[0, 1]` stay different; an array that comes in as a hole is a plain array, and a list.
 */
import { Float } from '../scalar.js';
import { IndexError, ValueError } from '../errors.js';
import { Size } from '../size.js';
import { Ellipsis } from './ast.js';

export class List extends Array<unknown> {
  // Whoever maps over an argument wants a plain array.
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

export class Tuple extends Array<unknown> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** `start:stop:step` with whole numbers; null where a bound was left out. */
export class Slice {
  constructor(
    readonly start: number | null,
    readonly stop: number | null,
    readonly step: number | null,
  ) {}

  /** As `Tensor.at` takes it. */
  toString(): string {
    const step = this.step === null ? '' : `:${this.step}`;
    return `${this.start ?? ''}:${this.stop ?? ''}${step}`;
  }

  /** The positions it takes of `length` items. */
  *positions(length: number): Generator<number> {
    const step = this.step ?? 1;
    if (step === 0) throw new ValueError('slice step cannot be zero');
    const clamp = (bound: number | null, otherwise: number): number => {
      if (bound === null) return otherwise;
      const wrapped = bound < 0 ? bound + length : bound;
      return step > 0 ? Math.min(Math.max(wrapped, 0), length) : Math.min(Math.max(wrapped, -1), length - 1);
    };
    const stop = clamp(this.stop, step > 0 ? length : -1);
    for (
      let at = clamp(this.start, step > 0 ? 0 : length - 1);
      step > 0 ? at < stop : at > stop;
      at += step
    ) {
      yield at;
    }
  }
}

/** An array of tensors and nothing else, without names: what `where`, `split`, `unbind` return, a tuple in Python. */
export function isTensors(
  runtime: { isTensor(value: unknown): boolean },
  value: unknown,
): value is unknown[] {
  if (!Array.isArray(value) || value.length === 0 || value instanceof List) return false;
  return value.every((item) => runtime.isTensor(item)) && Object.keys(value).length === value.length;
}

export const isTuple = (value: unknown): value is unknown[] =>
  value instanceof Tuple || value instanceof Size;

/** A new sequence of the same kind. */
export function likeSequence(kind: readonly unknown[], items: Iterable<unknown>): unknown[] {
  return isTuple(kind) ? Tuple.from(items) : List.from(items);
}

/** `sequence[index]` of a list, tuple or str, for an index that is already a whole number or a slice. */
export function getItem(sequence: readonly unknown[] | string, index: number | Slice): unknown {
  const text = typeof sequence === 'string';
  const items = text ? [...sequence] : sequence;
  if (index instanceof Slice) {
    const taken = [...index.positions(items.length)].map((at) => items[at]);
    return text ? taken.join('') : likeSequence(items, taken);
  }
  const at = index < 0 ? index + items.length : index;
  if (at < 0 || at >= items.length) {
    const kind = text ? 'string' : isTuple(sequence) ? 'tuple' : 'list';
    throw new IndexError(`${kind} index out of range`);
  }
  return items[at];
}

/** Python's value as JavaScript's own: plain arrays and numbers, without the marks of this folder. */
export function toJs(value: unknown): unknown {
  if (value instanceof Float) return value.valueOf();
  if (value === Ellipsis) return '...';
  if (value instanceof Slice) return value.toString();
  if (!Array.isArray(value)) return value;
  const items = value as unknown[];
  const own = items instanceof List || items instanceof Tuple;
  if (!own && !items.some((item) => item instanceof Float)) return items;
  return Array.from(items, toJs);
}

/** As an argument of torch, where a float's mark on a scalar still counts. */
export const toTorch = (value: unknown): unknown => (value instanceof Float ? value : toJs(value));
