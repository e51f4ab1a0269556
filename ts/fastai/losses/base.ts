/** What losses of flattened predictions and targets share. */
import { callable, float16, int16, int32, int64, int8, nn, type Tensor } from '../../torch/index.js';

export type Reduction = 'mean' | 'sum' | 'none';

/** A loss of each item as `reduction` says. */
export function reduced(loss: Tensor, reduction: Reduction): Tensor {
  if (reduction === 'none') return loss;
  return reduction === 'mean' ? loss.mean() : loss.sum();
}

type Loss = nn.Module & { reduction: Reduction };
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each loss has its own options
export type LossType = (options: any) => nn.Module;

export interface BaseLossOptions {
  /** The dimension of the classes; default: -1. */
  axis?: number;
  /** All other dimensions become one; default: true. */
  flatten?: boolean;
  /** Targets become float32; default: false. */
  floatify?: boolean;
  /** Whether predictions keep their class dimension; default: true. */
  is_2d?: boolean;
  /** All else goes to the loss. */
  [option: string]: unknown;
}

function classesLast(t: Tensor, axis: number): Tensor {
  return t.ndim === 0 ? t : t.transpose(axis, -1).contiguous();
}

export class BaseLossClass extends nn.Module {
  /** PyTorch's loss. */
  declare func: Loss;
  axis: number;
  flatten: boolean;
  floatify: boolean;
  is_2d: boolean;

  /**
   * `loss_cls` of flattened predictions and targets. `activation` and `decodes` say how predictions are read; here
   * they leave them as they are. https://docs.fast.ai/losses.html#baseloss
   * @throws {ArgumentError} an option that the loss does not know
   */
  constructor(loss_cls: LossType, options: BaseLossOptions = {}) {
    super();
    const { axis = -1, flatten = true, floatify = false, is_2d = true, ...rest } = options;
    this.axis = axis;
    this.flatten = flatten;
    this.floatify = floatify;
    this.is_2d = is_2d;
    this.func = loss_cls(rest) as Loss;
  }

  get reduction(): Reduction {
    return this.func.reduction;
  }
  set reduction(reduction: Reduction) {
    this.func.reduction = reduction;
  }

  forward(inp: Tensor, targ: Tensor): Tensor {
    const pred = classesLast(inp, this.axis);
    let target = classesLast(targ, this.axis);
    if (this.floatify && target.dtype !== float16) target = target.float();
    if (([int8, int16, int32] as unknown[]).includes(target.dtype)) target = target.to(int64);
    const flat = (t: Tensor): Tensor => (this.flatten ? t.view(-1) : t);
    const shaped = this.flatten && this.is_2d ? pred.view(-1, pred.shape.at(-1)!) : flat(pred);
    return (this.func as unknown as nn.AnyModule)(shaped, flat(target)) as Tensor;
  }
  /** From what the model gives to probabilities. */
  activation(x: Tensor): Tensor {
    return x;
  }
  /** From probabilities to predictions. */
  decodes(x: Tensor): Tensor {
    return x;
  }
  override toString(): string {
    return `FlattenedLoss of ${String(this.func)}`;
  }
}
export const BaseLoss = callable(BaseLossClass);
export type BaseLoss = BaseLossClass;
