/** torch.distributions.Distribution: https://docs.pytorch.org/docs/stable/distributions.html#distribution */
import { inspect } from 'node:util';
import { no_grad } from '../autograd/grad_mode.js';
import { NotImplementedError, ValueError } from '../errors.js';
import { tidy } from '../memory.js';
import { Size } from '../size.js';
import { Tensor } from '../tensor.js';
import { callable } from '../nn/modules/callable.js';
import type { Constraint } from './constraints.js';
import { sampleShape, type SampleShape } from './parameters.js';
import { formatted, sizes } from './text.js';

export interface DistributionOptions {
  /** Whether parameters and values are checked; default: as `set_default_validate_args` says, true at first. */
  validate_args?: boolean | null;
}

let validateByDefault = true;

class DistributionClass {
  readonly #batchShape: Size;
  readonly #eventShape: Size;
  #validate: boolean;

  /** Switches the checks of distributions made from now on. They cost a pass over the values each. */
  static set_default_validate_args(value: boolean): void {
    if (typeof value !== 'boolean')
      throw new ValueError('set_default_validate_args(): expected true or false');
    validateByDefault = value;
  }

  /** A subclass calls `_validate_args()` once its parameters are there. */
  constructor(
    batch_shape: readonly number[] = [],
    event_shape: readonly number[] = [],
    { validate_args = null }: DistributionOptions = {},
  ) {
    this.#batchShape = Size.own([...batch_shape]);
    this.#eventShape = Size.own([...event_shape]);
    this.#validate = validate_args ?? validateByDefault;
  }
  /** Shape of the parameters: so many distributions there are. */
  get batch_shape(): Size {
    return this.#batchShape;
  }
  /** Shape of one sample of one distribution. */
  get event_shape(): Size {
    return this.#eventShape;
  }
  /** @internal Of what has been given: constraints and values by the names of parameters. */
  _given(): [name: string, value: Tensor, constraint: Constraint][] {
    return [];
  }
  /** @internal The values that can occur. */
  get support(): Constraint {
    return missing(this, 'support');
  }

  /** @internal @throws {ValueError} a parameter outside its constraint */
  _validate_args(): void {
    if (!this.#validate) return;
    for (const [name, value, constraint] of this._given()) {
      if (holds(constraint, value)) continue;
      throw new ValueError(
        `Expected parameter ${name} (Tensor of shape ${sizes(value.shape)}) of distribution ${String(this)} to satisfy ` +
          `the constraint ${String(constraint)}, but found invalid values:\n${formatted(value)}`,
      );
    }
  }
  /** @internal @throws {ValueError} no tensor, a shape that does not broadcast, values outside the support */
  _validate_sample(value: unknown): void {
    if (!this.#validate) return;
    if (!(value instanceof Tensor))
      throw new ValueError('The value argument to log_prob must be a Tensor', 'log_prob');
    const actual = value.shape;
    const expected = [...this.#batchShape, ...this.#eventShape];
    for (let i = 1; i <= Math.min(actual.length, expected.length); ++i) {
      const [a, e] = [actual.at(-i), expected.at(-i)];
      if (a !== 1 && e !== 1 && a !== e)
        throw new ValueError(
          `Value is not broadcastable with batch_shape+event_shape: ${String(actual)} vs torch.Size([${expected.join(', ')}]).`,
        );
    }
    const { support } = this;
    if (holds(support, value)) return;
    throw new ValueError(
      `Expected value argument (Tensor of shape ${sizes(actual)}) to be within the support (${String(support)}) of the ` +
        `distribution ${String(this)}, but found invalid values:\n${formatted(value)}`,
    );
  }
  /** @internal The same kind with other parameters, which are not checked again; later values are as before. */
  _same<D extends DistributionClass>(other: D): D {
    other.#validate = this.#validate;
    return other;
  }
  /** @internal */
  _extended_shape(sample_shape?: SampleShape): number[] {
    return [...sampleShape(sample_shape), ...this.#batchShape, ...this.#eventShape];
  }

  /** The same distributions `batch_shape` times over, on the same memory. */
  expand(_batch_shape: readonly number[]): DistributionClass {
    return missing(this, 'expand');
  }
  get mean(): Tensor {
    return missing(this, 'mean');
  }
  get mode(): Tensor {
    return missing(this, 'mode');
  }
  get variance(): Tensor {
    return missing(this, 'variance');
  }
  get stddev(): Tensor {
    return this.variance.sqrt();
  }
  /** Samples of shape sample_shape + batch_shape + event_shape, without gradients. */
  sample(sample_shape?: SampleShape): Tensor {
    return no_grad(() => this.rsample(sample_shape));
  }
  /** Samples through which gradients flow to the parameters. */
  rsample(_sample_shape?: SampleShape): Tensor {
    return missing(this, 'rsample');
  }
  /** Logarithm of the density, or of the probability, at `value`. */
  log_prob(_value: Tensor): Tensor {
    return missing(this, 'log_prob');
  }
  /** Probability of values up to `value`. */
  cdf(_value: Tensor): Tensor {
    return missing(this, 'cdf');
  }
  /** The value below which the probability is `value`. */
  icdf(_value: Tensor): Tensor {
    return missing(this, 'icdf');
  }
  /** All values of a discrete distribution along dimension 0, each for all batches unless `expand` is false. */
  enumerate_support(_expand: boolean | { expand?: boolean } = true): Tensor {
    return missing(this, 'enumerate_support');
  }
  entropy(): Tensor {
    return missing(this, 'entropy');
  }
  perplexity(): Tensor {
    return this.entropy().exp();
  }

  toString(): string {
    const parts = this._given().map(
      ([name, value]) => `${name}: ${value.numel() === 1 ? formatted(value) : String(value.shape)}`,
    );
    return `${this.constructor.name}(${parts.join(', ')})`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
export const Distribution = callable(DistributionClass);
export type Distribution = DistributionClass;

function holds(constraint: Constraint, value: Tensor): boolean {
  return no_grad(() => tidy(() => constraint.check(value).all().item<boolean>()));
}

function missing(distribution: object, name: string): never {
  throw new NotImplementedError(`${distribution.constructor.name} does not implement ${name}`, name);
}
