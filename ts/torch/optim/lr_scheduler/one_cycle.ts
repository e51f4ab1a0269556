/** https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html */
import { ValueError } from '../../errors.js';
import { callable } from '../../nn/modules/callable.js';
import { moduleArguments } from '../../nn/modules/arguments.js';
import type { Optimizer } from '../optimizer.js';
import { text } from '../options.js';
import { setMomentum, startMomentum, usesBeta1 } from './momentum.js';
import { LRSchedulerClass, checkOptimizer, perGroup } from './scheduler.js';

type PerGroup = number | readonly number[];
export interface OneCycleOptions {
  max_lr?: PerGroup;
  total_steps?: number | null;
  epochs?: number | null;
  steps_per_epoch?: number | null;
  pct_start?: number;
  anneal_strategy?: 'cos' | 'linear';
  cycle_momentum?: boolean;
  base_momentum?: PerGroup;
  max_momentum?: PerGroup;
  div_factor?: number;
  final_div_factor?: number;
  three_phase?: boolean;
  last_epoch?: number;
}
const names = [
  ...['max_lr', 'total_steps', 'epochs', 'steps_per_epoch', 'pct_start', 'anneal_strategy', 'cycle_momentum'],
  ...['base_momentum', 'max_momentum', 'div_factor', 'final_div_factor', 'three_phase', 'last_epoch'],
];

/** A stretch of the schedule: from where to where, by the names that the groups have for it. */
interface Phase {
  end_step: number;
  start_lr: string;
  end_lr: string;
  start_momentum: string;
  end_momentum: string;
}

function phase(end_step: number, lr: [string, string], momentum: [string, string]): Phase {
  const [start_lr, end_lr] = lr;
  const [start_momentum, end_momentum] = momentum;
  return { end_step, start_lr, end_lr, start_momentum, end_momentum };
}

function phases(steps: number, start: number, three: boolean): Phase[] {
  const [high, low] = ['max_momentum', 'base_momentum'];
  const up = phase(start * steps - 1, ['initial_lr', 'max_lr'], [high, low]);
  if (!three) return [up, phase(steps - 1, ['max_lr', 'min_lr'], [low, high])];
  return [
    up,
    phase(2 * start * steps - 2, ['max_lr', 'initial_lr'], [low, high]),
    phase(steps - 1, ['initial_lr', 'min_lr'], [high, high]),
  ];
}

function stepsOf({ total_steps, epochs, steps_per_epoch }: OneCycleOptions): number {
  const positive = (name: string, value: number): number => {
    if (!Number.isInteger(value) || value <= 0)
      throw new ValueError(`Expected positive integer ${name}, but got ${text(value)}`);
    return value;
  };
  if (total_steps != null) return positive('total_steps', total_steps);
  if (epochs == null || steps_per_epoch == null)
    throw new ValueError('You must define either total_steps OR (epochs AND steps_per_epoch)');
  return positive('epochs', epochs) * positive('steps_per_epoch', steps_per_epoch);
}

class OneCycleLRClass extends LRSchedulerClass {
  declare total_steps: number;
  declare _schedule_phases: Phase[];
  declare _anneal_func_type: 'cos' | 'linear';
  declare cycle_momentum: boolean;
  declare use_beta1: boolean;

  /**
   * Up to `max_lr` and down far below the start, once: call it after every batch.
   * @param total_steps or epochs and steps_per_epoch: the length
   * @param pct_start part of the way up, default 0.3
   * @param anneal_strategy 'cos', the default, or 'linear'
   * @param cycle_momentum moves the momentum the other way, between base_momentum, default 0.85, and max_momentum,
   * default 0.95. Default: true
   * @param div_factor the start is max_lr / div_factor, default 25
   * @param final_div_factor the end is the start / final_div_factor, default 1e4
   * @param three_phase as far down as up first, default false
   * @throws {ValueError} no length, options out of range, an optimizer without momentum
   */
  constructor(optimizer: Optimizer, ...args: [PerGroup, ...unknown[]] | [OneCycleOptions]) {
    checkOptimizer(optimizer);
    const given = moduleArguments('OneCycleLR', names, args, 1) as OneCycleOptions;
    const { pct_start = 0.3, anneal_strategy = 'cos', cycle_momentum = true, last_epoch = -1 } = given;
    const total_steps = stepsOf(given);
    if (!(pct_start >= 0 && pct_start <= 1))
      throw new ValueError(`Expected float between 0 and 1 pct_start, but got ${text(pct_start)}`);
    if (!['cos', 'linear'].includes(anneal_strategy))
      throw new ValueError(
        `anneal_strategy must be one of 'cos' or 'linear', instead got ${String(anneal_strategy)}`,
      );
    const highest = perGroup('max_lr', optimizer, given.max_lr);
    const fields: Record<string, unknown> = {
      total_steps,
      _schedule_phases: phases(total_steps, pct_start, given.three_phase === true),
      _anneal_func_type: anneal_strategy,
      cycle_momentum,
    };
    if (last_epoch === -1)
      optimizer.param_groups.forEach((group, i) => {
        group.initial_lr = highest[i]! / (given.div_factor ?? 25);
        group['max_lr'] = highest[i];
        group['min_lr'] = group.initial_lr / (given.final_div_factor ?? 1e4);
      });
    if (cycle_momentum) {
      const beta1 = usesBeta1(optimizer);
      fields['use_beta1'] = beta1;
      const most = perGroup('max_momentum', optimizer, given.max_momentum ?? 0.95);
      const least = perGroup('base_momentum', optimizer, given.base_momentum ?? 0.85);
      if (last_epoch === -1) startMomentum(optimizer, most, least, beta1);
    }
    super(optimizer, last_epoch, fields);
  }

  /** @internal Not #private: the constructor of the base makes the first step, before private members are there. */
  _anneal_func(start: number, end: number, share: number): number {
    if (this._anneal_func_type === 'linear') return (end - start) * share + start;
    return end + ((start - end) / 2) * (Math.cos(Math.PI * share) + 1);
  }
  /** Also sets the momenta. */
  override get_lr(): number[] {
    this.warnOutsideStep();
    const step = this.last_epoch;
    if (step > this.total_steps)
      throw new ValueError(
        `Tried to step ${step} times. The specified number of total steps is ${this.total_steps}`,
      );
    const all = this._schedule_phases;
    const found = all.findIndex(({ end_step }) => step <= end_step);
    const index = found < 0 ? all.length - 1 : found;
    const now = all[index]!;
    const start = index === 0 ? 0 : all[index - 1]!.end_step;
    const share = (step - start) / (now.end_step - start);
    return this.optimizer.param_groups.map((group) => {
      const at = (from: string, to: string): number =>
        this._anneal_func(group[from] as number, group[to] as number, share);
      if (this.cycle_momentum) setMomentum(group, at(now.start_momentum, now.end_momentum), this.use_beta1);
      return at(now.start_lr, now.end_lr);
    });
  }
}

export const OneCycleLR = callable(OneCycleLRClass);
export type OneCycleLR = OneCycleLRClass;
