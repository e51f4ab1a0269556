/** The journey through chapter 4: what each cell prints against what the post shows. */
import { expect } from 'chai';

import { expectCells } from './support.js';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const rows = [
  [],
  [0, 0, 0, 0, 0, 29, 150, 195, 254, 255, 254, 176, 193, 150, 96],
  [0, 0, 0, 48, 166, 224, 253, 253, 234, 196, 253, 253, 253, 253, 233],
];

describe('example: journey --quick', () => {
  expectCells('seeds/journey.ts', ['--quick'], ['mnist_sample.tgz'], {
    1: /^This takes about \w+ seconds\.$/,
    2: (text) => {
      const names = [...text.matchAll(/Path\('([^']*)\/data\/mnist_sample\/(\w+(?:\.csv)?)'\)/g)];
      expect(names.map((match) => match[2]).sort()).to.deep.equal(['labels.csv', 'train', 'valid']);
      expect(text).to.match(/^\(#3\) \[.*\]$/);
    },
    3: (text) => {
      const numbers = text
        .replace(/, dtype=torch\.uint8\)$/, '')
        .split(']')
        .map((row) => [...row.matchAll(/\d+/g)].map(Number));
      expect(text).to.match(/, dtype=torch\.uint8\)$/);
      expect(numbers.filter((row) => row.length > 0).map((row) => row.length)).to.deep.equal(
        Array<number>(11).fill(18),
      );
      rows.forEach((row, i) => {
        expect(numbers[i]).to.deep.equal([...row, ...Array<number>(18 - row.length).fill(0)]);
      });
      expect(numbers[10]).to.deep.equal([
        0, 0, 0, 0, 0, 0, 0, 43, 98, 98, 208, 253, 253, 253, 253, 187, 22, 0,
      ]);
    },
    4: /^\(6131, Path\('.*\/data\/mnist_sample\/train\/3\/10\.png'\)\)$/,
    5: { differs: '--quick reads 600 of 6131', check: '(600, torch.Size([28, 28]))' },
    6: { differs: '--quick reads 600 of 6131', check: 'torch.Size([600, 28, 28])' },
    7: {
      differs: '--quick reads 600 of 6131',
      check: 'shape:  torch.Size([600, 28, 28])\nrank:  3\ntype:  torch.float32',
    },
    8: {
      differs: '--quick reads 600 of 6131',
      check: 'torch.Size([600, 784])\ntorch.Size([600, 28, 28])',
    },
    9: {
      differs: 'the mean of 600 pictures is not that of all; the long test sees the printed numbers',
      check: /^(\(tensor\(0\.\d{4}\), tensor\(0\.\d{4}\)\)\n){2}True$/,
    },
    10: 'output of where:  tensor(0.4333)',
    11: '(torch.Size([784, 1]), 2)',
    12: 'tensor(True)',
    13: /figure-001\.png\nLoss: {2}2\.25$/,
    14: /figure-002\.png\nLoss: {2}1\.0$/,
    15: 'tensor(-1., requires_grad=True)\ntensor(1., grad_fn=<PowBackward0>)\ntensor(-2.)',
    16:
      'New value for xt:  tensor(-0.9800, requires_grad=True)\nNew loss:  tensor(0.9604)\n' +
      'tensor(0.9604, grad_fn=<PowBackward0>)',
    17: "(#26) [(0, 'a'),(1, 'b'),(2, 'c'),(3, 'd'),(4, 'e'),(5, 'f'),(6, 'g'),(7, 'h'),(8, 'i'),(9, 'j')...]",
    18: {
      differs: 'the post did not seed its shuffle',
      check: (text) => {
        const lines = text.split('\n');
        expect(lines.length).to.equal(5);
        const seen = lines.flatMap((line, i) => {
          const match = /^\(tensor\(\[([\d, ]+)\]\), \((.*)\)\)$/.exec(line);
          expect(match, line).to.not.equal(null);
          const numbers = match![1]!.split(',').map(Number);
          expect(numbers.length).to.equal(i < 4 ? 6 : 2);
          expect(match![2]).to.equal(numbers.map((n) => `'${letters[n]!}'`).join(', '));
          return numbers;
        });
        expect(seen.sort((a, b) => a - b)).to.deep.equal(Array.from(letters, (_, i) => i));
        expect(lines[0]).to.not.contain("('a', 'b', 'c', 'd', 'e', 'f')");
      },
    },
    19: '[]\nusing nn.ReLU:  tensor(0) tensor(4)\nusing max() tensor(0.) tensor(4.)',
    20: '4\ntorch.Size([1, 784])\ntorch.Size([1])\ntorch.Size([10, 1])\ntorch.Size([10])',
  });
});
