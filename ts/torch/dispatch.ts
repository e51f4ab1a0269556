/**
 * The way of every call into libtorch: lower the arguments (objects to handles), call the operator by its number,
 * wrap the result. Which overload is meant is decided in native/signature.cc; nothing here knows an operator.
 */
import { native, type Handle } from '../native.js';
import { context, enterContext } from './context.js';
import { Device } from './device.js';
import { dtypeOfCode } from './dtype.js';
import { ArgumentError, withOperator } from './errors.js';
import { Handled, handleOf } from './handle.js';
import { Complex } from './scalar.js';
import type { Tensor } from './tensor.js';

type TensorClass = new (handle: Handle) => Tensor;
let tensorClass: TensorClass;

/** @internal tensor.ts hands its class over, since it imports this file. */
export function setTensorClass(value: TensorClass): void {
  tensorClass = value;
}

/** @internal A new Tensor on a handle, known to the scope that is open. */
export function wrapTensor(handle: Handle): Tensor {
  const tensor = new tensorClass(handle);
  const { scope } = context();
  if (scope !== null) scope.add(tensor, handle);
  return tensor;
}

/** @internal */
export function wrapOptional(handle: Handle | null): Tensor | null {
  return handle === null ? null : wrapTensor(handle);
}

/** @internal What native code gets for a JavaScript argument. */
export function lower(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const handle = Handled.of(value);
  if (handle !== undefined) return handle;
  if (Array.isArray(value)) return lowerList(value, 1);
  if (value instanceof Device) return value.toString();
  return value;
}

/** Deeper than any schema: a list that contains itself ends here. */
const maxDepth = 16;

function lowerList(list: unknown[], depth: number): unknown[] {
  if (depth > maxDepth) throw new ArgumentError('a list is nested too deeply');
  // Lists of plain numbers, such as sizes, go as they are.
  let lowered: unknown[] | undefined;
  for (let i = 0; i < list.length; ++i) {
    const item = list[i];
    if (typeof item === 'object' && item !== null) {
      lowered ??= list.slice(0, i);
      lowered.push(Array.isArray(item) ? lowerList(item, depth + 1) : lower(item));
    } else {
      lowered?.push(item);
      // No list takes it, and what follows may be 2 ** 32 holes.
      if (item === undefined) break;
    }
  }
  return lowered ?? list;
}

/** A plain object in the last place holds arguments by name. */
export function isOptions(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function lowerOptions(options: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(options)) result[key] = lower(options[key]);
  return result;
}

type NamedArray = unknown[] & { names?: string[] };

/** Puts the schema's names on the parts of a tuple, beside their places. */
function nameParts(parts: unknown[], names: string[] | undefined): unknown[] {
  names?.forEach((name, i) => {
    (parts as unknown as Record<string, unknown>)[name] = parts[i];
  });
  return parts;
}

/** @internal What JavaScript gets for a native result. */
export function raise(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return nameParts(value.map(raise), (value as NamedArray).names);
  // The few plain objects of native code are complex numbers and dtypes. In Bun a handle is an Object as well.
  if (value.constructor === Object) {
    const plain = value as { real?: number; imag?: number; dtype?: number };
    if (plain.dtype !== undefined) return dtypeOfCode(plain.dtype);
    if (plain.real !== undefined) return new Complex(plain.real, plain.imag);
  }
  return wrapTensor(value as Handle);
}

/** What an operator writes into comes back as the same object: `a.add_(b) === a`, `torch.add(a, b, {out}) === out`. */
function raiseWritten(value: unknown, given: readonly unknown[]): unknown {
  if (Array.isArray(value)) {
    return nameParts(
      value.map((item) => raiseWritten(item, given)),
      (value as NamedArray).names,
    );
  }
  if (typeof value === 'object' && value !== null)
    for (const item of given)
      if (typeof item === 'object' && item !== null && Handled.of(item) === value) return item;
  return raise(value);
}

export type AnyFunction = (...args: unknown[]) => unknown;

export interface OperatorOptions {
  /** Overloads that write into the option `out`. */
  outs?: string[];
  /** The first argument is the receiver. */
  method?: boolean;
  /** A number may stand for a Tensor argument, as in `add(x, 2)`. */
  wrapsNumbers?: boolean;
}

/** @internal The operator's number in native/operator.cc. */
export function define(name: string, overloads: string[], options: OperatorOptions = {}): number {
  return native.operator(
    name,
    overloads,
    options.outs,
    options.method === true,
    options.wrapsNumbers === true,
  );
}

