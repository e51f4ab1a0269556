/** Our tree -> closures. Each node becomes one function of the evaluation; nothing is generated as text. */
import type { Node } from './ast.js';
import { getAttribute, isComputed } from './attributes.js';
import { builtinNames, isBuiltin } from './builtins.js';
import { compileCall, compileItems } from './calls.js';
import { compare } from './comparison.js';
import type { Evaluation } from './evaluation.js';
import { suggest } from './nearest.js';
import { binary, unary } from './operators.js';
import { Runtime } from './runtime.js';
import { List, Slice, Tuple } from './sequence.js';
import { getSubscript, toIndex } from './subscript.js';

export type Run = (evaluation: Evaluation) => unknown;

type Of<T extends Node['type']> = Extract<Node, { type: T }>;

/** `torch`, `torch.linalg`, `F.relu`: found in torch, whatever the holes hold. */
export function isStatic(node: Node): boolean {
  if (node.type === 'name') return Runtime.isNamespace(node.name);
  return node.type === 'attribute' && isStatic(node.object);
}

/** `F.relu` -> `torch.nn.functional.relu`, or undefined for what is not found in torch. */
function pathOf(node: Node): string | undefined {
  if (!isStatic(node)) return undefined;
  if (node.type === 'attribute') return `${pathOf(node.object)!}.${node.name}`;
  return node.type === 'name' ? Runtime.fullName(node.name) : undefined;
}

function compileName(node: Of<'name'>): Run {
  const { name } = node;
  return (evaluation) => {
    evaluation.place = node;
    if (Runtime.isNamespace(name)) return evaluation.runtime.namespace(name);
    if (isBuiltin(name)) throw new TypeError(`the built-in ${name} can only be called here`);
    throw evaluation.runtime.unknownName(
      name,
      suggest(name, ['torch', 'F', 'nn', 'tensor', ...builtinNames]),
    );
  };
}

/** A name in torch. A function stays what it is, so it is looked up once; flags and settings may change. */
function compileStatic(node: Of<'attribute'>): Run {
  const object = compileNode(node.object);
  const module = pathOf(node.object);
  let known: unknown;
  return (evaluation) => {
    if (known !== undefined) return known;
    const holder = object(evaluation);
    evaluation.place = node;
    const value = getAttribute(evaluation.runtime, holder, node.name, module);
    if (typeof value === 'function') known = value;
    return value;
  };
}

function compileAttribute(node: Of<'attribute'>): Run {
  if (isStatic(node)) return compileStatic(node);
  const object = compileNode(node.object);
  return (evaluation) => {
    const { runtime } = evaluation;
    const value = object(evaluation);
    const get = (): unknown => getAttribute(runtime, value, node.name);
    // A tensor's T, data and grad are new objects at each reading; what other objects hold is theirs.
    const fresh = runtime.isTensor(value) && isComputed(value, node.name);
    return fresh ? evaluation.apply(node, [value], get) : evaluation.read(node, [value], get);
  };
}

function compileSlice(node: Of<'slice'>): Run {
  const bounds = node.bounds.map((bound) => bound && compileNode(bound));
  return (evaluation) => {
    const [start, stop, step] = bounds.map((run) => {
      const value = run ? run(evaluation) : null;
      if (value === null) return null;
      const index = evaluation.apply(node, [value], () => toIndex(evaluation.runtime, value));
      if (index !== undefined) return index;
      throw new TypeError('slice indices must be integers or None or have an __index__ method');
    });
    return new Slice(start!, stop!, step!);
  };
}

function compileSubscript(node: Of<'subscript'>): Run {
  const [object, index] = [compileNode(node.object), compileNode(node.index)];
  return (evaluation) => {
    const { runtime } = evaluation;
    const value = object(evaluation);
    const at = index(evaluation);
    const get = (): unknown => getSubscript(runtime, value, at);
    return runtime.isTensor(value)
      ? evaluation.apply(node, [value, at], get)
      : evaluation.read(node, [value, at], get);
  };
}

function compileBinary(node: Of<'binary'>): Run {
  const [left, right] = [compileNode(node.left), compileNode(node.right)];
  return (evaluation) => {
    const a = left(evaluation);
    const b = right(evaluation);
    evaluation.place = node;
    return evaluation.applied(binary(evaluation.runtime, node.operator, a, b), a, b);
  };
}

/** `a < b < c` is `a < b and b < c` with b evaluated once; each result but the last must have a truth. */
function compileCompare(node: Of<'compare'>): Run {
  const first = compileNode(node.first);
  const rest = node.rest.map(({ operator, operand }) => ({ operator, run: compileNode(operand) }));
  return (evaluation) => {
    let left = first(evaluation);
    let result: unknown;
    for (const [i, { operator, run }] of rest.entries()) {
      const right = run(evaluation);
      const last = i === rest.length - 1;
      const inputs = last ? [left, right] : [left];
      result = evaluation.apply(node, inputs, () => compare(evaluation.runtime, operator, left, right));
      if (!last) {
        const holds = evaluation.truth(node, result);
        if (!holds) {
          evaluation.free([right], result);
          return result;
        }
        evaluation.free([result]);
      }
      left = right;
    }
    return result;
  };
}

function compileLogical(node: Of<'logical'>): Run {
  const [left, right] = [compileNode(node.left), compileNode(node.right)];
  return (evaluation) => {
    const value = left(evaluation);
    if (evaluation.truth(node.left, value) === (node.operator === 'or')) return value;
    evaluation.free([value]);
    return right(evaluation);
  };
}

function compileTest(node: Node): (evaluation: Evaluation) => boolean {
  const run = compileNode(node);
  return (evaluation) => {
    const value = run(evaluation);
    const result = evaluation.truth(node, value);
    evaluation.free([value]);
    return result;
  };
}

export function compileNode(node: Node): Run {
  switch (node.type) {
    case 'hole':
      return (evaluation) => evaluation.hole(node.index);
    case 'constant':
      return () => node.value;
    case 'name':
      return compileName(node);
    case 'tuple':
    case 'list': {
      const items = compileItems(node.items);
      const kind = node.type === 'tuple' ? Tuple : List;
      return (evaluation) => kind.from(items(evaluation));
    }
    case 'slice':
      return compileSlice(node);
    case 'attribute':
      return compileAttribute(node);
    case 'subscript':
      return compileSubscript(node);
    case 'call':
      return compileCall(node);
    case 'binary':
      return compileBinary(node);
    case 'unary': {
      const operand = compileNode(node.operand);
      return (evaluation) => {
        const value = operand(evaluation);
        evaluation.place = node;
        return evaluation.applied(unary(evaluation.runtime, node.operator, value), value, null);
      };
    }
    case 'compare':
      return compileCompare(node);
    case 'logical':
      return compileLogical(node);
    case 'not': {
      const test = compileTest(node.operand);
      return (evaluation) => !test(evaluation);
    }
    case 'conditional': {
      const test = compileTest(node.test);
      const [then, otherwise] = [compileNode(node.then), compileNode(node.otherwise)];
      return (evaluation) => (test(evaluation) ? then(evaluation) : otherwise(evaluation));
    }
  }
}
