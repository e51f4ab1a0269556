/** The torch namespace that expressions use. It is handed in, so that this folder imports none of it. */
import type { Tensor } from '../tensor.js';
import { NameError } from './errors.js';
import { getAttribute } from './attributes.js';
import { kindOf } from './number.js';
import { Ellipsis } from './ast.js';
import { isTuple, Slice } from './sequence.js';

type TensorClass = abstract new (...args: never[]) => Tensor;
export type AnyFunction = (...args: unknown[]) => unknown;

/** Names that stand for torch and its parts, by their path. `tensor` alone is fastai's habit. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  torch: [],
  nn: ['nn'],
  F: ['nn', 'functional'],
  tensor: ['tensor'],
};

export class Runtime {
  #Tensor: TensorClass | undefined;

  constructor(readonly torch: object) {}

  static isNamespace(name: string): boolean {
    return Object.hasOwn(PATHS, name);
  }

  /** `F` -> `torch.nn.functional` */
  static fullName(name: string): string {
    return ['torch', ...PATHS[name]!].join('.');
  }

  namespace(name: string): unknown {
    return PATHS[name]!.reduce<unknown>((object, part) => getAttribute(this, object, part), this.torch);
  }

  isTensor(value: unknown): value is Tensor {
    // Read at the first use: the namespace may still be loading when the tag is made.
    this.#Tensor ??= (this.torch as { Tensor: TensorClass }).Tensor;
    return typeof value === 'object' && value instanceof this.#Tensor;
  }

  /** Calls `torch.<name>(...args)`. */
  call(name: string, ...args: unknown[]): unknown {
    return (this.torch as Record<string, AnyFunction>)[name]!(...args);
  }

  /** `tensor.<name>` as JavaScript reads it. */
  get(tensor: Tensor, name: string): unknown {
    return (tensor as unknown as Record<string, unknown>)[name];
  }

  /** Calls `tensor.<name>(...args)`. */
  method(tensor: Tensor, name: string, ...args: unknown[]): unknown {
    return (tensor as unknown as Record<string, AnyFunction>)[name]!(...args);
  }

  /** The name of Python's type, for messages. */
  typeName(value: unknown): string {
    const kind = kindOf(value);
    if (kind) return kind;
    if (value === null) return 'NoneType';
    if (value === Ellipsis) return 'ellipsis';
    if (typeof value === 'string') return 'str';
    if (typeof value === 'function') return 'function';
    if (Array.isArray(value)) return isTuple(value) ? 'tuple' : 'list';
    if (value instanceof Slice) return 'slice';
    return (value as { constructor?: { name?: string } }).constructor?.name || 'object';
  }

  unknownName(name: string, suggestion: string): NameError {
    return new NameError(
      `name '${name}' is not defined; a JavaScript value goes in as a hole: \${${name}}${suggestion}`,
    );
  }
}
