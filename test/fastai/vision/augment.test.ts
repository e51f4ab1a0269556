import { expect } from 'chai';

import { random } from '../../../ts/fastcore/random.js';
import { Pipeline } from '../../../ts/fastcore/pipeline.js';
import * as torch from '../../../ts/torch/index.js';
import {
  CropPad,
  DihedralItem,
  FlipItem,
  RandomCrop,
  RandomResizedCrop,
  Resize,
} from '../../../ts/fastai/vision/augment.js';
import { PILImageBW, type PILBase } from '../../../ts/fastai/vision/core.js';
import { crop_pad } from '../../../ts/fastai/vision/crop_pad.js';

/** Pixel (x, y) is 10 y + x. */
const grid = (width: number, height: number): PILImageBW => {
  const rows = Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => 10 * y + x));
  return PILImageBW.create(torch.tensor(rows).to(torch.uint8));
};
const rows = (image: PILBase) => (image.toTensor().tolist() as number[][]).map((row) => row.join(' '));
const train = { split_idx: 0 };
const valid = { split_idx: 1 };

describe('crop_pad', () => {
  it('takes what is inside and makes up what is outside', () => {
    const image = grid(4, 3);
    expect(rows(crop_pad(image, [2, 1]))).to.deep.equal(['11 12']);
    expect(rows(crop_pad(image, [3, 2], { corner: [0, 1] }))).to.deep.equal(['10 11 12', '20 21 22']);
    expect(rows(crop_pad(image, [6, 3]))[1]).to.equal('0 10 11 12 13 0');
    expect(rows(crop_pad(image, [6, 3], { pad_mode: 'border' }))[1]).to.equal('10 10 11 12 13 13');
    expect(rows(crop_pad(image, [6, 5], { pad_mode: 'reflection' }))).to.deep.equal([
      '11 10 11 12 13 12',
      '1 0 1 2 3 2',
      '11 10 11 12 13 12',
      '21 20 21 22 23 22',
      '11 10 11 12 13 12',
    ]);
    // Reflected again and again, as np.pad does.
    expect(rows(crop_pad(grid(2, 1), [8, 1], { pad_mode: 'reflection' }))).to.deep.equal(['1 0 1 0 1 0 1 0']);
    expect(crop_pad(image, [4, 3])).to.equal(image);
    expect(() => crop_pad(image, [9, 9], { pad_mode: 'mirror' as never })).to.throw(
      "pad_mode 'mirror' is none of",
    );
  });
});

describe('Resize', () => {
  it('crops, pads or squishes; the middle in validation', () => {
    const image = grid(6, 3);
    const seen = Resize(3)(image, valid) as PILImageBW;
    expect(rows(seen)).to.deep.equal(['1 2 3', '11 12 13', '21 22 23']);
    expect(seen).to.be.instanceOf(PILImageBW);
    expect(Resize([2, 4], { method: 'squish' })(image, valid).size).to.deep.equal([4, 2]);
    expect(rows(Resize(6, 'pad', { pad_mode: 'zeros' })(image, valid))[0]).to.equal('0 0 0 0 0 0');
    expect(rows(Resize(6, 'pad', { pad_mode: 'zeros' })(image, valid))[2]).to.equal('10 11 12 13 14 15');
    expect(() => Resize(0)).to.throw('0 is no size');
    expect(() => Resize(5, 'stretch' as never)).to.throw("method 'stretch' is none of squish, crop, pad");
    expect(() => Resize(5, { mode: 1 } as never)).to.throw("unknown option 'mode'");
  });

  it('draws two numbers for each training item, none for validation or squishing', () => {
    const image = grid(6, 3);
    random.seed(42);
    const [first] = [random.random(), random.random()];
    const third = random.random();
    random.seed(42);
    const left = Math.trunc(first * 3);
    expect(rows(Resize(3)(image, train))[0]).to.equal([left, left + 1, left + 2].join(' '));
    Resize(3)(image, valid);
    Resize(3, 'squish')(image, train);
    expect(random.random()).to.equal(third);
  });

  it('leaves what is no picture alone, in tuples too', () => {
    const [image, label] = Resize(2)([grid(4, 4), 'three'], valid) as [PILBase, string];
    expect([image.size, label]).to.deep.equal([[2, 2], 'three']);
    const pipe = new Pipeline([Resize(2)], 1);
    expect((pipe([grid(4, 4), 5]) as [PILBase])[0].size).to.deep.equal([2, 2]);
  });
});

describe('random transforms of pictures', () => {
  it('flip with a probability, in training only', () => {
    const image = grid(3, 1);
    random.seed(1);
    const draws = Array.from({ length: 8 }, () => random.random() < 0.5);
    random.seed(1);
    const flip = FlipItem(0.5);
    expect(draws.map(() => rows(flip(image, train))[0] === '2 1 0')).to.deep.equal(draws);
    expect(new Set(draws).size).to.equal(2);
    expect(rows(FlipItem(1)(image, train))[0]).to.equal('2 1 0');
    expect(rows(FlipItem(1)(image, valid))[0]).to.equal('0 1 2');
    expect(() => FlipItem(2)).to.throw('p is 2, not from 0 to 1');
    random.seed(3);
    const k = random.randint(0, 7);
    random.seed(3);
    expect(DihedralItem()(image, train)).to.deep.equal(image.dihedral(k));
  });

  it('crop', () => {
    const image = grid(5, 4);
    random.seed(7);
    const [x, y] = [random.randint(0, 3), random.randint(0, 3)];
    random.seed(7);
    expect(rows(RandomCrop([1, 2])([image, 1], train)[0])).to.deep.equal([`${10 * y + x} ${10 * y + x + 1}`]);
    expect(rows(RandomCrop([2, 1])(image, valid))).to.deep.equal(['12', '22']);
    expect(() => RandomCrop(6)(image, train)).to.throw('6x6 does not fit into 5x4');
    expect(rows(CropPad([1, 7])(image))).to.deep.equal(['0 10 11 12 13 14 0']);
    expect(() => RandomCrop(2)('text', train)).to.throw('an item without one');
  });

  it('RandomResizedCrop: area and shape are drawn, validation is the middle of a slightly larger picture', () => {
    const image = grid(9, 8);
    random.seed(5);
    const area = random.uniform(0.3, 1) * 72;
    const shape = Math.exp(random.uniform(Math.log(3 / 4), Math.log(4 / 3)));
    const [w, h] = [Math.round(Math.sqrt(area * shape)), Math.round(Math.sqrt(area / shape))];
    const corner: [number, number] = [random.randint(0, 9 - w), random.randint(0, 8 - h)];
    random.seed(5);
    const tfm = RandomResizedCrop(4, { min_scale: 0.3 });
    expect(tfm(image, train)).to.deep.equal(crop_pad(image, [w, h], { corner, resize_to: [4, 4] }));
    expect(tfm(image, valid)).to.deep.equal(
      crop_pad(crop_pad(image, [9, 8], { resize_to: [12, 12] }), [4, 4]),
    );
    // No part of this shape fits: the whole width, or height, is taken.
    const wide = RandomResizedCrop(4, { min_scale: 1, ratio: [1, 1.0001] });
    expect((wide(grid(9, 2), train) as PILBase).size).to.deep.equal([4, 4]);
  });
});
