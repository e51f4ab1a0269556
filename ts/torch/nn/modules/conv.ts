/** Convolutions: https://docs.pytorch.org/docs/stable/nn.html#convolution-layers */
import { ValueError } from '../../errors.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import type { Forms, Sizes } from '../functional/arguments.js';
import { callable } from './callable.js';
import { pythonText } from './text.js';
import { ConvNd, type ConvOptions, type ConvTransposeOptions, type PaddingMode } from './conv_base.js';

type ConvArguments =
  | [
      in_channels: number,
      out_channels: number,
      kernel_size: Sizes,
      ...rest: Forms<
        [
          stride: Sizes,
          padding: Sizes | 'same' | 'valid',
          dilation: Sizes,
          groups: number,
          bias: boolean,
          padding_mode: PaddingMode,
        ],
        ConvOptions
      >,
    ]
  | [in_channels: number, out_channels: number, options: { kernel_size: Sizes } & ConvOptions]
  | [options: { in_channels: number; out_channels: number; kernel_size: Sizes } & ConvOptions];

const names = [
  'in_channels',
  'out_channels',
  'kernel_size',
  'stride',
  'padding',
  'dilation',
  'groups',
  'bias',
  'padding_mode',
  'device',
  'dtype',
];

type Convolution = typeof F.conv1d | typeof F.conv2d | typeof F.conv3d;

class Convolving extends ConvNd {
  constructor(op: string, dims: number, args: readonly unknown[]) {
    super(op, dims, false, names, args);
  }
  /** @internal */
  _convolve(call: Convolution, input: Tensor): Tensor {
    const { weight, bias, stride, dilation, groups, padding_mode } = this;
    // F.conv* takes the words 'same' and 'valid' in the place of sizes.
    const padding = this.padding as readonly number[];
    if (padding_mode === 'zeros') return call(input, weight, bias, stride, padding, dilation, groups);
    return tidy(() => {
      const padded = F.pad(input, this._reversed_padding_repeated_twice, padding_mode);
      return call(padded, weight, bias, stride, 0, dilation, groups);
    });
  }
}

class Conv1dClass extends Convolving {
  /**
   * Convolution of (N, in_channels, L) or (in_channels, L). Weight (out_channels, in_channels / groups, kernel) and bias
   * (out_channels) start uniform in ±1/√fan_in.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
   * @throws {ValueError} channels that groups do not divide, an unknown word, 'same' with a stride
   */
  constructor(...args: ConvArguments) {
    super('Conv1d', 1, args);
  }
  forward(input: Tensor): Tensor {
    return this._convolve(F.conv1d, input);
  }
}
export const Conv1d = callable(Conv1dClass);
export type Conv1d = Conv1dClass;

class Conv2dClass extends Convolving {
  /**
   * Convolution of (N, in_channels, H, W) or (in_channels, H, W); the rest as in Conv1d.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
   */
  constructor(...args: ConvArguments) {
    super('Conv2d', 2, args);
  }
  forward(input: Tensor): Tensor {
    return this._convolve(F.conv2d, input);
  }
}
export const Conv2d = callable(Conv2dClass);
export type Conv2d = Conv2dClass;

class Conv3dClass extends Convolving {
  /**
   * Convolution of (N, in_channels, D, H, W) or (in_channels, D, H, W); the rest as in Conv1d.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv3d.html
   */
  constructor(...args: ConvArguments) {
    super('Conv3d', 3, args);
  }
  forward(input: Tensor): Tensor {
    return this._convolve(F.conv3d, input);
  }
}
export const Conv3d = callable(Conv3dClass);
export type Conv3d = Conv3dClass;

type ConvTransposeArguments =
  | [
      in_channels: number,
      out_channels: number,
      kernel_size: Sizes,
      ...rest: Forms<
        [
          stride: Sizes,
          padding: Sizes,
          output_padding: Sizes,
          groups: number,
          bias: boolean,
          dilation: Sizes,
          padding_mode: 'zeros',
        ],
        ConvTransposeOptions
      >,
    ]
  | [in_channels: number, out_channels: number, options: { kernel_size: Sizes } & ConvTransposeOptions]
  | [options: { in_channels: number; out_channels: number; kernel_size: Sizes } & ConvTransposeOptions];

