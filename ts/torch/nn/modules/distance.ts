/** Distances: https://docs.pytorch.org/docs/stable/nn.html#distance-functions */
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read, type Forms } from '../functional/arguments.js';
import { callable } from './callable.js';
import { Module } from './module.js';

export interface PairwiseDistanceOptions {
  /** Order of the norm; default: 2. */
  p?: number;
  /** Added to the differences; default: 1e-6. */
  eps?: number;
  /** Default: false. */
  keepdim?: boolean;
}

class PairwiseDistanceClass extends Module {
  norm: number;
  eps: number;
  keepdim: boolean;

  /**
   * p-norms of the differences along the last dimension.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html
   */
  constructor(...args: Forms<[p: number, eps: number, keepdim: boolean], PairwiseDistanceOptions>) {
    super();
    const given = read<PairwiseDistanceOptions>('PairwiseDistance', ['p', 'eps', 'keepdim'], args, 0);
    this.norm = given.p ?? 2;
    this.eps = given.eps ?? 1e-6;
    this.keepdim = given.keepdim ?? false;
  }
  forward(x1: Tensor, x2: Tensor): Tensor {
    return F.pairwise_distance(x1, x2, this.norm, this.eps, this.keepdim);
  }
}
export const PairwiseDistance = callable(PairwiseDistanceClass);
export type PairwiseDistance = PairwiseDistanceClass;

export interface CosineSimilarityOptions {
  /** Default: 1. */
  dim?: number;
  /** The least product of lengths that is divided by; default: 1e-8. */
  eps?: number;
}

class CosineSimilarityClass extends Module {
  dim: number;
  eps: number;

  /**
   * Cosines of the angles between the vectors along `dim`.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html
   */
  constructor(...args: Forms<[dim: number, eps: number], CosineSimilarityOptions>) {
    super();
    const given = read<CosineSimilarityOptions>('CosineSimilarity', ['dim', 'eps'], args, 0);
    this.dim = given.dim ?? 1;
    this.eps = given.eps ?? 1e-8;
  }
  forward(x1: Tensor, x2: Tensor): Tensor {
    return F.cosine_similarity(x1, x2, this.dim, this.eps);
  }
}
export const CosineSimilarity = callable(CosineSimilarityClass);
export type CosineSimilarity = CosineSimilarityClass;
