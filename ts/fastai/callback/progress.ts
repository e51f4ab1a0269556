/** Progress bars, the table of a fit, and its file. https://docs.fast.ai/callback.progress.html */
import fs from 'node:fs';
import { Path, type PathLike } from '../../fastcore/path.js';
import { notebookKernel } from '../../plot/kernel.js';
import { callable, Tensor } from '../../torch/index.js';
import { fixed, repr } from '../../torch/number_text.js';
import { defaults, LearnerClass, noop, type LogEntry, type Logger } from '../learner.js';
import { Callback } from './core.js';
import { ConsoleDisplay, NotebookDisplay, type Display } from './progress/display.js';
import { cellsOf } from './progress/table.js';

/** Shows a fit's table, and a bar for each pass over the batches. https://docs.fast.ai/callback.progress.html#progresscallback */
class ProgressCallbackClass extends Callback {
  override order = 60;
  #display: Display | null = null;
  #logger: Logger | null = null;

  override before_fit(): void {
    const { learn } = this;
    if (!learn.create_mbar) return;
    const kernel = notebookKernel();
    this.#display = kernel ? new NotebookDisplay(kernel) : new ConsoleDisplay();
    if (learn.logger === noop) return;
    this.#logger = learn.logger;
    learn.logger = (log) => this.#display?.row(cellsOf(log));
    this.#display.row(learn.recorder.metric_names);
  }
  override before_train(): void {
    this.#start();
  }
  override before_validate(): void {
    this.#start();
  }
  override after_train(): void {
    this.#display?.stop();
  }
  override after_validate(): void {
    this.#display?.stop();
  }
  override after_batch(): void {
    this.#display?.update(this.iter + 1, fixed(this.smooth_loss, 4));
  }
  override after_fit(): void {
    this.cleanup();
  }
  override cleanup(): void {
    this.#display?.close();
    this.#display = null;
    if (this.#logger) this.learn.logger = this.#logger;
    this.#logger = null;
  }
  #start(): void {
    this.#display?.start(`Epoch ${this.epoch + 1}/${this.n_epoch} :`, this.dl?.length ?? 0);
  }
}
export const ProgressCallback = callable(ProgressCallbackClass);
export type ProgressCallback = ProgressCallbackClass;
defaults.callbacks.push(ProgressCallback);

declare module '../learner.js' {
  interface LearnerClass {
    /** Runs `body` without bars; rows of the table are printed as lists then. https://docs.fast.ai/callback.progress.html#learner.no_bar */
    no_bar<T>(body: () => Promise<T> | T): Promise<T>;
  }
}
LearnerClass.prototype.no_bar = function (body) {
  return this.removed_cbs(ProgressCallback, body);
};

export interface CSVLoggerOptions {
  /** Below the learner's path (default: 'history.csv'). */
  fname?: PathLike;
  /** Adds to the file instead of writing it anew (default: false). */
  append?: boolean;
}
/** Writes the table to a CSV file, row by row as it grows. https://docs.fast.ai/callback.progress.html#csvlogger */
class CSVLoggerClass extends Callback {
  override order = 60;
  readonly fname: PathLike;
  readonly append: boolean;
  #file: number | null = null;
  #logger: Logger | null = null;

  constructor({ fname = 'history.csv', append = false }: CSVLoggerOptions = {}) {
    super();
    this.fname = fname;
    this.append = append;
  }
  get #path(): string {
    return String(Path(this.learn.path, this.fname));
  }
  /** The rows of the file under its titles. */
  read_log(): Record<string, string | number>[] {
    const [names = '', ...rows] = fs.readFileSync(this.#path, 'utf8').trimEnd().split('\n');
    const read = (text: string): string | number =>
      text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    return rows.map((row) => {
      const cells = row.split(',');
      return Object.fromEntries(names.split(',').map((name, i) => [name, read(cells[i] ?? '')]));
    });
  }
  override before_fit(): void {
    if (!this.learn.create_mbar) return;
    fs.mkdirSync(String(Path(this.#path).parent), { recursive: true });
    this.#file = fs.openSync(this.#path, this.append ? 'a' : 'w');
    fs.writeSync(this.#file, this.learn.recorder.metric_names.join(',') + '\n');
    const before = this.learn.logger;
    this.#logger = before;
    this.learn.logger = (log) => {
      this.#write(log);
      before(log);
    };
  }
  #write(log: Iterable<LogEntry>): void {
    if (this.#file === null) return;
    const cells = Array.from(log, (entry, i) => {
      if (typeof entry === 'number') return i === 0 ? String(entry) : repr(entry);
      return entry === null ? 'None' : entry instanceof Tensor ? repr(Number(entry.item())) : entry;
    });
    fs.writeSync(this.#file, cells.join(',') + '\n');
    fs.fsyncSync(this.#file);
  }
  override after_fit(): void {
    this.cleanup();
  }
  override cleanup(): void {
    if (this.#file === null) return;
    fs.closeSync(this.#file);
    this.#file = null;
    if (this.#logger) this.learn.logger = this.#logger;
    this.#logger = null;
  }
}
export const CSVLogger = callable(CSVLoggerClass);
export type CSVLogger = CSVLoggerClass;
