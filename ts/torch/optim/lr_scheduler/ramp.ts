/** Schedules that end after so many steps: a constant factor, a line, a polynomial. */
import { ValueError } from '../../errors.js';
import { callable } from '../../nn/modules/callable.js';
import { moduleArguments } from '../../nn/modules/arguments.js';
import type { Optimizer } from '../optimizer.js';
import { LRSchedulerClass } from './scheduler.js';

interface RampOptions {
  total_iters?: number;
  last_epoch?: number;
}
interface ConstantOptions extends RampOptions {
  factor?: number;
}
interface LinearOptions extends RampOptions {
  start_factor?: number;
  end_factor?: number;
}
interface PolynomialOptions extends RampOptions {
  power?: number;
}

class ConstantLRClass extends LRSchedulerClass {
  declare factor: number;
  declare total_iters: number;

  /**
   * Times `factor` for the first `total_iters` steps.
   * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html
   * @param factor default 1/3
   * @param total_iters default 5
   * @throws {ValueError} factor outside of [0, 1]
   */
  constructor(optimizer: Optimizer, ...args: (number | ConstantOptions)[]) {
    const given = moduleArguments('ConstantLR', ['factor', 'total_iters', 'last_epoch'], args);
    const { factor = 1 / 3, total_iters = 5, last_epoch } = given as Record<string, number | undefined>;
    if (factor > 1 || factor < 0)
      throw new ValueError('Constant multiplicative factor expected to be between 0 and 1.');
    super(optimizer, last_epoch, { factor, total_iters });
  }
  override get_lr(): number[] {
    this.warnOutsideStep();
    if (this.last_epoch === 0) return this.scaled(this.factor);
    return this.last_epoch === this.total_iters ? this.scaled(1 / this.factor) : this.lrs();
  }
  protected override closedForm(): number[] {
    const over = this.last_epoch >= this.total_iters;
    return this.base_lrs.map((lr) => lr * (this.factor + (over ? 1 - this.factor : 0)));
  }
}

class LinearLRClass extends LRSchedulerClass {
  declare start_factor: number;
  declare end_factor: number;
  declare total_iters: number;

  /**
   * From one factor to another in a line.
   * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
   * @param start_factor default 1/3
   * @param end_factor default 1
   * @param total_iters default 5
   * @throws {ValueError} factors outside of (0, 1] and [0, 1]
   */
  constructor(optimizer: Optimizer, ...args: (number | LinearOptions)[]) {
    const names = ['start_factor', 'end_factor', 'total_iters', 'last_epoch'];
    const given = moduleArguments('LinearLR', names, args) as Record<string, number | undefined>;
    const { start_factor = 1 / 3, end_factor = 1, total_iters = 5, last_epoch } = given;
    if (start_factor > 1 || start_factor <= 0)
      throw new ValueError(
        'Starting multiplicative factor expected to be greater than 0 and less or equal to 1.',
      );
    if (end_factor > 1 || end_factor < 0)
      throw new ValueError('Ending multiplicative factor expected to be between 0 and 1.');
    super(optimizer, last_epoch, { start_factor, end_factor, total_iters });
  }
  override get_lr(): number[] {
    this.warnOutsideStep();
    const { start_factor, end_factor, total_iters, last_epoch } = this;
    if (last_epoch === 0) return this.scaled(start_factor);
    if (this._is_initial || last_epoch > total_iters) return this.lrs();
    const slope = end_factor - start_factor;
    return this.scaled(1 + slope / (total_iters * start_factor + (last_epoch - 1) * slope));
  }
  protected override closedForm(): number[] {
    const { start_factor, end_factor, total_iters, last_epoch } = this;
    const factor =
      start_factor + ((end_factor - start_factor) * Math.min(total_iters, last_epoch)) / total_iters;
    return this.base_lrs.map((lr) => lr * factor);
  }
}

class PolynomialLRClass extends LRSchedulerClass {
  declare total_iters: number;
  declare power: number;

  /**
   * Down to zero along a polynomial.
   * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
   * @param total_iters default 5
   * @param power default 1
   */
  constructor(optimizer: Optimizer, ...args: (number | PolynomialOptions)[]) {
    const given = moduleArguments('PolynomialLR', ['total_iters', 'power', 'last_epoch'], args);
    const { total_iters = 5, power = 1, last_epoch } = given as Record<string, number | undefined>;
    super(optimizer, last_epoch, { total_iters, power });
  }
  override get_lr(): number[] {
    this.warnOutsideStep();
    const { total_iters, power, last_epoch } = this;
    if (this._is_initial || last_epoch > total_iters) return this.lrs();
    return this.scaled(((1 - last_epoch / total_iters) / (1 - (last_epoch - 1) / total_iters)) ** power);
  }
  protected override closedForm(): number[] {
    const { total_iters, power, last_epoch } = this;
    return this.base_lrs.map((lr) => lr * (1 - Math.min(total_iters, last_epoch) / total_iters) ** power);
  }
}

export const ConstantLR = callable(ConstantLRClass);
export type ConstantLR = ConstantLRClass;
export const LinearLR = callable(LinearLRClass);
export type LinearLR = LinearLRClass;
export const PolynomialLR = callable(PolynomialLRClass);
export type PolynomialLR = PolynomialLRClass;
