/** Batch normalization: https://docs.pytorch.org/docs/stable/nn.html#normalization-layers */
import { ValueError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import type { Forms } from '../functional/arguments.js';
import { callable } from './callable.js';
import type { AnyModule, Module } from './module.js';
import { NormBase, checkDimensions, type NormOptions } from './norm_base.js';

type BatchNormArguments =
  | [
      num_features: number,
      ...rest: Forms<
        [eps: number, momentum: number | null, affine: boolean, track_running_stats: boolean],
        NormOptions
      >,
    ]
  | [options: { num_features: number } & NormOptions];

abstract class BatchNorm extends NormBase {
  constructor(op: string, args: readonly unknown[], more: readonly string[] = []) {
    super(op, args, true, more);
  }
  abstract _check_input_dim(input: Tensor): void;

  forward(input: Tensor): Tensor {
    this._check_input_dim(input);
    const { training, track_running_stats, running_mean, running_var } = this;
    let momentum = this.momentum ?? 0;
    if (training && track_running_stats && this.num_batches_tracked !== null) {
      this.num_batches_tracked.add_(1);
      if (this.momentum === null) momentum = 1 / Number(this.num_batches_tracked.item());
    }
    // Statistics that are not tracked are neither read nor written while training.
    const running = !training || track_running_stats;
    return F.batch_norm(
      input,
      running ? running_mean : null,
      running ? running_var : null,
      this.weight,
      this.bias,
      training || (running_mean === null && running_var === null),
      momentum,
      this.eps,
    );
  }
}

class BatchNorm1dClass extends BatchNorm {
  /**
   * Normalizes each channel of (N, C) or (N, C, L) over the batch; in evaluation by the running statistics.
   * affine and track_running_stats default to true.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
   */
  constructor(...args: BatchNormArguments) {
    super('BatchNorm1d', args);
  }
  override _check_input_dim(input: Tensor): void {
    checkDimensions(input, 2, 3);
  }
}
export const BatchNorm1d = callable(BatchNorm1dClass);
export type BatchNorm1d = BatchNorm1dClass;

class BatchNorm2dClass extends BatchNorm {
  /**
   * Normalizes each channel of (N, C, H, W) over the batch; in evaluation by the running statistics.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
   */
  constructor(...args: BatchNormArguments) {
    super('BatchNorm2d', args);
  }
  override _check_input_dim(input: Tensor): void {
    checkDimensions(input, 4);
  }
}
export const BatchNorm2d = callable(BatchNorm2dClass);
export type BatchNorm2d = BatchNorm2dClass;

class BatchNorm3dClass extends BatchNorm {
  /**
   * Normalizes each channel of (N, C, D, H, W) over the batch; in evaluation by the running statistics.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html
   */
  constructor(...args: BatchNormArguments) {
    super('BatchNorm3d', args);
  }
  override _check_input_dim(input: Tensor): void {
    checkDimensions(input, 5);
  }
}
export const BatchNorm3d = callable(BatchNorm3dClass);
export type BatchNorm3d = BatchNorm3dClass;

class SyncBatchNormClass extends BatchNorm {
  /** @internal Kept as it is given: there is one process. */
  process_group: unknown;

  /**
   * Batch normalization over all processes. There is one process here, so it is that of the batch, as in Python without
   * `torch.distributed`.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html
   */
  constructor(...args: BatchNormArguments) {
    super('SyncBatchNorm', args, ['process_group']);
    this.process_group = null;
  }
  override _check_input_dim(input: Tensor): void {
    if (input.ndim < 2) throw new ValueError(`expected at least 2D input (got ${input.ndim}D input)`);
    if (input.size(1) === 0)
      throw new ValueError('SyncBatchNorm number of input channels should be non-zero');
  }
  /** The module with a SyncBatchNorm, of the same parameters and buffers, for each BatchNorm in it. */
  static convert_sync_batchnorm(module: Module): AnyModule {
    let result = module;
    if (module instanceof BatchNorm) {
      const { num_features, eps, momentum, affine, track_running_stats } = module;
      const bias = module.bias !== null;
      const made = new SyncBatchNorm(num_features, { eps, momentum, affine, track_running_stats, bias });
      made.weight = module.weight;
      made.bias = module.bias;
      made.running_mean = module.running_mean;
      made.running_var = module.running_var;
      made.num_batches_tracked = module.num_batches_tracked;
      made.training = module.training;
      result = made;
    }
    for (const [name, child] of module.named_children())
      result.add_module(name, SyncBatchNormClass.convert_sync_batchnorm(child));
    return result as AnyModule;
  }
}
export const SyncBatchNorm = callable(SyncBatchNormClass);
export type SyncBatchNorm = SyncBatchNormClass;
