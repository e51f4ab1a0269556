/** Functions of the position in a fit, 0 to 1. https://docs.fast.ai/callback.schedule.html#annealing */
import { ArgumentError, ValueError } from '../../torch/errors.js';

/** One value, or one for each group of parameters. */
export type Value = number | readonly number[];
/** The value of a hyper-parameter at a position. */
export type Schedule<V extends Value = Value> = (pos: number) => V;
type Anneal = (start: number, end: number, pos: number) => number;

function spread(f: Anneal, start: Value, end: Value, pos: number): Value {
  if (typeof start === 'number' && typeof end === 'number') return f(start, end, pos);
  const n = typeof start === 'number' ? (end as readonly number[]).length : start.length;
  const at = (value: Value, i: number): number => (typeof value === 'number' ? value : value[i]!);
  return Array.from({ length: n }, (_, i) => f(at(start, i), at(end, i), pos));
}
function annealer(f: Anneal) {
  function schedule(start: number, end: number): Schedule<number>;
  function schedule(start: Value, end: Value): Schedule;
  function schedule(start: Value, end: Value): Schedule {
    return (pos) => spread(f, start, end, pos);
  }
  return schedule;
}

export const sched_lin: Anneal = (start, end, pos) => start + pos * (end - start);
export const sched_cos: Anneal = (start, end, pos) =>
  start + ((1 + Math.cos(Math.PI * (1 - pos))) * (end - start)) / 2;
export const sched_no: Anneal = (start) => start;
export const sched_exp: Anneal = (start, end, pos) => start * (end / start) ** pos;

/** Linear from `start` to `end`. */
export const SchedLin = annealer(sched_lin);
/** Along half a cosine from `start` to `end`. */
export const SchedCos = annealer(sched_cos);
/** `start` all along. */
export const SchedNo = annealer(sched_no);
/** Exponential from `start` to `end`. */
export const SchedExp = annealer(sched_exp);
/** Along a polynomial of degree `power`. */
export function SchedPoly(start: number, end: number, power: number): Schedule<number>;
export function SchedPoly(start: Value, end: Value, power: number): Schedule;
export function SchedPoly(start: Value, end: Value, power: number): Schedule {
  return (pos) => spread((a, b, p) => a + (b - a) * p ** power, start, end, pos);
}

/**
 * One schedule after the other, each over its share of the fit.
 *
 * Positions within a share are rounded to float32 as fastai computes them with a tensor: schedules come out as its own
 * to the last digit.
 * @throws {ValueError} the shares are negative or do not add up to 1
 */
export function combine_scheds<V extends Value>(
  pcts: readonly number[],
  scheds: readonly Schedule<V>[],
): Schedule<V> {
  if (pcts.length !== scheds.length)
    throw new ArgumentError(`combine_scheds(): ${pcts.length} shares for ${scheds.length} schedules`);
  if (pcts.some((pct) => !(pct >= 0))) throw new ValueError('combine_scheds(): shares must not be negative');
  if (Math.abs(pcts.reduce((a, b) => a + b, 0) - 1) > 1e-9)
    throw new ValueError(`combine_scheds(): shares must add up to 1, not [${pcts.join(', ')}]`);
  const { fround } = Math;
  const bounds = [0];
  // A running sum in float32 is torch.cumsum's for so few numbers.
  for (const pct of pcts) bounds.push(fround(bounds.at(-1)! + fround(pct)));
  return (pos) => {
    const p = fround(pos);
    let i = 0;
    while (i + 1 < scheds.length && p >= bounds[i + 1]!) ++i;
    const share = fround(fround(p - bounds[i]!) / fround(bounds[i + 1]! - bounds[i]!));
    return scheds[i]!(share);
  };
}

/** Along a cosine from `start` to `middle` over the share `pct`, and on to `end` over the rest. */
export function combined_cos(pct: number, start: number, middle: number, end: number): Schedule<number>;
export function combined_cos(pct: number, start: Value, middle: Value, end: Value): Schedule;
export function combined_cos(pct: number, start: Value, middle: Value, end: Value): Schedule {
  return combine_scheds([pct, 1 - pct], [SchedCos(start, middle), SchedCos(middle, end)]);
}
