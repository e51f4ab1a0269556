/** The parts of a fit and of a validation, each between its events. */
import { isKept, Stage } from '../../torch/memory.js';
import { ArgumentError } from '../../torch/errors.js';
import { no_grad, nn, Tensor, type Device } from '../../torch/index.js';
import { TensorDataset } from '../../torch/utils/data/dataset.js';
import {
  CancelBackwardException,
  CancelBatchException,
  CancelEpochException,
  CancelFitException,
  CancelStepException,
  CancelTrainException,
  CancelValidException,
  type CancelException,
  type Event,
} from '../callback/events.js';
import type { Awaitable } from '../callback/core.js';
import type { LearnerClass } from '../learner.js';
import { apply, eachTensor } from '../torch_core.js';
import type { Pause } from './pause.js';

/** Batches with a known number; whether they are the consumer's to free, and whether they come asynchronously. */
export interface BatchSource {
  readonly length: number;
  readonly n_inp?: number;
  /** Batches are fresh tensors, which the learner frees. */
  readonly ownsBatches?: boolean;
  [Symbol.iterator](): Iterator<unknown>;
  [Symbol.asyncIterator]?(): AsyncIterator<unknown>;
}

type CancelClass = new () => CancelException;
/** A part of the fit between its events: their names, put together once, as a batch has three parts. */
interface Part {
  before: Event;
  cancelled: Event;
  after: Event;
  cancel: CancelClass;
}
const part = (name: string, cancel: CancelClass): Part => ({
  before: `before_${name}` as Event,
  cancelled: `after_cancel_${name}` as Event,
  after: `after_${name}` as Event,
  cancel,
});
const parts = {
  fit: part('fit', CancelFitException),
  epoch: part('epoch', CancelEpochException),
  train: part('train', CancelTrainException),
  validate: part('validate', CancelValidException),
  batch: part('batch', CancelBatchException),
  backward: part('backward', CancelBackwardException),
  step: part('step', CancelStepException),
};

/**
 * Work with places where it may have to wait: it yields undefined, or a promise and gets what that comes to. Where no
 * callback is asynchronous a batch is one synchronous stretch, which costs a tenth of what promises would.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a promise comes to
type Steps = Generator<PromiseLike<unknown> | void, void, any>;

/** Runs steps to their end, at once unless they have to wait. */
export function drive(steps: Steps): Awaitable {
  let step = steps.next();
  while (step.done !== true) {
    if (step.value) return finish(steps, step.value);
    step = steps.next();
  }
}
async function finish(steps: Steps, first: PromiseLike<unknown>): Promise<void> {
  let waiting = first;
  for (;;) {
    let step: IteratorResult<PromiseLike<unknown> | void, void>;
    try {
      step = steps.next(await waiting);
    } catch (error) {
      step = steps.throw(error);
    }
    while (step.done !== true && !step.value) step = steps.next();
    if (step.done === true) return;
    waiting = step.value as PromiseLike<unknown>;
  }
}

export class Loop {
  readonly #learn: LearnerClass;
  readonly #pause: Pause;
  /** Where the model is: asked once for a pass, as finding a parameter takes as long as a small operator. */
  #device: Device | null = null;

  constructor(learn: LearnerClass, pause: Pause) {
    this.#learn = learn;
    this.#pause = pause;
  }

