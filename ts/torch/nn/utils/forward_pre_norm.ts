/** What weight_norm and spectral_norm share: a weight that is computed anew before each call. */
import type { RemovableHandle } from '../../autograd/hooks.js';
import { TorchError, ValueError } from '../../errors.js';
import { Tensor } from '../../tensor.js';
import type { AnyModule, Module } from '../modules/module.js';

/** A module's fields under names that are known only when the program runs. */
export type Fields = Record<string, unknown>;
export function fieldsOf(module: Module): Fields {
  return module as unknown as Fields;
}

/** The tensor `name` of a module. @throws {ValueError} there is none */
export function tensorOf(module: Module, name: string, op: string): Tensor {
  const found = fieldsOf(module)[name];
  if (found instanceof Tensor) return found;
  throw new ValueError(`Module '${String(module)}' has no parameter or buffer with name '${name}'`, op);
}

interface Applied {
  handle: RemovableHandle;
  /** Makes a plain parameter of the weight again. */
  undo: () => void;
}

/** Which modules have which of their weights normalised. */
export class Registry {
  readonly #kind: string;
  readonly #applied = new WeakMap<object, Map<string, Applied>>();

  constructor(kind: string) {
    this.#kind = kind;
  }
  /** @throws {TorchError} it is so already */
  check(module: Module, name: string): void {
    if (this.#applied.get(module)?.has(name))
      throw new TorchError(
        `Cannot register two ${this.#kind} hooks on the same parameter ${name}`,
        this.#kind,
      );
  }
  add(module: Module, name: string, compute: (module: AnyModule) => void, undo: () => void): void {
    const handle = module.register_forward_pre_hook((called: AnyModule) => {
      compute(called);
    });
    const names = this.#applied.get(module) ?? new Map<string, Applied>();
    this.#applied.set(module, names.set(name, { handle, undo }));
  }
  /** @throws {ValueError} it is not there */
  remove(module: Module, name: string): void {
    const applied = this.#applied.get(module)?.get(name);
    if (!applied)
      throw new ValueError(`${this.#kind} of '${name}' not found in ${String(module)}`, this.#kind);
    applied.undo();
    applied.handle.remove();
    this.#applied.get(module)?.delete(name);
  }
}
