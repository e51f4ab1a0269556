/** Figures as text: pictures as half blocks, charts as Braille dots with ticks and words around them. */
import type { ImageArtist } from './artists.js';
import type { Axes } from './axes.js';
import { Braille } from './braille.js';
import { fromRgb } from './colors.js';
import type { Figure } from './figure.js';
import { type Pixels, toPixels } from './raster.js';
import { type ColorLevel, colorLevel, columnsOf, fit, terminalColumns, TextCanvas } from './textcanvas.js';
import { ticksFor } from './ticks.js';

export interface TerminalOptions {
  /** Default: the terminal's width, 80 where there is none. */
  columns?: number;
  /** Default: as many colours as standard output shows. */
  color?: ColorLevel;
  /** Block and Braille characters; default true, but on Linux' text console and dumb terminals. */
  unicode?: boolean;
}

interface Style {
  color: ColorLevel;
  unicode: boolean;
}

const GREY = '#808080';
/** Ink per brightness, darkest first, as on paper. */
const RAMP = '@%#*+=-:. ';
const GAP = 2;

/** Mean colours of the pixels under each cell of a raster of `width` x `height`, on white. */
function resample(
  { width, height, data }: Pixels,
  columns: number,
  rows: number,
): [number, number, number][] {
  return Array.from({ length: columns * rows }, (_, i) => {
    const [x, y] = [i % columns, Math.floor(i / columns)];
    const x0 = Math.floor((x * width) / columns);
    const x1 = Math.max(x0 + 1, Math.floor(((x + 1) * width) / columns));
    const y0 = Math.floor((y * height) / rows);
    const y1 = Math.max(y0 + 1, Math.floor(((y + 1) * height) / rows));
    const sum: [number, number, number] = [0, 0, 0];
    for (let v = y0; v < y1; v++)
      for (let u = x0; u < x1; u++) {
        const at = (v * width + u) * 4;
        const alpha = data[at + 3]! / 255;
        for (let c = 0; c < 3; c++) sum[c]! += data[at + c]! * alpha + 255 * (1 - alpha);
      }
    const count = (x1 - x0) * (y1 - y0);
    return sum.map((total) => Math.round(total / count)) as [number, number, number];
  });
}

/** Pixels as text: two in each cell, one above the other, or a letter for the brightness of both. */
export function pixelsToCanvas(pixels: Pixels, most: number, style: Style): TextCanvas {
  const columns = Math.max(1, Math.min(most, pixels.width));
  const dots = Math.max(1, Math.round((pixels.height * columns) / pixels.width));
  const rows = Math.ceil(dots / 2);
  const canvas = new TextCanvas(columns, rows);
  if (style.color === 'none' || !style.unicode) {
    resample(pixels, columns, rows).forEach(([r, g, b], i) => {
      const light = (0.299 * r + 0.587 * g + 0.114 * b) / 255;
      canvas.put(
        i % columns,
        Math.floor(i / columns),
        RAMP[Math.min(RAMP.length - 1, Math.floor(light * RAMP.length))]!,
      );
    });
    return canvas;
  }
  const colors = resample(pixels, columns, dots);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const above = fromRgb(...colors[2 * y * columns + x]!);
      const below = colors[(2 * y + 1) * columns + x];
      if (below) canvas.put(x, y, '▀', above, fromRgb(...below));
      else canvas.put(x, y, '▀', above);
    }
  return canvas;
}

function imagePanel(axes: Axes, artist: ImageArtist, width: number, style: Style): TextCanvas {
  const picture = pixelsToCanvas(toPixels(artist), width, style);
  const title = axes.get_title();
  const head = title === '' ? 0 : 1;
  const canvas = new TextCanvas(width, picture.height + head);
  if (head) centre(canvas, 0, fit(title, width), picture.width);
  canvas.blit(picture, 0, head);
  return canvas;
}

function centre(canvas: TextCanvas, y: number, text: string, width: number, from = 0): void {
  canvas.put(Math.max(0, from + Math.floor((width - columnsOf(text)) / 2)), y, text);
}

/** Positions of data in dots. */
function projector(
  axes: Axes,
  sheet: Braille,
): { x: (value: number) => number; y: (value: number) => number } {
  const on =
    ([low, high]: [number, number], log: boolean, length: number) =>
    (value: number): number =>
      (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)) * (length - 1);
  const x = on(axes.get_xlim(), axes.scales.x === 'log', sheet.width);
  const up = on(axes.get_ylim(), axes.scales.y === 'log', sheet.height);
  return { x, y: (value) => sheet.height - 1 - up(value) };
}

