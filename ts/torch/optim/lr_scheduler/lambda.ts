/** Schedules that a function gives. https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html */
import { ArgumentError, ValueError } from '../../errors.js';
import { callable } from '../../nn/modules/callable.js';
import { moduleArguments } from '../../nn/modules/arguments.js';
import type { Optimizer } from '../optimizer.js';
import { typename } from '../options.js';
import { LRSchedulerClass, checkOptimizer, type SchedulerState } from './scheduler.js';

/** A factor from the number of the epoch. */
export type LrLambda = (epoch: number) => number;
interface LambdaOptions {
  lr_lambda?: LrLambda | LrLambda[];
  last_epoch?: number;
}
type Arguments = [lr_lambda: LrLambda | LrLambda[], ...rest: (number | LambdaOptions)[]] | [LambdaOptions];

abstract class FunctionLR extends LRSchedulerClass {
  declare readonly lr_lambdas: LrLambda[];

  constructor(op: string, optimizer: Optimizer, args: Arguments) {
    checkOptimizer(optimizer);
    const given = moduleArguments(op, ['lr_lambda', 'last_epoch'], args, 1);
    const lambda = given['lr_lambda'] as LrLambda | LrLambda[];
    const count = optimizer.param_groups.length;
    if (Array.isArray(lambda) && lambda.length !== count)
      throw new ValueError(`Expected ${count} lr_lambdas, but got ${lambda.length}`);
    const lr_lambdas = Array.isArray(lambda) ? [...lambda] : new Array<LrLambda>(count).fill(lambda);
    for (const one of lr_lambdas)
      if (typeof one !== 'function')
        throw new ArgumentError(`lr_lambda should be a function, but got ${typename(one)}`, op);
    super(optimizer, given['last_epoch'] as number | undefined, { lr_lambdas });
  }
  /** Functions are not saved. */
  override state_dict(): SchedulerState {
    return { ...super.state_dict(), lr_lambdas: this.lr_lambdas.map(() => null) };
  }
  override load_state_dict(state_dict: SchedulerState): void {
    const { lr_lambdas: _, ...rest } = state_dict;
    super.load_state_dict(rest);
  }
  protected factors(): number[] {
    return this.lr_lambdas.map((lambda) => lambda(this.last_epoch));
  }
}

class LambdaLRClass extends FunctionLR {
  /**
   * The initial learning rate times a function of the epoch.
   * @param lr_lambda one function, or one for each group
   */
  constructor(optimizer: Optimizer, ...args: Arguments) {
    super('LambdaLR', optimizer, args);
  }
  override get_lr(): number[] {
    this.warnOutsideStep();
    return this.factors().map((factor, i) => this.base_lrs[i]! * factor);
  }
}

class MultiplicativeLRClass extends FunctionLR {
  /**
   * The learning rate of the moment times a function of the epoch, at every step.
   * @param lr_lambda one function, or one for each group
   */
  constructor(optimizer: Optimizer, ...args: Arguments) {
    super('MultiplicativeLR', optimizer, args);
  }
  override get_lr(): number[] {
    this.warnOutsideStep();
    const lrs = this.lrs();
    return this._is_initial ? lrs : this.factors().map((factor, i) => lrs[i]! * factor);
  }
}

export const LambdaLR = callable(LambdaLRClass);
export type LambdaLR = LambdaLRClass;
export const MultiplicativeLR = callable(MultiplicativeLRClass);
export type MultiplicativeLR = MultiplicativeLRClass;
