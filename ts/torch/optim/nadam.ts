/** https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html */
import { callable } from '../nn/modules/callable.js';
import type { Tensor } from '../tensor.js';
import type { ParamGroup, Params } from './groups.js';
import { counter, ListOptimizer, stateList, zeros, type Batch } from './list_optimizer.js';
import { map, type List, type Lists } from './lists.js';
import {
  checkAdamOptions,
  checkAtLeast,
  readOptions,
  scalar,
  type OptionArguments,
  type Options,
} from './options.js';

const standard = {
  lr: 2e-3,
  betas: [0.9, 0.999] as const,
  eps: 1e-8,
  weight_decay: 0,
  momentum_decay: 4e-3,
  decoupled_weight_decay: false,
  maximize: false,
  foreach: null,
  capturable: false,
  differentiable: false,
};

class NAdamClass extends ListOptimizer {
  /**
   * Adam with Nesterov's momentum.
   * @param params tensors, pairs of name and tensor, or groups
   * @param lr default 2e-3
   * @param betas of the running averages of gradient and square, default [0.9, 0.999]
   * @param eps default 1e-8
   * @param weight_decay default 0; `decoupled_weight_decay` applies it as AdamW does
   * @param momentum_decay default 4e-3
   * @throws {ValueError} options out of range
   */
  constructor(params: Params, ...args: OptionArguments<typeof standard>) {
    const options = readOptions('NAdam', standard, args, 6);
    checkAdamOptions(options);
    checkAtLeast('momentum_decay value', options.momentum_decay);
    super(params, options);
  }
  protected override laterOptions(): Record<string, unknown> {
    return { ...super.laterOptions(), decoupled_weight_decay: false };
  }
  protected newState(param: Tensor): Record<string, unknown> {
    return {
      step: counter(0),
      mu_product: counter(1),
      exp_avg: zeros(param),
      exp_avg_sq: zeros(param),
    };
  }
  protected override complete(): void {
    super.complete();
    for (const state of this.state.values())
      if (typeof state['mu_product'] === 'number') state['mu_product'] = counter(state['mu_product']);
  }

  protected update(group: ParamGroup, batch: Batch, lists: Lists): void {
    const options = group as unknown as Options<typeof standard>;
    const { eps, weight_decay, momentum_decay } = options;
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
    const momentum = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay));
    const products = stateList(batch, 'mu_product');
    lists.times_(products, map(step, momentum));
    const averages = real(stateList(batch, 'exp_avg'));
    const squares = real(stateList(batch, 'exp_avg_sq'));
    lists.lerp_(averages, grads, 1 - beta1);
    lists.times_(squares, beta2);
    lists.addcmul_(squares, grads, grads, 1 - beta2);
    const roots = lists.over(
      squares,
      map(step, (t) => 1 - beta2 ** t),
    );
    lists.sqrt_(roots);
    lists.plus_(roots, eps);

    const product = lists.values(products);
    const many = typeof step !== 'number' || typeof product !== 'number';
    const count = many ? batch.params.length : 1;
    const at = (numbers: typeof step, i: number): number =>
      typeof numbers === 'number' ? numbers : numbers[i]!;
    const both = (fn: (t: number, product: number) => number): number | number[] => {
      const all = Array.from({ length: count }, (_, i) => fn(at(step, i), at(product, i)));
      return many ? all : all[0]!;
    };
    const byGradient = both((t, p) => (-lr * (1 - momentum(t))) / (1 - p));
    const byAverage = both((t, p) => (-lr * momentum(t + 1)) / (1 - p * momentum(t + 1)));
    lists.addcdiv_(params, grads, roots, byGradient);
    lists.addcdiv_(params, averages, roots, byAverage);
  }
}

export const NAdam = callable(NAdamClass);
export type NAdam = NAdamClass;
