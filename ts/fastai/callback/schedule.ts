/** Fits with a schedule of hyper-parameters. https://docs.fast.ai/callback.schedule.html */
import { namedArguments } from '../../torch/arguments.js';
import { ArgumentError } from '../../torch/errors.js';
import { callable, type Slice } from '../../torch/index.js';
import { LearnerClass, listOf, type LearnerOptions, type Moms } from '../learner.js';
import type { HyperValue } from '../optimizer/base.js';
import { slice, type RateSlice } from '../optimizer/slice.js';
import { Callback } from './core.js';
import { combine_scheds, combined_cos, SchedCos, type Schedule, type Value } from './annealing.js';

/** Sets hyper-parameters before each training batch, by the share of the fit that is done. https://docs.fast.ai/callback.schedule.html#paramscheduler */
class ParamSchedulerClass extends Callback {
  override order = 60;
  override run_valid = false;
  scheds: Record<string, Schedule>;
  /** The values so far, of the last group of parameters. */
  hps: Record<string, number[]> = {};

  /** @throws {ArgumentError} naming what is no schedule */
  constructor(scheds: Record<string, Schedule>) {
    super();
    for (const [name, schedule] of Object.entries(scheds))
      if (typeof schedule !== 'function')
        throw new ArgumentError(
          `ParamScheduler(): ${name} must be a schedule, such as SchedCos(0.1, 0.01)`,
          'ParamScheduler',
        );
    this.scheds = scheds;
  }
  override before_fit(): void {
    this.hps = Object.fromEntries(Object.keys(this.scheds).map((name) => [name, []]));
  }
  override before_batch(): void {
    this.update(this.pct_train);
  }
  protected update(pct: number): void {
    for (const [name, schedule] of Object.entries(this.scheds)) this.opt!.set_hyper(name, schedule(pct));
  }
  override after_batch(): void {
    for (const name of Object.keys(this.scheds)) this.hps[name]!.push(Number(this.opt!.hypers.at(-1)![name]));
  }
  override after_fit(): void {
    if (this.learn.recorder) this.learn.recorder.hps = this.hps;
  }
}
export const ParamScheduler = callable(ParamSchedulerClass);
export type ParamScheduler = ParamSchedulerClass;

type Cbs = LearnerOptions['cbs'];
export type Rate = number | readonly number[] | Slice | RateSlice | null;
interface Common {
  wd?: HyperValue;
  cbs?: Cbs;
  reset_opt?: boolean;
  start_epoch?: number;
  signal?: AbortSignal;
}
export interface OneCycleOptions extends Common {
  /** The highest learning rate, one or one for each group (default: the learner's). */
  lr_max?: Rate;
  /** The first learning rate is the highest divided by this (default: 25). */
  div?: number;
  /** The last learning rate is the highest divided by this (default: 1e5). */
  div_final?: number;
  /** The share of the fit until the highest learning rate (default: 0.25). */
  pct_start?: number;
  /** Momenta at the start, the highest learning rate and the end (default: the learner's). */
  moms?: Moms;
}
export interface FlatCosOptions extends Common {
  lr?: Rate;
  /** The last learning rate is the first divided by this (default: 1e5). */
  div_final?: number;
  /** The share of the fit at the full rate (default: 0.75). */
  pct_start?: number;
}
export interface SgdrOptions extends Common {
  lr_max?: Rate;
  /** Each cycle is this many times as long as the one before (default: 2). */
  cycle_mult?: number;
}
export interface FineTuneOptions extends OneCycleOptions {
  /** Learning rate of the frozen epochs; half of it after that (default: 2e-3). */
  base_lr?: number;
  /** Epochs in which only the last group trains (default: 1). */
  freeze_epochs?: number;
  /** The first group's rate is the last one's divided by this (default: 100). */
  lr_mult?: number;
}

