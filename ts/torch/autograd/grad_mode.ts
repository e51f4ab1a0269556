/**
 * Gradient and inference mode. https://docs.pytorch.org/docs/stable/torch.html#locally-disabling-gradient-computation
 *
 * Each has two forms: `torch.no_grad(() => ...)`, for a function or an async one (the mode holds until its promise
 * settles, and only for its own code), and `using _ = torch.no_grad()` for the rest of a synchronous block.
 */
import { change, context, enter, within, type Context } from '../context.js';

interface Mode {
  <T>(fn: () => T): T;
  (): Disposable;
}

function mode(to: Partial<Context>): Mode {
  return ((fn?: () => unknown): unknown => (fn === undefined ? enter(to) : within(to, fn))) as Mode;
}

/** Without recording: results do not require gradients. */
export const no_grad = mode({ grad: false });
/** With recording, inside `no_grad`. */
export const enable_grad = mode({ grad: true });

/** Without recording and without version counters: faster than `no_grad`, and its tensors never take part later. */
export function inference_mode<T>(fn: () => T): T;
export function inference_mode<T>(mode: boolean, fn: () => T): T;
export function inference_mode(mode?: boolean): Disposable;
export function inference_mode<T>(mode: boolean | (() => T) = true, fn?: () => T): T | Disposable {
  const on = typeof mode === 'function' || mode;
  const to = on ? { inference: true, grad: false } : { inference: false, grad: true };
  const body = typeof mode === 'function' ? mode : fn;
  return body ? within(to, body) : enter(to);
}

/**
 * Switches recording on or off. At once and for good as a statement, for the function alone with `fn`; `using` on
 * the returned object restores what was before.
 */
export function set_grad_enabled<T>(enabled: boolean, fn: () => T): T;
export function set_grad_enabled(enabled: boolean): Disposable;
export function set_grad_enabled<T>(enabled: boolean, fn?: () => T): T | Disposable {
  if (fn) return within({ grad: enabled }, fn);
  const before = context().grad;
  change({ grad: enabled });
  return {
    [Symbol.dispose](): void {
      change({ grad: before });
    },
  };
}

export function is_grad_enabled(): boolean {
  return context().grad;
}
export function is_inference_mode_enabled(): boolean {
  return context().inference;
}
