/** The usual changes of batches. https://docs.fast.ai/vision.augment.html#aug_transforms */
import { mk_transform, type TransformLike } from '../../../fastcore/pipeline.js';
import type { Transform } from '../../../fastcore/transform.js';
import { namedArguments } from '../../../torch/arguments.js';
import { ArgumentError } from '../../../torch/index.js';
import { AffineCoordTfm, Dihedral, Flip, Rotate, Warp, Zoom } from './affine.js';
import { RandomResizedCropGPU } from './erasing.js';
import type { SamplingOptions } from './grid.js';
import { Brightness, Contrast, LightingTfm } from './lighting.js';

/** Affine transforms as one, which samples pictures once; those of lighting as one; then all others. */
export function setup_aug_tfms(tfms: Iterable<Transform>): Transform[] {
  const all = [...tfms];
  const affine = all.filter((tfm) => tfm instanceof AffineCoordTfm);
  const light = all.filter((tfm) => tfm instanceof LightingTfm);
  for (const tfm of affine.slice(1)) affine[0]!.compose(tfm);
  for (const tfm of light.slice(1)) light[0]!.compose(tfm);
  const others = all.filter((tfm) => !(tfm instanceof AffineCoordTfm || tfm instanceof LightingTfm));
  return [...affine.slice(0, 1), ...light.slice(0, 1), ...others];
}

export interface AugTransformsOptions extends SamplingOptions {
  /** Times `max_rotate`, `max_lighting` and `max_warp`; default: 1. */
  mult?: number;
  /** Left to right; default: true. */
  do_flip?: boolean;
  /** All eight ways of a square instead; default: false. */
  flip_vert?: boolean;
  /** Degrees; default: 10. */
  max_rotate?: number;
  /** Defaults: 1 and 1.1. */
  min_zoom?: number;
  max_zoom?: number;
  /** Default: 0.2. */
  max_lighting?: number;
  /** Default: 0.2. */
  max_warp?: number;
  /** How likely a picture is to be turned, zoomed and warped, each by itself; default: 0.75. */
  p_affine?: number;
  /** The same for brightness and contrast; default: 0.75. */
  p_lighting?: number;
  /** More transforms. */
  xtra_tfms?: TransformLike | Iterable<TransformLike> | null;
  /** The same for all pictures of a batch; default: false. */
  batch?: boolean;
  /** Least share of the area that a crop to `size` shows; default: 1, no crop. */
  min_scale?: number;
}
const names = [
  ...['mult', 'do_flip', 'flip_vert', 'max_rotate', 'min_zoom', 'max_zoom', 'max_lighting', 'max_warp'],
  ...[
    'p_affine',
    'p_lighting',
    'xtra_tfms',
    'size',
    'mode',
    'pad_mode',
    'align_corners',
    'batch',
    'min_scale',
  ],
];

/**
 * Transforms for `batch_tfms` that mirror, turn, zoom, warp and light training pictures:
 * `batch_tfms: [...aug_transforms({ size: 224 }), Normalize.from_stats(...imagenet_stats)]`.
 * [fastai docs](https://docs.fast.ai/vision.augment.html#aug_transforms)
 * @throws {ArgumentError} an unknown option, `min_scale` without a `size`
 */
export function aug_transforms(
  ...args: [mult?: number | AugTransformsOptions, ...rest: unknown[]]
): Transform[] {
  const given = namedArguments('aug_transforms', names, args) as AugTransformsOptions;
  const { mult = 1, do_flip = true, flip_vert = false, min_zoom = 1, max_zoom = 1.1, min_scale = 1 } = given;
  const { p_affine = 0.75, p_lighting = 0.75, batch = false, size = null, xtra_tfms = null } = given;
  const [max_rotate, max_lighting, max_warp] = [
    (given.max_rotate ?? 10) * mult,
    (given.max_lighting ?? 0.2) * mult,
    (given.max_warp ?? 0.2) * mult,
  ];
  const { mode = 'bilinear', pad_mode = 'reflection', align_corners = true } = given;
  const crops = min_scale !== 1;
  if (crops && size === null)
    throw new ArgumentError('aug_transforms(): min_scale asks for a size to crop to', 'aug_transforms');
  const common = { size: crops ? null : size, mode, pad_mode, align_corners, batch };
  const tfms: Transform[] = [];
  if (do_flip) tfms.push((flip_vert ? Dihedral : Flip)({ p: 0.5, ...common }));
  if (max_warp !== 0) tfms.push(Warp({ magnitude: max_warp, p: p_affine, ...common }));
  if (max_rotate !== 0) tfms.push(Rotate({ max_deg: max_rotate, p: p_affine, ...common }));
  if (min_zoom < 1 || max_zoom > 1) tfms.push(Zoom({ min_zoom, max_zoom, p: p_affine, ...common }));
  if (max_lighting !== 0)
    for (const make of [Brightness, Contrast]) tfms.push(make({ max_lighting, p: p_lighting, batch }));
  if (crops) tfms.push(RandomResizedCropGPU(size!, { min_scale, ratio: [1, 1] }));
  const more = xtra_tfms === null ? [] : typeof xtra_tfms === 'function' ? [xtra_tfms] : [...xtra_tfms];
  return setup_aug_tfms([...tfms, ...more.map(mk_transform)]);
}
