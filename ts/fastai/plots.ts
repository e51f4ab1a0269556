/**
 * The pictures that fastai's Recorder, ActivationStats and interpretation draw, over plain numbers. Nothing here knows a
 * Learner; each function draws and returns its axes, and `plt.show()` or a notebook shows them.
 *
 *   plot_loss(losses, iters, values, { skip_start = 5, with_valid = true, ax })      -> Axes
 *       losses: smoothed training loss per batch; iters: batches done at the end of each epoch; values: per epoch
 *       [train_loss, valid_loss, ...]
 *   plot_sched(hps, { keys, figsize })                                              -> Axes[]   hps: { lr: [...], mom: [...] }
 *   plot_lr_find(lrs, losses, { skip_end = 5, suggestions, ax })                    -> Axes
 *       suggestions: [{ name: 'valley', lr: 1e-3, loss: 0.3 }]; skip_end also cuts what a NaN or a blow-up would hide
 *   plot_metrics(values, names, { nrows, ncols, figsize, start_epoch })             -> Axes[]
 *   plot_layer_stats({ means, stds, nears }, { figsize = [12, 4] })                 -> Axes[]   three series of one layer
 *   color_dim(hists, { figsize = [10, 5], ax })                                     -> Axes     hists: per batch the counts of the bins
 *   plot_confusion_matrix(matrix, vocab, { normalize, title, cmap = 'Blues', norm_dec = 2, plot_txt = true, figsize }) -> Axes
 *   plot_top_losses(items, { nrows, ncols, figsize, title })                        -> Axes[]   items: [{ image, pred, actual, loss, prob }]
 */
import { type Axes, type Data, plt } from '../plot/index.js';
import { extent, toGrid, toNumbers } from '../plot/data.js';
import { checkOptions } from '../torch/arguments.js';
import { ValueError } from '../torch/errors.js';
import { get_grid, show_image } from './show.js';

type Size = readonly number[] | null;

function axesFor(ax: Axes | null | undefined, figsize?: Size): Axes {
  return ax ?? plt.freshAxes(figsize ? { figsize } : {});
}

/**
 * Training loss by batch and validation loss by epoch.
 * https://docs.fast.ai/learner.html#recorder.plot_loss
 * @param losses the smoothed training loss after each batch
 * @param iters how many batches were done at the end of each epoch
 * @param values one row per epoch: training loss, validation loss, metrics
 */
export function plot_loss(
  losses: Data,
  iters: Data,
  values: Iterable<Iterable<number | null>>,
  options: { skip_start?: number; with_valid?: boolean; ax?: Axes | null } = {},
): Axes {
  checkOptions('plot_loss', options, ['skip_start', 'with_valid', 'ax']);
  const { skip_start = 5, with_valid = true } = options;
  const train = toNumbers(losses, 'plot_loss');
  const ax = axesFor(options.ax);
  const steps = train.map((_, i) => i);
  ax.plot(steps.slice(skip_start), train.slice(skip_start), { label: 'train' });
  if (with_valid) {
    const ends = toNumbers(iters, 'plot_loss');
    const valid = [...values].map((row) => [...row][1] ?? NaN);
    // The epochs that ended before the drawing begins have no place in it.
    const from = ends.findIndex((end) => end >= skip_start);
    if (from >= 0)
      ax.plot(ends.slice(from, valid.length), valid.slice(from, ends.length), { label: 'valid' });
    ax.legend();
  }
  return ax;
}

/**
 * Each hyperparameter over the batches, two panels to a row.
 * https://docs.fast.ai/callback.schedule.html#recorder.plot_sched
 * @param hps the values of each hyperparameter, one per batch
 */
export function plot_sched(
  hps: Readonly<Record<string, Data>>,
  options: { keys?: readonly string[] | null; figsize?: Size } = {},
): Axes[] {
  checkOptions('plot_sched', options, ['keys', 'figsize']);
  const keys = options.keys ?? Object.keys(hps);
  const missing = keys.find((key) => !Object.hasOwn(hps, key));
  if (missing !== undefined)
    throw new ValueError(
      `plot_sched(): no hyperparameter '${missing}'; there are ${Object.keys(hps).join(', ')}`,
      'plot_sched',
    );
  if (keys.length === 0) throw new ValueError('plot_sched(): no hyperparameter was recorded', 'plot_sched');
  const columns = Math.min(2, keys.length);
  const rows = Math.ceil(keys.length / columns);
  const axes = get_grid(keys.length, {
    nrows: rows,
    ncols: columns,
    figsize: options.figsize ?? [columns * 6, rows * 4],
  });
  keys.forEach((key, i) => {
    axes[i]!.plot(hps[key]!);
    axes[i]!.set_ylabel(key);
  });
  return axes;
}

