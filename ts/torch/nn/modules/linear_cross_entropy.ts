/** https://docs.pytorch.org/docs/stable/generated/torch.nn.LinearCrossEntropyLoss.html */
import { TorchError } from '../../errors.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read } from '../functional/arguments.js';
import type { LinearCrossEntropyOptions } from '../functional/linear_cross_entropy.js';
import { callable } from './callable.js';
import { Linear, type FactoryOptions } from './linear.js';
import { WeightedLoss } from './loss_base.js';
import { floatText, pythonText } from './text.js';

interface Options extends FactoryOptions, Omit<LinearCrossEntropyOptions, 'linear_bias'> {
  /** More dimensions of the target; default: none. */
  out_features?: readonly number[];
  /** Whether the linear layer has a bias; default: false. */
  bias?: boolean;
}
interface Given extends Options {
  in_features: number;
  num_classes: number;
}

class LinearCrossEntropyLossClass extends WeightedLoss {
  num_classes: number;
  out_features: readonly number[];
  ignore_index: number | null;
  label_smoothing: number;
  linear: Linear;

  /**
   * The cross entropy of what a linear layer of its own makes of (N, in_features) or (in_features).
   * @throws {TorchError} weight in another shape than (num_classes), or label_smoothing outside [0, 1]
   */
  constructor(...args: [in_features: number, num_classes: number, options?: Options] | [options: Given]) {
    const op = 'LinearCrossEntropyLoss';
    const names =
      'in_features num_classes out_features bias device dtype reduction weight ignore_index label_smoothing';
    const given = read<Given>(op, names.split(' '), args, 0, 2);
    const { in_features, num_classes, out_features = [], bias = false, weight } = given;
    const { label_smoothing = 0, ignore_index = null, device = null, dtype = null } = given;
    if (weight && !weight.shape.equals([num_classes]))
      throw new TorchError(
        `expected weight shape to be (${num_classes},), got ${pythonText([...weight.shape])}`,
        op,
      );
    if (label_smoothing < 0 || label_smoothing > 1)
      throw new TorchError(`expected label_smoothing to be in range [0, 1], got ${label_smoothing}`, op);
    super(given);
    this.num_classes = num_classes;
    this.out_features = out_features;
    this.ignore_index = ignore_index;
    this.label_smoothing = label_smoothing;
    const outputs = out_features.reduce((count, size) => count * size, num_classes);
    this.linear = new Linear(in_features, outputs, { bias, device, dtype });
  }
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, reduction, ignore_index, label_smoothing } = this;
    const shape = [this.num_classes, ...this.out_features];
    return tidy(() => {
      const linear_weight = this.linear.weight.reshape([...shape, this.linear.in_features]);
      const linear_bias = this.linear.bias?.reshape(shape) ?? null;
      const options = { linear_bias, weight, reduction, ignore_index, label_smoothing };
      return F.linear_cross_entropy(input, linear_weight, target, options);
    });
  }
  override extra_repr(): string {
    const { linear, num_classes, out_features, reduction, ignore_index, label_smoothing } = this;
    return (
      `in_features=${linear.in_features}, num_classes=${num_classes}, out_features=${pythonText(out_features)}, ` +
      `bias=${pythonText(linear.bias !== null)}, reduction=${reduction}, ` +
      `ignore_index=${pythonText(ignore_index)}, label_smoothing=${floatText(label_smoothing, 0)}, options=None`
    );
  }
}
export const LinearCrossEntropyLoss = callable(LinearCrossEntropyLossClass);
export type LinearCrossEntropyLoss = LinearCrossEntropyLossClass;
