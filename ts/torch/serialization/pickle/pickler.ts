/**
 * Writes JavaScript values as a pickle that Python's `weights_only` accepts. What a Tensor is, its owner says
 * (`writeObject`); this file knows the collections and the plain values.
 */
import { inspect } from 'node:util';
import { Complex, Float } from '../../scalar.js';
import { Size } from '../../size.js';
import { Op } from './opcodes.js';
import { Tuple, refuse } from './values.js';
import { BATCH, PickleWriter } from './writer.js';

/** As deep as what is read back. */
const MAX_DEPTH = 1000;

/**
 * Writes an object of a class that only the owner knows. The answer is the number under which it is stored, undefined
 * when it is stored by itself, and null when the owner does not know it either.
 */
export type WriteObject = (pickler: Pickler, value: object) => number | undefined | null;

export class Pickler {
  readonly out = new PickleWriter();
  readonly #writeObject: WriteObject;
  readonly #texts = new Map<string, number>();
  readonly #globals = new Map<string, number>();
  readonly #objects = new Map<object, number>();
  /** Where in the whole the value lies that is written now. */
  readonly #path: string[] = [];

  constructor(writeObject: WriteObject) {
    this.#writeObject = writeObject;
  }

  /** The whole pickle of one value. */
  dump(value: unknown): Uint8Array {
    this.out.op(Op.PROTO, 2);
    this.save(value);
    this.out.op(Op.STOP);
    return this.out.result();
  }

