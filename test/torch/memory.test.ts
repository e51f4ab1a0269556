import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import { live } from '../support/live.js';
import { message, rejected, thrown } from '../support/thrown.js';

const { tidy, keep, memory } = torch;
const KB = 1024;
/** A tensor of this many kilobytes. */
const kilobytes = (count: number): Tensor => torch.zeros(count * 256);

describe('tidy', () => {
  it('frees what was made inside, and lets the result live', () => {
    const before = memory().tensors;
    const inside: Tensor[] = [];
    const result = tidy(() => {
      const a = torch.ones(3);
      const b = a.add(1);
      inside.push(a, b);
      return b.mul(2);
    });
    expect(inside.map((t) => t.is_disposed)).to.deep.equal([true, true]);
    expect([result.tolist(), memory().tensors - before]).to.deep.equal([[4, 4, 4], 1]);
    expect(message(() => inside[0]!.add(1))).to.equal('add(): this Tensor has been disposed of');
    result.dispose();
  });

  it('does not touch what was made before', () => {
    const a = torch.ones(2);
    tidy(() => {
      a.add(1);
      expect(a.add_(1)).to.equal(a);
    });
    expect(a.tolist()).to.deep.equal([2, 2]);
  });

  it('finds tensors in arrays, objects, maps, sets, named tuples, and on functions', () => {
    const before = live();
    const t = (): Tensor => torch.ones(1);
    const loop: Record<string, unknown> = { tensor: t() };
    const result = tidy(() => {
      const callable = Object.assign(() => 1, { weight: t() });
      const cyclic: Record<string, unknown> = { own: t() };
      cyclic['self'] = cyclic;
      return {
        list: [t(), [t(), { deep: t() }]],
        map: new Map([['a', t()]]),
        set: new Set([t()]),
        tuple: torch.tensor([[1, 2]]).max({ dim: 1 }),
        callable,
        cyclic,
        numbers: new Float32Array(3),
        nothing: null,
      };
    });
    expect(live() - before, 'the results and `loop`').to.equal(1 + 3 + 1 + 1 + 2 + 1 + 1);
    expect(result.tuple.values.tolist()).to.deep.equal([2]);
    expect(result.callable.weight.item()).to.equal(1);
    expect((result.cyclic['own'] as Tensor).item()).to.equal(1);
    expect((loop['tensor'] as Tensor).item()).to.equal(1);
  });

  it('nests: a result belongs to the scope around', () => {
    let inner: Tensor | undefined;
    const outer = tidy(() => {
      inner = tidy(() => torch.ones(2).add(1));
      expect(inner.tolist()).to.deep.equal([2, 2]);
      return inner.mul(10);
    });
    expect([inner!.is_disposed, outer.tolist()]).to.deep.equal([true, [20, 20]]);
  });

  it('lets a tensor out with keep()', () => {
    let kept: Tensor | undefined;
    expect(tidy(() => void (kept = keep(torch.ones(1))))).to.equal(undefined);
    expect(kept!.is_disposed).to.equal(false);
    let inner: Tensor | undefined;
    tidy(() => {
      tidy(() => void (inner = keep(torch.ones(1))));
      expect(inner!.is_disposed, 'out of the inner scope, into the outer').to.equal(false);
    });
    expect(inner!.is_disposed).to.equal(true);
    expect(keep(kept!), 'outside of any scope it does nothing').to.equal(kept);
  });

  it('frees everything when the function throws', () => {
    const error = new Error('inside');
    const before = live();
    let made: Tensor | undefined;
    expect(
      thrown(() =>
        tidy(() => {
          made = torch.ones(4);
          throw error;
        }),
      ),
    ).to.equal(error);
    expect([made!.is_disposed, live() - before]).to.deep.equal([true, 0]);
  });

  it('keeps the memory of a view that is the result, and of a graph', () => {
    const view = tidy(() => torch.arange(6).view(2, 3).at(1));
    expect(view.tolist()).to.deep.equal([3, 4, 5]);
    const x = torch.ones(2, { requires_grad: true });
    const loss = tidy(() => x.exp().mul(x.exp()).sum());
    loss.backward();
    expect(x.grad!.mul(1e4).round().tolist()).to.deep.equal([147781, 147781]);
  });

  it('bears tensors that were disposed of inside', () => {
    tidy(() => {
      const a = torch.ones(1);
      a.dispose();
      a.dispose();
      using b = torch.ones(1);
      return [b.item()];
    });
    const result = tidy(() => {
      const gone = torch.ones(1);
      gone.dispose();
      return gone;
    });
    expect(result.is_disposed).to.equal(true);
  });

  it('takes an asynchronous function, and frees only what that made', async () => {
    const before = live();
    const inside: Tensor[] = [];
    const promise = tidy(async () => {
      inside.push(torch.ones(1));
      await turn();
      inside.push(torch.ones(2));
      await turn();
      return torch.full([1], 7);
    });
    const outside = torch.ones(3);
    await turn();
    const later = torch.ones(3);
    const result = await promise;
    expect(inside.map((t) => t.is_disposed)).to.deep.equal([true, true]);
    expect([outside.is_disposed, later.is_disposed, result.item()]).to.deep.equal([false, false, 7]);
    expect(live() - before).to.equal(3);
    void [outside, later, result];
  });

  it('keeps two asynchronous scopes apart', async () => {
    const made: Record<string, Tensor[]> = { a: [], b: [] };
    const run = (name: string, turns: number): Promise<Tensor> =>
      tidy(async () => {
        for (let i = 0; i < turns; ++i) {
          made[name]!.push(torch.ones(1));
          await turn();
        }
        return torch.full([1], turns);
      });
    const [slow, quick] = [run('a', 4), run('b', 2)];
    expect((await quick).item()).to.equal(2);
    expect([made['a']![0]!.is_disposed, made['b']!.every((t) => t.is_disposed)]).to.deep.equal([false, true]);
    expect((await slow).item()).to.equal(4);
    expect(made['a']!.every((t) => t.is_disposed)).to.equal(true);
  });

  it('frees everything when the promise is rejected', async () => {
    const error = new Error('later');
    let made: Tensor | undefined;
    const failing = tidy(async () => {
      await turn();
      made = torch.ones(1);
      throw error;
    });
    expect(await rejected(failing)).to.equal(error);
    expect(made!.is_disposed).to.equal(true);
  });
});

