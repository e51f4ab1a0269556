import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import { Path } from '../../../ts/fastcore/index.js';
import { random } from '../../../ts/fastcore/random.js';
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';
import { encodePng } from '../../../ts/torchvision/io/png.js';
import { CategoryBlock, DataBlock } from '../../../ts/fastai/data/block.js';
import type { DataLoaders } from '../../../ts/fastai/data/core.js';
import {
  get_image_files,
  GrandparentSplitter,
  Normalize,
  parent_label,
} from '../../../ts/fastai/data/transforms.js';
import { TensorCategory, TensorImage, TensorImageBW } from '../../../ts/fastai/tensor_types.js';
import { aug_transforms, Resize } from '../../../ts/fastai/vision/augment.js';
import { PILImage, PILImageBW } from '../../../ts/fastai/vision/core.js';
import { ImageBlock, ImageDataLoaders } from '../../../ts/fastai/vision/data.js';
import { mnistSample } from '../../support/mnist.js';

type Batch = [Tensor, Tensor];

describe('ImageDataLoaders', () => {
  let root: string;
  before(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'vision-data-'));
    torch.manual_seed(0);
    const rows = ['name,label,is_valid'];
    for (const part of ['train', 'valid'])
      for (const label of ['b', 'a'])
        for (let i = 0; i < (part === 'train' ? 9 : 3); i++) {
          const folder = path.join(root, part, label);
          fs.mkdirSync(folder, { recursive: true });
          const pixels = torch
            .randint(0, 256, [6 * 5])
            .to(torch.uint8)
            .toTypedArray() as Uint8Array;
          const name = `${label}_${part}_${i}.png`;
          const png = encodePng(Uint8Array.from(pixels), { width: 6, height: 5, channels: 1, level: 6 });
          fs.writeFileSync(path.join(folder, name), png);
          rows.push(`${part}/${label}/${name},${label},${part === 'valid' ? 'True' : 'False'}`);
        }
    fs.writeFileSync(path.join(root, 'labels.csv'), rows.join('\n'));
  });
  after(() => {
    fs.rmSync(root, { recursive: true });
  });

  /** Every batch of a pass, as numbers. */
  const batches = (dl: Iterable<Batch>) => Array.from(dl, ([x, y]) => [x.tolist(), y.tolist()]);
  const items = (dls: DataLoaders) => [dls.train_ds.length, dls.valid_ds.length] as number[];

  it('from_folder(MNIST_SAMPLE) is chapter 4’s: RGB, 193 batches, labels 3 and 7', async function () {
    const sample = await mnistSample(this);
    const dls = ImageDataLoaders.from_folder(sample);
    expect([dls.train.length, dls.valid.length, dls.bs, dls.c, dls.n_inp]).to.deep.equal([193, 32, 64, 2, 1]);
    expect([...(dls.vocab as string[])]).to.deep.equal(['3', '7']);
    expect(items(dls)).to.deep.equal([12396, 2038]);
    expect(String(dls.path)).to.equal(String(sample));
    const [x, y] = dls.one_batch() as Batch;
    expect([String(x.shape), String(x.dtype), x instanceof TensorImage]).to.deep.equal([
      'torch.Size([64, 3, 28, 28])',
      'torch.float32',
      true,
    ]);
    expect([String(y.shape), String(y.dtype), y instanceof TensorCategory]).to.deep.equal([
      'torch.Size([64])',
      'torch.int64',
      true,
    ]);
    expect([x.min().item(), x.max().item()]).to.deep.equal([0, 1]);
    expect(dls.train.ownsBatches).to.equal(true);
    const last = Array.from(dls.valid as Iterable<Batch>).at(-1)!;
    expect(last[0].shape[0]).to.equal(2038 - 31 * 64);
  });

  it('shuffles as fastai does: Python’s random decides, torch gives one seed a pass', () => {
    random.seed(42);
    torch.manual_seed(42);
    const dls = ImageDataLoaders.from_folder(root, { bs: 18 });
    const [, y] = dls.one_batch() as Batch;
    // The loader's own generator, one for the pass, and its order.
    random.seed(42);
    const rng = new random.Random(random.randint(0, 2 ** 32 - 1));
    const order = new random.Random(rng.randint(0, 2 ** 32 - 1)).sample([...Array(18).keys()], 18);
    // Items are listed a before b.
    expect(y.tolist()).to.deep.equal(order.map((place) => (place < 9 ? 0 : 1)));
    const after = torch.randn(1).item();
    torch.manual_seed(42);
    torch.empty([], { dtype: torch.int64 }).random_();
    expect(torch.randn(1).item()).to.equal(after);
  });

  it('batches of files are those of single items, read at once or ahead', async () => {
    const make = (item_tfms: unknown) => {
      random.seed(5);
      return ImageDataLoaders.from_folder(root, { bs: 4, item_tfms: item_tfms as never });
    };
    const own = make(null);
    // A transform of single items that changes nothing takes the slow way.
    const single = make((item: unknown) => item);
    const seen = batches(own.train);
    expect(seen).to.have.length(4);
    expect(batches(single.train)).to.deep.equal(seen);
    expect(batches(own.valid)).to.deep.equal(batches(single.valid));
    const ahead: unknown[] = [];
    for await (const [x, y] of make(null).train as AsyncIterable<Batch>) ahead.push([x.tolist(), y.tolist()]);
    expect(ahead).to.deep.equal(seen);
    const direct = PILImage.create(own.valid_ds.items[0] as Path)
      .toTensorImage()
      .div(255);
    const [first] = own.valid.one_batch() as Batch;
    expect(torch.equal(first.at(0), direct)).to.equal(true);
  });

  it('grey pictures, normalized by the first training batch', () => {
    const block = DataBlock([ImageBlock({ cls: PILImageBW }), CategoryBlock], {
      get_items: get_image_files,
      splitter: GrandparentSplitter(),
      get_y: parent_label,
      batch_tfms: Normalize(),
    });
    random.seed(1);
    const dls = block.dataloaders(root, { bs: 18 });
    const [x] = dls.one_batch() as Batch;
    expect([String(x.shape), x instanceof TensorImageBW]).to.deep.equal(['torch.Size([18, 1, 5, 6])', true]);
    expect(Math.abs(x.mean().item<number>())).to.be.below(1e-5);
    expect(x.std().item<number>()).to.be.closeTo(1, 1e-5);
    const norm = dls.train.after_batch.fs.at(-1) as Normalize;
    expect(dls.valid.after_batch.fs.at(-1)).to.equal(norm);
    const [decoded] = dls.decode(dls.one_batch()) as Batch;
    expect([decoded.min().item<number>() >= 0, decoded.max().item<number>() <= 255]).to.deep.equal([
      true,
      true,
    ]);
    const samples = dls.decode_batch(dls.valid.one_batch(), 2) as [Tensor, string][];
    expect(samples.map(([, label]) => label)).to.deep.equal(['a', 'a']);
  });

  it('from functions, expressions, tables and lists', () => {
    const files = get_image_files(root);
    const by = (dls: DataLoaders) => [...(dls.vocab as string[])].join('');
    const options = { seed: 42, bs: 2 };
    const one = ImageDataLoaders.from_path_func(root, files, parent_label, options);
    expect([by(one), ...items(one)]).to.deep.equal(['ab', 20, 4]);
    torch.manual_seed(42);
    const valid = (torch.randperm(24).tolist() as number[]).slice(0, 4);
    expect(Array.from(one.valid_ds.items as Path[], String)).to.deep.equal(
      valid.map((i) => String(files[i])),
    );
    for (const dls of [
      ImageDataLoaders.from_name_func(root, files, (name) => name[0], options),
      ImageDataLoaders.from_name_re(root, files, /^(.)_/, options),
      ImageDataLoaders.from_path_re(root, files, String.raw`/([^/]*)/[^/]+\.png$`, options),
      ImageDataLoaders.from_lists(root, files, files.map(parent_label), options),
    ]) {
      expect(by(dls)).to.equal('ab');
      expect(batches(dls.valid)).to.deep.equal(batches(one.valid));
    }
    const csv = ImageDataLoaders.from_csv(root, { valid_col: 'is_valid', bs: 2 });
    expect([by(csv), ...items(csv)]).to.deep.equal(['ab', 18, 6]);
    const random_csv = ImageDataLoaders.from_csv(root, { valid_pct: 0.5, seed: 1 });
    expect(items(random_csv)).to.deep.equal([12, 12]);
    const tags = [
      { file: 'a_train_0', tags: 'x y' },
      { file: 'a_train_1', tags: 'y' },
    ];
    const df = ImageDataLoaders.from_df(tags, root, {
      folder: 'train/a',
      suff: '.png',
      label_delim: ' ',
      valid_pct: 0.5,
      seed: 0,
      bs: 1,
    });
    expect((df.one_batch() as Batch)[1].ndim).to.equal(2);
    const floats = ImageDataLoaders.from_lists(
      root,
      files,
      files.map((_, i) => i + 0.5),
      { bs: 3 },
    );
    expect(String((floats.one_batch() as Batch)[1].dtype)).to.equal('torch.float32');
    expect(() => ImageDataLoaders.from_lists(root, files, ['a'])).to.throw('24 files and 1 labels');
  });

  it('from_folder: random split, other names, a vocabulary, other sizes', () => {
    const split = ImageDataLoaders.from_folder(root, { valid_pct: 0.25, seed: 7 });
    expect(items(split)).to.deep.equal([18, 6]);
    const turned = ImageDataLoaders.from_folder(root, { train: 'valid', valid: 'train', bs: 3 });
    expect(items(turned)).to.deep.equal([6, 18]);
    const vocab = ImageDataLoaders.from_folder(root, { vocab: ['b', 'a', 'c'] });
    expect([...(vocab.vocab as string[])]).to.deep.equal(['a', 'b', 'c']);
    const sized = ImageDataLoaders.from_folder(root, {
      item_tfms: Resize(4),
      img_cls: PILImageBW,
      bs: 5,
      val_bs: 2,
    });
    expect(String((sized.one_batch() as Batch)[0].shape)).to.equal('torch.Size([5, 1, 4, 4])');
    expect(sized.valid.bs).to.equal(2);
    expect(() => ImageDataLoaders.from_folder(path.join(root, 'none'))).to.throw('none is no folder');
    expect(() => ImageDataLoaders.from_folder(root, { batch: 3 })).to.throw("unknown option 'batch'");
    expect(() => ImageDataLoaders.from_folder(path.join(root, 'train'))).to.throw('there are no items');
    expect(() => ImageBlock({ cls: String as never })).to.throw('cls must be a class of pictures');
    expect(() => ImageBlock({ mode: 'L' } as never)).to.throw("unknown option 'mode'");
  });

  it('names the file that is broken or differs in size, and goes on with the next pass', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'broken-'));
    fs.cpSync(root, folder, { recursive: true });
    const dls = ImageDataLoaders.from_folder(folder, { bs: 6 });
    const victim = path.join(folder, 'valid', 'a', 'a_valid_1.png');
    const whole = fs.readFileSync(victim);
    fs.writeFileSync(victim, whole.subarray(0, 50));
    expect(() => batches(dls.valid)).to.throw(/cannot decode .*a_valid_1\.png: /);
    let message = '';
    try {
      for await (const _ of dls.valid as AsyncIterable<Batch>);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).to.match(/cannot decode .*a_valid_1\.png: /);
    fs.writeFileSync(victim, encodePng(new Uint8Array(9), { width: 3, height: 3, channels: 1, level: 6 }));
    expect(() => batches(dls.valid)).to.throw(
      /one size: .*a_valid_1\.png is \[3, 3, 3\], others are \[3, 5, 6\]/,
    );
    fs.writeFileSync(victim, whole);
    expect(batches(dls.valid)).to.have.length(1);
    fs.rmSync(folder, { recursive: true });
  });

  it('large files are decoded by other threads: the same batches, and their errors', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'large-'));
    torch.manual_seed(3);
    for (const name of ['train/a/1', 'train/a/2', 'train/b/3', 'train/b/4', 'valid/a/5']) {
      const file = path.join(folder, `${name}.png`);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      const pixels = torch
        .randint(0, 256, [160 * 120 * 3])
        .to(torch.uint8)
        .toTypedArray() as Uint8Array;
      fs.writeFileSync(
        file,
        encodePng(Uint8Array.from(pixels), { width: 160, height: 120, channels: 3, level: 1 }),
      );
    }
    const dls = ImageDataLoaders.from_folder(folder, { bs: 2, shuffle: false, drop_last: false });
    const ahead: unknown[] = [];
    for await (const [x] of dls.train as AsyncIterable<Batch>) ahead.push(x.sum().item());
    expect(ahead).to.deep.equal(Array.from(dls.train as Iterable<Batch>, ([x]) => x.sum().item()));
    expect(new Set(ahead).size).to.equal(2);
    const victim = path.join(folder, 'train/b/4.png');
    fs.writeFileSync(victim, fs.readFileSync(victim).subarray(0, 30_000));
    let message = '';
    try {
      for await (const _ of dls.train as AsyncIterable<Batch>);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).to.match(/cannot decode .*4\.png: /);
    fs.rmSync(folder, { recursive: true });
  });

  it('a pass leaves no tensors behind when its consumer frees them', () => {
    const dls = ImageDataLoaders.from_folder(root, { bs: 6, batch_tfms: Normalize() });
    const pass = () => {
      for (const batch of dls.train as Iterable<Batch>) for (const part of batch) part.dispose();
    };
    pass();
    const before = torch.memory({ collect: true }).tensors;
    pass();
    pass();
    expect(torch.memory().tensors).to.be.at.most(before + 3);
  });

  it('transforms of batches change training pictures anew each time, and keep nothing of them', () => {
    const batch_tfms = [...aug_transforms({ size: 4 }), Normalize.from_stats([0.5], [0.2])];
    const dls = ImageDataLoaders.from_folder(root, { bs: 18, shuffle: false, batch_tfms });
    expect(String(dls.train.after_batch)).to.equal(
      'Pipeline: IntToFloatTensor -> Flip -> Brightness -> Normalize',
    );
    const first = () => (dls.valid.new({ shuffle: false }).one_batch() as Batch)[0];
    expect([...first().shape]).to.deep.equal([6, 3, 4, 4]);
    expect(torch.equal(first(), first())).to.equal(true);
    const [one, two] = [dls.one_batch(), dls.one_batch()] as [Batch, Batch];
    expect(one[0]).to.be.instanceOf(TensorImage);
    expect(torch.equal(one[0], two[0])).to.equal(false);
    const pass = () => {
      for (const dl of [dls.train, dls.valid])
        for (const batch of dl as Iterable<Batch>) for (const part of batch) part.dispose();
    };
    pass();
    const before = torch.memory({ collect: true }).tensors;
    pass();
    pass();
    expect(torch.memory().tensors).to.be.at.most(before + 3);
  });
});
