/** https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html */
import { callable } from '../nn/modules/callable.js';
import type { Tensor } from '../tensor.js';
import type { ParamGroup, Params } from './groups.js';
import { counter, ListOptimizer, stateList, zeros, type Batch } from './list_optimizer.js';
import type { List, Lists } from './lists.js';
import { checkAtLeast, readOptions, scalar, type OptionArguments, type Options } from './options.js';

const standard = {
  lr: 1,
  rho: 0.9,
  eps: 1e-6,
  weight_decay: 0,
  foreach: null,
  capturable: false,
  maximize: false,
  differentiable: false,
};

class AdadeltaClass extends ListOptimizer {
  /**
   * @param params tensors, pairs of name and tensor, or groups
   * @param lr default 1.0
   * @param rho of the running averages, default 0.9
   * @param eps default 1e-6
   * @param weight_decay default 0
   * @throws {ValueError} options out of range
   */
  constructor(params: Params, ...args: OptionArguments<typeof standard>) {
    const options = readOptions('Adadelta', standard, args, 5);
    checkAtLeast('learning rate', options.lr);
    checkAtLeast('rho value', options.rho, 0, 1);
    checkAtLeast('epsilon value', options.eps);
    checkAtLeast('weight_decay value', options.weight_decay);
    super(params, options);
  }
  protected newState(param: Tensor): Record<string, unknown> {
    return { step: counter(0), square_avg: zeros(param), acc_delta: zeros(param) };
  }
  protected override optionText(name: string, value: unknown): string {
    return name === 'lr' && value === 1 ? '1.0' : super.optionText(name, value);
  }

  protected update(group: ParamGroup, batch: Batch, lists: Lists): void {
    const { rho, eps, weight_decay, maximize } = group as unknown as Options<typeof standard>;
    const real = (list: List): List => (batch.complex ? lists.real(list, batch.complex) : list);
    const params = real(batch.params);
    lists.plus_(stateList(batch, 'step'), 1);
    let grads = real(batch.grads);
    if (maximize) grads = lists.neg(grads);
    if (weight_decay !== 0) grads = lists.add(grads, params, weight_decay);
    const squares = real(stateList(batch, 'square_avg'));
    const deltas = real(stateList(batch, 'acc_delta'));
    lists.times_(squares, rho);
    lists.addcmul_(squares, grads, grads, 1 - rho);
    const deviations = lists.plus(squares, eps);
    lists.sqrt_(deviations);
    const changes = lists.plus(deltas, eps);
    lists.sqrt_(changes);
    lists.div_(changes, deviations);
    lists.mul_(changes, grads);
    lists.times_(deltas, rho);
    lists.addcmul_(deltas, changes, changes, 1 - rho);
    lists.add_(params, changes, -scalar(group.lr));
  }
}

export const Adadelta = callable(AdadeltaClass);
export type Adadelta = AdadeltaClass;
