/** Calls: arguments, and what each kind of callee makes of them. */
import type { Call, Node, Span } from './ast.js';
import { getAttribute } from './attributes.js';
import { callBuiltin, isBuiltin } from './builtins.js';
import { compileNode, isStatic } from './compile.js';
import type { Run } from './compile.js';
import type { Evaluation } from './evaluation.js';
import { fromJs, kindOf, makeFloat } from './number.js';
import type { AnyFunction, Runtime } from './runtime.js';
import { isTensors, isTuple, List, toJs, toTorch, Tuple } from './sequence.js';

interface Arguments {
  readonly positional: unknown[];
  /** Null for none. */
  readonly keywords: Record<string, unknown> | null;
}

/** All that was given. */
const givenOf = ({ positional, keywords }: Arguments): unknown[] =>
  keywords ? [...positional, keywords] : positional;

function spread(runtime: Runtime, value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw new TypeError(`value after * must be a list or tuple, not ${runtime.typeName(value)}`);
}

/** Items of a list, tuple or call, `*` ones spread. */
export function compileItems(items: Call['args']): (evaluation: Evaluation) => unknown[] {
  const runs = items.map((item) =>
    item.type === 'starred'
      ? { star: true, run: compileNode(item.value) }
      : { star: false, run: compileNode(item) },
  );
  return (evaluation) => {
    const values: unknown[] = [];
    for (const { star, run } of runs) {
      const value = run(evaluation);
      if (star) values.push(...spread(evaluation.runtime, value));
      else values.push(value);
    }
    return values;
  };
}

function compileArguments(call: Call): (evaluation: Evaluation) => Arguments {
  const items = compileItems(call.args);
  const named = call.keywords.map(({ name, value }) => ({ name, run: compileNode(value) }));
  return (evaluation) => {
    const positional = items(evaluation);
    if (named.length === 0) return { positional, keywords: null };
    const entries: [string, unknown][] = [];
    for (const { name, run } of named) {
      const value = run(evaluation);
      if (name !== null) entries.push([name, value]);
      else if (
        typeof value === 'object' &&
        value !== null &&
        Object.getPrototypeOf(value) === Object.prototype
      ) {
        entries.push(...Object.entries(value));
      } else
        throw new TypeError(`value after ** must be an object, not ${evaluation.runtime.typeName(value)}`);
    }
    // Unlike an assignment, this takes `__proto__` as a name like any other.
    return { positional, keywords: Object.fromEntries(entries) };
  };
}

/** JavaScript's form of the arguments: those by name in one plain object at the end. */
function toArray({ positional, keywords }: Arguments, convert: (value: unknown) => unknown): unknown[] {
  const args = positional.map(convert);
  const named = keywords ? Object.entries(keywords) : [];
  if (named.length) args.push(Object.fromEntries(named.map(([name, value]) => [name, convert(value)])));
  return args;
}

/**
 * Functions with an argument that is data, and its place and name: there a Python int makes int64, where a JavaScript
 * number makes float32.
 */
const FROM_DATA: Readonly<Record<string, readonly [number, string]>> = {
  tensor: [0, 'data'],
  as_tensor: [0, 'data'],
  asarray: [0, 'obj'],
  new_tensor: [0, 'data'],
  full: [1, 'fill_value'],
};

function leaves(value: unknown): unknown[] {
  return Array.isArray(value) ? value.flatMap(leaves) : [value];
}

function toData(value: unknown): unknown {
  const own = value instanceof List || isTuple(value);
  if (!own && kindOf(value) === undefined) return value;
  const integral = leaves(value).every((leaf) => kindOf(leaf) === 'int' || kindOf(leaf) === 'bool');
  const numbers = leaves(value).some((leaf) => kindOf(leaf) !== 'bool');
  const convert = (item: unknown): unknown => {
    if (Array.isArray(item)) return Array.from(item as unknown[], convert);
    if (!numbers) return item;
    if (integral) return BigInt(item as number);
    return typeof item === 'boolean' ? Number(item) : toJs(item);
  };
  return convert(value);
}

function withData({ positional, keywords }: Arguments, function_: string): Arguments {
  if (!Object.hasOwn(FROM_DATA, function_)) return { positional, keywords };
  const [place, name] = FROM_DATA[function_]!;
  if (keywords && positional.length === place && name in keywords) {
    // These functions are written in JavaScript and take their data by place only.
    const { [name]: data, ...rest } = keywords;
    return { positional: [...positional, toData(data)], keywords: rest };
  }
  return { positional: positional.map((value, i) => (i === place ? toData(value) : value)), keywords };
}

