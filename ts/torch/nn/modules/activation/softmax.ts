/** https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-other */
import { ValueError } from '../../../errors.js';
import * as F from '../../functional.js';
import type { Tensor } from '../../../tensor.js';
import { moduleArguments } from '../arguments.js';
import { callable } from '../callable.js';
import { Module } from '../module.js';
import { pythonText } from '../text.js';

type DimArguments = [dim?: number | null] | [options: { dim?: number | null }];

/** @internal An activation along a dimension. */
class DimModule extends Module {
  /** Null leaves the choice to PyTorch's deprecated rule. */
  dim: number | null;

  constructor(op: string, args: DimArguments) {
    super();
    this.dim = (moduleArguments(op, ['dim'], args)['dim'] ?? null) as number | null;
  }
  override extra_repr(): string {
    return `dim=${pythonText(this.dim)}`;
  }
}

class SoftmaxClass extends DimModule {
  /** Numbers along `dim` that are positive and sum to 1. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html */
  constructor(...args: DimArguments) {
    super('Softmax', args);
  }
  forward(input: Tensor): Tensor {
    return F.softmax(input, this.dim);
  }
}
export const Softmax = callable(SoftmaxClass);
export type Softmax = SoftmaxClass;

class SoftminClass extends DimModule {
  /** softmax of the negated input. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmin.html */
  constructor(...args: DimArguments) {
    super('Softmin', args);
  }
  forward(input: Tensor): Tensor {
    return F.softmin(input, this.dim);
  }
}
export const Softmin = callable(SoftminClass);
export type Softmin = SoftminClass;

class LogSoftmaxClass extends DimModule {
  /** The logarithm of softmax. https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html */
  constructor(...args: DimArguments) {
    super('LogSoftmax', args);
  }
  forward(input: Tensor): Tensor {
    return F.log_softmax(input, this.dim);
  }
}
export const LogSoftmax = callable(LogSoftmaxClass);
export type LogSoftmax = LogSoftmaxClass;

class Softmax2dClass extends Module {
  /** @throws {ValueError} unless the input is (N, C, H, W) or (C, H, W) */
  forward(input: Tensor): Tensor {
    const { ndim } = input;
    if (ndim !== 3 && ndim !== 4)
      throw new ValueError(`Softmax2d: expected input to be 3D or 4D, got ${ndim}D instead`, 'Softmax2d');
    return F.softmax(input, -3);
  }
}
/** Softmax over the channels of each place. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html */
export const Softmax2d = callable(Softmax2dClass);
export type Softmax2d = Softmax2dClass;
