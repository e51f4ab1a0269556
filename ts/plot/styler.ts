/** A table with colours, for HTML, pictures and terminals. https://pandas.pydata.org/docs/reference/style.html */
import { checkOptions } from '../torch/arguments.js';
import { isOptions } from '../torch/dispatch.js';
import { ArgumentError, ValueError } from '../torch/errors.js';
import { colorAt, colormap } from './colormaps.js';
import { fromRgb, isDark } from './colors.js';
import { extent } from './data.js';
import { columnText } from './cells.js';
import type { DataFrame } from './frame.js';
import { textWidth } from './measure.js';
import { svgToPng } from './raster.js';
import { readOptions, type TerminalOptions } from './terminal.js';
import { columnsOf, plainLine, TextCanvas } from './textcanvas.js';
import { escapeHTML, htmlPage, saveAs, type SaveOptions } from './write.js';

export interface GradientOptions {
  /** Default 'PuBu' in pandas; here 'Blues'. */
  cmap?: string;
  /** 0: each column has its own scale, 1: each row, null: one scale for the table. */
  axis?: 0 | 1 | null;
  /** Widens the scale below and above, in shares of its span. */
  low?: number;
  high?: number;
  vmin?: number;
  vmax?: number;
}

interface Paint {
  background: string;
  color: string;
}

const LIGHT = '#f1f1f1';
const DARK = '#000000';

export class Styler {
  readonly #frame: DataFrame;
  readonly #properties = new Map<string, string>();
  readonly #paint = new Map<string, Paint>();
  #caption = '';
  #precision = 6;
  #hidden = false;

  constructor(frame: DataFrame) {
    this.#frame = frame;
  }

