import fs from 'node:fs';
import path from 'node:path';

import { encodePng } from '../io/png.js';
import { digitStrokes } from './digit_strokes.js';
import type { Point, Stroke } from './digit_strokes.js';

export const DIGIT_SIZE = 28;
const BOX = 20;
const STEPS = 6;

/** A small generator of its own (mulberry32): drawing must not move torch's stream of random numbers. */
class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed | 0;
  }
  uniform(low = 0, high = 1): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return low + (((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * (high - low);
  }
  /** Nearly normal and never far out: the sum of four uniform numbers. */
  spread(deviation: number): number {
    const sum = this.uniform() + this.uniform() + this.uniform() + this.uniform();
    return (sum - 2) * Math.sqrt(3) * deviation;
  }
  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.uniform(0, items.length))]!;
  }
}

/** Catmull-Rom: a curve through all points, its ends continued as they start. */
function smooth(points: readonly Point[]): Point[] {
  const at = (i: number) => points[Math.min(Math.max(i, 0), points.length - 1)]!;
  const out: Point[] = [points[0]!];
  for (let i = 0; i + 1 < points.length; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let step = 1; step <= STEPS; step++) {
      const t = step / STEPS;
      const blend = (k: 0 | 1) =>
        0.5 *
        (2 * b[k] +
          (c[k] - a[k]) * t +
          (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k]) * t * t +
          (3 * b[k] - a[k] - 3 * c[k] + d[k]) * t * t * t);
      out.push([blend(0), blend(1)]);
    }
  }
  return out;
}

/** Straight lines need inner points too, or the distortion could not bend them. */
function subdivide(points: readonly Point[]): Point[] {
  return points.flatMap((from, i): Point[] => {
    const to = points[i + 1];
    if (to === undefined) return [from];
    return Array.from({ length: STEPS }, (_, step): Point => {
      const t = step / STEPS;
      return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t];
    });
  });
}

/** A few long waves that push every point a little aside: the same as an elastic distortion of the picture. */
function elastic(dice: Dice, strength: number): (point: Point) => Point {
  const waves = [0, 1].map(() =>
    Array.from({ length: 3 }, () => ({
      x: dice.uniform(-5, 5),
      y: dice.uniform(-5, 5),
      phase: dice.uniform(0, 2 * Math.PI),
      height: dice.spread(strength),
    })),
  );
  const shift = (axis: number, [px, py]: Point) =>
    waves[axis]!.reduce(
      (sum, { x, y, phase, height }) => sum + height * Math.sin(x * px + y * py + phase),
      0,
    );
  return (point) => [point[0] + shift(0, point), point[1] + shift(1, point)];
}

/** Slant, turn and stretch. */
function affine(dice: Dice): (point: Point) => Point {
  const slant = -0.12 + dice.spread(0.24);
  const angle = dice.spread(0.16);
  const [width, height] = [dice.uniform(0.55, 1.05), dice.uniform(0.9, 1.05)];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return ([px, py]) => {
    const y = (py - 0.5) * height;
    const x = (px - 0.5) * width + slant * y;
    return [x * cos - y * sin, x * sin + y * cos];
  };
}

/** Fits the strokes into the middle as MNIST's digits are: 20 pixels for the longer side, placed by centre. */
function fit(dice: Dice, strokes: Point[][], pen: number): Point[][] {
  const all = strokes.flat();
  const range = (k: 0 | 1) => [Math.min(...all.map((p) => p[k])), Math.max(...all.map((p) => p[k]))] as const;
  const [left, right] = range(0);
  const [top, bottom] = range(1);
  const scale = (BOX - 2 * pen) / Math.max(right - left, bottom - top);
  const middle = (DIGIT_SIZE - 1) / 2;
  const [dx, dy] = [middle + dice.spread(0.9), middle + dice.spread(0.7)];
  return strokes.map((stroke) =>
    stroke.map(([x, y]): Point => [
      (x - (left + right) / 2) * scale + dx,
      (y - (top + bottom) / 2) * scale + dy,
    ]),
  );
}

