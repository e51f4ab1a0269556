/** Losses over distances: https://docs.pytorch.org/docs/stable/nn.html#loss-functions */
import type { Float } from '../../scalar.js';
import type { Tensor } from '../../tensor.js';
import type { Reduction } from '../../types.js';
import { ArgumentError } from '../../errors.js';
import * as F from '../functional.js';
import { read, type Forms, type ReductionOptions } from '../functional/arguments.js';
import { callable } from './callable.js';
import { Loss, plainNames } from './loss_base.js';

class MSELossClass extends Loss {
  /**
   * Mean squared error of input and target of one shape.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
   */
  constructor(options?: ReductionOptions);
  constructor(...args: unknown[]) {
    super(read<ReductionOptions>('MSELoss', plainNames, args, 0));
  }
  forward(input: Tensor, target: Tensor): Tensor {
    return F.mse_loss(input, target, { reduction: this.reduction });
  }
}
export const MSELoss = callable(MSELossClass);
export type MSELoss = MSELossClass;

class L1LossClass extends Loss {
  /** Mean absolute error. https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html */
  constructor(options?: ReductionOptions);
  constructor(...args: unknown[]) {
    super(read<ReductionOptions>('L1Loss', plainNames, args, 0));
  }
  forward(input: Tensor, target: Tensor): Tensor {
    return F.l1_loss(input, target, { reduction: this.reduction });
  }
}
export const L1Loss = callable(L1LossClass);
export type L1Loss = L1LossClass;

export interface SmoothL1LossOptions extends ReductionOptions {
  /** Below this difference the loss is quadratic; default: 1. */
  beta?: number;
}

class SmoothL1LossClass extends Loss {
  beta: number;

  /**
   * Half the square, divided by beta, of differences below beta; those above less beta / 2.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html
   */
  constructor(options?: SmoothL1LossOptions);
  constructor(...args: unknown[]) {
    const given = read<SmoothL1LossOptions>('SmoothL1Loss', [...plainNames, 'beta'], args, 0);
    super(given);
    this.beta = given.beta ?? 1;
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { reduction, beta } = this;
    return F.smooth_l1_loss(input, target, { reduction, beta });
  }
}
export const SmoothL1Loss = callable(SmoothL1LossClass);
export type SmoothL1Loss = SmoothL1LossClass;

export interface HuberLossOptions {
  reduction?: Reduction;
  /** Below this difference the loss is quadratic; default: 1. */
  delta?: number;
}

class HuberLossClass extends Loss {
  delta: number;

  /**
   * Half the square of differences below delta, delta · (|difference| - delta / 2) above.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html
   * @throws {ArgumentError} delta is no number
   */
  constructor(...args: Forms<[reduction: Reduction, delta: number], HuberLossOptions>) {
    const given = read<HuberLossOptions>('HuberLoss', ['reduction', 'delta'], args, 0);
    const { delta = 1 } = given;
    if (typeof delta !== 'number')
      throw new ArgumentError(`delta must be a float or int, got: ${typeof delta}`, 'HuberLoss');
    super(given);
    this.delta = delta;
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { reduction, delta } = this;
    return F.huber_loss(input, target, { reduction, delta });
  }
}
export const HuberLoss = callable(HuberLossClass);
export type HuberLoss = HuberLossClass;

export interface PoissonNLLLossOptions extends ReductionOptions {
  /** Whether the input is the logarithm of the rate; default: true. */
  log_input?: boolean;
  /** Whether Stirling's term is added; default: false. */
  full?: boolean;
  /** Against log(0) where log_input is false; default: 1e-8. */
  eps?: number;
}

class PoissonNLLLossClass extends Loss {
  log_input: boolean;
  full: boolean;
  eps: number;

  /**
   * Negative log likelihood of counts under Poisson distributions.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html
   */
  constructor(...args: Forms<[log_input: boolean, full: boolean], PoissonNLLLossOptions>) {
    const names = ['log_input', 'full', 'size_average', 'eps', 'reduce', 'reduction'];
    const given = read<PoissonNLLLossOptions>('PoissonNLLLoss', names, args, 0);
    super(given);
    this.log_input = given.log_input ?? true;
    this.full = given.full ?? false;
    this.eps = given.eps ?? 1e-8;
  }
  forward(log_input: Tensor, target: Tensor): Tensor {
    const { full, eps, reduction } = this;
    return F.poisson_nll_loss(log_input, target, { log_input: this.log_input, full, eps, reduction });
  }
}
export const PoissonNLLLoss = callable(PoissonNLLLossClass);
export type PoissonNLLLoss = PoissonNLLLossClass;

export interface GaussianNLLLossOptions {
  /** Whether the constant term is added; default: false. */
  full?: boolean;
  /** The least variance; default: 1e-6. */
  eps?: number;
  reduction?: Reduction;
}

class GaussianNLLLossClass extends Loss {
  full: boolean;
  eps: number;

  /**
   * Negative log likelihood of targets under normal distributions with means `input` and variances `var`.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html
   */
  constructor(options: GaussianNLLLossOptions = {}) {
    const given = read<GaussianNLLLossOptions>('GaussianNLLLoss', ['full', 'eps', 'reduction'], [options], 0);
    super(given);
    this.full = given.full ?? false;
    this.eps = given.eps ?? 1e-6;
  }
  forward(input: Tensor, target: Tensor, variance: Tensor | number | Float): Tensor {
    const { full, eps, reduction } = this;
    return F.gaussian_nll_loss(input, target, variance, { full, eps, reduction });
  }
}
export const GaussianNLLLoss = callable(GaussianNLLLossClass);
export type GaussianNLLLoss = GaussianNLLLossClass;
