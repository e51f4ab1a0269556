/** Metrics of all predictions of a pass at once: https://docs.fast.ai/metrics.html#accummetric */
import { reduce, type Reduced } from '../../fastcore/reduce.js';
import { ArgumentError } from '../../torch/errors.js';
import { within } from '../../torch/context.js';
import { callable, cat, tidy, type Tensor } from '../../torch/index.js';
import { callableInstance } from '../../torch/nn/modules/callable.js';
import { functional as F } from '../../torch/nn/index.js';
import type { LearnerClass } from '../learner.js';
import { Metric } from '../learner/metric.js';
import { to_detach } from '../torch_core.js';
import { flatten_check } from './basic.js';

/** What predictions go through before they are compared. */
export const ActivationType = {
  No: 'no',
  Sigmoid: 'sigmoid',
  Softmax: 'softmax',
  BinarySoftmax: 'binarysoftmax',
} as const;
export type ActivationType = (typeof ActivationType)[keyof typeof ActivationType];

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tensors, or with to_np what tolist() gives
export type AccumFunction = (preds: any, targs: any, options: any) => number | Tensor;

export interface AccumMetricOptions {
  /** Predictions become the class with the highest value along this dimension; default: they do not. */
  dim_argmax?: number | null;
  activation?: ActivationType;
  /** Predictions become whether they reach this value. */
  thresh?: number | null;
  /** `func` gets numbers in arrays instead of tensors; default: false. */
  to_np?: boolean;
  /** `func` gets targets before predictions, as scikit-learn has it; default: false. */
  invert_arg?: boolean;
  /** Predictions and targets become one dimension; default: true. */
  flatten?: boolean;
  /** Everything else is handed to `func` as its third argument. */
  [option: string]: unknown;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- an instance can be called
interface AccumMetricClass {
  /** The value for one batch. */
  (preds: Tensor, targs: Tensor): number | Tensor | null;
}
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
class AccumMetricClass extends Metric {
  declare readonly func: AccumFunction;
  declare readonly dim_argmax: number | null;
  declare readonly activation: ActivationType;
  declare readonly thresh: number | null;
  declare readonly flatten: boolean;
  declare readonly to_np: boolean;
  declare readonly invert_arg: boolean;
  declare readonly kwargs: Readonly<Record<string, unknown>>;
  declare preds: Tensor[];
  declare targs: Tensor[];

  /**
   * Keeps predictions and targets of all batches on the CPU and calls `func(preds, targs, options)` at the end.
   * @throws {ArgumentError} `func` is no function
   */
  constructor(func: AccumFunction, options: AccumMetricOptions = {}) {
    super();
    if (typeof func !== 'function')
      throw new ArgumentError('AccumMetric(): func must be a function', 'AccumMetric');
    const { dim_argmax = null, activation = ActivationType.No, thresh = null, ...others } = options;
    const { to_np = false, invert_arg = false, flatten = true, ...kwargs } = others;
    const call = (preds: Tensor, targs: Tensor): number | Tensor | null => {
      self.reset();
      self.accum_values(preds, targs);
      return self.value;
    };
    const self = callableInstance<AccumMetricClass>(call as never, new.target.prototype);
    const fields = {
      func,
      dim_argmax,
      activation,
      thresh,
      flatten,
      to_np,
      invert_arg,
      kwargs,
      preds: [],
      targs: [],
    };
    return Object.assign(self, fields);
  }

  reset(): void {
    for (const tensor of [...this.preds, ...this.targs]) tensor.dispose();
    this.preds = [];
    this.targs = [];
  }
  accumulate(learn: LearnerClass): void {
    tidy(() => {
      this.accum_values(prepared(this, learn.pred as Tensor), learn.y as Tensor);
    });
  }
  /** Takes predictions as they are, and targets, into account. @throws {ValueError} they differ in number */
  accum_values(preds: Tensor, targs: Tensor): void {
    tidy(() => {
      const pair: [Tensor, Tensor] = to_detach([preds, targs] as [Tensor, Tensor]);
      const [pred, targ] = this.flatten ? flatten_check(...pair) : pair;
      // Copies, since the batch is freed and views would hold all of it; out of all scopes, to outlive them.
      within({ scope: null, grad: false }, () => {
        this.preds.push(pred.clone());
        this.targs.push(targ.clone());
      });
    });
  }
  /** Null when nothing has been accumulated. */
  get value(): number | Tensor | null {
    if (this.preds.length === 0) return null;
    return tidy(() => {
      const all = [cat(this.preds), cat(this.targs)];
      const [preds, targs] = this.to_np ? all.map((t) => t.tolist()) : all;
      return this.invert_arg ? this.func(targs, preds, this.kwargs) : this.func(preds, targs, this.kwargs);
    });
  }
  [reduce](): Reduced {
    const { func, preds: _preds, targs: _targs, ...options } = this;
    const { kwargs, ...rest } = options;
    return { by: AccumMetric, args: [func, { ...rest, ...kwargs }], state: {} };
  }
  override get name(): string {
    return this.func.name;
  }
}
/** Predictions as the metric wants them. No private method: an instance is a function that a class had no part in. */
function prepared({ activation, dim_argmax, thresh }: AccumMetricClass, given: Tensor): Tensor {
  let pred = given.detach();
  if (activation === ActivationType.Softmax || activation === ActivationType.BinarySoftmax) {
    pred = F.softmax(pred, dim_argmax ?? -1);
    if (activation === ActivationType.BinarySoftmax) pred = pred.at(':', -1);
  } else if (activation === ActivationType.Sigmoid) pred = pred.sigmoid();
  else if (dim_argmax !== null) pred = pred.argmax(dim_argmax);
  return thresh === null ? pred : pred.ge(thresh);
}

export const AccumMetric = callable(AccumMetricClass);
export type AccumMetric = AccumMetricClass;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- numbers, or rows of them
export type ScoreFunction = (y_true: any, y_pred: any, options?: any) => number;
export interface SkmOptions {
  /** Predictions become classes, or with `thresh` labels; default: true. */
  is_class?: boolean;
  thresh?: number | null;
  axis?: number;
  activation?: ActivationType | null;
  /** Everything else is handed to `func`. */
  [option: string]: unknown;
}
/** A metric of a function that takes numbers as scikit-learn's do: targets, then predictions. */
export function skm_to_fastai(func: ScoreFunction, options: SkmOptions = {}): AccumMetric {
  const { is_class = true, thresh = null, axis = -1, activation = null, ...rest } = options;
  const several = is_class && thresh !== null;
  return new AccumMetric(func, {
    dim_argmax: is_class && thresh === null ? axis : null,
    activation: activation ?? (several ? ActivationType.Sigmoid : ActivationType.No),
    thresh,
    to_np: true,
    invert_arg: true,
    ...rest,
  });
}
