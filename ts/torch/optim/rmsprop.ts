/** https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html */
import { callable } from '../nn/modules/callable.js';
import type { Tensor } from '../tensor.js';
import type { ParamGroup, Params } from './groups.js';
import { counter, ListOptimizer, stateList, zeros, type Batch } from './list_optimizer.js';
import type { List, Lists } from './lists.js';
import { checkAtLeast, readOptions, scalar, type OptionArguments, type Options } from './options.js';

const standard = {
  lr: 1e-2,
  alpha: 0.99,
  eps: 1e-8,
  weight_decay: 0,
  momentum: 0,
  centered: false,
  capturable: false,
  foreach: null,
  maximize: false,
  differentiable: false,
};

class RMSpropClass extends ListOptimizer {
  /**
   * @param params tensors, pairs of name and tensor, or groups
   * @param lr default 0.01
   * @param alpha of the running average of squares, default 0.99
   * @param eps default 1e-8
   * @param weight_decay default 0; momentum, default 0
   * @param centered divides by the estimated deviation instead of the root of the squares, default false
   * @throws {ValueError} options out of range
   */
  constructor(params: Params, ...args: OptionArguments<typeof standard>) {
    const options = readOptions('RMSprop', standard, args, 10);
    checkAtLeast('learning rate', options.lr);
    checkAtLeast('epsilon value', options.eps);
    checkAtLeast('momentum value', options.momentum);
    checkAtLeast('weight_decay value', options.weight_decay);
    checkAtLeast('alpha value', options.alpha);
    super(params, options);
  }
  protected override laterOptions(): Record<string, unknown> {
    return { ...super.laterOptions(), momentum: 0, centered: false };
  }
  protected newState(param: Tensor, group: ParamGroup): Record<string, unknown> {
    return {
      step: counter(0),
      square_avg: zeros(param),
      ...((group['momentum'] as number) > 0 ? { momentum_buffer: zeros(param) } : {}),
      ...(group['centered'] === true ? { grad_avg: zeros(param) } : {}),
    };
  }

  protected update(group: ParamGroup, batch: Batch, lists: Lists): void {
    const options = group as unknown as Options<typeof standard>;
    const { alpha, eps, weight_decay, momentum } = options;
    const lr = scalar(group.lr);
    const real = (list: List): List => (batch.complex ? lists.real(list, batch.complex) : list);
    const params = real(batch.params);
    lists.plus_(stateList(batch, 'step'), 1);
    let grads = real(batch.grads);
    if (options.maximize) grads = lists.neg(grads);
    if (weight_decay !== 0) grads = lists.add(grads, params, weight_decay);
    const squares = real(stateList(batch, 'square_avg'));
    lists.times_(squares, alpha);
    lists.addcmul_(squares, grads, grads, 1 - alpha);
    let roots: List;
    if (options.centered) {
      const averages = real(stateList(batch, 'grad_avg'));
      lists.lerp_(averages, grads, 1 - alpha);
      roots = lists.addcmul(squares, averages, averages, -1);
      lists.sqrt_(roots);
    } else roots = lists.sqrt(squares);
    lists.plus_(roots, eps);
    if (momentum > 0) {
      const buffers = real(stateList(batch, 'momentum_buffer'));
      lists.times_(buffers, momentum);
      lists.addcdiv_(buffers, grads, roots);
      lists.add_(params, buffers, -lr);
    } else lists.addcdiv_(params, grads, roots, -lr);
  }
}

export const RMSprop = callable(RMSpropClass);
export type RMSprop = RMSpropClass;
