/** Instance normalization: https://docs.pytorch.org/docs/stable/nn.html#normalization-layers */
import { ValueError } from '../../errors.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { warn, type Forms } from '../functional/arguments.js';
import { callable } from './callable.js';
import { NormBase, checkDimensions, type NormOptions } from './norm_base.js';
import type { Loading } from './state_dict.js';

type InstanceNormArguments =
  | [
      num_features: number,
      ...rest: Forms<
        [eps: number, momentum: number | null, affine: boolean, track_running_stats: boolean],
        NormOptions
      >,
    ]
  | [options: { num_features: number } & NormOptions];

function normalized(norm: InstanceNorm, input: Tensor): Tensor {
  return F.instance_norm(
    input,
    norm.running_mean,
    norm.running_var,
    norm.weight,
    norm.bias,
    norm.training || !norm.track_running_stats,
    norm.momentum ?? 0,
    norm.eps,
  );
}

abstract class InstanceNorm extends NormBase {
  constructor(op: string, args: readonly unknown[]) {
    super(op, args, false);
  }
  /** How many dimensions one sample has, channels included. */
  abstract _get_no_batch_dim(): number;

  forward(input: Tensor): Tensor {
    const sample = this._get_no_batch_dim();
    checkDimensions(input, sample, sample + 1);
    const dim = input.ndim - sample;
    if (input.size(dim) !== this.num_features) {
      if (this.affine)
        throw new ValueError(
          `expected input's size at dim=${dim} to match num_features (${this.num_features}), but got: ${input.size(dim)}.`,
        );
      warn(
        `input's size at dim=${dim} does not match num_features. You can silence this warning by not passing in ` +
          'num_features, which is not used because affine=False',
      );
    }
    if (input.ndim > sample) return normalized(this, input);
    return tidy(() => normalized(this, input.unsqueeze(0)).squeeze(0));
  }
  override _load_from_state_dict(
    state: Map<string, unknown>,
    prefix: string,
    local_metadata: { version?: number },
    loading: Loading,
  ): void {
    if (local_metadata.version === undefined && !this.track_running_stats) {
      const keys = ['running_mean', 'running_var']
        .map((name) => prefix + name)
        .filter((key) => state.has(key));
      const name = this._get_name();
      if (keys.length > 0)
        loading.error_msgs.push(
          `Unexpected running stats buffer(s) ${keys.map((key) => `"${key}"`).join(' and ')} for ${name} with ` +
            'track_running_stats=False. If state_dict is a checkpoint saved before 0.4.0, this may be expected because ' +
            `${name} does not track running stats by default since 0.4.0. Please remove these keys from state_dict. If ` +
            `the running stats are actually needed, instead set track_running_stats=True in ${name} to enable them. See ` +
            `the documentation of ${name} for details.`,
        );
      for (const key of keys) state.delete(key);
    }
    super._load_from_state_dict(state, prefix, local_metadata, loading);
  }
}

class InstanceNorm1dClass extends InstanceNorm {
  /**
   * Normalizes each channel of each sample of (N, C, L) or (C, L). affine and track_running_stats default to false.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html
   */
  constructor(...args: InstanceNormArguments) {
    super('InstanceNorm1d', args);
  }
  override _get_no_batch_dim(): number {
    return 2;
  }
}
export const InstanceNorm1d = callable(InstanceNorm1dClass);
export type InstanceNorm1d = InstanceNorm1dClass;

class InstanceNorm2dClass extends InstanceNorm {
  /** The same for (N, C, H, W) or (C, H, W). */
  constructor(...args: InstanceNormArguments) {
    super('InstanceNorm2d', args);
  }
  override _get_no_batch_dim(): number {
    return 3;
  }
}
export const InstanceNorm2d = callable(InstanceNorm2dClass);
export type InstanceNorm2d = InstanceNorm2dClass;

class InstanceNorm3dClass extends InstanceNorm {
  /** The same for (N, C, D, H, W) or (C, D, H, W). */
  constructor(...args: InstanceNormArguments) {
    super('InstanceNorm3d', args);
  }
  override _get_no_batch_dim(): number {
    return 4;
  }
}
export const InstanceNorm3d = callable(InstanceNorm3dClass);
export type InstanceNorm3d = InstanceNorm3dClass;
