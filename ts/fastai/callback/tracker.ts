/** Callbacks that watch a value and act when it gets better, or does not. https://docs.fast.ai/callback.tracker.html */
import { checkOptions } from '../../torch/arguments.js';
import { ArgumentError } from '../../torch/errors.js';
import { callable } from '../../torch/index.js';
import type { Path } from '../../fastcore/path.js';
import { Callback } from './core.js';
import { CancelFitException } from './events.js';
// The learner's save and load.
import '../learner/storage.js';

class TerminateOnNaNCallbackClass extends Callback {
  override order = -9;
  /** Ends a fit whose loss is infinite or NaN. */
  override after_batch(): void {
    const { loss } = this;
    if (loss !== null && !Number.isFinite(Number(loss.item()))) throw new CancelFitException();
  }
}
export const TerminateOnNaNCallback = callable(TerminateOnNaNCallbackClass);
export type TerminateOnNaNCallback = TerminateOnNaNCallbackClass;

export type Comparison = (value: number, best: number) => boolean;
/** Smaller is better. */
export const less: Comparison = (value, best) => value < best;
/** Larger is better. */
export const greater: Comparison = (value, best) => value > best;

export interface TrackerOptions {
  /** A column of the table; default: 'valid_loss'. */
  monitor?: string;
  /** When a value is better; default: `less` where the name says loss or error, else `greater`. */
  comp?: Comparison | null;
  /** By how much it must be better at least; default: 0. */
  min_delta?: number;
  /** Whether a new fit starts from nothing; default: true. */
  reset_on_fit?: boolean;
}
const trackerNames = ['monitor', 'comp', 'min_delta', 'reset_on_fit'];

export class TrackerCallbackClass extends Callback {
  override order = 60;
  override remove_on_fetch = true;
  readonly monitor: string;
  readonly comp: Comparison;
  readonly min_delta: number;
  readonly reset_on_fit: boolean;
  /** The best value so far; null before the first fit. */
  best: number | null = null;
  /** Whether the last epoch had the best value. */
  new_best = false;
  idx = 0;
  /** Whether `comp` takes smaller values for better ones. */
  readonly #smaller: boolean;

  /** Keeps the best value of `monitor`. https://docs.fast.ai/callback.tracker.html#trackercallback */
  constructor(options: TrackerOptions = {}, more: readonly string[] = []) {
    super();
    checkOptions(new.target.name, options, [...trackerNames, ...more]);
    const { monitor = 'valid_loss', comp = null, min_delta = 0, reset_on_fit = true } = options;
    this.monitor = monitor;
    if (comp !== null && typeof comp !== 'function')
      throw new ArgumentError(
        `${this.constructor.name}(): comp must be a function of two numbers`,
        this.name,
      );
    this.comp = comp ?? (/loss|error/.test(monitor) ? less : greater);
    this.#smaller = this.comp(0, 1);
    this.min_delta = this.#smaller ? -min_delta : min_delta;
    this.reset_on_fit = reset_on_fit;
  }
  /** @throws {ArgumentError} there is no such column */
  override before_fit(): void {
    const { learn } = this;
    this.run = !('lr_finder' in learn) && !('gather_preds' in learn);
    if (!this.run) return;
    if (this.reset_on_fit || this.best === null) this.best = this.#smaller ? Infinity : -Infinity;
    const names = [...this.recorder.metric_names].slice(1);
    this.idx = names.indexOf(this.monitor);
    if (this.idx < 0)
      throw new ArgumentError(
        `${this.constructor.name}: there is no '${this.monitor}' to monitor; there are ${names.join(', ')}`,
      );
  }
  override after_epoch(): void {
    const value = this.recorder.values.at(-1)?.[this.idx];
    // Without a validation there is nothing to compare.
    this.new_best = typeof value === 'number' && this.comp(value - this.min_delta, this.best ?? NaN);
    if (this.new_best) this.best = value as number;
  }
  override after_fit(): void {
    this.run = true;
  }
}
export const TrackerCallback = callable(TrackerCallbackClass);
export type TrackerCallback = TrackerCallbackClass;

/** Counts the epochs since the best one. */
class Patient extends TrackerCallbackClass {
  readonly patience: number;
  wait = 0;
  constructor(options: TrackerOptions & { patience?: number }, more: readonly string[] = []) {
    const { patience = 1, ...rest } = options;
    super(rest, more);
    this.patience = patience;
  }
  override before_fit(): void {
    this.wait = 0;
    super.before_fit();
  }
  /** Whether patience is at its end. */
  protected tired(): boolean {
    super.after_epoch();
    this.wait = this.new_best ? 0 : this.wait + 1;
    return this.wait >= this.patience;
  }
}

