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

/** One stretch: what holds for it until it is over, and from then on what holds around it. */
interface Frame {
  context: Context;
  readonly outer: Frame | undefined;
  over: boolean;
}

const storage = new AsyncLocalStorage<Frame | undefined>();
let current: Context = { grad: true, inference: false, scope: null };
/** The stretches for which AsyncLocalStorage must be asked. */
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

/** The innermost stretch around the code that runs now; work that was left behind may outlive its own. */
function frame(): Frame | undefined {
  let found = storage.getStore();
  while (found?.over) found = found.outer;
  return found;
}

/** The context of the code that runs now; libtorch's modes are set to it. */
export function context(): Context {
  return open === 0 ? current : apply(frame()?.context ?? current);
}

/** For the hot path: nothing to do unless an asynchronous stretch is open. */
export function enterContext(): void {
  if (open !== 0) apply(frame()?.context ?? current);
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
  const own: Frame = { context: { ...before, ...change }, outer: frame(), over: false };
  const settle = (result: unknown, failed: boolean): void => {
    own.over = true;
    finish?.(result, failed);
  };
  const outer = current;
  current = apply(own.context);
  let result: T;
  try {
    result = storage.run(own, fn);
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
export function enter(change: Partial<Context>): Disposable {
  const before = context();
  const next = { ...before, ...change };
  const around = storage.getStore();
  const outer = current;
  // Where the store is asked, or will be, it must know of the change.
  const own = open !== 0 || around !== undefined ? { context: next, outer: frame(), over: false } : undefined;
  if (own) {
    ++open;
    storage.enterWith(own);
  } else current = next;
  apply(next);
  let over = false;
  return {
    [Symbol.dispose](): void {
      if (over) return;
      over = true;
      if (own) {
        own.over = true;
        --open;
        storage.enterWith(around);
      } else current = outer;
      apply(before);
    },
  };
}

/** Changes the context of the stretch around the caller: `torch.set_grad_enabled(false)` as a statement. */
export function change(to: Partial<Context>): void {
  const next = { ...context(), ...to };
  const own = frame();
  if (own) own.context = next;
  if (open === 0 || !own) current = next;
  apply(next);
}

/**
 * Runs what libtorch calls back: hooks and backward functions. The engine has set modes of its own for them, and
 * takes them back afterwards, whatever was changed meanwhile.
 */
export function calledBack<T>(fn: () => T): T {
  const around = open === 0 ? undefined : frame();
  const outer = { context: current, grad, inference };
  [grad, inference] = native.modes();
  const own: Frame = {
    context: { ...(around?.context ?? current), grad, inference },
    outer: around,
    over: false,
  };
  current = own.context;
  try {
    return storage.run(own, fn);
  } finally {
    own.over = true;
    current = outer.context;
    ({ grad, inference } = outer);
  }
}
