/**
 * What Python's torch/functional.py adds to the operators: any number of tensors as arguments, words for numbers,
 * results only where they are asked for. https://docs.pytorch.org/docs/stable/torch.html
 */
import { namedArguments } from './arguments.js';
import { isOptions, operator } from './dispatch.js';
import type { DType } from './dtype.js';
import { ArgumentError, TorchError, ValueError } from './errors.js';
import { Handled } from './handle.js';
import { Size } from './size.js';
import type { Tensor } from './tensor.js';
import type { Int, Ints } from './types.js';

type Tensors = readonly Tensor[];
const aten = {
  atleast_1d: operator('atleast_1d', ['default', 'Sequence']),
  atleast_2d: operator('atleast_2d', ['default', 'Sequence']),
  atleast_3d: operator('atleast_3d', ['default', 'Sequence']),
  block_diag: operator('block_diag', ['default']),
  broadcast_tensors: operator('broadcast_tensors', ['default']),
  cartesian_prod: operator('cartesian_prod', ['default']),
  cdist: operator('cdist', ['default']),
  chain_matmul: operator('chain_matmul', ['default'], { outs: ['out'] }),
  einsum: operator('einsum', ['default']),
  matrix_norm: operator('linalg_matrix_norm', ['str_ord'], { outs: ['str_ord_out'] }),
  meshgrid: operator('meshgrid', ['indexing']),
  nonzero: operator('nonzero', ['default'], { outs: ['out'] }),
  nonzero_numpy: operator('nonzero_numpy', ['default']),
  norm: operator('norm', ['ScalarOpt_dim', 'ScalarOpt_dim_dtype'], { outs: ['out', 'dtype_out'] }),
  tensordot: operator('tensordot', ['default'], { outs: ['out'] }),
  vector_norm: operator('linalg_vector_norm', ['default'], { outs: ['out'] }),
};

/** `f(a, b)` and `f([a, b])` alike. */
function spread(args: readonly (Tensor | Tensors)[]): Tensors {
  return (args.length === 1 && Array.isArray(args[0]) ? args[0] : args) as Tensors;
}

function atLeast(
  call: (tensors: Tensor | Tensors) => unknown,
  args: readonly (Tensor | Tensors)[],
): Tensor & Tensor[] {
  return call(args.length === 1 ? args[0]! : (args as Tensors)) as Tensor & Tensor[];
}

/** Views with at least one dimension, of one tensor or of several. */
export function atleast_1d(tensor: Tensor): Tensor;
export function atleast_1d(...tensors: Tensor[] | [Tensors]): Tensor[];
export function atleast_1d(...tensors: (Tensor | Tensors)[]): Tensor | Tensor[] {
  return atLeast(aten.atleast_1d, tensors);
}
/** Views with at least two dimensions. */
export function atleast_2d(tensor: Tensor): Tensor;
export function atleast_2d(...tensors: Tensor[] | [Tensors]): Tensor[];
export function atleast_2d(...tensors: (Tensor | Tensors)[]): Tensor | Tensor[] {
  return atLeast(aten.atleast_2d, tensors);
}
/** Views with at least three dimensions. */
export function atleast_3d(tensor: Tensor): Tensor;
export function atleast_3d(...tensors: Tensor[] | [Tensors]): Tensor[];
export function atleast_3d(...tensors: (Tensor | Tensors)[]): Tensor | Tensor[] {
  return atLeast(aten.atleast_3d, tensors);
}

/** One matrix with the tensors along its diagonal, and zeros elsewhere. */
export function block_diag(...tensors: Tensor[] | [Tensors]): Tensor {
  return aten.block_diag(spread(tensors)) as Tensor;
}

/** The tensors expanded to the one shape that fits all. */
export function broadcast_tensors(...tensors: Tensor[] | [Tensors]): Tensor[] {
  return aten.broadcast_tensors(spread(tensors)) as Tensor[];
}

/**
 * The shape to which these shapes broadcast.
 * @throws {TorchError} when they do not.
 */
export function broadcast_shapes(...shapes: (number | readonly number[])[]): Size {
  const result: number[] = [];
  for (const [which, given] of shapes.entries()) {
    const shape = typeof given === 'number' ? [given] : given;
    for (let i = 1; i <= shape.length; ++i) {
      const size = shape[shape.length - i]!;
      const soFar = result[result.length - i];
      if (soFar === undefined) result.unshift(size);
      else if (soFar === 1) result[result.length - i] = size;
      else if (size !== 1 && size !== soFar)
        throw new TorchError(
          `broadcast_shapes(): shape [${shape.join(', ')}] (position ${which + 1}) does not broadcast to [${result.join(', ')}]`,
          'broadcast_shapes',
        );
    }
  }
  return Size.own(result);
}

