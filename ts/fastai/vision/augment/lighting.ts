/** Brightness, contrast, saturation and hue of batches. https://docs.fast.ai/vision.augment.html#lighting-transforms */
import { L } from '../../../fastcore/foundation.js';
import { reduce, type Reduced } from '../../../fastcore/reduce.js';
import type { TransformCall } from '../../../fastcore/transform.js';
import { namedArguments } from '../../../torch/arguments.js';
import { callable, stack, tensor, tidy, ValueError, type Tensor } from '../../../torch/index.js';
import { as_subclass, TensorImage } from '../../tensor_types.js';
import { logit } from '../../torch_core.js';
import { firstOf } from './affine.js';
import { between, drawn, type Draw } from './draw.js';
import { hsv2rgb, rgb2hsv } from './hsv.js';
import { probability, RandTransformClass } from './rand_transform.js';

/** What is done to numbers of a batch [N, C, H, W], by what was drawn for it. */
export interface SpaceFunction {
  before_call(x: Tensor): void;
  call(x: Tensor): Tensor;
  release?(): void;
}
/** Goes to other numbers for the colours of `x`, calls `func` there, and comes back. */
export type SpaceFn = (x: Tensor, func: (x: Tensor) => Tensor) => Tensor;

/** `func` of the logits of numbers from 0 to 1. */
export function lighting(x: Tensor, func: (x: Tensor) => Tensor): Tensor {
  return tidy(() => as_subclass(func(logit(x)).sigmoid(), TensorImage));
}
/** `func` of hue, saturation and value, each from 0 to 1. */
export function hsv(x: Tensor, func: (x: Tensor) => Tensor): Tensor {
  return tidy(() => as_subclass(hsv2rgb(func(rgb2hsv(x))), TensorImage));
}

export class SpaceTfmClass extends RandTransformClass {
  override order = 40;
  readonly fs: L<SpaceFunction>;
  readonly space_fn: SpaceFn;

  /** Functions that draw for each training batch and change its pictures' colours, in the numbers of `space_fn`. */
  constructor(fs: SpaceFunction | Iterable<SpaceFunction>, space_fn: SpaceFn) {
    super();
    this.fs = new L<SpaceFunction>(Symbol.iterator in fs ? [...fs] : [fs]);
    this.space_fn = space_fn;
  }
  override before_call(batch: unknown): void {
    // Drawn in validation too, as in fastai: the next training batch finds the generators as there.
    for (const f of this.fs) f.before_call(firstOf(batch));
  }
  override encode(x: unknown, call?: TransformCall): unknown {
    try {
      return super.encode(x, call);
    } finally {
      for (const f of this.fs) f.release?.();
    }
  }
  override encodes(x: unknown): unknown {
    if (!(x instanceof TensorImage)) return x;
    return this.space_fn(x, (numbers) => this.fs.reduce((at: Tensor, f) => f.call(at), numbers));
  }
  /** Takes in what another one does, so that pictures go there and back once. */
  compose(tfm: SpaceTfmClass): void {
    this.fs.push(...tfm.fs);
  }
}
export const SpaceTfm = callable(SpaceTfmClass);
export type SpaceTfm = SpaceTfmClass;

class LightingTfmClass extends SpaceTfmClass {
  /** Functions of logits. */
  constructor(fs: SpaceFunction | Iterable<SpaceFunction>) {
    super(fs, lighting);
  }
}
export const LightingTfm = callable(LightingTfmClass);
export type LightingTfm = LightingTfmClass;

class HSVTfmClass extends SpaceTfmClass {
  /** Functions of hue, saturation and value. */
  constructor(fs: SpaceFunction | Iterable<SpaceFunction>) {
    super(fs, hsv);
  }
}
export const HSVTfm = callable(HSVTfmClass);
export type HSVTfm = HSVTfmClass;

export interface ChangeOptions {
  /** How likely a picture is to be changed; default: 0.75. */
  p?: number;
  draw?: Draw;
  /** The same for all pictures of a batch; default: false. */
  batch?: boolean;
}
export interface LightingOptions extends ChangeOptions {
  /** How much at most, from 0 up to 1; default: 0.2. */
  max_lighting?: number;
}
export interface HueOptions extends ChangeOptions {
  /** How much at most, from 0 up to 1; default: 0.1. */
  max_hue?: number;
}
const common = ['p', 'draw', 'batch'];

/** A number for each picture, and what it does to it. */
abstract class Change implements SpaceFunction {
  readonly max: number;
  readonly p: number;
  readonly draw: Draw;
  readonly batch: boolean;
  /** What changes nothing. */
  abstract readonly neutral: number;
  #change: Tensor | null = null;

