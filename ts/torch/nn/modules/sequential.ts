/** nn.Sequential: https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html */
import { ArgumentError, IndexError, ValueError } from '../../errors.js';
import { callable } from './callable.js';
import { isModule, names } from './members.js';
import type { AnyModule, Module } from './module.js';
import { Positional } from './positions.js';

/** Modules with their names: a plain object, a Map, or pairs. */
export type Named<T> = Readonly<Record<string, T>> | Iterable<readonly [string, T]>;

/** @internal */
export function pairs<T>(named: Named<T>): (readonly [string, T])[] {
  return Symbol.iterator in named ? [...(named as Iterable<readonly [string, T]>)] : Object.entries(named);
}

/** Names that mean a position, unless a slice has kept them from the list that it was taken of. */
function isIndex(name: string): boolean {
  return /^\d+$/.test(name);
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the first module takes and the last one gives
type Any = any;

class SequentialClass extends Positional<AnyModule> {
  /** @internal All names in order. */
  declare _names: string[];
  /** @internal Modules whose name is a number; the others are fields, as in Python. */
  declare _numbered: Map<string, AnyModule>;

  /**
   * Modules called one after the other, each with what the one before it gave.
   *
   * `Sequential(a, b)` names them '0' and '1', `Sequential({ conv: a, relu: b })` as it says; a Map or pairs do the
   * same. `seq[0]`, `seq[-1]` and `seq.conv` give a module, `seq.at('1:')` a Sequential of the same modules.
   * @throws {ArgumentError} something is no module
   */
  constructor(...modules: Module[] | [Named<Module>]) {
    super();
    const hidden = { enumerable: false, writable: true, configurable: true };
    Object.defineProperty(this, '_names', { ...hidden, value: [] });
    Object.defineProperty(this, '_numbered', { ...hidden, value: new Map() });
    const [first] = modules;
    const isNamed = modules.length === 1 && typeof first === 'object' && first !== null;
    const named = isNamed ? pairs(first) : (modules as Module[]).map((m, i) => [`${i}`, m] as const);
    for (const [name, module] of named) {
      if (!isModule(module))
        throw new ArgumentError(
          `${module === null ? 'None' : typeof module} is not a Module subclass`,
          'Sequential',
        );
      this.add_module(name, module);
    }
  }
  forward(...args: Any[]): Any {
    const modules = this._list();
    let result: unknown = args[0];
    for (let i = 0; i < modules.length; ++i)
      result = i === 0 ? modules[0]!(...(args as unknown[])) : modules[i]!(result);
    return result;
  }

  /** Adds a module at the end, under its position as a name. */
  append(module: Module): this {
    this.add_module(`${this._names.length}`, module);
    return this;
  }
  extend(modules: Iterable<Module>): this {
    for (const module of [...modules]) this.append(module);
    return this;
  }
  /** @throws {IndexError} no such position @throws {ValueError} there are modules with other names than numbers */
  insert(index: number, module: Module): this {
    const { length } = this;
    if (!Number.isInteger(index) || index < -length || index > length)
      throw new IndexError(`Index out of range: ${index}`);
    if (!isModule(module)) throw new ArgumentError(`${typeof module} is not a Module subclass`, 'insert');
    if (!this._names.every(isIndex)) throw new ValueError('insert(): the modules have names', 'insert');
    const list = [...this._list()];
    list.splice(index < 0 ? index + length : index, 0, module as AnyModule);
    renumber(this, list);
    return this;
  }
  /** A new Sequential of the modules of both: Python's `a + b`. */
  add(other: Iterable<Module>): SequentialClass {
    return new Sequential().extend(this).extend(other);
  }
  /** A new Sequential with the same modules `times` times over: Python's `seq * times`. */
  mul(times: number): SequentialClass {
    if (!Number.isInteger(times)) throw new ArgumentError(`mul(): ${String(times)} is not an integer`, 'mul');
    if (times <= 0)
      throw new ValueError(`Non-positive multiplication factor ${times} for ${this._get_name()}`);
    const result = new Sequential();
    for (let i = 0; i < times; ++i) result.extend(this);
    return result;
  }

  override [names](): readonly string[] {
    const own = this._names.filter((name) => this._get_member(name) !== undefined);
    return [...own, ...super[names]().filter((name) => !own.includes(name))];
  }
  override _get_member(name: string): unknown {
    return isIndex(name) ? this._numbered.get(name) : super._get_member(name);
  }
  override _set_member(name: string, value: unknown): void {
    if (isModule(value) && !this._names.includes(name)) this._names.push(name);
    if (isIndex(name)) this._numbered.set(name, value as AnyModule);
    else super._set_member(name, value);
    this._answer();
  }
  override _list(): readonly AnyModule[] {
    // Numbered modules only: the usual case, and the one of the forward pass.
    if (this._numbered.size === this._names.length) return [...this._numbered.values()];
    return this._names.map((name) => this._get_member(name)).filter(isModule) as AnyModule[];
  }
  override _put(position: number, value: AnyModule): void {
    if (!isModule(value)) throw new ArgumentError(`${typeof value} is not a Module subclass`, 'set_at');
    this._set_member(present(this)[position]!, value);
  }
  override _take(positions: readonly number[]): void {
    renumber(
      this,
      this._list().filter((_, i) => !positions.includes(i)),
    );
  }
  override _sliced(positions: readonly number[]): this {
    const names = present(this);
    const kept = positions.map((i) => [names[i]!, this._get_member(names[i]!)] as const);
    return new (this.constructor as new (named: unknown) => this)(kept);
  }
}
/** Names that hold a module; a field may have been deleted or set to null. */
function present(seq: SequentialClass): string[] {
  return seq._names.filter((name) => isModule(seq._get_member(name)));
}
/** As Python does after a deletion: all names are positions from then on. */
function renumber(seq: SequentialClass, modules: readonly AnyModule[]): void {
  for (const name of seq._names) if (!isIndex(name)) Reflect.deleteProperty(seq, name);
  seq._names = modules.map((_, i) => `${i}`);
  seq._numbered = new Map(modules.map((module, i) => [`${i}`, module]));
  seq._answer();
}
export const Sequential = callable(SequentialClass);
export type Sequential = SequentialClass;
