/** Operators between Python numbers: picks int, float or complex arithmetic, the widest kind of the two. */
import type { ArithmeticOperator, CompareOperator, UnaryOperator } from './ast.js';
import * as complex from './complex.js';
import * as float from './float.js';
import * as integer from './integer.js';
import { kindOf, makeFloat, toComplex, toDouble, toInt } from './number.js';
import type { Int, Kind } from './number.js';
import type { Complex } from '../scalar.js';

interface Arithmetic {
  readonly int?: (a: Int, b: Int) => unknown;
  readonly float?: (a: number, b: number) => unknown;
  readonly complex?: (a: Complex, b: Complex) => unknown;
}

const TABLE: Readonly<Record<ArithmeticOperator, Arithmetic>> = {
  '+': { int: integer.add, float: (a, b) => makeFloat(a + b), complex: complex.add },
  '-': { int: integer.subtract, float: (a, b) => makeFloat(a - b), complex: complex.subtract },
  '*': { int: integer.multiply, float: (a, b) => makeFloat(a * b), complex: complex.multiply },
  '/': { int: integer.trueDivide, float: float.divide, complex: complex.divide },
  '//': { int: integer.floorDivide, float: float.floorDivide },
  '%': { int: integer.modulo, float: float.modulo },
  '**': { int: integer.power, float: float.floatPower, complex: complex.power },
  '@': {},
  '&': { int: integer.and },
  '|': { int: integer.or },
  '^': { int: integer.xor },
  '<<': { int: integer.shiftLeft },
  '>>': { int: integer.shiftRight },
};

const widest = (a: Kind, b: Kind): 'int' | 'float' | 'complex' =>
  a === 'complex' || b === 'complex' ? 'complex' : a === 'float' || b === 'float' ? 'float' : 'int';

/** The result of `a operator b`, or undefined when one of them is no number or the kind has no such operator. */
export function arithmetic(operator: ArithmeticOperator, a: unknown, b: unknown): unknown {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (!left || !right) return undefined;
  const table = TABLE[operator];
  switch (widest(left, right)) {
    case 'complex':
      return table.complex?.(toComplex(a), toComplex(b));
    case 'float':
      return table.float?.(toDouble(a), toDouble(b));
    case 'int': {
      const result = table.int?.(toInt(a), toInt(b));
      const logical = operator === '&' || operator === '|' || operator === '^';
      return logical && left === 'bool' && right === 'bool' ? result === 1 : result;
    }
  }
}

/** The result of `operator a`, or undefined when `a` is no number or has no such operator. */
export function unaryArithmetic(operator: UnaryOperator, a: unknown): unknown {
  switch (kindOf(a)) {
    case 'complex':
      return operator === '~' ? undefined : operator === '-' ? complex.negate(a as Complex) : a;
    case 'float':
      return operator === '~' ? undefined : operator === '-' ? makeFloat(-toDouble(a)) : a;
    case 'int':
    case 'bool': {
      const value = toInt(a);
      return operator === '~' ? integer.invert(value) : operator === '-' ? integer.negate(value) : value;
    }
    default:
      return undefined;
  }
}

/** Whether two numbers compare so; undefined when one is no number, or a complex is to be ordered. */
export function compareNumbers(operator: CompareOperator, a: unknown, b: unknown): boolean | undefined {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (!left || !right) return undefined;
  if (widest(left, right) === 'complex') {
    if (operator !== '==' && operator !== '!=') return undefined;
    return complex.equal(toComplex(a), toComplex(b)) === (operator === '==');
  }
  // JavaScript orders number and bigint exactly, as Python does float and int; `===` would tell them apart.
  const x = left === 'float' ? toDouble(a) : toInt(a);
  const y = right === 'float' ? toDouble(b) : toInt(b);
  switch (operator) {
    case '==':
      return x >= y && x <= y;
    case '!=':
      return !(x >= y && x <= y);
    case '<':
      return x < y;
    case '<=':
      return x <= y;
    case '>':
      return x > y;
    case '>=':
      return x >= y;
    default:
      return undefined;
  }
}