/** All combinations of the elements of vectors, one per row. */
export function cartesian_prod(...tensors: Tensor[] | [Tensors]): Tensor {
  return aten.cartesian_prod(spread(tensors)) as Tensor;
}

const cdistModes = {
  use_mm_for_euclid_dist_if_necessary: null,
  use_mm_for_euclid_dist: 1,
  donot_use_mm_for_euclid_dist: 2,
};
interface CdistOptions {
  p?: number;
  compute_mode?: keyof typeof cdistModes;
}

/** Distances `[..., P, R]` between the rows of `x1 [..., P, M]` and of `x2 [..., R, M]`, in the p-norm (default 2). */
export function cdist(x1: Tensor, x2: Tensor, p?: number, compute_mode?: keyof typeof cdistModes): Tensor;
export function cdist(x1: Tensor, x2: Tensor, options: CdistOptions): Tensor;
export function cdist(x1: Tensor, x2: Tensor, p: number, options: Omit<CdistOptions, 'p'>): Tensor;
export function cdist(...args: unknown[]): Tensor {
  const given = namedArguments('cdist', ['x1', 'x2', 'p', 'compute_mode'], args);
  const mode = (given['compute_mode'] ?? 'use_mm_for_euclid_dist_if_necessary') as string;
  if (!Object.hasOwn(cdistModes, mode))
    throw new ValueError(`${mode} is not a valid value for compute_mode`, 'cdist');
  const { x1, x2, p = 2 } = given;
  return aten.cdist(x1, x2, p, cdistModes[mode as keyof typeof cdistModes]) as Tensor;
}

/** The product of the matrices, in the order that takes the fewest multiplications. */
export function chain_matmul(...args: Tensor[] | [...Tensor[], { out?: Tensor }]): Tensor {
  const last = args[args.length - 1];
  if (!isOptions(last)) return aten.chain_matmul(args) as Tensor;
  const { out } = namedArguments('chain_matmul', ['out'], [last], 0);
  return aten.chain_matmul(args.slice(0, -1), ...(out ? [{ out }] : [])) as Tensor;
}

/** Python's list form of a subscript: 0 to 51 are the letters, '...' the ellipsis. */
export type Subscripts = readonly (number | '...')[];
function letters(subscripts: unknown): string {
  if (!Array.isArray(subscripts))
    throw new ArgumentError('einsum(): subscripts must be lists of integers', 'einsum');
  return (subscripts as Subscripts)
    .map((n) => {
      if (n === '...') return n;
      if (Number.isInteger(n) && n >= 0 && n < 52) return String.fromCharCode(n < 26 ? 65 + n : 97 + n - 26);
      throw new ValueError(
        'einsum(): subscript in subscript list is not within the valid range [0, 52)',
        'einsum',
      );
    })
    .join('');
}

/**
 * Sums of products of elements, by Einstein's convention: `einsum('ij,jk->ik', a, b)` is the product of matrices.
 * The list form `einsum(a, [0, 1], b, [1, 2], [0, 2])` says the same.
 * @throws {ValueError} without operands, or on a subscript outside 0 to 51
 */
export function einsum(equation: string, ...operands: Tensor[] | [Tensors]): Tensor;
export function einsum(first: Tensor, subscripts: Subscripts, ...rest: (Tensor | Subscripts)[]): Tensor;
export function einsum(...args: unknown[]): Tensor {
  if (args.length < 2)
    throw new ValueError('einsum(): must specify the equation string and at least one operand', 'einsum');
  const [equation, ...operands] = args;
  if (!(equation instanceof Handled)) return aten.einsum(equation, spread(operands as Tensor[])) as Tensor;
  const pairs = args.length - (args.length % 2);
  const tensors = args.slice(0, pairs).filter((_, i) => i % 2 === 0);
  const inputs = args.slice(0, pairs).filter((_, i) => i % 2 === 1);
  const output = args.length > pairs ? `->${letters(args[pairs])}` : '';
  return aten.einsum(inputs.map(letters).join(',') + output, tensors) as Tensor;
}

/** Coordinates of a grid: n vectors give n tensors of n dimensions. 'ij' (default) or, as on the screen, 'xy'. */
export function meshgrid(
  ...args:
    Tensor[] | [Tensors] | [...Tensor[], { indexing?: 'ij' | 'xy' }] | [Tensors, { indexing?: 'ij' | 'xy' }]
): Tensor[] {
  const last = args[args.length - 1];
  const options = isOptions(last) ? namedArguments('meshgrid', ['indexing'], [last], 0) : {};
  const tensors = (isOptions(last) ? args.slice(0, -1) : args) as Tensor[];
  return aten.meshgrid(spread(tensors), { indexing: options['indexing'] ?? 'ij' }) as Tensor[];
}

