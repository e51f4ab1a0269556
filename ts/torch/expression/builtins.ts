/** The built-in functions that expressions may call by name. */
import { Complex } from '../scalar.js';
import { ValueError } from '../errors.js';
import type { Span } from './ast.js';
import { compare, truth } from './comparison.js';
import * as complex from './complex.js';
import type { Evaluation } from './evaluation.js';
import * as float from './float.js';
import * as integer from './integer.js';
import { fromJs, kindOf, makeFloat, narrow, toDouble, toInt, truncate } from './number.js';
import { binary, unary } from './operators.js';
import { List, Slice, Tuple } from './sequence.js';
import { toIndex } from './subscript.js';

export interface Invocation {
  readonly evaluation: Evaluation;
  readonly place: Span;
  readonly args: readonly unknown[];
  readonly keywords: Readonly<Record<string, unknown>>;
}

type Builtin = (invocation: Invocation) => unknown;

const typeName = ({ evaluation }: Invocation, value: unknown): string => evaluation.runtime.typeName(value);

/** The items of a value that Python can iterate over. A tensor gives its rows. */
function iterate(invocation: Invocation, value: unknown): unknown[] {
  const { evaluation, place } = invocation;
  const { runtime } = evaluation;
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value === 'string') return [...value];
  if (runtime.isTensor(value)) {
    if (value.dim() === 0) throw new TypeError('iteration over a 0-d tensor');
    return evaluation.apply(place, [value], () => runtime.method(value, 'unbind', 0) as unknown[]);
  }
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) {
    return Array.from(value as Iterable<unknown>, fromJs);
  }
  throw new TypeError(`'${typeName(invocation, value)}' object is not iterable`);
}

/** A number from a tensor of one element, or the value itself. */
function scalar(invocation: Invocation, value: unknown): unknown {
  const { evaluation, place } = invocation;
  if (!evaluation.runtime.isTensor(value)) return value;
  return evaluation.apply(place, [value], () => {
    const item: unknown = value.item();
    return value.is_floating_point() ? makeFloat(Number(item)) : fromJs(item);
  });
}

function toFloat(invocation: Invocation): unknown {
  const value = scalar(invocation, invocation.args.length ? invocation.args[0] : 0);
  const kind = kindOf(value);
  if (kind && kind !== 'complex') return makeFloat(toDouble(value));
  if (typeof value !== 'string') throw notNumber(invocation, 'float', value);
  const text = value.trim().replace(/(?<=\d)_(?=\d)/g, '');
  const named = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (named) return (named[1] === '-' ? -1 : 1) * (/^i/i.test(named[2]!) ? Infinity : NaN);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    throw new ValueError(`could not convert string to float: '${value}'`);
  }
  return makeFloat(Number(text));
}

function toInteger(invocation: Invocation): unknown {
  const value = scalar(invocation, invocation.args.length ? invocation.args[0] : 0);
  const kind = kindOf(value);
  if (kind === 'float') return truncate(toDouble(value));
  if (kind && kind !== 'complex') return toInt(value);
  if (typeof value !== 'string') throw notNumber(invocation, 'int', value);
  const match = /^([+-]?)(\d+(?:_\d+)*)$/.exec(value.trim());
  if (!match) throw new ValueError(`invalid literal for int() with base 10: '${value}'`);
  const size = BigInt(match[2]!.replaceAll('_', ''));
  return narrow(match[1] === '-' ? -size : size);
}

function notNumber(invocation: Invocation, name: string, value: unknown): TypeError {
  const wanted =
    name === 'int' ? 'a string, a bytes-like object or a real number' : 'a string or a real number';
  return new TypeError(`${name}() argument must be ${wanted}, not '${typeName(invocation, value)}'`);
}

function length(invocation: Invocation): unknown {
  const [value] = invocation.args;
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'string') return [...value].length;
  if (value instanceof Map || value instanceof Set) return value.size;
  if (invocation.evaluation.runtime.isTensor(value)) {
    if (value.dim() === 0) throw new TypeError('len() of a 0-d tensor');
    return value.shape[0];
  }
  const own =
    typeof value === 'object' && value !== null ? (value as { length?: unknown }).length : undefined;
  if (typeof own === 'number') return own;
  throw new TypeError(`object of type '${typeName(invocation, value)}' has no len()`);
}

/** `min` and `max`: of one iterable or of the arguments; the first of equal ones, as Python compares them. */
function extreme(operator: '<' | '>', name: string): Builtin {
  return (invocation) => {
    const { evaluation, args, place } = invocation;
    const items = args.length === 1 ? iterate(invocation, args[0]) : args;
    if (items.length === 0) throw new ValueError(`${name}() arg is an empty sequence`);
    return evaluation.apply(place, [items], () =>
      items.reduce((best, item) => {
        const better = compare(evaluation.runtime, operator, item, best);
        try {
          return truth(evaluation.runtime, better) ? item : best;
        } finally {
          if (evaluation.runtime.isTensor(better)) better.dispose();
        }
      }),
    );
  };
}

const sum: Builtin = (invocation) => {
  const { evaluation, place, args, keywords } = invocation;
  const start = args.length > 1 ? args[1] : (keywords['start'] ?? 0);
  return iterate(invocation, args[0]).reduce(
    (total, item) =>
      evaluation.apply(place, [total, item], () => binary(evaluation.runtime, '+', total, item)),
    start,
  );
};

const all =
  (wanted: boolean): Builtin =>
  (invocation) => {
    const { evaluation, args, place } = invocation;
    const items = iterate(invocation, args[0]);
    const decided = items.some((item) => evaluation.truth(place, item) !== wanted);
    evaluation.free([items]);
    return decided !== wanted;
  };

