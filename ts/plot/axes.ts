/** One coordinate system of a Figure. https://matplotlib.org/stable/api/axes_api.html */
import { checkOptions } from '../torch/arguments.js';
import { isOptions } from '../torch/dispatch.js';
import { ArgumentError, ValueError } from '../torch/errors.js';
import {
  type Artist,
  type BarsArtist,
  type ImageArtist,
  type LineArtist,
  type LineStyle,
  type Marker,
  parseFormat,
  type PointsArtist,
  type TextArtist,
} from './artists.js';
import { colorAt, colormap } from './colormaps.js';
import { type ColorLike, CYCLE, fromRgb, toHex } from './colors.js';
import { type Data, extent, isTensorLike, toGrid, toNumbers } from './data.js';
import type { Figure } from './figure.js';
import { autoscale } from './limits.js';
import { rcParams } from './rc.js';
import type { Scale } from './ticks.js';

export interface LineOptions {
  color?: ColorLike;
  c?: ColorLike;
  linestyle?: LineStyle | 'solid' | 'dashed' | 'dotted' | 'dashdot' | 'none' | '';
  ls?: LineOptions['linestyle'];
  linewidth?: number;
  lw?: number;
  marker?: Marker | null;
  markersize?: number;
  ms?: number;
  alpha?: number;
  label?: string;
}

export interface ScatterOptions {
  s?: number | Data;
  c?: ColorLike | Data | readonly string[];
  color?: ColorLike;
  marker?: Marker;
  alpha?: number;
  label?: string;
  cmap?: string;
  vmin?: number;
  vmax?: number;
}

export interface ImageOptions {
  cmap?: string | null;
  vmin?: number;
  vmax?: number;
  alpha?: number;
  origin?: 'upper' | 'lower';
  interpolation?: 'nearest' | 'none' | 'antialiased' | 'bilinear';
  aspect?: 'equal' | 'auto';
  extent?: readonly [number, number, number, number];
}

export interface BarOptions {
  width?: number;
  height?: number;
  bottom?: number;
  left?: number;
  align?: 'center' | 'edge';
  color?: ColorLike | readonly string[];
  edgecolor?: ColorLike;
  alpha?: number;
  label?: string;
}

export interface HistOptions {
  bins?: number | Data;
  range?: readonly [number, number];
  density?: boolean;
  color?: ColorLike;
  edgecolor?: ColorLike;
  alpha?: number;
  label?: string;
}

export interface TextOptions {
  color?: ColorLike;
  fontsize?: number;
  size?: number;
  ha?: 'left' | 'center' | 'right';
  horizontalalignment?: TextOptions['ha'];
  va?: 'top' | 'center' | 'bottom' | 'baseline';
  verticalalignment?: TextOptions['va'];
  fontweight?: 'normal' | 'bold';
  rotation?: number;
}

export interface TitleOptions {
  fontsize?: number;
  size?: number;
  color?: ColorLike;
  loc?: 'left' | 'center' | 'right';
}

export interface Words {
  text: string;
  size: number;
  color: string;
  loc: 'left' | 'center' | 'right';
}

