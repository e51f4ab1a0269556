/** Losses that know how their predictions are read: https://docs.fast.ai/losses.html */
import { ValueError } from '../torch/errors.js';
import { callable, nn, type Tensor } from '../torch/index.js';
import { functional as F } from '../torch/nn/index.js';
import { BaseLoss, BaseLossClass, type LossType, type Reduction } from './losses/base.js';
import {
  FocalLoss,
  LabelSmoothingCrossEntropy,
  type FocalLossOptions,
  type LabelSmoothingOptions,
} from './losses/modules.js';

export { BaseLoss, type BaseLossOptions, type Reduction } from './losses/base.js';
export {
  DiceLoss,
  FocalLoss,
  LabelSmoothingCrossEntropy,
  type DiceLossOptions,
  type FocalLossOptions,
  type LabelSmoothingOptions,
} from './losses/modules.js';

/** Losses over classes: softmax, and the class with the highest probability. */
class ClassLoss extends BaseLossClass {
  /** Targets are numbers of classes. */
  readonly y_int = true;
  override activation(x: Tensor): Tensor {
    return F.softmax(x, this.axis);
  }
  override decodes(x: Tensor): Tensor {
    return x.argmax(this.axis);
  }
}

export interface CrossEntropyLossFlatOptions {
  axis?: number;
  weight?: Tensor | null;
  ignore_index?: number;
  reduction?: Reduction;
  label_smoothing?: number;
  flatten?: boolean;
}
class CrossEntropyLossFlatClass extends ClassLoss {
  /** nn.CrossEntropyLoss of logits with the classes along `axis` (default: -1), such as [N, ..., C], and targets [N, ...]. */
  constructor(options: CrossEntropyLossFlatOptions = {}) {
    super(nn.CrossEntropyLoss, { ...options });
  }
}
export const CrossEntropyLossFlat = callable(CrossEntropyLossFlatClass);
export type CrossEntropyLossFlat = CrossEntropyLossFlatClass;

class FocalLossFlatClass extends ClassLoss {
  /** FocalLoss with the classes along `axis` (default: -1). */
  constructor(options: FocalLossOptions & { axis?: number } = {}) {
    super(FocalLoss, { ...options });
  }
}
export const FocalLossFlat = callable(FocalLossFlatClass);
export type FocalLossFlat = FocalLossFlatClass;

export interface BCEWithLogitsLossFlatOptions {
  axis?: number;
  floatify?: boolean;
  /** Above which probability a label is set; default: 0.5. */
  thresh?: number;
  weight?: Tensor | null;
  reduction?: Reduction;
  /** One weight for each label. Predictions then keep their shape. */
  pos_weight?: Tensor | null;
  flatten?: boolean;
}
class BCEWithLogitsLossFlatClass extends BaseLossClass {
  readonly thresh: number;

  /**
   * nn.BCEWithLogitsLoss of logits and targets of one shape.
   * @throws {ValueError} `pos_weight` together with `flatten: true`: the weights would not fit
   */
  constructor(options: BCEWithLogitsLossFlatOptions = {}) {
    const { thresh = 0.5, floatify = true, flatten, ...rest } = options;
    const weighted = rest.pos_weight !== undefined && rest.pos_weight !== null;
    if (weighted && flatten === true)
      throw new ValueError('BCEWithLogitsLossFlat(): flatten must be false where there is a pos_weight');
    super(nn.BCEWithLogitsLoss, {
      ...rest,
      floatify,
      is_2d: false,
      flatten: weighted ? false : (flatten ?? true),
    });
    this.thresh = thresh;
  }
  override activation(x: Tensor): Tensor {
    return x.sigmoid();
  }
  override decodes(x: Tensor): Tensor {
    return x.gt(this.thresh);
  }
}
export const BCEWithLogitsLossFlat = callable(BCEWithLogitsLossFlatClass);
export type BCEWithLogitsLossFlat = BCEWithLogitsLossFlatClass;

export interface ElementLossOptions {
  axis?: number;
  floatify?: boolean;
  reduction?: Reduction;
  flatten?: boolean;
}
const element = (type: LossType, options: object): BaseLoss =>
  new BaseLoss(type, { floatify: true, ...options, is_2d: false });

/** nn.BCELoss of probabilities and targets of one shape. */
export function BCELossFlat(options: ElementLossOptions & { weight?: Tensor | null } = {}): BaseLoss {
  return element(nn.BCELoss, options);
}
/** nn.MSELoss of predictions and targets of as many elements. */
export function MSELossFlat(options: ElementLossOptions = {}): BaseLoss {
  return element(nn.MSELoss, options);
}
/** nn.L1Loss of predictions and targets of as many elements. */
export function L1LossFlat(options: ElementLossOptions = {}): BaseLoss {
  return element(nn.L1Loss, options);
}

class LabelSmoothingCrossEntropyFlatClass extends ClassLoss {
  /** LabelSmoothingCrossEntropy with the classes along `axis` (default: -1). */
  constructor(options: LabelSmoothingOptions & { axis?: number } = {}) {
    super(LabelSmoothingCrossEntropy, { ...options });
  }
  override activation(out: Tensor): Tensor {
    return F.softmax(out, -1);
  }
  override decodes(out: Tensor): Tensor {
    return out.argmax(-1);
  }
}
export const LabelSmoothingCrossEntropyFlat = callable(LabelSmoothingCrossEntropyFlatClass);
export type LabelSmoothingCrossEntropyFlat = LabelSmoothingCrossEntropyFlatClass;
