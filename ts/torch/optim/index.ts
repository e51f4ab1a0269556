/** torch.optim: https://docs.pytorch.org/docs/stable/optim.html */
export {
  Optimizer,
  register_optimizer_step_post_hook,
  register_optimizer_step_pre_hook,
  type Closure,
  type StateDictHook,
  type StepPostHook,
  type StepPreHook,
} from './optimizer.js';
export type { GivenGroup, NamedParameter, ParamGroup, Params } from './groups.js';
export type { OptimizerStateDict, PackedGroup, ParameterState } from './state_dict.js';
export { SGD } from './sgd.js';
export { Adam } from './adam.js';
export { AdamW } from './adamw.js';
export { Adagrad } from './adagrad.js';
export { Adadelta } from './adadelta.js';
export { RMSprop } from './rmsprop.js';
export { Adamax } from './adamax.js';
export { NAdam } from './nadam.js';
export { RAdam } from './radam.js';
export { ASGD } from './asgd.js';
export { Rprop } from './rprop.js';
export { SparseAdam } from './sparse_adam.js';
export { LBFGS, type LBFGSOptions } from './lbfgs.js';
export * as lr_scheduler from './lr_scheduler.js';
export * as swa_utils from './swa_utils.js';
