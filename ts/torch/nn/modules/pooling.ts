/** Pooling layers: https://docs.pytorch.org/docs/stable/nn.html#pooling-layers */
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read, repeated, type Forms, type Sizes } from '../functional/arguments.js';
import type { AvgPool1dOptions, AvgPoolOptions, MaxPoolOptions } from '../functional/pooling.js';
import type { UnpoolOptions } from '../functional/unpooling.js';
import { callable } from './callable.js';
import { Module } from './module.js';
import { pythonText } from './text.js';

type MaxPoolArguments =
  | [
      kernel_size: Sizes,
      ...rest: Forms<
        [stride: Sizes | null, padding: Sizes, dilation: Sizes, return_indices: boolean, ceil_mode: boolean],
        MaxPoolOptions
      >,
    ]
  | [options: { kernel_size: Sizes } & MaxPoolOptions];
type Kernel<Options> = { kernel_size: Sizes } & Options;

class MaxPoolNd extends Module {
  kernel_size: Sizes;
  stride: Sizes;
  padding: Sizes;
  dilation: Sizes;
  return_indices: boolean;
  ceil_mode: boolean;

  constructor(op: string, args: readonly unknown[]) {
    super();
    const names = ['kernel_size', 'stride', 'padding', 'dilation', 'return_indices', 'ceil_mode'];
    const given = read<Kernel<MaxPoolOptions>>(op, names, args, 0, 1);
    this.kernel_size = given.kernel_size;
    this.stride = given.stride ?? given.kernel_size;
    this.padding = given.padding ?? 0;
    this.dilation = given.dilation ?? 1;
    this.return_indices = given.return_indices ?? false;
    this.ceil_mode = given.ceil_mode ?? false;
  }
  /** @internal */
  _pool(call: F.MaxPool, input: Tensor): Tensor {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this;
    // With return_indices a pair, which the type of a layer's usual result leaves out.
    return call(input, kernel_size, { stride, padding, dilation, ceil_mode, return_indices }) as Tensor;
  }
  override extra_repr(): string {
    const { kernel_size, stride, padding, dilation, ceil_mode } = this;
    return (
      `kernel_size=${pythonText(kernel_size)}, stride=${pythonText(stride)}, padding=${pythonText(padding)}, ` +
      `dilation=${pythonText(dilation)}, ceil_mode=${pythonText(ceil_mode)}`
    );
  }
}

class MaxPool1dClass extends MaxPoolNd {
  /**
   * Maxima of windows over (N, C, L) or (C, L); with `return_indices` a pair with their places, for MaxUnpool1d.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html
   */
  constructor(...args: MaxPoolArguments) {
    super('MaxPool1d', args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.max_pool1d, input);
  }
}
export const MaxPool1d = callable(MaxPool1dClass);
export type MaxPool1d = MaxPool1dClass;

class MaxPool2dClass extends MaxPoolNd {
  /** The same for (N, C, H, W). https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html */
  constructor(...args: MaxPoolArguments) {
    super('MaxPool2d', args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.max_pool2d, input);
  }
}
export const MaxPool2d = callable(MaxPool2dClass);
export type MaxPool2d = MaxPool2dClass;

class MaxPool3dClass extends MaxPoolNd {
  /** The same for (N, C, D, H, W). https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html */
  constructor(...args: MaxPoolArguments) {
    super('MaxPool3d', args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.max_pool3d, input);
  }
}
export const MaxPool3d = callable(MaxPool3dClass);
export type MaxPool3d = MaxPool3dClass;

type UnpoolArguments =
  | [
      kernel_size: Sizes,
      ...rest: Forms<[stride: Sizes | null, padding: Sizes], Omit<UnpoolOptions, 'output_size'>>,
    ]
  | [options: { kernel_size: Sizes } & Omit<UnpoolOptions, 'output_size'>];
type OutputSize = Pick<UnpoolOptions, 'output_size'>;

class MaxUnpoolNd extends Module {
  kernel_size: readonly number[];
  stride: readonly number[];
  padding: readonly number[];

  constructor(op: string, dims: number, args: readonly unknown[]) {
    super();
    const given = read<Kernel<UnpoolOptions>>(op, ['kernel_size', 'stride', 'padding'], args, 0, 1);
    this.kernel_size = repeated(given.kernel_size, dims);
    this.stride = repeated(given.stride ?? given.kernel_size, dims);
    this.padding = repeated(given.padding ?? 0, dims);
  }
  /** @internal */
  _unpool(
    call: typeof F.max_unpool1d,
    input: Tensor,
    indices: Tensor,
    size: readonly number[] | OutputSize | null,
  ): Tensor {
    const { kernel_size, stride, padding } = this;
    const output_size = Array.isArray(size)
      ? (size as number[])
      : ((size as OutputSize | null)?.output_size ?? null);
    return call(input, indices, kernel_size, { stride, padding, output_size });
  }
  override extra_repr(): string {
    const { kernel_size, stride, padding } = this;
    return `kernel_size=${pythonText(kernel_size)}, stride=${pythonText(stride)}, padding=${pythonText(padding)}`;
  }
}

