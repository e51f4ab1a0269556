/**
 * `and`, `or`, `not` and comparisons. The grammar reads `not a and b` as `not (a and b)` and nests comparison
 * chains, so this level is flattened back into its words and grouped as Python groups it.
 */
import { childrenOf, convertExpression, spanOf, textOf } from './convert.js';
import type { Context, SyntaxNode } from './convert.js';
import type { CompareOperator, Comparison, Node, Span } from './ast.js';

type Word = { readonly node: Node } | { readonly word: string; readonly span: Span };

const COMPARE = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'is', 'is not']);

function isTest(node: SyntaxNode): boolean {
  const [first, second] = childrenOf(node);
  if (node.name === 'UnaryExpression') return first!.name === 'not';
  return node.name === 'BinaryExpression' && second!.name !== 'ArithOp' && second!.name !== 'BitOp';
}

/** Operands and operator words in the order they are written; brackets stay closed. */
function flatten(node: SyntaxNode, context: Context): Word[] {
  if (!isTest(node)) return [{ node: convertExpression(node, context) }];
  const parts = childrenOf(node);
  const last = parts.length - 1;
  const words = parts.slice(node.name === 'UnaryExpression' ? 0 : 1, last);
  const span = { from: spanOf(words[0]!, context).from, to: spanOf(words.at(-1)!, context).to };
  const word = words.map((part) => textOf(part, context)).join(' ');
  const left = node.name === 'UnaryExpression' ? [] : flatten(parts[0]!, context);
  return [...left, { word, span }, ...flatten(parts[last]!, context)];
}

class Grouping {
  #at = 0;
  constructor(
    private readonly words: readonly Word[],
    private readonly context: Context,
  ) {}

  #peek(): string | null {
    const next = this.words[this.#at];
    return next && 'word' in next ? next.word : null;
  }

  logical(operator: 'or' | 'and'): Node {
    const operand = (): Node => (operator === 'or' ? this.logical('and') : this.negation());
    let left = operand();
    while (this.#peek() === operator) {
      this.#at++;
      const right = operand();
      left = { type: 'logical', operator, left, right, from: left.from, to: right.to };
    }
    return left;
  }

  negation(): Node {
    const next = this.words[this.#at]!;
    if (this.#peek() !== 'not') return this.comparison();
    this.#at++;
    const operand = this.negation();
    return { type: 'not', operand, from: (next as { span: Span }).span.from, to: operand.to };
  }

  comparison(): Node {
    const first = this.operand();
    const rest: Comparison[] = [];
    for (let word = this.#peek(); word && word !== 'and' && word !== 'or'; word = this.#peek()) {
      if (!COMPARE.has(word)) throw this.#error(`invalid operator '${word}'`);
      this.#at++;
      rest.push({ operator: word as CompareOperator, operand: this.operand() });
    }
    if (rest.length === 0) return first;
    return { type: 'compare', first, rest, from: first.from, to: rest.at(-1)!.operand.to };
  }

  operand(): Node {
    const next = this.words[this.#at]!;
    if ('word' in next) throw this.#error("'not' needs brackets here");
    this.#at++;
    return next.node;
  }

  #error(message: string): SyntaxError {
    return this.context.source.error(message, (this.words[this.#at] as { span: Span }).span);
  }
}

export function regroup(node: SyntaxNode, context: Context): Node {
  return new Grouping(flatten(node, context), context).logical('or');
}