declare module '../learner.js' {
  interface LearnerClass {
    /** Fit by the 1cycle policy (https://arxiv.org/abs/1708.07120). `fit_one_cycle(n, lr_max)` is `fit_one_cycle(n, {lr_max})`. */
    fit_one_cycle(n_epoch: number, ...args: [Rate?, OneCycleOptions?] | [OneCycleOptions?]): Promise<void>;
    /** Fit at one rate and down along a cosine at the end. */
    fit_flat_cos(n_epoch: number, ...args: [Rate?, FlatCosOptions?] | [FlatCosOptions?]): Promise<void>;
    /** Cycles of cosine annealing with warm restarts (https://arxiv.org/abs/1608.03983). */
    fit_sgdr(
      n_cycles: number,
      cycle_len: number,
      ...args: [Rate?, SgdrOptions?] | [SgdrOptions?]
    ): Promise<void>;
    /** Some epochs with only the last group, then all groups with rates that grow from the first to the last. */
    fine_tune(epochs: number, ...args: [number?, FineTuneOptions?] | [FineTuneOptions?]): Promise<void>;
  }
}

const common = ['wd', 'cbs', 'reset_opt', 'start_epoch', 'signal'];

/** Sets the learning rate and gives back what each group got. */
function rates(learn: LearnerClass, lr: Rate | undefined): number[] {
  if (!learn.opt) learn.create_opt();
  learn.opt!.set_hyper('lr', lr ?? learn.lr);
  return learn.opt!.hypers.map((hyper) => Number(hyper['lr']));
}
function scheduled(
  learn: LearnerClass,
  n_epoch: number,
  scheds: Record<string, Schedule>,
  { wd, cbs, reset_opt, start_epoch, signal }: Common,
): Promise<void> {
  const options = { wd, cbs: [ParamScheduler(scheds), ...listOf(cbs)], reset_opt, start_epoch, signal };
  return learn.fit(n_epoch, options);
}
const over = (values: number[], divisor: number): Value => values.map((value) => value / divisor);

LearnerClass.prototype.fit_one_cycle = async function (n_epoch, ...args) {
  const names = ['lr_max', 'div', 'div_final', 'pct_start', 'moms', ...common];
  const given = namedArguments('fit_one_cycle', names, args) as OneCycleOptions;
  const { div = 25, div_final = 1e5, pct_start = 0.25 } = given;
  const lr_max = rates(this, given.lr_max);
  const scheds: Record<string, Schedule> = {
    lr: combined_cos(pct_start, over(lr_max, div), lr_max, over(lr_max, div_final)),
    mom: combined_cos(pct_start, ...(given.moms ?? this.moms)),
  };
  await scheduled(this, n_epoch, scheds, given);
};
LearnerClass.prototype.fit_flat_cos = async function (n_epoch, ...args) {
  const given = namedArguments(
    'fit_flat_cos',
    ['lr', 'div_final', 'pct_start', ...common],
    args,
  ) as FlatCosOptions;
  const lr = rates(this, given.lr);
  const scheds = { lr: combined_cos(given.pct_start ?? 0.75, lr, lr, over(lr, given.div_final ?? 1e5)) };
  await scheduled(this, n_epoch, scheds, given);
};
LearnerClass.prototype.fit_sgdr = async function (n_cycles, cycle_len, ...args) {
  const given = namedArguments('fit_sgdr', ['lr_max', 'cycle_mult', ...common], args) as SgdrOptions;
  const { cycle_mult = 2 } = given;
  const lr_max = rates(this, given.lr_max);
  const lengths = Array.from({ length: n_cycles }, (_, i) => cycle_len * cycle_mult ** i);
  const n_epoch = lengths.reduce((a, b) => a + b, 0);
  const zeros = lr_max.map(() => 0);
  const parts = lengths.map(() => SchedCos(lr_max, zeros) as Schedule);
  const lr = combine_scheds(
    lengths.map((length) => length / n_epoch),
    parts,
  );
  await scheduled(this, n_epoch, { lr }, given);
};
LearnerClass.prototype.fine_tune = async function (epochs, ...args) {
  const names = ['base_lr', 'freeze_epochs', 'lr_mult', 'pct_start', 'div', 'div_final', 'moms', ...common];
  const {
    base_lr = 2e-3,
    freeze_epochs = 1,
    lr_mult = 100,
    pct_start = 0.3,
    div = 5,
    ...rest
  } = namedArguments('fine_tune', names, args) as FineTuneOptions;
  this.freeze();
  await this.fit_one_cycle(freeze_epochs, slice(base_lr), { ...rest, pct_start: 0.99 });
  const half = base_lr / 2;
  this.unfreeze();
  await this.fit_one_cycle(epochs, slice(half / lr_mult, half), { ...rest, pct_start, div });
};