  save(value: unknown): void {
    const { out } = this;
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'boolean':
        return out.op(value ? Op.NEWTRUE : Op.NEWFALSE);
      case 'bigint':
        return out.integer(value);
      case 'number':
        // What is integral is an int; -0 and numbers beyond 2^53, which no longer say which integer, are floats.
        return Number.isSafeInteger(value) && !Object.is(value, -0) ? out.integer(value) : out.float(value);
      case 'object':
        if (value === null) return out.op(Op.NONE);
        return this.#object(value);
      default:
        this.#refuse(
          `${value === undefined ? 'undefined' : `a ${typeof value}`} cannot be saved${advice(value)}`,
        );
    }
  }

  text(value: string): void {
    this.#recall(this.#texts, value, () => {
      this.out.text(value);
    });
  }
  global(module: string, name: string): void {
    this.#recall(this.#globals, `${module} ${name}`, () => {
      this.out.global(module, name);
    });
  }
  /** A tuple is stored under its number like everything else, as readers of such files expect. */
  tuple(items: readonly unknown[], write: (item: unknown) => void = (item) => this.save(item)): void {
    if (items.length === 0) return this.out.op(Op.EMPTY_TUPLE);
    if (items.length > 3) this.out.op(Op.MARK);
    for (const item of items) write(item);
    this.out.op([Op.TUPLE, Op.TUPLE1, Op.TUPLE2, Op.TUPLE3][items.length] ?? Op.TUPLE);
    this.out.put();
  }
  /** `module.name(*args)` */
  reduce(module: string, name: string, args: () => void): number {
    this.global(module, name);
    args();
    this.out.op(Op.REDUCE);
    return this.out.put();
  }

  #recall<K>(memo: Map<K, number>, key: K, write: () => void): void {
    const index = memo.get(key);
    if (index !== undefined) return this.out.get(index);
    write();
    memo.set(key, this.out.put());
  }
  #place(): string {
    return this.#path.length === 0 ? 'the value' : `value${this.#path.join('')}`;
  }
  #refuse(reason: string): never {
    return refuse(`cannot save ${this.#place()}: ${reason}`);
  }
  #at(key: unknown, write: () => void): void {
    if (this.#path.length >= MAX_DEPTH) {
      this.#path.splice(3);
      this.#refuse(`it is nested more than ${MAX_DEPTH} levels deep`);
    }
    this.#path.push(typeof key === 'string' ? `[${JSON.stringify(key)}]` : `[${String(key)}]`);
    write();
    this.#path.pop();
  }

  #object(value: object): void {
    const known = this.#objects.get(value);
    if (known !== undefined) return this.out.get(known);
    // Before the items, so that a collection may hold itself.
    const remember = (): void => {
      this.#objects.set(value, this.out.put());
    };
    if (value instanceof Float) return this.out.float(value.real);
    if (value instanceof Complex) {
      this.reduce('__builtin__', 'complex', () => {
        this.tuple([value.real, value.imag], (part) => {
          this.out.float(part as number);
        });
      });
      return;
    }
    if (value instanceof Size) {
      this.reduce('torch', 'Size', () => {
        this.tuple([Tuple.own([...value])]);
      });
      return;
    }
    if (value instanceof Tuple) return this.#tuple(value);
    if (Array.isArray(value)) return this.#list(value, remember);
    if (value instanceof Map) return this.#dict(value, remember);
    if (value instanceof Set) {
      this.reduce('__builtin__', 'set', () => {
        this.tuple([[...(value as Set<unknown>)]]);
      });
      return;
    }
    if (value instanceof Uint8Array) {
      this.reduce('_codecs', 'encode', () => {
        this.tuple([Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1'), 'latin1']);
      });
      return;
    }
    if (isPlain(value)) return this.#plain(value, remember);
    let index: number | undefined | null;
    try {
      index = this.#writeObject(this, value);
    } catch (error) {
      // With the place in front, but of its own kind.
      (error as Error).message = `cannot save ${this.#place()}: ${(error as Error).message}`;
      throw error;
    }
    if (index === null) this.#refuse(`objects of class ${className(value)} are not data${advice(value)}`);
    if (index !== undefined) this.#objects.set(value, index);
  }
  #tuple(value: Tuple): void {
    if (value.length === 0) return this.out.op(Op.EMPTY_TUPLE);
    if (value.length > 3) this.out.op(Op.MARK);
    value.forEach((item, i) => {
      this.#at(i, () => {
        this.save(item);
      });
    });
    this.out.op([Op.TUPLE, Op.TUPLE1, Op.TUPLE2, Op.TUPLE3][value.length] ?? Op.TUPLE);
    this.#objects.set(value, this.out.put());
  }
  #list(value: readonly unknown[], remember: () => void): void {
    this.out.op(Op.EMPTY_LIST);
    remember();
    this.#batches(value.length, Op.APPEND, Op.APPENDS, (i) => {
      this.#at(i, () => {
        this.save(value[i]);
      });
    });
  }
  #entries(entries: readonly (readonly [unknown, unknown])[]): void {
    this.#batches(entries.length, Op.SETITEM, Op.SETITEMS, (i) => {
      const [key, item] = entries[i] as readonly [unknown, unknown];
      this.save(key);
      this.#at(key, () => {
        this.save(item);
      });
    });
  }
  #dict(value: ReadonlyMap<unknown, unknown>, remember: () => void): void {
    this.out.op(Op.EMPTY_DICT);
    remember();
    this.#entries([...value]);
  }
  #plain(value: object, remember: () => void): void {
    const hidden = Object.getOwnPropertyDescriptor(value, '_metadata');
    if (hidden === undefined || hidden.enumerable) {
      this.out.op(Op.EMPTY_DICT);
      remember();
      return this.#entries(Object.entries(value));
    }
    // A state dict of a module, with the versions of its parts beside the items, as in Python.
    this.#ordered(value, remember);
    this.out.op(Op.EMPTY_DICT);
    this.out.put();
    this.text('_metadata');
    this.#ordered(hidden.value as object, () => this.out.put());
    this.out.op(Op.SETITEM, Op.BUILD);
  }
  #ordered(value: object, remember: () => void): void {
    this.global('collections', 'OrderedDict');
    this.out.op(Op.EMPTY_TUPLE, Op.REDUCE);
    remember();
    this.#entries(Object.entries(value));
  }
  #batches(count: number, one: number, many: number, write: (i: number) => void): void {
    for (let start = 0; start < count; start += BATCH) {
      const end = Math.min(start + BATCH, count);
      if (end - start > 1) this.out.op(Op.MARK);
      for (let i = start; i < end; ++i) write(i);
      this.out.op(end - start > 1 ? many : one);
    }
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
function className(value: object): string {
  return (value.constructor as { name?: string } | undefined)?.name ?? inspect(value);
}
function advice(value: unknown): string {
  // A module is a function that can be called.
  if ((typeof value === 'object' || typeof value === 'function') && value !== null && 'state_dict' in value)
    return '; save its state_dict()';
  return ArrayBuffer.isView(value) ? '; save a tensor of it: torch.from_numpy(array)' : '';
}
