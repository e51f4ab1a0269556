/** https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html */
import { ValueError } from '../../errors.js';
import { callable } from '../../nn/modules/callable.js';
import { moduleArguments } from '../../nn/modules/arguments.js';
import type { Optimizer } from '../optimizer.js';
import { setMomentum, startMomentum, usesBeta1 } from './momentum.js';
import { LRSchedulerClass, checkOptimizer, perGroup, setLr, type SchedulerState } from './scheduler.js';

type Mode = 'triangular' | 'triangular2' | 'exp_range';
type PerGroup = number | readonly number[];
export interface CyclicOptions {
  base_lr?: PerGroup;
  max_lr?: PerGroup;
  step_size_up?: number;
  step_size_down?: number | null;
  mode?: Mode;
  gamma?: number;
  scale_fn?: ((x: number) => number) | null;
  scale_mode?: 'cycle' | 'iterations';
  cycle_momentum?: boolean;
  base_momentum?: PerGroup;
  max_momentum?: PerGroup;
  last_epoch?: number;
}
const names = [
  ...['base_lr', 'max_lr', 'step_size_up', 'step_size_down', 'mode', 'gamma', 'scale_fn', 'scale_mode'],
  ...['cycle_momentum', 'base_momentum', 'max_momentum', 'last_epoch'],
];
type Arguments =
  [base_lr: PerGroup, max_lr: PerGroup, ...rest: unknown[]] | [PerGroup, CyclicOptions] | [CyclicOptions];

class CyclicLRClass extends LRSchedulerClass {
  declare max_lrs: number[];
  declare total_size: number;
  declare step_ratio: number;
  declare mode: Mode;
  declare gamma: number;
  declare scale_mode: 'cycle' | 'iterations';
  declare _scale_fn_custom: ((x: number) => number) | null;
  declare cycle_momentum: boolean;
  declare use_beta1: boolean;
  declare base_momentums: number[];
  declare max_momentums: number[];

  /**
   * Up from `base_lr` to `max_lr` and down again, step by step: call it after every batch.
   * @param step_size_up steps up, default 2000; step_size_down, as many unless given
   * @param mode 'triangular', the default; 'triangular2' halves each cycle; 'exp_range' times gamma ** step
   * @param scale_fn takes the place of mode; scale_mode 'cycle', the default, or 'iterations': what it gets
   * @param cycle_momentum moves the momentum the other way, between base_momentum, default 0.8, and max_momentum,
   * default 0.9. Default: true
   * @throws {ValueError} an unknown mode, an optimizer without momentum, as many values as there are no groups
   */
  constructor(optimizer: Optimizer, ...args: Arguments) {
    checkOptimizer(optimizer);
    const given = moduleArguments('CyclicLR', names, args, 2) as CyclicOptions;
    const { mode = 'triangular', last_epoch = -1, cycle_momentum = true, scale_fn = null } = given;
    const base_lrs = perGroup('base_lr', optimizer, given.base_lr);
    const max_lrs = perGroup('max_lr', optimizer, given.max_lr);
    const up = given.step_size_up ?? 2000;
    const total_size = up + (given.step_size_down ?? up);
    if (!['triangular', 'triangular2', 'exp_range'].includes(mode) && scale_fn === null)
      throw new ValueError('mode is invalid and scale_fn is None');
    const byMode = mode === 'exp_range' ? 'iterations' : 'cycle';
    const fields: Record<string, unknown> = {
      ...{ max_lrs, total_size, step_ratio: up / total_size, mode, gamma: given.gamma ?? 1 },
      ...{ _scale_fn_custom: scale_fn, cycle_momentum },
      scale_mode: scale_fn === null ? byMode : (given.scale_mode ?? 'cycle'),
    };
    if (cycle_momentum) {
      const beta1 = usesBeta1(optimizer);
      const lowest = perGroup('base_momentum', optimizer, given.base_momentum ?? 0.8);
      const highest = perGroup('max_momentum', optimizer, given.max_momentum ?? 0.9);
      Object.assign(fields, { use_beta1: beta1, base_momentums: lowest, max_momentums: highest });
      if (last_epoch === -1) startMomentum(optimizer, highest, lowest, beta1);
    }
    if (last_epoch === -1)
      optimizer.param_groups.forEach((group, i) => {
        setLr(group, base_lrs[i]!);
      });
    super(optimizer, last_epoch, fields);
    this.base_lrs = base_lrs;
  }

  scale_fn(x: number): number {
    if (this._scale_fn_custom) return this._scale_fn_custom(x);
    if (this.mode === 'triangular') return 1;
    return this.mode === 'triangular2' ? 1 / 2 ** (x - 1) : this.gamma ** x;
  }
  /** Also sets the momenta. */
  override get_lr(): number[] {
    this.warnOutsideStep();
    const { last_epoch, total_size, step_ratio, max_lrs } = this;
    const cycle = Math.floor(1 + last_epoch / total_size);
    const x = 1 + last_epoch / total_size - cycle;
    const height = x <= step_ratio ? x / step_ratio : (x - 1) / (step_ratio - 1);
    const scale = this.scale_fn(this.scale_mode === 'cycle' ? cycle : last_epoch);
    if (this.cycle_momentum)
      this.optimizer.param_groups.forEach((group, i) => {
        const highest = this.max_momentums[i]!;
        const range = (highest - this.base_momentums[i]!) * height;
        setMomentum(group, highest - range * scale, this.use_beta1);
      });
    return this.base_lrs.map((lr, i) => lr + (max_lrs[i]! - lr) * height * scale);
  }
  /** A function for `scale_fn` is not saved. */
  override state_dict(): SchedulerState {
    return { ...super.state_dict(), _scale_fn_custom: null };
  }
  override load_state_dict(state_dict: SchedulerState): void {
    const { _scale_fn_custom: _, ...rest } = state_dict;
    super.load_state_dict(rest);
  }
}

export const CyclicLR = callable(CyclicLRClass);
export type CyclicLR = CyclicLRClass;
