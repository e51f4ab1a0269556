/**
 * `plt`: a current figure and current axes, and functions that draw on them.
 * https://matplotlib.org/stable/api/pyplot_summary.html
 */
import { checkOptions } from '../torch/arguments.js';
import { isOptions } from '../torch/dispatch.js';
import { ValueError } from '../torch/errors.js';
import { Axes } from './axes.js';
import type { ImageArtist } from './artists.js';
import { Figure, type FigureOptions } from './figure.js';
import { figures, showFigure, type Showable } from './output.js';
import { rc, rcdefaults, rcParams } from './rc.js';
import type { SaveOptions } from './write.js';

export interface SubplotsOptions extends FigureOptions {
  /** An array even for a single row, column or axes: `squeeze: false` always gives rows of axes. */
  squeeze?: boolean;
}

/** One axes, a row or column of them, or rows of rows, as `plt.subplots` squeezes them; any of these where the numbers are not known. */
export type Subplots<R extends number, C extends number> = number extends R | C
  ? Axes & Axes[] & Axes[][]
  : R extends 1
    ? C extends 1
      ? Axes
      : Axes[]
    : C extends 1
      ? Axes[]
      : Axes[][];

/** Figures that `show` has still to show. More than this many are nobody's intention: the oldest are dropped. */
const MOST_OPEN = 500;
const open = new Set<Figure>();
let current: Figure | null = null;
let currentAxes: Axes | null = null;

function register(made: Figure): Figure {
  open.add(made);
  if (open.size > MOST_OPEN) open.delete(open.values().next().value!);
  current = made;
  currentAxes = made.axes[0] ?? null;
  return made;
}

/** A new figure, which becomes the current one. */
export function figure(options: FigureOptions = {}): Figure {
  return register(new Figure(options));
}

/**
 * A new figure with `nrows` x `ncols` axes: `const [fig, ax] = plt.subplots()`,
 * `const [fig, axs] = plt.subplots(1, 4, { figsize: [12, 3] })`.
 * @returns the figure, and one axes, an array of them (one row or one column), or rows of them
 */
export function subplots(options?: SubplotsOptions): [Figure, Axes];
export function subplots<const R extends number, const C extends number = 1>(
  nrows: R,
  ncols?: C,
  options?: SubplotsOptions,
): [Figure, Subplots<R, C>];
export function subplots(...args: unknown[]): [Figure, unknown] {
  const last = args[args.length - 1];
  const options = (isOptions(last) ? last : {}) as SubplotsOptions & { nrows?: number; ncols?: number };
  const [nrows = options.nrows ?? 1, ncols = options.ncols ?? 1] = args.filter(
    (arg) => arg !== last || !isOptions(arg),
  ) as number[];
  checkOptions('subplots', options, ['nrows', 'ncols', 'figsize', 'dpi', 'squeeze']);
  for (const count of [nrows, ncols])
    if (!(Number.isInteger(count) && count >= 1))
      throw new ValueError(
        `subplots(): Number of rows and columns must be positive integers, not ${count}`,
        'subplots',
      );
  const { figsize, dpi, squeeze = true } = options;
  const made = new Figure({ ...(figsize ? { figsize } : {}), ...(dpi ? { dpi } : {}) });
  const rows = Array.from({ length: nrows }, (_, row) =>
    Array.from({ length: ncols }, (_, col) => made.add_subplot(nrows, ncols, row * ncols + col + 1)),
  );
  register(made);
  if (!squeeze) return [made, rows];
  if (nrows === 1 && ncols === 1) return [made, rows[0]![0]];
  if (nrows === 1) return [made, rows[0]];
  if (ncols === 1) return [made, rows.map((row) => row[0])];
  return [made, rows];
}

/** The current figure, made where there is none. */
export function gcf(): Figure {
  return current ?? figure();
}

/** The current axes, made where there are none. */
export function gca(): Axes {
  const owner = gcf();
  return (currentAxes ??= owner.axes[0] ?? owner.add_subplot());
}

/**
 * Axes for a picture of its own: those of the current figure where that is still empty, as after `plt.figure({ figsize })`,
 * else of a new one.
 */
