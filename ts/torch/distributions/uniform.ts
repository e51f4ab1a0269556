import { namedArguments } from '../arguments.js';
import { rand } from '../generated/functions.js';
import { callable } from '../nn/modules/callable.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { Distribution, type DistributionOptions } from './distribution.js';
import { broadcastAll, required, type Parameter, type SampleShape } from './parameters.js';

type UniformArguments =
  | [low: Parameter, high: Parameter, options?: DistributionOptions]
  | [options: { low: Parameter; high: Parameter } & DistributionOptions];

class UniformClass extends Distribution {
  low: Tensor;
  high: Tensor;

  /**
   * Evenly distributed from `low` to below `high`, broadcast to one shape.
   * https://docs.pytorch.org/docs/stable/distributions.html#uniform
   * @throws {ValueError} `low` is not below `high`
   */
  constructor(...args: UniformArguments) {
    const given = namedArguments('Uniform', ['low', 'high', 'validate_args'], args, 2);
    required('Uniform', given, ['low', 'high']);
    const [low, high] = broadcastAll(given['low'] as Parameter, given['high'] as Parameter);
    super(low!.shape, [], given);
    this.low = low!;
    this.high = high!;
    this._validate_args();
  }
  override _given(): ReturnType<Distribution['_given']> {
    return [
      ['low', this.low, constraints.less_than(this.high)],
      ['high', this.high, constraints.greater_than(this.low)],
    ];
  }
  override get support(): constraints.Constraint {
    return constraints.interval(this.low, this.high);
  }
  get #range(): Tensor {
    return this.high.sub(this.low);
  }
  override get mean(): Tensor {
    return this.high.add(this.low).div(2);
  }
  /** nan: no value is likelier than the others. */
  override get mode(): Tensor {
    return this.high.mul(NaN);
  }
  override get stddev(): Tensor {
    return this.#range.div(12 ** 0.5);
  }
  override get variance(): Tensor {
    return this.#range.pow(2).div(12);
  }
  override expand(batch_shape: readonly number[]): UniformClass {
    const [low, high] = [this.low.expand(batch_shape), this.high.expand(batch_shape)];
    return this._same(new UniformClass(low, high, { validate_args: false }));
  }
  override rsample(sample_shape?: SampleShape): Tensor {
    const { dtype, device } = this.low;
    return this.low.add(rand(this._extended_shape(sample_shape), { dtype, device }).mul(this.#range));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const inside = this.low.le(value).type_as(this.low).mul(this.high.gt(value).type_as(this.low));
    return inside.log().sub(this.#range.log());
  }
  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return value.sub(this.low).div(this.#range).clamp({ min: 0, max: 1 });
  }
  override icdf(value: Tensor): Tensor {
    return value.mul(this.#range).add(this.low);
  }
  override entropy(): Tensor {
    return this.#range.log();
  }
}
export const Uniform = callable(UniformClass);
export type Uniform = UniformClass;
