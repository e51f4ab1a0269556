/**
 * What all optimizers but LBFGS share: a step gathers the gradients of a group, makes the states that are missing and
 * updates all parameters together, in a number of native calls that does not depend on how many they are.
 */
import { native, type Handle } from '../../native.js';
import { within } from '../context.js';
import { define, operator } from '../dispatch.js';
import { Device } from '../device.js';
import { dtypeOfCode, float32, float64, get_default_dtype, type DType } from '../dtype.js';
import { TorchError } from '../errors.js';
import { Handled, handleOf } from '../handle.js';
import { Tensor } from '../tensor.js';
import type { ParamGroup } from './groups.js';
import { Lists, type List } from './lists.js';
import { OptimizerClass, type Closure } from './optimizer.js';
import type { ParameterState } from './state_dict.js';

const zerosLike = operator('zeros_like', ['']) as (like: Tensor) => Tensor;
const full = operator('full', ['']) as (size: number[], value: number, options: object) => Tensor;

/** Zeros like a parameter. */
export function zeros(param: Tensor): Tensor {
  return zerosLike(param);
}
/** A number that is kept as a tensor, as PyTorch keeps the count of steps. */
export function counter(value: number, options: { dtype?: DType; device?: Device } = {}): Tensor {
  const dtype = get_default_dtype() === float64 ? float64 : float32;
  return full([], value, { dtype, ...options });
}

/** The parameters of a group that have a gradient, and what belongs to each at the same place. */
export interface Batch {
  params: List;
  grads: List;
  states: ParameterState[];
  tensors: Tensor[];
  sparse: boolean;
  /** Parameters and gradients lie in memory in the order of their elements. */
  contiguous: boolean;
  /** One for each, where one of them is complex. */
  complex: boolean[] | null;
  /** What all share; null where they differ. */
  dtype: DType | null;
  device: string | null;
}

/** The tensors that the states hold under one name. */
export function stateList(batch: Batch, name: string): List {
  return batch.states.map((state) => {
    const value = state[name];
    if (!(value instanceof Tensor))
      throw new TorchError(
        `the state of a parameter has no '${name}': was an option switched on after the first step?`,
      );
    return handleOf(value);
  });
}

/** A part of a batch: the parameters at these places. */
export function part(batch: Batch, places: readonly number[]): Batch {
  const pick = <T>(list: readonly T[]): T[] => places.map((i) => list[i] as T);
  return {
    ...batch,
    params: pick(batch.params),
    grads: pick(batch.grads),
    states: pick(batch.states),
    tensors: pick(batch.tensors),
    complex: batch.complex && pick(batch.complex),
  };
}

