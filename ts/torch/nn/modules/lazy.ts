/**
 * Layers that learn the number of their inputs from the first batch, and are ordinary layers from then on.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.modules.lazy.LazyModuleMixin.html
 */
import { no_grad } from '../../autograd/grad_mode.js';
import { int64 } from '../../dtype.js';
import { NotImplementedError, TorchError, ValueError } from '../../errors.js';
import { zeros } from '../../generated/functions.js';
import type { Tensor } from '../../tensor.js';
import type { Forms, Sizes } from '../functional/arguments.js';
import { isLazy } from '../parameter.js';
import { UninitializedBuffer, UninitializedParameter } from '../uninitialized.js';
import { moduleArguments } from './arguments.js';
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from './batchnorm.js';
import { callable } from './callable.js';
import type { ConvNd, ConvOptions, ConvTransposeOptions } from './conv_base.js';
import { Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from './conv.js';
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from './instancenorm.js';
import { Linear, type FactoryOptions, type LinearOptions } from './linear.js';
import { members } from './members.js';
import type { Module } from './module.js';
import type { NormBase, NormOptions } from './norm_base.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- what TypeScript wants of a mixin's base */
type Layer = Module & { reset_parameters(): void; forward(...args: any[]): Tensor };
type LayerType<L extends Layer> = new (...args: any[]) => L;
/* eslint-enable @typescript-eslint/no-explicit-any */

function factory({ device, dtype }: FactoryOptions): FactoryOptions {
  return { ...(device == null ? {} : { device }), ...(dtype == null ? {} : { dtype }) };
}

/** What a layer has until its first batch. */
export interface LazyModule {
  has_uninitialized_params(): boolean;
  /** Gives the parameters the shapes that `input` asks for, and their initial values. */
  initialize_parameters(input: Tensor): void;
  /** @internal Whether the number of inputs is known. */
  _knows(): boolean;
}

/** The class of a layer that has yet to see a batch; `A` is what its constructor takes. */
export type LazyType<L extends object, A extends unknown[]> = new (...args: A) => L & LazyModule;
type ConvArguments = [args: readonly unknown[], names: readonly string[]];

/** A layer of the class `type` that has yet to see a batch. Its first call makes a plain `type` of it. */
function lazy<L extends Layer>(type: LayerType<L>): new (...args: unknown[]) => L & LazyModule {
  class Lazy extends (type as LayerType<Layer>) {
    has_uninitialized_params(): boolean {
      return members(this).some(({ kind, value }) => kind !== 'module' && isLazy(value));
    }
    /** Whether the number of inputs is known. */
    _knows(): boolean {
      return false;
    }
    /** Gives the parameters the shapes that `input` asks for, and their initial values. */
    initialize_parameters(_input: Tensor): void {
      throw new NotImplementedError(
        `initialize_parameters is not implemented for ${this._get_name()}`,
        'initialize_parameters',
      );
    }
    override reset_parameters(): void {
      if (!this.has_uninitialized_params() && this._knows()) super.reset_parameters();
    }
    override forward(...args: [input: Tensor, ...more: unknown[]]): Tensor {
      no_grad(() => {
        this.initialize_parameters(args[0]);
      });
      if (this.has_uninitialized_params())
        throw new TorchError(`module ${this._get_name()} has not been fully initialized`);
      Object.setPrototypeOf(this, type.prototype as object);
      return this.forward(...args);
    }
  }
  return Lazy as unknown as new (...args: unknown[]) => L & LazyModule;
}

const LazyLinearBase: LazyType<Linear, unknown[]> = lazy<Linear>(Linear);
class LazyLinearClass extends LazyLinearBase {
  /**
   * Linear whose `in_features` is the size of the first input's last dimension.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyLinear.html
   */
  constructor(
    ...args:
      | [out_features: number, options?: LinearOptions]
      | [out_features: number, bias: boolean, options?: FactoryOptions]
      | [options: { out_features: number } & LinearOptions]
  ) {
    const given = moduleArguments('LazyLinear', ['out_features', 'bias', 'device', 'dtype'], args, 1);
    super({ in_features: 0, out_features: 0, bias: false });
    this.out_features = given['out_features'] as number;
    this.weight = UninitializedParameter(true, factory(given));
    if (given['bias'] !== false) this.bias = UninitializedParameter(true, factory(given));
  }
  override _knows(): boolean {
    return this.in_features !== 0;
  }
  override initialize_parameters(input: Tensor): void {
    const in_features = input.size(-1);
    if (this.has_uninitialized_params()) {
      this.in_features = in_features;
      if (isLazy(this.weight)) this.weight.materialize([this.out_features, in_features]);
      if (isLazy(this.bias)) this.bias.materialize([this.out_features]);
      this.reset_parameters();
    }
    // Loaded from a state dict before the first batch.
    if (this.in_features !== 0) return;
    if (in_features !== this.weight.size(-1))
      throw new ValueError(
        `The in_features inferred from input: ${in_features} is not equal to in_features from self.weight: ` +
          `${this.weight.size(-1)}`,
      );
    this.in_features = in_features;
  }
}
export const LazyLinear = callable(LazyLinearClass);
export type LazyLinear = LazyLinearClass;

type LazyConvArguments<Options> =
  | [out_channels: number, kernel_size: Sizes, ...rest: Forms<[stride: Sizes, padding: Sizes], Options>]
  | [options: { out_channels: number; kernel_size: Sizes } & Options];
const convNames = ['stride', 'padding', 'dilation', 'groups', 'bias', 'padding_mode', 'device', 'dtype'];
const transposedNames = [
  ...['stride', 'padding', 'output_padding', 'groups', 'bias', 'dilation'],
  ...['padding_mode', 'device', 'dtype'],
];

/** A convolution that has yet to see a batch, of any number of dimensions. */
function lazyConv<L extends ConvNd & Layer>(
  type: LayerType<L>,
  op: string,
  dims: number,
): new (args: readonly unknown[], names: readonly string[]) => L & LazyModule {
  class LazyConv extends (lazy(type as LayerType<Layer>) as unknown as new (
    options: object,
  ) => ConvNd & Layer & LazyModule) {
    constructor(args: readonly unknown[], names: readonly string[]) {
      const given = moduleArguments(op, ['out_channels', 'kernel_size', ...names], args, 2);
      const { out_channels, bias, ...rest } = given;
      super({ ...rest, in_channels: 0, out_channels: 0, bias: false });
      this.out_channels = out_channels as number;
      this.weight = UninitializedParameter(true, factory(given));
      if (bias !== false) this.bias = UninitializedParameter(true, factory(given));
    }
    override _knows(): boolean {
      return this.in_channels !== 0;
    }
    override initialize_parameters(input: Tensor): void {
      if (!this.has_uninitialized_params()) return;
      if (input.ndim !== dims + 1 && input.ndim !== dims + 2)
        throw new TorchError(
          `Expected ${dims + 1}D (unbatched) or ${dims + 2}D (batched) input to ${this._get_name()}, but got input of ` +
            `size: ${String(input.shape)}`,
        );
      const { groups, out_channels, transposed } = this;
      const in_channels = input.size(input.ndim - dims - 1);
      if (in_channels % groups !== 0) throw new ValueError('in_channels must be divisible by groups');
      this.in_channels = in_channels;
      const channels = transposed
        ? [in_channels, out_channels / groups]
        : [out_channels, in_channels / groups];
      if (isLazy(this.weight)) this.weight.materialize([...channels, ...this.kernel_size]);
      if (isLazy(this.bias)) this.bias.materialize([out_channels]);
      this.reset_parameters();
    }
  }
  return LazyConv as unknown as new (args: readonly unknown[], names: readonly string[]) => L & LazyModule;
}

const LazyConv1dBase: LazyType<Conv1d, ConvArguments> = lazyConv<Conv1d>(Conv1d, 'LazyConv1d', 1);
class LazyConv1dClass extends LazyConv1dBase {
  /** Conv1d whose `in_channels` is that of the first input. https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConv1d.html */
  constructor(...args: LazyConvArguments<ConvOptions>) {
    super(args, convNames);
  }
}
const LazyConv2dBase: LazyType<Conv2d, ConvArguments> = lazyConv<Conv2d>(Conv2d, 'LazyConv2d', 2);
class LazyConv2dClass extends LazyConv2dBase {
  /** The same for Conv2d. */
  constructor(...args: LazyConvArguments<ConvOptions>) {
    super(args, convNames);
  }
}
const LazyConv3dBase: LazyType<Conv3d, ConvArguments> = lazyConv<Conv3d>(Conv3d, 'LazyConv3d', 3);
class LazyConv3dClass extends LazyConv3dBase {
  /** The same for Conv3d. */
  constructor(...args: LazyConvArguments<ConvOptions>) {
    super(args, convNames);
  }
}
const LazyConvTranspose1dBase: LazyType<ConvTranspose1d, ConvArguments> = lazyConv<ConvTranspose1d>(
  ConvTranspose1d,
  'LazyConvTranspose1d',
  1,
);
class LazyConvTranspose1dClass extends LazyConvTranspose1dBase {
  /** The same for ConvTranspose1d. */
  constructor(...args: LazyConvArguments<ConvTransposeOptions>) {
    super(args, transposedNames);
  }
}
const LazyConvTranspose2dBase: LazyType<ConvTranspose2d, ConvArguments> = lazyConv<ConvTranspose2d>(
  ConvTranspose2d,
  'LazyConvTranspose2d',
  2,
);
class LazyConvTranspose2dClass extends LazyConvTranspose2dBase {
  /** The same for ConvTranspose2d. */
  constructor(...args: LazyConvArguments<ConvTransposeOptions>) {
    super(args, transposedNames);
  }
}
const LazyConvTranspose3dBase: LazyType<ConvTranspose3d, ConvArguments> = lazyConv<ConvTranspose3d>(
  ConvTranspose3d,
  'LazyConvTranspose3d',
  3,
);
class LazyConvTranspose3dClass extends LazyConvTranspose3dBase {
  /** The same for ConvTranspose3d. */
  constructor(...args: LazyConvArguments<ConvTransposeOptions>) {
    super(args, transposedNames);
  }
}
export const LazyConv1d = callable(LazyConv1dClass);
export type LazyConv1d = LazyConv1dClass;
export const LazyConv2d = callable(LazyConv2dClass);
export type LazyConv2d = LazyConv2dClass;
export const LazyConv3d = callable(LazyConv3dClass);
export type LazyConv3d = LazyConv3dClass;
export const LazyConvTranspose1d = callable(LazyConvTranspose1dClass);
export type LazyConvTranspose1d = LazyConvTranspose1dClass;
export const LazyConvTranspose2d = callable(LazyConvTranspose2dClass);
export type LazyConvTranspose2d = LazyConvTranspose2dClass;
export const LazyConvTranspose3d = callable(LazyConvTranspose3dClass);
export type LazyConvTranspose3d = LazyConvTranspose3dClass;

type LazyNormArguments = Forms<
  [eps: number, momentum: number | null, affine: boolean, track_running_stats: boolean],
  NormOptions
>;
const normNames = ['eps', 'momentum', 'affine', 'track_running_stats', 'device', 'dtype', 'bias'];

/** A normalization that has yet to see a batch. */
function lazyNorm<L extends NormBase & Layer>(
  type: LayerType<L>,
  op: string,
): new (args: readonly unknown[]) => L & LazyModule {
  class LazyNorm extends (lazy(type as LayerType<Layer>) as unknown as new (
    options: object,
  ) => NormBase & Layer & LazyModule) {
    constructor(args: readonly unknown[]) {
      const given = moduleArguments(op, normNames, args);
      const { affine = true, track_running_stats = true, bias = true, ...rest } = given;
      super({ ...rest, num_features: 0, affine: false, track_running_stats: false, bias: false });
      this.affine = affine as boolean;
      this.track_running_stats = track_running_stats as boolean;
      if (affine) {
        this.weight = UninitializedParameter(true, factory(given));
        if (bias) this.bias = UninitializedParameter(true, factory(given));
      }
      if (!track_running_stats) return;
      this.running_mean = UninitializedBuffer(true, factory(given));
      this.running_var = UninitializedBuffer(true, factory(given));
      const { device } = factory(given);
      this.register_buffer('num_batches_tracked', zeros([], { dtype: int64, ...(device ? { device } : {}) }));
    }
    override _knows(): boolean {
      return this.num_features !== 0;
    }
    override initialize_parameters(input: Tensor): void {
      if (!this.has_uninitialized_params()) return;
      this.num_features = input.size(1);
      for (const tensor of [this.weight, this.bias, this.running_mean, this.running_var])
        if (isLazy(tensor)) tensor.materialize([this.num_features]);
      this.reset_parameters();
    }
  }
  return LazyNorm as unknown as new (args: readonly unknown[]) => L & LazyModule;
}

const LazyBatchNorm1dBase: LazyType<BatchNorm1d, [args: readonly unknown[]]> = lazyNorm<BatchNorm1d>(
  BatchNorm1d,
  'LazyBatchNorm1d',
);
class LazyBatchNorm1dClass extends LazyBatchNorm1dBase {
  /** BatchNorm1d whose `num_features` is that of the first input. https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm1d.html */
  constructor(...args: LazyNormArguments) {
    super(args);
  }
}
const LazyBatchNorm2dBase: LazyType<BatchNorm2d, [args: readonly unknown[]]> = lazyNorm<BatchNorm2d>(
  BatchNorm2d,
  'LazyBatchNorm2d',
);
class LazyBatchNorm2dClass extends LazyBatchNorm2dBase {
  /** The same for BatchNorm2d. */
  constructor(...args: LazyNormArguments) {
    super(args);
  }
}
const LazyBatchNorm3dBase: LazyType<BatchNorm3d, [args: readonly unknown[]]> = lazyNorm<BatchNorm3d>(
  BatchNorm3d,
  'LazyBatchNorm3d',
);
class LazyBatchNorm3dClass extends LazyBatchNorm3dBase {
  /** The same for BatchNorm3d. */
  constructor(...args: LazyNormArguments) {
    super(args);
  }
}
const LazyInstanceNorm1dBase: LazyType<InstanceNorm1d, [args: readonly unknown[]]> = lazyNorm<InstanceNorm1d>(
  InstanceNorm1d,
  'LazyInstanceNorm1d',
);
class LazyInstanceNorm1dClass extends LazyInstanceNorm1dBase {
  /** The same for InstanceNorm1d; affine and track_running_stats default to true here, as in PyTorch. */
  constructor(...args: LazyNormArguments) {
    super(args);
  }
}
const LazyInstanceNorm2dBase: LazyType<InstanceNorm2d, [args: readonly unknown[]]> = lazyNorm<InstanceNorm2d>(
  InstanceNorm2d,
  'LazyInstanceNorm2d',
);
class LazyInstanceNorm2dClass extends LazyInstanceNorm2dBase {
  /** The same for InstanceNorm2d. */
  constructor(...args: LazyNormArguments) {
    super(args);
  }
}
const LazyInstanceNorm3dBase: LazyType<InstanceNorm3d, [args: readonly unknown[]]> = lazyNorm<InstanceNorm3d>(
  InstanceNorm3d,
  'LazyInstanceNorm3d',
);
class LazyInstanceNorm3dClass extends LazyInstanceNorm3dBase {
  /** The same for InstanceNorm3d. */
  constructor(...args: LazyNormArguments) {
    super(args);
  }
}
export const LazyBatchNorm1d = callable(LazyBatchNorm1dClass);
export type LazyBatchNorm1d = LazyBatchNorm1dClass;
export const LazyBatchNorm2d = callable(LazyBatchNorm2dClass);
export type LazyBatchNorm2d = LazyBatchNorm2dClass;
export const LazyBatchNorm3d = callable(LazyBatchNorm3dClass);
export type LazyBatchNorm3d = LazyBatchNorm3dClass;
export const LazyInstanceNorm1d = callable(LazyInstanceNorm1dClass);
export type LazyInstanceNorm1d = LazyInstanceNorm1dClass;
export const LazyInstanceNorm2d = callable(LazyInstanceNorm2dClass);
export type LazyInstanceNorm2d = LazyInstanceNorm2dClass;
export const LazyInstanceNorm3d = callable(LazyInstanceNorm3dClass);
export type LazyInstanceNorm3d = LazyInstanceNorm3dClass;
