/** https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html */
import { namedArguments } from '../arguments.js';
import { within } from '../context.js';
import { operator } from '../dispatch.js';
import { float32 } from '../dtype.js';
import { ArgumentError, TorchError, ValueError } from '../errors.js';
import { tidy } from '../memory.js';
import { callable } from '../nn/modules/callable.js';
import { Tensor } from '../tensor.js';
import type { Params } from './groups.js';
import { strongWolfe, type Round } from './line_search.js';
import { OptimizerClass, type Closure } from './optimizer.js';
import { checkAtLeast, scalar } from './options.js';

export interface LBFGSOptions {
  lr?: number | Tensor;
  max_iter?: number;
  max_eval?: number | null;
  tolerance_grad?: number;
  tolerance_change?: number;
  history_size?: number;
  line_search_fn?: 'strong_wolfe' | null;
}
const names = [
  'lr',
  'max_iter',
  'max_eval',
  'tolerance_grad',
  'tolerance_change',
  'history_size',
  'line_search_fn',
];
const cat = operator('cat', ['']) as (tensors: Tensor[], dim: number) => Tensor;
const viewAsReal = operator('view_as_real', ['']) as (tensor: Tensor) => Tensor;

/** What is kept between steps; numbers where Python keeps tensors of one element, which it takes as well. */
interface State {
  func_evals: number;
  n_iter: number;
  d?: Tensor;
  t?: number;
  old_dirs?: Tensor[];
  old_stps?: Tensor[];
  ro?: number[];
  al?: (number | null)[];
  H_diag?: number;
  prev_flat_grad?: Tensor | null;
  prev_loss?: number | null;
}

class LBFGSClass extends OptimizerClass {
  /**
   * L-BFGS, with strong Wolfe line search if wanted. One group of real or complex parameters on one device.
   * @param lr default 1
   * @param max_iter iterations per step, default 20; max_eval evaluations per step, default 1.25 * max_iter
   * @param tolerance_grad default 1e-7; tolerance_change, default 1e-9
   * @param history_size default 100
   * @param line_search_fn 'strong_wolfe' or null, the default
   * @throws {ValueError} more than one group, options out of range
   */
  constructor(params: Params, ...args: [options?: LBFGSOptions] | [lr: number | Tensor, ...rest: unknown[]]) {
    const given = namedArguments('LBFGS', names, args) as LBFGSOptions;
    const max_iter = given.max_iter ?? 20;
    const options = {
      lr: given.lr ?? 1,
      max_iter,
      max_eval: given.max_eval ?? Math.floor((max_iter * 5) / 4),
      tolerance_grad: given.tolerance_grad ?? 1e-7,
      tolerance_change: given.tolerance_change ?? 1e-9,
      history_size: given.history_size ?? 100,
      line_search_fn: given.line_search_fn ?? null,
    };
    if (options.lr instanceof Tensor && options.lr.numel() !== 1)
      throw new ValueError('Tensor lr must be 1-element');
    checkAtLeast('learning rate', options.lr);
    super(params, options);
    if (this.param_groups.length !== 1)
      throw new ValueError("LBFGS doesn't support per-parameter options (parameter groups)");
  }

