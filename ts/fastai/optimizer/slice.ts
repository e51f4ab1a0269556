import { slice as indexSlice, type Slice, type SlicePart } from '../../torch/slice.js';

/** A range of learning rates, from the first group of parameters to the last. */
export class RateSlice {
  readonly step = null;
  constructor(
    readonly start: number | null,
    readonly stop: number,
  ) {
    Object.freeze(this);
  }
  toString(): string {
    return `slice(${this.start ?? 'None'}, ${this.stop}, None)`;
  }
}

/** What stands for a range of hyper-parameters: fastai's or torch's slice. */
export interface Range {
  readonly start: number | null;
  readonly stop: number | null;
}

/**
 * Python's `slice`, for indices and for learning rates: `slice(1e-5, 1e-3)` spreads them over the groups of
 * parameters, each a multiple of the one before; `slice(1e-3)` gives the last group 1e-3 and the others a tenth.
 *
 * @see https://docs.fast.ai/optimizer.html#optimizer
 */
export function slice(stop: SlicePart): Slice | RateSlice;
export function slice(start: SlicePart, stop: SlicePart, step?: SlicePart): Slice | RateSlice;
export function slice(...parts: [SlicePart, SlicePart?, SlicePart?]): Slice | RateSlice {
  const isRate = (part: SlicePart): boolean => typeof part === 'number' && !Number.isInteger(part);
  if (!parts.some(isRate)) return indexSlice(...parts);
  const [start, stop] = parts.length === 1 ? [null, parts[0]] : parts;
  return new RateSlice(start === null || start === undefined ? null : Number(start), Number(stop));
}

export function isRange(value: unknown): value is Range {
  return typeof value === 'object' && value !== null && 'start' in value && 'stop' in value;
}

/**
 * `n` numbers from `start` to `stop`, each the same multiple of the one before; `stop` alone when `n` is 1.
 * [fastcore docs](https://fastcore.fast.ai/basics.html#even_mults)
 */
export function even_mults(start: number, stop: number, n: number): number[] {
  if (n === 1) return [stop];
  const step = (stop / start) ** (1 / (n - 1));
  return Array.from({ length: n }, (_, i) => start * step ** i);
}
