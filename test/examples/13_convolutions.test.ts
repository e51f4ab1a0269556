import { convolutions } from './convolutions.js';
import { expectCells } from './support.js';

describe('example: chapter 13 --quick', () => {
  const archives = ['mnist_sample.tgz', 'mnist_png.tgz'];
  expectCells('fastbook/13_convolutions.ts', ['--quick'], archives, convolutions(true));
});
