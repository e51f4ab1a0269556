/**
 * Python expressions as a template literal: py`((${preds} - ${targs})**2).mean()`.
 *
 * A template is parsed once per place in the program, by lezer's Python grammar, and compiled to closures over
 * the same methods that JavaScript calls. See docs/expressions.md.
 */
import type { Tensor } from '../tensor.js';
import { Evaluation } from './evaluation.js';
import { parse } from './parse.js';
import { Runtime } from './runtime.js';
import { toJs } from './sequence.js';
import { Source } from './source.js';
import { compileStatement } from './statements.js';
import type { Run } from './compile.js';

export { AttributeError, NameError, OverflowError, ZeroDivisionError } from './errors.js';

/**
 * Evaluates a Python expression or assignment with JavaScript values in its holes.
 *
 * Operators, precedence and literals are Python's: `3` is an int, `3.` a float. Names are `torch`, `F` (torch.nn.functional),
 * `nn`, `tensor` (torch.tensor) and the built-ins abs, all, any, bool, complex, float, int, len, list, max, min, pow,
 * range, round, slice, sum, tuple. `x.mean(0, keepdim=True)` calls `x.mean(0, {keepdim: true})`. Tensors made on
 * the way are freed at once; assignments work in place and return undefined.
 *
 * @throws {SyntaxError} with a caret under the place, when the text is no Python or not supported.
 * @throws whatever an operator throws, with the text and its place in the field `expression`.
 * @example const loss = py`((${preds} - ${targs})**2).mean()`;
 * @example py`${w}.data -= ${lr} * ${w}.grad`;
 */
export type PyTag = <T = Tensor>(strings: TemplateStringsArray, ...holes: unknown[]) => T;

interface Program {
  readonly source: Source;
  readonly run: Run;
}

/** Says where in the expression an error came from. An error keeps its type, message and first place. */
function locate(error: unknown, { source }: Program, evaluation: Evaluation): void {
  if (!(error instanceof Error) || 'expression' in error || !Object.isExtensible(error)) return;
  const span = evaluation.place ?? { from: 0, to: source.text.length };
  Object.defineProperty(error, 'expression', {
    value: source.excerpt(span),
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/**
 * The tag on a torch namespace: an object with `Tensor`, the functions, and `nn.functional`. It is read when an expression
 * runs, not before, so the namespace may still be loading.
 */
export function makePy(torch: object): PyTag {
  const runtime = new Runtime(torch);
  // One entry per place in the program: JavaScript passes the same array there each time.
  const programs = new WeakMap<TemplateStringsArray, Program>();

  function compile(strings: TemplateStringsArray): Program {
    const source = new Source(strings.raw);
    const program = { source, run: compileStatement(parse(source)) };
    programs.set(strings, program);
    return program;
  }

  return <T>(strings: TemplateStringsArray, ...holes: unknown[]): T => {
    if (!Array.isArray(strings) || !Array.isArray(strings.raw)) {
      throw new TypeError('py is a template tag: write py`${x} + 1`, without parentheses');
    }
    const program = programs.get(strings) ?? compile(strings);
    const evaluation = new Evaluation(runtime, holes);
    let result: unknown;
    try {
      result = program.run(evaluation);
    } catch (error) {
      locate(error, program, evaluation);
      evaluation.finish();
      throw error;
    }
    evaluation.finish(result);
    return toJs(result) as T;
  };
}
