/** Bins and counts. */
import { ValueError } from '../torch/errors.js';
import { type Data, extent, toNumbers } from './data.js';

export function binEdges(
  bins: number | Data,
  values: readonly number[],
  range?: readonly [number, number],
): number[] {
  if (typeof bins !== 'number') {
    const edges = toNumbers(bins, 'hist');
    if (edges.length < 2 || edges.some((edge, i) => i > 0 && !(edge > edges[i - 1]!)))
      throw new ValueError('hist(): bins must increase monotonically', 'hist');
    return edges;
  }
  if (!Number.isInteger(bins) || bins < 1 || bins > 100_000)
    throw new ValueError(`hist(): bins must be a positive integer, not ${bins}`, 'hist');
  let [low, high] = range ?? extent(values) ?? [0, 1];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  return Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins);
}

/** Bins are closed at their lower edge, the last one at both. */
export function countBins(values: readonly number[], edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  const last = edges[edges.length - 1]!;
  for (const value of values) {
    if (value < edges[0]! || value > last) continue;
    let low = 0;
    let high = counts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle]! <= value) low = middle;
      else high = middle - 1;
    }
    counts[low]!++;
  }
  return counts;
}
