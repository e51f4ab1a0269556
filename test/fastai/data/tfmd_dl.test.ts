import { expect } from 'chai';

import {
  as_subclass,
  batch_to_samples,
  TensorImage,
  TfmdDL,
  TfmdLists,
  torch,
  Transform,
  type Tensor,
} from '../../../ts/fastai/index.js';
import { message, thrown } from '../../support/thrown.js';

class Double extends Transform {
  override encodes(x: Tensor): Tensor {
    return x.mul(2);
  }
  override decodes(x: Tensor): Tensor {
    return x.div(2);
  }
}
class Plus extends Transform {
  override order = 3;
  override encodes(x: number): number {
    return x + 1;
  }
  override decodes(x: number | Tensor): unknown {
    return typeof x === 'number' ? x - 1 : x.sub(1);
  }
}
const values = (dl: TfmdDL) => [...dl].map((b: Tensor) => b.tolist());

describe('fastai TfmdDL', () => {
  it('transforms items and batches', () => {
    const dl = TfmdDL([1, 2, 3], { bs: 2, after_item: Plus, after_batch: Double });
    expect(values(dl)).to.deep.equal([[4, 6], [8]]);
    expect([TfmdDL([1]).bs, TfmdDL([1], 8).bs, dl.length, dl.n_inp]).to.deep.equal([64, 8, 2, 1]);
    const reversed = TfmdDL([3, 1], { bs: 2, before_batch: (items: number[]) => [...items].reverse() });
    expect(values(reversed), 'gets the items of a batch as one value').to.deep.equal([[1, 3]]);
  });
  it('undoes both', () => {
    const dl = TfmdDL([1, 2, 3], { bs: 2, after_item: Plus, after_batch: Double });
    const batch = dl.one_batch() as Tensor;
    expect(dl.decode(batch).tolist()).to.deep.equal([2, 3]);
    expect(dl.decode_batch(batch).map((x: Tensor) => x.item())).to.deep.equal([1, 2]);
    expect([...dl.decode_batch(batch, 1)]).to.have.lengthOf(1);
    const list = TfmdLists([5, 6], Plus);
    const of_list = TfmdDL(list, { bs: 2 });
    expect(of_list.decode_batch(of_list.one_batch()).map((x: Tensor) => x.item())).to.deep.equal([5, 6]);
  });
  it('transforms as the part of its dataset', () => {
    const list = TfmdLists([1, 2, 3, 4], null as never, {
      splits: [
        [0, 1],
        [2, 3],
      ],
    });
    const only = new (class extends Double {
      override split_idx = 1;
    })();
    const [train, valid] = [list.train, list.valid].map((part) => TfmdDL(part, { bs: 2, after_batch: only }));
    expect([values(train!), values(valid!)]).to.deep.equal([[[1, 2]], [[6, 8]]]);
  });
  it('sets transforms up with itself, unless told not to', () => {
    const seen: unknown[] = [];
    class Looks extends Transform {
      override setups(dl: unknown): void {
        seen.push(dl);
      }
    }
    const dl = TfmdDL([1], { bs: 1, after_batch: Looks });
    expect(seen).to.deep.equal([dl]);
    TfmdDL([1], { bs: 1, after_batch: Looks, do_setup: false });
    expect(seen).to.have.lengthOf(1);
  });
  it('new keeps options and transforms as they are set up', () => {
    const dl = TfmdDL([1, 2, 3], { bs: 2, after_batch: Double, shuffle: true });
    const other = dl.new([5], { shuffle: false });
    expect([values(other), other.bs, other.shuffle]).to.deep.equal([[[10]], 2, false]);
    expect(other.after_batch.fs).to.equal(dl.after_batch.fs);
    expect(values(dl.new([5, 6], { bs: 1, shuffle: false }))).to.deep.equal([[10], [12]]);
    const bad = TfmdDL([1], {
      bs: 1,
      after_item: () => {
        throw new Error('no picture');
      },
    });
    expect(message(() => bad.new([2]))).to.equal(
      'TfmdDL.new(): one item cannot be made into a batch: no picture',
    );
  });
  it('keeps kinds of tensors, also where batches are empty', () => {
    const pictures = [1, 2].map((n) => as_subclass(torch.tensor([n]), TensorImage));
    const dl = TfmdDL(pictures, { bs: 2 });
    expect(dl.one_batch()).to.be.instanceOf(TensorImage);
    expect(dl.decode(torch.tensor([[1]]))).to.be.instanceOf(TensorImage);
    expect(dl.new([]).decode(torch.tensor([[1]]))).to.be.instanceOf(TensorImage);
  });
  it('parameters of transforms go to the device', () => {
    class Scale extends Double {
      override parameters = ['by'] as const;
      by = torch.tensor([2]);
    }
    const tfm = new Scale();
    TfmdDL([1], { bs: 1, after_batch: tfm }).to('meta');
    expect(tfm.by.is_meta).to.equal(true);
  });
  it('owns its batches unless somebody else may hold them', () => {
    const owns = (options: object) => TfmdDL([1, 2], { bs: 2, ...options }).ownsBatches;
    expect([owns({}), owns({ after_batch: Double }), owns({ after_item: Plus })]).to.deep.equal([
      true,
      true,
      true,
    ]);
    const held = torch.tensor([1]);
    expect([
      owns({ after_batch: () => held }),
      owns({ create_batch: () => held }),
      owns({ bs: null }),
    ]).to.deep.equal([false, false, false]);
  });
  it('frees what a transform has replaced', () => {
    const dl = TfmdDL([1, 2, 3, 4], { bs: 2, after_batch: [Double, Double] });
    for (const batch of dl as Iterable<Tensor>) batch.dispose();
    const before = torch.memory().tensors;
    for (const batch of dl as Iterable<Tensor>) batch.dispose();
    expect(torch.memory().tensors).to.equal(before);
  });
  it('the same in for await', async () => {
    const dl = TfmdDL([1, 2, 3], { bs: 2, after_item: Plus, after_batch: Double, num_workers: 2 });
    const found: unknown[] = [];
    for await (const batch of dl as AsyncIterable<Tensor>) found.push(batch.tolist());
    expect(found).to.deep.equal([[4, 6], [8]]);
  });
  it('says what is wrong', () => {
    expect(thrown(() => TfmdDL([1], { after_items: Plus }))).to.be.instanceOf(torch.ArgumentError);
    expect(message(() => TfmdDL([], { bs: 2 }).one_batch())).to.contain('does not contain any batches');
    expect(message(() => TfmdDL([1], { after_item: 'upper' as never }))).to.contain('must be a function');
  });
});

describe('batch_to_samples', () => {
  it('takes batches apart', () => {
    const [x, y] = [torch.tensor([[1], [2]]), torch.tensor([3, 4])];
    expect(batch_to_samples(x).map((t) => (t as Tensor).tolist())).to.deep.equal([[1], [2]]);
    const samples = batch_to_samples([x, y], 1) as Tensor[][];
    expect(samples.map((s) => s.map((t) => t.tolist()))).to.deep.equal([[[1], 3]]);
    expect(batch_to_samples([x, ['a', 'b']])).to.have.lengthOf(2);
    expect([batch_to_samples([]), batch_to_samples('text')]).to.deep.equal([[], []]);
  });
});
