/** What `from fastai.vision.all import *` gives, as far as it is built: torch's names included. */
export * from '../torch/index.js';
export * from '../fastcore/index.js';
// Python's, as in fastai; torch's module of that name is reached through torch.
export { random } from '../fastcore/random.js';
export { drawDigits, writeDrawnDigits } from '../torchvision/datasets/index.js';
export type { DrawnFolderOptions } from '../torchvision/datasets/index.js';
export {
  decode_image,
  encode_png,
  ImageReadMode,
  readImages,
  read_image,
  write_png,
} from '../torchvision/io/index.js';
export { Config, fastai_cfg, fastai_path, untar_data, URLs } from './data/external.js';
export type { UntarOptions, UnpackLimits } from './data/external.js';
export {
  Adam,
  adam_step,
  average_grad,
  average_sqr_grad,
  BaseOptimizer,
  debias,
  even_mults,
  l2_reg,
  Lamb,
  lamb_step,
  Larc,
  larc_layer_lr,
  larc_step,
  Lookahead,
  momentum_step,
  Optimizer,
  OptimWrapper,
  partial,
  pytorch_hp_map,
  QHAdam,
  qhadam_step,
  RAdam,
  radam_step,
  ranger,
  rms_prop_step,
  RMSProp,
  SGD,
  sgd_step,
  // Python's one slice is for indices and for learning rates; torch's here is for indices only.
  slice,
  step_stat,
  weight_decay,
} from './optimizer/index.js';
export type {
  Hyper,
  HyperValue,
  OptimizerCallback,
  OptimizerOptions,
  OptimizerState,
  OptimWrapperOptions,
  StepBatch,
  Stepper,
} from './optimizer/index.js';
