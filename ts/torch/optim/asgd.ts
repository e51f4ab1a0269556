/** https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html */
import { callable } from '../nn/modules/callable.js';
import type { Tensor } from '../tensor.js';
import type { ParamGroup, Params } from './groups.js';
import { counter, ListOptimizer, stateList, zeros, type Batch } from './list_optimizer.js';
import { distinct, map, type List, type Lists, type Numbers } from './lists.js';
import { checkAtLeast, readOptions, scalar, type OptionArguments, type Options } from './options.js';

const standard = {
  lr: 1e-2,
  lambd: 1e-4,
  alpha: 0.75,
  t0: 1e6,
  weight_decay: 0,
  foreach: null,
  maximize: false,
  differentiable: false,
  capturable: false,
};

class ASGDClass extends ListOptimizer {
  /**
   * Stochastic gradient descent whose state `ax` is the average of the parameters since step `t0`.
   * @param params tensors, pairs of name and tensor, or groups
   * @param lr default 0.01
   * @param lambd decay of the parameters, default 1e-4
   * @param alpha power with which the step length falls, default 0.75
   * @param t0 the step at which averaging begins, default 1e6
   * @param weight_decay default 0
   * @throws {ValueError} options out of range
   */
  constructor(params: Params, ...args: OptionArguments<typeof standard>) {
    const options = readOptions('ASGD', standard, args, 6);
    checkAtLeast('learning rate', options.lr);
    checkAtLeast('weight_decay value', options.weight_decay);
    super(params, options);
  }
  protected override optionText(name: string, value: unknown): string {
    return name === 't0' && value === 1e6 ? '1000000.0' : super.optionText(name, value);
  }
  protected newState(param: Tensor, group: ParamGroup): Record<string, unknown> {
    return { step: counter(0), eta: counter(scalar(group.lr)), mu: counter(1), ax: zeros(param) };
  }
  protected override complete(): void {
    super.complete();
    for (const state of this.state.values())
      for (const name of ['eta', 'mu'])
        if (typeof state[name] === 'number') state[name] = counter(state[name]);
  }

  protected update(group: ParamGroup, batch: Batch, lists: Lists): void {
    const { lambd, alpha, t0, weight_decay, maximize } = group as unknown as Options<typeof standard>;
    const lr = scalar(group.lr);
    const real = (list: List): List => (batch.complex ? lists.real(list, batch.complex) : list);
    const params = real(batch.params);
    const done = lists.count(stateList(batch, 'step'));
    let grads = real(batch.grads);
    if (maximize) grads = lists.neg(grads);
    if (weight_decay !== 0) grads = lists.add(grads, params, weight_decay);
    const [etas, mus] = [stateList(batch, 'eta'), stateList(batch, 'mu')];
    const count = params.length;
    for (const [eta, places] of distinct(lists.values(etas), count)) {
      lists.times_(pick(params, places), 1 - lambd * eta);
      lists.add_(pick(params, places), pick(grads, places), -eta);
    }
    const averages = real(stateList(batch, 'ax'));
    for (const [mu, places] of distinct(lists.values(mus), count)) {
      const [own, into] = [pick(params, places), pick(averages, places)];
      if (mu === 1) lists.copy_(into, own);
      else {
        const ahead = lists.sub(own, into);
        lists.times_(ahead, mu);
        lists.add_(into, ahead);
      }
    }
    write(
      lists,
      etas,
      map(done, (step) => lr / (1 + lambd * lr * step) ** alpha),
    );
    write(
      lists,
      mus,
      map(done, (step) => 1 / Math.max(1, step - t0)),
    );
  }
}

function pick(list: List, places: readonly number[]): List {
  return places.map((i) => list[i]!);
}
/** Numbers into tensors of one element. */
function write(lists: Lists, into: List, numbers: Numbers): void {
  lists.times_(into, 0);
  lists.plus_(into, numbers);
}

export const ASGD = callable(ASGDClass);
export type ASGD = ASGDClass;