/** Indices of the elements that are not zero, one per row; with `as_tuple` one tensor per dimension. */
export function nonzero(input: Tensor, options: { as_tuple: true }): Tensor[];
export function nonzero(input: Tensor, options?: { as_tuple?: false; out?: Tensor }): Tensor;
export function nonzero(...args: unknown[]): Tensor | Tensor[] {
  const { input, as_tuple, out } = namedArguments('nonzero', ['input', 'as_tuple', 'out'], args, 1);
  if (as_tuple) return aten.nonzero_numpy(input) as Tensor[];
  return aten.nonzero(input, ...(out ? [{ out }] : [])) as Tensor;
}

export type NormOrder = number | 'fro' | 'nuc' | null;
export interface NormOptions {
  p?: NormOrder;
  dim?: Int | Ints | null;
  keepdim?: boolean;
  dtype?: DType | null;
  out?: Tensor;
}

/**
 * The p-norm over `dim` (default: over all elements). 'fro' (default) is the root of the sum of squares, 'nuc' the
 * sum of the singular values of matrices.
 */
export function norm(input: Tensor, p?: NormOrder, dim?: Int | Ints | null, keepdim?: boolean): Tensor;
export function norm(input: Tensor, options: NormOptions): Tensor;
export function norm(input: Tensor, p: NormOrder, options: Omit<NormOptions, 'p'>): Tensor;
export function norm(
  input: Tensor,
  p: NormOrder,
  dim: Int | Ints | null,
  options: Omit<NormOptions, 'p' | 'dim'>,
): Tensor;
export function norm(...args: unknown[]): Tensor {
  const given = namedArguments('norm', ['input', 'p', 'dim', 'keepdim', 'out', 'dtype'], args);
  const {
    input,
    p: order = 'fro',
    dim: where = null,
    keepdim = false,
    ...options
  } = given as NormOptions & { input?: Tensor };
  if (!(input instanceof Handled))
    throw new ArgumentError("norm(): argument 'input' (position 1) must be Tensor", 'norm');
  const dim = where === null || Array.isArray(where) ? where : [where];
  const all = (): number[] => Array.from({ length: input.ndim }, (_, i) => i);
  const isFrobenius = order === 'fro' && (dim === null || dim.length <= 2);
  if (typeof order === 'string' && !isFrobenius)
    return aten.matrix_norm(input, order, dim ?? all(), keepdim, options) as Tensor;
  const p = isFrobenius ? 2 : (order ?? 2);
  // linalg knows dense tensors only; the older operator takes sparse ones, over all dimensions.
  if (input.layout.name !== 'strided') return aten.norm(input, p, dim ?? all(), keepdim, options) as Tensor;
  return aten.vector_norm(input, p, dim, keepdim, options) as Tensor;
}

const tensordotDims =
  'tensordot expects dims to be int or a pair of lists of dimensions, one for each tensor, but got dims=';

/**
 * Contraction over several dimensions: the last `dims` of `a` with the first of `b` (default 2), or the pairs of
 * dimensions that two lists name.
 * @throws {TorchError} when `dims` is negative or more than a tensor has
 */
export function tensordot(
  a: Tensor,
  b: Tensor,
  dims?: number | readonly [Ints, Ints],
  options?: { out?: Tensor },
): Tensor;
export function tensordot(
  a: Tensor,
  b: Tensor,
  options: { dims?: number | readonly [Ints, Ints]; out?: Tensor },
): Tensor;
export function tensordot(...args: unknown[]): Tensor {
  const {
    a,
    b,
    dims = 2,
    ...options
  } = namedArguments('tensordot', ['a', 'b', 'dims', 'out'], args) as {
    a: Tensor;
    b: Tensor;
    dims?: number | readonly [Ints, Ints];
  };
  if (Array.isArray(dims)) {
    if (dims.length !== 2) throw new TorchError(`${tensordotDims}[${dims.join('], [')}]`, 'tensordot');
    return aten.tensordot(a, b, dims[0], dims[1], options) as Tensor;
  }
  if (typeof dims !== 'number') throw new TorchError(tensordotDims + String(dims), 'tensordot');
  if (dims < 0) throw new TorchError(`tensordot expects dims >= 0, but got dims=${dims}`, 'tensordot');
  if (dims > Math.min(a.ndim, b.ndim))
    throw new TorchError(`tensordot expects dims < ndim_a or ndim_b, but got dims=${dims}`, 'tensordot');
  const first = Array.from({ length: dims }, (_, i) => i);
  return aten.tensordot(
    a,
    b,
    first.map((i) => i - dims),
    first,
    options,
  ) as Tensor;
}
