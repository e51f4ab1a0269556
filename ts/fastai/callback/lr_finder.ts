/** The learning rate finder. https://docs.fast.ai/callback.schedule.html#lrfinder, https://arxiv.org/abs/1506.01186 */
import { inspect } from 'node:util';
import { checkOptions } from '../../torch/arguments.js';
import { ArgumentError } from '../../torch/errors.js';
import { callable, deepcopy, tensor, tidy } from '../../torch/index.js';
import type { StateDict } from '../../torch/nn/index.js';
import { repr } from '../../torch/number_text.js';
import { LearnerClass } from '../learner.js';
import '../learner/plots.js';
import { SchedExp } from './annealing.js';
import { CancelFitException, CancelValidException } from './events.js';
import { ParamScheduler } from './schedule.js';

export interface LRFinderOptions {
  /** The first learning rate, one or one for each group (default: 1e-7). */
  start_lr?: number | readonly number[];
  /** The last one (default: 10). */
  end_lr?: number | readonly number[];
  /** Training batches from the first to the last (default: 100, at least 6). */
  num_it?: number;
  /** Whether to stop when the smoothed loss exceeds four times its lowest (default: true). */
  stop_div?: boolean;
}

/** Trains with an exponentially growing learning rate, and puts model and optimizer back afterwards. */
class LRFinderClass extends ParamScheduler {
  readonly num_it: number;
  readonly stop_div: boolean;
  #best = Infinity;
  #saved: { model: StateDict; opt: unknown } | null = null;

