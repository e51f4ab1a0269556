/** Training: the chapter's own loop, the Learner, a whole MNIST's worth of rows, a convolutional net, an optimizer. */
import { DataLoader as FastaiLoader } from '../../ts/fastai/data/load.js';
import '../../ts/fastai/callback/progress.js';
import { DataLoaders } from '../../ts/fastai/data/core.js';
import { Learner } from '../../ts/fastai/learner.js';
import { Pause } from '../../ts/fastai/learner/pause.js';
import { SGD } from '../../ts/fastai/optimizer/index.js';
import * as torch from '../../ts/torch/index.js';
import type { AnyModule } from '../../ts/torch/nn/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import { resnet18 } from '../../ts/torchvision/models/index.js';
import type { Benchmark, Work } from '../harness/benchmark.js';
import { digest } from '../harness/check.js';

const { nn, optim } = torch;
const { functional: F } = nn;
const { DataLoader, TensorDataset } = torch.utils.data;

/** As many rows as MNIST_SAMPLE has, of random numbers: no file is needed, and no figure depends on which. */
function sample(): { x: Tensor; y: Tensor; valid_x: Tensor; valid_y: Tensor } {
  torch.manual_seed(0);
  const part = (rows: number): [Tensor, Tensor] => {
    const x = torch.rand([rows, 784]);
    return [x, torch.randint(2, [rows, 1]).float()];
  };
  const [x, y] = part(12_396);
  const [valid_x, valid_y] = part(2038);
  return { x, y, valid_x, valid_y };
}

function zip(x: Tensor, y: Tensor): [Tensor, Tensor][] {
  const labels = [...y];
  return [...x].map((row, i) => [row, labels[i]!]);
}

function mnist_loss(predictions: Tensor, targets: Tensor): Tensor {
  const p = predictions.sigmoid();
  return torch.where(targets.eq(1), torch.rsub(p, 1), p).mean();
}

function batch_accuracy(xb: Tensor, yb: Tensor): Tensor {
  return xb.sigmoid().gt(0.5).eq(yb).float().mean();
}

/** The book's train_epoch and validate_epoch. */
function scratch(): Work {
  const { x, y, valid_x, valid_y } = sample();
  const dl = DataLoader(zip(x, y), { batch_size: 256 });
  const valid_dl = DataLoader(zip(valid_x, valid_y), { batch_size: 256 });
  const weights = torch.zeros([784, 1]).requires_grad_();
  const bias = torch.zeros([1]).requires_grad_();
  const model = (xb: Tensor): Tensor => xb.matmul(weights).add(bias);
  let accuracy = 0;
  const epoch = (): void => {
    for (const [xb, yb] of dl) {
      torch.tidy(() => {
        mnist_loss(model(xb), yb).backward();
        for (const p of [weights, bias]) {
          p.data.sub_(p.grad!.mul(0.1));
          p.grad!.zero_();
        }
      });
      xb.dispose();
      yb.dispose();
    }
    torch.tidy(() => {
      accuracy = torch
        .stack([...valid_dl].map(([xb, yb]) => batch_accuracy(model(xb), yb)))
        .mean()
        .item();
    });
  };
  return {
    run(count) {
      for (let i = 0; i < count; ++i) epoch();
    },
    check: () => [...digest(weights, bias), accuracy],
  };
}

/** fastai's Learner with validation and a metric; its twin is the same loop written out. */
function learner(model: () => AnyModule, lr: number): Work {
  const { x, y, valid_x, valid_y } = sample();
  const dls = DataLoaders(
    FastaiLoader(zip(x, y), { bs: 256 }),
    FastaiLoader(zip(valid_x, valid_y), { bs: 256 }),
  );
  torch.manual_seed(1);
  const learn = Learner(dls, model(), {
    opt_func: SGD,
    loss_func: mnist_loss,
    metrics: batch_accuracy,
  });
  return {
    run: (count) => learn.no_bar(() => learn.no_logging(() => learn.fit(count, lr))),
    check: () => digest(...learn.model.parameters()),
  };
}

/** A fit whose event loop never gets its turn: what being asynchronous costs. */
function atOneStretch(work: Work): Work {
  return {
    async run(count) {
      const { stretch } = Pause;
      Pause.stretch = Infinity;
      try {
        await work.run(count);
      } finally {
        Pause.stretch = stretch;
      }
    },
    check: () => work.check(),
  };
}

/** 50,000 rows, batch 64, shuffled, 784-50-10. */
function mlp(): Work {
  torch.manual_seed(0);
  const x = torch.rand([50_000, 784]);
  const y = torch.randint(10, [50_000]);
  const dl = DataLoader(TensorDataset(x, y), { batch_size: 64, shuffle: true });
  const model = nn.Sequential(nn.Linear(784, 50), nn.ReLU(), nn.Linear(50, 10));
  const opt = optim.SGD(model.parameters(), { lr: 0.1 });
  const step = (xb: Tensor, yb: Tensor): void => {
    torch.tidy(() => {
      F.cross_entropy(model(xb) as Tensor, yb).backward();
      opt.step();
      opt.zero_grad();
    });
    xb.dispose();
    yb.dispose();
  };
  return {
    run(count) {
      for (let i = 0; i < count; ++i) for (const [xb, yb] of dl) step(xb, yb);
    },
    check: () => digest(...model.parameters()),
  };
}

