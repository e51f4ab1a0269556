/**
 * torch.nn.init: filling parameters. Without recording, in place, with PyTorch's draws in PyTorch's order.
 * https://docs.pytorch.org/docs/stable/nn.init.html
 */
import { no_grad } from '../autograd/grad_mode.js';
import { namedArguments } from '../arguments.js';
import { ArgumentError, ValueError } from '../errors.js';
import { diag, randperm } from '../generated/functions.js';
import { qr } from '../generated/linalg.js';
import type { Generator } from '../random.js';
import { Float } from '../scalar.js';
import { Tensor } from '../tensor.js';
import { tidy } from '../memory.js';
import { truncatedNormal } from './init_truncated.js';

/** All numbers of this file are floats, also where they are integral. */
type Real = number | Float;
type FanMode = 'fan_in' | 'fan_out';
/** The functions whose gain is known. */
export type Nonlinearity =
  | 'linear'
  | 'conv1d'
  | 'conv2d'
  | 'conv3d'
  | 'conv_transpose1d'
  | 'conv_transpose2d'
  | 'conv_transpose3d'
  | 'sigmoid'
  | 'tanh'
  | 'relu'
  | 'leaky_relu'
  | 'selu';

interface Given {
  tensor: Tensor;
  /** As the option of a draw; empty where there is none. */
  drawn: { generator?: Generator };
  number: (name: string, standard: number) => number;
  word: (name: string, standard: string) => string;
}

/** The tensor, and the arguments after it in any of their forms. */
function read(op: string, tensor: unknown, names: readonly string[], rest: readonly unknown[]): Given {
  if (!(tensor instanceof Tensor)) throw new ArgumentError(`${op}(): argument 'tensor' must be a Tensor`, op);
  const given = namedArguments(op, [...names, 'generator'], rest);
  const { generator } = given;
  return {
    tensor,
    drawn: generator === undefined || generator === null ? {} : { generator: generator as Generator },
    number: (name, standard) => {
      const value = given[name] ?? standard;
      if (typeof value === 'number' || value instanceof Float) return Number(value);
      throw new ArgumentError(`${op}(): argument '${name}' must be a number, not ${typeof value}`, op);
    },
    word: (name, standard) => {
      const value = given[name] ?? standard;
      if (typeof value === 'string') return value;
      throw new ArgumentError(`${op}(): argument '${name}' must be a string, not ${typeof value}`, op);
    },
  };
}

function uniform(tensor: Tensor, low: number, high: number, drawn: Given['drawn']): Tensor {
  return no_grad(() => tensor.uniform_(low, high, drawn));
}
function normal(tensor: Tensor, mean: number, std: number, drawn: Given['drawn']): Tensor {
  return no_grad(() => tensor.normal_(mean, std, drawn));
}

interface Drawn {
  /** The CPU's default generator unless given. */
  generator?: Generator | null;
}

/**
 * The recommended gain for a function of `nn.functional`.
 * @param param slope of `leaky_relu` (default: 0.01)
 * @throws {ValueError} an unknown function, or a slope that is no number
 */
export function calculate_gain(nonlinearity: Nonlinearity, param?: number | null): number {
  if (nonlinearity === 'tanh') return 5 / 3;
  if (nonlinearity === 'relu') return Math.sqrt(2);
  if (nonlinearity === 'selu') return 3 / 4;
  if (nonlinearity === 'leaky_relu') {
    const slope = param ?? 0.01;
    if (typeof slope !== 'number') throw new ValueError(`negative_slope ${String(slope)} not a valid number`);
    return Math.sqrt(2 / (1 + slope * slope));
  }
  if (
    nonlinearity === 'linear' ||
    nonlinearity === 'sigmoid' ||
    /^conv(_transpose)?[123]d$/.test(nonlinearity)
  )
    return 1;
  throw new ValueError(`Unsupported nonlinearity ${String(nonlinearity)}`);
}

type UniformArguments = [a?: Real, b?: Real, options?: Drawn] | [options?: Drawn & { a?: Real; b?: Real }];
/** Uniform in [a, b): by default [0, 1). */
export function uniform_<T extends Tensor>(tensor: T, ...args: UniformArguments): T {
  const { number, drawn } = read('uniform_', tensor, ['a', 'b'], args);
  uniform(tensor, number('a', 0), number('b', 1), drawn);
  return tensor;
}

type NormalArguments =
  [mean?: Real, std?: Real, options?: Drawn] | [options?: Drawn & { mean?: Real; std?: Real }];