const transposedNames = [
  ...names.slice(0, 5),
  'output_padding',
  'groups',
  'bias',
  'dilation',
  ...names.slice(8),
];

/** Sizes of the result, with or without batch and channels, where a stride leaves a choice. */
export type OutputSize = readonly number[] | null | { output_size?: readonly number[] | null };

class Transposing extends ConvNd {
  constructor(op: string, dims: number, args: readonly unknown[]) {
    super(op, dims, true, transposedNames, args);
  }
  /** What must be added on one side for the size that is wanted. @throws {ValueError} it is out of reach */
  _output_padding(input: Tensor, wanted: OutputSize): readonly number[] {
    let output_size = wanted !== null && 'output_size' in wanted ? (wanted.output_size ?? null) : wanted;
    if (output_size === null || !Array.isArray(output_size)) return this.output_padding;
    const dims = this.kernel_size.length;
    const others = input.ndim === dims + 2 ? 2 : 1;
    if (output_size.length === others + dims) output_size = output_size.slice(others) as number[];
    if (output_size.length !== dims)
      throw new ValueError(
        `ConvTranspose${dims}D: for ${input.ndim}D input, output_size must have ${dims} or ${others + dims} elements ` +
          `(got ${output_size.length})`,
      );
    const padding = this.padding as readonly number[];
    const { stride, dilation } = this;
    const least = this.kernel_size.map(
      (length, d) =>
        (input.size(d + others) - 1) * stride[d]! - 2 * padding[d]! + dilation[d]! * (length - 1) + 1,
    );
    const most = least.map((size, d) => size + stride[d]! - 1);
    const sizes = output_size as readonly number[];
    if (sizes.some((size, d) => !(size >= least[d]! && size <= most[d]!)))
      throw new ValueError(
        `requested an output size of ${pythonText(sizes)}, but valid sizes range from [${least.join(', ')}] to ` +
          `[${most.join(', ')}] (for an input of ${String(input.shape.slice(2))})`,
      );
    return sizes.map((size, d) => size - least[d]!);
  }
  /** @internal */
  _convolve(call: typeof F.conv_transpose1d, input: Tensor, output_size: OutputSize): Tensor {
    const { weight, bias, stride, dilation, groups } = this;
    const added = this._output_padding(input, output_size);
    return call(input, weight, bias, stride, this.padding as readonly number[], added, groups, dilation);
  }
}

class ConvTranspose1dClass extends Transposing {
  /**
   * The gradient of Conv1d with respect to its input, as a layer: (N, in_channels, L) or (in_channels, L). Weight
   * (in_channels, out_channels / groups, kernel).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
   * @throws {ValueError} channels that groups do not divide, another padding_mode than 'zeros'
   */
  constructor(...args: ConvTransposeArguments) {
    super('ConvTranspose1d', 1, args);
  }
  forward(input: Tensor, output_size: OutputSize = null): Tensor {
    return this._convolve(F.conv_transpose1d, input, output_size);
  }
}
export const ConvTranspose1d = callable(ConvTranspose1dClass);
export type ConvTranspose1d = ConvTranspose1dClass;

class ConvTranspose2dClass extends Transposing {
  /** The same for (N, in_channels, H, W). https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html */
  constructor(...args: ConvTransposeArguments) {
    super('ConvTranspose2d', 2, args);
  }
  forward(input: Tensor, output_size: OutputSize = null): Tensor {
    return this._convolve(F.conv_transpose2d, input, output_size);
  }
}
export const ConvTranspose2d = callable(ConvTranspose2dClass);
export type ConvTranspose2d = ConvTranspose2dClass;

class ConvTranspose3dClass extends Transposing {
  /** The same for (N, in_channels, D, H, W). https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html */
  constructor(...args: ConvTransposeArguments) {
    super('ConvTranspose3d', 3, args);
  }
  forward(input: Tensor, output_size: OutputSize = null): Tensor {
    return this._convolve(F.conv_transpose3d, input, output_size);
  }
}
export const ConvTranspose3d = callable(ConvTranspose3dClass);
export type ConvTranspose3d = ConvTranspose3dClass;
