import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { rejected, thrown } from '../../support/thrown.js';
import { refuses } from './fixture.js';

const x = torch.ones(3, { requires_grad: true });
/** Asked of libtorch itself, not of our own bookkeeping. */
const records = (): boolean => x.mul(2).requires_grad;
/** [what is said, what is so] */
const state = (): [boolean, boolean] => [torch.is_grad_enabled(), records()];
const [on, off] = [
  [true, true],
  [false, false],
];

describe('no_grad, enable_grad, set_grad_enabled', () => {
  afterEach(() => {
    expect(state(), 'a test must leave the mode as it was').to.deep.equal(on);
  });

  it('hold for a function, nested, and give its result', () => {
    expect(state()).to.deep.equal(on);
    const seen = torch.no_grad(() => {
      const inside = [state()];
      inside.push(torch.enable_grad(() => [...state()]));
      inside.push(torch.set_grad_enabled(true, state));
      inside.push(state());
      return inside;
    });
    expect(seen).to.deep.equal([off, on, on, off]);
  });

  it('end with an exception', () => {
    const error = new Error('inside');
    expect(
      thrown(() =>
        torch.no_grad(() => {
          throw error;
        }),
      ),
    ).to.equal(error);
  });

  it('hold for the rest of a block with `using`, nested and out of order', () => {
    {
      using _ = torch.no_grad();
      expect(state()).to.deep.equal(off);
      {
        using _inner = torch.enable_grad();
        expect(state()).to.deep.equal(on);
      }
      expect(state()).to.deep.equal(off);
    }
    expect(state()).to.deep.equal(on);
    const guard = torch.no_grad();
    guard[Symbol.dispose]();
    guard[Symbol.dispose]();
  });

  it('mix: `using` inside a function, functions inside `using`', () => {
    const seen: unknown[] = [];
    torch.no_grad(() => {
      {
        using _ = torch.enable_grad();
        seen.push(state(), torch.no_grad(state), state());
      }
      seen.push(state());
    });
    expect(seen).to.deep.equal([on, off, on, off]);
  });

  it('as a statement: until the end of the stretch, or for good', () => {
    torch.no_grad(() => {
      torch.set_grad_enabled(true);
      expect(state()).to.deep.equal(on);
    });
    expect(state()).to.deep.equal(on);
    torch.set_grad_enabled(false);
    expect(state()).to.deep.equal(off);
    torch.set_grad_enabled(true);
    {
      using _ = torch.set_grad_enabled(false);
      expect(state()).to.deep.equal(off);
    }
  });

  it('leave leaves alone: factories may still require gradients', () => {
    torch.no_grad(() => {
      expect(torch.ones(1, { requires_grad: true }).requires_grad).to.equal(true);
    });
  });
});