/** Normal: by default with mean 0 and standard deviation 1. */
export function normal_<T extends Tensor>(tensor: T, ...args: NormalArguments): T {
  const { number, drawn } = read('normal_', tensor, ['mean', 'std'], args);
  normal(tensor, number('mean', 0), number('std', 1), drawn);
  return tensor;
}

interface TruncatedOptions extends Drawn {
  mean?: Real;
  std?: Real;
  a?: Real;
  b?: Real;
}
/** Normal, but within [a, b]: by default mean 0, deviation 1, in [-2, 2]. */
export function trunc_normal_<T extends Tensor>(
  tensor: T,
  ...args: [mean?: Real, std?: Real, a?: Real, b?: Real, options?: Drawn] | [options?: TruncatedOptions]
): T {
  const { number, drawn } = read('trunc_normal_', tensor, ['mean', 'std', 'a', 'b'], args);
  const [mean, std, a, b] = [number('mean', 0), number('std', 1), number('a', -2), number('b', 2)];
  if (!tensor.is_meta) no_grad(() => truncatedNormal(tensor, { mean, std, a, b }, drawn));
  return tensor;
}

export function constant_<T extends Tensor>(tensor: T, val: Real | { val: Real }): T {
  const { number } = read('constant_', tensor, ['val'], [val]);
  no_grad(() => tensor.fill_(number('val', NaN)));
  return tensor;
}
export function ones_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 1);
}
export function zeros_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 0);
}

/** The identity matrix. @throws {ValueError} unless there are two dimensions */
export function eye_<T extends Tensor>(tensor: T): T {
  read('eye_', tensor, [], []);
  if (tensor.ndim !== 2) throw new ValueError('Only tensors with 2 dimensions are supported', 'eye_');
  no_grad(() => {
    tidy(() => void tensor.zero_().diagonal().fill_(1));
  });
  return tensor;
}

/**
 * The identity of a convolution: as many input channels as possible are kept.
 * @throws {ValueError} unless there are 3, 4 or 5 dimensions, the first divisible by `groups`
 */
export function dirac_<T extends Tensor>(tensor: T, groups: number | { groups?: number } = 1): T {
  const count = read('dirac_', tensor, ['groups'], [groups]).number('groups', 1);
  const [outputs = 0, , ...kernel] = tensor.shape;
  if (![1, 2, 3].includes(kernel.length))
    throw new ValueError('Only tensors with 3, 4, or 5 dimensions are supported', 'dirac_');
  if (outputs % count !== 0) throw new ValueError('dim 0 must be divisible by groups', 'dirac_');
  if (tensor.is_meta) return tensor;
  const perGroup = outputs / count;
  no_grad(() => {
    tidy(() => {
      let middle = tensor.zero_().detach();
      kernel.forEach((size) => (middle = middle.select(2, Math.floor(size / 2))));
      for (let group = 0; group < count; ++group)
        middle
          .narrow(0, group * perGroup, perGroup)
          .diagonal()
          .fill_(1);
    });
  });
  return tensor;
}

function fans(tensor: Tensor): { fan_in: number; fan_out: number } {
  const [outputs, inputs, ...field] = tensor.shape;
  if (outputs === undefined || inputs === undefined)
    throw new ValueError('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions');
  const size = field.reduce((product, length) => product * length, 1);
  return { fan_in: inputs * size, fan_out: outputs * size };
}

/** How many values flow into an element of a layer with this weight, and out of it. */
export function _calculate_fan_in_and_fan_out(tensor: Tensor): [fan_in: number, fan_out: number] {
  const { fan_in, fan_out } = fans(tensor);
  return [fan_in, fan_out];
}

type XavierArguments = [gain?: Real, options?: Drawn] | [options?: Drawn & { gain?: Real }];

function xavierDeviation(tensor: Tensor, gain: number): number {
  const { fan_in, fan_out } = fans(tensor);
  return gain * Math.sqrt(2 / (fan_in + fan_out));
}
/** Glorot's uniform initialisation. @throws {ValueError} fewer than two dimensions */
export function xavier_uniform_<T extends Tensor>(tensor: T, ...args: XavierArguments): T {
  const { number, drawn } = read('xavier_uniform_', tensor, ['gain'], args);
  const bound = Math.sqrt(3) * xavierDeviation(tensor, number('gain', 1));
  uniform(tensor, -bound, bound, drawn);
  return tensor;
}
/** Glorot's normal initialisation. @throws {ValueError} fewer than two dimensions */
export function xavier_normal_<T extends Tensor>(tensor: T, ...args: XavierArguments): T {
  const { number, drawn } = read('xavier_normal_', tensor, ['gain'], args);
  normal(tensor, 0, xavierDeviation(tensor, number('gain', 1)), drawn);
  return tensor;
}

