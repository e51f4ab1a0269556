/** Hooks on tensors. https://docs.pytorch.org/docs/stable/generated/torch.Tensor.register_hook.html */
import { native, type Handle } from '../../native.js';
import { calledBack } from '../context.js';
import { wrapTensor } from '../dispatch.js';
import { TorchError } from '../errors.js';
import { handleOf } from '../handle.js';
import type { Tensor } from '../tensor.js';

/**
 * Gets the gradient; a tensor that it returns takes the gradient's place. A hook that closes over its own tensor keeps
 * it alive until the hook is removed: the graph is out of reach of JavaScript's collector.
 */
export type Hook = (gradient: Tensor) => Tensor | null | undefined | void;

export interface RemovableHandle extends Disposable {
  /** Takes the hook off; doing so twice is harmless. */
  remove(): void;
}

/**
 * The graph owns this closure, and closures of one function share what they see: made inside register_hook, it would
 * hold the tensor, which holds the graph, and none of them would ever be collected.
 */
function raw(held: { hook: Hook | null }): (gradient: Handle | null) => Handle | null {
  return (gradient) => {
    const { hook } = held;
    if (gradient === null || hook === null) return null;
    return calledBack(() => {
      const result = hook(wrapTensor(gradient));
      return result === null || result === undefined ? null : handleOf(result, 'what the hook returns');
    });
  };
}

/** @internal Tensor.register_hook */
export function register_hook(tensor: Tensor, hook: Hook): RemovableHandle {
  if (typeof hook !== 'function')
    throw new TorchError('register_hook(): the hook must be a function', 'register_hook');
  if (!tensor.requires_grad)
    throw new TorchError("cannot register a hook on a tensor that doesn't require gradient", 'register_hook');
  const held: { hook: Hook | null } = { hook };
  const position = native.registerHook(handleOf(tensor), raw(held));
  const remove = (): void => {
    if (held.hook === null) return;
    // The graph may outlive the tensor's handle, and its hook would go on.
    held.hook = null;
    if (!tensor.is_disposed) native.removeHook(handleOf(tensor), position);
  };
  return { remove, [Symbol.dispose]: remove };
}
