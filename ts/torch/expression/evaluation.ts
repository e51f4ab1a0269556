/**
 * One run of an expression: its holes, the place that is being evaluated, and the tensors it has made. Whatever
 * an operation makes is freed as soon as the next has used it; what came from outside is never touched.
 */
import type { Tensor } from '../tensor.js';
import type { Span } from './ast.js';
import { fromJs } from './number.js';
import type { Runtime } from './runtime.js';
import { truth } from './comparison.js';

/** Calls `visit` with each tensor in a value: alone, in arrays, in the options of a call. */
function eachTensor(runtime: Runtime, value: unknown, visit: (tensor: Tensor) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (runtime.isTensor(value)) visit(value);
  else if (Array.isArray(value)) for (const item of value) eachTensor(runtime, item, visit);
  else if (Object.getPrototypeOf(value) === Object.prototype) {
    for (const item of Object.values(value)) eachTensor(runtime, item, visit);
  }
}

/** Whether `tensor` is in a value, in the same sense. */
function holds(runtime: Runtime, value: unknown, tensor: Tensor): boolean {
  if (value === tensor) return true;
  if (typeof value !== 'object' || value === null || runtime.isTensor(value)) return false;
  let found = false;
  eachTensor(runtime, value, (other) => (found ||= other === tensor));
  return found;
}

/** Whether tensors may be in a value, other than itself. */
function isContainer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

export class Evaluation {
  /** Where in the text the operation in progress stands, for errors. */
  place: Span | null = null;
  /**
   * The newest of our tensors, and the others. The next operation uses up the newest nearly always, so that a chain of
   * them needs no set.
   */
  #newest: Tensor | null = null;
  #older: Set<Tensor> | null = null;

  constructor(
    readonly runtime: Runtime,
    readonly holes: readonly unknown[],
  ) {}

  hole(index: number): unknown {
    return fromJs(this.holes[index]);
  }

  #own(tensor: Tensor): void {
    if (this.#newest) (this.#older ??= new Set()).add(this.#newest);
    this.#newest = tensor;
  }

  #owns(tensor: Tensor): boolean {
    return tensor === this.#newest || (this.#older?.has(tensor) ?? false);
  }

  /** False for what was not ours. */
  #disown(tensor: unknown): boolean {
    if (tensor !== this.#newest || tensor === null) return this.#older?.delete(tensor as Tensor) ?? false;
    this.#newest = null;
    return true;
  }

  /**
   * Runs an operation of torch or of this folder on `inputs`. Tensors in the result that were not among the
   * inputs are new, hence ours; inputs of ours that are not in the result are freed. An operator that returns
   * its receiver (`add_`, `out`) changes nothing about whose it is.
   */
  apply<T>(place: Span, inputs: readonly unknown[], operation: () => T): T {
    this.place = place;
    const result = operation();
    if (this.runtime.isTensor(result) && !inputs.some(isContainer)) {
      for (const input of inputs) if (input !== result && this.#disown(input)) (input as Tensor).dispose();
      if (!inputs.includes(result)) this.#own(result);
      return result;
    }
    eachTensor(this.runtime, result, (tensor) => {
      if (!inputs.some((input) => holds(this.runtime, input, tensor))) this.#own(tensor);
    });
    this.free(inputs, result);
    return result;
  }

  /** What `apply` does after an operation of two values, which is nearly every one: without a list and a closure. */
  applied<T>(result: T, a: unknown, b: unknown): T {
    if (!this.runtime.isTensor(result) || isContainer(a) || isContainer(b))
      return this.apply(this.place!, [a, b], () => result);
    if (a !== result && this.#disown(a)) (a as Tensor).dispose();
    if (b !== result && this.#disown(b)) (b as Tensor).dispose();
    if (a !== result && b !== result) this.#own(result);
    return result;
  }

  /** Reads something that belongs to someone else: nothing in the result becomes ours. */
  read<T>(place: Span, inputs: readonly unknown[], operation: () => T): T {
    this.place = place;
    const result = operation();
    this.free(inputs, result);
    return result;
  }

  /**
   * Calls into code that is not torch's. It may keep what it is given and may return what it keeps, so neither
   * is ours any longer; what nobody keeps is left to the garbage collector.
   */
  handOver<T>(place: Span, inputs: readonly unknown[], operation: () => T): T {
    this.place = place;
    eachTensor(this.runtime, inputs, (tensor) => this.#disown(tensor));
    return operation();
  }

  /** Frees those of our tensors in `inputs` that are not in `kept`. */
  free(inputs: readonly unknown[], kept: unknown = null): void {
    if (!this.#newest && !this.#older) return;
    eachTensor(this.runtime, inputs, (tensor) => {
      if (!this.#owns(tensor) || holds(this.runtime, kept, tensor)) return;
      this.#disown(tensor);
      tensor.dispose();
    });
  }

  truth(place: Span, value: unknown): boolean {
    this.place = place;
    return truth(this.runtime, value);
  }

  /** Frees all that is left, save the tensors in `result`. */
  finish(result: unknown = null): void {
    if (result === this.#newest && !this.#older) return;
    eachTensor(this.runtime, result, (tensor) => this.#disown(tensor));
    this.#newest?.dispose();
    if (this.#older) for (const tensor of this.#older) tensor.dispose();
    this.#newest = this.#older = null;
  }
}
