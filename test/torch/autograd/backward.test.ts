import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';
import { difference } from '../../support/close.js';
import { message } from '../../support/thrown.js';
import { recorded, refuses } from './fixture.js';
import { graphs } from './graphs.js';

const { autograd } = torch;
const x3 = (): Tensor => torch.ones(3, { requires_grad: true });
const gradOf = (x: Tensor): unknown => x.grad?.tolist();

describe('gradients are PyTorch’s', () => {
  it('has a graph for every recording', () => {
    expect(Object.keys(graphs)).to.have.members(Object.keys(recorded.gradients));
  });
  for (const [name, graph] of Object.entries(graphs))
    it(name, () => {
      const [value, leaves] = graph();
      const expected = recorded.gradients[name]!;
      value.backward();
      expect(difference([value.item()], [expected.value], 'float64', 'reduction')).to.equal(null);
      for (const [i, x] of leaves.entries()) {
        const got = x.grad!.flatten().tolist() as number[];
        expect(difference(got, expected.leaves[i]!, 'float64', 'reduction'), `leaf ${i}`).to.equal(null);
      }
    });
});

describe('Tensor.backward', () => {
  it('adds to what is in grad, and starts anew when grad is null', () => {
    const x = x3();
    expect(x.grad).to.equal(null);
    x.mul(2).sum().backward();
    x.mul(3).sum().backward();
    expect(gradOf(x)).to.deep.equal([5, 5, 5]);
    x.grad = null;
    expect(x.grad).to.equal(null);
    x.sum().backward();
    expect(gradOf(x)).to.deep.equal([1, 1, 1]);
  });

  it('adds in place: a gradient held from before sees the sum', () => {
    const x = x3();
    x.sum().backward();
    const held = x.grad!;
    x.sum().backward();
    expect(held.is(x.grad)).to.equal(true);
    expect(held.tolist()).to.deep.equal([2, 2, 2]);
  });

  it('takes the gradient of a tensor that is no scalar, by position or by name', () => {
    const x = x3();
    x.mul(2).backward(torch.tensor([1, 2, 3]));
    x.mul(2).backward({ gradient: torch.tensor([1, 1, 1]) });
    expect(gradOf(x)).to.deep.equal([4, 6, 8]);
    refuses('non_scalar', () => {
      x.mul(2).backward();
    });
    refuses('gradient_shape', () => {
      x.mul(2).backward(torch.ones(1));
    });
  });

  it('refuses a tensor without history', () => {
    refuses('no_grad_fn', () => {
      torch.ones(1).backward();
    });
  });

  it('frees the graph, unless told to retain it', () => {
    const x = x3();
    const loss = x.pow(2).sum();
    loss.backward({ retain_graph: true });
    loss.backward();
    expect(gradOf(x)).to.deep.equal([4, 4, 4]);
    refuses('twice', () => {
      loss.backward();
    });
    expect(gradOf(x), 'nothing was added').to.deep.equal([4, 4, 4]);
  });

  it('records the gradients themselves with create_graph, which also retains the graph', () => {
    const x = torch.tensor([2, 3], { requires_grad: true });
    const loss = x.pow(3).sum();
    loss.backward({ create_graph: true });
    const first = x.grad!;
    expect(first.requires_grad).to.equal(true);
    x.grad = null;
    first.sum().backward();
    expect(gradOf(x)).to.deep.equal([12, 18]);
    loss.backward();
  });

  it('fills the gradients of `inputs` only, also of a tensor in the middle', () => {
    const [a, b] = [x3(), x3()];
    const middle = a.mul(2);
    const loss = middle.mul(b).sum();
    loss.backward({ inputs: [b], retain_graph: true });
    expect([a.grad, gradOf(b)]).to.deep.equal([null, [2, 2, 2]]);
    loss.backward(null, { inputs: a, retain_graph: true });
    expect([gradOf(a), gradOf(b)]).to.deep.equal([
      [2, 2, 2],
      [2, 2, 2],
    ]);
    loss.backward({ inputs: [middle] });
    expect([gradOf(middle), gradOf(a)]).to.deep.equal([
      [1, 1, 1],
      [2, 2, 2],
    ]);
    refuses('empty_inputs', () => {
      x3().sum().backward({ inputs: [] });
    });
  });

  it('names an unknown option, and what is no tensor', () => {
    const loss = x3().sum();
    expect(
      message(() => {
        loss.backward({ retain: true } as object);
      }),
    ).to.match(/^backward\(\): unknown option 'retain'/);
    expect(
      message(() => {
        loss.backward(3 as unknown as Tensor);
      }),
    ).to.equal("argument 'gradient' must be a Tensor");
    expect(
      message(() => {
        loss.backward({ inputs: [3 as unknown as Tensor] });
      }),
    ).to.equal("argument 'inputs' must be a Tensor");
  });

  it('notices a tensor that was needed and changed in place', () => {
    refuses('changed_result', () => {
      const y = x3().exp();
      y.add_(1);
      y.sum().backward();
    });
    refuses('changed_leaf', () => {
      const w = x3();
      const y = w.mul(w);
      torch.no_grad(() => w.mul_(2));
      y.sum().backward();
    });
    refuses('leaf_in_place', () => x3().add_(1));
  });

  it('works for a graph far deeper than the stack of calls', () => {
    const x = torch.ones(1, { requires_grad: true });
    let y: Tensor = x;
    for (let i = 0; i < 20_000; ++i) y = y.add(1);
    y.sum().backward();
    expect(gradOf(x)).to.deep.equal([1]);
  });
});

