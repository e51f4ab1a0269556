/** Losses that PyTorch does not have: https://docs.fast.ai/losses.html */
import { checkOptions } from '../../torch/arguments.js';
import { ValueError } from '../../torch/errors.js';
import { callable, int64, nn, stack, where, type Tensor } from '../../torch/index.js';
import { functional as F } from '../../torch/nn/index.js';
import { reduced, type Reduction } from './base.js';

export interface FocalLossOptions {
  gamma?: number;
  weight?: Tensor | null;
  reduction?: Reduction;
}
class FocalLossClass extends nn.Module {
  readonly y_int = true;
  readonly gamma: number;
  declare weight: Tensor | null;
  reduction: Reduction;

  /**
   * Cross entropy in which items that are easy count less, by the power `gamma` (default: 2).
   * https://arxiv.org/abs/1708.02002
   */
  constructor(options: FocalLossOptions = {}) {
    super();
    checkOptions('FocalLoss', options, ['gamma', 'weight', 'reduction']);
    const { gamma = 2, weight = null, reduction = 'mean' } = options;
    this.gamma = gamma;
    this.register_buffer('weight', weight);
    this.reduction = reduction;
  }
  /** @param inp logits [N, C, ...]; targ classes [N, ...] */
  forward(inp: Tensor, targ: Tensor): Tensor {
    const entropy = F.cross_entropy(inp, targ, { weight: this.weight, reduction: 'none' });
    const easy = entropy.neg().exp();
    return reduced(easy.mul(-1).add(1).pow(this.gamma).mul(entropy), this.reduction);
  }
}
export const FocalLoss = callable(FocalLossClass);
export type FocalLoss = FocalLossClass;

export interface LabelSmoothingOptions {
  eps?: number;
  weight?: Tensor | null;
  reduction?: Reduction;
}
class LabelSmoothingCrossEntropyClass extends nn.Module {
  readonly y_int = true;
  readonly eps: number;
  declare weight: Tensor | null;
  reduction: Reduction;

  /**
   * Cross entropy with a share `eps` (default: 0.1) of the target spread over all classes. Class weights count for the
   * target alone. https://docs.fast.ai/losses.html#labelsmoothingcrossentropy
   */
  constructor(options: LabelSmoothingOptions = {}) {
    super();
    checkOptions('LabelSmoothingCrossEntropy', options, ['eps', 'weight', 'reduction']);
    const { eps = 0.1, weight = null, reduction = 'mean' } = options;
    this.eps = eps;
    this.register_buffer('weight', weight);
    this.reduction = reduction;
  }
  /** @param output logits [N, C, ...]; target classes [N, ...] */
  forward(output: Tensor, target: Tensor): Tensor {
    const { eps, weight, reduction } = this;
    const logs = F.log_softmax(output, 1);
    const spread = reduced(logs.sum(1).neg(), reduction).mul(eps / output.shape[1]!);
    return spread.add(F.nll_loss(logs, target.to(int64), { weight, reduction }).mul(1 - eps));
  }
  activation(out: Tensor): Tensor {
    return F.softmax(out, -1);
  }
  decodes(out: Tensor): Tensor {
    return out.argmax(-1);
  }
}
export const LabelSmoothingCrossEntropy = callable(LabelSmoothingCrossEntropyClass);
export type LabelSmoothingCrossEntropy = LabelSmoothingCrossEntropyClass;

export interface DiceLossOptions {
  /** The dimension of the classes; default: 1. */
  axis?: number;
  smooth?: number;
  reduction?: Reduction;
  square_in_union?: boolean;
}
class DiceLossClass extends nn.Module {
  readonly axis: number;
  readonly smooth: number;
  reduction: Reduction;
  readonly square_in_union: boolean;

  /** One minus the Dice score of each item and class, summed by default. https://docs.fast.ai/losses.html#diceloss */
  constructor(options: DiceLossOptions = {}) {
    super();
    checkOptions('DiceLoss', options, ['axis', 'smooth', 'reduction', 'square_in_union']);
    const { axis = 1, smooth = 1e-6, reduction = 'sum', square_in_union = false } = options;
    this.axis = axis;
    this.smooth = smooth;
    this.reduction = reduction;
    this.square_in_union = square_in_union;
  }
  /** @param pred logits [N, C, ...]; targ classes [N, ...] @throws {ValueError} the shapes do not fit */
  forward(pred: Tensor, targ: Tensor): Tensor {
    const classes = Array.from({ length: pred.shape[this.axis]! }, (_, c) => where(targ.eq(c), 1, 0));
    const hot = stack(classes, 1);
    if (!hot.shape.every((size, i) => size === pred.shape[i]) || hot.ndim !== pred.ndim)
      throw new ValueError(
        'DiceLoss: targets must be numbers of classes, in the shape of the input without classes',
      );
    const probabilities = this.activation(pred);
    const dims = hot.shape.slice(2).map((_, i) => i + 2);
    const sum = (t: Tensor): Tensor => (dims.length === 0 ? t : t.sum(dims));
    const both = sum(probabilities.mul(hot));
    const union = sum((this.square_in_union ? probabilities.pow(2) : probabilities).add(hot));
    const score = both.mul(2).add(this.smooth).div(union.add(this.smooth));
    return reduced(score.neg().add(1), this.reduction);
  }
  activation(x: Tensor): Tensor {
    return F.softmax(x, this.axis);
  }
  decodes(x: Tensor): Tensor {
    return x.argmax(this.axis);
  }
}
export const DiceLoss = callable(DiceLossClass);
export type DiceLoss = DiceLossClass;
