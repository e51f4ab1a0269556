/**
 * Memory. Garbage is freed without anybody's help (native/handle.h says how); scopes free it at once, which is
 * faster as well as smaller. See docs/memory.md.
 */
import { collectGarbage, native, type Handle } from '../native.js';
import { context, within, type Scope } from './context.js';
import { Handled } from './handle.js';
import type { Tensor } from './tensor.js';

class TidyScope implements Scope {
  readonly #made = new Map<Handle, object>();
  readonly #outer: Scope | null;

  constructor(outer: Scope | null) {
    this.#outer = outer;
  }
  add(tensor: object, handle: Handle): void {
    this.#made.set(handle, tensor);
  }
  /** Hands a tensor over to the scope around this one. */
  release(tensor: Handled): void {
    const handle = Handled.isReleased(tensor) ? undefined : Handled.of(tensor);
    // A handle serves again when its tensor has been disposed of, so it alone does not say who was made here.
    if (handle === undefined || this.#made.get(handle) !== tensor) return;
    this.#made.delete(handle);
    this.#outer?.add(tensor, handle);
  }
  /** Forgets a tensor, in the scopes around this one too. */
  forget(handle: Handle): void {
    if (!this.#made.delete(handle) && this.#outer instanceof TidyScope) this.#outer.forget(handle);
  }
  /** Leaves a tensor to the collector. */
  abandon(tensor: Handled): void {
    const handle = Handled.isReleased(tensor) ? undefined : Handled.of(tensor);
    if (handle !== undefined) this.#made.delete(handle);
  }
  /** Frees everything that is still here. */
  close(): void {
    for (const tensor of this.#made.values()) (tensor as Tensor).dispose();
    this.#made.clear();
  }
}

/** Visits the tensors in a result: in arrays, plain objects, maps and sets, however nested. */
function visit(value: unknown, found: (tensor: Handled) => void): void {
  // Mostly it is one tensor, or nothing at all.
  if (value instanceof Handled) found(value);
  else if ((typeof value === 'object' && value !== null) || typeof value === 'function')
    visitParts(value, new Set(), found);
}
function visitParts(value: unknown, seen: Set<object>, found: (tensor: Handled) => void): void {
  // A module is a function with its parameters as properties.
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Handled) return found(value);
  if (Array.isArray(value) || value instanceof Set) {
    for (const item of value as Iterable<unknown>) visitParts(item, seen, found);
  } else if (value instanceof Map) {
    for (const item of (value as Map<unknown, unknown>).values()) visitParts(item, seen, found);
  } else if (!ArrayBuffer.isView(value)) {
    for (const item of Object.values(value)) visitParts(item, seen, found);
  }
}

/**
 * Runs `fn` and frees every tensor made meanwhile, except those in its result and those given to `keep`. `fn` may be
 * asynchronous; tensors that other code makes while it waits are not touched.
 */
export function tidy<T>(fn: () => T): T {
  const scope = new TidyScope(context().scope);
  return within({ scope }, fn, (result) => {
    visit(result, (tensor) => {
      scope.release(tensor);
    });
    scope.close();
  });
}

/** Lets a tensor live on beyond the scope that it was made in. */
export function keep<T extends Tensor>(tensor: T): T {
  const { scope } = context();
  if (scope instanceof TidyScope) scope.release(tensor);
  if (stages.size > 0) kept.add(tensor);
  for (const stage of stages) stage.release(tensor);
  return tensor;
}

const stages = new Set<TidyScope>();
const kept = new WeakSet<Tensor>();
/** @internal Whether `keep` was called with the tensor while a stage was open. */
export function isKept(tensor: Tensor): boolean {
  return kept.has(tensor);
}

/**
 * @internal A scope that is entered several times before it is closed: the tensors of one training batch. What runs
 * between its parts is outside of it, and may `keep` what was made inside.
 */
export class Stage {
  readonly #scope = new TidyScope(context().scope);

  constructor() {
    stages.add(this.#scope);
  }
  /** Runs `fn`, which is synchronous, and frees what it made unless it hangs on the result. */
  run<T>(fn: () => T, owners: readonly unknown[] = []): T {
    const inner = new TidyScope(this.#scope);
    const result = within({ scope: inner }, fn);
    // What the model itself holds on to stays until the model lets go of it, also where it is the result.
    for (const owner of owners) visit(owner, (tensor) => inner.abandon(tensor));
    visit(result, (tensor) => inner.release(tensor));
    inner.close();
    return result;
  }
  /** Frees what the parts gave, unless it was kept. */
  close(): void {
    stages.delete(this.#scope);
    this.#scope.close();
  }
}

/** @internal Takes a tensor out of all scopes: the state of a module lives as long as the module. */
export function escape(tensor: Tensor): void {
  const { scope } = context();
  const handle = Handled.of(tensor);
  if (scope instanceof TidyScope && handle !== undefined) scope.forget(handle);
}

export interface DeviceMemory {
  /** Living tensors, views included. */
  tensors: number;
  /** Bytes of the storages that they hang on, each counted once. */
  bytes: number;
  peakBytes: number;
}

export interface MemoryStatistics extends DeviceMemory {
  devices: Record<string, DeviceMemory>;
}

/**
 * What living tensors of this thread hold, in all and per device. Garbage counts until it is collected;
 * `{collect: true}` collects first.
 */
export function memory(options: { collect?: boolean } = {}): MemoryStatistics {
  if (options.collect) {
    collectGarbage();
    native.sweep();
  }
  const { tensors, devices } = native.memory();
  let bytes = 0;
  let peakBytes = 0;
  for (const device of Object.values(devices)) {
    bytes += device.bytes;
    peakBytes += device.peakBytes;
  }
  return { tensors, bytes, peakBytes, devices };
}

/** Lets the peaks start anew from what is alive now. */
export function resetPeakMemory(): void {
  native.resetPeak();
}

/** Collects garbage, frees the tensors that hang on it, and gives cached device memory back. */
export function releaseMemory(): void {
  native.releaseMemory();
}
