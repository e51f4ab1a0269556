/** What an Axes holds: plain descriptions, drawn later by spec.ts, terminal.ts, or both. */
import type { Grid } from './data.js';

export type Marker = 'o' | 's' | '^' | 'v' | 'D' | '+' | 'x' | '.' | ',' | '*' | '|' | '_';
export type LineStyle = '-' | '--' | ':' | '-.';

export interface LineArtist {
  kind: 'line';
  x: number[];
  y: number[];
  color: string;
  style: LineStyle | null;
  width: number;
  marker: Marker | null;
  markerSize: number;
  alpha: number;
  label: string | null;
}

export interface PointsArtist {
  kind: 'points';
  x: number[];
  y: number[];
  /** One colour for all, or one for each point. */
  colors: string[];
  /** Areas in square points. */
  sizes: number[];
  marker: Marker;
  alpha: number;
  label: string | null;
}

export interface ImageArtist {
  kind: 'image';
  grid: Grid;
  cmap: string;
  vmin: number;
  vmax: number;
  alpha: number;
  /** left, right, bottom, top in data units: pixels are centred on whole numbers. */
  extent: readonly [number, number, number, number];
  origin: 'upper' | 'lower';
  smooth: boolean;
}

export interface BarsArtist {
  kind: 'bars';
  /** Per bar: x0, x1, y0, y1. */
  boxes: [number, number, number, number][];
  colors: string[];
  edge: string | null;
  alpha: number;
  label: string | null;
  /** The side on which the axis touches the bars without a margin. */
  sticky: 'bottom' | 'left';
}

export interface FillArtist {
  kind: 'fill';
  x: number[];
  y1: number[];
  y2: number[];
  color: string;
  alpha: number;
  label: string | null;
}

/** A line across the axes at one value. */
export interface RuleArtist {
  kind: 'rule';
  direction: 'horizontal' | 'vertical';
  value: number;
  color: string;
  style: LineStyle;
  width: number;
  alpha: number;
  label: string | null;
}

export interface TextArtist {
  kind: 'text';
  x: number;
  y: number;
  text: string;
  color: string;
  size: number;
  align: 'left' | 'center' | 'right';
  baseline: 'top' | 'middle' | 'bottom' | 'alphabetic';
  bold: boolean;
  rotation: number;
}

export type Artist =
  LineArtist | PointsArtist | ImageArtist | BarsArtist | FillArtist | RuleArtist | TextArtist;

const STYLES: readonly LineStyle[] = ['--', '-.', '-', ':'];
const MARKERS = 'os^vD+x.,*|_';
const COLORS = 'bgrcmykw';

/**
 * matplotlib's short format, `'r--'`, `'o'`, `'k.-'`, `'C1'`: colour, marker and line style in any order.
 * A marker alone means no line. `null` when the text is no such format.
 */
export function parseFormat(
  format: string,
): { color?: string; marker?: Marker; style: LineStyle | null | undefined } | null {
  let rest = format;
  const result: { color?: string; marker?: Marker; style: LineStyle | null | undefined } = {
    style: undefined,
  };
  while (rest.length > 0) {
    const style = STYLES.find((known) => rest.startsWith(known));
    const cycle = /^C\d/.exec(rest);
    const head = rest[0]!;
    if (style !== undefined && result.style === undefined) {
      result.style = style;
      rest = rest.slice(style.length);
    } else if (cycle && result.color === undefined) {
      result.color = cycle[0];
      rest = rest.slice(2);
    } else if (COLORS.includes(head) && result.color === undefined) {
      result.color = head;
      rest = rest.slice(1);
    } else if (MARKERS.includes(head) && result.marker === undefined) {
      result.marker = head as Marker;
      rest = rest.slice(1);
    } else return null;
  }
  if (result.style === undefined && result.marker !== undefined) result.style = null;
  return result;
}
