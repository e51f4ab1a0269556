/** What write.ts wrote, made again. Names are looked up, nothing else of a file is ever run. */
import { isReducible, restore } from '../../fastcore/reduce.js';
import { Device, DType, Layout, nn, Tensor } from '../../torch/index.js';
import { blankModule, Instance, state as moduleState, type State } from '../../torch/nn/modules/instance.js';
import { isMaker, libraryValue, type Named } from './names.js';
import { views } from './write.js';

export interface ReadOptions {
  /** Functions and classes of the caller's, by their names. */
  classes: Readonly<Record<string, unknown>>;
  /** Where everything goes, instead of where it was. */
  device: Device | null;
}
type Dict = Record<string, unknown>;
type Class = (abstract new (...args: never[]) => object) & { prototype: object };

/** What is wrong with a file. */
export class BadGraph extends Error {}
function refuse(reason: string): never {
  throw new BadGraph(reason);
}

const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function text(value: unknown, what: string): string {
  return typeof value === 'string' ? value : refuse(`${what} is not a text`);
}
function list(value: unknown, what: string): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : refuse(`${what} is not a list`);
}

/**
 * The root of a graph.
 * @throws {BadGraph} it is not what write.ts writes, or names something that is not to be found
 */
export function readGraph(graph: unknown, options: ReadOptions): unknown {
  const entries = list(graph, 'the graph').map((entry, i) =>
    isDict(entry) ? entry : refuse(`object ${i} has no kind`),
  );
  if (entries.length === 0) refuse('it holds nothing');
  try {
    return new Reader(entries, options).root();
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) refuse('it is nested too deeply');
    throw error;
  }
}

class Reader {
  readonly #entries: readonly Dict[];
  readonly #options: ReadOptions;
  readonly #made: unknown[];
  readonly #isMade: boolean[] = [];
  readonly #underWay = new Set<number>();

  constructor(entries: readonly Dict[], options: ReadOptions) {
    this.#entries = entries;
    this.#options = options;
    this.#made = new Array<unknown>(entries.length).fill(undefined);
  }
  root(): unknown {
    this.#findNames();
    return this.#object(0);
  }

