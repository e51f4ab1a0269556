import type { Point } from '../../ts/demo/strokes.js';

/** Digits as somebody might draw them, each in one line, on a paper of side 1. */
export const three: Point[] = [
  [0.3, 0.25],
  [0.4, 0.17],
  [0.55, 0.17],
  [0.65, 0.27],
  [0.6, 0.4],
  [0.45, 0.48],
  [0.62, 0.55],
  [0.68, 0.68],
  [0.58, 0.82],
  [0.42, 0.84],
  [0.3, 0.75],
];
export const seven: Point[] = [
  [0.25, 0.2],
  [0.7, 0.2],
  [0.5, 0.5],
  [0.42, 0.85],
];
