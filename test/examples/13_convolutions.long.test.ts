import { convolutions } from './convolutions.js';
import { expectCells } from './support.js';

describe('example: chapter 13, all pictures', () => {
  const archives = ['mnist_sample.tgz', 'mnist_png.tgz'];
  expectCells('fastbook/13_convolutions.ts', [], archives, convolutions(false));
});
