import { namedArguments } from '../arguments.js';
import { no_grad } from '../autograd/grad_mode.js';
import { erf, erfinv, normal, randn } from '../generated/functions.js';
import { callable } from '../nn/modules/callable.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { Distribution, type DistributionOptions } from './distribution.js';
import { broadcastAll, required, type Parameter, type SampleShape } from './parameters.js';

type NormalArguments =
  | [loc: Parameter, scale: Parameter, options?: DistributionOptions]
  | [options: { loc: Parameter; scale: Parameter } & DistributionOptions];

class NormalClass extends Distribution {
  loc: Tensor;
  scale: Tensor;

  /**
   * Normal distributions of mean `loc` and standard deviation `scale`, broadcast to one shape.
   * https://docs.pytorch.org/docs/stable/distributions.html#normal
   * @throws {ValueError} a scale that is not positive, a loc that is not a number
   */
  constructor(...args: NormalArguments) {
    const given = namedArguments('Normal', ['loc', 'scale', 'validate_args'], args, 2);
    required('Normal', given, ['loc', 'scale']);
    const [loc, scale] = broadcastAll(given['loc'] as Parameter, given['scale'] as Parameter);
    super(loc!.shape, [], given);
    this.loc = loc!;
    this.scale = scale!;
    this._validate_args();
  }
  override _given(): ReturnType<Distribution['_given']> {
    return [
      ['loc', this.loc, constraints.real],
      ['scale', this.scale, constraints.positive],
    ];
  }
  override get support(): constraints.Constraint {
    return constraints.real;
  }
  override get mean(): Tensor {
    return this.loc;
  }
  override get mode(): Tensor {
    return this.loc;
  }
  override get stddev(): Tensor {
    return this.scale;
  }
  override get variance(): Tensor {
    return this.scale.pow(2);
  }
  override expand(batch_shape: readonly number[]): NormalClass {
    const [loc, scale] = [this.loc.expand(batch_shape), this.scale.expand(batch_shape)];
    return this._same(new NormalClass(loc, scale, { validate_args: false }));
  }
  override sample(sample_shape?: SampleShape): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => normal(this.loc.expand(shape), this.scale.expand(shape)));
  }
  override rsample(sample_shape?: SampleShape): Tensor {
    const { dtype, device } = this.loc;
    const eps = randn(this._extended_shape(sample_shape), { dtype, device });
    return this.loc.add(eps.mul(this.scale));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const variance = this.scale.pow(2);
    return value
      .sub(this.loc)
      .pow(2)
      .neg()
      .div(variance.mul(2))
      .sub(this.scale.log())
      .sub(Math.log(Math.sqrt(2 * Math.PI)));
  }
  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return erf(value.sub(this.loc).mul(this.scale.reciprocal()).div(Math.sqrt(2)))
      .add(1)
      .mul(0.5);
  }
  override icdf(value: Tensor): Tensor {
    return this.loc.add(this.scale.mul(erfinv(value.mul(2).sub(1))).mul(Math.sqrt(2)));
  }
  override entropy(): Tensor {
    return this.scale.log().add(0.5 + 0.5 * Math.log(2 * Math.PI));
  }
}
export const Normal = callable(NormalClass);
export type Normal = NormalClass;