const round: Builtin = (invocation) => {
  const { args, keywords } = invocation;
  const [value] = args;
  const given = args.length > 1 ? args[1] : (keywords['ndigits'] ?? null);
  const digits = given === null ? null : toIndex(invocation.evaluation.runtime, given);
  if (digits === undefined)
    throw new TypeError(`'${typeName(invocation, given)}' object cannot be read as an integer`);
  const kind = kindOf(value);
  if (kind === 'int' || kind === 'bool') return integer.round(toInt(value), digits ?? 0);
  if (kind !== 'float')
    throw new TypeError(`type ${typeName(invocation, value)} doesn't define __round__ method`);
  return digits === null ? float.roundToInt(toDouble(value)) : float.round(toDouble(value), digits);
};

const absolute: Builtin = ({ evaluation, args, place }) => {
  const [value] = args;
  const { runtime } = evaluation;
  if (value instanceof Complex) return makeFloat(complex.absolute(value));
  const kind = kindOf(value);
  if (kind === 'float') return makeFloat(Math.abs(toDouble(value)));
  if (kind) return toInt(value) < 0 ? unary(runtime, '-', value) : toInt(value);
  if (runtime.isTensor(value)) return evaluation.apply(place, [value], () => runtime.method(value, 'abs'));
  throw new TypeError(`bad operand type for abs(): '${runtime.typeName(value)}'`);
};

const wholeArguments = (invocation: Invocation): number[] =>
  invocation.args.map((value) => {
    const index = toIndex(invocation.evaluation.runtime, value);
    if (index !== undefined) return index;
    throw new TypeError(`'${typeName(invocation, value)}' object cannot be interpreted as an integer`);
  });

const range: Builtin = (invocation) => {
  const given = wholeArguments(invocation);
  const [start, stop, step] = given.length === 1 ? [0, given[0]!, 1] : [given[0]!, given[1]!, given[2] ?? 1];
  if (step === 0) throw new ValueError('range() arg 3 must not be zero');
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return List.from({ length: count }, (_, i) => start + i * step);
};

const slice: Builtin = (invocation) => {
  const bounds = invocation.args.map((value) =>
    value === null ? null : (wholeArguments({ ...invocation, args: [value] })[0] ?? null),
  );
  const [start, stop, step] = bounds.length === 1 ? [null, bounds[0]] : bounds;
  return new Slice(start ?? null, stop ?? null, step ?? null);
};

const toComplex: Builtin = (invocation) => {
  const [real, imag] = invocation.args.map((value) => scalar(invocation, value));
  if ([real, imag ?? 0].some((part) => !kindOf(part))) throw notNumber(invocation, 'complex', real);
  const turned = binary(invocation.evaluation.runtime, '*', new Complex(0, 1), imag ?? 0);
  return binary(
    invocation.evaluation.runtime,
    '+',
    new Complex(0, 0),
    binary(invocation.evaluation.runtime, '+', turned, real),
  );
};

interface Entry {
  readonly run: Builtin;
  /** Fewest and most positional arguments. */
  readonly count: readonly [number, number];
  readonly keywords?: readonly string[];
}

const BUILTINS: Readonly<Record<string, Entry>> = {
  abs: { run: absolute, count: [1, 1] },
  all: { run: all(true), count: [1, 1] },
  any: { run: all(false), count: [1, 1] },
  bool: {
    run: ({ evaluation, place, args }) =>
      evaluation.apply(place, args, () => truth(evaluation.runtime, args.length ? args[0] : false)),
    count: [0, 1],
  },
  complex: { run: toComplex, count: [1, 2] },
  float: { run: toFloat, count: [0, 1] },
  int: { run: toInteger, count: [0, 1] },
  len: { run: length, count: [1, 1] },
  list: { run: (call) => List.from(call.args.length ? iterate(call, call.args[0]) : []), count: [0, 1] },
  max: { run: extreme('>', 'max'), count: [1, Infinity] },
  min: { run: extreme('<', 'min'), count: [1, Infinity] },
  pow: {
    run: ({ evaluation, place, args }) =>
      evaluation.apply(place, args, () => binary(evaluation.runtime, '**', args[0], args[1])),
    count: [2, 2],
  },
  range: { run: range, count: [1, 3] },
  round: { run: round, count: [1, 2], keywords: ['ndigits'] },
  slice: { run: slice, count: [1, 3] },
  sum: { run: sum, count: [1, 2], keywords: ['start'] },
  tuple: { run: (call) => Tuple.from(call.args.length ? iterate(call, call.args[0]) : []), count: [0, 1] },
};

export const builtinNames = Object.keys(BUILTINS);

export const isBuiltin = (name: string): boolean => Object.hasOwn(BUILTINS, name);

export function callBuiltin(name: string, invocation: Invocation): unknown {
  const { run, count, keywords = [] } = BUILTINS[name]!;
  const given = invocation.args.length;
  if (given < count[0] || given > count[1]) {
    const wanted = count[0] === count[1] ? `${count[0]}` : `${count[0]} to ${count[1]}`;
    throw new TypeError(`${name}() takes ${wanted} argument(s), but ${given} were given`);
  }
  const unknown = Object.keys(invocation.keywords).find((keyword) => !keywords.includes(keyword));
  if (unknown) throw new TypeError(`${name}() has no keyword argument '${unknown}'`);
  const result = run(invocation);
  invocation.evaluation.free(invocation.args, result);
  return result;
}