export interface LrSuggestion {
  name: string;
  lr: number;
  loss: number;
}

/**
 * Loss over learning rate, on a logarithmic axis, with the suggestions as points.
 * https://docs.fast.ai/callback.schedule.html#recorder.plot_lr_find
 */
export function plot_lr_find(
  lrs: Data,
  losses: Data,
  options: { skip_end?: number; suggestions?: Iterable<LrSuggestion> | null; ax?: Axes | null } = {},
): Axes {
  checkOptions('plot_lr_find', options, ['skip_end', 'suggestions', 'ax']);
  const { skip_end = 5 } = options;
  const cut = (series: number[]): number[] => (skip_end === 0 ? series : series.slice(0, -skip_end));
  const ax = axesFor(options.ax);
  ax.plot(cut(toNumbers(lrs, 'plot_lr_find')), cut(toNumbers(losses, 'plot_lr_find')));
  ax.set_ylabel('Loss');
  ax.set_xlabel('Learning Rate');
  ax.set_xscale('log');
  const suggestions = [...(options.suggestions ?? [])];
  suggestions.forEach(({ name, lr, loss }, i) => {
    ax.plot([lr], [loss], 'o', { label: name, color: `C${i + 1}` });
  });
  if (suggestions.length > 0) ax.legend();
  return ax;
}

/**
 * One panel for the losses and one for each metric, over the epochs.
 * @param values one row per epoch: training loss, validation loss, metrics
 * @param names of the columns of `values`
 */
export function plot_metrics(
  values: Iterable<Iterable<number | null>>,
  names: readonly string[],
  options: { nrows?: number | null; ncols?: number | null; figsize?: Size; start_epoch?: number } = {},
): Axes[] {
  checkOptions('plot_metrics', options, ['nrows', 'ncols', 'figsize', 'start_epoch']);
  const rows = [...values]
    .map((row) => [...row].map((value) => value ?? NaN))
    .slice(options.start_epoch ?? 0);
  if (rows.length === 0) throw new ValueError('plot_metrics(): there are no epochs to show', 'plot_metrics');
  const epochs = rows.map((_, i) => i + (options.start_epoch ?? 0));
  const panels = [names.slice(0, 2), ...names.slice(2).map((name) => [name])];
  const { nrows = null, ncols = null } = options;
  const columns = ncols ?? Math.min(3, panels.length);
  const axes = get_grid(panels.length, {
    nrows,
    ncols: nrows ? ncols : columns,
    figsize: options.figsize ?? [columns * 4, Math.ceil(panels.length / columns) * 3],
  });
  panels.forEach((panel, i) => {
    for (const name of panel) {
      const column = names.indexOf(name);
      axes[i]!.plot(
        epochs,
        rows.map((row) => row[column] ?? NaN),
        { label: name },
      );
    }
    axes[i]!.set_title(panel.length > 1 ? 'losses' : panel[0]);
    axes[i]!.set_xlabel('epoch');
    if (panel.length > 1) axes[i]!.legend();
  });
  return axes;
}

/**
 * Mean, standard deviation and share of activations near zero of one layer, by batch.
 * https://docs.fast.ai/callback.hook.html#activationstats
 */
export function plot_layer_stats(
  stats: { means: Data; stds: Data; nears: Data },
  options: { figsize?: Size } = {},
): Axes[] {
  checkOptions('plot_layer_stats', options, ['figsize']);
  const [, axes] = plt.subplots(1, 3, { figsize: options.figsize ?? [12, 4] });
  const panels = [
    ['mean', stats.means],
    ['std', stats.stds],
    ['% near zero', stats.nears],
  ] as const;
  panels.forEach(([title, series], i) => {
    axes[i]!.plot(series);
    axes[i]!.set_title(title);
  });
  return axes;
}

/**
 * Histograms side by side, one column per batch, the logarithm of the counts as colour; the bin of the smallest values lies
 * at the bottom. https://docs.fast.ai/callback.hook.html#activationstats
 * @param hists the counts of one batch after the other, or a tensor `[batches, bins]`
 */
