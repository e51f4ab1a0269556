import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import { nn, type Tensor } from '../../../ts/torch/index.js';
import { models } from '../../../ts/torchvision/index.js';
import { encodePng } from '../../../ts/torchvision/io/png.js';
import type { DataLoaders } from '../../../ts/fastai/data/core.js';
import { Normalize } from '../../../ts/fastai/data/normalize.js';
import '../../../ts/fastai/learner/inference.js';
import '../../../ts/fastai/learner/storage.js';
import { model_meta } from '../../../ts/fastai/vision/meta.js';
import { ImageDataLoaders } from '../../../ts/fastai/vision/data.js';
import { vision_learner } from '../../../ts/fastai/vision/learner.js';

const F = nn.functional;
/** A network whose first pictures decide quickly: white or black. */
const arch = () => nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2));

describe('vision_learner', () => {
  let root: string;
  let dls: DataLoaders;
  before(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'vision-learner-'));
    torch.manual_seed(0);
    for (const part of ['train', 'valid'])
      for (const [label, low] of [
        ['dark', 0],
        ['light', 150],
      ] as const)
        for (let i = 0; i < (part === 'train' ? 16 : 4); i++) {
          const folder = path.join(root, part, label);
          fs.mkdirSync(folder, { recursive: true });
          const pixels = torch
            .randint(low, low + 100, [64])
            .to(torch.uint8)
            .toTypedArray() as Uint8Array;
          const png = encodePng(Uint8Array.from(pixels), { width: 8, height: 8, channels: 1, level: 6 });
          fs.writeFileSync(path.join(folder, `${i}.png`), png);
        }
  });
  beforeEach(() => {
    dls = ImageDataLoaders.from_folder(root, { bs: 8 });
  });
  after(() => {
    fs.rmSync(root, { recursive: true });
  });

  it('takes classes, loss and groups from data and architecture', () => {
    const learn = vision_learner(dls, models.resnet18, { pretrained: false });
    expect(learn.model.parameters().reduce((sum, p) => sum + p.numel(), 0)).to.equal(11_704_896);
    expect(learn.loss_func).to.equal(dls.loss_func);
    expect(learn.splitter).to.equal(model_meta.get(models.resnet18)!.split);
    expect(String(learn.path)).to.equal(root);
    learn.create_opt();
    expect(learn.opt!.param_lists.map((list) => list.length)).to.deep.equal([30, 30, 6]);
    expect([...(dls.train.after_batch.fs as unknown[])].some((tfm) => tfm instanceof Normalize)).to.equal(
      false,
    );
    expect(
      vision_learner(dls, arch, { n_out: 7, pretrained: false }).model.parameters().at(-1)!.shape[0],
    ).to.equal(7);
  });

  it('learns', async () => {
    torch.manual_seed(1);
    const learn = vision_learner(dls, arch, { pretrained: false, loss_func: F.cross_entropy, lin_ftrs: [8] });
    learn.logger = () => undefined;
    await learn.fit(4, 0.01);
    const [preds, targs] = (await learn.get_preds()) as unknown as [Tensor, Tensor];
    expect(preds.argmax(-1).eq(targs).float().mean().item<number>()).to.equal(1);
  });

  it('trained weights: normalized pictures, all groups but the head frozen', () => {
    const weights = models.resnet18().state_dict();
    const learn = vision_learner(dls, models.resnet18, { weights });
    const [norm] = (dls.train.after_batch.fs as unknown[]).slice(-1) as [Normalize];
    expect(norm).to.be.instanceOf(Normalize);
    expect(norm.mean!.flatten().tolist()).to.satisfy((mean: number[]) => Math.abs(mean[0]! - 0.485) < 1e-6);
    const frozen = learn.opt!.frozen_idx;
    expect(frozen).to.equal(2);
    const conv1 = (learn.model as nn.Sequential)[0] as nn.Sequential;
    expect((conv1[0] as nn.Conv2d).weight.requires_grad).to.equal(false);
    // Normalized only once.
    vision_learner(dls, models.resnet18, { weights });
    expect((dls.train.after_batch.fs as unknown[]).filter((tfm) => tfm instanceof Normalize)).to.have.length(
      1,
    );
    const other = ImageDataLoaders.from_folder(root, { bs: 8 });
    vision_learner(other, models.resnet18, { weights, normalize: false });
    expect((other.train.after_batch.fs as unknown[]).some((tfm) => tfm instanceof Normalize)).to.equal(false);
  });

  it('says what is unknown', () => {
    expect(() => vision_learner(dls, arch, { n_classes: 2 } as never)).to.throw("unknown option 'n_classes'");
    const plain = { train: [], valid: [], after_batch: { fs: [] } };
    expect(() => vision_learner(plain as never, arch)).to.throw('give n_out');
  });

  it('show_batch and show_results draw a grid with labels', () => {
    const axes = dls.show_batch({ max_n: 4 }) as { title?: unknown }[];
    expect(axes).to.have.length(4);
    const [x, y] = dls.valid.one_batch() as [Tensor, Tensor];
    expect(dls.valid.show_results([x, y], y, { max_n: 2 })).to.have.length(2);
  });
});
