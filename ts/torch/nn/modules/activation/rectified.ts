/** The family of ReLU: https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity */
import * as F from '../../functional.js';
import * as init from '../../init.js';
import type { Parameter } from '../../parameter.js';
import type { InplaceOptions } from '../../functional/activation.js';
import type { Tensor } from '../../../tensor.js';
import { moduleArguments } from '../arguments.js';
import { callable } from '../callable.js';
import { emptyParameter, type FactoryOptions } from '../linear.js';
import { Module } from '../module.js';
import { floatText, pythonText } from '../text.js';
import { InplaceModule, inplaceText, type InplaceArguments, type Real } from './inplace.js';

class ReLUClass extends InplaceModule {
  /** `max(0, x)`. https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html */
  constructor(...args: InplaceArguments) {
    super('ReLU', args);
  }
  forward(input: Tensor): Tensor {
    return F.relu(input, this.inplace);
  }
}
export const ReLU = callable(ReLUClass);
export type ReLU = ReLUClass;

class SELUClass extends InplaceModule {
  /** ELU with the constants of self-normalising networks. https://docs.pytorch.org/docs/stable/generated/torch.nn.SELU.html */
  constructor(...args: InplaceArguments) {
    super('SELU', args);
  }
  forward(input: Tensor): Tensor {
    return F.selu(input, this.inplace);
  }
}
export const SELU = callable(SELUClass);
export type SELU = SELUClass;

type AlphaArguments =
  | [alpha?: Real, inplace?: boolean]
  | [alpha: Real, options: InplaceOptions]
  | [options: InplaceOptions & { alpha?: Real }];

/** @internal What ELU and CELU share. */
class AlphaModule extends Module {
  alpha: Real;
  inplace: boolean;

  constructor(op: string, args: AlphaArguments) {
    super();
    const given = moduleArguments(op, ['alpha', 'inplace'], args);
    this.alpha = (given['alpha'] ?? 1) as Real;
    this.inplace = given['inplace'] === true;
  }
  override extra_repr(): string {
    return `alpha=${floatText(this.alpha, 1)}${inplaceText(this.inplace)}`;
  }
}
class ELUClass extends AlphaModule {
  /** `x`, and `alpha (eˣ - 1)` below 0; alpha is 1 unless given. https://docs.pytorch.org/docs/stable/generated/torch.nn.ELU.html */
  constructor(...args: AlphaArguments) {
    super('ELU', args);
  }
  forward(input: Tensor): Tensor {
    return F.elu(input, this.alpha, this.inplace);
  }
}
export const ELU = callable(ELUClass);
export type ELU = ELUClass;

class CELUClass extends AlphaModule {
  /** ELU with a continuous derivative for every alpha. https://docs.pytorch.org/docs/stable/generated/torch.nn.CELU.html */
  constructor(...args: AlphaArguments) {
    super('CELU', args);
  }
  forward(input: Tensor): Tensor {
    return F.celu(input, this.alpha, this.inplace);
  }
}
export const CELU = callable(CELUClass);
export type CELU = CELUClass;

class LeakyReLUClass extends Module {
  negative_slope: Real;
  inplace: boolean;

  /** `x`, and `negative_slope x` below 0; the slope is 0.01 unless given. https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html */
  constructor(
    ...args:
      | [negative_slope?: Real, inplace?: boolean]
      | [negative_slope: Real, options: InplaceOptions]
      | [options: InplaceOptions & { negative_slope?: Real }]
  ) {
    super();
    const given = moduleArguments('LeakyReLU', ['negative_slope', 'inplace'], args);
    this.negative_slope = (given['negative_slope'] ?? 0.01) as Real;
    this.inplace = given['inplace'] === true;
  }
  forward(input: Tensor): Tensor {
    return F.leaky_relu(input, this.negative_slope, this.inplace);
  }
  override extra_repr(): string {
    return `negative_slope=${pythonText(this.negative_slope)}${inplaceText(this.inplace)}`;
  }
}
export const LeakyReLU = callable(LeakyReLUClass);
export type LeakyReLU = LeakyReLUClass;

