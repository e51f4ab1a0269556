/** A figure: axes on a sheet of so many inches. https://matplotlib.org/stable/api/figure_api.html */
import { checkOptions } from '../torch/arguments.js';
import { ArgumentError, ValueError } from '../torch/errors.js';
import { Axes } from './axes.js';
import type { TitleOptions, Words } from './options.js';
import type { ImageArtist } from './artists.js';
import { toHex } from './colors.js';
import { svgToPng } from './raster.js';
import { rcParams } from './rc.js';
import { renderSVG } from './render.js';
import { figureToTerminal, type TerminalOptions } from './terminal.js';
import { htmlPage, saveAs, type SaveOptions } from './write.js';

export interface FigureOptions {
  /** Width and height in inches. */
  figsize?: readonly number[] | null;
  /** Pixels per inch of PNG files; an SVG has 72 points to the inch. */
  dpi?: number | null;
}

const LARGEST = 200;
/** A picture of more pixels than this would take gigabytes to draw. */
const MOST_PIXELS = 100_000_000;

function checkSize(op: string, size: readonly number[]): [number, number] {
  const [width, height] = size;
  if (
    size.length !== 2 ||
    ![width, height].every((side) => typeof side === 'number' && side > 0 && side <= LARGEST)
  )
    throw new ValueError(
      `${op}(): figsize must be two numbers of inches from 0 to ${LARGEST}, not ${JSON.stringify(size)}`,
      op,
    );
  return [width!, height!];
}

export class Figure {
  readonly figsize: [number, number];
  readonly dpi: number;
  readonly axes: Axes[] = [];
  /** @internal */ title: Words | null = null;

  constructor(options: FigureOptions = {}) {
    checkOptions('figure', options, ['figsize', 'dpi']);
    this.figsize = checkSize('figure', options.figsize ?? rcParams['figure.figsize']);
    this.dpi = options.dpi ?? rcParams['figure.dpi'];
    if (!(this.dpi > 0 && this.dpi <= 2400))
      throw new ValueError(`figure(): dpi must be from 0 to 2400, not ${String(this.dpi)}`, 'figure');
  }

  /** Width and height in points. @internal */
  get size(): [number, number] {
    return [this.figsize[0] * 72, this.figsize[1] * 72];
  }

  /** Axes in cell `index` (from 1, row by row) of a grid. */
  add_subplot(nrows = 1, ncols = 1, index = 1): Axes {
    const whole = [nrows, ncols, index].every((value) => Number.isInteger(value) && value >= 1);
    if (!whole || nrows * ncols > 10_000)
      throw new ValueError(`add_subplot(): ${nrows} x ${ncols} is no grid of axes`, 'add_subplot');
    if (index > nrows * ncols)
      throw new ValueError(
        `add_subplot(): num must be an integer with 1 <= num <= ${nrows * ncols}, not ${index}`,
        'add_subplot',
      );
    const cell = { rows: nrows, cols: ncols, row: Math.floor((index - 1) / ncols), col: (index - 1) % ncols };
    const axes = new Axes(this, cell);
    this.axes.push(axes);
    return axes;
  }

  suptitle(text: unknown, options: TitleOptions = {}): this {
    checkOptions('suptitle', options, ['fontsize', 'size', 'color', 'loc']);
    this.title = {
      text: String(text),
      size: options.fontsize ?? options.size ?? rcParams['font.size'] * 1.2,
      color: toHex(options.color ?? 'k', 'suptitle'),
      loc: options.loc ?? 'center',
    };
    return this;
  }

  /** A bar beside the axes that says which colour stands for which value. */
  colorbar(image: ImageArtist, { ax }: { ax?: Axes } = {}): void {
    const owner = ax ?? this.axes.find((axes) => axes.artists.includes(image));
    if (!owner) throw new ArgumentError('colorbar(): the image is in no axes of this figure', 'colorbar');
    owner.colorbar = image;
  }

  /** Figures are always laid out tight; this exists so that code written for matplotlib runs. */
  tight_layout(): this {
    return this;
  }

  /** The figure as an SVG document; size in points, text as text. */
  toSVG(): string {
    return renderSVG(this);
  }

  /** The figure as PNG bytes, `figsize * dpi` pixels, on white. */
  toPNG({ dpi = this.dpi }: { dpi?: number } = {}): Buffer {
    if (!(dpi > 0 && dpi <= 2400))
      throw new ValueError(`toPNG(): dpi must be from 0 to 2400, not ${String(dpi)}`, 'toPNG');
    const [width, height] = this.figsize.map((side) => Math.round(side * dpi)) as [number, number];
    if (width * height > MOST_PIXELS)
      throw new ValueError(
        `toPNG(): ${width} x ${height} pixels are more than can be drawn; lower dpi or figsize`,
        'toPNG',
      );
    return svgToPng(this.toSVG(), dpi / 72);
  }

  /** A whole page that shows the figure; `{ fragment: true }` leaves out everything around it. */
  toHTML({ fragment = false }: { fragment?: boolean } = {}): string {
    const svg = this.toSVG();
    return fragment ? svg : htmlPage(svg, this.title?.text ?? this.axes[0]?.get_title() ?? '');
  }

  /** Text for a terminal: pictures as half blocks, charts as Braille dots with their ticks. */
  toTerminal(options: TerminalOptions = {}): string {
    return figureToTerminal(this, options);
  }

  /**
   * Writes `x.svg`, `x.png` or `x.html`; folders are made, and the file appears whole or not at all.
   * @throws {ValueError} another suffix
   */
  savefig(filename: string | { toString(): string }, options: SaveOptions = {}): void {
    saveAs('savefig', String(filename), options, {
      svg: () => this.toSVG(),
      png: () => this.toPNG({ dpi: options.dpi ?? this.dpi }),
      html: () => this.toHTML(),
    });
  }

  /** What notebooks show, in the form that Jupyter's messages have. @internal */
  toMimeBundle(): Record<string, string> {
    return {
      'image/svg+xml': this.toSVG(),
      'image/png': this.toPNG({ dpi: Math.max(this.dpi, 144) }).toString('base64'),
      'text/plain': this.toString(),
    };
  }

  /** Deno's Jupyter kernel asks for this. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return this.toMimeBundle();
  }

  /** IJavascript and kernels like it ask for this. @internal */
  _toMime(): Record<string, string> {
    return this.toMimeBundle();
  }

  toString(): string {
    const [width, height] = this.size;
    return `<Figure size ${Math.round(width)}x${Math.round(height)} with ${this.axes.length} Axes>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
