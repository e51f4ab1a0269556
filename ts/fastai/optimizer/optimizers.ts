/** fastai's optimizers, each a list of steppers: https://docs.fast.ai/optimizer.html */
import { namedArguments } from '../../torch/arguments.js';
import { ArgumentError } from '../../torch/errors.js';
import type { Tensor } from '../../torch/tensor.js';
import type { HyperValue, Params } from './base.js';
import { Lookahead } from './lookahead.js';
import { Optimizer } from './optimizer.js';
import { partial, type Stepper } from './stepper.js';
import * as steps from './steppers.js';

interface Common {
  /** Required, by position or by name. */
  lr?: HyperValue;
  mom?: HyperValue;
  wd?: HyperValue;
  /** Weights shrink by themselves (true, the default), or the gradients get `wd` times the weights. */
  decouple_wd?: boolean;
}
export type SGDOptions = Common;
export interface RMSPropOptions extends Common {
  sqr_mom?: HyperValue;
}
export interface AdamOptions extends RMSPropOptions {
  eps?: HyperValue;
}
export interface RAdamOptions extends AdamOptions {
  beta?: HyperValue;
}
export interface QHAdamOptions extends AdamOptions {
  nu_1?: HyperValue;
  nu_2?: HyperValue;
}
export interface LarcOptions extends Common {
  clip?: boolean;
  trust_coeff?: HyperValue;
  eps?: HyperValue;
}
/** By position in fastai's order, the rest by name. */
export type OptimizerArguments<T> = [options: T] | [lr: HyperValue, ...rest: (T | HyperValue | undefined)[]];

/** Reads the arguments after `params`; the defaults are in fastai's order. */
function read<T extends object>(op: string, defaults: T, args: readonly unknown[]) {
  const named = namedArguments(op, ['lr', ...Object.keys(defaults), 'decouple_wd'], args);
  if (named['lr'] === undefined) throw new ArgumentError(`${op}(): argument 'lr' is missing`, op);
  const { decouple_wd = true, ...hypers } = { ...defaults, ...named } as Record<string, HyperValue>;
  return {
    hypers: hypers as Record<string, HyperValue> & T,
    decay: decouple_wd ? steps.weight_decay : steps.l2_reg,
  };
}

const mean = partial(steps.average_grad, { dampening: true });

/**
 * Gradient descent, with momentum where `mom` is not 0 (a sum of gradients, without dampening).
 * @param params tensors or lists of them
 * @param lr required; mom default 0; wd default 0; decouple_wd default true
 * @throws {ArgumentError} no `lr`, an unknown option
 */
export function SGD(params: Params | Tensor, ...args: OptimizerArguments<SGDOptions>): Optimizer {
  const { hypers, decay } = read('SGD', { mom: 0, wd: 0 }, args);
  const moving = hypers.mom !== 0;
  const cbs: Stepper[] = moving ? [decay, steps.average_grad, steps.momentum_step] : [decay, steps.sgd_step];
  return new Optimizer(params, cbs, hypers);
}

/** @param params tensors or lists of them; lr required; sqr_mom default 0.99; mom 0; wd 0; decouple_wd true */
export function RMSProp(params: Params | Tensor, ...args: OptimizerArguments<RMSPropOptions>): Optimizer {
  const { hypers, decay } = read('RMSProp', { sqr_mom: 0.99, mom: 0, wd: 0 }, args);
  const averages = hypers.mom === 0 ? [] : [steps.average_grad];
  return new Optimizer(params, [decay, ...averages, steps.average_sqr_grad, steps.rms_prop_step], hypers);
}

/**
 * The Learner's default.
 * @param params tensors or lists of them
 * @param lr required; mom default 0.9; sqr_mom 0.99; eps 1e-5, added to the root; wd 0.01; decouple_wd true
 */
export function Adam(params: Params | Tensor, ...args: OptimizerArguments<AdamOptions>): Optimizer {
  const { hypers, decay } = read('Adam', { mom: 0.9, sqr_mom: 0.99, eps: 1e-5, wd: 0.01 }, args);
  return new Optimizer(
    params,
    [decay, mean, steps.average_sqr_grad, steps.step_stat, steps.adam_step],
    hypers,
  );
}

/** Adam that waits for its variance. lr required; mom 0.9; sqr_mom 0.99; eps 1e-5; wd 0; beta 0 (of a softplus) */
export function RAdam(params: Params | Tensor, ...args: OptimizerArguments<RAdamOptions>): Optimizer {
  const { hypers, decay } = read('RAdam', { mom: 0.9, sqr_mom: 0.99, eps: 1e-5, wd: 0, beta: 0 }, args);
  return new Optimizer(
    params,
    [decay, mean, steps.average_sqr_grad, steps.step_stat, steps.radam_step],
    hypers,
  );
}

/** Quasi-hyperbolic Adam. lr required; mom 0.999; sqr_mom 0.999; nu_1 0.7; nu_2 1; eps 1e-8; wd 0 */
export function QHAdam(params: Params | Tensor, ...args: OptimizerArguments<QHAdamOptions>): Optimizer {
  const defaults = { mom: 0.999, sqr_mom: 0.999, nu_1: 0.7, nu_2: 1, eps: 1e-8, wd: 0 };
  const { hypers, decay } = read('QHAdam', defaults, args);
  return new Optimizer(
    params,
    [decay, mean, steps.average_sqr_grad, steps.step_stat, steps.qhadam_step],
    hypers,
  );
}

/** Layer-wise rates by norms. lr required; mom 0.9; clip true; trust_coeff 0.02; eps 1e-8; wd 0 */
export function Larc(params: Params | Tensor, ...args: OptimizerArguments<LarcOptions>): Optimizer {
  const defaults = { mom: 0.9, clip: true, trust_coeff: 0.02, eps: 1e-8, wd: 0 };
  const { hypers: all, decay } = read('Larc', defaults, args);
  const { clip, ...hypers } = all;
  const averages = hypers.mom === 0 ? [] : [steps.average_grad];
  const rates = partial(steps.larc_layer_lr, { clip });
  return new Optimizer(params, [decay, ...averages, rates, steps.larc_step], hypers);
}

/** Adam with layer-wise rates. lr required; mom 0.9; sqr_mom 0.99; eps 1e-5; wd 0 */
export function Lamb(params: Params | Tensor, ...args: OptimizerArguments<AdamOptions>): Optimizer {
  const { hypers, decay } = read('Lamb', { mom: 0.9, sqr_mom: 0.99, eps: 1e-5, wd: 0 }, args);
  return new Optimizer(
    params,
    [decay, mean, steps.average_sqr_grad, steps.step_stat, steps.lamb_step],
    hypers,
  );
}

/** `Lookahead` of `RAdam`. lr required; mom 0.95; wd 0.01; eps 1e-6; and RAdam's other options by name */
export function ranger(params: Params | Tensor, ...args: OptimizerArguments<RAdamOptions>): Lookahead {
  const defaults = { mom: 0.95, wd: 0.01, eps: 1e-6, sqr_mom: 0.99, beta: 0 };
  const { hypers, decay } = read('ranger', defaults, args);
  return new Lookahead(RAdam(params, { ...hypers, decouple_wd: decay === steps.weight_decay }));
}
