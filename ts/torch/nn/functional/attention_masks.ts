/** Masks of attention, and the shapes that they and the inputs must have. */
import type { DType } from '../../dtype.js';
import { bool } from '../../dtype.js';
import { TorchError } from '../../errors.js';
import { zeros_like } from '../../generated/functions.js';
import type { Tensor } from '../../tensor.js';
import { warn } from './arguments.js';

/**
 * A mask as numbers that are added to the scores: true becomes -inf, false 0; one of numbers stays what it is.
 * @param other another mask, whose dtype should be the same, and its name
 * @throws {TorchError} the mask is neither bool nor floating point
 */
export function canonicalMask(
  mask: Tensor | null,
  name: string,
  target: DType,
  other?: { mask: Tensor | null; name: string },
): Tensor | null {
  if (mask === null) return null;
  const floating = mask.is_floating_point();
  if (mask.dtype !== bool && !floating)
    throw new TorchError(`only bool and floating types of ${name} are supported`);
  if (other?.mask && other.mask.dtype !== mask.dtype)
    warn(`Support for mismatched ${name} and ${other.name} is deprecated. Use same type for both instead.`);
  return floating ? mask : zeros_like(mask, { dtype: target }).masked_fill_(mask, -Infinity);
}

export interface Attended {
  query: Tensor;
  key: Tensor;
  value: Tensor;
  key_padding_mask: Tensor | null;
  attn_mask: Tensor | null;
}

/** @throws {TorchError} unless `tensor`, when it is there, has one of the numbers of dimensions */
function checkDims(start: string, name: string, tensor: Tensor | null, dims: readonly number[]): void {
  if (tensor === null || dims.includes(tensor.ndim)) return;
  const wanted = dims.map((dim) => `${dim}-D`).join(' or ');
  const list = dims.length > 1 ? `\`None\`, ${wanted}` : `\`None\` or ${wanted}`;
  throw new TorchError(
    `${start}, expected \`${name}\` to be ${list} but found ${tensor.ndim}-D tensor instead`,
  );
}

/**
 * Whether there is a batch.
 * @throws {TorchError} dimensions that do not go together
 */
export function checkAttended(
  { query, key, value, key_padding_mask, attn_mask }: Attended,
  num_heads: number,
): boolean {
  const { ndim } = query;
  if (ndim !== 2 && ndim !== 3)
    throw new TorchError(
      `query should be unbatched 2D or batched 3D tensor but received ${ndim}-D query tensor`,
    );
  const batched = ndim === 3;
  const start = `For ${batched ? 'batched (3-D)' : 'unbatched (2-D)'} \`query\``;
  if (key.ndim !== ndim || value.ndim !== ndim)
    throw new TorchError(
      `${start}, expected \`key\` and \`value\` to be ${ndim}-D but found ${key.ndim}-D and ${value.ndim}-D ` +
        'tensors respectively',
    );
  checkDims(start, 'key_padding_mask', key_padding_mask, [ndim - 1]);
  checkDims(start, 'attn_mask', attn_mask, [2, 3]);
  if (!batched && attn_mask?.ndim === 3) {
    const expected = [num_heads, query.size(0), key.size(0)];
    if (!attn_mask.shape.equals(expected))
      throw new TorchError(
        `Expected \`attn_mask\` shape to be (${expected.join(', ')}) but got ${String(attn_mask.shape)}`,
      );
  }
  return batched;
}

/** @throws {TorchError} a mask of scores of another size than (target, source) or (batch·heads, target, source) */
export function checkScoresMask(mask: Tensor, target: number, source: number, heads: number): void {
  const { ndim } = mask;
  if (ndim !== 2 && ndim !== 3) throw new TorchError(`attn_mask's dimension ${ndim} is not supported`);
  const expected = ndim === 2 ? [target, source] : [heads, target, source];
  if (!mask.shape.equals(expected))
    throw new TorchError(
      `The shape of the ${ndim}D attn_mask is ${String(mask.shape)}, but should be (${expected.join(', ')}).`,
    );
}

/** @throws {TorchError} a padding mask of another size than (batch, source) */
export function checkPaddingMask(mask: Tensor, batch: number, source: number): void {
  [batch, source].forEach((expected, dim) => {
    if (mask.size(dim) !== expected)
      throw new TorchError(
        `Expected key_padded_mask.shape[${dim}] to be ${expected}, but got ${mask.size(dim)}`,
      );
  });
}
