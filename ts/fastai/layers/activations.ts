/** Activations: https://docs.fast.ai/layers.html#swish-and-mish */
import { functional as F } from '../../torch/nn/index.js';
import { callable, nn, type Tensor } from '../../torch/index.js';

/** `x · sigmoid(x)`, PyTorch's silu. `inplace` is taken for the signature's sake, as in fastai. */
export function swish(x: Tensor, _inplace: boolean | { inplace?: boolean } = false): Tensor {
  return F.silu(x);
}
class SwishClass extends nn.Module {
  /** `x · sigmoid(x)`. */
  forward(x: Tensor): Tensor {
    return swish(x);
  }
}
export const Swish = callable(SwishClass);
export type Swish = SwishClass;

/** `x · tanh(softplus(x))`. */
export function mish(x: Tensor): Tensor {
  return F.mish(x);
}
export const Mish: typeof nn.Mish = nn.Mish;
export type Mish = nn.Mish;

/** F.leaky_relu with a slope of 0.3, in place unless `inplace` is false. */
export function vleaky_relu(input: Tensor, inplace: boolean | { inplace?: boolean } = true): Tensor {
  const own = typeof inplace === 'object' ? (inplace.inplace ?? true) : inplace;
  return F.leaky_relu(input, 0.3, own);
}
/** nn.ReLU that works in place. */
export function inplace_relu(): nn.ReLU {
  return nn.ReLU({ inplace: true });
}
