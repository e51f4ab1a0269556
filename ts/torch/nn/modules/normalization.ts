/** Normalization without running statistics: https://docs.pytorch.org/docs/stable/nn.html#normalization-layers */
import { ValueError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read, type Forms, type Sizes } from '../functional/arguments.js';
import * as init from '../init.js';
import type { Parameter } from '../parameter.js';
import { callable } from './callable.js';
import { emptyParameter, type FactoryOptions } from './linear.js';
import { Module } from './module.js';
import { floatText, pythonText } from './text.js';

function list(sizes: Sizes): readonly number[] {
  return typeof sizes === 'number' ? [sizes] : [...sizes];
}

/** Factors are ones and addends zeros at first. */
function resetAffine(weight: Parameter | null, bias: Parameter | null): void {
  if (weight !== null) init.ones_(weight);
  if (bias !== null) init.zeros_(bias);
}

export interface LayerNormOptions extends FactoryOptions {
  /** Added to the variance; default: 1e-5. */
  eps?: number;
  /** Whether there are factors and addends that are learned; default: true. */
  elementwise_affine?: boolean;
  /** Whether there are addends among them; default: true. */
  bias?: boolean;
}

class LayerNormClass extends Module {
  normalized_shape: readonly number[];
  eps: number;
  elementwise_affine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  /**
   * Normalizes over the last dimensions, those of `normalized_shape`; weight and bias have that shape.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
   */
  constructor(
    ...args:
      | [
          normalized_shape: Sizes,
          ...rest: Forms<[eps: number, elementwise_affine: boolean, bias: boolean], LayerNormOptions>,
        ]
      | [options: { normalized_shape: Sizes } & LayerNormOptions]
  ) {
    super();
    const names = ['normalized_shape', 'eps', 'elementwise_affine', 'bias', 'device', 'dtype'];
    type Given = { normalized_shape: Sizes } & LayerNormOptions;
    const given = read<Given>('LayerNorm', names, args, 0, 1);
    const { eps = 1e-5, elementwise_affine = true, bias = true } = given;
    this.normalized_shape = list(given.normalized_shape);
    this.eps = eps;
    this.elementwise_affine = elementwise_affine;
    this.weight = elementwise_affine ? emptyParameter(this.normalized_shape, given) : null;
    this.bias = elementwise_affine && bias ? emptyParameter(this.normalized_shape, given) : null;
    this.reset_parameters();
  }
  reset_parameters(): void {
    resetAffine(this.weight, this.bias);
  }
  forward(input: Tensor): Tensor {
    return F.layer_norm(input, this.normalized_shape, this.weight, this.bias, this.eps);
  }
  override extra_repr(): string {
    const { normalized_shape, eps, elementwise_affine, bias } = this;
    return (
      `${pythonText(normalized_shape)}, eps=${pythonText(eps)}, ` +
      `elementwise_affine=${pythonText(elementwise_affine)}, bias=${pythonText(bias !== null)}`
    );
  }
}
export const LayerNorm = callable(LayerNormClass);
export type LayerNorm = LayerNormClass;

export interface GroupNormOptions extends FactoryOptions {
  /** Added to the variance; default: 1e-5. */
  eps?: number;
  /** Whether there are a factor and an addend for each channel; default: true. */
  affine?: boolean;
  /** Whether there are addends; default: true. */
  bias?: boolean;
}

class GroupNormClass extends Module {
  num_groups: number;
  num_channels: number;
  eps: number;
  affine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  /**
   * Normalizes each of `num_groups` groups of the channels of (N, num_channels, *).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
   * @throws {ValueError} the channels cannot be parted into as many groups
   */
  constructor(
    ...args:
      | [
          num_groups: number,
          num_channels: number,
          ...rest: Forms<[eps: number, affine: boolean], GroupNormOptions>,
        ]
      | [options: { num_groups: number; num_channels: number } & GroupNormOptions]
  ) {
    super();
    const names = ['num_groups', 'num_channels', 'eps', 'affine', 'device', 'dtype', 'bias'];
    type Given = { num_groups: number; num_channels: number } & GroupNormOptions;
    const given = read<Given>('GroupNorm', names, args, 0, 2);
    const { num_groups, num_channels, eps = 1e-5, affine = true, bias = true } = given;
    if (num_channels % num_groups !== 0)
      throw new ValueError(
        `num_channels (${num_channels}) must be divisible by num_groups (${num_groups})`,
        'GroupNorm',
      );
    this.num_groups = num_groups;
    this.num_channels = num_channels;
    this.eps = eps;
    this.affine = affine;
    this.weight = affine ? emptyParameter([num_channels], given) : null;
    this.bias = affine && bias ? emptyParameter([num_channels], given) : null;
    this.reset_parameters();
  }
  reset_parameters(): void {
    resetAffine(this.weight, this.bias);
  }
  forward(input: Tensor): Tensor {
    return F.group_norm(input, this.num_groups, this.weight, this.bias, this.eps);
  }
  override extra_repr(): string {
    const { num_groups, num_channels, eps, affine, bias } = this;
    return (
      `${num_groups}, ${num_channels}, eps=${pythonText(eps)}, affine=${pythonText(affine)}, ` +
      `bias=${pythonText(bias !== null)}`
    );
  }
}
export const GroupNorm = callable(GroupNormClass);
export type GroupNorm = GroupNormClass;