  /** `before_part`, the part, `after_cancel_part` where it was cancelled, `after_part`. */
  *#withEvents(part: Part, body: () => Steps | void): Steps {
    const learn = this.#learn;
    try {
      const before = learn.call(part.before);
      if (before) yield before;
      const steps = body();
      if (steps) yield* steps;
    } catch (error) {
      if (!(error instanceof part.cancel)) throw error;
      const cancelled = learn.call(part.cancelled);
      if (cancelled) yield cancelled;
    }
    const after = learn.call(part.after);
    if (after) yield after;
  }

  fit(): Awaitable {
    return drive(this.#withEvents(parts.fit, () => this.#epochs()));
  }
  *#epochs(): Steps {
    const learn = this.#learn;
    for (let epoch = 0; epoch < learn.n_epoch; ++epoch) {
      learn.epoch = epoch;
      yield* this.#withEvents(parts.epoch, () => this.#epoch());
    }
  }
  *#epoch(): Steps {
    const learn = this.#learn;
    learn.dl = learn.dls.train;
    yield* this.#withEvents(parts.train, () => this.#allBatches());
    yield this.validate(learn.dls.valid);
  }
  /** @param dl null where there is no validation set: the events happen all the same */
  validate(dl: BatchSource | null): Awaitable {
    this.#learn.dl = dl;
    return no_grad(() => drive(this.#withEvents(parts.validate, () => this.#allBatches())));
  }

  *#allBatches(): Steps {
    const { dl } = this.#learn;
    if (!dl) return;
    this.#learn.n_iter = dl.length;
    this.#device = this.#learn.modelDevice;
    let i = 0;
    const open = (isAtHand(dl) ? undefined : dl[Symbol.asyncIterator]) ?? dl[Symbol.iterator];
    const batches = (open as () => AsyncIterator<unknown> | Iterator<unknown>).call(dl);
    const isAsync = open !== dl[Symbol.iterator];
    try {
      for (;;) {
        const waiting = batches.next();
        const next = (isAsync ? yield waiting as Promise<unknown> : waiting) as IteratorResult<unknown>;
        if (next.done) return;
        yield* this.#oneBatch(i++, next.value, dl);
      }
    } catch (error) {
      const closing: unknown = batches.return?.();
      if (isAsync) yield closing as Promise<unknown>;
      throw error;
    }
  }

  *#oneBatch(i: number, batch: unknown, dl: BatchSource): Steps {
    const learn = this.#learn;
    const stage = new Stage();
    learn.iter = i;
    try {
      split(learn, toModel(batch, this.#device, stage), dl);
      yield* this.#withEvents(parts.batch, () => this.#doBatch(stage));
    } finally {
      stage.close();
      if (dl.ownsBatches) eachTensor(batch, free);
    }
    const turn = this.#pause.due();
    if (turn) yield turn;
    if (this.#pause.reason) throw new CancelFitException();
  }

  *#doBatch(stage: Stage): Steps {
    const learn = this.#learn;
    learn.pred = stage.run(() => learn.inContext(() => learn.model(...learn.xb) as unknown), [learn.model]);
    const pred = learn.call('after_pred');
    if (pred) yield pred;
    if (learn.yb.length > 0) {
      learn.loss_grad = stage.run(
        () => learn.inContext(() => learn.loss_func(learn.pred, ...learn.yb)),
        [learn.loss_func],
      );
      if (!(learn.loss_grad instanceof Tensor)) throw noTensor(learn.loss_func, learn.loss_grad);
      learn.loss = learn.loss_grad;
    }
    const loss = learn.call('after_loss');
    if (loss) yield loss;
    if (!learn.training || learn.yb.length === 0) return;
    yield* this.#withEvents(parts.backward, () => {
      learn.loss_grad!.backward();
    });
    yield* this.#withEvents(parts.step, () => {
      learn.opt!.step();
    });
    learn.opt!.zero_grad();
  }
}

/** Whether batches come without waiting, rows of tensors and lists of what is there already: a promise costs more than a row. */
function isAtHand(dl: BatchSource): boolean {
  const { dataset, num_workers = 0 } = dl as { dataset?: unknown; num_workers?: number };
  if (num_workers > 0 || dl.ownsBatches !== true) return false;
  if (dataset instanceof TensorDataset) return true;
  if (!Array.isArray(dataset)) return false;
  const first: unknown = dataset[0];
  return ![first, ...(Array.isArray(first) ? (first as unknown[]) : [])].some((x) => x instanceof Promise);
}

/** A module, and some functions, have no name. */
function noTensor(loss_func: unknown, loss: unknown): ArgumentError {
  const { name } = loss_func as { name?: string };
  const which = name ? `loss_func '${name}'` : 'loss_func';
  return new ArgumentError(`${which} must give a tensor, not ${typeof loss}`, 'loss_func');
}

function free(t: Tensor): void {
  if (!isKept(t) && !(t instanceof nn.Parameter)) t.dispose();
}

/** The batch on the model's device. */
function toModel(batch: unknown, device: Device | null, stage: Stage): unknown {
  if (device === null || device.type === 'cpu') return batch;
  return stage.run(() => apply((t) => t.to(device), batch));
}

/** Inputs and targets of a batch. */
function split(learn: LearnerClass, batch: unknown, dl: BatchSource): void {
  const parts: unknown[] = Array.isArray(batch) ? (batch as unknown[]) : [batch];
  const n_inp = learn.dls.n_inp ?? dl.n_inp ?? (parts.length === 1 ? 1 : parts.length - 1);
  learn.xb = parts.slice(0, n_inp) as Tensor[];
  learn.yb = parts.slice(n_inp) as Tensor[];
}
