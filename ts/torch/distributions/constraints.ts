/** What values may be: https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.constraints */
import { all } from '../generated/functions.js';
import type { Tensor } from '../tensor.js';
import { formatted } from './text.js';

/** A condition on the elements of a tensor, or on its last `event_dim` dimensions together. */
export class Constraint {
  constructor(
    /** PyTorch's text of it. */
    readonly text: string,
    /** Whether each element, or each event, satisfies the constraint: a bool tensor. */
    readonly check: (value: Tensor) => Tensor,
    readonly options: { is_discrete?: boolean; event_dim?: number } = {},
  ) {}
  get is_discrete(): boolean {
    return this.options.is_discrete ?? false;
  }
  get event_dim(): number {
    return this.options.event_dim ?? 0;
  }
  toString(): string {
    return this.text;
  }
}

// Not a number is the only value that differs from itself.
export const real = new Constraint('Real()', (value) => value.eq(value));
export const boolean = new Constraint('Boolean()', (value) => value.eq(0).logical_or(value.eq(1)), {
  is_discrete: true,
});
export const positive = new Constraint('GreaterThan(lower_bound=0.0)', (value) => value.gt(0));
export const unit_interval = new Constraint('Interval(lower_bound=0.0, upper_bound=1.0)', (value) =>
  value.ge(0).logical_and(value.le(1)),
);
export const simplex = new Constraint(
  'Simplex()',
  (value) => all(value.ge(0), -1).logical_and(value.sum(-1).sub(1).abs().lt(1e-6)),
  { event_dim: 1 },
);
export const real_vector = new Constraint(
  'IndependentConstraint(Real(), 1)',
  (value) => all(value.eq(value), -1),
  { event_dim: 1 },
);

export function less_than(upper: Tensor): Constraint {
  return new Constraint(`LessThan(upper_bound=${formatted(upper)})`, (value) => value.lt(upper));
}
export function greater_than(lower: Tensor): Constraint {
  return new Constraint(`GreaterThan(lower_bound=${formatted(lower)})`, (value) => value.gt(lower));
}
export function interval(lower: Tensor, upper: Tensor): Constraint {
  return new Constraint(
    `Interval(lower_bound=${formatted(lower)}, upper_bound=${formatted(upper)})`,
    (value) => value.ge(lower).logical_and(value.le(upper)),
  );
}
export function integer_interval(lower: number, upper: number): Constraint {
  return new Constraint(
    `IntegerInterval(lower_bound=${lower}, upper_bound=${upper})`,
    (value) => value.remainder(1).eq(0).logical_and(value.ge(lower)).logical_and(value.le(upper)),
    { is_discrete: true },
  );
}
