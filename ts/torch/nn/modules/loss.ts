/** Losses over classes and probabilities: https://docs.pytorch.org/docs/stable/nn.html#loss-functions */
import type { Tensor } from '../../tensor.js';
import type { Ints, Reduction } from '../../types.js';
import * as F from '../functional.js';
import { read, warn, type Forms } from '../functional/arguments.js';
import type { CrossEntropyOptions, KLDivOptions } from '../functional/loss.js';
import { callable } from './callable.js';
import { Loss, WeightedLoss, weightedNames, type WeightedLossOptions } from './loss_base.js';

export * from './loss_margin.js';
export * from './loss_regression.js';

type WeightedArguments = Forms<[weight: Tensor | null], WeightedLossOptions>;

class CrossEntropyLossClass extends WeightedLoss {
  ignore_index: number;
  label_smoothing: number;

  /**
   * Cross entropy of logits (N, C, *) or (C) with classes (N, *), or with probabilities in the shape of the logits.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
   */
  constructor(...args: Forms<[weight: Tensor | null], CrossEntropyOptions>) {
    const names = ['weight', 'size_average', 'ignore_index', 'reduce', 'reduction', 'label_smoothing'];
    const given = read<CrossEntropyOptions>('CrossEntropyLoss', names, args, 0);
    super(given);
    this.ignore_index = given.ignore_index ?? -100;
    this.label_smoothing = given.label_smoothing ?? 0;
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignore_index, reduction, label_smoothing } = this;
    return F.cross_entropy(input, target, { weight, ignore_index, reduction, label_smoothing });
  }
}
export const CrossEntropyLoss = callable(CrossEntropyLossClass);
export type CrossEntropyLoss = CrossEntropyLossClass;

export interface NLLLossOptions extends WeightedLossOptions {
  /** A target that does not count; default: -100. */
  ignore_index?: number;
}
const nllNames = ['weight', 'size_average', 'ignore_index', 'reduce', 'reduction'];

class NLLLossClass extends WeightedLoss {
  ignore_index: number;

  /**
   * Negative log likelihood of log-probabilities (N, C, *) or (C) for classes (N, *).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
   */
  constructor(...args: Forms<[weight: Tensor | null], NLLLossOptions>) {
    const given = read<NLLLossOptions>('NLLLoss', nllNames, args, 0);
    super(given);
    this.ignore_index = given.ignore_index ?? -100;
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignore_index, reduction } = this;
    return F.nll_loss(input, target, { weight, ignore_index, reduction });
  }
}
export const NLLLoss = callable(NLLLossClass);
export type NLLLoss = NLLLossClass;

class NLLLoss2dClass extends NLLLossClass {
  /** The old name of NLLLoss for pictures. */
  constructor(...args: Forms<[weight: Tensor | null], NLLLossOptions>) {
    warn('`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement.');
    super(...args);
  }
}
export const NLLLoss2d = callable(NLLLoss2dClass);
export type NLLLoss2d = NLLLoss2dClass;

class BCELossClass extends WeightedLoss {
  /**
   * Cross entropy of probabilities with targets in [0, 1] of the same shape.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
   */
  constructor(...args: WeightedArguments) {
    super(read<WeightedLossOptions>('BCELoss', weightedNames, args, 0));
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, reduction } = this;
    return F.binary_cross_entropy(input, target, { weight, reduction });
  }
}
export const BCELoss = callable(BCELossClass);
export type BCELoss = BCELossClass;

export interface BCEWithLogitsLossOptions extends WeightedLossOptions {
  /** Factors of the positive examples; part of the state. */
  pos_weight?: Tensor | null;
}

class BCEWithLogitsLossClass extends WeightedLoss {
  declare pos_weight: Tensor | null;

  /**
   * Cross entropy of logits with targets in [0, 1] of the same shape.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
   */
  constructor(...args: Forms<[weight: Tensor | null], BCEWithLogitsLossOptions>) {
    const names = [...weightedNames, 'pos_weight'];
    const given = read<BCEWithLogitsLossOptions>('BCEWithLogitsLoss', names, args, 0);
    super(given);
    this.register_buffer('pos_weight', given.pos_weight ?? null);
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, pos_weight, reduction } = this;
    return F.binary_cross_entropy_with_logits(input, target, { weight, pos_weight, reduction });
  }
}
export const BCEWithLogitsLoss = callable(BCEWithLogitsLossClass);
export type BCEWithLogitsLoss = BCEWithLogitsLossClass;

class KLDivLossClass extends Loss {
  declare reduction: Exclude<KLDivOptions['reduction'], undefined> & Reduction;
  log_target: boolean;

  /**
   * Kullback-Leibler divergence of log-probabilities from the probabilities given as target; reduction also takes
   * `'batchmean'`.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
   */
  constructor(options?: KLDivOptions);
  constructor(...args: unknown[]) {
    const names = ['size_average', 'reduce', 'reduction', 'log_target'];
    const given = read<KLDivOptions>('KLDivLoss', names, args, 0);
    // The base keeps the word as it is.
    super(given as WeightedLossOptions);
    this.log_target = given.log_target ?? false;
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { reduction, log_target } = this;
    return F.kl_div(input, target, { reduction, log_target });
  }
}
export const KLDivLoss = callable(KLDivLossClass);
export type KLDivLoss = KLDivLossClass;

class MultiLabelSoftMarginLossClass extends WeightedLoss {
  /**
   * For each sample of (N, C): the mean of the binary cross entropies of its classes.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
   */
  constructor(...args: WeightedArguments) {
    super(read<WeightedLossOptions>('MultiLabelSoftMarginLoss', weightedNames, args, 0));
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, reduction } = this;
    return F.multilabel_soft_margin_loss(input, target, { weight, reduction });
  }
}
export const MultiLabelSoftMarginLoss = callable(MultiLabelSoftMarginLossClass);
export type MultiLabelSoftMarginLoss = MultiLabelSoftMarginLossClass;

export interface CTCLossOptions {
  /** The class that means nothing; default: 0. */
  blank?: number;
  reduction?: Reduction;
  /** Whether losses that are infinite count as zero; default: false. */
  zero_infinity?: boolean;
}

class CTCLossClass extends Loss {
  blank: number;
  zero_infinity: boolean;

  /**
   * Connectionist temporal classification: log-probabilities (T, N, C) with targets (N, S), or with all targets one
   * after the other.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html
   */
  constructor(...args: Forms<[blank: number, reduction: Reduction, zero_infinity: boolean], CTCLossOptions>) {
    const given = read<CTCLossOptions>('CTCLoss', ['blank', 'reduction', 'zero_infinity'], args, 0);
    super(given);
    this.blank = given.blank ?? 0;
    this.zero_infinity = given.zero_infinity ?? false;
  }
  forward(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | Ints,
    target_lengths: Tensor | Ints,
  ): Tensor {
    const { blank, reduction, zero_infinity } = this;
    // Both are tensors, or both lists.
    const lengths = [input_lengths, target_lengths] as [Tensor, Tensor];
    return F.ctc_loss(log_probs, targets, ...lengths, blank, reduction, zero_infinity);
  }
}
export const CTCLoss = callable(CTCLossClass);
export type CTCLoss = CTCLossClass;
