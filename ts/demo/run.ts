/** A training run that visitors watch: what it is told to do, what has happened so far, and how it ended. */
import { randint } from '../torch/index.js';
import type { AnyModule } from '../torch/nn/index.js';
import { discard } from './shelf.js';
import { Diverged, fit, type EpochFigures } from './fit.js';
import type { Pictures, Source } from './pictures.js';
import { sample, type Sample } from './predict.js';
import { nets, tasks, type NetName, type TaskName } from './tasks.js';

export interface RunSettings {
  task: TaskName;
  net: NetName;
  epochs: number;
  lr: number;
}
export type RunStatus = 'loading' | 'running' | 'done' | 'stopped' | 'failed';

/** A run as it is sent to a page that opens late. */
export interface RunView extends RunSettings {
  id: number;
  status: RunStatus;
  /** How it ended, where that needs words. */
  message: string;
  digits: readonly number[];
  source: Source | null;
  pictures: number;
  parameters: number;
  /** Training batches that there will be. */
  batches: number;
  losses: number[];
  figures: EpochFigures[];
  samples: Sample[];
}

export type Publish = (event: string, data: unknown) => void;

/** The promise's value, or the signal's reason at once: who stops does not wait for pictures. */
async function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  const value = await Promise.race([promise, aborted]);
  signal.throwIfAborted();
  return value;
}

/** Pictures whose predictions are shown, and milliseconds between two sights of them and of the losses. */
const SHOWN = 12;
const SAMPLES_EVERY = 500;
const LOSSES_EVERY = 80;

export class Run {
  readonly view: RunView;
  readonly model: AnyModule;
  readonly #abort = new AbortController();
  readonly #publish: Publish;
  #sent = 0;
  #lossesAt = 0;
  #samplesAt = 0;
  #rows: number[] = [];
  /** Ends when the run has ended in whatever way; never rejected. */
  readonly ended: Promise<void>;

  constructor(id: number, settings: RunSettings, pictures: () => Promise<Pictures>, publish: Publish) {
    const { digits } = tasks[settings.task];
    this.model = nets[settings.net].make(digits.length);
    this.model.eval();
    const parameters = this.model.parameters().reduce((sum, p) => sum + p.numel(), 0);
    this.view = {
      ...settings,
      ...{ id, status: 'loading', message: '', digits, source: null, pictures: 0, parameters },
      ...{ batches: 0, losses: [], figures: [], samples: [] },
    };
    this.#publish = publish;
    publish('run', this.view);
    this.ended = this.#work(pictures);
  }

  get active(): boolean {
    return this.view.status === 'loading' || this.view.status === 'running';
  }
  stop(): void {
    this.#abort.abort();
  }
  dispose(): void {
    discard(this.model);
  }

  async #work(load: () => Promise<Pictures>): Promise<void> {
    const { view, model } = this;
    const { signal } = this.#abort;
    try {
      const pictures = await unless(signal, load());
      Object.assign(view, {
        status: 'running',
        source: pictures.source,
        pictures: pictures.train.y.numel(),
        batches: Math.ceil(pictures.train.y.numel() / 256) * view.epochs,
      });
      this.#choose(pictures);
      this.#publish('run', view);
      await fit(
        model,
        pictures,
        { epochs: view.epochs, lr: view.lr, signal },
        {
          batch: (_, __, loss) => {
            this.#batch(pictures, loss);
          },
          epoch: (figures) => {
            this.#epoch(pictures, figures);
          },
        },
      );
      this.#end('done', '');
    } catch (error) {
      if (signal.aborted)
        this.#end('stopped', 'Stopped after a batch: the weights are as that batch left them.');
      else if (error instanceof Diverged) this.#end('failed', `It diverged: ${error.message}.`);
      else this.#end('failed', (error as Error).message);
    }
  }
  #choose(pictures: Pictures): void {
    const drawn = randint(0, pictures.valid.y.numel(), [SHOWN]);
    this.#rows = drawn.tolist() as number[];
    drawn.dispose();
    this.#show(pictures);
  }
  #show(pictures: Pictures): void {
    this.#samplesAt = performance.now();
    this.view.samples = sample(this.model, pictures.valid, this.#rows);
    this.#publish('samples', { id: this.view.id, samples: this.view.samples });
  }
  #batch(pictures: Pictures, loss: number): void {
    this.view.losses.push(loss);
    const now = performance.now();
    if (now - this.#lossesAt > LOSSES_EVERY) this.#flush();
    if (now - this.#samplesAt > SAMPLES_EVERY) this.#show(pictures);
  }
  #flush(): void {
    const { id, losses } = this.view;
    if (this.#sent === losses.length) return;
    this.#lossesAt = performance.now();
    this.#publish('losses', { id, from: this.#sent, losses: losses.slice(this.#sent) });
    this.#sent = losses.length;
  }
  #epoch(pictures: Pictures, figures: EpochFigures): void {
    this.#flush();
    this.view.figures.push(figures);
    this.#publish('epoch', { id: this.view.id, figures });
    // Others for the next epoch.
    if (this.view.figures.length < this.view.epochs) this.#choose(pictures);
    else this.#show(pictures);
  }
  #end(status: RunStatus, message: string): void {
    this.#flush();
    Object.assign(this.view, { status, message });
    this.#publish('end', { id: this.view.id, status, message });
  }
}
