/** https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html */
import { ArgumentError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import { moduleArguments } from './arguments.js';
import { callable } from './callable.js';
import { Module } from './module.js';
import { pythonText } from './text.js';

class FlattenClass extends Module {
  start_dim: number;
  end_dim: number;

  /** Makes one dimension of those from `start_dim` (default: 1) to `end_dim` (default: the last). */
  constructor(
    ...args:
      | [start_dim?: number, end_dim?: number]
      | [start_dim: number, options: { end_dim?: number }]
      | [options: { start_dim?: number; end_dim?: number }]
  ) {
    super();
    const given = moduleArguments('Flatten', ['start_dim', 'end_dim'], args);
    this.start_dim = (given['start_dim'] ?? 1) as number;
    this.end_dim = (given['end_dim'] ?? -1) as number;
  }
  forward(input: Tensor): Tensor {
    return input.flatten(this.start_dim, this.end_dim);
  }
  override extra_repr(): string {
    return `start_dim=${this.start_dim}, end_dim=${this.end_dim}`;
  }
}
export const Flatten = callable(FlattenClass);
export type Flatten = FlattenClass;

class UnflattenClass extends Module {
  dim: number;
  unflattened_size: readonly number[];

  /**
   * Makes dimensions of the sizes `unflattened_size` of dimension `dim`.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
   * @throws {ArgumentError} the sizes are no list of integers
   */
  constructor(
    ...args:
      | [dim: number, unflattened_size: readonly number[]]
      | [dim: number, options: { unflattened_size: readonly number[] }]
      | [options: { dim: number; unflattened_size: readonly number[] }]
  ) {
    super();
    const given = moduleArguments('Unflatten', ['dim', 'unflattened_size'], args, 2);
    this.dim = given['dim'] as number;
    this.unflattened_size = integers(given['unflattened_size']);
  }
  forward(input: Tensor): Tensor {
    return input.unflatten(this.dim, this.unflattened_size);
  }
  override extra_repr(): string {
    return `dim=${this.dim}, unflattened_size=${pythonText(this.unflattened_size)}`;
  }
}
export const Unflatten = callable(UnflattenClass);
export type Unflatten = UnflattenClass;

function integers(value: unknown): readonly number[] {
  if (!Array.isArray(value))
    throw new ArgumentError(
      `unflattened_size must be a tuple of ints, but found type ${typeof value}`,
      'Unflatten',
    );
  value.forEach((size, i) => {
    if (!Number.isInteger(size))
      throw new ArgumentError(
        `unflattened_size must be tuple of ints, but found element of type ${typeof size} at pos ${i}`,
        'Unflatten',
      );
  });
  return value as number[];
}
