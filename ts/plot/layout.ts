/**
 * Where each Axes of a figure lies, in points from the upper left corner. Room is left for exactly the ticks, labels and
 * titles there are (what matplotlib calls a tight or constrained layout), so nothing is cut and nothing overlaps.
 */
import type { Axes } from './axes.js';
import type { Figure } from './figure.js';
import { textHeight, textWidth } from './measure.js';
import { rcParams } from './rc.js';
import { type Ticks, ticksFor } from './ticks.js';

export const TICK = 3.5;
export const TICK_PAD = 3.5;
export const TITLE_PAD = 6;
export const LABEL_PAD = 4;
const GAP = 8;

export interface Placed {
  axes: Axes;
  x: number;
  y: number;
  width: number;
  height: number;
  xlim: [number, number];
  ylim: [number, number];
  xticks: Ticks;
  yticks: Ticks;
  xrotation: number;
  /** How far the y label stands from the axes, and how tall the tick labels under it are. */
  yLabelAt: number;
  xLabelAt: number;
  colorbar?: { x: number; width: number; ticks: Ticks };
}

interface Sides {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function ticksOf(axes: Axes, direction: 'x' | 'y', limits: [number, number], length: number): Ticks {
  const fixed = axes.fixedTicks[direction];
  const size = rcParams['font.size'];
  const scale = axes.scales[direction];
  const low = Math.min(...limits);
  const high = Math.max(...limits);
  const slack = (high - low) * 1e-9;
  if (fixed) {
    const kept = fixed.values
      .map((_, i) => i)
      .filter((i) => fixed.values[i]! >= low - slack && fixed.values[i]! <= high + slack);
    const values = kept.map((i) => fixed.values[i]!);
    return {
      values,
      labels: fixed.labels
        ? kept.map((i) => fixed.labels![i]!)
        : values.map((value) => String(value).replace('-', '−')),
      minor: [],
    };
  }
  const most = direction === 'y' ? Math.floor(length / (size * 2)) : Math.floor(length / (size * 3));
  const image = axes.artists.some((artist) => artist.kind === 'image');
  for (let count = Math.min(9, Math.max(1, most)); ; count--) {
    const ticks = ticksFor(limits, scale, count);
    if (image && ticks.values.some((value) => !Number.isInteger(value)) && count > 1) continue;
    if (direction === 'y' || count <= 1 || fits(ticks, limits, length, scale === 'log', size)) return ticks;
  }
}

function fits(ticks: Ticks, limits: [number, number], length: number, log: boolean, size: number): boolean {
  const at = (value: number): number => {
    const [a, b, v] = log
      ? ([...limits, value].map(Math.log10) as [number, number, number])
      : [...limits, value];
    return (Math.abs(v - a) / Math.abs(b - a)) * length;
  };
  let end = -Infinity;
  const spots = ticks.values.map((value, i) => ({
    at: at(value),
    half: textWidth(ticks.labels[i]!, size) / 2,
  }));
  for (const spot of spots.sort((a, b) => a.at - b.at)) {
    if (spot.at - spot.half < end) return false;
    end = spot.at + spot.half + size * 0.6;
  }
  return true;
}

/** Room that tick labels, labels and title need around axes of this size. */
function sidesOf(placed: Placed): Sides {
  const { axes, xticks, yticks } = placed;
  const size = rcParams['font.size'];
  const { title, xlabel, ylabel } = axes.words;
  const sides: Sides = { left: 0, right: 0, top: 0, bottom: 0 };
  if (title?.text) sides.top = textHeight(title.text, title.size) + TITLE_PAD;
  placed.xLabelAt = 0;
  placed.yLabelAt = 0;
  if (axes.axisOn) {
    const tickRoom = TICK + TICK_PAD;
    const widest = Math.max(0, ...yticks.labels.map((label) => textWidth(label, size)));
    const longest = Math.max(0, ...xticks.labels.map((label) => textWidth(label, size)));
    const angle = (Math.abs(placed.xrotation) * Math.PI) / 180;
    const tall = xticks.labels.length > 0 ? longest * Math.sin(angle) + size * Math.cos(angle) : 0;
    placed.yLabelAt = yticks.values.length > 0 ? tickRoom + widest : 0;
    placed.xLabelAt = xticks.values.length > 0 ? tickRoom + tall : 0;
    sides.left = placed.yLabelAt + (ylabel?.text ? LABEL_PAD + textHeight(ylabel.text, ylabel.size) : 0);
    sides.bottom = placed.xLabelAt + (xlabel?.text ? LABEL_PAD + textHeight(xlabel.text, xlabel.size) : 0);
    sides.right = angle > 0 ? 0 : textWidth(xticks.labels.at(-1) ?? '', size) / 2;
    sides.top = Math.max(sides.top, yticks.values.length > 0 ? size * 0.4 : 0);
  }
  if (axes.colorbar) {
    const labels = colorbarTicks(placed).labels.map((label) => textWidth(label, size));
    sides.right = Math.max(sides.right, GAP + BAR + TICK + TICK_PAD + Math.max(0, ...labels));
  }
  return sides;
}

const BAR = 12;

function colorbarTicks({ axes, height }: Placed): Ticks {
  const { vmin, vmax } = axes.colorbar!;
  return ticksFor(
    [vmin, vmax],
    'linear',
    Math.min(9, Math.max(1, Math.floor(height / (rcParams['font.size'] * 2)))),
  );
}

/** Names that would run into each other are turned, unless the caller said how they stand. */
function rotationOf(axes: Axes, ticks: Ticks, limits: [number, number], length: number): number {
  const fixed = axes.fixedTicks.x;
  if (fixed?.rotation !== undefined) return fixed.rotation;
  return fixed?.labels && !fits(ticks, limits, length, axes.scales.x === 'log', rcParams['font.size'])
    ? 45
    : 0;
}

function place(axes: Axes, width: number, height: number): Placed {
  const xlim = axes.get_xlim();
  const ylim = axes.get_ylim();
  const xticks = ticksOf(axes, 'x', xlim, width);
  return {
    axes,
    x: 0,
    y: 0,
    width,
    height,
    xlim,
    ylim,
    xticks,
    yticks: ticksOf(axes, 'y', ylim, height),
    xrotation: rotationOf(axes, xticks, xlim, width),
    yLabelAt: 0,
    xLabelAt: 0,
  };
}

/** Shrinks the box until a unit of x is as long as a unit of y. */
function shrinkToEqual(placed: Placed): void {
  const ratio = Math.abs(placed.ylim[1] - placed.ylim[0]) / Math.abs(placed.xlim[1] - placed.xlim[0]);
  const height = Math.min(placed.height, placed.width * ratio);
  const width = height / ratio;
  placed.x += (placed.width - width) / 2;
  placed.y += (placed.height - height) / 2;
  placed.width = width;
  placed.height = height;
}

/** All axes of one grid, laid into the rectangle. */
function layoutGrid(
  group: readonly Axes[],
  box: { x: number; y: number; width: number; height: number },
): Placed[] {
  const { rows, cols } = group[0]!.cell;
  const zeros = (count: number): number[] => new Array<number>(count).fill(0);
  let width = box.width / cols;
  let height = box.height / rows;
  let placed: Placed[] = [];
  let left = zeros(cols);
  let right = zeros(cols);
  let top = zeros(rows);
  let bottom = zeros(rows);
  const bare = group.every((axes) => !axes.axisOn);
  const gapX = cols > 1 ? (bare ? GAP / 2 : GAP) : 0;
  const gapY = rows > 1 ? (bare ? GAP / 2 : GAP) : 0;
  // The labels depend on the size and the size on the labels: three rounds settle it.
  for (let round = 0; round < 3; round++) {
    placed = group.map((axes) => place(axes, width, height));
    left = zeros(cols);
    right = zeros(cols);
    top = zeros(rows);
    bottom = zeros(rows);
    for (const each of placed) {
      const sides = sidesOf(each);
      const { row, col } = each.axes.cell;
      left[col] = Math.max(left[col]!, sides.left);
      right[col] = Math.max(right[col]!, sides.right);
      top[row] = Math.max(top[row]!, sides.top);
      bottom[row] = Math.max(bottom[row]!, sides.bottom);
    }
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    width = Math.max(4, (box.width - sum(left) - sum(right) - gapX * (cols - 1)) / cols);
    height = Math.max(4, (box.height - sum(top) - sum(bottom) - gapY * (rows - 1)) / rows);
  }
  const upTo = (before: readonly number[], after: readonly number[], index: number): number =>
    before.slice(0, index + 1).reduce((a, b) => a + b, 0) + after.slice(0, index).reduce((a, b) => a + b, 0);
  for (const each of placed) {
    const { row, col } = each.axes.cell;
    each.width = width;
    each.height = height;
    each.x = box.x + upTo(left, right, col) + col * (width + gapX);
    each.y = box.y + upTo(top, bottom, row) + row * (height + gapY);
    if (each.axes.equal && each.axes.scales.x === 'linear' && each.axes.scales.y === 'linear') {
      shrinkToEqual(each);
      each.xticks = ticksOf(each.axes, 'x', each.xlim, each.width);
      each.yticks = ticksOf(each.axes, 'y', each.ylim, each.height);
      sidesOf(each);
    }
    if (each.axes.colorbar) each.colorbar = { x: each.width + GAP, width: BAR, ticks: colorbarTicks(each) };
  }
  return placed;
}

/** Axes of the same grid are laid out together; the whole figure is filled up to a margin. */
export function layout(figure: Figure): Placed[] {
  const [width, height] = figure.size;
  const bare = figure.axes.every((axes) => !axes.axisOn && !axes.words.title?.text);
  const margin = Math.min(bare ? 2 : 6, width / 12, height / 12);
  const head = figure.title?.text ? textHeight(figure.title.text, figure.title.size) + TITLE_PAD : 0;
  const box = { x: margin, y: margin + head, width: width - 2 * margin, height: height - 2 * margin - head };
  const groups = new Map<string, Axes[]>();
  for (const axes of figure.axes) {
    const key = `${axes.cell.rows}x${axes.cell.cols}`;
    groups.set(key, [...(groups.get(key) ?? []), axes]);
  }
  return [...groups.values()].flatMap((group) => layoutGrid(group, box));
}
