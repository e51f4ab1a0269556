/** Lines and points in Braille characters: each holds 2 x 4 dots. */
import type { TextCanvas } from './textcanvas.js';

const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

export class Braille {
  /** In dots. */
  readonly width: number;
  readonly height: number;
  readonly #columns: number;
  readonly #bits: Uint8Array;
  readonly #colors: (string | null)[];

  constructor(columns: number, rows: number) {
    this.width = columns * 2;
    this.height = rows * 4;
    this.#columns = columns;
    this.#bits = new Uint8Array(columns * rows);
    this.#colors = new Array<string | null>(columns * rows).fill(null);
  }

  dot(x: number, y: number, color: string): void {
    const [i, j] = [Math.floor(x), Math.floor(y)];
    if (!(i >= 0 && j >= 0 && i < this.width && j < this.height)) return;
    const cell = (j >> 2) * this.#columns + (i >> 1);
    this.#bits[cell]! |= DOTS[j & 3]![i & 1]!;
    this.#colors[cell] = color;
  }

  /** A segment; the part outside the sheet is cut off first, so that far ends cost nothing. */
  line(x0: number, y0: number, x1: number, y1: number, color: string, gap = false): void {
    let from = 0;
    let to = 1;
    const [dx, dy] = [x1 - x0, y1 - y0];
    for (const [p, q] of [
      [-dx, x0],
      [dx, this.width - 1 - x0],
      [-dy, y0],
      [dy, this.height - 1 - y0],
    ] as const) {
      if (p === 0 ? q < 0 : false) return;
      if (p < 0) from = Math.max(from, q / p);
      else if (p > 0) to = Math.min(to, q / p);
    }
    if (!(from <= to)) return;
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(dx), Math.abs(dy)) * (to - from)));
    for (let s = 0; s <= steps; s++) {
      if (gap && s % 4 >= 2) continue;
      const t = from + ((to - from) * s) / steps;
      this.dot(Math.round(x0 + dx * t), Math.round(y0 + dy * t), color);
    }
  }

  /** A filled box between two corners. */
  box(x0: number, y0: number, x1: number, y1: number, color: string): void {
    const clamp = (at: number, most: number): number => Math.min(most, Math.max(0, Math.round(at)));
    const [left, right] = [clamp(Math.min(x0, x1), this.width), clamp(Math.max(x0, x1), this.width)];
    const [top, foot] = [clamp(Math.min(y0, y1), this.height), clamp(Math.max(y0, y1), this.height)];
    for (let y = top; y < foot; y++) for (let x = left; x < right; x++) this.dot(x, y, color);
  }

  /** Lays the dots on a sheet; without Unicode a star stands for a cell with any dot. */
  drawOn(canvas: TextCanvas, x: number, y: number, unicode: boolean): void {
    for (const [i, bits] of this.#bits.entries()) {
      if (bits === 0) continue;
      const char = unicode ? String.fromCharCode(0x2800 + bits) : '*';
      canvas.put(x + (i % this.#columns), y + Math.floor(i / this.#columns), char, this.#colors[i] ?? null);
    }
  }
}
