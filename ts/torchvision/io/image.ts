import fs from 'node:fs';

import { from_numpy, Tensor, uint8 } from '../../torch/index.js';
import { decodePixels } from './decode.js';
import type { Pixels } from './decode.js';
import { encodePng } from './png.js';

/** Which channels a picture is read with. [torchvision docs](https://docs.pytorch.org/vision/stable/generated/torchvision.io.ImageReadMode.html) */
export enum ImageReadMode {
  UNCHANGED = 0,
  GRAY = 1,
  GRAY_ALPHA = 2,
  RGB = 3,
  RGB_ALPHA = 4,
}

type Mode = ImageReadMode | keyof typeof ImageReadMode;
type FileName = string | { toString(): string };

function channelsOf(mode: Mode, own: number): number {
  const value = typeof mode === 'string' ? ImageReadMode[mode] : mode;
  if (value === undefined || ImageReadMode[value] === undefined)
    throw new TypeError(
      `mode ${JSON.stringify(mode)} is none of UNCHANGED, GRAY, GRAY_ALPHA, RGB, RGB_ALPHA`,
    );
  return value === ImageReadMode.UNCHANGED ? own : value;
}

/** Luma as ITU-R 601 weighs it, in the fixed-point form that Python's PIL uses. */
const luma = (r: number, g: number, b: number) => (r * 19595 + g * 38470 + b * 7471 + 0x8000) >>> 16;

/** Interleaved pixels to planes, which is how tensors keep pictures: [H, W, C] to [C, H, W], channels as wanted. */
function toPlanes(
  { width, height, channels, data }: Pixels,
  wanted: number,
  out: Uint8Array | Uint16Array,
): void {
  const area = width * height;
  if (channels === 1 && wanted === 1) {
    out.set(data);
    return;
  }
  const opaque = data instanceof Uint16Array ? 0xffff : 0xff;
  const hasColor = channels >= 3;
  const hasAlpha = channels === 2 || channels === 4;
  for (let i = 0, at = 0; i < area; i++, at += channels) {
    const first = data[at]!;
    if (wanted >= 3) {
      out[i] = first;
      out[area + i] = hasColor ? data[at + 1]! : first;
      out[2 * area + i] = hasColor ? data[at + 2]! : first;
    } else out[i] = hasColor ? luma(first, data[at + 1]!, data[at + 2]!) : first;
    if (wanted === 2 || wanted === 4)
      out[(wanted - 1) * area + i] = hasAlpha ? data[at + channels - 1]! : opaque;
  }
}

function toTensor(pixels: Pixels, mode: Mode): Tensor {
  const { width, height, data } = pixels;
  const wanted = channelsOf(mode, pixels.channels);
  const length = wanted * width * height;
  const planes = data instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
  toPlanes(pixels, wanted, planes);
  return shaped(planes, [wanted, height, width]);
}

/** The array's memory becomes the tensor's: nobody else holds it. */
function shaped(array: Uint8Array | Uint16Array, shape: number[]): Tensor {
  const flat = from_numpy(array);
  const result = flat.view(shape);
  flat.dispose();
  return result;
}

