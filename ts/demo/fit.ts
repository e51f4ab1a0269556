/** One training run with fastai's Learner, which reports what happens while it happens. */
import { Callback } from '../fastai/callback/core.js';
import { CancelFitException } from '../fastai/callback/events.js';
import '../fastai/callback/schedule.js';
import { Learner, noop } from '../fastai/learner.js';
import { CrossEntropyLossFlat } from '../fastai/losses.js';
import { accuracy } from '../fastai/metrics.js';
import { Tensor } from '../torch/index.js';
import type { AnyModule } from '../torch/nn/index.js';
import { Batches, type Pictures } from './pictures.js';

export interface EpochFigures {
  train_loss: number;
  valid_loss: number;
  accuracy: number;
  seconds: number;
}
/** What a run tells; each may be left out. */
export interface Listener {
  /** After each training batch: its number from 0, how many there will be, and the smoothed loss. */
  batch?(iteration: number, of: number, loss: number): void;
  epoch?(figures: EpochFigures): void;
}
export interface FitSettings {
  epochs: number;
  lr: number;
  /** Warm up to `lr` and down again in one cycle instead of keeping it. */
  oneCycle?: boolean;
  signal?: AbortSignal;
}

/** The loss is no number any more: nothing can be learnt from there on. */
export class Diverged extends Error {}

class Reporter extends Callback {
  // After the recorder, whose figures it passes on.
  override order = 55;
  diverged = false;
  #started = 0;
  constructor(readonly listener: Listener) {
    super();
  }
  override before_epoch(): void {
    this.#started = performance.now();
  }
  override after_batch(): void {
    if (!this.training) return;
    const loss = this.learn.smooth_loss;
    if (!Number.isFinite(loss)) {
      this.diverged = true;
      throw new CancelFitException();
    }
    // The learner's counter, which an earlier callback has raised for this batch already.
    this.listener.batch?.(this.learn.train_iter - 1, this.learn.n_iter * this.learn.n_epoch, loss);
  }
  override after_epoch(): void {
    if (this.diverged) return;
    const [train_loss, valid_loss, accuracy] = Array.from(this.learn.final_record ?? [], Number);
    if (accuracy === undefined) return;
    const seconds = (performance.now() - this.#started) / 1000;
    this.listener.epoch?.({ train_loss: train_loss!, valid_loss: valid_loss!, accuracy, seconds });
  }
}

/**
 * Trains the model. Its weights are whole whenever the event loop turns, and when this ends in whatever way.
 * @throws {Diverged} the loss became infinite or not a number
 * @throws the signal's reason after it was aborted
 */
export async function fit(
  model: AnyModule,
  pictures: Pictures,
  settings: FitSettings,
  listener: Listener = {},
): Promise<void> {
  const { epochs, lr, signal } = settings;
  signal?.throwIfAborted();
  const dls = {
    train: new Batches(pictures.train, 256, true),
    valid: new Batches(pictures.valid, 512),
    device: 'cpu',
  };
  const learn = Learner(dls, model, { loss_func: CrossEntropyLossFlat(), metrics: accuracy });
  learn.logger = noop;
  const reporter = new Reporter(listener);
  const options = { cbs: reporter, ...(signal && { signal }) };
  try {
    await (settings.oneCycle === true
      ? learn.fit_one_cycle(epochs, lr, options)
      : learn.fit(epochs, lr, options));
  } finally {
    model.eval();
    for (const p of model.parameters()) {
      p.grad?.dispose();
      p.grad = null;
      for (const value of Object.values(learn.opt?.state.get(p) ?? {}))
        if (value instanceof Tensor) value.dispose();
    }
    learn.opt?.clear_state();
  }
  if (reporter.diverged)
    throw new Diverged('the loss is no longer a number: a smaller learning rate will do better');
}
