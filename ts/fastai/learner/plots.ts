/** Pictures of what a fit recorded. https://docs.fast.ai/learner.html#plotting-tools */
import type { Axes } from '../../plot/index.js';
import { ArgumentError } from '../../torch/errors.js';
import * as plots from '../plots.js';
import { RecorderClass } from './recorder.js';

type LossOptions = NonNullable<Parameters<typeof plots.plot_loss>[3]>;
type SchedOptions = NonNullable<Parameters<typeof plots.plot_sched>[1]>;
type LrFindOptions = NonNullable<Parameters<typeof plots.plot_lr_find>[2]>;
type MetricsOptions = NonNullable<Parameters<typeof plots.plot_metrics>[2]>;

declare module './recorder.js' {
  interface RecorderClass {
    /** Smoothed training loss by batch, validation loss by epoch. https://docs.fast.ai/learner.html#recorder.plot_loss */
    plot_loss(options?: LossOptions): Axes;
    /** Hyper-parameters over the last fit with a schedule. https://docs.fast.ai/callback.schedule.html#recorder.plot_sched */
    plot_sched(options?: SchedOptions): Axes[];
    /** Losses over learning rates after `lr_find`. https://docs.fast.ai/callback.schedule.html#recorder.plot_lr_find */
    plot_lr_find(options?: LrFindOptions): Axes;
    /** Losses and metrics by epoch. https://docs.fast.ai/learner.html#recorder.plot_metrics */
    plot_metrics(options?: MetricsOptions): Axes[];
  }
}

function rowsOf(recorder: RecorderClass): number[][] {
  return recorder.values.map((row) => Array.from(row, Number));
}
function recorded(recorder: RecorderClass, method: string): void {
  if (recorder.losses.length === 0)
    throw new ArgumentError(
      `${method}(): nothing is recorded yet; fit, or find a learning rate, first`,
      method,
    );
}

RecorderClass.prototype.plot_loss = function (options = {}) {
  recorded(this, 'plot_loss');
  return plots.plot_loss(this.losses, this.iters, rowsOf(this), options);
};
RecorderClass.prototype.plot_sched = function (options = {}) {
  if (Object.keys(this.hps).length === 0)
    throw new ArgumentError(
      'plot_sched(): the last fit had no schedule; fit_one_cycle has one',
      'plot_sched',
    );
  return plots.plot_sched(this.hps, options);
};
RecorderClass.prototype.plot_lr_find = function (options = {}) {
  recorded(this, 'plot_lr_find');
  return plots.plot_lr_find(this.lrs, this.losses, options);
};
RecorderClass.prototype.plot_metrics = function (options = {}) {
  recorded(this, 'plot_metrics');
  const names = this.metric_names.filter((name) => name !== 'epoch' && name !== 'time');
  return plots.plot_metrics(rowsOf(this), names, options);
};