export function color_dim(hists: Data, options: { figsize?: Size; ax?: Axes | null } = {}): Axes {
  checkOptions('color_dim', options, ['figsize', 'ax']);
  const rows = Array.isArray(hists) ? hists.map((row) => toNumbers(row, 'color_dim')) : hists;
  const { height: batches, width: bins, data } = toGrid(rows, 'color_dim');
  const columns = Array.from({ length: bins }, (_, bin) =>
    Array.from({ length: batches }, (_, batch) => Math.log1p(data[batch * bins + bin]!)),
  );
  const ax = axesFor(options.ax, options.figsize ?? [10, 5]);
  ax.imshow(columns, { origin: 'lower', aspect: 'auto' });
  ax.axis('off');
  return ax;
}

export interface ConfusionMatrixOptions {
  /** Shares of each row instead of counts. */
  normalize?: boolean;
  title?: string;
  cmap?: string;
  /** Decimals of shares. */
  norm_dec?: number;
  /** Numbers in the cells. */
  plot_txt?: boolean;
  figsize?: Size;
  dpi?: number;
}

/**
 * How often each class (row) was taken for which (column).
 * https://docs.fast.ai/interpret.html#classificationinterpretation.plot_confusion_matrix
 */
export function plot_confusion_matrix(
  matrix: Data,
  vocab: Iterable<unknown>,
  options: ConfusionMatrixOptions = {},
): Axes {
  const keys = ['normalize', 'title', 'cmap', 'norm_dec', 'plot_txt', 'figsize', 'dpi'];
  checkOptions('plot_confusion_matrix', options, keys);
  const {
    normalize = false,
    title = 'Confusion matrix',
    cmap = 'Blues',
    norm_dec = 2,
    plot_txt = true,
    dpi,
  } = options;
  const { height, width, data } = toGrid(matrix, 'plot_confusion_matrix');
  const names = [...vocab].map(String);
  if (height !== width || names.length !== height)
    throw new ValueError(
      `plot_confusion_matrix(): a ${height} x ${width} matrix does not fit ${names.length} classes`,
      'plot_confusion_matrix',
    );
  const cells = Array.from({ length: height }, (_, i) => {
    const row = [...data.subarray(i * width, (i + 1) * width)];
    const total = row.reduce((a, b) => a + b, 0);
    return normalize ? row.map((count) => (total > 0 ? count / total : 0)) : row;
  });
  const side = Math.max(4, Math.min(20, 2 + height * 0.45));
  const [, ax] = plt.subplots({ figsize: options.figsize ?? [side, side], ...(dpi ? { dpi } : {}) });
  ax.imshow(cells, { interpolation: 'nearest', cmap });
  ax.set_title(title);
  const ticks = names.map((_, i) => i);
  const long = names.some((name) => name.length > 2);
  ax.set_xticks(ticks, names, { rotation: long ? 90 : 0 });
  ax.set_yticks(ticks, names);
  if (plot_txt) {
    const middle = (extent(cells.flat()) ?? [0, 0])[1] / 2;
    cells.forEach((row, i) =>
      row.forEach((value, j) => {
        ax.text(j, i, normalize ? value.toFixed(norm_dec) : String(value), {
          ha: 'center',
          va: 'center',
          color: value > middle ? 'white' : 'black',
        });
      }),
    );
  }
  ax.set_ylabel('Actual');
  ax.set_xlabel('Predicted');
  return ax;
}

export interface TopLoss {
  /** What `show_image` takes. */
  image: unknown;
  pred: unknown;
  actual: unknown;
  loss: number;
  prob: number;
}

/**
 * The pictures with the highest losses: prediction, actual class, loss and probability above each.
 * https://docs.fast.ai/vision.learner.html#plot_top_losses
 */
export function plot_top_losses(
  items: Iterable<TopLoss>,
  options: {
    nrows?: number | null;
    ncols?: number | null;
    figsize?: Size;
    title?: string | null;
    cmap?: string;
  } = {},
): Axes[] {
  checkOptions('plot_top_losses', options, ['nrows', 'ncols', 'figsize', 'title', 'cmap']);
  const list = [...items];
  if (list.length === 0) return [];
  const {
    nrows = null,
    ncols = null,
    figsize = null,
    title = 'Prediction/Actual/Loss/Probability',
    cmap,
  } = options;
  const axes = get_grid(list.length, { nrows, ncols, figsize, title });
  list.forEach(({ image, pred, actual, loss, prob }, i) => {
    const words = `${String(pred)}/${String(actual)} / ${loss.toFixed(2)} / ${prob.toFixed(2)}`;
    show_image(image, { ax: axes[i]!, title: words, ...(cmap ? { cmap } : {}) });
  });
  return axes;
}
