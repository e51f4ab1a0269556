/** Arguments of optimizers and schedulers: how they are read, checked and written. */
import { namedArguments } from '../arguments.js';
import { ArgumentError, NotImplementedError, TorchError, ValueError } from '../errors.js';
import { repr } from '../number_text.js';
import { Tuple } from '../serialization/pickle/values.js';
import { Tensor } from '../tensor.js';

/** What options are by their defaults: null stands for a boolean that may be left open. */
type Widened<T> = T extends boolean
  ? boolean
  : T extends number
    ? number
    : T extends null
      ? boolean | null
      : T extends readonly number[]
        ? readonly [number, number]
        : T;
export type Options<T> = { -readonly [K in keyof T]: Widened<T[K]> };
/** As a caller writes them: the learning rate may be a tensor, which is then read at every step. */
export type GivenOptions<T> = {
  [K in keyof T]?: (K extends 'lr' ? number | Tensor : Widened<T[K]>) | undefined;
};
/** By position in PyTorch's order, the rest by name in one trailing object. */
export type OptionArguments<T> =
  | [options?: GivenOptions<T>]
  | [
      lr: number | Tensor | undefined,
      ...rest: (GivenOptions<T> | number | boolean | readonly number[] | null | undefined)[],
    ];

/** The type of a value in Python's words. */
export function typename(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? value.constructor?.name || 'dict' : typeof value;
}

/** A value as Python prints it; an integral number is an int, since nothing tells it from a float. */
export function text(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : repr(value);
  if (typeof value === 'string') return `'${value}'`;
  if (value instanceof Tuple) return `(${value.map(text).join(', ')}${value.length === 1 ? ',' : ''})`;
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`;
  return value instanceof Tensor ? value.toString() : typename(value);
}

function checkType(op: string, name: string, value: unknown, standard: unknown): unknown {
  const refuse = (wanted: string): never => {
    throw new ArgumentError(`${op}(): argument '${name}' must be ${wanted}, not ${typename(value)}`, op);
  };
  if (Array.isArray(standard)) {
    const pair = value as unknown[];
    const fits = Array.isArray(value) && pair.length === standard.length;
    if (!fits || !pair.every((item) => typeof item === 'number'))
      refuse(`a list of ${standard.length} numbers`);
    return new Tuple(...pair);
  }
  if (name === 'lr' && value instanceof Tensor) {
    if (value.numel() !== 1) throw new ValueError('Tensor lr must be 1-element', op);
    return value;
  }
  if (typeof standard === 'number' && typeof value !== 'number')
    refuse(name === 'lr' ? 'float or Tensor' : 'float');
  if (typeof standard === 'boolean' && typeof value !== 'boolean') refuse('bool');
  if (standard === null && value !== null && typeof value !== 'boolean') refuse('bool or None');
  return value;
}

/**
 * The options of an optimizer's constructor.
 * @param standard the defaults in the order of the parameters; each also says the type
 * @param positional how many of them may be given by position
 * @throws {ArgumentError} unknown options, wrong types
 * @throws {NotImplementedError} `differentiable` and `capturable`
 */
export function readOptions<T extends object>(
  op: string,
  standard: T,
  args: readonly unknown[],
  positional: number,
): Options<T> {
  const given = namedArguments(op, Object.keys(standard), args, positional);
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(standard))
    result[name] = checkType(op, name, name in given ? given[name] : value, value);
  if (result['differentiable'] === true)
    throw new NotImplementedError(
      `${op}(): differentiable=True is not supported: a step changes the parameters outside of autograd`,
      op,
    );
  if (result['capturable'] === true)
    throw new NotImplementedError(
      `${op}(): capturable=True is not supported: CUDA graphs cannot be captured`,
      op,
    );
  if (result['fused'] === true && result['foreach'] === true)
    throw new TorchError('`fused` and `foreach` cannot be `True` together.', op);
  return result as Options<T>;
}

/** A number of a group; of a tensor, its value now. */
export function scalar(value: unknown): number {
  return typeof value === 'number' ? value : Number((value as Tensor).item());
}

/** @throws {ValueError} `Invalid <what>: <value>` unless the value is `low` at least, and below or at `high` */
export function checkAtLeast(what: string, value: unknown, low = 0, high = Infinity): void {
  const number = scalar(value);
  if (!(low <= number && number <= high)) throw new ValueError(`Invalid ${what}: ${text(value)}`);
}

/** @throws {ValueError} unless both lie in [0, 1) */
function checkBetas(betas: readonly number[]): void {
  betas.forEach((beta, i) => {
    if (!(0 <= beta && beta < 1)) throw new ValueError(`Invalid beta parameter at index ${i}: ${text(beta)}`);
  });
}

/** What Adam and its relatives ask of their common options, in PyTorch's order. @throws {ValueError} the first that is out of range */
export function checkAdamOptions(options: {
  lr: unknown;
  eps: unknown;
  betas: readonly number[];
  weight_decay: unknown;
}): void {
  checkAtLeast('learning rate', options.lr);
  checkAtLeast('epsilon value', options.eps);
  checkBetas(options.betas);
  checkAtLeast('weight_decay value', options.weight_decay);
}
