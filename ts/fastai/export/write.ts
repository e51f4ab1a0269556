/** A graph of instances as plain data, which torch.save can write: fields and tensors, functions and classes by name. */
import { isReducible, makerOf, reduce, type Reduced } from '../../fastcore/reduce.js';
import { Device, DType, Layout, Tensor, TorchError } from '../../torch/index.js';
import { Handled } from '../../torch/handle.js';
import { targetOf } from '../../torch/nn/modules/callable.js';
import { state as moduleState, type State } from '../../torch/nn/modules/instance.js';
import { isModule } from '../../torch/nn/modules/members.js';
import { isBuffer, isParameter } from '../../torch/nn/parameter.js';
import { libraryName, type Named } from './names.js';

/** One object of the graph; `kind` says which. A reference to another one is a list with its number. */
export type Entry = Readonly<Record<string, unknown>>;
/** The objects of a graph; the first is its root. */
export type Graph = Entry[];

export const views = {
  ...{ Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array },
  ...{ Float32Array, Float64Array, BigInt64Array, BigUint64Array },
};

/** @throws {TorchError} naming the place of what cannot be written, and why */
export function writeGraph(root: object): Graph {
  return new Writer().write(root);
}

class Writer {
  readonly #graph: Entry[] = [];
  readonly #numbers = new Map<unknown, number>();
  readonly #path: string[] = [];

