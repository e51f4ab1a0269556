import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect } from 'chai';

import { Path } from '../../../ts/fastcore/index.js';
import * as torch from '../../../ts/torch/index.js';
import { tensor } from '../../../ts/fastai/torch_core.js';
import {
  Image,
  image2tensor,
  load_image,
  PILImage,
  PILImageBW,
  Resampling,
  to_image,
} from '../../../ts/fastai/vision/core.js';
import { mnistSample } from '../../support/mnist.js';
import { greyJpeg, rawPng } from '../../torchvision/io/png_maker.js';

const pixels = (image: { data: ArrayLike<number> }) => Array.from(image.data);

/** A grey PNG in Adam7 order: pixel (x, y) is 16y + x. */
function interlaced(width: number, height: number): Buffer {
  const rows: number[] = [];
  for (const [x0, y0, dx, dy] of [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const)
    for (let y = y0; y < height && x0 < width; y += dy) {
      rows.push(0);
      for (let x = x0; x < width; x += dx) rows.push(16 * y + x);
    }
  const png = rawPng(width, height, 8, 0, rows);
  png[28] = 1;
  // The header's checksum holds for its old content.
  const crc = (bytes: Buffer) => {
    let c = 0xffffffff;
    for (const byte of bytes) {
      c ^= byte;
      for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    }
    return (c ^ 0xffffffff) >>> 0;
  };
  png.writeUInt32BE(crc(png.subarray(12, 29)), 29);
  return png;
}

describe('PILImage', () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pil-test-'));
  });
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });
  const put = (name: string, bytes: Uint8Array) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, bytes);
    return file;
  };

  it('opens a digit of MNIST as the book does', async function () {
    const sample = await mnistSample(this);
    const file = sample.joinpath('train', '3', '10000.png');
    const image = Image.open(file);
    expect([image.mode, image.size, image.shape]).to.deep.equal(['L', [28, 28], [28, 28]]);
    const digit = tensor(image);
    expect(String(digit.at('4:10', '4:10'))).to.equal(
      'tensor([[  0,   0,   0,   0,   0,   0],\n' +
        '        [  0,   0,   0,   0,   0,  29],\n' +
        '        [  0,   0,   0,  48, 166, 224],\n' +
        '        [  0,  93, 244, 249, 253, 187],\n' +
        '        [  0, 107, 253, 253, 230,  48],\n' +
        '        [  0,   3,  20,  20,  15,   0]], dtype=torch.uint8)',
    );
    const color = PILImage.create(file);
    expect(String(color)).to.equal('PILImage mode=RGB size=28x28');
    expect([...tensor(color).shape]).to.deep.equal([28, 28, 3]);
    expect([...image2tensor(color).shape]).to.deep.equal([3, 28, 28]);
    expect(torch.equal(image2tensor(color).at(1), digit)).to.equal(true);
    expect(String(PILImageBW.create(String(file)))).to.equal('PILImageBW mode=L size=28x28');
    expect([...image2tensor(PILImageBW.create(file)).shape]).to.deep.equal([1, 28, 28]);
  });

  it('gives the modes and pixels that PIL gives', () => {
    const open = (bytes: Uint8Array) => {
      const image = Image.open(put('odd.png', bytes));
      return [image.mode, pixels(image)];
    };
    expect(open(rawPng(2, 1, 8, 0, [0, 10, 250]))).to.deep.equal(['L', [10, 250]]);
    expect(open(rawPng(2, 1, 1, 0, [0, 0x40]))).to.deep.equal(['L', [0, 255]]);
    expect(open(rawPng(2, 1, 2, 0, [0, 0b01100000]))).to.deep.equal(['L', [85, 170]]);
    expect(open(rawPng(2, 1, 4, 0, [0, 0x1f]))).to.deep.equal(['L', [17, 255]]);
    expect(open(rawPng(1, 1, 8, 4, [0, 7, 9]))).to.deep.equal(['LA', [7, 9]]);
    expect(open(rawPng(1, 1, 8, 6, [0, 1, 2, 3, 4]))).to.deep.equal(['RGBA', [1, 2, 3, 4]]);
    expect(open(rawPng(1, 1, 16, 0, [0, 1, 2]))).to.deep.equal(['I;16', [258]]);
    expect(open(rawPng(1, 1, 16, 2, [0, 1, 2, 3, 4, 5, 6]))).to.deep.equal(['RGB', [1, 3, 5]]);
    expect(open(rawPng(1, 1, 16, 4, [0, 1, 2, 3, 4]))).to.deep.equal(['LA', [1, 3]]);
    const palette: [string, number[]] = ['PLTE', [1, 2, 3, 40, 50, 60]];
    expect(open(rawPng(2, 1, 8, 3, [0, 1, 0], [palette]))).to.deep.equal(['RGB', [40, 50, 60, 1, 2, 3]]);
    // A transparent colour is no channel.
    expect(open(rawPng(2, 1, 8, 0, [0, 5, 6], [['tRNS', [0, 5]]]))).to.deep.equal(['L', [5, 6]]);
    expect(open(interlaced(11, 9))).to.deep.equal([
      'L',
      Array.from({ length: 99 }, (_, i) => 16 * Math.floor(i / 11) + (i % 11)),
    ]);
  });

  it('converts as PIL does: luma, palette through RGB, 16 bits cut off at 255, alpha dropped', () => {
    const bw = (bytes: Uint8Array) => pixels(PILImageBW.create(bytes));
    const rgb = (bytes: Uint8Array) => pixels(PILImage.create(bytes));
    expect(bw(rawPng(3, 1, 8, 2, [0, 255, 0, 0, 0, 255, 0, 0, 0, 255]))).to.deep.equal([76, 150, 29]);
    expect(bw(rawPng(1, 1, 8, 3, [0, 0], [['PLTE', [10, 20, 30]]]))).to.deep.equal([18]);
    expect(bw(rawPng(2, 1, 16, 0, [0, 0, 200, 1, 2]))).to.deep.equal([200, 255]);
    expect(rgb(rawPng(2, 1, 16, 0, [0, 0, 200, 1, 2]))).to.deep.equal([200, 200, 200, 255, 255, 255]);
    expect(rgb(rawPng(1, 1, 8, 4, [0, 7, 9]))).to.deep.equal([7, 7, 7]);
    expect(rgb(rawPng(1, 1, 8, 6, [0, 1, 2, 3, 0]))).to.deep.equal([1, 2, 3]);
    const grey = PILImageBW.create(rawPng(1, 1, 8, 0, [0, 7]));
    expect([pixels(grey.convert('RGBA')), pixels(grey.convert('I;16'))]).to.deep.equal([[7, 7, 7, 255], [7]]);
    expect(() => grey.convert('CMYK' as never)).to.throw('"CMYK" is none of L, LA, RGB');
  });

  it('reads what the bytes are, whatever the name says', () => {
    const file = put('photo.png', greyJpeg);
    expect(pixels(PILImageBW.create(Path(file)))).to.deep.equal(Array<number>(64).fill(128));
    expect(load_image(file).mode).to.equal('L');
    expect(load_image(file, 'RGB').mode).to.equal('RGB');
  });

  it('names the file and the reason when there is no picture', () => {
    const good = rawPng(
      20,
      20,
      8,
      0,
      Array.from({ length: 420 }, (_, i) => (i % 21 === 0 ? 0 : (i * 57) % 256)),
    );
    const huge = rawPng(100_000, 100_000, 8, 0, [0]);
    const cases: [string, Uint8Array, RegExp][] = [
      [
        'huge.png',
        huge,
        /cannot decode .*huge\.png: it claims 100000x100000 pixels, more than the 178956970/,
      ],
      ['empty.png', Buffer.alloc(0), /cannot decode .*empty\.png: it is empty/],
      ['gif.png', Buffer.from('GIF89a......'), /gif\.png: it is neither PNG nor JPEG/],
      ['zero.png', rawPng(0, 4, 8, 0, [0]), /zero\.png: it claims 0x4 pixels/],
    ];
    for (const cut of [8, 20, 33, 40, 60, good.length - 30, good.length - 12])
      cases.push([`cut${cut}.png`, good.subarray(0, cut), new RegExp(`cannot decode .*cut${cut}\\.png: .+`)]);
    for (const [name, bytes, message] of cases) {
      const file = put(name, bytes);
      if (name === `cut${good.length - 12}.png`) continue;
      expect(() => PILImage.create(file), name).to.throw(message);
      expect(() => Image.open(file), name).to.throw(message);
    }
    expect(() => PILImage.create(folder)).to.throw(/cannot read .*pil-test-.*: EISDIR/);
    expect(() => PILImage.create(path.join(folder, 'no.png'))).to.throw(/cannot read .*no\.png: ENOENT/);
    expect(() => PILImage.create(5 as never)).to.throw(
      'expected a path, bytes, a tensor or a picture, not 5',
    );
    expect(() => PILImage.create(good, { size: 5 } as never)).to.throw("unknown option 'size'");
    expect(() => PILImage.create(deflateSync(good))).to.throw('cannot decode the image data');
  });

  it('takes tensors in either order, and floats from 0 to 1', () => {
    const planes = torch
      .arange(3 * 5 * 6)
      .view(3, 5, 6)
      .to(torch.uint8);
    const image = PILImage.create(planes);
    expect([image.mode, image.size]).to.deep.equal(['RGB', [6, 5]]);
    expect(torch.equal(image2tensor(image), planes)).to.equal(true);
    expect(torch.equal(tensor(PILImage.create(planes.permute([1, 2, 0]))), tensor(image))).to.equal(true);
    const grey = PILImageBW.create(torch.tensor([[0, 0.5, 1]]));
    expect([grey.mode, pixels(grey)]).to.deep.equal(['L', [0, 127, 255]]);
    expect(to_image(image)).to.deep.equal(image);
    expect(pixels(Image.fromarray(torch.ones(1, 5, 5)))).to.deep.equal(Array(25).fill(255));
    expect(() => PILImage.create(torch.zeros(7))).to.throw('not [7]');
    expect(() => PILImage.create(torch.zeros(7, 8, 9))).to.throw('not [7, 8, 9]');
  });

  it('crops, mirrors and turns', () => {
    const image = PILImageBW.create(torch.arange(6).view(2, 3).to(torch.uint8)); // 0 1 2 / 3 4 5
    expect(pixels(image.crop([1, 0, 3, 1]))).to.deep.equal([1, 2]);
    expect(pixels(image.crop([-1, 1, 2, 3]))).to.deep.equal([0, 3, 4, 0, 0, 0]);
    expect(() => image.crop([2, 0, 2, 1])).to.throw('holds no pixel');
    expect(pixels(image.flip_lr())).to.deep.equal([2, 1, 0, 5, 4, 3]);
    const turns = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [
      image.dihedral(k).width,
      pixels(image.dihedral(k)).join(''),
    ]);
    expect(turns).to.deep.equal([
      [3, '012345'],
      [3, '210543'],
      [3, '345012'],
      [2, '251403'],
      [3, '543210'],
      [2, '304152'],
      [2, '031425'],
      [2, '524130'],
    ]);
    expect(() => image.dihedral(8)).to.throw('8 is not from 0 to 7');
  });

  it('writes a PNG that it reads back, and shows itself in a terminal', () => {
    const image = PILImage.create(torch.arange(18).view(2, 3, 3).to(torch.uint8));
    const file = path.join(folder, 'out.png');
    image.save(file);
    expect(PILImage.create(file)).to.deep.equal(image);
    expect(() => image.save('x.jpg')).to.throw('written as .png');
    expect(() => image.convert('RGBA').save(file)).to.throw('1 or 3 channels, not 4');
    const text = image.preview();
    expect(text.split('▀')).to.have.length(4);
    expect(text).to.match(/^\x1b\[38;2;0;1;2m\x1b\[48;2;9;10;11m▀/); // eslint-disable-line no-control-regex
    expect(image.resize([200, 100]).preview(20).split('\n')).to.have.length(6);
  });

  it('gives a notebook its pixels as PNG', () => {
    const image = PILImage.create(torch.arange(18).view(2, 3, 3).to(torch.uint8));
    const shown = (picture: PILImage): Record<string, string> =>
      (picture as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for('Jupyter.display')]!();
    const bundle = shown(image);
    expect(bundle['text/plain']).to.equal('PILImage mode=RGB size=3x2');
    expect(PILImage.create(Buffer.from(bundle['image/png']!, 'base64'))).to.deep.equal(image);
    // Modes that are not written as PNG are shown in colours.
    expect(shown(image.convert('RGBA'))['image/png']).to.equal(bundle['image/png']);
  });
});