function drawArtists(axes: Axes, sheet: Braille): void {
  const { x: px, y: py } = projector(axes, sheet);
  for (const artist of axes.artists)
    switch (artist.kind) {
      case 'line': {
        const spots = artist.x.map((x, i) => [px(x), py(artist.y[i]!)] as const);
        spots.forEach(([x, y], i) => {
          if (artist.marker !== null || spots.length === 1) mark(sheet, x, y, artist.color);
          const next = spots[i + 1];
          if (next && artist.style !== null && [x, y, ...next].every((at) => Number.isFinite(at)))
            sheet.line(x, y, next[0], next[1], artist.color, artist.style !== '-');
        });
        break;
      }
      case 'points':
        artist.x.forEach((x, i) =>
          mark(sheet, px(x), py(artist.y[i]!), artist.colors[artist.colors.length === 1 ? 0 : i]!),
        );
        break;
      case 'bars':
        artist.boxes.forEach(([x0, x1, y0, y1], i) => {
          const foot = Number.isFinite(py(y0)) ? py(y0) : sheet.height;
          sheet.box(px(x0), foot + 1, px(x1), py(y1), artist.colors[i % artist.colors.length]!);
        });
        break;
      case 'fill':
        artist.x.forEach((x, i) => {
          sheet.line(px(x), py(artist.y1[i]!), px(x), py(artist.y2[i]!), artist.color);
        });
        break;
      case 'rule': {
        const dashed = artist.style !== '-';
        if (artist.direction === 'horizontal')
          sheet.line(0, py(artist.value), sheet.width - 1, py(artist.value), artist.color, dashed);
        else sheet.line(px(artist.value), 0, px(artist.value), sheet.height - 1, artist.color, dashed);
        break;
      }
      default:
        break;
    }
}

/** A point: four dots, so that it differs from a line. */
function mark(sheet: Braille, x: number, y: number, color: string): void {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  for (const [i, j] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const)
    sheet.dot(Math.round(x) + i, Math.round(y) + j, color);
}

function ticksIn(axes: Axes, direction: 'x' | 'y', count: number): { values: number[]; labels: string[] } {
  const limits = direction === 'x' ? axes.get_xlim() : axes.get_ylim();
  const fixed = axes.fixedTicks[direction];
  if (!fixed) return ticksFor(limits, axes.scales[direction], count);
  const labels = fixed.labels ?? fixed.values.map(String);
  const inside = fixed.values
    .map((_, i) => i)
    .filter((i) => fixed.values[i]! >= Math.min(...limits) && fixed.values[i]! <= Math.max(...limits));
  return { values: inside.map((i) => fixed.values[i]!), labels: inside.map((i) => labels[i]!) };
}

function chartPanel(axes: Axes, width: number, rows: number, style: Style): TextCanvas {
  const [horizontal, upright, cornerSign] = style.unicode ? ['─', '│', '└'] : ['-', '|', '+'];
  const yticks = ticksIn(axes, 'y', Math.max(2, Math.floor(rows / 2)));
  const labelled = axes.axisOn ? yticks.labels.map((label) => fit(label, Math.floor(width / 3))) : [];
  const margin = axes.axisOn ? Math.max(0, ...labelled.map(columnsOf)) + 1 : 0;
  const inner = Math.max(4, width - margin - 1);
  const { title, xlabel, ylabel } = axes.words;
  const head = (title?.text ? 1 : 0) + (ylabel?.text && axes.axisOn ? 1 : 0);
  const named =
    axes.legendAt === null
      ? []
      : axes.artists.flatMap((artist) => ('label' in artist && artist.label ? [artist] : []));
  const foot = (axes.axisOn ? 2 : 0) + (xlabel?.text && axes.axisOn ? 1 : 0) + named.length;
  const canvas = new TextCanvas(width, head + rows + foot);
  if (title?.text) centre(canvas, 0, fit(title.text, width), inner, margin);
  if (ylabel?.text && axes.axisOn) canvas.put(0, head - 1, fit(ylabel.text, width));

  const sheet = new Braille(inner, rows);
  drawArtists(axes, sheet);
  const place = projector(axes, sheet);
  if (axes.axisOn) {
    for (let y = 0; y < rows; y++) canvas.put(margin - 1, head + y, upright, GREY);
    canvas.put(margin - 1, head + rows, cornerSign + horizontal.repeat(inner), GREY);
    const taken = new Set<number>();
    yticks.values.forEach((value, i) => {
      const row = Math.floor(place.y(value) / 4);
      if (row < 0 || row >= rows || taken.has(row)) return;
      taken.add(row);
      const label = labelled[i]!;
      canvas.put(margin - 1 - columnsOf(label), head + row, label + (style.unicode ? '┤' : '+'), GREY);
    });
    xTickLabels(axes, canvas, { margin, inner, row: head + rows, place: place.x, style });
    if (xlabel?.text) centre(canvas, head + rows + 2, fit(xlabel.text, inner), inner, margin);
  }
  sheet.drawOn(canvas, margin, head, style.unicode);
  for (const artist of axes.artists)
    if (artist.kind === 'text') {
      const at = [
        Math.round(place.x(artist.x) / 2) + margin,
        Math.floor(place.y(artist.y) / 4) + head,
      ] as const;
      const words = fit(artist.text, inner);
      const shift = { left: 0, center: Math.floor(columnsOf(words) / 2), right: columnsOf(words) }[
        artist.align
      ];
      if (at.every((spot) => Number.isFinite(spot)))
        canvas.put(at[0] - shift, at[1], words, artist.color === '#000000' ? null : artist.color);
    }
  named.forEach((artist, i) => {
    const color = artist.kind === 'points' || artist.kind === 'bars' ? artist.colors[0]! : artist.color;
    const sign =
      artist.kind === 'points'
        ? style.unicode
          ? '•'
          : 'o'
        : artist.kind === 'bars' || artist.kind === 'fill'
          ? style.unicode
            ? '█'
            : '#'
          : horizontal;
    const row = canvas.height - named.length + i;
    canvas.put(margin, row, sign.repeat(2), color);
    canvas.put(margin + 3, row, fit(artist.label!, width - margin - 3));
  });
  return canvas;
}

