/** Comparisons, membership, identity and truth. */
import { Device } from '../device.js';
import type { Tensor } from '../tensor.js';
import type { CompareOperator } from './ast.js';
import { compareNumbers } from './arithmetic.js';
import { kindOf, toDouble } from './number.js';
import type { Runtime } from './runtime.js';
import { isTuple, List } from './sequence.js';

const METHOD: Readonly<Partial<Record<CompareOperator, string>>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};

/** The same question with the sides exchanged: `2 < x` asks the tensor whether `x > 2`. */
const MIRRORED: Readonly<Partial<Record<CompareOperator, string>>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'gt',
  '<=': 'ge',
  '>': 'lt',
  '>=': 'le',
};

function same(runtime: Runtime, a: unknown, b: unknown): boolean {
  if (runtime.isTensor(a) && runtime.isTensor(b)) return a === b || a.is(b);
  return a === b || (kindOf(a) === kindOf(b) && compareNumbers('==', a, b) === true);
}

/** Whether `a == b` is true, for members of sequences: the same object counts as equal, as in Python. */
function equal(runtime: Runtime, a: unknown, b: unknown): boolean {
  if (same(runtime, a, b)) return true;
  const result = compare(runtime, '==', a, b);
  try {
    return truth(runtime, result);
  } finally {
    if (runtime.isTensor(result)) result.dispose();
  }
}

/** A list never equals a tuple; a plain array from JavaScript can stand for either. */
function comparable(a: readonly unknown[], b: readonly unknown[]): boolean {
  const [left, right] = [a, b].map((value) =>
    isTuple(value) ? 'tuple' : value instanceof List ? 'list' : null,
  );
  return left === right || left === null || right === null;
}

function compareSequences(
  runtime: Runtime,
  operator: CompareOperator,
  a: readonly unknown[],
  b: readonly unknown[],
): unknown {
  if (!comparable(a, b)) return operator === '==' ? false : operator === '!=' ? true : undefined;
  const at = a.findIndex((item, i) => i >= b.length || !equal(runtime, item, b[i]));
  const differ = at >= 0 || a.length !== b.length;
  if (operator === '==' || operator === '!=') return differ === (operator === '!=');
  const both = at >= 0 && at < b.length;
  return both ? compare(runtime, operator, a[at], b[at]) : compareNumbers(operator, a.length, b.length);
}

function contains(runtime: Runtime, container: unknown, item: unknown): boolean {
  if (Array.isArray(container)) return container.some((member) => equal(runtime, member, item));
  if (typeof container === 'string' && typeof item === 'string') return container.includes(item);
  if (container instanceof Map || container instanceof Set) return container.has(item);
  if (runtime.isTensor(container)) {
    if (!runtime.isTensor(item) && kindOf(item) === undefined) {
      throw new TypeError(
        `Tensor.__contains__ only supports Tensor or scalar, not ${runtime.typeName(item)}`,
      );
    }
    const matches = runtime.method(container, 'eq', item) as Tensor;
    let any: Tensor | undefined;
    try {
      any = matches.any();
      return truth(runtime, any);
    } finally {
      any?.dispose();
      matches.dispose();
    }
  }
  throw new TypeError(`argument of type '${runtime.typeName(container)}' is not iterable`);
}

/** `a operator b`: a bool, or a tensor of bools when one of them is a tensor. */
export function compare(runtime: Runtime, operator: CompareOperator, a: unknown, b: unknown): unknown {
  switch (operator) {
    case 'is':
      return same(runtime, a, b);
    case 'is not':
      return !same(runtime, a, b);
    case 'in':
      return contains(runtime, b, a);
    case 'not in':
      return !contains(runtime, b, a);
    default:
  }
  const number = kindOf(a) !== undefined;
  if (runtime.isTensor(a) && (runtime.isTensor(b) || kindOf(b) !== undefined)) {
    return runtime.method(a, METHOD[operator]!, b);
  }
  if (runtime.isTensor(b) && number) return runtime.method(b, MIRRORED[operator]!, a);
  let result: unknown = compareNumbers(operator, a, b);
  if (Array.isArray(a) && Array.isArray(b)) result = compareSequences(runtime, operator, a, b);
  if (typeof a === 'string' && typeof b === 'string') {
    result = compareNumbers(operator, a < b ? -1 : a > b ? 1 : 0, 0);
  }
  if (result !== undefined) return result;
  if (operator === '==' || operator === '!=') {
    const equals = a instanceof Device && b instanceof Device ? String(a) === String(b) : a === b;
    return equals === (operator === '==');
  }
  throw new TypeError(
    `'${operator}' not supported between instances of '${runtime.typeName(a)}' and '${runtime.typeName(b)}'`,
  );
}

/** `bool(value)`. A tensor of several elements is refused by libtorch itself: its truth is ambiguous. */
export function truth(runtime: Runtime, value: unknown): boolean {
  if (runtime.isTensor(value)) return Boolean(runtime.method(value, 'is_nonzero'));
  if (value === null || value === '' || value === false) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  const kind = kindOf(value);
  if (kind === 'complex') return compareNumbers('!=', value, 0)!;
  return kind === undefined || toDouble(value) !== 0;
}
