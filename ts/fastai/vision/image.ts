import fs from 'node:fs';
import { inspect } from 'node:util';

import { Path, type PathLike } from '../../fastcore/index.js';
import { checkOptions } from '../../torch/arguments.js';
import { ArgumentError, from_numpy, tidy, uint8, ValueError, Tensor } from '../../torch/index.js';
import { encodePng } from '../../torchvision/io/png.js';
import { as_subclass, TensorImage, TensorImageBW, type TensorClass } from '../tensor_types.js';
import { channelsOf, convertMode, decodePicture, type Mode, type Picture } from './modes.js';
import {
  premultiply,
  resample,
  Resampling,
  unmultiply,
  type Box,
  type Raster,
  type Resample,
} from './resample.js';

/** What a picture can be made of: a file, the bytes of one, a tensor [H, W], [H, W, 3] or image tensor [C, H, W], or another picture. */
export type ImageSource = PathLike | Uint8Array | Tensor | PILBase;

/** @throws {Error} with the file's name and the reason */
export function readFile(file: PathLike): Uint8Array {
  try {
    return fs.readFileSync(String(file));
  } catch (error) {
    throw new Error(`cannot read ${String(file)}: ${(error as Error).message}`, { cause: error });
  }
}

/** Pixels of a uint8 tensor; a floating point one counts from 0 to 1. */
function fromTensor(tensor: Tensor): Picture {
  const shape = tensor.shape;
  const isPlanes = shape.length === 3 && shape[2]! > 4 && shape[0]! <= 4;
  if (shape.length !== 2 && (shape.length !== 3 || Math.min(shape[0]!, shape[2]!) > 4))
    throw new ValueError(
      `PILImage: a tensor [H, W], [H, W, C] or [C, H, W] is wanted, not [${shape.join(', ')}]`,
    );
  return tidy(() => {
    let t = isPlanes ? tensor.permute([1, 2, 0]) : tensor;
    if (t.dtype.is_floating_point) t = t.mul(255);
    t = t.detach().to('cpu').to(uint8).contiguous();
    const [height, width, channels = 1] = t.shape as unknown as [number, number, number?];
    const mode = (['L', 'LA', 'RGB', 'RGBA'] as const)[channels - 1]!;
    return { mode, width, height, data: Uint8Array.from(t.reshape([-1]).toTypedArray() as Uint8Array) };
  });
}

/**
 * A picture as Python's PIL holds it: a mode and rows of interleaved channels. Methods give new pictures.
 * [fastai docs](https://docs.fast.ai/vision.core.html#pilbase)
 */
export class PILBase {
  /** What `create` converts to. */
  static readonly openMode: Mode | null = 'RGB';
  static readonly colorMap: string = 'viridis';
  static readonly tensorClass: TensorClass = TensorImage;

  readonly mode: Mode;
  readonly width: number;
  readonly height: number;
  /** Rows of interleaved channels; do not write here. */
  readonly data: Uint8Array | Uint16Array;

  constructor({ mode, width, height, data }: Picture) {
    if (data.length !== width * height * channelsOf(mode))
      throw new ValueError(`PILImage: ${data.length} values for ${width}x${height} pixels of mode ${mode}`);
    this.mode = mode;
    this.width = width;
    this.height = height;
    this.data = data;
  }

  /**
   * From a file, bytes, a tensor or a picture, in this class's mode: RGB, or L for PILImageBW.
   * @param options `mode`: another mode; null keeps the file's own
   * @throws {Error} the file cannot be read or decoded: the text names it and says why
   */
  static create<C extends typeof PILBase>(
    this: C,
    source: ImageSource,
    options: { mode?: Mode | null } = {},
  ): InstanceType<C> {
    checkOptions('PILImage.create', options, ['mode']);
    const mode = options.mode === undefined ? this.openMode : options.mode;
    let picture: Picture;
    if (source instanceof PILBase) picture = source;
    else if (source instanceof Uint8Array) picture = decodePicture(source, 'the image data');
    else if (typeof source === 'string' || source instanceof Path)
      picture = decodePicture(readFile(source), String(source));
    // A tensor is taken as it is, as an array is in fastai.
    else if (source instanceof Tensor) return new this(fromTensor(source)) as InstanceType<C>;
    else
      throw new ArgumentError(
        `PILImage.create(): expected a path, bytes, a tensor or a picture, not ${inspect(source, { depth: 0 })}`,
        'PILImage.create',
      );
    return new this(mode === null ? picture : convertMode(picture, mode)) as InstanceType<C>;
  }

