/** https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html */
import type { Handle } from '../../native.js';
import { wrapTensor } from '../dispatch.js';
import { TorchError, ValueError } from '../errors.js';
import { handleOf } from '../handle.js';
import { callable } from '../nn/modules/callable.js';
import { Tensor } from '../tensor.js';
import type { ParamGroup, Params } from './groups.js';
import { canFuse, fused, ListOptimizer, part, scaling, uniform, type Batch } from './list_optimizer.js';
import { aten, type List, type Lists } from './lists.js';
import { checkAtLeast, readOptions, scalar, type OptionArguments, type Options } from './options.js';

const standard = {
  lr: 1e-3,
  momentum: 0,
  dampening: 0,
  weight_decay: 0,
  nesterov: false,
  maximize: false,
  foreach: null,
  differentiable: false,
  fused: null,
};
const fusedStep = fused('_fused_sgd_');
const clone = aten('clone');
const emptyLike = aten('empty_like');

class SGDClass extends ListOptimizer {
  /**
   * Stochastic gradient descent, with momentum (also Nesterov's) if wanted.
   * @param params tensors, pairs of name and tensor, or groups
   * @param lr default 1e-3
   * @param momentum default 0; dampening of it, default 0; nesterov, default false
   * @param weight_decay L2 penalty, default 0
   * @param maximize climbs instead, default false
   * @param fused one kernel for all parameters of a dtype. On the CPU the same figures; pays with momentum and one
   * thread, costs with many small parameters and many threads. Default: off.
   * @throws {ValueError} options out of range
   */
  constructor(params: Params, ...args: OptionArguments<typeof standard>) {
    const options = readOptions('SGD', standard, args, 5);
    checkAtLeast('learning rate', options.lr);
    checkAtLeast('momentum value', options.momentum);
    checkAtLeast('weight_decay value', options.weight_decay);
    if (options.nesterov && (options.momentum <= 0 || options.dampening !== 0))
      throw new ValueError('Nesterov momentum requires a momentum and zero dampening');
    super(params, options);
  }

  protected override laterOptions(): Record<string, unknown> {
    return { nesterov: false, maximize: false, foreach: null, differentiable: false, fused: false };
  }
  protected override sparseRefusal(): undefined {
    return undefined;
  }
  protected newState(_param: Tensor, group: ParamGroup): Record<string, unknown> {
    return group['momentum'] === 0 ? {} : { momentum_buffer: null };
  }

  protected update(group: ParamGroup, batch: Batch, lists: Lists): void {
    const options = { ...(group as unknown as Options<typeof standard>), lr: scalar(group.lr) };
    if (options.fused && this.#fused(options, batch)) return;
    let grads = options.maximize ? lists.neg(batch.grads) : batch.grads;
    if (options.weight_decay !== 0) grads = lists.add(grads, batch.params, options.weight_decay);
    if (options.momentum !== 0) grads = momentumStep(options, batch, grads, lists);
    lists.add_(batch.params, grads, -options.lr);
  }

  #fused(options: Options<typeof standard>, whole: Batch): boolean {
    if (whole.sparse) throw new TorchError('`_fused_sgd` does not support sparse gradients');
    if (!canFuse(whole)) return false;
    const { lr, momentum, dampening, weight_decay, nesterov, maximize } = options;
    const settings = { weight_decay, momentum, lr, dampening, nesterov, maximize, ...scaling(this) };
    for (const batch of uniform(whole)) {
      if (momentum === 0) {
        fusedStep({ ...settings, is_first_step: false }, batch.params, batch.grads, []);
        continue;
      }
      // The kernel's first step sets momenta, later ones change them, so parameters that are new go by themselves.
      const fresh = part(batch, places(batch, true));
      const known = part(batch, places(batch, false));
      fresh.states.forEach((state, i) => {
        state['momentum_buffer'] = wrapTensor(emptyLike(undefined, fresh.grads[i]) as Handle);
      });
      for (const chosen of [fresh, known])
        if (chosen.params.length > 0)
          fusedStep(
            { ...settings, is_first_step: chosen === fresh },
            chosen.params,
            chosen.grads,
            buffers(chosen),
          );
    }
    return true;
  }
}

function buffers(batch: Batch): List {
  return batch.states.map((state) => handleOf(state['momentum_buffer'] as Tensor));
}
/** The parameters whose momentum is still to come, or is there. */
function places(batch: Batch, isNew: boolean): number[] {
  return batch.states.flatMap((state, i) =>
    state['momentum_buffer'] instanceof Tensor === isNew ? [] : [i],
  );
}

/** Changes the momenta; gives what the parameters are changed by. */
function momentumStep(options: Options<typeof standard>, batch: Batch, grads: List, lists: Lists): List {
  const { momentum, dampening, nesterov } = options;
  const known = places(batch, false);
  if (known.length > 0) {
    const old = buffers(part(batch, known));
    lists.times_(old, momentum);
    lists.add_(
      old,
      known.map((i) => grads[i]!),
      1 - dampening,
    );
  }
  if (known.length < grads.length)
    for (const i of places(batch, true))
      batch.states[i]!['momentum_buffer'] = wrapTensor(clone(undefined, grads[i]) as Handle);
  return nesterov ? lists.add(grads, buffers(batch), momentum) : buffers(batch);
}

export const SGD = callable(SGDClass);
export type SGD = SGDClass;
