/** Python's slices of a list. */
import { ValueError } from '../../errors.js';

const pattern = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/;

/**
 * The positions that `text`, such as `1:` or `::-1`, takes from a list of `length` items.
 * @throws {ValueError} `text` is no slice, or its step is zero
 */
export function parseSlice(text: string, length: number): number[] {
  const match = pattern.exec(text);
  if (!match) throw new ValueError(`'${text}' is no slice; expected something like '1:3'`);
  const [start, stop, step = 1] = match
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  if (step === 0) throw new ValueError('slice step cannot be zero');
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const clip = (position: number): number =>
    Math.min(Math.max(position < 0 ? position + length : position, lowest), highest);
  const first = start === undefined ? (step > 0 ? lowest : highest) : clip(start);
  const end = stop === undefined ? (step > 0 ? highest : lowest) : clip(stop);
  const positions: number[] = [];
  for (let i = first; step > 0 ? i < end : i > end; i += step) positions.push(i);
  return positions;
}
