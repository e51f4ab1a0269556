import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import {
  accuracy,
  CategoryBlock,
  DataBlock,
  Flatten,
  get_image_files,
  GrandparentSplitter,
  ImageBlock,
  ImageDataLoaders,
  Learner,
  nn,
  Normalize,
  parent_label,
  PILImageBW,
  resnet18,
  set_seed,
  vision_learner,
} from '../../../ts/fastai/index.js';
import { unpack } from '../../../ts/fastai/data/unpack.js';
import { archives, mnistSample } from '../../support/mnist.js';

const F = nn.functional;

/** The last epoch's training loss, validation loss and accuracy. */
function figures(learn: Learner): number[] {
  const { values } = (learn as unknown as { recorder: { values: number[][] } }).recorder;
  return [...values.at(-1)!];
}

describe('trainings of the book on pictures', function () {
  this.timeout(1_800_000);

  it('chapter 4: resnet18 tells threes from sevens, 0.99 after one cycle', async function () {
    const sample = await mnistSample(this);
    set_seed(42);
    const dls = ImageDataLoaders.from_folder(sample);
    const learn = vision_learner(dls, resnet18, {
      pretrained: false,
      loss_func: F.cross_entropy,
      metrics: accuracy,
    });
    learn.logger = () => undefined;
    await learn.fit_one_cycle(1, 0.1);
    expect(figures(learn)[2]).to.be.at.least(0.99);
  });

  it('chapter 13: a network with BatchNorm reads ten digits, 0.98 after one cycle', async function () {
    const archive = archives === undefined ? '' : path.join(archives, 'mnist_png.tgz');
    if (!fs.existsSync(archive)) return this.skip();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mnist-png-'));
    await unpack(archive, path.join(folder, 'mnist_png'));
    const conv = (ni: number, nf: number, ks = 3, act = true) =>
      nn.Sequential(
        nn.Conv2d(ni, nf, ks, { stride: 2, padding: Math.floor(ks / 2) }),
        ...(act ? [nn.ReLU()] : []),
        nn.BatchNorm2d(nf),
      );
    set_seed(42);
    const dls = DataBlock([ImageBlock({ cls: PILImageBW }), CategoryBlock], {
      get_items: get_image_files,
      splitter: GrandparentSplitter('training', 'testing'),
      get_y: parent_label,
      batch_tfms: Normalize(),
    }).dataloaders(path.join(folder, 'mnist_png'), { bs: 512 });
    expect([dls.train.length, dls.valid.length, dls.c]).to.deep.equal([117, 20, 10]);
    const stages = [conv(1, 8, 5), conv(8, 16), conv(16, 32), conv(32, 64), conv(64, 10, 3, false)];
    const learn = Learner(dls, nn.Sequential(...stages, Flatten()), {
      loss_func: F.cross_entropy,
      metrics: accuracy,
    });
    expect(learn.model.parameters().reduce((sum, p) => sum + p.numel(), 0)).to.equal(30_542);
    learn.logger = () => undefined;
    await learn.fit_one_cycle(1, 0.06);
    fs.rmSync(folder, { recursive: true });
    // The book's GPU gave 0.130036, 0.055021, 0.986400.
    const [train, valid, share] = figures(learn) as [number, number, number];
    expect(share).to.be.at.least(0.98);
    expect(train).to.be.within(0.1, 0.2);
    expect(valid).to.be.within(0.03, 0.1);
  });
});
