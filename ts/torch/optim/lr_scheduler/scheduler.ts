/** The base of all schedulers: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LRScheduler.html */
import { ArgumentError, NotImplementedError, TorchError, ValueError } from '../../errors.js';
import { callable } from '../../nn/modules/callable.js';
import { Tensor } from '../../tensor.js';
import type { ParamGroup } from '../groups.js';
import { OptimizerClass, type Optimizer } from '../optimizer.js';
import { scalar, typename } from '../options.js';

export type SchedulerState = Record<string, unknown>;

/** The learning rate of a group as a number. */
export function lrOf(group: ParamGroup): number {
  return scalar(group.lr);
}
/** A learning rate that is a tensor keeps being that tensor. */
export function setLr(group: ParamGroup, lr: number): void {
  const held: unknown = group.lr;
  if (held instanceof Tensor) held.fill_(lr);
  else group.lr = lr;
}
/** One value for each group, from one for all or a list. */
export function perGroup(name: string, optimizer: Optimizer, value: unknown): number[] {
  const count = optimizer.param_groups.length;
  if (!Array.isArray(value)) return new Array<number>(count).fill(scalar(value));
  if (value.length !== count)
    throw new ValueError(
      `${name} must have the same length as optimizer.param_groups. ` +
        `${name} has ${value.length} values, param_groups has ${count}.`,
    );
  return value.map(scalar);
}
export function checkOptimizer(optimizer: unknown): asserts optimizer is Optimizer {
  if (!(optimizer instanceof OptimizerClass))
    throw new ArgumentError(`${typename(optimizer)} is not an Optimizer`);
}

const warned = new Set<string>();
/** Once in a process: a schedule that is called wrongly is so at every step. */
function warnOnce(text: string): void {
  if (warned.has(text)) return;
  warned.add(text);
  process.emitWarning(text);
}

/** Schedulers whose constructor does all that this one does, in its own way. */
export const ownStart = Symbol('own start');

export class LRSchedulerClass {
  /** Fields have Python's names, since the state dict holds all of them but the optimizer and functions. */
  declare readonly optimizer: Optimizer;
  declare base_lrs: number[];
  /** Steps done: the argument of the schedule. */
  declare last_epoch: number;
  declare _step_count: number;
  declare _is_initial: boolean;
  declare _get_lr_called_within_step: boolean;
  declare _last_lr: number[];

  /**
   * Sets the learning rates for the first epoch.
   * @param last_epoch default -1: from the start, with the learning rates that the groups have now as initial ones
   * @param fields what `get_lr()` needs; a subclass hands it over, since its own fields come only after this
   * @throws {TorchError} `last_epoch` is given and a group has no `initial_lr`
   */
  constructor(optimizer: Optimizer, last_epoch = -1, fields: object | typeof ownStart = {}) {
    checkOptimizer(optimizer);
    Object.defineProperty(this, 'optimizer', { value: optimizer, enumerable: false, configurable: true });
    if (fields === ownStart) return;
    Object.assign(this, fields);
    optimizer.param_groups.forEach((group, i) => {
      if (last_epoch === -1) group.initial_lr ??= lrOf(group);
      else if (group.initial_lr === undefined)
        throw new TorchError(
          `param 'initial_lr' is not specified in param_groups[${i}] when resuming scheduler with last_epoch >= 0.`,
        );
    });
    this.base_lrs = optimizer.param_groups.map((group) => scalar(group.initial_lr));
    this.last_epoch = last_epoch;
    this._initial_step();
  }

  /** @internal */
  _initial_step(): void {
    this._step_count = 0;
    this._is_initial = true;
    try {
      this.step();
    } finally {
      this._is_initial = false;
    }
  }

  /** All fields but the optimizer; functions are not saved. */
  state_dict(): SchedulerState {
    const entries = Object.entries(this).filter(([, value]) => typeof value !== 'function');
    return Object.fromEntries(entries);
  }
  load_state_dict(state_dict: SchedulerState): void {
    Object.assign(this, state_dict);
  }
  /** The learning rates that the last step has set. */
  get_last_lr(): number[] {
    return this._last_lr;
  }
  /** The learning rates of the epoch `last_epoch`, one for each group. Called by step; the schedule itself. */
  get_lr(): number[] {
    throw new NotImplementedError(`${this.constructor.name} has no get_lr()`);
  }
  /** The same from the epoch alone, where the schedule has such a form. */
  protected closedForm(): number[] | undefined {
    return undefined;
  }
  /** get_lr() continues from the rates of the moment, so that a call from outside gives those of one step more. */
  protected warnOutsideStep(): void {
    if (!this._get_lr_called_within_step)
      warnOnce('To get the last learning rate computed by the scheduler, please use `get_last_lr()`.');
  }

  /** One step of the schedule: call it after `optimizer.step()`, once per epoch or batch as the schedule is meant. */
  step(epoch?: number | null): void {
    if (this._step_count === 1 && !this.optimizer._opt_called)
      warnOnce(
        'Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should ' +
          'call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`. Failure to do this ' +
          'will result in PyTorch skipping the first value of the learning rate schedule.',
      );
    ++this._step_count;
    if (epoch !== undefined && epoch !== null)
      warnOnce('The epoch parameter in `scheduler.step()` is deprecated: use `scheduler.step()`.');
    this._update_lr(epoch);
  }

  /** @internal */
  _update_lr(epoch?: number | null): void {
    this.last_epoch = epoch ?? this.last_epoch + 1;
    const jump = epoch !== undefined && epoch !== null;
    this.setAll(this.withinStep(() => (jump ? this.closedForm() : undefined) ?? this.get_lr()));
  }
  protected withinStep<T>(fn: () => T): T {
    this._get_lr_called_within_step = true;
    try {
      return fn();
    } finally {
      this._get_lr_called_within_step = false;
    }
  }
  protected setAll(values: number[]): void {
    const groups = this.optimizer.param_groups;
    if (values.length !== groups.length)
      throw new ValueError(
        `the scheduler has learning rates for ${values.length} parameter groups, the optimizer has ${groups.length}`,
      );
    groups.forEach((group, i) => {
      setLr(group, values[i]!);
    });
    this._last_lr = this.lrs();
  }
  /** The learning rates of the moment. */
  protected lrs(): number[] {
    return this.optimizer.param_groups.map(lrOf);
  }
  protected scaled(factor: number): number[] {
    return this.lrs().map((lr) => lr * factor);
  }
}

export const LRScheduler = callable(LRSchedulerClass);
export type LRScheduler = LRSchedulerClass;
