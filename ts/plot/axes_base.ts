/** What axes have besides what is drawn on them: words, limits, scales, ticks, legend. */
import { checkOptions } from '../torch/arguments.js';
import { isOptions } from '../torch/dispatch.js';
import { ValueError } from '../torch/errors.js';
import type { Artist, ImageArtist } from './artists.js';
import { toHex } from './colors.js';
import { type Data, toNumbers } from './data.js';
import type { Figure } from './figure.js';
import { autoscale } from './limits.js';
import type { SetOptions, TitleOptions, Words } from './options.js';
import { rcParams } from './rc.js';
import type { Scale } from './ticks.js';

/** Titles may be numbers, or anything that turns itself into text. */
function asText(text: unknown): string {
  return text === null || text === undefined ? '' : `${text as string}`;
}

export class AxesBase {
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
  /** Place in the cycle of colours. */
  protected next = 0;

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
    this.next = 0;
    return this;
  }
  cla(): this {
    return this.clear();
  }

  #words(op: string, text: unknown, size: number, options: TitleOptions): Words {
    checkOptions(op, options, ['fontsize', 'size', 'color', 'loc']);
    return {
      text: asText(text),
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
  set(options: SetOptions): this {
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
}
