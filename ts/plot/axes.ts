/** One coordinate system of a Figure. https://matplotlib.org/stable/api/axes_api.html */
import { checkOptions } from '../torch/arguments.js';
import { ArgumentError, ValueError } from '../torch/errors.js';
import { type BarsArtist, type ImageArtist, parseFormat, type TextArtist } from './artists.js';
import { AxesBase } from './axes_base.js';
import { colormap } from './colormaps.js';
import { type ColorLike, CYCLE, toHex } from './colors.js';
import { type Data, extent, toGrid, toNumbers } from './data.js';
import {
  columns,
  LINE_KEYS,
  pickMarker,
  pickStyle,
  pointColors,
  sameLength,
  split,
  TEXT_KEYS,
} from './drawing_arguments.js';
import { binEdges, countBins } from './histogram.js';
import { Line2D, PathCollection } from './lines.js';
import type {
  BarOptions,
  FillOptions,
  HistOptions,
  ImageOptions,
  LineOptions,
  ScatterOptions,
  TextOptions,
} from './options.js';
import { rcParams } from './rc.js';

export class Axes extends AxesBase {
  #color(op: string, given: ColorLike | undefined): string {
    return given === undefined ? CYCLE[this.next++ % CYCLE.length]! : toHex(given, op);
  }

  /**
   * Lines: `plot(y)`, `plot(x, y)`, `plot(x, y, 'r--')`; a 2-d tensor gives a line for each column.
   * https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.plot.html
   * @throws {ValueError} x and y of different lengths
   */
  plot(...args: [...data: (Data | string)[], options: LineOptions] | (Data | string)[]): Line2D[] {
    const [given, options] = split<LineOptions>('plot', args, LINE_KEYS);
    const lines: Line2D[] = [];
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
        lines.push(
          new Line2D({
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
          }),
        );
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
  ): PathCollection {
    const keys = ['s', 'c', 'color', 'marker', 'alpha', 'label', 'cmap', 'vmin', 'vmax'];
    const [given, options] = split<ScatterOptions>('scatter', args, keys);
    const xs = toNumbers(x, 'scatter');
    const ys = toNumbers(y, 'scatter');
    if (xs.length !== ys.length) throw new ValueError('scatter(): x and y must be the same size', 'scatter');
    const sizes = toNumbers(options.s ?? given[0] ?? rcParams['lines.markersize'] ** 2, 'scatter');
    if (sizes.length !== 1 && sizes.length !== xs.length)
      throw new ValueError(`scatter(): s has ${sizes.length} values for ${xs.length} points`, 'scatter');
    const artist = new PathCollection({
      kind: 'points',
      x: xs,
      y: ys,
      colors: pointColors(
        options.color ?? options.c ?? (given[1] as ScatterOptions['c']),
        xs.length,
        options,
        () => this.#color('scatter', undefined),
      ),
      sizes,
      marker: pickMarker('scatter', options.marker ?? 'o') ?? 'o',
      alpha: options.alpha ?? 1,
      label: options.label ?? null,
    });
    this.artists.push(artist);
    return artist;
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
    ...args: [y2?: Data] | [options: FillOptions] | [y2: Data, options: FillOptions]
  ): void {
    const [given, options] = split<FillOptions>('fill_between', args, ['color', 'alpha', 'label']);
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

  /** A notebook shows the figure that the axes belong to. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return this.figure.toMimeBundle();
  }
}