class EarlyStoppingCallbackClass extends Patient {
  override order = 63;
  /** Ends the fit when `monitor` has not become better for `patience` (default: 1) epochs. */
  constructor(options: TrackerOptions & { patience?: number } = {}) {
    super(options);
  }
  override after_epoch(): void {
    if (!this.tired()) return;
    console.log(`No improvement since epoch ${this.epoch - this.wait}: early stopping`);
    throw new CancelFitException();
  }
}
export const EarlyStoppingCallback = callable(EarlyStoppingCallbackClass);
export type EarlyStoppingCallback = EarlyStoppingCallbackClass;

export interface SaveModelOptions extends TrackerOptions {
  /** Below the learner's model_dir; default: 'model'. */
  fname?: string;
  /** True, or each so many epochs, as `fname_0`, `fname_1` ...; default: only the best. */
  every_epoch?: boolean | number;
  /** Load the best one at the end also with `every_epoch`; default: false. */
  at_end?: boolean;
  /** The optimizer too; default: false. */
  with_opt?: boolean;
}
class SaveModelCallbackClass extends TrackerCallbackClass {
  override order = 61;
  readonly fname: string;
  readonly every_epoch: boolean | number;
  readonly at_end: boolean;
  readonly with_opt: boolean;
  last_saved_path: Path | null = null;

  /** Saves the model at each new best value of `monitor`, and loads the best one at the end. */
  constructor(options: SaveModelOptions = {}) {
    const { fname = 'model', every_epoch = false, at_end = false, with_opt = false, ...rest } = options;
    super(rest);
    if (every_epoch === 0) throw new ArgumentError('SaveModelCallback(): every_epoch must not be 0');
    this.fname = fname;
    this.every_epoch = every_epoch;
    this.at_end = at_end;
    this.with_opt = with_opt;
  }
  #save(name: string): void {
    this.last_saved_path = this.learn.save(name, { with_opt: this.with_opt });
  }
  override before_fit(): void {
    this.last_saved_path = null;
    super.before_fit();
  }
  override after_epoch(): void {
    if (this.every_epoch !== false) {
      if (this.epoch % Number(this.every_epoch) === 0) this.#save(`${this.fname}_${this.epoch}`);
      return;
    }
    super.after_epoch();
    if (!this.new_best) return;
    console.log(`Better model found at epoch ${this.epoch} with ${this.monitor} value: ${this.best}.`);
    this.#save(this.fname);
  }
  override after_fit(): void {
    super.after_fit();
    if (this.at_end) this.#save(this.fname);
    // A fit that never got better, such as one of NaN, has saved nothing to go back to.
    else if (this.every_epoch === false && this.last_saved_path !== null)
      this.learn.load(this.fname, { with_opt: this.with_opt });
  }
}
export const SaveModelCallback = callable(SaveModelCallbackClass);
export type SaveModelCallback = SaveModelCallbackClass;

export interface ReduceLROptions extends TrackerOptions {
  patience?: number;
  /** What the learning rate is divided by; default: 10. */
  factor?: number;
  /** Default: 0. */
  min_lr?: number;
}
class ReduceLROnPlateauClass extends Patient {
  override order = 62;
  readonly factor: number;
  readonly min_lr: number;

  /** Divides learning rates when `monitor` has not become better for `patience` (default: 1) epochs. */
  constructor(options: ReduceLROptions = {}) {
    const { factor = 10, min_lr = 0, ...rest } = options;
    super(rest);
    this.factor = factor;
    this.min_lr = min_lr;
  }
  override after_epoch(): void {
    if (!this.tired()) return;
    const rates = this.opt!.hypers.map(({ lr }) => lr as number);
    const lower = rates.map((lr) => Math.max(lr / this.factor, this.min_lr));
    this.opt!.set_hyper('lr', lower);
    this.wait = 0;
    if (lower.at(-1)! < rates.at(-1)!) console.log(`Epoch ${this.epoch}: reducing lr to ${lower.at(-1)}`);
  }
}
export const ReduceLROnPlateau = callable(ReduceLROnPlateauClass);
export type ReduceLROnPlateau = ReduceLROnPlateauClass;
