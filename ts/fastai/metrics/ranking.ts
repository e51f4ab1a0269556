/** Scores of probabilities and of real numbers, with scikit-learn's names and options: numbers in, a number out. */
import { ArgumentError, ValueError } from '../../torch/errors.js';
import { classesOf, sum, weights } from './confusion.js';

type Class = number | boolean;
export interface RankOptions {
  average?: 'macro' | 'weighted' | 'micro' | null;
  sample_weight?: readonly number[] | null;
  /** Only false positive rates up to this one count, the result being scaled to 0.5 for guessing and 1 at best. */
  max_fpr?: number | null;
  multi_class?: 'raise' | 'ovr' | 'ovo';
}

/** Cumulated weights of negatives and positives from the highest score down, one pair for each different score. */
function cumulated(hits: readonly boolean[], scores: readonly number[], weight: readonly number[]) {
  const order = scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const points: { negatives: number; positives: number }[] = [{ negatives: 0, positives: 0 }];
  order.forEach((at, i) => {
    const last = points.at(-1)!;
    const next = {
      negatives: last.negatives + (hits[at] ? 0 : weight[at]!),
      positives: last.positives + (hits[at] ? weight[at]! : 0),
    };
    if (i > 0 && scores[order[i - 1]!] === scores[at]) points[points.length - 1] = next;
    else points.push(next);
  });
  return points;
}

/** The probability that a positive has a higher score than a negative. NaN where there is only one class. */
function binaryAuc(
  hits: readonly boolean[],
  scores: readonly number[],
  { sample_weight, max_fpr = null }: RankOptions,
): number {
  if (max_fpr !== null && !(max_fpr > 0 && max_fpr <= 1))
    throw new ValueError(`roc_auc_score(): max_fpr must be above 0 and at most 1, not ${max_fpr}`);
  const points = cumulated(hits, scores, weights(sample_weight, hits.length));
  const { negatives, positives } = points.at(-1)!;
  if (negatives === 0 || positives === 0) return NaN;
  const end = max_fpr ?? 1;
  let area = 0;
  for (let i = 1; i < points.length; ++i) {
    const [x0, y0] = [points[i - 1]!.negatives / negatives, points[i - 1]!.positives / positives];
    const [x1, y1] = [points[i]!.negatives / negatives, points[i]!.positives / positives];
    if (x0 >= end) break;
    const right = Math.min(x1, end);
    const top = x1 === x0 ? y1 : y0 + ((y1 - y0) * (right - x0)) / (x1 - x0);
    area += ((right - x0) * (y0 + top)) / 2;
  }
  if (end === 1) return area;
  const least = end ** 2 / 2;
  return 0.5 * (1 + (area - least) / (end - least));
}

/**
 * The area under the ROC curve. For more than two classes `y_score` has a row of probabilities for each item, and
 * `multi_class` says whether each class is held against all others (`'ovr'`) or each against each (`'ovo'`).
 */
export function roc_auc_score(
  y_true: readonly Class[],
  y_score: readonly number[] | readonly (readonly number[])[],
  options: RankOptions = {},
): number {
  const { average = 'macro', multi_class = 'raise', max_fpr = null } = options;
  if (!Array.isArray(y_score[0])) {
    const classes = classesOf(y_true);
    if (classes.length > 2)
      throw new ValueError('roc_auc_score(): more than two classes need a score for each');
    return binaryAuc(
      y_true.map((label) => Number(label) === classes.at(-1) && classes.length === 2),
      y_score as readonly number[],
      options,
    );
  }
  const rows = y_score as readonly (readonly number[])[];
  const count = rows[0]!.length;
  if (count === 2)
    return roc_auc_score(
      y_true,
      rows.map((row) => row[1]!),
      options,
    );
  if (multi_class === 'raise') throw new ValueError("roc_auc_score(): multi_class must be 'ovr' or 'ovo'");
  if (max_fpr !== null && max_fpr !== 1) throw new ValueError('roc_auc_score(): max_fpr is for two classes');
  const shares = (labels: readonly number[]): number[] =>
    labels.map((label) => y_true.filter((one) => Number(one) === label).length / y_true.length);
  const labels = Array.from({ length: count }, (_, i) => i);
  const mean = (scores: readonly number[], support: readonly number[]): number => {
    if (average === 'macro') return sum(scores) / scores.length;
    if (average !== 'weighted')
      throw new ArgumentError("roc_auc_score(): average must be 'macro' or 'weighted'");
    return sum(scores.map((score, i) => score * support[i]!)) / sum(support);
  };
  if (multi_class === 'ovr') {
    const scores = labels.map((label) =>
      binaryAuc(
        y_true.map((one) => Number(one) === label),
        rows.map((row) => row[label]!),
        options,
      ),
    );
    return mean(scores, shares(labels));
  }
  const pairs = labels.flatMap((a) => labels.filter((b) => b > a).map((b) => [a, b] as const));
  const scores = pairs.map(([a, b]) => {
    const chosen = rows.flatMap((row, i) =>
      Number(y_true[i]) === a || Number(y_true[i]) === b ? [{ row, i }] : [],
    );
    const held = (label: number): number =>
      binaryAuc(
        chosen.map(({ i }) => Number(y_true[i]) === label),
        chosen.map(({ row }) => row[label]!),
        {},
      );
    return (held(a) + held(b)) / 2;
  });
  return mean(
    scores,
    pairs.map((pair) => sum(shares(pair))),
  );
}