describe('torch.autograd.backward', () => {
  it('adds the gradients of several tensors, null for those that are scalars', () => {
    const x = x3();
    autograd.backward([x.mul(2).sum(), x.mul(3)], [null, torch.tensor([1, 2, 3])]);
    expect(gradOf(x)).to.deep.equal([5, 8, 11]);
    autograd.backward(x.sum());
    autograd.backward([x.mul(1)], { grad_tensors: [torch.ones(3)] });
    expect(gradOf(x)).to.deep.equal([7, 10, 13]);
    refuses('count', () => {
      autograd.backward([x.sum(), x.sum()], [torch.tensor(1)]);
    });
  });
});

describe('torch.autograd.grad', () => {
  it('gives gradients and leaves every grad alone', () => {
    const [a, b] = [x3(), x3()];
    const [da, db] = autograd.grad(a.mul(2).mul(b).sum(), [a, b]);
    expect([da!.tolist(), db!.tolist()]).to.deep.equal([
      [2, 2, 2],
      [2, 2, 2],
    ]);
    expect([a.grad, b.grad]).to.deep.equal([null, null]);
    const [weighted] = autograd.grad(a.mul(b), a, torch.tensor([1, 2, 3]));
    expect(weighted!.tolist()).to.deep.equal([1, 2, 3]);
    const [sum] = autograd.grad([a.sum(), a.mul(2)], a, { grad_outputs: [null, torch.ones(3)] });
    expect(sum!.tolist()).to.deep.equal([3, 3, 3]);
  });

  it('treats an input that is not used as asked', () => {
    const [a, b] = [x3(), x3()];
    refuses('unused', () => autograd.grad(a.sum(), b));
    expect(autograd.grad(a.sum(), b, { allow_unused: true })).to.deep.equal([null]);
    const [zeros] = autograd.grad(a.sum(), b, { materialize_grads: true });
    expect(zeros!.tolist()).to.deep.equal([0, 0, 0]);
    refuses('materialize', () => autograd.grad(a.sum(), b, { allow_unused: false, materialize_grads: true }));
  });

  it('gives derivatives of any order with create_graph', () => {
    const x = torch.tensor(2, { requires_grad: true, dtype: torch.float64 });
    let y: Tensor = x.pow(5);
    const orders: number[] = [];
    for (let order = 0; order < 4; ++order) {
      y = autograd.grad(y, x, { create_graph: true })[0] as Tensor;
      orders.push(y.item());
    }
    expect(orders).to.deep.equal([80, 160, 240, 240]);
  });
});
