/** What a fit leaves behind: losses, learning rates and the table of its epochs. https://docs.fast.ai/learner.html#recorder */
import { L } from '../../fastcore/foundation.js';
import { namedArguments } from '../../torch/arguments.js';
import { callable, Tensor } from '../../torch/index.js';
import { Callback } from '../callback/core.js';
import { AvgLoss, AvgSmoothLoss, type Metric } from './metric.js';
import type { LogEntry } from '../learner.js';

/** Seconds as fastprogress writes them: `mm:ss`, from an hour on `h:mm:ss`. */
export function format_time(seconds: number): string {
  const t = Math.trunc(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(t / 3600), Math.floor(t / 60) % 60, t % 60];
  return h !== 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

const valueOf = (metric: Metric): LogEntry => {
  const { value } = metric;
  return value instanceof Tensor && value.numel() === 1 ? Number(value.item()) : value;
};

export interface RecorderOptions {
  /** A column with the time of each epoch (default: true). */
  add_time?: boolean;
  /** Metrics over the training batches too (default: false). */
  train_metrics?: boolean;
  /** Metrics over the validation batches (default: true). */
  valid_metrics?: boolean;
  /** How much of the smoothed loss a batch leaves (default: 0.98). */
  beta?: number;
}

class RecorderClass extends Callback {
  override order = 50;
  override remove_on_fetch = true;
  add_time: boolean;
  train_metrics: boolean;
  valid_metrics: boolean;
  /** Learning rate of the last group, for each training batch. */
  lrs: number[] = [];
  /** Training batches until the end of each epoch. */
  iters: number[] = [];
  /** Smoothed loss after each training batch. */
  losses: number[] = [];
  /** For each epoch: training loss, validation loss and metrics. */
  values: L<LogEntry>[] = [];
  /** Titles of the table's columns. */
  metric_names: L<string> = L<string>();
  /** Hyper-parameters over the last fit with a schedule. */
  hps: Record<string, number[]> = {};
  log: L<LogEntry> = L<LogEntry>();
  readonly #loss = AvgLoss();
  readonly #smooth: AvgSmoothLoss;
  #cancelled = { train: false, valid: false };
  #started = 0;

  constructor(options: RecorderOptions = {}) {
    super();
    const given = namedArguments(
      'Recorder',
      ['add_time', 'train_metrics', 'valid_metrics', 'beta'],
      [options],
    );
    this.add_time = given['add_time'] !== false;
    this.train_metrics = given['train_metrics'] === true;
    this.valid_metrics = given['valid_metrics'] !== false;
    this.#smooth = AvgSmoothLoss({ beta: (given['beta'] as number | undefined) ?? 0.98 });
  }

  override before_fit(): void {
    this.lrs = [];
    this.iters = [];
    this.losses = [];
    this.values = [];
    const metrics = this.metrics.map((metric) => metric.name);
    const both = ['loss', ...metrics];
    const names =
      this.train_metrics && this.valid_metrics
        ? [...both.map((name) => `train_${name}`), ...both.map((name) => `valid_${name}`)]
        : this.valid_metrics
          ? ['train_loss', 'valid_loss', ...metrics]
          : ['train_loss', ...metrics];
    this.metric_names = L(['epoch', ...names, ...(this.add_time ? ['time'] : [])]);
    this.#smooth.reset();
  }
  override before_epoch(): void {
    this.#cancelled = { train: false, valid: false };
    this.#started = performance.now();
    this.log = L<LogEntry>([this.learn.epoch]);
  }
  override before_train(): void {
    for (const metric of this.#trainMetrics().slice(1)) metric.reset();
  }
  override before_validate(): void {
    for (const metric of this.#validMetrics()) metric.reset();
  }
  override after_train(): void {
    this.log.push(...this.#trainMetrics().map(valueOf));
  }
  override after_validate(): void {
    this.log.push(...this.#validMetrics().map(valueOf));
  }
  override after_cancel_train(): void {
    this.#cancelled.train = true;
  }
  override after_cancel_validate(): void {
    this.#cancelled.valid = true;
  }
  override after_epoch(): void {
    this.learn.final_record = this.log.slice(1);
    this.values.push(this.learn.final_record);
    if (this.add_time) this.log.push(format_time((performance.now() - this.#started) / 1000));
    this.learn.logger(this.log);
    this.iters.push(this.#smooth.count);
  }
  override after_batch(): void {
    const { learn } = this;
    const { training, opt, yb } = learn;
    if (yb.length === 0) return;
    for (const metric of training ? this.#trainMetrics() : this.#validMetrics()) metric.accumulate(learn);
    if (!training) return;
    const { hypers } = opt!;
    this.lrs.push(Number(hypers[hypers.length - 1]!['lr']));
    const { value } = this.#smooth;
    this.losses.push(value);
    learn.smooth_loss = value;
  }

  #trainMetrics(): Metric[] {
    if (this.#cancelled.train) return [];
    return [this.#smooth, ...(this.train_metrics ? this.metrics : [])];
  }
  #validMetrics(): Metric[] {
    if (this.#cancelled.valid) return [];
    return this.valid_metrics ? [this.#loss, ...this.metrics] : [];
  }
}
export const Recorder = callable(RecorderClass);
export type Recorder = RecorderClass;
export { RecorderClass };
