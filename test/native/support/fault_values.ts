/** For every type of the schema language: values that it takes, and values that it must refuse. */
import type { SchemaArgument } from '../../../ts/native.js';
import { Complex, Float, Generator, disposed, float32, ones, strided, contiguous_format } from './fault_tensors.js';

export interface Wrong {
  /** For the report when it is taken after all. */
  what: string;
  value: unknown;
}

class Foreign {
  real = 'neither';
}

const tensor = ones([2, 2]);
const cyclic: unknown[] = [];
cyclic.push(cyclic);

/** No type takes any of these, nor a list of any of these. */
const never: Wrong[] = [
  { what: 'a function', value: () => 1 },
  { what: 'a symbol', value: Symbol('no') },
  { what: 'an instance of another class', value: new Foreign() },
  { what: 'a Map', value: new Map() },
  { what: 'a TypedArray', value: new Float32Array(2) },
  { what: 'a tensor that is disposed of', value: disposed },
  { what: 'a forged tensor', value: Object.create(Object.getPrototypeOf(tensor) as object) as unknown },
  { what: 'a bigint of 70 bits', value: 1n << 70n },
];

type Kind =
  | 'tensor'
  | 'integer'
  | 'fraction'
  | 'nan'
  | 'infinity'
  | 'unsafe'
  | 'float'
  | 'complex'
  | 'boolean'
  | 'string'
  | 'null'
  | 'dtype'
  | 'layout'
  | 'format'
  | 'generator';

const kinds: Record<Kind, unknown> = {
  tensor,
  integer: 1,
  fraction: 1.5,
  nan: NaN,
  infinity: Infinity,
  unsafe: 2 ** 53,
  float: new Float(3),
  complex: new Complex(1, 2),
  boolean: true,
  string: 'no such',
  null: null,
  dtype: float32,
  layout: strided,
  format: contiguous_format,
  generator: new Generator(),
};

const numbers: Kind[] = ['integer', 'fraction', 'nan', 'infinity', 'unsafe', 'float'];
const taken: Record<string, Kind[]> = {
  Tensor: ['tensor'],
  int: ['integer'],
  float: numbers,
  bool: ['boolean'],
  Scalar: [...numbers, 'complex', 'boolean'],
  str: ['string'],
  ScalarType: ['dtype'],
  Layout: ['layout'],
  // Any string may name a device; that this one does not is found later, and is an error too.
  Device: [],
  MemoryFormat: ['format'],
  Generator: ['generator'],
};

interface Parsed {
  base: string;
  list: boolean;
  /** A single value may stand for the list. */
  sized: boolean;
  optional: boolean;
  optionalItems: boolean;
}

function parse(type: string): Parsed {
  const [, base = type, items, brackets, optional] = /^(\w+)(\?(?=\[))?(\[\d*\])?(\?)?$/.exec(type) ?? [];
  return {
    base,
    list: brackets !== undefined,
    sized: brackets !== undefined && brackets !== '[]',
    optional: optional !== undefined,
    optionalItems: items !== undefined,
  };
}

/** A value that the argument takes, or undefined where JavaScript has none for its type. */
export function sample(argument: SchemaArgument): unknown {
  const { base, list } = parse(argument.type);
  const kind = base === 'Device' ? undefined : taken[base]?.[0];
  const value = base === 'Device' ? 'cpu' : kind && kinds[kind];
  return list && value !== undefined ? [value] : value;
}

/** What the argument must refuse. `numbersToo`: a number may stand for a tensor here. */
export function wrongValues(argument: SchemaArgument, numbersToo = false): Wrong[] {
  const { base, list, sized, optional, optionalItems } = parse(argument.type);
  const fits = new Set<Kind>(taken[base] ?? []);
  if (base === 'Tensor' && numbersToo) for (const kind of taken['Scalar']!) fits.add(kind);
  const result = [...never];
  for (const [kind, value] of Object.entries(kinds) as [Kind, unknown][]) {
    if (kind === 'null') {
      if (!optional) result.push({ what: 'null', value });
      if (list && !optionalItems) result.push({ what: '[null]', value: [null] });
    } else if (list) {
      // A list of booleans takes one boolean and so on, but tensors never stand alone.
      if (!fits.has(kind) || !sized) result.push({ what: kind, value });
      if (!fits.has(kind)) result.push({ what: `[${kind}]`, value: [value] });
    } else {
      if (!fits.has(kind)) result.push({ what: kind, value });
      result.push({ what: `[${kind}]`, value: [value] });
    }
  }
  for (const { what, value } of never) result.push({ what: `[${what}]`, value: [value] });
  result.push({ what: 'a list that holds itself', value: cyclic });
  result.push({ what: 'a list of 2^32 - 1 holes', value: new Array(2 ** 32 - 1) });
  return result;
}

export const anyWrong: readonly Wrong[] = never;
