/**
 * Scores of classes that are counted, with scikit-learn's names and options
 * (https://scikit-learn.org/stable/modules/model_evaluation.html): numbers in, a number out.
 */
import { ArgumentError, ValueError } from '../../torch/errors.js';

export type Average = 'binary' | 'micro' | 'macro' | 'weighted' | 'samples';
type Class = number | boolean;
/** Classes of items, or rows of 0 and 1 for items with several labels. */
export type Labels = readonly Class[] | readonly (readonly Class[])[];

export interface ScoreOptions {
  /** The classes that count and their order; default: all that occur. */
  labels?: readonly number[] | null;
  /** The class that `average: 'binary'` is about; default: 1. */
  pos_label?: number;
  average?: Average | null;
  sample_weight?: readonly number[] | null;
}
interface Counts {
  right: number;
  predicted: number;
  actual: number;
}

export function weights(
  sample_weight: readonly number[] | null | undefined,
  count: number,
): readonly number[] {
  if (sample_weight && sample_weight.length !== count)
    throw new ValueError(`sample_weight has ${sample_weight.length} numbers for ${count} items`);
  return sample_weight ?? new Array<number>(count).fill(1);
}
/** A share; nothing of nothing is 0, as scikit-learn has it. */
export const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, x) => total + x, 0);

/** All classes that occur, in order. */
export function classesOf(...lists: (readonly Class[])[]): number[] {
  return [...new Set(lists.flat().map(Number))].sort((a, b) => a - b);
}

/** Items (rows) by prediction (columns). */
export function confusion_matrix(
  y_true: readonly Class[],
  y_pred: readonly Class[],
  { labels, sample_weight }: Pick<ScoreOptions, 'labels' | 'sample_weight'> = {},
): number[][] {
  const names = labels ?? classesOf(y_true, y_pred);
  const place = new Map(names.map((name, i) => [name, i]));
  const matrix = names.map(() => new Array<number>(names.length).fill(0));
  const weight = weights(sample_weight, y_true.length);
  y_true.forEach((target, i) => {
    const row = place.get(Number(target));
    const column = place.get(Number(y_pred[i]));
    if (row !== undefined && column !== undefined) matrix[row]![column]! += weight[i]!;
  });
  return matrix;
}

const isRows = (labels: Labels): labels is readonly (readonly Class[])[] => Array.isArray(labels[0]);

function countsOf(
  y_true: Labels,
  y_pred: Labels,
  { labels, sample_weight }: ScoreOptions,
): [number[], Counts[]] {
  const weight = weights(sample_weight, y_true.length);
  if (isRows(y_true)) {
    const rows = y_pred as readonly (readonly Class[])[];
    const names = labels ?? y_true[0]!.map((_, i) => i);
    const counts = names.map((label) => {
      const total = (has: (i: number) => boolean): number =>
        y_true.reduce((n: number, _, i) => n + (has(i) ? weight[i]! : 0), 0);
      return {
        right: total((i) => Boolean(y_true[i]![label]) && Boolean(rows[i]![label])),
        predicted: total((i) => Boolean(rows[i]![label])),
        actual: total((i) => Boolean(y_true[i]![label])),
      };
    });
    return [[...names], counts];
  }
  const pred = y_pred as readonly Class[];
  const all = classesOf(y_true, pred);
  const matrix = confusion_matrix(y_true, pred, { labels: all, sample_weight });
  const names = labels ?? all;
  const counts = names.map((name) => {
    const k = all.indexOf(name);
    if (k < 0) return { right: 0, predicted: 0, actual: 0 };
    return { right: matrix[k]![k]!, predicted: sum(matrix.map((row) => row[k]!)), actual: sum(matrix[k]!) };
  });
  return [[...names], counts];
}

/** One score from those of the classes. @throws {ValueError} `average: 'binary'` for more than two classes */
function averaged(
  op: string,
  score: (counts: Counts) => number,
  y_true: Labels,
  y_pred: Labels,
  options: ScoreOptions,
): number {
  const { average = 'binary', pos_label = 1 } = options;
  if (average === null)
    throw new ArgumentError(`${op}(): average must be a word: a metric is one number`, op);
  const [names, counts] = countsOf(y_true, y_pred, options);
  if (average === 'binary') {
    const present = isRows(y_true) ? [] : classesOf(y_true, y_pred as readonly Class[]);
    if (isRows(y_true) || present.length > 2)
      throw new ValueError(
        `${op}(): there are more than two classes, but average is 'binary': choose 'micro', 'macro' or 'weighted'`,
      );
    if (!present.includes(pos_label) && present.length === 2)
      throw new ValueError(`${op}(): pos_label=${pos_label} is none of the classes ${present.join(', ')}`);
    const place = names.indexOf(pos_label);
    return place < 0 ? 0 : score(counts[place]!);
  }
  if (average === 'micro') {
    const total = (name: keyof Counts): number => sum(counts.map((one) => one[name]));
    return score({ right: total('right'), predicted: total('predicted'), actual: total('actual') });
  }
  if (average === 'samples') return perItem(op, score, y_true, y_pred, options);
  const scores = counts.map(score);
  if (average === 'macro') return sum(scores) / scores.length;
  const support = counts.map(({ actual }) => actual);
  return ratio(sum(scores.map((one, i) => one * support[i]!)), sum(support));
}

