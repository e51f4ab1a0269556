/**
 * Activations as torch/nn/functional.py has them: with `inplace`, and without what only libtorch's operators know.
 * https://docs.pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions
 */
import { namedArguments } from '../../arguments.js';
import { operator } from '../../dispatch.js';
import type { DType } from '../../dtype.js';
import { ArgumentError } from '../../errors.js';
import type { Generator } from '../../random.js';
import type { Tensor } from '../../tensor.js';
import type { Scalar } from '../../types.js';

export interface InplaceOptions {
  /** Whether the input itself is changed and given back; default: false. */
  inplace?: boolean;
}
type Inplace = boolean | InplaceOptions;
type Call = (input: Tensor, ...args: unknown[]) => Tensor;

function aten(name: string): Call {
  return operator(name, ['default']) as Call;
}

/** A function of the input alone. */
function plain(name: string): (input: Tensor, inplace?: Inplace) => Tensor {
  const [fresh, inPlace] = [aten(name), aten(`${name}_`)];
  return (input, inplace = false) => {
    if (typeof inplace !== 'boolean')
      inplace = namedArguments(name, ['inplace'], [inplace])['inplace'] === true;
    return inplace ? inPlace(input) : fresh(input);
  };
}

export const relu = plain('relu');
export const relu6 = plain('relu6');
export const selu = plain('selu');
export const silu = plain('silu');
export const mish = plain('mish');
export const hardswish = plain('hardswish');
export const hardsigmoid = plain('hardsigmoid');

/** A function with numbers, which have these defaults; null stands for one that must be given. */
function withNumbers<A extends unknown[]>(
  name: string,
  standard: Readonly<Record<string, number | null>>,
): (input: Tensor, ...args: A) => Tensor {
  const [fresh, inPlace] = [aten(name), aten(`${name}_`)];
  const words = Object.keys(standard);
  return (input, ...args) => {
    const given = namedArguments(name, [...words, 'inplace'], args);
    const numbers = words.map((word) => given[word] ?? standard[word] ?? missing(name, word));
    return given['inplace'] === true ? inPlace(input, ...numbers) : fresh(input, ...numbers);
  };
}
function missing(op: string, name: string): never {
  throw new ArgumentError(`${op}(): missing argument '${name}'`, op);
}
type Alpha = [alpha?: Scalar, inplace?: Inplace] | [options: InplaceOptions & { alpha?: Scalar }];
export const elu = withNumbers<Alpha>('elu', { alpha: 1 });
export const celu = withNumbers<Alpha>('celu', { alpha: 1 });
export const leaky_relu = withNumbers<
  [negative_slope?: Scalar, inplace?: Inplace] | [options: InplaceOptions & { negative_slope?: Scalar }]
>('leaky_relu', { negative_slope: 0.01 });
export const hardtanh = withNumbers<
  | [min_val?: Scalar, max_val?: Scalar, inplace?: Inplace]
  | [options: InplaceOptions & { min_val?: Scalar; max_val?: Scalar }]
>('hardtanh', { min_val: -1, max_val: 1 });
/** `value` where the input is not above `threshold`. */
export const threshold = withNumbers<
  | [threshold: Scalar, value: Scalar, inplace?: Inplace]
  | [options: InplaceOptions & { threshold: Scalar; value: Scalar }]
>('threshold', { threshold: null, value: null });

const rreluCalls = [aten('rrelu'), aten('rrelu_')] as const;
interface RReluOptions extends InplaceOptions {
  lower?: Scalar;
  upper?: Scalar;
  training?: boolean;
  /** The CPU's default generator unless given. */
  generator?: Generator | null;
}
/** Leaky ReLU with slopes drawn from [lower, upper) in training, and their middle otherwise. */
export function rrelu(
  input: Tensor,
  ...args:
    | [lower?: Scalar, upper?: Scalar, training?: boolean, inplace?: Inplace]
    | [lower: Scalar, upper: Scalar, options: Omit<RReluOptions, 'lower' | 'upper'>]
    | [options: RReluOptions]
): Tensor {
  const given = namedArguments('rrelu', ['lower', 'upper', 'training', 'inplace', 'generator'], args);
  const call = rreluCalls[given['inplace'] === true ? 1 : 0];
  const generator = given['generator'] ? { generator: given['generator'] } : {};
  return call(input, given['lower'] ?? 1 / 8, given['upper'] ?? 1 / 3, given['training'] === true, generator);
}

/** `x - tanh(x)` */
export function tanhshrink(input: Tensor): Tensor {
  return input.sub(input.tanh());
}
/** `x / (1 + |x|)` */
export function softsign(input: Tensor): Tensor {
  return input.div(input.abs().add(1));
}

/** Which dimension it was before there was a choice. */
function oldDim(ndim: number): number {
  return ndim === 0 || ndim === 1 || ndim === 3 ? 0 : 1;
}
interface SoftmaxOptions {
  dim?: number | null;
  /** The input is converted first, lest it overflow. */
  dtype?: DType | null;
}
type SoftmaxArguments =
  | [dim?: number | null, options?: Omit<SoftmaxOptions, 'dim'>]
  | [dim: number | null, dtype: DType | null]
  | [options: SoftmaxOptions];

function readSoftmax(op: string, input: Tensor, args: SoftmaxArguments): [dim: number, dtype: object] {
  const { dim, dtype } = namedArguments(op, ['dim', 'dtype'], args) as SoftmaxOptions;
  return [dim ?? oldDim(input.ndim), dtype ? { dtype } : {}];
}
/** Along `dim`; PyTorch's deprecated choice of a dimension holds where none is given. */
export function softmax(input: Tensor, ...args: SoftmaxArguments): Tensor {
  return input.softmax(...readSoftmax('softmax', input, args));
}
export function log_softmax(input: Tensor, ...args: SoftmaxArguments): Tensor {
  return input.log_softmax(...readSoftmax('log_softmax', input, args));
}
/** softmax of the negated input. */
export function softmin(input: Tensor, ...args: SoftmaxArguments): Tensor {
  return input.neg().softmax(...readSoftmax('softmin', input, args));
}

interface GumbelOptions {
  /** Temperature; default: 1. */
  tau?: number;
  /** One-hot samples, with the gradient of the soft ones; default: false. */
  hard?: boolean;
  /** Without effect, as in PyTorch. */
  eps?: number;
  dim?: number;
}
/** Samples of the Gumbel-softmax distribution of `logits` along `dim` (default: the last). */
export function gumbel_softmax(
  logits: Tensor,
  ...args:
    | [tau?: number, hard?: boolean, eps?: number, dim?: number]
    | [tau: number, options: GumbelOptions]
    | [GumbelOptions?]
): Tensor {
  const given = namedArguments('gumbel_softmax', ['tau', 'hard', 'eps', 'dim'], args);
  const { tau = 1, hard = false, dim = -1 } = given as GumbelOptions;
  const noise = logits.new_empty(logits.shape).exponential_().log().neg();
  const soft = logits.add(noise).div(tau).softmax(dim);
  if (!hard) return soft;
  const index = soft.max(dim, true).indices;
  const one = logits.new_zeros(logits.shape).scatter_(dim, index, 1);
  return one.sub(soft.detach()).add(soft);
}
