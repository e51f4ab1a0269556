/** When a tensor's memory goes, and that it goes no earlier. */
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import { growth, live } from '../support/live.js';
import { message, thrown } from '../support/thrown.js';

const collect = globalThis.gc as () => void;
/** Lets finalizers run, and fills the heap with what would overwrite freed memory. */
async function pressure(): Promise<void> {
  for (let i = 0; i < 5; ++i) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
    for (let k = 0; k < 20; ++k) torch.full([1 << 14], 77).dispose();
  }
}

describe('dispose', () => {
  it('frees at once, and twice is harmless', () => {
    const before = live();
    const x = torch.ones([10]);
    expect(live()).to.equal(before + 1);
    x.dispose();
    expect(torch.memory().tensors).to.equal(before);
    x.dispose();
    x[Symbol.dispose]();
    expect(torch.memory().tensors).to.equal(before);
    expect(x.is_disposed).to.be.true;
  });

  it('makes every use an error, as receiver, as argument, in a list and as option', () => {
    const x = torch.ones([2]);
    const y = torch.ones([2]);
    x.dispose();
    for (const use of [
      () => x.add(1),
      () => x.shape,
      () => x.item(),
      () => x.grad,
      () => y.add(x),
      () => torch.cat([y, x]),
      () => torch.add(y, 1, { out: x }),
      () => y.backward(x),
      () => x.at(0),
      () => x.toTypedArray(),
      () => torch.tensor([x]),
    ])
      expect(thrown(use), String(use)).to.be.instanceOf(torch.TorchError);
    expect(message(() => y.add(x))).to.equal('add(): this Tensor has been disposed of');
  });

  it('leaves views, graphs and gradients what they need', () => {
    const x = torch.arange(6).float().requires_grad_();
    const square = x.mul(x);
    const view = square.detach().view([2, 3]);
    const sum = square.sum();
    square.dispose();
    sum.backward();
    expect(view.tolist()).to.deep.equal([
      [0, 1, 4],
      [9, 16, 25],
    ]);
    expect((x.grad as torch.Tensor).tolist()).to.deep.equal([0, 2, 4, 6, 8, 10]);
  });

  it('in a getter, while the call reads its arguments, cannot pull the tensor away', () => {
    const x = torch.ones([2, 3]);
    const made: torch.Tensor[] = [];
    const dims: number[] = [1, 0];
    Object.defineProperty(dims, 1, {
      get() {
        // Enough to move the table of handles.
        while (made.length < 3000) made.push(torch.ones([1]));
        x.dispose();
        return 0;
      },
    });
    expect(() => x.permute(dims)).to.not.throw(RangeError);
    expect(() => x.permute([1, 0])).to.throw(torch.TorchError, /disposed of/);
    for (const tensor of made) tensor.dispose();
  });
});

describe('memory shared with JavaScript', () => {
  it('an array keeps the memory of a tensor that is gone', async () => {
    const array = (() => {
      const x = torch.arange(50_000).float();
      const view = x.toTypedArray({ share: true });
      x.dispose();
      return view;
    })();
    await pressure();
    expect(array[49_999]).to.equal(49_999);
    expect(array.every((value, i) => value === i)).to.be.true;
  });

  it('a tensor keeps the memory of an array that is gone', async () => {
    const x = (() => torch.from_numpy(Float32Array.from({ length: 50_000 }, (_, i) => i)))();
    await pressure();
    expect(x.sum().item()).to.equal(torch.arange(50_000).float().sum().item());
    expect(x.at(49_999).item()).to.equal(49_999);
  });

  it('two arrays over one tensor: either may go first', async () => {
    const x = torch.zeros([1000]);
    const second = x.toTypedArray({ share: true }) as Float32Array;
    (() => {
      const first = x.toTypedArray({ share: true });
      second[3] = 5;
      expect(first[3]).to.equal(5);
    })();
    await pressure();
    expect(x.at(3).item()).to.equal(5);
    x.dispose();
    await pressure();
    expect(second[3]).to.equal(5);
  });

  it('writes are seen on both sides', () => {
    const array = new Float32Array([1, 2, 3]);
    const x = torch.from_numpy(array);
    x.add_(1);
    array[0] = 10;
    expect([...array]).to.deep.equal([10, 3, 4]);
    expect(x.tolist()).to.deep.equal([10, 3, 4]);
  });

  it('the buffer under a tensor cannot be transferred away', () => {
    const array = new Float32Array(100_000).fill(3);
    const x = torch.from_numpy(array);
    try {
      structuredClone(array.buffer, { transfer: [array.buffer] });
    } catch (error) {
      expect((error as Error).name).to.equal('DataCloneError');
    }
    expect(array.length).to.equal(100_000);
    expect(x.sum().item()).to.equal(300_000);
  });

  it('a buffer that may shrink, and one that other threads write, are refused', () => {
    const Resizable = ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer;
    const resizable = new Float32Array(new Resizable(16, { maxByteLength: 32 }));
    const shared = new Float32Array(new SharedArrayBuffer(16)).fill(2);
    expect(() => torch.from_numpy(resizable)).to.throw(torch.ArgumentError, /resizable/);
    expect(() => torch.from_numpy(shared)).to.throw(torch.ArgumentError, /SharedArrayBuffer/);
    expect(torch.tensor(shared).tolist()).to.deep.equal([2, 2, 2, 2]);
  });

  it('a view that its elements do not fit is refused, copied or not', () => {
    expect(() => torch.from_numpy(new DataView(new ArrayBuffer(8)))).to.throw(torch.ArgumentError, /no dtype/);
  });
});

