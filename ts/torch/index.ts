/** torch: the names of Python's torch module. */
import { makePy } from './expression/index.js';
import * as torch from './index.js';

export * from './generated/functions.js';
export { Tensor } from './tensor.js';
export { as_tensor, asarray, from_numpy, full, is_tensor, numel, tensor } from './creation.js';
export type { TensorLike } from './creation.js';
export * from './constants.js';
export * from './functional.js';
export * from './unique.js';
export { unravel_index } from './unravel_index.js';
import './new_tensor.js';
export * from './dtype.js';
export { Device, device } from './device.js';
export { Size } from './size.js';
export { Complex, Float } from './scalar.js';
export {
  Generator,
  default_generator,
  fork_rng,
  get_rng_state,
  initial_seed,
  manual_seed,
  seed,
  set_rng_state,
} from './random.js';
export { keep, memory, releaseMemory, resetPeakMemory, tidy } from './memory.js';
export type { DeviceMemory, MemoryStatistics } from './memory.js';
export {
  enable_grad,
  inference_mode,
  is_grad_enabled,
  is_inference_mode_enabled,
  no_grad,
  set_grad_enabled,
} from './autograd/grad_mode.js';
export { get_num_threads, set_num_threads } from './threads.js';
export { get_printoptions, printoptions, set_printoptions } from './printoptions.js';
export type { PrintOptions, PrintOptionsUpdate } from './printoptions.js';
export { Ellipsis, Slice, slice } from './slice.js';
export type { SliceString } from './slice.js';
export type { Assignable, Index } from './indexing.js';
export {
  ArgumentError,
  IndexError,
  NotImplementedError,
  OutOfMemoryError,
  TorchError,
  ValueError,
} from './errors.js';
export { ops } from './ops.js';
export { finfo, iinfo } from './type_info.js';
export type { FInfo, IInfo } from './type_info.js';
export {
  autocast,
  clear_autocast_cache,
  get_autocast_dtype,
  is_autocast_cache_enabled,
  is_autocast_enabled,
} from './amp/autocast_mode.js';
export * as amp from './amp/index.js';
export * as autograd from './autograd/index.js';
export * as cuda from './cuda/index.js';
export * as distributions from './distributions/index.js';
export * as fft from './fft.js';
export * as linalg from './linalg.js';
export * as nn from './nn/index.js';
export * as optim from './optim/index.js';
export { callable } from './nn/modules/callable.js';
export { deepcopy } from './nn/modules/deepcopy.js';
export * as special from './special.js';
export * as utils from './utils/index.js';
export * from './serialization/index.js';
export * as jit from './jit/index.js';
export { AttributeError, NameError, OverflowError, ZeroDivisionError } from './expression/index.js';

/**
 * Python expressions: py`((${preds} - ${targs})**2).mean()`. See docs/expressions.md.
 * The namespace is handed over because an expression may call any of it.
 */
export const py = makePy(torch);
