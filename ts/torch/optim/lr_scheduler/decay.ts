/** Schedules by powers of gamma: every so many epochs, at milestones, at every epoch. */
import { callable } from '../../nn/modules/callable.js';
import { moduleArguments } from '../../nn/modules/arguments.js';
import type { Optimizer } from '../optimizer.js';
import { LRSchedulerClass } from './scheduler.js';

interface DecayOptions {
  step_size?: number;
  milestones?: readonly number[];
  gamma?: number;
  last_epoch?: number;
}

class StepLRClass extends LRSchedulerClass {
  declare step_size: number;
  declare gamma: number;

  /**
   * Times gamma every `step_size` epochs.
   * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
   * @param gamma default 0.1
   */
  constructor(optimizer: Optimizer, ...args: [number, ...(number | DecayOptions)[]] | [DecayOptions]) {
    const given = moduleArguments('StepLR', ['step_size', 'gamma', 'last_epoch'], args, 1);
    const { step_size, gamma = 0.1, last_epoch } = given;
    super(optimizer, last_epoch as number | undefined, { step_size, gamma });
  }
  override get_lr(): number[] {
    this.warnOutsideStep();
    const now = this.last_epoch !== 0 && this.last_epoch % this.step_size === 0;
    return now ? this.scaled(this.gamma) : this.lrs();
  }
  protected override closedForm(): number[] {
    return this.base_lrs.map((lr) => lr * this.gamma ** Math.floor(this.last_epoch / this.step_size));
  }
}

class MultiStepLRClass extends LRSchedulerClass {
  /** How often each epoch is a milestone. */
  declare milestones: Map<number, number>;
  declare gamma: number;

  /**
   * Times gamma at each milestone.
   * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
   * @param gamma default 0.1
   */
  constructor(
    optimizer: Optimizer,
    ...args: [readonly number[], ...(number | DecayOptions)[]] | [DecayOptions]
  ) {
    const given = moduleArguments('MultiStepLR', ['milestones', 'gamma', 'last_epoch'], args, 1);
    const { gamma = 0.1, last_epoch } = given;
    const milestones = new Map<number, number>();
    for (const epoch of given['milestones'] as Iterable<number>)
      milestones.set(epoch, (milestones.get(epoch) ?? 0) + 1);
    super(optimizer, last_epoch as number | undefined, { milestones, gamma });
  }
  override get_lr(): number[] {
    this.warnOutsideStep();
    const times = this.milestones.get(this.last_epoch);
    return times === undefined ? this.lrs() : this.scaled(this.gamma ** times);
  }
  protected override closedForm(): number[] {
    let passed = 0;
    for (const [epoch, times] of this.milestones) if (epoch <= this.last_epoch) passed += times;
    return this.base_lrs.map((lr) => lr * this.gamma ** passed);
  }
}

class ExponentialLRClass extends LRSchedulerClass {
  declare gamma: number;

  /**
   * Times gamma at every epoch.
   * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
   */
  constructor(optimizer: Optimizer, ...args: [number, ...(number | DecayOptions)[]] | [DecayOptions]) {
    const { gamma, last_epoch } = moduleArguments('ExponentialLR', ['gamma', 'last_epoch'], args, 1);
    super(optimizer, last_epoch as number | undefined, { gamma });
  }
  override get_lr(): number[] {
    this.warnOutsideStep();
    return this._is_initial ? this.lrs() : this.scaled(this.gamma);
  }
  protected override closedForm(): number[] {
    return this.base_lrs.map((lr) => lr * this.gamma ** this.last_epoch);
  }
}

export const StepLR = callable(StepLRClass);
export type StepLR = StepLRClass;
export const MultiStepLR = callable(MultiStepLRClass);
export type MultiStepLR = MultiStepLRClass;
export const ExponentialLR = callable(ExponentialLRClass);
export type ExponentialLR = ExponentialLRClass;
