/**
 * Hooks of every module, for debugging and measuring. They run before a module's own hooks.
 * https://docs.pytorch.org/docs/stable/nn.html#global-hooks-for-module
 */
import type { RemovableHandle } from '../../autograd/hooks.js';
import {
  everyModule,
  register,
  type BackwardHook,
  type BackwardPreHook,
  type ForwardHook,
  type ForwardPreHook,
} from './hooks.js';

/** `hook(module, args)` before every forward; what it returns takes the place of the arguments. */
export function register_module_forward_pre_hook(hook: ForwardPreHook): RemovableHandle {
  return register(everyModule, 'forwardPre', hook, {}, 'register_module_forward_pre_hook');
}
/**
 * `hook(module, args, output)` after every forward; what it returns takes the place of the output.
 * @param options `always_call` (default: false): also after an error in forward, with null for the output
 */
export function register_module_forward_hook(
  hook: ForwardHook,
  options: { always_call?: boolean } = {},
): RemovableHandle {
  return register(everyModule, 'forward', hook, options, 'register_module_forward_hook');
}
/** `hook(module, grad_output)` before gradients reach any module. */
export function register_module_full_backward_pre_hook(hook: BackwardPreHook): RemovableHandle {
  return register(everyModule, 'backwardPre', hook, {}, 'register_module_full_backward_pre_hook');
}
/** `hook(module, grad_input, grad_output)`; what it returns takes the place of `grad_input`. */
export function register_module_full_backward_hook(hook: BackwardHook): RemovableHandle {
  return register(everyModule, 'backward', hook, {}, 'register_module_full_backward_hook');
}
