import { expect } from 'chai';
import { Float } from '../../../ts/torch/scalar.js';
import type { Node, Starred, Statement } from '../../../ts/torch/expression/ast.js';
import { parse } from '../../../ts/torch/expression/parse.js';
import { Source } from '../../../ts/torch/expression/source.js';

/** `$` stands for a hole. */
const read = (text: string): Statement => parse(new Source(text.split('$')));

/** The tree with all its brackets. */
function show(node: Node | Starred | null): string {
  switch (node?.type) {
    case undefined:
      return '';
    case 'hole':
      return `$${node.index}`;
    case 'name':
      return node.name;
    case 'constant':
      if (typeof node.value === 'string') return JSON.stringify(node.value);
      return node.value instanceof Float ? `${node.value.valueOf()}f` : String(node.value);
    case 'tuple':
      return `(${node.items.map(show).join(', ')},)`;
    case 'list':
      return `[${node.items.map(show).join(', ')}]`;
    case 'starred':
      return `*${show(node.value)}`;
    case 'slice':
      return node.bounds.map(show).join(':');
    case 'unary':
      return `(${node.operator}${show(node.operand)})`;
    case 'not':
      return `(not ${show(node.operand)})`;
    case 'binary':
    case 'logical':
      return `(${show(node.left)} ${node.operator} ${show(node.right)})`;
    case 'compare':
      return `(${show(node.first)}${node.rest.map((r) => ` ${r.operator} ${show(r.operand)}`).join('')})`;
    case 'conditional':
      return `(${show(node.then)} if ${show(node.test)} else ${show(node.otherwise)})`;
    case 'attribute':
      return `${show(node.object)}.${node.name}`;
    case 'subscript':
      return `${show(node.object)}[${show(node.index)}]`;
    case 'call': {
      const named = node.keywords.map(({ name, value }) => `${name ? `${name}=` : '**'}${show(value)}`);
      return `${show(node.callee)}(${[...node.args.map(show), ...named].join(', ')})`;
    }
  }
}

function tree(text: string): string {
  const statement = read(text);
  if (statement.type === 'expression') return show(statement.value);
  const sign = statement.type === 'update' ? `${statement.operator}=` : '=';
  return `${show(statement.target)} ${sign} ${show(statement.value)}`;
}

