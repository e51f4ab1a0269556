/** Single operators on tiny tensors: what a call costs. */
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import type { Benchmark, Work } from '../harness/benchmark.js';
import { numbers } from '../harness/check.js';

function tiny(): { a: Tensor; b: Tensor } {
  torch.manual_seed(0);
  return { a: torch.randn([2, 2]), b: torch.randn([2, 2]) };
}

/** One that gives a tensor, which is freed as Python frees it. */
function freed(call: (a: Tensor, b: Tensor) => Tensor): Work {
  const { a, b } = tiny();
  return {
    run(count) {
      for (let i = 0; i < count; ++i) call(a, b).dispose();
    },
    check: () => numbers(call(a, b)),
  };
}

const count = 20_000;
const rounds = 15;

function graph(): Work {
  const { a, b } = tiny();
  a.requires_grad_();
  const step = (): void => {
    a.grad = null;
    const product = a.mul(b);
    const sum = product.add(b);
    const loss = sum.sum();
    loss.backward();
    loss.dispose();
    sum.dispose();
    product.dispose();
  };
  return {
    run(times) {
      for (let i = 0; i < times; ++i) step();
    },
    check() {
      step();
      return numbers(a.grad!);
    },
  };
}

export const benchmarks: Benchmark[] = [
  {
    name: 'add',
    what: '`a.add(b)`, 2x2, result freed',
    goals: { python: 0.8, cpp: 1.4 },
    ...{ count, rounds, cpp: true },
    prepare: () => freed((a, b) => a.add(b)),
  },
  {
    name: 'matmul',
    what: '`a.matmul(b)`, 2x2, result freed',
    goals: { python: 0.8, cpp: 1.4 },
    ...{ count, rounds, cpp: true },
    prepare: () => freed((a, b) => a.matmul(b)),
  },
  {
    name: 'add_',
    what: '`a.add_(b)`',
    goals: { python: 0.8 },
    ...{ count, rounds, cpp: true },
    prepare() {
      const { a, b } = tiny();
      return {
        run(times) {
          for (let i = 0; i < times; ++i) a.add_(b);
        },
        check: () => numbers(torch.ones([2, 2]).add_(b)),
      };
    },
  },
  {
    name: 'item',
    what: '`a.item()`',
    goals: { python: 0.8 },
    ...{ count: 100_000, rounds, cpp: true },
    prepare() {
      const sum = tiny().a.sum();
      let last = 0;
      return {
        run(times) {
          for (let i = 0; i < times; ++i) last = sum.item();
        },
        check: () => [last],
      };
    },
  },
  {
    name: 'view',
    what: '`a.view(4, 1)`, result freed',
    goals: { python: 0.8 },
    ...{ count, rounds, cpp: true },
    prepare: () => freed((a) => a.view(4, 1)),
  },
  {
    name: 'add-number',
    what: '`a.add(1)`, result freed',
    goals: {},
    ...{ count, rounds, cpp: true },
    prepare: () => freed((a) => a.add(1)),
  },
  {
    name: 'add-dropped',
    what: '`a.add(b)`, result left to the garbage collector',
    goals: {},
    ...{ count, rounds, cpp: true },
    prepare() {
      const { a, b } = tiny();
      return {
        run(times) {
          for (let i = 0; i < times; ++i) a.add(b);
        },
        check: () => numbers(a.add(b)),
      };
    },
  },
  {
    name: 'graph',
    what: 'forward and backward of a graph of 3 operators',
    goals: { python: 0.9, cpp: 1.3 },
    ...{ count: 2000, rounds, cpp: true },
    prepare: graph,
  },
];
