/** Where a model errs. https://docs.fast.ai/interpret.html */
import { L } from '../fastcore/foundation.js';
import { checkOptions } from '../torch/arguments.js';
import { ArgumentError } from '../torch/errors.js';
import { callable, no_grad, Tensor } from '../torch/index.js';
import type { Axes } from '../plot/index.js';
import type { LearnerClass } from './learner.js';
import type { PredsOptions } from './learner/inference.js';
import './learner/inference.js';
import type { BatchSource } from './learner/loop.js';
import { flatten_check } from './metrics/basic.js';
import { confusion_matrix, f1_score, precision_score, recall_score } from './metrics/confusion.js';
import * as plots from './plots.js';

export interface InterpretationOptions {
  /** Which loader: 1, the validation set, by default. */
  ds_idx?: number;
  /** A loader of its own. */
  dl?: BatchSource | null;
  /** Applied to the predictions; default: the loss function's activation. */
  act?: PredsOptions['act'];
}
interface Parts {
  learn: LearnerClass;
  dl: BatchSource;
  preds: Tensor;
  targs: Tensor;
  decoded: Tensor;
  losses: Tensor;
}

async function parts(learn: LearnerClass, options: InterpretationOptions): Promise<Parts> {
  checkOptions('from_learner', options, ['ds_idx', 'dl', 'act']);
  const { ds_idx = 1, act } = options;
  const dl = options.dl ?? learn.dls.at?.(ds_idx) ?? [learn.dls.train, learn.dls.valid][ds_idx];
  if (!dl) throw new ArgumentError(`from_learner(): the data have no set with the number ${ds_idx}`);
  const given = { dl, with_loss: true, with_decoded: true, ...(act === undefined ? {} : { act }) };
  const [preds, targs, decoded, losses] = (await learn.get_preds(given)) as [Tensor, Tensor, Tensor, Tensor];
  if (!(preds instanceof Tensor) || !(targs instanceof Tensor))
    throw new ArgumentError('from_learner(): models with several outputs or targets cannot be interpreted');
  return { learn, dl, preds, targs, decoded, losses };
}

export interface TopLossesPlot {
  largest?: boolean;
  nrows?: number | null;
  ncols?: number | null;
  figsize?: readonly number[] | null;
  title?: string | null;
  cmap?: string;
}

export class InterpretationClass {
  readonly learn: LearnerClass;
  readonly dl: BatchSource;
  readonly preds: Tensor;
  readonly targs: Tensor;
  readonly decoded: Tensor;
  readonly losses: Tensor;

  /** From `from_learner`, as a rule. */
  constructor({ learn, dl, preds, targs, decoded, losses }: Parts) {
    this.learn = learn;
    this.dl = dl;
    this.preds = preds;
    this.targs = targs;
    this.decoded = decoded;
    this.losses = losses;
  }
  /** Predictions and losses of a whole set. */
  static async from_learner<T>(
    this: new (parts: Parts) => T,
    learn: LearnerClass,
    options: InterpretationOptions = {},
  ): Promise<T> {
    return new this(await parts(learn, options));
  }

  /**
   * The `k` (default: all) largest losses, or the smallest, in order, and the places of their items in the set.
   * @returns `[losses, indices]`, [k] each
   */
  top_losses(
    k: number | null = null,
    { largest = true }: { largest?: boolean } = {},
  ): [losses: Tensor, idxs: Tensor] {
    const count = this.losses.shape[0]!;
    const [values, idxs] = this.losses.topk(Math.min(k ?? count, count), -1, largest, true) as unknown as [
      Tensor,
      Tensor,
    ];
    return [values, idxs];
  }

  /** Pictures with the largest losses: prediction, actual class, loss and probability above each. */
  plot_top_losses(k: number, options: TopLossesPlot = {}): Axes[] {
    const { largest = true, ...rest } = options;
    const [losses, idxs] = this.top_losses(k, { largest });
    const items = numbersOf(idxs).map((at, i) => {
      const row = this.preds.at(at);
      const item = itemOf(this.dl, at);
      return {
        image: Array.isArray(item) ? (item as unknown[])[0] : item,
        pred: this.label(this.decoded.at(at)),
        actual: this.label(this.targs.at(at)),
        loss: Number(losses.at(i).item()),
        prob: Number(row.max().item()),
      };
    });
    return plots.plot_top_losses(items, rest);
  }
  /** A target or decoded prediction as it is shown. */
  protected label(value: Tensor): unknown {
    return value.numel() === 1 ? value.item() : value.tolist();
  }
}
export const Interpretation = callable(InterpretationClass);
export type Interpretation = InterpretationClass;

/** Elements of a tensor of one dimension. */
function numbersOf(t: Tensor): number[] {
  return Array.from(t.contiguous().toTypedArray() as ArrayLike<number | bigint>, Number);
}

