/** What chapter 13 recorded, cell by cell, for its quick and its full form. */
import { expect } from 'chai';

import type { Expected } from './support.js';

/** A row of the table that a fit prints. */
export interface Epoch {
  train_loss: number;
  valid_loss: number;
  accuracy: number;
}
export function epochs(text: string): Epoch[] {
  const [header, ...rows] = text.split('\n');
  expect(header).to.match(/^epoch +train_loss +valid_loss +accuracy +time/);
  return rows.map((row, i) => {
    const cells = row.trim().split(/ +/);
    expect(cells).to.have.length(5);
    expect(Number(cells[0])).to.equal(i);
    return { train_loss: Number(cells[1]), valid_loss: Number(cells[2]), accuracy: Number(cells[3]) };
  });
}

const figure = (n: number) => new RegExp(`^\\S*figure-${String(n).padStart(3, '0')}\\.png$`);
const rule = (mark: string) => mark.repeat(76);
const row = (name: string, params: string) => `${name.padEnd(41)} ${params.padEnd(10)} True      `;
const relu = 'ReLU'.padEnd(63);
const shape = (text: string) => `${' '.repeat(21)}${text.padEnd(20)}`;
const summary = [
  'Sequential (Input shape: 64 x 1 x 28 x 28)',
  rule('='),
  'Layer (type)         Output Shape         Param #    Trainable ',
  rule('='),
  ...[shape('64 x 4 x 14 x 14'), row('Conv2d', '40'), relu, rule('_')],
  ...[shape('64 x 8 x 7 x 7'), row('Conv2d', '296'), relu, rule('_')],
  ...[shape('64 x 16 x 4 x 4'), row('Conv2d', '1168'), relu, rule('_')],
  ...[shape('64 x 32 x 2 x 2'), row('Conv2d', '4640'), relu, rule('_')],
  ...[shape('64 x 2 x 1 x 1'), row('Conv2d', '578'), rule('_')],
  ...[shape('64 x 2'), 'Flatten'.padEnd(63), rule('_'), ''],
  ...['Total params: 6,722', 'Total trainable params: 6,722', 'Total non-trainable params: 0', ''],
  ...['Optimizer used: <function Adam>', 'Loss function: <function cross_entropy>', ''],
  // CastToTensor came with a later fastai than the book's.
  ...['Callbacks:', '  - TrainEvalCallback', '  - CastToTensor', '  - Recorder', '  - ProgressCallback'],
].join('\n');

const unseeded = (figures: string, check: (rows: Epoch[]) => void, count = 1): Expected => ({
  differs: `recorded on a GPU without a seed: ${figures}`,
  check: (text) => {
    const rows = epochs(text);
    expect(rows).to.have.length(count);
    for (const { train_loss, valid_loss } of rows) {
      expect(train_loss).to.be.within(0, 50);
      expect(valid_loss).to.be.within(0, 50);
    }
    check(rows);
  },
});
const accuracyOf = (least: number) => (rows: Epoch[]) => expect(rows.at(-1)!.accuracy).to.be.within(least, 1);
/** Whether it collapses depends on the random numbers: either one class for all, or something better. */
const whatever = accuracyOf(0.09);

export const convolutions = (quick: boolean): Record<number, Expected> => ({
  2: quick ? /^This takes about fifteen seconds\.$/ : /^This takes about \w+ minutes?( and a half)?\.$/,
  6: figure(1),
  7: 'tensor([[-0., -0., -0.],\n        [0., 0., 0.],\n        [0., 0., 0.]])',
  8: 'tensor(0.)',
  9: figure(2),
  10: 'tensor(762.)',
  11: 'tensor(-29.)',
  13: 'tensor(762.)',
  14: `[${[1, 2, 3, 4].map((i) => `[${[1, 2, 3, 4].map((j) => `(${i}, ${j})`).join(', ')}]`).join(', ')}]`,
  15: figure(3),
  16: figure(4),
  17: 'torch.Size([4, 3, 3])',
  18: 'torch.Size([64, 1, 28, 28])',
  20: '(torch.Size([4, 3, 3]), torch.Size([4, 1, 3, 3]))',
  22: 'torch.Size([64, 4, 26, 26])',
  23: figure(5),
  25:
    'Sequential(\n  (0): Linear(in_features=784, out_features=30, bias=True)\n  (1): ReLU()\n' +
    '  (2): Linear(in_features=30, out_features=1, bias=True)\n)',
  27: 'torch.Size([64, 1, 28, 28])',
  30: 'torch.Size([64, 2])',
  32: { differs: 'Python prints the addresses of the optimizer and the loss, too', check: summary },
  33: unseeded('0.072684 0.045110 0.990186; 0.022580 0.030775 0.990186', accuracyOf(quick ? 0.9 : 0.98), 2),
  34:
    'Sequential(\n  (0): Conv2d(1, 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))\n' +
    '  (1): ReLU()\n)',
  35: 'torch.Size([4, 1, 3, 3])',
  36: 'torch.Size([4])',
  37: { differs: 'three digits in the place of a bear', check: 'torch.Size([3, 28, 28])' },
  38: figure(6),
  39: figure(7),
  42: "(#2) [Path('testing'),Path('training')]",
  44: figure(8),
  49: unseeded('2.307071 2.305865 0.113500', whatever),
  50: figure(9),
  51: figure(10),
  53: unseeded('2.309385 2.302744 0.113500', whatever),
  54: figure(11),
  56: unseeded('0.210838 0.084827 0.974300', quick ? whatever : accuracyOf(0.95)),
  57: figure(12),
  58: figure(13),
  59: figure(14),
  60: figure(15),
  62: unseeded('0.130036 0.055021 0.986400', accuracyOf(quick ? 0.6 : 0.98)),
  63: figure(16),
  64: unseeded(
    '0.191731 0.121738 0.960900 ... 0.017646 0.025407 0.991200',
    accuracyOf(quick ? 0.6 : 0.985),
    quick ? 1 : 5,
  ),
});
