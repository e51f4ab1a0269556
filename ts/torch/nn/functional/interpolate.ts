/** Resizing: https://docs.pytorch.org/docs/stable/nn.functional.html#interpolate */
import { operator } from '../../dispatch.js';
import { ArgumentError, NotImplementedError, ValueError } from '../../errors.js';
import { Float } from '../../scalar.js';
import type { Tensor } from '../../tensor.js';
import { adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d } from './adaptive_pooling.js';
import { read, warn, type Forms } from './arguments.js';

type Call = (...args: unknown[]) => Tensor;
const vec = (name: string): Call => operator(name, ['vec']) as Call;

export type InterpolateMode =
  'nearest' | 'nearest-exact' | 'area' | 'linear' | 'bilinear' | 'bicubic' | 'trilinear' | 'lanczos';

/** The operators by mode and number of dimensions; those that know `align_corners`, and those against aliasing. */
const plain: Record<string, Record<number, Call>> = {
  nearest: { 3: vec('upsample_nearest1d'), 4: vec('upsample_nearest2d'), 5: vec('upsample_nearest3d') },
  'nearest-exact': {
    3: vec('_upsample_nearest_exact1d'),
    4: vec('_upsample_nearest_exact2d'),
    5: vec('_upsample_nearest_exact3d'),
  },
};
const smooth: Record<string, Record<number, Call>> = {
  linear: { 3: vec('upsample_linear1d') },
  bilinear: { 4: vec('upsample_bilinear2d') },
  trilinear: { 5: vec('upsample_trilinear3d') },
  bicubic: { 4: vec('upsample_bicubic2d') },
};
const antialiased: Record<string, Call> = {
  bilinear: vec('_upsample_bilinear2d_aa'),
  bicubic: vec('_upsample_bicubic2d_aa'),
  lanczos: vec('_upsample_lanczos2d_aa'),
};
const area: Record<number, (input: Tensor, sizes: number[]) => Tensor> = {
  3: adaptive_avg_pool1d,
  4: adaptive_avg_pool2d,
  5: adaptive_avg_pool3d,
};
/** How many dimensions the input of a mode has. */
const dimensionsOf: Record<string, number> = { linear: 3, bilinear: 4, trilinear: 5 };

type Factor = number | Float;
export interface InterpolateOptions {
  /** Sizes of the result; either this or `scale_factor`. */
  size?: number | readonly number[] | null;
  /** Sizes of the result as multiples of the input's. */
  scale_factor?: Factor | readonly Factor[] | null;
  /** Default: 'nearest'. */
  mode?: InterpolateMode;
  /** Whether the corner pixels of input and result are put upon each other; for the smooth modes only. */
  align_corners?: boolean | null;
  /** Whether the factors are computed anew from the rounded sizes. */
  recompute_scale_factor?: boolean | null;
  /** Against aliasing when a picture becomes smaller; default: false. */
  antialias?: boolean;
}
type Given = { input: Tensor } & InterpolateOptions;
const names = [
  'input',
  'size',
  'scale_factor',
  'mode',
  'align_corners',
  'recompute_scale_factor',
  'antialias',
];

interface Target {
  sizes: number[] | null;
  factors: number[] | null;
}

/** @throws {ValueError} both or neither of size and scale_factor, or not one for each dimension */
function target({ input, size, scale_factor }: Given): Target {
  const spatial = [...input.shape.slice(2)];
  const fail = (text: string): never => {
    throw new ValueError(text, 'interpolate');
  };
  const check = (what: string, list: readonly unknown[], form: string): void => {
    if (list.length !== spatial.length)
      fail(
        `Input and ${what} must have the same number of spatial dimensions, but got input with spatial dimensions of ` +
          `[${spatial.join(', ')}] and ${what === 'output' ? 'output size of' : 'scale_factor of shape'} ` +
          `[${list.join(', ')}]. Please provide input tensor in (N, C, d1, d2, ...,dK) format and ${form}.`,
      );
  };
  if (size != null && scale_factor != null) fail('only one of size or scale_factor should be defined');
  if (size != null) {
    const sizes = Array.isArray(size) ? [...(size as number[])] : spatial.map(() => size as number);
    check('output', sizes, 'output size in (o1, o2, ...,oK) format');
    if (!sizes.every(Number.isInteger))
      throw new ArgumentError(
        `interpolate(): size must be integers, not [${sizes.join(', ')}]`,
        'interpolate',
      );
    return { sizes, factors: null };
  }
  if (scale_factor == null) return fail('either size or scale_factor should be defined');
  const list = Array.isArray(scale_factor)
    ? (scale_factor as Factor[])
    : spatial.map(() => scale_factor as Factor);
  const factors = list.map(Number);
  check('scale_factor', factors, 'scale_factor in (s1, s2, ...,sK) format');
  return { sizes: null, factors };
}