class MaxUnpool1dClass extends MaxUnpoolNd {
  /**
   * Puts what MaxPool1d found back to where it was, with zeros elsewhere.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
   */
  constructor(...args: UnpoolArguments) {
    super('MaxUnpool1d', 1, args);
  }
  forward(input: Tensor, indices: Tensor, output_size: readonly number[] | OutputSize | null = null): Tensor {
    return this._unpool(F.max_unpool1d, input, indices, output_size);
  }
}
export const MaxUnpool1d = callable(MaxUnpool1dClass);
export type MaxUnpool1d = MaxUnpool1dClass;

class MaxUnpool2dClass extends MaxUnpoolNd {
  /** The same for MaxPool2d. https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html */
  constructor(...args: UnpoolArguments) {
    super('MaxUnpool2d', 2, args);
  }
  forward(input: Tensor, indices: Tensor, output_size: readonly number[] | OutputSize | null = null): Tensor {
    return this._unpool(F.max_unpool2d, input, indices, output_size);
  }
}
export const MaxUnpool2d = callable(MaxUnpool2dClass);
export type MaxUnpool2d = MaxUnpool2dClass;

class MaxUnpool3dClass extends MaxUnpoolNd {
  /** The same for MaxPool3d. https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html */
  constructor(...args: UnpoolArguments) {
    super('MaxUnpool3d', 3, args);
  }
  forward(input: Tensor, indices: Tensor, output_size: readonly number[] | OutputSize | null = null): Tensor {
    return this._unpool(F.max_unpool3d, input, indices, output_size);
  }
}
export const MaxUnpool3d = callable(MaxUnpool3dClass);
export type MaxUnpool3d = MaxUnpool3dClass;

type AvgPositions = [stride: Sizes | null, padding: Sizes, ceil_mode: boolean, count_include_pad: boolean];
type AvgPool1dArguments =
  [kernel_size: Sizes, ...rest: Forms<AvgPositions, AvgPool1dOptions>] | [options: Kernel<AvgPool1dOptions>];
type AvgPoolArguments =
  | [kernel_size: Sizes, ...rest: Forms<[...AvgPositions, divisor_override: number | null], AvgPoolOptions>]
  | [options: Kernel<AvgPoolOptions>];

class AvgPoolNd extends Module {
  kernel_size: Sizes;
  stride: Sizes;
  padding: Sizes;
  ceil_mode: boolean;
  count_include_pad: boolean;

  constructor(given: Kernel<AvgPool1dOptions>) {
    super();
    this.kernel_size = given.kernel_size;
    this.stride = given.stride ?? given.kernel_size;
    this.padding = given.padding ?? 0;
    this.ceil_mode = given.ceil_mode ?? false;
    this.count_include_pad = given.count_include_pad ?? true;
  }
  override extra_repr(): string {
    const { kernel_size, stride, padding } = this;
    return `kernel_size=${pythonText(kernel_size)}, stride=${pythonText(stride)}, padding=${pythonText(padding)}`;
  }
}
const avgNames = ['kernel_size', 'stride', 'padding', 'ceil_mode', 'count_include_pad'];

class AvgPool1dClass extends AvgPoolNd {
  /**
   * Means of windows over (N, C, L) or (C, L).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html
   */
  constructor(...args: AvgPool1dArguments) {
    const given = read<Kernel<AvgPool1dOptions>>('AvgPool1d', avgNames, args, 0, 1);
    super({
      ...given,
      kernel_size: repeated(given.kernel_size, 1),
      stride: repeated(given.stride ?? given.kernel_size, 1),
      padding: repeated(given.padding ?? 0, 1),
    });
  }
  forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad } = this;
    return F.avg_pool1d(input, kernel_size, stride, padding, ceil_mode, count_include_pad);
  }
}
export const AvgPool1d = callable(AvgPool1dClass);
export type AvgPool1d = AvgPool1dClass;

class DivisorAvgPool extends AvgPoolNd {
  divisor_override: number | null;

  constructor(op: string, args: readonly unknown[]) {
    const given = read<Kernel<AvgPoolOptions>>(op, [...avgNames, 'divisor_override'], args, 0, 1);
    super(given);
    this.divisor_override = given.divisor_override ?? null;
  }
  /** @internal */
  _pool(call: typeof F.avg_pool2d, input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = this;
    return call(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
  }
}

class AvgPool2dClass extends DivisorAvgPool {
  /** Means of windows over (N, C, H, W). https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html */
  constructor(...args: AvgPoolArguments) {
    super('AvgPool2d', args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.avg_pool2d, input);
  }
}
export const AvgPool2d = callable(AvgPool2dClass);
export type AvgPool2d = AvgPool2dClass;

class AvgPool3dClass extends DivisorAvgPool {
  /** Means of windows over (N, C, D, H, W). https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html */
  constructor(...args: AvgPoolArguments) {
    super('AvgPool3d', args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.avg_pool3d, input);
  }
}
export const AvgPool3d = callable(AvgPool3dClass);
export type AvgPool3d = AvgPool3dClass;
