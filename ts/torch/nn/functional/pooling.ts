/** Pooling: https://docs.pytorch.org/docs/stable/nn.functional.html#pooling-functions */
import { operator } from '../../dispatch.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import { read, repeated, type Forms, type Sizes } from './arguments.js';

type Call = (...args: unknown[]) => Tensor;
type PairCall = (...args: unknown[]) => [Tensor, Tensor];
/** Result and, where they are asked for, the flat indices of its elements within each channel. */
export type WithIndices<Options> = Options extends { return_indices: true } ? [Tensor, Tensor] : Tensor;

export interface MaxPoolOptions {
  /** Default: kernel_size. */
  stride?: Sizes | null;
  /** Implicit minus infinity on both sides; default: 0. */
  padding?: Sizes;
  /** Default: 1. */
  dilation?: Sizes;
  /** Whether a window may begin inside and end outside; default: false. */
  ceil_mode?: boolean;
  /** Whether indices are returned too; default: false. */
  return_indices?: boolean;
}
type MaxPoolGiven = { input: Tensor; kernel_size: Sizes } & MaxPoolOptions;
const maxPoolNames = ['input', 'kernel_size', 'stride', 'padding', 'dilation', 'ceil_mode', 'return_indices'];
type MaxPoolPositions = [stride: Sizes | null, padding: Sizes, dilation: Sizes, ceil_mode: boolean];

export interface MaxPool {
  (input: Tensor, kernel_size: Sizes, options: MaxPoolOptions & { return_indices: true }): [Tensor, Tensor];
  (
    input: Tensor,
    kernel_size: Sizes,
    ...rest: Forms<MaxPoolPositions, MaxPoolOptions & { return_indices?: false }>
  ): Tensor;
  (
    input: Tensor,
    kernel_size: Sizes,
    ...rest: Forms<MaxPoolPositions, MaxPoolOptions>
  ): Tensor | [Tensor, Tensor];
}
type MaxPoolWithIndices = (
  input: Tensor,
  kernel_size: Sizes,
  ...rest: Forms<MaxPoolPositions, MaxPoolOptions>
) => [Tensor, Tensor];

function maxPool(dims: 1 | 2 | 3): [MaxPool, MaxPoolWithIndices] {
  const name = `max_pool${dims}d`;
  const plain = operator(name, ['default']) as Call;
  const indexed = operator(`${name}_with_indices`, ['default']) as PairCall;
  const take = (args: unknown[], always: boolean): Tensor | [Tensor, Tensor] => {
    const given = read<MaxPoolGiven>(name, maxPoolNames, args, 1, 2);
    const { input, kernel_size, stride, padding = 0, dilation = 1, ceil_mode = false } = given;
    const call = always || given.return_indices ? indexed : plain;
    return call(input, kernel_size, stride ?? [], padding, dilation, ceil_mode);
  };
  return [
    Object.defineProperty((...args: unknown[]) => take(args, false), 'name', { value: name }) as MaxPool,
    Object.defineProperty((...args: unknown[]) => take(args, true), 'name', {
      value: `${name}_with_indices`,
    }) as MaxPoolWithIndices,
  ];
}

/** Maxima of windows over (N, C, L) or (C, L). */
export const [max_pool1d, max_pool1d_with_indices] = maxPool(1);
/** Maxima of windows over (N, C, H, W) or (C, H, W). */
export const [max_pool2d, max_pool2d_with_indices] = maxPool(2);
/** Maxima of windows over (N, C, D, H, W) or (C, D, H, W). */
export const [max_pool3d, max_pool3d_with_indices] = maxPool(3);

export interface AvgPool1dOptions {
  /** Default: kernel_size. */
  stride?: Sizes | null;
  /** Implicit zeros on both sides; default: 0. */
  padding?: Sizes;
  ceil_mode?: boolean;
  /** Whether those zeros count; default: true. */
  count_include_pad?: boolean;
}
export interface AvgPoolOptions extends AvgPool1dOptions {
  /** What sums are divided by, instead of the number of elements. */
  divisor_override?: number | null;
}
type AvgPool1dPositions = [
  stride: Sizes | null,
  padding: Sizes,
  ceil_mode: boolean,
  count_include_pad: boolean,
];
type AvgPool<Options, Positions extends readonly unknown[]> = (
  input: Tensor,
  kernel_size: Sizes,
  ...rest: Forms<Positions, Options>
) => Tensor;

