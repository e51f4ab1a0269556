/** What the page shows and does, without HTTP: the trained models, a run at a time, predictions. */
import type { AnyModule } from '../torch/nn/index.js';
import { fit } from './fit.js';
import { loadPictures, type LoadOptions, type Pictures, type Source } from './pictures.js';
import { probabilitiesOf } from './predict.js';
import { Refusal } from './refusal.js';
import { Run, type Publish, type RunSettings } from './run.js';
import { fetchModel, store } from './shelf.js';
import { digitPicture, type Line } from './strokes.js';
import { netNames, nets, taskNames, tasks, type TaskName } from './tasks.js';

export type ModelStatus = 'waiting' | 'loading' | 'training' | 'ready' | 'failed';
export interface ModelView {
  name: TaskName;
  title: string;
  net: string;
  digits: readonly number[];
  status: ModelStatus;
  /** Share of the training that is done. */
  progress: number;
  accuracy: number | null;
  pictures: number | null;
  source: Source | null;
  reason: string;
  message: string;
}

export interface StudioOptions extends Pick<LoadOptions, 'drawn' | 'progress'> {
  /** Folder for the trained models. */
  cache: string;
  publish: Publish;
  /** Gets what an operator may want to know: files that could not be used. */
  log?: (line: string) => void;
}

export class Studio {
  readonly #options: StudioOptions;
  readonly #closing = new AbortController();
  readonly #views: Record<TaskName, ModelView>;
  readonly #models = new Map<TaskName, AnyModule>();
  readonly #pictures = new Map<TaskName, Promise<Pictures>>();
  #run: Run | null = null;
  #runs = 0;
  /** Settled when all models are there or have failed; never rejected. */
  readonly prepared: Promise<void>;

  constructor(options: StudioOptions) {
    this.#options = options;
    const view = (name: TaskName): ModelView => {
      const { title, digits, net } = tasks[name];
      return {
        ...{ name, title, digits, net: nets[net].title, status: 'waiting', progress: 0 },
        ...{ accuracy: null, pictures: null, source: null, reason: '', message: '' },
      };
    };
    this.#views = { three_or_seven: view('three_or_seven'), digits: view('digits') };
    this.prepared = this.#prepareAll();
  }

