import { expect } from 'chai';
import { decode, difference, tolerance } from './close.js';

describe('close', () => {
  it('takes nan, infinities and equal numbers as equal', () => {
    expect(difference([NaN, Infinity, 1], [NaN, Infinity, 1], 'float32', 'exact')).to.equal(null);
    expect(difference([NaN, -Infinity, 1], [NaN, -Infinity, 1], 'float32', 'elementwise')).to.equal(null);
  });

  it('tells nan and infinities from numbers and from each other', () => {
    expect(difference([NaN], [0], 'float32', 'reduction')).to.equal('[0] is NaN instead of 0');
    expect(difference([1], [NaN], 'float32', 'reduction')).to.equal('[0] is 1 instead of NaN');
    expect(difference([Infinity], [-Infinity], 'float32', 'elementwise')).to.be.a('string');
    expect(difference([3e38], [Infinity], 'float32', 'elementwise')).to.be.a('string');
    expect(difference([Infinity], [3e38], 'float32', 'elementwise')).to.be.a('string');
  });

  it('measures elements against themselves, sums against what they add up', () => {
    expect(difference([1 + 9e-7], [1], 'float32', 'elementwise')).to.equal(null);
    expect(difference([1 + 2e-6], [1], 'float32', 'elementwise')).to.be.a('string');
    expect(difference([1e-9, 1], [0, 1], 'float32', 'elementwise')).to.be.a('string');
    expect(difference([1e-9, 1], [0, 1], 'float32', 'reduction')).to.equal(null);
    expect(difference([2e-5, 1], [0, 1], 'float32', 'reduction')).to.be.a('string');
    expect(difference([1 + 1e-9], [1], 'float64', 'reduction')).to.be.a('string');
  });

  it('has no tolerance for moved elements, integers and bools', () => {
    expect(difference([1 + 1e-7], [1], 'float32', 'exact')).to.be.a('string');
    expect(difference([-0], [0], 'float32', 'exact')).to.be.a('string');
    expect(difference([3n], [4n], 'int64', 'reduction')).to.equal('[0] is 3 instead of 4');
    expect(difference([3], [3n], 'int64', 'reduction')).to.be.a('string');
    expect(difference([0], [1], 'bool', 'elementwise')).to.be.a('string');
    expect(difference([1], [1, 2], 'float32', 'exact')).to.equal('1 elements instead of 2');
  });

  it('compares draws bit for bit where they were recorded', () => {
    expect(tolerance('float32', 'drawn', 'x64')).to.equal(0);
    expect(tolerance('float32', 'drawn', 'arm64')).to.equal(1e-6);
    expect(tolerance('int64', 'drawn', 'arm64')).to.equal(0);
  });

  it('decodes every dtype', () => {
    const bytes = (...values: number[]): string => Buffer.from(values).toString('base64');
    expect(decode('float32', bytes(0, 0, 128, 63))).to.deep.equal([1]);
    expect(decode('complex64', bytes(0, 0, 128, 63, 0, 0, 0, 192))).to.deep.equal([1, -2]);
    expect(decode('float64', bytes(0, 0, 0, 0, 0, 0, 240, 63))).to.deep.equal([1]);
    expect(decode('int64', bytes(255, 255, 255, 255, 255, 255, 255, 255))).to.deep.equal([-1n]);
    expect(decode('int32', bytes(254, 255, 255, 255))).to.deep.equal([-2]);
    expect(decode('int8', bytes(128, 127))).to.deep.equal([-128, 127]);
    expect(decode('bool', bytes(0, 1))).to.deep.equal([0, 1]);
    expect(decode('bfloat16', bytes(128, 191, 192, 127))).to.deep.equal([-1, NaN]);
    // 1, the smallest subnormal, -infinity
    expect(decode('float16', bytes(0, 60, 1, 0, 0, 252))).to.deep.equal([1, 2 ** -24, -Infinity]);
    expect(() => decode('quint8', '')).to.throw('quint8');
  });
});
