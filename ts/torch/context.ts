/**
 * What holds for a stretch of code: gradient mode, inference mode, and the scope that collects tensors.
 *
 * A stretch may contain `await`. While any asynchronous stretch is open, every call asks AsyncLocalStorage which
 * one it belongs to, so that two tasks that take turns do not get each other's mode; otherwise a plain variable
 * answers, because the question costs more than a small operator.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { native, type Handle } from '../native.js';

/** Collects what a stretch of code makes. */
export interface Scope {
  add(tensor: object, handle: Handle): void;
}

export interface Context {
  readonly grad: boolean;
  readonly inference: boolean;
  readonly scope: Scope | null;
}

const storage = new AsyncLocalStorage<Context>();
let current: Context = { grad: true, inference: false, scope: null };
/** The asynchronous stretches that are open. */
let open = 0;
/** What this thread's libtorch is set to. */
let grad = true;
let inference = false;

function apply(context: Context): Context {
  if (context.grad !== grad || context.inference !== inference) {
    native.setModes(context.grad, context.inference);
    grad = context.grad;
    inference = context.inference;
  }
  return context;
}

/** The context of the code that runs now; libtorch's modes are set to it. */
export function context(): Context {
  return open === 0 ? current : apply(storage.getStore() ?? current);
}

/** For the hot path: nothing to do unless an asynchronous stretch is open. */
export function enterContext(): void {
  if (open !== 0) apply(storage.getStore() ?? current);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

/**
 * Runs `fn` with a changed context. When `fn` gives a promise, the change holds for it until it settles, and for
 * nothing else meanwhile. `finish` sees the result before the change ends.
 */
export function within<T>(
  change: Partial<Context>,
  fn: () => T,
  finish?: (result: unknown, failed: boolean) => void,
): T {
  const before = context();
  const next: Context = { ...before, ...change };
  const settle = (result: unknown, failed: boolean): void => finish?.(result, failed);
  const outer = current;
  current = apply(next);
  let result: T;
  try {
    result = storage.run(next, fn);
  } catch (error) {
    settle(undefined, true);
    throw error;
  } finally {
    current = outer;
    apply(before);
  }
  if (!isThenable(result)) {
    settle(result, false);
    return result;
  }
  ++open;
  const leave = (value: unknown, failed: boolean): void => {
    settle(value, failed);
    // Nobody asks the store from here on, so libtorch is left as the plain variable says.
    if (--open === 0) apply(current);
  };
  return Promise.resolve(result).then(
    (value) => {
      leave(value, false);
      return value;
    },
    (error: unknown) => {
      leave(undefined, true);
      throw error;
    },
  ) as T;
}

/** Changes the context until the returned object is disposed of: for `using`, in synchronous code. */
export function enter(change: Partial<Context>, leave?: () => void): Disposable {
  const before = context();
  const outer = current;
  const next = { ...before, ...change };
  current = apply(next);
  // With a store of its own, an open asynchronous stretch would not see `current`.
  const stored = open !== 0;
  if (stored) storage.enterWith(next);
  let over = false;
  return {
    [Symbol.dispose](): void {
      if (over) return;
      over = true;
      current = outer;
      if (stored) storage.enterWith(before);
      apply(before);
      leave?.();
    },
  };
}

/** Changes the context from here on, without an end: `torch.set_grad_enabled(false)` as a statement. */
export function change(to: Partial<Context>): void {
  const next = { ...context(), ...to };
  if (open === 0) current = apply(next);
  else {
    storage.enterWith(next);
    apply(next);
  }
}
