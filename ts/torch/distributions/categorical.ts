import { namedArguments } from '../arguments.js';
import { no_grad } from '../autograd/grad_mode.js';
import { full } from '../creation.js';
import { int64 } from '../dtype.js';
import { ArgumentError, ValueError } from '../errors.js';
import { broadcast_tensors } from '../functional.js';
import { arange, multinomial } from '../generated/functions.js';
import { callable } from '../nn/modules/callable.js';
import { Tensor } from '../tensor.js';
import { finfo } from '../type_info.js';
import * as constraints from './constraints.js';
import { Distribution, type DistributionOptions } from './distribution.js';
import { eitherOf, logitsOf, probsOf, sampleShape, type SampleShape } from './parameters.js';

type CategoricalArguments =
  | [probs: Tensor, options?: DistributionOptions]
  | [options: { probs?: Tensor | null; logits?: Tensor | null } & DistributionOptions];

/** @throws {ValueError} a parameter without dimensions */
function normalized(param: Tensor, isProbs: boolean): Tensor {
  if (!(param instanceof Tensor))
    throw new ArgumentError(`Categorical(): ${isProbs ? 'probs' : 'logits'} must be a Tensor`, 'Categorical');
  if (param.ndim < 1)
    throw new ValueError(`\`${isProbs ? 'probs' : 'logits'}\` parameter must be at least one-dimensional.`);
  return isProbs
    ? param.div(param.sum(-1, { keepdim: true }))
    : param.sub(param.logsumexp(-1, { keepdim: true }));
}

class CategoricalClass extends Distribution {
  readonly #param: Tensor;
  readonly #isProbs: boolean;
  #other: Tensor | undefined;

  /**
   * 0 to K - 1 with relative probabilities `probs` (..., K), or with unnormalized logarithms of them, `{logits}`.
   * https://docs.pytorch.org/docs/stable/distributions.html#categorical
   * @throws {ValueError} none or both of them, no dimension, negative probabilities
   */
  constructor(...args: CategoricalArguments) {
    const given = namedArguments('Categorical', ['probs', 'logits', 'validate_args'], args, 2);
    const [param, isProbs] = eitherOf(given['probs'] as Tensor, given['logits'] as Tensor);
    const value = normalized(param, isProbs);
    super(value.shape.slice(0, -1), [], given);
    this.#param = value;
    this.#isProbs = isProbs;
    this._validate_args();
  }
  override _given(): ReturnType<Distribution['_given']> {
    return [
      this.#isProbs
        ? ['probs', this.#param, constraints.simplex]
        : ['logits', this.#param, constraints.real_vector],
    ];
  }
  get #events(): number {
    return this.#param.size(-1);
  }
  override get support(): constraints.Constraint {
    return constraints.integer_interval(0, this.#events - 1);
  }
  /** Normalized to the sum 1. */
  get probs(): Tensor {
    if (this.#isProbs) return this.#param;
    return (this.#other ??= probsOf(this.#param, false));
  }
  get logits(): Tensor {
    if (!this.#isProbs) return this.#param;
    return (this.#other ??= logitsOf(this.#param, false));
  }
  /** nan: the numbers are names. */
  override get mean(): Tensor {
    const { dtype, device } = this.#param;
    return full([...this.batch_shape], NaN, { dtype, device });
  }
  override get mode(): Tensor {
    return this.probs.argmax(-1);
  }
  override get variance(): Tensor {
    return this.mean;
  }
  override expand(batch_shape: readonly number[]): CategoricalClass {
    const param = this.#param.expand([...batch_shape, this.#events]);
    const options = this.#isProbs ? { probs: param } : { logits: param };
    return this._same(new CategoricalClass({ ...options, validate_args: false }));
  }
  override sample(sample_shape?: SampleShape): Tensor {
    const count = sampleShape(sample_shape).reduce((product, size) => product * size, 1);
    return no_grad(() => {
      const rows = this.probs.reshape([-1, this.#events]);
      return multinomial(rows, count, true).T.reshape(this._extended_shape(sample_shape));
    });
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [index, logits] = broadcast_tensors(value.long().unsqueeze(-1), this.logits) as [Tensor, Tensor];
    return logits.gather(-1, index.slice(-1, 0, 1)).squeeze(-1);
  }
  override entropy(): Tensor {
    const logits = this.logits.clamp({ min: finfo(this.logits.dtype).min });
    return logits.mul(this.probs).sum(-1).neg();
  }
  override enumerate_support(expand: boolean | { expand?: boolean } = true): Tensor {
    const { device } = this.#param;
    const values = arange(this.#events, { dtype: int64, device }).view([
      -1,
      ...this.batch_shape.map(() => 1),
    ]);
    const wanted = typeof expand === 'object' ? (expand.expand ?? true) : expand;
    return wanted ? values.expand([-1, ...this.batch_shape]) : values;
  }
}
export const Categorical = callable(CategoricalClass);
export type Categorical = CategoricalClass;