function avgPool(dims: 1 | 2 | 3): (...args: unknown[]) => Tensor {
  const name = `avg_pool${dims}d`;
  const call = operator(name, ['default']) as Call;
  const names = ['input', 'kernel_size', 'stride', 'padding', 'ceil_mode', 'count_include_pad'];
  if (dims > 1) names.push('divisor_override');
  const result = (...args: unknown[]): Tensor => {
    const given = read<{ input: Tensor; kernel_size: Sizes } & AvgPoolOptions>(name, names, args, 1, 2);
    const { input, kernel_size, stride, padding = 0, ceil_mode = false, count_include_pad = true } = given;
    const common = [input, kernel_size, stride ?? [], padding, ceil_mode, count_include_pad];
    return dims === 1 ? call(...common) : call(...common, given.divisor_override ?? null);
  };
  return Object.defineProperty(result, 'name', { value: name });
}

/** Means of windows over (N, C, L) or (C, L). */
export const avg_pool1d = avgPool(1) as AvgPool<AvgPool1dOptions, AvgPool1dPositions>;
type AvgPoolNd = AvgPool<AvgPoolOptions, [...AvgPool1dPositions, divisor_override: number | null]>;
/** Means of windows over (N, C, H, W) or (C, H, W). */
export const avg_pool2d = avgPool(2) as AvgPoolNd;
/** Means of windows over (N, C, D, H, W) or (C, D, H, W). */
export const avg_pool3d = avgPool(3) as AvgPoolNd;

export interface LPPoolOptions {
  /** Default: kernel_size. */
  stride?: Sizes | null;
  ceil_mode?: boolean;
}
type LPPool = (
  input: Tensor,
  norm_type: number,
  kernel_size: Sizes,
  ...rest: Forms<[stride: Sizes | null, ceil_mode: boolean], LPPoolOptions>
) => Tensor;
type LPPoolGiven = { input: Tensor; norm_type: number; kernel_size: Sizes } & LPPoolOptions;

function lpPool(
  dims: 1 | 2 | 3,
  average: (...args: [Tensor, Sizes, AvgPool1dOptions]) => Tensor,
  maximum: (...args: [Tensor, Sizes, { stride?: Sizes | null; ceil_mode: boolean }]) => Tensor,
): LPPool {
  const name = `lp_pool${dims}d`;
  const names = ['input', 'norm_type', 'kernel_size', 'stride', 'ceil_mode'];
  const result = (...args: unknown[]): Tensor => {
    const given = read<LPPoolGiven>(name, names, args, 1, 3);
    const { input, kernel_size, ceil_mode = false, stride = null } = given;
    const norm_type = Number(given.norm_type);
    const options = { stride, ceil_mode };
    return tidy(() => {
      if (norm_type === Infinity) return maximum(input.abs(), kernel_size, options);
      if (norm_type === -Infinity) return maximum(input.abs().neg(), kernel_size, options).neg();
      const mean = average(input.pow(norm_type), kernel_size, options);
      const size = repeated(kernel_size, dims).reduce((count, length) => count * length, 1);
      return mean
        .sign()
        .mul(mean.abs().relu())
        .mul(size)
        .pow(1 / norm_type);
    });
  };
  return Object.defineProperty(result, 'name', { value: name });
}

/** p-norms of windows over (N, C, L): the sum for 1, the maximum for Infinity. */
export const lp_pool1d = lpPool(1, avg_pool1d, max_pool1d);
/** p-norms of windows over (N, C, H, W). */
export const lp_pool2d = lpPool(2, avg_pool2d, max_pool2d);
/** p-norms of windows over (N, C, D, H, W). */
export const lp_pool3d = lpPool(3, avg_pool3d, max_pool3d);
