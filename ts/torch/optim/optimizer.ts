/** The base of all optimizers: https://docs.pytorch.org/docs/stable/optim.html#base-class */
import { inspect } from 'node:util';
import { native } from '../../native.js';
import type { RemovableHandle } from '../autograd/hooks.js';
import { within } from '../context.js';
import { ArgumentError, NotImplementedError } from '../errors.js';
import { handleOf } from '../handle.js';
import { callable } from '../nn/modules/callable.js';
import { HookList, type HookOptions } from '../nn/modules/hooks.js';
import type { Tensor } from '../tensor.js';
import { makeGroup, readGroups, type GivenGroup, type ParamGroup, type Params } from './groups.js';
import { text } from './options.js';
import { pack, unpack, type OptimizerStateDict, type ParameterState } from './state_dict.js';

/** Computes the loss anew, with its gradients, and returns it. */
export type Closure<T = Tensor | number> = () => T;
/** Gets the arguments of step; a list that it returns takes their place. */
export type StepPreHook = (optimizer: Optimizer, args: unknown[]) => unknown[] | null | undefined | void;
export type StepPostHook = (optimizer: Optimizer, args: unknown[]) => void;
export type StateDictPreHook = (optimizer: Optimizer) => void;
/** Gets a state dict; one that it returns takes its place. */
export type StateDictHook = (
  optimizer: Optimizer,
  state_dict: OptimizerStateDict,
) => OptimizerStateDict | null | undefined | void;

const everyPre = new HookList<StepPreHook>();
const everyPost = new HookList<StepPostHook>();
const nothing = (): void => undefined;

/** Called before every step of every optimizer. */
export function register_optimizer_step_pre_hook(hook: StepPreHook): RemovableHandle {
  return everyPre.add(hook, {}, nothing);
}
/** Called after every step of every optimizer. */
export function register_optimizer_step_post_hook(hook: StepPostHook): RemovableHandle {
  return everyPost.add(hook, {}, nothing);
}

type Step = (...args: unknown[]) => unknown;
const hooked = new WeakSet<Step>();

/** Hooks belong to `step` of every subclass, however it is written, so the class's own step gets a frame. */
function hookStep(optimizer: object): void {
  let holder: object = Object.getPrototypeOf(optimizer) as object;
  while (!Object.hasOwn(holder, 'step')) holder = Object.getPrototypeOf(holder) as object;
  const plain = (holder as { step: Step }).step;
  if (hooked.has(plain)) return;
  const step = function (this: OptimizerClass, ...args: unknown[]): unknown {
    return this._step(plain, args);
  };
  hooked.add(step);
  Object.defineProperty(holder, 'step', { value: step, writable: true, configurable: true });
}

export class OptimizerClass {
  /** The options of groups that do not have their own. */
  defaults: Record<string, unknown>;
  /** What the optimizer keeps of each parameter, once it has made a step. */
  state = new Map<Tensor, ParameterState>();
  param_groups: ParamGroup[] = [];
  /** @internal Whether a step has been made: what schedulers ask. */
  _opt_called = false;

  readonly #pre = new HookList<StepPreHook>();
  readonly #post = new HookList<StepPostHook>();
  readonly #savePre = new HookList<StateDictPreHook>();
  readonly #savePost = new HookList<StateDictHook>();
  readonly #loadPre = new HookList<StateDictHook>();
  readonly #loadPost = new HookList<StateDictPreHook>();
  #stepping = false;

  /**
   * @param params tensors, pairs of name and tensor, or groups; any iterable
   * @param defaults the options of groups that do not have their own
   * @throws {ArgumentError} something in `params` is no tensor
   * @throws {ValueError} no parameters, non-leaf tensors, a tensor in two groups
   */
  constructor(params: Params, defaults: Record<string, unknown>) {
    this.defaults = defaults;
    hookStep(this);
    for (const group of readGroups(params)) this.add_param_group(group);
  }

  /** One more group of parameters, such as layers that are not frozen any more. */
  add_param_group(param_group: GivenGroup): void {
    this.param_groups.push(makeGroup(param_group, this.defaults, this.param_groups));
  }

  /**
   * Changes the parameters by their gradients.
   * @param closure computes the loss anew and returns it
   * @returns what the closure returns
   */
  step(closure: Closure): Tensor | number;
  step(): null;
  step(closure?: Closure): Tensor | number | null;
  step(_closure?: Closure): Tensor | number | null {
    throw new NotImplementedError(`${this.constructor.name} has no step()`);
  }

