/** py`...` against the same chain of calls, intermediate results freed in both. */
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import type { Benchmark, Work } from '../harness/benchmark.js';
import { numbers } from '../harness/check.js';

function inputs(): Record<'x' | 'w' | 'b', Tensor> {
  torch.manual_seed(0);
  return { x: torch.randn([64, 32]), w: torch.randn([32, 8]), b: torch.randn([8]) };
}

function expression(): Work {
  const { x, w, b } = inputs();
  const { py } = torch;
  const once = (): Tensor => py`((${x} @ ${w} + ${b}) * 2 - 1).mean()`;
  return {
    run(count) {
      for (let i = 0; i < count; ++i) once().dispose();
    },
    check: () => numbers(once()),
  };
}

function chain(): Work {
  const { x, w, b } = inputs();
  const once = (): Tensor => torch.tidy(() => x.matmul(w).add(b).mul(2).sub(1).mean());
  return {
    run(count) {
      for (let i = 0; i < count; ++i) once().dispose();
    },
    check: () => numbers(once()),
  };
}

export const benchmarks: Benchmark[] = [
  {
    name: 'py',
    what: '`` py`...` `` with five operators, against the same chain of calls in `tidy`',
    goals: { reference: 1.0 },
    ...{ count: 2000, rounds: 15, python: false, tolerance: 1e-6 },
    prepare: expression,
    reference: chain,
    referenceName: 'chain of calls',
  },
];