/** An item of the set behind a loader. @throws {ArgumentError} its items cannot be reached one by one */
function itemOf(dl: BatchSource, at: number): unknown {
  const { dataset } = dl as { dataset?: unknown };
  const set = dataset as
    { at?(i: number): unknown; get?(i: number): unknown; [i: number]: unknown } | undefined;
  if (set === undefined)
    throw new ArgumentError('plot_top_losses(): the loader has no dataset to take items from');
  if (typeof set.at === 'function') return set.at(at);
  return typeof set.get === 'function' ? set.get(at) : set[at];
}

class ClassificationInterpretationClass extends InterpretationClass {
  /** The names of the classes. */
  readonly vocab: L<unknown>;

  constructor(given: Parts) {
    // A plain function as loss does not decode: the class with the highest value is meant.
    const { preds, targs, decoded } = given;
    const wide = decoded.numel() !== targs.numel() && preds.ndim > 1;
    super(wide ? { ...given, decoded: no_grad(() => preds.argmax(-1)) } : given);
    const sources = [given.dl, given.learn.dls] as { vocab?: unknown }[];
    const vocab = sources.map((one) => one.vocab).find((one) => one !== undefined && one !== null);
    const list = L<unknown>(vocab);
    // Several vocabularies, one for each kind of target: the last one is for classes.
    const last = list.at(-1);
    const isNested = Array.isArray(last);
    this.vocab = isNested ? L<unknown>(last) : list.length > 0 ? list : L.range(preds.shape.at(-1)!);
  }

  #classes(): [targs: number[], decoded: number[]] {
    const [decoded, targs] = flatten_check(this.decoded, this.targs);
    return [numbersOf(targs), numbersOf(decoded)];
  }
  /** Items by class (rows) and by what they were taken for (columns). */
  confusion_matrix(): number[][] {
    return confusion_matrix(...this.#classes(), { labels: this.vocab.map((_, i) => i) });
  }
  /** The pairs of classes that are confused at least `min_val` (default: 1) times: actual, predicted, how often. */
  most_confused(min_val = 1): [actual: unknown, predicted: unknown, count: number][] {
    const found = this.confusion_matrix().flatMap((row, i) =>
      row.flatMap((count, j): [unknown, unknown, number][] =>
        i !== j && count >= min_val ? [[this.vocab[i], this.vocab[j], count]] : [],
      ),
    );
    return found.sort((a, b) => b[2] - a[2]);
  }
  /** The confusion matrix as a picture. `normalize`: shares of each row. */
  plot_confusion_matrix(options: plots.ConfusionMatrixOptions = {}): Axes {
    return plots.plot_confusion_matrix(this.confusion_matrix(), this.vocab, options);
  }
  protected override label(value: Tensor): unknown {
    return value.numel() === 1 ? (this.vocab[Number(value.item())] ?? value.item()) : super.label(value);
  }

  /** Precision, recall and F1 score of each class as a table, laid out as scikit-learn's. */
  classification_report(): string {
    const [targs, decoded] = this.#classes();
    const scores = [precision_score, recall_score, f1_score];
    const names = this.vocab.map(String);
    const width = Math.max('weighted avg'.length, ...names.map(({ length }) => length));
    const line = (name: string, ...cells: string[]): string =>
      `${name.padStart(width)} ${cells.map((cell) => ` ${cell.padStart(9)}`).join('')}`;
    const rows = names.map((name, i) => {
      const one = scores.map((score) => score(targs, decoded, { average: 'macro', labels: [i] }));
      return line(name, ...one.map(twoDigits), String(targs.filter((target) => target === i).length));
    });
    const count = String(targs.length);
    const right = targs.filter((target, i) => target === decoded[i]).length / targs.length;
    const labels = names.map((_, i) => i);
    const means = (['macro', 'weighted'] as const).map((average) =>
      line(
        `${average} avg`,
        ...scores.map((score) => twoDigits(score(targs, decoded, { average, labels }))),
        count,
      ),
    );
    const head = line('', 'precision', 'recall', 'f1-score', 'support');
    return [head, '', ...rows, '', line('accuracy', '', '', twoDigits(right), count), ...means, ''].join(
      '\n',
    );
  }
  print_classification_report(): void {
    console.log(this.classification_report());
  }
}
export const ClassificationInterpretation = callable(ClassificationInterpretationClass);
export type ClassificationInterpretation = ClassificationInterpretationClass;

/** Python rounds halves to the even digit, and only odd eighths are halves of a hundredth. */
function twoDigits(value: number): string {
  if (!Number.isInteger(value * 8) || Number.isInteger(value * 4)) return value.toFixed(2);
  const below = Math.floor(value * 100);
  return ((below % 2 === 0 ? below : below + 1) / 100).toFixed(2);
}
