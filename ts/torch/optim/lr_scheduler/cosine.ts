/** Schedules along a cosine, once or with restarts. */
import { ValueError } from '../../errors.js';
import { callable } from '../../nn/modules/callable.js';
import { moduleArguments } from '../../nn/modules/arguments.js';
import type { Optimizer } from '../optimizer.js';
import { text, typename } from '../options.js';
import { LRSchedulerClass } from './scheduler.js';

interface CosineOptions {
  T_max?: number;
  eta_min?: number;
  last_epoch?: number;
}
interface RestartOptions {
  T_0?: number;
  T_mult?: number;
  eta_min?: number;
  last_epoch?: number;
}

class CosineAnnealingLRClass extends LRSchedulerClass {
  declare T_max: number;
  declare eta_min: number;

  /**
   * Down to `eta_min` within `T_max` steps, and up again.
   * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
   * @param eta_min default 0
   */
  constructor(optimizer: Optimizer, ...args: [number, ...(number | CosineOptions)[]] | [CosineOptions]) {
    const given = moduleArguments('CosineAnnealingLR', ['T_max', 'eta_min', 'last_epoch'], args, 1);
    const { T_max, eta_min = 0, last_epoch } = given;
    super(optimizer, last_epoch as number | undefined, { T_max, eta_min });
  }
  override get_lr(): number[] {
    this.warnOutsideStep();
    const { T_max, eta_min, last_epoch, base_lrs } = this;
    const lrs = this.lrs();
    if (this._is_initial) return lrs;
    if (this._step_count === 1 && last_epoch > 0)
      return base_lrs.map(
        (lr) => eta_min + ((lr - eta_min) * (1 + Math.cos((last_epoch * Math.PI) / T_max))) / 2,
      );
    // Where the recursion below would divide by zero: one step after the lowest point.
    if ((last_epoch - 1 - T_max) % (2 * T_max) === 0)
      return base_lrs.map((lr, i) => lrs[i]! + ((lr - eta_min) * (1 - Math.cos(Math.PI / T_max))) / 2);
    const now = 1 + Math.cos((Math.PI * last_epoch) / T_max);
    const before = 1 + Math.cos((Math.PI * (last_epoch - 1)) / T_max);
    return lrs.map((lr) => (now / before) * (lr - eta_min) + eta_min);
  }
  protected override closedForm(): number[] {
    const { T_max, eta_min, last_epoch } = this;
    return this.base_lrs.map(
      (lr) => eta_min + ((lr - eta_min) * (1 + Math.cos((Math.PI * last_epoch) / T_max))) / 2,
    );
  }
}

class CosineAnnealingWarmRestartsClass extends LRSchedulerClass {
  declare T_0: number;
  declare T_i: number;
  declare T_mult: number;
  declare eta_min: number;
  declare T_cur: number;

  /**
   * Down to `eta_min` within `T_0` steps, then from the start again, each time `T_mult` times as long.
   * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
   * @param T_mult default 1
   * @param eta_min default 0
   * @throws {ValueError} periods that are no positive integers
   */
  constructor(optimizer: Optimizer, ...args: [number, ...(number | RestartOptions)[]] | [RestartOptions]) {
    const names = ['T_0', 'T_mult', 'eta_min', 'last_epoch'];
    const given = moduleArguments('CosineAnnealingWarmRestarts', names, args, 1);
    const { T_0, T_mult = 1, eta_min = 0, last_epoch = -1 } = given as Record<string, number>;
    if (!Number.isInteger(T_0) || (T_0 as number) <= 0)
      throw new ValueError(`Expected positive integer T_0, but got ${text(T_0)}`);
    if (!Number.isInteger(T_mult) || T_mult < 1)
      throw new ValueError(`Expected integer T_mult >= 1, but got ${text(T_mult)}`);
    if (typeof eta_min !== 'number')
      throw new ValueError(
        `Expected float or int eta_min, but got ${text(eta_min)} of type ${typename(eta_min)}`,
      );
    super(optimizer, last_epoch, { T_0, T_i: T_0, T_mult, eta_min, T_cur: last_epoch });
  }
  override get_lr(): number[] {
    this.warnOutsideStep();
    const { eta_min, T_cur, T_i } = this;
    return this.base_lrs.map(
      (lr) => eta_min + ((lr - eta_min) * (1 + Math.cos((Math.PI * T_cur) / T_i))) / 2,
    );
  }
  /** @param epoch may be a fraction, such as `epoch + batch / batches`; default: one more than the last */
  override step(given?: number | null): void {
    let epoch = given ?? (this.last_epoch < 0 ? 0 : null);
    if (epoch === null) {
      epoch = this.last_epoch + 1;
      ++this.T_cur;
      if (this.T_cur >= this.T_i) {
        this.T_cur %= this.T_i;
        this.T_i *= this.T_mult;
      }
    } else this._jump(epoch);
    this.last_epoch = Math.floor(epoch);
    this.setAll(this.withinStep(() => this.get_lr()));
  }
  /** @internal Not #private: the constructor of the base makes the first step, before private members are there. */
  _jump(epoch: number): void {
    const { T_0, T_mult } = this;
    if (epoch < 0) throw new ValueError(`Expected non-negative epoch, but got ${text(epoch)}`);
    if (epoch < T_0) {
      this.T_i = T_0;
      this.T_cur = epoch;
    } else if (T_mult === 1) {
      this.T_cur = epoch % T_0;
    } else {
      const n = Math.trunc(Math.log((epoch / T_0) * (T_mult - 1) + 1) / Math.log(T_mult));
      this.T_cur = epoch - (T_0 * (T_mult ** n - 1)) / (T_mult - 1);
      this.T_i = T_0 * T_mult ** n;
    }
  }
}

export const CosineAnnealingLR = callable(CosineAnnealingLRClass);
export type CosineAnnealingLR = CosineAnnealingLRClass;
export const CosineAnnealingWarmRestarts = callable(CosineAnnealingWarmRestartsClass);
export type CosineAnnealingWarmRestarts = CosineAnnealingWarmRestartsClass;
