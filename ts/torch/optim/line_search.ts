/** The line search of LBFGS: a step length that satisfies the strong Wolfe conditions, by cubic interpolation. */
import type { Tensor } from '../tensor.js';

/** Loss, gradient and slope along the direction at one step length. */
interface Point {
  t: number;
  loss: number;
  grad: Tensor;
  slope: number;
}
export interface Found {
  loss: number;
  grad: Tensor;
  t: number;
  evaluations: number;
}
/** Rounds as a tensor of the gradient's dtype would. */
export type Round = (value: number) => number;

const c1 = 1e-4;
const c2 = 0.9;

/** Where the cubic through both points, with their slopes, is lowest, within bounds. */
function interpolate(a: Point, b: Point, round: Round, bounds?: readonly [number, number]): number {
  const [low, high] = bounds ?? (a.t <= b.t ? [a.t, b.t] : [b.t, a.t]);
  const d1 = round(a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t));
  const square = round(round(d1 * d1) - round(a.slope * b.slope));
  // A NaN too leaves the middle.
  if (!(square >= 0)) return (low + high) / 2;
  const d2 = round(Math.sqrt(square));
  const [from, to] = a.t <= b.t ? [a, b] : [b, a];
  const share = round(round(round(to.slope + d2) - d1) / round(round(to.slope - from.slope) + round(2 * d2)));
  const best = round(to.t - round((to.t - from.t) * share));
  return Math.min(Math.max(best, low), high);
}

/**
 * @param evaluate loss and gradient at a step length; the caller owns the gradients it gives, the search frees them
 * @param start what is known at step length 0; its gradient is not freed
 * @param t first step length to try
 */
export function strongWolfe(
  evaluate: (t: number) => { loss: number; grad: Tensor },
  slopeOf: (grad: Tensor) => number,
  round: Round,
  start: Omit<Point, 't'>,
  first: number,
  directionSize: number,
  { tolerance_change = 1e-9, max_ls = 25 }: { tolerance_change?: number; max_ls?: number } = {},
): Found {
  const made: Tensor[] = [];
  let evaluations = 0;
  const at = (t: number): Point => {
    const { loss, grad } = evaluate(t);
    ++evaluations;
    made.push(grad);
    return { t, loss, grad, slope: slopeOf(grad) };
  };
  const tooHigh = (point: Point): boolean =>
    point.loss > round(start.loss + round(c1 * point.t * start.slope));
  const flat = (point: Point): boolean => Math.abs(point.slope) <= -c2 * start.slope;

  const origin: Point = { ...start, t: 0 };
  let previous = origin;
  let current = at(first);
  let done = false;
  let iteration = 0;
  let bracket: Point[] | undefined;
  while (iteration < max_ls) {
    if (tooHigh(current) || (iteration > 1 && current.loss >= previous.loss)) {
      bracket = [previous, current];
      break;
    }
    if (flat(current)) {
      bracket = [current];
      done = true;
      break;
    }
    if (current.slope >= 0) {
      bracket = [previous, current];
      break;
    }
    const next = interpolate(previous, current, round, [
      current.t + 0.01 * (current.t - previous.t),
      current.t * 10,
    ]);
    previous = current;
    current = at(next);
    ++iteration;
  }
  bracket ??= [origin, current];

  let stalled = false;
  let low = bracket[0]!.loss <= bracket[bracket.length - 1]!.loss ? 0 : 1;
  while (!done && iteration < max_ls) {
    const [a, b] = bracket as [Point, Point];
    if (Math.abs(b.t - a.t) * directionSize < tolerance_change) break;
    let t = interpolate(a, b, round);
    // Too near an end of the bracket twice, or beyond it: a tenth of the bracket away from that end.
    const [left, right] = [Math.min(a.t, b.t), Math.max(a.t, b.t)];
    const margin = 0.1 * (right - left);
    if (Math.min(right - t, t - left) < margin) {
      if (stalled || t >= right || t <= left) {
        t = Math.abs(t - right) < Math.abs(t - left) ? right - margin : left + margin;
        stalled = false;
      } else stalled = true;
    } else stalled = false;

    const point = at(t);
    ++iteration;
    if (tooHigh(point) || point.loss >= bracket[low]!.loss) {
      bracket[1 - low] = point;
      low = bracket[0]!.loss <= bracket[1]!.loss ? 0 : 1;
    } else {
      if (flat(point)) done = true;
      else if (point.slope * (bracket[1 - low]!.t - bracket[low]!.t) >= 0) bracket[1 - low] = bracket[low]!;
      bracket[low] = point;
    }
  }
  const best = bracket[low]!;
  // The gradient at the start belongs to the caller.
  const grad = best.grad === start.grad ? best.grad.clone() : best.grad;
  for (const tensor of made) if (tensor !== grad) tensor.dispose();
  return { loss: best.loss, grad, t: best.t, evaluations };
}
