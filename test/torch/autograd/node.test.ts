import { inspect } from 'node:util';
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';

describe('grad_fn', () => {
  const x = torch.ones(2, { requires_grad: true });

  it('names the operator, and is null for a leaf and without history', () => {
    const names = [x.mul(2), x.add(1), x.matmul(x), x.sum(), x.at(0), x.exp(), x.relu()].map((y) =>
      y.grad_fn!.name(),
    );
    expect(names).to.deep.equal([
      'MulBackward0',
      'AddBackward0',
      'DotBackward0',
      'SumBackward0',
      'SelectBackward0',
      'ExpBackward0',
      'ReluBackward0',
    ]);
    expect([x.grad_fn, x.detach().grad_fn, torch.no_grad(() => x.mul(2)).grad_fn]).to.deep.equal([
      null,
      null,
      null,
    ]);
  });

  it('leads through next_functions to the leaves', () => {
    const y = x.exp().mul(3).add(x);
    const [[mul, input], [accumulate]] = y.grad_fn!.next_functions as [
      [torch.autograd.Node, number],
      [torch.autograd.Node, number],
    ];
    expect([mul.name(), input, accumulate.name()]).to.deep.equal([
      'MulBackward0',
      0,
      'torch::autograd::AccumulateGrad',
    ]);
    const [[exp], [none]] = mul.next_functions as [[torch.autograd.Node, number], [null, number]];
    expect([exp.name(), none, accumulate.next_functions]).to.deep.equal(['ExpBackward0', null, []]);
    const unbound = torch.ones(2, { requires_grad: true }).unbind();
    const [, [, place]] = unbound[0]!.add(unbound[1]!).grad_fn!.next_functions as [
      unknown,
      [unknown, number],
    ];
    expect(place, 'the second output of unbind').to.equal(1);
  });

  it('prints as in Python, less the address', () => {
    const y = x.mul(2);
    expect([String(y.grad_fn), inspect(y.grad_fn)]).to.deep.equal([
      '<MulBackward0 object>',
      '<MulBackward0 object>',
    ]);
    expect(String(y.grad_fn!.next_functions[0]![0])).to.equal('<AccumulateGrad object>');
  });

  it('outlives its tensor, and changes with it', () => {
    const y = x.mul(2);
    const node = y.grad_fn!;
    y.dispose();
    torch.memory({ collect: true });
    expect(node.name()).to.equal('MulBackward0');
    const z = x.mul(2);
    z.add_(1);
    expect([z.grad_fn!.name(), z.at(0).zero_().grad_fn!.name(), z.grad_fn!.name()]).to.deep.equal([
      'AddBackward0',
      'AsStridedBackward0',
      'torch::autograd::CopySlices',
    ]);
  });
});
