/** Transforms as objects that are called: https://docs.pytorch.org/vision/stable/transforms.html */
import { ArgumentError, callable, float32, nn, rand, randint, tidy, ValueError } from '../../torch/index.js';
import type { DType, Tensor } from '../../torch/index.js';
import * as F from './functional.js';

type Size = number | readonly number[];

/** Python's text of a tuple. */
function tuple(values: readonly number[]): string {
  return values.length === 1 ? `(${values[0]},)` : `(${values.join(', ')})`;
}
/** [height, width] of one number or two. @throws {ValueError} */
function pair(size: Size): [number, number] {
  if (typeof size === 'number') return [size, size];
  if (size.length === 1) return [size[0]!, size[0]!];
  if (size.length === 2) return [size[0]!, size[1]!];
  throw new ValueError('Please provide only two dimensions (h, w) for size.');
}
/** What torch.rand and torch.randint give for one number, the tensor freed. */
function drawn(draw: () => Tensor): number {
  return tidy(() => draw().item());
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each transform takes what the one before it gave
type Transform = (input: any) => any;

class ComposeClass extends nn.Module {
  transforms: readonly Transform[];

  /** One after the other. */
  constructor(transforms: readonly Transform[]) {
    super();
    if (!Array.isArray(transforms) || !transforms.every((one) => typeof one === 'function'))
      throw new ArgumentError('Compose(): expected a list of transforms', 'Compose');
    this.transforms = transforms;
  }
  forward(img: unknown): unknown {
    return this.transforms.reduce((value: unknown, transform): unknown => transform(value), img);
  }
  override toString(): string {
    return `Compose(\n${this.transforms.map((one) => `    ${String(one)}\n`).join('')})`;
  }
}
export const Compose = callable(ComposeClass);
export type Compose = ComposeClass;

class ToTensorClass extends nn.Module {
  /** uint8 [C, H, W] to float32 between 0 and 1. */
  forward(pic: Tensor): Tensor {
    return F.to_tensor(pic);
  }
  override toString(): string {
    return 'ToTensor()';
  }
}
export const ToTensor = callable(ToTensorClass);
export type ToTensor = ToTensorClass;

class NormalizeClass extends nn.Module {
  /** (x - mean) / std for each channel of an image of floating point. @throws see functional.normalize */
  constructor(
    readonly mean: readonly number[],
    readonly std: readonly number[],
    readonly options: { inplace?: boolean } = {},
  ) {
    super();
  }
  forward(tensor: Tensor): Tensor {
    return F.normalize(tensor, this.mean, this.std, this.options.inplace);
  }
  override toString(): string {
    return `Normalize(mean=${tuple(this.mean)}, std=${tuple(this.std)})`;
  }
}
export const Normalize = callable(NormalizeClass);
export type Normalize = NormalizeClass;

class ResizeClass extends nn.Module {
  /** Height and width, or the shorter side; see functional.resize. */
  constructor(
    readonly size: Size,
    readonly options: { interpolation?: F.Interpolation; max_size?: number | null; antialias?: boolean } = {},
  ) {
    super();
  }
  forward(img: Tensor): Tensor {
    return F.resize(img, this.size, this.options);
  }
  override toString(): string {
    const { interpolation = 'bilinear', max_size = null, antialias = true } = this.options;
    const size = typeof this.size === 'number' ? String(this.size) : tuple(this.size);
    const limit = max_size === null ? 'None' : String(max_size);
    return `Resize(size=${size}, interpolation=${interpolation}, max_size=${limit}, antialias=${antialias ? 'True' : 'False'})`;
  }
}
export const Resize = callable(ResizeClass);
export type Resize = ResizeClass;

class CenterCropClass extends nn.Module {
  readonly size: [number, number];

  /** The middle; an image that is too small gets zeros around it. */
  constructor(size: Size) {
    super();
    this.size = pair(size);
  }
  forward(img: Tensor): Tensor {
    return F.center_crop(img, this.size);
  }
  override toString(): string {
    return `CenterCrop(size=${tuple(this.size)})`;
  }
}
export const CenterCrop = callable(CenterCropClass);
export type CenterCrop = CenterCropClass;

export interface RandomCropOptions {
  /** Added on all sides first; default: none. */
  padding?: F.Padding | null;
  /** Whether an image that is too small is padded; default: false. */
  pad_if_needed?: boolean;
  /** Default: 0. */
  fill?: number;
  /** Default: 'constant'. */
  padding_mode?: F.PaddingMode;
}
class RandomCropClass extends nn.Module {
  readonly size: [number, number];

  /** A rectangle at a random place: one draw for the row, one for the column. */
  constructor(
    size: Size,
    readonly options: RandomCropOptions = {},
  ) {
    super();
    this.size = pair(size);
  }
  /** @throws {ValueError} the image is smaller than the rectangle */
  forward(img: Tensor): Tensor {
    const { padding = null, pad_if_needed = false, fill = 0, padding_mode = 'constant' } = this.options;
    const [height, width] = this.size;
    return tidy(() => {
      let image = padding === null ? img : F.pad(img, padding, fill, padding_mode);
      const [h, w] = F.imageSize(image);
      if (pad_if_needed && w < width) image = F.pad(image, [width - w, 0], fill, padding_mode);
      if (pad_if_needed && h < height) image = F.pad(image, [0, height - h], fill, padding_mode);
      const [rows, columns] = F.imageSize(image);
      if (rows < height || columns < width)
        throw new ValueError(
          `Required crop size ${tuple(this.size)} is larger than input image size ${tuple([rows, columns])}`,
          'RandomCrop',
        );
      if (rows === height && columns === width) return image;
      const top = drawn(() => randint(0, rows - height + 1, [1]));
      const left = drawn(() => randint(0, columns - width + 1, [1]));
      return F.crop(image, top, left, height, width);
    });
  }
  override toString(): string {
    const { padding = null } = this.options;
    const text = padding === null ? 'None' : typeof padding === 'number' ? String(padding) : tuple(padding);
    return `RandomCrop(size=${tuple(this.size)}, padding=${text})`;
  }
}
export const RandomCrop = callable(RandomCropClass);
export type RandomCrop = RandomCropClass;

class RandomHorizontalFlipClass extends nn.Module {
  readonly p: number;

  /** Mirrored with probability `p` (default: 0.5). */
  constructor(p: number | { p?: number } = 0.5) {
    super();
    this.p = typeof p === 'number' ? p : (p.p ?? 0.5);
  }
  forward(img: Tensor): Tensor {
    return drawn(() => rand([1])) < this.p ? F.hflip(img) : img;
  }
  override toString(): string {
    return `RandomHorizontalFlip(p=${this.p})`;
  }
}
export const RandomHorizontalFlip = callable(RandomHorizontalFlipClass);
export type RandomHorizontalFlip = RandomHorizontalFlipClass;

class GrayscaleClass extends nn.Module {
  readonly num_output_channels: number;

  /** 1 channel (default), or 3 equal ones. */
  constructor(channels: number | { num_output_channels?: number } = 1) {
    super();
    this.num_output_channels = typeof channels === 'number' ? channels : (channels.num_output_channels ?? 1);
  }
  forward(img: Tensor): Tensor {
    return F.rgb_to_grayscale(img, this.num_output_channels);
  }
  override toString(): string {
    return `Grayscale(num_output_channels=${this.num_output_channels})`;
  }
}
export const Grayscale = callable(GrayscaleClass);
export type Grayscale = GrayscaleClass;

class LambdaClass extends nn.Module {
  /** A function of one's own. @throws {ArgumentError} it is none */
  constructor(readonly lambd: Transform) {
    super();
    if (typeof lambd !== 'function')
      throw new ArgumentError(`Argument lambd should be callable, got ${typeof lambd}`, 'Lambda');
  }
  forward(img: unknown): unknown {
    return this.lambd(img);
  }
  override toString(): string {
    return 'Lambda()';
  }
}
export const Lambda = callable(LambdaClass);
export type Lambda = LambdaClass;

class ConvertImageDtypeClass extends nn.Module {
  /** Another dtype (default: float32), values in its own range. */
  constructor(readonly dtype: DType = float32) {
    super();
  }
  forward(img: Tensor): Tensor {
    return F.convert_image_dtype(img, this.dtype);
  }
  override toString(): string {
    return 'ConvertImageDtype()';
  }
}
export const ConvertImageDtype = callable(ConvertImageDtypeClass);
export type ConvertImageDtype = ConvertImageDtypeClass;

class PadClass extends nn.Module {
  /** @param options `fill` (default: 0), `padding_mode` (default: 'constant') */
  constructor(
    readonly padding: F.Padding,
    readonly options: { fill?: number; padding_mode?: F.PaddingMode } = {},
  ) {
    super();
  }
  forward(img: Tensor): Tensor {
    return F.pad(img, this.padding, this.options.fill, this.options.padding_mode);
  }
  override toString(): string {
    const { fill = 0, padding_mode = 'constant' } = this.options;
    const text = typeof this.padding === 'number' ? String(this.padding) : tuple(this.padding);
    return `Pad(padding=${text}, fill=${fill}, padding_mode=${padding_mode})`;
  }
}
export const Pad = callable(PadClass);
export type Pad = PadClass;
