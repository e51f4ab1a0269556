/** torch.unique and torch.unique_consecutive: the operators always give three tensors, Python only what is asked for. */
import { namedArguments } from './arguments.js';
import { operator } from './dispatch.js';
import type { Tensor } from './tensor.js';

const unique2 = operator('_unique2', ['default']);
const uniqueDim = operator('unique_dim', ['default']);
const uniqueConsecutive = operator('unique_consecutive', ['default']);

export interface UniqueConsecutiveOptions {
  return_inverse?: boolean;
  return_counts?: boolean;
  /** Whole slices along this dimension are compared; null takes the elements. */
  dim?: number | null;
}
export interface UniqueOptions extends UniqueConsecutiveOptions {
  sorted?: boolean;
}

/** One tensor, or a tuple with one more for each of `return_inverse` and `return_counts`. */
export type UniqueResult<Options> = Options extends { return_inverse: true }
  ? Options extends { return_counts: true }
    ? [output: Tensor, inverse: Tensor, counts: Tensor]
    : [output: Tensor, inverse: Tensor]
  : Options extends { return_counts: true }
    ? [output: Tensor, counts: Tensor]
    : Tensor;

function onlyAskedFor(results: unknown, inverse: unknown, counts: unknown): Tensor | Tensor[] {
  const [output, positions, numbers] = results as [Tensor, Tensor, Tensor];
  const kept = [output];
  if (inverse) kept.push(positions);
  else positions.dispose();
  if (counts) kept.push(numbers);
  else numbers.dispose();
  return kept.length === 1 ? output : kept;
}

/**
 * The different elements of a tensor, sorted unless `sorted` is false; with `return_inverse` also where each element
 * went, with `return_counts` how often it occurs.
 * https://docs.pytorch.org/docs/stable/generated/torch.unique.html
 */
export function unique<const Options extends UniqueOptions = object>(
  input: Tensor,
  options?: Options,
): UniqueResult<Options>;
export function unique(input: Tensor, sorted: boolean): Tensor;
export function unique(...args: unknown[]): Tensor | Tensor[] {
  const names = ['input', 'sorted', 'return_inverse', 'return_counts', 'dim'];
  const given = namedArguments('unique', names, args);
  const { input, sorted = true, return_inverse = false, return_counts = false, dim = null } = given;
  const results =
    dim === null
      ? unique2(input, sorted, return_inverse, return_counts)
      : uniqueDim(input, dim, sorted, return_inverse, return_counts);
  return onlyAskedFor(results, return_inverse, return_counts);
}

/**
 * One element of each run of equal ones.
 * https://docs.pytorch.org/docs/stable/generated/torch.unique_consecutive.html
 */
export function unique_consecutive<const Options extends UniqueConsecutiveOptions = object>(
  input: Tensor,
  options?: Options,
): UniqueResult<Options>;
export function unique_consecutive(...args: unknown[]): Tensor | Tensor[] {
  const names = ['input', 'return_inverse', 'return_counts', 'dim'];
  const given = namedArguments('unique_consecutive', names, args);
  const { input, return_inverse = false, return_counts = false, dim = null } = given;
  const results = uniqueConsecutive(input, return_inverse, return_counts, dim);
  return onlyAskedFor(results, return_inverse, return_counts);
}
