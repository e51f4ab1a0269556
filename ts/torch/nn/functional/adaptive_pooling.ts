/** Pooling to a given size: https://docs.pytorch.org/docs/stable/nn.functional.html#pooling-functions */
import { operator } from '../../dispatch.js';
import { ValueError } from '../../errors.js';
import { rand } from '../../generated/functions.js';
import type { Tensor } from '../../tensor.js';
import { ownSizes, read, repeated, type Forms, type Sizes } from './arguments.js';

type Call = (...args: unknown[]) => Tensor;
type PairCall = (...args: unknown[]) => [Tensor, Tensor];

/** A size, or one for each dimension; null keeps the input's. */
export type OutputSizes = number | readonly (number | null)[];

function adaptiveAverage(dims: 1 | 2 | 3): (input: Tensor, output_size: OutputSizes) => Tensor {
  const name = `adaptive_avg_pool${dims}d`;
  const call = operator(name, ['default']) as Call;
  const result = (...args: unknown[]): Tensor => {
    type Given = { input: Tensor; output_size: OutputSizes };
    const { input, output_size } = read<Given>(name, ['input', 'output_size'], args, 1, 2);
    return call(input, ownSizes(output_size, input));
  };
  return Object.defineProperty(result, 'name', { value: name });
}

/** Means of as many windows as `output_size` says, over (N, C, L) or (C, L). */
export const adaptive_avg_pool1d = adaptiveAverage(1);
/** Means of as many windows as `output_size` says, over (N, C, H, W) or (C, H, W). */
export const adaptive_avg_pool2d = adaptiveAverage(2);
/** Means of as many windows as `output_size` says, over (N, C, D, H, W) or (C, D, H, W). */
export const adaptive_avg_pool3d = adaptiveAverage(3);

interface AdaptiveMax {
  (
    input: Tensor,
    output_size: OutputSizes,
    return_indices: true | { return_indices: true },
  ): [Tensor, Tensor];
  (input: Tensor, output_size: OutputSizes, return_indices?: false | { return_indices?: false }): Tensor;
  (
    input: Tensor,
    output_size: OutputSizes,
    return_indices: boolean | { return_indices?: boolean },
  ): Tensor | [Tensor, Tensor];
}
type AdaptiveMaxWithIndices = (
  input: Tensor,
  output_size: OutputSizes,
  return_indices?: boolean | { return_indices?: boolean },
) => [Tensor, Tensor];

function adaptiveMaximum(dims: 1 | 2 | 3): [AdaptiveMax, AdaptiveMaxWithIndices] {
  const name = `adaptive_max_pool${dims}d`;
  const call = operator(name, ['default']) as PairCall;
  type Given = { input: Tensor; output_size: OutputSizes; return_indices?: boolean };
  const names = ['input', 'output_size', 'return_indices'];
  const indexed = (...args: unknown[]): [[Tensor, Tensor], boolean] => {
    const { input, output_size, return_indices = false } = read<Given>(name, names, args, 1, 2);
    return [call(input, ownSizes(output_size, input)), return_indices];
  };
  const plain = (...args: unknown[]): Tensor | [Tensor, Tensor] => {
    const [found, return_indices] = indexed(...args);
    if (return_indices) return found;
    const [values, indices] = found;
    indices.dispose();
    return values;
  };
  return [
    Object.defineProperty(plain, 'name', { value: name }) as AdaptiveMax,
    Object.defineProperty((...args: unknown[]) => indexed(...args)[0], 'name', {
      value: `${name}_with_indices`,
    }),
  ];
}

/** Maxima of as many windows as `output_size` says, over (N, C, L) or (C, L). */
export const [adaptive_max_pool1d, adaptive_max_pool1d_with_indices] = adaptiveMaximum(1);
/** Maxima of as many windows as `output_size` says, over (N, C, H, W) or (C, H, W). */
export const [adaptive_max_pool2d, adaptive_max_pool2d_with_indices] = adaptiveMaximum(2);
/** Maxima of as many windows as `output_size` says, over (N, C, D, H, W) or (C, D, H, W). */
export const [adaptive_max_pool3d, adaptive_max_pool3d_with_indices] = adaptiveMaximum(3);

