/**
 * What the transforms do, on tensors [..., C, H, W]: https://docs.pytorch.org/vision/stable/transforms.html
 * Pictures are tensors here everywhere; where Python takes a PIL image, a uint8 tensor [C, H, W] stands for it.
 */
import * as torch from '../../torch/index.js';
import {
  ArgumentError,
  nn,
  tidy,
  TorchError,
  ValueError,
  type DType,
  type Tensor,
} from '../../torch/index.js';

const F = nn.functional;

export type Interpolation = 'nearest' | 'nearest-exact' | 'bilinear' | 'bicubic';
export type PaddingMode = 'constant' | 'edge' | 'reflect' | 'symmetric';
/** One number for all sides, [left and right, top and bottom], or [left, top, right, bottom]. */
export type Padding = number | readonly number[];

/** @throws {ArgumentError} no tensor, or one with less than height and width */
export function imageSize(img: Tensor): [height: number, width: number] {
  if (!(img instanceof torch.Tensor) || img.ndim < 2)
    throw new ArgumentError('Tensor is not a torch image.', 'transforms');
  return [img.size(-2), img.size(-1)];
}

/** uint8 [C, H, W] to float32 between 0 and 1; other dtypes stay, as arrays of them do in torchvision. */
export function to_tensor(pic: Tensor): Tensor {
  imageSize(pic);
  return pic.dtype === torch.uint8 ? tidy(() => pic.to(torch.float32).div(255)) : pic;
}

/**
 * (x - mean) / std for each channel.
 * @throws {ArgumentError} the image is not of floating point
 * @throws {ValueError} less than three dimensions, or a std that is 0 in the image's dtype
 */
export function normalize(
  img: Tensor,
  mean: readonly number[],
  std: readonly number[],
  inplace = false,
): Tensor {
  imageSize(img);
  const { dtype, device } = img;
  if (!dtype.is_floating_point)
    throw new ArgumentError(`Input tensor should be a float tensor. Got ${String(dtype)}.`, 'normalize');
  if (img.ndim < 3)
    throw new ValueError(
      `Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = ${String(img.shape)}`,
      'normalize',
    );
  return tidy(() => {
    const [m, s] = [mean, std].map((list) => torch.tensor([...list], { dtype, device }).view([-1, 1, 1]));
    if (s!.eq(0).any().item<boolean>())
      throw new ValueError(
        `std evaluated to zero after conversion to ${String(dtype)}, leading to division by zero.`,
        'normalize',
      );
    return (inplace ? img : img.clone()).sub_(m!).div_(s!);
  });
}

/** Runs `fn` on a batch of floating point numbers, whatever the image is, and brings the result back. */
function asFloats(img: Tensor, fn: (batch: Tensor) => Tensor): Tensor {
  const { dtype } = img;
  const isFloat = dtype === torch.float32 || dtype === torch.float64;
  return tidy(() => {
    const batch = img.ndim < 4 ? img.unsqueeze(0) : img;
    let result = fn(isFloat ? batch : batch.to(torch.float32));
    if (img.ndim < 4) result = result.squeeze(0);
    if (isFloat) return result;
    return (dtype.is_floating_point ? result : result.round()).to(dtype);
  });
}

/**
 * Another height and width; one number is the shorter side, and the longer one follows.
 * @param options `interpolation` (default: 'bilinear'); `max_size` of the longer side; `antialias` (default: true)
 * @throws {ValueError} max_size is not larger than the shorter side, or size has not one or two numbers
 */
