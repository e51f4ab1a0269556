/** Something done to items, with a way back. https://fastcore.fast.ai/transform.html */
import { inspect } from 'node:util';

import { namedArguments } from '../torch/arguments.js';
import { ArgumentError } from '../torch/errors.js';
import { callable, callableInstance } from '../torch/nn/modules/callable.js';
import type { Tensor } from '../torch/tensor.js';
import { reduce, type Reduced } from './reduce.js';
import { retain_type } from './retain.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- what is transformed is of any type */

/** How a transform is called: which part of the data the item belongs to; other entries go to `encodes`. */
export interface TransformCall {
  /** 0 training, 1 validation. */
  split_idx?: number | null;
  [name: string]: unknown;
}
export type TransformFunction = (x: any, options?: any) => unknown;
export interface TransformOptions {
  enc?: TransformFunction | null;
  dec?: TransformFunction | null;
  /** Only for items of this part (default: null, all). */
  split_idx?: number | null;
  /** Place in a pipeline: lower comes first (default: 0). */
  order?: number;
}
type Step = 'encodes' | 'decodes';

/** An instance that is a function which encodes. Private fields of subclasses lie on the function. */
class Encoder {
  constructor() {
    const prototype = new.target.prototype as object & { encode(x: unknown, call?: TransformCall): unknown };
    const self: typeof prototype = callableInstance(
      (x: unknown, call?: unknown) => self.encode(x, call as TransformCall),
      prototype,
    );
    return self;
  }
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- the call of an instance
interface TransformClass {
  /** Same as `encode`. */
  (x: any, call?: TransformCall): any;
}
/**
 * Something done to items, and what undoes it. A subclass defines `encodes`, `decodes` and `setups`, any of them;
 * `Transform(enc, dec)` makes one of functions. Called, it encodes: `tfm(x)`.
 *
 * A plain array is a tuple, of which each item is transformed by itself (an ItemTransform gets it whole); an `L` is one
 * value. A plain tensor that comes out takes the type of the tensor that went in: see `retain_type`.
 * [fastcore docs](https://fastcore.fast.ai/transform.html#transform)
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- the call of an instance
class TransformClass extends Encoder {
  /** Only items of this part are transformed: 0 training, 1 validation, null all. */
  split_idx: number | null = null;
  /** Place in a pipeline: lower comes first. */
  order = 0;
  /** Whether it is set up with the training part only; null: as the pipeline says. */
  train_setup: boolean | null = null;
  /** Names of fields whose tensors go to the device of the data. */
  declare parameters?: readonly string[];
  #name: string | null = null;

  /** For a plain value. `call`: what the transform was called with, without `split_idx`. */
  encodes?(x: any, call: any): unknown;
  /** Undoes `encodes`. */
  decodes?(x: any, call: any): unknown;
  /**
   * What stacking the encodings of all `xs` gives, made at once; a promise only where `isAsync`. Null: one by one.
   * A function that a transform is made of may have it as a property.
   */
  encodesMany?(xs: readonly any[], isAsync: boolean): Tensor | PromiseLike<Tensor> | null;
  /** True says that items which are tensors already pass unchanged, so that it may be left out for them. */
  declare passesTensors?: boolean;
  /** Learns from items, or from the DataLoader that it belongs to. */
  setups?(items: any): void;

  constructor(
    ...args: [
      enc?: TransformFunction | TransformOptions | null,
      dec?: TransformFunction | TransformOptions | null,
      options?: TransformOptions,
    ]
  ) {
    super();
    const names = ['enc', 'dec', 'split_idx', 'order'];
    const given = namedArguments('Transform', names, args, 2) as TransformOptions;
    const { enc: encodes = null, dec: decodes = null } = given;
    if (given.split_idx !== undefined) this.split_idx = given.split_idx;
    const order = given.order ?? (encodes as { order?: unknown } | null)?.order;
    if (typeof order === 'number') this.order = order;
    for (const fn of [encodes, decodes])
      if (fn !== null && typeof fn !== 'function')
        throw new ArgumentError('Transform(): enc and dec must be functions', 'Transform');
    if (encodes !== null) {
      this.encodes = encodes;
      this.#name = encodes.name;
      const { encodesMany } = encodes as Partial<Pick<TransformClass, 'encodesMany'>>;
      if (encodesMany !== undefined) this.encodesMany = encodesMany;
    }
    if (decodes !== null) this.decodes = decodes;
  }

