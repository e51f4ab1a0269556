/** https://docs.pytorch.org/docs/stable/generated/torch.optim.Adamax.html */
import { callable } from '../nn/modules/callable.js';
import type { Tensor } from '../tensor.js';
import type { ParamGroup, Params } from './groups.js';
import { counter, ListOptimizer, stateList, zeros, type Batch } from './list_optimizer.js';
import { map, type List, type Lists } from './lists.js';
import { checkAdamOptions, readOptions, scalar, type OptionArguments, type Options } from './options.js';

const standard = {
  lr: 2e-3,
  betas: [0.9, 0.999] as const,
  eps: 1e-8,
  weight_decay: 0,
  foreach: null,
  maximize: false,
  differentiable: false,
  capturable: false,
};

class AdamaxClass extends ListOptimizer {
  /**
   * Adam with the infinity norm in the place of the squares.
   * @param params tensors, pairs of name and tensor, or groups
   * @param lr default 2e-3
   * @param betas of the running average and of the norm, default [0.9, 0.999]
   * @param eps default 1e-8
   * @param weight_decay default 0
   * @throws {ValueError} options out of range
   */
  constructor(params: Params, ...args: OptionArguments<typeof standard>) {
    const options = readOptions('Adamax', standard, args, 5);
    checkAdamOptions(options);
    super(params, options);
  }
  protected newState(param: Tensor): Record<string, unknown> {
    return { step: counter(0), exp_avg: zeros(param), exp_inf: zeros(param) };
  }

  protected update(group: ParamGroup, batch: Batch, lists: Lists): void {
    const { betas, eps, weight_decay, maximize } = group as unknown as Options<typeof standard>;
    const lr = scalar(group.lr);
    const real = (list: List): List => (batch.complex ? lists.real(list, batch.complex) : list);
    const params = real(batch.params);
    const steps = lists.count(stateList(batch, 'step'));
    let grads = real(batch.grads);
    if (maximize) grads = lists.neg(grads);
    if (weight_decay !== 0) grads = lists.add(grads, params, weight_decay);
    const averages = real(stateList(batch, 'exp_avg'));
    const norms = real(stateList(batch, 'exp_inf'));
    lists.lerp_(averages, grads, 1 - betas[0]);
    const sizes = lists.abs(grads);
    lists.plus_(sizes, eps);
    lists.times_(norms, betas[1]);
    lists.maximum_(norms, sizes);
    const rates = map(steps, (step) => -(lr / (1 - betas[0] ** step)));
    lists.addcdiv_(params, averages, norms, rates);
  }
}

export const Adamax = callable(AdamaxClass);
export type Adamax = AdamaxClass;