  /**
   * CSS of every cell: `{ 'font-size': '6pt' }`.
   * @throws {ArgumentError} what could end the declaration or load something from elsewhere
   */
  set_properties(properties: Readonly<Record<string, string>>): this {
    for (const [name, value] of Object.entries(properties)) {
      if (
        !/^-{0,2}[a-z][a-z-]*$/.test(name) ||
        !/^[\w#%.,() +-]*$/.test(value) ||
        /url|expression/i.test(value)
      )
        throw new ArgumentError(
          `set_properties(): ${JSON.stringify(`${name}: ${value}`)} is no plain CSS declaration`,
          'set_properties',
        );
      this.#properties.set(name, value);
    }
    return this;
  }

  /** Decimals of floating-point numbers. */
  format(options: { precision?: number }): this {
    checkOptions('format', options, ['precision']);
    this.#precision = options.precision ?? 6;
    return this;
  }

  set_caption(text: string): this {
    this.#caption = text;
    return this;
  }

  /** Leaves out the labels of the rows. */
  hide(): this {
    this.#hidden = true;
    return this;
  }

  /**
   * Colours each cell by its value; text on dark cells is light (relative luminance below 0.408).
   * https://pandas.pydata.org/docs/reference/api/pandas.io.formats.style.Styler.background_gradient.html
   */
  background_gradient(cmap?: string | GradientOptions, options: GradientOptions = {}): this {
    const given = isOptions(cmap)
      ? (cmap as GradientOptions)
      : { ...options, ...(cmap === undefined ? {} : { cmap: cmap as string }) };
    checkOptions('background_gradient', given, ['cmap', 'axis', 'low', 'high', 'vmin', 'vmax']);
    const { axis = 0, low = 0, high = 0 } = given;
    if (axis !== 0 && axis !== 1 && axis !== null)
      throw new ValueError(
        `background_gradient(): axis must be 0, 1 or null, not ${String(axis)}`,
        'background_gradient',
      );
    const map = colormap(given.cmap ?? 'Blues', 'background_gradient');
    const [height, width] = this.#frame.shape;
    const cells = Array.from(
      { length: height * width },
      (_, k) => [Math.floor(k / width), k % width] as const,
    );
    const groups = new Map<number, (readonly [number, number])[]>();
    for (const at of cells) {
      const key = axis === 0 ? at[1] : axis === 1 ? at[0] : 0;
      groups.set(key, [...(groups.get(key) ?? []), at]);
    }
    for (const group of groups.values()) {
      const numbers = group
        .map(([i, j]) => this.#frame.values[i]![j])
        .filter((value) => typeof value === 'number');
      const [least, most] = extent(numbers) ?? [0, 0];
      const [from, to] = [given.vmin ?? least, given.vmax ?? most];
      const span = to - from;
      const [start, end] = [from - span * low, to + span * high];
      for (const [i, j] of group) {
        const value = this.#frame.values[i]![j];
        if (typeof value !== 'number') continue;
        const rgb = colorAt(map, end > start ? (value - start) / (end - start) : 0);
        if (rgb)
          this.#paint.set(`${i},${j}`, { background: fromRgb(...rgb), color: isDark(rgb) ? LIGHT : DARK });
      }
    }
    return this;
  }

  #text(): string[][] {
    const [height, width] = this.#frame.shape;
    const columns = Array.from({ length: width }, (_, j) =>
      columnText(
        this.#frame.values.map((row) => row[j]!),
        this.#precision,
      ),
    );
    return Array.from({ length: height }, (_, i) => columns.map((column) => column[i]!));
  }

  /** An HTML table, styles written into the cells. */
  toHTML({ page = false }: { page?: boolean } = {}): string {
    const base = [...this.#properties].map(([name, value]) => `${name}: ${value};`);
    const head = this.#frame.columns.map((name) => `<th>${escapeHTML(String(name))}</th>`).join('');
    const body = this.#text().map((row, i) => {
      const cells = row.map((text, j) => {
        const paint = this.#paint.get(`${i},${j}`);
        const style = [
          ...base,
          ...(paint ? [`background-color: ${paint.background};`, `color: ${paint.color};`] : []),
        ].join(' ');
        return `<td${style ? ` style="${style}"` : ''}>${escapeHTML(text)}</td>`;
      });
      const label = this.#hidden ? '' : `<th>${escapeHTML(String(this.#frame.index[i]))}</th>`;
      return `<tr>${label}${cells.join('')}</tr>`;
    });
    const caption = this.#caption ? `<caption>${escapeHTML(this.#caption)}</caption>\n` : '';
    const corner = this.#hidden ? '' : '<th></th>';
    const table = `<table class="dataframe" style="border-collapse: collapse; text-align: right;">\n${caption}<thead><tr>${corner}${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
    return page ? htmlPage(table, this.#caption || 'Table') : table;
  }

  /** The table as a picture. */
  toSVG(): string {
    const size = fontSize(this.#properties.get('font-size'));
    const rows = this.#text();
    const [pad, tall] = [size * 0.45, size * 1.7];
    const labels = this.#hidden ? [] : this.#frame.index.map(String);
    const labelWidth = labels.length ? Math.max(...labels.map((text) => textWidth(text, size))) + 2 * pad : 0;
    const widths = this.#frame.columns.map(
      (name, j) =>
        Math.max(textWidth(String(name), size), ...rows.map((row) => textWidth(row[j]!, size))) + 2 * pad,
    );
    const lefts = widths.map((_, j) => labelWidth + widths.slice(0, j).reduce((a, b) => a + b, 0));
    const width = labelWidth + widths.reduce((a, b) => a + b, 0);
    const top = this.#caption ? tall : 0;
    const height = top + tall * (rows.length + 1);
    const f = (value: number): string => String(Math.round(value * 100) / 100);
    const words = (x: number, row: number, text: string, color: string, weight = ''): string =>
      `<text x="${f(x)}" y="${f(top + tall * row + tall * 0.5 + size * 0.36)}" text-anchor="end" fill="${color}"${weight}>${escapeHTML(text)}</text>`;
    const bold = ' font-weight="bold"';
    const out = [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${f(width)}" height="${f(height)}" viewBox="0 0 ${f(width)} ${f(height)}" font-family="DejaVu Sans, sans-serif" font-size="${f(size)}">`,
      `<rect width="${f(width)}" height="${f(height)}" fill="#ffffff"/>`,
    ];
    if (this.#caption)
      out.push(
        `<text x="${f(width / 2)}" y="${f(tall * 0.65)}" text-anchor="middle">${escapeHTML(this.#caption)}</text>`,
      );
    this.#frame.columns.forEach((name, j) =>
      out.push(words(lefts[j]! + widths[j]! - pad, 0, String(name), DARK, bold)),
    );
    rows.forEach((row, i) => {
      if (labels.length) out.push(words(labelWidth - pad, i + 1, labels[i]!, DARK, bold));
      row.forEach((text, j) => {
        const paint = this.#paint.get(`${i},${j}`);
        if (paint)
          out.push(
            `<rect x="${f(lefts[j]!)}" y="${f(top + tall * (i + 1))}" width="${f(widths[j]!)}" height="${f(tall)}" fill="${paint.background}"/>`,
          );
        out.push(words(lefts[j]! + widths[j]! - pad, i + 1, text, paint?.color ?? DARK));
      });
    });
    return [...out, '</svg>'].join('');
  }

  toPNG({ dpi = 144 }: { dpi?: number } = {}): Buffer {
    return svgToPng(this.toSVG(), dpi / 72);
  }

  /** The table as text, with the colours of the cells where the terminal has colours. */
  toTerminal(options: TerminalOptions = {}): string {
    const { columns, color } = readOptions(options);
    const rows = this.#text().map((row) => row.map(plainLine));
    const names = this.#frame.columns.map((name) => plainLine(String(name)));
    const labels = this.#hidden ? [] : this.#frame.index.map((name) => plainLine(String(name)));
    const margin = labels.length ? Math.max(...labels.map(columnsOf)) + 1 : 0;
    const widths = names.map(
      (name, j) => Math.max(columnsOf(name), ...rows.map((row) => columnsOf(row[j]!))) + 1,
    );
    let shown = 0;
    let width = margin;
    while (shown < widths.length && width + widths[shown]! <= columns) width += widths[shown++]!;
    const canvas = new TextCanvas(Math.max(width, 1), rows.length + 1);
    const cell = (row: number, left: number, span: number, text: string, paint?: Paint): void => {
      canvas.put(
        left,
        row,
        ' '.repeat(span - columnsOf(text)) + text,
        paint?.color ?? null,
        paint?.background ?? null,
      );
    };
    labels.forEach((label, i) => canvas.put(margin - 1 - columnsOf(label), i + 1, label));
    let left = margin;
    for (let j = 0; j < shown; j++) {
      cell(0, left, widths[j]!, names[j]!);
      rows.forEach((row, i) => cell(i + 1, left, widths[j]!, row[j]!, this.#paint.get(`${i},${j}`)));
      left += widths[j]!;
    }
    const text = canvas.toString(color);
    const head = this.#caption ? plainLine(this.#caption) + '\n' : '';
    return head + text + (shown < widths.length ? `\n... ${widths.length - shown} more columns` : '');
  }

  /** Writes `x.html`, `x.svg` or `x.png`. */
  savefig(filename: string | { toString(): string }, options: SaveOptions = {}): void {
    saveAs('savefig', String(filename), options, {
      svg: () => this.toSVG(),
      png: () => this.toPNG({ ...(options.dpi ? { dpi: options.dpi } : {}) }),
      html: () => this.toHTML({ page: true }),
    });
  }

  /** @internal */
  toMimeBundle(): Record<string, string> {
    return { 'text/html': this.toHTML(), 'text/plain': this.toTerminal({ color: 'none' }) };
  }
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return this.toMimeBundle();
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toTerminal();
  }
}

/** Points of a CSS size; anything but pt and px counts as the default. */
function fontSize(css: string | undefined): number {
  const [, amount, unit] = /^([\d.]+)(pt|px)$/.exec(css ?? '') ?? [];
  if (amount === undefined) return 10;
  return Math.max(1, Math.min(100, Number(amount) * (unit === 'px' ? 0.75 : 1)));
}
