/** lezer's tree of one expression -> our tree. */
import type { Tree } from '@lezer/common';
import { convertCall, convertSubscript } from './trailers.js';
import { parseNumber, parseString } from './literals.js';
import { regroup } from './precedence.js';
import { Ellipsis } from './ast.js';
import type { ArithmeticOperator, ConstantValue, Node, Span, Starred, UnaryOperator } from './ast.js';
import type { Source } from './source.js';

export type SyntaxNode = Tree['topNode'];

/** Where the tree was parsed from: `shift` characters before the source's own text. */
export interface Context {
  readonly source: Source;
  readonly shift: number;
}

const UNSUPPORTED: Readonly<Record<string, string>> = {
  LambdaExpression: 'lambda is not supported; pass a JavaScript function as a hole',
  ComprehensionExpression: 'a generator expression is not supported; build the list in JavaScript',
  ArrayComprehensionExpression: 'a list comprehension is not supported; build the list in JavaScript',
  SetComprehensionExpression: 'a set comprehension is not supported',
  DictionaryComprehensionExpression: 'a dict comprehension is not supported',
  DictionaryExpression: 'a dict is not supported; pass a JavaScript object as a hole',
  SetExpression: 'a set is not supported',
  NamedExpression: "the walrus operator ':=' is not supported",
  AwaitExpression: 'await is not supported; await in JavaScript and pass the value as a hole',
  YieldExpression: 'yield is not supported',
  FormatString: 'an f-string is not supported; use a JavaScript template as a hole',
};

export const spanOf = (node: Span, { shift }: Context): Span => ({
  from: node.from - shift,
  to: node.to - shift,
});

export const textOf = (node: Span, context: Context): string => context.source.slice(spanOf(node, context));

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'Comment') found.push(child);
  }
  return found;
}

function constant(node: SyntaxNode, context: Context): Node {
  const span = spanOf(node, context);
  const text = textOf(node, context);
  const of = (value: ConstantValue): Node => ({ type: 'constant', value, ...span });
  try {
    switch (node.name) {
      case 'Number':
        return of(parseNumber(text));
      case 'Boolean':
        return of(text === 'True');
      case 'None':
        return of(null);
      case 'Ellipsis':
        return of(Ellipsis);
      default:
        if (context.source.hasHole(text)) throw new Error('a hole cannot stand inside a string');
        return of(parseString(text));
    }
  } catch (error) {
    throw context.source.error((error as Error).message, span);
  }
}

function variable(node: SyntaxNode, context: Context): Node {
  const span = spanOf(node, context);
  const name = textOf(node, context);
  const index = context.source.hole(name);
  if (index !== null) return { type: 'hole', index, ...span };
  if (context.source.hasHole(name)) {
    throw context.source.error('a hole stands for a whole value; something is missing beside it', span);
  }
  if (name.startsWith('_')) throw context.source.error(`names that begin with '_' cannot be used`, span);
  return { type: 'name', name, ...span };
}

/** Attributes that lead out of the object to its making, and private ones, are nobody's business here. */
export function checkAttribute(name: string, span: Span, source: Source): void {
  if (source.hasHole(name)) throw source.error('a hole cannot be the name of an attribute or argument', span);
  if (name.startsWith('_') || name === 'constructor' || name === 'prototype') {
    throw source.error(`the attribute '${name}' cannot be used`, span);
  }
}

function member(node: SyntaxNode, context: Context): Node {
  const parts = childrenOf(node);
  const span = spanOf(node, context);
  const object = convertExpression(parts[0]!, context);
  if (parts[1]!.name !== '.')
    return { type: 'subscript', object, index: convertSubscript(parts, context), ...span };
  const name = textOf(parts[2]!, context);
  checkAttribute(name, spanOf(parts[2]!, context), context.source);
  return { type: 'attribute', object, name, ...span };
}

/** Items between commas: `1, *xs, 2`. */
function itemsOf(parts: readonly SyntaxNode[], context: Context): (Node | Starred)[] {
  const items: (Node | Starred)[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (part.name === ',') continue;
    if (part.name === '*') {
      const value = convertExpression(parts[++i]!, context);
      items.push({ type: 'starred', value, from: spanOf(part, context).from, to: value.to });
    } else {
      items.push(convertExpression(part, context));
    }
  }
  return items;
}

/** The value of `a` or of the bare tuple `a, b` that an assignment may have on its right. */
export function convertTuple(parts: readonly SyntaxNode[], context: Context): Node {
  const items = itemsOf(parts, context);
  const [first] = items;
  if (parts.length === 1 && first && first.type !== 'starred') return first;
  return { type: 'tuple', items, from: first!.from, to: items.at(-1)!.to };
}

export function convertExpression(node: SyntaxNode, context: Context): Node {
  const span = spanOf(node, context);
  const parts = childrenOf(node);
  const unsupported = UNSUPPORTED[node.name];
  if (unsupported) throw context.source.error(unsupported, span);
  switch (node.name) {
    case 'Number':
    case 'Boolean':
    case 'None':
    case 'Ellipsis':
    case 'String':
      return constant(node, context);
    case 'ContinuedString': {
      const strings = parts.map((part) => convertExpression(part, context));
      const value = strings
        .map((string) => (string.type === 'constant' ? String(string.value) : ''))
        .join('');
      return { type: 'constant', value, ...span };
    }
    case 'VariableName':
      return variable(node, context);
    case 'ParenthesizedExpression':
      if (parts[1]!.name === '*') throw context.source.error('a starred value needs a tuple around it', span);
      return { ...convertExpression(parts[1]!, context), ...span };
    case 'TupleExpression':
      return { type: 'tuple', items: itemsOf(parts.slice(1, -1), context), ...span };
    case 'ArrayExpression':
      return { type: 'list', items: itemsOf(parts.slice(1, -1), context), ...span };
    case 'MemberExpression':
      return member(node, context);
    case 'CallExpression':
      return convertCall(node, context);
    case 'ConditionalExpression': {
      const [then, test, otherwise] = [parts[0]!, parts[2]!, parts[4]!].map((part) =>
        convertExpression(part, context),
      );
      return { type: 'conditional', test: test!, then: then!, otherwise: otherwise!, ...span };
    }
    case 'UnaryExpression':
      if (parts[0]!.name === 'not') return regroup(node, context);
      return {
        type: 'unary',
        operator: textOf(parts[0]!, context) as UnaryOperator,
        operand: convertExpression(parts[1]!, context),
        ...span,
      };
    case 'BinaryExpression':
      if (parts[1]!.name !== 'ArithOp' && parts[1]!.name !== 'BitOp') return regroup(node, context);
      return {
        type: 'binary',
        operator: textOf(parts[1]!, context) as ArithmeticOperator,
        left: convertExpression(parts[0]!, context),
        right: convertExpression(parts[2]!, context),
        ...span,
      };
    default:
      throw context.source.error(`${node.name} is not supported`, span);
  }
}
