/** A figure as a Vega specification: each axes a group with its own scales. https://vega.github.io/vega/docs/ */
import type { Axis, Data as VegaData, GroupMark, Mark, Scale as VegaScale, Spec } from 'vega';
import type { Artist, LineStyle, Marker } from './artists.js';
import type { Words } from './axes.js';
import type { Figure } from './figure.js';
import { layout, LABEL_PAD, type Placed, TICK, TICK_PAD, TITLE_PAD } from './layout.js';
import { legendMarks } from './legend.js';
import { colormap } from './colormaps.js';
import { textHeight } from './measure.js';
import { dataURI, encodePng, toPixels } from './raster.js';
import { rcParams } from './rc.js';
import type { Ticks } from './ticks.js';
import { cleanText } from './write.js';

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

interface Built {
  data: VegaData[];
  marks: Mark[];
}

const field = (name: string): { field: string } => ({ field: name });
const value = <T>(given: T): { value: T } => ({ value: given });
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
function build(artist: Artist, name: string, placed: Placed): Built {
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
        url: value(dataURI(encodePng(toPixels(artist)))),
        aspect: value(false),
        smooth: value(artist.smooth),
      };
      return { data: [], marks: [mark('image', update, { from: undefined })] };
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

function axisOf(direction: 'x' | 'y', placed: Placed): Axis[] {
  const ticks: Ticks = direction === 'x' ? placed.xticks : placed.yticks;
  const rotation = direction === 'x' ? placed.xrotation : 0;
  const base: Axis = {
    scale: direction,
    orient: direction === 'x' ? 'bottom' : 'left',
    values: ticks.values,
    domain: false,
    tickSize: TICK,
    tickWidth: 0.8,
    tickColor: '#000000',
    tickRound: false,
    translate: 0,
    labelFont: FONT,
    labelFontSize: rcParams['font.size'],
    labelColor: '#000000',
    labelPadding: TICK_PAD,
    labelOverlap: false,
    labelBound: false,
    labelFlush: false,
    labelLimit: 0,
    grid: placed.axes.gridOn,
    gridColor: '#b0b0b0',
    gridWidth: 0.8,
    zindex: 0,
    encode: { labels: { update: { text: { scale: `${direction}labels`, field: 'value' } } } },
    ...(rotation !== 0
      ? { labelAngle: -rotation, labelAlign: rotation > 0 ? 'right' : 'left', labelBaseline: 'middle' }
      : {}),
  };
  if (ticks.minor.length === 0) return [base];
  const minor: Axis = {
    ...base,
    values: ticks.minor,
    labels: false,
    tickSize: 2,
    tickWidth: 0.6,
    grid: false,
    encode: {},
  };
  return [base, minor];
}

function wordsOf(placed: Placed): Mark[] {
  const { axes, width, height } = placed;
  const { title, xlabel, ylabel } = axes.words;
  const marks: Mark[] = [];
  const along = { left: 0, center: width / 2, right: width };
  if (title?.text) {
    const top = -TITLE_PAD - textHeight(title.text, title.size) + title.size;
    marks.push(textMark(title, { x: value(along[title.loc]), y: value(top), align: value(title.loc) }));
  }
  if (!axes.axisOn) return marks;
  if (xlabel?.text) {
    const y = height + placed.xLabelAt + LABEL_PAD + xlabel.size;
    marks.push(textMark(xlabel, { x: value(along[xlabel.loc]), y: value(y), align: value(xlabel.loc) }));
  }
  if (ylabel?.text) {
    const x = -placed.yLabelAt - LABEL_PAD - textHeight(ylabel.text, ylabel.size) + ylabel.size;
    marks.push(
      textMark(ylabel, { x: value(x), y: value(height / 2), align: value('center'), angle: value(-90) }),
    );
  }
  return marks;
}

