/** MNIST over IDX files: written ones, damaged ones, and the real one where it is there. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import torch, { utils, ValueError, type Tensor } from '../../../ts/index.js';
import { datasets } from '../../../ts/torchvision/index.js';
import { archives } from '../../support/mnist.js';
import { message, thrown } from '../../support/thrown.js';

function idx(shape: number[], bytes: number[], magic = 0x800 + shape.length): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(magic, 0);
  shape.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([header, Buffer.from(bytes)]);
}

const pixels = Array.from({ length: 12 }, (_, i) => i * 20);
const files = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'] as const;

describe('torchvision.datasets.MNIST', () => {
  let root: string;
  const write = (images: Buffer, labels: Buffer, folder = root, suffix = ''): void => {
    fs.mkdirSync(folder, { recursive: true });
    [images, labels].forEach((bytes, i) => {
      fs.writeFileSync(path.join(folder, files[i]! + suffix), bytes);
    });
  };
  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-idx-'));
  });
  afterEach(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });

  it('reads images and labels, packed or not, from both folders', () => {
    const [images, labels] = [idx([3, 2, 2], pixels), idx([3], [7, 0, 9])] as const;
    for (const [folder, suffix, packed] of [
      [path.join(root, 'a', 'MNIST', 'raw'), '', false],
      [path.join(root, 'b', 'MNIST', 'raw'), '.gz', true],
      [path.join(root, 'c'), '.gz', true],
      [path.join(root, 'd'), '', false],
    ] as const) {
      write(packed ? gzipSync(images) : images, packed ? gzipSync(labels) : labels, folder, suffix);
      const set = datasets.MNIST(folder.replace(/.MNIST.raw$/, ''));
      expect([set.length, set.data.dtype, set.targets.dtype]).to.deep.equal([3, torch.uint8, torch.int64]);
      expect(set.data.flatten().tolist()).to.deep.equal(pixels);
      expect(set.targets.tolist()).to.deep.equal([7, 0, 9]);
      const [image, target] = set.get(-1) as [Tensor, number];
      expect([...image.shape, target]).to.deep.equal([1, 2, 2, 9]);
      expect(image.flatten().tolist()).to.deep.equal([160, 180, 200, 220]);
      image.zero_();
      expect(set.data.flatten().tolist(), 'the dataset is not changed').to.deep.equal(pixels);
    }
  });

  it('applies transforms, and goes through a DataLoader', () => {
    write(idx([3, 2, 2], pixels), idx([3], [7, 0, 9]));
    const set = datasets.MNIST(root, {
      transform: (image) => image.float().div(255),
      target_transform: (target) => target + 1,
    });
    const [[xb, yb]] = [...utils.data.DataLoader(set as never, { batch_size: 3 })] as unknown as [
      [Tensor, Tensor],
    ];
    expect([...xb.shape]).to.deep.equal([3, 1, 2, 2]);
    expect(yb.tolist()).to.deep.equal([8, 1, 10]);
  });

  it('names the file that is damaged, and how', () => {
    const [images, labels] = [idx([3, 2, 2], pixels), idx([3], [7, 0, 9])] as const;
    const wrong: [Buffer, Buffer, 0 | 1, RegExp][] = [
      [idx([3, 2, 2], pixels, 2049), labels, 0, /magic number is 2049 instead of 2051/],
      [images, idx([3], [1, 2, 3], 2051), 1, /magic number is 2051 instead of 2049/],
      [idx([4, 2, 2], pixels), labels, 0, /announces 4 x 2 x 2 bytes, but only 12 follow/],
      [idx([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], pixels), labels, 0, /announces/],
      [idx([2, 2, 2], pixels), labels, 0, /4 bytes are left/],
      [images, idx([3], [7, 10, 9]), 1, /label 1 is 10, not 0 to 9/],
      [images, idx([2], [7, 0]), 1, /2 labels, but .*train-images-idx3-ubyte has 3 images/],
      [images.subarray(0, 9), labels, 0, /9 bytes, too few/],
      [Buffer.alloc(0), labels, 0, /0 bytes, too few/],
      [gzipSync(images).subarray(0, 20), labels, 0, /cannot read/],
    ];
    for (const [first, second, place, text] of wrong) {
      write(first, second);
      const error = thrown(() => datasets.MNIST(root)) as Error;
      expect(error).to.be.instanceOf(ValueError);
      expect(error.message).to.match(text).and.to.contain(path.join(root, files[place]));
    }
  });

  it('says what is missing and where it belongs', () => {
    const text = message(() => datasets.FashionMNIST(root, { train: false, download: true }));
    expect(text).to.contain('t10k-images-idx3-ubyte.gz');
    expect(text).to.contain(path.join(root, 'FashionMNIST', 'raw'));
    expect(message(() => datasets.MNIST(root, { training: true } as object))).to.contain("'train'");
  });

  it('reads MNIST itself', function () {
    if (archives === undefined || !fs.existsSync(path.join(archives, 't10k-images-idx3-ubyte.gz'))) {
      console.warn('      needs MNIST: set LIBTORCH_NODE_ARCHIVES to a folder that holds its IDX files');
      return this.skip();
    }
    const test = datasets.MNIST(archives, { train: false });
    expect([...test.data.shape]).to.deep.equal([10000, 28, 28]);
    expect(test.targets.bincount().tolist()).to.deep.equal([
      980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]);
    expect(test.get(0)[1]).to.equal(7);
    expect(test.classes[7]).to.equal('7 - seven');
    expect(test.class_to_idx['9 - nine']).to.equal(9);
  });
});
