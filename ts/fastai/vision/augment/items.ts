/** Pictures of one size, and single pictures that look different each time: https://docs.fast.ai/vision.augment.html */
import { random } from '../../../fastcore/random.js';
import { reduce, type Reduced } from '../../../fastcore/reduce.js';
import { Transform } from '../../../fastcore/transform.js';
import { checkOptions } from '../../../torch/arguments.js';
import { callable, ValueError } from '../../../torch/index.js';
import { TensorImageBase } from '../../tensor_types.js';
import { crop_pad, type PadMode } from '../crop_pad.js';
import { PILBase, Resampling, type Resample } from '../core.js';
import { pythonRound, RandTransformClass } from './rand_transform.js';
import { heightWidth, type ImageSize } from './size.js';
import './methods.js';

type Pair = [width: number, height: number];
/** fastai's order of sizes is height first, PIL's width first. */
function processSize(op: string, size: ImageSize): Pair {
  const [h, w] = heightWidth(op, size);
  return [w, h];
}
const heightFirst = ([w, h]: Pair): [number, number] => [h, w];
/** The size of the first picture among the parts of an item. */
function sizeOf(item: unknown): Pair {
  const image = Array.isArray(item) ? (item as unknown[]).find((part) => part instanceof PILBase) : item;
  if (image instanceof PILBase) return image.size;
  throw new ValueError('a transform of pictures was given an item without one');
}

const isPicture = (x: unknown): x is PILBase | TensorImageBase =>
  x instanceof PILBase || x instanceof TensorImageBase;

class FlipItemClass extends RandTransformClass {
  /** Mirrored with probability `p` (default: 0.5): a picture, or a tensor of one. */
  constructor(p: number | { p?: number } = 0.5) {
    super({ p: typeof p === 'number' ? p : (p.p ?? 0.5) });
  }
  override encodes(x: unknown): unknown {
    return isPicture(x) ? x.flip_lr() : x;
  }
}
export const FlipItem = callable(FlipItemClass);
export type FlipItem = FlipItemClass;