function colorbarOf(placed: Placed): Mark[] {
  const bar = placed.colorbar;
  const artist = placed.axes.colorbar;
  if (!bar || !artist) return [];
  const map = [...colormap(artist.cmap)].reverse();
  const pixels = { width: 1, height: 256, data: Uint8Array.from(map.flatMap((rgb) => [...rgb, 255])) };
  const at = (level: number): number =>
    placed.height * (1 - (level - artist.vmin) / (artist.vmax - artist.vmin));
  const place = (update: object, type: string): Mark => ({ type, encode: { update } }) as unknown as Mark;
  const right = bar.x + bar.width;
  return [
    place(
      {
        x: value(bar.x),
        y: value(0),
        width: value(bar.width),
        height: value(placed.height),
        url: value(dataURI(encodePng(pixels))),
        aspect: value(false),
        smooth: value(true),
      },
      'image',
    ),
    place(
      {
        x: value(bar.x),
        y: value(0),
        width: value(bar.width),
        height: value(placed.height),
        stroke: value('#000000'),
        strokeWidth: value(0.8),
        fill: value('transparent'),
      },
      'rect',
    ),
    ...bar.ticks.values.map((level) =>
      place(
        {
          x: value(right),
          x2: value(right + TICK),
          y: value(at(level)),
          stroke: value('#000000'),
          strokeWidth: value(0.8),
        },
        'rule',
      ),
    ),
    ...bar.ticks.values.map((level, i) =>
      textMark(
        { text: bar.ticks.labels[i]!, size: rcParams['font.size'], color: '#000000' },
        {
          x: value(right + TICK + TICK_PAD),
          y: value(at(level)),
          align: value('left'),
          baseline: value('middle'),
        },
      ),
    ),
  ];
}

function scalesOf(placed: Placed): VegaScale[] {
  const { axes, width, height, xlim, ylim } = placed;
  const scale = (name: 'x' | 'y', domain: number[], range: number[]): VegaScale => ({
    name,
    type: axes.scales[name],
    domain,
    range,
    nice: false,
    ...(axes.scales[name] === 'linear' ? { zero: false } : {}),
  });
  const words = (name: 'x' | 'y', ticks: Ticks): VegaScale =>
    ({
      name: `${name}labels`,
      type: 'ordinal',
      domain: ticks.values,
      range: ticks.labels.map((label) => lines(label)),
    }) as unknown as VegaScale;
  return [
    scale('x', xlim, [0, width]),
    scale('y', ylim, [height, 0]),
    words('x', placed.xticks),
    words('y', placed.yticks),
  ];
}

function axesGroup(placed: Placed, index: number): { group: GroupMark; data: VegaData[] } {
  const { axes, width, height } = placed;
  const built = axes.artists.map((artist, i) => build(artist, `a${index}_${i}`, placed));
  const size = { width: value(width), height: value(height) };
  const inner = {
    type: 'group',
    clip: true,
    encode: { update: { x: value(0), y: value(0), ...size } },
    marks: built.flatMap((each) => each.marks),
  };
  const frame = {
    type: 'rect',
    interactive: false,
    encode: {
      update: {
        x: value(0),
        y: value(0),
        ...size,
        fill: value('transparent'),
        stroke: value('#000000'),
        strokeWidth: value(0.8),
      },
    },
  };
  const group = {
    type: 'group',
    encode: { update: { x: value(placed.x), y: value(placed.y), ...size } },
    // Grid lines run as far as these two say.
    signals: [
      { name: 'width', value: width },
      { name: 'height', value: height },
    ],
    scales: scalesOf(placed),
    axes: axes.axisOn ? [...axisOf('x', placed), ...axisOf('y', placed)] : [],
    marks: [
      inner,
      ...(axes.axisOn ? [frame] : []),
      ...wordsOf(placed),
      ...colorbarOf(placed),
      ...legendMarks(placed),
    ],
  } as unknown as GroupMark;
  return { group, data: built.flatMap((each) => each.data) };
}

export function toSpec(figure: Figure): Spec {
  const [width, height] = figure.size;
  const groups = layout(figure).map(axesGroup);
  const head = figure.title?.text
    ? [
        textMark(figure.title, {
          x: value(width / 2),
          y: value(6 + figure.title.size),
          align: value('center'),
        }),
      ]
    : [];
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width,
    height,
    padding: 0,
    autosize: 'none',
    background: '#ffffff',
    config: { aria: false } as never,
    data: groups.flatMap((each) => each.data),
    marks: [...groups.map((each) => each.group), ...head],
  };
}
