/** Mixed precision. https://docs.fast.ai/callback.fp16.html */
import { ArgumentError } from '../../torch/errors.js';
import { autocast, GradScaler, type GradScalerOptions } from '../../torch/amp/index.js';
import { bfloat16, callable, float16, type Tensor } from '../../torch/index.js';
import { LearnerClass } from '../learner.js';
import { to_float } from '../torch_core.js';
import { Callback } from './core.js';
import { CancelStepException } from './events.js';

export const AMPMode = { FP16: 'fp16', BF16: 'bf16' } as const;
export type AMPMode = (typeof AMPMode)[keyof typeof AMPMode];
export type MixedPrecisionOptions = { amp_mode?: AMPMode } & Omit<GradScalerOptions, 'device' | 'enabled'>;

type Context = <T>(run: () => T) => T;

class MixedPrecisionClass extends Callback {
  override order = 10;
  readonly amp_mode: AMPMode;
  readonly #options: GradScalerOptions;
  #context: Context | null = null;
  #scaled: Tensor | null = null;
  scaler: GradScaler | null = null;
  /** The scale after each step. */
  scales: number[] = [];
  #skipped = false;

  /**
   * Runs model and loss under autocast, and scales losses so that gradients of float16 do not vanish; steps whose
   * gradients overflow are left out. https://docs.fast.ai/callback.fp16.html#mixedprecision
   * @param options amp_mode 'fp16' (default) or 'bf16', and those of torch.amp.GradScaler
   * @throws {ArgumentError} another mode
   */
  constructor(options: MixedPrecisionOptions = {}) {
    super();
    const { amp_mode = AMPMode.FP16, ...rest } = options;
    if (amp_mode !== AMPMode.FP16 && amp_mode !== AMPMode.BF16)
      throw new ArgumentError(`MixedPrecision(): amp_mode must be 'fp16' or 'bf16', not ${String(amp_mode)}`);
    this.amp_mode = amp_mode;
    this.#options = rest;
  }
  override before_fit(): void {
    const device = this.learn.modelDevice?.type ?? 'cpu';
    const half = this.amp_mode === AMPMode.FP16;
    // bfloat16 has the range of float32: nothing vanishes.
    this.scaler = new GradScaler(device, { ...this.#options, enabled: half });
    this.scales = [];
    const dtype = half ? float16 : bfloat16;
    this.#leave();
    this.#context = (run) => autocast(device, { dtype }, () => to_float(run()));
    this.learn.contexts.push(this.#context);
  }
  override before_backward(): void {
    this.#scaled = this.scaler!.scale(this.learn.loss_grad!);
    this.learn.loss_grad = this.#scaled;
  }
  /** The scaler takes this callback for the optimizer: `step()` is called unless a gradient has overflown. */
  override before_step(): void {
    this.#skipped = true;
    this.scaler!.step(this as never);
    if (this.#skipped) throw new CancelStepException();
    this.scales.push(this.scaler!.get_scale());
  }
  get param_groups() {
    return this.opt!.param_groups;
  }
  step(): void {
    this.#skipped = false;
  }
  override after_step(): void {
    this.scaler!.update();
  }
  override after_batch(): void {
    if (this.#scaled !== this.learn.loss) this.#scaled?.dispose();
    this.#scaled = null;
  }
  override after_fit(): void {
    this.#leave();
  }
  override cleanup(): void {
    this.#leave();
  }
  #leave(): void {
    const place = this.#context === null ? -1 : this.learn.contexts.indexOf(this.#context);
    if (place >= 0) this.learn.contexts.splice(place, 1);
    this.#context = null;
  }
}
export const MixedPrecision = callable(MixedPrecisionClass);
export type MixedPrecision = MixedPrecisionClass;

declare module '../learner.js' {
  interface LearnerClass {
    /** Trains in float16 where it is safe. https://docs.fast.ai/callback.fp16.html#learner.to_fp16 */
    to_fp16(options?: Omit<MixedPrecisionOptions, 'amp_mode'>): this;
    /** Trains in bfloat16 where it is safe. */
    to_bf16(options?: Omit<MixedPrecisionOptions, 'amp_mode'>): this;
    /** Trains in float32 again. */
    to_fp32(): this;
  }
}
LearnerClass.prototype.to_fp16 = function (options = {}) {
  return this.add_cb(new MixedPrecision({ ...options, amp_mode: AMPMode.FP16 }));
};
LearnerClass.prototype.to_bf16 = function (options = {}) {
  return this.add_cb(new MixedPrecision({ ...options, amp_mode: AMPMode.BF16 }));
};
LearnerClass.prototype.to_fp32 = function () {
  return this.remove_cb(MixedPrecision);
};
