import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Batches, loadPictures, type Pictures } from '../../ts/demo/pictures.js';
import { tasks } from '../../ts/demo/tasks.js';
import { manual_seed, tensor, type Tensor } from '../../ts/torch/index.js';
import { live } from '../support/live.js';
import { mnistHome } from '../support/mnist.js';
import { rejected } from '../support/thrown.js';

const task = tasks.three_or_seven;
const free = ({ train, valid }: Pictures): void => {
  for (const t of [train.x, train.y, valid.x, valid.y]) t.dispose();
};

describe('demo/pictures', () => {
  const home = process.env['FASTAI_HOME'];
  let folder = '';
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-pictures-'));
    process.env['FASTAI_HOME'] = folder;
  });
  afterEach(() => {
    if (home === undefined) delete process.env['FASTAI_HOME'];
    else process.env['FASTAI_HOME'] = home;
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('are MNIST’s where untar_data finds it', async function () {
    process.env['FASTAI_HOME'] = await mnistHome(this);
    const before = live();
    const pictures = await loadPictures(task);
    expect(pictures.source).to.equal('mnist');
    expect(pictures.train.x.shape).to.deep.equal([12396, 1, 28, 28]);
    expect(pictures.valid.x.shape).to.deep.equal([2038, 1, 28, 28]);
    // 6,131 threes, class 0, and 6,265 sevens, class 1.
    expect(pictures.train.y.sum().item()).to.equal(6265);
    expect(pictures.valid.y.sum().item()).to.equal(1028);
    expect(live() - before).to.be.at.most(4);
    free(pictures);
  });

  it('are drawn where MNIST’s folder is of no use, which is said', async () => {
    const sample = path.join(folder, 'data', 'mnist_sample');
    fs.mkdirSync(path.join(sample, 'train', '3'), { recursive: true });
    const empty = await loadPictures(task);
    expect(empty.source).to.equal('drawn');
    expect(empty.reason)
      .to.contain(path.join('mnist_sample', 'train', '3'))
      .and.contain('no pictures');
    expect(empty.train.x.shape).to.deep.equal([2000, 1, 28, 28]);
    expect(empty.valid.y.bincount().tolist()).to.deep.equal([200, 200]);
    free(empty);
    fs.writeFileSync(path.join(sample, 'train', '3', '0.png'), 'no picture');
    const damaged = await loadPictures(task);
    expect(damaged.source).to.equal('drawn');
    expect(damaged.reason).to.contain('0.png');
    free(damaged);
  });

  it('stop loading when nobody wants them any more', async () => {
    const signal = AbortSignal.abort(new Error('closing'));
    expect(await rejected(loadPictures(task, { drawn: true, signal }))).to.have.property(
      'message',
      'closing',
    );
  });

  it('come in batches, each picture once, and nothing is left of them', () => {
    const x = tensor(Array.from({ length: 10 }, (_, i) => 25 * i)).byte().view(10, 1, 1, 1); // prettier-ignore
    const y = tensor(Array.from({ length: 10 }, (_, i) => BigInt(i)));
    const read = (shuffle: boolean): [number[], number[]] => {
      const seen: [number[], number[]] = [[], []];
      for (const [xb, yb] of new Batches({ x, y }, 4, shuffle)) {
        seen[0].push(...(xb.flatten().tolist() as number[]));
        seen[1].push(...(yb.tolist() as number[]));
        for (const t of [xb, yb] as Tensor[]) t.dispose();
      }
      return seen;
    };
    expect(new Batches({ x, y }, 4).length).to.equal(3);
    const before = live();
    const [pixels, labels] = read(false);
    expect(labels).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(pixels[9]).to.be.closeTo(225 / 255, 1e-6);
    manual_seed(1);
    const [shuffled, order] = read(true);
    expect(order).not.to.deep.equal(labels);
    expect([...order].sort()).to.deep.equal(labels);
    order.forEach((label, i) => expect(shuffled[i]).to.equal(pixels[label]));
    expect(live()).to.equal(before);
  });
});
