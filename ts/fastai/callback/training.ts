/** Callbacks that change how batches train. https://docs.fast.ai/callback.training.html */
import { callable, nn, type Tensor } from '../../torch/index.js';
import type { AnyModule } from '../../torch/nn/index.js';
import { find_bs } from '../torch_core.js';
import { Callback } from './core.js';
import { CancelBatchException, CancelTrainException, CancelValidException } from './events.js';

class ShortEpochCallbackClass extends Callback {
  /** Ends each epoch after a share `pct` (default: 0.01) of its batches; `short_valid` (default: true): validations too. */
  constructor(
    readonly pct = 0.01,
    readonly short_valid = true,
  ) {
    super();
  }
  override after_batch(): void {
    if (this.iter / this.n_iter < this.pct) return;
    if (this.training) throw new CancelTrainException();
    if (this.short_valid) throw new CancelValidException();
  }
}
export const ShortEpochCallback = callable(ShortEpochCallbackClass);
export type ShortEpochCallback = ShortEpochCallbackClass;

class GradientAccumulationClass extends Callback {
  override order = 6;
  override run_valid = false;
  readonly n_acc: number;
  count = 0;
  #scaled: Tensor | null = null;

  /**
   * Makes a step only when `n_acc` (default: 32) items have been seen since the last one; gradients are as of one
   * batch of so many items.
   */
  constructor(n_acc: number | { n_acc?: number } = 32) {
    super();
    this.n_acc = typeof n_acc === 'object' ? (n_acc.n_acc ?? 32) : n_acc;
  }
  override before_fit(): void {
    this.count = 0;
  }
  override after_loss(): void {
    // The loss that is reported stays as it is.
    this.#scaled = this.learn.loss_grad!.mul(find_bs(this.yb) / this.n_acc);
    this.learn.loss_grad = this.#scaled;
  }
  override before_step(): void {
    this.count += find_bs(this.yb);
    if (this.count < this.n_acc) throw new CancelBatchException();
    this.count = 0;
  }
  override after_batch(): void {
    this.#scaled?.dispose();
    this.#scaled = null;
  }
}
export const GradientAccumulation = callable(GradientAccumulationClass);
export type GradientAccumulation = GradientAccumulationClass;

class GradientClipClass extends Callback {
  override order = 11;
  readonly max_norm: number;
  readonly norm_type: number;

  /** Scales the gradients before each step so that their norm together is at most `max_norm` (default: 1). */
  constructor(max_norm: number | { max_norm?: number; norm_type?: number } = 1, norm_type = 2) {
    super();
    const given = typeof max_norm === 'object' ? max_norm : { max_norm, norm_type };
    this.max_norm = given.max_norm ?? 1;
    this.norm_type = given.norm_type ?? 2;
  }
  override before_step(): void {
    nn.utils.clip_grad_norm_(this.model.parameters(), this.max_norm, { norm_type: this.norm_type }).dispose();
  }
}
export const GradientClip = callable(GradientClipClass);
export type GradientClip = GradientClipClass;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- classes of any constructor
export const bn_types: readonly (new (...args: any[]) => object)[] = [
  nn.BatchNorm1d,
  nn.BatchNorm2d,
  nn.BatchNorm3d,
];
/** Puts the BatchNorm layers below `m` whose parameters do not train into evaluation mode, or with false into training. */
export function set_bn_eval(m: AnyModule, use_eval = true): void {
  for (const layer of m.children()) {
    const isNorm = bn_types.some((type) => layer instanceof type);
    if (isNorm && layer.parameters()[0]?.requires_grad === false) layer.train(!use_eval);
    set_bn_eval(layer, use_eval);
  }
}

class BnFreezeClass extends Callback {
  override order = -9;
  /** Keeps the running statistics of BatchNorm layers that do not train as they are. */
  override before_train(): void {
    set_bn_eval(this.model);
  }
}
export const BnFreeze = callable(BnFreezeClass);
export type BnFreeze = BnFreezeClass;
