/** https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html */
import { ArgumentError, TorchError, ValueError } from '../../errors.js';
import { callable } from '../../nn/modules/callable.js';
import { moduleArguments } from '../../nn/modules/arguments.js';
import type { Tensor } from '../../tensor.js';
import type { Optimizer } from '../optimizer.js';
import { LRSchedulerClass, lrOf, ownStart, setLr, type SchedulerState } from './scheduler.js';

export interface PlateauOptions {
  mode?: 'min' | 'max';
  factor?: number;
  patience?: number;
  threshold?: number;
  threshold_mode?: 'rel' | 'abs';
  cooldown?: number;
  min_lr?: number | readonly number[];
  eps?: number;
}
const names = ['mode', 'factor', 'patience', 'threshold', 'threshold_mode', 'cooldown', 'min_lr', 'eps'];

class ReduceLROnPlateauClass extends LRSchedulerClass {
  declare mode: 'min' | 'max';
  declare threshold_mode: 'rel' | 'abs';
  declare threshold: number;
  declare mode_worse: number;
  declare factor: number;
  declare patience: number;
  declare cooldown: number;
  declare eps: number;
  declare default_min_lr: number | null;
  declare min_lrs: number[];
  declare best: number;
  declare cooldown_counter: number;
  declare num_bad_epochs: number;

  /**
   * Times `factor` when a metric has not become better for more than `patience` steps.
   * @param mode 'min', the default, or 'max': which way is better
   * @param factor default 0.1; patience, default 10
   * @param threshold what counts as better, default 1e-4; threshold_mode 'rel', the default, or 'abs'
   * @param cooldown steps of rest after a change, default 0
   * @param min_lr one for all groups or one each, default 0; eps, the least change, default 1e-8
   * @throws {ValueError} a factor of 1 or more, unknown modes, as many `min_lr` as there are no groups
   */
  constructor(optimizer: Optimizer, ...args: [PlateauOptions?] | ['min' | 'max', ...unknown[]]) {
    const given = moduleArguments('ReduceLROnPlateau', names, args) as PlateauOptions;
    const { factor = 0.1, min_lr = 0 } = given;
    if (factor >= 1) throw new ValueError('Factor should be < 1.0.');
    super(optimizer, -1, ownStart);
    const count = optimizer.param_groups.length;
    if (typeof min_lr !== 'number' && min_lr.length !== count)
      throw new ValueError(`expected ${count} min_lrs, got ${min_lr.length}`);
    this.factor = factor;
    this.default_min_lr = typeof min_lr === 'number' ? min_lr : null;
    this.min_lrs = typeof min_lr === 'number' ? new Array<number>(count).fill(min_lr) : [...min_lr];
    this.patience = given.patience ?? 10;
    this.cooldown = given.cooldown ?? 0;
    this.eps = given.eps ?? 1e-8;
    this.last_epoch = 0;
    this._last_lr = this.lrs();
    this.#compareBy(given.mode ?? 'min', given.threshold ?? 1e-4, given.threshold_mode ?? 'rel');
    this._reset();
  }

  #compareBy(mode: 'min' | 'max', threshold: number, threshold_mode: 'rel' | 'abs'): void {
    if (mode !== 'min' && mode !== 'max') throw new ValueError(`mode ${String(mode)} is unknown!`);
    if (threshold_mode !== 'rel' && threshold_mode !== 'abs')
      throw new ValueError(`threshold mode ${String(threshold_mode)} is unknown!`);
    this.mode_worse = mode === 'min' ? Infinity : -Infinity;
    this.mode = mode;
    this.threshold = threshold;
    this.threshold_mode = threshold_mode;
  }
  /** @internal */
  _reset(): void {
    this.best = this.mode_worse;
    this.cooldown_counter = 0;
    this.num_bad_epochs = 0;
  }
  get in_cooldown(): boolean {
    return this.cooldown_counter > 0;
  }

  /**
   * @param metrics the figure to watch, for example the loss on the validation set. The type allows none only because the
   *   other schedulers' `step` needs none
   * @throws ArgumentError without a figure
   */
  override step(metrics: number | Tensor | null | undefined, epoch?: number | null): void {
    if (metrics === null || metrics === undefined)
      throw new ArgumentError('ReduceLROnPlateau.step(): metrics is missing: the figure to watch');
    const current = Number(metrics);
    this.last_epoch = epoch ?? this.last_epoch + 1;
    if (this.#isBetter(current)) {
      this.best = current;
      this.num_bad_epochs = 0;
    } else ++this.num_bad_epochs;
    if (this.in_cooldown) {
      --this.cooldown_counter;
      this.num_bad_epochs = 0;
    }
    if (this.num_bad_epochs > this.patience) {
      this.#reduce();
      this.cooldown_counter = this.cooldown;
      this.num_bad_epochs = 0;
    }
    this._last_lr = this.lrs();
  }
  #isBetter(value: number): boolean {
    const { best, threshold } = this;
    const relative = this.threshold_mode === 'rel';
    if (this.mode === 'min') return value < (relative ? best * (1 - threshold) : best - threshold);
    return value > (relative ? best * (threshold + 1) : best + threshold);
  }
  #reduce(): void {
    const groups = this.optimizer.param_groups;
    if (groups.length !== this.min_lrs.length) {
      if (this.default_min_lr === null)
        throw new TorchError(
          `The number of param groups in the \`optimizer\` (${groups.length}) differs from when ` +
            `\`ReduceLROnPlateau\` was initialized (${this.min_lrs.length}), usually due to a new param group ` +
            'being added to the optimizer. Please modify the `min_lrs` field to match the length of the ' +
            '`optimizer` param groups.',
        );
      this.min_lrs = new Array<number>(groups.length).fill(this.default_min_lr);
    }
    groups.forEach((group, i) => {
      const lr = Math.max(lrOf(group) * this.factor, this.min_lrs[i]!);
      if (lrOf(group) - lr > this.eps) setLr(group, lr);
    });
  }
  override load_state_dict(state_dict: SchedulerState): void {
    super.load_state_dict(state_dict);
    this.#compareBy(this.mode, this.threshold, this.threshold_mode);
  }
}

export const ReduceLROnPlateau = callable(ReduceLROnPlateauClass);
export type ReduceLROnPlateau = ReduceLROnPlateauClass;
