// What a Function does inside the engine: errors on their way out, backward within backward, and what it keeps alive.
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';
import { runElsewhere } from '../../../ts/torch/autograd/backward.js';
import { growth } from '../../support/live.js';
import { thrown } from '../../support/thrown.js';

const { Function } = torch.autograd;
type Ctx = torch.autograd.FunctionCtx;
const x3 = (): Tensor => torch.ones(3, { requires_grad: true });
const gradOf = (x: Tensor): unknown => x.grad?.tolist();

for (const elsewhere of [false, true])
  describe(`errors in a Function, with the engine on ${elsewhere ? 'another' : 'this'} thread`, () => {
    before(() => {
      runElsewhere(elsewhere);
    });
    after(() => {
      runElsewhere(false);
    });

    it('reach the caller as they are', () => {
      const errors = [new RangeError('forward'), new RangeError('backward')];
      class Failing extends Function {
        static override forward(_ctx: Ctx, a: Tensor, when: number): Tensor {
          if (when === 0) throw errors[0]!;
          return a.mul(2);
        }
        static override backward(): Tensor {
          throw errors[1]!;
        }
      }
      expect(thrown(() => Failing.apply(x3(), 0))).to.equal(errors[0]);
      expect([torch.is_grad_enabled(), x3().mul(1).requires_grad]).to.deep.equal([true, true]);
      expect(
        thrown(() => {
          Failing.apply(x3(), 1).sum().backward();
        }),
      ).to.equal(errors[1]);
    });

    it('backward may run backward itself, as checkpointing does', () => {
      class Checkpoint extends Function {
        static override forward(ctx: Ctx, a: Tensor): Tensor {
          ctx.save_for_backward(a);
          return a.exp().sin();
        }
        static override backward(ctx: Ctx, g: Tensor): Tensor {
          const a = ctx.saved_tensors[0]!.detach().requires_grad_();
          torch.enable_grad(() => a.exp().sin()).backward(g);
          return a.grad!;
        }
      }
      const [x, y] = [x3(), x3()];
      Checkpoint.apply(Checkpoint.apply(x)).sum().backward();
      y.exp().sin().exp().sin().sum().backward();
      expect(gradOf(x)).to.deep.equal(gradOf(y));
    });
  });

describe('memory of a Function', () => {
  class Keeping extends Function {
    static override forward(ctx: Ctx, a: Tensor, b: Tensor): Tensor[] {
      const y = a.mul(b);
      ctx.save_for_backward(a, b, y);
      ctx['input'] = a;
      return [y, y.add(1)];
    }
    static override backward(ctx: Ctx, g: Tensor, h: Tensor): Tensor[] {
      const [a, b] = ctx.saved_tensors;
      return [g.add(h).mul(b!), g.add(h).mul(a!)];
    }
  }

  it('is collected with its results, used or not', () => {
    const run = (used: boolean) => () => {
      for (let i = 0; i < 100; ++i) {
        const [y, z] = Keeping.apply(x3(), x3());
        if (used) y!.add(z!).sum().backward();
      }
    };
    run(true)();
    expect(growth(run(true))).to.be.below(20);
    expect(growth(run(false))).to.be.below(20);
  });

  it('is freed at once by tidy', () => {
    const before = torch.memory().tensors;
    const result = torch.tidy(() => {
      const x = x3();
      Keeping.apply(x, x)[1]!.sum().backward();
      return x.grad;
    });
    expect(result!.tolist()).to.deep.equal([2, 2, 2]);
    expect(torch.memory().tensors - before).to.equal(1);
    result!.dispose();
  });
});
