import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import { DIGIT_SIZE, drawDigits, writeDrawnDigits } from '../../../ts/torchvision/datasets/drawn_digits.js';
import { decodePixels } from '../../../ts/torchvision/io/decode.js';

const AREA = DIGIT_SIZE * DIGIT_SIZE;

function meanOf(pixels: Uint8Array): Float64Array {
  const mean = new Float64Array(AREA);
  const count = pixels.length / AREA;
  pixels.forEach((value, i) => (mean[i % AREA]! += value / count));
  return mean;
}

describe('drawn digits', () => {
  it('draws the same pictures from the same seed, others from another', () => {
    const hash = (pixels: Uint8Array) => createHash('sha256').update(pixels).digest('hex');
    const once = hash(drawDigits(3, 20, 7));
    expect(hash(drawDigits(3, 20, 7))).to.equal(once);
    expect(hash(drawDigits(3, 20, 8))).to.not.equal(once);
    expect(hash(drawDigits(3, 30, 7).subarray(0, 20 * AREA)), 'a longer run starts alike').to.equal(once);
  });

  it('fills the middle of every picture with soft-edged ink', () => {
    for (let digit = 0; digit < 10; digit++) {
      const pixels = drawDigits(digit, 50, 1);
      for (let i = 0; i < 50; i++) {
        const picture = pixels.subarray(i * AREA, (i + 1) * AREA);
        const inked = picture.filter((value) => value > 128).length;
        expect(inked, `digit ${digit}`).to.be.within(15, 260);
        expect(picture.some((value) => value > 20 && value < 200)).to.equal(true);
        const border = picture.filter((_, at) => at < 56 || at >= AREA - 56);
        expect(Math.max(...border), 'two empty rows above and below').to.be.at.most(60);
      }
    }
  });

  it('draws digits that are told apart by their mean pictures, but not always', () => {
    const means = Array.from({ length: 10 }, (_, digit) => meanOf(drawDigits(digit, 300, 1)));
    let right = 0;
    for (let digit = 0; digit < 10; digit++) {
      const fresh = drawDigits(digit, 100, 2);
      for (let i = 0; i < 100; i++) {
        const distances = means.map((mean) =>
          mean.reduce((sum, value, at) => sum + (value - fresh[i * AREA + at]!) ** 2, 0),
        );
        if (distances.indexOf(Math.min(...distances)) === digit) right++;
      }
    }
    expect(right / 1000).to.be.within(0.7, 0.98);
  });

  it('writes a folder like the samples of fast.ai', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'digits-test-'));
    try {
      writeDrawnDigits(folder, { digits: [3, 7], train: 4, valid: 2, seed: 5 });
      expect(fs.readdirSync(path.join(folder, 'train')).sort()).to.deep.equal(['3', '7']);
      expect(fs.readdirSync(path.join(folder, 'valid/7')).sort()).to.deep.equal(['0.png', '1.png']);
      const drawn = drawDigits(7, 6, 5);
      const read = decodePixels(fs.readFileSync(path.join(folder, 'valid/7/1.png')), 'it');
      expect(Buffer.from(read.data as Uint8Array).equals(drawn.subarray(5 * AREA))).to.equal(true);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('refuses what is no digit and no count', () => {
    expect(() => drawDigits(10, 1, 1)).to.throw(RangeError, '10 is no digit');
    expect(() => drawDigits(3, -1, 1)).to.throw(RangeError, 'count is -1');
    expect(drawDigits(3, 0, 1)).to.have.length(0);
  });
});
