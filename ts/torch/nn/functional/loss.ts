/** Losses over classes and probabilities: https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions */
import { operator } from '../../dispatch.js';
import { ValueError } from '../../errors.js';
import { broadcast_shapes } from '../../functional.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import type { Reduction } from '../../types.js';
import {
  legacyReduction,
  read,
  reduced,
  reductionOf,
  warn,
  type Forms,
  type LegacyReduction,
  type ReductionOptions,
} from './arguments.js';

type Call = (...args: unknown[]) => Tensor;
const aten = {
  binary_cross_entropy: operator('binary_cross_entropy', ['default']) as Call,
  binary_cross_entropy_with_logits: operator('binary_cross_entropy_with_logits', ['default']) as Call,
  cross_entropy: operator('cross_entropy_loss', ['default']) as Call,
  kl_div: operator('kl_div', ['default']) as Call,
  log_sigmoid: operator('log_sigmoid', ['default']) as Call,
  nll_loss: operator('nll_loss_nd', ['default']) as Call,
};

interface Pair {
  input: Tensor;
  target: Tensor;
}
interface WeightedOptions extends ReductionOptions {
  /** Factors: one for each class, or in a shape that broadcasts to the target's. */
  weight?: Tensor | null;
}
type WeightedForms<Options> = Forms<[weight: Tensor | null], Options>;

interface ClassOptions extends WeightedOptions {
  /** A target that does not count; default: -100. */
  ignore_index?: number;
}
export interface CrossEntropyOptions extends ClassOptions {
  /** In [0, 1]: how much of the target goes to all classes alike; default: 0. */
  label_smoothing?: number;
}

/**
 * Cross entropy of logits (N, C, ...) or (C) with classes (N, ...) or with probabilities in the shape of the input.
 * @throws {IndexError} a target is no class
 */
export function cross_entropy(
  input: Tensor,
  target: Tensor,
  ...rest: WeightedForms<CrossEntropyOptions>
): Tensor;
export function cross_entropy(...args: unknown[]): Tensor {
  const names = [
    'input',
    'target',
    'weight',
    'size_average',
    'ignore_index',
    'reduce',
    'reduction',
    'label_smoothing',
  ];
  const given = read<Pair & CrossEntropyOptions>('cross_entropy', names, args, 2);
  const { input, target, weight, ignore_index = -100, label_smoothing = 0 } = given;
  return aten.cross_entropy(input, target, weight ?? null, reductionOf(given), ignore_index, label_smoothing);
}

/** Negative log likelihood of log-probabilities (N, C, ...) or (C) for classes (N, ...). @throws as cross_entropy */
export function nll_loss(input: Tensor, target: Tensor, ...rest: WeightedForms<ClassOptions>): Tensor;
export function nll_loss(...args: unknown[]): Tensor {
  const names = ['input', 'target', 'weight', 'size_average', 'ignore_index', 'reduce', 'reduction'];
  const given = read<Pair & ClassOptions>('nll_loss', names, args, 2);
  const { input, target, weight, ignore_index = -100 } = given;
  return aten.nll_loss(input, target, weight ?? null, reductionOf(given), ignore_index);
}

/**
 * Cross entropy of probabilities with targets in [0, 1] of the same shape.
 * @throws {ValueError} the shapes differ
 */
export function binary_cross_entropy(
  input: Tensor,
  target: Tensor,
  ...rest: WeightedForms<WeightedOptions>
): Tensor;
export function binary_cross_entropy(...args: unknown[]): Tensor {
  const op = 'binary_cross_entropy';
  const names = ['input', 'target', 'weight', 'size_average', 'reduce', 'reduction'];
  const given = read<Pair & WeightedOptions>(op, names, args, 2);
  const { input, target, weight } = given;
  const reduction = reductionOf(given);
  if (!target.shape.equals(input.shape))
    throw new ValueError(
      `Using a target size (${String(target.shape)}) that is different to the input size (${String(input.shape)}) is ` +
        'deprecated. Please ensure they have the same size.',
      op,
    );
  if (!weight) return aten.binary_cross_entropy(input, target, null, reduction);
  return tidy(() => {
    const all = weight.expand(broadcast_shapes(target.shape, weight.shape));
    return aten.binary_cross_entropy(input, target, all, reduction);
  });
}

