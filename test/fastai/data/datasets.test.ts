import { expect } from 'chai';
import { inspect } from 'node:util';

import {
  Categorize,
  DataLoader,
  Datasets,
  test_set,
  TfmdLists,
  torch,
  Transform,
  type Tensor,
} from '../../../ts/fastai/index.js';
import { message, thrown } from '../../support/thrown.js';

const items = ['cat_1', 'dog_2', 'cat_3', 'dog_4', 'bird_5'];
const splits = [[0, 1, 2, 3], [4]];
const label = (item: string) => item.split('_')[0]!;
const number = Transform(
  (item: string) => Number(item.split('_')[1]),
  (n: number) => `_${n}`,
);
const made = (options: object = {}) =>
  Datasets(items, {
    tfms: [[number], [label, Categorize({ vocab: ['bird', 'cat', 'dog'] })]],
    splits,
    ...options,
  });
const plain = (row: unknown[]) => row.map((part) => (part instanceof torch.Tensor ? part.item() : part));

describe('fastai Datasets', () => {
  it('gives tuples of inputs and targets', () => {
    const dsets = made();
    expect(plain(dsets.get(1))).to.deep.equal([2, 2]);
    expect(plain(dsets.at(-1))).to.deep.equal([5, 0]);
    expect([...dsets.at([0, 2])].map(plain)).to.deep.equal([
      [1, 1],
      [3, 1],
    ]);
    expect([...dsets].map(plain)).to.have.lengthOf(5);
    expect([dsets.length, dsets.n_inp, dsets.n_subsets, dsets.c]).to.deep.equal([5, 1, 2, 3]);
    expect([...dsets.vocab]).to.deep.equal(['bird', 'cat', 'dog']);
    expect([...Array.from(dsets.items)]).to.deep.equal(items);
  });
  it('has parts', () => {
    const { train, valid } = made();
    expect([train.length, valid.length, train.split_idx, valid.split_idx]).to.deep.equal([4, 1, 0, 1]);
    expect(plain(valid.get(0))).to.deep.equal([5, 0]);
    expect(thrown(() => made().subset(2))).to.be.instanceOf(torch.IndexError);
    expect([
      ...made({
        splits: [
          [0, 1],
          [1, 2],
        ],
      }).overlapping_splits(),
    ]).to.deep.equal([1]);
    expect(made().new_empty().length).to.equal(0);
  });
  it('learns the labels of the training part alone', () => {
    const dsets = Datasets(items, { tfms: [[number], [label, Categorize]], splits });
    expect([...dsets.vocab]).to.deep.equal(['cat', 'dog']);
    expect(message(() => dsets.valid.get(0))).to.contain(
      "Label 'bird' was not included in the training dataset",
    );
  });
  it('decodes and shows', () => {
    const dsets = made();
    expect(dsets.decode(dsets.get(1))).to.deep.equal(['_2', 'dog']);
    expect(dsets.decode([1, torch.tensor(2), 'more'])).to.deep.equal(['_1', 'dog', 'more']);
  });
  it('transforms as one part for a while', () => {
    const dsets = made({ tfms: [[Transform((x: string) => x.toUpperCase(), { split_idx: 1 })]] });
    expect(dsets.get(0)).to.deep.equal(['cat_1']);
    expect(dsets.set_split_idx(1, (d) => d.get(0) as unknown)).to.deep.equal(['CAT_1']);
    expect(() =>
      dsets.set_split_idx(1, () => {
        throw new Error('out');
      }),
    ).to.throw('out');
    expect(dsets.split_idx).to.equal(null);
  });
  it('makes loaders', () => {
    const dls = made().dataloaders({
      bs: 2,
      val_bs: 5,
      num_workers: 0,
      device: 'cpu',
      path: 'there',
      val_drop_last: false,
    });
    expect([dls.train.length, dls.valid.length, dls.train.bs, dls.valid.bs]).to.deep.equal([2, 1, 2, 5]);
    expect([dls.train.shuffle, dls.valid.shuffle, String(dls.path)]).to.deep.equal([true, false, 'there']);
    const [x, y] = dls.valid.one_batch() as [Tensor, Tensor];
    expect([x.tolist(), y.tolist()]).to.deep.equal([[5], [0]]);
    expect(made({ dl_type: DataLoader }).dataloaders({ bs: 2 }).train).to.be.instanceOf(DataLoader);
    const own = made().dataloaders({ bs: 2, dl_kwargs: [{ bs: 4 }, { bs: 1 }] });
    expect([own.train.bs, own.valid.bs]).to.deep.equal([4, 1]);
  });
  it('test_set: further items without labels, or with', () => {
    const dsets = made();
    const test = test_set(dsets, ['fox_7']) as Datasets;
    expect([test.get(0), test.n_inp, test.split_idx]).to.deep.equal([[7], 1, 1]);
    expect(plain((test_set(dsets, ['cat_7'], { with_labels: true }) as Datasets).get(0))).to.deep.equal([
      7, 1,
    ]);
    expect((test_set(dsets, [7]) as Datasets).get(0), 'past the transform already').to.deep.equal([7]);
    expect((test_set(dsets, ['cat_7'], { rm_tfms: 1 }) as Datasets).get(0)).to.deep.equal(['cat_7']);
    expect((test_set(dsets, []) as Datasets).length).to.equal(0);
    expect(message(() => test_set([] as never, []))).to.contain('expected Datasets or TfmdLists');
  });
  it('prints, and says what is wrong', () => {
    const dsets = Datasets(['a', 'b'], { tfms: [[]] });
    expect(String(dsets)).to.equal("(#2) [('a',),('b',)]");
    expect(inspect(dsets)).to.equal(String(dsets));
    expect(message(() => Datasets())).to.contain('items are missing');
    expect(thrown(() => Datasets(items, { tfmz: [] } as never))).to.be.instanceOf(torch.ArgumentError);
    expect(Datasets(null, { tls: [TfmdLists(['a'], null as never)] }).get(0)).to.deep.equal(['a']);
  });
});
