/** Predictions of a whole pass. https://docs.fast.ai/callback.core.html#gatherpredscallback */
import { Path, type PathLike } from '../../fastcore/path.js';
import { checkOptions } from '../../torch/arguments.js';
import { callable, save, tidy, type Tensor } from '../../torch/index.js';
import type { BatchSource } from '../learner/loop.js';
import { find_bs, to_concat, to_detach } from '../torch_core.js';
import { Callback, type CallbackLike } from './core.js';

export interface GatherPredsOptions {
  with_input?: boolean;
  with_loss?: boolean;
  with_preds?: boolean;
  with_targs?: boolean;
  /** Folders for a file of predictions, or of targets, for each batch, named by its number (default: none). */
  save_preds?: PathLike | null;
  save_targs?: PathLike | null;
  /** The dimension along which batches are joined (default: 0). */
  concat_dim?: number;
}
export const gatherNames = [
  ...['with_input', 'with_loss', 'with_preds', 'with_targs', 'save_preds', 'save_targs', 'concat_dim'],
];
type Parts = unknown[];

/** One thing alone, several as a list. */
export function detuplify<T>(parts: readonly T[]): T | readonly T[] | null {
  return parts.length === 0 ? null : parts.length === 1 ? parts[0]! : parts;
}
const tuple = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]);

/** Keeps predictions and targets of each validation batch on the CPU and joins them at the end. */
class GatherPredsCallbackClass extends Callback {
  readonly #options: Required<GatherPredsOptions>;
  #inputs: Parts = [];
  #preds: Parts = [];
  #targets: Parts = [];
  #losses: Tensor[] = [];
  /** What the pass gave. */
  inputs: unknown = null;
  preds: unknown = null;
  targets: unknown = null;
  losses: Tensor | null = null;

  /** @throws {ArgumentError} an unknown option */
  constructor(options: GatherPredsOptions = {}) {
    super();
    checkOptions('GatherPredsCallback', options, gatherNames);
    this.#options = {
      with_input: false,
      with_loss: false,
      with_preds: true,
      with_targs: true,
      save_preds: null,
      save_targs: null,
      concat_dim: 0,
      ...options,
    };
  }
  override before_validate(): void {
    [this.#inputs, this.#preds, this.#targets, this.#losses] = [[], [], [], []];
  }
  override before_batch(): void {
    if (this.#options.with_input) this.#inputs.push(copies(this.xb));
  }
  override after_batch(): void {
    const { with_preds, with_targs, with_loss, save_preds, save_targs } = this.#options;
    if (this.pred === null) return;
    if (save_preds !== null) save(to_detach(this.pred), String(Path(save_preds, String(this.iter))));
    if (save_targs !== null && this.yb[0])
      save(to_detach(this.yb[0]), String(Path(save_targs, String(this.iter))));
    if (with_preds) this.#preds.push(copies(tuple(this.pred)));
    if (with_targs) this.#targets.push(copies(this.yb));
    if (with_loss && this.loss) {
      const bs = find_bs(this.yb);
      const { loss } = this;
      this.#losses.push(
        to_detach(tidy(() => (loss.numel() === bs ? loss.view(bs) : loss.view([bs, -1]).mean(1)))),
      );
    }
  }
  override after_validate(): void {
    const { with_input, with_preds, with_targs, with_loss, concat_dim } = this.#options;
    const joined = (parts: Parts): unknown => detuplify(to_concat(parts, concat_dim) as unknown[]);
    if (with_input) this.inputs = joined(this.#inputs);
    if (with_preds) this.preds = joined(this.#preds);
    if (with_targs) this.targets = joined(this.#targets);
    if (with_loss) this.losses = this.#losses.length === 0 ? null : to_concat(this.#losses);
    this.before_validate();
  }
}
/** Without history, and with a handle of its own: the learner frees the batch's. */
const copies = <T>(parts: readonly T[]): T[] => to_detach([...parts]);

export const GatherPredsCallback = callable(GatherPredsCallbackClass);
export type GatherPredsCallback = GatherPredsCallbackClass;

export interface FetchPredsOptions {
  /** Which loader: 0 for the training set, 1 for the validation set (default). */
  ds_idx?: number;
  /** A loader of its own. */
  dl?: BatchSource | null;
  with_input?: boolean;
  with_decoded?: boolean;
  /** Callbacks that are taken off meanwhile. */
  cbs?: CallbackLike | Iterable<CallbackLike> | null;
  /** Predictions in the order of the items (default: true). */
  reorder?: boolean;
}

/** Fetches predictions of a set after each validation, for callbacks that need them. https://docs.fast.ai/callback.core.html#fetchpredscallback */
class FetchPredsCallbackClass extends Callback {
  override remove_on_fetch = true;
  preds: unknown[] | null = null;
  readonly #options: Omit<FetchPredsOptions, 'cbs'>;
  readonly #gone: CallbackLike[];

  /** @throws {ArgumentError} an unknown option */
  constructor(options: FetchPredsOptions = {}) {
    super();
    const names = ['ds_idx', 'dl', 'with_input', 'with_decoded', 'cbs', 'reorder'];
    checkOptions('FetchPredsCallback', options, names);
    const { cbs = null, ...others } = options;
    this.#options = others;
    this.#gone = cbs === null ? [] : Symbol.iterator in cbs ? [...cbs] : [cbs];
  }
  override async after_validate(): Promise<void> {
    const gone = [...this.learn.cbs.filter((cb) => cb.remove_on_fetch), ...this.#gone];
    this.preds = await this.learn.removed_cbs(gone, () =>
      this.learn.get_preds({ ...this.#options, inner: true }),
    );
  }
}
export const FetchPredsCallback = callable(FetchPredsCallbackClass);
export type FetchPredsCallback = FetchPredsCallbackClass;
