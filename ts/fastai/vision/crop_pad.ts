import { ValueError } from '../../torch/index.js';
import { PILBase, Resampling, type Resample } from './core.js';

/** What lies outside of a picture: black, its edge, or its mirror image. */
export type PadMode = 'zeros' | 'border' | 'reflection';
export const PadMode = { Zeros: 'zeros', Border: 'border', Reflection: 'reflection' } as const;

/** The place inside that stands for one outside; -1 for black. A mirror image is mirrored again where it ends. */
function inside(at: number, length: number, mode: PadMode): number {
  if (at >= 0 && at < length) return at;
  if (mode === 'zeros') return -1;
  if (mode === 'border') return at < 0 ? 0 : length - 1;
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((at % period) + period) % period;
  return folded < length ? folded : period - folded;
}

export interface CropPadOptions {
  /** Where the part begins; default: so that it is the middle. */
  corner?: readonly [left: number, upper: number];
  pad_mode?: PadMode;
  /** PIL's filter; default: BILINEAR. */
  method?: Resample;
  /** The size to bring the part to; default: as it is. */
  resize_to?: readonly [width: number, height: number];
}

/** The part of a picture of that width and height, which may lie partly outside of it, at another size. */
export function crop_pad<T extends PILBase>(
  image: T,
  [width, height]: readonly [number, number],
  { corner, pad_mode = 'zeros', method = Resampling.BILINEAR, resize_to }: CropPadOptions = {},
): T {
  if (!Object.values<string>(PadMode).includes(pad_mode))
    throw new ValueError(
      `pad_mode '${pad_mode}' is none of ${Object.values(PadMode).join(', ')}`,
      'crop_pad',
    );
  const [w, h] = image.size;
  const [left, upper] = corner ?? [Math.floor((w - width) / 2), Math.floor((h - height) / 2)];
  let part = image;
  if (left >= 0 && upper >= 0 && left + width <= w && upper + height <= h) {
    if (left !== 0 || upper !== 0 || width !== w || height !== h)
      part = image.crop([left, upper, left + width, upper + height]);
  } else
    part = image.gather(width, height, (x, y) => {
      const [column, row] = [inside(left + x, w, pad_mode), inside(upper + y, h, pad_mode)];
      return column < 0 || row < 0 ? -1 : row * w + column;
    });
  return resize_to === undefined ? part : part.resize(resize_to, method);
}
