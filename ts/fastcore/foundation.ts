import { inspect } from 'node:util';

import { callableClass } from './meta.js';
import { compare, identityKey, repr } from './protocol.js';

/** How many items `L` prints before `...`; the book shows 10. */
let shownCount = 10;

export interface SortOptions<T> {
  key?: SortKey<T>;
  reverse?: boolean;
}
type SortKey<T> = ((item: T) => unknown) | string | number;

/** Places in a list: one flag an item, or the items' numbers (negative ones from the end), or a tensor of either. */
export type Selection = readonly boolean[] | readonly number[] | { tolist(): unknown } | string;

function lookup(item: unknown, key: string | number): unknown {
  if (item === null || item === undefined) throw new TypeError(`cannot take ${repr(key)} of ${repr(item)}`);
  if (item instanceof Map) return item.get(key);
  if (typeof key === 'number' && (Array.isArray(item) || typeof item === 'string')) return item.at(key);
  return (item as Record<string | number, unknown>)[key];
}

function keyFunction<T>(key: SortKey<T> | undefined): (item: T) => unknown {
  if (key === undefined) return (item) => item;
  return typeof key === 'function' ? key : (item) => lookup(item, key);
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

/** Items, one thing (a string, a number) or nothing, as fastcore's `listify` takes them. */
type Listable<T> = Iterable<T> | T | null;

function isCollection(items: unknown): items is Iterable<unknown> {
  return typeof items === 'object' && items !== null && Symbol.iterator in items;
}

/**
 * fastcore's list: an Array with a Python face. It prints as `(#3) [1,2,3]`; `l[0]` and every Array method work as
 * ever (a callback of `map` also gets the index, as JavaScript's own does), and the methods below are fastcore's.
 * `l.at(selection)` takes a negative index, a slice, a list of indices or a mask, which Python writes `l[selection]`.
 * [fastcore docs](https://fastcore.fast.ai/foundation.html#l)
 */
class ListObject<T> extends Array<T> {
  constructor(items?: Listable<T>, ...rest: T[]) {
    super();
    if (rest.length > 0) this.push(items as T, ...rest);
    else if (isCollection(items)) for (const item of items) this.push(item);
    else if (items !== undefined && items !== null) this.push(items);
  }

  // Array's own methods would call the constructor with a length, which here means a list of one number.
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  static get shownItems(): number {
    return shownCount;
  }
  static set shownItems(count: number) {
    if (!Number.isInteger(count) || count < 1)
      throw new RangeError('L.shownItems must be a positive integer');
    shownCount = count;
  }

  /** Same as Python's `range`; a collection stands for its length. */
  static range(a: number | { length: number }, b?: number, step = 1): ListObject<number> {
    if (step === 0) throw new RangeError('L.range(): step must not be zero');
    const bound = typeof a === 'number' ? a : a.length;
    const [start, stop] = b === undefined ? [0, bound] : [bound, b];
    const numbers = new ListObject<number>();
    for (let i = start; step > 0 ? i < stop : i > stop; i += step) numbers.push(i);
    return numbers;
  }

  override map<U>(fn: (item: T, index: number, array: T[]) => U, thisArg?: unknown): ListObject<U> {
    return new ListObject<U>(super.map(fn, thisArg));
  }
  override filter<S extends T>(test: (item: T, index: number, array: T[]) => item is S): ListObject<S>;
  override filter(test: (item: T, index: number, array: T[]) => unknown, thisArg?: unknown): ListObject<T>;
  override filter(test: (item: T, index: number, array: T[]) => unknown, thisArg?: unknown): ListObject<T> {
    return new ListObject<T>(super.filter(test, thisArg));
  }
  override slice(start?: number, end?: number): ListObject<T> {
    return new ListObject<T>(super.slice(start, end));
  }
  override concat(...items: (T | ConcatArray<T>)[]): ListObject<T> {
    return new ListObject<T>(super.concat(...items));
  }

  override at(index: number): T | undefined;
  override at(selection: Selection): ListObject<T>;
  override at(selection: number | Selection): T | undefined | ListObject<T> {
    if (typeof selection === 'number') return super.at(selection);
    return new ListObject<T>(this.#places(selection).map((place) => this[place]!));
  }

  #places(selection: Selection): number[] {
    if (typeof selection === 'string') return sliceIndices(selection, this.length);
    const given = 'tolist' in selection ? selection.tolist() : selection;
    if (!Array.isArray(given)) throw new TypeError('L.at(): the selection must be one-dimensional');
    const list = given as unknown[];
    if (list.some((entry) => typeof entry === 'boolean')) {
      if (list.length !== this.length)
        throw new RangeError(`L.at(): a mask of ${list.length} flags for ${this.length} items`);
      return list.flatMap((flag, i) => (flag === true ? [i] : []));
    }
    return list.map((entry) => {
      const index = Number(entry);
      const place = index < 0 ? index + this.length : index;
      if (!Number.isInteger(place) || place < 0 || place >= this.length)
        throw new RangeError(`L.at(): index ${String(entry)} is out of range for ${this.length} items`);
      return place;
    });
  }

  /** A new list in Python's order (strings by code point). `key`: a function, an attribute's name or an item's number. */
  sorted(key?: SortKey<T> | SortOptions<T>, options: SortOptions<T> = {}): ListObject<T> {
    const given = typeof key === 'object' ? key : { ...options, key: key ?? options.key };
    const keyOf = keyFunction(given.key);
    const keyed = Array.from(this, (item) => ({ item, key: keyOf(item) }));
    const sign = given.reverse === true ? -1 : 1;
    keyed.sort((a, b) => sign * compare(a.key, b.key));
    return new ListObject<T>(keyed.map(({ item }) => item));
  }
  /** Item `index` of every item; several indices go deeper one by one. */
  itemgot(...indices: (number | string)[]): ListObject<unknown> {
    return this.map((item) => indices.reduce<unknown>(lookup, item));
  }
  /** Attribute `key` (`'a.b'` goes deeper) of every item, or `fallback` where it has none. */
  attrgot(key: string, fallback: unknown = undefined): ListObject<unknown> {
    return this.map((item) => {
      let value: unknown = item;
      for (const name of key.split('.')) {
        if (value === null || value === undefined) return fallback;
        value = lookup(value, name);
      }
      return value === undefined ? fallback : value;
    });
  }
  /** Each value once, in order of first appearance, or sorted. */
  unique({ sort = false }: { sort?: boolean } = {}): ListObject<T> {
    const seen = new Map<unknown, T>();
    for (const item of this) {
      const key = identityKey(item);
      if (!seen.has(key)) seen.set(key, item);
    }
    const values = new ListObject<T>(seen.values());
    return sort ? values.sorted() : values;
  }
  /** From each value to its place; of equal values the last place counts. */
  val2idx(): Map<T, number> {
    const places = new Map<unknown, [T, number]>();
    this.forEach((item, place) => {
      const key = identityKey(item);
      places.set(key, [places.get(key)?.[0] ?? item, place]);
    });
    return new Map(places.values());
  }
  /** The places whose items pass the test. */
  argwhere(test: (item: T) => unknown): ListObject<number> {
    return ListObject.range(this.length).filter((place) => test(this[place]!));
  }

  repr(): string {
    const shown = Array.from(super.slice(0, shownCount), repr).join(',');
    return `(#${this.length}) [${shown}${this.length > shownCount ? '...' : ''}]`;
  }
  override toString(): string {
    return this.repr();
  }
  [inspect.custom](): string {
    return this.repr();
  }
}

export type L<T> = ListObject<T>;
export const L = callableClass<typeof ListObject, <T>(items?: Listable<T>, ...rest: T[]) => ListObject<T>>(
  ListObject,
);
Object.defineProperty(L, 'name', { value: 'L' });
