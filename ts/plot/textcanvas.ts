/** A sheet of character cells with colours, and what a terminal needs to show it. */

export interface Cell {
  char: string;
  fg: string | null;
  bg: string | null;
}

/** How many colours: 16 million, 256, or none. */
export type ColorLevel = 'truecolor' | '256' | 'none';

// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text that cannot move the cursor, recolour or reorder anything: escape sequences in a title stay text. */
export function plainLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(CONTROLS, '\ufffd');
}

/** Columns that a character takes: ideographs and emoji two. */
export function charColumns(char: string): number {
  const code = char.codePointAt(0)!;
  if (code >= 0x300 && code < 0x370) return 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

export function columnsOf(text: string): number {
  let width = 0;
  for (const char of text) width += charColumns(char);
  return width;
}

/** Cut to so many columns, with an ellipsis where something is lost. */
export function fit(text: string, columns: number): string {
  const line = plainLine(text);
  if (columnsOf(line) <= columns) return line;
  let out = '';
  let width = 1;
  for (const char of line) {
    width += charColumns(char);
    if (width > columns) break;
    out += char;
  }
  return columns > 0 ? out + '…' : '';
}

function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Nearest of the 240 fixed colours that terminals with 256 share: a cube of 6 x 6 x 6, and 24 greys. */
function index256(hex: string): number {
  const [r, g, b] = rgb(hex);
  if (Math.max(r, g, b) - Math.min(r, g, b) < 10) {
    if (r < 4) return 16;
    if (r > 246) return 231;
    return 232 + Math.min(23, Math.max(0, Math.round((r - 8) / 10)));
  }
  const step = (level: number): number =>
    level < 48 ? 0 : level < 115 ? 1 : Math.min(5, Math.round((level - 55) / 40));
  return 16 + 36 * step(r) + 6 * step(g) + step(b);
}

function sgr(layer: 38 | 48, hex: string, level: ColorLevel): string {
  return level === 'truecolor' ? `${layer};2;${rgb(hex).join(';')}` : `${layer};5;${index256(hex)}`;
}

export class TextCanvas {
  readonly width: number;
  readonly height: number;
  readonly #cells: Cell[];

  constructor(width: number, height: number) {
    this.width = Math.max(0, width);
    this.height = Math.max(0, height);
    this.#cells = Array.from({ length: this.width * this.height }, () => ({ char: ' ', fg: null, bg: null }));
  }

  at(x: number, y: number): Cell | undefined {
    return x >= 0 && y >= 0 && x < this.width && y < this.height
      ? this.#cells[y * this.width + x]
      : undefined;
  }

  /** Writes one line from a cell on; what does not fit is left out. */
  put(x: number, y: number, text: string, fg: string | null = null, bg: string | null = null): void {
    let column = x;
    for (const char of plainLine(text)) {
      const columns = charColumns(char);
      const cell = columns === 0 ? undefined : this.at(column, y);
      if (cell && column + columns <= this.width) {
        Object.assign(cell, { char, fg, bg });
        // The second half of a wide character is no cell of its own.
        const next = columns === 2 ? this.at(column + 1, y) : undefined;
        if (next) Object.assign(next, { char: '', fg, bg });
      }
      column += columns;
    }
  }

  /** Another sheet laid on this one. */
  blit(other: TextCanvas, x: number, y: number): void {
    for (let j = 0; j < other.height; j++)
      for (let i = 0; i < other.width; i++) {
        const to = this.at(x + i, y + j);
        if (to) Object.assign(to, other.at(i, j));
      }
  }

  toString(level: ColorLevel): string {
    const rows: string[] = [];
    for (let y = 0; y < this.height; y++) {
      let row = '';
      let state = '';
      const cells = this.#cells.slice(y * this.width, (y + 1) * this.width);
      while (
        cells.length > 0 &&
        cells.at(-1)!.char === ' ' &&
        (cells.at(-1)!.bg === null || level === 'none')
      )
        cells.pop();
      for (const { char, fg, bg } of cells) {
        const codes =
          level === 'none'
            ? ''
            : [fg && sgr(38, fg, level), bg && sgr(48, bg, level)].filter(Boolean).join(';');
        if (codes !== state) row += `\u001b[0${codes === '' ? '' : ';' + codes}m`;
        state = codes;
        row += char;
      }
      rows.push(state === '' ? row : row + '\u001b[0m');
    }
    return rows.join('\n');
  }
}

interface Stream {
  isTTY?: boolean;
  columns?: number;
  getColorDepth?(): number;
}

/** What standard output can show: no colour where it is no terminal, or where `NO_COLOR` asks for none. */
export function colorLevel(stream: Stream = process.stdout): ColorLevel {
  if (process.env['NO_COLOR'] || !stream.isTTY) return 'none';
  const depth = stream.getColorDepth?.() ?? 1;
  return depth >= 24 ? 'truecolor' : depth >= 8 ? '256' : 'none';
}

export function terminalColumns(stream: Stream = process.stdout): number {
  return Math.max(20, stream.columns ?? 80);
}
