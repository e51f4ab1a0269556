/** The partial inverse of max pooling: https://docs.pytorch.org/docs/stable/nn.functional.html#max-unpool1d */
import { operator } from '../../dispatch.js';
import { ValueError } from '../../errors.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import { read, repeated, type Forms, type Sizes } from './arguments.js';

type Call = (...args: unknown[]) => Tensor;
const unpool2d = operator('max_unpool2d', ['default']) as Call;
const unpool3d = operator('max_unpool3d', ['default']) as Call;

export interface UnpoolOptions {
  /** Default: kernel_size. */
  stride?: Sizes | null;
  /** Default: 0. */
  padding?: Sizes;
  /** The size of what was pooled, where several would do: with or without batch and channels. */
  output_size?: readonly number[] | null;
}
type Unpool = (
  input: Tensor,
  indices: Tensor,
  kernel_size: Sizes,
  ...rest: Forms<[stride: Sizes | null, padding: Sizes, output_size: readonly number[] | null], UnpoolOptions>
) => Tensor;

interface Windows {
  kernel: readonly number[];
  stride: readonly number[];
  padding: readonly number[];
}

function outputSize(
  input: Tensor,
  { kernel, stride, padding }: Windows,
  given: readonly number[] | null,
  op: string,
): readonly number[] {
  const dims = kernel.length;
  const standard = kernel.map(
    (length, d) => (input.size(d - dims) - 1) * stride[d]! + length - 2 * padding[d]!,
  );
  let sizes = standard;
  if (given !== null) {
    sizes = given.length === dims + 2 ? given.slice(2) : [...given];
    if (sizes.length !== dims)
      throw new ValueError(
        `output_size should be a sequence containing ${dims} or ${dims + 2} elements, but it has a length of '${sizes.length}'`,
        op,
      );
    sizes.forEach((size, d) => {
      const [least, most] = [standard[d]! - stride[d]!, standard[d]! + stride[d]!];
      if (!(least < size && size < most))
        throw new ValueError(
          `invalid output_size "(${sizes.join(', ')})" (dim ${d} must be between ${least} and ${most})`,
          op,
        );
    });
  }
  sizes.forEach((size, d) => {
    if (size < 0)
      throw new ValueError(
        `max_unpooling: output_size must contain non-negative spatial dimensions, but got output_size[${d}]=${size}`,
        op,
      );
  });
  return sizes;
}

function unpool(
  dims: 1 | 2 | 3,
  call: (input: Tensor, indices: Tensor, sizes: readonly number[], windows: Windows) => Tensor,
): Unpool {
  const name = `max_unpool${dims}d`;
  const names = ['input', 'indices', 'kernel_size', 'stride', 'padding', 'output_size'];
  const result = (...args: unknown[]): Tensor => {
    type Given = { input: Tensor; indices: Tensor; kernel_size: Sizes } & UnpoolOptions;
    const {
      input,
      indices,
      kernel_size,
      stride,
      padding = 0,
      output_size = null,
    } = read<Given>(name, names, args, 2, 3);
    const windows = {
      kernel: repeated(kernel_size, dims),
      stride: repeated(stride ?? kernel_size, dims),
      padding: repeated(padding, dims),
    };
    return call(input, indices, outputSize(input, windows, output_size, name), windows);
  };
  return Object.defineProperty(result, 'name', { value: name });
}

/** Puts what max_pool1d found back where it was, with zeros elsewhere. @throws {ValueError} an impossible output_size */
export const max_unpool1d = unpool(1, (input, indices, sizes) =>
  tidy(() => unpool2d(input.unsqueeze(-1), indices.unsqueeze(-1), [...sizes, 1]).squeeze(-1)),
);
/** Puts what max_pool2d found back where it was, with zeros elsewhere. @throws {ValueError} an impossible output_size */
export const max_unpool2d = unpool(2, (input, indices, sizes) => unpool2d(input, indices, sizes));
/** Puts what max_pool3d found back where it was, with zeros elsewhere. @throws {ValueError} an impossible output_size */
export const max_unpool3d = unpool(3, (input, indices, sizes, { stride, padding }) =>
  unpool3d(input, indices, sizes, stride, padding),
);