  get #params(): Tensor[] {
    return this.param_groups[0]!.params;
  }
  #gradient(): Tensor {
    return tidy(() =>
      cat(
        this.#params.map((param) => {
          const grad = param.grad ?? param.detach().mul(0);
          const dense = grad.is_sparse ? grad.to_dense() : grad;
          return (dense.is_complex() ? viewAsReal(dense) : dense).reshape([-1]);
        }),
        0,
      ),
    );
  }
  /** Moves the parameters along a direction that holds all of them in a row. */
  #move(step: number, direction: Tensor): void {
    tidy(() => {
      let offset = 0;
      for (const param of this.#params) {
        const target = param.is_complex() ? viewAsReal(param) : param;
        const size = target.numel();
        target.add_(direction.narrow(0, offset, size).view_as(target), { alpha: step });
        offset += size;
      }
    });
  }

  /**
   * Up to `max_iter` iterations.
   * @param closure clears the gradients, computes loss and gradients, returns the loss
   * @returns the loss before the step
   */
  override step(closure: Closure): Tensor | number;
  override step(): never;
  override step(closure?: Closure): Tensor | number;
  override step(closure?: Closure): Tensor | number {
    if (!closure) throw new ArgumentError("step() missing 1 required positional argument: 'closure'", 'step');
    const first = this.#params[0]!;
    // No scope may free what is kept between steps.
    return within({ grad: false, scope: null }, () => {
      const state = (this.state.get(first) ?? {}) as unknown as State;
      this.state.set(first, state as unknown as Record<string, unknown>);
      return this.#minimize(state, () => this.evaluate(closure) as Tensor | number);
    });
  }

  #minimize(state: State, closure: () => Tensor | number): Tensor | number {
    const group = this.param_groups[0]!;
    const lr = scalar(group.lr);
    const { max_iter, max_eval, tolerance_grad, tolerance_change, history_size, line_search_fn } =
      group as unknown as Required<LBFGSOptions> & { max_eval: number };
    if (line_search_fn !== null && line_search_fn !== 'strong_wolfe')
      throw new TorchError("only 'strong_wolfe' is supported");
    state.func_evals ??= 0;
    state.n_iter ??= 0;

    const original = closure();
    let loss = Number(original);
    let evaluations = 1;
    ++state.func_evals;
    let grad = this.#gradient();
    const round: Round = grad.dtype === float32 ? Math.fround : (value) => value;
    if (!(largest(grad) > tolerance_grad)) {
      grad.dispose();
      return original;
    }

    for (let n = 1; n <= max_iter; ++n) {
      ++state.n_iter;
      this.#direction(state, grad, history_size, round);
      const d = state.d as Tensor;
      if (state.prev_flat_grad) state.prev_flat_grad.copy_(grad);
      else state.prev_flat_grad = grad.clone();
      state.prev_loss = loss;

      const before = loss;
      const total = state.n_iter === 1 ? tidyNumber(() => grad.abs().sum()) : 0;
      state.t = state.n_iter === 1 && 1 / total < 1 ? round(round(1 / total) * lr) : lr;
      const slope = tidyNumber(() => grad.dot(d));
      if (slope > -tolerance_change) break;

      let used = 0;
      if (line_search_fn === 'strong_wolfe') {
        const params = this.#params;
        const initial = params.map((param) => param.clone());
        const found = strongWolfe(
          (t) => {
            this.#move(t, d);
            const value = Number(closure());
            const at = this.#gradient();
            params.forEach((param, i) => param.copy_(initial[i]!));
            return { loss: value, grad: at };
          },
          (at) => tidyNumber(() => at.dot(d)),
          round,
          { loss, grad, slope },
          state.t,
          largest(d),
          { max_ls: max_eval - evaluations },
        );
        for (const tensor of initial) tensor.dispose();
        grad.dispose();
        ({ loss, grad, t: state.t, evaluations: used } = found);
        this.#move(state.t, d);
      } else {
        this.#move(state.t, d);
        // Not after the last iteration: with a loss that changes from batch to batch it would be of no use.
        if (n !== max_iter) {
          loss = Number(closure());
          grad.dispose();
          grad = this.#gradient();
          used = 1;
        }
      }
      evaluations += used;
      state.func_evals += used;
      if (n === max_iter || evaluations >= max_eval) break;
      if (!(largest(grad) > tolerance_grad)) break;
      const t = state.t;
      if (tidyNumber(() => d.mul(t).abs().max()) <= tolerance_change) break;
      if (Math.abs(loss - before) < tolerance_change) break;
    }
    grad.dispose();
    return original;
  }

  /** The next direction: the gradient times the inverse Hessian that the history tells. */
  #direction(state: State, grad: Tensor, history_size: number, round: Round): void {
    if (state.n_iter === 1) {
      state.d = grad.neg();
      state.old_dirs = [];
      state.old_stps = [];
      state.ro = [];
      state.H_diag = 1;
      return;
    }
    const dirs = (state.old_dirs ??= []);
    const steps = (state.old_stps ??= []);
    const ro = (state.ro ??= []);
    const y = grad.sub(state.prev_flat_grad as Tensor);
    const s = (state.d as Tensor).mul(scalar(state.t));
    const ys = tidyNumber(() => y.dot(s));
    if (ys > 1e-10) {
      if (dirs.length === history_size) {
        dirs.shift()?.dispose();
        steps.shift()?.dispose();
        ro.shift();
      }
      dirs.push(y);
      steps.push(s);
      ro.push(round(1 / ys));
      state.H_diag = round(ys / tidyNumber(() => y.dot(y)));
    } else {
      y.dispose();
      s.dispose();
    }
    const al = (state.al ??= new Array<number | null>(history_size).fill(null));
    const q = grad.neg();
    for (let i = dirs.length - 1; i >= 0; --i) {
      const value = round(tidyNumber(() => steps[i]!.dot(q)) * scalar(ro[i]));
      al[i] = value;
      q.add_(dirs[i]!, { alpha: -value });
    }
    q.mul_(scalar(state.H_diag));
    for (let i = 0; i < dirs.length; ++i) {
      const be = round(tidyNumber(() => dirs[i]!.dot(q)) * scalar(ro[i]));
      q.add_(steps[i]!, { alpha: round((al[i] as number) - be) });
    }
    state.d?.dispose();
    state.d = q;
  }
}

function tidyNumber(fn: () => Tensor): number {
  return tidy(() => fn().item());
}
function largest(tensor: Tensor): number {
  return tidyNumber(() => tensor.abs().max());
}

export const LBFGS = callable(LBFGSClass);
export type LBFGS = LBFGSClass;