export function resize(
  img: Tensor,
  size: number | readonly number[],
  options: { interpolation?: Interpolation; max_size?: number | null; antialias?: boolean } = {},
): Tensor {
  const { interpolation = 'bilinear', max_size = null, antialias = true } = options;
  const [h, w] = imageSize(img);
  const list = typeof size === 'number' ? [size] : size;
  if (list.length !== 1 && list.length !== 2)
    throw new ValueError('If size is a sequence, it should have 1 or 2 values', 'resize');
  if (max_size !== null && list.length !== 1)
    throw new ValueError(
      'max_size should only be passed if size specifies the length of the smaller edge, i.e. size should be an int',
      'resize',
    );
  let [height, width] = list as [number, number];
  if (list.length === 1) {
    let [short, long] = [height, Math.trunc((height * Math.max(h, w)) / Math.min(h, w))];
    if (max_size !== null && max_size <= short)
      throw new ValueError(
        `max_size = ${max_size} must be strictly greater than the requested size for the smaller edge size = ${short}`,
        'resize',
      );
    if (max_size !== null && long > max_size)
      [short, long] = [Math.trunc((max_size * short) / long), max_size];
    [height, width] = w <= h ? [long, short] : [short, long];
  }
  if (height === h && width === w) return img;
  const smooth = interpolation === 'bilinear' || interpolation === 'bicubic';
  return asFloats(img, (batch) => {
    const result = F.interpolate(batch, {
      size: [height, width],
      mode: interpolation,
      ...(smooth ? { align_corners: false, antialias } : {}),
    });
    return interpolation === 'bicubic' && img.dtype === torch.uint8
      ? result.clamp({ min: 0, max: 255 })
      : result;
  });
}

function sides(padding: Padding): [left: number, top: number, right: number, bottom: number] {
  const list = typeof padding === 'number' ? [padding] : padding;
  const [a, b, c, d] = list as [number, number, number, number];
  if (list.length === 1) return [a, a, a, a];
  if (list.length === 2) return [a, b, a, b];
  if (list.length === 4) return [a, b, c, d];
  throw new ValueError(
    `Padding must be an int or a 1, 2, or 4 element tuple, not a ${list.length} element tuple`,
    'pad',
  );
}

/** Mirrored with the edge itself, which F.pad has no mode for. */
function symmetric(img: Tensor, dim: number, before: number, after: number): Tensor {
  const length = img.size(dim);
  if (before > length || after > length)
    throw new ValueError(`symmetric padding of ${Math.max(before, after)} is more than the image has`, 'pad');
  const index = Array.from({ length: before + length + after }, (_, i) => {
    const at = i - before;
    return at < 0 ? -at - 1 : at < length ? at : 2 * length - at - 1;
  });
  return img.index_select(dim, torch.tensor(index, { dtype: torch.int64, device: img.device }));
}

/** @throws {ValueError} an unknown mode, or a padding of another form */
export function pad(
  img: Tensor,
  padding: Padding,
  fill: number | null = 0,
  padding_mode: PaddingMode = 'constant',
): Tensor {
  imageSize(img);
  const [left, top, right, bottom] = sides(padding);
  if (!['constant', 'edge', 'reflect', 'symmetric'].includes(padding_mode))
    throw new ValueError('Padding mode should be either constant, edge, reflect or symmetric', 'pad');
  if (padding_mode === 'symmetric')
    return tidy(() => symmetric(symmetric(img, -1, left, right), -2, top, bottom));
  const amounts = [left, right, top, bottom];
  if (padding_mode === 'constant') return F.pad(img, amounts, 'constant', fill ?? 0);
  const mode = padding_mode === 'edge' ? 'replicate' : 'reflect';
  return asFloats(img, (batch) => F.pad(batch, amounts, mode));
}

/** The rectangle from (top, left); what lies outside of the image is 0. */
export function crop(img: Tensor, top: number, left: number, height: number, width: number): Tensor {
  const [h, w] = imageSize(img);
  return tidy(() => {
    const [bottom, right] = [top + height, left + width];
    const inside = img
      .slice(-2, Math.min(Math.max(top, 0), h), Math.min(Math.max(bottom, 0), h))
      .slice(-1, Math.min(Math.max(left, 0), w), Math.min(Math.max(right, 0), w));
    if (top >= 0 && left >= 0 && bottom <= h && right <= w) return inside;
    const amounts = [Math.max(-left, 0), Math.max(right - w, 0), Math.max(-top, 0), Math.max(bottom - h, 0)];
    return F.pad(inside, amounts);
  });
}

