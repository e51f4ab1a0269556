/** Texts of distributions, as Python formats them. */
import { repr } from '../number_text.js';
import type { Tensor } from '../tensor.js';

/** Python's `format` of a tensor: that of its element when it has no dimensions. */
export function formatted(value: Tensor): string {
  if (value.ndim > 0) return String(value);
  const element: unknown = value.item();
  return typeof element === 'number' && value.is_floating_point() ? repr(element) : String(element);
}

/** Python's `str` of a tuple of sizes. */
export function sizes(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}