class RReLUClass extends Module {
  lower: Real;
  upper: Real;
  inplace: boolean;

  /**
   * Leaky ReLU whose slopes are drawn from [lower, upper) in training, 1/8 and 1/3 unless given, and their middle in
   * evaluation. https://docs.pytorch.org/docs/stable/generated/torch.nn.RReLU.html
   */
  constructor(
    ...args:
      | [lower?: Real, upper?: Real, inplace?: boolean]
      | [lower: Real, upper: Real, options: InplaceOptions]
      | [options: InplaceOptions & { lower?: Real; upper?: Real }]
  ) {
    super();
    const given = moduleArguments('RReLU', ['lower', 'upper', 'inplace'], args);
    this.lower = (given['lower'] ?? 1 / 8) as Real;
    this.upper = (given['upper'] ?? 1 / 3) as Real;
    this.inplace = given['inplace'] === true;
  }
  forward(input: Tensor): Tensor {
    return F.rrelu(input, this.lower, this.upper, this.training, this.inplace);
  }
  override extra_repr(): string {
    return `lower=${pythonText(this.lower)}, upper=${pythonText(this.upper)}${inplaceText(this.inplace)}`;
  }
}
export const RReLU = callable(RReLUClass);
export type RReLU = RReLUClass;

class ThresholdClass extends Module {
  threshold: Real;
  value: Real;
  inplace: boolean;

  /** `x` above `threshold`, `value` elsewhere. https://docs.pytorch.org/docs/stable/generated/torch.nn.Threshold.html */
  constructor(
    ...args:
      | [threshold: Real, value: Real, inplace?: boolean]
      | [threshold: Real, value: Real, options: InplaceOptions]
      | [options: InplaceOptions & { threshold: Real; value: Real }]
  ) {
    super();
    const given = moduleArguments('Threshold', ['threshold', 'value', 'inplace'], args, 2);
    this.threshold = given['threshold'] as Real;
    this.value = given['value'] as Real;
    this.inplace = given['inplace'] === true;
  }
  forward(input: Tensor): Tensor {
    return F.threshold(input, this.threshold, this.value, this.inplace);
  }
  override extra_repr(): string {
    return `threshold=${pythonText(this.threshold)}, value=${pythonText(this.value)}${inplaceText(this.inplace)}`;
  }
}
export const Threshold = callable(ThresholdClass);
export type Threshold = ThresholdClass;

class PReLUClass extends Module {
  num_parameters: number;
  init: Real;
  weight: Parameter;

  /**
   * Leaky ReLU with a slope that is learnt: one for all (the default) or one per channel, dimension 1 of the input.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.PReLU.html
   * @param args `num_parameters` (default: 1), `init` (default: 0.25), then `device` and `dtype`
   */
  constructor(
    ...args:
      | [num_parameters?: number, init?: Real, options?: FactoryOptions]
      | [num_parameters: number, options: FactoryOptions & { init?: Real }]
      | [options: FactoryOptions & { num_parameters?: number; init?: Real }]
  ) {
    super();
    const given = moduleArguments('PReLU', ['num_parameters', 'init', 'device', 'dtype'], args);
    this.num_parameters = (given['num_parameters'] ?? 1) as number;
    this.init = (given['init'] ?? 0.25) as Real;
    this.weight = emptyParameter([this.num_parameters], given);
    this.reset_parameters();
  }
  reset_parameters(): void {
    init.constant_(this.weight, Number(this.init));
  }
  forward(input: Tensor): Tensor {
    return F.prelu(input, this.weight);
  }
  override extra_repr(): string {
    return `num_parameters=${this.num_parameters}`;
  }
}
export const PReLU = callable(PReLUClass);
export type PReLU = PReLUClass;
