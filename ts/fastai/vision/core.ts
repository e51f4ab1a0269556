/** Pictures: https://docs.fast.ai/vision.core.html */
import type { Tensor } from '../../torch/index.js';
import { PILImage, type ImageSource, type PILBase } from './image.js';
import type { Mode } from './modes.js';

export { Image, PILBase, PILImage, PILImageBW, type ImageSource } from './image.js';
export type { Mode } from './modes.js';
export { Resampling, type Resample } from './resample.js';

/** Mean and standard deviation of each channel. */
export type Stats = readonly [mean: readonly number[], std: readonly number[]];
export const imagenet_stats: Stats = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
];
export const cifar_stats: Stats = [
  [0.491, 0.482, 0.447],
  [0.247, 0.243, 0.261],
];
export const mnist_stats: Stats = [[0.131], [0.308]];

/** A picture from a file, in `mode` (default: the file's own). @throws {Error} with the file's name and the reason */
export function load_image(file: ImageSource, mode: Mode | null = null): PILImage {
  return PILImage.create(file, { mode });
}

/** A picture of a tensor: uint8, or floating point from 0 to 1. A picture is returned as it is. */
export function to_image(x: Tensor | PILBase): PILBase {
  return PILImage.create(x, { mode: null });
}

/** uint8 [C, H, W] of a picture. [fastai docs](https://docs.fast.ai/vision.core.html#image2tensor) */
export function image2tensor(image: PILBase): Tensor {
  return image.toTensorImage();
}
