/** What is drawn on axes, as Vega's marks. https://vega.github.io/vega/docs/marks/ */
import type { Data as VegaData, Mark } from 'vega';
import type { Artist } from './artists.js';
import type { Placed } from './layout.js';
import { dash, FONT, lines, markerArea, markerStyle, value } from './mark_style.js';
import { dataURI, encodePng, toPixels } from './raster.js';

interface Built {
  data: VegaData[];
  marks: Mark[];
  /** Pictures by name: Vega would read a data URI of megabytes as part of its program. */
  images?: Record<string, string>;
}

const field = (name: string): { field: string } => ({ field: name });
const onX = (name: string): object => ({ scale: 'x', field: name });
const onY = (name: string): object => ({ scale: 'y', field: name });

function points(
  x: readonly number[],
  y: readonly number[],
  placed: Placed,
): { x: number; y: number; ok: boolean; i: number }[] {
  const { x: sx, y: sy } = placed.axes.scales;
  return x.map((at, i) => {
    const height = y[i]!;
    const ok =
      Number.isFinite(at) &&
      Number.isFinite(height) &&
      (sx !== 'log' || at > 0) &&
      (sy !== 'log' || height > 0);
    return { x: ok ? at : 0, y: ok ? height : 0, ok, i };
  });
}

/** An artist's data and marks; `name` keeps data sets apart. */
export function build(artist: Artist, name: string, placed: Placed): Built {
  const { width, height } = placed;
  const from = { data: name };
  const mark = (type: string, update: object, extra: object = {}): Mark =>
    ({ type, from, encode: { update }, ...extra }) as unknown as Mark;
  switch (artist.kind) {
    case 'line': {
      const values = points(artist.x, artist.y, placed);
      const marks: Mark[] = [];
      const data: VegaData[] = [{ name, values }];
      if (artist.style !== null)
        marks.push(
          mark('line', {
            x: onX('x'),
            y: onY('y'),
            defined: field('ok'),
            stroke: value(artist.color),
            strokeWidth: value(artist.width),
            strokeJoin: value('round'),
            strokeCap: value(artist.style === '-' ? 'square' : 'butt'),
            opacity: value(artist.alpha),
            ...dash(artist.style, artist.width),
          }),
        );
      if (artist.marker !== null) {
        data.push({ name: `${name}m`, values: values.filter((point) => point.ok) });
        marks.push(
          mark(
            'symbol',
            {
              x: onX('x'),
              y: onY('y'),
              size: value(markerArea(artist.marker, artist.markerSize)),
              opacity: value(artist.alpha),
              ...markerStyle(artist.marker, value(artist.color)),
            },
            { from: { data: `${name}m` } },
          ),
        );
      }
      return { data, marks };
    }
    case 'points': {
      const pick = <T>(list: readonly T[], i: number): T => list[list.length === 1 ? 0 : i]!;
      const values = points(artist.x, artist.y, placed)
        .filter((point) => point.ok)
        .map((point) => ({
          ...point,
          color: pick(artist.colors, point.i),
          size: markerArea(artist.marker, Math.sqrt(Math.max(0, pick(artist.sizes, point.i)))),
        }));
      const update = {
        x: onX('x'),
        y: onY('y'),
        size: field('size'),
        opacity: value(artist.alpha),
        ...markerStyle(artist.marker, field('color')),
      };
      return { data: [{ name, values }], marks: [mark('symbol', update)] };
    }
    case 'bars': {
      const values = artist.boxes
        .filter((box) => box.every((edge) => Number.isFinite(edge)))
        .map(([x0, x1, y0, y1], i) => ({
          x0,
          x1,
          y0,
          y1,
          color: artist.colors[artist.colors.length === 1 ? 0 : i % artist.colors.length],
        }));
      // On a logarithmic axis a bar grows from the edge, because its foot, zero, is infinitely far away.
      const foot = (name: 'x0' | 'y0', log: boolean, edge: number): object =>
        log ? value(edge) : name === 'x0' ? onX(name) : onY(name);
      const update = {
        x: foot('x0', placed.axes.scales.x === 'log' && artist.sticky === 'left', 0),
        x2: onX('x1'),
        y: foot('y0', placed.axes.scales.y === 'log' && artist.sticky === 'bottom', height),
        y2: onY('y1'),
        fill: field('color'),
        opacity: value(artist.alpha),
        ...(artist.edge ? { stroke: value(artist.edge), strokeWidth: value(0.8) } : {}),
      };
      return { data: [{ name, values }], marks: [mark('rect', update)] };
    }
    case 'fill': {
      const values = artist.x.map((x, i) => ({
        x,
        y1: artist.y1[i],
        y2: artist.y2[i],
        ok: [x, artist.y1[i], artist.y2[i]].every((each) => Number.isFinite(each)),
      }));
      const update = {
        x: onX('x'),
        y: onY('y1'),
        y2: onY('y2'),
        defined: field('ok'),
        fill: value(artist.color),
        fillOpacity: value(artist.alpha),
      };
      return { data: [{ name, values }], marks: [mark('area', update)] };
    }
    case 'rule': {
      const flat = artist.direction === 'horizontal';
      const log = placed.axes.scales[flat ? 'y' : 'x'] === 'log';
      if (!Number.isFinite(artist.value) || (log && artist.value <= 0)) return { data: [], marks: [] };
      const update = {
        ...(flat
          ? { x: value(0), x2: value(width), y: { scale: 'y', value: artist.value } }
          : { y: value(0), y2: value(height), x: { scale: 'x', value: artist.value } }),
        stroke: value(artist.color),
        strokeWidth: value(artist.width),
        opacity: value(artist.alpha),
        ...dash(artist.style, artist.width),
      };
      return { data: [], marks: [mark('rule', update, { from: undefined })] };
    }
    case 'image': {
      const [left, right, low, high] = artist.extent;
      const update = {
        x: { scale: 'x', value: left },
        x2: { scale: 'x', value: right },
        y: { scale: 'y', value: artist.origin === 'upper' ? low : high },
        y2: { scale: 'y', value: artist.origin === 'upper' ? high : low },
        url: value(name),
        aspect: value(false),
        smooth: value(artist.smooth),
      };
      const images = { [name]: dataURI(encodePng(toPixels(artist))) };
      return { data: [], marks: [mark('image', update, { from: undefined })], images };
    }
    case 'text': {
      const update = {
        x: { scale: 'x', value: artist.x },
        y: { scale: 'y', value: artist.y },
        text: value(lines(artist.text)),
        fill: value(artist.color),
        font: value(FONT),
        fontSize: value(artist.size),
        fontWeight: value(artist.bold ? 'bold' : 'normal'),
        align: value(artist.align),
        baseline: value(artist.baseline),
        angle: value(-artist.rotation),
      };
      return { data: [], marks: [mark('text', update, { from: undefined })] };
    }
  }
}
