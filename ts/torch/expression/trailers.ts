/** What may follow a value: `(arguments)` and `[subscripts]`. */
import { checkAttribute, childrenOf, convertExpression, spanOf, textOf } from './convert.js';
import type { Context, SyntaxNode } from './convert.js';
import type { Keyword, Node, Span, Starred } from './ast.js';

/** Cuts the parts between the outer brackets at the commas. */
function splitAtCommas(parts: readonly SyntaxNode[]): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [[]];
  for (const part of parts) {
    if (part.name === ',') groups.push([]);
    else groups.at(-1)!.push(part);
  }
  if (groups.at(-1)!.length === 0) groups.pop();
  return groups;
}

const around = (parts: readonly SyntaxNode[], context: Context): Span =>
  spanOf({ from: parts[0]!.from, to: parts.at(-1)!.to }, context);

export function convertCall(node: SyntaxNode, context: Context): Node {
  const { source } = context;
  const [calleeNode, list] = childrenOf(node) as [SyntaxNode, SyntaxNode];
  const args: (Node | Starred)[] = [];
  const keywords: Keyword[] = [];
  for (const parts of splitAtCommas(childrenOf(list).slice(1, -1))) {
    const [first, second, third] = parts as [SyntaxNode, SyntaxNode?, SyntaxNode?];
    const span = around(parts, context);
    if (parts.some((part) => part.name === 'for' || part.name === 'async')) {
      throw source.error('a generator expression is not supported; build the list in JavaScript', span);
    }
    if (first.name === '**') {
      keywords.push({ name: null, value: convertExpression(second!, context), ...span });
    } else if (second?.name === 'AssignOp') {
      const name = textOf(first, context);
      if (textOf(second, context) !== '=')
        throw source.error("the walrus operator ':=' is not supported", span);
      checkAttribute(name, spanOf(first, context), source);
      if (keywords.some((keyword) => keyword.name === name)) {
        throw source.error(`keyword argument repeated: ${name}`, span);
      }
      keywords.push({ name, value: convertExpression(third!, context), ...span });
    } else if (first.name === '*') {
      args.push({ type: 'starred', value: convertExpression(second!, context), ...span });
    } else {
      if (keywords.length) {
        const unpacked = keywords.some((keyword) => keyword.name === null);
        throw source.error(
          `positional argument follows keyword argument${unpacked ? ' unpacking' : ''}`,
          span,
        );
      }
      args.push(convertExpression(first, context));
    }
  }
  return {
    type: 'call',
    callee: convertExpression(calleeNode, context),
    args,
    keywords,
    ...spanOf(node, context),
  };
}

/** One subscript: a value, or `start:stop:step` with any of them left out. */
function convertItem(parts: readonly SyntaxNode[], context: Context): Node {
  if (parts.length === 1 && parts[0]!.name !== ':') return convertExpression(parts[0]!, context);
  const bounds: [Node | null, Node | null, Node | null] = [null, null, null];
  let at = 0;
  for (const part of parts) {
    if (part.name === ':') at++;
    else bounds[at] = convertExpression(part, context);
  }
  return { type: 'slice', bounds, ...around(parts, context) };
}

/** The index of `x[...]`: one item, or a tuple when there is a comma, as in Python. */
export function convertSubscript(parts: readonly SyntaxNode[], context: Context): Node {
  const inner = parts.slice(2, -1);
  const items = splitAtCommas(inner).map((group) => convertItem(group, context));
  if (items.length === 1 && inner.at(-1)!.name !== ',') return items[0]!;
  return { type: 'tuple', items, ...around(inner, context) };
}
