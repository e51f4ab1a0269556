/**
 * Lesson 2's fit by hand. The lesson did not seed; with `torch.manual_seed(42)` PyTorch 2.13.0 prints these figures.
 */
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';

import { expectCells, scratch } from './support.js';

const unseeded = 'the lesson did not seed; this is what Python prints with the seed 42';
const losses = [6.6463, 1.3102, 0.3439, 0.1144, 0.0591, 0.0457, 0.0425, 0.0417, 0.0415, 0.0415];

describe('example: lesson 2, SGD --quick', () => {
  expectCells('course/lesson2_sgd.ts', ['--quick'], [], {
    1: /^This takes about \w+ seconds\.$/,
    3: {
      differs: unseeded,
      check: `tensor([[ 0.7645,  1.0000],
        [ 0.8300,  1.0000],
        [-0.2343,  1.0000],
        [ 0.9186,  1.0000],
        [-0.2191,  1.0000]])`,
    },
    4: 'tensor([3., 2.])',
    6: /figure-001\.png$/,
    9: { differs: unseeded, check: 'tensor(6.6463)' },
    10: /figure-002\.png$/,
    11: 'Parameter containing:\ntensor([-1.,  1.], requires_grad=True)',
    13: {
      differs: unseeded,
      check: losses.map((loss) => `tensor(${loss.toFixed(4)}, grad_fn=<MeanBackward0>)`).join('\n'),
    },
    14: /figure-003\.png$/,
    15: { differs: unseeded, check: 'Parameter containing:\ntensor([2.9391, 2.0001], requires_grad=True)' },
    16: (text) => {
      const folder = /^10 frames in (.*)\/fit\.gif and fit\.html$/.exec(text)?.[1];
      expect(folder, text).to.be.a('string');
      const file = (name: string): Buffer => fs.readFileSync(path.resolve(scratch(), folder!, name));
      expect(file('fit.gif').subarray(0, 6).toString()).to.equal('GIF89a');
      expect(
        file('fit.html')
          .toString()
          .match(/class="frame"/g),
      ).to.have.length(10);
      expect(file('figure-003.png').subarray(1, 4).toString()).to.equal('PNG');
    },
  });
});