class DihedralItemClass extends RandTransformClass {
  #k = 0;
  /** One of the eight turns and mirrorings of a square, with probability `p` (default: 1). */
  constructor(options: { p?: number } = {}) {
    super(options);
  }
  override before_call(item: unknown, split_idx: number | null): void {
    super.before_call(item, split_idx);
    this.#k = random.randint(0, 7);
  }
  override encodes(x: unknown): unknown {
    return isPicture(x) ? x.dihedral(this.#k) : x;
  }
  override [reduce](): Reduced {
    return { by: DihedralItem, args: [{ p: this.p }] };
  }
}
export const DihedralItem = callable(DihedralItemClass);
export type DihedralItem = DihedralItemClass;

class CropPadClass extends Transform {
  readonly #size: Pair;
  readonly #mode: PadMode;
  /** The middle of a picture, with a border around it where it is too small. `pad_mode` default: 'zeros'. */
  constructor(size: ImageSize, options: { pad_mode?: PadMode } = {}) {
    super();
    checkOptions('CropPad', options, ['pad_mode']);
    this.#size = processSize('CropPad', size);
    this.#mode = options.pad_mode ?? 'zeros';
  }
  override [reduce](): Reduced {
    return { by: CropPad, args: [heightFirst(this.#size), { pad_mode: this.#mode }] };
  }
  override encodes(x: unknown): unknown {
    return x instanceof PILBase ? crop_pad(x, this.#size, { pad_mode: this.#mode }) : x;
  }
}
export const CropPad = callable(CropPadClass);
export type CropPad = CropPadClass;

class RandomCropClass extends RandTransformClass {
  override split_idx: number | null = null;
  override order = 1;
  readonly #size: Pair;
  #corner: Pair = [0, 0];
  /** A part of that size: anywhere in training, the middle in validation. */
  constructor(size: ImageSize, options: { p?: number } = {}) {
    super(options);
    this.#size = processSize('RandomCrop', size);
  }
  override before_call(item: unknown, split_idx: number | null): void {
    const [w, h] = sizeOf(item);
    const [dx, dy] = [w - this.#size[0], h - this.#size[1]];
    if (split_idx) this.#corner = [Math.floor(dx / 2), Math.floor(dy / 2)];
    else {
      if (dx < 0 || dy < 0)
        throw new ValueError(
          `RandomCrop(): ${this.#size.join('x')} does not fit into ${w}x${h}`,
          'RandomCrop',
        );
      this.#corner = [random.randint(0, dx), random.randint(0, dy)];
    }
  }
  override image(x: PILBase): PILBase {
    return crop_pad(x, this.#size, { corner: this.#corner });
  }
  override [reduce](): Reduced {
    return { by: RandomCrop, args: [heightFirst(this.#size), { p: this.p }] };
  }
}
export const RandomCrop = callable(RandomCropClass);
export type RandomCrop = RandomCropClass;

export const ResizeMethod = { Squish: 'squish', Crop: 'crop', Pad: 'pad' } as const;
export type ResizeMethod = (typeof ResizeMethod)[keyof typeof ResizeMethod];
const resizeMethods: readonly string[] = Object.values(ResizeMethod);

export interface ResizeOptions {
  /** 'crop' (default): the sides that are too long are cut; 'pad': the short ones get a border; 'squish': the shape changes. */
  method?: ResizeMethod;
  /** What a border is made of; default: 'reflection'. */
  pad_mode?: PadMode;
  /** PIL's filter for pictures, and that for masks; default: [BILINEAR, NEAREST]. */
  resamples?: readonly [Resample, Resample];
  p?: number;
}

class ResizeClass extends RandTransformClass {
  override split_idx: number | null = null;
  override order = 1;
  readonly size: Pair;
  readonly method: ResizeMethod;
  readonly pad_mode: PadMode;
  readonly #filter: Resample;
  #pcts: readonly [number, number] = [0.5, 0.5];

  /**
   * All pictures of one size. In training the part that is kept (or the border) is drawn, in validation it is the middle.
   * [fastai docs](https://docs.fast.ai/vision.augment.html#resize)
   */
  constructor(size: ImageSize, ...args: [method?: ResizeMethod | ResizeOptions, options?: ResizeOptions]) {
    const given: ResizeOptions =
      typeof args[0] === 'string' ? { ...args[1], method: args[0] } : (args[0] ?? args[1] ?? {});
    checkOptions('Resize', given, ['method', 'pad_mode', 'resamples', 'p']);
    super(given.p === undefined ? {} : { p: given.p });
    this.size = processSize('Resize', size);
    this.method = given.method ?? 'crop';
    if (!resizeMethods.includes(this.method))
      throw new ValueError(
        `Resize(): method '${this.method}' is none of ${resizeMethods.join(', ')}`,
        'Resize',
      );
    this.pad_mode = given.pad_mode ?? 'reflection';
    this.#filter = given.resamples?.[0] ?? Resampling.BILINEAR;
  }
  override before_call(_item: unknown, split_idx: number | null): void {
    if (this.method === 'squish') return;
    this.#pcts = split_idx ? [0.5, 0.5] : [random.random(), random.random()];
  }
  override image(x: PILBase): PILBase {
    const [w, h] = x.size;
    const options = { pad_mode: this.pad_mode, method: this.#filter, resize_to: this.size };
    if (this.method === 'squish') return crop_pad(x, [w, h], { ...options, corner: [0, 0] });
    const [across, down] = [w / this.size[0], h / this.size[1]];
    const m = this.method === 'pad' ? Math.max(across, down) : Math.min(across, down);
    const part: Pair = [Math.trunc(m * this.size[0]), Math.trunc(m * this.size[1])];
    const corner: Pair = [
      Math.trunc(this.#pcts[0] * (w - part[0])),
      Math.trunc(this.#pcts[1] * (h - part[1])),
    ];
    return crop_pad(x, part, { ...options, corner });
  }
  override [reduce](): Reduced {
    const { method, pad_mode, p } = this;
    const resamples = [this.#filter, Resampling.NEAREST];
    return { by: Resize, args: [heightFirst(this.size), { method, pad_mode, p, resamples }] };
  }
}
export const Resize = callable(ResizeClass);
export type Resize = ResizeClass;

export interface RandomResizedCropOptions {
  /** Least and largest share of the picture's area; defaults: 0.08 and 1. */
  min_scale?: number;
  max_scale?: number;
  /** Least and largest width over height; default: [3/4, 4/3]. */
  ratio?: readonly [number, number];
  resamples?: readonly [Resample, Resample];
  /** How much larger than `size` a validation picture is before its middle is taken; default: 0.14. */
  val_xtra?: number;
  p?: number;
}

class RandomResizedCropClass extends RandTransformClass {
  override split_idx: number | null = null;
  override order = 1;
  readonly size: Pair;
  readonly #options: Required<Omit<RandomResizedCropOptions, 'p'>>;
  #part: Pair = [0, 0];
  #corner: Pair = [0, 0];
  #final: Pair;

  /**
   * A part of random area and shape, at one size; in validation the middle.
   * [fastai docs](https://docs.fast.ai/vision.augment.html#randomresizedcrop)
   */
  constructor(size: ImageSize, options: RandomResizedCropOptions = {}) {
    const names = ['min_scale', 'max_scale', 'ratio', 'resamples', 'val_xtra', 'p'];
    checkOptions('RandomResizedCrop', options, names);
    super(options.p === undefined ? {} : { p: options.p });
    this.size = processSize('RandomResizedCrop', size);
    this.#final = this.size;
    const { min_scale = 0.08, max_scale = 1, ratio = [3 / 4, 4 / 3], val_xtra = 0.14 } = options;
    const { resamples = [Resampling.BILINEAR, Resampling.NEAREST] } = options;
    this.#options = { min_scale, max_scale, ratio, val_xtra, resamples };
  }
  override before_call(item: unknown, split_idx: number | null): void {
    const [w, h] = sizeOf(item);
    const { min_scale, max_scale, ratio, val_xtra } = this.#options;
    if (split_idx) {
      const extra = Math.ceil((Math.max(...this.size) * val_xtra) / 8) * 8;
      this.#final = [this.size[0] + extra, this.size[1] + extra];
      [this.#corner, this.#part] = [
        [0, 0],
        [w, h],
      ];
      return;
    }
    this.#final = this.size;
    for (let attempt = 0; attempt < 10; attempt++) {
      const area = random.uniform(min_scale, max_scale) * w * h;
      const shape = Math.exp(random.uniform(Math.log(ratio[0]), Math.log(ratio[1])));
      const part: Pair = [pythonRound(Math.sqrt(area * shape)), pythonRound(Math.sqrt(area / shape))];
      if (part[0] > w || part[1] > h) continue;
      this.#part = part;
      this.#corner = [random.randint(0, w - part[0]), random.randint(0, h - part[1])];
      return;
    }
    if (w / h < ratio[0]) this.#part = [w, Math.trunc(w / ratio[0])];
    else if (w / h > ratio[1]) this.#part = [Math.trunc(h * ratio[1]), h];
    else this.#part = [w, h];
    this.#corner = [Math.floor((w - this.#part[0]) / 2), Math.floor((h - this.#part[1]) / 2)];
  }
  override image(x: PILBase): PILBase {
    const method = this.#options.resamples[0];
    const part = crop_pad(x, this.#part, { corner: this.#corner, method, resize_to: this.#final });
    return this.#final === this.size ? part : crop_pad(part, this.size);
  }
  override [reduce](): Reduced {
    return { by: RandomResizedCrop, args: [heightFirst(this.size), { ...this.#options, p: this.p }] };
  }
}
export const RandomResizedCrop = callable(RandomResizedCropClass);
export type RandomResizedCrop = RandomResizedCropClass;
