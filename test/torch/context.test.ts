// What the modes have in common; their own tests are in autograd/grad_mode.test.ts and memory.test.ts.
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { calledBack, change, context, enter, within, type Context } from '../../ts/torch/context.js';
import { native } from '../../ts/native.js';

const plain: Context = { grad: true, inference: false, scope: null };
const said = (): boolean[] => [context().grad, context().inference];
/** What libtorch is set to on this thread, whatever we believe. */
const set = (): boolean[] => native.modes();

describe('context', () => {
  afterEach(() => {
    expect(context()).to.deep.equal(plain);
    expect(set()).to.deep.equal([true, false]);
  });

  it('is what within() changes, for one function', () => {
    const seen = within({ grad: false }, () => [said(), set(), within({ inference: true }, said), said()]);
    expect(seen).to.deep.equal([
      [false, false],
      [false, false],
      [false, true],
      [false, false],
    ]);
  });

  it('tells `finish` the result before the change ends, once', () => {
    const calls: unknown[] = [];
    within(
      { grad: false },
      () => 5,
      (result, failed) => calls.push([result, failed]),
    );
    expect(() =>
      within(
        { grad: false },
        () => {
          throw new Error('x');
        },
        (result, failed) => calls.push([result, failed]),
      ),
    ).to.throw('x');
    expect(calls).to.deep.equal([
      [5, false],
      [undefined, true],
    ]);
  });

  it('is what enter() changes, until it is disposed of', () => {
    const guard = enter({ grad: false });
    expect([said(), set()]).to.deep.equal([
      [false, false],
      [false, false],
    ]);
    guard[Symbol.dispose]();
    expect(said()).to.deep.equal([true, false]);
  });

  it('follows each of many tasks', async () => {
    const task = async (grad: boolean, inference: boolean): Promise<boolean> =>
      within({ grad, inference }, async () => {
        for (let i = 0; i < 10; ++i) {
          if (String(said()) !== String([grad, inference]) || String(set()) !== String([grad, inference]))
            return false;
          await turn();
        }
        return true;
      });
    const modes = [
      [true, false],
      [false, false],
      [false, true],
      [true, true],
    ] as const;
    const all = await Promise.all([...modes, ...modes].map(([grad, inference]) => task(grad, inference)));
    expect(all).to.deep.equal(Array(8).fill(true));
  });

  it('change() ends with the stretch around it', async () => {
    await within({}, async () => {
      change({ grad: false });
      await turn();
      expect(said()).to.deep.equal([false, false]);
      within({ inference: true }, () => {
        change({ inference: false });
        expect(said()).to.deep.equal([false, false]);
      });
    });
    within({}, () => {
      change({ grad: false });
    });
  });

  it('calledBack() takes the mode that libtorch is in, and forgets what happens inside', () => {
    native.setModes(false, false);
    const seen = calledBack(() => {
      const before = said();
      change({ grad: true });
      return [before, said(), set()];
    });
    // libtorch's own guard around the call would do this.
    native.setModes(true, false);
    expect(seen).to.deep.equal([
      [false, false],
      [true, false],
      [true, false],
    ]);
  });
});
