import { inspect } from 'node:util';
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import { message, thrown } from '../support/thrown.js';
import { refuses } from './autograd/fixture.js';

const x3 = (): Tensor => torch.ones(3, { requires_grad: true });

describe('Tensor', () => {
  it('has PyTorch’s properties', () => {
    const t = torch.zeros(2, 3, { dtype: torch.float64 });
    expect(t.shape.equals([2, 3])).to.equal(true);
    expect([t.ndim, t.dim(), t.numel(), t.nelement(), t.length]).to.deep.equal([2, 2, 6, 6, 2]);
    expect([t.itemsize, t.element_size(), t.nbytes]).to.deep.equal([8, 8, 48]);
    expect([t.dtype, String(t.device), t.layout]).to.deep.equal([torch.float64, 'cpu', torch.strided]);
    expect([t.is_cuda, t.is_meta, t.is_sparse, t.is_floating_point(), t.is_complex()]).to.deep.equal([
      false,
      false,
      false,
      true,
      false,
    ]);
    expect([t.stride(), t.stride(0), t.stride(-1), t.storage_offset()]).to.deep.equal([[3, 1], 3, 1, 0]);
    expect([t.size(), t.size(1), t.size(-2)]).to.deep.equal([t.shape, 3, 2]);
    expect([t.is_contiguous(), t.T.is_contiguous(), t.at(1).storage_offset()]).to.deep.equal([
      true,
      false,
      3,
    ]);
    const sparse = torch.eye(2).to_sparse();
    expect([sparse.is_sparse, sparse.layout]).to.deep.equal([true, torch.sparse_coo]);
    expect(torch.ones([]).length).to.equal(undefined);
  });

  it('refuses dimensions that are not there', () => {
    for (const dim of [2, -3, 0.5, NaN]) {
      const error = thrown(() => torch.zeros(2, 3).size(dim)) as torch.IndexError;
      expect(error).to.be.instanceOf(torch.IndexError);
      expect(error.message).to.equal(
        `Dimension out of range (expected to be in range of [-2, 1], but got ${dim})`,
      );
    }
    expect(message(() => torch.ones([]).stride(0))).to.equal(
      'Dimension specified as 0 but tensor has no dimensions',
    );
  });

  it('transposes', () => {
    const t = torch.arange(6).view(1, 2, 3);
    expect([[...t.T.shape], [...t.mT.shape]]).to.deep.equal([
      [3, 2, 1],
      [1, 3, 2],
    ]);
    const z = torch.tensor([[new torch.Complex(1, 2), 3]]);
    expect([z.H.tolist(), z.mH.tolist()]).to.deep.equal([
      [[new torch.Complex(1, -2)], [new torch.Complex(3, -0)]],
      [[new torch.Complex(1, -2)], [new torch.Complex(3, -0)]],
    ]);
  });

  it('knows which objects stand for one tensor and which for one memory', () => {
    const t = torch.ones(2);
    expect([t.is(t), t.is(t.to(torch.float32)), t.is(t.view(2)), t.is(null), t.is(undefined)]).to.deep.equal([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect([t.view(2).data_ptr() === t.data_ptr(), t.clone().data_ptr() === t.data_ptr()]).to.deep.equal([
      true,
      false,
    ]);
    expect(t.at('1:').data_ptr() - t.data_ptr()).to.equal(4n);
  });

  it('iterates over its first dimension', () => {
    const rows = [...torch.arange(4).view(2, 2)];
    expect(rows.map((row) => row.tolist())).to.deep.equal([
      [0, 1],
      [2, 3],
    ]);
    expect([...torch.zeros(0, 2)]).to.deep.equal([]);
    expect(message(() => [...torch.ones([])])).to.equal('iteration over a 0-d tensor');
    const [a, b] = torch.arange(2);
    expect([a!.item(), b!.item()]).to.deep.equal([0, 1]);
  });

  it('is a number where JavaScript wants one, and PyTorch’s text elsewhere', () => {
    const t = torch.tensor(3n);
    expect([+t, t > (2 as unknown as Tensor), `${t}`, inspect(t)]).to.deep.equal([
      3,
      true,
      'tensor(3)',
      'tensor(3)',
    ]);
    expect(Math.max(torch.tensor([[1.5]]) as unknown as number, 1)).to.equal(1.5);
    expect(+torch.ones(2)).to.deep.equal(NaN);
  });

  it('cannot be forged, and methods need one', () => {
    const add = torch.Tensor.prototype.add;
    for (const receiver of [
      {},
      null,
      undefined,
      3,
      Object.create(torch.Tensor.prototype),
      torch.float32,
      new torch.Generator(),
    ])
      expect(() => add.call(receiver as Tensor, 1)).to.throw(Error);
    expect(() => (Object.create(torch.Tensor.prototype) as Tensor).shape).to.throw(
      torch.TorchError,
      'the receiver must be a Tensor',
    );
    expect(() => new (torch.Tensor as unknown as new (x: unknown) => Tensor)(3).shape).to.throw(
      torch.TorchError,
    );
  });
});

describe('requires_grad and leaves', () => {
  it('are as in Python', () => {
    const x = torch.ones(2);
    expect([x.requires_grad, x.is_leaf, x.requires_grad_()]).to.deep.equal([false, true, x]);
    expect([x.requires_grad, x.mul(1).requires_grad, x.mul(1).is_leaf]).to.deep.equal([true, true, false]);
    x.requires_grad = false;
    expect(x.mul(1).requires_grad).to.equal(false);
    refuses('integer_leaf', () => torch.ones(2, { dtype: torch.int64 }).requires_grad_());
    refuses('not_a_leaf', () => x3().mul(2).requires_grad_(false));
    expect(torch.ones(1, { dtype: torch.int64 }).requires_grad_(false).requires_grad).to.equal(false);
  });

  it('grad can be assigned, checked and set to null', () => {
    const x = x3();
    const g = torch.ones(3);
    x.grad = g;
    expect(x.grad.is(g)).to.equal(true);
    x.sum().backward();
    expect(x.grad.tolist()).to.deep.equal([2, 2, 2]);
    refuses('grad_shape', () => {
      x.grad = torch.ones(2);
    });
    expect(
      message(() => {
        x.grad = torch.ones(3, { dtype: torch.float64 });
      }),
    ).to.equal('attempting to assign a gradient of float64 on cpu to a tensor of float32 on cpu');
    refuses('grad_self', () => {
      x.grad = x;
    });
    expect(
      message(() => {
        x.grad = 3 as unknown as Tensor;
      }),
    ).to.equal('the gradient must be a Tensor');
    expect(x.grad.tolist(), 'refused assignments change nothing').to.deep.equal([2, 2, 2]);
    x.grad = null;
    expect(x.grad).to.equal(null);
  });

  it('detach() shares the memory and its version, detach_() cuts the tensor off', () => {
    const x = x3();
    const y = x.mul(2);
    const d = y.detach();
    expect([d.requires_grad, d.is_leaf, d.data_ptr() === y.data_ptr()]).to.deep.equal([false, true, true]);
    d.add_(1);
    expect([y.tolist(), y._version]).to.deep.equal([[3, 3, 3], 1]);
    expect([y.detach_(), y.requires_grad, y.grad_fn]).to.deep.equal([y, false, null]);
    refuses('detach_view', () => x3().unbind()[0]!.detach_());
  });
});

describe('data', () => {
  it('is the same memory without history and with a version of its own', () => {
    const x = x3();
    const { data } = x;
    expect([data.requires_grad, data.data_ptr() === x.data_ptr(), data.is(x)]).to.deep.equal([
      false,
      true,
      false,
    ]);
    data.add_(4);
    expect([x.tolist(), data._version, x._version]).to.deep.equal([[5, 5, 5], 1, 0]);
  });

  it('serves the step written by hand: params.data -= lr * grad', () => {
    const params = x3();
    for (let step = 0; step < 2; ++step) {
      params.pow(2).sum().backward();
      params.data.sub_(params.grad!.mul(0.25));
      params.grad = null;
    }
    expect([params.tolist(), params.requires_grad, params.is_leaf]).to.deep.equal([
      [0.25, 0.25, 0.25],
      true,
      true,
    ]);
  });

  it('changes what was saved without notice, while detach() is noticed', () => {
    const w = x3();
    const y = w.mul(w);
    w.data.mul_(5);
    y.sum().backward();
    expect(w.grad!.tolist()).to.deep.equal([10, 10, 10]);
    const v = x3();
    const z = v.mul(v);
    v.detach().mul_(5);
    expect(
      message(() => {
        z.sum().backward();
      }),
    ).to.match(/modified by an inplace operation/);
  });

  it('can be exchanged, also for another shape or dtype', () => {
    const w = x3();
    w.data = torch.zeros(2);
    expect([[...w.shape], w.requires_grad, w.is_leaf]).to.deep.equal([[2], true, true]);
    w.data = torch.zeros(2, { dtype: torch.float64 });
    expect(w.dtype).to.equal(torch.float64);
    refuses('data_dtype', () => {
      w.data = torch.ones(3, { dtype: torch.int64 });
    });
  });
});

describe('in-place operators', () => {
  it('give the object itself', () => {
    const a = torch.ones(2);
    expect(a.add_(1)).to.equal(a);
    expect(a.mul_(2)).to.equal(a);
    expect(a.clamp_({ min: 0, max: 3 })).to.equal(a);
    expect(a.zero_().fill_(7).copy_(torch.zeros(2))).to.equal(a);
    expect(torch.relu_(a)).to.equal(a);
    expect([a.tolist(), a._version]).to.deep.equal([[0, 0], 7]);
  });
});
