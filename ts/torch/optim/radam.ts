/** https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html */
import { callable } from '../nn/modules/callable.js';
import type { Tensor } from '../tensor.js';
import type { ParamGroup, Params } from './groups.js';
import { counter, ListOptimizer, stateList, zeros, type Batch } from './list_optimizer.js';
import { distinct, map, type List, type Lists } from './lists.js';
import { checkAdamOptions, readOptions, scalar, type OptionArguments, type Options } from './options.js';

const standard = {
  lr: 1e-3,
  betas: [0.9, 0.999] as const,
  eps: 1e-8,
  weight_decay: 0,
  decoupled_weight_decay: false,
  maximize: false,
  foreach: null,
  capturable: false,
  differentiable: false,
};

class RAdamClass extends ListOptimizer {
  /**
   * Adam that waits with its adaptive rates until their variance is known.
   * @param params tensors, pairs of name and tensor, or groups
   * @param lr default 1e-3
   * @param betas of the running averages of gradient and square, default [0.9, 0.999]
   * @param eps default 1e-8
   * @param weight_decay default 0; `decoupled_weight_decay` applies it as AdamW does
   * @throws {ValueError} options out of range
   */
  constructor(params: Params, ...args: OptionArguments<typeof standard>) {
    const options = readOptions('RAdam', standard, args, 5);
    checkAdamOptions(options);
    super(params, options);
  }
  protected override laterOptions(): Record<string, unknown> {
    return { ...super.laterOptions(), decoupled_weight_decay: false };
  }
  protected newState(param: Tensor): Record<string, unknown> {
    return { step: counter(0), exp_avg: zeros(param), exp_avg_sq: zeros(param) };
  }

  protected update(group: ParamGroup, batch: Batch, lists: Lists): void {
    const options = group as unknown as Options<typeof standard>;
    const { eps, weight_decay } = options;
    const [beta1, beta2] = options.betas;
    const lr = scalar(group.lr);
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
    const squares = real(stateList(batch, 'exp_avg_sq'));
    lists.lerp_(averages, grads, 1 - beta1);
    lists.times_(squares, beta2);
    lists.addcmul_(squares, grads, grads, 1 - beta2);

    const updates = lists.over(
      averages,
      map(step, (t) => 1 - beta1 ** t),
    );
    lists.times_(updates, lr);
    for (const [t, places] of distinct(step, updates.length)) {
      const pick = (list: List): List => places.map((i) => list[i]!);
      const chosen = pick(updates);
      const factor = rectification(t, beta2);
      if (factor > 0) {
        const rates = lists.sqrt(pick(squares));
        lists.plus_(rates, eps);
        lists.reciprocal_(rates);
        lists.times_(rates, (1 - beta2 ** t) ** 0.5);
        lists.mul_(chosen, rates);
        lists.times_(chosen, factor);
      }
      lists.add_(pick(params), chosen, -1);
    }
  }
}

/** The variance rectification after `step` steps; 0 while the variance cannot be told. */
function rectification(step: number, beta2: number): number {
  const limit = 2 / (1 - beta2) - 1;
  const power = beta2 ** step;
  const length = limit - (2 * step * power) / (1 - power);
  if (!(length > 5)) return 0;
  return (((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length)) ** 0.5;
}

export const RAdam = callable(RAdamClass);
export type RAdam = RAdamClass;
