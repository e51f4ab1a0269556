/** What tensors of pictures can do: https://docs.fast.ai/vision.augment.html */
import { Tensor, tidy, ValueError } from '../../../torch/index.js';
import { retain_type } from '../../../fastcore/retain.js';
import { TensorImage, TensorImageBase } from '../../tensor_types.js';
import { parts, proportioned } from './affine.js';
import { affine_coord, type AffineCoordOptions, type CoordTfm, type SamplingOptions } from './grid.js';
import * as light from './lighting.js';
import * as matrices from './matrices.js';
import { WarpCoord, warpNames, type WarpDraws } from './warp.js';

declare module '../../tensor_types.js' {
  interface TensorImageBase {
    /** Mirrored left to right. */
    flip_lr(): this;
    /** One of the eight ways of a square, `k` from 0 (as it is) to 7. */
    dihedral(k: number): this;
    /** A batch seen through matrices and moved coordinates. Without options the batch itself. */
    affine_coord(options?: AffineCoordOptions): this;
    /** Pictures of a batch mirrored with probability `p` (default: 0.5). */
    flip_batch(options?: matrices.DrawOptions & SamplingOptions): this;
    /** Pictures of a batch turned and mirrored in one of the eight ways of a square. */
    dihedral_batch(options?: matrices.DrawOptions & SamplingOptions): this;
    /** Pictures of a batch turned by up to `max_deg` degrees (default: 10) either way. */
    rotate(options?: matrices.RotateDraws & SamplingOptions): this;
    /** A part of each picture of a batch, `min_zoom` (1) to `max_zoom` (1.1) times as large. */
    zoom(options?: matrices.ZoomDraws & SamplingOptions): this;
    /** Pictures of a batch seen from aside. */
    warp(options?: WarpDraws & SamplingOptions): this;
  }
  interface TensorImage {
    /** `func` of the logits. */
    lighting(func: (x: Tensor) => Tensor): this;
    /** `func` of hue, saturation and value. */
    hsv(func: (x: Tensor) => Tensor): this;
    brightness(options?: light.LightingOptions): this;
    contrast(options?: light.LightingOptions): this;
    saturation(options?: light.LightingOptions): this;
    hue(options?: light.HueOptions): this;
  }
}

// fastai's numbers of the eight ways: which axes are mirrored, and whether they are exchanged then.
const mirrorsX = [1, 3, 4, 7];
const mirrorsY = [2, 4, 5, 7];
const exchanges = [3, 5, 6, 7];

function sampled(
  x: TensorImageBase,
  sampling: SamplingOptions,
  found: { mat?: Tensor; coord_tfm?: CoordTfm },
) {
  const { size = null, ...rest } = sampling;
  return affine_coord(x, { ...rest, ...found, sz: size });
}
type Make = (x: Tensor, options: object) => Tensor;
function byMatrices(op: string, names: readonly string[], make: Make) {
  return function (this: TensorImageBase, options: object = {}): TensorImageBase {
    const { sampling, draws } = parts(op, names, [options]);
    return tidy(() => sampled(this, sampling, { mat: proportioned(make(this, draws), this) }));
  };
}
function byChange(Change: new (options: object) => light.SpaceFunction, space: light.SpaceFn) {
  return function (this: TensorImage, options: object = {}): Tensor {
    const change = new Change(options);
    return tidy(() => {
      change.before_call(this);
      return space(this, (numbers) => change.call(numbers));
    });
  };
}

const geometry = {
  flip_lr(this: TensorImageBase): TensorImageBase {
    return retain_type(this.flip(-1), this) as TensorImageBase;
  },
  dihedral(this: TensorImageBase, k: number): TensorImageBase {
    if (!Number.isInteger(k) || k < 0 || k > 7)
      throw new ValueError(`dihedral(): ${k} is not from 0 to 7`, 'dihedral');
    return tidy(() => {
      const axes = [...(mirrorsX.includes(k) ? [-1] : []), ...(mirrorsY.includes(k) ? [-2] : [])];
      const mirrored: Tensor = axes.length > 0 ? this.flip(axes) : this;
      return retain_type(
        exchanges.includes(k) ? mirrored.transpose(-1, -2) : mirrored,
        this,
      ) as TensorImageBase;
    });
  },
  affine_coord(this: TensorImageBase, options: AffineCoordOptions = {}): TensorImageBase {
    return affine_coord(this, options);
  },
  flip_batch: byMatrices('flip_batch', matrices.flipNames, matrices.flip_mat),
  dihedral_batch: byMatrices('dihedral_batch', matrices.flipNames, matrices.dihedral_mat),
  rotate: byMatrices('rotate', matrices.rotateNames, matrices.rotate_mat),
  zoom: byMatrices('zoom', matrices.zoomNames, matrices.zoom_mat),
  warp(this: TensorImageBase, options: object = {}): TensorImageBase {
    const { sampling, draws } = parts('warp', warpNames, [options]);
    return tidy(() => {
      const coords = new WarpCoord(draws);
      coords.before_call(this);
      return sampled(this, sampling, { coord_tfm: (at) => coords.call(at) });
    });
  },
};
const colours = {
  lighting(this: TensorImage, func: (x: Tensor) => Tensor): Tensor {
    return light.lighting(this, func);
  },
  hsv(this: TensorImage, func: (x: Tensor) => Tensor): Tensor {
    return light.hsv(this, func);
  },
  brightness: byChange(light.BrightnessLogit, light.lighting),
  contrast: byChange(light.ContrastLogit, light.lighting),
  saturation: byChange(light.SaturationLogit, light.lighting),
  hue: byChange(light.HueTurn, light.hsv),
};
for (const [type, methods] of [
  [TensorImageBase, geometry],
  [TensorImage, colours],
] as const)
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(type.prototype, name, { value, writable: true, configurable: true });
