/** Callbacks: what changes a fit from outside. https://docs.fast.ai/callback.core.html */
import { reduce, type Reduced } from '../../fastcore/reduce.js';
import { ArgumentError } from '../../torch/errors.js';
import { checkOptions } from '../../torch/arguments.js';
import { callable, nn, type Tensor } from '../../torch/index.js';
import type { LearnerClass } from '../learner.js';
import { default_device } from '../torch_core.js';
import { events, innerLoop, type Event } from './events.js';

/** What a callback may return: nothing, or a promise that the fit waits for. */
export type Awaitable = void | Promise<void>;

/** What of the learner a callback reads as if it were its own. */
const learnerState = [
  ...['dls', 'model', 'opt', 'opt_func', 'loss_func', 'metrics', 'path', 'model_dir', 'lr', 'wd'],
  ...['cbs', 'logger', 'create_mbar', 'n_epoch', 'epoch', 'n_iter', 'iter', 'train_iter', 'pct_train'],
  ...[
    'training',
    'dl',
    'xb',
    'yb',
    'x',
    'y',
    'pred',
    'loss',
    'loss_grad',
    'smooth_loss',
    'recorder',
    'progress',
  ],
] as const;
type LearnerState = Readonly<Pick<LearnerClass, (typeof learnerState)[number]>>;

/** Functions for events, `this` being the callback. */
export type EventFunctions = Partial<Record<Event, (this: Callback) => Awaitable>>;

// Declaration merging: events are methods that a subclass may have, and the learner's state is read through getters.
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
interface CallbackClass extends LearnerState {
  after_create?(): Awaitable;
  before_fit?(): Awaitable;
  before_epoch?(): Awaitable;
  before_train?(): Awaitable;
  before_batch?(): Awaitable;
  after_pred?(): Awaitable;
  after_loss?(): Awaitable;
  before_backward?(): Awaitable;
  after_cancel_backward?(): Awaitable;
  after_backward?(): Awaitable;
  before_step?(): Awaitable;
  after_cancel_step?(): Awaitable;
  after_step?(): Awaitable;
  after_cancel_batch?(): Awaitable;
  after_batch?(): Awaitable;
  after_cancel_train?(): Awaitable;
  after_train?(): Awaitable;
  before_validate?(): Awaitable;
  after_cancel_validate?(): Awaitable;
  after_validate?(): Awaitable;
  after_cancel_epoch?(): Awaitable;
  after_epoch?(): Awaitable;
  after_cancel_fit?(): Awaitable;
  after_fit?(): Awaitable;
  /** Called once when a fit is over in whatever way, also by an error. */
  cleanup?(): Awaitable;
}

/**
 * Base of callbacks: a subclass has a method for each event that it wants to hear of, `before_fit` to `after_fit`,
 * which may be asynchronous. The learner's state can be read as if it were the callback's own (`this.epoch`,
 * `this.pred`, `this.xb`); to change it, write `this.learn.x = ...`.
 *
 * `Callback({after_epoch() { ... }})` makes one from functions. The learner frees `pred`, `loss`, `xb` and `yb` after
 * each batch: a callback that stores one of them stores `keep(this.pred)`, or a value made of it.
 * https://docs.fast.ai/callback.core.html#callback
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
class CallbackClass {
  /** Callbacks of lower order hear of an event first. */
  order = 0;
  /** Whether events reach the callback; the end of a fit sets it again. */
  run = true;
  /** Whether the events of training batches reach it. */
  run_train = true;
  /** Whether the events of validation batches reach it. */
  run_valid = true;
  /** Not there while predictions are fetched during a fit. */
  remove_on_fetch = false;
  #learn: LearnerClass | null = null;

  constructor(functions: EventFunctions = {}) {
    if (new.target === CallbackClass) checkOptions('Callback', functions, events);
    for (const [name, fn] of Object.entries(functions))
      if (typeof fn === 'function') (this as unknown as Record<string, unknown>)[name] = fn;
  }

  get learn(): LearnerClass {
    if (this.#learn === null)
      throw new ArgumentError(`${this.constructor.name} is not part of a Learner yet`, 'Callback');
    return this.#learn;
  }
  set learn(learn: LearnerClass) {
    this.#learn = learn;
  }

  /** The class's name in snake_case without `Callback`: what the learner knows it by. */
  get name(): string {
    return this.constructor.name
      .replace(/(?<=.)Callback$/, '')
      .replace(/(?<=[^_])([A-Z][a-z]+)/g, '_$1')
      .replace(/(?<=[a-z0-9])([A-Z])/g, '_$1')
      .toLowerCase();
  }

  [reduce](): Reduced {
    return { by: Callback, args: [] };
  }
  /** Calls the method for an event if there is one and it is to run now. */
  call(name: Event): Awaitable {
    const training = this.#learn?.training ?? true;
    const runs = this.run && (!innerLoop.has(name) || (training ? this.run_train : this.run_valid));
    return runs ? this[name]?.() : undefined;
  }

  toString(): string {
    return this.constructor.name;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  static {
    for (const key of learnerState)
      Object.defineProperty(this.prototype, key, {
        configurable: true,
        get(this: CallbackClass) {
          return (this.learn as unknown as Record<string, unknown>)[key];
        },
        // A callback's own value shadows the learner's, as an attribute of Python's does.
        set(this: CallbackClass, value: unknown) {
          Object.defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true });
        },
      });
  }
}
export const Callback = callable(CallbackClass);
export type Callback = CallbackClass;
/** A callback, or a class of callbacks to make one of. */
export type CallbackLike = Callback | (new () => Callback);

/** A callback that puts what `f` makes of inputs and targets into their place, before each batch. */
export function before_batch_cb(
  f: (cb: Callback, xb: Tensor[], yb: Tensor[]) => [xb: Tensor[], yb: Tensor[]],
): Callback {
  return Callback({
    before_batch() {
      const { learn } = this;
      [learn.xb, learn.yb] = f(this, learn.xb, learn.yb);
    },
  });
}

/** Counts iterations and puts the model in the right mode and on the right device. https://docs.fast.ai/callback.core.html#trainevalcallback */
class TrainEvalCallbackClass extends CallbackClass {
  override order = -10;
  override run_valid = false;

  override after_create(): void {
    this.learn.n_epoch = 1;
  }
  override before_fit(): void {
    const { learn } = this;
    learn.epoch = 0;
    learn.train_iter = 0;
    learn.pct_train = 0;
    const device = learn.dls.device ?? default_device();
    if (learn.model.parameters().some((p) => p.device.toString() !== String(device))) learn.model.to(device);
    if (learn.loss_func instanceof nn.Module) learn.loss_func.to(device);
    const { reset } = learn.model as { reset?: unknown };
    if (typeof reset === 'function') reset.call(learn.model);
  }
  override after_batch(): void {
    this.learn.pct_train += 1 / (this.n_iter * this.n_epoch);
    this.learn.train_iter += 1;
  }
  override before_train(): void {
    this.learn.pct_train = this.epoch / this.n_epoch;
    this.model.train();
    this.learn.training = true;
  }
  override before_validate(): void {
    this.model.eval();
    this.learn.training = false;
  }
}
export const TrainEvalCallback = callable(TrainEvalCallbackClass);
export type TrainEvalCallback = TrainEvalCallbackClass;
