/** Learner: a model, data and a loss, and everything that trains and uses them. https://docs.fast.ai/learner.html */
import { L } from '../fastcore/foundation.js';
import { Path, type PathLike } from '../fastcore/path.js';
import { namedArguments } from '../torch/arguments.js';
import { ArgumentError } from '../torch/errors.js';
import { repr } from '../torch/number_text.js';
import { callable, type Device, type Tensor } from '../torch/index.js';
import type { AnyModule, Module, Parameter } from '../torch/nn/index.js';
import { Callback, TrainEvalCallback, type Awaitable, type CallbackLike } from './callback/core.js';
import { CancelEpochException, events, trainingLoop, type Event } from './callback/events.js';
import { CastToTensor } from './learner/cast.js';
import { Loop, type BatchSource } from './learner/loop.js';
import { mk_metrics, type Metric, type MetricLike } from './learner/metric.js';
import { Pause } from './learner/pause.js';
import { Recorder } from './learner/recorder.js';
import { Adam } from './optimizer/index.js';
import type { BaseOptimizer, HyperValue } from './optimizer/base.js';
import { norm_bias_params, trainable_params } from './torch_core.js';

/** An entry of the table: an epoch's number, a loss, a metric, a time. */
export type LogEntry = number | string | Tensor | null;
export type Logger = (log: Iterable<LogEntry>) => void;
/** What logs nothing; callbacks leave it in place. */
export const noop: Logger = () => undefined;

/** What a learner needs of its data; DataLoaders and v1's DataBunch have it, and so may a plain object. */
export interface LearnerData {
  readonly train: BatchSource;
  readonly valid: BatchSource | null;
  readonly device?: Device | string | null;
  readonly path?: PathLike | null;
  readonly n_inp?: number;
  readonly loss_func?: unknown;
  readonly train_ds?: unknown;
  at?(index: number): BatchSource | undefined;
}

/** fastai's optimizers, and torch's in an OptimWrapper. */
export type AnyOptimizer = BaseOptimizer & {
  state_dict(): object;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each reads what it wrote
  load_state_dict(state: any): void;
};
/** Makes an optimizer of groups of parameters. */
export type OptFunc = (params: Parameter[][], options: { lr: number }) => AnyOptimizer;
/** Groups of parameters, which may train at different rates. */
export type Splitter = (model: AnyModule) => Parameter[] | Parameter[][];
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- predictions and targets are what the model makes them
export type LossFunc = (pred: any, ...targets: any[]) => Tensor;
/** Values for the start, the turn and the end of a cycle of momentum. */
export type Moms = readonly [number, number, number];

export interface LearnerOptions {
  /** The loss of a batch (default: what the data say). */
  loss_func?: LossFunc | AnyModule | null;
  /** Makes the optimizer (default: fastai's Adam). */
  opt_func?: OptFunc;
  /** Learning rate of a fit that is given none (default: 0.001). */
  lr?: number;
  /** Groups of parameters (default: trainable_params, one of all that train). */
  splitter?: Splitter;
  cbs?: CallbackLike | Iterable<CallbackLike> | null;
  metrics?: MetricLike | Iterable<MetricLike> | null;
  /** Where files go (default: the data's path, or the working directory). */
  path?: PathLike | null;
  /** Below `path`, for `save` and `load` (default: 'models'). */
  model_dir?: PathLike;
  /** Weight decay (default: the optimizer's own). */
  wd?: number | readonly number[] | null;
  /** Whether biases and normalisation layers decay too (default: false). */
  wd_bn_bias?: boolean;
  /** Whether normalisation layers of frozen groups train (default: true). */
  train_bn?: boolean;
  /** Momenta of a cycle (default: [0.95, 0.85, 0.95]). */
  moms?: Moms;
  /** Whether the callbacks that every learner has are added (default: true). */
  default_cbs?: boolean;
}
const optionNames = [
  ...['loss_func', 'opt_func', 'lr', 'splitter', 'cbs', 'metrics', 'path', 'model_dir', 'wd', 'wd_bn_bias'],
  ...['train_bn', 'moms', 'default_cbs'],
];

