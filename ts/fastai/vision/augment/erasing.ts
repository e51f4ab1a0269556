/** Crops and erased places of batches. https://docs.fast.ai/vision.augment.html#randomresizedcropgpu */
import { random } from '../../../fastcore/random.js';
import { namedArguments } from '../../../torch/arguments.js';
import { callable, no_grad, tidy, ValueError, type Tensor } from '../../../torch/index.js';
import { as_subclass, TensorImage, TensorMask } from '../../tensor_types.js';
import { firstOf } from './affine.js';
import { affine_coord, checkSampling, type SampleMode } from './grid.js';
import { pythonRound, RandTransformClass } from './rand_transform.js';
import { heightWidth, type ImageSize } from './size.js';

export interface RandomResizedCropGPUOptions {
  /** Least and largest share of the pictures' area; defaults: 0.08 and 1. */
  min_scale?: number;
  max_scale?: number;
  /** Least and largest width over height; default: [3/4, 4/3]. */
  ratio?: readonly [number, number];
  mode?: SampleMode;
  /** Share of the sides that is shown in validation; default: 1. */
  valid_scale?: number;
  mode_mask?: SampleMode;
}

class RandomResizedCropGPUClass extends RandTransformClass {
  override order = 30;
  override split_idx: number | null = null;
  readonly size: readonly [number, number];
  readonly options: Required<RandomResizedCropGPUOptions>;
  /** The part of the present batch, height and width, and where it begins, top and left. */
  cp_size: readonly [number, number] = [0, 0];
  tl: readonly [number, number] = [0, 0];

  /**
   * The same part of all pictures of a batch, of random area and shape, at one size; in validation the middle.
   * [fastai docs](https://docs.fast.ai/vision.augment.html#randomresizedcropgpu)
   */
  constructor(size: ImageSize, options: RandomResizedCropGPUOptions = {}) {
    super();
    const names = ['min_scale', 'ratio', 'mode', 'valid_scale', 'max_scale', 'mode_mask'];
    const given = namedArguments('RandomResizedCropGPU', names, [options], 0);
    this.size = heightWidth('RandomResizedCropGPU', size);
    const usual = { min_scale: 0.08, max_scale: 1, ratio: [3 / 4, 4 / 3], valid_scale: 1 };
    this.options = { ...usual, mode: 'bilinear', mode_mask: 'nearest', ...given } as never;
    for (const mode of [this.options.mode, this.options.mode_mask])
      checkSampling('RandomResizedCropGPU', mode, 'reflection');
  }
  override before_call(batch: unknown, split_idx: number | null): void {
    const x = firstOf(batch);
    const [h, w] = [x.shape.at(-2)!, x.shape.at(-1)!];
    const { min_scale, max_scale, ratio, valid_scale } = this.options;
    for (let attempt = 0; attempt < 10 && !split_idx; attempt++) {
      const area = random.uniform(min_scale, max_scale) * w * h;
      const shape = Math.exp(random.uniform(Math.log(ratio[0]), Math.log(ratio[1])));
      const [nw, nh] = [pythonRound(Math.sqrt(area * shape)), pythonRound(Math.sqrt(area / shape))];
      if (nw > w || nh > h) continue;
      this.cp_size = [nh, nw];
      this.tl = [random.randint(0, h - nh), random.randint(0, w - nw)];
      return;
    }
    const part: readonly [number, number] =
      w / h < ratio[0]
        ? [Math.trunc(w / ratio[0]), w]
        : w / h > ratio[1]
          ? [h, Math.trunc(h * ratio[1])]
          : [h, w];
    const scale = split_idx ? valid_scale : 1;
    this.cp_size = [Math.trunc(part[0] * scale), Math.trunc(part[1] * scale)];
    this.tl = [Math.floor((h - this.cp_size[0]) / 2), Math.floor((w - this.cp_size[1]) / 2)];
  }
  override encodes(x: unknown): unknown {
    if (!(x instanceof TensorImage || x instanceof TensorMask)) return x;
    const { mode, mode_mask } = this.options;
    const [[top, left], [height, width]] = [this.tl, this.cp_size];
    return tidy(() => {
      const part = x.at('...', `${top}:${top + height}`, `${left}:${left + width}`);
      const isMask = x instanceof TensorMask;
      const seen = as_subclass(part, isMask ? TensorMask : TensorImage);
      return affine_coord(seen, { sz: this.size, mode: isMask ? mode_mask : mode });
    });
  }
}
export const RandomResizedCropGPU = callable(RandomResizedCropGPUClass);
export type RandomResizedCropGPU = RandomResizedCropGPUClass;

