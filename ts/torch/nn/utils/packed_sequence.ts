/** https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.PackedSequence.html */
import { inspect } from 'node:util';
import { namedArguments } from '../../arguments.js';
import { readTo, type ToArguments } from '../../casts.js';
import type { Device } from '../../device.js';
import * as dtypes from '../../dtype.js';
import { ArgumentError, ValueError } from '../../errors.js';
import { arange, empty_like } from '../../generated/functions.js';
import { Tensor } from '../../tensor.js';
import { callable } from '../modules/callable.js';

interface Permutations {
  sorted_indices?: Tensor | null;
  unsorted_indices?: Tensor | null;
}

/** The permutation that undoes `permutation`. */
export function invert_permutation(permutation: Tensor): Tensor;
export function invert_permutation(permutation: Tensor | null): Tensor | null;
export function invert_permutation(permutation: Tensor | null): Tensor | null {
  if (permutation === null) return null;
  using places = arange(0, permutation.numel(), { device: permutation.device });
  return empty_like(permutation).scatter_(0, permutation, places);
}

class PackedSequenceClass implements Iterable<Tensor | null> {
  /** The elements of all sequences, time step by time step: (sum of the lengths, *). */
  readonly data: Tensor;
  /** How many sequences reach each time step: int64, on the CPU. */
  readonly batch_sizes: Tensor;
  /** Where each sequence of the batch was before it was sorted by length; null where it came sorted. */
  readonly sorted_indices: Tensor | null;
  /** The inverse of `sorted_indices`. */
  readonly unsorted_indices: Tensor | null;

  /**
   * A batch of sequences of different lengths. Made by `pack_sequence` and `pack_padded_sequence`, not by hand.
   * It reads like the tuple (data, batch_sizes, sorted_indices, unsorted_indices).
   * @throws {ValueError} `batch_sizes` is not on the CPU
   */
  constructor(
    ...args:
      | [
          data: Tensor,
          batch_sizes: Tensor,
          sorted_indices?: Tensor | null | Permutations,
          unsorted_indices?: Tensor | null,
        ]
      | [pair: readonly [data: Tensor, batch_sizes: Tensor], batch_sizes?: null, options?: Permutations]
  ) {
    const names = ['data', 'batch_sizes', 'sorted_indices', 'unsorted_indices'];
    const given = namedArguments('PackedSequence', names, args);
    let { data, batch_sizes } = given;
    batch_sizes ??= null;
    if (batch_sizes === null) {
      if (!Array.isArray(data) || data.length !== 2)
        throw new ArgumentError('Expected data to be a list or tuple of length 2', 'PackedSequence');
      [data, batch_sizes] = data as unknown[];
    }
    if (!(data instanceof Tensor) || !(batch_sizes instanceof Tensor))
      throw new ArgumentError('PackedSequence(): data and batch_sizes must be Tensors', 'PackedSequence');
    if (batch_sizes.device.type !== 'cpu')
      throw new ValueError('batch_sizes should always be on CPU', 'PackedSequence');
    this.data = data;
    this.batch_sizes = batch_sizes;
    this.sorted_indices = (given['sorted_indices'] ?? null) as Tensor | null;
    this.unsorted_indices =
      (given['unsorted_indices'] as Tensor | null | undefined) ?? invert_permutation(this.sorted_indices);
  }

  *[Symbol.iterator](): Generator<Tensor | null, void, undefined> {
    yield this.data;
    yield this.batch_sizes;
    yield this.sorted_indices;
    yield this.unsorted_indices;
  }

  /** The data as another dtype or on another device, the permutations with it; `batch_sizes` stay on the CPU. */
  to(...args: ToArguments): PackedSequenceClass {
    const data = this.data.to(...args);
    if (data.is(this.data)) return this;
    const { non_blocking } = readTo(args);
    const moved = (indices: Tensor | null): Tensor | null =>
      indices && indices.to(data.device, non_blocking === undefined ? {} : { non_blocking });
    return new PackedSequence(
      data,
      this.batch_sizes,
      moved(this.sorted_indices),
      moved(this.unsorted_indices),
    );
  }
  cpu(): PackedSequenceClass {
    return this.to('cpu');
  }
  cuda(device: Device | string | number = 'cuda'): PackedSequenceClass {
    return this.to(typeof device === 'number' ? `cuda:${device}` : device);
  }
  double(): PackedSequenceClass {
    return this.to(dtypes.float64);
  }
  float(): PackedSequenceClass {
    return this.to(dtypes.float32);
  }
  half(): PackedSequenceClass {
    return this.to(dtypes.float16);
  }
  long(): PackedSequenceClass {
    return this.to(dtypes.int64);
  }
  int(): PackedSequenceClass {
    return this.to(dtypes.int32);
  }
  short(): PackedSequenceClass {
    return this.to(dtypes.int16);
  }
  char(): PackedSequenceClass {
    return this.to(dtypes.int8);
  }
  byte(): PackedSequenceClass {
    return this.to(dtypes.uint8);
  }
  get is_cuda(): boolean {
    return this.data.is_cuda;
  }
  pin_memory(): PackedSequenceClass {
    return new PackedSequence(
      this.data.pin_memory(),
      this.batch_sizes,
      this.sorted_indices && this.sorted_indices.pin_memory(),
      this.unsorted_indices && this.unsorted_indices.pin_memory(),
    );
  }
  is_pinned(): boolean {
    return this.data.is_pinned();
  }

  toString(): string {
    const text = (part: Tensor | null): string => (part === null ? 'None' : String(part));
    return (
      `PackedSequence(data=${text(this.data)}, batch_sizes=${text(this.batch_sizes)}, ` +
      `sorted_indices=${text(this.sorted_indices)}, unsorted_indices=${text(this.unsorted_indices)})`
    );
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
export const PackedSequence = callable(PackedSequenceClass);
export type PackedSequence = PackedSequenceClass;
