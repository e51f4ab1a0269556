/** Activations that clip, squash or shrink: https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity */
import { ValueError } from '../../../errors.js';
import * as F from '../../functional.js';
import type { InplaceOptions } from '../../functional/activation.js';
import type { Tensor } from '../../../tensor.js';
import { moduleArguments } from '../arguments.js';
import { callable } from '../callable.js';
import { Module } from '../module.js';
import { floatText, pythonText } from '../text.js';
import { InplaceModule, inplaceText, type InplaceArguments, type Real } from './inplace.js';

class HardtanhClass extends Module {
  min_val: Real;
  max_val: Real;
  inplace: boolean;

  /**
   * `x` clipped to [min_val, max_val], -1 and 1 unless given.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html
   * @throws {ValueError} max_val is not greater than min_val
   */
  constructor(
    ...args:
      | [min_val?: Real, max_val?: Real, inplace?: boolean]
      | [min_val: Real, max_val: Real, options: InplaceOptions]
      | [options: InplaceOptions & { min_val?: Real; max_val?: Real }]
  ) {
    super();
    const given = moduleArguments('Hardtanh', ['min_val', 'max_val', 'inplace'], args);
    this.min_val = (given['min_val'] ?? -1) as Real;
    this.max_val = (given['max_val'] ?? 1) as Real;
    this.inplace = given['inplace'] === true;
    if (Number(this.max_val) <= Number(this.min_val))
      throw new ValueError(
        `max_val (${pythonText(this.max_val)}) must be greater than min_val (${pythonText(this.min_val)})`,
        'Hardtanh',
      );
  }
  forward(input: Tensor): Tensor {
    return F.hardtanh(input, this.min_val, this.max_val, this.inplace);
  }
  override extra_repr(): string {
    const { min_val, max_val, inplace } = this;
    return `min_val=${floatText(min_val, -1)}, max_val=${floatText(max_val, 1)}${inplaceText(inplace)}`;
  }
}
export const Hardtanh = callable(HardtanhClass);
export type Hardtanh = HardtanhClass;

class ReLU6Class extends HardtanhClass {
  /** `x` clipped to [0, 6]. https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU6.html */
  constructor(...args: InplaceArguments) {
    super(0, 6, moduleArguments('ReLU6', ['inplace'], args)['inplace'] === true);
  }
  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : '';
  }
}
export const ReLU6 = callable(ReLU6Class);
export type ReLU6 = ReLU6Class;

class SigmoidClass extends Module {
  forward(input: Tensor): Tensor {
    return input.sigmoid();
  }
}
/** `1 / (1 + e⁻ˣ)`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html */
export const Sigmoid = callable(SigmoidClass);
export type Sigmoid = SigmoidClass;

class TanhClass extends Module {
  forward(input: Tensor): Tensor {
    return input.tanh();
  }
}
/** https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html */
export const Tanh = callable(TanhClass);
export type Tanh = TanhClass;

class LogSigmoidClass extends Module {
  forward(input: Tensor): Tensor {
    return F.logsigmoid(input);
  }
}
/** https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html */
export const LogSigmoid = callable(LogSigmoidClass);
export type LogSigmoid = LogSigmoidClass;

class SoftsignClass extends Module {
  forward(input: Tensor): Tensor {
    return F.softsign(input);
  }
}
/** `x / (1 + |x|)`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softsign.html */
export const Softsign = callable(SoftsignClass);
export type Softsign = SoftsignClass;

class TanhshrinkClass extends Module {
  forward(input: Tensor): Tensor {
    return F.tanhshrink(input);
  }
}
/** `x - tanh(x)`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html */
export const Tanhshrink = callable(TanhshrinkClass);
export type Tanhshrink = TanhshrinkClass;

class HardsigmoidClass extends InplaceModule {
  /** Sigmoid in three straight pieces. https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html */
  constructor(...args: InplaceArguments) {
    super('Hardsigmoid', args);
  }
  forward(input: Tensor): Tensor {
    return F.hardsigmoid(input, this.inplace);
  }
  /** Nothing, as in PyTorch. */
  override extra_repr(): string {
    return '';
  }
}
export const Hardsigmoid = callable(HardsigmoidClass);
export type Hardsigmoid = HardsigmoidClass;

type LambdArguments = [lambd?: Real] | [options: { lambd?: Real }];

/** @internal What the two shrinking activations share. */
class LambdModule extends Module {
  lambd: Real;

  constructor(op: string, args: LambdArguments) {
    super();
    this.lambd = (moduleArguments(op, ['lambd'], args)['lambd'] ?? 0.5) as Real;
  }
  override extra_repr(): string {
    return pythonText(this.lambd);
  }
}
class HardshrinkClass extends LambdModule {
  /** `x` outside of [-lambd, lambd], 0 within; lambd is 0.5 unless given. https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html */
  constructor(...args: LambdArguments) {
    super('Hardshrink', args);
  }
  forward(input: Tensor): Tensor {
    return F.hardshrink(input, this.lambd);
  }
}
export const Hardshrink = callable(HardshrinkClass);
export type Hardshrink = HardshrinkClass;

class SoftshrinkClass extends LambdModule {
  /** `x` moved towards 0 by `lambd`, 0.5 unless given. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softshrink.html */
  constructor(...args: LambdArguments) {
    super('Softshrink', args);
  }
  forward(input: Tensor): Tensor {
    return F.softshrink(input, this.lambd);
  }
}
export const Softshrink = callable(SoftshrinkClass);
export type Softshrink = SoftshrinkClass;
