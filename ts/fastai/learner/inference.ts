/** Validation and predictions. https://docs.fast.ai/learner.html#learner.get_preds */
import { L } from '../../fastcore/foundation.js';
import { checkOptions } from '../../torch/arguments.js';
import { ArgumentError } from '../../torch/errors.js';
import { no_grad, tensor, Tensor } from '../../torch/index.js';
import { GatherPredsCallback, gatherNames, type GatherPredsOptions } from '../callback/gather.js';
import { LearnerClass, listOf, type LearnerOptions, type LogEntry, type LossFunc } from '../learner.js';
import { apply } from '../torch_core.js';
import type { BatchSource } from './loop.js';

export interface PredsOptions extends GatherPredsOptions {
  /** Which loader: 0 for the training set, 1 for the validation set (default). */
  ds_idx?: number;
  /** A loader of its own. */
  dl?: BatchSource | null;
  /** Predictions as the loss function decodes them, such as the class's number. */
  with_decoded?: boolean;
  /** Applied to the predictions (default: the loss function's activation). */
  act?: ((preds: Tensor) => Tensor) | null;
  /** Within a fit, whose events are not repeated then. */
  inner?: boolean;
  /** Predictions in the order of the items, in whatever order the loader gives them (default: true). */
  reorder?: boolean;
  cbs?: LearnerOptions['cbs'];
}

declare module '../learner.js' {
  interface LearnerClass {
    /** Loss and metrics over the validation set. https://docs.fast.ai/learner.html#learner.validate */
    validate(options?: {
      ds_idx?: number;
      dl?: BatchSource | null;
      cbs?: LearnerOptions['cbs'];
    }): Promise<L<LogEntry>>;
    /**
     * Predictions and targets of a whole set: `[preds, targs]`, with inputs before them and decoded predictions and
     * losses after them where asked for. https://docs.fast.ai/learner.html#learner.get_preds
     */
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tensors, or lists of them, as the model gives them
    get_preds(options?: PredsOptions): Promise<any[]>;
    /**
     * What the model says of one item: the decoded prediction, its tensor, and the probabilities.
     * https://docs.fast.ai/learner.html#learner.predict
     */
    predict(item: unknown, options?: { with_input?: boolean }): Promise<unknown[]>;
    /** Shows a batch with targets and predictions. https://docs.fast.ai/learner.html#learner.show_results */
    show_results(options?: {
      ds_idx?: number;
      dl?: BatchSource | null;
      max_n?: number;
      shuffle?: boolean;
    }): Promise<unknown>;
  }
}

/** What some loaders can do beside giving batches. */
interface Renewable extends BatchSource {
  readonly drop_last?: boolean;
  readonly new: (options: Record<string, unknown>) => Renewable;
  get_idxs?(): number[];
  one_batch?(): unknown;
}
const isRenewable = (dl: BatchSource): dl is Renewable =>
  typeof (dl as Partial<Renewable>).new === 'function';

function loaderOf(learn: LearnerClass, ds_idx: number): BatchSource {
  const { dls } = learn;
  const dl = dls.at?.(ds_idx) ?? [dls.train, dls.valid][ds_idx];
  if (!dl) throw new ArgumentError(`the data have no set with the number ${ds_idx}`, 'Learner');
  return dl;
}

/** A validation outside of a fit has the events of one around it, and shows nothing. */
async function validation(
  learn: LearnerClass,
  dl: BatchSource,
  { cbs, inner = false }: { cbs?: LearnerOptions['cbs']; inner?: boolean },
): Promise<void> {
  const before = { dl: learn.dl, iter: learn.iter, n_iter: learn.n_iter, training: learn.training };
  await learn.no_logging(() =>
    learn.no_mbar(() =>
      learn.added_cbs(cbs, () =>
        learn.running(async (loop) => {
          if (!inner) for (const name of ['before_fit', 'before_epoch'] as const) await learn.call(name);
          await loop.validate(dl);
          if (!inner) for (const name of ['after_epoch', 'after_fit'] as const) await learn.call(name);
        }),
      ),
    ),
  );
  if (inner) Object.assign(learn, before);
}

LearnerClass.prototype.validate = async function (options = {}) {
  checkOptions('validate', options, ['ds_idx', 'dl', 'cbs']);
  const { ds_idx = 1, dl, cbs } = options;
  await validation(this, dl ?? loaderOf(this, ds_idx), { cbs });
  return this.final_record ?? L<LogEntry>();
};

const options = ['ds_idx', 'dl', 'with_decoded', 'act', 'inner', 'reorder', 'cbs', ...gatherNames];
interface Decoder {
  activation?: (preds: Tensor) => Tensor;
  decodes?: (preds: Tensor) => Tensor;
  reduction?: string;
}

