/** nn.ModuleList: https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html */
import { ArgumentError, IndexError } from '../../errors.js';
import { callable } from './callable.js';
import { isModule, names } from './members.js';
import type { AnyModule, Module } from './module.js';
import { Positional } from './positions.js';
import { indent } from './text.js';

class ModuleListClass extends Positional<AnyModule> {
  /** @internal */
  declare _items: AnyModule[];

  /**
   * A list of modules under their positions as names. `list[0]`, `list[-1]`, `list.at('1:')`; iterating gives the
   * modules. A plain array in a field is found as well; this one prints in short and has a list's methods.
   * @throws {ArgumentError} something is no module
   */
  constructor(modules: Iterable<Module> = []) {
    super();
    Object.defineProperty(this, '_items', { value: [], writable: true, configurable: true });
    this.extend(modules);
  }
  append(module: Module): this {
    return this.extend([module]);
  }
  extend(modules: Iterable<Module>): this {
    if (typeof (modules as Partial<Iterable<Module>> | null)?.[Symbol.iterator] !== 'function')
      throw new ArgumentError(
        `ModuleList.extend should be called with an iterable, but got ${typeof modules}`,
        'ModuleList',
      );
    this._items.push(...[...modules].map(checked));
    this._answer();
    return this;
  }
  /** @throws {IndexError} no such position */
  insert(index: number, module: Module): void {
    if (!Number.isInteger(index) || index < -this.length || index > this.length)
      throw new IndexError(`Index out of range: ${index}`);
    this._items.splice(index, 0, checked(module));
    this._answer();
  }
  /** A new list of the modules of both: Python's `a + b`. */
  add(other: Iterable<Module>): ModuleListClass {
    return new ModuleList([...this, ...other]);
  }

  override [names](): readonly string[] {
    return [...this._items.map((_, i) => `${i}`), ...super[names]()];
  }
  override _get_member(name: string): unknown {
    return /^\d+$/.test(name) ? this._items[Number(name)] : super._get_member(name);
  }
  override _set_member(name: string, value: unknown): void {
    if (Number(name) < this._items.length) this._put(Number(name), value as AnyModule);
    else if (Number(name) === this._items.length) this.append(value as Module);
    else super._set_member(name, value);
  }
  override _list(): readonly AnyModule[] {
    return this._items;
  }
  override _put(position: number, value: AnyModule): void {
    this._items[position] = checked(value);
  }
  override _take(positions: readonly number[]): void {
    this._items = this._items.filter((_, i) => !positions.includes(i));
  }
  override _sliced(positions: readonly number[]): this {
    const kept = positions.map((i) => this._items[i]!);
    return new (this.constructor as new (modules: AnyModule[]) => this)(kept);
  }
  /** Runs of modules that print alike are one line: `(0-2): 3 x Linear(...)`. */
  override toString(): string {
    const runs: { first: number; last: number; text: string }[] = [];
    this._items.forEach((module, i) => {
      const text = String(module);
      const run = runs.at(-1);
      if (run?.text === text) run.last = i;
      else runs.push({ first: i, last: i, text });
    });
    if (runs.length === 0) return `${this._get_name()}()`;
    const lines = runs.map(({ first, last, text }) =>
      indent(first === last ? `(${first}): ${text}` : `(${first}-${last}): ${last - first + 1} x ${text}`),
    );
    return `${this._get_name()}(\n  ${lines.join('\n  ')}\n)`;
  }
}
export const ModuleList = callable(ModuleListClass);
export type ModuleList = ModuleListClass;

function checked(module: unknown): AnyModule {
  if (isModule(module)) return module as AnyModule;
  throw new ArgumentError(
    `${module === null ? 'None' : typeof module} is not a Module subclass`,
    'ModuleList',
  );
}