describe('resize', () => {
  const noise = (width: number, height: number, channels: number) => {
    torch.manual_seed(1);
    return PILImage.create(torch.randint(0, 256, [height, width, channels]).to(torch.uint8));
  };

  it('weighs neighbours as PIL does', () => {
    const row = PILImageBW.create(torch.tensor([[0, 100, 200, 255]]).to(torch.uint8));
    // Twice as narrow: the filter reaches two pixels to each side, 3/4 and 1/4 of the weight cut off at the edge.
    expect(pixels(row.resize([2, 1], Resampling.BILINEAR))).to.deep.equal([71, 209]);
    expect(pixels(row.resize([2, 1], Resampling.BOX))).to.deep.equal([50, 228]);
    expect(pixels(row.resize([8, 1], Resampling.BILINEAR))).to.deep.equal([
      0, 25, 75, 125, 175, 214, 241, 255,
    ]);
    expect(pixels(row.resize([8, 1], Resampling.NEAREST))).to.deep.equal([
      0, 0, 100, 100, 200, 200, 255, 255,
    ]);
    expect(pixels(row.reshape(1, 2))).to.deep.equal([100, 255]);
    expect(row.resize([4, 1])).to.deep.equal(row);
    expect(() => row.resize([0, 5])).to.throw('[0, 5] are no width and height');
    expect(() => row.resize([2, 2], 9 as never)).to.throw('9 is none of');
    expect(() => row.convert('I;16').resize([2, 1])).to.throw('not for mode I;16');
  });

  it('keeps a plain colour plain, whatever the filter and size', () => {
    const plain = PILImage.create(torch.full([7, 5, 3], 137).to(torch.uint8));
    for (const method of Object.values(Resampling))
      for (const size of [
        [1, 1],
        [13, 4],
        [5, 20],
      ] as [number, number][])
        expect(new Set(pixels(plain.resize(size, method)))).to.deep.equal(new Set([137]));
    const clear = PILImage.create(
      torch
        .tensor([
          [
            [200, 255],
            [9, 0],
          ],
        ])
        .to(torch.uint8),
    );
    expect(pixels(clear.resize([1, 1], Resampling.BOX))).to.deep.equal([199, 128]);
  });

  it('is within one of torch’s antialiased resize', function () {
    const python = process.env['LIBTORCH_NODE_PYTHON'];
    if (python === undefined) return this.skip();
    const image = noise(37, 23, 3);
    const sizes = [
      [12, 9],
      [37, 50],
      [80, 11],
      [20, 23],
    ];
    const program = `
import sys, json, torch
d = json.load(sys.stdin)
x = torch.tensor(d['pixels'], dtype=torch.uint8).view(23, 37, 3).permute(2, 0, 1)[None]
f = lambda w, h, m: torch.nn.functional.interpolate(x, (h, w), mode=m, antialias=True, align_corners=False)[0].permute(1, 2, 0).flatten().tolist()
print(json.dumps([[f(w, h, m) for m in ('bilinear', 'bicubic')] for w, h in d['sizes']]))`;
    const answer = execFileSync(python, ['-c', program], {
      input: JSON.stringify({ pixels: pixels(image), sizes }),
      encoding: 'utf8',
    });
    const expected = JSON.parse(answer) as number[][][];
    sizes.forEach((size, i) => {
      [Resampling.BILINEAR, Resampling.BICUBIC].forEach((method, j) => {
        const own = pixels(image.resize(size as [number, number], method));
        const apart = own.map((value, k) => Math.abs(value - expected[i]![j]![k]!));
        expect(Math.max(...apart), `${size} ${j}`).to.be.at.most(1);
        expect(apart.filter((d) => d > 0).length / own.length, `${size} ${j}`).to.be.below(0.05);
      });
    });
  });
});

describe('the memory of a picture', () => {
  const opened = () => PILImageBW.create(rawPng(2, 1, 8, 0, [0, 5, 6]));
  it('is not that of its tensor, nor of its copy', () => {
    const image = opened();
    const copy = image.copy();
    image.toTensor().add_(1);
    expect(pixels(image)).to.deep.equal([5, 6]);
    copy.data[0] = 9;
    expect(pixels(image)).to.deep.equal([5, 6]);
    // A Buffer's slice() would be no copy.
    expect(image.data.constructor).to.equal(Uint8Array);
  });
});
