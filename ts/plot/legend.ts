/** The legend's box, in the corner where it hides the least. */
import type { Mark } from 'vega';
import type { Artist } from './artists.js';
import type { Placed } from './layout.js';
import { textWidth } from './measure.js';
import { rcParams } from './rc.js';
import { dash, markerArea, markerStyle, textMark, value } from './mark_style.js';

type Named = Exclude<Artist, { kind: 'text' | 'image' }>;

const PAD = 5;
const HANDLE = 20;
const AWAY = 5;

/** Points of the drawing in pixels of the axes, for counting what a box would hide. */
function spots({ axes, width, height, xlim, ylim }: Placed): [number, number][] {
  const on = (at: number, [low, high]: [number, number], log: boolean): number =>
    log ? Math.log(at / low) / Math.log(high / low) : (at - low) / (high - low);
  const place = (x: number, y: number): [number, number] => [
    on(x, xlim, axes.scales.x === 'log') * width,
    (1 - on(y, ylim, axes.scales.y === 'log')) * height,
  ];
  return axes.artists.flatMap((artist): [number, number][] => {
    if (artist.kind === 'points') return artist.x.map((x, i) => place(x, artist.y[i]!));
    if (artist.kind === 'bars')
      return artist.boxes.flatMap(([x0, x1, , y1]) => [
        place(x0, y1),
        place((x0 + x1) / 2, y1),
        place(x1, y1),
      ]);
    if (artist.kind !== 'line') return [];
    const ends = artist.x.map((x, i) => place(x, artist.y[i]!));
    if (artist.style === null) return ends;
    // A segment between far points covers ground, too.
    return ends.flatMap((end, i) => {
      const next = ends[i + 1];
      if (!next) return [end];
      const steps = Math.min(32, Math.max(1, Math.ceil(Math.hypot(next[0] - end[0], next[1] - end[1]) / 8)));
      return Array.from({ length: steps }, (_, s): [number, number] => [
        end[0] + ((next[0] - end[0]) * s) / steps,
        end[1] + ((next[1] - end[1]) * s) / steps,
      ]);
    });
  });
}

function corner(placed: Placed, boxWidth: number, boxHeight: number): [number, number] {
  const { width, height } = placed;
  const places: Record<string, [number, number]> = {
    'upper right': [width - boxWidth - AWAY, AWAY],
    'upper left': [AWAY, AWAY],
    'lower left': [AWAY, height - boxHeight - AWAY],
    'lower right': [width - boxWidth - AWAY, height - boxHeight - AWAY],
  };
  const wanted = places[placed.axes.legendAt!];
  if (wanted) return wanted;
  const taken = spots(placed);
  let best: [number, number] = places['upper right']!;
  let fewest = Infinity;
  for (const [x, y] of Object.values(places)) {
    const hidden = taken.filter(
      ([px, py]) => px >= x - 2 && px <= x + boxWidth + 2 && py >= y - 2 && py <= y + boxHeight + 2,
    ).length;
    if (hidden < fewest) {
      fewest = hidden;
      best = [x, y];
    }
  }
  return best;
}

function handle(artist: Named, x: number, y: number): Mark[] {
  const mark = (type: string, update: object): Mark => ({ type, encode: { update } }) as unknown as Mark;
  const color =
    artist.kind === 'points' || artist.kind === 'bars' ? (artist.colors[0] ?? '#000000') : artist.color;
  const opacity = value(artist.alpha);
  if (artist.kind === 'bars' || artist.kind === 'fill')
    return [
      mark('rect', {
        x: value(x),
        y: value(y - 3.5),
        width: value(HANDLE),
        height: value(7),
        fill: value(color),
        opacity,
      }),
    ];
  const marks: Mark[] = [];
  if (artist.kind !== 'points' && artist.style !== null)
    marks.push(
      mark('rule', {
        x: value(x),
        x2: value(x + HANDLE),
        y: value(y),
        stroke: value(color),
        strokeWidth: value(artist.width),
        opacity,
        ...dash(artist.style, artist.width),
      }),
    );
  if (artist.kind !== 'rule' && artist.marker !== null) {
    const side = artist.kind === 'points' ? rcParams['lines.markersize'] : artist.markerSize;
    marks.push(
      mark('symbol', {
        x: value(x + HANDLE / 2),
        y: value(y),
        size: value(markerArea(artist.marker, side)),
        opacity,
        ...markerStyle(artist.marker, value(color)),
      }),
    );
  }
  return marks;
}

/** Marks of the legend, empty where none is asked for or nothing has a label. */
export function legendMarks(placed: Placed): Mark[] {
  if (placed.axes.legendAt === null) return [];
  const named = placed.axes.artists.filter(
    (artist): artist is Named => 'label' in artist && artist.label !== null && !artist.label.startsWith('_'),
  );
  if (named.length === 0) return [];
  const size = rcParams['font.size'];
  const row = size * 1.5;
  const widest = Math.max(...named.map((artist) => textWidth(artist.label!, size)));
  const boxWidth = 2 * PAD + HANDLE + 8 + widest;
  const boxHeight = 2 * PAD + row * named.length - size * 0.4;
  const [x, y] = corner(placed, boxWidth, boxHeight);
  const box = {
    type: 'rect',
    encode: {
      update: {
        x: value(x),
        y: value(y),
        width: value(boxWidth),
        height: value(boxHeight),
        cornerRadius: value(2),
        fill: value('#ffffff'),
        fillOpacity: value(0.8),
        stroke: value('#cccccc'),
        strokeWidth: value(1),
      },
    },
  } as unknown as Mark;
  return [
    box,
    ...named.flatMap((artist, i) => {
      const middle = y + PAD + row * i + size * 0.55;
      return [
        ...handle(artist, x + PAD, middle),
        textMark(
          { text: artist.label!, size, color: '#000000' },
          { x: value(x + PAD + HANDLE + 8), y: value(middle + size * 0.36), align: value('left') },
        ),
      ];
    }),
  ];
}
