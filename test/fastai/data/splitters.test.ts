import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import { L, Path } from '../../../ts/fastcore/index.js';
import * as torch from '../../../ts/torch/index.js';
import { AttrGetter, ColReader, ItemGetter } from '../../../ts/fastai/data/columns.js';
import { parent_label, RegexLabeller } from '../../../ts/fastai/data/labellers.js';
import { TrainTestSplitter } from '../../../ts/fastai/data/train_test_splitter.js';
import { set_seed } from '../../../ts/fastai/torch_core.js';
import {
  ColSplitter,
  EndSplitter,
  FileSplitter,
  FuncSplitter,
  GrandparentSplitter,
  IndexSplitter,
  MaskSplitter,
  RandomSplitter,
  RandomSubsetSplitter,
} from '../../../ts/fastai/data/splitters.js';

const plain = (splits: Iterable<Iterable<number>>) => Array.from(splits, (one) => [...one]);
const five = ['a', 'b', 'c', 'd', 'e'];
const files = ['x/train/3/1.png', 'x/valid/3/2.png', 'x/train/7/3.png', 'x/test/7/4.png'].map((f) => Path(f));

interface Recorded {
  n: number;
  test: number;
  seed: number;
  labels?: unknown[];
  train?: number;
  splits: number[][];
}
const recorded = JSON.parse(
  fs.readFileSync(new URL('fixtures/train_test.json', import.meta.url), 'utf8'),
) as Recorded[];

describe('splitters', () => {
  for (const { n, test, seed, labels, train, splits } of recorded)
    it(`TrainTestSplitter: scikit-learn's ${test} of ${n}${labels ? ' by labels' : ''}`, () => {
      const options = { random_state: seed, stratify: labels ?? null, train_size: train ?? null };
      expect(plain(TrainTestSplitter(test, options)(Array(n)))).to.deep.equal(splits);
    });
  it('TrainTestSplitter: in order, by the global generator, and what it refuses', () => {
    const items = Array<number>(10).fill(0);
    expect(plain(TrainTestSplitter({ test_size: 3, shuffle: false })(items))).to.deep.equal([
      [0, 1, 2, 3, 4, 5, 6],
      [7, 8, 9],
    ]);
    set_seed(42);
    const first = plain(TrainTestSplitter()(items));
    expect(first).to.deep.equal(plain(TrainTestSplitter({ random_state: 42 })(items)));
    expect(plain(TrainTestSplitter()(items))).not.to.deep.equal(first);
    const wrong: [Parameters<typeof TrainTestSplitter>[0], string][] = [
      [{ test_size: 0 }, 'test_size is 0, neither between 0 and 1 nor a number of items below 10'],
      [10, 'test_size is 10, neither'],
      [{ train_size: 1.5 }, 'train_size is 1.5, neither'],
      [{ test_size: 0.5, train_size: 0.6 }, 'train_size and test_size are 6 and 5 of 10 items'],
      [{ stratify: ['a', 'b'] }, 'stratify has 2 labels for 10 items'],
      [{ stratify: [...'aaaaaaaaab'] }, 'the least frequent label of stratify has one item'],
      [{ stratify: [...'aabbccddee'] }, 'test_size is 2, fewer than the 5 labels'],
      [{ stratify: [...'aabb'], shuffle: false }, 'stratify asks for shuffle'],
      [{ random_state: -1 }, 'from 0 to 2**32 - 1, not -1'],
    ];
    for (const [options, text] of wrong) expect(() => TrainTestSplitter(options)(items)).to.throw(text);
    expect(() => TrainTestSplitter({ size: 1 } as never)).to.throw("unknown option 'size'");
    expect(() => TrainTestSplitter()([1])).to.throw('of 1 items none is left for training');
  });
  it('EndSplitter', () => {
    expect(plain(EndSplitter()(five))).to.deep.equal([[0, 1, 2, 3], [4]]);
    expect(plain(EndSplitter(0.5, false)(five))).to.deep.equal([
      [2, 3, 4],
      [0, 1],
    ]);
    expect(plain(EndSplitter({ valid_pct: 0.1 })(five))).to.deep.equal([[0, 1, 2, 3, 4], []]);
    expect(() => EndSplitter(1)).to.throw('valid_pct is 1, not between 0 and 1');
  });
  it('RandomSplitter: the first part of a permutation of torch is for validation', () => {
    torch.manual_seed(42);
    const drawn = torch.randperm(10).tolist() as number[];
    expect(drawn).to.deep.equal([2, 6, 1, 8, 4, 5, 0, 9, 3, 7]); // of Python's torch 2.13
    const items = Array<number>(10).fill(0);
    expect(plain(RandomSplitter({ seed: 42 })(items))).to.deep.equal([drawn.slice(2), drawn.slice(0, 2)]);
    expect(plain(RandomSplitter(0.35, 42)(items))[1]).to.deep.equal(drawn.slice(0, 3));
    torch.manual_seed(42);
    expect(plain(RandomSplitter()(items))[1]).to.deep.equal(drawn.slice(0, 2));
    expect(plain(RandomSplitter(1, 42)(items))[0]).to.deep.equal([]);
    expect(() => RandomSplitter(20)).to.throw('valid_pct is 20, not from 0 to 1');
    expect(() => RandomSplitter({ pct: 1 } as never)).to.throw("unknown option 'pct'");
    expect(plain(RandomSubsetSplitter(0.5, 0.2, 42)(items))).to.deep.equal([
      drawn.slice(0, 5),
      drawn.slice(5, 7),
    ]);
    expect(() => RandomSubsetSplitter(0.9, 0.2)).to.throw('together at most 1');
  });

  it('by index, function, mask', () => {
    expect(plain(IndexSplitter([3, 1])(five))).to.deep.equal([
      [0, 2, 4],
      [3, 1],
    ]);
    expect(() => IndexSplitter([5])(five)).to.throw('5 is no index of 5 items');
    expect(() => IndexSplitter([-1])(five)).to.throw('-1 is no index');
    expect(plain(FuncSplitter((item: string) => item > 'c')(five))).to.deep.equal([
      [0, 1, 2],
      [3, 4],
    ]);
    const mask = [true, false, false, false, true];
    expect(plain(MaskSplitter(mask)(five))).to.deep.equal([
      [1, 2, 3],
      [0, 4],
    ]);
    expect(plain(MaskSplitter(torch.tensor(mask))(five))).to.deep.equal([
      [1, 2, 3],
      [0, 4],
    ]);
    expect(() => MaskSplitter([true])(five)).to.throw('1 flags for 5 items');
  });

  it('by the grandparent folder, and by a list of names', () => {
    expect(plain(GrandparentSplitter()(files))).to.deep.equal([[0, 2], [1]]);
    expect(plain(GrandparentSplitter('train', 'test')(files))).to.deep.equal([[0, 2], [3]]);
    expect(plain(GrandparentSplitter({ valid_name: ['test', 'valid'] })(files))).to.deep.equal([
      [0, 2],
      [3, 1],
    ]);
    expect(plain(GrandparentSplitter('nothing')(files))[0]).to.deep.equal([]);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'splitter-test-'));
    fs.writeFileSync(path.join(folder, 'valid.txt'), '3.png\r\n1.png\n');
    expect(plain(FileSplitter(path.join(folder, 'valid.txt'))(files))).to.deep.equal([
      [1, 3],
      [0, 2],
    ]);
    fs.rmSync(folder, { recursive: true });
    expect(() => FileSplitter(path.join(folder, 'valid.txt'))).to.throw('ENOENT');
  });

  it('by a column', () => {
    const rows = [
      { n: 'a', is_valid: 'True' },
      { n: 'b', is_valid: 'False' },
      { n: 'c', is_valid: true },
    ];
    expect(plain(ColSplitter()(rows))).to.deep.equal([[1], [0, 2]]);
    expect(plain(ColSplitter(1)(rows))).to.deep.equal([[1], [0, 2]]);
    expect(() => ColSplitter('x')(rows)).to.throw('no column x in n, is_valid');
    expect(() => ColSplitter()(five)).to.throw('no rows of a table');
  });
});

