/** The base of transforms that draw: https://docs.fast.ai/vision.augment.html#randtransform */
import { random } from '../../../fastcore/random.js';
import { Transform, type TransformCall } from '../../../fastcore/transform.js';
import { callable, ValueError } from '../../../torch/index.js';
import { PILBase } from '../core.js';

/** @throws {ValueError} naming the argument, `value` is no probability */
export function probability(op: string, value: number, name = 'p'): number {
  if (!(value >= 0 && value <= 1)) throw new ValueError(`${op}(): ${name} is ${value}, not from 0 to 1`, op);
  return value;
}

/** Halves go to the even neighbour. */
export function pythonRound(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

export class RandTransformClass extends Transform {
  override split_idx: number | null = 0;
  /** Whether it acts on the present item. */
  do = true;
  /** How likely it is to act; 1 draws nothing. */
  readonly p: number;

  /** A transform that draws what it does anew for each item, in training only unless a subclass says otherwise. */
  constructor({ p = 1 }: { p?: number } = {}) {
    super();
    this.p = probability(this.name, p);
  }
  /** Draws for an item of this part of the data. */
  before_call(_item: unknown, _split_idx: number | null): void {
    this.do = this.p === 1 || random.random() < this.p;
  }
  override encode(x: unknown, call?: TransformCall): unknown {
    this.before_call(x, call?.split_idx ?? null);
    return this.do ? (super.encode(x, call) as unknown) : x;
  }
  override encodes(x: unknown): unknown {
    return x instanceof PILBase ? this.image(x) : x;
  }
  /** What it does to a picture. */
  image(x: PILBase): PILBase {
    return x;
  }
}
export const RandTransform = callable(RandTransformClass);
export type RandTransform = RandTransformClass;
