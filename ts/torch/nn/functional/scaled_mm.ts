/** Products of matrices with scales, and of groups of matrices. */
import { operator } from '../../dispatch.js';
import { bfloat16, type DType } from '../../dtype.js';
import type { Tensor } from '../../tensor.js';
import { read } from './arguments.js';

type Call = (...args: unknown[]) => Tensor;
const aten = {
  grouped_mm: operator('_grouped_mm', ['default']) as Call,
  scaled_mm: operator('_scaled_mm_v2', ['default']) as Call,
  scaled_grouped_mm: operator('_scaled_grouped_mm_v2', ['default']) as Call,
};

/** What a scale belongs to. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.ScalingType.html */
export const ScalingType = Object.freeze({
  TensorWise: 0,
  RowWise: 1,
  BlockWise1x16: 2,
  BlockWise1x32: 3,
  BlockWise1x128: 4,
  BlockWise128x128: 5,
});
/** How scales lie in memory. */
export const SwizzleType = Object.freeze({ NO_SWIZZLE: 0, SWIZZLE_32_4_4: 1 });

type OneOrMore<T> = T | readonly T[];
export interface ScaledOptions {
  swizzle_a?: OneOrMore<number> | null;
  swizzle_b?: OneOrMore<number> | null;
  bias?: Tensor | null;
  /** Default: bfloat16. */
  output_dtype?: DType | null;
  contraction_dim?: readonly number[];
  /** Default: false. */
  use_fast_accum?: boolean;
}
interface Given extends ScaledOptions {
  mat_a: Tensor;
  mat_b: Tensor;
  scale_a: OneOrMore<Tensor>;
  scale_recipe_a: OneOrMore<number>;
  scale_b: OneOrMore<Tensor>;
  scale_recipe_b: OneOrMore<number>;
  offs?: Tensor | null;
}

function list<T>(value: OneOrMore<T> | null | undefined): readonly T[] {
  if (value == null) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

const required = ['mat_a', 'mat_b', 'scale_a', 'scale_recipe_a', 'scale_b', 'scale_recipe_b'];
const endings = ['output_dtype', 'contraction_dim', 'use_fast_accum'];

function scaled(op: 'scaled_mm' | 'scaled_grouped_mm', args: unknown[]): Tensor {
  const offs = op === 'scaled_grouped_mm' ? ['offs'] : [];
  const names = [...required, 'swizzle_a', 'swizzle_b', 'bias', ...offs, ...endings];
  const given = read<Given>(op, names, args, 2, required.length);
  const { mat_a, mat_b, bias = null, output_dtype = bfloat16 } = given;
  return aten[op](
    mat_a,
    mat_b,
    list(given.scale_a),
    list(given.scale_recipe_a),
    list(given.swizzle_a),
    list(given.scale_b),
    list(given.scale_recipe_b),
    list(given.swizzle_b),
    ...offs.map(() => given.offs ?? null),
    bias,
    output_dtype,
    given.contraction_dim ?? [],
    given.use_fast_accum ?? false,
  );
}

/** The product of two matrices of 8 or 4 bit floats with their scales. */
export function scaled_mm(
  mat_a: Tensor,
  mat_b: Tensor,
  scale_a: OneOrMore<Tensor>,
  scale_recipe_a: OneOrMore<number>,
  scale_b: OneOrMore<Tensor>,
  scale_recipe_b: OneOrMore<number>,
  options?: ScaledOptions,
): Tensor;
export function scaled_mm(...args: unknown[]): Tensor {
  return scaled('scaled_mm', args);
}

/** scaled_mm for groups of matrices, which `offs` parts where they lie in one. */
export function scaled_grouped_mm(
  mat_a: Tensor,
  mat_b: Tensor,
  scale_a: OneOrMore<Tensor>,
  scale_recipe_a: OneOrMore<number>,
  scale_b: OneOrMore<Tensor>,
  scale_recipe_b: OneOrMore<number>,
  options?: ScaledOptions & { offs?: Tensor | null },
): Tensor;
export function scaled_grouped_mm(...args: unknown[]): Tensor {
  return scaled('scaled_grouped_mm', args);
}

export interface GroupedOptions {
  /** int32: where the groups of a matrix end. */
  offs?: Tensor | null;
  bias?: Tensor | null;
  out_dtype?: DType | null;
}
/** Products of groups of matrices: three dimensions, or two with `offs`. */
export function grouped_mm(mat_a: Tensor, mat_b: Tensor, options?: GroupedOptions): Tensor;
export function grouped_mm(...args: unknown[]): Tensor {
  type All = { mat_a: Tensor; mat_b: Tensor } & GroupedOptions;
  const names = ['mat_a', 'mat_b', 'offs', 'bias', 'out_dtype'];
  const { mat_a, mat_b, offs, bias, out_dtype } = read<All>('grouped_mm', names, args, 2);
  return aten.grouped_mm(mat_a, mat_b, offs ?? null, bias ?? null, out_dtype ?? null);
}
