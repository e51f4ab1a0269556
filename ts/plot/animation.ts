/** A figure that moves. https://matplotlib.org/stable/api/_as_gen/matplotlib.animation.FuncAnimation.html */
import { checkOptions } from '../torch/arguments.js';
import { ValueError } from '../torch/errors.js';
import { callable } from '../torch/nn/modules/callable.js';
import { toNumbers } from './data.js';
import type { Figure } from './figure.js';
import { player } from './player.js';
import { svgToPixels } from './raster.js';
import type { TerminalOptions } from './terminal.js';
import { htmlPage, saveAs, writeWhole } from './write.js';

export interface AnimationOptions<F = number> {
  /** How many frames, or what each call is given. */
  frames?: number | Iterable<F>;
  /** Milliseconds between frames. */
  interval?: number;
  repeat?: boolean;
}

const MOST_FRAMES = 10_000;

/**
 * Calls a function once for each frame and keeps the figure as it then looks:
 *
 *     const [line] = plt.plot(x, y);
 *     const ani = FuncAnimation(fig, (i) => { update(); line.set_ydata(predict()); }, { frames: 100, interval: 20 });
 *     await ani.save('fit.gif');
 *
 * The frames are computed once, when they are first needed. `save` writes `.gif`, `.svg` (moves by itself, without script)
 * and `.html` (with buttons and a slider).
 */
class FuncAnimationClass<F = number> {
  readonly interval: number;
  readonly repeat: boolean;
  readonly #figure: Figure;
  readonly #draw: (frame: F) => unknown;
  readonly #frames: Iterable<F>;
  #drawn: string[] | null = null;

  /** @throws {ValueError} no frames, or an interval that is no time */
  constructor(figure: Figure, draw: (frame: F) => unknown, options: AnimationOptions<F> = {}) {
    checkOptions('FuncAnimation', options, ['frames', 'interval', 'repeat']);
    const { frames = 100, interval = 200, repeat = true } = options;
    if (!(interval >= 1 && interval <= 60_000))
      throw new ValueError(
        `FuncAnimation(): interval must be from 1 to 60000 milliseconds, not ${String(interval)}`,
        'FuncAnimation',
      );
    if (typeof frames === 'number' && !(Number.isInteger(frames) && frames >= 1 && frames <= MOST_FRAMES))
      throw new ValueError(
        `FuncAnimation(): frames must be from 1 to ${MOST_FRAMES}, not ${frames}`,
        'FuncAnimation',
      );
    this.interval = interval;
    this.repeat = repeat;
    this.#figure = figure;
    this.#draw = draw;
    this.#frames = typeof frames === 'number' ? Array.from({ length: frames }, (_, i) => i as F) : frames;
  }

  /** Every frame as an SVG document. */
  frames(): readonly string[] {
    if (this.#drawn) return this.#drawn;
    const drawn: string[] = [];
    // As in matplotlib, new data of a line does not move the limits; `ax.clear()` lets them go.
    for (const axes of this.#figure.axes) {
      axes.set_xlim(axes.get_xlim());
      axes.set_ylim(axes.get_ylim());
    }
    for (const frame of this.#frames) {
      if (drawn.length >= MOST_FRAMES)
        throw new ValueError(`FuncAnimation: more than ${MOST_FRAMES} frames`, 'FuncAnimation');
      this.#draw(frame);
      drawn.push(this.#figure.toSVG());
    }
    if (drawn.length === 0) throw new ValueError('FuncAnimation: there are no frames', 'FuncAnimation');
    return (this.#drawn = drawn);
  }

  /** One SVG in which the frames take turns. */
  toSVG(): string {
    const frames = this.frames();
    const [width, height] = this.#figure.size;
    const seconds = (frames.length * this.interval) / 1000;
    const layers = frames.map((svg, i) => {
      const [from, to] = [i / frames.length, (i + 1) / frames.length].map((share) => share.toFixed(6)) as [
        string,
        string,
      ];
      const times = i === 0 ? `0;${to}` : `0;${from};${to}`;
      const values = i === 0 ? 'inline;none' : 'none;inline;none';
      const last = i === frames.length - 1;
      const keys = last ? times.slice(0, times.lastIndexOf(';')) : times;
      const shown = last ? values.slice(0, values.lastIndexOf(';')) : values;
      const repeat = this.repeat ? 'indefinite' : '1" fill="freeze';
      const move =
        frames.length === 1
          ? ''
          : `<animate attributeName="display" calcMode="discrete" dur="${seconds}s" repeatCount="${repeat}" keyTimes="${keys}" values="${shown}"/>`;
      // Without animation, as in a preview, the last frame is seen.
      return `<g display="${last ? 'inline' : 'none'}">${move}${svg}</g>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${layers.join('')}</svg>`;
  }

  /** A page with the frames, a slider and buttons. */
  toHTML(): string {
    return htmlPage(player(this.frames(), this.interval, this.repeat), 'Animation', { scripts: true });
  }

  /** @param options.dpi pixels per inch */
  async toGIF({ dpi = this.#figure.dpi }: { dpi?: number } = {}): Promise<Buffer> {
    const { encode } = await import('modern-gif');
    const frames = this.frames().map((svg) => svgToPixels(svg, dpi / 72));
    const [first] = frames;
    const bytes = await encode({
      width: first!.width,
      height: first!.height,
      looped: this.repeat,
      loopCount: 0,
      // GIF counts hundredths of a second, and players slow down what is faster than two of them.
      frames: frames.map(({ data }) => ({
        data: data as Uint8Array<ArrayBuffer>,
        delay: Math.max(20, this.interval),
      })),
    });
    return Buffer.from(bytes);
  }

  /**
   * Writes `x.gif`, `x.svg` or `x.html`.
   * @throws {ValueError} another suffix
   */
  async save(filename: string | { toString(): string }, options: { dpi?: number } = {}): Promise<void> {
    const file = String(filename);
    if (/\.gif$/i.test(file)) {
      checkOptions('save', options, ['dpi']);
      const [dpi] = options.dpi === undefined ? [this.#figure.dpi] : toNumbers(options.dpi, 'save');
      writeWhole(file, await this.toGIF({ dpi: dpi! }));
      return;
    }
    saveAs('save', file, options, { svg: () => this.toSVG(), html: () => this.toHTML(), gif: () => '' });
  }

  /** The last frame. */
  toTerminal(options: TerminalOptions = {}): string {
    this.frames();
    return this.#figure.toTerminal(options);
  }
  /** @internal */
  toMimeBundle(): Record<string, string> {
    return { 'text/html': this.toSVG(), 'text/plain': `<FuncAnimation of ${this.frames().length} frames>` };
  }
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return this.toMimeBundle();
  }
}

type Construct = <F = number>(
  figure: Figure,
  draw: (frame: F) => unknown,
  options?: AnimationOptions<F>,
) => FuncAnimationClass<F>;

export const FuncAnimation = callable(FuncAnimationClass) as unknown as typeof FuncAnimationClass & Construct;
export type FuncAnimation<F = number> = FuncAnimationClass<F>;
