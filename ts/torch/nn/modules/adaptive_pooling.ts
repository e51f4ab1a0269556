/** Pooling to a given size: https://docs.pytorch.org/docs/stable/nn.html#pooling-layers */
import { ValueError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read, repeated, type Forms, type Sizes } from '../functional/arguments.js';
import type { FractionalOptions, OutputSizes } from '../functional/adaptive_pooling.js';
import { callable } from './callable.js';
import { Module } from './module.js';
import { pythonText } from './text.js';

type AverageArguments = [output_size: OutputSizes] | [options: { output_size: OutputSizes }];

class AdaptiveAvgPoolNd extends Module {
  output_size: OutputSizes;

  constructor(op: string, args: readonly unknown[]) {
    super();
    this.output_size = read<{ output_size: OutputSizes }>(op, ['output_size'], args, 0, 1).output_size;
  }
  override extra_repr(): string {
    return `output_size=${pythonText(this.output_size)}`;
  }
}

class AdaptiveAvgPool1dClass extends AdaptiveAvgPoolNd {
  /**
   * Means of as many windows over (N, C, L) as `output_size` says.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
   */
  constructor(...args: AverageArguments) {
    super('AdaptiveAvgPool1d', args);
  }
  forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool1d(input, this.output_size);
  }
}
export const AdaptiveAvgPool1d = callable(AdaptiveAvgPool1dClass);
export type AdaptiveAvgPool1d = AdaptiveAvgPool1dClass;

class AdaptiveAvgPool2dClass extends AdaptiveAvgPoolNd {
  /** The same for (N, C, H, W); a size of null keeps the input's. */
  constructor(...args: AverageArguments) {
    super('AdaptiveAvgPool2d', args);
  }
  forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool2d(input, this.output_size);
  }
}
export const AdaptiveAvgPool2d = callable(AdaptiveAvgPool2dClass);
export type AdaptiveAvgPool2d = AdaptiveAvgPool2dClass;

class AdaptiveAvgPool3dClass extends AdaptiveAvgPoolNd {
  /** The same for (N, C, D, H, W); a size of null keeps the input's. */
  constructor(...args: AverageArguments) {
    super('AdaptiveAvgPool3d', args);
  }
  forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool3d(input, this.output_size);
  }
}
export const AdaptiveAvgPool3d = callable(AdaptiveAvgPool3dClass);
export type AdaptiveAvgPool3d = AdaptiveAvgPool3dClass;

interface IndexOptions {
  /** Whether the result is a pair with the places of the maxima; default: false. */
  return_indices?: boolean;
}
type MaximumArguments =
  | [output_size: OutputSizes, ...rest: Forms<[return_indices: boolean], IndexOptions>]
  | [options: { output_size: OutputSizes } & IndexOptions];

class AdaptiveMaxPoolNd extends Module {
  output_size: OutputSizes;
  return_indices: boolean;

  constructor(op: string, args: readonly unknown[]) {
    super();
    type Given = { output_size: OutputSizes } & IndexOptions;
    const given = read<Given>(op, ['output_size', 'return_indices'], args, 0, 1);
    this.output_size = given.output_size;
    this.return_indices = given.return_indices ?? false;
  }
  /** @internal */
  _pool(call: typeof F.adaptive_max_pool1d, input: Tensor): Tensor {
    return call(input, this.output_size, this.return_indices) as Tensor;
  }
  override extra_repr(): string {
    return `output_size=${pythonText(this.output_size)}`;
  }
}

class AdaptiveMaxPool1dClass extends AdaptiveMaxPoolNd {
  /**
   * Maxima of as many windows over (N, C, L) as `output_size` says.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
   */
  constructor(...args: MaximumArguments) {
    super('AdaptiveMaxPool1d', args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.adaptive_max_pool1d, input);
  }
}
export const AdaptiveMaxPool1d = callable(AdaptiveMaxPool1dClass);
export type AdaptiveMaxPool1d = AdaptiveMaxPool1dClass;

