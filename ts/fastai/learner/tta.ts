/** Predictions of several views of the same items. https://docs.fast.ai/learner.html#tta */
import type { TransformsLike } from '../../fastcore/pipeline.js';
import { namedArguments } from '../../torch/arguments.js';
import { ArgumentError } from '../../torch/errors.js';
import { stack, type Tensor } from '../../torch/index.js';
import { LearnerClass } from '../learner.js';
import './inference.js';
import type { BatchSource } from './loop.js';

export interface TTAOptions {
  /** Which loader: 0 for the training set, 1 for the validation set (default). */
  ds_idx?: number;
  /** A loader of its own. */
  dl?: BatchSource | null;
  /** How many passes with training's transforms; default: 4. */
  n?: number;
  /** In place of the loader's transforms. */
  item_tfms?: TransformsLike;
  batch_tfms?: TransformsLike;
  /** The weight of the predictions without augmentation (default: 0.25); null gives both. */
  beta?: number | null;
  /** The largest of all predictions, in place of means; default: false. */
  use_max?: boolean;
}
const names = ['ds_idx', 'dl', 'n', 'item_tfms', 'batch_tfms', 'beta', 'use_max'];

declare module '../learner.js' {
  interface LearnerClass {
    /**
     * Predictions and targets by test time augmentation: the mean of `n` passes with the random transforms of
     * training, and of one pass without, weighted by `beta`. With `beta: null` the first of the two is
     * `[augmented, plain]`. https://docs.fast.ai/learner.html#tta
     * @throws {ArgumentError} an unknown option, or data whose transforms cannot be told to train
     */
    tta(
      ...args: [ds_idx?: number | TTAOptions, dl?: BatchSource | null | TTAOptions, ...rest: unknown[]]
    ): Promise<[preds: Tensor | [augmented: Tensor, plain: Tensor], targs: Tensor]>;
  }
}

interface Renewable extends BatchSource {
  new: (options: object) => Renewable;
  dataset: { set_split_idx<T>(i: number, fn: () => T): T };
}
function renewable(dl: BatchSource | null | undefined): Renewable {
  const { new: renew, dataset } = (dl ?? {}) as Partial<Renewable>;
  if (typeof renew !== 'function' || typeof dataset?.set_split_idx !== 'function')
    throw new ArgumentError('tta(): the data need transforms of their own, as those of a DataBlock', 'tta');
  return dl as Renewable;
}

LearnerClass.prototype.tta = async function (...args) {
  const given = namedArguments('tta', names, args) as TTAOptions;
  const { ds_idx = 1, n = 4, beta = 0.25, use_max = false, item_tfms, batch_tfms } = given;
  if (!Number.isInteger(n) || n < 1)
    throw new ArgumentError(`tta(): n must be a whole number above 0, not ${String(n)}`, 'tta');
  let dl = renewable(given.dl ?? this.dls.at?.(ds_idx) ?? [this.dls.train, this.dls.valid][ds_idx]);
  if (!given.dl) dl = dl.new({ shuffle: false, drop_last: false });
  if (item_tfms != null || batch_tfms != null)
    dl = dl.new({ after_item: item_tfms ?? null, after_batch: batch_tfms ?? null });
  const source = dl;
  const pass = (split_idx: number): Promise<[preds: Tensor, targs: Tensor]> =>
    source.dataset.set_split_idx(split_idx, () => this.get_preds({ dl: source, inner: true })) as Promise<
      [Tensor, Tensor]
    >;

  const views: Tensor[] = [];
  let plain: Tensor, targs: Tensor;
  await this.call('before_fit');
  await this.call('before_epoch');
  try {
    for (let i = 0; i < n; ++i) {
      const [preds, unused] = await pass(0);
      unused.dispose();
      views.push(preds);
    }
    [plain, targs] = await pass(1);
  } finally {
    await this.call('after_fit');
  }
  const all = stack(views);
  const augmented = use_max ? all.amax(0) : all.mean(0);
  for (const t of [all, ...views]) t.dispose();
  if (!use_max && beta === null) return [[augmented, plain], targs];
  const preds = use_max ? augmented.maximum(plain) : augmented.lerp(plain, beta!);
  for (const t of [augmented, plain]) t.dispose();
  return [preds, targs];
};
