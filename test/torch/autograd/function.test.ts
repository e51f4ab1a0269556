import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';
import { message } from '../../support/thrown.js';
import { refuses } from './fixture.js';

const { Function } = torch.autograd;
type Ctx = torch.autograd.FunctionCtx;
const x3 = (): Tensor => torch.ones(3, { requires_grad: true });
const gradOf = (x: Tensor): unknown => x.grad?.tolist();

/** a ** exponent, with the result saved. */
class Power extends Function {
  static override forward(ctx: Ctx, a: Tensor, exponent: number): Tensor {
    const y = a.pow(exponent);
    ctx.save_for_backward(a, y);
    ctx['exponent'] = exponent;
    return y;
  }
  static override backward(ctx: Ctx, g: Tensor): [Tensor, null] {
    const [a, y] = ctx.saved_tensors as [Tensor, Tensor];
    return [
      g
        .mul(y)
        .mul(ctx['exponent'] as number)
        .div(a),
      null,
    ];
  }
}

describe('torch.autograd.Function', () => {
  it('runs forward without recording, and backward for the gradient', () => {
    let recording: unknown;
    class Mine extends Function {
      static override forward(ctx: Ctx, a: Tensor): Tensor {
        recording = [torch.is_grad_enabled(), a.mul(2).requires_grad, ctx.needs_input_grad];
        return a.mul(2);
      }
      static override backward(_ctx: Ctx, g: Tensor): Tensor {
        return g.mul(5);
      }
    }
    const x = x3();
    const y = Mine.apply(x);
    expect(recording).to.deep.equal([false, false, [true]]);
    expect([y.requires_grad, y.is_leaf, y.grad_fn!.name()]).to.deep.equal([true, false, 'MineBackward']);
    y.sum().backward();
    expect(gradOf(x)).to.deep.equal([5, 5, 5]);
  });

  it('gives no history where no input requires gradients, and under no_grad', () => {
    expect(Power.apply(torch.ones(2), 2).requires_grad).to.equal(false);
    const y = torch.no_grad(() => Power.apply(x3(), 2));
    expect([y.requires_grad, y.grad_fn]).to.deep.equal([false, null]);
    expect(y.tolist()).to.deep.equal([1, 1, 1]);
  });

  it('saves inputs and outputs, and numbers as properties', () => {
    const x = torch.tensor([1, 2, 3], { requires_grad: true });
    Power.apply(x, 3).sum().backward();
    expect(gradOf(x)).to.deep.equal([3, 12, 27]);
  });

  it('passes gradcheck and gradgradcheck, through the JavaScript backward', () => {
    const x = torch.tensor([0.5, 1.5], { dtype: torch.float64, requires_grad: true });
    const cube = (a: Tensor): Tensor => Power.apply(a, 3);
    expect(torch.autograd.gradcheck(cube, x)).to.equal(true);
    expect(torch.autograd.gradgradcheck(cube, x)).to.equal(true);
    const [first] = torch.autograd.grad(cube(x).sum(), x, { create_graph: true });
    const [second] = torch.autograd.grad(first!.sum(), x);
    expect(second!.tolist()).to.deep.equal([3, 9]);
  });

  it('takes several inputs, tensors or not, and says which need a gradient', () => {
    const needs: unknown[] = [];
    class Mixed extends Function {
      static override forward(
        ctx: Ctx,
        a: Tensor,
        _s: string,
        b: Tensor,
        o: { k: number },
        c: Tensor,
      ): Tensor[] {
        ctx.save_for_backward(a, null, b);
        needs.push(ctx.needs_input_grad);
        return [a.mul(b), c.add(o.k), a.add(c)];
      }
      static override backward(ctx: Ctx, g0: Tensor, g1: Tensor, g2: Tensor): (Tensor | null)[] {
        const [a, nothing, b] = ctx.saved_tensors as [Tensor, null, Tensor];
        needs.push(ctx.needs_input_grad, nothing);
        return [g0.mul(b).add(g2), null, g0.mul(a), null, g1.add(g2)];
      }
    }
    const [a, b, c] = [x3(), torch.full([3], 2), x3()];
    const [p, q, r] = Mixed.apply(a, 'text', b, { k: 4 }, c);
    expect([p!.tolist(), q!.tolist(), r!.tolist()]).to.deep.equal([
      [2, 2, 2],
      [5, 5, 5],
      [2, 2, 2],
    ]);
    p!.add(q!.mul(10)).add(r!.mul(100)).sum().backward();
    expect([gradOf(a), b.grad, gradOf(c)]).to.deep.equal([[102, 102, 102], null, [110, 110, 110]]);
    const which = [true, false, false, false, true];
    expect(needs).to.deep.equal([which, which, null]);
  });

  it('gives zeros for outputs that nothing depends on, or null with set_materialize_grads(false)', () => {
    const seen: unknown[] = [];
    class Two extends Function {
      static override forward(ctx: Ctx, a: Tensor, materialize: boolean): Tensor[] {
        ctx.set_materialize_grads(materialize);
        return [a.mul(2), a.mul(3)];
      }
      static override backward(_ctx: Ctx, g: Tensor, h: Tensor | null): (Tensor | null)[] {
        seen.push(h === null ? null : h.tolist());
        return [g, null];
      }
    }
    for (const materialize of [true, false]) Two.apply(x3(), materialize)[0]!.sum().backward();
    expect(seen).to.deep.equal([[0, 0, 0], null]);
  });

  it('marks outputs as not differentiable', () => {
    class Sort extends Function {
      static override forward(ctx: Ctx, a: Tensor): Tensor[] {
        const [values, indices] = a.sort();
        ctx.mark_non_differentiable(indices);
        ctx.save_for_backward(indices);
        return [values, indices];
      }
      static override backward(ctx: Ctx, g: Tensor): Tensor {
        return torch.zeros(3).index_add(0, ctx.saved_tensors[0]!, g);
      }
    }
    const x = torch.tensor([3, 1, 2], { requires_grad: true });
    const [values, indices] = Sort.apply(x);
    expect([values!.requires_grad, indices!.requires_grad, indices!.tolist()]).to.deep.equal([
      true,
      false,
      [1, 2, 0],
    ]);
    values!
      .mul(torch.tensor([1, 10, 100]))
      .sum()
      .backward();
    expect(gradOf(x)).to.deep.equal([100, 1, 10]);
  });

  it('marks inputs as changed in place, and gives them back', () => {
    class Triple extends Function {
      static override forward(ctx: Ctx, a: Tensor): Tensor {
        ctx.mark_dirty(a);
        return a.mul_(3);
      }
      static override backward(_ctx: Ctx, g: Tensor): Tensor {
        return g.mul(3);
      }
    }
    const x = x3();
    const a = x.mul(1);
    const squared = a.mul(a);
    const b = Triple.apply(a);
    expect(b, 'the same object').to.equal(a);
    expect([a._version, a.grad_fn!.name()]).to.deep.equal([2, 'TripleBackward']);
    b.sum().backward();
    expect(gradOf(x)).to.deep.equal([3, 3, 3]);
    expect(
      message(() => {
        squared.sum().backward();
      }),
    ).to.match(/modified by an inplace operation/);
    refuses('function_dirty_leaf', () => Triple.apply(x3()));
  });

  it('may return an input, or a view of one', () => {
    class Same extends Function {
      static override forward(_ctx: Ctx, a: Tensor, view: boolean): Tensor {
        return view ? a.view(3, 1) : a;
      }
      static override backward(_ctx: Ctx, g: Tensor): (Tensor | null)[] {
        return [g.reshape(3).mul(2), null];
      }
    }
    for (const view of [false, true]) {
      const x = x3();
      const y = Same.apply(x, view);
      expect(y.grad_fn!.name()).to.equal('SameBackward');
      y.sum().backward();
      expect([gradOf(x), x.is_leaf]).to.deep.equal([[2, 2, 2], true]);
    }
  });

  it('refuses gradients of a wrong number, kind or shape', () => {
    const giving = (gradients: unknown) => () => {
      class Mine extends Function {
        static override forward(_ctx: Ctx, a: Tensor, _k: number): Tensor {
          return a.mul(2);
        }
        static override backward(): Tensor {
          return gradients as Tensor;
        }
      }
      const x = x3();
      Mine.apply(x, 1).sum().backward();
      return gradOf(x);
    };
    const g = torch.ones(3);
    const wrong = 'function MineBackward returned an incorrect number of gradients (expected 2, got ';
    expect(message(giving(g))).to.equal(`${wrong}1)`);
    expect(message(giving([g, null, g]))).to.equal(`${wrong}3)`);
    expect(message(giving([g, g]))).to.equal(
      'function MineBackward returned a gradient different than None at position 2, but the corresponding forward input was not a Variable',
    );
    expect(giving([g, null, null])()).to.deep.equal([1, 1, 1]);
    expect(giving([null, undefined])()).to.equal(undefined);
    expect(message(giving([3, null]))).to.equal('a gradient must be a Tensor');
    expect(message(giving([torch.ones(2), null]))).to.match(
      /invalid gradient at index 0 - got \[2\] but expected shape compatible with \[3\]/,
    );
  });

  it('wants both methods and tensors as results', () => {
    class Half extends Function {
      static override forward(_ctx: Ctx, a: Tensor): Tensor {
        return a.mul(1);
      }
    }
    expect(message(() => Function.apply(x3()))).to.equal(
      'Function must implement the static method forward()',
    );
    expect(
      message(() => {
        Half.apply(x3()).sum().backward();
      }),
    ).to.equal('Half must implement the static method backward()');
    class NoTensor extends Function {
      static override forward(): Tensor {
        return 'text' as unknown as Tensor;
      }
    }
    expect(message(() => (NoTensor as typeof Function).apply(x3()))).to.equal('an output must be a Tensor');
  });

  it('notices saved tensors that were changed or freed', () => {
    const x = x3().mul(1);
    const y = Power.apply(x, 2);
    x.add_(1);
    expect(
      message(() => {
        y.sum().backward();
      }),
    ).to.match(/modified by an inplace operation/);
    const again = Power.apply(x3(), 2).sum();
    again.backward({ retain_graph: true });
    again.backward();
    refuses('twice', () => {
      again.backward();
    });
  });
});