const LINE_KEYS = [
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
const TEXT_KEYS = [
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

function split<T extends object>(
  op: string,
  args: readonly unknown[],
  keys: readonly string[],
): [unknown[], T] {
  const last = args[args.length - 1];
  if (!isOptions(last)) return [args.filter((arg) => arg !== undefined), {} as T];
  checkOptions(op, last, keys);
  return [args.slice(0, -1), last as T];
}

function pickStyle(op: string, style: string | undefined, fallback: LineStyle | null): LineStyle | null {
  if (style === undefined) return fallback;
  if (!Object.hasOwn(STYLES, style))
    throw new ArgumentError(
      `${op}(): ${JSON.stringify(style)} is not a line style; known are -, --, :, -. and none`,
      op,
    );
  return STYLES[style]!;
}

function pickMarker(op: string, marker: string | null | undefined): Marker | null {
  if (marker === undefined || marker === null || marker === 'None' || marker === '') return null;
  if (marker.length !== 1 || !MARKERS.includes(marker))
    throw new ArgumentError(
      `${op}(): ${JSON.stringify(marker)} is not a marker; known are ${[...MARKERS].join(' ')}`,
      op,
    );
  return marker as Marker;
}

function sameLength(op: string, x: readonly unknown[], y: readonly unknown[]): void {
  if (x.length !== y.length)
    throw new ValueError(
      `${op}(): x and y must have same first dimension, but have ${x.length} and ${y.length}`,
      op,
    );
}

/** Columns of a table as series, a vector as one. */
function columns(data: unknown, op: string): number[][] {
  if (!isTensorLike(data) || data.shape.length !== 2) return [toNumbers(data, op)];
  const { width, height, data: values } = toGrid(data, op);
  return Array.from({ length: width }, (_, j) =>
    Array.from({ length: height }, (_, i) => values[i * width + j]!),
  );
}

export class Axes {
  readonly figure: Figure;
  /** Place in the figure: one cell of `rows` x `cols`. @internal */
  readonly cell: { rows: number; cols: number; row: number; col: number };
  /** @internal */ artists: Artist[] = [];
  /** @internal */ words: { title?: Words; xlabel?: Words; ylabel?: Words } = {};
  /** @internal */ scales: { x: Scale; y: Scale } = { x: 'linear', y: 'linear' };
  /** @internal */ limits: { x: [number | null, number | null]; y: [number | null, number | null] } = {
    x: [null, null],
    y: [null, null],
  };
  /** @internal */ fixedTicks: {
    x?: { values: number[]; labels?: string[]; rotation?: number };
    y?: { values: number[]; labels?: string[]; rotation?: number };
  } = {};
  /** @internal */ axisOn = true;
  /** @internal */ equal = false;
  /** @internal */ gridOn: boolean = rcParams['axes.grid'];
  /** @internal */ legendAt: string | null = null;
  /** @internal */ colorbar: ImageArtist | null = null;
  /** @internal */ inverted = { x: false, y: false };
  #next = 0;

  /** @internal Made by `plt.subplots()` and `fig.add_subplot()`. */
  constructor(figure: Figure, cell: { rows: number; cols: number; row: number; col: number }) {
    this.figure = figure;
    this.cell = cell;
  }

  /** Takes everything off. */
  clear(): this {
    this.artists = [];
    this.words = {};
    this.scales = { x: 'linear', y: 'linear' };
    this.limits = { x: [null, null], y: [null, null] };
    this.fixedTicks = {};
    this.axisOn = true;
    this.equal = false;
    this.legendAt = null;
    this.colorbar = null;
    this.inverted = { x: false, y: false };
    this.#next = 0;
    return this;
  }
  cla(): this {
    return this.clear();
  }

  #color(op: string, given: ColorLike | undefined): string {
    return given === undefined ? CYCLE[this.#next++ % CYCLE.length]! : toHex(given, op);
  }

  /**
   * Lines: `plot(y)`, `plot(x, y)`, `plot(x, y, 'r--')`; a 2-d tensor gives a line for each column.
   * https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.plot.html
   * @throws {ValueError} x and y of different lengths
   */
  plot(...args: [...data: (Data | string)[], options: LineOptions] | (Data | string)[]): LineArtist[] {
    const [given, options] = split<LineOptions>('plot', args, LINE_KEYS);
    const lines: LineArtist[] = [];
    if (given.length === 0) throw new ArgumentError('plot(): needs y, or x and y', 'plot');
    for (let at = 0; at < given.length;) {
      const group: unknown[] = [];
      while (at < given.length && group.length < 2 && typeof given[at] !== 'string') group.push(given[at++]);
      const text = typeof given[at] === 'string' ? (given[at++] as string) : '';
      const format = parseFormat(text);
      if (format === null || group.length === 0)
        throw new ArgumentError(`plot(): ${JSON.stringify(text)} is not a format like 'r--' or 'o'`, 'plot');
      const ys = columns(group[group.length - 1], 'plot');
      const xs = group.length === 2 ? columns(group[0], 'plot') : [ys[0]!.map((_, i) => i)];
      for (const [j, y] of ys.entries()) {
        const x = xs.length === 1 ? xs[0]! : (xs[j] ?? []);
        sameLength('plot', x, y);
        const marker = pickMarker('plot', options.marker ?? format.marker);
        lines.push({
          kind: 'line',
          x,
          y,
          color: this.#color('plot', options.color ?? options.c ?? format.color),
          style: pickStyle(
            'plot',
            options.linestyle ?? options.ls,
            format.style === undefined ? '-' : format.style,
          ),
          width: options.linewidth ?? options.lw ?? rcParams['lines.linewidth'],
          marker,
          markerSize: options.markersize ?? options.ms ?? rcParams['lines.markersize'],
          alpha: options.alpha ?? 1,
          label: options.label ?? null,
        });
      }
    }
    this.artists.push(...lines);
    return lines;
  }

  /**
   * Points. `s` is their area in square points, `c` a colour, or a number for each point that the colormap turns into one.
   * https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.scatter.html
   */
  scatter(
    x: Data,
    y: Data,
    ...args:
      | [ScatterOptions?]
      | [s: number | Data, ScatterOptions?]
      | [s: number | Data, c: ScatterOptions['c'], ScatterOptions?]
  ): PointsArtist {
    const keys = ['s', 'c', 'color', 'marker', 'alpha', 'label', 'cmap', 'vmin', 'vmax'];
    const [given, options] = split<ScatterOptions>('scatter', args, keys);
    const xs = toNumbers(x, 'scatter');
    const ys = toNumbers(y, 'scatter');
    if (xs.length !== ys.length) throw new ValueError('scatter(): x and y must be the same size', 'scatter');
    const sizes = toNumbers(options.s ?? given[0] ?? rcParams['lines.markersize'] ** 2, 'scatter');
    if (sizes.length !== 1 && sizes.length !== xs.length)
      throw new ValueError(`scatter(): s has ${sizes.length} values for ${xs.length} points`, 'scatter');
    const artist: PointsArtist = {
      kind: 'points',
      x: xs,
      y: ys,
      colors: this.#pointColors(
        options.color ?? options.c ?? (given[1] as ScatterOptions['c']),
        xs.length,
        options,
      ),
      sizes,
      marker: pickMarker('scatter', options.marker ?? 'o') ?? 'o',
      alpha: options.alpha ?? 1,
      label: options.label ?? null,
    };
    this.artists.push(artist);
    return artist;
  }

  #pointColors(given: ScatterOptions['c'], count: number, options: ScatterOptions): string[] {
    if (given === undefined || typeof given === 'string') return [this.#color('scatter', given)];
    if (Array.isArray(given) && given.length === count && given.every((name) => typeof name === 'string'))
      return given.map((name: string) => toHex(name, 'scatter'));
    if (Array.isArray(given) && given.length === 3 && count !== 3)
      return [toHex(given as unknown as ColorLike, 'scatter')];
    const values = toNumbers(given, 'scatter');
    if (values.length !== count)
      throw new ValueError(`scatter(): c has ${values.length} values for ${count} points`, 'scatter');
    const [low, high] = extent(values) ?? [0, 1];
    const [from, to] = [options.vmin ?? low, options.vmax ?? high];
    const map = colormap(options.cmap ?? rcParams['image.cmap'], 'scatter');
    return values.map((value) => {
      const color = colorAt(map, to > from ? (value - from) / (to - from) : 0);
      return color ? fromRgb(...(color as [number, number, number])) : '#ffffff';
    });
  }

  /**
   * A picture of a `[H, W]` table through a colormap, scaled from its smallest to its largest value, or of `[H, W, 3 or 4]`
   * colours (0..1, or bytes). Each value is a crisp square.
   * https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.imshow.html
   * @throws {ArgumentError} another shape, an unknown colormap
   */
  imshow(data: Data, ...args: [ImageOptions?] | [cmap: string | null, ImageOptions?]): ImageArtist {
    const keys = ['cmap', 'vmin', 'vmax', 'alpha', 'origin', 'interpolation', 'aspect', 'extent'];
    const [given, options] = split<ImageOptions>('imshow', args, keys);
    const grid = toGrid(data, 'imshow');
    if (grid.height === 0 || grid.width === 0)
      throw new ArgumentError(`imshow(): an image of ${grid.height} x ${grid.width} has no pixels`, 'imshow');
    const cmap = options.cmap ?? (given[0] as string | undefined) ?? rcParams['image.cmap'];
    colormap(cmap, 'imshow');
    const [low, high] = grid.channels === 1 ? (extent(grid.data) ?? [0, 1]) : [0, grid.bytes ? 255 : 1];
    const origin = options.origin ?? 'upper';
    const artist: ImageArtist = {
      kind: 'image',
      grid,
      cmap,
      vmin: options.vmin ?? low,
      vmax: options.vmax ?? high,
      alpha: options.alpha ?? 1,
      extent: options.extent ?? [-0.5, grid.width - 0.5, -0.5, grid.height - 0.5],
      origin,
      smooth: (options.interpolation ?? rcParams['image.interpolation']) === 'bilinear',
    };
    this.equal = (options.aspect ?? 'equal') === 'equal';
    this.artists.push(artist);
    return artist;
  }

  /**
   * Counts per bin, drawn as bars; returns the counts and the edges of the bins.
   * https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.hist.html
   */
  hist(data: Data, ...args: [HistOptions?] | [bins: number | Data, HistOptions?]): [number[], number[]] {
    const keys = ['bins', 'range', 'density', 'color', 'edgecolor', 'alpha', 'label'];
    const [given, options] = split<HistOptions>('hist', args, keys);
    const values = toNumbers(data, 'hist').filter((value) => Number.isFinite(value));
    const edges = binEdges(
      options.bins ?? (given[0] as number | Data | undefined) ?? 10,
      values,
      options.range,
    );
    const counts = countBins(values, edges);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const heights = options.density
      ? counts.map((count, i) => (total > 0 ? count / total / (edges[i + 1]! - edges[i]!) : 0))
      : counts;
    this.#bars(
      heights.map((height, i) => [edges[i]!, edges[i + 1]!, 0, height]),
      [this.#color('hist', options.color)],
      options,
      'bottom',
    );
    return [heights, edges];
  }

  #bars(
    boxes: BarsArtist['boxes'],
    colors: string[],
    { edgecolor, alpha, label }: Pick<BarOptions, 'edgecolor' | 'alpha' | 'label'>,
    sticky: BarsArtist['sticky'],
  ): BarsArtist {
    const edge = edgecolor === undefined ? null : toHex(edgecolor, 'bar');
    const artist: BarsArtist = {
      kind: 'bars',
      boxes,
      colors,
      edge,
      alpha: alpha ?? 1,
      label: label ?? null,
      sticky,
    };
    this.artists.push(artist);
    return artist;
  }

  #positions(op: string, where: Data | readonly string[], direction: 'x' | 'y'): number[] {
    const names = Array.isArray(where) && where.every((name) => typeof name === 'string') ? where : null;
    if (!names) return toNumbers(where, op);
    this.fixedTicks[direction] = { values: names.map((_, i) => i), labels: names };
    return names.map((_, i) => i);
  }

  #barColors(op: string, color: BarOptions['color']): string[] {
    if (Array.isArray(color) && color.every((name) => typeof name === 'string'))
      return color.map((name: string) => toHex(name, op));
    return [this.#color(op, color as ColorLike | undefined)];
  }

  /** Upright bars; names may stand for x. https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.bar.html */
  bar(
    x: Data | readonly string[],
    height: Data,
    ...args: [BarOptions?] | [width: number, BarOptions?]
  ): BarsArtist {
    const keys = ['width', 'bottom', 'align', 'color', 'edgecolor', 'alpha', 'label'];
    const [given, options] = split<BarOptions>('bar', args, keys);
    const at = this.#positions('bar', x, 'x');
    const heights = toNumbers(height, 'bar');
    sameLength('bar', at, heights);
    const width = options.width ?? (given[0] as number | undefined) ?? 0.8;
    const shift = options.align === 'edge' ? 0 : width / 2;
    const foot = options.bottom ?? 0;
    return this.#bars(
      at.map((value, i) => [value - shift, value - shift + width, foot, foot + heights[i]!]),
      this.#barColors('bar', options.color),
      options,
      'bottom',
    );
  }

  /** Lying bars; names may stand for y. */
  barh(
    y: Data | readonly string[],
    width: Data,
    ...args: [BarOptions?] | [height: number, BarOptions?]
  ): BarsArtist {
    const keys = ['height', 'left', 'align', 'color', 'edgecolor', 'alpha', 'label'];
    const [given, options] = split<BarOptions>('barh', args, keys);
    const at = this.#positions('barh', y, 'y');
    const widths = toNumbers(width, 'barh');
    sameLength('barh', at, widths);
    const height = options.height ?? (given[0] as number | undefined) ?? 0.8;
    const shift = options.align === 'edge' ? 0 : height / 2;
    const foot = options.left ?? 0;
    return this.#bars(
      at.map((value, i) => [foot, foot + widths[i]!, value - shift, value - shift + height]),
      this.#barColors('barh', options.color),
      options,
      'left',
    );
  }

  /** The area between two lines, or between a line and a number. */
  fill_between(
    x: Data,
    y1: Data,
    ...args:
      | [y2?: Data]
      | [options?: { color?: ColorLike; alpha?: number; label?: string }]
      | [y2: Data, options: { color?: ColorLike; alpha?: number; label?: string }]
  ): void {
    const [given, options] = split<{ color?: ColorLike; alpha?: number; label?: string }>(
      'fill_between',
      args,
      ['color', 'alpha', 'label'],
    );
    const xs = toNumbers(x, 'fill_between');
    const wide = (data: Data): number[] => {
      const values = toNumbers(data, 'fill_between');
      return values.length === 1 ? xs.map(() => values[0]!) : values;
    };
    const upper = wide(y1);
    const lower = wide((given[0] as Data | undefined) ?? 0);
    sameLength('fill_between', xs, upper);
    sameLength('fill_between', xs, lower);
    const color = this.#color('fill_between', options.color);
    this.artists.push({
      kind: 'fill',
      x: xs,
      y1: upper,
      y2: lower,
      color,
      alpha: options.alpha ?? 1,
      label: options.label ?? null,
    });
  }

  #rule(op: string, direction: 'horizontal' | 'vertical', value: number, options: LineOptions): void {
    checkOptions(op, options, LINE_KEYS);
    this.artists.push({
      kind: 'rule',
      direction,
      value: toNumbers(value, op)[0]!,
      color: toHex(options.color ?? options.c ?? 'C0', op),
      style: pickStyle(op, options.linestyle ?? options.ls, '-') ?? '-',
      width: options.linewidth ?? options.lw ?? rcParams['lines.linewidth'],
      alpha: options.alpha ?? 1,
      label: options.label ?? null,
    });
  }
  /** A line across the axes at height y. */
  axhline(y = 0, options: LineOptions = {}): void {
    this.#rule('axhline', 'horizontal', y, options);
  }
  /** An upright line across the axes at x. */
  axvline(x = 0, options: LineOptions = {}): void {
    this.#rule('axvline', 'vertical', x, options);
  }

  /** Text at a point of the data. */
  text(x: number, y: number, text: unknown, options: TextOptions = {}): TextArtist {
    checkOptions('text', options, TEXT_KEYS);
    const baseline = options.va ?? options.verticalalignment ?? 'baseline';
    const artist: TextArtist = {
      kind: 'text',
      x: toNumbers(x, 'text')[0]!,
      y: toNumbers(y, 'text')[0]!,
      text: String(text),
      color: toHex(options.color ?? 'k', 'text'),
      size: options.fontsize ?? options.size ?? rcParams['font.size'],
      align: options.ha ?? options.horizontalalignment ?? 'left',
      baseline: baseline === 'center' ? 'middle' : baseline === 'baseline' ? 'alphabetic' : baseline,
      bold: options.fontweight === 'bold',
      rotation: options.rotation ?? 0,
    };
    this.artists.push(artist);
    return artist;
  }

  #words(op: string, text: unknown, size: number, options: TitleOptions): Words {
    checkOptions(op, options, ['fontsize', 'size', 'color', 'loc']);
    return {
      text: text === null || text === undefined ? '' : String(text as string | number),
      size: options.fontsize ?? options.size ?? size,
      color: toHex(options.color ?? 'k', op),
      loc: options.loc ?? 'center',
    };
  }
  set_title(text: unknown, options: TitleOptions = {}): this {
    this.words.title = this.#words('set_title', text, rcParams['font.size'] * 1.2, options);
    return this;
  }
  set_xlabel(text: unknown, options: TitleOptions = {}): this {
    this.words.xlabel = this.#words('set_xlabel', text, rcParams['font.size'], options);
    return this;
  }
  set_ylabel(text: unknown, options: TitleOptions = {}): this {
    this.words.ylabel = this.#words('set_ylabel', text, rcParams['font.size'], options);
    return this;
  }
  get_title(): string {
    return this.words.title?.text ?? '';
  }
  get_xlabel(): string {
    return this.words.xlabel?.text ?? '';
  }
  get_ylabel(): string {
    return this.words.ylabel?.text ?? '';
  }

  #setLimits(
    direction: 'x' | 'y',
    low: number | null | readonly (number | null)[],
    high?: number | null,
  ): void {
    const op = `set_${direction}lim`;
    const pair = Array.isArray(low) ? (low as (number | null)[]) : [low as number | null, high ?? null];
    const [from, to] = pair.map((value) =>
      value === null || value === undefined ? null : toNumbers(value, op)[0]!,
    );
    for (const value of [from, to])
      if (value !== null && !Number.isFinite(value))
        throw new ValueError(`${op}(): axis limits cannot be NaN or Inf`, op);
    this.limits[direction] = [from ?? null, to ?? null];
  }
  /** `set_xlim(left, right)` or `set_xlim([left, right])`; null leaves a side to autoscaling. */
  set_xlim(left: number | null | readonly (number | null)[], right?: number | null): this {
    this.#setLimits('x', left, right);
    return this;
  }
  set_ylim(bottom: number | null | readonly (number | null)[], top?: number | null): this {
    this.#setLimits('y', bottom, top);
    return this;
  }
  get_xlim(): [number, number] {
    return this.#limitsOf('x');
  }
  get_ylim(): [number, number] {
    return this.#limitsOf('y');
  }
  #limitsOf(direction: 'x' | 'y'): [number, number] {
    const auto = autoscale(this.artists, direction, this.scales[direction]);
    const [from, to] = this.limits[direction];
    let [low, high] = [from ?? auto[0], to ?? auto[1]];
    if (this.scales[direction] === 'log') {
      if (!(low > 0)) low = auto[0];
      if (!(high > 0)) high = auto[1];
    }
    if (low === high) high = low + (Math.abs(low) * 0.1 || 0.1);
    return this.inverted[direction] ? [high, low] : [low, high];
  }
  invert_yaxis(): this {
    this.inverted.y = !this.inverted.y;
    return this;
  }
  invert_xaxis(): this {
    this.inverted.x = !this.inverted.x;
    return this;
  }

  #setScale(direction: 'x' | 'y', scale: string): void {
    if (scale !== 'linear' && scale !== 'log')
      throw new ValueError(
        `set_${direction}scale(): ${JSON.stringify(scale)} is not a scale; known are 'linear' and 'log'`,
        `set_${direction}scale`,
      );
    this.scales[direction] = scale;
  }
  set_xscale(scale: Scale): this {
    this.#setScale('x', scale);
    return this;
  }
  set_yscale(scale: Scale): this {
    this.#setScale('y', scale);
    return this;
  }

  #setTicks(
    direction: 'x' | 'y',
    ticks: Data,
    labels: readonly unknown[] | undefined,
    rotation: number | undefined,
  ): void {
    const values = toNumbers(ticks, `set_${direction}ticks`);
    if (labels && labels.length !== values.length)
      throw new ValueError(
        `set_${direction}ticks(): ${labels.length} labels for ${values.length} ticks`,
        `set_${direction}ticks`,
      );
    this.fixedTicks[direction] = {
      values,
      ...(rotation === undefined ? {} : { rotation }),
      ...(labels ? { labels: labels.map(String) } : {}),
    };
  }
  set_xticks(ticks: Data, labels?: readonly unknown[], { rotation }: { rotation?: number } = {}): this {
    this.#setTicks('x', ticks, labels, rotation);
    return this;
  }
  set_yticks(ticks: Data, labels?: readonly unknown[], { rotation }: { rotation?: number } = {}): this {
    this.#setTicks('y', ticks, labels, rotation);
    return this;
  }

  grid(on = true): this {
    this.gridOn = on;
    return this;
  }

  /** Several at once: `set({ title: 'a', xlabel: 'b', ylim: [0, 1] })`. */
  set(options: {
    title?: unknown;
    xlabel?: unknown;
    ylabel?: unknown;
    xlim?: readonly number[];
    ylim?: readonly number[];
    xscale?: Scale;
    yscale?: Scale;
  }): this {
    checkOptions('set', options, ['title', 'xlabel', 'ylabel', 'xlim', 'ylim', 'xscale', 'yscale']);
    if (options.title !== undefined) this.set_title(options.title);
    if (options.xlabel !== undefined) this.set_xlabel(options.xlabel);
    if (options.ylabel !== undefined) this.set_ylabel(options.ylabel);
    if (options.xlim !== undefined) this.set_xlim(options.xlim);
    if (options.ylim !== undefined) this.set_ylim(options.ylim);
    if (options.xscale !== undefined) this.set_xscale(options.xscale);
    if (options.yscale !== undefined) this.set_yscale(options.yscale);
    return this;
  }

  /**
   * Names of what was drawn with a `label`, or in order the names given.
   * `loc`: 'best' (the default: the emptiest corner), 'upper right', 'upper left', 'lower left', 'lower right'.
   */
  legend(labels?: readonly string[] | { loc?: string }, options: { loc?: string } = {}): this {
    const given = isOptions(labels) ? labels : options;
    checkOptions('legend', given, ['loc']);
    if (Array.isArray(labels)) {
      const named = this.artists.filter((artist) => 'label' in artist);
      labels.forEach((label: string, i) => {
        if (named[i]) named[i].label = String(label);
      });
    }
    const loc = given.loc ?? 'best';
    if (!['best', 'upper right', 'upper left', 'lower left', 'lower right'].includes(loc))
      throw new ValueError(
        `legend(): ${JSON.stringify(loc)} is not a place: best, upper right, upper left, lower left, lower right`,
        'legend',
      );
    this.legendAt = loc;
    return this;
  }

  /** 'off' hides frame and ticks, 'on' shows them; 'equal' or 'image' gives x and y the same unit; or the four limits. */
  axis(
    what:
      | 'off'
      | 'on'
      | 'equal'
      | 'image'
      | 'tight'
      | 'auto'
      | boolean
      | readonly [number, number, number, number],
  ): this {
    if (what === 'off' || what === false) this.axisOn = false;
    else if (what === 'on' || what === true) this.axisOn = true;
    else if (what === 'equal' || what === 'image') this.equal = true;
    else if (what === 'auto' || what === 'tight') this.equal = false;
    else if (Array.isArray(what) && what.length === 4) {
      this.set_xlim([what[0], what[1]]);
      this.set_ylim([what[2], what[3]]);
    } else
      throw new ValueError(
        `axis(): ${JSON.stringify(what)} is neither 'on', 'off', 'equal', 'image', 'tight', 'auto' nor four limits`,
        'axis',
      );
    return this;
  }
  set_axis_off(): this {
    return this.axis('off');
  }
  set_axis_on(): this {
    return this.axis('on');
  }
  set_aspect(aspect: 'equal' | 'auto'): this {
    this.equal = aspect === 'equal';
    return this;
  }

  /** A notebook shows the figure that the axes belong to. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return this.figure.toMimeBundle();
  }
}

function binEdges(
  bins: number | Data,
  values: readonly number[],
  range?: readonly [number, number],
): number[] {
  if (typeof bins !== 'number') {
    const edges = toNumbers(bins, 'hist');
    if (edges.length < 2 || edges.some((edge, i) => i > 0 && !(edge > edges[i - 1]!)))
      throw new ValueError('hist(): bins must increase monotonically', 'hist');
    return edges;
  }
  if (!Number.isInteger(bins) || bins < 1 || bins > 100_000)
    throw new ValueError(`hist(): bins must be a positive integer, not ${bins}`, 'hist');
  let [low, high] = range ?? extent(values) ?? [0, 1];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  return Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins);
}

/** Bins are closed at their lower edge, the last one at both. */
function countBins(values: readonly number[], edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  const last = edges[edges.length - 1]!;
  for (const value of values) {
    if (value < edges[0]! || value > last) continue;
    let low = 0;
    let high = counts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle]! <= value) low = middle;
      else high = middle - 1;
    }
    counts[low]!++;
  }
  return counts;
}
