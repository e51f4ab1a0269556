/** Grids of pictures with their labels: https://docs.fast.ai/vision.data.html#show_batch */
import type { Axes } from '../../plot/index.js';
import { tidy, uint8, type Tensor } from '../../torch/index.js';
import { onShowBatch, onShowResults, type ShowOptions } from '../data/core.js';
import { get_grid, show_image } from '../show.js';
import { TensorImage, TensorImageBW } from '../tensor_types.js';
import { PILBase } from './core.js';

interface GridOptions extends ShowOptions {
  /** Axes to draw on; default: a grid as near to a square as may be. */
  ctxs?: Axes[] | null;
  nrows?: number | null;
  ncols?: number | null;
  figsize?: readonly number[] | null;
  /** Default: 'Greys' for pictures of one channel. */
  cmap?: string;
}

/** A label as a title: several labels in one line. */
export function titleOf(label: unknown): string {
  if (Array.isArray(label)) return label.map(titleOf).join(';');
  return String((label as { tolist?: () => unknown } | null)?.tolist?.() ?? label);
}

function draw(image: unknown, ax: Axes, title: string | null, cmap: string | undefined): void {
  const isGrey = image instanceof TensorImageBW || (image instanceof PILBase && image.mode === 'L');
  const map = cmap ?? (isGrey ? 'Greys' : undefined);
  const options = { ax, title, ...(map === undefined ? {} : { cmap: map }) };
  if (!(image instanceof TensorImage)) {
    show_image(image, options);
    return;
  }
  tidy(() => {
    // Decoded pictures hold bytes in numbers of 64 bits.
    const pixels: Tensor = image.is_floating_point() ? image : image.to(uint8);
    show_image(pixels, options);
    return null;
  });
}

function grid(count: number, { ctxs, nrows = null, ncols = null, figsize = null }: GridOptions): Axes[] {
  return ctxs ?? get_grid(count, { nrows, ncols, figsize });
}

/** Targets of a sample as one title. */
function titles(sample: readonly unknown[], n_inp = 1): string | null {
  return sample.length > n_inp ? sample.slice(n_inp).map(titleOf).join('\n') : null;
}

/** Shows decoded samples `[picture, label]` in a grid. @returns the axes */
export function show_image_batch(samples: readonly unknown[][], options: GridOptions = {}): Axes[] {
  const count = Math.min(samples.length, options.max_n ?? 9);
  const axes = grid(count, options);
  samples.slice(0, axes.length).forEach((sample, i) => {
    if (i < count) draw(sample[0], axes[i]!, titles(sample), options.cmap);
  });
  return axes;
}

/** The same with the prediction below the label: green where it is right, red where it is wrong. */
export function show_image_results(
  samples: readonly unknown[][],
  outs: readonly unknown[][],
  options: GridOptions = {},
): Axes[] {
  const count = Math.min(samples.length, options.max_n ?? 9);
  const axes = grid(count, options);
  samples.slice(0, count).forEach((sample, i) => {
    const ax = axes[i];
    if (ax === undefined) return;
    const [wanted, found] = [titles(sample) ?? '', outs[i]!.map(titleOf).join('\n')];
    draw(sample[0], ax, null, options.cmap);
    ax.set_title(`${wanted}\n${found}`, { color: wanted === found ? 'green' : 'red' });
  });
  return axes;
}

onShowBatch(TensorImage, (_x, _y, samples, options) =>
  show_image_batch([...samples] as unknown[][], options),
);
onShowResults(TensorImage, (_x, _y, samples, outs, options) =>
  show_image_results([...samples] as unknown[][], [...outs] as unknown[][], options),
);
