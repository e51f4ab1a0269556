/** A figure as a Vega specification: each axes a group with its own scales. https://vega.github.io/vega/docs/ */
import type { Axis, Data as VegaData, GroupMark, Mark, Scale as VegaScale, Spec } from 'vega';
import { colormap } from './colormaps.js';
import type { Figure } from './figure.js';
import { layout, LABEL_PAD, type Placed, TICK, TICK_PAD, TITLE_PAD } from './layout.js';
import { legendMarks } from './legend.js';
import { FONT, lines, textMark, value } from './mark_style.js';
import { build } from './marks.js';
import { textHeight } from './measure.js';
import { dataURI, encodePng } from './raster.js';
import { rcParams } from './rc.js';
import type { Ticks } from './ticks.js';

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

function axesGroup(placed: Placed, index: number): { group: GroupMark; data: VegaData[]; images: object } {
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
  const images = Object.assign({}, ...built.map((each) => each.images)) as object;
  return { group, data: built.flatMap((each) => each.data), images };
}

/** The specification, and the pictures that its marks name. */
export function toSpec(figure: Figure): { spec: Spec; images: Map<string, string> } {
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
  const spec: Spec = {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width,
    height,
    padding: 0,
    autosize: 'none',
    background: '#ffffff',
    data: groups.flatMap((each) => each.data),
    marks: [...groups.map((each) => each.group), ...head],
  };
  return {
    spec,
    images: new Map(groups.flatMap((each) => Object.entries(each.images) as [string, string][])),
  };
}
