/** Metrics that a learner accumulates over the batches of an epoch. https://docs.fast.ai/learner.html#metrics */
import { L } from '../../fastcore/foundation.js';
import { reduce, type Reduced } from '../../fastcore/reduce.js';
import { ArgumentError } from '../../torch/errors.js';
import { callable, float64, tidy, Tensor } from '../../torch/index.js';
import type { LearnerClass } from '../learner.js';
import { find_bs } from '../torch_core.js';

/** A value over an epoch: `reset` before it, `accumulate` after every batch, `value` after it. */
abstract class MetricClass {
  abstract reset(): void;
  /** Takes the learner's `pred`, `yb` and `loss` of one batch into account. */
  abstract accumulate(learn: LearnerClass): void;
  /** Null when there were no batches. */
  abstract get value(): number | Tensor | null;
  /** The title of its column. */
  get name(): string {
    return this.constructor.name
      .replace(/(?<=.)Metric$/, '')
      .replace(/(?<=[^_])([A-Z][a-z]+)/g, '_$1')
      .replace(/(?<=[a-z0-9])([A-Z])/g, '_$1')
      .toLowerCase();
  }
}
export { MetricClass as Metric };

/** What may be given as a metric: a Metric, or a function of predictions and targets. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- predictions and targets are what the model makes them
export type MetricFunction = ((pred: any, ...targets: any[]) => number | Tensor) & { readonly name: string };
export type MetricLike = MetricClass | MetricFunction;

/** A number of a tensor and how it is rounded: sums over batches are those of float32 where the values are. */
export interface Rounded {
  value: number;
  round: (x: number) => number;
}
const exact = (x: number): number => x;

/** @throws {ArgumentError} the value is neither a number nor a tensor with one element */
export function roundedOf(result: unknown, name: string): Rounded {
  if (typeof result === 'number') return { value: result, round: exact };
  if (result instanceof Tensor && result.numel() === 1)
    return {
      value: Number(result.item()),
      round: result.dtype === float64 || !result.is_floating_point() ? exact : Math.fround,
    };
  const got = result instanceof Tensor ? `a tensor of shape [${result.shape.join(', ')}]` : String(result);
  throw new ArgumentError(`metric '${name}' must give one number for a batch, not ${got}`, name);
}

function roundedLoss(loss: Tensor): Rounded {
  // The usual loss is one number: no scope is needed to read it.
  return loss.numel() === 1 ? roundedOf(loss, 'loss') : tidy(() => roundedOf(loss.mean(), 'loss'));
}

/** A mean over items, of means over batches. */
abstract class Averaged extends MetricClass {
  #total = 0;
  #count = 0;
  #round = exact;

  override reset(): void {
    this.#total = 0;
    this.#count = 0;
    this.#round = exact;
  }
  protected add({ value, round }: Rounded, bs: number): void {
    this.#round = round;
    this.#total = round(this.#total + round(value * bs));
    this.#count += bs;
  }
  override get value(): number | null {
    return this.#count === 0 ? null : this.#round(this.#total / this.#count);
  }
}

/** The mean of a function over all items, its batches weighted by their sizes. https://docs.fast.ai/learner.html#avgmetric */
class AvgMetricClass extends Averaged {
  readonly func: MetricFunction;
  constructor(func: MetricFunction) {
    super();
    if (typeof func !== 'function')
      throw new ArgumentError('AvgMetric(): func must be a function', 'AvgMetric');
    this.func = func;
  }
  override accumulate(learn: LearnerClass): void {
    const value = tidy(() => roundedOf(this.func(learn.pred, ...learn.yb), this.name));
    this.add(value, find_bs(learn.yb));
  }
  [reduce](): Reduced {
    return { by: AvgMetric, args: [this.func] };
  }
  override get name(): string {
    return this.func.name === '' ? 'metric' : this.func.name;
  }
}
export const AvgMetric = callable(AvgMetricClass);
export type AvgMetric = AvgMetricClass;

/** The mean of the loss over all items. */
class AvgLossClass extends Averaged {
  override accumulate(learn: LearnerClass): void {
    const { loss } = learn;
    if (loss === null) return;
    const value = roundedLoss(loss);
    this.add(value, find_bs(learn.yb));
  }
  [reduce](): Reduced {
    return { by: AvgLoss, args: [] };
  }
  override get name(): string {
    return 'loss';
  }
}
export const AvgLoss = callable(AvgLossClass);
export type AvgLoss = AvgLossClass;

/**
 * The exponentially weighted mean of the loss over all batches of a fit, without the pull of its start at zero.
 * Computed as torch.lerp does it in float32, so that it comes out as fastai's to the last bit.
 */
class AvgSmoothLossClass extends MetricClass {
  beta: number;
  count = 0;
  val = 0;
  #round = exact;

  constructor({ beta = 0.98 }: { beta?: number } = {}) {
    super();
    this.beta = beta;
  }
  override reset(): void {
    this.count = 0;
    this.val = 0;
  }
  override accumulate(learn: LearnerClass): void {
    const { loss } = learn;
    if (loss === null) return;
    const { value, round } = roundedLoss(loss);
    this.#round = round;
    this.count += 1;
    const weight = round(this.beta);
    const distance = round(this.val - value);
    this.val =
      weight < 0.5
        ? round(value + round(weight * distance))
        : round(this.val - round(distance * round(1 - weight)));
  }
  override get value(): number {
    return this.#round(this.val / this.#round(1 - this.beta ** this.count));
  }
  [reduce](): Reduced {
    return { by: AvgSmoothLoss, args: [{ beta: this.beta }] };
  }
  override get name(): string {
    return 'smooth_loss';
  }
}
export const AvgSmoothLoss = callable(AvgSmoothLossClass);
export type AvgSmoothLoss = AvgSmoothLossClass;

/** A value that something else computes, such as a callback. https://docs.fast.ai/learner.html#valuemetric */
class ValueMetricClass extends MetricClass {
  readonly func: () => number | Tensor | null;
  readonly #name: string;
  constructor(func: () => number | Tensor | null, metric_name?: string) {
    super();
    this.func = func;
    this.#name = metric_name ?? func.name;
  }
  override reset(): void {}
  override accumulate(): void {}
  override get value(): number | Tensor | null {
    return this.func();
  }
  [reduce](): Reduced {
    return { by: ValueMetric, args: [this.func, this.#name] };
  }
  override get name(): string {
    return this.#name;
  }
}
export const ValueMetric = callable(ValueMetricClass);
export type ValueMetric = ValueMetricClass;

/** A metric of whatever may be given as one. */
export function mk_metric(m: MetricLike | (new () => MetricClass)): MetricClass {
  if (m instanceof MetricClass) return m;
  if (typeof m === 'function' && m.prototype instanceof MetricClass)
    return new (m as new () => MetricClass)();
  return new AvgMetricClass(m as MetricFunction);
}
export function mk_metrics(metrics: MetricLike | Iterable<MetricLike> | null | undefined): L<MetricClass> {
  if (metrics == null) return L<MetricClass>();
  const list =
    Symbol.iterator in Object(metrics) ? [...(metrics as Iterable<MetricLike>)] : [metrics as MetricLike];
  return L(list.map(mk_metric));
}
