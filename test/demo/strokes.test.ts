import { expect } from 'chai';
import { digitPicture, MOST_POINTS, readLines, type Point } from '../../ts/demo/strokes.js';
import { Refusal } from '../../ts/demo/refusal.js';
import { thrown } from '../support/thrown.js';
import { three } from './drawings.js';

const at = (pixels: Uint8Array, x: number, y: number): number => pixels[y * 28 + x]!;
function box(pixels: Uint8Array): { left: number; top: number; right: number; bottom: number } {
  const found = { left: 28, top: 28, right: -1, bottom: -1 };
  pixels.forEach((value, i) => {
    if (value === 0) return;
    const [x, y] = [i % 28, Math.floor(i / 28)];
    found.left = Math.min(found.left, x);
    found.right = Math.max(found.right, x);
    found.top = Math.min(found.top, y);
    found.bottom = Math.max(found.bottom, y);
  });
  return found;
}
function centre(pixels: Uint8Array): Point {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((value, i) => {
    mass += value;
    x += value * (i % 28);
    y += value * Math.floor(i / 28);
  });
  return [x / mass, y / mass];
}

describe('demo/strokes', () => {
  it('fits a drawing into 20x20 pixels about its centre of mass, wherever and however large it is drawn', () => {
    const small = three.map(([x, y]): Point => [0.7 + x / 4, 0.02 + y / 4]);
    const [whole, corner] = [digitPicture([three])!, digitPicture([small])!];
    expect(whole).to.have.length(784);
    for (const pixels of [whole, corner]) {
      const { top, bottom } = box(pixels);
      // Soft edges reach half a pixel further.
      expect(bottom - top + 1)
        .to.be.at.least(19)
        .and.at.most(21);
      const [x, y] = centre(pixels);
      expect(x).to.be.closeTo(13.5, 0.15);
      expect(y).to.be.closeTo(13.5, 0.15);
    }
    expect([...corner].every((value, i) => Math.abs(value - whole[i]!) <= 2)).to.equal(true);
  });

  it('keeps the sides in proportion, and a digit on the picture whose weight is at one end', () => {
    const one = digitPicture([[[0.5, 0.1], [0.5, 0.9]]])!; // prettier-ignore
    const { left, right } = box(one);
    expect(right - left + 1).to.be.at.most(5);
    const heavy: Point[] = Array.from({ length: 60 }, (_, i) => [0.05 + (i % 2) * 0.15, 0.9 - i / 300]);
    const hook = digitPicture([heavy, [[0.1, 0.8], [0.9, 0.1]]])!; // prettier-ignore
    const around = box(hook);
    expect(around.left).to.be.at.least(0);
    expect(at(hook, around.right, around.top) + at(hook, around.right - 1, around.top + 1)).to.be.above(0);
    expect(around.right).to.be.at.most(27);
    expect(around.bottom - around.top + 1).to.be.at.least(18);
  });

  it('leaves a dot a dot, and sees nothing where nothing is drawn', () => {
    const { left, right, top, bottom } = box(digitPicture([[[0.3, 0.3]]])!);
    expect(right - left + 1).to.be.at.most(4);
    expect(bottom - top + 1).to.be.at.most(4);
    const shaky = box(digitPicture([[[0.3, 0.3], [0.301, 0.302]]])!); // prettier-ignore
    expect(shaky.right - shaky.left + 1).to.be.at.most(5);
    expect(digitPicture([])).to.equal(null);
    expect(digitPicture([[], []])).to.equal(null);
  });

  it('reads lines, and says what is wrong with others', () => {
    expect(readLines([[[0, 1], [0.5, -0.1]], []])).to.deep.equal([[[0, 1], [0.5, -0.1]], []]); // prettier-ignore
    const wrong: [unknown, string][] = [
      [undefined, 'strokes must be an array'],
      ['line', 'strokes must be an array'],
      [[1], 'strokes[0] must be an array of points'],
      [[[], [[0.1, 0.1], [1]]], 'strokes[1][1] must be a point'],
      [[[[0.1, '0.1']]], 'strokes[0][0] must be a point'],
      [[[[0.1, NaN]]], 'must be a point'],
      [[[[0.1, Infinity]]], 'must be a point'],
      [[[[0.1, 1e9]]], 'must be a point'],
      [[[[0.1, 0.1, 0.1]]], 'must be a point'],
      [[[null]], 'must be a point'],
      [[Array.from({ length: MOST_POINTS + 1 }, () => [0, 0])], 'clear it'],
      [Array.from({ length: MOST_POINTS + 1 }, () => [[0, 0]]), 'clear it'],
    ];
    for (const [lines, words] of wrong) {
      const error = thrown(() => readLines(lines));
      expect(error, JSON.stringify(lines)?.slice(0, 60)).to.be.instanceOf(Refusal);
      expect((error as Refusal).message).to.contain(words);
      expect((error as Refusal).status).to.equal(400);
    }
  });
});
