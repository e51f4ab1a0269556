/** https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html */
import type { Handle } from '../../native.js';
import { float32 } from '../dtype.js';
import { operator, wrapTensor } from '../dispatch.js';
import { TorchError } from '../errors.js';
import { within } from '../context.js';
import { callable } from '../nn/modules/callable.js';
import { Complex } from '../scalar.js';
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
  type Batch,
} from './list_optimizer.js';
import { map, type List, type Lists, type Numbers } from './lists.js';
import { checkAtLeast, readOptions, scalar, type OptionArguments, type Options } from './options.js';

const standard = {
  lr: 1e-2,
  lr_decay: 0,
  weight_decay: 0,
  initial_accumulator_value: 0,
  eps: 1e-10,
  foreach: null,
  maximize: false,
  differentiable: false,
  fused: null,
};
const rawValues = operator('_values', ['']) as (sparse: Tensor) => Tensor;
const fusedStep = fused('_fused_adagrad_');
const fullLike = operator('full_like', ['']) as (like: Tensor, value: unknown) => Tensor;
const sparse = operator('sparse_coo_tensor', ['indices_size']) as (
  indices: Tensor,
  values: Tensor,
  size: readonly number[],
  options: object,
) => Tensor;

class AdagradClass extends ListOptimizer {
  /**
   * @param params tensors, pairs of name and tensor, or groups; gradients may be sparse
   * @param lr default 0.01; lr_decay, default 0
   * @param weight_decay default 0
   * @param initial_accumulator_value default 0
   * @param eps default 1e-10
   * @param fused one kernel for all parameters of a dtype, rounded differently in the last place. Default: off.
   * @throws {ValueError} options out of range
   */
  constructor(params: Params, ...args: OptionArguments<typeof standard>) {
    const options = readOptions('Adagrad', standard, args, 6);
    checkAtLeast('learning rate', options.lr);
    checkAtLeast('lr_decay value', options.lr_decay);
    checkAtLeast('weight_decay value', options.weight_decay);
    checkAtLeast('initial_accumulator_value value', options.initial_accumulator_value);
    checkAtLeast('epsilon value', options.eps);
    super(params, options);
    for (const group of this.param_groups) this.#prepare(group);
  }

  /** Adagrad keeps its sums from the start, not from the first step. */
  #prepare(group: ParamGroup): void {
    within({ grad: false, scope: null }, () => {
      for (const param of group.params) this.state.set(param, this.newState(param, group));
    });
  }

  protected override laterOptions(): Record<string, unknown> {
    return { foreach: null, maximize: false, differentiable: false, fused: null };
  }
  protected override sparseRefusal(): undefined {
    return undefined;
  }
  protected newState(param: Tensor, group: ParamGroup): Record<string, unknown> {
    const initial = this.defaults['initial_accumulator_value'] as number;
    return {
      step: group['fused'] === true ? counter(0, { dtype: float32, device: param.device }) : counter(0),
      sum: fullLike(param.detach(), param.is_complex() ? new Complex(initial, initial) : initial),
    };
  }

  protected update(group: ParamGroup, batch: Batch, lists: Lists): void {
    const options = { ...(group as unknown as Options<typeof standard>), lr: scalar(group.lr) };
    const { lr, lr_decay, eps, weight_decay, maximize } = options;
    if (options.fused && (batch.sparse || batch.complex))
      throw new TorchError('`fused` does not support sparse grad or complex param');
    const steps = lists.count(stateList(batch, 'step'));
    if (options.fused && canFuse(batch)) {
      for (const one of uniform(batch))
        fusedStep(
          { lr, lr_decay, weight_decay, eps, maximize, ...scaling(this) },
          ...[one.params, one.grads, stateList(one, 'sum'), stateList(one, 'step')],
        );
      return;
    }
    if (batch.sparse && weight_decay !== 0)
      throw new TorchError('weight_decay option is not compatible with sparse gradients');
    const rates = map(steps, (step) => lr / (1 + (step - 1) * lr_decay));
    let grads = maximize ? lists.neg(batch.grads) : batch.grads;
    if (batch.sparse) return sparseSteps(batch, grads, rates, eps);
    if (weight_decay !== 0) grads = lists.add(grads, batch.params, weight_decay);
    const real = (list: List): List => (batch.complex ? lists.real(list, batch.complex) : list);
    grads = real(grads);
    const sums = real(stateList(batch, 'sum'));
    lists.addcmul_(sums, grads, grads, 1);
    const roots = lists.sqrt(sums);
    lists.plus_(roots, eps);
    lists.addcdiv_(
      real(batch.params),
      grads,
      roots,
      map(rates, (rate) => -rate),
    );
  }
}

/** Only what the gradients touch changes, one parameter after the other: sparse gradients are few. */
function sparseSteps(batch: Batch, grads: List, rates: Numbers, eps: number): void {
  batch.tensors.forEach((param, i) => {
    const made: Tensor[] = [];
    const own = (tensor: Tensor): Tensor => {
      made.push(tensor);
      return tensor;
    };
    const state = batch.states[i]!['sum'] as Tensor;
    const rate = typeof rates === 'number' ? rates : rates[i]!;
    const given = wrapTensor(grads[i] as Handle);
    if (given.layout.name === 'strided') {
      state.addcmul_(given, given, { value: 1 });
      param.addcdiv_(given, own(own(state.sqrt()).add_(eps)), { value: -rate });
    } else {
      // The update is not linear: an index must not come twice.
      const grad = own(given.coalesce());
      const indices = own(grad.indices());
      const values = own(grad.values());
      const make = (of: Tensor): Tensor =>
        own(sparse(indices, own(of), grad.shape, { dtype: of.dtype, device: of.device }));
      state.add_(make(values.pow(2)));
      const roots = own(rawValues(own(state.sparse_mask(grad))))
        .sqrt_()
        .add_(eps);
      param.add_(make(values.div(roots)), { alpha: -rate });
    }
    for (const tensor of new Set(made)) tensor.dispose();
  });
}

export const Adagrad = callable(AdagradClass);
export type Adagrad = AdagradClass;
