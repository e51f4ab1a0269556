import { Transformer } from '@napi-rs/image';
import { expect } from 'chai';

import { decodePixels } from '../../../ts/torchvision/io/decode.js';
import { encodePng } from '../../../ts/torchvision/io/png.js';
import { greyJpeg, rawPng } from './png_maker.js';

const decode = (bytes: Uint8Array) => {
  const { width, height, channels, data } = decodePixels(bytes, 'x.png');
  return { size: [width, height, channels], data: [...data] };
};

describe('decodePixels', () => {
  it('reads every kind of PNG', () => {
    expect(decode(rawPng(2, 2, 8, 0, [0, 10, 20, 0, 30, 255]))).to.deep.equal({
      size: [2, 2, 1],
      data: [10, 20, 30, 255],
    });
    expect(decode(rawPng(2, 1, 1, 0, [0, 0x80])).data).to.deep.equal([255, 0]);
    expect(decode(rawPng(2, 1, 2, 0, [0, 0b01100000])).data).to.deep.equal([85, 170]);
    expect(decode(rawPng(1, 1, 8, 4, [0, 7, 9]))).to.deep.equal({ size: [1, 1, 2], data: [7, 9] });
    expect(decode(rawPng(1, 1, 8, 2, [0, 7, 9, 11]))).to.deep.equal({ size: [1, 1, 3], data: [7, 9, 11] });
    const palette: [string, number[]] = ['PLTE', [1, 2, 3, 4, 5, 6]];
    expect(decode(rawPng(2, 1, 8, 3, [0, 1, 0], [palette]))).to.deep.equal({
      size: [2, 1, 3],
      data: [4, 5, 6, 1, 2, 3],
    });
    expect(decode(rawPng(1, 1, 8, 3, [0, 1], [palette, ['tRNS', [0, 100]]])).data).to.deep.equal([
      4, 5, 6, 100,
    ]);
    const wide = decodePixels(rawPng(1, 1, 16, 0, [0, 1, 2]), 'x.png');
    expect(wide.data).to.be.instanceOf(Uint16Array);
    expect([...wide.data]).to.deep.equal([258]);
  });

  it('reads JPEG whatever the name says, grey as one channel', () => {
    expect(decode(greyJpeg)).to.deep.equal({ size: [8, 8, 1], data: Array<number>(64).fill(128) });
    const jpeg = new Transformer(
      rawPng(3, 2, 8, 2, [0, ...Array<number>(9).fill(200), 0, ...Array<number>(9).fill(200)]),
    );
    const { size, data } = decode(jpeg.jpegSync(100));
    expect(size).to.deep.equal([3, 2, 3]);
    for (const value of data) expect(value).to.be.closeTo(200, 2);
  });

  it('gives back what encodePng wrote, filters and odd sizes included', () => {
    for (const [width, height, channels] of [
      [1, 1, 1],
      [5, 3, 1],
      [3, 5, 3],
    ] as const) {
      const pixels = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 256);
      const png = encodePng(pixels, { width, height, channels, level: 6 });
      expect(decode(png)).to.deep.equal({ size: [width, height, channels], data: [...pixels] });
    }
    expect(() => encodePng(new Uint8Array(2), { width: 1, height: 1, channels: 2, level: 6 })).to.throw(
      'not 2',
    );
  });

  it('reads from the middle of a larger buffer', () => {
    const png = rawPng(2, 1, 8, 0, [0, 1, 2]);
    const padded = Buffer.concat([Buffer.alloc(3), png, Buffer.alloc(5)]);
    expect(decode(padded.subarray(3, 3 + png.length)).data).to.deep.equal([1, 2]);
  });

  it('names the picture and what is wrong with it', () => {
    const good = rawPng(20, 20, 8, 0, Array<number>(420).fill(0));
    const cases: [Uint8Array, RegExp][] = [
      [Buffer.alloc(0), /^cannot decode x\.png: it is empty$/],
      [Buffer.from('GIF89a......'), /neither PNG nor JPEG \(it starts with the bytes 4749463839612e2e\)/],
      [good.subarray(0, 20), /neither PNG nor JPEG/],
      [good.subarray(0, good.length - 20), /unexpected end of file/],
      [rawPng(0, 5, 8, 0, [0]), /claims 0x5 pixels/],
      [rawPng(20_000, 10_000, 8, 0, [0]), /claims 20000x10000 pixels, more than the 178956970 allowed/],
      [rawPng(0xffffffff, 0xffffffff, 8, 2, [0]), /more than the/],
      [greyJpeg.subarray(0, 60), /JPEG without a frame header/],
      [greyJpeg.subarray(0, greyJpeg.length - 20), /cannot decode x\.png: .+/],
      [rawPng(2, 2, 8, 0, [9, 1, 2, 9, 3, 4]), /cannot decode x\.png: .+/],
    ];
    for (const [bytes, message] of cases) expect(() => decodePixels(bytes, 'x.png')).to.throw(message);
  });

  it('survives damage anywhere: an error or a picture, never a crash', () => {
    const png = rawPng(
      8,
      8,
      8,
      0,
      Array.from({ length: 72 }, (_, i) => (i % 9 === 0 ? 0 : i)),
    );
    for (let at = 0; at < png.length; at++) {
      const damaged = Buffer.from(png);
      damaged[at]! ^= 0x55;
      try {
        decodePixels(damaged, 'x.png');
      } catch (error) {
        expect((error as Error).message).to.match(/^cannot decode x\.png: ./);
      }
    }
  });
});