/** What a tensor gives as numbers: floats when its dtype is, whole or not, and lists in place of arrays. */
function fromTensor(value: unknown, floats: boolean): unknown {
  if (Array.isArray(value)) return List.from(value as unknown[], (item) => fromTensor(item, floats));
  return floats && typeof value === 'number' ? makeFloat(value) : fromJs(value);
}

function callable(runtime: Runtime, value: unknown): AnyFunction {
  if (typeof value === 'function') return value as AnyFunction;
  throw new TypeError(`'${runtime.typeName(value)}' object is not callable`);
}

/** A class cannot be called without `new`; Python knows no such word. Only a class's `prototype` is fixed. */
const isClass = (fn: AnyFunction): boolean =>
  Object.getOwnPropertyDescriptor(fn, 'prototype')?.writable === false;

function invoke(fn: AnyFunction, receiver: unknown, args: unknown[]): unknown {
  return fromJs(isClass(fn) ? Reflect.construct(fn, args) : Reflect.apply(fn, receiver, args));
}

const holdsOnlyTensors = (evaluation: Evaluation, value: unknown): boolean =>
  value === null ||
  typeof value !== 'object' ||
  evaluation.runtime.isTensor(value) ||
  Array.isArray(value) ||
  kindOf(value) !== undefined;

/** A function of torch or method of a tensor. What returns an object of another kind may have kept the tensors. */
function callTorch(
  evaluation: Evaluation,
  place: Span,
  fn: AnyFunction,
  receiver: unknown,
  given: Arguments,
  name: string,
): unknown {
  const { runtime } = evaluation;
  const inputs = [receiver, ...givenOf(given)];
  const args = toArray(withData(given, name), toTorch);
  evaluation.place = place;
  const result = invoke(fn, receiver, args);
  if (!holdsOnlyTensors(evaluation, result)) return evaluation.handOver(place, inputs, () => result);
  return evaluation.apply(place, inputs, () => {
    if (isTensors(runtime, result)) return Tuple.from(result);
    const reads = name === 'item' || name === 'tolist';
    return reads && runtime.isTensor(receiver) ? fromTensor(result, receiver.is_floating_point()) : result;
  });
}

export function compileCall(call: Call): Run {
  const { callee } = call;
  const args = compileArguments(call);
  if (callee.type === 'name' && isBuiltin(callee.name)) {
    return (evaluation) => {
      const { positional, keywords } = args(evaluation);
      evaluation.place = call;
      return callBuiltin(callee.name, {
        evaluation,
        place: call,
        args: positional,
        keywords: keywords ?? {},
      });
    };
  }
  if (isStatic(callee)) return compileFunctionCall(call, callee, args);
  if (callee.type === 'attribute') return compileMethodCall(call, callee, args);
  const run = compileNode(callee);
  return (evaluation) => {
    const value = run(evaluation);
    evaluation.place = call;
    const fn = callable(evaluation.runtime, value);
    const given = args(evaluation);
    return evaluation.handOver(call, givenOf(given), () => invoke(fn, undefined, toArray(given, toJs)));
  };
}

/** `torch.where(...)`: the callee is found in torch itself. */
function compileFunctionCall(call: Call, callee: Node, args: (evaluation: Evaluation) => Arguments): Run {
  const run = compileNode(callee);
  const name = callee.type === 'attribute' || callee.type === 'name' ? callee.name : '';
  return (evaluation) => {
    const value = run(evaluation);
    evaluation.place = call;
    const fn = callable(evaluation.runtime, value);
    return callTorch(evaluation, call, fn, undefined, args(evaluation), name);
  };
}

function compileMethodCall(
  call: Call,
  callee: Extract<Node, { type: 'attribute' }>,
  args: (evaluation: Evaluation) => Arguments,
): Run {
  const object = compileNode(callee.object);
  // The tensors' method of the name, once it has been found: the same function is as allowed the next time.
  let known: unknown;
  return (evaluation) => {
    const { runtime } = evaluation;
    const receiver = object(evaluation);
    evaluation.place = callee;
    const isKnown =
      known !== undefined && runtime.isTensor(receiver) && runtime.get(receiver, callee.name) === known;
    const method = isKnown ? known : getAttribute(runtime, receiver, callee.name);
    if (!isKnown && typeof method === 'function' && runtime.isTensor(receiver)) known = method;
    const given = args(evaluation);
    evaluation.place = call;
    const fn = callable(runtime, method);
    if (runtime.isTensor(receiver)) return callTorch(evaluation, call, fn, receiver, given, callee.name);
    return evaluation.handOver(call, [receiver, ...givenOf(given)], () =>
      invoke(fn, receiver, toArray(given, toJs)),
    );
  };
}