export interface FitOptions {
  lr?: HyperValue;
  wd?: HyperValue;
  cbs?: CallbackLike | Iterable<CallbackLike> | null;
  /** A new optimizer instead of the one of the fit before (default: false). */
  reset_opt?: boolean;
  /** Epochs before this one are passed over (default: 0). */
  start_epoch?: number;
  /** Stops the fit after a batch; the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
}

/** Values that a new learner takes where it is given none; callbacks that every learner gets. */
export const defaults: { lr: number; callbacks: (new () => Callback)[] } = {
  lr: 1e-3,
  callbacks: [TrainEvalCallback, Recorder, CastToTensor],
};

/** @internal */
export const listOf = (cbs: CallbackLike | Iterable<CallbackLike> | null | undefined): CallbackLike[] =>
  cbs == null
    ? []
    : Symbol.iterator in Object(cbs)
      ? [...(cbs as Iterable<CallbackLike>)]
      : [cbs as CallbackLike];

/**
 * Groups a model with data, a loss function and an optimizer, and trains it.
 *
 * `fit` and its relatives return promises and let the event loop turn while they work. Ctrl-C, or a signal, stops them
 * after a batch: callbacks see the end of the fit, weights are whole, and the promise is rejected.
 * https://docs.fast.ai/learner.html#learner
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- other files add methods
class LearnerClass {
  dls: LearnerData;
  model: AnyModule;
  loss_func: LossFunc;
  opt_func: OptFunc;
  opt: AnyOptimizer | null = null;
  lr: number;
  splitter: Splitter;
  metrics: L<Metric>;
  path: Path;
  model_dir: PathLike;
  wd: number | readonly number[] | null;
  wd_bn_bias: boolean;
  train_bn: boolean;
  moms: Moms;
  cbs: L<Callback> = L<Callback>();

  training = false;
  /** Whether a fit shows its table and bar. */
  create_mbar = true;
  /** Gets each row of the table. */
  logger: Logger = (log) => {
    console.log(logText(log));
  };
  n_epoch = 1;
  epoch = 0;
  n_iter = 0;
  iter = 0;
  /** Training batches since the fit began. */
  train_iter = 0;
  /** How much of the fit is done, 0 to 1. */
  pct_train = 0;
  dl: BatchSource | null = null;
  xb: Tensor[] = [];
  yb: Tensor[] = [];
  pred: unknown = null;
  /** The loss of the batch as it is reported. */
  loss: Tensor | null = null;
  /** What is differentiated: a callback may scale it. */
  loss_grad: Tensor | null = null;
  smooth_loss = 0;
  /** Losses and metrics of the last epoch or validation. */
  final_record: L<LogEntry> | null = null;
  /** Run around each call of the model and of the loss: what autocast needs. Outermost first. */
  readonly contexts: (<T>(run: () => T) => T)[] = [];
  readonly #heard = new Map<Event, readonly Callback[]>();
  #pause: Pause | null = null;

  constructor(dls: LearnerData, model: AnyModule | Module, options: LearnerOptions = {}) {
    const given = namedArguments('Learner', optionNames, [options], 0) as LearnerOptions;
    if (typeof model !== 'function')
      throw new ArgumentError('Learner(): model must be a Module or a function', 'Learner');
    if (dls === null || typeof dls !== 'object' || !('train' in dls))
      throw new ArgumentError(
        'Learner(): dls must be DataLoaders: an object with train and valid',
        'Learner',
      );
    this.dls = dls;
    this.model = model as AnyModule;
    this.loss_func = inferLoss(dls, given.loss_func);
    this.opt_func = given.opt_func ?? Adam;
    this.lr = given.lr ?? defaults.lr;
    this.splitter = given.splitter ?? trainable_params;
    this.metrics = mk_metrics(given.metrics);
    this.path = Path(given.path ?? dls.path ?? '.');
    this.model_dir = given.model_dir ?? 'models';
    this.wd = given.wd ?? null;
    this.wd_bn_bias = given.wd_bn_bias ?? false;
    this.train_bn = given.train_bn ?? true;
    this.moms = given.moms ?? [0.95, 0.85, 0.95];
    if (given.default_cbs !== false) this.add_cbs(defaults.callbacks);
    this.add_cbs(given.cbs);
    void this.call('after_create');
  }