class AdaptiveMaxPool2dClass extends AdaptiveMaxPoolNd {
  /** The same for (N, C, H, W); a size of null keeps the input's. */
  constructor(...args: MaximumArguments) {
    super('AdaptiveMaxPool2d', args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.adaptive_max_pool2d, input);
  }
}
export const AdaptiveMaxPool2d = callable(AdaptiveMaxPool2dClass);
export type AdaptiveMaxPool2d = AdaptiveMaxPool2dClass;

class AdaptiveMaxPool3dClass extends AdaptiveMaxPoolNd {
  /** The same for (N, C, D, H, W); a size of null keeps the input's. */
  constructor(...args: MaximumArguments) {
    super('AdaptiveMaxPool3d', args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.adaptive_max_pool3d, input);
  }
}
export const AdaptiveMaxPool3d = callable(AdaptiveMaxPool3dClass);
export type AdaptiveMaxPool3d = AdaptiveMaxPool3dClass;

type FractionalArguments =
  | [
      kernel_size: Sizes,
      ...rest: Forms<
        [output_size: Sizes | null, output_ratio: Sizes | null, return_indices: boolean],
        FractionalOptions
      >,
    ]
  | [options: { kernel_size: Sizes } & FractionalOptions];

class FractionalMaxPoolNd extends Module {
  kernel_size: readonly number[];
  return_indices: boolean;
  declare _random_samples: Tensor | null;
  output_size: readonly number[] | null;
  output_ratio: readonly number[] | null;

  constructor(op: string, dims: 2 | 3, args: readonly unknown[]) {
    super();
    const names = ['kernel_size', 'output_size', 'output_ratio', 'return_indices', '_random_samples'];
    const given = read<{ kernel_size: Sizes } & FractionalOptions>(op, names, args, 0, 1);
    const { output_size, output_ratio, _random_samples = null } = given;
    const fail = (text: string): never => {
      throw new ValueError(text, op);
    };
    this.kernel_size = repeated(given.kernel_size, dims);
    if (dims === 3 && this.kernel_size.some((length) => length <= 0))
      fail(`kernel_size must be greater than 0, but got ${pythonText(given.kernel_size)}`);
    this.return_indices = given.return_indices ?? false;
    this.register_buffer('_random_samples', _random_samples);
    this.output_size = output_size == null ? null : repeated(output_size, dims);
    this.output_ratio = output_ratio == null ? null : repeated(output_ratio, dims);
    if (output_size == null && output_ratio == null)
      fail(`${op} requires specifying either an output size, or a pooling ratio`);
    if (output_size != null && output_ratio != null)
      fail('only one of output_size and output_ratio may be specified');
    if (this.output_ratio?.some((ratio) => !(ratio > 0 && ratio < 1)))
      fail(`output_ratio must be between 0 and 1 (got ${pythonText(output_ratio)})`);
  }
  /** @internal */
  _pool(call: typeof F.fractional_max_pool2d, input: Tensor): Tensor {
    const { kernel_size, output_size, output_ratio, return_indices, _random_samples } = this;
    const options = { output_size, output_ratio, return_indices, _random_samples };
    return call(input, kernel_size, options as FractionalOptions) as Tensor;
  }
}

class FractionalMaxPool2dClass extends FractionalMaxPoolNd {
  /**
   * Maxima of windows in random places over (N, C, H, W) or (C, H, W): as many as `output_size` says, or
   * `output_ratio` of the input's sizes.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html
   * @throws {ValueError} neither or both are given, or ratios outside (0, 1)
   */
  constructor(...args: FractionalArguments) {
    super('FractionalMaxPool2d', 2, args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.fractional_max_pool2d, input);
  }
}
export const FractionalMaxPool2d = callable(FractionalMaxPool2dClass);
export type FractionalMaxPool2d = FractionalMaxPool2dClass;

class FractionalMaxPool3dClass extends FractionalMaxPoolNd {
  /** The same for (N, C, D, H, W) or (C, D, H, W). */
  constructor(...args: FractionalArguments) {
    super('FractionalMaxPool3d', 3, args);
  }
  forward(input: Tensor): Tensor {
    return this._pool(F.fractional_max_pool3d, input);
  }
}
export const FractionalMaxPool3d = callable(FractionalMaxPool3dClass);
export type FractionalMaxPool3d = FractionalMaxPool3dClass;
