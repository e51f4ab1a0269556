/** Metrics that are means over items, as functions of a batch: https://docs.fast.ai/metrics.html */
import { namedArguments } from '../../torch/arguments.js';
import { ValueError } from '../../torch/errors.js';
import type { Tensor } from '../../torch/index.js';
import { functional as F } from '../../torch/nn/index.js';

/** Both as one dimension. @throws {ValueError} they differ in the number of elements */
export function flatten_check(inp: Tensor, targ: Tensor): [inp: Tensor, targ: Tensor] {
  const [a, b] = [inp.contiguous().view(-1), targ.contiguous().view(-1)];
  if (a.shape[0] !== b.shape[0])
    throw new ValueError(
      `predictions and targets differ in the number of elements: [${inp.shape.join(', ')}] and [${targ.shape.join(', ')}]`,
    );
  return [a, b];
}

type Axis = [axis?: number | { axis?: number }];
const axisOf = (op: string, args: Axis): number =>
  (namedArguments(op, ['axis'], args)['axis'] ?? -1) as number;

/**
 * How many predictions are right: the class with the highest value along `axis` (default: -1) against the target.
 * @throws {ValueError} predictions and targets differ in number
 */
export function accuracy(inp: Tensor, targ: Tensor, ...args: Axis): Tensor {
  const [pred, flat] = flatten_check(inp.argmax(axisOf('accuracy', args)), targ);
  return pred.eq(flat).float().mean();
}

/** 1 - `accuracy` */
export function error_rate(inp: Tensor, targ: Tensor, ...args: Axis): Tensor {
  return accuracy(inp, targ, ...args)
    .neg()
    .add(1);
}

/** How many targets are among the `k` (default: 5) highest predictions. */
export function top_k_accuracy(
  inp: Tensor,
  targ: Tensor,
  ...args: [options?: { k?: number; axis?: number }] | [k: number, axis?: number | { axis?: number }]
): Tensor {
  const { k = 5, axis = -1 } = namedArguments('top_k_accuracy', ['k', 'axis'], args) as {
    k?: number;
    axis?: number;
  };
  const [, top] = inp.topk(k, axis) as unknown as [Tensor, Tensor];
  const same = top.eq(targ.unsqueeze(axis).expand_as(top));
  return same.sum(axis).float().mean();
}

export interface MultiOptions {
  /** Default: 0.5. */
  thresh?: number;
  /** Predictions go through a sigmoid first; default: true. */
  sigmoid?: boolean;
}
/** How many labels are right, where an item may have several: predictions above `thresh` against targets of 0 and 1. */
export function accuracy_multi(
  inp: Tensor,
  targ: Tensor,
  ...args: [options?: MultiOptions] | [thresh: number, sigmoid?: boolean | MultiOptions]
): Tensor {
  const given = namedArguments('accuracy_multi', ['thresh', 'sigmoid'], args) as MultiOptions;
  const { thresh = 0.5, sigmoid = true } = given;
  const [flat, target] = flatten_check(inp, targ);
  const pred = sigmoid ? flat.sigmoid() : flat;
  return pred.gt(thresh).eq(target.bool()).float().mean();
}

/** Mean squared error. */
export function mse(inp: Tensor, targ: Tensor): Tensor {
  return F.mse_loss(...flatten_check(inp, targ));
}
/** Mean absolute error. */
export function mae(inp: Tensor, targ: Tensor): Tensor {
  const [a, b] = flatten_check(inp, targ);
  return a.sub(b).abs().mean();
}
/** Mean squared error of log(1 + x). */
export function msle(inp: Tensor, targ: Tensor): Tensor {
  const [a, b] = flatten_check(inp.add(1).log(), targ.add(1).log());
  return F.mse_loss(a, b);
}
/** How many pixels that are not background (`bkg_idx`, default 0) have the right class, of [N, C, H, W] and [N, 1, H, W]. */
export function foreground_acc(
  inp: Tensor,
  targ: Tensor,
  { bkg_idx = 0, axis = 1 }: { bkg_idx?: number; axis?: number } = {},
): Tensor {
  const target = targ.ndim === inp.ndim ? targ.squeeze(1) : targ;
  const mask = target.ne(bkg_idx);
  return inp.argmax(axis).at(mask).eq(target.at(mask)).float().mean();
}
