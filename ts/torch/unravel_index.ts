import { ArgumentError, ValueError } from './errors.js';
import { tidy } from './memory.js';
import type { Tensor } from './tensor.js';

/**
 * Places in a flattened array as places in one of that shape: a tensor of indices for each dimension.
 * https://docs.pytorch.org/docs/stable/generated/torch.unravel_index.html
 * @param indices integers
 * @throws {ArgumentError} the indices are no integers
 * @throws {ValueError} a negative size
 */
export function unravel_index(indices: Tensor, shape: number | readonly number[]): Tensor[] {
  const sizes = typeof shape === 'number' ? [shape] : [...shape];
  const { dtype } = indices;
  if (dtype.is_floating_point || dtype.is_complex || dtype.name === 'bool')
    throw new ArgumentError(
      `unravel_index(): expected 'indices' to be integer dtype, but got ${String(dtype)}`,
      'unravel_index',
    );
  if (sizes.some((size) => size < 0))
    throw new ValueError(
      `unravel_index(): 'shape' cannot have negative values, but got (${sizes.join(', ')})`,
      'unravel_index',
    );
  return tidy(() => {
    let step = 1;
    const found = sizes.reverse().map((size) => {
      const place = indices.div(step, { rounding_mode: 'floor' }).remainder(size);
      step *= size;
      return place;
    });
    return found.reverse();
  });
}