  get views(): ModelView[] {
    return taskNames.map((name) => this.#views[name]);
  }
  get run(): Run | null {
    return this.#run;
  }
  /** What a page needs to begin with. */
  state(): unknown {
    return {
      models: this.views,
      nets: netNames.map((name) => ({ name, title: nets[name].title })),
      run: this.#run?.view ?? null,
    };
  }

  /**
   * Probabilities for drawn lines, and the picture that the model got to see (784 bytes in base64).
   * @param name a task, or 'run' for the model of the run, trained or not
   * @throws {Refusal} there is no such model, or it is not ready
   */
  predict(name: string, lines: readonly Line[]): unknown {
    const { model, digits } = this.#modelOf(name);
    const pixels = digitPicture(lines);
    if (pixels === null) return { digits, probabilities: null, pixels: null };
    return {
      digits,
      probabilities: probabilitiesOf(model, pixels),
      pixels: Buffer.from(pixels).toString('base64'),
    };
  }
  #modelOf(name: string): { model: AnyModule; digits: readonly number[] } {
    if (name === 'run') {
      if (!this.#run) throw new Refusal(409, 'nothing has been trained on this page yet');
      return { model: this.#run.model, digits: this.#run.view.digits };
    }
    const task = taskNames.find((known) => known === name);
    if (!task)
      throw new Refusal(400, `there is no model '${name}'; there are ${[...taskNames, 'run'].join(', ')}`);
    const model = this.#models.get(task);
    const { status, message } = this.#views[task];
    if (!model)
      throw new Refusal(409, status === 'failed' ? `this model is missing: ${message}` : 'not trained yet');
    return { model, digits: tasks[task].digits };
  }

  /** @throws {Refusal} another run goes on, or the models are not ready */
  start(settings: RunSettings): Run {
    if (this.#run?.active) throw new Refusal(409, 'a run goes on; stop it first');
    if (this.views.some(({ status }) => status !== 'ready' && status !== 'failed'))
      throw new Refusal(409, 'the models that the page begins with are still being trained');
    const before = this.#run;
    this.#run = new Run(
      ++this.#runs,
      settings,
      () => this.#load(settings.task, this.#closing.signal),
      this.#options.publish,
    );
    before?.dispose();
    return this.#run;
  }
  /** Ends the run after its batch. @throws {Refusal} there is none */
  async stop(): Promise<Run> {
    const run = this.#run;
    if (!run?.active) throw new Refusal(409, 'nothing is being trained');
    run.stop();
    await run.ended;
    return run;
  }
  async close(): Promise<void> {
    this.#closing.abort();
    this.#run?.stop();
    await Promise.all([this.prepared, this.#run?.ended]);
  }

  /** The pictures stay in memory for further runs; what failed is tried again. */
  #load(name: TaskName, signal: AbortSignal): Promise<Pictures> {
    const known = this.#pictures.get(name);
    if (known) return known;
    const { drawn = false, progress = false } = this.#options;
    const loading = loadPictures(tasks[name], { drawn, progress, signal });
    this.#pictures.set(name, loading);
    loading.catch(() => this.#pictures.delete(name));
    return loading;
  }

  async #prepareAll(): Promise<void> {
    // The quick one first: it can be tried while the other is trained.
    for (const name of taskNames) {
      try {
        await this.#prepare(name);
      } catch (error) {
        this.#update(name, { status: 'failed', message: (error as Error).message });
        if (!this.#closing.signal.aborted)
          this.#options.log?.(`${tasks[name].title}: ${(error as Error).message}`);
      }
    }
  }
  async #prepare(name: TaskName): Promise<void> {
    const { signal } = this.#closing;
    if (this.#options.drawn !== true && this.#fromShelf(name, 'mnist')) return;
    this.#update(name, { status: 'loading' });
    const pictures = await this.#load(name, signal);
    if (pictures.source === 'drawn' && this.#fromShelf(name, 'drawn')) return;
    await this.#train(name, pictures, signal);
  }
  #fromShelf(name: TaskName, source: Source): boolean {
    try {
      const found = fetchModel(this.#options.cache, name, source);
      if (!found) return false;
      this.#models.set(name, found.model);
      this.#update(name, { ...found.about, status: 'ready', progress: 1 });
      return true;
    } catch (error) {
      this.#options.log?.(`${(error as Error).message}; it is trained again`);
      return false;
    }
  }
  async #train(name: TaskName, pictures: Pictures, signal: AbortSignal): Promise<void> {
    const { source, reason } = pictures;
    const { net, digits, epochs, lr } = tasks[name];
    const model = nets[net].make(digits.length);
    const count = pictures.train.y.numel();
    let accuracy = 0;
    let told = 0;
    this.#update(name, { status: 'training', source, reason, pictures: count });
    // There are fewer drawn digits than MNIST has.
    const settings = { epochs: source === 'drawn' ? 3 : epochs, lr, oneCycle: true, signal };
    await fit(model, pictures, settings, {
      batch: (i, of) => {
        if (performance.now() - told < 100) return;
        told = performance.now();
        this.#update(name, { progress: (i + 1) / of });
      },
      epoch: (figures) => {
        accuracy = figures.accuracy;
      },
    });
    this.#models.set(name, model);
    this.#update(name, { status: 'ready', progress: 1, accuracy });
    try {
      store(this.#options.cache, name, model, { source, reason, accuracy, pictures: count });
    } catch (error) {
      this.#options.log?.(`the trained model is not kept: ${(error as Error).message}`);
    }
  }
  #update(name: TaskName, change: Partial<ModelView>): void {
    Object.assign(this.#views[name], change);
    this.#options.publish('models', this.views);
  }
}
