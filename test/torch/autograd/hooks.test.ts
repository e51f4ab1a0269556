import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';
import { runElsewhere } from '../../../ts/torch/autograd/backward.js';
import { growth } from '../../support/live.js';
import { message, thrown } from '../../support/thrown.js';
import { refuses } from './fixture.js';

const x3 = (): Tensor => torch.ones(3, { requires_grad: true });
const gradOf = (x: Tensor): unknown => x.grad?.tolist();

// The engine runs on this thread for the CPU, and on another one for a GPU: both must behave alike.
for (const elsewhere of [false, true])
  describe(`register_hook, with the engine on ${elsewhere ? 'another' : 'this'} thread`, () => {
    before(() => {
      runElsewhere(elsewhere);
    });
    after(() => {
      runElsewhere(false);
    });

    it('sees the gradient of a leaf and of a tensor in the middle', () => {
      const x = x3();
      const y = x.mul(2);
      const seen: [string, unknown][] = [];
      x.register_hook((g) => void seen.push(['x', g.tolist()]));
      y.register_hook((g) => void seen.push(['y', g.tolist()]));
      y.mul(torch.tensor([1, 2, 3]))
        .sum()
        .backward();
      expect(seen).to.deep.equal([
        ['y', [1, 2, 3]],
        ['x', [2, 4, 6]],
      ]);
    });

    it('runs hooks in the order in which they were put on, each with what the one before gave', () => {
      const x = x3();
      const seen: unknown[] = [];
      x.register_hook((g) => g.add(1));
      x.register_hook((g) => void seen.push(g.tolist()));
      x.register_hook((g) => g.mul(10));
      x.register_hook(() => null);
      x.sum().backward();
      expect(seen).to.deep.equal([[2, 2, 2]]);
      expect(gradOf(x)).to.deep.equal([20, 20, 20]);
    });

    it('removes a hook, once or twice, and lets `using` do it', () => {
      const x = x3();
      let calls = 0;
      const kept = x.register_hook((g) => (++calls, g.mul(3)));
      const handle = x.register_hook((g) => (++calls, g.mul(2)));
      handle.remove();
      handle.remove();
      {
        using _ = x.register_hook((g) => (++calls, g.mul(5)));
      }
      x.sum().backward();
      expect([calls, gradOf(x)]).to.deep.equal([1, [3, 3, 3]]);
      kept.remove();
      x.grad = null;
      x.sum().backward();
      expect([calls, gradOf(x)]).to.deep.equal([1, [1, 1, 1]]);
    });

    it('removes a hook from a graph whose tensor has been disposed of', () => {
      const x = x3();
      const y = x.mul(2);
      const loss = y.sum();
      const handle = y.register_hook((g) => g.mul(100));
      y.dispose();
      handle.remove();
      loss.backward();
      expect(gradOf(x)).to.deep.equal([2, 2, 2]);
    });

    it('gives the caller of backward the very error that a hook throws', () => {
      class Mine extends Error {}
      const error = new Mine('from the hook');
      const x = x3();
      x.mul(2).sum().backward();
      const handle = x.register_hook(() => {
        throw error;
      });
      expect(
        thrown(() => {
          x.mul(2).sum().backward();
        }),
      ).to.equal(error);
      expect(thrown(() => torch.autograd.grad(x.mul(2).sum(), x))).to.equal(error);
      expect(gradOf(x), 'nothing was added').to.deep.equal([2, 2, 2]);
      handle.remove();
      x.mul(2).sum().backward();
      expect(gradOf(x), 'and the engine works on').to.deep.equal([4, 4, 4]);
    });

    it('passes on whatever was thrown, errors or not', () => {
      const odd = {
        toString: () => {
          throw new Error('no text');
        },
      };
      for (const value of [42, 'text', null, undefined, false, 10n, Symbol('s'), odd, Object.create(null)]) {
        const x = x3();
        x.register_hook(() => {
          throw value;
        });
        expect(
          thrown(() => {
            x.sum().backward();
          }),
        ).to.equal(value);
      }
    });

    it('refuses a result that cannot take the gradient’s place', () => {
      const put = (result: unknown) => () => {
        const y = x3().mul(2);
        y.register_hook(() => result as Tensor);
        y.sum().backward();
      };
      expect(message(put(3))).to.equal('what the hook returns must be a Tensor');
      expect(message(put(torch.ones(2)))).to.match(/shape|size/);
      const gone = torch.ones(3);
      gone.dispose();
      expect(message(put(gone))).to.match(/disposed of/);
    });

    it('runs another backward inside a hook', () => {
      const [x, z] = [x3(), x3()];
      x.register_hook((g) => {
        const loss = torch.enable_grad(() => z.pow(2).sum());
        z.register_hook((inner) => inner.mul(10));
        loss.backward();
        return g.add(z.grad as Tensor);
      });
      x.sum().backward();
      expect([gradOf(z), gradOf(x)]).to.deep.equal([
        [20, 20, 20],
        [21, 21, 21],
      ]);
    });

    it('passes an error through two engines', () => {
      const error = new Error('deep inside');
      const [x, z] = [x3(), x3()];
      z.register_hook(() => {
        throw error;
      });
      x.register_hook(() => {
        torch.enable_grad(() => z.sum()).backward();
      });
      expect(
        thrown(() => {
          x.sum().backward();
        }),
      ).to.equal(error);
    });

    it('does not record what a hook computes, unless create_graph is set', () => {
      const seen: unknown[] = [];
      const run = (options: object): void => {
        const x = x3();
        const y = x.mul(x);
        y.register_hook((g) => {
          const inside = torch.enable_grad(() => g.mul(x).requires_grad);
          const outside = torch.no_grad(() => g.mul(x).requires_grad);
          seen.push([torch.is_grad_enabled(), g.mul(x).requires_grad, inside, outside]);
        });
        y.sum().backward(options);
      };
      run({});
      run({ create_graph: true });
      expect(seen).to.deep.equal([
        [false, false, true, false],
        [true, true, true, false],
      ]);
      expect(torch.is_grad_enabled(), 'afterwards').to.equal(true);
      expect(x3().mul(2).requires_grad).to.equal(true);
    });

    it('lets nothing that a hook sets reach the caller', () => {
      const x = x3();
      x.register_hook(() => void torch.set_grad_enabled(false));
      x.sum().backward();
      expect([torch.is_grad_enabled(), x3().mul(2).requires_grad]).to.deep.equal([true, true]);
    });

    it('survives a hook that disposes of its gradient, its tensor or the graph', () => {
      const x = x3();
      const y = x.mul(2);
      const loss = y.sum();
      y.register_hook((g) => {
        g.dispose();
        y.dispose();
        loss.dispose();
      });
      loss.backward();
      expect(gradOf(x)).to.deep.equal([2, 2, 2]);
    });
  });