/** The mean precision over all recalls. */
export function average_precision_score(
  y_true: readonly Class[],
  y_score: readonly number[],
  {
    pos_label = 1,
    sample_weight,
  }: { pos_label?: number; sample_weight?: readonly number[] | null; average?: unknown } = {},
): number {
  const hits = y_true.map((label) => Number(label) === pos_label);
  const points = cumulated(hits, y_score, weights(sample_weight, hits.length));
  const { positives: all } = points.at(-1)!;
  if (all === 0) return 0;
  return sum(
    points.slice(1).map(({ negatives, positives }, i) => {
      const gained = (positives - points[i]!.positives) / all;
      return gained === 0 ? 0 : (gained * positives) / (positives + negatives);
    }),
  );
}

interface RealOptions {
  sample_weight?: readonly number[] | null;
}
const meanOf = (numbers: readonly number[], weight: readonly number[]): number =>
  sum(numbers.map((x, i) => x * weight[i]!)) / sum(weight);

/** The share of the targets' variance that is explained: 1 at best, 0 for their mean; 0 where they are all equal. */
export function r2_score(
  y_true: readonly number[],
  y_pred: readonly number[],
  options: RealOptions = {},
): number {
  const weight = weights(options.sample_weight, y_true.length);
  const mean = meanOf(y_true, weight);
  const missed = sum(y_true.map((y, i) => weight[i]! * (y - y_pred[i]!) ** 2));
  const spread = sum(y_true.map((y, i) => weight[i]! * (y - mean) ** 2));
  if (spread === 0) return missed === 0 ? 1 : 0;
  return 1 - missed / spread;
}
/** As `r2_score`, a constant error forgiven. */
export function explained_variance_score(
  y_true: readonly number[],
  y_pred: readonly number[],
  options: RealOptions = {},
): number {
  const off = y_true.map((y, i) => y - y_pred[i]!);
  const mean = meanOf(off, weights(options.sample_weight, y_true.length));
  return r2_score(
    y_true,
    y_pred.map((y) => y + mean),
    options,
  );
}

/** The linear correlation of two lists. */
export function pearsonr(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [x, y].map((list) => {
    const mean = sum(list) / list.length;
    return list.map((value) => value - mean);
  }) as [number[], number[]];
  const dot = (p: readonly number[], q: readonly number[]): number => sum(p.map((value, i) => value * q[i]!));
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** Places in order; equal values share the mean of theirs. */
function ranks(list: readonly number[]): number[] {
  const order = list.map((_, i) => i).sort((a, b) => list[a]! - list[b]!);
  const result = new Array<number>(list.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && list[order[to]!] === list[order[from]!]) ++to;
    for (let i = from; i < to; ++i) result[order[i]!] = (from + to + 1) / 2;
    from = to;
  }
  return result;
}
/** The correlation of the orders of two lists. */
export function spearmanr(x: readonly number[], y: readonly number[]): number {
  return pearsonr(ranks(x), ranks(y));
}
