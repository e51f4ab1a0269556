/** Assignments: `t -= x` in place, `t[i] = x`, `p.grad = None`. */
import type { ArithmeticOperator, Attribute, Hole, Node, Span, Statement, Subscript } from './ast.js';
import { getAttribute, isComputed, setAttribute } from './attributes.js';
import { compileNode, isStatic } from './compile.js';
import type { Run } from './compile.js';
import type { Evaluation } from './evaluation.js';
import { update } from './operators.js';
import { toJs } from './sequence.js';
import { getSubscript, setSubscript } from './subscript.js';

/** A place that can be read and written, its object and index evaluated once. */
interface Place {
  readonly value: unknown;
  write(value: unknown): void;
}

/** Stores a value. A tensor copies what it is given; any other object keeps it, so it is no longer ours. */
function store(evaluation: Evaluation, place: Span, holder: unknown, value: unknown, set: () => void): void {
  if (evaluation.runtime.isTensor(holder)) evaluation.apply(place, [holder, value], set);
  else evaluation.handOver(place, [holder, value], set);
}

function compileHole(target: Hole, operator: ArithmeticOperator): (evaluation: Evaluation) => Place {
  return (evaluation) => {
    const value = evaluation.hole(target.index);
    evaluation.place = target;
    if (!evaluation.runtime.isTensor(value) || operator === '@') {
      const what = evaluation.runtime.isTensor(value)
        ? 'a Tensor has no in-place @'
        : 'only a tensor changes in place';
      throw new TypeError(`'${operator}=' cannot rebind a hole: ${what}; assign the result in JavaScript`);
    }
    return { value, write: () => undefined };
  };
}

function compileAttribute(target: Attribute, reads: boolean): (evaluation: Evaluation) => Place {
  const object = compileNode(target.object);
  return (evaluation) => {
    const { runtime } = evaluation;
    const holder = object(evaluation);
    const get = (): unknown => getAttribute(runtime, holder, target.name);
    evaluation.place = target;
    const fresh = reads && runtime.isTensor(holder) && isComputed(holder, target.name);
    // The holder is read again when the value is stored, so it is not among what the reading uses up.
    const value = !reads ? null : fresh ? evaluation.apply(target, [], get) : get();
    const write = (result: unknown): void =>
      store(evaluation, target, holder, result, () => {
        setAttribute(runtime, holder, target.name, toJs(result));
      });
    return { value, write };
  };
}

function compileSubscript(target: Subscript, reads: boolean): (evaluation: Evaluation) => Place {
  const [object, index] = [compileNode(target.object), compileNode(target.index)];
  return (evaluation) => {
    const { runtime } = evaluation;
    const holder = object(evaluation);
    const at = index(evaluation);
    const get = (): unknown => getSubscript(runtime, holder, at);
    evaluation.place = target;
    const value = !reads ? null : runtime.isTensor(holder) ? evaluation.apply(target, [], get) : get();
    const write = (result: unknown): void => {
      store(evaluation, target, holder, result, () => {
        // A tensor tells 1 from 1.; what JavaScript holds does not.
        setSubscript(runtime, holder, at, runtime.isTensor(holder) ? result : toJs(result));
      });
      evaluation.free([at]);
    };
    return { value, write };
  };
}

function rootOf(node: Node): Node {
  return node.type === 'attribute' || node.type === 'subscript' ? rootOf(node.object) : node;
}

/** Compiles a whole template. A statement has no value. */
export function compileStatement(statement: Statement): Run {
  if (statement.type === 'expression') return compileNode(statement.value);
  const { target } = statement;
  if (
    isStatic(target) ||
    (target.type !== 'hole' && isStatic(rootOf(target)) && target.type === 'attribute')
  ) {
    return (evaluation) => {
      evaluation.place = target;
      throw new TypeError('torch itself cannot be assigned to');
    };
  }
  const value = compileNode(statement.value);
  if (statement.type === 'assign') {
    const place =
      target.type === 'subscript'
        ? compileSubscript(target, false)
        : compileAttribute(statement.target as Attribute, false);
    return (evaluation) => {
      // Python evaluates the value before the target.
      const result = value(evaluation);
      place(evaluation).write(result);
    };
  }
  const { operator } = statement;
  const place =
    target.type === 'hole'
      ? compileHole(target, operator)
      : target.type === 'subscript'
        ? compileSubscript(target, true)
        : compileAttribute(target, true);
  return (evaluation) => {
    const at = place(evaluation);
    const operand = value(evaluation);
    const result = evaluation.apply(statement, [at.value, operand], () =>
      update(evaluation.runtime, operator, at.value, operand),
    );
    at.write(result);
  };
}
