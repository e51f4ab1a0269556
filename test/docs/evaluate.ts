/** Runs pieces of TypeScript as a notebook runs its cells: they share their variables, and the last value is shown. */
import ts from 'typescript';

import * as fastai from '../../ts/fastai/index.js';
import { makePy } from '../../ts/torch/expression/index.js';

// The tests are loaded as CommonJS modules, in which a module does not see its own re-exports: hence a tag of our own.
const py = makePy(fastai.torch);

export type Scope = Record<string, unknown>;

/** Declarations become assignments, so that the next piece sees them; the last expression becomes the result. */
function asBody(source: string): string {
  const file = ts.createSourceFile('row.ts', source, ts.ScriptTarget.ES2022, true);
  const { statements } = file;
  return statements
    .map((statement, i) => {
      const text = statement.getText(file);
      if (ts.isVariableStatement(statement))
        return statement.declarationList.declarations
          .map((each) => `(${each.name.getText(file)} = ${each.initializer!.getText(file)});`)
          .join('\n');
      if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
        return `${statement.name!.text} = ${text};`;
      if (ts.isExpressionStatement(statement) && i === statements.length - 1)
        return `return (${statement.expression.getText(file)});`;
      return text;
    })
    .join('\n');
}

/** What the piece prints, then its value as Python's repr writes it. */
export async function evaluate(source: string, scope: Scope): Promise<string> {
  const wrapped = `async function __piece() {\n${asBody(source)}\n}`;
  const js = ts
    .transpileModule(wrapped, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
    .outputText.replace(/^"use strict";/, '');
  const printed: string[] = [];
  const console = {
    log: (...values: unknown[]) => {
      printed.push(values.map((each) => (typeof each === 'string' ? each : fastai.repr(each))).join(' '));
    },
  };
  const all = new Proxy(scope, {
    // What TypeScript adds for `using` asks whether there is a SuppressedError; assigned names need not be there.
    has: (_, name) => typeof name === 'string' && name !== 'SuppressedError',
    get: (own, name) => {
      // Asked for Symbol.unscopables only.
      if (typeof name === 'symbol') return undefined;
      if (name === 'console') return console;
      if (name === 'py') return py;
      if (name in own) return own[name];
      if (name in fastai) return (fastai as Scope)[name];
      if (name in globalThis) return (globalThis as Scope)[name];
      throw new ReferenceError(`${String(name)} is not defined`);
    },
  });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the page's own code; `with` gives it the names
  const make = new Function('scope', `with (scope) { ${js}; return __piece; }`) as (
    scope: Scope,
  ) => () => Promise<unknown>;
  const value = await make(all)();
  if (value !== undefined) printed.push(fastai.repr(value));
  return printed.join('\n');
}
