/**
 * Reads pickles as data. A pickle is a program for a small stack machine that may call any Python function; this
 * machine knows the opcodes that data need, and of functions only those that its owner gives it (`findGlobal`), all of
 * them written here. Unlike a parser by recursion it cannot be sent out of its stack, and its work is bounded.
 */
import { Cursor } from './cursor.js';
import { Op } from './opcodes.js';
import { PickleFunction, PyBytes, PyDict, Tuple, asText, describe, isBuildable, refuse } from './values.js';

export interface PickleLimits {
  /** Opcodes in all. Ten million are a state dict of some 200,000 tensors. */
  operations: number;
  /** Values on the stack at once. */
  stack: number;
  /** MARKs that are open: nesting of tuples, lists and dicts while they are built. */
  marks: number;
}
/** Values stored under numbers that do not follow each other; no pickler has any. */
const MAX_SPARSE = 100_000;
const defaults: PickleLimits = { operations: 10_000_000, stack: 500_000, marks: 2_000 };

export interface PickleHost {
  /** What a global stands for: a PickleFunction, a value, or undefined when it is not allowed. */
  findGlobal(module: string, name: string): unknown;
  /** What the owner keeps outside of the pickle, by its id. */
  persistentLoad?(id: unknown): unknown;
}

export class Unpickler {
  readonly #host: PickleHost;
  readonly #limits: PickleLimits;
  readonly #in: Cursor;
  readonly #stack: unknown[] = [];
  readonly #marks: number[] = [];
  /** Values above the last mark begin here; what is below is out of reach. */
  #base = 0;
  /** Numbers in a row, as picklers give them, and the few that are not. */
  readonly #memo: unknown[] = [];
  readonly #sparse = new Map<number, unknown>();

  constructor(input: Cursor, host: PickleHost, limits: Partial<PickleLimits> = {}) {
    this.#in = input;
    this.#host = host;
    this.#limits = { ...defaults, ...limits };
  }

