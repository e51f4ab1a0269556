/** The projections of query, key and value into the space that attention works in. */
import { ValueError } from '../../errors.js';
import { linear } from '../../generated/nn_functional.js';
import type { Tensor } from '../../tensor.js';

export type Projected = [query: Tensor, key: Tensor, value: Tensor];

/** One product for several projections, parted again: (..., parts · E) as `parts` tensors. */
function together(x: Tensor, weight: Tensor, bias: Tensor | null, parts: number): Tensor[] {
  const size = weight.size(0) / parts;
  const all = linear(x, weight, bias)
    .unflatten(-1, [parts, size])
    .unsqueeze(0)
    .transpose(0, -2)
    .squeeze(-2)
    .contiguous();
  return Array.from({ length: parts }, (_, i) => all.select(0, i));
}

/**
 * Projections whose weights (3E, E) and biases (3E) lie in one tensor. Tensors that are the same object are projected
 * in one product, as in Python: the sums of the gradients then come in the same order.
 */
export function packedInProjection(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  weight: Tensor,
  bias: Tensor | null,
): Projected {
  const size = query.size(-1);
  if (key === value && query === key) return together(query, weight, bias, 3) as Projected;
  if (key === value) {
    const [ownWeight, otherWeight] = weight.split([size, 2 * size]) as [Tensor, Tensor];
    const [ownBias, otherBias] = (bias?.split([size, 2 * size]) ?? [null, null]) as (Tensor | null)[];
    const own = linear(query, ownWeight, ownBias);
    const [k, v] = together(key, otherWeight, otherBias ?? null, 2) as [Tensor, Tensor];
    return [own, k, v];
  }
  const weights = weight.chunk(3);
  const biases = bias?.chunk(3);
  return [query, key, value].map((x, i) => linear(x, weights[i]!, biases?.[i] ?? null)) as Projected;
}

/**
 * Projections with weights of their own: (E, E) for the query, (E, size of key) and (E, size of value).
 * @throws {ValueError} a weight of another shape
 */
export function inProjection(inputs: Projected, weights: Projected, bias: Tensor | null): Projected {
  const size = inputs[0].size(-1);
  const biases = bias?.chunk(3);
  return inputs.map((x, i) => {
    const name = ['query', 'key', 'value'][i]!;
    const expected = [size, x.size(-1)];
    const weight = weights[i]!;
    if (!weight.shape.equals(expected))
      throw new ValueError(
        `expecting ${name} weights shape of (${expected.join(', ')}), but got ${String(weight.shape)}`,
        'multi_head_attention_forward',
      );
    const own = biases?.[i] ?? null;
    if (own && !own.shape.equals([size]))
      throw new ValueError(
        `expecting ${name} bias shape of (${size},), but got ${String(own.shape)}`,
        'multi_head_attention_forward',
      );
    return linear(x, weight, own);
  }) as Projected;
}