/** Python's round: halves go to the even neighbour. */
function half(size: number): number {
  const down = Math.floor(size / 2);
  return size % 2 === 0 || down % 2 === 0 ? down : down + 1;
}

/** The middle; an image that is too small gets zeros around it first. */
export function center_crop(img: Tensor, output_size: number | readonly number[]): Tensor {
  const list = typeof output_size === 'number' ? [output_size] : output_size;
  const [height, width] = [list[0]!, list[1] ?? list[0]!];
  const [h, w] = imageSize(img);
  return tidy(() => {
    let result = img;
    if (width > w || height > h) {
      const [across, down] = [Math.max(width - w, 0), Math.max(height - h, 0)];
      result = pad(img, [across >> 1, down >> 1, (across + 1) >> 1, (down + 1) >> 1]);
    }
    const [top, left] = [half(result.size(-2) - height), half(result.size(-1) - width)];
    return crop(result, top, left, height, width);
  });
}

export function hflip(img: Tensor): Tensor {
  imageSize(img);
  return img.flip([-1]);
}

/**
 * One channel, or three equal ones; a grey image keeps its one channel either way, as in torchvision.
 * @throws {ArgumentError} neither 1 nor 3 channels
 */
export function rgb_to_grayscale(img: Tensor, num_output_channels = 1): Tensor {
  if (img.ndim < 3)
    throw new ArgumentError(
      `Input image tensor should have at least 3 dimensions, but found ${img.ndim}`,
      'rgb_to_grayscale',
    );
  const channels = img.size(-3);
  if (channels !== 1 && channels !== 3)
    throw new ArgumentError(
      `Input image tensor permitted channel values are 1 or 3, but found ${channels}`,
      'rgb_to_grayscale',
    );
  if (num_output_channels !== 1 && num_output_channels !== 3)
    throw new ValueError('num_output_channels should be either 1 or 3', 'rgb_to_grayscale');
  return tidy(() => {
    let gray = img.clone();
    if (channels === 3) {
      const [r, g, b] = img.unbind(-3) as [Tensor, Tensor, Tensor];
      gray = r.mul(0.2989).add(g.mul(0.587)).add(b.mul(0.114)).to(img.dtype).unsqueeze(-3);
    }
    if (num_output_channels === 1) return gray;
    return gray.expand(img.shape);
  });
}

function largest(dtype: DType): bigint {
  return dtype.is_floating_point ? 1n : BigInt(torch.iinfo(dtype).max);
}

/** Another dtype, values in its own range: 0 to 1 for floating point. @throws {TorchError} float32 to int32 or int64 */
export function convert_image_dtype(img: Tensor, dtype: DType = torch.float32): Tensor {
  const from = img.dtype;
  if (from === dtype) return img;
  if (from.is_floating_point && dtype.is_floating_point) return img.to(dtype);
  if (from.is_floating_point) {
    const { int32, int64, float32, float64 } = torch;
    if ((from === float32 && (dtype === int32 || dtype === int64)) || (from === float64 && dtype === int64))
      throw new TorchError(
        `The cast from ${String(from)} to ${String(dtype)} cannot be performed safely.`,
        'convert_image_dtype',
      );
    return tidy(() => img.mul(Number(largest(dtype)) + 1 - 1e-3).to(dtype));
  }
  if (dtype.is_floating_point) return tidy(() => img.to(dtype).div(Number(largest(from))));
  const [before, after] = [largest(from), largest(dtype)];
  return before > after
    ? tidy(() => img.div((before + 1n) / (after + 1n), { rounding_mode: 'floor' }).to(dtype))
    : tidy(() => img.to(dtype).mul((after + 1n) / (before + 1n)));
}
