/** Figures to compare: the same of both sides, as exactly as the work allows. */
import type { Tensor } from '../../ts/torch/index.js';
import type { Check } from './benchmark.js';

/** All elements. */
export function numbers(tensor: Tensor): Check {
  return Array.from(tensor.detach().double().flatten().toTypedArray() as Float64Array);
}

/** For large tensors: the sum, the sum of squares and the first elements. */
export function digest(...tensors: readonly Tensor[]): Check {
  return tensors.flatMap((tensor) => {
    const flat = tensor.detach().double().flatten();
    return [
      flat.sum().item(),
      flat.square().sum().item(),
      ...numbers(flat.narrow(0, 0, Math.min(4, flat.length))),
    ];
  });
}

/** The largest difference, relative to the larger number; differences below `floor` count as none. */
export function difference(a: Check, b: Check, floor = 1e-9): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((worst, value, i) => {
    const other = b[i] as number;
    const gap = Math.abs(value - other);
    const share = gap <= floor ? 0 : gap / Math.max(Math.abs(value), Math.abs(other));
    // NaN on one side is no agreement.
    return Number.isNaN(share) ? Infinity : Math.max(worst, share);
  }, 0);
}