LearnerClass.prototype.get_preds = async function (given = {}) {
  checkOptions('get_preds', given, options);
  const { ds_idx = 1, with_input = false, with_decoded = false, with_loss = false, reorder = true } = given;
  let dl = given.dl ?? loaderOf(this, ds_idx);
  if (isRenewable(dl) && (!given.dl || dl.drop_last)) dl = dl.new({ shuffle: false, drop_last: false });
  let idxs: number[] | null = null;
  if (reorder && isRenewable(dl) && dl.get_idxs) {
    const order = [...dl.get_idxs()];
    idxs = order;
    dl = dl.new({ get_idxs: () => order });
  }
  const gathered = Object.entries(given).filter(([name]) => gatherNames.includes(name));
  const cb = GatherPredsCallback(Object.fromEntries(gathered));
  const cbs = listOf(given.cbs);
  const source = dl;
  const run = () => validation(this, source, { cbs: [...cbs, cb], inner: given.inner });
  await (with_loss ? unreduced(this, run) : run());

  const loss = this.loss_func as Decoder;
  return no_grad(() => {
    const act =
      given.act === null ? (t: Tensor) => t : (given.act ?? loss.activation?.bind(loss) ?? ((t) => t));
    const preds = apply(act, cb.preds);
    const results: unknown[] = [preds, cb.targets];
    if (with_input) results.unshift(cb.inputs);
    if (with_decoded) results.push(apply((t) => loss.decodes?.(t) ?? t, preds));
    if (with_loss) results.push(cb.losses);
    if (!idxs || idxs.every((idx, i) => idx === i)) return results;
    const order = tensor(idxs.map(BigInt)).argsort();
    return apply((t) => t.index_select(0, order), results);
  });
};

/** Runs `body` with a loss for each item. */
async function unreduced(learn: LearnerClass, body: () => Promise<void>): Promise<void> {
  const loss = learn.loss_func as Decoder & LossFunc;
  if (typeof loss.reduction === 'string') {
    const before = loss.reduction;
    loss.reduction = 'none';
    try {
      await body();
    } finally {
      loss.reduction = before;
    }
  } else {
    const each: LossFunc = (pred, ...targets: unknown[]) => loss(pred, ...targets, { reduction: 'none' });
    await learn.replacing('loss_func', each, body);
  }
}

interface Decoding {
  test_dl(items: unknown[], options?: Record<string, unknown>): BatchSource;
  decode_batch?(batch: unknown[]): unknown[];
}

LearnerClass.prototype.predict = async function (item, given = {}) {
  checkOptions('predict', given, ['with_input']);
  const dls = this.dls as unknown as Partial<Decoding>;
  if (typeof dls.test_dl !== 'function')
    throw new ArgumentError(
      'predict(): these data cannot make a loader for one item (test_dl); call the model',
      'predict',
    );
  const dl = dls.test_dl([item], { num_workers: 0 });
  const [inputs, preds, , decoded] = (await this.get_preds({
    dl,
    with_input: true,
    with_decoded: true,
  })) as Tensor[];
  const batch = [...(Array.isArray(inputs) ? (inputs as Tensor[]) : [inputs!]), decoded!];
  const shown = dls.decode_batch?.(batch)[0] ?? [];
  const parts = Array.isArray(shown) ? (shown as unknown[]) : [shown];
  const n_inp = this.dls.n_inp ?? parts.length - 1;
  const one = (values: unknown[]): unknown => (values.length === 1 ? values[0] : values);
  const at = (t: unknown): unknown => (t instanceof Tensor ? t.select(0, 0) : t);
  const result = [one(parts.slice(n_inp)), at(decoded), at(preds)];
  return given.with_input ? [one(parts.slice(0, n_inp)), ...result] : result;
};

LearnerClass.prototype.show_results = async function (given = {}) {
  checkOptions('show_results', given, ['ds_idx', 'dl', 'max_n', 'shuffle']);
  const { ds_idx = 1, max_n = 9, shuffle = true } = given;
  let dl = given.dl ?? loaderOf(this, ds_idx);
  if (!given.dl && isRenewable(dl)) dl = dl.new({ shuffle });
  const show = (dl as { show_results?: (...args: unknown[]) => unknown }).show_results;
  if (!isRenewable(dl) || typeof dl.one_batch !== 'function' || typeof show !== 'function')
    throw new ArgumentError(
      'show_results(): the items of these data have no picture of their own',
      'show_results',
    );
  const batch = dl.one_batch() as unknown[];
  const source: BatchSource = Object.assign([batch], { ownsBatches: false });
  const [, , decoded] = (await this.get_preds({ dl: source, with_decoded: true })) as Tensor[];
  return show.call(dl, batch, decoded, { max_n });
};
