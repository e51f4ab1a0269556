import fs from 'node:fs';
import os from 'node:os';
import nodePath from 'node:path';

import { expect } from 'chai';

import { L, Path, zip } from '../../../ts/fastcore/index.js';
import { Config, DataBunch } from '../../../ts/fastai/v1/index.js';
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';

const { TensorDataset } = torch.utils.data;
const lists = (batches: Iterable<unknown>) => Array.from(batches, (batch) => (batch as Tensor).tolist());

describe('fastai 1: DataBunch', () => {
  it("comes in PyTorch's order: training shuffled without the last smaller batch, validation as it is", () => {
    torch.manual_seed(42);
    const data = DataBunch.create(L.range(10), L.range(5), { bs: 4 });
    const passes = [data.train_dl, data.valid_dl!, data.train_dl].map(lists);
    // What Python's torch gives for the same loaders and seed.
    expect(passes).to.deep.equal([
      [
        [8, 0, 9, 1],
        [4, 5, 6, 3],
      ],
      [[0, 1, 2, 3], [4]],
      [
        [6, 9, 3, 2],
        [0, 8, 4, 7],
      ],
    ]);
    expect(torch.rand([]).item()).to.equal(0.9345980882644653);
    expect([data.train_dl.length, data.valid_dl!.length, data.fix_dl!.length]).to.deep.equal([2, 2, 3]);
    expect(lists(data.fix_dl!)[2]).to.deep.equal([8, 9]);
  });

  it('has the 781 batches of 64 of the lesson, and takes val_bs', () => {
    const ds = TensorDataset(torch.zeros(50000, 1), torch.zeros(50000, { dtype: torch.int64 }));
    const data = DataBunch.create(ds, ds, { bs: 64, val_bs: 100 });
    expect([data.train_dl.length, data.valid_dl!.length]).to.deep.equal([781, 500]);
    expect([data.batch_size, data.valid_dl!.batch_size]).to.deep.equal([64, 100]);
    expect(data.train_ds).to.equal(ds);
    expect(data.train).to.equal(data.train_dl);
    expect([data.at(1), data.test_dl]).to.deep.equal([data.valid_dl, null]);
  });

  it('gives batches of inputs and targets, transformed, also asynchronously', async () => {
    const items = [...zip(torch.arange(6), torch.arange(6).mul(10))];
    const data = DataBunch.create(items, items, { bs: 3, device: 'cpu', path: 'x/y' });
    expect(String(data.path)).to.equal(String(Path('x/y')));
    const double = ([x, y]: [Tensor, Tensor]) => [x.mul(2), y];
    expect(data.valid_dl!.ownsBatches).to.equal(true);
    data.add_tfm(double);
    expect(data.valid_dl!.ownsBatches).to.equal(false);
    const seen: unknown[] = [];
    for await (const [x, y] of data.valid_dl! as AsyncIterable<[Tensor, Tensor]>)
      seen.push([x.tolist(), y.tolist()]);
    expect(seen).to.deep.equal([
      [
        [0, 2, 4],
        [0, 10, 20],
      ],
      [
        [6, 8, 10],
        [30, 40, 50],
      ],
    ]);
    data.remove_tfm(double);
    const [x, y] = data.one_batch() as [Tensor, Tensor];
    expect(torch.equal(x.mul(10), y)).to.equal(true);
  });

  it('refuses unknown options and training data that fill no batch', () => {
    expect(() => DataBunch.create([1], [1], { batch_size: 2 })).to.throw(torch.ArgumentError, 'batch_size');
    expect(() => DataBunch.create([1, 2, 3], [1], { bs: 4 })).to.throw(
      torch.ValueError,
      'do not fill one batch of 4',
    );
  });
});

describe('fastai 1: Config', () => {
  let home: string;
  const before = process.env['FASTAI_HOME'];
  beforeEach(() => {
    home = fs.mkdtempSync(nodePath.join(os.tmpdir(), 'fastai1-'));
    process.env['FASTAI_HOME'] = home;
  });
  afterEach(() => {
    fs.rmSync(home, { recursive: true });
    if (before === undefined) delete process.env['FASTAI_HOME'];
    else process.env['FASTAI_HOME'] = before;
  });

  it('names folders and creates none', () => {
    expect(String(Config().data_path())).to.equal(nodePath.join(home, 'data'));
    expect(String(Config.data_archive_path())).to.equal(nodePath.join(home, 'data'));
    expect(String(Config().model_path())).to.equal(nodePath.join(home, 'models'));
    expect(fs.readdirSync(home)).to.deep.equal([]);
  });

  it('reads config.yml, and says which line it cannot read', () => {
    const file = nodePath.join(home, 'config.yml');
    fs.writeFileSync(file, '# folders\ndata_path: /big/data # disk 2\nmodel_path: "my models"\n');
    expect(String(Config().data_path())).to.equal(nodePath.normalize('/big/data'));
    expect(String(Config().model_path())).to.equal(nodePath.join(home, 'my models'));
    fs.writeFileSync(file, 'data_path: ~/x\nnonsense\n');
    expect(() => Config().data_path()).to.throw(`${file}, line 2`);
    fs.writeFileSync(file, 'data_path: ~/x\n');
    expect(String(Config().data_path())).to.equal(nodePath.join(os.homedir(), 'x'));
  });
});