/** Parts of one dtype and device each. */
export function uniform(batch: Batch): Batch[] {
  if (batch.dtype && batch.device !== null) return [batch];
  const groups = new Map<string, number[]>();
  batch.tensors.forEach((tensor, i) => {
    const key = `${tensor.dtype} ${tensor.device}`;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  return [...groups.values()].map((places) => {
    const first = batch.tensors[places[0]!]!;
    return { ...part(batch, places), dtype: first.dtype, device: first.device.toString() };
  });
}

export abstract class ListOptimizer extends OptimizerClass {
  /** What is kept of a parameter from its first step on. */
  protected abstract newState(param: Tensor, group: ParamGroup): ParameterState;
  /** One step of the parameters in `batch`. */
  protected abstract update(group: ParamGroup, batch: Batch, lists: Lists): void;
  /** Options that files of older versions do not have. */
  protected laterOptions(): Record<string, unknown> {
    return { foreach: null, maximize: false, differentiable: false, capturable: false };
  }
  /** Why sparse gradients are refused; undefined where they are not. */
  protected sparseRefusal(): string | undefined {
    return `${this.constructor.name} does not support sparse gradients`;
  }

  override step(closure: Closure): Tensor | number;
  override step(): null;
  override step(closure?: Closure): Tensor | number | null;
  override step(closure?: Closure): Tensor | number | null {
    const loss = this.evaluate(closure);
    // No scope may free what the optimizer keeps.
    within({ grad: false, scope: null }, () => {
      for (const group of this.param_groups) this.#stepGroup(group);
    });
    return loss;
  }

  #stepGroup(group: ParamGroup): void {
    const handles = group.params.map((param) => handleOf(param));
    const found = native.gradients(handles);
    const grads = found.grads.filter((grad) => grad !== null);
    const lists = new Lists();
    try {
      if (grads.length === 0) return;
      const tensors = group.params.filter((_, i) => found.grads[i] !== null);
      const refusal = found.sparse ? this.sparseRefusal() : undefined;
      if (refusal !== undefined) throw new TorchError(refusal);
      const batch: Batch = {
        params: handles.filter((_, i) => found.grads[i] !== null),
        grads,
        states: tensors.map((tensor) => this.#stateOf(tensor, group)),
        tensors,
        sparse: found.sparse,
        contiguous: found.contiguous,
        complex: found.complex ? tensors.map((tensor) => tensor.is_complex()) : null,
        dtype: found.dtype === null ? null : dtypeOfCode(found.dtype),
        device: found.device,
      };
      // The for-loop of PyTorch: the same arithmetic, with room for the temporaries of one parameter only.
      const parts = group['foreach'] === false ? tensors.map((_, i) => part(batch, [i])) : [batch];
      for (const one of parts) {
        this.update(group, one, lists);
        lists.free();
      }
    } finally {
      lists.free();
      native.disposeAll(grads);
    }
  }

  #stateOf(param: Tensor, group: ParamGroup): ParameterState {
    const known = this.state.get(param);
    for (const _ in known) return known;
    const state = Object.assign(known ?? {}, this.newState(param, group));
    if (Object.keys(state).length > 0) this.state.set(param, state);
    return state;
  }

  protected override complete(): void {
    for (const group of this.param_groups) {
      for (const [name, value] of Object.entries(this.laterOptions()))
        if (!(name in group)) group[name] = value;
      for (const param of group.params) {
        const state = this.state.get(param);
        const on = group['fused'] === true ? { dtype: float32, device: param.device } : {};
        if (state && typeof state['step'] === 'number') state['step'] = counter(state['step'], on);
      }
    }
  }
}

const fusedDevices = ['cpu', 'cuda'];

/** A fused kernel: all parameters of one dtype and device in one call. */
export function fused(name: string): (options: object, ...lists: List[]) => void {
  let index = -1;
  return (options, ...lists) => {
    if (index < 0) index = define(`aten::${name}`, ['']);
    native.call(index, options, ...lists);
  };
}

/**
 * Whether the fused kernel can be used. On the CPU it goes through memory without a look at strides: PyTorch's own
 * `fused=True` gives wrong figures for a transposed gradient. Such batches take the plain way.
 * @throws {TorchError} where there is no fused kernel for a parameter
 */
export function canFuse(batch: Batch): boolean {
  for (const tensor of batch.dtype?.is_floating_point ? batch.tensors.slice(0, 1) : batch.tensors)
    if (!tensor.is_floating_point() || !fusedDevices.includes(tensor.device.type))
      throw new TorchError(
        '`fused=True` requires all the params to be floating point Tensors of supported devices: ' +
          `['${fusedDevices.join("', '")}'] but ${tensor.dtype} and ${tensor.device.type}`,
      );
  return batch.contiguous;
}

/** What a gradient scaler leaves for fused steps: they unscale the gradients, and do nothing where one is infinite. */
export function scaling(optimizer: object): { grad_scale?: Handle; found_inf?: Handle } {
  const { grad_scale, found_inf } = optimizer as { grad_scale?: Tensor | null; found_inf?: Tensor | null };
  return {
    ...(grad_scale ? { grad_scale: Handled.of(grad_scale)! } : {}),
    ...(found_inf ? { found_inf: Handled.of(found_inf)! } : {}),
  };
}
