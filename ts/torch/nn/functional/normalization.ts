/** Normalization: https://docs.pytorch.org/docs/stable/nn.functional.html#normalization-functions */
import { operator } from '../../dispatch.js';
import { TorchError, ValueError } from '../../errors.js';
import { div } from '../../generated/functions.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import { read, type Forms } from './arguments.js';
import { avg_pool2d, avg_pool3d } from './pooling.js';

type Call = (...args: unknown[]) => Tensor;
const aten = {
  batch_norm: operator('batch_norm', ['default']) as Call,
  group_norm: operator('group_norm', ['default']) as Call,
  instance_norm: operator('instance_norm', ['default']) as Call,
  layer_norm: operator('layer_norm', ['default']) as Call,
  pad: operator('constant_pad_nd', ['default']) as Call,
};

function product(sizes: readonly number[]): number {
  return sizes.reduce((count, size) => count * size, 1);
}

interface AffineOptions {
  /** Factor for each channel. */
  weight?: Tensor | null;
  /** Addend for each channel. */
  bias?: Tensor | null;
  /** Added to the variance; default: 1e-5. */
  eps?: number;
}
interface StatisticsOptions extends AffineOptions {
  /** How much of the running statistics a batch replaces; default: 0.1. */
  momentum?: number;
}
export interface BatchNormOptions extends StatisticsOptions {
  running_mean?: Tensor | null;
  running_var?: Tensor | null;
  /** Whether the batch's own statistics are taken, and the running ones updated; default: false. */
  training?: boolean;
}

/**
 * (x - mean) / √(var + eps) · weight + bias for each channel of (N, C, ...), with running statistics or, while
 * training, with those of the batch.
 * @throws {ValueError} one value per channel while training, or an eps that is too small
 */
export function batch_norm(
  input: Tensor,
  running_mean: Tensor | null,
  running_var: Tensor | null,
  ...rest: Forms<
    [weight: Tensor | null, bias: Tensor | null, training: boolean, momentum: number, eps: number],
    Omit<BatchNormOptions, 'running_mean' | 'running_var'>
  >
): Tensor;
export function batch_norm(input: Tensor, options: BatchNormOptions): Tensor;
export function batch_norm(...args: unknown[]): Tensor {
  const op = 'batch_norm';
  const names = ['input', 'running_mean', 'running_var', 'weight', 'bias', 'training', 'momentum', 'eps'];
  const given = read<{ input: Tensor } & BatchNormOptions>(op, names, args, 1, 3);
  const {
    input,
    weight,
    bias,
    running_mean,
    running_var,
    training = false,
    momentum = 0.1,
    eps = 1e-5,
  } = given;
  if (training && input.size(0) * product(input.shape.slice(2)) === 1)
    throw new ValueError(
      `Expected more than 1 value per channel when training, got input size ${String(input.shape)}`,
      op,
    );
  if (training && eps <= 0)
    throw new ValueError(`batch_norm eps must be positive during training, but got ${eps}`, op);
  if (eps < 0) throw new ValueError(`batch_norm eps must be non-negative, but got ${eps}`, op);
  return aten.batch_norm(
    input,
    weight ?? null,
    bias ?? null,
    running_mean ?? null,
    running_var ?? null,
    training,
    momentum,
    eps,
    true,
  );
}

export interface InstanceNormOptions extends StatisticsOptions {
  running_mean?: Tensor | null;
  running_var?: Tensor | null;
  /** Whether each instance's own statistics are taken; default: true. */
  use_input_stats?: boolean;
}
/**
 * Normalizes each channel of each sample of (N, C, ...) by itself.
 * @throws {ValueError} one value per channel and sample
 */
export function instance_norm(
  input: Tensor,
  ...rest: Forms<
    [
      running_mean: Tensor | null,
      running_var: Tensor | null,
      weight: Tensor | null,
      bias: Tensor | null,
      use_input_stats: boolean,
      momentum: number,
      eps: number,
    ],
    InstanceNormOptions
  >
): Tensor;
export function instance_norm(...args: unknown[]): Tensor {
  const op = 'instance_norm';
  const names = [
    'input',
    'running_mean',
    'running_var',
    'weight',
    'bias',
    'use_input_stats',
    'momentum',
    'eps',
  ];
  const given = read<{ input: Tensor } & InstanceNormOptions>(op, names, args, 1);
  const { input, running_mean, running_var, weight, bias } = given;
  const { use_input_stats = true, momentum = 0.1, eps = 1e-5 } = given;
  if (use_input_stats && product(input.shape.slice(2)) === 1)
    throw new ValueError(
      `Expected more than 1 spatial element when training, got input size ${String(input.shape)}`,
      op,
    );
  return aten.instance_norm(
    input,
    weight ?? null,
    bias ?? null,
    running_mean ?? null,
    running_var ?? null,
    use_input_stats,
    momentum,
    eps,
    true,
  );
}

