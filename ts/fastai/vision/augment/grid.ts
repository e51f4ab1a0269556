/** Pictures looked at through moved coordinates. https://docs.fast.ai/vision.augment.html#affinecoordtfm */
import * as F from '../../../torch/nn/functional.js';
import { eye, float32, max, min, tidy, ValueError, type Tensor } from '../../../torch/index.js';
import { as_subclass, TensorImage, TensorMask } from '../../tensor_types.js';
import { PadMode } from '../crop_pad.js';
import { heightWidth, type ImageSize } from './size.js';

export type SampleMode = 'bilinear' | 'nearest' | 'bicubic';
/** Moves coordinates [N, H, W, 2], of which the corners of the picture are -1 and 1. */
export type CoordTfm = (coords: Tensor) => Tensor;

export interface SamplingOptions {
  /** Height and width of what comes out; default: as they are. */
  size?: ImageSize | null;
  /** How pixels between pixels are made; default: 'bilinear'. */
  mode?: SampleMode;
  /** What lies outside of the picture; default: 'reflection'. */
  pad_mode?: PadMode;
  /** Whether -1 and 1 are the middles of the outermost pixels (default: true) or their edges. */
  align_corners?: boolean | null;
}
export interface AffineCoordOptions extends Omit<SamplingOptions, 'size'> {
  /** [N, 2, 3], where each pixel of the result is found. */
  mat?: Tensor | null;
  coord_tfm?: CoordTfm | null;
  sz?: ImageSize | null;
}

const modes: readonly string[] = ['bilinear', 'nearest', 'bicubic'];
/** @throws {ValueError} naming an argument that is none of those known */
export function checkSampling(op: string, mode: string, pad_mode: string): void {
  if (!modes.includes(mode))
    throw new ValueError(`${op}(): mode '${mode}' is none of ${modes.join(', ')}`, op);
  const pads = Object.values<string>(PadMode);
  if (!pads.includes(pad_mode))
    throw new ValueError(`${op}(): pad_mode '${pad_mode}' is none of ${pads.join(', ')}`, op);
}

/** [N, 3, 3], one for each picture. */
export function unitMatrices(x: Tensor): Tensor {
  const dtype = x.is_floating_point() ? x.dtype : float32;
  return eye(3, { dtype, device: x.device }).unsqueeze(0).repeat(x.shape[0]!, 1, 1);
}

function grid_sample(x: Tensor, coords: Tensor, mode: SampleMode, pad: PadMode, corners: boolean): Tensor {
  let picture = x;
  if (mode === 'bilinear' && coords.numel() > 0) {
    // Bilinear samples of a picture that becomes much smaller miss most of its pixels: those are averaged first.
    const zoomedIn = 2 / (max(coords).item() - min(coords).item());
    // The picture's width is compared with the pair of coordinates, as in fastai: in effect its height decides.
    const [h, w] = [x.shape.at(-2)!, x.shape.at(-1)!];
    const smaller = Math.min(h / coords.shape.at(-2)!, w / coords.shape.at(-1)!) / 2;
    if (smaller > 1 && smaller > zoomedIn)
      picture = F.interpolate(x, {
        scale_factor: 1 / smaller,
        mode: 'area',
        recompute_scale_factor: true,
      });
  }
  return F.grid_sample(picture, coords, { mode, padding_mode: pad, align_corners: corners });
}

/**
 * A batch of pictures [N, C, H, W], or of masks [N, H, W], seen through matrices and moved coordinates: the pixel of
 * the result at (x, y) is the one of the batch at `coord_tfm(mat @ (x, y, 1))`. Without any of them the batch itself.
 * Masks are sampled by 'nearest' unless `mode` says otherwise.
 */
export function affine_coord<T extends Tensor>(x: T, options: AffineCoordOptions = {}): T {
  const isMask = x instanceof TensorMask;
  const { mat = null, coord_tfm = null, sz = null, mode = isMask ? 'nearest' : 'bilinear' } = options;
  const { pad_mode = 'reflection', align_corners = true } = options;
  checkSampling('affine_coord', mode, pad_mode);
  if (mat === null && coord_tfm === null && sz === null) return x;
  const kind = isMask ? TensorMask : TensorImage;
  return tidy(() => {
    const flat = isMask && x.ndim === 3;
    const input = isMask ? (flat ? x.unsqueeze(1) : x).float() : x;
    if (input.ndim !== 4)
      throw new ValueError(
        `affine_coord(): a batch of pictures has the shape [N, C, H, W], not [${x.shape.join(', ')}]`,
        'affine_coord',
      );
    const [n, c, h, w] = input.shape as unknown as [number, number, number, number];
    const size = sz === null ? [h, w] : heightWidth('affine_coord', sz);
    const matrices = mat ?? unitMatrices(input).at(':', ':2');
    const corners = align_corners ?? false;
    const grid = F.affine_grid(matrices, [n, c, ...size], { align_corners: corners });
    const coords = coord_tfm === null ? grid : coord_tfm(grid);
    const seen = grid_sample(input, coords, mode, pad_mode, corners);
    const result = isMask ? (flat ? seen.at(':', 0) : seen).long() : seen;
    return as_subclass(result, kind) as unknown as T;
  });
}
