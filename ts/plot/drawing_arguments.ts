/** Reading what drawing functions are called with. */
import { checkOptions } from '../torch/arguments.js';
import { isOptions } from '../torch/dispatch.js';
import { ArgumentError, ValueError } from '../torch/errors.js';
import type { LineStyle, Marker } from './artists.js';
import { colorAt, colormap } from './colormaps.js';
import { type ColorLike, fromRgb, toHex } from './colors.js';
import { extent, isTensorLike, toGrid, toNumbers } from './data.js';
import type { ScatterOptions } from './options.js';
import { rcParams } from './rc.js';

export const LINE_KEYS = [
  'color',
  'c',
  'linestyle',
  'ls',
  'linewidth',
  'lw',
  'marker',
  'markersize',
  'ms',
  'alpha',
  'label',
];
export const TEXT_KEYS = [
  'color',
  'fontsize',
  'size',
  'ha',
  'horizontalalignment',
  'va',
  'verticalalignment',
  'fontweight',
  'rotation',
];
const STYLES: Readonly<Record<string, LineStyle | null>> = {
  '-': '-',
  '--': '--',
  ':': ':',
  '-.': '-.',
  solid: '-',
  dashed: '--',
  dotted: ':',
  dashdot: '-.',
  none: null,
  None: null,
  '': null,
  ' ': null,
};
const MARKERS = 'os^vD+x.,*|_';

export function split<T extends object>(
  op: string,
  args: readonly unknown[],
  keys: readonly string[],
): [unknown[], T] {
  const last = args[args.length - 1];
  if (!isOptions(last)) return [args.filter((arg) => arg !== undefined), {} as T];
  checkOptions(op, last, keys);
  return [args.slice(0, -1), last as T];
}

export function pickStyle(
  op: string,
  style: string | undefined,
  fallback: LineStyle | null,
): LineStyle | null {
  if (style === undefined) return fallback;
  if (!Object.hasOwn(STYLES, style))
    throw new ArgumentError(
      `${op}(): ${JSON.stringify(style)} is not a line style; known are -, --, :, -. and none`,
      op,
    );
  return STYLES[style]!;
}

export function pickMarker(op: string, marker: string | null | undefined): Marker | null {
  if (marker === undefined || marker === null || marker === 'None' || marker === '') return null;
  if (marker.length !== 1 || !MARKERS.includes(marker))
    throw new ArgumentError(
      `${op}(): ${JSON.stringify(marker)} is not a marker; known are ${[...MARKERS].join(' ')}`,
      op,
    );
  return marker as Marker;
}

export function sameLength(op: string, x: readonly unknown[], y: readonly unknown[]): void {
  if (x.length !== y.length)
    throw new ValueError(
      `${op}(): x and y must have same first dimension, but have ${x.length} and ${y.length}`,
      op,
    );
}

/** Columns of a table as series, a vector as one. */
export function columns(data: unknown, op: string): number[][] {
  if (!isTensorLike(data) || data.shape.length !== 2) return [toNumbers(data, op)];
  const { width, height, data: values } = toGrid(data, op);
  return Array.from({ length: width }, (_, j) =>
    Array.from({ length: height }, (_, i) => values[i * width + j]!),
  );
}

/**
 * Colours of `count` points: one for all, one for each, or values that the colormap turns into colours.
 * @param next gives the next colour of the cycle
 */
export function pointColors(
  given: ScatterOptions['c'],
  count: number,
  options: ScatterOptions,
  next: () => string,
): string[] {
  if (given === undefined) return [next()];
  if (typeof given === 'string') return [toHex(given, 'scatter')];
  const list = Array.isArray(given) ? (given as unknown[]) : null;
  if (list?.length === count && list.every((name) => typeof name === 'string'))
    return list.map((name) => toHex(name, 'scatter'));
  // Three numbers are red, green and blue, unless there are three points to colour.
  if (list?.length === 3 && count !== 3) return [toHex(given as ColorLike, 'scatter')];
  const values = toNumbers(given, 'scatter');
  if (values.length !== count)
    throw new ValueError(`scatter(): c has ${values.length} values for ${count} points`, 'scatter');
  const [low, high] = extent(values) ?? [0, 1];
  const [from, to] = [options.vmin ?? low, options.vmax ?? high];
  const map = colormap(options.cmap ?? rcParams['image.cmap'], 'scatter');
  return values.map((value) => {
    const color = colorAt(map, to > from ? (value - from) / (to - from) : 0);
    return color ? fromRgb(...color) : '#ffffff';
  });
}
