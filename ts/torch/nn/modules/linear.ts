/** Linear layers: https://docs.pytorch.org/docs/stable/nn.html#linear-layers */
import type { DType } from '../../dtype.js';
import { ValueError } from '../../errors.js';
import { empty } from '../../generated/functions.js';
import type { Tensor } from '../../tensor.js';
import type { DeviceLike } from '../../types.js';
import * as F from '../functional.js';
import * as init from '../init.js';
import { Parameter } from '../parameter.js';
import { moduleArguments } from './arguments.js';
import { callable } from './callable.js';
import { Module } from './module.js';
import { pythonText } from './text.js';

/** Where and as what a layer's parameters are made. */
export interface FactoryOptions {
  /** The CPU unless given. */
  device?: DeviceLike | null;
  /** The default dtype unless given. */
  dtype?: DType | null;
}
export interface LinearOptions extends FactoryOptions {
  /** Whether there is an additive bias; default: true. */
  bias?: boolean;
}

/** @internal A parameter that still has to be filled. */
export function emptyParameter(size: readonly number[], given: FactoryOptions): Parameter {
  const options: FactoryOptions = {};
  if (given.device != null) options.device = given.device;
  if (given.dtype != null) options.dtype = given.dtype;
  const made = empty(size, options);
  try {
    return new Parameter(made);
  } finally {
    made.dispose();
  }
}

class IdentityClass extends Module {
  /** Gives its argument on. Takes any arguments and ignores them. */
  constructor(..._args: unknown[]) {
    super();
  }
  forward(input: Tensor): Tensor {
    return input;
  }
}
export const Identity = callable(IdentityClass);
export type Identity = IdentityClass;

class LinearClass extends Module {
  in_features: number;
  out_features: number;
  weight: Parameter;
  bias: Parameter | null;

  /**
   * `y = x Aᵀ + b`: input (*, in_features), output (*, out_features). Weight (out_features, in_features) and bias
   * (out_features) start uniform in ±1/√in_features.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
   * @throws {ArgumentError} missing or unknown arguments
   */
  constructor(
    ...args:
      | [in_features: number, out_features: number, options?: LinearOptions]
      | [in_features: number, out_features: number, bias: boolean, options?: FactoryOptions]
      | [options: { in_features: number; out_features: number } & LinearOptions]
  ) {
    super();
    const names = ['in_features', 'out_features', 'bias', 'device', 'dtype'];
    const given = moduleArguments('Linear', names, args, 2);
    this.in_features = given['in_features'] as number;
    this.out_features = given['out_features'] as number;
    this.weight = emptyParameter([this.out_features, this.in_features], given);
    this.bias = (given['bias'] ?? true) ? emptyParameter([this.out_features], given) : null;
    this.reset_parameters();
  }
  reset_parameters(): void {
    // With a = √5 the bound is 1/√in_features.
    init.kaiming_uniform_(this.weight, { a: Math.sqrt(5) });
    resetBias(this.bias, this.in_features);
  }
  forward(input: Tensor): Tensor {
    return F.linear(input, this.weight, this.bias);
  }
  override extra_repr(): string {
    const { in_features, out_features, bias } = this;
    return `in_features=${in_features}, out_features=${out_features}, bias=${pythonText(bias !== null)}`;
  }
}
export const Linear = callable(LinearClass);
export type Linear = LinearClass;

/** @internal */
export function resetBias(bias: Tensor | null, fan_in: number): void {
  const bound = fan_in > 0 ? 1 / Math.sqrt(fan_in) : 0;
  // Subtracted, since -0 would give negative zeros where Python's integer gives none.
  if (bias !== null) init.uniform_(bias, 0 - bound, bound);
}

class BilinearClass extends Module {
  in1_features: number;
  in2_features: number;
  out_features: number;
  weight: Parameter;
  bias: Parameter | null;

  /**
   * `y = x1ᵀ A x2 + b`: inputs (*, in1_features) and (*, in2_features), output (*, out_features).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
   * @throws {ValueError} in1_features is not positive
   */
  constructor(
    ...args:
      | [in1_features: number, in2_features: number, out_features: number, options?: LinearOptions]
      | [
          in1_features: number,
          in2_features: number,
          out_features: number,
          bias: boolean,
          options?: FactoryOptions,
        ]
      | [options: { in1_features: number; in2_features: number; out_features: number } & LinearOptions]
  ) {
    super();
    const names = ['in1_features', 'in2_features', 'out_features', 'bias', 'device', 'dtype'];
    const given = moduleArguments('Bilinear', names, args, 3);
    this.in1_features = given['in1_features'] as number;
    this.in2_features = given['in2_features'] as number;
    this.out_features = given['out_features'] as number;
    if (this.in1_features <= 0)
      throw new ValueError(`in1_features must be > 0, but got ${this.in1_features}`, 'Bilinear');
    this.weight = emptyParameter([this.out_features, this.in1_features, this.in2_features], given);
    this.bias = (given['bias'] ?? true) ? emptyParameter([this.out_features], given) : null;
    this.reset_parameters();
  }
  reset_parameters(): void {
    const bound = 1 / Math.sqrt(this.weight.size(1));
    init.uniform_(this.weight, -bound, bound);
    if (this.bias !== null) init.uniform_(this.bias, -bound, bound);
  }
  forward(input1: Tensor, input2: Tensor): Tensor {
    return F.bilinear(input1, input2, this.weight, this.bias);
  }
  override extra_repr(): string {
    const { in1_features, in2_features, out_features, bias } = this;
    return (
      `in1_features=${in1_features}, in2_features=${in2_features}, out_features=${out_features}, ` +
      `bias=${pythonText(bias !== null)}`
    );
  }
}
export const Bilinear = callable(BilinearClass);
export type Bilinear = BilinearClass;
