/** Lines and points whose data can be replaced after they are drawn, as animations do. */
import { ValueError } from '../torch/errors.js';
import type { LineArtist, LineStyle, Marker, PointsArtist } from './artists.js';
import { type ColorLike, toHex } from './colors.js';
import { type Data, toGrid, toNumbers } from './data.js';

/** What `plot` returns. https://matplotlib.org/stable/api/_as_gen/matplotlib.lines.Line2D.html */
export class Line2D implements LineArtist {
  readonly kind = 'line';
  x!: number[];
  y!: number[];
  color!: string;
  style!: LineStyle | null;
  width!: number;
  marker!: Marker | null;
  markerSize!: number;
  alpha!: number;
  label!: string | null;

  /** @internal */
  constructor(line: LineArtist) {
    Object.assign(this, line);
  }

  /** @throws {ValueError} series of different lengths */
  set_data(x: Data, y: Data): this {
    const [xs, ys] = [toNumbers(x, 'set_data'), toNumbers(y, 'set_data')];
    if (xs.length !== ys.length)
      throw new ValueError(
        `set_data(): x and y must have the same length, but have ${xs.length} and ${ys.length}`,
        'set_data',
      );
    [this.x, this.y] = [xs, ys];
    return this;
  }
  set_xdata(x: Data): this {
    return this.set_data(x, this.y);
  }
  set_ydata(y: Data): this {
    return this.set_data(this.x, y);
  }
  get_xdata(): number[] {
    return [...this.x];
  }
  get_ydata(): number[] {
    return [...this.y];
  }
  set_color(color: ColorLike): this {
    this.color = toHex(color, 'set_color');
    return this;
  }
  set_label(label: string): this {
    this.label = label;
    return this;
  }
}

/** What `scatter` returns. */
export class PathCollection implements PointsArtist {
  readonly kind = 'points';
  x!: number[];
  y!: number[];
  colors!: string[];
  sizes!: number[];
  marker!: Marker;
  alpha!: number;
  label!: string | null;

  /** @internal */
  constructor(points: PointsArtist) {
    Object.assign(this, points);
  }

  /** New places, `[N, 2]`. @throws {ValueError} another shape */
  set_offsets(offsets: Data): this {
    const { height, width, data } = toGrid(offsets, 'set_offsets');
    if (width !== 2)
      throw new ValueError(`set_offsets(): needs N x 2 values, not ${height} x ${width}`, 'set_offsets');
    const at = (k: number): number[] => Array.from({ length: height }, (_, i) => data[2 * i + k]!);
    if (this.colors.length !== 1 && this.colors.length !== height)
      throw new ValueError(`set_offsets(): ${height} places for ${this.colors.length} colors`, 'set_offsets');
    if (this.sizes.length !== 1 && this.sizes.length !== height)
      throw new ValueError(`set_offsets(): ${height} places for ${this.sizes.length} sizes`, 'set_offsets');
    [this.x, this.y] = [at(0), at(1)];
    return this;
  }
}
