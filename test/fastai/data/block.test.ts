import { expect } from 'chai';

import { L } from '../../../ts/fastcore/index.js';
import { Pipeline } from '../../../ts/fastcore/pipeline.js';
import { Transform } from '../../../ts/fastcore/transform.js';
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';
import {
  CategoryBlock,
  DataBlock,
  MultiCategoryBlock,
  RegressionBlock,
  TransformBlock,
} from '../../../ts/fastai/data/block.js';
import '../../../ts/fastai/data/summary.js';
import { Categorize } from '../../../ts/fastai/data/categories.js';
import { FuncSplitter, IndexSplitter } from '../../../ts/fastai/data/splitters.js';
import { as_subclass, TensorImage } from '../../../ts/fastai/tensor_types.js';

const words = ['cat', 'dog', 'cow', 'cat', 'ant', 'dog'];
const numbers = Transform((word: string) => torch.tensor([word.length, word.charCodeAt(0)]));
const lists = (splits: Iterable<Iterable<number>>) => Array.from(splits, (one) => [...one]);

describe('DataBlock', () => {
  it('puts items, splits, getters and blocks together', () => {
    const block = DataBlock([TransformBlock({ type_tfms: numbers }), CategoryBlock], {
      get_items: (source: string) => source.split(' '),
      splitter: IndexSplitter([1, 5]),
      get_y: (word: string) => word[0],
    });
    const dsets = block.datasets(words.join(' '));
    expect(lists(dsets.splits)).to.deep.equal([
      [0, 2, 3, 4],
      [1, 5],
    ]);
    // The vocabulary is that of the training items.
    expect(() => dsets.valid.get(0)).to.throw("Label 'd' was not included in the training dataset");
    const dls = DataBlock(
      [TransformBlock({ type_tfms: numbers }), CategoryBlock({ vocab: ['a', 'd', 'c'] })],
      {
        splitter: IndexSplitter([1, 5]),
        get_y: (word: string) => word[0],
      },
    ).dataloaders(words, { bs: 2, shuffle: false });
    expect([...(dls.vocab as string[])]).to.deep.equal(['a', 'c', 'd']);
    expect([dls.c, dls.n_inp, dls.bs, dls.train.length, dls.valid.length]).to.deep.equal([3, 1, 2, 2, 1]);
    const [x, y] = dls.valid.one_batch() as [Tensor, Tensor];
    expect(x.tolist()).to.deep.equal([
      [3, 100],
      [3, 100],
    ]);
    expect([y.tolist(), String(y.dtype)]).to.deep.equal([[2, 2], 'torch.int64']);
    expect(typeof dls.loss_func).to.equal('function');
  });

  it('merges transforms of one kind: the last one given, at the place of the first', () => {
    class Add extends Transform {
      override order = 20;
      constructor(readonly by: number) {
        super();
      }
      override encodes(x: unknown): unknown {
        return x instanceof torch.Tensor ? x.add(this.by) : x;
      }
    }
    const twice = (x: unknown) => x;
    const block = DataBlock({
      blocks: [
        TransformBlock({ batch_tfms: [new Add(1), twice] }),
        TransformBlock({ batch_tfms: [new Add(5)] }),
      ],
      item_tfms: [twice],
    });
    expect(block.batch_tfms.map((tfm) => tfm.name)).to.deep.equal(['Add', 'twice']);
    expect((block.batch_tfms[0] as Add).by).to.equal(5);
    block.new(null, new Add(9));
    expect((block.batch_tfms[0] as Add).by).to.equal(9);
    expect(block.item_tfms.map((tfm) => tfm.name)).to.deep.equal(['ToTensor']);
    const [x, y] = block.dataloaders([1, 2, 3, 4, 5], { bs: 2 }).one_batch() as [Tensor, Tensor];
    expect(x.tolist()).to.deep.equal(y.tolist());
    expect((x.tolist() as number[]).every((value) => value > 9)).to.equal(true);
  });

  it('several labels, flags, and numbers as targets', () => {
    const rows = [
      { x: 1, tags: ['b', 'a'], flags: [0, 1], value: [0.5, 1] },
      { x: 2, tags: ['c'], flags: [1, 1], value: [1.5, 2] },
      { x: 3, tags: [], flags: [0, 0], value: [2.5, 3] },
    ];
    const batch = (block: TransformBlock | (() => TransformBlock), name: 'tags' | 'flags' | 'value') => {
      const dblock = DataBlock({
        blocks: [TransformBlock, block],
        get_x: (row: { x: number }) => row.x,
        get_y: (row: Record<string, unknown>) => row[name],
        splitter: () => [L.range(3), L([0])],
      });
      const dls = dblock.dataloaders(rows, { bs: 3, shuffle: false });
      return { dls, y: (dls.one_batch() as Tensor[])[1]! };
    };
    const multi = batch(MultiCategoryBlock, 'tags');
    expect(multi.y.tolist()).to.deep.equal([
      [1, 1, 0],
      [0, 0, 1],
      [0, 0, 0],
    ]);
    expect([...(multi.dls.vocab as string[])]).to.deep.equal(['a', 'b', 'c']);
    expect(multi.dls.c).to.satisfy((c: unknown) => c === 3 || (c as number[]).every((one) => one === 3));
    const encoded = batch(MultiCategoryBlock({ encoded: true, vocab: ['p', 'q'] }), 'flags');
    expect(encoded.y.tolist()).to.deep.equal([
      [0, 1],
      [1, 1],
      [0, 0],
    ]);
    expect(() => MultiCategoryBlock({ encoded: true })).to.throw('need a vocab');
    const value = batch(RegressionBlock, 'value');
    expect([value.y.tolist(), value.dls.c]).to.deep.equal([
      [
        [0.5, 1],
        [1.5, 2],
        [2.5, 3],
      ],
      2,
    ]);
  });

  it('from columns, with several inputs, and getters in a Pipeline', () => {
    const columns = DataBlock.from_columns({
      blocks: [TransformBlock, CategoryBlock],
      splitter: IndexSplitter([0]),
    });
    const dsets = columns.datasets([
      [1, 2, 3],
      ['x', 'y', 'z'],
    ]);
    expect(dsets.train.get(0)[0]).to.equal(2);
    expect([...(dsets.vocab as string[])]).to.deep.equal(['y', 'z']);
    const two = DataBlock({
      blocks: [TransformBlock, TransformBlock, CategoryBlock],
      n_inp: 2,
      get_x: [(word: string) => word.length, (word: string) => word.charCodeAt(0)],
      get_y: Pipeline([(word: string) => word[0], (letter: string) => letter.toUpperCase()]),
      splitter: FuncSplitter((word: string) => word === 'ant'),
    });
    const dls = two.dataloaders(words, { bs: 5 });
    expect([...(dls.vocab as string[])]).to.deep.equal(['C', 'D']);
    expect(dls.n_inp).to.equal(2);
    expect((dls.one_batch() as Tensor[]).map((part) => part.length)).to.deep.equal([5, 5, 5]);
  });

  it('refuses what does not fit together', () => {
    const blocks = [TransformBlock, CategoryBlock];
    expect(() => DataBlock({ blocks, get_x: [String, String] })).to.throw(
      'get_x contains 2 functions, but must contain 1 (one for each input)',
    );
    expect(() => DataBlock({ blocks, n_inp: 2, get_y: String })).to.throw(
      'get_y contains 1 functions, but must contain 0',
    );
    expect(() => DataBlock({ block: blocks } as never)).to.throw("unknown option 'block'");
    expect(() => DataBlock([5 as never])).to.throw();
    expect(() => DataBlock({ blocks }).dataloaders([])).to.throw('there are no items');
    expect(() => DataBlock({ blocks }).dataloaders(words, { batchsize: 2 })).to.throw(
      "unknown option 'batchsize'",
    );
    expect(() => TransformBlock({ tfms: [] } as never)).to.throw("unknown option 'tfms'");
    expect(() => CategoryBlock({ vocabulary: [] } as never)).to.throw("unknown option 'vocabulary'");
  });

  it('summary says each step, and which one fails', () => {
    const lines: string[] = [];
    const print = (text: string) => lines.push(text);
    const picture = Transform((n: number) => as_subclass(torch.zeros(1, 1 + (n % 2), 2), TensorImage));
    const block = (tfm: Transform) =>
      DataBlock({
        blocks: [TransformBlock({ type_tfms: tfm }), TransformBlock({ type_tfms: Categorize() })],
        splitter: IndexSplitter([0]),
        get_y: (n: number) => `label ${n % 2}`,
      });
    expect(() => block(picture).summary([1, 2, 3, 4, 5], { print })).to.throw();
    const text = lines.join('\n');
    expect(text).to.contain('Found 5 items\n2 datasets of sizes 4,1');
    expect(text).to.contain('TensorImage of size 1x1x2');
    expect(text).to.contain("Error! It's not possible to collate your items in a batch");
    expect(text).to.contain(
      'Could not collate the 0-th members of your tuples because got the following shapes\n' +
        'torch.Size([1, 1, 2]),torch.Size([1, 2, 2]),torch.Size([1, 1, 2]),torch.Size([1, 2, 2])',
    );
    lines.length = 0;
    const failing = Transform(function half(n: number) {
      if (n % 2 === 0) throw new Error('odd numbers only');
      return n;
    });
    expect(() => block(failing).summary([1, 2, 3], { print })).to.throw('odd numbers only');
    lines.length = 0;
    block(Transform((n: number) => n)).summary([1, 2, 3, 4, 5], { print, bs: 2 });
    expect(lines.join('\n')).to.contain('Collating items in a batch\n\nNo batch_tfms to apply');
  });
});