describe('dispose and using', () => {
  it('frees at once, twice is harmless, and views live on', () => {
    const before = memory().bytes;
    const a = kilobytes(4);
    const view = a.at(':4');
    expect(memory().bytes - before).to.equal(4 * KB);
    a.dispose();
    a.dispose();
    expect([a.is_disposed, String(a), view.tolist()]).to.deep.equal([
      true,
      'tensor(<disposed>)',
      [0, 0, 0, 0],
    ]);
    expect(memory().bytes - before, 'the view holds the storage').to.equal(4 * KB);
    view[Symbol.dispose]();
    expect(memory().bytes - before).to.equal(0);
    for (const use of [
      () => a.shape,
      () => a.item(),
      () => torch.add(a, 1),
      () => view.add(a),
      () => a.tolist(),
      () => torch.cat([a]),
    ])
      expect(message(use)).to.match(/disposed of/);
  });

  it('`using` frees at the end of the block, an exception included', () => {
    let seen: Tensor | undefined;
    thrown(() => {
      using t = torch.ones(2);
      seen = t;
      throw new Error('inside');
    });
    expect(seen!.is_disposed).to.equal(true);
  });

  it('lets the graph keep what it needs', () => {
    const x = torch.ones(2, { requires_grad: true });
    const y = x.exp();
    const z = y.mul(y);
    y.dispose();
    z.sum().backward();
    expect(x.grad!.tolist()[0 as never]).to.be.closeTo(2 * Math.E ** 2, 1e-5);
  });
});

describe('memory', () => {
  it('counts tensors, and a shared storage once', () => {
    const before = memory({ collect: true });
    const a = kilobytes(8);
    const views = [a.view(2, -1), a.at('1:'), a.detach(), a.data];
    const after = memory();
    expect([after.tensors - before.tensors, after.bytes - before.bytes]).to.deep.equal([5, 8 * KB]);
    expect(after.devices['cpu']).to.include({ tensors: after.tensors, bytes: after.bytes });
    [a, ...views].forEach((t) => {
      t.dispose();
    });
    expect(memory()).to.include({ tensors: before.tensors, bytes: before.bytes });
  });

  it('counts the bytes that a tensor really holds', () => {
    const bytesOf = (make: () => Tensor): number => {
      const before = memory().bytes;
      using _ = make();
      return memory().bytes - before;
    };
    expect(bytesOf(() => torch.ones(3, { dtype: torch.float64 }))).to.equal(24);
    expect(bytesOf(() => torch.ones(2, { dtype: torch.complex64 }))).to.equal(16);
    expect(bytesOf(() => torch.ones(1).expand(1000))).to.equal(4);
    expect(bytesOf(() => torch.ones(0))).to.equal(0);
    expect(
      bytesOf(() => torch.zeros(1 << 20, { device: 'meta' })),
      'meta tensors hold nothing',
    ).to.equal(0);
    expect(bytesOf(() => torch.from_numpy(new Float32Array(5)))).to.equal(20);
  });

  it('remembers the peak until it is reset', () => {
    memory({ collect: true });
    torch.resetPeakMemory();
    const base = memory();
    expect(base.peakBytes).to.equal(base.bytes);
    tidy(() => void [kilobytes(64), kilobytes(32)]);
    expect([memory().bytes - base.bytes, memory().peakBytes - base.bytes]).to.deep.equal([0, 96 * KB]);
    torch.resetPeakMemory();
    expect(memory().peakBytes).to.equal(memory().bytes);
  });

  it('frees garbage during a synchronous loop by itself', () => {
    const step = kilobytes(1024);
    const threads = torch.get_num_threads();
    torch.set_num_threads(1);
    torch.resetPeakMemory();
    const base = memory({ collect: true }).bytes;
    for (let i = 0; i < 600; ++i) step.add(i);
    torch.set_num_threads(threads);
    // 600 MB were made; the sweep starts when 64 MB have come alive.
    expect(memory().peakBytes - base).to.be.below(320 * KB * KB);
  });

  it('collects on request', () => {
    const before = live();
    (() => {
      for (let i = 0; i < 50; ++i) kilobytes(1);
    })();
    torch.releaseMemory();
    expect(memory().tensors).to.equal(before);
  });

  it('is a typed error to ask for more than there is, and the next call works', () => {
    const before = live();
    const error = thrown(() => torch.empty(2 ** 50)) as torch.OutOfMemoryError;
    expect(error).to.be.instanceOf(torch.OutOfMemoryError);
    expect([error.code, error.op]).to.deep.equal(['ERR_TORCH_OUT_OF_MEMORY', 'empty']);
    expect(error.message)
      .to.match(/4503599627370496 bytes/)
      .and.not.match(/\n.*0x/);
    expect(tidy(() => torch.ones(2).sum().item())).to.equal(2);
    expect(live() - before).to.equal(0);
  });
});