/** The book's convolutional net for ten digits, over 2,048 pictures, batch 64. */
function cnn(): Work {
  torch.manual_seed(0);
  const x = torch.rand([2048, 1, 28, 28]);
  const y = torch.randint(10, [2048]);
  const conv = (from: number, to: number) => nn.Conv2d(from, to, 3, { stride: 2, padding: 1 });
  const model = nn.Sequential(
    ...[conv(1, 8), nn.ReLU(), conv(8, 16), nn.ReLU(), conv(16, 32), nn.ReLU()],
    ...[conv(32, 64), nn.ReLU(), conv(64, 10), nn.Flatten()],
  );
  const dl = DataLoader(TensorDataset(x, y), { batch_size: 64, shuffle: true });
  const opt = optim.SGD(model.parameters(), { lr: 0.05 });
  return {
    run(count) {
      for (let i = 0; i < count; ++i) {
        for (const [xb, yb] of dl) {
          torch.tidy(() => {
            F.cross_entropy(model(xb) as Tensor, yb).backward();
            opt.step();
            opt.zero_grad();
          });
          xb.dispose();
          yb.dispose();
        }
      }
    },
    check: () => digest(...model.parameters()),
  };
}

/** Steps of a resnet18 on pictures of MNIST's size with three channels, batch 64. */
function resnet(): Work {
  torch.manual_seed(0);
  const x = torch.rand([64, 3, 28, 28]);
  const y = torch.randint(2, [64]);
  const model = resnet18({ num_classes: 2 });
  const opt = optim.SGD(model.parameters(), { lr: 0.001 });
  let last = 0;
  return {
    run(count) {
      for (let i = 0; i < count; ++i) {
        last = torch.tidy(() => {
          const loss = F.cross_entropy(model(x), y);
          loss.backward();
          opt.step();
          opt.zero_grad();
          return loss.item();
        });
      }
    },
    check: () => [last],
  };
}

function adam(options: { fused?: boolean }): Work {
  torch.manual_seed(0);
  const params = Array.from({ length: 100 }, () => torch.randn([1024]).requires_grad_());
  for (const p of params) p.grad = torch.randn([1024]);
  const opt = optim.Adam(params, { lr: 0.001, ...options });
  return {
    run(count) {
      for (let i = 0; i < count; ++i) opt.step();
    },
    check: () => digest(...params.slice(0, 3)),
  };
}

/**
 * Epochs of some 20 ms are measured when V8 has compiled what runs in them, after as many as the book's longer fit has:
 * the first ten take half as long again, because compiling them takes processor time too.
 */
const warm = { count: 5, rounds: 9, warmup: 12, tolerance: 1e-4 };

export const benchmarks: Benchmark[] = [
  {
    name: 'scratch',
    what: "the chapter's epoch written out, DataLoader over zip, batch 256, with validation",
    goals: { python: 0.6 },
    ...warm,
    prepare: scratch,
  },
  {
    name: 'learner-linear',
    what: 'Learner, linear model: an epoch with validation, against the loop written out',
    goals: { python: 0.6 },
    ...warm,
    prepare: () => learner(() => nn.Linear(784, 1), 0.1),
  },
  {
    name: 'learner-simple_net',
    what: 'Learner, 784-30-1: an epoch with validation, against the loop written out',
    goals: { python: 0.8 },
    ...warm,
    prepare: () => learner(() => nn.Sequential(nn.Linear(784, 30), nn.ReLU(), nn.Linear(30, 1)), 0.1),
  },
  (() => {
    // The same data at the same place in memory, which makes more of a difference than the turns.
    let one: Work | undefined;
    const shared = (): Work =>
      (one ??= {
        ...learner(() => nn.Linear(784, 1), 0.1),
        end: () => {
          one = undefined;
        },
      });
    return {
      name: 'learner-turns',
      what: 'Learner, linear model: an epoch that lets the event loop turn, against one that does not',
      goals: { reference: 1.03 },
      ...{ count: 5, rounds: 21, warmup: 12, python: false },
      prepare: shared,
      reference: () => atOneStretch(shared()),
      referenceName: 'at one stretch',
    };
  })(),
  {
    name: 'mlp',
    what: '784-50-10, 50,000 rows, batch 64, SGD: an epoch',
    goals: { python: 0.6 },
    ...{ count: 1, rounds: 5, warmup: 1, tolerance: 1e-3 },
    prepare: mlp,
  },
  {
    name: 'cnn',
    what: 'convolutional net for ten digits, 2,048 pictures, batch 64: an epoch',
    goals: { python: 0.9 },
    ...{ count: 1, rounds: 5, warmup: 1, tolerance: 1e-3 },
    prepare: cnn,
  },
  {
    name: 'resnet18',
    what: 'resnet18, a step with 64 pictures of 28x28, against the same step written out',
    goals: {},
    ...{ count: 1, rounds: 5, warmup: 1, tolerance: 1e-3 },
    prepare: resnet,
  },
  {
    name: 'adam',
    what: "Adam step, 100 tensors of 1,024, both sides' default",
    goals: { python: 0.5 },
    ...{ count: 20, rounds: 11 },
    tolerance: 1e-5,
    prepare: () => adam({}),
  },
  {
    name: 'adam-fused',
    what: "the same with `fused: true`, against Python's default",
    goals: { python: 0.5 },
    ...{ count: 20, rounds: 11 },
    tolerance: 1e-5,
    prepare: () => adam({ fused: true }),
  },
];
