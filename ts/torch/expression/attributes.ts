/**
 * Attributes: the object's own and its classes', never what every JavaScript object inherits. Names that begin
 * with an underscore, `constructor` and `prototype` were refused when the expression was parsed.
 */
import { Complex } from '../scalar.js';
import { AttributeError } from './errors.js';
import { suggest } from './nearest.js';
import { fromJs, kindOf, makeFloat, toDouble } from './number.js';
import type { Runtime } from './runtime.js';

const ROOTS = new Set<unknown>([
  Object.prototype,
  Function.prototype,
  Array.prototype,
  Object.getPrototypeOf(Uint8Array.prototype),
  Error.prototype,
]);

function* chain(object: object): Generator<object> {
  for (let at: object | null = object; at && !ROOTS.has(at); at = Object.getPrototypeOf(at) as object | null)
    yield at;
}

function find(object: object, name: string): PropertyDescriptor | undefined {
  // The length of an array or function is JavaScript's; in Python it is len().
  if (name === 'length' && (Array.isArray(object) || typeof object === 'function')) return undefined;
  for (const owner of chain(object)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    if (descriptor) return descriptor;
  }
  return undefined;
}

/** Whether find() finds something; it is asked for each attribute and method, so it makes nothing. */
function has(object: object, name: string): boolean {
  if (name === 'length') return find(object, name) !== undefined;
  for (let at: object | null = object; at && !ROOTS.has(at); at = Object.getPrototypeOf(at) as object | null)
    if (Object.hasOwn(at, name)) return true;
  return false;
}

function* names(object: object): Generator<string> {
  for (const owner of chain(object)) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (!name.startsWith('_') && name !== 'constructor' && !/^\d/.test(name)) yield name;
    }
  }
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

function missing(runtime: Runtime, object: unknown, name: string, module?: string): AttributeError {
  const of = module ? `module '${module}'` : `'${runtime.typeName(object)}' object`;
  const hint = isObject(object) ? suggest(name, names(object)) : '';
  return new AttributeError(`${of} has no attribute '${name}'${hint}`);
}

/** `object.name`; `module` is what torch calls the object, for the AttributeError that names the nearest attributes. */
export function getAttribute(runtime: Runtime, object: unknown, name: string, module?: string): unknown {
  const kind = kindOf(object);
  if (kind && (name === 'real' || name === 'imag')) {
    if (object instanceof Complex) return makeFloat(object[name]);
    if (kind === 'float') return makeFloat(name === 'real' ? toDouble(object) : 0);
    return name === 'real' ? object : 0;
  }
  if (kind || !isObject(object) || !has(object, name)) throw missing(runtime, object, name, module);
  return fromJs((object as Record<string, unknown>)[name]);
}

/** Whether reading `object.name` makes a value anew, as a tensor's `T`, `data` and `grad` do. */
export function isComputed(object: object, name: string): boolean {
  return find(object, name)?.get !== undefined;
}

/** `object.name = value`. A tensor takes only what has a setter; other objects only what they already have. */
export function setAttribute(runtime: Runtime, object: unknown, name: string, value: unknown): void {
  const descriptor = isObject(object) && !kindOf(object) ? find(object, name) : undefined;
  if (!descriptor) throw missing(runtime, object, name);
  if (!(descriptor.set ?? descriptor.writable) || (runtime.isTensor(object) && !descriptor.set)) {
    throw new AttributeError(`attribute '${name}' of '${runtime.typeName(object)}' objects is not writable`);
  }
  (object as Record<string, unknown>)[name] = value;
}
