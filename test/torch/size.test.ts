import { inspect } from 'node:util';
import { expect } from 'chai';
import { ones, Size } from '../../ts/torch/index.js';
import { message } from '../support/thrown.js';

describe('torch.Size', () => {
  const size = ones(2, 3, 4).shape;

  it('prints, counts and compares as PyTorch’s', () => {
    expect([String(size), inspect(size), String(ones([]).shape)]).to.deep.equal([
      'torch.Size([2, 3, 4])',
      'torch.Size([2, 3, 4])',
      'torch.Size([])',
    ]);
    expect([size.numel(), ones([]).shape.numel(), ones(0, 3).shape.numel()]).to.deep.equal([24, 1, 0]);
    expect([
      size.equals([2, 3, 4]),
      size.equals([2, 3]),
      size.equals([2, 3, 5]),
      size.equals(ones(2, 3, 4).shape),
    ]).to.deep.equal([true, false, false, true]);
  });

  it('is an array of numbers', () => {
    const [a, ...rest] = size;
    expect([a, rest, size.at(-1), size.length, Array.isArray(size)]).to.deep.equal([2, [3, 4], 4, 3, true]);
    expect(JSON.stringify(size)).to.equal('[2,3,4]');
    expect(size.slice(1)).to.be.instanceOf(Size);
    expect(String(size.slice(0, -1))).to.equal('torch.Size([2, 3])');
    for (const plain of [size.map((n) => n / 2), size.filter((n) => n > 2), size.concat([1])])
      expect(plain).not.to.be.instanceOf(Size);
    expect(ones(size.map((n) => n + 1)).shape.equals([3, 4, 5])).to.equal(true);
  });

  it('is made from a list of integers', () => {
    expect(String(new Size([2, 3]))).to.equal('torch.Size([2, 3])');
    expect([new Size().length, new Size(new Set([5]))[0], ones(new Size([1, 2])).numel()]).to.deep.equal([
      0, 5, 2,
    ]);
    expect(message(() => new Size(3 as never))).to.equal('torch.Size() takes a list of integers');
    expect(message(() => new Size([1.5]))).to.equal('torch.Size() takes a list of integers, not of 1.5');
  });
});
