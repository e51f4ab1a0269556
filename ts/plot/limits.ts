/** Autoscaling: the span of an Axes' data, with matplotlib's margins of 5%. */
import type { Artist } from './artists.js';
import { extent } from './data.js';
import type { Scale } from './ticks.js';

const MARGIN = 0.05;

interface Span {
  values: number[];
  /** Values next to which no margin is left: the foot of bars, the edges of a picture. */
  sticky: number[];
}

function collect(artists: readonly Artist[], direction: 'x' | 'y'): Span {
  const span: Span = { values: [], sticky: [] };
  const isX = direction === 'x';
  const add = (values: Iterable<number>): void => {
    const found = extent(values);
    if (found) span.values.push(...found);
  };
  for (const artist of artists)
    switch (artist.kind) {
      case 'line':
      case 'points':
        add(artist[direction]);
        break;
      case 'fill':
        if (isX) add(artist.x);
        else {
          add(artist.y1);
          add(artist.y2);
        }
        break;
      case 'rule':
        if ((artist.direction === 'vertical') === isX) add([artist.value]);
        break;
      case 'bars':
        add(artist.boxes.flatMap(([x0, x1, y0, y1]) => (isX ? [x0, x1] : [y0, y1])));
        if ((artist.sticky === 'left') === isX)
          span.sticky.push(...artist.boxes.map((box) => (isX ? box[0] : box[2])));
        break;
      case 'image': {
        const edges = isX ? artist.extent.slice(0, 2) : artist.extent.slice(2);
        add(edges);
        span.sticky.push(...edges);
        break;
      }
      case 'text':
        break;
    }
  return span;
}

/** Limits of one direction, lower first (a picture counted from the top has y the other way round). */
export function autoscale(artists: readonly Artist[], direction: 'x' | 'y', scale: Scale): [number, number] {
  const { values, sticky } = collect(artists, direction);
  const log = scale === 'log';
  const usable = log ? (artists.length > 0 ? positive(artists, direction) : []) : values;
  const found = extent(usable);
  if (!found) return log ? [0.1, 10] : [0, 1];
  let [low, high] = found;
  const atLow = sticky.some((edge) => edge === low);
  const atHigh = sticky.some((edge) => edge === high);
  if (low === high) {
    if (log) return [low / 10 ** MARGIN, high * 10 ** MARGIN];
    const room = low === 0 ? MARGIN : Math.abs(low) * MARGIN;
    return [low - room * 1.1, high + room * 1.1];
  }
  if (log) {
    const ratio = (high / low) ** MARGIN;
    if (!atLow) low /= ratio;
    if (!atHigh) high *= ratio;
  } else {
    const room = (high - low) * MARGIN;
    if (!atLow) low -= room;
    if (!atHigh) high += room;
  }
  const inverted =
    direction === 'y' && artists.some((artist) => artist.kind === 'image' && artist.origin === 'upper');
  return inverted ? [high, low] : [low, high];
}

/** On a logarithmic axis only what lies above zero has a place. */
function positive(artists: readonly Artist[], direction: 'x' | 'y'): number[] {
  const kept = (values: readonly number[]): number[] => {
    const found = extent(values.filter((value) => value > 0));
    return found ? [...found] : [];
  };
  return artists.flatMap((artist) => {
    switch (artist.kind) {
      case 'line':
      case 'points':
        return kept(artist[direction]);
      case 'fill':
        return kept(direction === 'x' ? artist.x : [...artist.y1, ...artist.y2]);
      case 'bars':
        return kept(artist.boxes.flatMap(([x0, x1, y0, y1]) => (direction === 'x' ? [x0, x1] : [y0, y1])));
      case 'rule':
        return (artist.direction === 'vertical') === (direction === 'x') ? kept([artist.value]) : [];
      default:
        return [];
    }
  });
}
