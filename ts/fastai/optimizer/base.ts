/** What Optimizer, Lookahead and OptimWrapper share: groups, their hyper-parameters, and freezing. */
import { L } from '../../fastcore/index.js';
import { ArgumentError, ValueError } from '../../torch/errors.js';
import { Tensor } from '../../torch/tensor.js';
import { even_mults, isRange, type Range } from './slice.js';

/** What is kept of a parameter: running averages, counts, `do_wd`, `force_train`. */
export type State = Record<string, unknown>;
/** The hyper-parameters of a group: lr, mom, wd and whatever else its steppers read. */
export type Hyper = Record<string, unknown>;
/** One value for all groups, one for each, or a range over them. */
export type HyperValue = number | boolean | readonly number[] | Range | null;
/** Tensors, or groups of them. */
export type Params = Iterable<Tensor> | Iterable<Iterable<Tensor>>;
/** A parameter with its group, state and hyper-parameters. */
export type ParamTuple = [param: Tensor, group: L<Tensor>, state: State, hyper: Hyper];
/** Which groups: all, those up to or from a number (`':2'`, `'1:'`), or one. */
export type Groups = number | `${number | ''}:${number | ''}` | Range | null;

/** As Python's `defaultdict(dict)`: a parameter that is not known yet gets an empty state. */
export class StateMap extends Map<Tensor, State> {
  override get(param: Tensor): State {
    let state = super.get(param);
    if (!state) this.set(param, (state = {}));
    return state;
  }
}

/** @throws {ArgumentError} for what is no tensor and no list of them; ValueError when there is none */
export function readParamLists(op: string, params: Params | Tensor): L<L<Tensor>> {
  const list = params instanceof Tensor ? [params] : L<Tensor | Iterable<Tensor>>(params);
  if (list.length === 0) throw new ValueError(`${op}(): the list of parameters is empty`, op);
  const grouped = !(list[0] instanceof Tensor);
  const groups = (grouped ? list : [list]) as Iterable<Tensor>[];
  return L(
    groups.map((group) => {
      const tensors = L<Tensor>(group);
      for (const tensor of tensors)
        if (!(tensor instanceof Tensor))
          throw new ArgumentError(
            `${op}(): params must be tensors or lists of tensors, not ${typeof tensor}`,
            op,
          );
      return tensors;
    }),
  );
}

/** All parameters in one list. */
export function flatten(lists: Iterable<Iterable<Tensor>>): Tensor[] {
  return [...lists].flatMap((group) => [...group]);
}

function bounds(groups: Groups, length: number): [number, number] {
  const place = (at: number): number => Math.min(Math.max(at < 0 ? at + length : at, 0), length);
  if (groups === null) return [0, length];
  if (typeof groups === 'number') {
    if (groups >= length || groups < -length)
      throw new ArgumentError(`all_params(): group ${groups} of ${length}`, 'all_params');
    return [place(groups), place(groups) + 1];
  }
  const [start, stop] =
    typeof groups === 'string'
      ? groups.split(':').map((part) => (part === '' ? null : Number(part)))
      : [groups.start, groups.stop];
  return [place(start ?? 0), place(stop ?? length)];
}

export abstract class BaseOptimizer {
  /** The parameters, group by group. */
  abstract get param_lists(): L<L<Tensor>>;
  /** The hyper-parameters of each group. */
  abstract get hypers(): Hyper[];
  /** What is kept of each parameter; asking for one that is not there makes it. */
  abstract get state(): StateMap;
  /** The number of groups that do not train. */
  abstract frozen_idx: number;
  /** Changes the parameters by their gradients. */
  abstract step(): void;
  /** Zeroes or removes the gradients. */
  abstract zero_grad(): void;
  /** Forgets all running averages; what the Learner says of a parameter (`do_wd`, `force_train`) stays. */
  abstract clear_state(): void;
  protected abstract setHyperOf(name: string, values: readonly unknown[]): void;

  /**
   * The parameters with their group, state and hyper-parameters.
   * @param n which groups, default all
   * @param with_grad only those that have a gradient, default false
   */
  all_params(n: Groups = null, { with_grad = false }: { with_grad?: boolean } = {}): L<ParamTuple> {
    const [from, to] = bounds(n, this.param_lists.length);
    const { hypers } = this;
    const found = L<ParamTuple>();
    for (let i = from; i < to; ++i) {
      const group = this.param_lists[i]!;
      for (const param of group)
        if (!with_grad || param.grad !== null) found.push([param, group, this.state.get(param), hypers[i]!]);
    }
    return found;
  }

  /**
   * Lets the groups from `n` on train, and those before it not (but for parameters with `force_train`).
   * @param n a negative number counts from the end
   */
  freeze_to(n: number): void {
    const count = this.param_lists.length;
    this.frozen_idx = n >= 0 ? n : count + n;
    if (this.frozen_idx >= count)
      process.emitWarning(
        `freezing ${this.frozen_idx} groups of a model with ${count}: the whole model is frozen`,
      );
    for (const [param] of this.all_params({ start: n, stop: null })) param.requires_grad_(true);
    for (const [param, , state] of this.all_params({ start: null, stop: n }))
      param.requires_grad_(state['force_train'] === true);
  }
  /** Lets the last group train only. @throws {ValueError} there is just one group */
  freeze(): void {
    if (this.param_lists.length <= 1)
      throw new ValueError(
        'freeze(): there is one group of parameters, nothing would train in part; use a splitter that makes more',
      );
    this.freeze_to(-1);
  }
  /** Lets all groups train. */
  unfreeze(): void {
    this.freeze_to(0);
  }

  /**
   * Sets a hyper-parameter in all groups.
   * @param value one for all, a list with one for each group, or `slice(first, last)`; `slice(last)` gives the
   * groups before the last a tenth of it
   * @throws {ValueError} a list of another length
   * @throws {ArgumentError} a value that is no number
   */
  set_hyper(name: string, value: HyperValue): void {
    const count = this.param_lists.length;
    let values: readonly unknown[];
    if (isRange(value)) {
      if (value.stop === null) throw new ValueError(`set_hyper('${name}'): the slice has no end`);
      const { stop } = value;
      values = value.start
        ? even_mults(value.start, stop, count)
        : Array.from({ length: count }, (_, i) => (i === count - 1 ? stop : stop / 10));
    } else values = Array.isArray(value) ? (value as unknown[]) : [value];
    if (values.length === 1) values = new Array<unknown>(count).fill(values[0]);
    if (values.length !== count)
      throw new ValueError(
        `set_hyper('${name}'): ${values.length} values for ${count} group${count === 1 ? '' : 's'} of parameters`,
      );
    for (const one of values)
      if (!(one === null || typeof one === 'number' || typeof one === 'boolean'))
        throw new ArgumentError(
          `set_hyper('${name}'): a hyper-parameter must be a number or a boolean, not ${typeof one}`,
          name,
        );
    this.setHyperOf(name, values);
  }
  set_hypers(values: Record<string, HyperValue>): void {
    for (const [name, value] of Object.entries(values)) this.set_hyper(name, value);
  }

  /** The groups as PyTorch's optimizers show them. */
  get param_groups(): ({ params: Tensor[] } & Hyper)[] {
    const { hypers } = this;
    return Array.from(this.param_lists, (params, i) => ({ params, ...hypers[i] }));
  }
}
