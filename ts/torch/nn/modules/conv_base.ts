/** What all convolutions have in common: arguments, parameters and their initial values, text. */
import { ValueError } from '../../errors.js';
import { read, repeated, type Sizes } from '../functional/arguments.js';
import * as init from '../init.js';
import type { Parameter } from '../parameter.js';
import { emptyParameter, resetBias, type FactoryOptions } from './linear.js';
import { Module } from './module.js';
import { pythonText } from './text.js';

export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';
const paddingModes = ['zeros', 'reflect', 'replicate', 'circular'];

export interface ConvOptions extends FactoryOptions {
  /** Default: 1. */
  stride?: Sizes;
  /** Sizes, `'valid'` for none, or `'same'` for as much as keeps the input's size. Default: 0. */
  padding?: Sizes | 'same' | 'valid';
  /** Default: 1. */
  dilation?: Sizes;
  /** How many parts the channels fall into that have nothing to do with each other; default: 1. */
  groups?: number;
  /** Default: true. */
  bias?: boolean;
  /** What the padding is filled with; default: 'zeros'. */
  padding_mode?: PaddingMode;
}
export interface ConvTransposeOptions extends FactoryOptions {
  /** Default: 1. */
  stride?: Sizes;
  /** Default: 0. */
  padding?: Sizes;
  /** Added to one side of the result; default: 0. */
  output_padding?: Sizes;
  /** Default: 1. */
  groups?: number;
  /** Default: true. */
  bias?: boolean;
  /** Default: 1. */
  dilation?: Sizes;
  padding_mode?: 'zeros';
}

type Given = { in_channels: number; out_channels: number; kernel_size: Sizes } & ConvOptions &
  Pick<ConvTransposeOptions, 'output_padding'>;

/** @throws {ValueError} */
function check(op: string, given: Given, transposed: boolean, strides: readonly number[]): void {
  const { in_channels, out_channels, groups = 1, padding, padding_mode = 'zeros' } = given;
  const fail = (text: string): never => {
    throw new ValueError(text, op);
  };
  if (transposed && padding_mode !== 'zeros') fail(`Only "zeros" padding mode is supported for ${op}`);
  if (groups <= 0) fail('groups must be a positive integer');
  if (in_channels % groups !== 0) fail('in_channels must be divisible by groups');
  if (out_channels % groups !== 0) fail('out_channels must be divisible by groups');
  if (typeof padding === 'string') {
    if (padding !== 'same' && padding !== 'valid')
      fail(`Invalid padding string '${String(padding)}', should be one of 'same' and 'valid'`);
    if (padding === 'same' && strides.some((stride) => stride !== 1))
      fail("padding='same' is not supported for strided convolutions");
  }
  if (!paddingModes.includes(padding_mode))
    fail(`padding_mode must be one of ${paddingModes.join(', ')}, but got padding_mode='${padding_mode}'`);
}

export class ConvNd extends Module {
  in_channels: number;
  out_channels: number;
  kernel_size: readonly number[];
  stride: readonly number[];
  padding: readonly number[] | 'same' | 'valid';
  dilation: readonly number[];
  transposed: boolean;
  output_padding: readonly number[];
  groups: number;
  padding_mode: PaddingMode;
  /** @internal The padding as F.pad takes it: last dimension first, before and after. */
  _reversed_padding_repeated_twice: readonly number[];
  weight: Parameter;
  bias: Parameter | null;

  constructor(
    op: string,
    dims: number,
    transposed: boolean,
    names: readonly string[],
    args: readonly unknown[],
  ) {
    super();
    const given = read<Given>(op, names, args, 0, 3);
    const { in_channels, out_channels, padding = 0, groups = 1, bias = true } = given;
    this.in_channels = in_channels;
    this.out_channels = out_channels;
    this.kernel_size = repeated(given.kernel_size, dims);
    this.stride = repeated(given.stride ?? 1, dims);
    check(op, given, transposed, this.stride);
    this.padding = typeof padding === 'string' ? padding : repeated(padding, dims);
    this.dilation = repeated(given.dilation ?? 1, dims);
    this.transposed = transposed;
    this.output_padding = repeated(given.output_padding ?? 0, dims);
    this.groups = groups;
    this.padding_mode = given.padding_mode ?? 'zeros';
    this._reversed_padding_repeated_twice = this.#bothSides();
    const channels = transposed ? [in_channels, out_channels / groups] : [out_channels, in_channels / groups];
    this.weight = emptyParameter([...channels, ...this.kernel_size], given);
    this.bias = bias ? emptyParameter([out_channels], given) : null;
    this.reset_parameters();
  }
  #bothSides(): number[] {
    const sides = this.kernel_size.map((length, d): [number, number] => {
      if (typeof this.padding !== 'string') return [this.padding[d]!, this.padding[d]!];
      const all = this.padding === 'same' ? this.dilation[d]! * (length - 1) : 0;
      const before = Math.floor(all / 2);
      return [before, all - before];
    });
    return sides.reverse().flat();
  }
  reset_parameters(): void {
    const { weight } = this;
    // With a = √5 the bound is 1/√fan_in.
    init.kaiming_uniform_(weight, { a: Math.sqrt(5) });
    resetBias(this.bias, weight.size(1) * this.kernel_size.reduce((count, length) => count * length, 1));
  }
  override extra_repr(): string {
    const { in_channels, out_channels, kernel_size, stride, padding, dilation, output_padding } = this;
    const parts = [
      `${in_channels}, ${out_channels}, kernel_size=${pythonText(kernel_size)}, stride=${pythonText(stride)}`,
    ];
    if (typeof padding === 'string') parts.push(`padding=${padding}`);
    else if (padding.some((size) => size !== 0)) parts.push(`padding=${pythonText(padding)}`);
    if (dilation.some((size) => size !== 1)) parts.push(`dilation=${pythonText(dilation)}`);
    if (output_padding.some((size) => size !== 0)) parts.push(`output_padding=${pythonText(output_padding)}`);
    if (this.groups !== 1) parts.push(`groups=${this.groups}`);
    if (this.bias === null) parts.push('bias=False');
    if (this.padding_mode !== 'zeros') parts.push(`padding_mode=${this.padding_mode}`);
    return parts.join(', ');
  }
}
