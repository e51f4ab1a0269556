/** Losses with a margin: https://docs.pytorch.org/docs/stable/nn.html#loss-functions */
import { ValueError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read, type Forms, type ReductionOptions } from '../functional/arguments.js';
import type {
  DistanceFunction,
  MultiMarginOptions,
  TripletDistanceOptions,
  TripletOptions,
} from '../functional/margin_loss.js';
import { callable } from './callable.js';
import { PairwiseDistance } from './distance.js';
import { Loss, WeightedLoss, plainNames } from './loss_base.js';

export interface MarginLossOptions extends ReductionOptions {
  margin?: number;
}
type MarginArguments = Forms<[margin: number], MarginLossOptions>;

class MarginLoss extends Loss {
  margin: number;

  constructor(op: string, standard: number, args: readonly unknown[]) {
    const given = read<MarginLossOptions>(op, ['margin', ...plainNames], args, 0);
    super(given);
    this.margin = given.margin ?? standard;
  }
}

class MarginRankingLossClass extends MarginLoss {
  /**
   * max(0, -target · (input1 - input2) + margin), where target is 1 or -1; margin defaults to 0.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html
   */
  constructor(...args: MarginArguments) {
    super('MarginRankingLoss', 0, args);
  }
  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    const { margin, reduction } = this;
    return F.margin_ranking_loss(input1, input2, target, { margin, reduction });
  }
}
export const MarginRankingLoss = callable(MarginRankingLossClass);
export type MarginRankingLoss = MarginRankingLossClass;

class CosineEmbeddingLossClass extends MarginLoss {
  /**
   * 1 - cos(input1, input2) where target is 1, max(0, cos - margin) where it is -1; margin defaults to 0.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html
   */
  constructor(...args: MarginArguments) {
    super('CosineEmbeddingLoss', 0, args);
  }
  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    const { margin, reduction } = this;
    return F.cosine_embedding_loss(input1, input2, target, { margin, reduction });
  }
}
export const CosineEmbeddingLoss = callable(CosineEmbeddingLossClass);
export type CosineEmbeddingLoss = CosineEmbeddingLossClass;

class HingeEmbeddingLossClass extends MarginLoss {
  /**
   * The input where target is 1, max(0, margin - input) where it is -1; margin defaults to 1.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html
   */
  constructor(...args: MarginArguments) {
    super('HingeEmbeddingLoss', 1, args);
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { margin, reduction } = this;
    return F.hinge_embedding_loss(input, target, { margin, reduction });
  }
}
export const HingeEmbeddingLoss = callable(HingeEmbeddingLossClass);
export type HingeEmbeddingLoss = HingeEmbeddingLossClass;

class MultiLabelMarginLossClass extends Loss {
  /**
   * Hinge loss for the classes that the rows of target (N, C) list before their first -1.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html
   */
  constructor(options?: ReductionOptions);
  constructor(...args: unknown[]) {
    super(read<ReductionOptions>('MultiLabelMarginLoss', plainNames, args, 0));
  }
  forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabel_margin_loss(input, target, { reduction: this.reduction });
  }
}
export const MultiLabelMarginLoss = callable(MultiLabelMarginLossClass);
export type MultiLabelMarginLoss = MultiLabelMarginLossClass;

class SoftMarginLossClass extends Loss {
  /**
   * log(1 + exp(-target · input)), where target is 1 or -1.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
   */
  constructor(options?: ReductionOptions);
  constructor(...args: unknown[]) {
    super(read<ReductionOptions>('SoftMarginLoss', plainNames, args, 0));
  }
  forward(input: Tensor, target: Tensor): Tensor {
    return F.soft_margin_loss(input, target, { reduction: this.reduction });
  }
}
export const SoftMarginLoss = callable(SoftMarginLossClass);
export type SoftMarginLoss = SoftMarginLossClass;

class MultiMarginLossClass extends WeightedLoss {
  p: number;
  margin: number;

  /**
   * Hinge loss of scores (N, C) for classes (N).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html
   * @throws {ValueError} p is neither 1 nor 2, or weight has not one dimension
   */
  constructor(...args: Forms<[p: number, margin: number, weight: Tensor | null], MultiMarginOptions>) {
    const names = ['p', 'margin', 'weight', ...plainNames];
    const given = read<MultiMarginOptions>('MultiMarginLoss', names, args, 0);
    const { p = 1, margin = 1, weight } = given;
    if (p !== 1 && p !== 2) throw new ValueError('only p == 1 and p == 2 supported', 'MultiMarginLoss');
    if (weight && weight.ndim !== 1)
      throw new ValueError(
        `MultiMarginLoss: expected weight to be None or 1D tensor, got ${weight.ndim}D instead`,
        'MultiMarginLoss',
      );
    super(given);
    this.p = p;
    this.margin = margin;
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { p, margin, weight, reduction } = this;
    return F.multi_margin_loss(input, target, { p, margin, weight, reduction });
  }
}
export const MultiMarginLoss = callable(MultiMarginLossClass);
export type MultiMarginLoss = MultiMarginLossClass;

function checkMargin(op: string, margin: number): void {
  if (margin <= 0)
    throw new ValueError(`${op}: expected margin to be greater than 0, got ${margin} instead`, op);
}

class TripletMarginLossClass extends Loss {
  margin: number;
  p: number;
  eps: number;
  swap: boolean;

  /**
   * max(0, d(anchor, positive) - d(anchor, negative) + margin), d a p-norm.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html
   * @throws {ValueError} margin is not greater than 0
   */
  constructor(...args: Forms<[margin: number, p: number, eps: number, swap: boolean], TripletOptions>) {
    const names = ['margin', 'p', 'eps', 'swap', ...plainNames];
    const given = read<TripletOptions>('TripletMarginLoss', names, args, 0);
    const { margin = 1 } = given;
    checkMargin('TripletMarginLoss', margin);
    super(given);
    this.margin = margin;
    this.p = given.p ?? 2;
    this.eps = given.eps ?? 1e-6;
    this.swap = given.swap ?? false;
  }
  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { margin, p, eps, swap, reduction } = this;
    return F.triplet_margin_loss(anchor, positive, negative, { margin, p, eps, swap, reduction });
  }
}
export const TripletMarginLoss = callable(TripletMarginLossClass);
export type TripletMarginLoss = TripletMarginLossClass;

class TripletMarginWithDistanceLossClass extends Loss {
  distance_function: DistanceFunction;
  margin: number;
  swap: boolean;

  /**
   * TripletMarginLoss with any distance, PairwiseDistance unless given.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html
   * @throws {ValueError} margin is not greater than 0
   */
  constructor(options: TripletDistanceOptions = {}) {
    const op = 'TripletMarginWithDistanceLoss';
    const names = ['distance_function', 'margin', 'swap', 'reduction'];
    const given = read<TripletDistanceOptions>(op, names, [options], 0);
    const { margin = 1 } = given;
    checkMargin(op, margin);
    super(given);
    this.distance_function = given.distance_function ?? new PairwiseDistance();
    this.margin = margin;
    this.swap = given.swap ?? false;
  }
  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { distance_function, margin, swap, reduction } = this;
    const options = { distance_function, margin, swap, reduction };
    return F.triplet_margin_with_distance_loss(anchor, positive, negative, options);
  }
}
export const TripletMarginWithDistanceLoss = callable(TripletMarginWithDistanceLossClass);
export type TripletMarginWithDistanceLoss = TripletMarginWithDistanceLossClass;
