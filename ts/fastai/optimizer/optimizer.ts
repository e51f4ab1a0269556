/** https://docs.fast.ai/optimizer.html#optimizer */
import { native } from '../../native.js';
import { L } from '../../fastcore/index.js';
import { NotImplementedError, ValueError } from '../../torch/errors.js';
import { callable } from '../../torch/nn/modules/callable.js';
import { Tensor } from '../../torch/tensor.js';
import { BaseOptimizer, flatten, readParamLists, StateMap } from './base.js';
import type { Hyper, HyperValue, Params, State } from './base.js';
import { gather, handlesOf, withBatch, withoutScope, type OptimizerCallback } from './stepper.js';

/** What `state_dict()` gives: the state of each parameter, in order, and the hyper-parameters of each group. */
export interface OptimizerState {
  state: State[];
  hypers: Hyper[];
}
export interface OptimizerOptions {
  /** Whether the Learner keeps BatchNorm training in frozen groups. Default: true. */
  train_bn?: boolean;
  /** The starting value of any hyper-parameter. */
  [hyper: string]: HyperValue | undefined;
}

/** What the Learner has said of a parameter, and holds whatever the optimizer forgets. */
const lasting = ['force_train', 'do_wd'];

/** Parameters of groups with equal hyper-parameters take their step together. */
function equal(a: Hyper, b: Hyper): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.is(a[name], b[name]));
}

/** On the device of the parameter, and a handle of its own: who disposes of the saved state takes nothing away. */
function adopt(param: Tensor, value: unknown): unknown {
  if (!(value instanceof Tensor)) return value;
  const there = value.to(param.device);
  return there === value ? value.detach() : there;
}

export class OptimizerClass extends BaseOptimizer {
  param_lists: L<L<Tensor>>;
  hypers: L<Hyper>;
  state = new StateMap();
  frozen_idx = 0;
  readonly train_bn: boolean;
  readonly cbs: L<OptimizerCallback>;

  /**
   * An optimizer that is made of steppers, called one after the other at every step.
   * @param params tensors, or lists of tensors: then each is a group with hyper-parameters of its own
   * @param cbs the steppers: fastai's (`average_grad`, `sgd_step` ...), or functions `(p, {lr, ...}) => newState`
   * @param options train_bn (default true) and the hyper-parameters, over those that the steppers bring along
   * @throws {ArgumentError} `params` has something that is no tensor
   * @throws {ValueError} no parameters
   */
  constructor(
    params: Params | Tensor,
    cbs: OptimizerCallback | Iterable<OptimizerCallback>,
    options: OptimizerOptions = {},
  ) {
    super();
    const { train_bn = true, ...hypers } = options;
    this.train_bn = train_bn;
    this.cbs = typeof cbs === 'function' ? L([cbs]) : L(cbs);
    this.param_lists = readParamLists('Optimizer', params);
    this.hypers = this.param_lists.map(() => ({}));
    const own = this.cbs.map((cb) => cb.defaults ?? {});
    for (const [name, value] of Object.entries(Object.assign({}, ...own, hypers) as typeof hypers))
      if (value !== undefined) this.set_hyper(name, value);
  }

  protected setHyperOf(name: string, values: readonly unknown[]): void {
    values.forEach((value, i) => {
      this.hypers[i]![name] = value;
    });
  }

  /** The groups as PyTorch's optimizers show them; a list that is set changes the hyper-parameters only. */
  override get param_groups(): ({ params: Tensor[] } & Hyper)[] {
    return super.param_groups;
  }
  override set param_groups(groups: ({ params: Tensor[] } & Hyper)[]) {
    groups.forEach(({ params: _, ...hypers }, i) => Object.assign(this.hypers[i] ?? {}, hypers));
  }

  /** Fills the gradients with zeros. */
  zero_grad(): void {
    for (const group of this.param_lists) native.zeroGradients(handlesOf(group), false);
  }

  /**
   * One step of all parameters that have a gradient.
   * @throws {NotImplementedError} a closure is given: fastai's optimizers know none
   */
  step(closure?: null): void {
    if (closure !== undefined && closure !== null)
      throw new NotImplementedError('step(): fastai optimizers take no closure', 'step');
    const { param_lists, hypers } = this;
    if (param_lists.length === 1) {
      this.#stepPart(param_lists[0]!, hypers[0]!);
      return;
    }
    const parts: { hyper: Hyper; params: Tensor[] }[] = [];
    param_lists.forEach((group, i) => {
      const hyper = hypers[i]!;
      const known = parts.find((part) => equal(part.hyper, hyper));
      if (known) known.params.push(...group);
      else parts.push({ hyper, params: [...group] });
    });
    for (const { hyper, params } of parts) this.#stepPart(params, hyper);
  }

  #stepPart(params: readonly Tensor[], hyper: Hyper): void {
    const states = Array.from(params, (param) => this.state.get(param));
    const batch = gather(params, states, hyper);
    if (!batch) return;
    withBatch(batch, (found) => {
      for (const cb of this.cbs) {
        if (cb.list) {
          cb.list(found);
          found.lists.free();
        } else
          found.tensors.forEach((param, i) => {
            const state = found.states[i]!;
            const added: unknown = cb(param, { ...state, ...hyper });
            // As in fastai, only a plain object is news; some of its steppers give the parameter back.
            if (typeof added === 'object' && added !== null && !(added instanceof Tensor))
              Object.assign(state, added);
          });
      }
    });
  }

  clear_state(): void {
    for (const group of this.param_lists)
      for (const param of group) {
        const kept = Object.entries(this.state.get(param)).filter(([name]) => lasting.includes(name));
        this.state.set(param, Object.fromEntries(kept));
      }
  }

  /** The state for saving; its tensors are the optimizer's own, not copies. */
  state_dict(): OptimizerState {
    return {
      state: this.all_params().map(([, , state]) => state),
      hypers: this.hypers.map((hyper) => ({ ...hyper })),
    };
  }
  /**
   * Takes a saved state over, also one that fastai has saved.
   * @throws {ValueError} the groups or parameters differ in number; nothing is changed then
   */
  load_state_dict(saved: { state: Iterable<State>; hypers: Iterable<Hyper> }): void {
    const states = [...saved.state];
    const hypers = [...saved.hypers];
    const params = flatten(this.param_lists);
    if (hypers.length !== this.param_lists.length)
      throw new ValueError(
        `load_state_dict(): ${hypers.length} groups were saved, the optimizer has ${this.param_lists.length}`,
      );
    if (states.length !== params.length)
      throw new ValueError(
        `load_state_dict(): the state of ${states.length} parameters was saved, the optimizer has ${params.length}`,
      );
    this.hypers = L(hypers.map((hyper) => ({ ...hyper })));
    this.state = new StateMap();
    withoutScope(() => {
      params.forEach((param, i) => {
        const adopted = Object.entries(states[i]!).map(([name, value]) => [name, adopt(param, value)]);
        this.state.set(param, Object.fromEntries(adopted) as State);
      });
    });
  }
}

export const Optimizer = callable(OptimizerClass);
export type Optimizer = OptimizerClass;
