/** What a notebook does by itself: it echoes the value of a cell's last line, as Python's `repr` writes it. */
import fs from 'node:fs';

import { repr } from 'libtorch-node/fastai';

/**
 * Prints a value as a notebook echoes it; several stand for a tuple. In a notebook a value that has a picture or a table of
 * itself is shown as that.
 */
export function show(...values: unknown[]): void {
  const kernel = notebookKernel();
  const bundle = kernel && values.length === 1 ? displayed(values[0]) : undefined;
  if (kernel && bundle) {
    void kernel.broadcast('display_data', { data: bundle, metadata: {}, transient: {} });
    return;
  }
  const texts = values.map(text);
  console.log(texts.length === 1 ? texts[0] : `(${texts.join(', ')})`);
}

/** What a notebook shows of a value, where it is more than text. */
function displayed(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const display = (value as Record<symbol, unknown>)[Symbol.for('Jupyter.display')];
  return typeof display === 'function' ? (display.call(value) as Record<string, string>) : undefined;
}

/** Python's `print` with its `end`. */
export function print(value: unknown, { end = '\n' } = {}): void {
  const written = `${typeof value === 'string' ? value : text(value)}${end}`;
  const kernel = notebookKernel();
  // A notebook shows console.log, which always ends the line, but not what goes to process.stdout.
  if (kernel) void kernel.broadcast('stream', { name: 'stdout', text: written });
  else process.stdout.write(written);
}

interface Kernel {
  broadcast(type: string, content: object): Promise<void>;
}
/** Deno's notebook kernel, where the program runs in it. */
function notebookKernel(): Kernel | undefined {
  try {
    return (globalThis as { Deno?: { jupyter?: Kernel } }).Deno?.jupyter;
  } catch {
    // Outside of a notebook Deno throws when it is merely asked.
    return undefined;
  }
}

/** A float, which Python would print with its point: `show(float(3))`. */
export const float = (value: number): { toString(): string } => ({
  toString: () => (Number.isInteger(value) ? value.toFixed(1) : String(value)),
});

/** A Python list, also one of lists, which `repr` writes with brackets: `show(list(dl))`. */
export const list = (items: Iterable<unknown>): { toString(): string } => ({
  toString: () => `[${Array.from(items, text).join(', ')}]`,
});

function text(value: unknown): string {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'toString'))
    return (value as { toString(): string }).toString();
  return repr(value);
}

/** Whether the long parts shall be left out: `--quick`. */
export const quick = process.argv.includes('--quick');

/** An empty folder for the figures of an example: what `--figures` names, or a folder of its name under figures/. */
export function folderFor(name: string): string {
  const at = process.argv.indexOf('--figures');
  const folder = at >= 0 ? process.argv[at + 1]! : `figures/${name}`;
  // Only pictures of an earlier run are taken away, whatever else lies there.
  if (fs.existsSync(folder))
    for (const file of fs.readdirSync(folder))
      if (/^figure-\d+\.(png|svg|html)$/.test(file)) fs.rmSync(`${folder}/${file}`);
  return folder;
}
