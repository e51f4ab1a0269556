/**
 * The base of everything that stands for something native. The handle is a private field: a script can neither
 * forge nor exchange it, and asking for it costs a field access, where native code would need a property look-up.
 */
import * as threads from 'node:worker_threads';
import type { Handle } from '../native.js';
import { TorchError } from './errors.js';

// Handles belong to one thread. Without the mark, postMessage() and structuredClone() would make an empty object of a
// tensor; with it they throw. Node has it since 22.10; it costs about 15 ns, but 330 ns in Deno.
const markAsUncloneable =
  'Deno' in globalThis
    ? undefined
    : (threads as { markAsUncloneable?: (value: object) => void }).markAsUncloneable;

export class Handled {
  #handle: Handle | undefined;

  protected constructor(handle: Handle) {
    this.#handle = handle;
    markAsUncloneable?.(this);
  }

  /** @internal The handle of a value, or undefined when it has none. */
  static of(value: object): Handle | undefined {
    if (!(#handle in value)) return undefined;
    return (
      value.#handle ?? Handled.#gone(value.constructor.name === 'Object' ? 'value' : value.constructor.name)
    );
  }

  /**
   * @internal The handle of what is no tensor, a dtype or generator, is rarely asked for here: where few classes pass,
   * the engine reads the field in two instructions. Undefined for all that of() would refuse or not know.
   */
  static quick(value: object): Handle | undefined {
    return #handle in value ? value.#handle : undefined;
  }

  /** @internal Takes the handle away: the object is disposed of. */
  static release(value: Handled): Handle | undefined {
    const handle = value.#handle;
    value.#handle = undefined;
    return handle;
  }

  /** @internal */
  static isReleased(value: Handled): boolean {
    return value.#handle === undefined;
  }

  /** @internal Gives `value` another handle: the tensor behind the object changes, the object stays. */
  static replace(value: Handled, handle: Handle): void {
    value.#handle = handle;
  }

  static #gone(kind: string): never {
    throw new TorchError(`this ${kind} has been disposed of`);
  }
}

/** @internal The handle of a value that must have one. */
export function handleOf(value: Handled, what = 'the receiver'): Handle {
  const handle = typeof value === 'object' && value !== null ? Handled.of(value) : undefined;
  if (handle === undefined) throw new TorchError(`${what} must be a Tensor`);
  return handle;
}
