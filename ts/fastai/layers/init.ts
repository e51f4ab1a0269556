/** Initialization: https://docs.fast.ai/layers.html#inits */
import { functional as F } from '../../torch/nn/index.js';
import { nn, no_grad, Tensor } from '../../torch/index.js';
import { mish, swish, Swish } from './activations.js';

export type Init = (weight: Tensor) => unknown;

/** `torch.sigmoid`, kept within `eps` (default: 1e-7) and `1 - eps`. */
export function sigmoid(input: Tensor, eps = 1e-7): Tensor {
  return input.sigmoid().clamp(eps, 1 - eps);
}
/** `torch.sigmoid_`, kept within `eps` and `1 - eps`. */
export function sigmoid_(input: Tensor, eps = 1e-7): Tensor {
  return input.sigmoid_().clamp_(eps, 1 - eps);
}

type Type = abstract new (...args: never[]) => nn.Module;
/** Activations whose weights are drawn from a uniform distribution as Kaiming He, or as Xavier Glorot has it. */
const kaiming: unknown[] = [
  ...[F.relu, F.relu6, F.leaky_relu, F.silu, F.mish, swish, mish],
  ...[nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.SiLU, nn.Mish, Swish],
];
const xavier: unknown[] = [F.sigmoid, F.tanh, sigmoid, sigmoid_, nn.Sigmoid, nn.Tanh];

/** The initialization that suits an activation, a module or a function; none for those that are not known. */
export function default_init(act: unknown): Init | null {
  const among = (list: readonly unknown[]): boolean =>
    list.includes(act) ||
    (act instanceof nn.Module && list.some((type) => (act as object).constructor === (type as Type)));
  if (among(kaiming)) return nn.init.kaiming_uniform_;
  return among(xavier) ? nn.init.xavier_uniform_ : null;
}

/** Fills the weight of a module with `func` (default: kaiming_normal_; null leaves it) and its bias with zeros. */
export function init_default<M extends nn.Module>(m: M, func: Init | null = nn.init.kaiming_normal_): M {
  const { weight, bias } = m as unknown as { weight?: unknown; bias?: unknown };
  if (func !== null && weight instanceof Tensor) func(weight);
  if (bias instanceof Tensor) no_grad(() => bias.fill_(0));
  return m;
}

export interface InitLinearOptions {
  /** The activation that follows. */
  act_func?: unknown;
  /** `'auto'` (default): what suits the activation; null leaves the weight as it is. */
  init?: Init | 'auto' | null;
  /** Standard deviation of the biases, default 0.01; 0 zeroes them, null leaves them. */
  bias_std?: number | null;
}
/** Fills weight and bias of a linear or convolutional layer in place. */
export function init_linear(m: nn.Module, options: InitLinearOptions = {}): void {
  const { act_func = null, init = 'auto', bias_std = 0.01 } = options;
  const { weight, bias } = m as unknown as { weight: Tensor; bias?: unknown };
  if (bias instanceof Tensor && bias_std !== null) {
    if (bias_std !== 0) nn.init.normal_(bias, 0, bias_std);
    else nn.init.zeros_(bias);
  }
  const fill = init === 'auto' ? default_init(act_func) : init;
  fill?.(weight);
}

/** Numbers of a normal distribution, those beyond two deviations folded back: an approximation, in place. */
export function trunc_normal_(x: Tensor, mean = 0, std = 1): Tensor {
  return no_grad(() => x.normal_().fmod_(2).mul_(std).add_(mean));
}

/**
 * The weights of a convolution before a pixel shuffle, equal for all pixels of a square: no checkerboard at the start.
 * @param x only its shape [scale² · out, in, H, W], dtype and device count
 */
export function icnr_init(x: Tensor, scale = 2, init: Init = nn.init.kaiming_normal_): Tensor {
  const [ni, nf, h, w] = x.shape as unknown as [number, number, number, number];
  return no_grad(() => {
    const fresh = x.new_zeros([Math.floor(ni / scale ** 2), nf, h, w]);
    init(fresh);
    return fresh.repeat_interleave(scale ** 2, 0);
  });
}
