/** https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html */
import { float32 } from '../dtype.js';
import { callable } from '../nn/modules/callable.js';
import type { Tensor } from '../tensor.js';
import type { ParamGroup, Params } from './groups.js';
import {
  canFuse,
  counter,
  fused,
  ListOptimizer,
  scaling,
  stateList,
  uniform,
  zeros,
  type Batch,
} from './list_optimizer.js';
import { map, type List, type Lists } from './lists.js';
import { checkAdamOptions, readOptions, scalar, type OptionArguments, type Options } from './options.js';

const standard = {
  lr: 1e-3,
  betas: [0.9, 0.999] as const,
  eps: 1e-8,
  weight_decay: 0,
  amsgrad: false,
  maximize: false,
  foreach: null,
  capturable: false,
  differentiable: false,
  fused: null,
  decoupled_weight_decay: false,
};
export type AdamDefaults = typeof standard;
const kernels = { adam: fused('_fused_adam_'), adamw: fused('_fused_adamw_') };

export class AdamClass extends ListOptimizer {
  /**
   * @param params tensors, pairs of name and tensor, or groups
   * @param lr default 1e-3
   * @param betas of the running averages of gradient and square, default [0.9, 0.999]
   * @param eps default 1e-8
   * @param weight_decay default 0; `decoupled_weight_decay` applies it as AdamW does
   * @param amsgrad default false; maximize climbs instead, default false
   * @param fused one kernel for all parameters of a dtype: several times as fast, and rounded differently in the last
   * place. Default: off, for PyTorch's figures.
   * @throws {ValueError} options out of range
   */
  constructor(params: Params, ...args: OptionArguments<AdamDefaults>) {
    const options = readOptions('Adam', standard, args, 5);
    checkAdamOptions(options);
    super(params, options);
  }

  protected override laterOptions(): Record<string, unknown> {
    return { ...super.laterOptions(), amsgrad: false, decoupled_weight_decay: false, fused: null };
  }
  protected override sparseRefusal(): string {
    return 'Adam does not support sparse gradients, please consider SparseAdam instead';
  }

  protected newState(param: Tensor, group: ParamGroup): Record<string, unknown> {
    return {
      step: group['fused'] === true ? counter(0, { dtype: float32, device: param.device }) : counter(0),
      exp_avg: zeros(param),
      exp_avg_sq: zeros(param),
      ...(group['amsgrad'] === true ? { max_exp_avg_sq: zeros(param) } : {}),
    };
  }

  protected update(group: ParamGroup, batch: Batch, lists: Lists): void {
    const options = { ...(group as unknown as Options<AdamDefaults>), lr: scalar(group.lr) };
    if (options.fused && canFuse(batch)) {
      for (const one of uniform(batch)) this.#fused(options, one, lists);
    } else plain(options, batch, lists);
  }

  #fused(options: Options<AdamDefaults>, batch: Batch, lists: Lists): void {
    const { lr, betas, eps, weight_decay, amsgrad, maximize } = options;
    const steps = stateList(batch, 'step');
    lists.count(steps);
    const { found_inf, ...scale } = scaling(this);
    kernels[options.decoupled_weight_decay ? 'adamw' : 'adam'](
      {
        ...{ lr, beta1: betas[0], beta2: betas[1], eps, weight_decay, amsgrad, maximize },
        ...scale,
        ...(found_inf ? { found_inf } : {}),
      },
      batch.params,
      batch.grads,
      stateList(batch, 'exp_avg'),
      stateList(batch, 'exp_avg_sq'),
      amsgrad ? stateList(batch, 'max_exp_avg_sq') : [],
      steps,
    );
    // A step that an infinite gradient stopped does not count.
    if (found_inf)
      lists.add_(
        steps,
        steps.map(() => found_inf),
        -1,
      );
  }
}

/** PyTorch's default way, operation by operation. */
function plain(options: Options<AdamDefaults>, batch: Batch, lists: Lists): void {
  const { lr, eps, weight_decay, amsgrad } = options;
  const [beta1, beta2] = options.betas;
  const real = (list: List): List => (batch.complex ? lists.real(list, batch.complex) : list);
  const params = real(batch.params);
  const step = lists.count(stateList(batch, 'step'));
  let grads = real(batch.grads);
  if (options.maximize) grads = lists.neg(grads);
  if (weight_decay !== 0) {
    if (options.decoupled_weight_decay) lists.times_(params, 1 - lr * weight_decay);
    else grads = lists.add(grads, params, weight_decay);
  }
  const averages = real(stateList(batch, 'exp_avg'));
  let squares = real(stateList(batch, 'exp_avg_sq'));
  lists.lerp_(averages, grads, 1 - beta1);
  lists.times_(squares, beta2);
  lists.addcmul_(squares, grads, grads, 1 - beta2);
  if (amsgrad) {
    const largest = real(stateList(batch, 'max_exp_avg_sq'));
    lists.maximum_(largest, squares);
    squares = largest;
  }
  const denominators = lists.sqrt(squares);
  lists.over_(
    denominators,
    map(step, (t) => (1 - beta2 ** t) ** 0.5),
  );
  lists.plus_(denominators, eps);
  lists.addcdiv_(
    params,
    averages,
    denominators,
    map(step, (t) => -(lr / (1 - beta1 ** t))),
  );
}

export const Adam = callable(AdamClass);
export type Adam = AdamClass;
