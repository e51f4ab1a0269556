/** Pooling: https://docs.fast.ai/layers.html#pooling-layers */
import { ArgumentError } from '../../torch/errors.js';
import { callable, cat, nn, type Tensor } from '../../torch/index.js';
import { Flatten } from './basic.js';

class AdaptiveConcatPool1dClass extends nn.Module {
  readonly size: number;
  declare ap: nn.AdaptiveAvgPool1d;
  declare mp: nn.AdaptiveMaxPool1d;

  /** [N, C, L] to [N, 2 C, size]: the maxima, then the means. `size` defaults to 1. */
  constructor(size: number | null = null) {
    super();
    this.size = size ?? 1;
    this.ap = nn.AdaptiveAvgPool1d(this.size);
    this.mp = nn.AdaptiveMaxPool1d(this.size);
  }
  forward(x: Tensor): Tensor {
    return cat([this.mp(x), this.ap(x)], 1);
  }
}
export const AdaptiveConcatPool1d = callable(AdaptiveConcatPool1dClass);
export type AdaptiveConcatPool1d = AdaptiveConcatPool1dClass;

class AdaptiveConcatPool2dClass extends nn.Module {
  readonly size: number;
  declare ap: nn.AdaptiveAvgPool2d;
  declare mp: nn.AdaptiveMaxPool2d;

  /** [N, C, H, W] to [N, 2 C, size, size]: the maxima, then the means. `size` defaults to 1. */
  constructor(size: number | null = null) {
    super();
    this.size = size ?? 1;
    this.ap = nn.AdaptiveAvgPool2d(this.size);
    this.mp = nn.AdaptiveMaxPool2d(this.size);
  }
  forward(x: Tensor): Tensor {
    return cat([this.mp(x), this.ap(x)], 1);
  }
}
export const AdaptiveConcatPool2d = callable(AdaptiveConcatPool2dClass);
export type AdaptiveConcatPool2d = AdaptiveConcatPool2dClass;

/** How to pool: by means, maxima, or both. */
export const PoolType = { Avg: 'Avg', Max: 'Max', Cat: 'Cat' } as const;
export type PoolType = (typeof PoolType)[keyof typeof PoolType];

/** The pooling layer of a kind, which takes the size of its output. */
export function adaptive_pool(pool_type: PoolType): (size: number) => nn.AnyModule {
  if (pool_type === 'Avg') return (size) => nn.AdaptiveAvgPool2d(size);
  return pool_type === 'Max' ? (size) => nn.AdaptiveMaxPool2d(size) : (size) => AdaptiveConcatPool2d(size);
}

class PoolFlattenClass extends nn.Sequential {
  /** [N, C, H, W] to [N, C], or [N, 2 C] for PoolType.Cat. */
  constructor(pool_type: PoolType = PoolType.Avg) {
    super(adaptive_pool(pool_type)(1), Flatten());
  }
}
export const PoolFlatten = callable(PoolFlattenClass);
export type PoolFlatten = PoolFlattenClass;

/** One of three classes by the number of dimensions. @throws {ArgumentError} it is not 1, 2 or 3 */
export function byDimensions<T>(op: string, ndim: number, classes: readonly [T, T, T]): T {
  const found = classes[ndim - 1];
  if (found === undefined) throw new ArgumentError(`${op}(): ndim must be 1, 2 or 3, not ${ndim}`, op);
  return found;
}

/** nn.AdaptiveAvgPool1d, 2d (default) or 3d with an output of size `sz` (default: 1). */
export function AdaptiveAvgPool(sz = 1, { ndim = 2 }: { ndim?: number } = {}): nn.AnyModule {
  const make = byDimensions<(size: number) => nn.AnyModule>('AdaptiveAvgPool', ndim, [
    (size) => nn.AdaptiveAvgPool1d(size),
    (size) => nn.AdaptiveAvgPool2d(size),
    (size) => nn.AdaptiveAvgPool3d(size),
  ]);
  return make(sz);
}

export interface PoolOptions {
  stride?: number | null;
  padding?: number;
  ndim?: number;
  ceil_mode?: boolean;
}
function poolOptions({ stride, padding = 0, ceil_mode = false }: PoolOptions) {
  return { ...(stride === null || stride === undefined ? {} : { stride }), padding, ceil_mode };
}

/** nn.MaxPool1d, 2d (default) or 3d. */
export function MaxPool(ks = 2, options: PoolOptions = {}): nn.AnyModule {
  const given = poolOptions(options);
  const make = byDimensions<() => nn.AnyModule>('MaxPool', options.ndim ?? 2, [
    () => nn.MaxPool1d(ks, given),
    () => nn.MaxPool2d(ks, given),
    () => nn.MaxPool3d(ks, given),
  ]);
  return make();
}
/** nn.AvgPool1d, 2d (default) or 3d. */
export function AvgPool(ks = 2, options: PoolOptions = {}): nn.AnyModule {
  const given = poolOptions(options);
  const make = byDimensions<() => nn.AnyModule>('AvgPool', options.ndim ?? 2, [
    () => nn.AvgPool1d(ks, given),
    () => nn.AvgPool2d(ks, given),
    () => nn.AvgPool3d(ks, given),
  ]);
  return make();
}
