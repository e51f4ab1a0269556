import { inspect } from 'node:util';

import { zip } from './basics.js';
import { callableClass } from './meta.js';
import { compare, identityKey, repr } from './protocol.js';
import { random } from './random.js';
import { functionOf, lookup, placesOf, type FunctionLike, type Selection } from './selection.js';

export type { FunctionLike, Selection } from './selection.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- lists of anything, through functions of anything */

/** How many items `L` prints before `...`; the book shows 10. */
let shownCount = 10;

export interface SortOptions<T> {
  key?: SortKey<T>;
  reverse?: boolean;
}
type SortKey<T> = ((item: T) => unknown) | string | number;

function keyFunction<T>(key: SortKey<T> | undefined): (item: T) => unknown {
  if (key === undefined) return (item) => item;
  return functionOf(key as FunctionLike<never>, 'sorted');
}

/** Items, one thing (a string, a number) or nothing, as fastcore's `listify` takes them. */
type Listable<T> = Iterable<T> | T | null;

function isCollection(items: unknown): items is Iterable<unknown> {
  return typeof items === 'object' && items !== null && Symbol.iterator in items;
}

function isOptions(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
function negates(options: unknown): boolean {
  return typeof options === 'boolean' ? options : isOptions(options) && options['negate'] === true;
}
function folded(
  items: readonly unknown[],
  method: 'add' | 'mul',
  fold: (a: number, b: number) => number,
  empty: number,
): unknown {
  if (items.length === 0) return empty;
  return items.reduce((a, b) => {
    const own = (a as Partial<Record<typeof method, (other: unknown) => unknown>> | null)?.[method];
    return typeof own === 'function' ? own.call(a, b) : fold(a as number, b as number);
  });
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

  /** `str.split` of Python: at runs of white space where `sep` is not given. */
  static split(text: string, sep: string | null = null, maxsplit = -1): ListObject<string> {
    const parts =
      sep === null
        ? text
            .trim()
            .split(/\s+/)
            .filter((part) => part !== '')
        : text.split(sep);
    if (maxsplit < 0 || parts.length <= maxsplit + 1) return new ListObject<string>(parts);
    if (sep !== null)
      return new ListObject<string>([...parts.slice(0, maxsplit), parts.slice(maxsplit).join(sep)]);
    const head = parts.slice(0, maxsplit);
    let rest = text.trimStart();
    for (const part of head) rest = rest.slice(part.length).trimStart();
    return new ListObject<string>([...head, rest]);
  }
  /** The lines of a text, without their ends. */
  static splitlines(text: string, keepends = false): ListObject<string> {
    const lines = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
    return new ListObject<string>(
      keepends ? [...lines] : lines.map((line) => line.replace(/\r?\n$|\r$/, '')),
    );
  }

  override map<U>(fn: (item: T, index: number, array: T[]) => U, thisArg?: unknown): ListObject<U>;
  override map(fn: FunctionLike<T>, options?: Record<string, unknown>): ListObject<any>;
  /**
   * Every item through `fn`: a function (also called with the index), `Self.name`, an attribute's name, an item's
   * number, a text with `{}`, or a table. With a plain object as `options` a function is called `fn(item, options)`.
   */
  override map(fn: FunctionLike<T>, options?: unknown): ListObject<any> {
    const f = functionOf(fn as FunctionLike<never>, 'map');
    if (isOptions(options)) return new ListObject<unknown>(Array.from(this, (item) => f(item, options)));
    return new ListObject<unknown>(super.map(f, options));
  }
  override filter<S extends T>(test: (item: T, index: number, array: T[]) => item is S): ListObject<S>;
  override filter(
    test?: FunctionLike<T> | null,
    options?: { negate?: boolean } | boolean | object | null,
  ): ListObject<T>;
  /** The items that pass the test (default: that are true); with `{negate: true}` those that do not. */
  override filter(test?: FunctionLike<T> | null, options?: unknown): ListObject<T> {
    const f = test == null ? (item: unknown) => item : functionOf(test as FunctionLike<never>, 'filter');
    const negate = negates(options);
    const isThis = !isOptions(options) && typeof options !== 'boolean';
    return new ListObject<T>(
      super.filter(
        (item, index, all) => Boolean(f.call(isThis ? options : undefined, item, index, all)) !== negate,
      ),
    );
  }
  override slice(start?: number, end?: number): ListObject<T> {
    return new ListObject<T>(super.slice(start, end));
  }
  override concat(): ListObject<any>;
  override concat(...items: (T | ConcatArray<T>)[]): ListObject<T>;
  /** With lists: this one and those. Without: the items of all items, as fastcore's. */
  override concat(...items: (T | ConcatArray<T>)[]): ListObject<any> {
    if (items.length > 0) return new ListObject<T>(super.concat(...items));
    return new ListObject<unknown>(this.flatMap((item): unknown[] => [...new ListObject<unknown>(item)]));
  }

  override at(index: number): T | undefined;
  override at(selection: Selection): ListObject<T>;
  override at(selection: number | Selection): T | undefined | ListObject<T> {
    if (typeof selection === 'number') return super.at(selection);
    return new ListObject<T>(placesOf(selection, this.length).map((place) => this[place]!));
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
  /** The places whose items pass the test, or with `{negate: true}` do not. */
  argwhere(test: FunctionLike<T>, options?: { negate?: boolean } | boolean): ListObject<number> {
    const f = functionOf(test as FunctionLike<never>, 'argwhere');
    const negate = negates(options);
    return ListObject.range(this.length).filter((place) => Boolean(f(this[place])) !== negate);
  }
  /** The first such place, or undefined. */
  argfirst(test: FunctionLike<T>, options?: { negate?: boolean } | boolean): number | undefined {
    const f = functionOf(test as FunctionLike<never>, 'argfirst');
    const place = this.findIndex((item) => Boolean(f(item)) !== negates(options));
    return place < 0 ? undefined : place;
  }
  /** The items in random order, of Python's `random`. */
  shuffle(): ListObject<T> {
    const shuffled = this.copy();
    random.shuffle(shuffled);
    return shuffled;
  }
  copy(): ListObject<T> {
    return new ListObject<T>(this);
  }
  /** `fn(...item)` of every item. */
  starmap<U>(fn: (...parts: any[]) => U): ListObject<U> {
    return this.map((item) => fn(...(item as Iterable<unknown>)));
  }
  /** The first entries of all items together, then the second ones. `cycled`: shorter items start anew. */
  zip({ cycled = false }: { cycled?: boolean } = {}): ListObject<any[]> {
    const [first, ...rest] = Array.from(this, (item) => new ListObject<unknown>(item));
    if (first === undefined) return new ListObject<unknown[]>();
    return new ListObject<unknown[]>(zip(first, ...(cycled ? rest.map((list) => list.cycle()) : rest)));
  }
  /** This list zipped with others. */
  zipwith(...args: any[]): ListObject<any[]> {
    const options: unknown = args.at(-1);
    const isLast = isOptions(options);
    const lists = new ListObject<unknown>([this, ...((isLast ? args.slice(0, -1) : args) as unknown[])]);
    return lists.zip(isLast ? options : {});
  }
  map_zip<U>(fn: (...parts: any[]) => U, options: { cycled?: boolean } = {}): ListObject<U> {
    return this.zip(options).starmap(fn);
  }
  map_zipwith<U>(fn: (...parts: any[]) => U, ...args: any[]): ListObject<U> {
    return this.zipwith(...(args as unknown[])).starmap(fn);
  }
  /** The items again and again; null again and again where there are none. */
  *cycle(): Generator<T | null, never, undefined> {
    for (;;) {
      if (this.length === 0) yield null;
      else yield* this;
    }
  }
  enumerate(): ListObject<[number, T]> {
    return this.map((item, i): [number, T] => [i, item]);
  }
  renumerate(): ListObject<[T, number]> {
    return this.map((item, i): [T, number] => [item, i]);
  }
  /** From every item to what `fn` gives for it. */
  map_dict<U>(fn: (item: T) => U): Map<T, U> {
    return new Map(Array.from(this, (item) => [item, fn(item)]));
  }
  /** The first result that is not null, and that passes the test. */
  map_first<U>(fn: (item: T) => U, test: (value: U) => unknown = (value) => value != null): U | undefined {
    for (const item of this) {
      const value = fn(item);
      if (test(value)) return value;
    }
    return undefined;
  }
  /** Sum of numbers, or of what has `add`; 0 of nothing. */
  sum(): any {
    return folded(this, 'add', (a, b) => a + b, 0);
  }
  /** Product of numbers, or of what has `mul`; 1 of nothing. */
  product(): any {
    return folded(this, 'mul', (a, b) => a * b, 1);
  }
  /** Sets an attribute of every item. */
  setattrs(name: string, value: unknown): void {
    for (const item of this) (item as Record<string, unknown>)[name] = value;
  }
  /** Python's `~l`: every flag turned. */
  invert(): ListObject<boolean> {
    return this.map((item) => !item);
  }
  /** Python's `l + other`. */
  add(other: Listable<T>): ListObject<T> {
    return new ListObject<T>([...this, ...new ListObject<T>(other)]);
  }
  /** Python's `l[selection] = values`: one value for each place, or one for all. */
  set_at(selection: number | Selection, values: any): void {
    const places = placesOf(typeof selection === 'number' ? [selection] : selection, this.length);
    const list = typeof selection !== 'number' && isCollection(values) ? [...values] : null;
    places.forEach((place, i) => {
      if (list === null) this[place] = values as T;
      else if (i < list.length) this[place] = list[i] as T;
    });
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
