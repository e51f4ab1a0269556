/** Markers, dashes and text in Vega's terms. */
import type { Mark } from 'vega';
import type { LineStyle, Marker } from './artists.js';
import type { Words } from './options.js';
import { cleanText } from './write.js';

/** A constant of an encoding. */
export const value = <T>(given: T): { value: T } => ({ value: given });

export const FONT = 'DejaVu Sans, sans-serif';

const SHAPES: Readonly<Record<Marker, string>> = {
  o: 'circle',
  '.': 'circle',
  ',': 'square',
  s: 'square',
  '^': 'triangle-up',
  v: 'triangle-down',
  D: 'diamond',
  '*': 'M0,-0.5L0.118,-0.154L0.476,-0.155L0.19,0.059L0.294,0.405L0,0.2L-0.294,0.405L-0.19,0.059L-0.476,-0.155L-0.118,-0.154Z',
  '+': 'M-0.5,0H0.5M0,-0.5V0.5',
  x: 'M-0.5,-0.5L0.5,0.5M-0.5,0.5L0.5,-0.5',
  '|': 'M0,-0.5V0.5',
  _: 'M-0.5,0H0.5',
};
const STROKED = '+x|_';
const DASHES: Readonly<Record<LineStyle, number[] | null>> = {
  '-': null,
  '--': [3.7, 1.6],
  ':': [1, 1.65],
  '-.': [6.4, 1.6, 1, 1.6],
};

export function dash(style: LineStyle, width: number): { strokeDash?: { value: number[] } } {
  const pattern = DASHES[style];
  return pattern ? { strokeDash: { value: pattern.map((part) => part * width) } } : {};
}

/** Fill and stroke of a marker; crosses are lines, the others surfaces. */
export function markerStyle(marker: Marker, paint: object): Record<string, unknown> {
  const shape = { value: SHAPES[marker] };
  return STROKED.includes(marker)
    ? { shape, stroke: paint, strokeWidth: { value: 1.5 }, fill: { value: 'transparent' } }
    : { shape, fill: paint };
}

/** Vega takes an area; matplotlib's 'o' of area s has the diameter sqrt(s), its square the side. */
export function markerArea(marker: Marker, side: number): number {
  if (marker === '.') return (Math.PI / 4) * (side / 2) ** 2;
  if (marker === ',') return 1;
  return marker === 'o' ? (Math.PI / 4) * side ** 2 : side ** 2;
}

/** Vega breaks lines that come as an array. */
export function lines(text: string): string | string[] {
  const parts = cleanText(text).split('\n');
  return parts.length === 1 ? parts[0]! : parts;
}

export function textMark(words: Omit<Words, 'loc'>, update: object): Mark {
  return {
    type: 'text',
    interactive: false,
    encode: {
      update: {
        text: value(lines(words.text)),
        font: value(FONT),
        fontSize: value(words.size),
        fill: value(words.color),
        lineHeight: value(words.size * 1.2),
        ...update,
      },
    },
  } as unknown as Mark;
}