export function freshAxes(options: FigureOptions = {}): Axes {
  const waiting =
    current !== null && current.axes.every((axes) => axes.artists.length === 0) && current.axes.length < 2;
  return waiting ? gca() : subplots(options)[1];
}

/** Makes axes the current ones. */
export function sca(axes: Axes): void {
  current = axes.figure;
  currentAxes = axes;
  open.add(axes.figure);
}

/** Axes in cell `index` of a grid of the current figure; the same cell again gives the same axes. */
export function subplot(nrows = 1, ncols = 1, index = 1): Axes {
  const owner = gcf();
  const known = owner.axes.find(
    ({ cell }) => cell.rows === nrows && cell.cols === ncols && cell.row * ncols + cell.col === index - 1,
  );
  return (currentAxes = known ?? owner.add_subplot(nrows, ncols, index));
}

/**
 * Shows every open figure and closes it: in a notebook as output of the cell, in a folder where `plt.figures(dir)` or the
 * environment variable `LIBTORCH_NODE_FIGURES` named one, else as text in the terminal.
 */
export function show(): void {
  const waiting = [...open];
  close('all');
  for (const each of waiting) if (each.axes.length > 0) showFigure(each);
}

/** Shows a table, a graph or an animation where `show` shows figures. */
export function display(shown: Showable): void {
  showFigure(shown);
}

/** Forgets the current figure, a given one, or `'all'`. */
export function close(which?: Figure | 'all'): void {
  const gone = which === 'all' ? [...open] : [which ?? current];
  for (const each of gone) if (each) open.delete(each);
  if (current && !open.has(current)) {
    current = [...open].at(-1) ?? null;
    currentAxes = current?.axes[0] ?? null;
  }
}

/** Empties the current axes. */
export function cla(): void {
  gca().clear();
}

export function savefig(filename: string | { toString(): string }, options: SaveOptions = {}): void {
  gcf().savefig(filename, options);
}
export function suptitle(...args: Parameters<Figure['suptitle']>): Figure {
  return gcf().suptitle(...args);
}
/** Figures are always laid out tight. */
export function tight_layout(): void {
  gcf().tight_layout();
}
/** A colour scale beside the axes; without an argument that of the last picture. */
export function colorbar(image?: ImageArtist, options: { ax?: Axes } = {}): void {
  const last =
    image ??
    gca()
      .artists.filter((artist) => artist.kind === 'image')
      .at(-1);
  if (!last) throw new ValueError('colorbar(): no image was drawn', 'colorbar');
  const owner =
    options.ax ?? [...open].flatMap((each) => each.axes).find((axes) => axes.artists.includes(last)) ?? gca();
  owner.figure.colorbar(last, { ax: owner });
}

type Method = {
  [K in keyof Axes]: Axes[K] extends (...args: never[]) => unknown ? K : never;
}[keyof Axes];

function onAxes<K extends Method>(name: K): Axes[K] {
  return ((...args: unknown[]) => {
    const axes = gca();
    return Reflect.apply(axes[name] as (...given: unknown[]) => unknown, axes, args);
  }) as unknown as Axes[K];
}

export const plot = onAxes('plot');
export const scatter = onAxes('scatter');
export const imshow = onAxes('imshow');
export const hist = onAxes('hist');
export const bar = onAxes('bar');
export const barh = onAxes('barh');
export const fill_between = onAxes('fill_between');
export const axhline = onAxes('axhline');
export const axvline = onAxes('axvline');
export const text = onAxes('text');
export const title = onAxes('set_title');
export const xlabel = onAxes('set_xlabel');
export const ylabel = onAxes('set_ylabel');
export const xlim = onAxes('set_xlim');
export const ylim = onAxes('set_ylim');
export const xscale = onAxes('set_xscale');
export const yscale = onAxes('set_yscale');
export const xticks = onAxes('set_xticks');
export const yticks = onAxes('set_yticks');
export const legend = onAxes('legend');
export const grid = onAxes('grid');
export const axis = onAxes('axis');

export { figures, rc, rcdefaults, rcParams };