function perItem(
  op: string,
  score: (counts: Counts) => number,
  y_true: Labels,
  y_pred: Labels,
  options: ScoreOptions,
) {
  if (!isRows(y_true)) throw new ValueError(`${op}(): average 'samples' is for items with several labels`);
  const weight = weights(options.sample_weight, y_true.length);
  const scores = y_true.map((row, i) => {
    const [, counts] = countsOf([row], [(y_pred as readonly (readonly Class[])[])[i]!], {
      labels: options.labels ?? null,
    });
    return score({
      right: sum(counts.map(({ right }) => right)),
      predicted: sum(counts.map(({ predicted }) => predicted)),
      actual: sum(counts.map(({ actual }) => actual)),
    });
  });
  return ratio(sum(scores.map((one, i) => one * weight[i]!)), sum(weight));
}

export function precision_score(y_true: Labels, y_pred: Labels, options: ScoreOptions = {}): number {
  return averaged(
    'precision_score',
    ({ right, predicted }) => ratio(right, predicted),
    y_true,
    y_pred,
    options,
  );
}
export function recall_score(y_true: Labels, y_pred: Labels, options: ScoreOptions = {}): number {
  return averaged('recall_score', ({ right, actual }) => ratio(right, actual), y_true, y_pred, options);
}
/** @param options as for `f1_score`, and `beta`: how much more recall counts than precision */
export function fbeta_score(
  y_true: Labels,
  y_pred: Labels,
  options: ScoreOptions & { beta: number },
): number {
  const square = options.beta ** 2;
  const score = ({ right, predicted, actual }: Counts): number =>
    ratio((1 + square) * right, square * actual + predicted);
  return averaged('fbeta_score', score, y_true, y_pred, options);
}
export function f1_score(y_true: Labels, y_pred: Labels, options: ScoreOptions = {}): number {
  return fbeta_score(y_true, y_pred, { ...options, beta: 1 });
}
export function jaccard_score(y_true: Labels, y_pred: Labels, options: ScoreOptions = {}): number {
  const score = ({ right, predicted, actual }: Counts): number => ratio(right, predicted + actual - right);
  return averaged('jaccard_score', score, y_true, y_pred, options);
}

/** The share of labels that are wrong. */
export function hamming_loss(
  y_true: Labels,
  y_pred: Labels,
  { sample_weight }: Pick<ScoreOptions, 'sample_weight'> = {},
): number {
  const weight = weights(sample_weight, y_true.length);
  const flat = (row: Class | readonly Class[]): readonly Class[] => (typeof row === 'object' ? row : [row]);
  let [wrong, all] = [0, 0];
  (y_true as readonly (Class | readonly Class[])[]).forEach((row, i) => {
    const pred = flat(y_pred[i]!);
    flat(row).forEach((label, j) => {
      if (Number(label) !== Number(pred[j])) wrong += weight[i]!;
      all += weight[i]!;
    });
  });
  return ratio(wrong, all);
}

/** The mean recall of the classes that occur; `adjusted`: 0 for guessing. */
export function balanced_accuracy_score(
  y_true: readonly Class[],
  y_pred: readonly Class[],
  { sample_weight, adjusted = false }: { sample_weight?: readonly number[] | null; adjusted?: boolean } = {},
): number {
  const matrix = confusion_matrix(y_true, y_pred, { sample_weight });
  const recalls = matrix.flatMap((row, i) => (sum(row) === 0 ? [] : [row[i]! / sum(row)]));
  const score = sum(recalls) / recalls.length;
  if (!adjusted) return score;
  const chance = 1 / recalls.length;
  return (score - chance) / (1 - chance);
}

/** Agreement beyond chance. `weights`: whether distant classes are worse, `'linear'` or `'quadratic'`. */
export function cohen_kappa_score(
  y1: readonly Class[],
  y2: readonly Class[],
  options: {
    labels?: readonly number[] | null;
    weights?: 'linear' | 'quadratic' | null;
    sample_weight?: readonly number[] | null;
  } = {},
): number {
  const matrix = confusion_matrix(y1, y2, options);
  const rows = matrix.map(sum);
  const columns = matrix.map((_, j) => sum(matrix.map((row) => row[j]!)));
  const total = sum(rows);
  const distance = (i: number, j: number): number => {
    if (options.weights === 'linear') return Math.abs(i - j);
    return options.weights === 'quadratic' ? (i - j) ** 2 : Number(i !== j);
  };
  let [seen, expected] = [0, 0];
  matrix.forEach((row, i) => {
    row.forEach((count, j) => {
      seen += distance(i, j) * count;
      expected += (distance(i, j) * rows[i]! * columns[j]!) / total;
    });
  });
  return 1 - seen / expected;
}

/** The correlation of targets and predictions, for any number of classes; 0 where one of both is constant. */
export function matthews_corrcoef(
  y_true: readonly Class[],
  y_pred: readonly Class[],
  { sample_weight }: { sample_weight?: readonly number[] | null } = {},
): number {
  const matrix = confusion_matrix(y_true, y_pred, { sample_weight });
  const actual = matrix.map(sum);
  const predicted = matrix.map((_, j) => sum(matrix.map((row) => row[j]!)));
  const total = sum(actual);
  const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((x, i) => x * b[i]!));
  const right = sum(matrix.map((row, i) => row[i]!));
  const covariance = right * total - dot(actual, predicted);
  const variances = (total ** 2 - dot(predicted, predicted)) * (total ** 2 - dot(actual, actual));
  return variances === 0 ? 0 : covariance / Math.sqrt(variances);
}
