/** What a pickle is made of while it is read, where JavaScript has no value of the kind. */
import { inspect } from 'node:util';
import { TorchError } from '../../errors.js';

/**
 * Python's tuple: an array that is saved as a tuple again. `torch.load` gives one for every tuple of the file;
 * `new Tuple(0.9, 0.999)` makes one to save.
 */
export class Tuple<T = unknown> extends Array<T> {
  /** map() and slice() give plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  constructor(...items: T[]) {
    super();
    for (const item of items) this.push(item);
  }
  /** @internal A tuple from an array that nobody else keeps. */
  static own<T>(items: T[]): Tuple<T> {
    return Object.setPrototypeOf(items, Tuple.prototype) as Tuple<T>;
  }
  [inspect.custom](_depth: number, options: object, print: typeof inspect): string {
    const text = print(Array.from(this), options);
    return `(${text.slice(1, -1).trim()}${this.length === 1 ? ',' : ''})`;
  }
}

export class PickleError extends TorchError {
  static {
    this.prototype.name = 'PickleError';
  }
}

export function refuse(reason: string): never {
  throw new PickleError(reason);
}

/**
 * A dict while it is filled: keys of any kind, in the order in which they come. A key may come twice; the last value
 * counts, as soon as the dict becomes a value of JavaScript.
 */
export class PyDict {
  /** Keys and values in turn: a Map for each of a million small dicts would take its time. */
  readonly #items: unknown[] = [];
  /** Attributes of an OrderedDict, such as a state dict's `_metadata`; undefined for a plain dict. */
  attributes: PyDict | undefined;

  constructor(readonly kind: 'dict' | 'OrderedDict' | 'Counter' = 'dict') {}

  set(key: unknown, value: unknown): void {
    this.#items.push(key instanceof PyBytes ? key.text('latin1') : checkKey(key), value);
  }
  /** Keys and values in turn. */
  get items(): readonly unknown[] {
    return this.#items;
  }
  forEach(visit: (key: unknown, value: unknown) => void): void {
    for (let i = 0; i < this.#items.length; i += 2) visit(this.#items[i], this.#items[i + 1]);
  }
}

function checkKey(key: unknown): unknown {
  if (typeof key !== 'object' || key === null || Object.isFrozen(key) || key instanceof Tuple) return key;
  return refuse(`${describe(key)} cannot be a key`);
}

/** A str of Python 2: bytes, of which only the reader's `encoding` makes text. */
export class PyBytes {
  constructor(readonly bytes: Uint8Array) {}

  text(encoding: 'latin1' | 'ascii'): string {
    if (encoding === 'ascii' && this.bytes.some((byte) => byte > 127))
      refuse("a string of Python 2 is not ASCII; give {encoding: 'latin1'} or {encoding: 'bytes'}");
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).toString('latin1');
  }
}

/** An object that BUILD may fill, as numpy's arrays are. */
export interface Buildable {
  build(state: unknown): void;
}
export function isBuildable(value: unknown): value is Buildable {
  return typeof value === 'object' && value !== null && 'build' in value && typeof value.build === 'function';
}

/** An object of the machine that is another value in the result, as a numpy array is a tensor, or none. */
export abstract class Placeholder {
  abstract finish(): unknown;
}

/** A function or class that the pickle may call: what REDUCE and NEWOBJ reach, and nothing else. */
export class PickleFunction {
  constructor(
    readonly name: string,
    readonly call: (args: readonly unknown[]) => unknown,
    /** Whether NEWOBJ may make one of it too. */
    readonly isClass = false,
  ) {}
}

/** For messages. */
export function describe(value: unknown): string {
  if (value === null) return 'None';
  if (value instanceof PyDict) return `a ${value.kind}`;
  if (value instanceof PyBytes) return 'bytes';
  if (value instanceof PickleFunction) return value.name;
  if (value instanceof Tuple) return 'a tuple';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return `a ${value.constructor.name}`;
  return `a ${typeof value}`;
}

export function asText(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  if (value instanceof PyBytes) return value.text('ascii');
  return refuse(`${what} must be a string, not ${describe(value)}`);
}

/** A size, an offset: a number where it is exact. */
export function asInteger(value: unknown, what: string): number {
  if (Number.isSafeInteger(value)) return value as number;
  return refuse(
    `${what} must be an integer that fits, not ${typeof value === 'bigint' ? String(value) : describe(value)}`,
  );
}

export function asIntegers(value: unknown, what: string): number[] {
  if (!Array.isArray(value)) return refuse(`${what} must be a tuple, not ${describe(value)}`);
  return Array.from(value, (item) => asInteger(item, what));
}
