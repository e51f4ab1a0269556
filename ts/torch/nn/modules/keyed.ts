/** What ModuleDict and ParameterDict share. */
import { ValueError } from '../../errors.js';
import { names } from './members.js';
import { Module } from './module.js';
import { pairs, type Named } from './sequential.js';

/** A container with names. The items are its fields; the order is kept aside, since numbers come first among fields. */
export abstract class Keyed<T> extends Module implements Iterable<string> {
  [key: string]: unknown;
  /** @internal */
  declare _order: string[];

  constructor() {
    super();
    Object.defineProperty(this, '_order', { value: [], writable: true, configurable: true });
  }
  /** @internal The value as it is to be held; throws when it may not be. */
  abstract _accept(key: string, value: unknown): T;
  /** @internal Whether a field is one of the items. */
  abstract _holds(value: unknown, key: string): value is T;

  override get length(): number {
    return this.keys().length;
  }
  [Symbol.iterator](): IterableIterator<string> {
    return this.keys()[Symbol.iterator]();
  }
  has(key: string): boolean {
    return this.keys().includes(key);
  }
  /** @throws {ValueError} there is no such name, and no `standard` to give instead */
  get(key: string): T;
  get<S>(key: string, standard: S): T | S;
  get(key: string, ...standard: unknown[]): unknown {
    if (this.has(key)) return this._get_member(key);
    if (standard.length > 0) return standard[0];
    throw new ValueError(`'${key}' is not a key of this ${this._get_name()}`);
  }
  set(key: string, value: unknown): this {
    this._set_member(key, this._accept(key, value));
    return this;
  }
  /** Takes an item away; false when there is none of this name. */
  delete(key: string): boolean {
    const had = this.has(key);
    this._order = this._order.filter((name) => name !== key);
    return had && Reflect.deleteProperty(this, key);
  }
  /** Takes an item away and gives it. @throws {ValueError} there is no such name */
  pop(key: string): T {
    const value = this.get(key);
    this.delete(key);
    return value;
  }
  clear(): void {
    for (const key of this.keys()) this.delete(key);
  }
  keys(): string[] {
    return this.items().map(([key]) => key);
  }
  values(): T[] {
    return this.items().map(([, value]) => value);
  }
  items(): [key: string, value: T][] {
    return this[names]().flatMap((key): [string, T][] => {
      const value = this._get_member(key);
      return this._holds(value, key) ? [[key, value]] : [];
    });
  }
  update(named: Named<unknown>): void {
    const given = named instanceof Keyed ? (named as Keyed<unknown>).items() : pairs(named);
    for (const [key, value] of given) this.set(key, value);
  }

  override [names](): readonly string[] {
    const fields = super[names]();
    return [
      ...this._order.filter((key) => fields.includes(key)),
      ...fields.filter((key) => !this._order.includes(key)),
    ];
  }
  override _set_member(name: string, value: unknown): void {
    // Items that were set as fields, `dict.name = module`, have their places by now.
    this._order = [...new Set([...this.keys(), name])];
    super._set_member(name, value);
  }
}
