import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';
import { growth } from '../../support/live.js';
import { message, thrown } from '../../support/thrown.js';

const { gradcheck, gradgradcheck, GradcheckError, Function } = torch.autograd;
const leaf = (...values: number[]): Tensor =>
  torch.tensor(values, { dtype: torch.float64, requires_grad: true });

/** x squared, with a derivative that is off by the factor. */
class Squared extends Function {
  static override forward(ctx: torch.autograd.FunctionCtx, x: Tensor, factor: number): Tensor {
    ctx.save_for_backward(x);
    ctx['factor'] = factor;
    return x.mul(x);
  }
  static override backward(ctx: torch.autograd.FunctionCtx, g: Tensor): (Tensor | null)[] {
    return [g.mul(ctx.saved_tensors[0]!).mul(2 * (ctx['factor'] as number)), null];
  }
}

/** Right at first order; its backward hides its input from the second. */
class Hidden extends Function {
  static override forward(ctx: torch.autograd.FunctionCtx, x: Tensor): Tensor {
    ctx.save_for_backward(x);
    return x.pow(3);
  }
  static override backward(ctx: torch.autograd.FunctionCtx, g: Tensor): Tensor {
    return g.mul(ctx.saved_tensors[0]!.detach().pow(2).mul(3));
  }
}

describe('gradcheck', () => {
  it('is true for right gradients: several inputs and outputs, broadcast, unused, not differentiable', () => {
    expect(
      gradcheck(
        (a, b) => a.matmul(b).tanh(),
        [
          torch.rand(2, 3, { dtype: torch.float64, requires_grad: true }),
          torch.rand(3, 2, { dtype: torch.float64, requires_grad: true }),
        ],
      ),
    ).to.equal(true);
    expect(gradcheck((a, b) => [a.mul(b), a.sum(), a.argmax()], [leaf(1, 2), leaf(3)])).to.equal(true);
    expect(gradcheck((a) => a.mul(2), [leaf(1), leaf(5)])).to.equal(true);
    expect(gradcheck((a, k) => a.mul(k), [leaf(1, 2), torch.tensor([3, 4])])).to.equal(true);
    expect(gradcheck((x) => Squared.apply(x, 1), leaf(0.5, 2))).to.equal(true);
  });

  it('says where a gradient is wrong', () => {
    const error = thrown(() => gradcheck((x) => Squared.apply(x, 1.5), leaf(2))) as Error;
    expect(error).to.be.instanceOf(GradcheckError);
    expect(error.message).to.match(
      /^Jacobian mismatch for output 0 with respect to input 0, element \(0, 0\): numerical 4\.?\d*, analytical 6/,
    );
    expect(gradcheck((x) => Squared.apply(x, 1.5), leaf(2), { raise_exception: false })).to.equal(false);
    expect(gradcheck((x) => Squared.apply(x, 1.01), leaf(2), { raise_exception: false })).to.equal(false);
    expect(gradcheck((x) => Squared.apply(x, 1.01), leaf(2), { rtol: 0.02 })).to.equal(true);
  });

  it('notices a gradient that is missing', () => {
    expect(gradcheck((x) => x.mul(x.detach()), leaf(2), { raise_exception: false })).to.equal(false);
    expect(gradcheck((x) => x.detach().mul(2), leaf(2), { raise_exception: false })).to.equal(false);
  });

  it('leaves inputs, gradients and mode as they were', () => {
    const x = leaf(1, 2, 3);
    gradcheck((t) => t.exp(), x);
    expect([x.tolist(), x.grad, torch.is_grad_enabled()]).to.deep.equal([[1, 2, 3], null, true]);
    expect(torch.no_grad(() => gradcheck((t) => t.exp(), x))).to.equal(true);
  });

  it('refuses what it cannot check', () => {
    expect(message(() => gradcheck((x) => x, torch.ones(1)))).to.equal(
      'gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.',
    );
    expect(message(() => gradcheck((x) => torch.complex(x, x), leaf(1)))).to.match(/complex/);
    const transposed = torch.rand(2, 3, { dtype: torch.float64 }).T.requires_grad_();
    expect(message(() => gradcheck((x) => x.exp(), transposed))).to.match(/contiguous/);
    const error = new Error('in fn');
    expect(
      thrown(() =>
        gradcheck(() => {
          throw error;
        }, leaf(1)),
      ),
    ).to.equal(error);
  });
});

describe('gradgradcheck', () => {
  it('checks second derivatives', () => {
    expect(gradgradcheck((x) => x.pow(3), leaf(1, 2))).to.equal(true);
    expect(gradgradcheck((a, b) => a.mul(b).sin(), [leaf(1, 2), leaf(0.5, 0.1)])).to.equal(true);
    expect(gradgradcheck((x) => Squared.apply(x, 1), leaf(0.5))).to.equal(true);
  });

  it('notices a backward whose own derivative is wrong', () => {
    expect(gradcheck((x) => Hidden.apply(x), leaf(2))).to.equal(true);
    expect(() => gradgradcheck((x) => Hidden.apply(x), leaf(2))).to.throw(GradcheckError);
  });

  it('leaves no tensor behind', () => {
    expect(growth(() => void gradgradcheck((x) => x.pow(3), leaf(1, 2)))).to.equal(0);
  });
});
