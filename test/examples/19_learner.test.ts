/**
 * Chapter 19 on MNIST. What depends on Imagenette's pictures cannot be what the chapter printed; what does not, is.
 */
import { expect } from 'chai';

import { expectCells, type Expected } from './support.js';

const digits = 'MNIST in the place of Imagenette';
const mnist = (check: string | RegExp | ((text: string) => void)): Expected => ({ differs: digits, check });

/** Lines `epoch, training, loss, accuracy`. */
function epochs(text: string): [epoch: number, training: boolean, loss: number, accuracy: number][] {
  return text
    .split('\n')
    .filter((line) => /^\d+ (True|False) /.test(line))
    .map((line) => {
      const [epoch, training, loss, accuracy] = line.split(' ');
      return [Number(epoch), training === 'True', Number(loss), Number(accuracy)];
    });
}

describe('example: chapter 19 --quick', () => {
  let log_softmax: string;
  expectCells('fastbook/19_learner.ts', ['--quick'], ['mnist_png.tgz'], {
    1: /^This takes about ten seconds\.$/,
    4: mnist("Path('testing/0/10.png')"),
    5: mnist("Path('testing/0/10.png')"),
    6: /figure-001\.png$/,
    7: mnist('torch.Size([28, 28])'),
    8: mnist("(#10) ['0','1','2','3','4','5','6','7','8','9']"),
    9: mnist("{'0': 0, '1': 1, '2': 2, '3': 3, '4': 4, '5': 5, '6': 6, '7': 7, '8': 8, '9': 9}"),
    11: { differs: 'a tenth of the pictures', check: '(1200, 200)' },
    12: mnist('(torch.Size([32, 32, 3]), tensor(0))'),
    13: /figure-002\.png$/,
    15: mnist('(torch.Size([2, 32, 32, 3]), tensor([0, 0]))'),
    17: mnist('(torch.Size([128, 32, 32, 3]), torch.Size([128]), 10)'),
    18: mnist((text) => {
      const numbers = [...text.matchAll(/0\.\d{4}/g)].map(Number);
      expect(numbers.length).to.equal(6);
      expect(numbers[0]).to.be.within(0.11, 0.16);
      expect(numbers[3]).to.be.within(0.28, 0.33);
    }),
    21: mnist((text) => {
      const match = /^\(tensor\(\[(.*)\]\), tensor\(\[1\.(?:0000)?, 1\.(?:0000)?, 1\.(?:0000)?\]\)\)$/.exec(
        text,
      );
      expect(match, text).to.not.equal(null);
      for (const mean of match![1]!.split(',')) expect(Math.abs(Number(mean))).to.be.below(1e-5);
    }),
    23: 'tensor(3., requires_grad=True)',
    26: '2',
    27: mnist('torch.Size([128, 4, 32, 32])'),
    29: 'torch.Size([3, 2])',
    31: '4',
    32: { differs: 'recorded on a GPU', check: /^device\(type='(cpu|cuda)'(, index=0)?\)$/ },
    36: '10',
    37: mnist((text) => {
      const lines = text.split('\n');
      expect(lines.pop()).to.equal('torch.Size([128, 10])');
      expect(lines.length).to.equal(4);
      for (const line of lines) {
        const [mean, std] = line.split(' ').map(Number);
        // Kaiming's initial values keep the scale from layer to layer.
        expect(mean).to.be.within(0.2, 0.8);
        expect(std).to.be.within(0.5, 1.5);
      }
    }),
    39: mnist((text) => {
      expect(text).to.match(/^tensor\(-\d\.\d{4}, grad_fn=<SelectBackward0>\)$/);
      log_softmax = text;
    }),
    40: mnist(/^tensor\(\d\.\d{4}, grad_fn=<NegBackward0>\)$/),
    41: mnist((text) => {
      expect(text).to.equal(log_softmax);
    }),
    42: 'tensor(True)',
    43: mnist(/^tensor\(\d\.\d{4}, grad_fn=<SelectBackward0>\)$/),
    45: mnist((text) => {
      expect(text).to.equal(log_softmax);
    }),
    53: mnist((text) => {
      const rows = epochs(text);
      expect(rows.map(([epoch, training]) => [epoch, training])).to.deep.equal([
        [0, true],
        [0, false],
      ]);
      for (const [, , loss, accuracy] of rows) {
        expect(loss).to.be.below(2.31);
        expect(accuracy).to.be.above(0.15);
      }
    }),
    55: mnist((text) => {
      // It begins where nothing can be learned, and is broken off when the rate is beyond 10 or the loss no number.
      const rows = epochs(text);
      expect(rows[0]![2]).to.be.within(2.2, 3);
      const least = Math.min(...rows.map((row) => row[2]));
      expect(least).to.be.below(rows[0]![2] - 0.1);
      expect(rows.length).to.be.below(20);
    }),
    56: /figure-003\.png$/,
    59: mnist((text) => {
      const rows = epochs(text);
      expect(rows.length).to.equal(6);
      expect(rows.at(-1)![3]).to.be.above(0.7);
      expect(rows.at(-1)![2]).to.be.below(rows[1]![2]);
    }),
    60: /figure-004\.png$/,
  });
});
