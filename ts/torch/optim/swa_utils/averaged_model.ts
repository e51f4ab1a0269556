/** Averages of weights: https://docs.pytorch.org/docs/stable/optim.html#averagedmodel */
import { namedArguments } from '../../arguments.js';
import { no_grad } from '../../autograd/grad_mode.js';
import { int64 } from '../../dtype.js';
import { ArgumentError, ValueError } from '../../errors.js';
import { zeros } from '../../generated/functions.js';
import { tidy } from '../../memory.js';
import { callable } from '../../nn/modules/callable.js';
import { deepcopy } from '../../nn/modules/deepcopy.js';
import { Module, type AnyModule } from '../../nn/modules/module.js';
import type { Tensor } from '../../tensor.js';
import type { DeviceLike } from '../../types.js';

/** The new average of one parameter, from the old one, the model's value and how many models are in it. */
export type AverageFn = (averaged: Tensor, current: Tensor, num_averaged: Tensor) => Tensor;
/** The same for all parameters of a dtype and device together, in place. */
export type MultiAverageFn = (
  averaged: readonly Tensor[],
  current: readonly Tensor[],
  num_averaged: Tensor,
) => void;

function checkDecay(decay: number): void {
  if (!(decay >= 0 && decay <= 1))
    throw new ValueError(
      `Invalid decay value ${decay} provided. Please provide a value in [0,1] range.`,
      'get_ema_avg_fn',
    );
}
function isFloating(tensor: Tensor): boolean {
  return tensor.is_floating_point() || tensor.is_complex();
}

/**
 * Exponential moving average: `decay` of the old average and the rest of the new weights.
 * @param decay default 0.999 @throws {ValueError} outside of [0, 1]
 */
export function get_ema_multi_avg_fn(decay = 0.999): MultiAverageFn {
  checkDecay(decay);
  return (averaged, current) => {
    no_grad(() => {
      averaged.forEach((average, i) => {
        const value = current[i]!;
        if (isFloating(average)) average.lerp_(value, 1 - decay);
        else average.copy_(average.mul(decay).add(value.mul(1 - decay)));
      });
    });
  };
}
/** Average of equal weights. */
export function get_swa_multi_avg_fn(): MultiAverageFn {
  return (averaged, current, num_averaged) => {
    no_grad(() => {
      const weight = 1 / (Number(num_averaged.item()) + 1);
      averaged.forEach((average, i) => {
        const value = current[i]!;
        if (isFloating(average)) average.lerp_(value, weight);
        else average.copy_(average.add(value.sub(average).mul(weight)));
      });
    });
  };
}
/** @param decay default 0.999 @throws {ValueError} outside of [0, 1] */
export function get_ema_avg_fn(decay = 0.999): AverageFn {
  checkDecay(decay);
  return (averaged, current) => no_grad(() => averaged.mul(decay).add(current.mul(1 - decay)));
}
export function get_swa_avg_fn(): AverageFn {
  return (averaged, current, num_averaged) =>
    no_grad(() => averaged.add(current.sub(averaged).div(num_averaged.add(1))));
}

export interface AveragedModelOptions {
  /** Where the averages are kept; default: where the model is. */
  device?: DeviceLike | null;
  /** Default: the average of equal weights. */
  avg_fn?: AverageFn | null;
  /** All parameters at once; not together with `avg_fn`. */
  multi_avg_fn?: MultiAverageFn | null;
  /** Whether buffers are averaged too, instead of copied; default: false. */
  use_buffers?: boolean;
}
const names = ['device', 'avg_fn', 'multi_avg_fn', 'use_buffers'];

class AveragedModelClass extends Module {
  module: AnyModule;
  declare n_averaged: Tensor;
  avg_fn: AverageFn | null;
  multi_avg_fn: MultiAverageFn | null;
  use_buffers: boolean;

  /**
   * A copy of `model` whose parameters are the average of those that `update_parameters` is called with: stochastic
   * weight averaging, or with `get_ema_multi_avg_fn()` an exponential moving average.
   * @throws {ArgumentError} both avg_fn and multi_avg_fn
   */
  constructor(
    model: Module,
    ...args: [options?: AveragedModelOptions] | [DeviceLike, AveragedModelOptions?]
  ) {
    super();
    const given = namedArguments('AveragedModel', names, args) as AveragedModelOptions;
    const { device, avg_fn = null, multi_avg_fn = null, use_buffers = false } = given;
    if (avg_fn !== null && multi_avg_fn !== null)
      throw new ArgumentError('Only one of avg_fn and multi_avg_fn should be provided', 'AveragedModel');
    this.module = deepcopy(model) as AnyModule;
    if (device != null) this.module.to({ device });
    this.register_buffer('n_averaged', zeros([], { dtype: int64, ...(device == null ? {} : { device }) }));
    this.avg_fn = avg_fn;
    this.multi_avg_fn = multi_avg_fn;
    this.use_buffers = use_buffers;
  }
  forward(...args: unknown[]): unknown {
    return this.module(...args);
  }
  /** Takes the weights of `model` into the average; the first time they are the average. */
  update_parameters(model: Module): void {
    no_grad(() => {
      tidy(() => {
        this._update(model);
      });
    });
  }
  /** @internal */
  _update(model: Module): void {
    const all = (of: Module): Tensor[] =>
      this.use_buffers ? [...of.parameters(), ...of.buffers()] : of.parameters();
    const averages = all(this.module).map((tensor) => tensor.detach());
    const values = all(model).map((tensor, i) => tensor.detach().to(averages[i]?.device ?? tensor.device));
    const count = Math.min(averages.length, values.length);
    if (Number(this.n_averaged.item()) === 0) for (let i = 0; i < count; ++i) averages[i]!.copy_(values[i]!);
    else if (this.avg_fn !== null)
      for (let i = 0; i < count; ++i) {
        const average = averages[i]!;
        average.copy_(this.avg_fn(average, values[i]!, this.n_averaged.to(average.device)));
      }
    else this._update_together(averages.slice(0, count), values);
    if (!this.use_buffers) {
      const own = this.module.buffers();
      model.buffers().forEach((buffer, i) => own[i]!.detach().copy_(buffer.detach()));
    }
    this.n_averaged.add_(1);
  }
  /** @internal */
  _update_together(averages: readonly Tensor[], values: readonly Tensor[]): void {
    const groups = new Map<string, [averages: Tensor[], values: Tensor[]]>();
    averages.forEach((average, i) => {
      const key = `${String(average.device)} ${String(average.dtype)}`;
      const group = groups.get(key) ?? [[], []];
      groups.set(key, group);
      group[0].push(average);
      group[1].push(values[i]!);
    });
    for (const [own, given] of groups.values()) {
      const { device } = own[0]!;
      const done = this.n_averaged.to(device);
      if (this.multi_avg_fn !== null) this.multi_avg_fn(own, given, done);
      else if (device.type === 'cuda') get_swa_multi_avg_fn()(own, given, done);
      else {
        const average = get_swa_avg_fn();
        own.forEach((tensor, i) => tensor.copy_(average(tensor, given[i]!, done)));
      }
    }
  }
}
export const AveragedModel = callable(AveragedModelClass);
export type AveragedModel = AveragedModelClass;
