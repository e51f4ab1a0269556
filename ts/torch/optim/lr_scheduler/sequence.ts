/** Schedulers made of schedulers: one after the other, or all at once. */
import { ArgumentError, ValueError } from '../../errors.js';
import { callable } from '../../nn/modules/callable.js';
import { moduleArguments } from '../../nn/modules/arguments.js';
import type { Optimizer } from '../optimizer.js';
import { ReduceLROnPlateau } from './plateau.js';
import { LRSchedulerClass, ownStart, setLr, type LRScheduler, type SchedulerState } from './scheduler.js';

abstract class CompoundLR extends LRSchedulerClass {
  declare _schedulers: LRScheduler[];

  constructor(op: string, optimizer: Optimizer, schedulers: LRScheduler[]) {
    schedulers.forEach((scheduler, i) => {
      if (!(scheduler instanceof LRSchedulerClass))
        throw new ArgumentError(`${op} at index ${i} should have \`optimizer\` as its attribute.`, op);
      if (scheduler instanceof ReduceLROnPlateau)
        throw new ValueError(
          `${op} does not support \`ReduceLROnPlateau\` scheduler as it requires additional kwargs to be ` +
            `specified when calling \`step\`, but got one at index ${i} in the given schedulers sequence.`,
          op,
        );
      if (scheduler.optimizer !== optimizer)
        throw new ValueError(
          `${op} expects all schedulers to belong to the same optimizer, but got scheduler ` +
            `${(scheduler as object).constructor.name} at index ${i} of another one.`,
          op,
        );
    });
    super(optimizer, -1, ownStart);
    this._schedulers = schedulers;
  }
  override state_dict(): SchedulerState {
    return { ...super.state_dict(), _schedulers: this._schedulers.map((one) => one.state_dict()) };
  }
  override load_state_dict(state_dict: SchedulerState): void {
    const { _schedulers: saved, ...rest } = state_dict;
    super.load_state_dict(rest);
    (saved as SchedulerState[]).forEach((one, i) => this._schedulers[i]!.load_state_dict(one));
  }
}

interface SequenceOptions {
  schedulers?: LRScheduler[];
  milestones?: number[];
  last_epoch?: number;
}

class SequentialLRClass extends CompoundLR {
  declare _milestones: number[];

  /**
   * One scheduler after the other.
   * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html
   * @param milestones the epochs at which the next scheduler takes over, from its own start
   * @throws {ValueError} schedulers of another optimizer, milestones that do not fit
   */
  constructor(
    optimizer: Optimizer,
    ...args: [LRScheduler[], number[], ...unknown[]] | [LRScheduler[], SequenceOptions] | [SequenceOptions]
  ) {
    const given = moduleArguments('SequentialLR', ['schedulers', 'milestones', 'last_epoch'], args, 2);
    const { schedulers, milestones, last_epoch = -1 } = given as Required<SequenceOptions>;
    if (schedulers.length < 1)
      throw new ValueError('SequentialLR expects at least one scheduler, but got no scheduler.');
    if (milestones.length !== schedulers.length - 1)
      throw new ValueError(
        'Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone ' +
          `points, but got number of schedulers ${schedulers.length} and the number of milestones to be equal to ` +
          `${milestones.length}`,
      );
    super('SequentialLR', optimizer, schedulers);
    this._milestones = milestones;
    this.last_epoch = last_epoch + 1;
    // Every scheduler has made its first step when it was made; all of them are taken back, and the first starts.
    for (const group of optimizer.param_groups) setLr(group, group.initial_lr as number);
    this.#undo(this);
    const first = schedulers[this.#current(0)]!;
    first._initial_step();
    this._last_lr = first.get_last_lr();
  }
  #undo(scheduler: LRScheduler): void {
    if (scheduler instanceof CompoundLR) for (const part of scheduler._schedulers) this.#undo(part);
    else --scheduler.last_epoch;
  }
  #current(epoch: number): number {
    return this._milestones.filter((milestone) => milestone <= epoch).length;
  }
  override step(): void {
    ++this.last_epoch;
    const index = this.#current(this.last_epoch);
    const scheduler = this._schedulers[index]!;
    if (index > 0 && this._milestones[index - 1] === this.last_epoch) scheduler._update_lr(0);
    else scheduler.step();
    this._last_lr = scheduler.get_last_lr();
  }
}

class ChainedSchedulerClass extends CompoundLR {
  /**
   * All schedulers at every step, one on top of the other.
   * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html
   * @param optimizer default: that of the first scheduler
   */
  constructor(schedulers: LRScheduler[], optimizer?: Optimizer | { optimizer?: Optimizer }) {
    if (schedulers.length < 1)
      throw new ValueError(
        'ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.',
      );
    const given = moduleArguments('ChainedScheduler', ['optimizer'], [optimizer])['optimizer'];
    super('ChainedScheduler', (given as Optimizer | undefined) ?? schedulers[0]!.optimizer, schedulers);
    this._last_lr = this.lrs();
  }
  override step(): void {
    for (const scheduler of this._schedulers) scheduler.step();
    this._last_lr = this.lrs();
  }
}

export const SequentialLR = callable(SequentialLRClass);
export type SequentialLR = SequentialLRClass;
export const ChainedScheduler = callable(ChainedSchedulerClass);
export type ChainedScheduler = ChainedSchedulerClass;