export interface FractionalOptions {
  /** How many windows; either this or `output_ratio`. */
  output_size?: Sizes | null;
  /** The same as parts of the input's sizes. */
  output_ratio?: Sizes | null;
  /** Whether indices are returned too; default: false. */
  return_indices?: boolean;
  /** Numbers in [0, 1) that place the windows: (N, C, dimensions). Drawn unless given. */
  _random_samples?: Tensor | null;
}
type FractionalGiven = { input: Tensor; kernel_size: Sizes } & FractionalOptions;
interface Fractional {
  (
    input: Tensor,
    kernel_size: Sizes,
    options: FractionalOptions & { return_indices: true },
  ): [Tensor, Tensor];
  (input: Tensor, kernel_size: Sizes, options: FractionalOptions & { return_indices?: false }): Tensor;
  (
    input: Tensor,
    kernel_size: Sizes,
    ...rest: Forms<[output_size: Sizes | null, output_ratio: Sizes | null], FractionalOptions>
  ): Tensor | [Tensor, Tensor];
}
type FractionalWithIndices = (
  input: Tensor,
  kernel_size: Sizes,
  ...rest: Forms<[output_size: Sizes | null, output_ratio: Sizes | null], FractionalOptions>
) => [Tensor, Tensor];

function fractional(dims: 2 | 3): [Fractional, FractionalWithIndices] {
  const name = `fractional_max_pool${dims}d`;
  const call = operator(name, ['default']) as PairCall;
  const names = ['input', 'kernel_size', 'output_size', 'output_ratio', 'return_indices', '_random_samples'];
  const indexed = (...args: unknown[]): [[Tensor, Tensor], boolean] => {
    const given = read<FractionalGiven>(name, names, args, 1, 2);
    const { input, kernel_size, output_ratio, return_indices = false } = given;
    let { output_size, _random_samples: samples } = given;
    if (output_size == null) {
      if (output_ratio == null)
        throw new ValueError(`${name} requires specifying either an output_size or an output_ratio`, name);
      if (Array.isArray(output_ratio) && output_ratio.length > dims)
        throw new ValueError(
          `${name} requires output_ratio to either be a single Int or tuple of Ints.`,
          name,
        );
      output_size = repeated(output_ratio, dims).map((ratio, i) => Math.trunc(input.size(i - dims) * ratio));
    }
    const drawn = samples == null;
    samples ??= rand([input.ndim === dims + 1 ? 1 : input.size(0), input.size(-dims - 1), dims], {
      dtype: input.dtype,
      device: input.device,
    });
    try {
      return [call(input, kernel_size, output_size, samples), return_indices];
    } finally {
      if (drawn) samples.dispose();
    }
  };
  const plain = (...args: unknown[]): Tensor | [Tensor, Tensor] => {
    const [found, return_indices] = indexed(...args);
    if (return_indices) return found;
    const [values, indices] = found;
    indices.dispose();
    return values;
  };
  return [
    Object.defineProperty(plain, 'name', { value: name }) as Fractional,
    Object.defineProperty((...args: unknown[]) => indexed(...args)[0], 'name', {
      value: `${name}_with_indices`,
    }),
  ];
}

/** Maxima of windows in random places, over (N, C, H, W) or (C, H, W). @throws {ValueError} no size is given */
export const [fractional_max_pool2d, fractional_max_pool2d_with_indices] = fractional(2);
/** Maxima of windows in random places, over (N, C, D, H, W) or (C, D, H, W). @throws {ValueError} no size is given */
export const [fractional_max_pool3d, fractional_max_pool3d_with_indices] = fractional(3);
