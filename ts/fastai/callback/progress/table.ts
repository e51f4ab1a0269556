/** The rows of a fit's table as text. */
import { Tensor } from '../../../torch/index.js';
import { fixed } from '../../../torch/number_text.js';
import type { LogEntry } from '../../learner.js';

/** Cells as fastai writes them: floats with six decimals, the number of the epoch as it is. */
export function cellsOf(log: Iterable<LogEntry>): string[] {
  return Array.from(log, (entry, i) => {
    if (typeof entry === 'number')
      return i === 0 && Number.isInteger(entry) ? String(entry) : fixed(entry, 6);
    return entry === null ? 'None' : entry instanceof Tensor ? entry.toString() : entry;
  });
}

/** Lays out rows under the titles of the first one. */
export class TextTable {
  #widths: number[] | null = null;

  line(cells: readonly string[]): string {
    this.#widths ??= cells.map((name) => Math.max(name.length, 8));
    return cells.map((cell, i) => cell.padEnd(this.#widths![i] ?? 8)).join('  ');
  }
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text that may stand in HTML. */
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => escapes[char]!);

/** The table as notebooks show it. */
export function htmlTable(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (tag: string, cells: readonly string[]): string =>
    cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('');
  return [
    '<table border="1" class="dataframe">',
    `<thead><tr style="text-align: left;">${row('th', names)}</tr></thead>`,
    `<tbody>${rows.map((cells) => `<tr>${row('td', cells)}</tr>`).join('')}</tbody>`,
    '</table>',
  ].join('');
}
