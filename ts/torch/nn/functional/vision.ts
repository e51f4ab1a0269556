/** Sampling and sliding windows: https://docs.pytorch.org/docs/stable/nn.functional.html#vision-functions */
import { operator } from '../../dispatch.js';
import { NotImplementedError, ValueError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import { read, repeated, warn, type Forms, type Sizes } from './arguments.js';

type Call = (...args: unknown[]) => Tensor;
const aten = {
  affine_grid_generator: operator('affine_grid_generator', ['default']) as Call,
  col2im: operator('col2im', ['default']) as Call,
  grid_sampler: operator('grid_sampler', ['default']) as Call,
  im2col: operator('im2col', ['default']) as Call,
};

const sampleModes = ['bilinear', 'nearest', 'bicubic'] as const;
const paddingModes = ['zeros', 'border', 'reflection'] as const;

export interface GridSampleOptions {
  /** 'bilinear' (default), 'nearest' or 'bicubic'. */
  mode?: (typeof sampleModes)[number];
  /** What lies outside: 'zeros' (default), 'border' or 'reflection'. */
  padding_mode?: (typeof paddingModes)[number];
  /** Whether -1 and 1 mean the middles of the corner pixels, and not their outer edges; default: false. */
  align_corners?: boolean | null;
}

function aligned(align_corners: boolean | null | undefined): boolean {
  if (align_corners == null)
    warn(
      'Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify ' +
        'align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.',
    );
  return align_corners ?? false;
}

/**
 * Values of (N, C, H, W) at the places `grid` (N, H', W', 2), in [-1, 1]; in three dimensions likewise.
 * @throws {ValueError} an unknown word
 */
export function grid_sample(
  input: Tensor,
  grid: Tensor,
  ...rest: Forms<
    [
      mode: (typeof sampleModes)[number],
      padding_mode: (typeof paddingModes)[number],
      align_corners: boolean | null,
    ],
    GridSampleOptions
  >
): Tensor;
export function grid_sample(...args: unknown[]): Tensor {
  type Given = { input: Tensor; grid: Tensor } & GridSampleOptions;
  const op = 'grid_sample';
  const names = ['input', 'grid', 'mode', 'padding_mode', 'align_corners'];
  const given = read<Given>(op, names, args, 2);
  const { input, grid, mode = 'bilinear', padding_mode = 'zeros' } = given;
  if (!sampleModes.includes(mode))
    throw new ValueError(
      `nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '${String(mode)}'`,
      op,
    );
  if (!paddingModes.includes(padding_mode))
    throw new ValueError(
      "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: " +
        `'${String(padding_mode)}'`,
      op,
    );
  return aten.grid_sampler(
    input,
    grid,
    sampleModes.indexOf(mode),
    paddingModes.indexOf(padding_mode),
    aligned(given.align_corners),
  );
}

/**
 * The grid for grid_sample that the affine matrices `theta` (N, 2, 3) make for results of `size` (N, C, H, W); with
 * (N, 3, 4) and (N, C, D, H, W) in three dimensions.
 * @throws {ValueError} shapes that do not fit, or sizes that are not positive
 */
export function affine_grid(
  theta: Tensor,
  size: readonly number[],
  ...rest: Forms<[align_corners: boolean | null], { align_corners?: boolean | null }>
): Tensor;
export function affine_grid(...args: unknown[]): Tensor {
  type Given = { theta: Tensor; size: readonly number[]; align_corners?: boolean | null };
  const op = 'affine_grid';
  const given = read<Given>(op, ['theta', 'size', 'align_corners'], args, 1, 2);
  const { theta, size } = given;
  const align_corners = aligned(given.align_corners);
  if (!theta.is_floating_point())
    throw new ValueError(`Expected theta to have floating point type, but got ${String(theta.dtype)}`, op);
  const dims = size.length - 2;
  const text = `torch.Size([${size.join(', ')}])`;
  if (dims !== 2 && dims !== 3)
    throw new NotImplementedError(
      'affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. ' +
        `Got size ${text}.`,
      op,
    );
  if (theta.ndim !== 3 || theta.size(-2) !== dims || theta.size(-1) !== dims + 1)
    throw new ValueError(
      `Expected a batch of ${dims}D affine matrices of shape Nx${dims}x${dims + 1} for size ${text}. Got ${String(theta.shape)}.`,
      op,
    );
  if (align_corners && Math.min(...size.slice(2)) === 1)
    warn(
      'Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is not ' +
        'an intended use case of affine_grid. See the documentation of affine_grid for details.',
    );
  else if (Math.min(...size) <= 0)
    throw new ValueError(`Expected non-zero, positive output size. Got ${text}`, op);
  return aten.affine_grid_generator(theta, size, align_corners);
}

export interface WindowOptions {
  /** Default: 1. */
  dilation?: Sizes;
  /** Default: 0. */
  padding?: Sizes;
  /** Default: 1. */
  stride?: Sizes;
}
type WindowForms = Forms<[dilation: Sizes, padding: Sizes, stride: Sizes], WindowOptions>;

/** The sliding windows of (N, C, H, W) or (C, H, W) as columns: (N, C · kernel elements, windows). */
export function unfold(input: Tensor, kernel_size: Sizes, ...rest: WindowForms): Tensor;
export function unfold(...args: unknown[]): Tensor {
  type Given = { input: Tensor; kernel_size: Sizes } & WindowOptions;
  const names = ['input', 'kernel_size', 'dilation', 'padding', 'stride'];
  const {
    input,
    kernel_size,
    dilation = 1,
    padding = 0,
    stride = 1,
  } = read<Given>('unfold', names, args, 1, 2);
  const sizes = [kernel_size, dilation, padding, stride].map((value) => repeated(value, 2));
  return aten.im2col(input, ...sizes);
}

/** Adds columns, as unfold gives them, up to pictures of `output_size`. */
export function fold(input: Tensor, output_size: Sizes, kernel_size: Sizes, ...rest: WindowForms): Tensor;
export function fold(...args: unknown[]): Tensor {
  type Given = { input: Tensor; output_size: Sizes; kernel_size: Sizes } & WindowOptions;
  const names = ['input', 'output_size', 'kernel_size', 'dilation', 'padding', 'stride'];
  const given = read<Given>('fold', names, args, 1, 3);
  const { input, output_size, kernel_size, dilation = 1, padding = 0, stride = 1 } = given;
  const sizes = [output_size, kernel_size, dilation, padding, stride].map((value) => repeated(value, 2));
  return aten.col2im(input, ...sizes);
}
