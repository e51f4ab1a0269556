/** https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear_cross_entropy.html */
import { TorchError } from '../../errors.js';
import { linear } from '../../generated/nn_functional.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import type { Reduction } from '../../types.js';
import { read } from './arguments.js';
import { cross_entropy } from './loss.js';

export interface LinearCrossEntropyOptions {
  /** (num_classes, *out_features) */
  linear_bias?: Tensor | null;
  /** Factors of the classes. */
  weight?: Tensor | null;
  reduction?: Reduction;
  /** A target that does not count; -100 unless given. */
  ignore_index?: number | null;
  /** Default: 0. */
  label_smoothing?: number;
}
interface Given extends LinearCrossEntropyOptions {
  input: Tensor;
  linear_weight: Tensor;
  target: Tensor;
}

function tuple(sizes: readonly number[]): string {
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(', ')})`;
}

/** The shape of the logits. @throws {TorchError} shapes that do not fit each other */
function logitsShape({ input, linear_weight, linear_bias }: Given): number[] {
  const fail = (text: string): never => {
    throw new TorchError(text, 'linear_cross_entropy');
  };
  if (input.ndim < 1 || input.ndim > 2) fail(`expected input with dimensionality 1 or 2, got ${input.ndim}`);
  if (linear_weight.ndim < 2)
    fail(`expected linear_weight with dimensionality at least 2, got ${linear_weight.ndim}`);
  const [size, own] = [input.size(-1), linear_weight.size(-1)];
  if (size !== own)
    fail(
      `expected equal input and linear_weight last dimensions (in_features), got ${size} and ${own}, respectively`,
    );
  const classes = linear_weight.shape.slice(0, -1);
  if (linear_bias && !linear_bias.shape.equals(classes))
    fail(`expected linear_bias shape ${tuple(classes)}, got ${tuple(linear_bias.shape)}`);
  if (classes.length > 1 && input.ndim === 1)
    fail(
      `K-dimensional loss defined by linear_weight shape ${tuple(linear_weight.shape)} requires batched input, ` +
        `(N, ${size}), got unbatched input with shape ${tuple(input.shape)}`,
    );
  return [...input.shape.slice(0, -1), ...classes];
}

/**
 * Cross entropy of the logits that a linear layer gives: input (N, in_features) or (in_features), weight
 * (num_classes, *out_features, in_features), targets as cross_entropy takes them.
 * @throws {TorchError} shapes that do not fit each other
 */
export function linear_cross_entropy(
  input: Tensor,
  linear_weight: Tensor,
  target: Tensor,
  options?: LinearCrossEntropyOptions,
): Tensor;
export function linear_cross_entropy(...args: unknown[]): Tensor {
  const names = [
    'input',
    'linear_weight',
    'target',
    'linear_bias',
    'weight',
    'reduction',
    'ignore_index',
    'label_smoothing',
  ];
  const given = read<Given>('linear_cross_entropy', names, args, 3);
  const { input, linear_weight, linear_bias, target, weight = null, ignore_index } = given;
  const { reduction = 'mean', label_smoothing = 0 } = given;
  const shape = logitsShape(given);
  if (ignore_index != null && target.shape.equals(shape))
    throw new TorchError(
      'ignore_index cannot be specified when target contains probabilities',
      'linear_cross_entropy',
    );
  return tidy(() => {
    const flat = linear_weight.reshape([-1, linear_weight.size(-1)]);
    const logits = linear(input, flat, linear_bias?.reshape([-1]) ?? null).reshape(shape);
    return cross_entropy(logits, target, {
      weight,
      reduction,
      ignore_index: ignore_index ?? -100,
      label_smoothing,
    });
  });
}
