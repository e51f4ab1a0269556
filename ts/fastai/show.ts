/** Pictures of tensors. https://docs.fast.ai/torch_core.html#show_image */
import { Axes, type Data, Figure, type ImageOptions, plt } from '../plot/index.js';
import { checkOptions } from '../torch/arguments.js';
import { ArgumentError } from '../torch/errors.js';
import { L } from '../fastcore/foundation.js';

export interface SubplotsOptions {
  /** Inches; default `[ncols * imsize, nrows * imsize]`, a little more in height where there is a title. */
  figsize?: readonly number[] | null;
  imsize?: number;
  /** Above all axes. */
  suptitle?: string | null;
  dpi?: number;
}

/** An array of axes, or of rows of axes where there are several rows and columns. */
export type AxesArray = L<Axes> & L<Axes>[];

/**
 * A figure of `nrows` x `ncols` axes; the axes come as one array (rows of them where both are above 1).
 * https://docs.fast.ai/torch_core.html#subplots
 */
export function subplots(nrows = 1, ncols = 1, options: SubplotsOptions = {}): [Figure, AxesArray] {
  checkOptions('subplots', options, ['figsize', 'imsize', 'suptitle', 'dpi']);
  const { imsize = 3, suptitle = null, dpi } = options;
  const figsize = options.figsize ?? [
    ncols * imsize,
    // A title above all takes room that the pictures would lose.
    suptitle === null || imsize > 2 ? nrows * imsize : nrows * imsize + 0.6,
  ];
  const [figure, axes] = plt.subplots(nrows, ncols, {
    figsize,
    squeeze: false,
    ...(dpi ? { dpi } : {}),
  }) as [Figure, Axes[][]];
  if (suptitle !== null) figure.suptitle(suptitle);
  const shaped =
    nrows === 1 ? L(axes[0]) : ncols === 1 ? L(axes.map((row) => row[0]!)) : axes.map((row) => L(row));
  return [figure, shaped as AxesArray];
}

export interface ShowImageOptions {
  /** Axes to draw on; default: a new figure. */
  ax?: Axes | null;
  /** Inches; default: a thirty-second of the picture's size, from 1 to 5 each. */
  figsize?: readonly number[] | null;
  title?: unknown;
  cmap?: string | null;
  /** The same as `ax`; goes before it. */
  ctx?: Axes | null;
  alpha?: number;
  vmin?: number;
  vmax?: number;
  interpolation?: ImageOptions['interpolation'];
  origin?: ImageOptions['origin'];
}

export const SHOW_KEYS = [
  'ax',
  'figsize',
  'title',
  'cmap',
  'ctx',
  'alpha',
  'vmin',
  'vmax',
  'interpolation',
  'origin',
];

interface TensorPicture {
  shape: readonly number[];
  toTypedArray(): ArrayLike<number | bigint> & { constructor: unknown };
}

/** What `imshow` takes: rows and columns, then channels. */
interface Pixels {
  shape: number[];
  toTypedArray(): ArrayLike<number | bigint>;
}

function isPicture(value: unknown): value is TensorPicture {
  return typeof value === 'object' && value !== null && 'toTypedArray' in value && 'shape' in value;
}

/** Channels first becomes channels last (only where there are fewer than 5), and one channel none. */
function channelsLast(picture: TensorPicture): Pixels {
  const shape = [...picture.shape];
  const values = picture.toTypedArray();
  if (shape.length === 3 && shape[0]! < 5) {
    const [c, h, w] = shape as [number, number, number];
    const Class = values.constructor as new (
      length: number,
    ) => Record<number, number | bigint> & ArrayLike<number | bigint>;
    const out = new Class(values.length);
    for (let k = 0; k < c; k++)
      for (let p = 0; p < h * w; p++)
        (out as Record<number, number | bigint>)[p * c + k] = values[k * h * w + p]!;
    return { shape: c === 1 ? [h, w] : [h, w, c], toTypedArray: () => out };
  }
  if (shape.length === 3 && shape[2] === 1) shape.pop();
  return { shape, toTypedArray: () => values };
}

function pixelsOf(im: unknown): Data {
  if (isPicture(im)) return channelsLast(im) as Data;
  if (typeof im === 'object' && im !== null && 'toTensor' in im && typeof im.toTensor === 'function') {
    const made = (im.toTensor as () => TensorPicture & { dispose?(): void })();
    try {
      return channelsLast(made) as Data;
    } finally {
      made.dispose?.();
    }
  }
  if (Array.isArray(im)) return im as Data;
  throw new ArgumentError('show_image(): needs a tensor, an image or an array', 'show_image');
}

function sizeOf(pixels: Data): [number, number] {
  if (isPicture(pixels)) return [pixels.shape[0] ?? 0, pixels.shape[1] ?? 0];
  const rows = pixels as ArrayLike<ArrayLike<unknown>>;
  return [rows.length, rows[0]?.length ?? 0];
}

