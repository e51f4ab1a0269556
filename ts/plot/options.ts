/** Options of drawing functions, under matplotlib's names. */
import type { LineStyle, Marker } from './artists.js';
import type { ColorLike } from './colors.js';
import type { Data } from './data.js';
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

export interface FillOptions {
  color?: ColorLike;
  alpha?: number;
  label?: string;
}

export interface SetOptions {
  title?: unknown;
  xlabel?: unknown;
  ylabel?: unknown;
  xlim?: readonly number[];
  ylim?: readonly number[];
  xscale?: Scale;
  yscale?: Scale;
}
