import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { constants, PerformanceObserver } from 'node:perf_hooks';

import * as torch from '../../ts/torch/index.js';

describe('handles and memory that serve again', () => {
  it('keeps a disposed tensor disposed when its handle serves another', () => {
    const first = torch.ones(3);
    const other = first;
    first.dispose();
    const second = torch.full([3], 2);
    expect(other.is_disposed).to.equal(true);
    expect(() => other.add(1)).to.throw(torch.TorchError, /disposed/);
    first.dispose();
    expect(second.tolist()).to.deep.equal([2, 2, 2]);
  });

  it('lets scopes tell the tensors of one handle apart', () => {
    let kept: torch.Tensor | undefined;
    torch.tidy(() => {
      torch.ones(2).dispose();
      torch.tidy(() => {
        kept = torch.keep(torch.full([2], 5));
      });
      kept = torch.keep(kept!);
    });
    expect(kept!.tolist()).to.deep.equal([5, 5]);
    const result = torch.tidy(() => {
      for (let i = 0; i < 5; ++i) torch.ones(2).dispose();
      const left = torch.full([2], 7);
      return left.add(1);
    });
    expect(result.tolist()).to.deep.equal([8, 8]);
    const before = torch.memory().tensors;
    torch.tidy(() => {
      for (let i = 0; i < 100; ++i) {
        const t = torch.ones(2);
        if (i % 2) t.dispose();
      }
    });
    expect(torch.memory().tensors).to.equal(before);
  });

  it('hands out handles anew after the collector has taken idle ones', () => {
    for (let round = 0; round < 3; ++round) {
      const many = Array.from({ length: 3000 }, (_, i) => torch.full([1], i));
      for (const t of many) t.dispose();
      torch.memory({ collect: true });
      const again = Array.from({ length: 3000 }, (_, i) => torch.full([1], i));
      expect(again.every((t, i) => t.item() === i)).to.equal(true);
      for (const t of again) t.dispose();
    }
  });

  it('gives fresh contents and alignment whatever a block held before', () => {
    for (const size of [1, 15, 16, 17, 1000, 65_537, 1_100_000, 5_000_000]) {
      const a = torch.full([size], 3);
      expect(a.data_ptr() % 64n).to.equal(0n);
      a.dispose();
      const b = torch.zeros([size]);
      expect(b.sum().item()).to.equal(0);
      b.dispose();
    }
  });

  it('works without the kept blocks', () => {
    const program = `const torch = await import(${JSON.stringify(
      new URL('../../ts/torch/index.ts', import.meta.url).href,
    )});
      let total = 0;
      for (let i = 0; i < 100; ++i) { const t = torch.full([1000], i); total += t.sum().item(); t.dispose(); }
      console.log(total);`;
    const run = (setting: string): string =>
      execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
        encoding: 'utf8',
        cwd: path.join(import.meta.dirname, '../..'),
        env: { ...process.env, LIBTORCH_NODE_BLOCK_CACHE: setting },
      }).trim();
    expect(run('0')).to.equal(run('1')).and.to.equal('4950000');
  });

  it('starts no collection where as much is disposed of as comes alive', async () => {
    const large = (): torch.Tensor[] => Array.from({ length: 3 }, () => torch.zeros(10 << 20));
    torch.memory({ collect: true });
    const kinds: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        kinds.push((entry as unknown as { detail: { kind: number } }).detail.kind);
    });
    observer.observe({ entryTypes: ['gc'] });
    for (let i = 0; i < 20; ++i) {
      for (const tensor of large()) tensor.dispose();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    observer.disconnect();
    // Were each 120 MB a growth to V8, there would be twenty.
    expect(kinds.filter((kind) => kind === constants.NODE_PERFORMANCE_GC_MAJOR).length).to.be.at.most(10);
  });
});
