/** The chapter's shortest program: resnet18 on threes and sevens, one cycle, from the files to the accuracy. */
import path from 'node:path';

import { accuracy, ImageDataLoaders, nn, resnet18, set_seed, vision_learner } from '../../ts/fastai/index.js';
import type { Benchmark, Check, Work } from '../harness/benchmark.js';
import { picturesFolder } from '../harness/pictures.js';

function cycle(folder: string): Work {
  let last: Check = [];
  const fit = async (): Promise<Check> => {
    set_seed(42);
    const dls = ImageDataLoaders.from_folder(path.dirname(folder), { bs: 64 });
    const { cross_entropy } = nn.functional;
    const learn = vision_learner(dls, resnet18, {
      pretrained: false,
      loss_func: cross_entropy,
      metrics: accuracy,
    });
    await learn.no_bar(() => learn.no_logging(() => learn.fit_one_cycle(1, 0.1)));
    const { values } = (learn as unknown as { recorder: { values: number[][] } }).recorder;
    const { train, valid } = dls as unknown as Record<'train' | 'valid', { length: number }>;
    const parameters = learn.model.parameters().reduce((sum, p) => sum + p.numel(), 0);
    return [train.length, valid.length, parameters, values.at(-1)![2]!];
  };
  return {
    async run(count) {
      for (let i = 0; i < count; ++i) last = await fit();
    },
    check: () => last,
  };
}

export const benchmarks: Benchmark[] =
  picturesFolder() === null
    ? []
    : [
        {
          name: 'resnet18-cycle',
          what: 'vision_learner, resnet18, one cycle on MNIST_SAMPLE from its files, against the same written out in PyTorch',
          goals: { python: 0.75 },
          // The orders of the pictures are each library's own, so that the accuracies are near but not equal.
          ...{ count: 1, rounds: 1, warmup: 0, tolerance: 0.02, long: true },
          prepare: () => cycle(picturesFolder()!),
        },
      ];