  write(root: object): Graph {
    this.#value(root, 'learn');
    return this.#graph;
  }
  #fail(reason: string): never {
    throw new TorchError(`export(): ${this.#path.join('')}: ${reason}`, 'export');
  }

  #value(value: unknown, place: string): unknown {
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number') return value;
    if (value instanceof DType || value instanceof Device || value instanceof Layout) return value;
    const number = this.#numbers.get(value);
    if (number !== undefined) return [number];
    const own = this.#graph.length;
    this.#numbers.set(value, own);
    this.#graph.push({});
    this.#path.push(place);
    this.#graph[own] = this.#entry(value);
    this.#path.pop();
    return [own];
  }
  #values(values: Iterable<unknown>): unknown[] {
    return Array.from(values, (value, i) => this.#value(value, `[${i}]`));
  }

  #entry(value: unknown): Entry {
    if (value === undefined) return { kind: 'undefined' };
    if (typeof value === 'bigint') return { kind: 'bigint', value: String(value) };
    if (typeof value === 'symbol') this.#fail('a symbol cannot be written');
    const object = value as object;
    if (isModule(object)) return this.#module(object);
    if (typeof object === 'function' && object instanceof Function) return this.#function(object as Named);
    if (object instanceof Tensor) return this.#tensor(object);
    if (object instanceof Handled) this.#fail(`a ${object.constructor.name} cannot be written`);
    if (isReducible(object)) return this.#reduced(object, object[reduce]());
    if (Array.isArray(object))
      return { kind: 'array', ...this.#typed(object, Array), items: this.#values(object) };
    if (object instanceof Map)
      return {
        kind: 'map',
        ...this.#typed(object, Map),
        keys: this.#values(object.keys()),
        values: this.#values(object.values()),
      };
    if (object instanceof Set)
      return { kind: 'set', ...this.#typed(object, Set), items: this.#values(object) };
    if (object instanceof Date) return { kind: 'date', value: object.getTime() };
    if (object instanceof RegExp) return { kind: 'regexp', source: object.source, flags: object.flags };
    if (ArrayBuffer.isView(object)) return this.#view(object);
    return this.#instance(object);
  }

  /** The class of a value that is of a subclass of `base`. */
  #typed(value: object, base: abstract new (...args: never[]) => object): { cls?: unknown } {
    if (Object.getPrototypeOf(value) === base.prototype) return {};
    this.#checkPrivate(value, base.prototype as object);
    return { cls: this.#classOf(value) };
  }
  #classOf(value: object): unknown {
    return this.#value(value.constructor, '.constructor');
  }
  #function(value: Named): Entry {
    const maker = makerOf(value);
    if (maker !== undefined)
      return { kind: 'made', by: this.#value(maker.by, '(by)'), args: this.#values(maker.args) };
    const name = libraryName(value) ?? value.name;
    if (name === '' || name.startsWith('bound '))
      this.#fail(
        'a function without a name of its own cannot be found again; give it one: function name(...) {...}',
      );
    if ((globalThis as Record<string, unknown>)[name] === value)
      this.#fail(`a ${name} of JavaScript cannot be written`);
    return { kind: 'name', name };
  }
  #tensor(tensor: Tensor): Entry {
    const plain = isParameter(tensor) || isBuffer(tensor) ? {} : this.#kindOf(tensor);
    const { requires_grad } = tensor;
    const role = isParameter(tensor) ? 'parameter' : isBuffer(tensor) ? 'buffer' : 'tensor';
    const persistent = isBuffer(tensor) ? tensor.persistent : true;
    return { kind: 'tensor', role, ...plain, data: tensor.detach(), requires_grad, persistent };
  }
  #kindOf(tensor: Tensor): { cls?: unknown } {
    return Object.getPrototypeOf(tensor) === Tensor.prototype ? {} : { cls: this.#classOf(tensor) };
  }
  #view(value: ArrayBufferView): Entry {
    const type = value.constructor.name;
    if (!Object.hasOwn(views, type)) this.#fail(`a ${type} cannot be written`);
    const data = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { kind: 'view', type, data: Uint8Array.from(data) };
  }

  #module(module: object): Entry {
    const own = (module as { [moduleState]: State })[moduleState];
    if (own.hooks?.any)
      this.#fail('it has hooks, which are functions of this program; remove them before the export');
    this.#checkPrivate(module, null);
    return {
      kind: 'module',
      cls: this.#classOf(module),
      fields: this.#fields(module),
      buffers: [...own.buffers].map(([name, persistent]) => [name, persistent]),
    };
  }
  #instance(value: object): Entry {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype)
      return { kind: 'object', fields: this.#fields(value) };
    this.#checkPrivate(value, null);
    return { kind: 'instance', cls: this.#classOf(value), fields: this.#fields(value) };
  }
  #reduced(value: object, { by, args, state }: Reduced): Entry {
    this.#checkPrivate(value, by.prototype as object);
    return {
      kind: 'reduced',
      cls: this.#classOf(value),
      by: this.#value(by, '(by)'),
      args: this.#values(args),
      fields: state === undefined ? this.#fields(value) : this.#fields(state),
    };
  }
  /** Own fields: lists of name, value and whether it shows. */
  #fields(holder: object): unknown[] {
    const found: unknown[] = [];
    for (const name of Object.getOwnPropertyNames(holder)) {
      const field = Object.getOwnPropertyDescriptor(holder, name)!;
      if (!('value' in field)) this.#fail(`field ${name} is computed by a function, which cannot be written`);
      found.push([name, this.#value(field.value, `.${name}`), field.enumerable === true]);
    }
    return found;
  }

  /** @throws {TorchError} the value is of a class with private members that no constructor would make again */
  #checkPrivate(value: object, until: object | null): void {
    let prototype = Object.getPrototypeOf(value) as object | null;
    while (prototype !== null && prototype !== until && prototype !== Object.prototype) {
      const type = prototype.constructor;
      // The library's classes, and those below them, know what they do.
      if (libraryName(type) !== undefined) return;
      if (/\.#[\p{L}_$]/u.test(Function.prototype.toString.call(targetOf(type))))
        this.#fail(
          `class ${type.name} has private members, which a file cannot hold: let it have a method [reduce]() that ` +
            'says how an instance is made again',
        );
      prototype = Object.getPrototypeOf(prototype) as object | null;
    }
  }
}
