/** https://docs.pytorch.org/docs/stable/generated/torch.optim.Rprop.html */
import { operator } from '../dispatch.js';
import { ValueError } from '../errors.js';
import { callable } from '../nn/modules/callable.js';
import { Complex } from '../scalar.js';
import type { Tensor } from '../tensor.js';
import type { ParamGroup, Params } from './groups.js';
import { counter, ListOptimizer, stateList, zeros, type Batch } from './list_optimizer.js';
import type { List, Lists } from './lists.js';
import { checkAtLeast, readOptions, scalar, text, type OptionArguments, type Options } from './options.js';

const standard = {
  lr: 1e-2,
  etas: [0.5, 1.2] as const,
  step_sizes: [1e-6, 50] as const,
  foreach: null,
  maximize: false,
  differentiable: false,
  capturable: false,
};
const fullLike = operator('full_like', ['']) as (like: Tensor, value: unknown) => Tensor;

class RpropClass extends ListOptimizer {
  /**
   * Resilient backpropagation: steps by the sign of the gradient, whose lengths grow while the sign stays and shrink
   * when it turns. Meant for whole data sets, not for mini-batches.
   * @param params tensors, pairs of name and tensor, or groups
   * @param lr the first step length, default 0.01
   * @param etas factors for shrinking and growing, default [0.5, 1.2]
   * @param step_sizes shortest and longest step, default [1e-6, 50]
   * @throws {ValueError} options out of range
   */
  constructor(params: Params, ...args: OptionArguments<typeof standard>) {
    const options = readOptions('Rprop', standard, args, 3);
    checkAtLeast('learning rate', options.lr);
    const [minus, plus] = options.etas;
    if (!(0 < minus && minus < 1 && 1 < plus))
      throw new ValueError(`Invalid eta values: ${text(minus)}, ${text(plus)}`);
    super(params, options);
  }
  protected newState(param: Tensor, group: ParamGroup): Record<string, unknown> {
    const lr = scalar(group.lr);
    return {
      step: counter(0),
      prev: zeros(param),
      step_size: fullLike(param.detach(), param.is_complex() ? new Complex(lr, lr) : lr),
    };
  }

  protected update(group: ParamGroup, batch: Batch, lists: Lists): void {
    const { etas, step_sizes, maximize } = group as unknown as Options<typeof standard>;
    const real = (list: List): List => (batch.complex ? lists.real(list, batch.complex) : list);
    lists.plus_(stateList(batch, 'step'), 1);
    let grads = real(batch.grads);
    if (maximize) grads = lists.neg(grads);
    const before = real(stateList(batch, 'prev'));
    const sizes = real(stateList(batch, 'step_size'));
    const kept = lists.sign(lists.mul(grads, before));
    const turned = lists.neg(kept);
    lists.clamp_(kept, 0, 1);
    lists.clamp_(turned, 0, 1);
    // Makes 0 of -0, by which the bounds below would have the wrong sign.
    lists.plus_(turned, 0);

    // 1, or the factor of the sign: each is 0 where another holds.
    const factors = lists.times(kept, etas[1] - 1);
    lists.add_(factors, turned, etas[0] - 1);
    lists.plus_(factors, 1);
    lists.mul_(sizes, factors);
    lists.clamp_(sizes, step_sizes[0], step_sizes[1]);

    // Where the sign turned there is no step and no memory of the gradient. By bounds of zero and infinity instead of a
    // product, which would make NaN of an infinite gradient.
    const bounds = lists.plus(turned, -1);
    lists.div_(bounds, turned);
    const inner = lists.neg(grads);
    lists.maximum_(inner, bounds);
    const rest = lists.neg(inner);
    lists.maximum_(rest, bounds);
    lists.addcmul_(real(batch.params), lists.sign(rest), sizes, -1);
    lists.copy_(before, rest);
  }
}

export const Rprop = callable(RpropClass);
export type Rprop = RpropClass;
