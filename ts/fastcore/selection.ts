/** Places in a list, said in one of Python's ways; and what stands for a function there. */
import { repr } from './protocol.js';
import { selfFunction } from './self.js';

/** One flag an item, or the items' numbers (negative ones from the end), a tensor of either, or a slice `'1:5'`. */
export type Selection = readonly boolean[] | readonly number[] | { tolist(): unknown } | string;

/** A function, an attribute's name, an item's number, a text with `{}`, or a table to look items up in. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- functions of any item
export type FunctionLike<T> = ((item: T, ...rest: any[]) => unknown) | object | string | number;

export function lookup(item: unknown, key: string | number): unknown {
  if (item === null || item === undefined) throw new TypeError(`cannot take ${repr(key)} of ${repr(item)}`);
  if (item instanceof Map) return item.get(key);
  if (typeof key === 'number' && (Array.isArray(item) || typeof item === 'string')) return item.at(key);
  return (item as Record<string | number, unknown>)[key];
}

function parseSlice(text: string): [number | undefined, number | undefined, number] {
  const match = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/.exec(text);
  if (match === null) throw new TypeError(`L.at(): ${repr(text)} is no slice such as '1:5' or '::-1'`);
  const [start, stop, step] = [1, 2, 3].map((i) => (match[i] === undefined ? undefined : Number(match[i])));
  if (step === 0) throw new RangeError('L.at(): slice step cannot be zero');
  return [start, stop, step ?? 1];
}

function sliceIndices(text: string, length: number): number[] {
  const [start, stop, step] = parseSlice(text);
  const lowest = step > 0 ? 0 : -1;
  const highest = step > 0 ? length : length - 1;
  const clamp = (index: number) => Math.min(Math.max(index < 0 ? index + length : index, lowest), highest);
  const from = start === undefined ? (step > 0 ? lowest : highest) : clamp(start);
  const to = stop === undefined ? (step > 0 ? highest : lowest) : clamp(stop);
  const indices: number[] = [];
  for (let i = from; step > 0 ? i < to : i > to; i += step) indices.push(i);
  return indices;
}

/** The places of a selection in a list of that length. @throws {RangeError} places that are not there */
export function placesOf(selection: Selection, length: number): number[] {
  if (typeof selection === 'string') return sliceIndices(selection, length);
  const given = 'tolist' in selection ? selection.tolist() : selection;
  if (!Array.isArray(given)) throw new TypeError('L.at(): the selection must be one-dimensional');
  const list = given as unknown[];
  if (list.some((entry) => typeof entry === 'boolean')) {
    if (list.length !== length)
      throw new RangeError(`L.at(): a mask of ${list.length} flags for ${length} items`);
    return list.flatMap((flag, i) => (flag === true ? [i] : []));
  }
  return list.map((entry) => {
    const index = Number(entry);
    const place = index < 0 ? index + length : index;
    if (!Number.isInteger(place) || place < 0 || place >= length)
      throw new RangeError(`L.at(): index ${String(entry)} is out of range for ${length} items`);
    return place;
  });
}

/** What `L.map` and its like take for a function. */
export function functionOf(f: FunctionLike<never>, op: string): (...args: unknown[]) => unknown {
  const self = selfFunction(f);
  if (self) return self;
  if (typeof f === 'function') return f as (...args: unknown[]) => unknown;
  if (typeof f === 'string') {
    if (f.includes('{}')) return (item) => f.replace('{}', () => String(item));
    return (item) => lookup(item, f);
  }
  if (typeof f === 'number') return (item) => lookup(item, f);
  if (f === null) throw new TypeError(`L.${op}(): null is no function`);
  return (item) => lookup(f, item as string);
}