  /** Calls the callbacks' methods for an event, in their order. */
  call(name: Event): Awaitable {
    const heard = this.#heard.get(name) ?? this.#listeners(name);
    for (let i = 0; i < heard.length; ++i) {
      const waiting = heard[i]!.call(name);
      if (waiting) return this.#callRest(name, heard, i + 1, waiting);
    }
  }
  /** Found once for a fit: most callbacks have no method for most events. */
  #listeners(name: Event): readonly Callback[] {
    if (!events.includes(name)) throw new ArgumentError(`there is no event '${String(name)}'`, 'Learner');
    const heard = this.ordered_cbs(name);
    this.#heard.set(name, heard);
    return heard;
  }
  async #callRest(
    name: Event,
    ordered: readonly Callback[],
    from: number,
    first: Promise<void>,
  ): Promise<void> {
    await first;
    for (const cb of ordered.slice(from)) await cb.call(name);
  }
  /** @internal Runs a call of the model or the loss in what callbacks have put around it. */
  inContext<T>(run: () => T): T {
    if (this.contexts.length === 0) return run();
    return this.contexts.reduceRight<() => T>((inner, context) => () => context(inner), run)();
  }

  add_cb(cb: CallbackLike): this {
    const made: unknown = typeof cb === 'function' ? new cb() : cb;
    if (!(made instanceof Callback))
      throw new ArgumentError(`cbs must be callbacks or classes of them, not ${String(made)}`, 'Learner');
    made.learn = this;
    (this as unknown as Record<string, unknown>)[made.name] = made;
    this.cbs.push(made);
    this.#heard.clear();
    return this;
  }
  add_cbs(cbs: CallbackLike | Iterable<CallbackLike> | null | undefined): this {
    for (const cb of listOf(cbs)) this.add_cb(cb);
    return this;
  }
  /** Takes off a callback, or all of a class. */
  remove_cb(cb: CallbackLike): this {
    const gone = this.cbs.filter(
      (other) => other === cb || (typeof cb === 'function' && other instanceof cb),
    );
    for (const old of gone) {
      const fields = this as unknown as Record<string, unknown>;
      if (fields[old.name] === old) Reflect.deleteProperty(this, old.name);
    }
    this.cbs = this.cbs.filter((other) => !gone.includes(other));
    this.#heard.clear();
    return this;
  }
  remove_cbs(cbs: CallbackLike | Iterable<CallbackLike> | null | undefined): this {
    for (const cb of listOf(cbs)) this.remove_cb(cb);
    return this;
  }
  /** Runs `body` with more callbacks, which are taken off again. */
  async added_cbs<T>(cbs: LearnerOptions['cbs'], body: () => Promise<T> | T): Promise<T> {
    const made = listOf(cbs).map((cb) => (typeof cb === 'function' ? new cb() : cb));
    this.add_cbs(made);
    try {
      return await body();
    } finally {
      this.remove_cbs(made);
    }
  }
  /** Runs `body` without some callbacks, which come back afterwards. */
  async removed_cbs<T>(cbs: LearnerOptions['cbs'], body: () => Promise<T> | T): Promise<T> {
    const gone = this.cbs.filter((cb) =>
      listOf(cbs).some((c) => c === cb || (typeof c === 'function' && cb instanceof c)),
    );
    this.remove_cbs(gone);
    try {
      return await body();
    } finally {
      this.add_cbs(gone);
    }
  }
  /** The callbacks that hear of an event, in their order. */
  ordered_cbs(name: string): L<Callback> {
    return this.cbs
      .sorted('order')
      .filter((cb) => typeof (cb as unknown as Record<string, unknown>)[name] === 'function');
  }
  /** Prints what happens in which order, and which callbacks hear of it. */
  show_training_loop(): void {
    let indent = 0;
    for (const part of trainingLoop) {
      if (part.startsWith('End')) indent -= 2;
      const cbs = this.ordered_cbs(part).map(String).join(', ');
      console.log(
        ' '.repeat(indent) + (/^(Start|End)/.test(part) ? part : ` - ${part.padEnd(15)}: [${cbs}]`),
      );
      if (part.startsWith('Start')) indent += 2;
    }
  }

  create_opt(): void {
    const groups = this.splitter(this.model);
    this.opt = this.opt_func((Array.isArray(groups[0]) ? groups : [groups]) as Parameter[][], {
      lr: this.lr,
    });
    if (!this.wd_bn_bias)
      for (const p of norm_bias_params(this.model, true)) this.opt.state.get(p)['do_wd'] = false;
    if (this.train_bn)
      for (const p of norm_bias_params(this.model, false)) this.opt.state.get(p)['force_train'] = true;
  }
  /** @internal Where batches have to go. */
  get modelDevice(): Device | null {
    return this.model.parameters?.()[0]?.device ?? null;
  }

  /**
   * Trains for `n_epoch` epochs, each followed by a validation.
   * `fit(n, lr)` is `fit(n, {lr})`.
   * @throws the reason of the signal, or KeyboardInterrupt after Ctrl-C
   * https://docs.fast.ai/learner.html#learner.fit
   */
  async fit(n_epoch: number, ...args: [HyperValue?, FitOptions?] | [FitOptions?]): Promise<void> {
    const given = namedArguments(
      'fit',
      ['lr', 'wd', 'cbs', 'reset_opt', 'start_epoch', 'signal'],
      args,
    ) as FitOptions;
    if (!Number.isInteger(n_epoch) || n_epoch < 0)
      throw new ArgumentError(`fit(): n_epoch must be a whole number, not ${String(n_epoch)}`, 'fit');
    const { start_epoch = 0 } = given;
    const skip = start_epoch > 0 ? [new SkipToEpoch(start_epoch)] : [];
    await this.added_cbs([...listOf(given.cbs), ...skip], async () => {
      if (given.reset_opt === true || !this.opt) this.create_opt();
      const wd = given.wd ?? this.wd;
      if (wd !== null) this.opt!.set_hyper('wd', wd);
      this.opt!.set_hyper('lr', given.lr ?? this.lr);
      this.n_epoch = n_epoch;
      await this.running((loop) => loop.fit(), given.signal);
    });
  }
  /**
   * @internal Runs a part of the loop: Ctrl-C and the signal are heard, what is left of the last batch is let go, and
   * callbacks clean up, whatever happens.
   */
  async running(body: (loop: Loop) => Awaitable, signal?: AbortSignal): Promise<void> {
    const outer = this.#pause;
    const pause = new Pause(signal);
    this.#pause = pause;
    this.#heard.clear();
    try {
      await body(new Loop(this, outer ?? pause));
      if (pause.reason) throw pause.reason;
    } finally {
      pause.close();
      this.#pause = outer;
      if (outer === null) {
        for (const cb of this.cbs) {
          await cb.cleanup?.();
          cb.run = true;
        }
        this.#letGo();
      }
    }
  }
  #letGo(): void {
    this.dl = null;
    this.xb = [];
    this.yb = [];
    this.pred = null;
    this.loss = null;
    this.loss_grad = null;
  }

  /** Runs `body` while rows of the table go nowhere. */
  async no_logging<T>(body: () => Promise<T> | T): Promise<T> {
    return this.replacing('logger', noop, body);
  }
  /** Runs `body` without a table and a bar. */
  async no_mbar<T>(body: () => Promise<T> | T): Promise<T> {
    return this.replacing('create_mbar', false, body);
  }
  /** @internal */
  async replacing<K extends 'logger' | 'create_mbar' | 'loss_func', T>(
    key: K,
    value: this[K],
    body: () => Promise<T> | T,
  ): Promise<T> {
    const before = this[key];
    this[key] = value;
    try {
      return await body();
    } finally {
      this[key] = before;
    }
  }

  /** The first input of the batch, or all where there are several. */
  get x(): Tensor | Tensor[] {
    return this.xb.length === 1 ? this.xb[0]! : this.xb;
  }
  /** The first target of the batch, or all where there are several. */
  get y(): Tensor | Tensor[] {
    return this.yb.length === 1 ? this.yb[0]! : this.yb;
  }

  freeze_to(n: number): void {
    if (!this.opt) this.create_opt();
    this.opt!.freeze_to(n);
    this.opt!.clear_state();
  }
  /** Only the last group of parameters trains from here on. */
  freeze(): void {
    this.freeze_to(-1);
  }
  unfreeze(): void {
    this.freeze_to(0);
  }
}

