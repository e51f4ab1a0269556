/** Types of arguments and results that the generated declarations are made of. */
import type { Device } from './device.js';
import type { DType, Layout } from './dtype.js';
import type { Complex, Float } from './scalar.js';
import type { Tensor } from './tensor.js';

/** A size, a dimension, an index. A bigint where a number would not be exact. */
export type Int = number | bigint;
export type Ints = readonly Int[];
/** One number stands for a list of equal ones: a kernel of 3 is [3, 3]. */
export type IntOrInts = Int | Ints;

/**
 * A Python number: an integral number is an int, any other a float; `new Float(2)` is `2.`, a bigint always an int,
 * `new Complex(1, 2)` is `1 + 2j`.
 */
export type Scalar = number | bigint | boolean | Float | Complex;
export type TensorOrNumber = Tensor | Scalar;

export type DeviceLike = Device | string;
/** What a loss makes of its elements; the numbers 0, 1 and 2 are libtorch's own words for it. */
export type Reduction = 'none' | 'mean' | 'sum' | 0 | 1 | 2;

/**
 * Options of everything that makes a new tensor.
 * https://docs.pytorch.org/docs/stable/tensor_attributes.html
 */
export interface TensorOptions {
  /** The default dtype, or that of the data, unless given. */
  dtype?: DType | null;
  layout?: Layout | null;
  /** The CPU unless given. */
  device?: DeviceLike | null;
  pin_memory?: boolean | null;
  requires_grad?: boolean;
}

/**
 * Several results, by place and by name: `const [v, i] = x.max(0)` or `const { values, indices } = x.max(0)`.
 * A tuple, less the array's own members that a name replaces (`values`).
 */
export type NamedTuple<Names extends readonly string[]> = Omit<
  { [Index in keyof Names]: Tensor },
  Names[number] | number
> & { readonly [Name in Names[number]]: Tensor };