interface KaimingOptions extends Drawn {
  /** Slope of the leaky ReLU that follows; default: 0. */
  a?: Real;
  /** Whose variance is kept: forward (the default) or backward. */
  mode?: FanMode;
  /** Default: leaky_relu. */
  nonlinearity?: Nonlinearity;
}
type KaimingArguments =
  | [a?: Real, mode?: FanMode, nonlinearity?: Nonlinearity, options?: Drawn]
  | [a: Real, options: Omit<KaimingOptions, 'a'>]
  | [options?: KaimingOptions];

function kaimingDeviation(op: string, { tensor, number, word }: Given): number {
  const mode = word('mode', 'fan_in').toLowerCase();
  if (mode !== 'fan_in' && mode !== 'fan_out')
    throw new ValueError(`Mode ${mode} not supported, please use one of ['fan_in', 'fan_out']`, op);
  const fan = fans(tensor)[mode];
  return calculate_gain(word('nonlinearity', 'leaky_relu') as Nonlinearity, number('a', 0)) / Math.sqrt(fan);
}
const kaimingNames = ['a', 'mode', 'nonlinearity'];
/** He's uniform initialisation. @throws {ValueError} fewer than two dimensions, an unknown mode or function */
export function kaiming_uniform_<T extends Tensor>(tensor: T, ...args: KaimingArguments): T {
  const given = read('kaiming_uniform_', tensor, kaimingNames, args);
  if (tensor.shape.includes(0)) return tensor;
  const bound = Math.sqrt(3) * kaimingDeviation('kaiming_uniform_', given);
  uniform(tensor, -bound, bound, given.drawn);
  return tensor;
}
/** He's normal initialisation. @throws {ValueError} fewer than two dimensions, an unknown mode or function */
export function kaiming_normal_<T extends Tensor>(tensor: T, ...args: KaimingArguments): T {
  const given = read('kaiming_normal_', tensor, kaimingNames, args);
  if (tensor.shape.includes(0)) return tensor;
  normal(tensor, 0, kaimingDeviation('kaiming_normal_', given), given.drawn);
  return tensor;
}

/** A (semi) orthogonal matrix over the flattened trailing dimensions. @throws {ValueError} fewer than two dimensions */
export function orthogonal_<T extends Tensor>(tensor: T, ...args: XavierArguments): T {
  const { number, drawn } = read('orthogonal_', tensor, ['gain'], args);
  if (tensor.ndim < 2)
    throw new ValueError('Only tensors with 2 or more dimensions are supported', 'orthogonal_');
  if (tensor.numel() === 0 || tensor.is_meta) return tensor;
  const rows = tensor.size(0);
  const columns = tensor.numel() / rows;
  no_grad(() => {
    tidy(() => {
      const flat = tensor.new_empty([rows, columns]).normal_(0, 1, drawn);
      const [q, r] = qr(rows < columns ? flat.t() : flat);
      // The signs make the distribution uniform over all orthogonal matrices.
      q.mul_(diag(r, 0).sign());
      const result = rows < columns ? q.t() : q;
      tensor.view_as(result).copy_(result);
      tensor.mul_(new Float(number('gain', 1)));
    });
  });
  return tensor;
}

/**
 * Normal, with the fraction `sparsity` of each column set to zero. The places come from the default generator, as in
 * PyTorch, also where another one draws the numbers.
 * @throws {ValueError} unless there are two dimensions
 */
export function sparse_<T extends Tensor>(
  tensor: T,
  ...args:
    | [sparsity: number, std?: Real, options?: Drawn]
    | [sparsity: number, options: Drawn & { std?: Real }]
    | [options: Drawn & { sparsity: number; std?: Real }]
): T {
  const { number, drawn } = read('sparse_', tensor, ['sparsity', 'std'], args);
  if (tensor.ndim !== 2) throw new ValueError('Only tensors with 2 dimensions are supported', 'sparse_');
  if (tensor.is_meta) return tensor;
  const [rows = 0, columns = 0] = tensor.shape;
  const zeros = Math.ceil(number('sparsity', NaN) * rows);
  no_grad(() => {
    normal(tensor, 0, number('std', 0.01), drawn);
    for (let column = 0; column < columns; ++column)
      tidy(() => {
        const places = randperm(rows).narrow(0, 0, zeros);
        tensor.select(1, column).index_fill_(0, places, 0);
      });
  });
  return tensor;
}
