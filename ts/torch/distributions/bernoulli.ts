import { namedArguments } from '../arguments.js';
import { no_grad } from '../autograd/grad_mode.js';
import { arange, bernoulli } from '../generated/functions.js';
import { callable } from '../nn/modules/callable.js';
import { binary_cross_entropy_with_logits } from '../nn/functional.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { Distribution, type DistributionOptions } from './distribution.js';
import { broadcastAll, eitherOf, logitsOf, probsOf, type Parameter, type SampleShape } from './parameters.js';

type BernoulliArguments =
  | [probs: Parameter, options?: DistributionOptions]
  | [options: { probs?: Parameter | null; logits?: Parameter | null } & DistributionOptions];

class BernoulliClass extends Distribution {
  readonly #param: Tensor;
  readonly #isProbs: boolean;
  #other: Tensor | undefined;

  /**
   * 1 with probability `probs`, else 0; or the log-odds of it, `{logits}`.
   * https://docs.pytorch.org/docs/stable/distributions.html#bernoulli
   * @throws {ValueError} none or both of them, a probability outside [0, 1]
   */
  constructor(...args: BernoulliArguments) {
    const given = namedArguments('Bernoulli', ['probs', 'logits', 'validate_args'], args, 2);
    const [param, isProbs] = eitherOf(given['probs'] as Parameter, given['logits'] as Parameter);
    const [value] = broadcastAll(param);
    super(value!.shape, [], given);
    this.#param = value!;
    this.#isProbs = isProbs;
    this._validate_args();
  }
  override _given(): ReturnType<Distribution['_given']> {
    return [
      this.#isProbs
        ? ['probs', this.#param, constraints.unit_interval]
        : ['logits', this.#param, constraints.real],
    ];
  }
  override get support(): constraints.Constraint {
    return constraints.boolean;
  }
  get probs(): Tensor {
    if (this.#isProbs) return this.#param;
    return (this.#other ??= probsOf(this.#param, true));
  }
  get logits(): Tensor {
    if (!this.#isProbs) return this.#param;
    return (this.#other ??= logitsOf(this.#param, true));
  }
  override get mean(): Tensor {
    return this.probs;
  }
  /** The likelier value; nan where both are equally likely. */
  override get mode(): Tensor {
    const { probs } = this;
    return probs.ge(0.5).to(probs).masked_fill(probs.eq(0.5), NaN);
  }
  override get variance(): Tensor {
    return this.probs.mul(this.probs.neg().add(1));
  }
  override expand(batch_shape: readonly number[]): BernoulliClass {
    const param = this.#param.expand(batch_shape);
    const options = this.#isProbs ? { probs: param } : { logits: param };
    return this._same(new BernoulliClass({ ...options, validate_args: false }));
  }
  override sample(sample_shape?: SampleShape): Tensor {
    return no_grad(() => bernoulli(this.probs.expand(this._extended_shape(sample_shape))));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [logits, target] = broadcastAll(this.logits, value);
    return binary_cross_entropy_with_logits(logits!, target!, { reduction: 'none' }).neg();
  }
  override entropy(): Tensor {
    return binary_cross_entropy_with_logits(this.logits, this.probs, { reduction: 'none' });
  }
  override enumerate_support(expand: boolean | { expand?: boolean } = true): Tensor {
    const { dtype, device } = this.#param;
    const values = arange(2, { dtype, device }).view([2, ...this.batch_shape.map(() => 1)]);
    const wanted = typeof expand === 'object' ? (expand.expand ?? true) : expand;
    return wanted ? values.expand([-1, ...this.batch_shape]) : values;
  }
}
export const Bernoulli = callable(BernoulliClass);
export type Bernoulli = BernoulliClass;
