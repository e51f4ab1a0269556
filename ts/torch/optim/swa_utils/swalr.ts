/** https://docs.pytorch.org/docs/stable/optim.html#swa-learning-rate-schedules */
import { ValueError } from '../../errors.js';
import { callable } from '../../nn/modules/callable.js';
import { moduleArguments } from '../../nn/modules/arguments.js';
import type { Optimizer } from '../optimizer.js';
import { scalar } from '../options.js';
import { checkOptimizer, LRSchedulerClass, lrOf, perGroup } from '../lr_scheduler/scheduler.js';

export interface SWALROptions {
  swa_lr: number | readonly number[];
  /** Default: 10. */
  anneal_epochs?: number;
  /** Default: 'cos'. */
  anneal_strategy?: 'cos' | 'linear';
  last_epoch?: number;
}

/** How much of the way is done at `step`. */
function share(step: number, epochs: number, strategy: string): number {
  const t = Math.max(0, Math.min(1, step / Math.max(1, epochs)));
  return strategy === 'cos' ? (1 - Math.cos(Math.PI * t)) / 2 : t;
}

class SWALRClass extends LRSchedulerClass {
  declare anneal_epochs: number;
  declare _anneal_strategy: string;

  /**
   * From the learning rate of the moment to `swa_lr` in `anneal_epochs` steps, and then constant.
   * @param swa_lr one for all groups, or a list
   * @throws {ValueError} an unknown strategy, epochs below 0
   */
  constructor(
    optimizer: Optimizer,
    ...args:
      | [options: SWALROptions]
      | [swa_lr: number | readonly number[], options?: Omit<SWALROptions, 'swa_lr'>]
      | [swa_lr: number | readonly number[], anneal_epochs: number, anneal_strategy?: 'cos' | 'linear']
  ) {
    checkOptimizer(optimizer);
    const names = ['swa_lr', 'anneal_epochs', 'anneal_strategy', 'last_epoch'];
    const given = moduleArguments('SWALR', names, args, 1) as unknown as SWALROptions;
    const { anneal_epochs = 10, anneal_strategy = 'cos', last_epoch } = given;
    const rates = perGroup('swa_lr', optimizer, given.swa_lr);
    optimizer.param_groups.forEach((group, i) => (group['swa_lr'] = rates[i]));
    if (anneal_strategy !== 'cos' && anneal_strategy !== 'linear')
      throw new ValueError(
        `anneal_strategy must be one of 'cos' or 'linear', instead got ${String(anneal_strategy)}`,
      );
    if (!Number.isInteger(anneal_epochs) || anneal_epochs < 0)
      throw new ValueError(`anneal_epochs must be equal or greater than 0, got ${anneal_epochs}`);
    super(optimizer, last_epoch, { anneal_epochs, _anneal_strategy: anneal_strategy });
  }
  override get_lr(): number[] {
    this.warnOutsideStep();
    let step = this._step_count - 1;
    if (this.anneal_epochs === 0) step = Math.max(1, step);
    const before = share(step - 1, this.anneal_epochs, this._anneal_strategy);
    const now = share(step, this.anneal_epochs, this._anneal_strategy);
    return this.optimizer.param_groups.map((group) => {
      const target = scalar(group['swa_lr']);
      const initial = before === 1 ? target : (lrOf(group) - before * target) / (1 - before);
      return target * now + initial * (1 - now);
    });
  }
}
export const SWALR = callable(SWALRClass);
export type SWALR = SWALRClass;
