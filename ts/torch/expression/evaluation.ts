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

export class Evaluation {
  /** Where in the text the operation in progress stands, for errors. */
  place: Span | null = null;
  readonly #owned = new Set<Tensor>();

  constructor(
    readonly runtime: Runtime,
    readonly holes: readonly unknown[],
  ) {}

  hole(index: number): unknown {
    return fromJs(this.holes[index]);
  }

  /**
   * Runs an operation of torch or of this folder on `inputs`. Tensors in the result that were not among the
   * inputs are new, hence ours; inputs of ours that are not in the result are freed. An operator that returns
   * its receiver (`add_`, `out`) changes nothing about whose it is.
   */
  apply<T>(place: Span, inputs: readonly unknown[], operation: () => T): T {
    this.place = place;
    const result = operation();
    if (this.#applyPlain(inputs, result)) return result;
    eachTensor(this.runtime, result, (tensor) => {
      if (!inputs.some((input) => holds(this.runtime, input, tensor))) this.#owned.add(tensor);
    });
    this.free(inputs, result);
    return result;
  }

  /** The same for one tensor out of tensors and plain values, which is nearly every operation; false for others. */
  #applyPlain(inputs: readonly unknown[], result: unknown): boolean {
    if (!this.runtime.isTensor(result)) return false;
    let isNew = true;
    for (const input of inputs) {
      if (input === result) isNew = false;
      else if (typeof input === 'object' && input !== null && !this.runtime.isTensor(input)) return false;
    }
    if (this.#owned.size > 0)
      for (const input of inputs)
        if (input !== result && this.#owned.delete(input as Tensor)) (input as Tensor).dispose();
    if (isNew) this.#owned.add(result);
    return true;
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
    eachTensor(this.runtime, inputs, (tensor) => this.#owned.delete(tensor));
    return operation();
  }

  /** Frees those of our tensors in `inputs` that are not in `kept`. */
  free(inputs: readonly unknown[], kept: unknown = null): void {
    if (this.#owned.size === 0) return;
    eachTensor(this.runtime, inputs, (tensor) => {
      if (this.#owned.has(tensor) && !holds(this.runtime, kept, tensor)) {
        this.#owned.delete(tensor);
        tensor.dispose();
      }
    });
  }

  truth(place: Span, value: unknown): boolean {
    this.place = place;
    return truth(this.runtime, value);
  }

  /** Frees all that is left, save the tensors in `result`. */
  finish(result: unknown = null): void {
    eachTensor(this.runtime, result, (tensor) => this.#owned.delete(tensor));
    for (const tensor of this.#owned) tensor.dispose();
    this.#owned.clear();
  }
}
