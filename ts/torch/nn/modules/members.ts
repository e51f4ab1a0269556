/**
 * Finding what a module consists of. Nothing is registered when a field is set: the fields are looked through when
 * somebody asks, so they may be exchanged and deleted like any others.
 */
import { Tensor } from '../../tensor.js';
import { isBuffer, isParameter } from '../parameter.js';
import { Instance } from './instance.js';
import type { Module } from './module.js';

export type Kind = 'parameter' | 'buffer' | 'module';

export interface Member {
  kind: Kind;
  /** Dotted where the field holds a list or a dict: `layers.0`. */
  name: string;
  value: Tensor | Module;
  /** What holds it, and where. */
  holder: object;
  key: string;
}

/** The method that lists the names of a module's entries: containers have others than their fields. */
export const names = Symbol('names');
/** The names under which `register_buffer` has put tensors, each with whether the buffer is persistent. */
export const buffers = Symbol('buffers');

export function isModule(value: unknown): value is Module {
  return typeof value === 'function' && value instanceof Instance;
}

/** Modules, parameters and buffers of `module` itself, in the order in which its fields came into being. */
export function members(module: Module): Member[] {
  const found: Member[] = [];
  const registered = module[buffers]();
  for (const name of module[names]()) {
    const value = module._get_member(name);
    // Most fields are numbers and words.
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) continue;
    // A tensor that is put in the place of a Buffer later is the buffer then, as in Python.
    if (isBuffer(value)) registered.set(name, value.persistent);
    if (registered.has(name) && value instanceof Tensor && !isParameter(value))
      found.push({ kind: 'buffer', name, value, holder: module, key: name });
    else collect(found, name, value, module, name, noPath);
  }
  return found;
}
const noPath: readonly object[] = [];

/** @param path the lists and dicts that lead here, lest one that holds itself be followed for ever */
function collect(
  found: Member[],
  name: string,
  value: object,
  holder: object,
  key: string,
  path: readonly object[],
): void {
  if (isModule(value)) found.push({ kind: 'module', name, value, holder, key });
  else if (value instanceof Tensor) {
    if (isParameter(value)) found.push({ kind: 'parameter', name, value, holder, key });
    else if (isBuffer(value)) found.push({ kind: 'buffer', name, value, holder, key });
  } else if (isPlain(value) && !path.includes(value)) {
    const items = value as Record<string, unknown>;
    for (const inner of Object.keys(items)) {
      const item = items[inner];
      if (item === null || (typeof item !== 'object' && typeof item !== 'function')) continue;
      collect(found, `${name}.${inner}`, item, value, inner, [...path, value]);
    }
  }
}

/** Puts something else in the place of a member. */
export function replace({ holder, key }: Member, value: Tensor): void {
  if (isModule(holder)) holder._set_member(key, value);
  else (holder as Record<string, unknown>)[key] = value;
}

/** A list or a dict, as against an object that is something by itself. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
