/** `object[index]` and `object[index] = value`. */
import { IndexError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { Ellipsis } from './ast.js';
import { getAttribute } from './attributes.js';
import { kindOf, toInt } from './number.js';
import type { AnyFunction, Runtime } from './runtime.js';
import { getItem, isTensors, isTuple, Slice, toTorch } from './sequence.js';

const INDEX_KINDS =
  'only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices';

/** The whole number that a value is as an index: an int, a bool, or an integer tensor of one element. */
export function toIndex(runtime: Runtime, value: unknown): number | undefined {
  const kind = kindOf(value);
  if (kind === 'int' || kind === 'bool') return Number(toInt(value));
  const whole = runtime.isTensor(value) && !value.is_floating_point() && !value.is_complex();
  return whole && value.numel() === 1 ? Number(value.item()) : undefined;
}

function toTensorIndex(runtime: Runtime, value: unknown): unknown {
  if (value === null || typeof value === 'boolean' || runtime.isTensor(value) || ArrayBuffer.isView(value))
    return value;
  if (value === Ellipsis) return '...';
  if (value instanceof Slice) return value.toString();
  if (Array.isArray(value)) return Array.from(value as unknown[], (item) => toTensorIndex(runtime, item));
  if (kindOf(value) === 'int') return Number(value);
  throw new IndexError(`${INDEX_KINDS} (got ${runtime.typeName(value)})`);
}

/**
 * The indices of a tensor: those of a tuple each for one dimension, anything else for the first. An array of tensors
 * from JavaScript is what `torch.where(mask)` gave there, so it counts as a tuple.
 */
function tensorIndices(runtime: Runtime, index: unknown): unknown[] {
  const indices: unknown[] = isTuple(index) || isTensors(runtime, index) ? [...index] : [index];
  return indices.map((item) => toTensorIndex(runtime, item));
}

function sequenceIndex(runtime: Runtime, sequence: unknown, index: unknown): number | Slice {
  if (index instanceof Slice) return index;
  const at = toIndex(runtime, index);
  if (at !== undefined) return at;
  const kind = typeof sequence === 'string' ? 'string' : isTuple(sequence) ? 'tuple' : 'list';
  throw new TypeError(`${kind} indices must be integers or slices, not ${runtime.typeName(index)}`);
}

/** A key of an object from JavaScript; like an attribute, it may not lead to the object's making. */
function keyOf(runtime: Runtime, object: object, index: unknown): string {
  const key = typeof index === 'string' ? index : toIndex(runtime, index)?.toString();
  if (key !== undefined && Object.hasOwn(object, key)) return key;
  throw new IndexError(`'${runtime.typeName(object)}' object has no item ${JSON.stringify(key ?? null)}`);
}

export function getSubscript(runtime: Runtime, object: unknown, index: unknown): unknown {
  if (runtime.isTensor(object)) return runtime.method(object, 'at', ...tensorIndices(runtime, index));
  if (Array.isArray(object) || typeof object === 'string') {
    return getItem(object as unknown[] | string, sequenceIndex(runtime, object, index));
  }
  const container = (typeof object === 'object' && object !== null) || typeof object === 'function';
  if (!container || kindOf(object))
    throw new TypeError(`'${runtime.typeName(object)}' object is not subscriptable`);
  if (object instanceof Map) {
    const key = toTorch(index);
    if (!object.has(key)) throw new IndexError(`no item ${JSON.stringify(key)}`);
    return object.get(key) as unknown;
  }
  if (ArrayBuffer.isView(object))
    return getItem(Array.from(object as Uint8Array), sequenceIndex(runtime, [], index));
  // Containers of modules and fastcore's L are indexed by `at`.
  if (!Object.hasOwn(object, String(toTorch(index))) && 'at' in object && typeof object.at === 'function') {
    const at = getAttribute(runtime, object, 'at') as AnyFunction;
    return at.call(object, toTorch(index));
  }
  return (object as Record<string, unknown>)[keyOf(runtime, object, index)];
}

export function setSubscript(runtime: Runtime, object: unknown, index: unknown, value: unknown): void {
  if (runtime.isTensor(object)) {
    if (!runtime.isTensor(value) && kindOf(value) === undefined && !Array.isArray(value)) {
      throw new TypeError(`can't assign a ${runtime.typeName(value)} to a torch tensor`);
    }
    (object as Tensor & { set_at(indices: unknown[], value: unknown): void }).set_at(
      tensorIndices(runtime, index),
      toTorch(value),
    );
    return;
  }
  if (Array.isArray(object) && !isTuple(object)) {
    const at = sequenceIndex(runtime, object, index);
    if (at instanceof Slice) throw new TypeError('assignment to a slice of a list is not supported');
    const wrapped = at < 0 ? at + object.length : at;
    if (wrapped < 0 || wrapped >= object.length) throw new IndexError('list assignment index out of range');
    object[wrapped] = value;
    return;
  }
  if (object instanceof Map) {
    object.set(toTorch(index), value);
    return;
  }
  const plain =
    typeof object === 'object' && object !== null && Object.getPrototypeOf(object) === Object.prototype;
  if (!plain) throw new TypeError(`'${runtime.typeName(object)}' object does not support item assignment`);
  (object as Record<string, unknown>)[keyOf(runtime, object, index)] = value;
}
