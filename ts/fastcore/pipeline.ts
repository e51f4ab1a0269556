/** Transforms one after the other. https://fastcore.fast.ai/transform.html#pipeline */
import { inspect } from 'node:util';

import { ArgumentError } from '../torch/errors.js';
import { callable, callableInstance } from '../torch/nn/modules/callable.js';
import { L } from './foundation.js';
import { reduce, type Reduced } from './reduce.js';
import { isTuple, Transform, type TransformFunction } from './transform.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- what is transformed is of any type */

/** A transform, a class of them, or a function. */
export type TransformLike = Transform | TransformFunction | (new () => Transform);
export type TransformsLike = TransformLike | Pipeline | Iterable<TransformLike> | null | undefined;

/** What a value shown in `ctx` gives back: the context it drew in. */
interface Showable {
  show(options?: { ctx?: unknown; [name: string]: unknown }): unknown;
}
const isShowable = (value: unknown): value is Showable =>
  typeof (value as Partial<Showable> | null | undefined)?.show === 'function';

/** A transform of anything that stands for one. @throws {ArgumentError} it is neither a transform nor a function */
export function mk_transform(f: TransformLike): Transform {
  if (f instanceof Transform) return f;
  if (typeof f !== 'function') throw new ArgumentError(`a transform must be a function, not ${typeof f}`);
  const prototype: unknown = f.prototype;
  return prototype instanceof Transform || f === (Transform as unknown)
    ? new (f as new () => Transform)()
    : new Transform(f as TransformFunction);
}

function listOf(funcs: TransformsLike): TransformLike[] {
  if (funcs === null || funcs === undefined) return [];
  if (typeof funcs === 'function') return [funcs];
  return [...(funcs as Iterable<TransformLike>)];
}

class Chain {
  constructor() {
    const prototype = new.target.prototype as object & { encode(x: unknown): unknown };
    const self: typeof prototype = callableInstance((x: unknown) => self.encode(x), prototype);
    return self;
  }
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- the call of an instance
interface PipelineClass {
  (x: any): any;
}
/**
 * Transforms in the order of their `order`, called as one; `decode` goes back through them in reverse.
 * A Pipeline made of a Pipeline shares its transforms.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- the call of an instance
class PipelineClass extends Chain implements Iterable<Transform> {
  /** The part whose items are transformed: 0 training, 1 validation. */
  split_idx: number | null;
  fs: L<Transform>;

  constructor(funcs?: TransformsLike, split_idx: number | null | { split_idx?: number | null } = null) {
    super();
    this.split_idx = typeof split_idx === 'object' ? (split_idx?.split_idx ?? null) : split_idx;
    this.fs =
      funcs instanceof PipelineClass
        ? funcs.fs
        : new L<Transform>(listOf(funcs).map(mk_transform)).sorted({ key: (f: Transform) => f.order });
  }

  encode(x: any): any {
    let value: unknown = x;
    for (const f of this.fs) value = f.encode(value, { split_idx: this.split_idx });
    return value;
  }
  /** @param full back to the start (default), or only as far as the value can be shown */
  decode(x: any, full: boolean | { full?: boolean } = true): any {
    const toStart = typeof full === 'object' ? (full.full ?? true) : full;
    let value: unknown = x;
    for (const f of [...this.fs].reverse()) {
      if (!toStart && (isTuple(value) ? value.every(isShowable) : isShowable(value))) break;
      value = f.decode(value, { split_idx: this.split_idx });
    }
    return value;
  }
  /** Sets up the transforms one after the other; each sees the pipeline as far as it has been set up. */
  setup(items: any = null, train_setup = false): void {
    const all = [...this.fs];
    this.fs.length = 0;
    try {
      for (const f of all) this.add(f, items, train_setup);
    } catch (error) {
      this.fs.splice(0, this.fs.length, ...all);
      throw error;
    }
  }
  /** One transform more, or several, set up with `items` where they are given; those of higher order stay behind. */
  add(ts: TransformsLike, items: any = null, train_setup = false): void {
    for (const f of listOf(ts).map(mk_transform)) {
      f.setup(items, train_setup);
      this.fs.push(f);
    }
    this.fs.splice(0, this.fs.length, ...this.fs.sorted({ key: (f: Transform) => f.order }));
  }
  /** Decodes `x` as far as needed and shows it. @returns the context that was drawn in */
  show(x: any, { ctx = null, ...options }: { ctx?: unknown; [name: string]: unknown } = {}): unknown {
    const value: unknown = this.decode(x, false);
    for (const part of isTuple(value) ? value : [value])
      if (isShowable(part)) ctx = part.show({ ctx, ...options });
    return ctx;
  }
  /** The first transform of a class, or null. */
  find<T extends Transform>(type: abstract new (...args: any[]) => T): T | null {
    return (this.fs.find((f) => f instanceof type) as T | undefined) ?? null;
  }

  get length(): number {
    return this.fs.length;
  }
  at(index: number): Transform | undefined {
    return this.fs.at(index);
  }
  [Symbol.iterator](): IterableIterator<Transform> {
    return this.fs[Symbol.iterator]();
  }
  [reduce](): Reduced {
    return { by: Pipeline, args: [] };
  }
  override toString(): string {
    return `Pipeline: ${this.fs.map((f) => f.name).join(' -> ')}`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
export const Pipeline = callable(PipelineClass);
export type Pipeline = PipelineClass;
