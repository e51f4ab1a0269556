/** How the functions of torch.nn.functional take their arguments. */
import { ArgumentError, ValueError } from '../../errors.js';
import { Tensor } from '../../tensor.js';
import type { Reduction } from '../../types.js';
import { moduleArguments } from '../modules/arguments.js';

/**
 * What may follow the required arguments: any number of `Positions`, and then everything else by name. What is given
 * both ways is an error when the function is called.
 */
export type Forms<Positions extends readonly unknown[], Options> = Positions extends readonly [
  ...infer Start,
  unknown,
]
  ? [...Positions, options?: Options] | Forms<Start, Options>
  : [options?: Options];

/** One number, or as many as there are dimensions. */
export type Sizes = number | readonly number[];

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value;
}

/**
 * Arguments under their names, as in Python by position or by name.
 * @param tensors how many of the first parameters are tensors; they are required
 * @param required how many are required in all
 * @throws {ArgumentError} what is missing, unknown, given twice or no tensor
 */
export function read<Given>(
  op: string,
  names: readonly string[],
  args: readonly unknown[],
  tensors: number,
  required = tensors,
): Given {
  const given = moduleArguments(op, names, args, required);
  for (let i = 0; i < tensors; ++i) {
    const value = given[names[i]!];
    if (!(value instanceof Tensor))
      throw new ArgumentError(
        `${op}(): argument '${names[i]}' (position ${i + 1}) must be Tensor, not ${kindOf(value)}`,
        op,
      );
  }
  return given as Given;
}

/** A list of `count` numbers from one number or a list. */
export function repeated(value: Sizes, count: number): readonly number[] {
  return typeof value === 'number' ? Array.from({ length: count }, () => value) : value;
}

/**
 * Sizes of which null stands for the input's own.
 * @throws {ValueError} more sizes than the input has
 */
export function ownSizes(output_size: number | readonly (number | null)[], input: Tensor): Sizes {
  if (!Array.isArray(output_size)) return output_size as number;
  const sizes = output_size as readonly (number | null)[];
  if (input.ndim <= sizes.length)
    throw new ValueError(
      `Input dimension should be at least ${sizes.length + 1}, but got ${input.ndim} dimensions`,
    );
  return sizes.map((size, i) => size ?? input.size(i - sizes.length));
}

/**
 * The place of a row that may be counted from the end.
 * @throws {ValueError} there is no such row
 */
export function paddingRow(
  padding_idx: number | null | undefined,
  rows: number,
  word = 'Padding_idx',
): number | null {
  if (padding_idx == null) return null;
  if (padding_idx >= rows || padding_idx < -rows)
    throw new ValueError(`${word} must be within num_embeddings`);
  return padding_idx < 0 ? rows + padding_idx : padding_idx;
}

const warned = new Set<string>();
/** A warning of the process, each text once, where Python shows each place once. */
export function warn(text: string): void {
  if (warned.has(text)) return;
  warned.add(text);
  process.emitWarning(text, { type: 'UserWarning', code: 'TORCH_WARNING' });
}

/** The form in which losses were told what to make of their elements before `reduction`. */
export interface LegacyReduction {
  /** Before `reduction`: false for the sum. */
  size_average?: boolean | null;
  /** Before `reduction`: false for no reduction. */
  reduce?: boolean | null;
}
export interface ReductionOptions extends LegacyReduction {
  /** `'none'`, `'mean'` (default) or `'sum'`. */
  reduction?: Reduction;
}

/** The word that `size_average` and `reduce` mean; null where neither is given. */
export function legacyReduction({ size_average, reduce }: LegacyReduction): 'none' | 'mean' | 'sum' | null {
  if (size_average == null && reduce == null) return null;
  const word = reduce === false ? 'none' : size_average === false ? 'sum' : 'mean';
  warn(`size_average and reduce args will be deprecated, please use reduction='${word}' instead.`);
  return word;
}

export function reductionOf(given: ReductionOptions): Reduction {
  return legacyReduction(given) ?? given.reduction ?? 'mean';
}

/** @throws {ValueError} `reduction` is none of the known words */
export function reduced(loss: Tensor, reduction: Reduction, op: string): Tensor {
  switch (reduction) {
    case 'none':
    case 0:
      return loss;
    case 'mean':
    case 1:
      return loss.mean();
    case 'sum':
    case 2:
      return loss.sum();
    default:
      throw new ValueError(`${String(reduction)} is not a valid value for reduction`, op);
  }
}
