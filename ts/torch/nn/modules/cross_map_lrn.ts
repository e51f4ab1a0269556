/** https://github.com/pytorch/pytorch/blob/main/torch/nn/modules/normalization.py: kept by PyTorch for old models. */
import { Function, type FunctionCtx } from '../../autograd/function.js';
import { tensor } from '../../creation.js';
import { ValueError } from '../../errors.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import { read, type Forms } from '../functional/arguments.js';
import { callable } from './callable.js';
import { Module } from './module.js';
import { floatText, pythonText } from './text.js';

interface CrossMapOptions {
  /** Default: 1e-4. */
  alpha?: number;
  /** Default: 0.75. */
  beta?: number;
  /** Default: 1. */
  k?: number;
}
type Given = { size: number } & Required<CrossMapOptions>;

/** Which channels are summed for which, as a matrix of zeros and ones. */
function band(like: Tensor, takes: (channel: number, other: number) => boolean): Tensor {
  const channels = Array.from({ length: like.size(1) }, (_, c) => c);
  return tensor(channels.map((c) => channels.map((other) => (takes(c, other) ? 1 : 0)))).to(like);
}
/** Sums over channels of [N, C, H, W]. */
function summed(matrix: Tensor, values: Tensor): Tensor {
  return matrix.matmul(values.flatten(2)).reshape(values.shape);
}

class CrossMap extends Function {
  static override forward(ctx: FunctionCtx, input: Tensor, given: Given): Tensor {
    const { size, alpha, beta, k } = given;
    if (input.ndim !== 4)
      throw new ValueError(`CrossMapLRN2d: Expected input to be 4D, got ${input.ndim}D instead.`);
    const reach = Math.trunc((size - 1) / 2 + 1);
    // The running sum of PyTorch never lets go of the first channel.
    const window = band(input, (c, other) => other === 0 || Math.abs(other - c) < reach);
    const scale = summed(window, input.pow(2))
      .mul(alpha / size)
      .add(k);
    const output = scale.pow(-beta).mul(input);
    ctx.save_for_backward(input, output, scale);
    ctx['given'] = given;
    return output;
  }
  static override backward(ctx: FunctionCtx, grad: Tensor): (Tensor | null)[] {
    const [input, output, scale] = ctx.saved_tensors as [Tensor, Tensor, Tensor];
    const { size, alpha, beta } = ctx['given'] as Given;
    return tidy(() => {
      const first = -Math.trunc(size - (size - 1) / 2);
      const window = band(input, (c, other) => other - c >= first && other - c < first + size);
      const others = summed(window, grad.mul(output).div(scale)).mul((2 * alpha * beta) / size);
      return [scale.pow(-beta).mul(grad).sub(input.mul(others)), null];
    });
  }
}

class CrossMapLRN2dClass extends Module {
  size: number;
  alpha: number;
  beta: number;
  k: number;

  /**
   * Local response normalization over channels of [N, C, H, W], as Torch 7 had it. It does exactly what PyTorch's does,
   * which is not quite what it should be: the first channel stays in every sum, and the gradient sums channels to one
   * side. New models want LocalResponseNorm.
   * @throws {ValueError} when called with other than four dimensions
   */
  constructor(
    ...args:
      | [size: number, ...rest: Forms<[alpha: number, beta: number, k: number], CrossMapOptions>]
      | [options: { size: number } & CrossMapOptions]
  ) {
    super();
    const names = ['size', 'alpha', 'beta', 'k'];
    const given = read<{ size: number } & CrossMapOptions>('CrossMapLRN2d', names, args, 0, 1);
    this.size = given.size;
    this.alpha = given.alpha ?? 1e-4;
    this.beta = given.beta ?? 0.75;
    this.k = given.k ?? 1;
  }
  forward(input: Tensor): Tensor {
    const { size, alpha, beta, k } = this;
    return CrossMap.apply(input, { size, alpha, beta, k });
  }
  override extra_repr(): string {
    const { size, alpha, beta, k } = this;
    return `${size}, alpha=${pythonText(alpha)}, beta=${pythonText(beta)}, k=${floatText(k, Infinity)}`;
  }
}
export const CrossMapLRN2d = callable(CrossMapLRN2dClass);
export type CrossMapLRN2d = CrossMapLRN2dClass;
