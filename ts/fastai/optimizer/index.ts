/** fastai.optimizer: https://docs.fast.ai/optimizer.html */
export {
  BaseOptimizer,
  StateMap,
  type Groups,
  type Hyper,
  type HyperValue,
  type Params,
  type ParamTuple,
  type State,
} from './base.js';
export { Optimizer, type OptimizerOptions, type OptimizerState } from './optimizer.js';
export { partial, type OptimizerCallback, type StepBatch, type Stepper } from './stepper.js';
export {
  adam_step,
  average_grad,
  average_sqr_grad,
  debias,
  l2_reg,
  lamb_step,
  larc_layer_lr,
  larc_step,
  momentum_step,
  qhadam_step,
  radam_step,
  rms_prop_step,
  sgd_step,
  step_stat,
  weight_decay,
} from './steppers.js';
export {
  Adam,
  Lamb,
  Larc,
  QHAdam,
  RAdam,
  ranger,
  RMSProp,
  SGD,
  type AdamOptions,
  type LarcOptions,
  type OptimizerArguments,
  type QHAdamOptions,
  type RAdamOptions,
  type RMSPropOptions,
  type SGDOptions,
} from './optimizers.js';
export { Lookahead, type LookaheadOptions, type LookaheadState } from './lookahead.js';
export {
  detuplify_pg,
  OptimWrapper,
  pytorch_hp_map,
  set_item_pg,
  type OptimWrapperOptions,
} from './wrapper.js';
export { even_mults, RateSlice, slice } from './slice.js';
