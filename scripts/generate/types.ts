// Schema types as TypeScript writes them. The names come from ts/torch/types.ts.
import type { Schema, SchemaArgument, SchemaReturn } from './schemas.js';

const simple: Record<string, string> = {
  Tensor: 'Tensor',
  int: 'Int',
  float: 'number',
  bool: 'boolean',
  Scalar: 'Scalar',
  str: 'string',
  ScalarType: 'DType',
  Layout: 'Layout',
  Device: 'DeviceLike',
  MemoryFormat: 'MemoryFormat',
  Generator: 'Generator',
};

const lists: Record<string, string> = {
  Tensor: 'readonly Tensor[]',
  'Tensor?': 'readonly (Tensor | null)[]',
  int: 'Ints',
  float: 'readonly number[]',
  bool: 'readonly boolean[]',
  Scalar: 'readonly Scalar[]',
};

/** 'int[2]?' -> { element: 'int', list: true, size: 2, optional: true } */
function parse(type: string): { element: string; list: boolean; size: number; optional: boolean } {
  const [, element = type, brackets, size, optional] = /^(.*?)(\[(\d*)\])?(\?)?$/.exec(type) ?? [];
  if (brackets) return { element, list: true, size: Number(size), optional: optional === '?' };
  return { element, list: false, size: 0, optional: optional === '?' };
}

export function isConvertible(type: string): boolean {
  const { element, list } = parse(type);
  return element in (list ? lists : simple);
}

/** Takes one number for a list of that many equal ones. */
export const isSizedInts = (type: string): boolean => /^int\[\d+\]/.test(type);
export const isInts = (type: string): boolean => /^int\[\]/.test(type);

export function argumentType(arg: SchemaArgument, numbers = false): string {
  const { element, list, size, optional } = parse(arg.type);
  let text = (list ? lists : simple)[element] ?? 'never';
  if (list && element === 'int' && size > 0) text = 'IntOrInts';
  if (!list && element === 'int' && arg.name === 'reduction') text = 'Reduction';
  if (numbers && arg.type === 'Tensor' && arg.name !== 'self') text = 'TensorOrNumber';
  return optional ? `${text} | null` : text;
}

const returned: Record<string, string> = {
  Tensor: 'Tensor',
  'Tensor[]': 'Tensor[]',
  int: 'number',
  float: 'number',
  bool: 'boolean',
  Scalar: 'number | bigint | boolean',
  ScalarType: 'DType',
};

/** What a call gives: a method that writes into its receiver gives the receiver. */
export function returnType(schema: Schema, method: boolean): string {
  const { returns, args } = schema;
  if (returns.length === 0) return 'void';
  const one = (ret: SchemaReturn): string => returned[ret.type] ?? 'unknown';
  if (returns.length === 1) {
    const inPlace = method && returns[0]?.write && args.some((arg) => arg.name === 'self' && arg.write);
    return inPlace ? 'this' : one(returns[0] as SchemaReturn);
  }
  if (returns.every((ret) => ret.type === 'Tensor' && ret.name !== ''))
    return `NamedTuple<[${returns.map((ret) => `'${ret.name}'`).join(', ')}]>`;
  return `[${returns.map(one).join(', ')}]`;
}
