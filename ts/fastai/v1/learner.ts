/**
 * The Learner of fastai 1, as the course's lessons of 2019 use it: AdamW by default, weight decay on biases too, its
 * own turn of the 1cycle policy, a new optimizer for each fit. https://fastai1.fast.ai/basic_train.html
 */
import { namedArguments } from '../../torch/arguments.js';
import { callable } from '../../torch/index.js';
import { nll_loss } from '../../torch/nn/functional.js';
import type { AnyModule, Parameter } from '../../torch/nn/index.js';
import { sched_cos, type Schedule } from '../callback/annealing.js';
import { ParamScheduler, type Rate } from '../callback/schedule.js';
import { LearnerClass, listOf, type FitOptions, type LearnerData, type LearnerOptions } from '../learner.js';
import { format_time, Recorder } from '../learner/recorder.js';
import { V1Recorder } from './recorder.js';
import { Adam } from '../optimizer/index.js';
import type { HyperValue } from '../optimizer/base.js';
import { slice } from '../optimizer/slice.js';

const AdamW = (params: Parameter[][], options: { lr: number }) =>
  Adam(params, { ...options, mom: 0.9, sqr_mom: 0.99, eps: 1e-8 });

/** What fit_one_cycle of fastai 1 takes beside the number of epochs. */
export interface V1OneCycleOptions {
  /** The highest learning rate (default: 0.003). */
  max_lr?: Rate;
  /** Momenta at the ends and at the turn (default: [0.95, 0.85]). */
  moms?: readonly number[];
  /** The first learning rate is the highest divided by this (default: 25). */
  div_factor?: number;
  /** The share of the fit until the turn (default: 0.3). */
  pct_start?: number;
  /** The last learning rate is the highest divided by this (default: 10,000 times `div_factor`). */
  final_div?: number | null;
  wd?: HyperValue;
  callbacks?: LearnerOptions['cbs'];
  signal?: AbortSignal;
}

class V1LearnerClass extends LearnerClass {
  declare recorder: V1Recorder;

  constructor(
    data: LearnerData,
    model: AnyModule,
    options: LearnerOptions & { callbacks?: LearnerOptions['cbs'] } = {},
  ) {
    const { callbacks, ...rest } = options;
    super(data, model, {
      lr: 3e-3,
      wd: 0.01,
      wd_bn_bias: true,
      opt_func: AdamW,
      ...rest,
      loss_func: rest.loss_func ?? (data.loss_func as LearnerOptions['loss_func']) ?? nll_loss,
      cbs: [...listOf(rest.cbs), ...listOf(callbacks)],
    });
    this.remove_cb(Recorder).add_cb(new V1Recorder());
  }
  get data(): LearnerData {
    return this.dls;
  }

  /** https://fastai1.fast.ai/basic_train.html#learner.fit */
  override async fit(n_epoch: number, ...args: [HyperValue?, FitOptions?] | [FitOptions?]): Promise<void> {
    const given = namedArguments(
      'fit',
      ['lr', 'wd', 'cbs', 'callbacks', 'reset_opt', 'start_epoch', 'signal'],
      args,
    );
    const { callbacks, ...rest } = given as FitOptions & { callbacks?: LearnerOptions['cbs'] };
    const started = performance.now();
    await super.fit(n_epoch, { reset_opt: true, ...rest, cbs: [...listOf(rest.cbs), ...listOf(callbacks)] });
    if (this.create_mbar && this.cbs.some((cb) => cb.name === 'progress'))
      console.log(`Total time: ${format_time((performance.now() - started) / 1000)}`);
  }

  /** Learning rates and momenta turn after whole batches. https://fastai1.fast.ai/callbacks.one_cycle.html */
  override async fit_one_cycle(
    cyc_len: number,
    ...args: [Rate?, V1OneCycleOptions?] | [V1OneCycleOptions?]
  ): Promise<void> {
    const names = ['max_lr', 'moms', 'div_factor', 'pct_start', 'final_div', 'wd', 'callbacks', 'signal'];
    const given = namedArguments('fit_one_cycle', names, args) as V1OneCycleOptions;
    const {
      max_lr = slice(0.003),
      moms: [mom = 0.95, turned = 0.85] = [],
      div_factor = 25,
      pct_start = 0.3,
    } = given;
    const final_div = given.final_div ?? div_factor * 1e4;
    this.create_opt();
    this.opt!.set_hyper('lr', max_lr);
    const high = this.opt!.hypers.map((hyper) => Number(hyper['lr']));
    const n = this.dls.train.length * cyc_len;
    const turn = Math.trunc(n * pct_start);
    const cycle =
      (start: number, middle: number, end: number) =>
      (pos: number): number => {
        const i = Math.round(pos * n);
        if (i < turn) return sched_cos(start, middle, i / turn);
        return sched_cos(middle, end, (i - turn) / (n - turn));
      };
    const scheds: Record<string, Schedule> = {
      lr: (pos) => high.map((lr) => cycle(lr / div_factor, lr, lr / final_div)(pos)),
      mom: cycle(mom, turned, mom),
    };
    const { wd, callbacks, signal } = given;
    await this.fit(cyc_len, {
      wd,
      signal,
      reset_opt: false,
      cbs: [ParamScheduler(scheds), ...listOf(callbacks)],
    });
  }

  /** Prints where to look, and draws nothing until `recorder.plot()` is called. */
  override async lr_find(
    options: Parameters<LearnerClass['lr_find']>[0] = {},
  ): ReturnType<LearnerClass['lr_find']> {
    const found = await this.no_mbar(() =>
      super.lr_find({ show_plot: false, suggest_funcs: null, ...options }),
    );
    console.log('LR Finder is complete, type {learner_name}.recorder.plot() to see the graph.');
    return found;
  }
}
export const V1Learner = callable(V1LearnerClass);
export type V1Learner = V1LearnerClass;
