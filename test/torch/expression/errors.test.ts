import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { AttributeError, NameError, ZeroDivisionError } from '../../../ts/torch/expression/index.js';
import { nearest } from '../../../ts/torch/expression/nearest.js';
import { py } from './support.js';

type Located = Error & { expression?: string };

function caught(run: () => unknown): Located {
  try {
    run();
  } catch (error) {
    return error as Located;
  }
  throw new Error('nothing was thrown');
}

describe('torch/expression: errors', () => {
  const x = torch.tensor([1, 2, 3]);
  const m = torch.ones(2, 2);

  it('keep their type and message, and say where', () => {
    const error = caught(() => py`1 + ${m} @ ${x}.exp()`);
    expect(error).to.be.instanceOf(torch.TorchError);
    expect(error.message).to.match(/size mismatch/);
    expect(error.expression).to.equal('1 + ${0} @ ${1}.exp()\n    ^^^^^^^^^^^^^^^^^');
    const lines = caught(
      () => py`
        torch.where(${x} > 0,
                    ${x}.mean(dim=7), 0)`,
    );
    expect(lines).to.be.instanceOf(torch.IndexError);
    expect(lines.expression).to.equal(
      `${' '.repeat(20)}\${1}.mean(dim=7), 0)\n${' '.repeat(20)}^^^^^^^^^^^^^^^^`,
    );
  });

  it('keep the place nearest to the fault', () => {
    const inner = (): unknown => py`${x} + None`;
    expect(caught(() => py`1 + ${inner}()`).expression).to.equal('${0} + None\n^^^^^^^^^^^');
  });

  it('pass values that are no errors, and frozen ones, as they are', () => {
    const fail = (value: unknown) => (): never => {
      throw value;
    };
    expect(caught(() => py`${fail('text')}()`)).to.equal('text');
    const frozen = Object.freeze(new Error('cold'));
    expect(caught(() => py`${fail(frozen)}()`)).to.equal(frozen);
  });

  it('name what is near to an unknown name', () => {
    const message = (run: () => unknown): string => caught(run).message;
    expect(message(() => py`torch.sgmoid(${x})`)).to.match(
      /^module 'torch' has no attribute 'sgmoid'; did you mean 'sigmoid'/,
    );
    expect(message(() => py`F.rellu(${x})`)).to.match(
      /^module 'torch.nn.functional' has no attribute 'rellu'; did you mean '.*relu/,
    );
    expect(message(() => py`torch.linalg.nrom(${x})`)).to.match(
      /^module 'torch.linalg'.*did you mean 'norm'/,
    );
    expect(message(() => py`${x}.meen()`)).to.match(
      /^'Tensor' object has no attribute 'meen'; did you mean 'mean'/,
    );
    expect(message(() => py`flaot(3)`)).to.equal(
      "name 'flaot' is not defined; a JavaScript value goes in as a hole: ${flaot}; did you mean 'float'?",
    );
    expect(message(() => py`xb @ 3`)).to.equal(
      "name 'xb' is not defined; a JavaScript value goes in as a hole: ${xb}",
    );
    expect(caught(() => py`xb`)).to.be.instanceOf(NameError);
    expect(caught(() => py`${x}.zzzzz`)).to.be.instanceOf(AttributeError);
    expect(message(() => py`${x}.zzzzz`)).to.equal("'Tensor' object has no attribute 'zzzzz'");
    expect(nearest('sigmoid', ['sigmoid_', 'sigmiod', 'sigmoid', 'relu'])).to.deep.equal([
      'sigmoid',
      'sigmiod',
      'sigmoid_',
    ]);
  });

  it('name both types of an operator', () => {
    expect(caught(() => py`${x} + 'a'`).message).to.equal(
      "unsupported operand type(s) for +: 'Tensor' and 'str'",
    );
    expect(caught(() => py`${x} -= None`).message).to.equal(
      "unsupported operand type(s) for -=: 'Tensor' and 'NoneType'",
    );
    expect(caught(() => py`${{}} ** (1,)`).message).to.equal(
      "unsupported operand type(s) for ** or pow(): 'Object' and 'tuple'",
    );
    expect(caught(() => py`-'a'`).message).to.equal("bad operand type for unary -: 'str'");
    expect(caught(() => py`1 < [1]`).message).to.equal(
      "'<' not supported between instances of 'int' and 'list'",
    );
    expect(caught(() => py`1 % 0`)).to.be.instanceOf(ZeroDivisionError);
  });

  it('say what is wrong with a call', () => {
    const message = (run: () => unknown): string => caught(run).message;
    expect(message(() => py`len()`)).to.equal('len() takes 1 argument(s), but 0 were given');
    expect(message(() => py`float(1, 2)`)).to.equal('float() takes 0 to 1 argument(s), but 2 were given');
    expect(message(() => py`round(1.5, digits=1)`)).to.equal("round() has no keyword argument 'digits'");
    expect(message(() => py`${3}(1)`)).to.equal("'int' object is not callable");
    expect(message(() => py`float + 1`)).to.equal('the built-in float can only be called here');
    expect(message(() => py`len(*3)`)).to.equal('value after * must be a list or tuple, not int');
    expect(message(() => py`${x}.mean(**3)`)).to.equal('value after ** must be an object, not int');
    expect(message(() => py`${x}[:1.5]`)).to.match(/^slice indices must be integers or None/);
    expect(message(() => py`${x}[0, 1]`)).to.equal('too many indices for tensor of dimension 1');
  });

  it('refuse a disposed tensor in words', () => {
    const gone = torch.ones(2);
    gone.dispose();
    const before = torch.memory().tensors;
    expect(caught(() => py`(${x} * 2).sum() + ${gone}`).message).to.match(/disposed/);
    expect(caught(() => py`${gone} + 1`).message).to.match(/disposed/);
    expect(caught(() => py`${gone} -= 1`).message).to.match(/disposed/);
    expect(torch.memory().tensors).to.equal(before);
  });

  it('refuse a call that is no template', () => {
    const call = py as unknown as (text: unknown) => unknown;
    expect(() => call('1 + 1')).to.throw(TypeError, 'py is a template tag');
    expect(() => call(['1 + 1'])).to.throw(TypeError, 'py is a template tag');
    expect(() => call(undefined)).to.throw(TypeError, 'py is a template tag');
  });

  it('come again at each run of a template that cannot be parsed', () => {
    const run = (): unknown => py`1 +`;
    expect(run).to.throw(SyntaxError, 'ends too soon');
    expect(run).to.throw(SyntaxError, 'ends too soon');
  });
});

