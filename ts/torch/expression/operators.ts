/**
 * What Python's operators do: on tensors the methods that Tensor's own `__add__`, `__rsub__` ... call, so that
 * dtypes and gradient functions are PyTorch's; on numbers and sequences Python's own rules.
 */
import type { Tensor } from '../tensor.js';
import type { ArithmeticOperator, UnaryOperator } from './ast.js';
import { arithmetic, unaryArithmetic } from './arithmetic.js';
import { kindOf, toInt } from './number.js';
import type { Runtime } from './runtime.js';
import { isTuple, likeSequence } from './sequence.js';

const METHOD: Readonly<Record<ArithmeticOperator, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '//': 'floor_divide',
  '%': 'remainder',
  '**': 'pow',
  '@': 'matmul',
  '&': 'bitwise_and',
  '|': 'bitwise_or',
  '^': 'bitwise_xor',
  '<<': 'bitwise_left_shift',
  '>>': 'bitwise_right_shift',
};

const UNARY: Readonly<Record<UnaryOperator, string>> = { '-': 'neg', '+': 'positive', '~': 'bitwise_not' };

const COMMUTES = new Set<ArithmeticOperator>(['+', '*', '&', '|', '^']);

function unsupported(runtime: Runtime, operator: string, a: unknown, b: unknown): TypeError {
  const shown = operator === '**' ? '** or pow()' : operator;
  const [left, right] = [runtime.typeName(a), runtime.typeName(b)];
  return new TypeError(`unsupported operand type(s) for ${shown}: '${left}' and '${right}'`);
}

/** `number operator tensor`: the reflected forms. */
function reflected(runtime: Runtime, operator: ArithmeticOperator, number: unknown, tensor: Tensor): unknown {
  const method = METHOD[operator];
  if (COMMUTES.has(operator)) return runtime.method(tensor, method, number);
  if (operator === '-') return runtime.call('rsub', tensor, number);
  if (operator !== '/') return runtime.call(method, number, tensor);
  const reciprocal = runtime.method(tensor, 'reciprocal') as Tensor;
  try {
    return runtime.method(reciprocal, 'mul', number);
  } finally {
    reciprocal.dispose();
  }
}

function ofSequences(runtime: Runtime, operator: ArithmeticOperator, a: unknown, b: unknown): unknown {
  if (operator === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  if (operator === '+' && Array.isArray(a) && Array.isArray(b) && isTuple(a) === isTuple(b)) {
    return likeSequence(a, [...(a as unknown[]), ...(b as unknown[])]);
  }
  if (operator === '*') {
    const [sequence, count] = kindOf(a) ? [b, a] : [a, b];
    const kind = kindOf(count);
    if ((typeof sequence === 'string' || Array.isArray(sequence)) && (kind === 'int' || kind === 'bool')) {
      const times = Math.max(0, Number(toInt(count)));
      if (typeof sequence === 'string') return sequence.repeat(times);
      return likeSequence(sequence, Array.from({ length: times }, () => sequence as unknown[]).flat());
    }
  }
  throw unsupported(runtime, operator, a, b);
}

/** `a operator b` */
export function binary(runtime: Runtime, operator: ArithmeticOperator, a: unknown, b: unknown): unknown {
  if (runtime.isTensor(a)) {
    const fits = runtime.isTensor(b) || (kindOf(b) !== undefined && operator !== '@');
    if (!fits) throw unsupported(runtime, operator, a, b);
    return runtime.method(a, METHOD[operator], b);
  }
  if (runtime.isTensor(b)) {
    if (kindOf(a) === undefined || operator === '@') throw unsupported(runtime, operator, a, b);
    return reflected(runtime, operator, a, b);
  }
  return arithmetic(operator, a, b) ?? ofSequences(runtime, operator, a, b);
}

/** `target operator= value`: in place on a tensor, else the new value. */
export function update(
  runtime: Runtime,
  operator: ArithmeticOperator,
  target: unknown,
  value: unknown,
): unknown {
  // Tensor has no in-place `@`: Python too computes `t = t @ value`.
  if (!runtime.isTensor(target) || operator === '@') return binary(runtime, operator, target, value);
  if (!runtime.isTensor(value) && kindOf(value) === undefined) {
    throw unsupported(runtime, `${operator}=`, target, value);
  }
  return runtime.method(target, `${METHOD[operator]}_`, value);
}

/** `operator a` */
export function unary(runtime: Runtime, operator: UnaryOperator, a: unknown): unknown {
  if (runtime.isTensor(a)) {
    if (operator === '~' && (a.is_floating_point() || a.is_complex())) {
      throw new TypeError('~ (operator.invert) is only implemented on integer and Boolean-type tensors');
    }
    return runtime.method(a, UNARY[operator]);
  }
  const result = unaryArithmetic(operator, a);
  if (result !== undefined) return result;
  throw new TypeError(`bad operand type for unary ${operator}: '${runtime.typeName(a)}'`);
}
