/**
 * Template text -> lezer's Python tree -> our small tree. The grammar recovers from errors and takes more than
 * Python does; everything it would let pass is refused here, with its place.
 */
import { createRequire } from 'node:module';
import type * as Grammar from '@lezer/python';
import { childrenOf, convertExpression, convertTuple, spanOf } from './convert.js';
import type { Context, SyntaxNode } from './convert.js';
import type { Source } from './source.js';
import type { ArithmeticOperator, Span, Statement } from './ast.js';

const require = createRequire(import.meta.url);
let grammar: typeof Grammar | undefined;

/** lezer's tree. The grammar is loaded with the first expression: whoever writes none need not wait for it. */
function treeOf(text: string): SyntaxNode {
  grammar ??= require('@lezer/python') as typeof Grammar;
  return grammar.parser.parse(text).topNode;
}

const STATEMENTS: Readonly<Record<string, string>> = {
  DeleteStatement: 'del',
  PassStatement: 'pass',
  BreakStatement: 'break',
  ContinueStatement: 'continue',
  ReturnStatement: 'return',
  YieldStatement: 'yield',
  PrintStatement: 'print without parentheses',
  RaiseStatement: 'raise',
  ImportStatement: 'import',
  ScopeStatement: 'global or nonlocal',
  AssertStatement: 'assert',
  TypeDefinition: 'a type alias',
  IfStatement: 'an if statement (the expression `a if test else b` is)',
  WhileStatement: 'while',
  ForStatement: 'for',
  TryStatement: 'try',
  WithStatement: 'with',
  FunctionDefinition: 'def',
  ClassDefinition: 'class',
  DecoratedStatement: 'a decorator',
  MatchStatement: 'match',
};

const ONE = 'one expression or one assignment is expected';

/** The first place where the parser had to recover. */
function firstError(root: SyntaxNode): Span | null {
  let found: Span | null = null;
  root.cursor().iterate((node) => {
    if (node.type.isError && !found) found = { from: node.from, to: node.to };
    return !found;
  });
  return found;
}

/** One expression; brackets around it let it run over several lines, as a template literal may. */
function parseExpression(source: Source): Statement | Span {
  const root = treeOf(`(${source.grammarText}\n)`);
  const error = firstError(root);
  if (error) return { from: error.from - 1, to: error.to - 1 };
  const statement = root.firstChild!;
  const bracket = statement.firstChild!;
  // `a) + (b` closes our bracket itself, and `x) if (y` likewise.
  const whole = !statement.nextSibling && bracket.from === 0 && bracket.to === source.text.length + 3;
  const bracketed = bracket.name === 'ParenthesizedExpression' || bracket.name === 'TupleExpression';
  const comprehension = bracket.name === 'ComprehensionExpression';
  if (!whole || !(bracketed || comprehension)) {
    const first = childrenOf(bracket)[0] ?? bracket;
    return { from: Math.max(0, first.to - 2), to: Math.max(1, first.to - 1) };
  }
  const shifted = { source, shift: 1 };
  const value =
    bracket.name === 'ParenthesizedExpression'
      ? convertExpression(childrenOf(bracket)[1]!, shifted)
      : convertExpression(bracket, shifted);
  return { type: 'expression', value, from: 0, to: source.text.length };
}

function parseStatement(source: Source, expressionError: Span): Statement {
  const leading = /^\s*/.exec(source.text)![0].length;
  const context = { source, shift: -leading };
  const root = treeOf(source.grammarText.trim());
  const statements = childrenOf(root);
  const statement = statements[0];
  const place = (span: Span): Span => spanOf(span, context);
  const named = statement && STATEMENTS[statement.name];
  if (named) throw source.error(`${named} is not supported`, place(statement));
  const assignment = statement?.name === 'UpdateStatement' || statement?.name === 'AssignStatement';
  const error = firstError(root);
  if (!assignment || error || statements.length > 1) {
    if (!error && (statements.length > 1 || statement?.name === 'StatementGroup')) {
      throw source.error(ONE, place(statements[1] ?? childrenOf(statement!)[1]!));
    }
    const span = assignment && error ? place(error) : expressionError;
    const atEnd = span.from >= source.text.trimEnd().length;
    throw source.error(atEnd ? 'the expression ends too soon' : 'invalid syntax', span);
  }
  return convertAssignment(statement, context, place(statement));
}

function convertAssignment(statement: SyntaxNode, context: Context, span: Span): Statement {
  const { source } = context;
  const parts = childrenOf(statement);
  const at = parts.findIndex((part) => part.name === 'AssignOp' || part.name === 'UpdateOp');
  const place = (node: SyntaxNode): Span => spanOf(node, context);
  if (parts.some((part) => part.name === 'TypeDef'))
    throw source.error('an annotation is not supported', span);
  if (at !== 1) throw source.error('an assignment to several targets is not supported', place(parts[1]!));
  const operator = parts[1]!;
  const values = parts.slice(2);
  const chained = values.find((part) => part.name === 'AssignOp');
  if (chained) throw source.error('a chained assignment is not supported', place(chained));
  const target = convertExpression(parts[0]!, context);
  const value = convertTuple(values, context);
  if (target.type !== 'attribute' && target.type !== 'subscript' && target.type !== 'hole') {
    const what = target.type === 'name' ? `the name '${target.name}'` : 'this expression';
    throw source.error(`cannot assign to ${what}; assign to a hole, its attribute or its subscript`, target);
  }
  if (operator.name === 'UpdateOp') {
    const sign = source.slice(place(operator)).slice(0, -1) as ArithmeticOperator;
    return { type: 'update', operator: sign, target, value, ...span };
  }
  if (target.type === 'hole') {
    throw source.error(
      `cannot rebind a hole; assign with JavaScript, or in place: \${${target.index}}[:] = ...`,
      target,
    );
  }
  return { type: 'assign', target, value, ...span };
}

/** Parses one template. Throws a SyntaxError with a caret under the place. */
export function parse(source: Source): Statement {
  if (source.text.trim() === '') throw source.error('the expression is empty', { from: 0, to: 0 });
  const result = parseExpression(source);
  return 'type' in result ? result : parseStatement(source, result);
}