/** @internal Calls operator number `index`; the receiver of a method is the first of `args`. */
export function invoke(index: number, args: unknown[], writes: boolean): unknown {
  enterContext();
  const last = args[args.length - 1];
  if (isOptions(last)) {
    const lowered = args.slice(0, -1).map(lower);
    const result = native.call(index, lowerOptions(last), ...lowered);
    if ('out' in last) return raiseWritten(result, Array.isArray(last['out']) ? last['out'] : [last['out']]);
    return writes ? raiseWritten(result, args) : raise(result);
  }
  const result = native.call(index, undefined, ...args.map(lower));
  return writes ? raiseWritten(result, args) : raise(result);
}

/** Operators that write into an argument end in an underscore; PyTorch keeps to that without exception. */
function writesInto(name: string): boolean {
  return name.endsWith('_') && !name.endsWith('__');
}

/** `add` of `aten::add`, for messages. */
function plainName(name: string): string {
  return name.slice(name.indexOf('::') < 0 ? 0 : name.indexOf('::') + 2);
}

const { callPlain } = native;

/** What is neither a plain value nor a tensor: it takes the long way. */
function isCommon(value: unknown): boolean {
  return typeof value === 'object'
    ? value === null || Handled.quick(value) !== undefined
    : value !== undefined;
}

/** For what isCommon() lets pass. */
function lowerCommon(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Handled.quick(value) : value;
}

/** Up to so many arguments go without a copy. */
const fewArguments = 3;

/**
 * A function that calls the operator `name`, trying its overloads in this order. Looked up at the first call, so
 * that binding all operators at start costs nothing. Few plain arguments go straight through: on a small tensor, an
 * array of them costs as much as the work.
 */
export function operator(
  name: string,
  overloads: string[],
  options: OperatorOptions | boolean = {},
): AnyFunction {
  const settings = typeof options === 'boolean' ? { method: options } : options;
  const writes = writesInto(name) || name.includes('_.');
  let index = -1;
  const general = (...args: unknown[]): unknown => {
    try {
      if (index < 0) index = define(name, overloads, settings);
      return invoke(index, args, writes);
    } catch (error) {
      throw withOperator(error, plainName(name));
    }
  };
  if (writes) return general;
  return function (a?: unknown, b?: unknown, c?: unknown): unknown {
    /* eslint-disable prefer-rest-params -- a rest parameter is the array that this avoids */
    const count = arguments.length;
    if (
      index < 0 ||
      count > fewArguments ||
      (count > 0 && !isCommon(a)) ||
      (count > 1 && !isCommon(b)) ||
      (count > 2 && !isCommon(c))
    )
      return Reflect.apply(general, undefined, arguments);
    /* eslint-enable prefer-rest-params */
    try {
      enterContext();
      switch (count) {
        case 0:
          return raise(callPlain(index));
        case 1:
          return raise(callPlain(index, lowerCommon(a)));
        case 2:
          return raise(callPlain(index, lowerCommon(a), lowerCommon(b)));
        default:
          return raise(callPlain(index, lowerCommon(a), lowerCommon(b), lowerCommon(c)));
      }
    } catch (error) {
      throw withOperator(error, plainName(name));
    }
  };
}

/** The same as a method: `this` is the receiver. */
export function method(name: string, overloads: string[], options: OperatorOptions = {}): AnyFunction {
  const writes = writesInto(name);
  let index = -1;
  const general = function (this: Handled, ...args: unknown[]): unknown {
    try {
      if (index < 0) index = define(name, overloads, { ...options, method: true });
      handleOf(this);
      return invoke(index, [this, ...args], writes);
    } catch (error) {
      throw withOperator(error, plainName(name));
    }
  };
  return function (this: Handled, a?: unknown, b?: unknown, c?: unknown): unknown {
    /* eslint-disable prefer-rest-params -- a rest parameter is the array that this avoids */
    const count = arguments.length;
    const receiver = typeof this === 'object' && this !== null ? Handled.quick(this) : undefined;
    if (
      index < 0 ||
      count > fewArguments ||
      receiver === undefined ||
      (count > 0 && !isCommon(a)) ||
      (count > 1 && !isCommon(b)) ||
      (count > 2 && !isCommon(c))
    )
      return Reflect.apply(general, this, arguments);
    /* eslint-enable prefer-rest-params */
    try {
      enterContext();
      let result: unknown;
      switch (count) {
        case 0:
          result = callPlain(index, receiver);
          break;
        case 1:
          result = callPlain(index, receiver, lowerCommon(a));
          break;
        case 2:
          result = callPlain(index, receiver, lowerCommon(a), lowerCommon(b));
          break;
        default:
          result = callPlain(index, receiver, lowerCommon(a), lowerCommon(b), lowerCommon(c));
      }
      return result === receiver ? this : writes ? raiseWritten(result, [this, a, b, c]) : raise(result);
    } catch (error) {
      throw withOperator(error, plainName(name));
    }
  };
}
