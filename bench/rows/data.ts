/** Data: loaders, arrays, pictures, files. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { readArchive } from '../../ts/fastai/data/external.js';
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import { readImages } from '../../ts/torchvision/io/index.js';
import type { Benchmark, Work } from '../harness/benchmark.js';
import { digest, numbers } from '../harness/check.js';
import { archiveOf, pictures } from '../harness/pictures.js';

const { DataLoader, TensorDataset } = torch.utils.data;

/** One pass over 60,000 x 784 and labels, shuffled, 64 at a time, and nothing else. */
function loader(zipped: boolean): Work {
  torch.manual_seed(0);
  const x = torch.randn([60_000, 784]);
  const y = torch.randint(10, [60_000]);
  const data = zipped
    ? ([...x].map((row, i) => [row, y.at(i)]) as unknown as ReturnType<typeof TensorDataset>)
    : TensorDataset(x, y);
  const dl = DataLoader(data, { batch_size: 64, shuffle: true });
  return {
    run(count) {
      for (let i = 0; i < count; ++i) {
        for (const [xb, yb] of dl) {
          xb!.dispose();
          yb!.dispose();
        }
      }
    },
    check() {
      torch.manual_seed(1);
      const [xb, yb] = dl[Symbol.iterator]().next().value as [Tensor, Tensor];
      return [...digest(xb), ...numbers(yb)];
    },
  };
}

const million = 1_000_000;
function floats(): Float32Array {
  return Float32Array.from({ length: million }, (_, i) => i % 1000);
}

function typedArray(): Work {
  const source = floats();
  let back: ArrayLike<number> = [];
  return {
    run(count) {
      for (let i = 0; i < count; ++i) {
        const tensor = torch.tensor(source);
        back = tensor.toTypedArray() as Float32Array;
        tensor.dispose();
      }
    },
    check: () => [back.length, Array.from(back).reduce((sum, value) => sum + value, 0)],
  };
}

/** The same bytes moved the same number of times, and nothing else. */
function memcpy(): Work {
  const source = floats();
  let back = source;
  return {
    run(count) {
      for (let i = 0; i < count; ++i) back = source.slice().slice();
    },
    check: () => [back.length, back.reduce((sum, value) => sum + value, 0)],
  };
}

function nested(): Work {
  const rows = Array.from({ length: 1000 }, (_, i) => Array.from({ length: 784 }, (_, j) => (i * j) % 255));
  let last: Tensor | undefined;
  return {
    run(count) {
      for (let i = 0; i < count; ++i) {
        last?.dispose();
        last = torch.tensor(rows);
      }
    },
    check: () => digest(last ?? torch.tensor(rows)),
  };
}

function png(): Work {
  const files = pictures();
  let last: Tensor | undefined;
  return {
    run(count) {
      for (let i = 0; i < count; ++i) {
        last?.dispose();
        last = readImages(files);
      }
    },
    check: () => digest(last ?? readImages(files)),
  };
}

/** MNIST's archive to a tensor of the training pictures and one of the test pictures, in the archive's order. */
function archive(file: string): Work {
  let last: Tensor[] = [];
  return {
    async run(count) {
      for (let i = 0; i < count; ++i) {
        for (const tensor of last) tensor.dispose();
        const files = await readArchive(file);
        last = ['training', 'testing'].map((part) =>
          readImages(files.filter(({ path }) => path.split('/')[1] === part)),
        );
      }
    },
    check: () => [...last.flatMap((tensor) => tensor.shape.filter((size) => size > 1)), ...digest(...last)],
  };
}

/** 100 MB in ten tensors, to a file and back. */
function file(
  save: (state: Record<string, Tensor>, to: string) => void,
  load: (from: string) => unknown,
): Work {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const name = path.join(folder, 'state');
  torch.manual_seed(0);
  const state = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [`layer${i}`, torch.randn([2_500_000])]),
  );
  let back: Record<string, Tensor> = {};
  return {
    run(count) {
      for (let i = 0; i < count; ++i) {
        for (const tensor of Object.values(back)) tensor.dispose();
        save(state, name);
        back = load(name) as Record<string, Tensor>;
      }
    },
    check: () => digest(back['layer0'] ?? state['layer0']!, back['layer9'] ?? state['layer9']!),
    end() {
      rmSync(folder, { recursive: true });
    },
  };
}

const isThere = (): boolean => pictures().length > 0;
const mnistArchive = archiveOf('mnist_png.tgz');

export const benchmarks: Benchmark[] = [
  {
    name: 'loader',
    what: 'DataLoader over 60,000x784, shuffled, batch 64, batches freed',
    goals: { python: 0.12 },
    ...{ count: 1, rounds: 7, warmup: 1 },
    prepare: () => loader(false),
  },
  {
    name: 'loader-zip',
    what: 'the same over a zipped list of rows',
    goals: {},
    ...{ count: 1, rounds: 5, warmup: 1 },
    prepare: () => loader(true),
  },
  {
    name: 'index_select',
    what: "the loader's floor: rows gathered by hand, against the same in Python",
    goals: {},
    ...{ count: 1, rounds: 5, warmup: 1 },
    prepare() {
      torch.manual_seed(0);
      const x = torch.randn([60_000, 784]);
      const y = torch.randint(10, [60_000]);
      return {
        run(count) {
          for (let i = 0; i < count; ++i) {
            for (const rows of torch.randperm(60_000).split(64)) {
              for (const data of [x, y]) data.index_select(0, rows).dispose();
              rows.dispose();
            }
          }
        },
        check: () => digest(x),
      };
    },
  },
  ...(isThere()
    ? [
        {
          name: 'png',
          what: '12,396 training PNGs from disk to one tensor',
          goals: { python: 0.35 },
          ...{ count: 1, rounds: 5, warmup: 1 },
          prepare: png,
        },
      ]
    : []),
  ...(mnistArchive === null
    ? []
    : [
        {
          name: 'archive',
          what: "MNIST's archive of 70,000 PNGs to two tensors, without writing a file",
          goals: { python: 0.4 },
          ...{ count: 1, rounds: 3, warmup: 1 },
          prepare: () => archive(mnistArchive),
        },
      ]),
  {
    name: 'typed-array',
    what: 'Float32Array of 1,000,000 to a tensor and back, against two memcpy',
    goals: { reference: 1.2 },
    ...{ count: 10, rounds: 9, python: false },
    prepare: typedArray,
    reference: memcpy,
    referenceName: 'memcpy',
  },
  {
    name: 'nested',
    what: 'nested arrays of 1,000x784 numbers to a tensor',
    goals: { python: 0.5 },
    ...{ count: 2, rounds: 7 },
    prepare: nested,
  },
  {
    name: 'save-pt',
    what: 'a state dict of 100 MB to a .pt file and back',
    goals: { python: 1.0 },
    ...{ count: 1, rounds: 5, warmup: 1 },
    prepare: () => file(torch.save, (from) => torch.load(from)),
  },
  {
    name: 'save-safetensors',
    what: "the same as safetensors, against Python's torch.save and torch.load",
    goals: { python: 1.0 },
    ...{ count: 1, rounds: 5, warmup: 1 },
    prepare: () => file(torch.save_safetensors, torch.load_safetensors),
  },
];
