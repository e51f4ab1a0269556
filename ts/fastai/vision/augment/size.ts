import { ValueError } from '../../../torch/index.js';

/** One number for both sides, or [height, width]. */
export type ImageSize = number | readonly [number, number];

/** @throws {ValueError} sides are no whole numbers above 0 */
export function heightWidth(op: string, size: ImageSize): [height: number, width: number] {
  const [h, w] = typeof size === 'number' ? [size, size] : size;
  if (![h, w].every((side) => Number.isInteger(side) && side > 0))
    throw new ValueError(`${op}(): ${JSON.stringify(size)} is no size`, op);
  return [h, w];
}
