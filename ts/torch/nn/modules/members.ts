/**
 * Finding what a module consists of. Nothing is registered when a field is set: the fields are looked through when
 * somebody asks, so they may be exchanged and deleted like any others.
 */
import { Tensor } from '../../tensor.js';
import { Buffer, Parameter } from '../parameter.js';
import type { Module } from './module.js';

export type Kind = 'parameter' | 'buffer' | 'module';

export interface Member {
  kind: Kind;
  /** Dotted where the field holds a list or a dict: `layers.0`. */
  name: string;
  value: Tensor | Module;
  /** Puts something else in its place. */
  replace: (value: unknown) => void;
}

/** A field of a module, or an entry of a container: name, value, and how to set it. */
export type Entry = readonly [name: string, value: unknown, replace: (value: unknown) => void];

/** Marks the classes of modules without importing them here. */
export const moduleMark = Symbol('nn.Module');
/** The method that lists a module's entries; containers have entries besides their fields. */
export const entries = Symbol('entries');
/** The names under which `register_buffer` has put tensors, each with whether the buffer is persistent. */
export const buffers = Symbol('buffers');

export function isModule(value: unknown): value is Module {
  return typeof value === 'function' && moduleMark in value;
}

/** Modules, parameters and buffers of `module` itself, in the order in which its fields came into being. */
export function members(module: Module): Member[] {
  const found: Member[] = [];
  const registered = module[buffers]();
  for (const [name, value, replace] of module[entries]()) {
    // Most fields are numbers and words.
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) continue;
    // A tensor that is put in the place of a Buffer later is the buffer then, as in Python.
    if (value instanceof Buffer) registered.set(name, value.persistent);
    if (registered.has(name) && value instanceof Tensor && !(value instanceof Parameter))
      found.push({ kind: 'buffer', name, value, replace });
    else collect(found, name, value, replace, []);
  }
  return found;
}

/** @param path the lists and dicts that lead here, lest one that holds itself be followed for ever */
function collect(
  found: Member[],
  name: string,
  value: object,
  replace: (value: unknown) => void,
  path: readonly object[],
): void {
  if (isModule(value)) found.push({ kind: 'module', name, value, replace });
  else if (value instanceof Parameter) found.push({ kind: 'parameter', name, value, replace });
  else if (value instanceof Buffer) found.push({ kind: 'buffer', name, value, replace });
  else if (isPlain(value) && !path.includes(value)) {
    const holder = value as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      const item = holder[key];
      if (item === null || (typeof item !== 'object' && typeof item !== 'function')) continue;
      collect(found, `${name}.${key}`, item, (next) => (holder[key] = next), [...path, value]);
    }
  }
}

/** A list or a dict, as against an object that is something by itself. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The fields of an object as entries. */
export function* fields(holder: object): Generator<Entry> {
  const record = holder as Record<string, unknown>;
  for (const key of Object.keys(record)) yield [key, record[key], (value) => (record[key] = value)];
}