/** First and last row, first and last column, the last ones not included. */
export type Area = readonly [rl: number, rh: number, cl: number, ch: number];

/** Numbers of the normal distribution in the places `areas` of pictures [..., H, W], in place. */
export function cutout_gaussian<T extends Tensor>(x: T, areas: Iterable<Area>): T {
  no_grad(() => {
    for (const [rl, rh, cl, ch] of areas)
      tidy(() => void x.at('...', `${rl}:${rh}`, `${cl}:${ch}`).normal_());
  });
  return x;
}

/** `f` of normalized pictures, and back: from 0 to 1. `nrm` is a Normalize. */
export function norm_apply_denorm(
  x: Tensor,
  f: (x: Tensor) => Tensor,
  nrm: ((x: Tensor) => Tensor) & { decode(x: Tensor): Tensor },
): Tensor {
  return tidy(() => nrm.decode(f(nrm(as_subclass(x.clone(), TensorImage)))).clamp({ min: 0, max: 1 }));
}

export interface RandomErasingOptions {
  p?: number;
  /** Least and largest share of the area that is erased; defaults: 0 and 0.3. */
  sl?: number;
  sh?: number;
  /** Least height over width, and width over height; default: 0.3. */
  min_aspect?: number;
  /** How many places at most, which share the area; default: 1. */
  max_count?: number;
}

class RandomErasingClass extends RandTransformClass {
  override order = 100;
  readonly sl: number;
  readonly sh: number;
  readonly min_aspect: number;
  readonly max_count: number;

  /**
   * Noise in a rectangle, or several, the same for all pictures of a batch, with probability `p` (default: 0.5). It
   * comes after Normalize.
   * [fastai docs](https://docs.fast.ai/vision.augment.html#randomerasing)
   * @throws {ValueError} `min_aspect` or `max_count` is not above 0
   */
  constructor(...args: [p?: number | RandomErasingOptions, ...rest: (number | RandomErasingOptions)[]]) {
    const op = 'RandomErasing';
    const given = namedArguments(
      op,
      ['p', 'sl', 'sh', 'min_aspect', 'max_count'],
      args,
    ) as RandomErasingOptions;
    super({ p: given.p ?? 0.5 });
    const { sl = 0, sh = 0.3, min_aspect = 0.3, max_count = 1 } = given;
    if (!(min_aspect > 0)) throw new ValueError(`${op}(): min_aspect is ${min_aspect}, not above 0`, op);
    if (!Number.isInteger(max_count) || max_count < 1)
      throw new ValueError(`${op}(): max_count is ${max_count}, no whole number above 0`, op);
    [this.sl, this.sh, this.min_aspect, this.max_count] = [sl, sh, min_aspect, max_count];
  }
  override encodes(x: unknown): unknown {
    if (!(x instanceof TensorImage)) return x;
    const count = random.randint(1, this.max_count);
    const [h, w] = [x.shape.at(-2)!, x.shape.at(-1)!];
    const areas = Array.from({ length: count }, () => bounds(this, (h * w) / count, h, w));
    return cutout_gaussian(x, areas);
  }
}
export const RandomErasing = callable(RandomErasingClass);
export type RandomErasing = RandomErasingClass;

function bounds({ sl, sh, min_aspect }: RandomErasingClass, area: number, h: number, w: number): Area {
  const erased = random.uniform(sl, sh) * area;
  const aspect = Math.exp(random.uniform(Math.log(min_aspect), Math.log(1 / min_aspect)));
  return [...stretch(erased * aspect, h), ...stretch(erased / aspect, w)];
}
function stretch(area: number, side: number): [number, number] {
  const length = pythonRound(Math.sqrt(area));
  const start = random.randint(0, Math.max(side - length, 0));
  return [start, start + length];
}
