/**
 * From what the machine built to JavaScript values: a dict of strings becomes a plain object, any other a Map, a
 * placeholder what it stands for. Shared parts stay shared, cycles stay cycles.
 */
import { PickleFunction, Placeholder, PyBytes, PyDict, refuse } from './values.js';

export interface FinishOptions {
  /** What becomes of a str of Python 2. */
  encoding: 'latin1' | 'ascii' | 'bytes';
  /** Copies bytes out of the pickle, which is freed then. */
  copyBytes: boolean;
}

/** Deeper than anything that Python's own pickler writes; deeper results would break whoever walks them. */
const MAX_DEPTH = 1000;

function leaf(value: unknown, options: FinishOptions): unknown {
  if (value instanceof Uint8Array) return options.copyBytes ? value.slice() : value;
  if (value instanceof PyBytes)
    return options.encoding === 'bytes' ? leaf(value.bytes, options) : value.text(options.encoding);
  if (value instanceof PickleFunction) return refuse(`it holds ${value.name} itself, not a value`);
  return value;
}

type Container = unknown[] | PyDict | Set<unknown>;
function isContainer(value: unknown): value is Container {
  return Array.isArray(value) || value instanceof PyDict || value instanceof Set;
}

/** Where a container's result goes; a list is its own. */
function target(value: Container): object {
  if (!(value instanceof PyDict)) return value;
  let isPlain = true;
  value.forEach((key) => {
    isPlain &&= typeof key === 'string';
  });
  return isPlain ? {} : new Map();
}

function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}

function childrenOf(value: Container): readonly unknown[] {
  if (!(value instanceof PyDict)) return value instanceof Set ? [...value] : value;
  return value.attributes ? [...value.items, value.attributes] : value.items;
}

interface Frame {
  value: Container;
  children: readonly unknown[];
  next: number;
  height: number;
}

export function finish(root: unknown, options: FinishOptions): unknown {
  /** Results by container, and how deep each is; -1 while it is being walked. */
  const results = new Map<object, object>();
  const heights = new Map<object, number>();
  const placeholders = new Map<Placeholder, unknown>();
  const convert = (value: unknown): unknown => {
    if (isContainer(value)) return results.get(value);
    if (!(value instanceof Placeholder)) return leaf(value, options);
    if (!placeholders.has(value)) placeholders.set(value, value.finish());
    return placeholders.get(value);
  };
  const fill = (value: Container): void => {
    const result = results.get(value) as object;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; ++i) value[i] = convert(value[i]);
    } else if (value instanceof Set) {
      const items = [...value];
      value.clear();
      for (const item of items) value.add(convert(item));
    } else {
      value.forEach((key, item) => {
        if (result instanceof Map) result.set(convert(key), convert(item));
        else if (key === '__proto__') define(result, key, convert(item), true);
        else (result as Record<string, unknown>)[key as string] = convert(item);
      });
      // A state dict's versions, where Python keeps them: beside the items.
      value.attributes?.forEach((key, item) => {
        if (key === '_metadata' && !Object.hasOwn(result, key)) define(result, key, convert(item), false);
      });
    }
  };

  if (!isContainer(root)) return convert(root);
  const frames: Frame[] = [];
  const enter = (value: Container): void => {
    results.set(value, target(value));
    heights.set(value, -1);
    frames.push({ value, children: childrenOf(value), next: 0, height: 1 });
    if (frames.length > MAX_DEPTH) refuse(`it is nested more than ${MAX_DEPTH} levels deep`);
  };
  enter(root);
  for (let frame = frames[0]; frame; frame = frames[frames.length - 1]) {
    const child = frame.children[frame.next];
    if (frame.next++ < frame.children.length) {
      if (!isContainer(child)) continue;
      const height = heights.get(child);
      if (height === undefined) enter(child);
      else frame.height = Math.max(frame.height, height + 1);
      continue;
    }
    if (frame.height > MAX_DEPTH) refuse(`it is nested more than ${MAX_DEPTH} levels deep`);
    fill(frame.value);
    heights.set(frame.value, frame.height);
    frames.pop();
    const parent = frames[frames.length - 1];
    if (parent) parent.height = Math.max(parent.height, frame.height + 1);
  }
  return results.get(root);
}
