import { expect } from 'chai';

import * as torch from '../../ts/torch/index.js';

const { tensor, float64, int64 } = torch;

describe('names of the torch module that are no operators', () => {
  it('constants', () => {
    expect([torch.pi, torch.e, torch.inf, torch.newaxis]).to.deep.equal([Math.PI, Math.E, Infinity, null]);
    expect(torch.nan).to.be.NaN;
    expect(String(tensor([torch.pi, -torch.inf]))).to.equal('tensor([3.1416,   -inf])');
    expect(torch.zeros(2, 3).at(':', torch.newaxis).shape).to.deep.equal([2, 1, 3]);
    expect(torch.__version__).to.match(/^2\.\d+\.\d+\+(cpu|cu\w+|rocm\w*)$/);
  });
  it('new_tensor takes dtype and device from its tensor', () => {
    const x = torch.ones([2], { dtype: float64 });
    expect(String(x.new_tensor([1, 2]))).to.equal('tensor([1., 2.], dtype=torch.float64)');
    expect(String(x.new_tensor(3, { dtype: int64 }))).to.equal('tensor(3)');
    expect(x.new_tensor(torch.ones(1)).dtype).to.equal(float64);
    expect(x.new_tensor([1], { requires_grad: true }).requires_grad).to.equal(true);
    expect(x.requires_grad_().new_tensor(x).requires_grad).to.equal(false);
    expect(() => x.new_tensor([1], { type: int64 } as never)).to.throw("unknown option 'type'");
    expect([x.is_cpu, x.is_cuda, x.ndimension()]).to.deep.equal([true, false, 1]);
    const gone = torch.ones(1);
    gone.dispose();
    expect(() => gone.new_tensor([1])).to.throw('disposed');
  });
  it('unravel_index', () => {
    const lists = (tensors: torch.Tensor[]) => tensors.map((t) => t.tolist());
    expect(lists(torch.unravel_index(tensor([5n, 7n]), [2, 4]))).to.deep.equal([
      [1, 1],
      [1, 3],
    ]);
    expect(lists(torch.unravel_index(tensor(5n), 6))).to.deep.equal([5]);
    expect(lists(torch.unravel_index(tensor([[5n]]), [3, 3]))).to.deep.equal([[[1]], [[2]]]);
    expect(lists(torch.unravel_index(tensor([9n, -1n]), [2, 2]))).to.deep.equal([
      [0, 1],
      [1, 1],
    ]);
    expect(() => torch.unravel_index(tensor([1]), [2])).to.throw(
      torch.ArgumentError,
      "expected 'indices' to be integer dtype, but got torch.float32",
    );
    expect(() => torch.unravel_index(tensor([1n]), [-2])).to.throw(
      torch.ValueError,
      "'shape' cannot have negative values, but got (-2)",
    );
  });
});