describe('torch/expression: what an expression can reach', () => {
  it('is an object’s own and its classes’, not what all of JavaScript’s objects inherit', () => {
    class Model {
      size = 3;
      double(n: number): number {
        return n * 2;
      }
    }
    const model = new Model();
    const callable = Object.assign((n: number) => n, { weight: 5 });
    expect(py<number>`${model}.double(${model}.size) + ${callable}.weight + ${callable}(1)`).to.equal(12);
    const none = (run: () => unknown): void => {
      expect(run).to.throw(AttributeError);
    };
    none(() => py`${model}.toString()`);
    none(() => py`${model}.hasOwnProperty('size')`);
    none(() => py`${callable}.call(None, 1)`);
    none(() => py`${callable}.bind(None)`);
    none(() => py`${callable}.length`);
    none(() => py`${[1]}.map`);
    none(() => py`${[1]}.length`);
    none(() => py`'a'.length`);
    none(() => py`(1).toFixed()`);
    none(() => py`None.foo`);
    none(() => py`torch.toString`);
  });

  it('is not reached by a subscript either', () => {
    for (const key of ['constructor', '__proto__', 'toString', 'prototype']) {
      expect(() => py`${{ a: 1 }}[${key}]`, key).to.throw(torch.IndexError);
      expect(() => py`${{ a: 1 }}[${key}] = 1`, key).to.throw(torch.IndexError);
      expect(() => py`${() => 1}[${key}]`, key).to.throw();
    }
    expect(({} as Record<string, unknown>)['a']).to.equal(undefined);
  });

  it('is not changed by names in options', () => {
    const options = JSON.parse('{"__proto__": {"polluted": 1}}') as object;
    const given = py<Record<string, unknown>[]>`${(...args: unknown[]) => args}(**${options})`;
    expect(given[0]!['polluted']).to.equal(undefined);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });
});