describe('nothing is left behind', () => {
  const x = torch.ones([2, 3]);
  const y = torch.ones([4, 5]);

  it('by 1,000 calls that fail in libtorch', () => {
    expect(
      growth(() => {
        for (let i = 0; i < 1000; ++i) expect(() => x.add(y)).to.throw(torch.TorchError, /must match/);
      }),
    ).to.equal(0);
  });

  it('by 1,000 calls that no overload takes', () => {
    expect(
      growth(() => {
        for (let i = 0; i < 1000; ++i) expect(() => x.add('one' as never)).to.throw(torch.ArgumentError);
      }),
    ).to.equal(0);
  });

  it('by a factory whose result is refused afterwards', () => {
    expect(
      growth(() => {
        for (let i = 0; i < 100; ++i)
          expect(() => torch.zeros([3], { dtype: torch.int64, requires_grad: true })).to.throw(torch.TorchError);
      }),
    ).to.equal(0);
  });

  it('by hooks that throw', () => {
    const error = new Error('from the hook');
    // Out here, since closures of one function share what they see: next to `product` it would keep it alive.
    const hook = (): never => {
      throw error;
    };
    expect(
      growth(() => {
        for (let i = 0; i < 200; ++i) {
          const product = torch.ones([3]).requires_grad_().mul(2);
          product.register_hook(hook);
          expect(thrown(() => product.sum().backward())).to.equal(error);
        }
      }),
    ).to.equal(0);
  });

  it('by hooks and Functions whose graph nobody uses any more', () => {
    class Twice extends torch.autograd.Function {
      static override forward(ctx: torch.autograd.FunctionCtx, input: torch.Tensor): torch.Tensor {
        ctx.save_for_backward(input);
        return input.mul(2);
      }
      static override backward(_ctx: torch.autograd.FunctionCtx, gradient: torch.Tensor): torch.Tensor {
        return gradient.mul(2);
      }
    }
    const w = torch.ones([3]).requires_grad_();
    expect(
      growth(() => {
        for (let i = 0; i < 200; ++i) {
          w.mul(2).register_hook((gradient) => gradient.neg());
          const product = Twice.apply(w);
          if (i % 2) product.sum().backward();
        }
        w.grad = null;
      }),
    ).to.equal(0);
  });

  it('by a tidy that throws, or whose promise is rejected', async () => {
    const before = live();
    expect(() =>
      torch.tidy(() => {
        x.add(1);
        throw new Error('no');
      }),
    ).to.throw('no');
    await torch
      .tidy(async () => {
        x.add(1);
        await Promise.resolve();
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(torch.memory().tensors).to.equal(before);
  });
});

describe('lists without an end', () => {
  const holes = new Array<number>(2 ** 32 - 1);

  it('are refused at their first hole, and a list that holds itself is too', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    expect(() => torch.zeros(holes)).to.throw(torch.ArgumentError, /^zeros\(\): /);
    expect(() => torch.cat(holes as never)).to.throw(torch.ArgumentError, /^cat\(\): /);
    expect(() => torch.cat(cyclic as never)).to.throw(torch.ArgumentError, 'cat(): a list is nested too deeply');
  });
});
