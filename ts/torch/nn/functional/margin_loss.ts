/** Losses with a margin: https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions */
import { operator } from '../../dispatch.js';
import { TorchError, ValueError } from '../../errors.js';
import { minimum } from '../../generated/functions.js';
import { pairwise_distance } from '../../generated/nn_functional.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import type { Reduction } from '../../types.js';
import { read, reduced, reductionOf, type Forms, type ReductionOptions } from './arguments.js';

type Call = (...args: unknown[]) => Tensor;
const aten = {
  cosine_embedding_loss: operator('cosine_embedding_loss', ['default']) as Call,
  hinge_embedding_loss: operator('hinge_embedding_loss', ['default']) as Call,
  margin_ranking_loss: operator('margin_ranking_loss', ['default']) as Call,
  multi_margin_loss: operator('multi_margin_loss', ['default']) as Call,
  multilabel_margin_loss: operator('multilabel_margin_loss', ['default']) as Call,
  soft_margin_loss: operator('soft_margin_loss', ['default']) as Call,
  triplet_margin_loss: operator('triplet_margin_loss', ['default']) as Call,
};

interface Pair {
  input: Tensor;
  target: Tensor;
}
interface Two {
  input1: Tensor;
  input2: Tensor;
  target: Tensor;
}
interface MarginOptions extends ReductionOptions {
  margin?: number;
}
const twoNames = ['input1', 'input2', 'target', 'margin', 'size_average', 'reduce', 'reduction'];

/**
 * max(0, -target · (input1 - input2) + margin), where target is 1 or -1; margin defaults to 0.
 * @throws {TorchError} the numbers of dimensions differ
 */
export function margin_ranking_loss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  ...rest: Forms<[margin: number], MarginOptions>
): Tensor;
export function margin_ranking_loss(...args: unknown[]): Tensor {
  const op = 'margin_ranking_loss';
  const given = read<Two & MarginOptions>(op, twoNames, args, 3);
  const { input1, input2, target, margin = 0 } = given;
  if (input1.ndim !== input2.ndim || input1.ndim !== target.ndim)
    throw new TorchError(
      `margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: ` +
        `${String(input1.shape)}, input2: ${String(input2.shape)}, target: ${String(target.shape)} `,
      op,
    );
  return aten.margin_ranking_loss(input1, input2, target, margin, reductionOf(given));
}

/** 1 - cos(input1, input2) where target is 1, max(0, cos - margin) where it is -1; margin defaults to 0. */
export function cosine_embedding_loss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  ...rest: Forms<[margin: number], MarginOptions>
): Tensor;
export function cosine_embedding_loss(...args: unknown[]): Tensor {
  const given = read<Two & MarginOptions>('cosine_embedding_loss', twoNames, args, 3);
  const { input1, input2, target, margin = 0 } = given;
  return aten.cosine_embedding_loss(input1, input2, target, margin, reductionOf(given));
}

/** The input where target is 1, max(0, margin - input) where it is -1; margin defaults to 1. */
export function hinge_embedding_loss(
  input: Tensor,
  target: Tensor,
  ...rest: Forms<[margin: number], MarginOptions>
): Tensor;
export function hinge_embedding_loss(...args: unknown[]): Tensor {
  const names = ['input', 'target', 'margin', 'size_average', 'reduce', 'reduction'];
  const given = read<Pair & MarginOptions>('hinge_embedding_loss', names, args, 2);
  const { input, target, margin = 1 } = given;
  return aten.hinge_embedding_loss(input, target, margin, reductionOf(given));
}

const pairNames = ['input', 'target', 'size_average', 'reduce', 'reduction'];

/** Hinge loss for the classes that the rows of target (N, C) or (C) list before their first -1. */
export function multilabel_margin_loss(input: Tensor, target: Tensor, options?: ReductionOptions): Tensor;
export function multilabel_margin_loss(...args: unknown[]): Tensor {
  const given = read<Pair & ReductionOptions>('multilabel_margin_loss', pairNames, args, 2);
  return aten.multilabel_margin_loss(given.input, given.target, reductionOf(given));
}

/** log(1 + exp(-target · input)), where target is 1 or -1. */
export function soft_margin_loss(input: Tensor, target: Tensor, options?: ReductionOptions): Tensor;
export function soft_margin_loss(...args: unknown[]): Tensor {
  const given = read<Pair & ReductionOptions>('soft_margin_loss', pairNames, args, 2);
  return aten.soft_margin_loss(given.input, given.target, reductionOf(given));
}

