/** Pooling by p-norms: https://docs.pytorch.org/docs/stable/nn.html#pooling-layers */
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read, type Forms, type Sizes } from '../functional/arguments.js';
import type { LPPoolOptions } from '../functional/pooling.js';
import { callable } from './callable.js';
import { Module } from './module.js';
import { pythonText } from './text.js';

type LPPoolArguments =
  | [
      norm_type: number,
      kernel_size: Sizes,
      ...rest: Forms<[stride: Sizes | null, ceil_mode: boolean], LPPoolOptions>,
    ]
  | [options: { norm_type: number; kernel_size: Sizes } & LPPoolOptions];

class LPPoolNd extends Module {
  norm_type: number;
  kernel_size: Sizes;
  stride: Sizes | null;
  ceil_mode: boolean;

  constructor(op: string, args: readonly unknown[]) {
    super();
    type Given = { norm_type: number; kernel_size: Sizes } & LPPoolOptions;
    const given = read<Given>(op, ['norm_type', 'kernel_size', 'stride', 'ceil_mode'], args, 0, 2);
    this.norm_type = given.norm_type;
    this.kernel_size = given.kernel_size;
    this.stride = given.stride ?? null;
    this.ceil_mode = given.ceil_mode ?? false;
  }
  /** @internal */
  _pool(call: typeof F.lp_pool1d, input: Tensor): Tensor {
    return call(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode);
  }
  override extra_repr(): string {
    const { norm_type, kernel_size, stride, ceil_mode } = this;
    return (
      `norm_type=${pythonText(norm_type)}, kernel_size=${pythonText(kernel_size)}, stride=${pythonText(stride)}, ` +
      `ceil_mode=${pythonText(ceil_mode)}`
    );
  }
}

class LPPool1dClass extends LPPoolNd {
  /** p-norms of windows over (N, C, L). https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html */
  constructor(...args: LPPoolArguments) {
    super('LPPool1d', args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.lp_pool1d, input);
  }
}
export const LPPool1d = callable(LPPool1dClass);
export type LPPool1d = LPPool1dClass;

class LPPool2dClass extends LPPoolNd {
  /** p-norms of windows over (N, C, H, W). https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html */
  constructor(...args: LPPoolArguments) {
    super('LPPool2d', args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.lp_pool2d, input);
  }
}
export const LPPool2d = callable(LPPool2dClass);
export type LPPool2d = LPPool2dClass;

class LPPool3dClass extends LPPoolNd {
  /** p-norms of windows over (N, C, D, H, W). https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool3d.html */
  constructor(...args: LPPoolArguments) {
    super('LPPool3d', args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.lp_pool3d, input);
  }
}
export const LPPool3d = callable(LPPool3dClass);
export type LPPool3d = LPPool3dClass;