  /** @internal A step with its hooks; a step inside of it, as `super.step()` makes, has none of its own. */
  _step(plain: Step, given: unknown[]): unknown {
    this._opt_called = true;
    if (this.#stepping) return plain.apply(this, given);
    this.#stepping = true;
    try {
      let args = given;
      for (const { hook } of [...everyPre.all, ...this.#pre.all]) {
        const changed: unknown = hook(this, args);
        if (Array.isArray(changed)) args = changed;
        else if (changed !== null && changed !== undefined)
          throw new ArgumentError(
            'a step pre hook must return nothing or the new arguments of step as a list',
          );
      }
      const result = plain.apply(this, args);
      for (const { hook } of [...this.#post.all, ...everyPost.all]) hook(this, args);
      return result;
    } finally {
      this.#stepping = false;
    }
  }

  /** What the closure computes, with recording on: a step itself is not recorded. */
  protected evaluate(closure: Closure | null | undefined): Tensor | number | null {
    if (closure === null || closure === undefined) return null;
    if (typeof closure !== 'function')
      throw new ArgumentError('step(): the closure must be a function', 'step');
    const loss: unknown = within({ grad: true }, closure);
    if (loss instanceof Promise)
      throw new ArgumentError('step(): the closure must return the loss itself, not a promise of it', 'step');
    return loss as Tensor | number;
  }

  /**
   * Takes the gradients of all parameters away, or fills them with zeros.
   * @param set_to_none default: true
   */
  zero_grad(set_to_none: boolean | { set_to_none?: boolean } = true): void {
    const away = typeof set_to_none === 'object' ? set_to_none.set_to_none !== false : set_to_none;
    for (const { params } of this.param_groups)
      native.zeroGradients(
        params.map((param) => handleOf(param)),
        away,
      );
  }

  /** The state as Python saves it; its tensors are the optimizer's own, not copies. */
  state_dict(): OptimizerStateDict {
    for (const { hook } of this.#savePre.all) hook(this);
    let result = pack(this.state, this.param_groups);
    for (const { hook } of this.#savePost.all) result = hook(this, result) ?? result;
    return result;
  }

  /**
   * Takes a saved state over, also one that Python has saved.
   * @throws {ValueError} the groups differ in number or size; nothing is changed then
   */
  load_state_dict(state_dict: { state?: unknown; param_groups?: unknown }): void {
    let saved = { ...state_dict } as OptimizerStateDict;
    for (const { hook } of this.#loadPre.all) saved = hook(this, saved) ?? saved;
    // No scope may free what the optimizer keeps.
    within({ grad: false, scope: null }, () => {
      const { state, param_groups } = unpack(saved, this.param_groups);
      this.state = state;
      this.param_groups = param_groups;
      this.complete();
    });
    for (const { hook } of this.#loadPost.all) hook(this);
  }

  /** Gives a loaded state what older versions did not save. */
  protected complete(): void {
    // Nothing that all optimizers share.
  }

  /** `hook(optimizer, args)` before step. */
  register_step_pre_hook(hook: StepPreHook): RemovableHandle {
    return this.#pre.add(hook, {}, nothing);
  }
  /** `hook(optimizer, args)` after step. */
  register_step_post_hook(hook: StepPostHook): RemovableHandle {
    return this.#post.add(hook, {}, nothing);
  }
  register_state_dict_pre_hook(hook: StateDictPreHook, options: HookOptions = {}): RemovableHandle {
    return this.#savePre.add(hook, options, nothing);
  }
  register_state_dict_post_hook(hook: StateDictHook, options: HookOptions = {}): RemovableHandle {
    return this.#savePost.add(hook, options, nothing);
  }
  register_load_state_dict_pre_hook(hook: StateDictHook, options: HookOptions = {}): RemovableHandle {
    return this.#loadPre.add(hook, options, nothing);
  }
  register_load_state_dict_post_hook(hook: StateDictPreHook, options: HookOptions = {}): RemovableHandle {
    return this.#loadPost.add(hook, options, nothing);
  }

  /** The text of an option; Python's floats show a point where an integral number here has none. */
  protected optionText(_name: string, value: unknown): string {
    return text(value);
  }
  /** PyTorch's text: all groups with their options. */
  toString(): string {
    const groups = this.param_groups.map((group, i) => {
      const names = Object.keys(group)
        .filter((name) => name !== 'params')
        .sort();
      const lines = names.map((name) => `    ${name}: ${this.optionText(name, group[name])}\n`);
      return `\nParameter Group ${i}\n${lines.join('')}`;
    });
    return `${this.constructor.name} (${groups.join('')})`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}

export const Optimizer = callable(OptimizerClass);
export type Optimizer = OptimizerClass;
