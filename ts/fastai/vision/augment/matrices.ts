/** Matrices that mirror, turn and zoom. https://docs.fast.ai/vision.augment.html#affine-transforms */
import { random } from '../../../fastcore/random.js';
import { namedArguments } from '../../../torch/arguments.js';
import {
  float32,
  gather,
  int64,
  ones_like,
  randint,
  stack,
  tensor,
  tidy,
  ValueError,
  zeros_like,
  type Tensor,
} from '../../../torch/index.js';
import { between, drawn, type Draw } from './draw.js';
import { probability } from './rand_transform.js';

export interface DrawOptions {
  /** How likely a picture is to be changed; default: 0.5. */
  p?: number;
  /** In place of chance: one value for all pictures, one for each, or a function of the batch. */
  draw?: Draw;
  /** The same for all pictures of a batch, drawn by Python's generator; default: false. */
  batch?: boolean;
}
export interface RotateDraws extends DrawOptions {
  /** Degrees; default: 10. */
  max_deg?: number;
}
export interface ZoomDraws extends DrawOptions {
  /** Defaults: 1 and 1.1; more than 1 shows a smaller part. */
  min_zoom?: number;
  max_zoom?: number;
  /** Where the part is, 0 left or top to 1. */
  draw_x?: Draw;
  draw_y?: Draw;
}

/** Options of a function that draws, with a probability that is one. */
function read<T extends DrawOptions>(op: string, names: readonly string[], args: readonly unknown[]): T {
  const given = namedArguments(op, names, args) as unknown as T;
  if (given.p !== undefined) probability(op, given.p);
  return given;
}

/** [N, 3, 3] of six lists of N numbers, the third row being 0, 0, 1. */
export function affine_mat(...ms: [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]): Tensor {
  return tidy(() => {
    const [zero, one] = [zeros_like(ms[0]), ones_like(ms[0])];
    return stack([...ms, zero, zero, one], 1).view(-1, 3, 3);
  });
}

/** [N, 3, 3] that mirrors pictures of the batch `x` left to right. */
export function flip_mat(x: Tensor, ...args: [p?: number | DrawOptions, ...rest: unknown[]]): Tensor {
  const { p = 0.5, draw = null, batch = false } = read<DrawOptions>('flip_mat', flipNames, args);
  return tidy(() => {
    const n = x.shape[0]!;
    const side = drawn(x, (t) => t.new_ones([n]), draw, { p, batch })
      .mul(-2)
      .add(1);
    const zero = zeros_like(side);
    return affine_mat(side, zero, zero, zero, ones_like(side), zero);
  });
}
export const flipNames = ['p', 'draw', 'batch'];

// The eight turns and mirrorings: signs of the two axes, and whether they are exchanged.
const signX = [1, -1, 1, -1, -1, 1, 1, -1];
const signY = [1, 1, -1, 1, -1, -1, 1, -1];
const exchanged = [0, 0, 0, 1, 0, 1, 1, 1];

/** [N, 3, 3] that turns and mirrors pictures of the batch `x`, in one of the eight ways of a square. */
export function dihedral_mat(x: Tensor, ...args: [p?: number | DrawOptions, ...rest: unknown[]]): Tensor {
  const { p = 0.5, draw = null, batch = false } = read<DrawOptions>('dihedral_mat', flipNames, args);
  return tidy(() => {
    const n = x.shape[0]!;
    const { device } = x;
    const chance = (t: Tensor) =>
      batch
        ? t.new_full([n], random.randint(0, 7), { dtype: int64 })
        : randint(0, 8, [n], { dtype: int64, device });
    const ways = drawn(x, chance, draw, { p, batch }).long();
    const of = (table: readonly number[]) => gather(tensor(table, { dtype: int64, device }), 0, ways);
    const [xs, ys, across] = [of(signX), of(signY), of(exchanged)];
    const straight = across.neg().add(1);
    const zero = zeros_like(xs);
    const rows = [xs.mul(straight), xs.mul(across), zero, ys.mul(across), ys.mul(straight), zero] as const;
    return affine_mat(...rows).to(x.is_floating_point() ? x.dtype : float32);
  });
}

/** [N, 3, 3] that turns pictures of the batch `x` by up to `max_deg` degrees either way. */
export function rotate_mat(x: Tensor, ...args: [max_deg?: number | RotateDraws, ...rest: unknown[]]): Tensor {
  const given = read<RotateDraws>('rotate_mat', rotateNames, args);
  const { max_deg = 10, p = 0.5, draw = null, batch = false } = given;
  return tidy(() => {
    const angle = drawn(x, (t) => between(t, -max_deg, max_deg, batch), draw, { p, batch })
      .mul(Math.PI)
      .div(180);
    const [cos, sin, zero] = [angle.cos(), angle.sin(), zeros_like(angle)];
    return affine_mat(cos, sin, zero, sin.neg(), cos, zero);
  });
}
export const rotateNames = ['max_deg', 'p', 'draw', 'batch'];

/**
 * [N, 3, 3] that shows a part of each picture of the batch `x`, `min_zoom` to `max_zoom` times as large, at a place
 * that is drawn too.
 * @throws {ValueError} `min_zoom` is more than `max_zoom`
 */
export function zoom_mat(x: Tensor, ...args: [min_zoom?: number | ZoomDraws, ...rest: unknown[]]): Tensor {
  const given = read<ZoomDraws>('zoom_mat', zoomNames, args);
  const { min_zoom = 1, max_zoom = 1.1, p = 0.5, batch = false } = given;
  if (!(min_zoom <= max_zoom))
    throw new ValueError(`zoom_mat(): min_zoom is ${min_zoom}, more than max_zoom, ${max_zoom}`, 'zoom_mat');
  return tidy(() => {
    const chance = (t: Tensor) => between(t, min_zoom, max_zoom, batch);
    const scale = drawn(x, chance, given.draw ?? null, { p, neutral: 1, batch }).reciprocal();
    const place = (draw: Draw) => drawn(x, (t) => between(t, 0, 1, batch), draw, { p: 1, batch });
    const [column, row] = [place(given.draw_x ?? null), place(given.draw_y ?? null)];
    const rest = scale.neg().add(1);
    const middle = (pct: Tensor) => rest.mul(pct.mul(2).sub(1));
    const zero = zeros_like(scale);
    return affine_mat(scale, zero, middle(column), zero, scale, middle(row));
  });
}
export const zoomNames = ['min_zoom', 'max_zoom', 'p', 'draw', 'draw_x', 'draw_y', 'batch'];
