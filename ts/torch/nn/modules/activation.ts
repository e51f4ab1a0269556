/** Activations: https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity */
export { CELU, ELU, LeakyReLU, PReLU, RReLU, ReLU, SELU, Threshold } from './activation/rectified.js';
export {
  Hardshrink,
  Hardsigmoid,
  Hardtanh,
  LogSigmoid,
  ReLU6,
  Sigmoid,
  Softshrink,
  Softsign,
  Tanh,
  Tanhshrink,
} from './activation/bounded.js';
export { GELU, GLU, Hardswish, Mish, SiLU, Softplus } from './activation/smooth.js';
export { LogSoftmax, Softmax, Softmax2d, Softmin } from './activation/softmax.js';
