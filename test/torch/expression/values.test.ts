import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { makePy } from '../../../ts/torch/expression/index.js';
import { Complex, Float } from '../../../ts/torch/scalar.js';
import { py } from './support.js';

describe('torch/expression: values in and out', () => {
  const x = torch.tensor([1.5, -2, 3]);
  const i = torch.tensor([1n, 2n, 3n]);
  const echo = (...args: unknown[]): unknown[] => args;

  it('takes JavaScript numbers as ints when integral, else as floats', () => {
    expect(String(py`${i} * ${2}`.dtype)).to.equal('torch.int64');
    expect(String(py`${i} * ${2.5}`.dtype)).to.equal('torch.float32');
    expect(String(py`${i} * ${2n}`.dtype)).to.equal('torch.int64');
    expect(String(py`${i} * ${new Float(2)}`.dtype)).to.equal('torch.float32');
    expect(String(py`${i} + ${true}`.dtype)).to.equal('torch.int64');
    // Neither can be meant as an int.
    expect(String(py`${i} * ${1e300}`.dtype)).to.equal('torch.float32');
    expect(String(py`${i} * ${-0}`.dtype)).to.equal('torch.float32');
    expect(String(py`${x} * ${new Complex(0, 1)}`.dtype)).to.equal('torch.complex64');
  });

  it('keeps the kind of a number until an operator has it', () => {
    expect(String(py`${i} * 3.`.dtype)).to.equal('torch.float32');
    expect(String(py`${i} * (6 / 2)`.dtype)).to.equal('torch.float32');
    expect(String(py`${i} * (6 // 2)`.dtype)).to.equal('torch.int64');
    expect(String(py`${i} * float(3)`.dtype)).to.equal('torch.float32');
    expect(String(py`${i} * int(3.)`.dtype)).to.equal('torch.int64');
    expect(String(py`${i} * ${x}[2].item()`.dtype)).to.equal('torch.float32');
    expect(String(py`${i} * ${i}[2].item()`.dtype)).to.equal('torch.int64');
    expect(String(py`${i} * ${x}.tolist()[2]`.dtype)).to.equal('torch.float32');
    expect(String(py`${i}.add(2, alpha=3)`.dtype)).to.equal('torch.int64');
    expect(String(py`torch.full([2], 3.)`.dtype)).to.equal('torch.float32');
    expect(String(py`torch.full([2], fill_value=3)`.dtype)).to.equal('torch.int64');
  });

  it('gives plain JavaScript values', () => {
    expect(py<number>`7 / 2 * 2`).to.equal(7);
    expect(py<bigint>`2 ** 64`).to.equal(2n ** 64n);
    expect(py<unknown>`None`).to.equal(null);
    expect(py<boolean>`1 < 2`).to.equal(true);
    expect(py<string>`'a' + "b"`).to.equal('ab');
    const tuple = py<unknown[]>`(1., [2., (3, '4')], None)`;
    expect(tuple).to.deep.equal([1, [2, [3, '4']], null]);
    expect([tuple, tuple[1], (tuple[1] as unknown[])[1]].map((v) => Object.getPrototypeOf(v))).to.deep.equal([
      Array.prototype,
      Array.prototype,
      Array.prototype,
    ]);
    expect(py<Complex>`1 + 2j`).to.deep.equal(new Complex(1, 2));
    expect(py<torch.Size>`${x}.shape`).to.be.instanceOf(torch.Size);
    expect(py<torch.DType>`${x}.dtype`).to.equal(torch.float32);
    const own = [1, 2];
    expect(py<number[]>`${own}`).to.equal(own);
    expect(py<unknown>`${undefined}`).to.equal(null);
  });

  it('calls functions and methods of holes with plain values and options last', () => {
    expect(py<unknown[]>`${echo}(1, 2., 'a', None, [3., (4,)], b=5., c=True)`).to.deep.equal([
      1,
      2,
      'a',
      null,
      [3, [4]],
      { b: 5, c: true },
    ]);
    const host = {
      factor: 3,
      scale(this: { factor: number }, by: number): number {
        return this.factor * by;
      },
    };
    expect(py<number>`${host}.scale(2) + ${host}.factor`).to.equal(9);
    expect(py<unknown[]>`${echo}(*${[1, 2]}, *(3, 4), **${{ a: 1 }}, b=2)`).to.deep.equal([
      1,
      2,
      3,
      4,
      { a: 1, b: 2 },
    ]);
    expect(py`${(t: torch.Tensor) => t.mul(2)}(${x}) + 1`.tolist()).to.deep.equal([4, -3, 7]);
    expect(py<number>`${() => undefined}() or 3`).to.equal(3);
    expect(py<number>`${(n: number) => (m: number) => n - m}(5)(3)`).to.equal(2);
    expect(py`${x}.mean(**${{ dim: 0, keepdim: true }})`.tolist()).to.deep.equal([py`${x}.mean()`.item()]);
  });

  it('finds the method of each receiver, whatever the same place called before', () => {
    const mean = (of: unknown): unknown => py<unknown>`${of}.mean()`;
    const toText = (of: unknown): unknown => py<unknown>`${of}.toString()`;
    expect((mean(x) as torch.Tensor).item()).to.be.closeTo(0.8333333, 1e-6);
    expect(mean({ mean: () => 7 })).to.equal(7);
    const own = Object.assign(torch.ones(1), { mean: () => 8 });
    expect(mean(own)).to.equal(8);
    expect((mean(x) as torch.Tensor).item()).to.be.closeTo(0.8333333, 1e-6);
    expect(() => mean({})).to.throw(/'Object' object has no attribute 'mean'/);
    expect(toText(x)).to.match(/^tensor/);
    expect(() => toText({})).to.throw(/has no attribute 'toString'/);
  });

  it('makes objects of classes', () => {
    class Point {
      constructor(readonly x: number) {}
    }
    expect(py<Point>`${Point}(2)`).to.be.instanceOf(Point);
    expect(py<number>`${Point}(x=2).x['x']`).to.equal(2);
    expect(py<torch.Generator>`torch.Generator()`).to.be.instanceOf(torch.Generator);
  });

  it('indexes what JavaScript has', () => {
    expect(py<string>`${new Map([['a', 'b']])}['a']`).to.equal('b');
    expect(py<number>`${{ lr: 0.5 }}['lr'] * 2`).to.equal(1);
    expect(py<number>`${[1, 2, 3]}[-1] + len(${[1, 2]})`).to.equal(5);
    expect(py<number[]>`${[1, 2, 3]}[1:]`).to.deep.equal([2, 3]);
    expect(py<number>`${new Float32Array([1, 2])}[1]`).to.equal(2);
    expect(py`${x}[${[0, 2]}]`.tolist()).to.deep.equal([1.5, 3]);
    expect(py`${x}[${new Int32Array([2, 0])}]`.tolist()).to.deep.equal([3, 1.5]);
    const where = torch.where(py`${x} > 0`);
    expect(py`${x}[${where}]`.tolist()).to.deep.equal([1.5, 3]);
    expect(() => py`${new Map()}['a']`).to.throw(torch.IndexError, 'no item "a"');
    expect(() => py`${{}}['toString']`).to.throw(torch.IndexError, `no item "toString"`);
  });

  it('assigns to what JavaScript has', () => {
    const state = { step: 1, 'exp avg': 2 };
    py`${state}.step += 1`;
    py`${state}['exp avg'] = 7 / 2 * 2`;
    expect(state).to.deep.equal({ step: 2, 'exp avg': 7 });
    const list: unknown[] = [1, 2];
    py`${list}[-1] = (1, 2.)`;
    expect(list).to.deep.equal([1, [1, 2]]);
    const map = new Map([['a', 1]]);
    py`${map}['a'] *= 4`;
    py`${map}['b'] = 1`;
    expect([...map]).to.deep.equal([
      ['a', 4],
      ['b', 1],
    ]);
    expect(() => py`${list}[2] = 1`).to.throw(torch.IndexError, 'list assignment index out of range');
    expect(() => py`${state}.sten = 1`).to.throw(TypeError, "no attribute 'sten'; did you mean 'step'?");
    expect(() => py`${Object.freeze({ a: 1 })}.a = 2`).to.throw(TypeError, 'not writable');
    expect(() => py`${3}.real = 1`).to.throw(TypeError, "'int' object has no attribute 'real'");
    expect(() => py`${x}.shape[0] = 1`).to.throw(
      TypeError,
      "'tuple' object does not support item assignment",
    );
    expect(() => py`${3} += 1`).to.throw(TypeError, 'cannot rebind a hole');
    expect(() => py`${x} @= ${x}`).to.throw(TypeError, 'no in-place @');
    expect(() => py`torch.pi = 3`).to.throw(TypeError, 'torch itself cannot be assigned to');
    expect(() => py`torch.nn.functional.relu = 3`).to.throw(TypeError, 'torch itself cannot be assigned to');
  });

  it('makes tensors of literals as Python, of arrays as JavaScript', () => {
    expect(String(py`torch.tensor([1, 2])`.dtype)).to.equal('torch.int64');
    expect(String(py`torch.tensor(data=[1, 2])`.dtype)).to.equal('torch.int64');
    expect(String(py`torch.tensor(${[1, 2]})`.dtype)).to.equal('torch.float32');
    expect(String(py`torch.tensor([${1}, 2.])`.dtype)).to.equal('torch.float32');
    expect(String(py`torch.tensor(${x}.shape)`.dtype)).to.equal('torch.int64');
    expect(String(py`torch.tensor(${i}.tolist())`.dtype)).to.equal('torch.int64');
    expect(String(py`torch.tensor(${py`${x} * 0 + 1`}.tolist())`.dtype)).to.equal('torch.float32');
  });

  it('compares devices and sizes by value', () => {
    expect(py<boolean>`${x}.device == torch.device('cpu')`).to.equal(true);
    expect(py<boolean>`${x}.device != torch.device('meta')`).to.equal(true);
    expect(py<boolean>`${x}.shape == ${[3]}`).to.equal(true);
    expect(py<boolean>`${x}.shape == (3,) and ${x}.shape != (4,)`).to.equal(true);
  });

  it('evaluates from left to right, each part once', () => {
    const seen: number[] = [];
    const see = (n: number): number => {
      seen.push(n);
      return n;
    };
    expect(py<boolean>`${see}(1) < ${see}(2) < ${see}(0) < ${see}(9)`).to.equal(false);
    expect(py<number>`${see}(0) and ${see}(5) or ${see}(6) if ${see}(7) else ${see}(8)`).to.equal(6);
    expect(seen).to.deep.equal([1, 2, 0, 7, 0, 6]);
  });

  it('parses each place in the program once', () => {
    const strings = Object.assign(['', ' + 1'], { raw: ['', ' + 1'] });
    expect(py<number>(strings, 1)).to.equal(2);
    strings.raw[1] = ' + 100';
    expect(py<number>(strings, 1)).to.equal(2);
    expect(makePy(torch)<number>(strings, 1)).to.equal(101);
  });
});