function readBytes(file: FileName): Uint8Array {
  try {
    return fs.readFileSync(String(file));
  } catch (error) {
    throw new Error(`cannot read ${String(file)}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Decodes a PNG or JPEG, whichever its bytes say, to a tensor [C, H, W]: uint8, or uint16 for a 16-bit PNG.
 * With mode UNCHANGED (default) grey stays one channel and a palette becomes RGB.
 * Throws an error that says what is wrong with the data.
 * [torchvision docs](https://docs.pytorch.org/vision/stable/generated/torchvision.io.decode_image.html)
 */
export function decode_image(
  input: Tensor | Uint8Array | FileName,
  options: { mode?: Mode } | Mode = {},
): Tensor {
  const { mode = ImageReadMode.UNCHANGED } = typeof options === 'object' ? options : { mode: options };
  if (input instanceof Uint8Array) return toTensor(decodePixels(input, 'the image data'), mode);
  if (!(input instanceof Tensor)) return toTensor(decodePixels(readBytes(input), String(input)), mode);
  if (input.dtype !== uint8 || input.ndim !== 1)
    throw new TypeError(
      `decode_image(): expected a 1-d uint8 tensor, not ${input.ndim}-d ${String(input.dtype)}`,
    );
  return toTensor(decodePixels(input.toTypedArray() as Uint8Array, 'the image data'), mode);
}

/**
 * Reads a PNG or JPEG file to a tensor [C, H, W]; see `decode_image`. Errors name the file.
 * [torchvision docs](https://docs.pytorch.org/vision/stable/generated/torchvision.io.read_image.html)
 */
export function read_image(path: FileName, options: { mode?: Mode } | Mode = {}): Tensor {
  return decode_image(path instanceof Uint8Array ? String(path) : path, options);
}

/** A picture file that is in memory, as `readArchive` gives them; `path` is what errors call it. */
export interface ImageFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const isInMemory = (file: FileName | ImageFile): file is ImageFile =>
  typeof file === 'object' && 'bytes' in file && file.bytes instanceof Uint8Array;

/**
 * Reads many pictures of one size and kind to one uint8 tensor [N, C, H, W]: what
 * `torch.stack(paths.map(read_image))` gives, without a tensor for each. Synchronous on purpose: for small files
 * that is quicker than waiting for each one. Errors name the file, also the first one that differs from the others.
 */
export function readImages(images: Iterable<FileName | ImageFile>, options: { mode?: Mode } = {}): Tensor {
  const mode = options.mode ?? ImageReadMode.UNCHANGED;
  const files = Array.from(images);
  if (files.length === 0) throw new RangeError('readImages(): no files given');
  const nameOf = (file: FileName | ImageFile): string => (isInMemory(file) ? file.path : String(file));
  let all: Uint8Array | undefined;
  let shape: number[] = [];
  files.forEach((source, i) => {
    const file = nameOf(source);
    const pixels = decodePixels(isInMemory(source) ? source.bytes : readBytes(source), file);
    if (!(pixels.data instanceof Uint8Array))
      throw new TypeError(`cannot stack ${file}: it has 16 bits a channel`);
    const own = [channelsOf(mode, pixels.channels), pixels.height, pixels.width];
    if (all === undefined) {
      shape = own;
      all = new Uint8Array(files.length * own.reduce((a, b) => a * b));
    } else if (own.some((size, k) => size !== shape[k]))
      throw new RangeError(
        `cannot stack ${file}: it is [${own.join(', ')}], ${nameOf(files[0]!)} is [${shape.join(', ')}]`,
      );
    const size = all.length / files.length;
    toPlanes(pixels, own[0]!, all.subarray(i * size, (i + 1) * size));
  });
  return shaped(all!, [files.length, ...shape]);
}

function toPng(input: Tensor, compression_level: number): Uint8Array {
  const [channels, height, width] = input.shape;
  if (input.dtype !== uint8 || input.ndim !== 3 || (channels !== 1 && channels !== 3))
    throw new TypeError(
      `encode_png(): expected a uint8 tensor [1 or 3, H, W], not ${String(input.dtype)} [${input.shape.join(', ')}]`,
    );
  if (!Number.isInteger(compression_level) || compression_level < 0 || compression_level > 9)
    throw new RangeError(`encode_png(): compression_level ${compression_level} is not from 0 to 9`);
  const area = height! * width!;
  const planes = input.toTypedArray() as Uint8Array;
  const pixels = new Uint8Array(planes.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < area; i++) pixels[i * channels + c] = planes[c * area + i]!;
  return encodePng(pixels, { width: width!, height: height!, channels, level: compression_level });
}

/**
 * A PNG of a uint8 tensor [1 or 3, H, W], as a 1-d uint8 tensor.
 * [torchvision docs](https://docs.pytorch.org/vision/stable/generated/torchvision.io.encode_png.html)
 */
export function encode_png(input: Tensor, { compression_level = 6 } = {}): Tensor {
  return from_numpy(Uint8Array.from(toPng(input, compression_level)));
}

/**
 * Writes a uint8 tensor [1 or 3, H, W] as a PNG file.
 * [torchvision docs](https://docs.pytorch.org/vision/stable/generated/torchvision.io.write_png.html)
 */
export function write_png(input: Tensor, filename: FileName, { compression_level = 6 } = {}): void {
  fs.writeFileSync(String(filename), toPng(input, compression_level));
}
