/** The homework of the notes, with a part of the pictures: every row of the table, the tables of both Learners, bands. */
import fs from 'node:fs';
import { expect } from 'chai';

import { expectCells } from './support.js';

/** The rows of a fit's table as numbers: epoch, losses, metric. */
function rowsOf(text: string): number[][] {
  const [head, ...rows] = text.split('\n').filter((line) => /^(epoch|\d+ )/.test(line));
  expect(head!.trim().split(/\s+/)).to.deep.equal(['epoch', 'train_loss', 'valid_loss', 'accuracy', 'time']);
  return rows.map((row, i) => {
    const cells = row.trim().split(/\s+/);
    expect(cells[0]).to.equal(String(i));
    expect(cells[4]).to.match(/^\d\d:\d\d$/);
    return cells.slice(1, 4).map(Number);
  });
}
function fit(epochs: number, least: number): (text: string) => void {
  return (text) => {
    const rows = rowsOf(text);
    expect(rows.length).to.equal(epochs);
    expect(rows.at(-1)![2]).to.be.at.least(least);
    expect(rows.at(-1)![1]).to.be.below(rows[0]![1]! + 1e-9);
  };
}
/** The left and right sides of rows that say they are equal. */
function table(...rows: [manual: string, api: string][]): (text: string) => void {
  return (text) => {
    const found = text
      .split('\n')
      .filter((line) => /(equal|to rounding)$/.test(line))
      .map((line) => line.replace(/ +(equal|to rounding)$/, '').split(/ {2,}| (?=nn\.Sequential\()/));
    for (const row of rows) expect(found).to.deep.include(row);
    expect(found.length).to.be.at.least(rows.length);
  };
}

describe('example: homework --quick', () => {
  let own: number[][];
  const run = expectCells('seeds/homework.ts', ['--quick'], ['mnist_png.tgz'], {
    1: /^This takes about ten seconds/,
    2: table(
      ['(a-b).abs().mean()', 'F.l1_loss(a,b)'],
      ['((a-b)**2).mean()', 'F.mse_loss(a,b)'],
      ['((a-b)**2).mean().sqrt()', 'F.mse_loss(a,b).sqrt()'],
      ['1/(1+torch.exp(-x))', 'torch.sigmoid(x), x.sigmoid()'],
      ['res.max(tensor(0.0))', 'F.relu(res)'],
      ['res.max(tensor(0.0))', 'nn.ReLU()(res)'],
    ),
    3: table(
      ['xb@weights + bias', 'nn.Linear(4,1)(xb)'],
      ['xb@weights + bias', 'F.linear(xb, weights.T, bias)'],
      ['simple_net(xb)', 'nn.Sequential(Linear, ReLU, Linear)(xb)'],
      ['-input[range(n), targ].mean()', 'F.nll_loss(input, targ)'],
      ['log_softmax, then nll', 'F.cross_entropy(x, targ)'],
      ['log_softmax, then nll', 'nn.CrossEntropyLoss()(x, targ)'],
      ['m + (x-m[:,None]).exp().sum(-1).log()', 'x.logsumexp(-1)'],
    ),
    4: table(
      ['p.data -= p.grad*lr', 'SGD(params, lr).step()'],
      ['p.data -= p.grad*lr', 'optim.SGD(params, lr).step()'],
      ['p.grad.zero_()', 'opt.zero_grad(set_to_none=False)'],
      ['list(zip(x,y))', 'TensorDataset(x,y)'],
      ['x[2:4]', 'DataLoader(dset, batch_size=2)'],
    ),
    5: (text) => {
      table(
        ['MyLinear(4,3).weight, same seed', 'nn.Linear(4,3).weight'],
        ['MyLinear(4,3)(x)', 'nn.Linear(4,3)(x)'],
        ['gradient of its weight', 'gradient of its weight'],
        ['gradient of its bias', 'gradient of its bias'],
      )(text);
      expect(text).to.match(/\n1 parameter without bias$/);
    },
    6: '[0, 1, 4, 3, 8, 5, 12, 7, 16, 9]\n[0, 4, 8, 12, 16]\n[2, 6, 10, 14, 18]',
    7: table(
      ['mean of -log(p) or -log(1-p)', 'F.binary_cross_entropy(p, cat)'],
      ['mean of -log(p) or -log(1-p)', 'nn.CrossEntropyLoss()(scores, cat)'],
    ),
    8: {
      differs: '--quick takes a part of the pictures',
      check:
        /torch\.Size\(\[5000, 28, 28\]\) torch\.Size\(\[5000\]\) torch\.Size\(\[2000, 28, 28\]\) torch\.Size\(\[2000\]\)$/,
    },
    9: (text) => {
      const [l1, l2] = text.split('\n').map((line) => line.split(':')[1]!.trim().split(' ').map(Number));
      expect(l1!.length).to.equal(11);
      // All of MNIST gives 0.6685 and 0.8203.
      expect(l1![0]).to.be.within(0.63, 0.71);
      expect(l2![0]).to.be.within(0.79, 0.85);
    },
    10: (text) => {
      own = rowsOf(text);
      expect(own.length).to.equal(3);
    },
    11: (text) => {
      expect(rowsOf(text)).to.deep.equal(own);
      expect(own.at(-1)![2]).to.be.above(0.85);
      table(
        ['train_epoch, validate_epoch, in a loop', 'Learner.fit'],
        ['mean of batch_accuracy, by size of batch', 'metrics=accuracy'],
        ['train_dl, valid_dl', 'DataLoaders(train_dl, valid_dl)'],
      )(text);
    },
    12: fit(2, 0.83),
    13: fit(2, 0.7),
    14: fit(2, 0.93),
    15: table(
      ['up to lr_max and down, along cosines', 'fit_one_cycle(n, lr_max)'],
      ['1e-7 * (10/1e-7)**(i/100)', 'lr_find()'],
    ),
    16: /^nearest mean +0\.8\d{3}\nlinear +0\.\d{4}\n784-30-10 +0\.\d{4}\nconvolutional +0\.9\d{3}$/,
  });

  it('prints every row of docs/by-hand-and-by-api.md', () => {
    const doc = fs.readFileSync(new URL('../../docs/by-hand-and-by-api.md', import.meta.url), 'utf8');
    const rows = [...doc.matchAll(/^\| `(.+?)` +\| `(.+?)` +\|/gm)].map((row): [string, string] => [
      row[1]!,
      row[2]!,
    ]);
    expect(rows.length).to.equal(27);
    table(...rows)(run().stdout);
  });
});
