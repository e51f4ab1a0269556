/** Where a fit shows itself: a terminal, a stream, or the output of a notebook's cell. */
import cliProgress from 'cli-progress';
import { displayIn, type Kernel } from '../../../plot/kernel.js';
import { format_time } from '../../learner/recorder.js';
import { escaped, htmlTable, TextTable } from './table.js';

export interface Display {
  /** A row of the table; the first one holds the titles. */
  row(cells: readonly string[]): void;
  /** A bar for one pass over `total` batches. */
  start(title: string, total: number): void;
  update(done: number, comment: string): void;
  /** Takes the bar away. */
  stop(): void;
  close(): void;
}

const WIDTH = 60;

/** What stands in the bar's line, in fastprogress's words. */
export function barText(
  title: string,
  done: number,
  total: number,
  seconds: number,
  comment: string,
): string {
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  const filled = Math.round(share * WIDTH);
  const left = done === 0 ? '?' : format_time((seconds / done) * (total - done));
  const end = comment === '' ? '' : ` ${comment}`;
  const bar = '█'.repeat(filled) + '-'.repeat(WIDTH - filled);
  return `${title} |${bar}| ${(100 * share).toFixed(2)}% [${done}/${total} ${format_time(seconds)}<${left}${end}]`;
}

/** Rows as lines; in a terminal a bar in the line below, which is erased when a pass is over. */
export class ConsoleDisplay implements Display {
  readonly #table = new TextTable();
  #bar: cliProgress.SingleBar | null = null;
  #started = 0;

  row(cells: readonly string[]): void {
    console.log(this.#table.line(cells));
  }
  start(title: string, total: number): void {
    this.stop();
    if (!process.stdout.isTTY) return;
    this.#started = performance.now();
    this.#bar = new cliProgress.SingleBar({
      stream: process.stdout,
      clearOnComplete: true,
      hideCursor: true,
      gracefulExit: false,
      format: (
        _options,
        { value, total: all },
        { title: name, comment }: { title: string; comment: string },
      ) => barText(name, value, all, (performance.now() - this.#started) / 1000, comment),
    });
    this.#bar.start(total, 0, { title, comment: '' });
  }
  update(done: number, comment: string): void {
    this.#bar?.update(done, { comment });
  }
  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
  close(): void {
    this.stop();
  }
}

/** One output that is replaced as the table grows. */
export class NotebookDisplay implements Display {
  readonly #kernel: Kernel;
  readonly #id = `fit-${Math.random().toString(36).slice(2)}`;
  readonly #names: string[] = [];
  readonly #rows: string[][] = [];
  #bar = '';
  #title = '';
  #total = 0;
  #started = 0;
  #shown = false;
  #last = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }
  row(cells: readonly string[]): void {
    if (this.#names.length === 0) this.#names.push(...cells);
    else this.#rows.push([...cells]);
    this.#show();
  }
  start(title: string, total: number): void {
    [this.#title, this.#total, this.#started] = [title, total, performance.now()];
  }
  update(done: number, comment: string): void {
    // A notebook redraws the whole output each time.
    if (performance.now() - this.#last < 250) return;
    const seconds = (performance.now() - this.#started) / 1000;
    // The text of the terminal's bar without the bar itself, which the page draws.
    const text = barText(this.#title, done, this.#total, seconds, comment).replace(/\|[^|]*\| /, '');
    this.#bar = `<div><progress value="${done}" max="${this.#total}"></progress> ${escaped(text)}</div>`;
    this.#show();
  }
  stop(): void {
    this.#bar = '';
  }
  close(): void {
    this.#bar = '';
    this.#show();
  }
  #show(): void {
    this.#last = performance.now();
    const html = htmlTable(this.#names, this.#rows) + this.#bar;
    const table = new TextTable();
    const text = [this.#names, ...this.#rows].map((cells) => table.line(cells)).join('\n');
    const options = { display_id: this.#id, update: this.#shown };
    this.#shown = true;
    // An output that cannot be shown must not end the fit.
    displayIn(this.#kernel, { 'text/html': html, 'text/plain': text }, options).catch(() => undefined);
  }
}
