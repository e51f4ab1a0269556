/** The parts of a fit and of a validation, each between its events. */
import { isKept, Stage } from '../../torch/memory.js';
import { no_grad, nn, Tensor } from '../../torch/index.js';
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
type Part = 'fit' | 'epoch' | 'train' | 'validate' | 'batch' | 'backward' | 'step';
const cancels: Record<Part, CancelClass> = {
  fit: CancelFitException,
  epoch: CancelEpochException,
  train: CancelTrainException,
  validate: CancelValidException,
  batch: CancelBatchException,
  backward: CancelBackwardException,
  step: CancelStepException,
};

export class Loop {
  readonly #learn: LearnerClass;
  readonly #pause: Pause;

  constructor(learn: LearnerClass, pause: Pause) {
    this.#learn = learn;
    this.#pause = pause;
  }

  /** `before_part`, the part, `after_cancel_part` where it was cancelled, `after_part`. */
  async #withEvents(part: Part, body: () => Promise<void> | void): Promise<void> {
    const learn = this.#learn;
    try {
      const before = learn.call(`before_${part}` as Event);
      if (before) await before;
      const running = body();
      if (running) await running;
    } catch (error) {
      if (!(error instanceof cancels[part])) throw error;
      const cancelled = learn.call(`after_cancel_${part}` as Event);
      if (cancelled) await cancelled;
    }
    const after = learn.call(`after_${part}` as Event);
    if (after) await after;
  }

  fit(): Promise<void> {
    return this.#withEvents('fit', async () => {
      const learn = this.#learn;
      for (let epoch = 0; epoch < learn.n_epoch; ++epoch) {
        learn.epoch = epoch;
        await this.#withEvents('epoch', async () => {
          await this.train();
          await this.validate(learn.dls.valid);
        });
      }
    });
  }
  train(): Promise<void> {
    this.#learn.dl = this.#learn.dls.train;
    return this.#withEvents('train', () => this.#allBatches());
  }
  /** @param dl null where there is no validation set: the events happen all the same */
  validate(dl: BatchSource | null): Promise<void> {
    this.#learn.dl = dl;
    return no_grad(() => this.#withEvents('validate', () => this.#allBatches()));
  }

  async #allBatches(): Promise<void> {
    const { dl } = this.#learn;
    if (!dl) return;
    this.#learn.n_iter = dl.length;
    let i = 0;
    if (typeof dl[Symbol.asyncIterator] === 'function')
      for await (const batch of dl as AsyncIterable<unknown>) await this.#oneBatch(i++, batch, dl);
    else for (const batch of dl) await this.#oneBatch(i++, batch, dl);
  }

  async #oneBatch(i: number, batch: unknown, dl: BatchSource): Promise<void> {
    const learn = this.#learn;
    const stage = new Stage();
    learn.iter = i;
    try {
      split(learn, toModel(learn, batch, stage), dl);
      await this.#withEvents('batch', () => this.#doBatch(stage));
    } finally {
      stage.close();
      if (dl.ownsBatches) eachTensor(batch, free);
    }
    const turn = this.#pause.due();
    if (turn) await turn;
    if (this.#pause.reason) throw new CancelFitException();
  }

  async #doBatch(stage: Stage): Promise<void> {
    const learn = this.#learn;
    const owners = [learn.model, learn.loss_func];
    learn.pred = stage.run(() => learn.inContext(() => learn.model(...learn.xb) as unknown), owners);
    const pred = learn.call('after_pred');
    if (pred) await pred;
    if (learn.yb.length > 0) {
      learn.loss_grad = stage.run(
        () => learn.inContext(() => learn.loss_func(learn.pred, ...learn.yb)),
        owners,
      );
      learn.loss = learn.loss_grad;
    }
    const loss = learn.call('after_loss');
    if (loss) await loss;
    if (!learn.training || learn.yb.length === 0) return;
    await this.#withEvents('backward', () => {
      learn.loss_grad!.backward();
    });
    await this.#withEvents('step', () => {
      learn.opt!.step();
    });
    learn.opt!.zero_grad();
  }
}

function free(t: Tensor): void {
  if (!isKept(t) && !(t instanceof nn.Parameter)) t.dispose();
}

/** The batch on the model's device. */
function toModel(learn: LearnerClass, batch: unknown, stage: Stage): unknown {
  const device = learn.modelDevice;
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