describe('modes of asynchronous functions', () => {
  afterEach(() => {
    expect(state(), 'a test must leave the mode as it was').to.deep.equal(on);
  });

  it('hold until the promise settles, and not for the caller', async () => {
    const seen: unknown[] = [];
    const promise = torch.no_grad(async () => {
      seen.push(state());
      await turn();
      seen.push(state());
      return 'result';
    });
    seen.push(state());
    expect(await promise).to.equal('result');
    seen.push(state());
    expect(seen).to.deep.equal([off, on, off, on]);
  });

  it('are not seen by other tasks that take turns', async () => {
    const seen: Record<string, unknown[]> = { quiet: [], recording: [], plain: [] };
    const task = (name: string) => async (): Promise<void> => {
      for (let i = 0; i < 5; ++i) {
        seen[name]!.push(state());
        await turn();
      }
    };
    await Promise.all([
      torch.no_grad(task('quiet')),
      torch.no_grad(() => torch.enable_grad(task('recording'))),
      task('plain')(),
    ]);
    expect(seen['quiet']).to.deep.equal(Array(5).fill(off));
    expect(seen['recording']).to.deep.equal(Array(5).fill(on));
    expect(seen['plain']).to.deep.equal(Array(5).fill(on));
  });

  it('end when the promise is rejected', async () => {
    const error = new Error('later');
    const failing = torch.no_grad(async () => {
      await turn();
      throw error;
    });
    expect(await rejected(failing)).to.equal(error);
  });

  it('nest over awaits', async () => {
    const seen: unknown[] = [];
    await torch.no_grad(async () => {
      await torch.enable_grad(async () => {
        await turn();
        seen.push(state(), torch.no_grad(state));
      });
      seen.push(state());
      await turn();
      {
        using _ = torch.enable_grad();
        seen.push(state());
      }
      seen.push(state());
      torch.set_grad_enabled(true);
      await turn();
      seen.push(state());
    });
    expect(seen).to.deep.equal([on, off, off, on, off, on]);
  });

  it('do not undo what the caller sets meanwhile', async () => {
    const promise = torch.no_grad(() => turn());
    torch.set_grad_enabled(false);
    await promise;
    expect(state()).to.deep.equal(off);
    torch.set_grad_enabled(true);
  });

  it('do not outlive their function in work that was left behind', async () => {
    let left: Promise<unknown> = Promise.resolve();
    await torch.no_grad(async () => {
      left = (async () => {
        await turn();
        await turn();
        return state();
      })();
      await Promise.resolve();
    });
    // Another stretch is open, so that the store is asked.
    const other = torch.no_grad(() => turn(20));
    expect(await left).to.deep.equal(on);
    await other;
  });

  it('see what was set with `using` around them', async () => {
    let promise: Promise<unknown>;
    {
      using _ = torch.no_grad();
      promise = torch.tidy(async () => {
        await turn();
        return state();
      });
    }
    expect(state()).to.deep.equal(on);
    expect(await promise).to.deep.equal(off);
    promise = torch.no_grad(() => {
      using _ = torch.enable_grad();
      return torch.tidy(async () => {
        await turn();
        return state();
      });
    });
    expect(await promise).to.deep.equal(on);
  });

  it('take any thenable', async () => {
    const thenable = {
      then: (done: (value: number) => void) =>
        void setTimeout(() => {
          done(7);
        }, 1),
    };
    expect(await torch.no_grad(() => thenable)).to.equal(7);
  });
});

describe('inference_mode', () => {
  it('makes tensors that autograd never sees', () => {
    const [made, inside] = torch.inference_mode(() => [
      torch.ones(2),
      [torch.is_inference_mode_enabled(), torch.is_grad_enabled(), records()],
    ]);
    expect(inside).to.deep.equal([true, false, false]);
    expect([made.is_inference(), made.requires_grad, torch.is_inference_mode_enabled()]).to.deep.equal([
      true,
      false,
      false,
    ]);
    refuses('inference_saved', () => torch.ones(2, { requires_grad: true }).mul(made));
    refuses('inference_in_place', () => made.add_(1));
    refuses('inference_requires_grad', () => made.requires_grad_());
    expect(made.clone().fill_(7).tolist(), 'a copy is an ordinary tensor').to.deep.equal([7, 7]);
    expect(state()).to.deep.equal(on);
  });

  it('has the forms (mode, fn), `using`, async, and can be left inside', async () => {
    expect(torch.inference_mode(false, state)).to.deep.equal(on);
    expect(torch.inference_mode(() => torch.inference_mode(false, state))).to.deep.equal(on);
    {
      using _ = torch.inference_mode();
      expect(torch.ones(1).is_inference()).to.equal(true);
      {
        using _inner = torch.inference_mode(false);
        expect(torch.ones(1).is_inference()).to.equal(false);
      }
      expect(torch.ones(1).is_inference()).to.equal(true);
    }
    const seen: unknown[] = [];
    const promise = torch.inference_mode(async () => {
      await turn();
      seen.push(torch.ones(1).is_inference());
    });
    seen.push(torch.ones(1).is_inference());
    await promise;
    seen.push(torch.ones(1).is_inference());
    expect(seen).to.deep.equal([false, true, false]);
    expect(state()).to.deep.equal(on);
  });
});