/**
 * Resizes (N, C, L), (N, C, H, W) or (N, C, D, H, W).
 * @throws {ValueError} options that do not go together
 * @throws {NotImplementedError} a mode for another number of dimensions
 */
export function interpolate(
  input: Tensor,
  ...rest: Forms<
    [
      size: number | readonly number[] | null,
      scale_factor: Factor | readonly Factor[] | null,
      mode: InterpolateMode,
      align_corners: boolean | null,
    ],
    InterpolateOptions
  >
): Tensor;
export function interpolate(...args: unknown[]): Tensor {
  const op = 'interpolate';
  const given = read<Given>(op, names, args, 1);
  const { input, mode = 'nearest', align_corners, antialias = false } = given;
  const { ndim } = input;
  const rigid = mode in plain || mode === 'area';
  if (rigid && align_corners != null)
    throw new ValueError(
      'align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear',
      op,
    );
  let { sizes, factors } = target(given);
  const recompute = given.recompute_scale_factor === true || (mode === 'area' && sizes === null);
  if (recompute && factors === null)
    throw new ValueError('recompute_scale_factor is not meaningful with an explicit size.', op);
  if (recompute) {
    sizes = factors!.map((factor, i) => Math.trunc(input.size(i + 2) * factor));
    factors = null;
  }
  if (antialias && !(mode in antialiased && ndim === 4))
    throw new ValueError(
      'Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input',
      op,
    );
  if (mode === 'lanczos' && ndim === 4) {
    if (align_corners) throw new ValueError('Lanczos mode does not support align_corners=True', op);
    if (!antialias) throw new ValueError('Lanczos mode requires antialias=True', op);
  }
  const even = plain[mode]?.[ndim];
  if (even) return even(input, sizes, factors);
  if (mode === 'area' && area[ndim]) return area[ndim](input, sizes!);
  const call = antialias ? antialiased[mode] : smooth[mode]?.[ndim];
  if (call) return call(input, sizes, align_corners ?? false, factors);
  if (mode in dimensionsOf && ndim >= 3 && ndim <= 5)
    throw new NotImplementedError(
      `Got ${ndim}D input, but ${mode} mode needs ${dimensionsOf[mode]}D input`,
      op,
    );
  throw new NotImplementedError(
    `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${ndim}D) for the modes: nearest | linear | bilinear ` +
      `| bicubic | trilinear | lanczos | area | nearest-exact (got ${mode})`,
    op,
  );
}

type UpsampleForms = Forms<
  [size: number | readonly number[] | null, scale_factor: Factor | readonly Factor[] | null],
  Pick<InterpolateOptions, 'size' | 'scale_factor'>
>;

/** The old name of `interpolate`. */
export function upsample(
  input: Tensor,
  ...rest: Forms<
    [
      size: number | readonly number[] | null,
      scale_factor: Factor | readonly Factor[] | null,
      mode: InterpolateMode,
    ],
    Pick<InterpolateOptions, 'size' | 'scale_factor' | 'mode' | 'align_corners'>
  >
): Tensor;
export function upsample(...args: unknown[]): Tensor {
  warn('`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.');
  const { input, ...options } = read<Given>('upsample', names.slice(0, 5), args, 1);
  return interpolate(input, options);
}
/** `interpolate` with mode 'nearest'. */
export function upsample_nearest(input: Tensor, ...rest: UpsampleForms): Tensor;
export function upsample_nearest(...args: unknown[]): Tensor {
  warn('`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.');
  const { input, ...options } = read<Given>('upsample_nearest', names.slice(0, 3), args, 1);
  return interpolate(input, { ...options, mode: 'nearest' });
}
/** `interpolate` with mode 'bilinear' and align_corners. */
export function upsample_bilinear(input: Tensor, ...rest: UpsampleForms): Tensor;
export function upsample_bilinear(...args: unknown[]): Tensor {
  warn('`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.');
  const { input, ...options } = read<Given>('upsample_bilinear', names.slice(0, 3), args, 1);
  return interpolate(input, { ...options, mode: 'bilinear', align_corners: true });
}
