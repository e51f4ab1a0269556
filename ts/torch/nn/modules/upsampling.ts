/** Resizing: https://docs.pytorch.org/docs/stable/nn.html#vision-layers */
import { Float } from '../../scalar.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read, type Forms } from '../functional/arguments.js';
import type { InterpolateMode, InterpolateOptions } from '../functional/interpolate.js';
import { callable } from './callable.js';
import { Module } from './module.js';
import { pythonText } from './text.js';

export type UpsampleOptions = Omit<InterpolateOptions, 'antialias'>;
type Size = number | readonly number[] | null;
type Factor = number | Float;
type Factors = Factor | readonly Factor[] | null;

class UpsampleClass extends Module {
  declare name: string;
  size: Size;
  scale_factor: Factors;
  mode: InterpolateMode;
  align_corners: boolean | null;
  recompute_scale_factor: boolean | null;

  /**
   * Resizes (N, C, L), (N, C, H, W) or (N, C, D, H, W) to `size`, or by `scale_factor`; mode defaults to 'nearest'.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html
   */
  constructor(
    ...args: Forms<
      [size: Size, scale_factor: Factors, mode: InterpolateMode, align_corners: boolean | null],
      UpsampleOptions
    >
  ) {
    super();
    const names = ['size', 'scale_factor', 'mode', 'align_corners', 'recompute_scale_factor'];
    const given = read<UpsampleOptions>('Upsample', names, args, 0);
    const { size = null, scale_factor, mode = 'nearest', align_corners = null } = given;
    this.name = this._get_name();
    this.size = size;
    // Factors are floats, and print so.
    const float = (factor: Factor): Float => new Float(Number(factor));
    if (Array.isArray(scale_factor)) this.scale_factor = (scale_factor as Factor[]).map(float);
    else this.scale_factor = Number(scale_factor ?? 0) === 0 ? null : float(scale_factor as Factor);
    this.mode = mode;
    this.align_corners = align_corners;
    this.recompute_scale_factor = given.recompute_scale_factor ?? null;
  }
  forward(input: Tensor): Tensor {
    const { size, scale_factor, mode, align_corners, recompute_scale_factor } = this;
    return F.interpolate(input, { size, scale_factor, mode, align_corners, recompute_scale_factor });
  }
  override extra_repr(): string {
    const { size, scale_factor, mode } = this;
    const what =
      scale_factor === null ? `size=${pythonText(size)}` : `scale_factor=${pythonText(scale_factor)}`;
    return `${what}, mode=${pythonText(mode)}`;
  }
}
export const Upsample = callable(UpsampleClass);
export type Upsample = UpsampleClass;

type SizeArguments = Forms<
  [size: Size, scale_factor: Factors],
  Pick<UpsampleOptions, 'size' | 'scale_factor'>
>;
function readSize(op: string, args: readonly unknown[]): UpsampleOptions {
  return read<UpsampleOptions>(op, ['size', 'scale_factor'], args, 0);
}

class UpsamplingNearest2dClass extends UpsampleClass {
  /** Upsample with mode 'nearest'. https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html */
  constructor(...args: SizeArguments) {
    super({ ...readSize('UpsamplingNearest2d', args), mode: 'nearest' });
  }
}
export const UpsamplingNearest2d = callable(UpsamplingNearest2dClass);
export type UpsamplingNearest2d = UpsamplingNearest2dClass;

class UpsamplingBilinear2dClass extends UpsampleClass {
  /**
   * Upsample with mode 'bilinear' and align_corners.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html
   */
  constructor(...args: SizeArguments) {
    super({ ...readSize('UpsamplingBilinear2d', args), mode: 'bilinear', align_corners: true });
  }
}
export const UpsamplingBilinear2d = callable(UpsamplingBilinear2dClass);
export type UpsamplingBilinear2d = UpsamplingBilinear2dClass;
