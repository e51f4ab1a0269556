/** scikit-learn's way to split: https://docs.fast.ai/data.transforms.html#traintestsplitter */
import { L } from '../../fastcore/foundation.js';
import { numpyRandom, RandomState } from '../../fastcore/random_state.js';
import { namedArguments } from '../../torch/arguments.js';
import { ValueError } from '../../torch/index.js';
import type { Splitter } from './splitters.js';

export interface TrainTestOptions {
  /** The share of the items that is for validation, or how many; default: 0.2. */
  test_size?: number;
  /** A seed of NumPy's; default: NumPy's global generator, which `set_seed` seeds. */
  random_state?: number | null;
  /** A label for each item: both sets get each label in the same proportion. Default: none. */
  stratify?: ArrayLike<unknown> | null;
  /** The share of the items that is for training, or how many; default: all others. */
  train_size?: number | null;
  /** Default: true; otherwise the last items are for validation. */
  shuffle?: boolean;
}
const op = 'TrainTestSplitter';

/**
 * At random as scikit-learn's `train_test_split` does: with the same `random_state` the same items.
 * [scikit-learn](https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.train_test_split.html)
 * @throws {ValueError} sizes that do not fit the items, a label that only one item has
 */
export function TrainTestSplitter(
  ...args: [test_size?: number | TrainTestOptions, ...rest: unknown[]]
): Splitter {
  const names = ['test_size', 'random_state', 'stratify', 'train_size', 'shuffle'];
  const given = namedArguments(op, names, args) as TrainTestOptions;
  const { test_size = 0.2, random_state = null, stratify = null, train_size = null, shuffle = true } = given;
  return ({ length }) => {
    const valid = sizeOf('test_size', test_size, length, Math.ceil);
    const train = train_size === null ? length - valid : sizeOf('train_size', train_size, length, Math.floor);
    if (train + valid > length)
      throw new ValueError(
        `${op}(): train_size and test_size are ${train} and ${valid} of ${length} items`,
        op,
      );
    if (train === 0) throw new ValueError(`${op}(): of ${length} items none is left for training`, op);
    if (!shuffle) {
      if (stratify !== null) throw new ValueError(`${op}(): stratify asks for shuffle`, op);
      return [L.range(train), L.range(train, train + valid)];
    }
    const rng = random_state === null ? numpyRandom : new RandomState(random_state);
    if (stratify !== null) return stratified(Array.from(stratify), length, train, valid, rng);
    const places = rng.permutation(length);
    return [new L(places.slice(valid, valid + train)), new L(places.slice(0, valid))];
  };
}

/** Whole numbers from 1 up count items, others are shares. */
function sizeOf(name: string, size: number, length: number, round: (x: number) => number): number {
  const isCount = Number.isInteger(size) && size >= 1;
  if (isCount ? size >= length : !(size > 0 && size < 1))
    throw new ValueError(
      `${op}(): ${name} is ${size}, neither between 0 and 1 nor a number of items below ${length}`,
      op,
    );
  return isCount ? size : round(size * length);
}

function stratified(labels: unknown[], length: number, train: number, valid: number, rng: RandomState) {
  if (labels.length !== length)
    throw new ValueError(`${op}(): stratify has ${labels.length} labels for ${length} items`, op);
  const byLabel = new Map<unknown, number[]>();
  for (const label of inOrder(labels)) byLabel.set(label, []);
  labels.forEach((label, place) => byLabel.get(label)!.push(place));
  const groups = [...byLabel.values()];
  const least = Math.min(...groups.map((group) => group.length));
  if (least < 2)
    throw new ValueError(`${op}(): the least frequent label of stratify has one item; each needs two`, op);
  for (const [name, size] of Object.entries({ train_size: train, test_size: valid }))
    if (size < groups.length)
      throw new ValueError(`${op}(): ${name} is ${size}, fewer than the ${groups.length} labels`, op);

  const counts = groups.map((group) => group.length);
  const forTrain = shares(counts, train, rng);
  const forValid = shares(
    counts.map((count, i) => count - forTrain[i]!),
    valid,
    rng,
  );
  const [trainPlaces, validPlaces]: [number[], number[]] = [[], []];
  groups.forEach((group, i) => {
    const places = rng.permutation(group.length).map((place) => group[place]!);
    const [a, b] = [forTrain[i]!, forTrain[i]! + forValid[i]!];
    trainPlaces.push(...places.slice(0, a));
    validPlaces.push(...places.slice(a, b));
  });
  return [new L(rng.permutation(trainPlaces)), new L(rng.permutation(validPlaces))] as [L<number>, L<number>];
}
/** As np.unique has them: numbers by size, all else as text. */
function inOrder(labels: readonly unknown[]): unknown[] {
  return [...new Set(labels)].sort((a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return String(a) < String(b) ? -1 : 1;
  });
}
/** `n` draws shared out in proportion to `counts`; what is left goes to the largest remainders, drawn where they are equal. */
function shares(counts: readonly number[], n: number, rng: RandomState): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  const exact = counts.map((count) => (count / sum) * n);
  const whole = exact.map(Math.floor);
  const remainders = exact.map((share, i) => share - whole[i]!);
  let left = n - whole.reduce((a, b) => a + b, 0);
  for (const value of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (left === 0) break;
    const equal = remainders.flatMap((remainder, i) => (remainder === value ? [i] : []));
    const count = Math.min(equal.length, left);
    for (const i of rng.sample(equal, count)) whole[i]! += 1;
    left -= count;
  }
  return whole;
}
