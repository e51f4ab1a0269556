/** Where shown figures go. */
import { join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { displayIn, notebookKernel } from './kernel.js';
import type { TerminalOptions } from './terminal.js';
import { writeWhole } from './write.js';

/** What `show` can put out: a figure, a table, a graph, an animation. */
export interface Showable {
  toSVG?(): string;
  toPNG?(): Uint8Array;
  toHTML?(): string;
  toTerminal(options?: TerminalOptions): string;
  toMimeBundle(): Record<string, string>;
}

let folder: string | null = null;
let format: 'png' | 'svg' | 'html' = 'png';
let count = 0;

/**
 * From now on `plt.show()` writes numbered files, `figure-001.png` and so on, into this folder; `null` ends that. Existing
 * files are never overwritten: counting goes on behind them. Without a call the environment variable
 * `LIBTORCH_NODE_FIGURES` names the folder.
 */
export function figures(
  directory: string | { toString(): string } | null,
  options: { format?: 'png' | 'svg' | 'html' } = {},
): void {
  folder = directory === null ? null : resolve(String(directory));
  if (options.format !== undefined && !['png', 'svg', 'html'].includes(options.format))
    throw new RangeError(`figures(): format must be png, svg or html, not ${JSON.stringify(options.format)}`);
  format = options.format ?? 'png';
  count = 0;
}

function target(): string | null {
  return (
    folder ?? (process.env['LIBTORCH_NODE_FIGURES'] ? resolve(process.env['LIBTORCH_NODE_FIGURES']) : null)
  );
}

function bytesOf(shown: Showable): string | Uint8Array {
  if (format === 'png' && shown.toPNG) return shown.toPNG();
  if (format === 'svg' && shown.toSVG) return shown.toSVG();
  if (format === 'html' && shown.toHTML) return shown.toHTML();
  throw new TypeError(`show(): this cannot be written as ${format}`);
}

function write(shown: Showable, into: string): string {
  let file: string;
  do file = join(into, `figure-${String(++count).padStart(3, '0')}.${format}`);
  while (existsSync(file));
  writeWhole(file, bytesOf(shown));
  return file;
}

/** A folder goes before a notebook, a notebook before the terminal. */
export function showFigure(shown: Showable): void {
  const into = target();
  if (into !== null) {
    console.log(write(shown, into));
    return;
  }
  const kernel = notebookKernel();
  if (kernel) {
    displayIn(kernel, shown.toMimeBundle()).catch((error: unknown) => {
      console.error(`show(): the notebook refused the figure: ${String(error)}`);
    });
    return;
  }
  console.log(shown.toTerminal());
}