export interface RMSNormOptions extends FactoryOptions {
  /** Added to the mean of the squares; null (default) for the smallest step of the input's dtype. */
  eps?: number | null;
  /** Whether there are factors that are learned; default: true. */
  elementwise_affine?: boolean;
}

class RMSNormClass extends Module {
  normalized_shape: readonly number[];
  eps: number | null;
  elementwise_affine: boolean;
  weight: Parameter | null;

  /**
   * Divides by the root of the mean of the squares over the last dimensions, those of `normalized_shape`.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
   */
  constructor(
    ...args:
      | [
          normalized_shape: Sizes,
          ...rest: Forms<[eps: number | null, elementwise_affine: boolean], RMSNormOptions>,
        ]
      | [options: { normalized_shape: Sizes } & RMSNormOptions]
  ) {
    super();
    const names = ['normalized_shape', 'eps', 'elementwise_affine', 'device', 'dtype'];
    type Given = { normalized_shape: Sizes } & RMSNormOptions;
    const given = read<Given>('RMSNorm', names, args, 0, 1);
    const { eps = null, elementwise_affine = true } = given;
    this.normalized_shape = list(given.normalized_shape);
    this.eps = eps;
    this.elementwise_affine = elementwise_affine;
    this.weight = elementwise_affine ? emptyParameter(this.normalized_shape, given) : null;
    this.reset_parameters();
  }
  reset_parameters(): void {
    resetAffine(this.weight, null);
  }
  forward(input: Tensor): Tensor {
    return F.rms_norm(input, this.normalized_shape, this.weight, this.eps);
  }
  override extra_repr(): string {
    const { normalized_shape, eps, elementwise_affine } = this;
    return (
      `${pythonText(normalized_shape)}, eps=${pythonText(eps)}, ` +
      `elementwise_affine=${pythonText(elementwise_affine)}`
    );
  }
}
export const RMSNorm = callable(RMSNormClass);
export type RMSNorm = RMSNormClass;

export interface LocalResponseNormOptions {
  /** Default: 1e-4. */
  alpha?: number;
  /** Default: 0.75. */
  beta?: number;
  /** Default: 1. */
  k?: number;
}

class LocalResponseNormClass extends Module {
  size: number;
  alpha: number;
  beta: number;
  k: number;

  /**
   * Divides each element of (N, C, *) by (k + alpha · mean of the squares of `size` neighbouring channels)^beta.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
   */
  constructor(
    ...args:
      | [size: number, ...rest: Forms<[alpha: number, beta: number, k: number], LocalResponseNormOptions>]
      | [options: { size: number } & LocalResponseNormOptions]
  ) {
    super();
    type Given = { size: number } & LocalResponseNormOptions;
    const given = read<Given>('LocalResponseNorm', ['size', 'alpha', 'beta', 'k'], args, 0, 1);
    const { size, alpha = 1e-4, beta = 0.75, k = 1 } = given;
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }
  forward(input: Tensor): Tensor {
    return F.local_response_norm(input, this.size, this.alpha, this.beta, this.k);
  }
  override extra_repr(): string {
    const { size, alpha, beta, k } = this;
    return `${size}, alpha=${pythonText(alpha)}, beta=${pythonText(beta)}, k=${floatText(k, 1)}`;
  }
}
export const LocalResponseNorm = callable(LocalResponseNormClass);
export type LocalResponseNorm = LocalResponseNormClass;
