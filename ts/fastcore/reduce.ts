/**
 * How values that are more than their fields are written to a file and made again: Python's `__reduce__` and
 * `__setstate__`. https://docs.python.org/3/library/pickle.html#object.__reduce__
 */

/* eslint-disable @typescript-eslint/no-explicit-any -- classes and functions of any kind */

/** What an instance is made of. */
export interface Reduced {
  /**
   * The class whose constructor runs: the one that has this method, so that constructors of subclasses are left out.
   * The instance is one of the subclass all the same.
   */
  by: abstract new (...args: any[]) => object;
  args: readonly unknown[];
  /** What is handed to `[restore]`, or set as fields where there is no such method (default: all own fields). */
  state?: Readonly<Record<string, unknown>>;
}

/**
 * A class with private members has a method of this name, which says how an instance of it is made again. Other
 * classes need none: their fields say all.
 */
export const reduce: unique symbol = Symbol('reduce');
/** Takes what `[reduce]` gave as `state`. */
export const restore: unique symbol = Symbol('restore');

export interface Reducible {
  [reduce](): Reduced;
  [restore]?(state: Record<string, unknown>): void;
}
export function isReducible(value: object): value is Reducible {
  return typeof (value as Partial<Reducible>)[reduce] === 'function';
}

type AnyFunction = (...args: any[]) => unknown;
export interface Made {
  by: AnyFunction;
  args: readonly unknown[];
}
const makers = new WeakMap<object, Made>();

/** Remembers that `by(...args)` makes the function `fn`, which has no name of its own. */
export function made<F extends AnyFunction>(fn: F, by: AnyFunction, args: readonly unknown[]): F {
  makers.set(fn, { by, args });
  return fn;
}
/** What makes the function again, or undefined. */
export function makerOf(fn: object): Made | undefined {
  return makers.get(fn);
}
