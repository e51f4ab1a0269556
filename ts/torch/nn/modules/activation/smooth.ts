/** Smooth relatives of ReLU, and gates: https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity */
import * as F from '../../functional.js';
import type { Tensor } from '../../../tensor.js';
import { moduleArguments } from '../arguments.js';
import { callable } from '../callable.js';
import { Module } from '../module.js';
import { floatText } from '../text.js';
import { InplaceModule, type InplaceArguments, type Real } from './inplace.js';

class SiLUClass extends InplaceModule {
  /** `x sigmoid(x)`. https://docs.pytorch.org/docs/stable/generated/torch.nn.SiLU.html */
  constructor(...args: InplaceArguments) {
    super('SiLU', args);
  }
  forward(input: Tensor): Tensor {
    return F.silu(input, this.inplace);
  }
}
export const SiLU = callable(SiLUClass);
export type SiLU = SiLUClass;

class MishClass extends InplaceModule {
  /** `x tanh(softplus(x))`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Mish.html */
  constructor(...args: InplaceArguments) {
    super('Mish', args);
  }
  forward(input: Tensor): Tensor {
    return F.mish(input, this.inplace);
  }
}
export const Mish = callable(MishClass);
export type Mish = MishClass;

class HardswishClass extends InplaceModule {
  /** `x hardsigmoid(x)`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardswish.html */
  constructor(...args: InplaceArguments) {
    super('Hardswish', args);
  }
  forward(input: Tensor): Tensor {
    return F.hardswish(input, this.inplace);
  }
  /** Nothing, as in PyTorch. */
  override extra_repr(): string {
    return '';
  }
}
export const Hardswish = callable(HardswishClass);
export type Hardswish = HardswishClass;

/** How GELU is computed: exactly, or with tanh. */
type Approximate = 'none' | 'tanh';

class GELUClass extends Module {
  approximate: Approximate;

  /** `x Φ(x)`, exactly unless `approximate` is 'tanh'. https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html */
  constructor(...args: [approximate?: Approximate] | [options: { approximate?: Approximate }]) {
    super();
    const given = moduleArguments('GELU', ['approximate'], args);
    this.approximate = (given['approximate'] ?? 'none') as Approximate;
  }
  forward(input: Tensor): Tensor {
    return F.gelu(input, { approximate: this.approximate });
  }
  override extra_repr(): string {
    return `approximate='${this.approximate}'`;
  }
}
export const GELU = callable(GELUClass);
export type GELU = GELUClass;

class GLUClass extends Module {
  dim: number;

  /** `a sigmoid(b)` for the halves a and b of the input along `dim` (default: the last). https://docs.pytorch.org/docs/stable/generated/torch.nn.GLU.html */
  constructor(...args: [dim?: number] | [options: { dim?: number }]) {
    super();
    this.dim = (moduleArguments('GLU', ['dim'], args)['dim'] ?? -1) as number;
  }
  forward(input: Tensor): Tensor {
    return F.glu(input, this.dim);
  }
  override extra_repr(): string {
    return `dim=${this.dim}`;
  }
}
export const GLU = callable(GLUClass);
export type GLU = GLUClass;

class SoftplusClass extends Module {
  beta: Real;
  threshold: Real;

  /** `log(1 + e^(beta x)) / beta`, and `x` where `beta x` is above `threshold`; 1 and 20 unless given. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html */
  constructor(
    ...args:
      | [beta?: Real, threshold?: Real]
      | [beta: Real, options: { threshold?: Real }]
      | [options: { beta?: Real; threshold?: Real }]
  ) {
    super();
    const given = moduleArguments('Softplus', ['beta', 'threshold'], args);
    this.beta = (given['beta'] ?? 1) as Real;
    this.threshold = (given['threshold'] ?? 20) as Real;
  }
  forward(input: Tensor): Tensor {
    return F.softplus(input, this.beta, this.threshold);
  }
  override extra_repr(): string {
    return `beta=${floatText(this.beta, 1)}, threshold=${floatText(this.threshold, 20)}`;
  }
}
export const Softplus = callable(SoftplusClass);
export type Softplus = SoftplusClass;
