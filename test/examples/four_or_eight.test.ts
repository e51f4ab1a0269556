/** The 4-versus-8 post with a fifth of the pictures. */
import { expect } from 'chai';

import { expectCells } from './support.js';

const fifth = '--quick takes a fifth of the pictures';

describe('example: four or eight --quick', () => {
  expectCells('seeds/four_or_eight.ts', ['--quick'], ['mnist_png.tgz'], {
    1: /^This takes about three seconds/,
    2: /^\(#2\) \[Path\('testing'\),Path\('training'\)\]$/m,
    3: /^\(#5851\) \[Path\('training\/8\/10001\.png'\),Path\('training\/8\/10012\.png'\),Path\('training\/8\/10021\.png'\),.*\.\.\.\]$/,
    4: 'torch.Size([28, 28])',
    5: { differs: fifth, check: '(3, torch.Size([1169, 28, 28]))\ntorch.Size([1171, 28, 28])' },
    6: { differs: fifth, check: '(torch.Size([2340, 784]), torch.Size([2340, 1]))' },
    7: '(torch.Size([784]), tensor([0]))',
    8: { differs: fifth, check: '(1872, 468)' },
    9: { differs: fifth, check: '(8, 2)' },
    10: '(torch.Size([784, 1]), torch.Size([1]))',
    12: { differs: 'the post did not record it', check: /^0\.\d{1,4}$/ },
    13: {
      differs: 'the post did not record them',
      check: (text) => {
        const accuracies = text.trim().split(' ').map(Number);
        expect(accuracies.length).to.equal(30);
        expect(accuracies.at(-1)).to.be.above(0.93);
        expect(accuracies.at(-1)).to.be.above(accuracies[0]!);
      },
    },
  });
});