  /** [width, height]. */
  get size(): [number, number] {
    return [this.width, this.height];
  }
  /** [height, width]. */
  get shape(): [number, number] {
    return [this.height, this.width];
  }
  get n_px(): number {
    return this.width * this.height;
  }
  get aspect(): number {
    return this.width / this.height;
  }
  #like(picture: Picture): this {
    return new (this.constructor as new (picture: Picture) => this)(picture);
  }
  #raster(op: string): Raster {
    const { width, height, data } = this;
    if (!(data instanceof Uint8Array))
      throw new ValueError(`${op}(): not for mode ${this.mode}; convert('L') first`, op);
    return { width, height, channels: channelsOf(this.mode), data };
  }

  convert(mode: Mode): this {
    return this.#like(convertMode(this, mode));
  }
  copy(): this {
    return this.#like({ ...this, data: this.data.slice() });
  }
  /**
   * Another width and height, with PIL's own numbers.
   * @param method one of `Resampling`; default: BICUBIC  @param box the part to take; default: all
   */
  resize([width, height]: readonly [number, number], method: Resample = Resampling.BICUBIC, box?: Box): this {
    if (![width, height].every((side) => Number.isInteger(side) && side > 0))
      throw new ValueError(`resize(): [${width}, ${height}] are no width and height`, 'resize');
    if (!Object.values(Resampling).includes(method))
      throw new ValueError(`resize(): ${String(method)} is none of PIL's filters`, 'resize');
    if (width === this.width && height === this.height && box === undefined) return this.copy();
    const raster = this.#raster('resize');
    const isWeighed = method !== Resampling.NEAREST && raster.channels % 2 === 0;
    if (isWeighed) raster.data = premultiply(raster);
    const data = resample(raster, [width, height], method, box);
    if (isWeighed) unmultiply(data, raster.channels);
    return this.#like({ mode: this.mode, width, height, data });
  }
  /** As `resize`, height first, and nearest pixels unless told otherwise. */
  reshape(height: number, width: number, method: Resample = Resampling.NEAREST): this {
    return this.resize([width, height], method);
  }
  /** At most `height` and `width` (default: the same), in proportion. */
  to_thumb(height: number, width = height): this {
    const ratio = Math.min(height / this.height, width / this.width);
    if (ratio >= 1) return this.copy();
    const side = (length: number) => Math.max(1, Math.round(length * ratio));
    return this.resize([side(this.width), side(this.height)]);
  }
  /** The rectangle; what lies outside of the picture is 0. */
  crop([left, upper, right, lower]: Box): this {
    if (!(right > left && lower > upper))
      throw new ValueError(`crop(): [${left}, ${upper}, ${right}, ${lower}] holds no pixel`, 'crop');
    const channels = channelsOf(this.mode);
    const [width, height] = [right - left, lower - upper];
    const data = this.#blank(width * height * channels);
    const [from, to] = [Math.max(left, 0), Math.min(right, this.width)];
    for (let y = Math.max(upper, 0); y < Math.min(lower, this.height) && to > from; y++) {
      const row = this.data.subarray((y * this.width + from) * channels, (y * this.width + to) * channels);
      data.set(row, ((y - upper) * width + from - left) * channels);
    }
    return this.#like({ mode: this.mode, width, height, data });
  }
  #blank(length: number): Uint8Array | Uint16Array {
    return this.data instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
  }
  /** The pixel at each place of the result, given by its place in this picture. */
  gather(width: number, height: number, place: (x: number, y: number) => number): this {
    const channels = channelsOf(this.mode);
    const data = this.#blank(width * height * channels);
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const from = place(x, y);
        for (let c = 0; c < channels; c++, at++) if (from >= 0) data[at] = this.data[from * channels + c]!;
      }
    return this.#like({ mode: this.mode, width, height, data });
  }
  flip_lr(): this {
    return this.gather(this.width, this.height, (x, y) => y * this.width + this.width - 1 - x);
  }
  /** One of the eight turns and mirrorings of a square; 0 changes nothing. */
  dihedral(k: number): this {
    const [w, h] = this.size;
    const isTurned = k >= 3 && k !== 4 && k <= 7;
    // PIL's transpose numbers: flip left-right, flip top-bottom, turn by 90, 180, 270, transpose, transverse.
    const places: ((x: number, y: number) => number)[] = [
      (x, y) => y * w + x,
      (x, y) => y * w + (w - 1 - x),
      (x, y) => (h - 1 - y) * w + x,
      (x, y) => x * w + (w - 1 - y),
      (x, y) => (h - 1 - y) * w + (w - 1 - x),
      (x, y) => (h - 1 - x) * w + y,
      (x, y) => x * w + y,
      (x, y) => (h - 1 - x) * w + (w - 1 - y),
    ];
    const place = places[k];
    if (place === undefined) throw new ValueError(`dihedral(): ${k} is not from 0 to 7`, 'dihedral');
    return isTurned ? this.gather(h, w, place) : this.gather(w, h, place);
  }

  /** Its pixels as fastai's `tensor(im)` gives them: uint8 (uint16 for `I;16`), [H, W] when grey, else [H, W, C]. */
  toTensor(): Tensor {
    const channels = channelsOf(this.mode);
    const shape = channels === 1 ? this.shape : [...this.shape, channels];
    return tidy(() => from_numpy(this.data.slice()).view(shape));
  }
  /** uint8 [C, H, W], of the kind that transforms of batches know as a picture. */
  toTensorImage(): Tensor {
    const planes = tidy(() => {
      const pixels = this.toTensor();
      return pixels.ndim === 2 ? pixels.unsqueeze(0) : pixels.permute([2, 0, 1]).contiguous();
    });
    return as_subclass(planes, (this.constructor as typeof PILBase).tensorClass);
  }
  /** The bytes of a PNG file of it; modes L and RGB. */
  to_bytes_format(format = 'png'): Uint8Array {
    if (format.toLowerCase() !== 'png') throw new ValueError(`pictures are written as png, not ${format}`);
    const { width, height, channels, data } = this.#raster('to_bytes_format');
    return encodePng(data, { width, height, channels, level: 6 });
  }
  /** Writes a PNG file. */
  save(file: PathLike): void {
    if (Path(file).suffix.toLowerCase() !== '.png')
      throw new ValueError(`save(): pictures are written as .png, not ${String(file)}`, 'save');
    fs.writeFileSync(String(file), this.to_bytes_format());
  }

  /** The picture in coloured half blocks for a terminal, at most `columns` (default: 64) wide. */
  preview(columns = 64): string {
    const small = this.width > columns ? this.to_thumb(Infinity, columns) : this;
    const { data } = small.convert('RGB');
    const color = (x: number, y: number) => {
      const at = (y * small.width + x) * 3;
      return `2;${data[at]};${data[at + 1]};${data[at + 2]}`;
    };
    let text = '';
    for (let y = 0; y < small.height; y += 2) {
      for (let x = 0; x < small.width; x++)
        text += `\x1b[38;${color(x, y)}m` + (y + 1 < small.height ? `\x1b[48;${color(x, y + 1)}m` : '') + '▀';
      text += '\x1b[0m\n';
    }
    return text;
  }
  toString(): string {
    return `${this.constructor.name} mode=${this.mode} size=${this.width}x${this.height}`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
  /** A notebook shows the picture itself. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    const picture = this.mode === 'L' || this.mode === 'RGB' ? this : this.convert('RGB');
    return {
      'image/png': Buffer.from(picture.to_bytes_format()).toString('base64'),
      'text/plain': this.toString(),
    };
  }
}

/** A colour picture: `PILImage.create(file)` is RGB. [fastai docs](https://docs.fast.ai/vision.core.html#pilimage) */
export class PILImage extends PILBase {}

/** A grey picture, mode L. [fastai docs](https://docs.fast.ai/vision.core.html#pilimagebw) */
export class PILImageBW extends PILImage {
  static override readonly openMode: Mode | null = 'L';
  static override readonly colorMap: string = 'Greys';
  static override readonly tensorClass: TensorClass = TensorImageBW;
}

/** `Image.open(path)` and `Image.fromarray(tensor)` of Python's PIL: the picture in the mode its file has. */
export const Image = {
  open: (source: PathLike | Uint8Array): PILImage => PILImage.create(source, { mode: null }),
  fromarray: (tensor: Tensor): PILImage => PILImage.create(tensor),
};
