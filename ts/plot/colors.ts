/** Colours as matplotlib names them. https://matplotlib.org/stable/users/explain/colors/colors.html */
import { ArgumentError } from '../torch/errors.js';

/** The default colour cycle, `C0` to `C9`. */
export const CYCLE = [
  '#1f77b4',
  '#ff7f0e',
  '#2ca02c',
  '#d62728',
  '#9467bd',
  '#8c564b',
  '#e377c2',
  '#7f7f7f',
  '#bcbd22',
  '#17becf',
] as const;

const SHORT: Readonly<Record<string, string>> = {
  b: '#0000ff',
  g: '#008000',
  r: '#ff0000',
  c: '#00bfbf',
  m: '#bf00bf',
  y: '#bfbf00',
  k: '#000000',
  w: '#ffffff',
};

const TABLEAU = ['blue', 'orange', 'green', 'red', 'purple', 'brown', 'pink', 'gray', 'olive', 'cyan'];

/** The CSS names that plots use; others are given as `#rrggbb`. */
const NAMES: Readonly<Record<string, string>> = {
  black: '#000000',
  white: '#ffffff',
  red: '#ff0000',
  green: '#008000',
  blue: '#0000ff',
  yellow: '#ffff00',
  cyan: '#00ffff',
  magenta: '#ff00ff',
  orange: '#ffa500',
  purple: '#800080',
  brown: '#a52a2a',
  pink: '#ffc0cb',
  gray: '#808080',
  grey: '#808080',
  lightgray: '#d3d3d3',
  lightgrey: '#d3d3d3',
  darkgray: '#a9a9a9',
  darkgrey: '#a9a9a9',
  silver: '#c0c0c0',
  navy: '#000080',
  teal: '#008080',
  olive: '#808000',
  maroon: '#800000',
  lime: '#00ff00',
  aqua: '#00ffff',
  fuchsia: '#ff00ff',
  gold: '#ffd700',
  salmon: '#fa8072',
  coral: '#ff7f50',
  tomato: '#ff6347',
  crimson: '#dc143c',
  violet: '#ee82ee',
  indigo: '#4b0082',
  turquoise: '#40e0d0',
  skyblue: '#87ceeb',
  steelblue: '#4682b4',
  royalblue: '#4169e1',
  darkblue: '#00008b',
  darkgreen: '#006400',
  darkred: '#8b0000',
  darkorange: '#ff8c00',
  lightblue: '#add8e6',
  lightgreen: '#90ee90',
};

/** A colour name, `C3`, `tab:red`, `0.5` (grey, as text), `#rgb`, `#rrggbb`, or red, green, blue in 0..1. */
export type ColorLike = string | readonly [number, number, number];

function hexOf(levels: readonly number[]): string {
  return (
    '#' +
    levels
      .map((level) =>
        Math.round(Math.min(1, Math.max(0, level)) * 255)
          .toString(16)
          .padStart(2, '0'),
      )
      .join('')
  );
}

function lookUp(name: string): string | undefined {
  if (/^#[0-9a-f]{6}$/i.test(name)) return name.toLowerCase();
  if (/^#[0-9a-f]{3}$/i.test(name)) return '#' + [...name.slice(1).toLowerCase()].map((c) => c + c).join('');
  if (/^C\d+$/.test(name)) return CYCLE[Number(name.slice(1)) % CYCLE.length];
  if (/^(0?\.\d+|[01]|[01]\.0*)$/.test(name)) return hexOf([Number(name), Number(name), Number(name)]);
  if (name.startsWith('tab:')) return CYCLE[TABLEAU.indexOf(name.slice(4).replace('grey', 'gray'))];
  return Object.hasOwn(SHORT, name) ? SHORT[name] : Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
}

/** `#rrggbb`, so that what reaches a file is never the text that was given. @throws {ArgumentError} unknown */
export function toHex(color: ColorLike, op: string): string {
  const found =
    typeof color === 'string'
      ? lookUp(
          color
            .trim()
            .toLowerCase()
            .replace(/^c(?=\d+$)/, 'C'),
        )
      : Array.isArray(color) && color.length >= 3 && color.every((level) => typeof level === 'number')
        ? hexOf(color.slice(0, 3))
        : undefined;
  if (found === undefined)
    throw new ArgumentError(
      `${op}(): ${JSON.stringify(color)} is not a color: name, 'C0', '#rrggbb' or [r, g, b]`,
      op,
    );
  return found;
}

export function isColor(name: string): boolean {
  return lookUp(name) !== undefined;
}

export function toRgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function fromRgb(r: number, g: number, b: number): string {
  return '#' + ((1 << 24) | (r << 16) | (g << 8) | b).toString(16).slice(1);
}

/** Whether text on it should be white: WCAG's relative luminance below 0.408, the limit pandas uses. */
export function isDark([r, g, b]: readonly [number, number, number]): boolean {
  const [x, y, z] = [r, g, b].map((level) => {
    const c = level / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * x + 0.7152 * y + 0.0722 * z < 0.408;
}
