/** The functions of functional.ts and unique.ts that are methods of Tensor as well. */
import { nonzero, norm, type NormOptions, type NormOrder } from './functional.js';
import type { Tensor } from './tensor.js';
import type { Int, Ints } from './types.js';
import {
  unique,
  unique_consecutive,
  type UniqueConsecutiveOptions,
  type UniqueOptions,
  type UniqueResult,
} from './unique.js';

type MethodNormOptions = Omit<NormOptions, 'out'>;

export interface FunctionalMethods {
  /** Indices of the elements that are not zero, one per row; with `as_tuple` one tensor per dimension. */
  nonzero(options: { as_tuple: true }): Tensor[];
  nonzero(options?: { as_tuple?: false }): Tensor;
  /** The p-norm over `dim`, or over all elements. See `torch.norm`. */
  norm(p?: NormOrder, dim?: Int | Ints | null, keepdim?: boolean): Tensor;
  norm(options: MethodNormOptions): Tensor;
  norm(p: NormOrder, options: Omit<MethodNormOptions, 'p'>): Tensor;
  norm(p: NormOrder, dim: Int | Ints | null, options: Omit<MethodNormOptions, 'p' | 'dim'>): Tensor;
  /** The different elements. See `torch.unique`. */
  unique<const Options extends UniqueOptions = object>(options?: Options): UniqueResult<Options>;
  /** One element of each run of equal ones. See `torch.unique_consecutive`. */
  unique_consecutive<const Options extends UniqueConsecutiveOptions = object>(
    options?: Options,
  ): UniqueResult<Options>;
}

type AnyFunction = (...args: never[]) => unknown;

/** Puts them on the prototype of Tensor. */
export function bindFunctionalMethods(prototype: object): void {
  const functions: Record<keyof FunctionalMethods, AnyFunction> = {
    nonzero,
    norm,
    unique,
    unique_consecutive,
  };
  for (const [name, fn] of Object.entries(functions)) {
    const call = fn as (...args: unknown[]) => unknown;
    const value = {
      [name](this: unknown, ...args: unknown[]): unknown {
        return call(this, ...args);
      },
    }[name];
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}
