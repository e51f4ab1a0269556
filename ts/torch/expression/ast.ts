/**
 * The small tree that an expression is compiled from. It holds only what `py` supports, so the compiler needs
 * no case for the rest of Python. `from` and `to` are offsets into the text that errors show.
 */
import type { Complex, Float } from '../scalar.js';

export interface Span {
  readonly from: number;
  readonly to: number;
}

export type ArithmeticOperator =
  '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '&' | '|' | '^' | '<<' | '>>';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'is' | 'is not';
export type UnaryOperator = '-' | '+' | '~';

export type ConstantValue = number | bigint | boolean | string | null | symbol | Float | Complex;

export interface Comparison {
  readonly operator: CompareOperator;
  readonly operand: Node;
}

export interface Starred extends Span {
  readonly type: 'starred';
  readonly value: Node;
}

/** `name` is null for `**options`. */
export interface Keyword extends Span {
  readonly name: string | null;
  readonly value: Node;
}

export interface Hole extends Span {
  readonly type: 'hole';
  readonly index: number;
}

export interface Attribute extends Span {
  readonly type: 'attribute';
  readonly object: Node;
  readonly name: string;
}

export interface Subscript extends Span {
  readonly type: 'subscript';
  readonly object: Node;
  readonly index: Node;
}

export interface Call extends Span {
  readonly type: 'call';
  readonly callee: Node;
  readonly args: readonly (Node | Starred)[];
  readonly keywords: readonly Keyword[];
}

export type Node =
  | Hole
  | Attribute
  | Subscript
  | Call
  | (Span & { readonly type: 'name'; readonly name: string })
  | (Span & { readonly type: 'constant'; readonly value: ConstantValue })
  | (Span & { readonly type: 'tuple' | 'list'; readonly items: readonly (Node | Starred)[] })
  | (Span & { readonly type: 'slice'; readonly bounds: readonly [Node | null, Node | null, Node | null] })
  | (Span & { readonly type: 'unary'; readonly operator: UnaryOperator; readonly operand: Node })
  | (Span & { readonly type: 'not'; readonly operand: Node })
  | (Span & {
      readonly type: 'logical';
      readonly operator: 'and' | 'or';
      readonly left: Node;
      readonly right: Node;
    })
  | (Span & {
      readonly type: 'binary';
      readonly operator: ArithmeticOperator;
      readonly left: Node;
      readonly right: Node;
    })
  | (Span & { readonly type: 'compare'; readonly first: Node; readonly rest: readonly Comparison[] })
  | (Span & {
      readonly type: 'conditional';
      readonly test: Node;
      readonly then: Node;
      readonly otherwise: Node;
    });

export type Target = Hole | Attribute | Subscript;

export type Statement =
  | (Span & { readonly type: 'expression'; readonly value: Node })
  | (Span & { readonly type: 'assign'; readonly target: Attribute | Subscript; readonly value: Node })
  | (Span & {
      readonly type: 'update';
      readonly operator: ArithmeticOperator;
      readonly target: Target;
      readonly value: Node;
    });

/** `...` as a value. */
export const Ellipsis = Symbol('Ellipsis');
