/** vision_learner on the GPU, without a word about it in the program: the batches and the model go there by themselves. */
import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as torch from '../../ts/torch/index.js';
import { ImageDataLoaders, accuracy, vision_learner } from '../../ts/fastai/index.js';
import { models } from '../../ts/torchvision/index.js';
import { encodePng } from '../../ts/torchvision/io/png.js';
import { device, needDevice } from './support/gpu.js';

describe('CUDA: vision_learner', function () {
  this.timeout(300_000);
  let root = '';

  before(function () {
    needDevice(this);
    root = mkdtempSync(join(tmpdir(), 'cuda-vision-'));
    torch.manual_seed(0);
    for (const [label, low] of [
      ['dark', 0],
      ['light', 150],
    ] as const)
      for (const [part, count] of [
        ['train', 16],
        ['valid', 4],
      ] as const)
        for (let i = 0; i < count; i++) {
          const folder = join(root, part, label);
          mkdirSync(folder, { recursive: true });
          const pixels = torch
            .randint(low, low + 100, [1024])
            .to(torch.uint8)
            .toTypedArray() as Uint8Array;
          writeFileSync(
            join(folder, `${i}.png`),
            encodePng(Uint8Array.from(pixels), { width: 32, height: 32, channels: 1, level: 6 }),
          );
        }
  });
  after(() => {
    if (root) rmSync(root, { recursive: true });
  });

  it('trains a residual network where the batches are', async () => {
    torch.manual_seed(42);
    const dls = ImageDataLoaders.from_folder(root, { bs: 8 });
    const learn = vision_learner(dls, models.resnet18, { pretrained: false, metrics: accuracy });
    await learn.fit(3, 1e-3);
    const place = new RegExp(`^${device}`);
    for (const one of [...learn.model.parameters(), ...learn.model.buffers()])
      expect(one.device.toString()).to.match(place);
    expect((dls.one_batch() as torch.Tensor[])[0]!.device.toString()).to.match(place);
    const [loss] = (await learn.validate()) as unknown as number[];
    expect(loss).to.be.a('number').and.satisfy(Number.isFinite);
  });
});
