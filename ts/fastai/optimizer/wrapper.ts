/** https://docs.fast.ai/optimizer.html#optimwrapper */
import { L } from '../../fastcore/index.js';
import { isOptions } from '../../torch/dispatch.js';
import { ArgumentError } from '../../torch/errors.js';
import { callable } from '../../torch/nn/modules/callable.js';
import type { ParamGroup } from '../../torch/optim/groups.js';
import { OptimizerClass, type Optimizer as TorchOptimizer } from '../../torch/optim/optimizer.js';
import type { OptimizerStateDict } from '../../torch/optim/state_dict.js';
import { Tuple } from '../../torch/serialization/pickle/values.js';
import { Tensor } from '../../torch/tensor.js';
import { BaseOptimizer, StateMap, type Hyper, type Params } from './base.js';

/** From PyTorch's names of hyper-parameters to fastai's; `betas__0` is the first of a pair. */
export const pytorch_hp_map: Readonly<Record<string, string>> = {
  momentum: 'mom',
  weight_decay: 'wd',
  alpha: 'sqr_mom',
  betas__0: 'mom',
  betas__1: 'sqr_mom',
};

/** The options of a group without its parameters, pairs taken apart: `betas` becomes `betas__0` and `betas__1`. */
export function detuplify_pg(group: Readonly<Record<string, unknown>>): Hyper {
  const result: Hyper = {};
  for (const [name, value] of Object.entries(group)) {
    if (name === 'params' || name === 'param_names') continue;
    if (Array.isArray(value)) {
      value.forEach((item: unknown, i) => {
        result[`${name}__${i}`] = item;
      });
    } else result[name] = value;
  }
  return result;
}

/** Sets an option of a group; `betas__0` sets the first of the pair. Gives the group back. */
export function set_item_pg<T extends object>(group: T, name: string, value: unknown): T {
  const options = group as Record<string, unknown>;
  const match = /^(.+)__(\d+)$/.exec(name);
  if (!match) options[name] = value;
  else {
    const pair = options[match[1]!];
    if (!Array.isArray(pair)) throw new ArgumentError(`the group has no pair '${match[1]}'`);
    const changed = pair.map((item: unknown, i) => (i === Number(match[2]) ? value : item));
    options[match[1]!] = new Tuple(...changed);
  }
  return group;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each optimizer has its own arguments
type TorchOptimizerType = (params: any, options?: any) => TorchOptimizer;
export interface OptimWrapperOptions {
  /** A class of torch.optim, or an optimizer that is built already; then `params` must be left out. */
  opt: TorchOptimizerType | TorchOptimizer;
  /** From PyTorch's names to fastai's; default `pytorch_hp_map`. */
  hp_map?: Readonly<Record<string, string>> | null;
  /** Make PyTorch's groups of lists of parameters (default true), or hand `params` on as they are. */
  convert_groups?: boolean;
  /** Everything else goes to `opt`, under PyTorch's names. */
  [option: string]: unknown;
}

export class OptimWrapperClass extends BaseOptimizer {
  /** PyTorch's optimizer. */
  readonly opt: TorchOptimizer;
  /** What the Learner says of parameters; running averages are in `opt.state`. */
  state = new StateMap();
  frozen_idx = 0;
  /** From PyTorch's names to fastai's. */
  readonly fwd_map: Readonly<Record<string, string>>;
  /** From fastai's names to PyTorch's. */
  readonly bwd_map: Readonly<Record<string, string>>;

  /**
   * One of PyTorch's optimizers for the Learner: its options go under fastai's names (`momentum` and `betas` are mom
   * and sqr_mom, `weight_decay` is wd), so that schedules reach them.
   * `OptimWrapper(params, {opt: torch.optim.SGD, lr: 0.1, momentum: 0.9})`, or `OptimWrapper({opt: built})`.
   * @throws {ArgumentError} neither `params` nor a built optimizer, or both
   */
  constructor(
    ...args:
      | [params: Params | Tensor | Iterable<object> | null | undefined, options: OptimWrapperOptions]
      | [options: OptimWrapperOptions]
  ) {
    super();
    const options = args[args.length - 1] as OptimWrapperOptions;
    const params = args.length > 1 ? (args[0] as Iterable<unknown> | null | undefined) : null;
    if (!isOptions(options) || options.opt === undefined || options.opt === null)
      throw new ArgumentError(
        "OptimWrapper(): argument 'opt' is missing: a class of torch.optim, or an optimizer",
      );
    const { opt, hp_map, convert_groups = true, ...rest } = options;
    if (opt instanceof OptimizerClass) {
      if (params !== null && params !== undefined)
        throw new ArgumentError(
          'OptimWrapper(): an optimizer that is built has its parameters: give `opt` alone',
        );
      this.opt = opt;
    } else {
      if (params === null || params === undefined)
        throw new ArgumentError("OptimWrapper(): argument 'params' is missing");
      this.opt = opt(convert_groups ? grouped(params) : params, rest);
    }
    const map = hp_map ?? pytorch_hp_map;
    const names = Object.keys(detuplify_pg(this.opt.param_groups[0]!));
    this.fwd_map = Object.fromEntries(names.map((name) => [name, map[name] ?? name]));
    this.bwd_map = Object.fromEntries(names.map((name) => [this.fwd_map[name]!, name]));
  }

  get param_lists(): L<L<Tensor>> {
    return L(this.opt.param_groups.map((group) => L<Tensor>(group.params)));
  }
  set param_lists(lists: Iterable<Iterable<Tensor>>) {
    [...lists].forEach((params, i) => (this.opt.param_groups[i]!.params = [...params]));
  }
  /** The options of each group under fastai's names. A copy: changes go through `set_hyper`. */
  get hypers(): Hyper[] {
    return this.opt.param_groups.map((group) =>
      Object.fromEntries(
        Object.entries(detuplify_pg(group)).map(([name, value]) => [this.fwd_map[name] ?? name, value]),
      ),
    );
  }
  protected setHyperOf(name: string, values: readonly unknown[]): void {
    const own = this.bwd_map[name];
    if (own === undefined)
      throw new ArgumentError(
        `set_hyper(): the optimizer has no '${name}'; it has ${Object.keys(this.bwd_map).join(', ')}`,
      );
    this.opt.param_groups.forEach((group: ParamGroup, i) => set_item_pg(group, own, values[i]));
  }

  step(): void {
    this.opt.step();
  }
  zero_grad(): void {
    this.opt.zero_grad();
  }
  clear_state(): void {
    this.opt.state = new Map();
  }
  state_dict(): OptimizerStateDict {
    return this.opt.state_dict();
  }
  load_state_dict(saved: { state?: unknown; param_groups?: unknown }): void {
    this.opt.load_state_dict(saved);
  }
}

/** Lists of parameters as PyTorch's groups; groups and plain parameters as they are. */
function grouped(params: Iterable<unknown>): unknown[] {
  const list = params instanceof Tensor ? [params] : [...params];
  if (list[0] instanceof Tensor || !Array.isArray(list[0])) return list;
  return list.map((group) => (Array.isArray(group) ? { params: group } : group));
}

export const OptimWrapper = callable(OptimWrapperClass);
export type OptimWrapper = OptimWrapperClass;
