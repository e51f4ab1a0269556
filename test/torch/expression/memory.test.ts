import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { py } from './support.js';

const live = (): number => torch.memory().tensors;

/** Runs `body` and asserts how many tensors it left. */
function leaves(count: number, body: () => void): void {
  const before = live();
  body();
  expect(live() - before).to.equal(count);
}

describe('torch/expression: what an expression frees', () => {
  let x: torch.Tensor;
  let w: torch.Tensor;
  beforeEach(() => {
    x = torch.tensor([
      [1, 2],
      [3, 4],
    ]);
    w = torch
      .tensor([
        [0.5, 1],
        [1.5, 2],
      ])
      .requires_grad_();
  });
  afterEach(() => {
    x.dispose();
    w.dispose();
  });

  it('keeps the result and nothing else', () => {
    leaves(1, () => void py`((${x} @ ${w} + 1)**2).mean()`);
    leaves(1, () => void py`torch.where(${x}==1, 1-${x}, ${x}).mean()`);
    leaves(1, () => void py`(${x} * 2)[0, 1:].exp().view(-1)`);
    leaves(1, () => void py`-${x}.T.mT.data`);
    leaves(0, () => void py`((${x} * 2).sum() + 1).item()`);
    leaves(0, () => void py`(${x} * 2).shape`);
    leaves(0, () => void py`len(${x} * 2)`);
    leaves(0, () => void py`(${x} * 2).tolist()`);
  });

  it('frees an intermediate before the next operation ends', () => {
    const big = torch.ones(1 << 18);
    torch.resetPeakMemory();
    const before = torch.memory().bytes;
    const result = py`((((((${big} + 1) * 2) - 3) / 4) + 5) * 6) - 7`;
    // Two at most: what an operation reads, and what it makes.
    expect(torch.memory().peakBytes - before).to.be.at.most(2.5 * big.nbytes);
    expect(torch.memory().bytes - before).to.equal(big.nbytes);
    result.dispose();
    big.dispose();
  });

  it('frees all of several intermediates that wait for each other, also after an error', () => {
    leaves(1, () => void py`(${x} * 1 + ${x} * 2.) * (-(${x} * 3) - (${x} + 4) / (${x} + 5))`);
    leaves(0, () => {
      const bad = torch.ones(5);
      expect(() => py`(${x} * 1 + ${x} * 2) * ((${x} + 3) + (${bad} * 2))`).to.throw(/size/);
      bad.dispose();
    });
  });

  it('stays level over many runs', () => {
    leaves(0, () => {
      for (let i = 0; i < 2000; i++) py`(${x} @ ${w} + ${x}).sigmoid()[0].sum()`.dispose();
    });
  });

  it('leaves the graph able to run backward', () => {
    leaves(0, () => {
      const loss = py`((${x} @ ${w}).sigmoid() - ${x}).pow(2).mean()`;
      loss.backward();
      loss.dispose();
      const gradient = w.grad!;
      expect(gradient.shape.equals([2, 2])).to.equal(true);
      gradient.dispose();
      w.grad = null;
    });
    leaves(0, () => {
      expect(py`((${x} @ ${w})**2).sum().backward()`).to.equal(null);
      w.grad = null;
    });
  });

  it('keeps each tensor of a sequence', () => {
    leaves(2, () => {
      const pair = py<torch.Tensor[]>`(${x} * 2, [${x} + 1][0])`;
      expect(pair.map((t) => t.is_disposed)).to.deep.equal([false, false]);
    });
    leaves(2, () => {
      const { values, indices } = py<{ values: torch.Tensor; indices: torch.Tensor }>`(${x} * 2).max(1)`;
      expect([values.tolist(), indices.tolist()]).to.deep.equal([
        [4, 8],
        [1, 1],
      ]);
    });
    leaves(1, () => void py`(${x} * 2).max(1).values`);
    leaves(1, () => void py`${x}.unbind(0)[1] + 1`);
    leaves(1, () => void py`torch.cat([${x} * 2, ${x}, ${x}.T])`);
    leaves(1, () => void py`sum([${x} * 2, ${x}])`);
    leaves(1, () => void py`max(${x}.sum(), ${x}.mean())`);
    leaves(1, () => void py`[${x} * 2, ${x} * 3][1]`);
  });

  it('knows an operation that returns its own receiver', () => {
    leaves(0, () => {
      expect(py`${x}.add_(1).mul_(2)`).to.equal(x);
      expect(py`torch.add(${x}, 1, out=${x})`).to.equal(x);
      expect(x.is_disposed).to.equal(false);
    });
    leaves(1, () => {
      const result = py`(${x} * 2).add_(1).mul_(${x} + 1)`;
      expect(result.is_disposed).to.equal(false);
    });
  });

  it('never frees a hole', () => {
    leaves(1, () => void py`${x} + ${x}`);
    leaves(0, () => expect(py`${x}`).to.equal(x));
    leaves(0, () => expect(py`${x} if True else ${w} * 2`).to.equal(x));
    leaves(0, () => expect(py<torch.Tensor[]>`[${x}, ${x}]`).to.deep.equal([x, x]));
    leaves(0, () => expect(py`${[x, w]}[0]`).to.equal(x));
    leaves(1, () => void py`torch.cat(${[x, x]}) * 2`);
    leaves(1, () => void py`torch.cat([*${[x, x]}]) * 2`);
    expect([x.is_disposed, w.is_disposed]).to.deep.equal([false, false]);
  });

  it('frees the values of tests, whichever way they go', () => {
    const s = torch.tensor(2);
    leaves(0, () => void py`1 if ${s} * 2 > 3 else 0`);
    leaves(0, () => void py`not ${s} * 0`);
    leaves(0, () => void py`${s} * 0 and ${s} * 2 or 7`);
    leaves(1, () => expect(py`${s} * 0 or ${s} * 3`.item()).to.equal(6));
    leaves(1, () => expect(py`${s} * 0 and ${s} * 3`.item()).to.equal(0));
    leaves(1, () => void py`1 < ${s} * 2 < 3`);
    leaves(1, () => void py`5 < ${s} * 2 < ${s} * 9 < 100`);
    leaves(0, () => void py`2 in ${x} * 2`);
    leaves(0, () => void py`any([${s} * 0, ${s} * 2])`);
    leaves(0, () => void py`${x}[:, 0 if ${s} * 1 > 1 else 1].tolist()`);
    leaves(1, () => void py`${x}[:${s}.long() - 1]`);
    s.dispose();
  });

  it('frees everything when an operation fails', () => {
    const fails = (body: () => unknown): void => leaves(0, () => expect(body).to.throw());
    fails(() => py`(${x} * 2) @ (${x} + 1)[0, :1]`);
    fails(() => py`(${x} * 2).sigmoyd()`);
    fails(() => py`torch.cat([${x} * 2, ${x} + 1, 'a'])`);
    fails(() => py`(${x} * 2, ${x} + 1, undefined)`);
    fails(() => py`(${x} * 2) if ${x} > 1 else 0`);
    fails(() => py`1 < ${x} * 2 < 3`);
    fails(() => py`(${x} * 2)[7]`);
    fails(() => py`(${x} * 2)[${x}.long() + 1, 9]`);
    fails(() => py`sum([${x} * 2, ${x} + 1, 'a'])`);
    fails(() => py`max([${x} * 2, ${x} + 1])`);
    fails(() => py`1 // 0 + (${x} * 2)`);
    fails(() => py`(${x} * 2) + 1 // 0`);
    fails(() => py`1 / ${x} + [1]`);
    fails(() => py`${x}[0] = 'a'`);
    fails(() => py`${x}[0] -= ${x} * torch.ones(5)`);
    fails(() => py`${w} -= ${w} * 2`);
    fails(() => py`${x}.data -= (${x} * 2)[:, :0, 1]`);
  });

  it('frees what an assignment makes', () => {
    leaves(0, () => {
      py`${x} -= 0.5 * (${x} + 1)`;
      py`${x}[0] *= ${x}[1] + 1`;
      py`${x}[${x} > 2] = 0`;
      py`${w}.data -= 0.1 * ${w}.data`;
      torch.no_grad(() => py`${w} -= 0.1 * ${w}`);
      torch.no_grad(() => py`${w}[0] += ${x}[0] * 2`);
    });
    // The gradient lives on in libtorch; no handle to it is left here.
    leaves(0, () => py`${w}.grad = ${x} * 2`);
    expect(py<torch.Tensor>`${w}.grad`.tolist()).to.deep.equal(py<torch.Tensor>`${x} * 2`.tolist());
    leaves(0, () => py`${w}.grad *= 2`);
    leaves(1, () => void py`${w}.grad.zero_()`);
    leaves(0, () => py`${w}.grad = None`);
    expect(w.grad).to.equal(null);
  });

  it('leaves to a function of yours what it is given and what it returns', () => {
    const kept: torch.Tensor[] = [];
    const cached = torch.ones(2);
    const keep = (t: torch.Tensor): torch.Tensor => {
      kept.push(t);
      return cached;
    };
    leaves(2, () => {
      const result = py`${keep}(${x} * 2) * 3`;
      expect(result.tolist()).to.deep.equal([3, 3]);
    });
    expect([kept[0]!.is_disposed, cached.is_disposed]).to.deep.equal([false, false]);
    const owner = { weight: torch.ones(2), bias: (): torch.Tensor => cached };
    leaves(1, () => void py`${owner}.weight * ${owner}.bias()`);
    expect([owner.weight.is_disposed, cached.is_disposed]).to.deep.equal([false, false]);
    const holder: { last: torch.Tensor | null } = { last: null };
    leaves(1, () => py`${holder}.last = ${x} * 2`);
    expect(holder.last!.is_disposed).to.equal(false);
    const list: unknown[] = [0];
    leaves(1, () => py`${list}[0] = ${x} * 2`);
    expect((list[0] as torch.Tensor).is_disposed).to.equal(false);
    for (const t of [...kept, cached, owner.weight, holder.last!, list[0] as torch.Tensor]) t.dispose();
  });

  it('leaves the arguments to an object of torch that may keep them', () => {
    const hook = py<{ remove(): void }>`(${w} * 2).register_hook(${() => undefined})`;
    hook.remove();
    const array = py<Float32Array>`(${x} * 2).numpy()`;
    expect([...array]).to.deep.equal([2, 4, 6, 8]);
  });

  it('works inside a scope', () => {
    leaves(1, () => void torch.tidy(() => py`(${x} * 2) @ ${x} + 1`));
    leaves(0, () => torch.tidy(() => void py`(${x} * 2) @ ${x} + 1`));
  });
});