  /** All names first, so that what is missing is said at once. */
  #findNames(): void {
    const missing = new Set<string>();
    this.#entries.forEach((entry, i) => {
      if (entry['kind'] !== 'name') return;
      const name = text(entry['name'], 'a name');
      const found = this.#find(name);
      if (found === undefined) missing.add(name);
      else this.#keep(i, found);
    });
    if (missing.size === 0) return;
    const all = [...missing];
    const named = all.filter((name) => /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name));
    const how =
      named.length === all.length
        ? `give ${all.length > 1 ? 'them' : 'it'}: load_learner(file, { classes: { ${named.join(', ')} } })`
        : 'give what is your own in the option classes; what begins with torch or fastai is not in this version';
    refuse(
      `it needs ${all.map((name) => `'${name}'`).join(', ')}, which ${all.length > 1 ? 'are' : 'is'} not known here; ${how}`,
    );
  }
  #find(name: string): Named | undefined {
    const { classes } = this.#options;
    if (!Object.hasOwn(classes, name)) return libraryValue(name);
    const own = classes[name];
    if (typeof own !== 'function')
      refuse(`'${name}' in classes is a ${typeof own}, not a function or a class`);
    return own as Named;
  }

  #keep<T>(i: number, value: T): T {
    this.#made[i] = value;
    this.#isMade[i] = true;
    return value;
  }
  #value(value: unknown): unknown {
    if (Array.isArray(value)) {
      const [i] = value as unknown[];
      if (value.length !== 1 || !Number.isInteger(i) || this.#entries[i as number] === undefined)
        refuse(`it refers to object ${String(i)} of ${this.#entries.length}`);
      return this.#object(i as number);
    }
    if (value instanceof Device) return this.#options.device ?? value;
    if (value === null || ['boolean', 'string', 'number'].includes(typeof value)) return value;
    if (value instanceof DType || value instanceof Layout) return value;
    return refuse(`a ${typeof value} where a value was expected`);
  }
  #values(value: unknown, what: string): unknown[] {
    return list(value, what).map((item) => this.#value(item));
  }
  #object(i: number): unknown {
    if (this.#isMade[i]) return this.#made[i];
    if (this.#underWay.has(i)) refuse(`object ${i} is needed to make itself`);
    this.#underWay.add(i);
    const value = this.#make(i, this.#entries[i]!);
    this.#underWay.delete(i);
    return this.#keep(i, value);
  }

  #make(i: number, entry: Dict): unknown {
    const { kind } = entry;
    switch (kind) {
      case 'undefined':
        return undefined;
      case 'bigint': {
        const digits = text(entry['value'], 'a number');
        return /^-?\d{1,100}$/.test(digits) ? BigInt(digits) : refuse('a number has no digits');
      }
      case 'date':
        return new Date(Number(entry['value']));
      case 'regexp':
        return expression(text(entry['source'], 'an expression'), text(entry['flags'], 'flags'));
      case 'view':
        return view(entry);
      case 'tensor':
        return this.#tensor(entry);
      case 'made':
        return this.#function(entry);
      case 'array': {
        const made = this.#keep(i, this.#construct(entry, Array) as unknown[]);
        for (const item of this.#values(entry['items'], 'items')) Array.prototype.push.call(made, item);
        return made;
      }
      case 'map': {
        const made = this.#keep(i, this.#construct(entry, Map) as Map<unknown, unknown>);
        const values = this.#values(entry['values'], 'values');
        this.#values(entry['keys'], 'keys').forEach((key, k) => Map.prototype.set.call(made, key, values[k]));
        return made;
      }
      case 'set': {
        const made = this.#keep(i, this.#construct(entry, Set) as Set<unknown>);
        for (const item of this.#values(entry['items'], 'items')) Set.prototype.add.call(made, item);
        return made;
      }
      case 'object':
        return this.#fill(this.#keep(i, {}), entry['fields']);
      case 'instance':
        return this.#fill(this.#keep(i, this.#blank(entry)), entry['fields']);
      case 'module':
        return this.#module(i, entry);
      case 'reduced':
        return this.#reduced(i, entry);
      default:
        return refuse(`object ${i} is of no known kind`);
    }
  }

  #class(value: unknown): Class {
    const type = this.#value(value);
    const prototype: unknown = typeof type === 'function' ? type.prototype : undefined;
    if (typeof prototype !== 'object' || prototype === null)
      return refuse(
        `${typeof type === 'function' ? `'${type.name}'` : 'something'} is used as a class and is none`,
      );
    return type as Class;
  }
  #subclass(value: unknown, base: Class, what: string): Class {
    const type = this.#class(value);
    if (type.prototype !== base.prototype && !(type.prototype instanceof base))
      refuse(`'${type.name}' is not a class of ${what}`);
    return type;
  }
  /** An empty collection, of a subclass where the file says so; the subclass's constructor does not run. */
  #construct(entry: Dict, base: ArrayConstructor | MapConstructor | SetConstructor): object {
    const type = entry['cls'] === undefined ? base : this.#subclass(entry['cls'], base, base.name);
    return Reflect.construct(base, [], type as never) as object;
  }
  #blank(entry: Dict): object {
    const { prototype, name } = this.#class(entry['cls']);
    if (prototype instanceof Instance || prototype instanceof Tensor || isReducible(prototype))
      refuse(`'${name}' is not made of its fields alone`);
    return Object.create(prototype) as object;
  }
  #fill<T extends object>(target: T, given: unknown): T {
    for (const [name, value, enumerable] of this.#fields(given))
      Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true });
    return target;
  }
  #fields(given: unknown): [name: string, value: unknown, enumerable: boolean][] {
    return list(given, 'fields').map((field) => {
      const [key, value, shows] = list(field, 'a field');
      const name = text(key, 'the name of a field');
      if (name === '__proto__') refuse('a field is called __proto__');
      return [name, this.#value(value), shows !== false];
    });
  }

  #module(i: number, entry: Dict): object {
    const type = this.#subclass(entry['cls'], nn.Module, 'modules');
    const made = this.#keep(i, blankModule(type.prototype));
    const { buffers } = (made as { [moduleState]: State })[moduleState];
    for (const one of list(entry['buffers'], 'buffers')) {
      const [name, persistent] = list(one, 'a buffer');
      buffers.set(text(name, 'the name of a buffer'), persistent === true);
    }
    return this.#fill(made, entry['fields']);
  }
  /** Only a class that says how it is made again has its constructor called. */
  #reduced(i: number, entry: Dict): object {
    const type = this.#class(entry['cls']);
    const by = this.#class(entry['by']);
    if (!isReducible(by.prototype) || (type.prototype !== by.prototype && !(type.prototype instanceof by)))
      refuse(`'${type.name}' is not made by '${by.name}'`);
    const args = this.#values(entry['args'], 'arguments');
    const made = this.#keep(i, Reflect.construct<unknown[], object>(by as never, args, type as never));
    if (!isReducible(made)) return refuse(`'${by.name}' did not make a '${type.name}'`);
    if (made[restore] === undefined) return this.#fill(made, entry['fields']);
    const fields = this.#fields(entry['fields']).map(([name, value]) => [name, value] as const);
    made[restore](Object.fromEntries(fields));
    return made;
  }
  #function(entry: Dict): unknown {
    const by = this.#value(entry['by']);
    if (!isMaker(by)) refuse(`${typeof by === 'function' ? `'${by.name}'` : 'something'} makes no functions`);
    return (by as (...args: unknown[]) => unknown)(...this.#values(entry['args'], 'arguments'));
  }
  #tensor(entry: Dict): Tensor {
    const { data, role } = entry;
    if (!(data instanceof Tensor)) return refuse('a tensor has no data');
    const requires_grad = entry['requires_grad'] === true;
    if (role === 'parameter') return new nn.Parameter(data, requires_grad);
    if (role === 'buffer') return new nn.Buffer(data, entry['persistent'] !== false);
    const tensor = requires_grad ? data.requires_grad_(true) : data;
    if (entry['cls'] === undefined) return tensor;
    const type = this.#subclass(entry['cls'], Tensor, 'tensors');
    if (type.prototype instanceof nn.Parameter || type.prototype instanceof nn.Buffer)
      refuse(`'${type.name}' is not a class of plain tensors`);
    Object.setPrototypeOf(tensor, type.prototype);
    return tensor;
  }
}

function expression(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    return refuse('an expression cannot be read');
  }
}
function view({ type, data }: Dict): ArrayBufferView {
  const name = text(type, 'the type of numbers');
  const make = Object.hasOwn(views, name)
    ? views[name as keyof typeof views]
    : refuse(`'${name}' is no type of numbers`);
  if (!(data instanceof Uint8Array) || data.byteLength % make.BYTES_PER_ELEMENT !== 0)
    return refuse('numbers are cut off');
  return new make(Uint8Array.from(data).buffer);
}
