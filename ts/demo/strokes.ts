/** From the lines that somebody drew to a picture as MNIST's are: 28x28, the digit in 20x20 about its centre of mass. */
import { DIGIT_SIZE, ink } from '../torchvision/datasets/drawn_digits.js';
import type { Point } from '../torchvision/datasets/digit_strokes.js';
import { Refusal } from './refusal.js';

export type { Point };
export type Line = readonly Point[];

/** Most points that one drawing may have: minutes of scribbling. */
export const MOST_POINTS = 5000;
const BOX = 20;
/** Half the width of the pen in pixels: the width of the usual MNIST digit, however large somebody draws. */
const PEN = 1.25;
/** A drawing smaller than this part of the paper is not enlarged to fill it: a dot stays a dot. */
const SMALLEST = 0.12;

/**
 * Lines as they come from the page: an array of lines, each an array of points [x, y] in parts of the paper's side.
 * Pens that leave the paper give points a little outside.
 * @throws {Refusal} saying what it is instead
 */
export function readLines(given: unknown): Point[][] {
  if (!Array.isArray(given)) throw new Refusal(400, 'strokes must be an array of lines');
  let points = 0;
  return given.map((line: unknown, i) => {
    if (!Array.isArray(line)) throw new Refusal(400, `strokes[${i}] must be an array of points [x, y]`);
    points += line.length;
    if (points > MOST_POINTS)
      throw new Refusal(400, `a drawing may have ${MOST_POINTS} points; clear it and draw again`);
    return line.map((point: unknown, k): Point => {
      const fits =
        Array.isArray(point) &&
        point.length === 2 &&
        point.every((v) => typeof v === 'number' && v >= -1 && v <= 2);
      if (!fits)
        throw new Refusal(400, `strokes[${i}][${k}] must be a point [x, y], where 0 to 1 is on the paper`);
      return [point[0] as number, point[1] as number];
    });
  });
}

function draw(lines: readonly Line[], place: (point: Point) => Point): Float32Array {
  const pixels = new Float32Array(DIGIT_SIZE * DIGIT_SIZE);
  for (const line of lines) {
    const placed = line.map(place);
    const [first] = placed;
    if (placed.length === 1) ink(pixels, first!, first!, PEN);
    for (let i = 0; i + 1 < placed.length; i++) ink(pixels, placed[i]!, placed[i + 1]!, PEN);
  }
  return pixels;
}

function centreOfMass(pixels: Float32Array): Point {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((value, i) => {
    mass += value;
    x += value * (i % DIGIT_SIZE);
    y += value * Math.floor(i / DIGIT_SIZE);
  });
  return [x / mass, y / mass];
}

const clamp = (value: number, most: number): number => Math.min(Math.max(value, -most), most);

/** The picture that a net gets to see: 784 bytes, white ink on black; null where nothing is drawn. */
export function digitPicture(lines: readonly Line[]): Uint8Array | null {
  const all = lines.flat();
  if (all.length === 0) return null;
  const box = all.reduce(
    (b, [x, y]) => [Math.min(b[0], x), Math.min(b[1], y), Math.max(b[2], x), Math.max(b[3], y)] as const,
    [Infinity, Infinity, -Infinity, -Infinity] as const,
  );
  const [width, height] = [box[2] - box[0], box[3] - box[1]];
  const scale = (BOX - 2 * PEN) / Math.max(width, height, SMALLEST);
  const middle = (DIGIT_SIZE - 1) / 2;
  const at =
    (dx: number, dy: number) =>
    ([x, y]: Point): Point => [
      (x - (box[0] + box[2]) / 2) * scale + middle + dx,
      (y - (box[1] + box[3]) / 2) * scale + middle + dy,
    ];
  const [x, y] = centreOfMass(draw(lines, at(0, 0)));
  // The digit stays on the picture, even where all its weight is at one end.
  const room = (side: number): number => (DIGIT_SIZE - 2 * PEN - side * scale) / 2;
  const pixels = draw(lines, at(clamp(middle - x, room(width)), clamp(middle - y, room(height))));
  return Uint8Array.from(pixels, (value) => Math.round(value * 255));
}
