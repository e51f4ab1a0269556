/** https://docs.fast.ai/optimizer.html#lookahead */
import { L } from '../../fastcore/index.js';
import { namedArguments } from '../../torch/arguments.js';
import { operator } from '../../torch/dispatch.js';
import { handleOf } from '../../torch/handle.js';
import { callable } from '../../torch/nn/modules/callable.js';
import { Lists } from '../../torch/optim/lists.js';
import type { Tensor } from '../../torch/tensor.js';
import { BaseOptimizer, flatten, type Hyper, type State, type StateMap } from './base.js';
import type { Optimizer, OptimizerState } from './optimizer.js';
import { withoutScope } from './stepper.js';

const clone = operator('clone', ['']) as (tensor: Tensor) => Tensor;

export interface LookaheadState extends OptimizerState {
  count: number;
  slow_weights: Tensor[][] | null;
}
export interface LookaheadOptions {
  k?: number;
  alpha?: number;
}

export class LookaheadClass extends BaseOptimizer {
  readonly k: number;
  readonly alpha: number;
  /** Steps made so far. */
  count = 0;
  /** Where the weights were after the last `k` steps, and moved on from there; null before the first step. */
  slow_weights: L<L<Tensor>> | null = null;

  /**
   * Every `k` steps, goes a share `alpha` of the way that `opt` went, and goes on from there.
   * @param opt the optimizer that makes the steps
   * @param k default 6
   * @param alpha default 0.5
   */
  constructor(
    readonly opt: Optimizer,
    ...args: [options?: LookaheadOptions] | [k: number, rest?: number | LookaheadOptions]
  ) {
    super();
    const { k = 6, alpha = 0.5 } = namedArguments('Lookahead', ['k', 'alpha'], args) as LookaheadOptions;
    this.k = k;
    this.alpha = alpha;
  }

  get param_lists(): L<L<Tensor>> {
    return this.opt.param_lists;
  }
  set param_lists(lists: L<L<Tensor>>) {
    this.opt.param_lists = lists;
  }
  get hypers(): L<Hyper> {
    return this.opt.hypers;
  }
  get state(): StateMap {
    return this.opt.state;
  }
  get cbs(): Optimizer['cbs'] {
    return this.opt.cbs;
  }
  get train_bn(): boolean {
    return this.opt.train_bn;
  }
  get frozen_idx(): number {
    return this.opt.frozen_idx;
  }
  set frozen_idx(n: number) {
    this.opt.frozen_idx = n;
  }
  protected setHyperOf(name: string, values: readonly unknown[]): void {
    values.forEach((value, i) => {
      this.hypers[i]![name] = value;
    });
  }
  zero_grad(): void {
    this.opt.zero_grad();
  }

  step(closure?: null): void {
    withoutScope(() => {
      this.slow_weights ??= this.param_lists.map((group) => group.map((param) => clone(param)));
    });
    this.opt.step(closure);
    this.count += 1;
    if (this.count % this.k === 0) this.#synchronize(this.slow_weights!);
  }

  #synchronize(slowWeights: L<L<Tensor>>): void {
    const slow = flatten(slowWeights).map((weight) => handleOf(weight));
    const fast = flatten(this.param_lists).map((weight) => handleOf(weight));
    const lists = new Lists();
    try {
      withoutScope(() => {
        lists.add_(slow, lists.sub(fast, slow), this.alpha);
        lists.copy_(fast, slow);
      });
    } finally {
      lists.free();
    }
  }

  clear_state(): void {
    this.opt.clear_state();
    this.count = 0;
    this.slow_weights = null;
  }
  state_dict(): LookaheadState {
    const slow_weights = this.slow_weights && this.slow_weights.map((group) => [...group]);
    return { ...this.opt.state_dict(), count: this.count, slow_weights };
  }
  /** @throws {ValueError} the groups or parameters differ in number; nothing is changed then */
  load_state_dict(saved: {
    state: Iterable<State>;
    hypers: Iterable<Hyper>;
    count: number;
    slow_weights: Iterable<Iterable<Tensor>> | null;
  }): void {
    this.opt.load_state_dict(saved);
    this.count = saved.count;
    withoutScope(() => {
      this.slow_weights =
        saved.slow_weights &&
        L([...saved.slow_weights].map((group) => L<Tensor>([...group].map((weight) => clone(weight)))));
    });
  }
}

export const Lookahead = callable(LookaheadClass);
export type Lookahead = LookaheadClass;