describe('labellers', () => {
  it('parent_label and RegexLabeller', () => {
    expect(files.map(parent_label)).to.deep.equal(['3', '3', '7', '7']);
    const label = RegexLabeller(String.raw`/([^/]*)/\d+.png$`);
    expect(label(files[2])).to.equal('7');
    expect(() => label('x.png')).to.throw('failed to find "/([^/]*)/\\d+.png$" in "x.png"');
    expect(RegexLabeller(/(\d+)/g)('ab12')).to.equal('12');
    expect(RegexLabeller(/(\d+)/g)('ab12')).to.equal('12');
    expect(RegexLabeller('(?P<kind>[a-z]+)_')('cat_1')).to.equal('cat');
    expect(() => RegexLabeller(String.raw`(\d)`, { match: true })('a1')).to.throw('failed to find');
    expect(() => RegexLabeller('abc')).to.throw('has no group');
  });

  it('ColReader, ItemGetter, AttrGetter', () => {
    const row = { name: 'train/3/7463.png', label: 3, tags: 'a b' };
    expect(ColReader('label')(row)).to.equal(3);
    expect(ColReader(0, { pref: Path('data') })(row)).to.equal('data/train/3/7463.png');
    expect(ColReader('label', 'x', '.png')(row)).to.equal('x3.png');
    expect(ColReader('tags', { label_delim: ' ' })(row)).to.deep.equal(['a', 'b']);
    expect(ColReader('tags', { label_delim: ' ' })({ tags: '' })).to.deep.equal([]);
    expect(ColReader(['name', 'label'])(row))
      .to.be.instanceOf(L)
      .and.deep.equal(L(['train/3/7463.png', 3]));
    expect(() => ColReader('nmae')(row)).to.throw('no column "nmae"; its columns are name, label, tags');
    expect(() => ColReader(9)(row)).to.throw('no column 9');
    expect(() => ColReader(0)('text')).to.throw('no column 0');
    expect(ItemGetter(1)(['a', 'b'])).to.equal('b');
    expect(AttrGetter('x', 5)({})).to.equal(5);
  });
});
