/** Losses over distances: https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions */
import { operator } from '../../dispatch.js';
import { ValueError } from '../../errors.js';
import { broadcast_tensors } from '../../functional.js';
import { no_grad } from '../../autograd/grad_mode.js';
import { ones_like } from '../../generated/functions.js';
import { tidy } from '../../memory.js';
import { Tensor } from '../../tensor.js';
import { Float } from '../../scalar.js';
import type { Reduction } from '../../types.js';
import { read, reduced, reductionOf, warn, type Forms, type ReductionOptions } from './arguments.js';

type Call = (...args: unknown[]) => Tensor;
const aten = {
  huber_loss: operator('huber_loss', ['default']) as Call,
  l1_loss: operator('l1_loss', ['default']) as Call,
  mse_loss: operator('mse_loss', ['default']) as Call,
  poisson_nll_loss: operator('poisson_nll_loss', ['default']) as Call,
  smooth_l1_loss: operator('smooth_l1_loss', ['default']) as Call,
};

interface Pair {
  input: Tensor;
  target: Tensor;
}

/** Calls `fn` with input and target in one shape. Where that is already so, nothing is copied or made. */
function sameShape({ input, target }: Pair, fn: (input: Tensor, target: Tensor) => Tensor): Tensor {
  if (target.shape.equals(input.shape)) return fn(input, target);
  warn(
    `Using a target size (${String(target.shape)}) that is different to the input size (${String(input.shape)}). This ` +
      'will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.',
  );
  return tidy(() => {
    const [x, y] = broadcast_tensors(input, target) as [Tensor, Tensor];
    return fn(x, y);
  });
}

interface WeightedOptions extends ReductionOptions {
  /** Factors in the shape of the input; a mean is then divided by their sum. */
  weight?: Tensor | null;
}

/** The elements' own losses with their factors. */
function weighted(
  op: string,
  { input, weight }: Pair & { weight: Tensor },
  reduction: Reduction,
  elements: () => Tensor,
  mean: (loss: Tensor) => Tensor,
): Tensor {
  if (!weight.shape.equals(input.shape))
    throw new ValueError('Weights and input must have the same size.', op);
  return tidy(() => {
    const loss = elements().mul(weight);
    return reduction === 'mean' || reduction === 1 ? mean(loss) : reduced(loss, reduction, op);
  });
}

type Distance = (input: Tensor, target: Tensor, options?: WeightedOptions) => Tensor;

function distance(op: 'mse_loss' | 'l1_loss', elements: (difference: Tensor) => Tensor): Distance {
  const names = ['input', 'target', 'size_average', 'reduce', 'reduction', 'weight'];
  const result = (...args: unknown[]): Tensor => {
    const given = read<Pair & WeightedOptions>(op, names, args, 2);
    const reduction = reductionOf(given);
    const { weight } = given;
    return sameShape(given, (input, target) =>
      weight
        ? weighted(
            op,
            { ...given, weight },
            reduction,
            () => elements(input.sub(target)),
            (loss) => loss.sum().div(weight.sum()),
          )
        : aten[op](input, target, reduction),
    );
  };
  return Object.defineProperty(result, 'name', { value: op });
}

/** Mean squared error. @throws {ValueError} weight has another shape */
export const mse_loss = distance('mse_loss', (difference) => difference.pow(2));
/** Mean absolute error. @throws {ValueError} weight has another shape */
export const l1_loss = distance('l1_loss', (difference) => difference.abs());

interface SmoothL1Options extends ReductionOptions {
  /** Below this difference the loss is quadratic; default: 1. */
  beta?: number;
}
/** Half the square, divided by beta, of differences below beta; those above less beta / 2. */
export function smooth_l1_loss(input: Tensor, target: Tensor, options?: SmoothL1Options): Tensor;
export function smooth_l1_loss(...args: unknown[]): Tensor {
  const names = ['input', 'target', 'size_average', 'reduce', 'reduction', 'beta'];
  const given = read<Pair & SmoothL1Options>('smooth_l1_loss', names, args, 2);
  const { beta = 1 } = given;
  const reduction = reductionOf(given);
  return sameShape(given, (input, target) =>
    beta === 0 ? aten.l1_loss(input, target, reduction) : aten.smooth_l1_loss(input, target, reduction, beta),
  );
}

