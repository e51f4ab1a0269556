/** What the loss layers have in common. */
import type { Tensor } from '../../tensor.js';
import type { Reduction } from '../../types.js';
import { reductionOf, type ReductionOptions } from '../functional/arguments.js';
import { Module } from './module.js';

/** @internal */
export class Loss extends Module {
  reduction: Reduction;

  constructor(given: ReductionOptions) {
    super();
    this.reduction = reductionOf(given);
  }
}

export interface WeightedLossOptions extends ReductionOptions {
  /** Factors; part of the state. */
  weight?: Tensor | null;
}

/** @internal A loss with factors, which are a buffer. */
export class WeightedLoss extends Loss {
  declare weight: Tensor | null;

  constructor(given: WeightedLossOptions) {
    super(given);
    this.register_buffer('weight', given.weight ?? null);
  }
}

/** In Python's order; losses without factors leave the first one out. */
export const weightedNames = ['weight', 'size_average', 'reduce', 'reduction'];
export const plainNames = weightedNames.slice(1);