  /** @throws {ValueError} `p` is no probability, the largest change is not from 0 up to 1 */
  constructor(op: string, most: string, usual: number, args: readonly unknown[]) {
    const given = namedArguments(op, [most, ...common], args) as ChangeOptions & Record<string, number>;
    this.max = given[most] ?? usual;
    if (!(this.max >= 0 && this.max < 1))
      throw new ValueError(`${op}(): ${most} is ${this.max}, not from 0 up to 1`, op);
    this.p = probability(op, given.p ?? 0.75);
    this.draw = given.draw ?? null;
    this.batch = given.batch ?? false;
  }
  /** By chance, as likely twice as much as half: the logarithm is uniform. */
  protected chance(x: Tensor): Tensor {
    const most = Math.log(1 - this.max);
    return between(x, most, -most, this.batch).exp();
  }
  protected abstract apply(x: Tensor, change: Tensor): Tensor;

  before_call(x: Tensor): void {
    const { p, neutral, batch } = this;
    this.#change = tidy(() =>
      drawn(x, (t) => this.chance(t), this.draw, { p, neutral, batch }).view(-1, 1, 1, 1),
    );
  }
  call(x: Tensor): Tensor {
    return tidy(() => this.apply(x, this.#change!));
  }
  release(): void {
    this.#change?.dispose();
    this.#change = null;
  }
  [reduce](): Reduced {
    return { by: this.constructor as never, args: [] };
  }
}

export class BrightnessLogit extends Change {
  readonly neutral = 0.5;
  constructor(...args: unknown[]) {
    super('Brightness', 'max_lighting', 0.2, args);
  }
  protected override chance(x: Tensor): Tensor {
    return between(x, 0.5 * (1 - this.max), 0.5 * (1 + this.max), this.batch);
  }
  protected apply(x: Tensor, change: Tensor): Tensor {
    return x.add(logit(change));
  }
}
export class ContrastLogit extends Change {
  readonly neutral = 1;
  constructor(...args: unknown[]) {
    super('Contrast', 'max_lighting', 0.2, args);
  }
  protected apply(x: Tensor, change: Tensor): Tensor {
    return x.mul(change);
  }
}
export class SaturationLogit extends Change {
  readonly neutral = 1;
  constructor(...args: unknown[]) {
    super('Saturation', 'max_lighting', 0.2, args);
  }
  protected apply(x: Tensor, change: Tensor): Tensor {
    return x.mul(change).add(grayscale(x).mul(change.neg().add(1)));
  }
}
export class HueTurn extends Change {
  readonly neutral = 0;
  constructor(...args: unknown[]) {
    super('Hue', 'max_hue', 0.1, args);
  }
  protected apply(x: Tensor, change: Tensor): Tensor {
    const [h, s, v] = x.unbind(1) as [Tensor, Tensor, Tensor];
    return stack([h.add(change.at('...', 0)).remainder(1), s, v], 1);
  }
}

/** [N, 1, H, W] of colours [N, 3, H, W], by ITU-R 601's luma. */
export function grayscale(x: Tensor): Tensor {
  return tidy(() => {
    const luma = tensor([0.2989, 0.587, 0.114], { dtype: x.dtype, device: x.device }).view(3, 1, 1);
    return x.mul(luma).sum(1, { keepdim: true });
  });
}

type LightingArguments = [max_lighting?: number | LightingOptions, p?: number | LightingOptions, draw?: Draw | LightingOptions, batch?: boolean | LightingOptions]; // prettier-ignore

class BrightnessClass extends LightingTfmClass {
  /**
   * Brighter or darker by up to `max_lighting` (default: 0.2), each picture with probability `p` (0.75).
   * [fastai docs](https://docs.fast.ai/vision.augment.html#brightness)
   */
  constructor(...args: LightingArguments) {
    super(new BrightnessLogit(...args));
  }
}
export const Brightness = callable(BrightnessClass);
export type Brightness = BrightnessClass;

class ContrastClass extends LightingTfmClass {
  /**
   * More or less contrast by up to `max_lighting` (default: 0.2), each picture with probability `p` (0.75).
   * [fastai docs](https://docs.fast.ai/vision.augment.html#contrast)
   */
  constructor(...args: LightingArguments) {
    super(new ContrastLogit(...args));
  }
}
export const Contrast = callable(ContrastClass);
export type Contrast = ContrastClass;

class SaturationClass extends LightingTfmClass {
  /**
   * More or less colour by up to `max_lighting` (default: 0.2), each picture with probability `p` (0.75).
   * [fastai docs](https://docs.fast.ai/vision.augment.html#saturation)
   */
  constructor(...args: LightingArguments) {
    super(new SaturationLogit(...args));
  }
}
export const Saturation = callable(SaturationClass);
export type Saturation = SaturationClass;

class HueClass extends HSVTfmClass {
  /**
   * Other colours by up to `max_hue` (default: 0.1) of the circle, each picture with probability `p` (0.75).
   * [fastai docs](https://docs.fast.ai/vision.augment.html#hue)
   */
  constructor(
    ...args: [max_hue?: number | HueOptions, p?: number | HueOptions, draw?: Draw | HueOptions, batch?: boolean | HueOptions] // prettier-ignore
  ) {
    super(new HueTurn(...args));
  }
}
export const Hue = callable(HueClass);
export type Hue = HueClass;
