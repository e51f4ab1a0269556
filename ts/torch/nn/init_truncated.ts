/** The truncated normal distribution by rejection, with the draws of torch/nn/init.py in their order. */
import { tensor as newTensor } from '../creation.js';
import { float64 } from '../dtype.js';
import { empty_like, where } from '../generated/functions.js';
import { tidy } from '../memory.js';
import type { Generator } from '../random.js';
import type { Tensor } from '../tensor.js';

interface Shape {
  mean: number;
  std: number;
  a: number;
  b: number;
}
type Drawn = { generator?: Generator };

/** Below this share of a plain normal within the bounds, candidates are drawn uniformly between them. */
const leastShare = 0.3;

function normalShareBelow(x: number): number {
  return tidy(
    () =>
      (1 +
        newTensor(x / Math.sqrt(2), { dtype: float64 })
          .erf()
          .item()) /
      2,
  );
}

/** Fills `tensor`; the caller has switched recording off. */
export function truncatedNormal(tensor: Tensor, shape: Shape, drawn: Drawn): void {
  const { mean, std, a, b } = shape;
  if (mean < a - 2 * std || mean > b + 2 * std)
    process.emitWarning(
      'mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.',
    );
  const share = normalShareBelow((b - mean) / std) - normalShareBelow((a - mean) / std);
  tidy(() => {
    if (share > leastShare) redrawn(tensor, shape, drawn);
    else fromUniform(tensor, shape, drawn);
  });
}

/** Draws from the plain normal until all are within. */
function redrawn(tensor: Tensor, { mean, std, a, b }: Shape, drawn: Drawn): void {
  // A bound counts as what it is in the tensor's dtype.
  const rounded = (bound: number): number => tidy(() => newTensor(bound, { dtype: tensor.dtype }).item());
  const [low, high] = [rounded(a), rounded(b)];
  let result: Tensor = tensor.normal_(mean, std, drawn);
  const outside = (): Tensor => tidy(() => result.lt(low).logical_or(result.gt(high)));
  for (let mask = outside(); any(mask); mask = outside())
    result = tidy(() => where(mask, empty_like(result).normal_(mean, std, drawn), result));
  if (result !== tensor) tensor.copy_(result);
}

/** Draws uniform candidates and accepts each with the probability of its density. */
function fromUniform(tensor: Tensor, { mean, std, a, b }: Shape, drawn: Drawn): void {
  const peak = (Math.max(a, Math.min(mean, b)) - mean) / std;
  const candidates = empty_like(tensor);
  const chance = empty_like(tensor);
  const refused = (): Tensor =>
    tidy(() => {
      candidates
        .sub_(mean)
        .div_(std)
        .pow_(2)
        .mul_(-0.5)
        .sub_(-0.5 * (peak * peak));
      return chance.uniform_(drawn).log_().gt(candidates);
    });
  tensor.uniform_(a, b, drawn);
  candidates.copy_(tensor);
  let pending = refused();
  if (!any(pending)) return;
  let result = tensor;
  do {
    candidates.uniform_(a, b, drawn);
    result = where(pending, candidates, result);
    const before = pending;
    pending = tidy(() => where(before, refused(), before));
  } while (any(pending));
  tensor.copy_(result);
}

function any(mask: Tensor): boolean {
  return tidy(() => mask.any().item<boolean>());
}