/**
 * Normalizes each of `num_groups` groups of channels of (N, C, ...).
 * @throws {TorchError} less than two dimensions
 * @throws {ValueError} one value per group
 */
export function group_norm(
  input: Tensor,
  num_groups: number,
  ...rest: Forms<[weight: Tensor | null, bias: Tensor | null, eps: number], AffineOptions>
): Tensor;
export function group_norm(...args: unknown[]): Tensor {
  const op = 'group_norm';
  type Given = { input: Tensor; num_groups: number } & AffineOptions;
  const names = ['input', 'num_groups', 'weight', 'bias', 'eps'];
  const { input, num_groups, weight, bias, eps = 1e-5 } = read<Given>(op, names, args, 1, 2);
  if (input.ndim < 2)
    throw new TorchError(`Expected at least 2 dimensions for input tensor but received ${input.ndim}`, op);
  const [batch, channels, ...spatial] = input.shape;
  const perGroup = Math.floor((batch! * channels!) / num_groups);
  if (perGroup * product(spatial) === 1)
    throw new ValueError(
      `Expected more than 1 value per channel when training, got input size [${[perGroup, num_groups, ...spatial].join(', ')}]`,
      op,
    );
  return aten.group_norm(input, num_groups, weight ?? null, bias ?? null, eps, true);
}

/** Normalizes over the last dimensions, those of `normalized_shape`. */
export function layer_norm(
  input: Tensor,
  normalized_shape: readonly number[],
  ...rest: Forms<[weight: Tensor | null, bias: Tensor | null, eps: number], AffineOptions>
): Tensor;
export function layer_norm(...args: unknown[]): Tensor {
  type Given = { input: Tensor; normalized_shape: readonly number[] } & AffineOptions;
  const names = ['input', 'normalized_shape', 'weight', 'bias', 'eps'];
  const { input, normalized_shape, weight, bias, eps = 1e-5 } = read<Given>('layer_norm', names, args, 1, 2);
  return aten.layer_norm(input, normalized_shape, weight ?? null, bias ?? null, eps, true);
}

interface LocalResponseOptions {
  /** Default: 1e-4. */
  alpha?: number;
  /** Default: 0.75. */
  beta?: number;
  /** Default: 1. */
  k?: number;
}
/**
 * Divides each element of (N, C, ...) by (k + alpha · mean of the squares of `size` neighbouring channels)^beta.
 * @throws {ValueError} less than three dimensions
 */
export function local_response_norm(
  input: Tensor,
  size: number,
  ...rest: Forms<[alpha: number, beta: number, k: number], LocalResponseOptions>
): Tensor;
export function local_response_norm(...args: unknown[]): Tensor {
  const op = 'local_response_norm';
  type Given = { input: Tensor; size: number } & LocalResponseOptions;
  const names = ['input', 'size', 'alpha', 'beta', 'k'];
  const { input, size, alpha = 1e-4, beta = 0.75, k = 1 } = read<Given>(op, names, args, 1, 2);
  const { ndim, shape } = input;
  if (ndim < 3)
    throw new ValueError(`Expected 3D or higher dimensionality input (got ${ndim} dimensions)`, op);
  if (input.numel() === 0) return input;
  const around = [Math.floor(size / 2), Math.floor((size - 1) / 2)];
  return tidy(() => {
    const squares = input.mul(input);
    const one = { stride: 1 };
    const means =
      ndim === 3
        ? avg_pool2d(aten.pad(squares.unsqueeze(1), [0, 0, ...around]), [size, 1], one).squeeze(1)
        : avg_pool3d(
            aten.pad(squares.view(shape[0]!, 1, shape[1]!, shape[2]!, -1), [0, 0, 0, 0, ...around]),
            [size, 1, 1],
            one,
          )
            .squeeze(1)
            .view(shape);
    return input.div(means.mul(alpha).add(k).pow(beta));
  });
}

interface NormalizeOptions {
  /** Order of the norm; default: 2. */
  p?: number;
  /** Default: 1. */
  dim?: number | readonly number[];
  /** The least that is divided by; default: 1e-12. */
  eps?: number;
  /** Where the result goes; without gradient. */
  out?: Tensor | null;
}
/** Divides by the p-norm along `dim`. */
export function normalize(
  input: Tensor,
  ...rest: Forms<[p: number, dim: number | readonly number[], eps: number], NormalizeOptions>
): Tensor;
export function normalize(...args: unknown[]): Tensor {
  const names = ['input', 'p', 'dim', 'eps', 'out'];
  const given = read<{ input: Tensor } & NormalizeOptions>('normalize', names, args, 1);
  const { input, p = 2, dim = 1, eps = 1e-12, out } = given;
  return tidy(() => {
    const length = input.norm(p, dim, true).clamp_min(eps).expand_as(input);
    return out ? div(input, length, { out }) : input.div(length);
  });
}
