/** Kullback-Leibler divergence: https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.kl */
import { NotImplementedError } from '../errors.js';
import { softplus } from '../nn/functional.js';
import type { Tensor } from '../tensor.js';
import { Bernoulli } from './bernoulli.js';
import { Categorical } from './categorical.js';
import type { Distribution } from './distribution.js';
import { Normal } from './normal.js';
import { Uniform } from './uniform.js';

function normals(p: Normal, q: Normal): Tensor {
  const ratio = p.scale.div(q.scale).pow(2);
  const distance = p.loc.sub(q.loc).div(q.scale).pow(2);
  return ratio.add(distance).sub(1).sub(ratio.log()).mul(0.5);
}

function bernoullis(p: Bernoulli, q: Bernoulli): Tensor {
  const never = p.probs.neg().add(1);
  const one = p.probs
    .mul(softplus(q.logits.neg()).sub(softplus(p.logits.neg())))
    .masked_fill(q.probs.eq(0), Infinity)
    .masked_fill(p.probs.eq(0), 0);
  const zero = never
    .mul(softplus(q.logits).sub(softplus(p.logits)))
    .masked_fill(q.probs.eq(1), Infinity)
    .masked_fill(p.probs.eq(1), 0);
  return one.add(zero);
}

function categoricals(p: Categorical, q: Categorical): Tensor {
  return p.probs
    .mul(p.logits.sub(q.logits))
    .masked_fill(q.probs.eq(0), Infinity)
    .masked_fill(p.probs.eq(0), 0)
    .sum(-1);
}

function uniforms(p: Uniform, q: Uniform): Tensor {
  const outside = q.low.gt(p.low).logical_or(q.high.lt(p.high));
  return q.high.sub(q.low).div(p.high.sub(p.low)).log().masked_fill(outside, Infinity);
}

function uniformNormal(p: Uniform, q: Normal): Tensor {
  const range = p.high.sub(p.low);
  const height = q.scale
    .mul(Math.sqrt(Math.PI * 2))
    .div(range)
    .log();
  const distance = p.high.add(p.low).sub(q.loc.mul(2)).div(2).pow(2);
  return height.add(range.pow(2).div(12).add(distance).mul(0.5).div(q.scale.pow(2)));
}

/**
 * The divergence of `q` from `p`, of shape batch_shape.
 * @throws {NotImplementedError} there is no formula for the two kinds
 */
export function kl_divergence(p: Distribution, q: Distribution): Tensor {
  if (p instanceof Normal && q instanceof Normal) return normals(p, q);
  if (p instanceof Bernoulli && q instanceof Bernoulli) return bernoullis(p, q);
  if (p instanceof Categorical && q instanceof Categorical) return categoricals(p, q);
  if (p instanceof Uniform && q instanceof Uniform) return uniforms(p, q);
  if (p instanceof Uniform && q instanceof Normal) return uniformNormal(p, q);
  const kinds = [p, q].map((one) => one.constructor.name).join(' and ');
  throw new NotImplementedError(
    `No KL(p || q) is implemented for p and q of the kinds ${kinds}`,
    'kl_divergence',
  );
}