interface LogitsOptions extends WeightedOptions {
  /** Factors of the positive examples; broadcast to the target's shape. */
  pos_weight?: Tensor | null;
}
/**
 * Cross entropy of logits with targets in [0, 1] of the same shape.
 * @throws {ValueError} the shapes differ
 */
export function binary_cross_entropy_with_logits(
  input: Tensor,
  target: Tensor,
  ...rest: WeightedForms<LogitsOptions>
): Tensor;
export function binary_cross_entropy_with_logits(...args: unknown[]): Tensor {
  const op = 'binary_cross_entropy_with_logits';
  const names = ['input', 'target', 'weight', 'size_average', 'reduce', 'reduction', 'pos_weight'];
  const given = read<Pair & LogitsOptions>(op, names, args, 2);
  const { input, target, weight, pos_weight } = given;
  const reduction = reductionOf(given);
  if (!target.shape.equals(input.shape))
    throw new ValueError(
      `Target size (${String(target.shape)}) must be the same as input size (${String(input.shape)})`,
      op,
    );
  return aten.binary_cross_entropy_with_logits(input, target, weight ?? null, pos_weight ?? null, reduction);
}

export interface KLDivOptions extends LegacyReduction {
  /** `'none'`, `'mean'` (default), `'sum'`, or `'batchmean'`: the sum divided by the size of the batch. */
  reduction?: Reduction | 'batchmean';
  /** Whether the target holds logarithms too; default: false. */
  log_target?: boolean;
}
/** Kullback-Leibler divergence of log-probabilities from the probabilities `target`. */
export function kl_div(input: Tensor, target: Tensor, options?: KLDivOptions): Tensor;
export function kl_div(...args: unknown[]): Tensor {
  const names = ['input', 'target', 'size_average', 'reduce', 'reduction', 'log_target'];
  const given = read<Pair & KLDivOptions>('kl_div', names, args, 2);
  const { input, target, log_target = false } = given;
  const legacy = legacyReduction(given);
  const reduction = legacy ?? given.reduction ?? 'mean';
  if (legacy === null && reduction === 'mean')
    warn(
      "reduction: 'mean' divides the total loss by both the batch size and the support size." +
        "'batchmean' divides only by the batch size, and aligns with the KL div math definition." +
        "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
    );
  if (reduction !== 'batchmean' || input.ndim === 0)
    return aten.kl_div(input, target, reduction === 'batchmean' ? 'sum' : reduction, { log_target });
  return tidy(() => aten.kl_div(input, target, 'sum', { log_target }).div(input.size(0)));
}

/** For each sample of (N, C) or (C): the mean of the binary cross entropies of its classes. */
export function multilabel_soft_margin_loss(
  input: Tensor,
  target: Tensor,
  ...rest: WeightedForms<WeightedOptions>
): Tensor;
export function multilabel_soft_margin_loss(...args: unknown[]): Tensor {
  const op = 'multilabel_soft_margin_loss';
  const names = ['input', 'target', 'weight', 'size_average', 'reduce', 'reduction'];
  const given = read<Pair & WeightedOptions>(op, names, args, 2);
  const { input, target, weight } = given;
  const reduction = reductionOf(given);
  return tidy(() => {
    const positive = target.mul(aten.log_sigmoid(input));
    const negative = target.neg().add(1).mul(aten.log_sigmoid(input.neg()));
    const both = positive.add(negative).neg();
    const loss = weight ? both.mul(weight) : both;
    return reduced(loss.sum(input.ndim - 1).div(input.size(input.ndim - 1)), reduction, op);
  });
}