  constructor({ start_lr = 1e-7, end_lr = 10, num_it = 100, stop_div = true }: LRFinderOptions = {}) {
    super({ lr: SchedExp(start_lr, end_lr) });
    this.num_it = Math.max(num_it, 6);
    this.stop_div = stop_div;
  }
  override before_fit(): void {
    super.before_fit();
    const { model, opt } = this.learn;
    this.#saved = { model: deepcopy(model.state_dict()), opt: deepcopy(opt!.state_dict()) };
    this.#best = Infinity;
  }
  override before_batch(): void {
    this.update(this.train_iter / this.num_it);
  }
  override after_batch(): void {
    super.after_batch();
    this.#best = Math.min(this.#best, this.smooth_loss);
    if (this.smooth_loss > 4 * this.#best && this.stop_div) throw new CancelFitException();
    if (this.train_iter >= this.num_it) throw new CancelFitException();
  }
  override before_validate(): void {
    throw new CancelValidException();
  }
  override after_fit(): void {
    super.after_fit();
    this.cleanup();
  }
  /** Also after an error: a mock training leaves no trace. */
  override cleanup(): void {
    if (this.#saved === null) return;
    const { model, opt } = this.learn;
    opt!.zero_grad();
    model.load_state_dict(this.#saved.model);
    opt!.load_state_dict(this.#saved.opt);
    this.#saved = null;
  }
}
export const LRFinder = callable(LRFinderClass);
export type LRFinder = LRFinderClass;

/** A suggested learning rate, and where to mark it in the plot. */
export interface Suggestion {
  lr: number;
  point: readonly [lr: number, loss: number];
}
/** Suggests a learning rate by the rates and losses that a finder saw, both as float32. */
export type SuggestFunc = (lrs: Float32Array, losses: Float32Array, num_it: number) => Suggestion;

const lowest = (values: ArrayLike<number>): number => {
  let best = 0;
  for (let i = 1; i < values.length; ++i) if (values[i]! < values[best]!) best = i;
  return best;
};

/** Two thirds down the longest valley of the losses: their longest strictly decreasing subsequence. */
export function valley(lrs: Float32Array, losses: Float32Array, _num_it: number): Suggestion {
  const lengths = new Array<number>(losses.length).fill(1);
  let [start, end] = [0, 0];
  for (let i = 1; i < losses.length; ++i)
    for (let j = 0; j < i; ++j) {
      if (losses[i]! < losses[j]!) lengths[i] = Math.max(lengths[i]!, lengths[j]! + 1);
      if (lengths[end]! < lengths[i]!) {
        end = i;
        start = end - lengths[end]!;
      }
    }
  const third = (end - start) / 3;
  const i = start + Math.trunc(third) + Math.trunc(third / 2);
  return { lr: lrs[i]!, point: [lrs[i]!, losses[i]!] };
}

/** A tenth of the learning rate with the lowest loss. */
export function minimum(lrs: Float32Array, losses: Float32Array, _num_it: number): Suggestion {
  const i = lowest(losses);
  return { lr: lrs[i]! / 10, point: [lrs[i]!, losses[i]!] };
}

/** The learning rate where the loss falls most steeply. */
export function steep(lrs: Float32Array, losses: Float32Array, _num_it: number): Suggestion {
  const i = tidy(() => Number(tensor(losses).diff().div(tensor(lrs).log().diff()).argmin().item()));
  return { lr: lrs[i]!, point: [lrs[i]!, losses[i]!] };
}

/** `np.interp` at one place. */
function interpolate(x: number, xs: readonly number[], ys: ArrayLike<number>): number {
  const right = xs.findIndex((value) => value >= x);
  if (right <= 0) return ys[right === 0 ? 0 : xs.length - 1]!;
  const [x0, x1, y0, y1] = [xs[right - 1]!, xs[right]!, ys[right - 1]!, ys[right]!];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/** The left end of a window that slides from the right until the slopes at its ends differ by no more than `thresh`. */
export function slide(
  lrs: Float32Array,
  losses: Float32Array,
  _num_it: number,
  { lr_diff = 15, thresh = 0.005, adjust_value = 1 } = {},
): Suggestion {
  const n = losses.length;
  const slopes = Float32Array.from(losses, (_, i) => {
    if (i === 0) return losses[1]! - losses[0]!;
    return i === n - 1 ? losses[i]! - losses[i - 1]! : (losses[i + 1]! - losses[i - 1]!) / 2;
  });
  let right = n - 1;
  let left = right - lr_diff;
  let found = lrs[Math.max(left, 0)]!;
  while (left >= 0 && Math.abs(slopes[right]! - slopes[left]!) > thresh) {
    found = lrs[left]!;
    --right;
    --left;
  }
  const lr = found * adjust_value;
  const logs = Array.from(lrs, Math.log10);
  return { lr, point: [lr, interpolate(Math.log10(lr), logs, losses)] };
}
export const SuggestionMethod = Object.freeze({
  Valley: valley,
  Slide: slide,
  Minimum: minimum,
  Steep: steep,
});

/** Suggestions by the names of their functions, in their order: a named tuple that can be taken apart either way. */
export class SuggestedLRs implements Iterable<number> {
  readonly [name: string]: number;
  constructor(values: readonly (readonly [name: string, lr: number])[]) {
    Object.assign(this, Object.fromEntries(values));
    Object.freeze(this);
  }
  declare [Symbol.iterator]: () => Iterator<number>;
  static {
    const text = (values: object): string => {
      const parts = Object.entries(values).map(([name, lr]) => `${name}=${repr(lr as number)}`);
      return `SuggestedLRs(${parts.join(', ')})`;
    };
    const methods = {
      *[Symbol.iterator](this: object): Generator<number> {
        yield* Object.values(this) as number[];
      },
      toString(this: object): string {
        return text(this);
      },
      [inspect.custom](this: object): string {
        return text(this);
      },
    };
    for (const key of Reflect.ownKeys(methods))
      Object.defineProperty(this.prototype, key, {
        value: (methods as Record<PropertyKey, unknown>)[key as string],
      });
  }
}

export interface LRFindOptions extends LRFinderOptions {
  /** Whether to draw losses over learning rates (default: true). */
  show_plot?: boolean;
  /** What suggests learning rates (default: valley); null for none. */
  suggest_funcs?: SuggestFunc | readonly SuggestFunc[] | null;
}

declare module '../learner.js' {
  interface LearnerClass {
    /**
     * A mock training with growing learning rates, which leaves model and optimizer as they were.
     * Prints and draws what `suggest_funcs` make of it and gives their suggestions:
     * `const { valley } = await learn.lr_find()`. https://docs.fast.ai/callback.schedule.html#learner.lr_find
     */
    lr_find(options?: LRFindOptions): Promise<SuggestedLRs | undefined>;
  }
}

const names = ['start_lr', 'end_lr', 'num_it', 'stop_div', 'show_plot', 'suggest_funcs'];

LearnerClass.prototype.lr_find = async function (options = {}) {
  checkOptions('lr_find', options, names);
  const { show_plot = true, suggest_funcs = valley, ...finder } = options;
  const num_it = finder.num_it ?? 100;
  const length = this.dls.train.length;
  const n_epoch = Math.floor(num_it / length) + 1;
  await this.no_logging(() => this.fit(n_epoch, { cbs: new LRFinderClass(finder) }));
  const funcs = suggest_funcs === null ? [] : [suggest_funcs].flat();
  const found = suggestions(this, funcs, num_it);
  if (show_plot) {
    const marks = found.map(({ name, point: [lr, loss] }) => ({ name, lr, loss }));
    this.recorder.plot_lr_find({ suggestions: marks });
  }
  return funcs.length === 0 ? undefined : new SuggestedLRs(found.map(({ name, lr }) => [name, lr]));
};

function suggestions(
  learn: LearnerClass,
  funcs: SuggestFunc[],
  num_it: number,
): (Suggestion & { name: string })[] {
  if (funcs.length === 0) return [];
  const { recorder } = learn;
  const range = [Math.floor(num_it / 10), -5] as const;
  const losses = Float32Array.from(recorder.losses.slice(...range));
  const nan = losses.findIndex(Number.isNaN);
  const end = nan < 0 ? losses.length : nan;
  if (end < 2)
    throw new ArgumentError(
      `lr_find(): ${recorder.losses.length} batches are too few to suggest a learning rate; give a larger num_it, or suggest_funcs: null`,
      'lr_find',
    );
  const lrs = Float32Array.from(recorder.lrs.slice(...range)).subarray(0, end);
  return funcs.map((func) => ({ name: func.name, ...func(lrs, losses.subarray(0, end), num_it) }));
}