interface HuberOptions {
  reduction?: Reduction;
  /** Below this difference the loss is quadratic; default: 1. */
  delta?: number;
  /** Factors in the shape of the input. */
  weight?: Tensor | null;
}
/**
 * Half the square of differences below delta, delta · (|difference| - delta / 2) above.
 * @throws {ValueError} weight has another shape
 */
export function huber_loss(
  input: Tensor,
  target: Tensor,
  ...rest: Forms<[reduction: Reduction, delta: number], HuberOptions>
): Tensor;
export function huber_loss(...args: unknown[]): Tensor {
  const op = 'huber_loss';
  const names = ['input', 'target', 'reduction', 'delta', 'weight'];
  const given = read<Pair & HuberOptions>(op, names, args, 2);
  const { reduction = 'mean', delta = 1, weight } = given;
  return sameShape(given, (input, target) =>
    weight
      ? weighted(
          op,
          { ...given, weight },
          reduction,
          () => aten.huber_loss(input, target, 'none', delta),
          (loss) => loss.mean(),
        )
      : aten.huber_loss(input, target, reduction, delta),
  );
}

interface PoissonOptions extends ReductionOptions {
  /** Whether the input is the logarithm of the rate; default: true. */
  log_input?: boolean;
  /** Whether Stirling's term is added; default: false. */
  full?: boolean;
  /** Against log(0) where log_input is false; default: 1e-8. */
  eps?: number;
}
/** Negative log likelihood of the counts `target` under Poisson distributions. */
export function poisson_nll_loss(
  input: Tensor,
  target: Tensor,
  ...rest: Forms<[log_input: boolean, full: boolean], PoissonOptions>
): Tensor;
export function poisson_nll_loss(...args: unknown[]): Tensor {
  const names = ['input', 'target', 'log_input', 'full', 'size_average', 'eps', 'reduce', 'reduction'];
  const given = read<Pair & PoissonOptions>('poisson_nll_loss', names, args, 2);
  const { input, target, log_input = true, full = false, eps = 1e-8 } = given;
  return aten.poisson_nll_loss(input, target, log_input, full, eps, reductionOf(given));
}

interface GaussianOptions {
  /** Whether the constant term is added; default: false. */
  full?: boolean;
  /** The least variance; default: 1e-6. */
  eps?: number;
  reduction?: Reduction;
}
type GaussianGiven = Pair & { var: Tensor | number | Float } & GaussianOptions;

/** The variances, in a shape that broadcasts to the input's. @throws {ValueError} */
function variances({ input, var: given }: GaussianGiven): Tensor {
  const op = 'gaussian_nll_loss';
  const negative = given instanceof Tensor ? Boolean(given.lt(0).any().item()) : Number(given) < 0;
  if (negative) throw new ValueError('var has negative entry/entries', op);
  if (!(given instanceof Tensor)) return ones_like(input).mul(given);
  const [shape, own] = [input.shape, given.shape];
  if (own.equals(shape)) return given.clone();
  if (own.equals(shape.slice(0, -1))) return given.unsqueeze(-1).clone();
  const differing = own.filter((size, i) => size !== shape[i]);
  if (own.length !== shape.length || differing.reduce((sum, size) => sum + size, 0) !== 1)
    throw new ValueError('var is of incorrect size', op);
  return given.clone();
}

/**
 * Negative log likelihood of `target` under normal distributions with means `input` and variances `var`: a number,
 * or a tensor in the shape of the input, or of that with one dimension of size 1 or without the last one.
 * @throws {ValueError} negative variances, or in another shape
 */
export function gaussian_nll_loss(
  input: Tensor,
  target: Tensor,
  variance: Tensor | number | Float,
  ...rest: Forms<[full: boolean, eps: number, reduction: Reduction], GaussianOptions>
): Tensor;
export function gaussian_nll_loss(...args: unknown[]): Tensor {
  const op = 'gaussian_nll_loss';
  const names = ['input', 'target', 'var', 'full', 'eps', 'reduction'];
  const given = read<GaussianGiven>(op, names, args, 2, 3);
  const { input, target, full = false, eps = 1e-6, reduction = 'mean' } = given;
  return tidy(() => {
    const variance = variances(given);
    no_grad(() => variance.clamp_min_(eps));
    const square = input.sub(target).pow(2);
    const loss = variance.log().add(square.div(variance)).mul(0.5);
    return reduced(full ? loss.add(0.5 * Math.log(2 * Math.PI)) : loss, reduction, op);
  });
}