export interface MultiMarginOptions extends ReductionOptions {
  /** 1 (default) or 2. */
  p?: number;
  /** Default: 1. */
  margin?: number;
  /** Factors of the classes. */
  weight?: Tensor | null;
}
/**
 * Hinge loss of scores (N, C) or (C) for the classes (N) or ().
 * @throws {ValueError} p is neither 1 nor 2, or weight has not one dimension
 */
export function multi_margin_loss(
  input: Tensor,
  target: Tensor,
  ...rest: Forms<[p: number, margin: number, weight: Tensor | null], MultiMarginOptions>
): Tensor;
export function multi_margin_loss(...args: unknown[]): Tensor {
  const op = 'multi_margin_loss';
  const names = ['input', 'target', 'p', 'margin', 'weight', 'size_average', 'reduce', 'reduction'];
  const given = read<Pair & MultiMarginOptions>(op, names, args, 2);
  const { input, target, p = 1, margin = 1, weight } = given;
  if (p !== 1 && p !== 2) throw new ValueError('only p == 1 and p == 2 supported', op);
  if (weight && weight.ndim !== 1) throw new ValueError('weight must be one-dimensional', op);
  return aten.multi_margin_loss(input, target, p, margin, weight ?? null, reductionOf(given));
}

interface Three {
  anchor: Tensor;
  positive: Tensor;
  negative: Tensor;
}
export interface TripletOptions extends ReductionOptions {
  /** Greater than 0; default: 1. */
  margin?: number;
  /** Order of the distance; default: 2. */
  p?: number;
  /** Default: 1e-6. */
  eps?: number;
  /** Whether the distance of positive and negative counts where it is the smaller one; default: false. */
  swap?: boolean;
}

function checkMargin(op: string, margin: number): void {
  if (margin <= 0) throw new ValueError(`margin must be greater than 0, got ${margin}`, op);
}

/**
 * max(0, d(anchor, positive) - d(anchor, negative) + margin)
 * @throws {ValueError} margin is not greater than 0
 */
export function triplet_margin_loss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  ...rest: Forms<[margin: number, p: number, eps: number, swap: boolean], TripletOptions>
): Tensor;
export function triplet_margin_loss(...args: unknown[]): Tensor {
  const op = 'triplet_margin_loss';
  const names = [
    'anchor',
    'positive',
    'negative',
    'margin',
    'p',
    'eps',
    'swap',
    'size_average',
    'reduce',
    'reduction',
  ];
  const given = read<Three & TripletOptions>(op, names, args, 3);
  const { anchor, positive, negative, margin = 1, p = 2, eps = 1e-6, swap = false } = given;
  checkMargin(op, margin);
  return aten.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, reductionOf(given));
}

export type DistanceFunction = (a: Tensor, b: Tensor) => Tensor;
export interface TripletDistanceOptions {
  /** Default: pairwise_distance. */
  distance_function?: DistanceFunction | null;
  margin?: number;
  swap?: boolean;
  reduction?: Reduction;
}
/**
 * triplet_margin_loss with any distance.
 * @throws {ValueError} margin is not greater than 0
 * @throws {TorchError} the numbers of dimensions differ
 */
export function triplet_margin_with_distance_loss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options?: TripletDistanceOptions,
): Tensor;
export function triplet_margin_with_distance_loss(...args: unknown[]): Tensor {
  const op = 'triplet_margin_with_distance_loss';
  const names = ['anchor', 'positive', 'negative', 'distance_function', 'margin', 'swap', 'reduction'];
  const given = read<Three & TripletDistanceOptions>(op, names, args, 3);
  const { anchor, positive, negative, margin = 1, swap = false, reduction = 'mean' } = given;
  const distance = given.distance_function ?? ((a, b) => pairwise_distance(a, b));
  checkMargin(op, margin);
  if (anchor.ndim !== positive.ndim || positive.ndim !== negative.ndim)
    throw new TorchError(
      'The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: ' +
        `anchor ${anchor.ndim}D, positive ${positive.ndim}D, and negative ${negative.ndim}D inputs`,
      op,
    );
  const loss = (): Tensor => {
    const near = distance(anchor, positive);
    const far = distance(anchor, negative);
    const least = swap ? minimum(far, distance(positive, negative)) : far;
    return reduced(near.add(margin).sub(least).clamp_min(0), reduction, op);
  };
  // What a function of the user's keeps for itself must not be freed.
  return given.distance_function ? loss() : tidy(loss);
}