describe('torch/expression/parse', () => {
  const trees: [string, string][] = [
    ['$ @ $ + $', '(($0 @ $1) + $2)'],
    ['a - b - c', '((a - b) - c)'],
    ['2 ** 3 ** 2', '(2 ** (3 ** 2))'],
    ['-x ** 2', '(-(x ** 2))'],
    ['2 ** -x ** 2', '(2 ** (-(x ** 2)))'],
    ['~x & y | z ^ w << 1', '(((~x) & y) | (z ^ (w << 1)))'],
    ['a @ b * c // d % e', '((((a @ b) * c) // d) % e)'],
    ['a + b << c + d', '((a + b) << (c + d))'],
    ['a | b == c', '((a | b) == c)'],
    // The grammar alone reads the next four as not (a and b), a and not (b or c), ...
    ['not a and b', '((not a) and b)'],
    ['a and not b or c', '((a and (not b)) or c)'],
    ['a and b or not c and d', '((a and b) or ((not c) and d))'],
    ['not a == b', '(not (a == b))'],
    ['not not a in b', '(not (not (a in b)))'],
    ['not (a and b)', '(not (a and b))'],
    ['1 < x <= 3 != y', '(1 < x <= 3 != y)'],
    ['(1 < x) < 3', '((1 < x) < 3)'],
    ['a is not b not in c', '(a is not b not in c)'],
    ['a if b else c if d else e', '(a if b else (c if d else e))'],
    ['a or b if not c else d', '((a or b) if (not c) else d)'],
    ['a if b else c, d', '((a if b else c), d,)'],
    ['$[4:15, 4:22]', '$0[(4:15:, 4:22:,)]'],
    ['$[::2, ..., None, -1]', '$0[(::2, Symbol(Ellipsis), null, (-1),)]'],
    ['$[1,]', '$0[(1,)]'],
    ['$[:]', '$0[::]'],
    ['$[a:b:c]', '$0[a:b:c]'],
    ['f(a, *b, c=1, **d)', 'f(a, *b, c=1, **d)'],
    ['x.mean(0, keepdim=True).T[0]', 'x.mean(0, keepdim=true).T[0]'],
    ['(a,)', '(a,)'],
    ['()', '(,)'],
    ['[a, *b]', '[a, *b]'],
    ['3.*$ + 1.e2', '((3f * $0) + 100f)'],
    ["'a' 'b'", '"ab"'],
    ['$ -= $ * $', '$0 -= ($1 * $2)'],
    ['$[0] **= 2', '$0[0] **= 2'],
    ['$.grad = None', '$0.grad = null'],
    ['$[0] = 1, 2', '$0[0] = (1, 2,)'],
    // A template literal may run over lines and be indented.
    ['\n  $ +\n  $\n', '($0 + $1)'],
    ['\n  $\n  + $  # sum\n', '($0 + $1)'],
    ['\n  $ -= 1\n', '$0 -= 1'],
    ['$ # -= 1', '$0'],
  ];
  for (const [text, expected] of trees) {
    it(`reads ${JSON.stringify(text)}`, () => {
      expect(tree(text)).to.equal(expected);
    });
  }

  const refused: [string, string][] = [
    ['lambda x: x', 'lambda is not supported; pass a JavaScript function as a hole'],
    ['[x for x in y]', 'a list comprehension is not supported; build the list in JavaScript'],
    ['f(x for x in y)', 'a generator expression is not supported; build the list in JavaScript'],
    ['(x for x in y)', 'a generator expression is not supported; build the list in JavaScript'],
    ['{x for x in y}', 'a set comprehension is not supported'],
    ['{a: b for a in c}', 'a dict comprehension is not supported'],
    ['{1: 2}', 'a dict is not supported; pass a JavaScript object as a hole'],
    ['{1}', 'a set is not supported'],
    ['(x := 3)', "the walrus operator ':=' is not supported"],
    ['f(x := 3)', "the walrus operator ':=' is not supported"],
    ['await $', 'await is not supported; await in JavaScript and pass the value as a hole'],
    ['(yield 1)', 'yield is not supported'],
    ["f'{x}'", 'an f-string is not supported; use a JavaScript template as a hole'],
    ["b'x'", 'bytes literals are not supported'],
    ['import torch', 'import is not supported'],
    ['del $', 'del is not supported'],
    ['return $', 'return is not supported'],
    ['for i in $: i', 'for is not supported'],
    ['with $: 1', 'with is not supported'],
    ['def f(): 1', 'def is not supported'],
    ['assert $', 'assert is not supported'],
    ['print $', 'print without parentheses is not supported'],
    ['$; $', 'one expression or one assignment is expected'],
    ['$ -= 1\n$ -= 2', 'one expression or one assignment is expected'],
    ['$ = 3', 'cannot rebind a hole; assign with JavaScript, or in place: ${0}[:] = ...'],
    ['x = 3', "cannot assign to the name 'x'; assign to a hole, its attribute or its subscript"],
    ['$ + 1 = 3', 'cannot assign to this expression; assign to a hole, its attribute or its subscript'],
    ['$.a = $.b = 1', 'a chained assignment is not supported'],
    ['$.a, $.b = 1, 2', 'an assignment to several targets is not supported'],
    ['$.a: int = 1', 'an annotation is not supported'],
    ['$$', 'a hole stands for a whole value; something is missing beside it'],
    ['x$', 'a hole stands for a whole value; something is missing beside it'],
    ["'$'", 'a hole cannot stand inside a string'],
    ['x.$', 'a hole cannot be the name of an attribute or argument'],
    ['f($=1)', 'a hole cannot be the name of an attribute or argument'],
    ['f(a=1, b)', 'positional argument follows keyword argument'],
    ['f(**a, b)', 'positional argument follows keyword argument unpacking'],
    ['f(a=1, a=2)', 'keyword argument repeated: a'],
    ['012', 'leading zeros in an int literal; an octal one starts with 0o'],
    ['1__0', "invalid number literal '1__0'"],
    ['0x', 'invalid syntax'],
    ["'\\x4'", 'the escape \\x is truncated or not supported'],
    ['a < not b', "'not' needs brackets here"],
    ['a <> b', "invalid operator '<>'"],
    ['a) + (b', 'invalid syntax'],
    ['x[1:2:3:4]', 'invalid syntax'],
    ['x[]', 'invalid syntax'],
    ['f(,)', 'invalid syntax'],
    ['[1,,2]', 'invalid syntax'],
    ['a b', 'invalid syntax'],
    ['(*a)', 'a starred value needs a tuple around it'],
    ['1 +', 'the expression ends too soon'],
    ['$[', 'the expression ends too soon'],
    ['(1, 2', 'the expression ends too soon'],
    ['$ -= ', 'the expression ends too soon'],
    ['', 'the expression is empty'],
    [' \n ', 'the expression is empty'],
    ['$.__proto__', "the attribute '__proto__' cannot be used"],
    ['$._private', "the attribute '_private' cannot be used"],
    ['$.constructor', "the attribute 'constructor' cannot be used"],
    ['f(__proto__=1)', "the attribute '__proto__' cannot be used"],
    ['__import__', "names that begin with '_' cannot be used"],
  ];
  for (const [text, message] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => read(text))
        .to.throw(SyntaxError)
        .with.property('message')
        .match(new RegExp(`^py: ${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\n`));
    });
  }

  it('puts a caret under the place', () => {
    const place = (text: string, lines: string[]): void => {
      expect(() => read(text)).to.throw(SyntaxError, lines.join('\n'));
    };
    place('$ @ + * $', ['py: invalid syntax', '  ${0} @ + * ${1}', '           ^']);
    place('x +\n  $.mean(dim=0, dim=1)', [
      'py: keyword argument repeated: dim',
      '    ${0}.mean(dim=0, dim=1)',
      '                     ^^^^^',
    ]);
    place('  \t$ + lambda', ['py: invalid syntax', '    \t${0} + lambda', '    \t       ^']);
    place('$ -= (1', ['py: the expression ends too soon', '  ${0} -= (1', '            ^']);
  });

  it('numbers more than ten holes', () => {
    const text = Array(12).fill('$').join(' + ');
    expect(tree(text)).to.match(/\+ \$10\) \+ \$11\)$/);
    expect(() => read(`${text} +`)).to.throw(SyntaxError, '${10} + ${11} +\n');
  });

  it('refuses the characters that stand for holes', () => {
    expect(() => read('x\uE000')).to.throw(SyntaxError, 'private-use');
  });
});