  /** The class, or the function that encodes. */
  get name(): string {
    return this.#name ?? (this.constructor as unknown as { name: string }).name;
  }
  encode(x: any, call?: TransformCall): any {
    return this.applyStep('encodes', x, call);
  }
  decode(x: any, call?: TransformCall): any {
    return this.applyStep('decodes', x, call);
  }
  /** @param train_setup with the training part of the items only (default: false) */
  setup(items: any = null, train_setup = false): void {
    const isTrain = this.train_setup ?? train_setup;
    this.setups?.(isTrain ? ((items as { train?: unknown } | null)?.train ?? items) : items);
  }

  /** @internal */
  applyStep(step: Step, x: unknown, { split_idx = null, ...call }: TransformCall = {}): unknown {
    if (this.split_idx !== null && this.split_idx !== split_idx) return x;
    if (!isTuple(x)) return this.applyOne(step, x, call);
    return x.map((item) => this.applyOne(step, item, call));
  }
  /** @internal */
  applyOne(step: Step, x: unknown, call: object): unknown {
    if (this[step] === undefined) return x;
    return retain_type(this[step](x, call), x);
  }

  [reduce](): Reduced {
    const own = this as unknown as Record<Step, unknown>;
    const { encodes = null, decodes = null } = own;
    return { by: Transform, args: this.#name === null ? [] : [encodes, decodes] };
  }
  override toString(): string {
    return this.name;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
export const Transform = callable(TransformClass);
export type Transform = TransformClass;

/** What Python has as a tuple: an array that is nothing more than that. */
export function isTuple(value: unknown): value is unknown[] {
  return Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype;
}

/** A transform that gets tuples whole. [fastcore docs](https://fastcore.fast.ai/transform.html#itemtransform) */
class ItemTransformClass extends TransformClass {
  override applyStep(step: Step, x: unknown, { split_idx = null, ...call }: TransformCall = {}): unknown {
    return this.split_idx !== null && this.split_idx !== split_idx ? x : this.applyOne(step, x, call);
  }
}
export const ItemTransform = callable(ItemTransformClass);
export type ItemTransform = ItemTransformClass;

/** A transform that changes what it is given and returns nothing. [fastcore docs](https://fastcore.fast.ai/transform.html#inplacetransform) */
class InplaceTransformClass extends TransformClass {
  override applyStep(step: Step, x: unknown, call?: TransformCall): unknown {
    super.applyStep(step, x, call);
    return x;
  }
}
export const InplaceTransform = callable(InplaceTransformClass);
export type InplaceTransform = InplaceTransformClass;

type Type = abstract new (...args: any[]) => unknown;

/**
 * A function that goes by the class of its first argument, as Python's annotations do: of the classes listed that
 * the value is an instance of, the most special one. Any other value passes unchanged.
 *
 * `encodes = typedispatch([[PILImage, (x) => ...], [PILMask, (x) => ...]])`
 */
export function typedispatch<This = unknown>(
  cases: readonly (readonly [Type, (this: This, x: any, call: any) => unknown])[],
): (this: This, x: any, call?: any) => unknown {
  return function (this: This, x: unknown, call?: unknown): unknown {
    let found: (typeof cases)[number] | undefined;
    for (const one of cases)
      if (x instanceof one[0] && (found === undefined || one[0].prototype instanceof found[0])) found = one;
    return found === undefined ? x : found[1].call(this, x, call);
  };
}
