/** Pictures that look different each time: https://docs.fast.ai/vision.augment.html */
export * from './augment/items.js';
export type { ImageSize } from './augment/size.js';
export { RandTransform } from './augment/rand_transform.js';
export { DeterministicDraw, mask_tensor, type Draw, type MaskOptions } from './augment/draw.js';
export {
  affine_mat,
  dihedral_mat,
  flip_mat,
  rotate_mat,
  zoom_mat,
  type DrawOptions,
  type RotateDraws,
  type ZoomDraws,
} from './augment/matrices.js';
export type { AffineCoordOptions, CoordTfm, SampleMode, SamplingOptions } from './augment/grid.js';
export { apply_perspective, find_coeffs, type WarpDraws } from './augment/warp.js';
export {
  AffineCoordTfm,
  DeterministicDihedral,
  DeterministicFlip,
  Dihedral,
  Flip,
  Rotate,
  Warp,
  Zoom,
  type AffineCoordTfmOptions,
  type AffineFunction,
  type CoordFunction,
} from './augment/affine.js';
export { hsv2rgb, rgb2hsv } from './augment/hsv.js';
export {
  Brightness,
  Contrast,
  grayscale,
  HSVTfm,
  Hue,
  LightingTfm,
  Saturation,
  SpaceTfm,
  type ChangeOptions,
  type HueOptions,
  type LightingOptions,
  type SpaceFn,
  type SpaceFunction,
} from './augment/lighting.js';
export {
  cutout_gaussian,
  norm_apply_denorm,
  RandomErasing,
  RandomResizedCropGPU,
  type Area,
  type RandomErasingOptions,
  type RandomResizedCropGPUOptions,
} from './augment/erasing.js';
export { aug_transforms, setup_aug_tfms, type AugTransformsOptions } from './augment/aug_transforms.js';
import './augment/methods.js';