describe('hooks', () => {
  it('need a tensor that requires a gradient, and a function', () => {
    refuses('hook', () => torch.ones(2).register_hook(() => undefined));
    expect(message(() => x3().register_hook(3 as never))).to.equal(
      'register_hook(): the hook must be a function',
    );
  });

  it('belong to the tensor, not to the object that stands for it', () => {
    const x = x3();
    const handle = x.at('...').register_hook((g) => g.mul(7));
    x.sum().backward();
    expect(gradOf(x), 'a view is another tensor').to.deep.equal([1, 1, 1]);
    handle.remove();
    const again = x.to(torch.float32);
    expect(again.is(x)).to.equal(true);
    again.register_hook((g) => g.mul(2));
    again.dispose();
    x.sum().backward();
    expect(gradOf(x)).to.deep.equal([3, 3, 3]);
  });

  it('go with their tensor, and what they close over with them', () => {
    const grown = growth(() => {
      for (let i = 0; i < 50; ++i) {
        const x = x3();
        const held = torch.ones(4);
        x.mul(2).register_hook((g) => g.add(held.sum()));
        x.register_hook((g) => g.add(held.sum()));
        x.sum().backward();
      }
    });
    expect(grown).to.equal(0);
  });

  it('that close over their own tensor keep it until they are removed', () => {
    const run = (remove: boolean) => () => {
      for (let i = 0; i < 50; ++i) {
        const y = x3().mul(2);
        const handle = y.register_hook((g) => g.add(y));
        y.sum().backward();
        if (remove) handle.remove();
      }
    };
    expect(growth(run(true))).to.equal(0);
    // The cycle runs through libtorch, where JavaScript's collector does not look.
    expect(growth(run(false))).to.be.at.least(50);
  });
});

describe('retain_grad', () => {
  it('keeps the gradient of a tensor in the middle, as it is after the hooks', () => {
    const x = x3();
    const y = x.mul(2);
    expect(y.retains_grad).to.equal(false);
    y.register_hook((g) => g.mul(5));
    y.retain_grad();
    y.retain_grad();
    expect(y.retains_grad).to.equal(true);
    y.sum().backward();
    expect(gradOf(y)).to.deep.equal([5, 5, 5]);
    const z = x.mul(2);
    z.sum().backward();
    expect(z.grad).to.equal(null);
  });

  it('does nothing for a leaf and refuses what requires no gradient', () => {
    const x = x3();
    x.retain_grad();
    expect(x.retains_grad).to.equal(false);
    refuses('retain_grad', () => {
      torch.ones(2).retain_grad();
    });
  });
});