  /** Runs to STOP and leaves the cursor behind it. */
  load(): unknown {
    const input = this.#in;
    for (let count = 0; count < this.#limits.operations; ++count) {
      const op = input.uint8();
      if (op === Op.STOP) {
        const result = this.#pop();
        if (this.#stack.length > 0) refuse('something is left over when the pickle stops');
        return result;
      }
      this.#step(op);
      if (this.#stack.length > this.#limits.stack)
        refuse(`the pickle keeps more than ${this.#limits.stack} values at once`);
    }
    return refuse(`the pickle has more than ${this.#limits.operations} operations`);
  }

  #pop(): unknown {
    if (this.#stack.length <= this.#base) refuse('the pickle takes a value where none is');
    return this.#stack.pop();
  }
  #top(): unknown {
    if (this.#stack.length <= this.#base) refuse('the pickle takes a value where none is');
    return this.#stack[this.#stack.length - 1];
  }
  #push(value: unknown): void {
    this.#stack.push(value);
  }
  #mark(): void {
    if (this.#marks.length >= this.#limits.marks) refuse('the pickle is nested too deeply');
    this.#marks.push(this.#base);
    this.#base = this.#stack.length;
  }
  /** The values since the last mark. */
  #popMark(): unknown[] {
    const before = this.#marks.pop();
    if (before === undefined) return refuse('the pickle takes a mark where none is');
    const items = this.#stack.splice(this.#base);
    this.#base = before;
    return items;
  }
  #tuple(length: number): void {
    if (this.#stack.length - this.#base < length) refuse('the pickle takes a value where none is');
    this.#push(Tuple.own(this.#stack.splice(this.#stack.length - length)));
  }
  #put(index: number): void {
    const value = this.#top();
    if (index <= this.#memo.length) this.#memo[index] = value;
    else if (this.#sparse.size < MAX_SPARSE) this.#sparse.set(index, value);
    else refuse(`the pickle stores more than ${MAX_SPARSE} values out of order`);
  }
  #get(index: number): void {
    if (index < this.#memo.length) this.#push(this.#memo[index]);
    else if (this.#sparse.has(index)) this.#push(this.#sparse.get(index));
    else refuse(`the pickle recalls value ${index}, which it has not stored`);
  }

  #global(module: string, name: string): void {
    const value = this.#host.findGlobal(module, name);
    if (value === undefined) refuse(`${module}.${name} is not allowed in it: ${advice(module)}`);
    this.#push(value);
  }
  #call(op: string): void {
    const args = this.#pop();
    const callee = this.#pop();
    if (!(callee instanceof PickleFunction) || (op === 'NEWOBJ' && !callee.isClass))
      return refuse(`${op} of ${describe(callee)}, which is nothing to call`);
    if (!(args instanceof Tuple)) return refuse(`${op} of ${callee.name} without a tuple of arguments`);
    this.#push(callee.call(args));
  }
  #build(): void {
    const state = this.#pop();
    const target = this.#top();
    if (target instanceof PyDict && target.kind === 'OrderedDict' && state instanceof PyDict)
      target.attributes = state;
    else if (isBuildable(target)) target.build(state);
    else refuse(`BUILD of ${describe(target)} from ${describe(state)}`);
  }
  #list(op: string): unknown[] {
    const list = this.#top();
    // A Size or a Tuple is an array too, and an immutable one.
    if (!Array.isArray(list) || Object.getPrototypeOf(list) !== Array.prototype)
      return refuse(`${op} to ${describe(list)}, which is no list`);
    return list;
  }
  #dict(op: string): PyDict {
    const dict = this.#top();
    return dict instanceof PyDict ? dict : refuse(`${op} of ${describe(dict)}, which is no dict`);
  }
  #setItems(): void {
    const items = this.#popMark();
    const dict = this.#dict('SETITEMS');
    if (items.length % 2 === 1) refuse('a key of a dict has no value');
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  }
  #addItems(): void {
    const items = this.#popMark();
    const set = this.#top();
    if (!(set instanceof Set)) return refuse(`ADDITEMS to ${describe(set)}, which is no set`);
    for (const item of items) set.add(item);
  }

  #step(op: number): void {
    const input = this.#in;
    switch (op) {
      case Op.PROTO: {
        const protocol = input.uint8();
        if (protocol < 2 || protocol > 5) refuse(`pickle protocol ${protocol}; 2 to 5 are known`);
        return;
      }
      case Op.FRAME:
        if (input.uint64() > input.left) refuse('a frame is longer than the pickle; is it cut off?');
        return;
      case Op.MARK:
        return this.#mark();
      case Op.POP:
        // At a mark it takes the mark.
        if (this.#stack.length === this.#base && this.#marks.length > 0) this.#popMark();
        else this.#pop();
        return;
      case Op.POP_MARK:
        this.#popMark();
        return;
      case Op.DUP:
        return this.#push(this.#top());
      case Op.NONE:
        return this.#push(null);
      case Op.NEWTRUE:
        return this.#push(true);
      case Op.NEWFALSE:
        return this.#push(false);
      case Op.BININT:
        return this.#push(input.int32());
      case Op.BININT1:
        return this.#push(input.uint8());
      case Op.BININT2:
        return this.#push(input.uint16());
      case Op.LONG1:
        return this.#push(input.integer(input.uint8()));
      case Op.LONG4:
        return this.#push(input.integer(input.uint32()));
      case Op.BINFLOAT:
        return this.#push(input.float64());
      case Op.BINUNICODE:
        return this.#push(input.text(input.uint32()));
      case Op.SHORT_BINUNICODE:
        return this.#push(input.text(input.uint8()));
      case Op.BINUNICODE8:
        return this.#push(input.text(input.uint64()));
      case Op.BINSTRING:
        return this.#push(new PyBytes(input.bytes(input.uint32())));
      case Op.SHORT_BINSTRING:
        return this.#push(new PyBytes(input.bytes(input.uint8())));
      case Op.BINBYTES:
        return this.#push(input.bytes(input.uint32()));
      case Op.SHORT_BINBYTES:
        return this.#push(input.bytes(input.uint8()));
      case Op.BINBYTES8:
      case Op.BYTEARRAY8:
        return this.#push(input.bytes(input.uint64()));
      case Op.EMPTY_TUPLE:
        return this.#push(Tuple.own([]));
      case Op.TUPLE1:
        return this.#tuple(1);
      case Op.TUPLE2:
        return this.#tuple(2);
      case Op.TUPLE3:
        return this.#tuple(3);
      case Op.TUPLE:
        return this.#push(Tuple.own(this.#popMark()));
      case Op.EMPTY_LIST:
        return this.#push([]);
      case Op.APPEND: {
        const item = this.#pop();
        this.#list('APPEND').push(item);
        return;
      }
      case Op.APPENDS: {
        const items = this.#popMark();
        const list = this.#list('APPENDS');
        for (const item of items) list.push(item);
        return;
      }
      case Op.EMPTY_DICT:
        return this.#push(new PyDict());
      case Op.SETITEM: {
        const value = this.#pop();
        const key = this.#pop();
        return this.#dict('SETITEM').set(key, value);
      }
      case Op.SETITEMS:
        return this.#setItems();
      case Op.EMPTY_SET:
        return this.#push(new Set());
      case Op.ADDITEMS:
        return this.#addItems();
      case Op.FROZENSET:
        return this.#push(new Set(this.#popMark()));
      case Op.BINPUT:
        return this.#put(input.uint8());
      case Op.LONG_BINPUT:
        return this.#put(input.uint32());
      case Op.MEMOIZE:
        return this.#put(this.#memo.length);
      case Op.BINGET:
        return this.#get(input.uint8());
      case Op.LONG_BINGET:
        return this.#get(input.uint32());
      case Op.GLOBAL: {
        const module = input.line();
        return this.#global(module, input.line());
      }
      case Op.STACK_GLOBAL: {
        const name = asText(this.#pop(), 'the name of a global');
        return this.#global(asText(this.#pop(), 'the module of a global'), name);
      }
      case Op.REDUCE:
        return this.#call('REDUCE');
      case Op.NEWOBJ:
        return this.#call('NEWOBJ');
      case Op.BUILD:
        return this.#build();
      case Op.BINPERSID: {
        const id = this.#pop();
        if (!this.#host.persistentLoad) return refuse('it refers to something outside of the pickle');
        return this.#push(this.#host.persistentLoad(id));
      }
      default:
        refuse(`opcode 0x${op.toString(16).padStart(2, '0')} at byte ${input.position - 1} is not allowed`);
    }
  }
}

function advice(module: string): string {
  const modules = ['torch.nn', 'torchvision', 'torch.optim', '__main__'];
  return modules.some((known) => module === known || module.startsWith(`${known}.`))
    ? 'it was saved as an object of a Python class; save its state_dict() instead'
    : 'only tensors, numbers, texts and collections of them are read, and nothing is ever executed';
}
