import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { fixed, repr, scientific } from '../../ts/torch/number_text.js';

describe('number text', () => {
  it('rounds exact ties to the even digit, as Python', () => {
    expect([0.5, 1.5, 2.5, -0.5].map((v) => fixed(v, 0))).to.deep.equal(['0', '2', '2', '-0']);
    expect([0.03125, 0.09375, 0.15625].map((v) => fixed(v, 4))).to.deep.equal(['0.0312', '0.0938', '0.1562']);
    expect([8.5, 9.5, 25000, 35000].map((v) => scientific(v, 0))).to.deep.equal([
      '8e+00',
      '1e+01',
      '2e+04',
      '4e+04',
    ]);
  });

  it('takes near ties for what their binary value is', () => {
    expect(fixed(1.005, 2)).to.equal('1.00');
    expect(fixed(0.00005, 4)).to.equal('0.0001');
    expect(scientific(1.15, 1)).to.equal('1.1e+00');
  });

  it('keeps the sign of zero and the digits of large numbers', () => {
    expect([fixed(-0, 2), scientific(-0, 1), repr(-0)]).to.deep.equal(['-0.00', '-0.0e+00', '-0.0']);
    expect(fixed(1e22, 1)).to.equal('10000000000000000000000.0');
    expect(fixed(-1e23, 0)).to.equal('-99999999999999991611392');
    expect(fixed(2 ** 1000, 0)).to.equal((2n ** 1000n).toString());
  });

  it('writes at least two digits of exponent', () => {
    expect([1, 1e-5, 1e100, 5e-324].map((v) => scientific(v, 1))).to.deep.equal([
      '1.0e+00',
      '1.0e-05',
      '1.0e+100',
      '4.9e-324',
    ]);
  });

  it('writes what is not finite in words', () => {
    for (const text of [(v: number) => fixed(v, 4), (v: number) => scientific(v, 4), repr]) {
      expect([NaN, Infinity, -Infinity].map(text)).to.deep.equal(['nan', 'inf', '-inf']);
    }
  });

  it('writes repr with a point or an exponent', () => {
    expect([1, 0.1, 1e16, 1e15, 1e-4, 1e-5, 1.5e300].map(repr)).to.deep.equal([
      '1.0',
      '0.1',
      '1e+16',
      '1000000000000000.0',
      '0.0001',
      '1e-05',
      '1.5e+300',
    ]);
  });

  it('equals Python on chance numbers', function () {
    const values: number[] = [];
    let state = 12345;
    const next = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0);
    const bits = new DataView(new ArrayBuffer(8));
    for (let i = 0; i < 4000; i++) {
      bits.setUint32(0, next());
      bits.setUint32(4, next());
      const any = bits.getFloat64(0);
      if (Number.isFinite(any)) values.push(any);
      values.push((next() % 200001) / 2 ** (next() % 20), (next() % 1000) * 5 * 10 ** (next() % 18));
    }
    const program =
      'import json,sys\n' +
      'print(json.dumps([[repr(v)]+[f(v,p) for p in (0,1,4,9) for f in (lambda v,p:f"{v:.{p}f}",lambda v,p:f"{v:.{p}e}")]' +
      ' for v in map(float,json.load(sys.stdin))]))';
    let output: string;
    try {
      output = execFileSync('python3', ['-c', program], {
        input: JSON.stringify(values),
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return this.skip();
      throw error;
    }
    const ours = values.map((v) => [
      repr(v),
      ...[0, 1, 4, 9].flatMap((digits) => [fixed(v, digits), scientific(v, digits)]),
    ]);
    expect(ours).to.deep.equal(JSON.parse(output));
  });
});