function xTickLabels(
  axes: Axes,
  canvas: TextCanvas,
  {
    margin,
    inner,
    row,
    place,
    style,
  }: { margin: number; inner: number; row: number; place: (value: number) => number; style: Style },
): void {
  const ticks = ticksIn(axes, 'x', Math.max(2, Math.floor(inner / 7)));
  let end = -1;
  ticks.values.forEach((value, i) => {
    const column = margin + Math.round(place(value) / 2);
    if (!(column >= margin && column < margin + inner + 1)) return;
    const label = fit(ticks.labels[i]!, inner);
    const width = columnsOf(label);
    const from = Math.min(canvas.width - width, Math.max(end + 1, column - Math.floor(width / 2)));
    if (from <= end || Math.abs(from + width / 2 - column) > Math.max(2, width)) return;
    canvas.put(Math.min(column, canvas.width - 1), row, style.unicode ? '┬' : '+', GREY);
    canvas.put(from, row + 1, label, GREY);
    end = from + width;
  });
}

function panel(axes: Axes, width: number, rows: number, style: Style): TextCanvas {
  const picture = axes.artists.find((artist) => artist.kind === 'image');
  return picture ? imagePanel(axes, picture, width, style) : chartPanel(axes, width, rows, style);
}

export function readOptions(options: TerminalOptions): Style & { columns: number } {
  return {
    columns: Math.max(10, Math.floor(options.columns ?? terminalColumns())),
    color: options.color ?? colorLevel(),
    unicode: options.unicode ?? !['linux', 'dumb'].includes(process.env['TERM'] ?? ''),
  };
}

/** Axes side by side as in the figure, as wide as the terminal. */
export function figureToTerminal(figure: Figure, options: TerminalOptions): string {
  const { columns, ...style } = readOptions(options);
  const blocks: string[] = [];
  if (figure.title?.text) blocks.push(fit(figure.title.text, columns));
  const groups = new Map<string, Axes[]>();
  for (const axes of figure.axes) {
    const key = `${axes.cell.rows}x${axes.cell.cols}x${axes.cell.row}`;
    groups.set(key, [...(groups.get(key) ?? []), axes]);
  }
  for (const row of groups.values()) {
    const { cols, rows } = row[0]!.cell;
    // Cells are about twice as tall as wide.
    const width = Math.max(8, Math.floor((Math.min(columns, 160) - GAP * (cols - 1)) / cols));
    const [w, h] = figure.figsize;
    const tall = Math.max(7, Math.min(24, Math.round((width * (h / rows) * cols) / (w * 2) / 1.3)));
    const shown = row.filter((axes) => axes.artists.length > 0 || axes.axisOn);
    const panels = shown.map((axes) => panel(axes, width, tall, style));
    if (panels.length === 0) continue;
    const sheet = new TextCanvas(columns, Math.max(...panels.map((each) => each.height)));
    const pictures = shown.every((axes) => axes.artists.some((artist) => artist.kind === 'image'));
    panels.forEach((each, i) => {
      const step = pictures ? pictureWidth(shown, width) : width;
      sheet.blit(each, i * (step + GAP), 0);
    });
    blocks.push(sheet.toString(style.color));
  }
  return blocks.join('\n');
}

/** Small pictures stand close together, not each in the middle of its share. */
function pictureWidth(shown: readonly Axes[], width: number): number {
  const widths = shown.flatMap((axes) =>
    axes.artists.flatMap((artist) => (artist.kind === 'image' ? [artist.grid.width] : [])),
  );
  const titles = shown.map((axes) => columnsOf(axes.get_title()));
  return Math.min(width, Math.max(...widths, ...titles));
}
