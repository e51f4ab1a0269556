import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import {
  decode_image,
  encode_png,
  ImageReadMode,
  readImages,
  read_image,
  write_png,
} from '../../../ts/torchvision/io/index.js';
import { archives, mnistSample } from '../../support/mnist.js';
import { greyJpeg, rawPng } from './png_maker.js';

const rgba = rawPng(2, 1, 8, 6, [0, 10, 20, 30, 40, 250, 150, 50, 255]);

describe('torchvision.io images', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'image-test-'));
  });
  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
  });
  const put = (name: string, bytes: Uint8Array) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, bytes);
    return file;
  };

  it('gives [C, H, W] with the picture’s own channels', () => {
    const grey = read_image(put('grey.png', rawPng(3, 2, 8, 0, [0, 1, 2, 3, 0, 4, 5, 6])));
    expect(String(grey.dtype)).to.equal('torch.uint8');
    expect(grey.tolist()).to.deep.equal([
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ]);
    expect(decode_image(rgba).tolist()).to.deep.equal([[[10, 250]], [[20, 150]], [[30, 50]], [[40, 255]]]);
    expect([...read_image(put('photo.png', greyJpeg)).shape]).to.deep.equal([1, 8, 8]);
    const wide = decode_image(rawPng(1, 1, 16, 0, [0, 1, 2]));
    expect(String(wide.dtype)).to.equal('torch.uint16');
    expect(wide.tolist()).to.deep.equal([[[258]]]);
  });

  it('changes the channels by mode', () => {
    expect(decode_image(rgba, { mode: ImageReadMode.RGB }).tolist()).to.deep.equal([
      [[10, 250]],
      [[20, 150]],
      [[30, 50]],
    ]);
    // Luma as PIL's convert('L') computes it for these two colours.
    expect(decode_image(rgba, 'GRAY').tolist()).to.deep.equal([[[18, 168]]]);
    expect(decode_image(rgba, { mode: 'GRAY_ALPHA' }).tolist()).to.deep.equal([[[18, 168]], [[40, 255]]]);
    const grey = rawPng(1, 1, 8, 0, [0, 9]);
    expect(decode_image(grey, 'RGB').tolist()).to.deep.equal([[[9]], [[9]], [[9]]]);
    expect(decode_image(grey, 'RGB_ALPHA').tolist()).to.deep.equal([[[9]], [[9]], [[9]], [[255]]]);
    expect(() => decode_image(grey, 'CMYK' as never)).to.throw(TypeError, '"CMYK" is none of');
  });

  it('decodes a tensor of bytes, and gives back what write_png wrote', () => {
    const picture = torch.tensor(Uint8Array.from({ length: 30 }, (_, i) => i * 8)).view([3, 2, 5]);
    expect(decode_image(encode_png(picture)).tolist()).to.deep.equal(picture.tolist());
    write_png(picture, path.join(folder, 'p.png'), { compression_level: 0 });
    expect(read_image(path.join(folder, 'p.png')).tolist()).to.deep.equal(picture.tolist());
    const turned = picture.transpose(1, 2);
    expect(decode_image(encode_png(turned)).tolist()).to.deep.equal(turned.tolist());
    expect(() => encode_png(torch.zeros([3, 2, 2]))).to.throw(TypeError, 'not torch.float32 [3, 2, 2]');
    expect(() => encode_png(picture, { compression_level: 10 })).to.throw(RangeError, '10');
    expect(() => decode_image(picture)).to.throw(
      TypeError,
      'expected a 1-d uint8 tensor, not 3-d torch.uint8',
    );
  });

  it('reads many at once as stacking them one by one does', () => {
    const files = [1, 2, 3].map((n) => put(`${n}.png`, rawPng(2, 1, 8, 2, [0, n, 2, 3, 4, 5, n])));
    const all = readImages(files);
    expect(all.tolist()).to.deep.equal(torch.stack(files.map((file) => read_image(file))).tolist());
    expect(readImages(files, { mode: ImageReadMode.GRAY }).shape.join()).to.equal('3,1,1,2');
    expect(() => readImages([])).to.throw(RangeError, 'no files');
    const other = put('other.png', rawPng(1, 1, 8, 2, [0, 1, 2, 3]));
    expect(() => readImages([...files, other])).to.throw(
      RangeError,
      /cannot stack .*other\.png: it is \[3, 1, 1\]/,
    );
    const deep = put('deep.png', rawPng(1, 1, 16, 0, [0, 1, 2]));
    expect(() => readImages([deep])).to.throw(TypeError, /deep\.png: it has 16 bits/);
  });

  it('names the file that is missing, empty or damaged', () => {
    const png = rawPng(2, 1, 8, 0, [0, 1, 2]);
    expect(() => read_image(path.join(folder, 'no.png'))).to.throw(/cannot read .*no\.png: ENOENT/);
    expect(() => read_image(put('empty.png', Buffer.alloc(0)))).to.throw(
      /cannot decode .*empty\.png: it is empty/,
    );
    const good = put('good.png', png);
    const cut = put('cut.png', png.subarray(0, 45));
    expect(() => readImages([good, cut])).to.throw(/cannot decode .*cut\.png: ./);
  });

  it('reads every MNIST digit exactly as the original data has it', async function () {
    const sample = await mnistSample(this);
    const idx = (name: string) => {
      const file = path.join(archives!, name);
      return fs.existsSync(file) ? gunzipSync(fs.readFileSync(file)) : this.skip();
    };
    for (const [part, original] of [
      ['train', idx('train-images-idx3-ubyte.gz')],
      ['valid', idx('t10k-images-idx3-ubyte.gz')],
    ] as const) {
      for (const digit of ['3', '7']) {
        const paths = sample.joinpath(part, digit).ls().sorted();
        const pixels = Buffer.from(readImages(paths).toTypedArray().buffer);
        expect(pixels.length).to.equal(paths.length * 784);
        paths.forEach((file, i) => {
          const from = 16 + Number(file.stem) * 784;
          if (original.compare(pixels, i * 784, (i + 1) * 784, from, from + 784) !== 0)
            expect.fail(`${String(file)} differs from image ${file.stem} of the original`);
        });
      }
    }
  });
});