/** @internal Darkens each pixel by its distance from the line, with a soft edge instead of steps. */
export function ink(pixels: Float32Array, a: Point, b: Point, pen: number): void {
  const reach = pen + 1;
  const [ax, ay] = a;
  const [ex, ey] = [b[0] - ax, b[1] - ay];
  const length2 = ex * ex + ey * ey;
  const from = (k: 0 | 1) => Math.max(0, Math.floor(Math.min(a[k], b[k]) - reach));
  const to = (k: 0 | 1) => Math.min(DIGIT_SIZE - 1, Math.ceil(Math.max(a[k], b[k]) + reach));
  for (let y = from(1); y <= to(1); y++) {
    for (let x = from(0); x <= to(0); x++) {
      const t = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * ex + (y - ay) * ey) / length2));
      const distance = Math.sqrt((x - ax - t * ex) ** 2 + (y - ay - t * ey) ** 2);
      const cover = Math.min(1, Math.max(0, (pen - distance) / 1.2 + 0.5));
      const place = y * DIGIT_SIZE + x;
      if (cover > pixels[place]!) pixels[place] = cover;
    }
  }
}

function drawInto(out: Uint8Array, dice: Dice, strokes: readonly Stroke[]): void {
  const pen = dice.uniform(0.75, 1.75);
  const wobble = ([x, y]: Point): Point => [x + dice.spread(0.035), y + dice.spread(0.035)];
  // A point that two strokes share must move once, or the strokes come apart.
  const moved = new Map<string, Point>();
  const move = (point: Point): Point => {
    const key = point.join();
    const known = moved.get(key) ?? wobble(point);
    moved.set(key, known);
    return known;
  };
  const bend = elastic(dice, 0.03);
  const place = affine(dice);
  const paths = strokes.map(({ points, straight }) => {
    const held = points.map(move);
    return (straight === true ? subdivide(held) : smooth(held)).map((point) => place(bend(point)));
  });
  const cover = new Float32Array(DIGIT_SIZE * DIGIT_SIZE);
  for (const stroke of fit(dice, paths, pen))
    for (let i = 0; i + 1 < stroke.length; i++) ink(cover, stroke[i]!, stroke[i + 1]!, pen);
  const shade = dice.uniform(215, 255);
  for (let i = 0; i < cover.length; i++) out[i] = Math.round(cover[i]! * shade);
}

/**
 * Draws `count` handwriting-like pictures of one digit, 28x28 bytes each, white ink on black as in MNIST: stroke
 * skeletons with random slant, stretch, elastic distortion and pen width. The same seed draws the same pictures.
 * They stand in where MNIST cannot be had; figures measured on them are not MNIST's.
 */
export function drawDigits(digit: number, count: number, seed: number): Uint8Array {
  const styles = digitStrokes[digit];
  if (styles === undefined) throw new RangeError(`drawDigits(): ${digit} is no digit from 0 to 9`);
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`drawDigits(): count is ${count}`);
  const area = DIGIT_SIZE * DIGIT_SIZE;
  const pixels = new Uint8Array(count * area);
  const dice = new Dice(Math.imul(seed, 10) + digit);
  for (let i = 0; i < count; i++)
    drawInto(pixels.subarray(i * area, (i + 1) * area), dice, dice.pick(styles));
  return pixels;
}

export interface DrawnFolderOptions {
  digits: readonly number[];
  /** Pictures of each digit in `train`. */
  train: number;
  /** Pictures of each digit in `valid`. */
  valid: number;
  seed: number;
}

/** Writes drawn digits as PNGs in the layout of fast.ai's samples: train/3/0.png, ..., valid/7/499.png. */
export function writeDrawnDigits(folder: string, { digits, train, valid, seed }: DrawnFolderOptions): void {
  for (const digit of digits) {
    const area = DIGIT_SIZE * DIGIT_SIZE;
    const pixels = drawDigits(digit, train + valid, seed);
    for (const [part, first, count] of [
      ['train', 0, train],
      ['valid', train, valid],
    ] as const) {
      const target = path.join(folder, part, String(digit));
      fs.mkdirSync(target, { recursive: true });
      for (let i = 0; i < count; i++) {
        const picture = pixels.subarray((first + i) * area, (first + i + 1) * area);
        const png = encodePng(picture, { width: DIGIT_SIZE, height: DIGIT_SIZE, channels: 1, level: 6 });
        fs.writeFileSync(path.join(target, `${i}.png`), png);
      }
    }
  }
}