function inferLoss(dls: LearnerData, given: LearnerOptions['loss_func']): LossFunc {
  const found = given ?? dls.loss_func ?? (dls.train_ds as { loss_func?: unknown } | undefined)?.loss_func;
  if (typeof found !== 'function')
    throw new ArgumentError(
      'Learner(): could not infer the loss function from the data, please pass a loss_func',
      'Learner',
    );
  return found as LossFunc;
}

/** A row as Python prints a list. */
export function logText(log: Iterable<LogEntry>): string {
  const texts = Array.from(log, (entry, i) => {
    if (typeof entry === 'number') return i === 0 ? String(entry) : repr(entry);
    return typeof entry === 'string' ? `'${entry}'` : entry === null ? 'None' : String(entry);
  });
  return `[${texts.join(', ')}]`;
}

/** Passes over the epochs before one, for a fit that goes on where another stopped. */
class SkipToEpoch extends Callback {
  override order = 70;
  constructor(readonly start: number) {
    super();
  }
  override before_epoch(): void {
    if (this.epoch < this.start) throw new CancelEpochException();
  }
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
interface LearnerClass {
  recorder: Recorder;
  progress?: Callback;
}
export { LearnerClass };
export const Learner = callable(LearnerClass);
export type Learner = LearnerClass;
