/**
 * Indices as libtorch makes them: a whole permutation in one tensor instead of 60,000 numbers. A sampler gives its
 * order in chunks, each drawn when the one before is used up, which is when Python's generators draw them; here they
 * are cut into batches.
 */
import { within } from '../../../context.js';
import type { Device } from '../../../device.js';
import { int64 } from '../../../dtype.js';
import { cat } from '../../../generated/functions.js';
import { from_numpy } from '../../../creation.js';
import { Tensor } from '../../../tensor.js';

/** Consecutive indices: those from `start` up to, but without, `stop`. */
export interface Span {
  readonly start: number;
  readonly stop: number;
}
/** Part of a sampler's order; tensors are int64 with one dimension. */
export type Chunk = Tensor | Span;

/** Makes what outlives the call that makes it: a scope around one step must not free a whole pass's order. */
export function unscoped<T>(make: () => T): T {
  return within({ scope: null }, make);
}

export function chunkLength(chunk: Chunk): number {
  return chunk instanceof Tensor ? chunk.length : chunk.stop - chunk.start;
}

export function disposeChunk(chunk: Chunk | undefined): void {
  if (chunk instanceof Tensor) chunk.dispose();
}

/** The indices as numbers. */
export function toNumbers(chunk: Chunk): number[] {
  if (chunk instanceof Tensor) {
    const array = chunk.toTypedArray() as BigInt64Array;
    const numbers = new Array<number>(array.length);
    for (let i = 0; i < array.length; ++i) numbers[i] = Number(array[i]);
    return numbers;
  }
  return Array.from({ length: chunk.stop - chunk.start }, (_, i) => chunk.start + i);
}

/** Indices as an int64 tensor, or null when they are not all integers. */
export function toIndexTensor(indices: ArrayLike<unknown>): Tensor | null {
  if (indices instanceof Tensor) return indices.ndim === 1 ? indices.to(int64).clone() : null;
  const numbers = new Float64Array(indices.length);
  for (let i = 0; i < numbers.length; ++i) {
    const value = indices[i];
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return null;
    numbers[i] = value;
  }
  const wide = from_numpy(numbers);
  try {
    return wide.to(int64);
  } finally {
    wide.dispose();
  }
}

/** Part of a chunk: a view of it. */
function cut(chunk: Chunk, from: number, count: number): Chunk {
  if (chunk instanceof Tensor) return chunk.narrow(0, from, count);
  return { start: chunk.start + from, stop: chunk.start + from + count };
}

function toTensor(chunk: Chunk): Tensor {
  if (chunk instanceof Tensor) return chunk;
  return toIndexTensor(toNumbers(chunk))!;
}

function join(parts: Chunk[]): Chunk {
  if (parts.length === 1) return parts[0]!;
  const tensors = parts.map(toTensor);
  try {
    return cat(tensors);
  } finally {
    for (const tensor of tensors) tensor.dispose();
  }
}

/**
 * Cuts chunks into batches, taking the next chunk only when a batch needs it. Whoever gets a batch disposes of it.
 * @param device where the indices are needed: a whole chunk is moved at once
 */
export function* cutBatches(
  chunks: Iterable<Chunk>,
  batch_size: number,
  drop_last: boolean,
  device: Device,
): Generator<Chunk, void, undefined> {
  const source = chunks[Symbol.iterator]();
  let chunk: Chunk | undefined;
  let used = 0;
  const take = (): boolean => {
    disposeChunk(chunk);
    const next = source.next();
    chunk = next.done ? undefined : next.value;
    used = 0;
    if (chunk instanceof Tensor && device.type !== 'cpu') {
      const here = chunk;
      chunk = unscoped(() => here.to(device));
      here.dispose();
    }
    return chunk !== undefined;
  };
  try {
    for (;;) {
      const parts: Chunk[] = [];
      let missing = batch_size;
      while (missing > 0) {
        const left = chunk === undefined ? 0 : chunkLength(chunk) - used;
        if (left === 0) {
          if (take()) continue;
          break;
        }
        const count = Math.min(left, missing);
        parts.push(cut(chunk!, used, count));
        used += count;
        missing -= count;
      }
      if (parts.length === 0 || (missing > 0 && drop_last)) {
        for (const part of parts) disposeChunk(part);
        return;
      }
      yield join(parts);
      if (missing > 0) return;
    }
  } finally {
    disposeChunk(chunk);
    source.return?.();
  }
}