/** A thirty-second of the size in whole inches, from 1 to 5. */
function inches(pixels: number): number {
  return Math.min(5, Math.max(1, Math.floor(pixels / 32)));
}

/**
 * Shows a picture `[H, W]`, `[C, H, W]` or `[H, W, C]` without an axis; the smallest value gets the first colour of
 * the colormap and the largest the last. Colours of three channels are 0..1, or bytes.
 * @returns the axes: a notebook shows them, and `plt.show()` does elsewhere
 * @throws {ArgumentError} an unknown option, or a shape that is no picture
 * @see https://docs.fast.ai/torch_core.html#show_image
 */
export function show_image(im: unknown, options: ShowImageOptions = {}): Axes {
  checkOptions('show_image', options, SHOW_KEYS);
  const { ax, ctx, title, cmap, figsize, alpha, vmin, vmax, interpolation, origin } = options;
  const pixels = pixelsOf(im);
  const [height, width] = sizeOf(pixels);
  const onto = ctx ?? ax ?? plt.subplots({ figsize: figsize ?? [inches(width), inches(height)] })[1];
  onto.imshow(pixels, {
    ...(cmap ? { cmap } : {}),
    ...(alpha === undefined ? {} : { alpha }),
    ...(vmin === undefined ? {} : { vmin }),
    ...(vmax === undefined ? {} : { vmax }),
    ...(interpolation === undefined ? {} : { interpolation }),
    ...(origin === undefined ? {} : { origin }),
  });
  if (title !== undefined && title !== null) onto.set_title(title);
  onto.axis('off');
  return onto;
}

/** `show_image` of an item `[image, title]`. https://docs.fast.ai/torch_core.html#show_titled_image */
export function show_titled_image(item: readonly [unknown, unknown], options: ShowImageOptions = {}): Axes {
  return show_image(item[0], { ...options, title: item[1] });
}

export interface ShowImagesOptions extends Omit<ShowImageOptions, 'ax' | 'ctx' | 'title'> {
  nrows?: number;
  /** Default: as many columns as the rows leave. */
  ncols?: number | null;
  titles?: Iterable<unknown> | null;
  imsize?: number;
  suptitle?: string | null;
}

/**
 * Pictures side by side, in `nrows` rows. https://docs.fast.ai/torch_core.html#show_images
 * @returns the axes, one for each picture
 */
export function show_images(ims: Iterable<unknown>, options: ShowImagesOptions = {}): Axes[] {
  const own = ['nrows', 'ncols', 'titles', 'imsize', 'suptitle', 'figsize'];
  checkOptions('show_images', options, [
    ...own,
    ...SHOW_KEYS.filter((key) => !['ax', 'ctx', 'title', 'figsize'].includes(key)),
  ]);
  const { nrows = 1, ncols, titles, imsize = 3, suptitle = null, figsize, ...rest } = options;
  const pictures = [...ims];
  if (pictures.length === 0) return [];
  const columns = ncols ?? Math.ceil(pictures.length / nrows);
  const axes = flat(subplots(nrows, columns, { imsize, suptitle, ...(figsize ? { figsize } : {}) })[1]);
  const names = titles ? [...titles] : [];
  for (const empty of axes.slice(pictures.length)) empty.set_axis_off();
  return pictures
    .slice(0, axes.length)
    .map((im, i) => show_image(im, { ...rest, ax: axes[i]!, title: names[i] ?? null }));
}

function flat(axes: AxesArray): Axes[] {
  return (axes as (Axes | Axes[])[]).flat();
}

/**
 * Axes for `n` pictures as near to a square as may be, empty ones hidden; `double` gives two side by side for each.
 * https://docs.fast.ai/vision.data.html#get_grid
 */
export function get_grid(
  n: number,
  options: {
    nrows?: number | null;
    ncols?: number | null;
    figsize?: readonly number[] | null;
    title?: string | null;
    double?: boolean;
  } = {},
): Axes[] {
  checkOptions('get_grid', options, ['nrows', 'ncols', 'figsize', 'title', 'double']);
  const rows =
    options.nrows ?? Math.max(1, options.ncols ? Math.ceil(n / options.ncols) : Math.floor(Math.sqrt(n)));
  let columns = options.ncols ?? Math.max(1, Math.ceil(n / rows));
  if (options.double) columns *= 2;
  const count = options.double ? n * 2 : n;
  const [figure, made] = subplots(rows, columns, options.figsize ? { figsize: options.figsize } : {});
  const axes = flat(made);
  for (const empty of axes.slice(count)) empty.set_axis_off();
  if (options.title) figure.suptitle(options.title);
  return axes.slice(0, count);
}
