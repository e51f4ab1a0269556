import { expect } from 'chai';

import { Path, Pipeline, TfmdLists, test_set, torch, Transform } from '../../../ts/fastai/index.js';
import { message, thrown } from '../../support/thrown.js';

class Shift extends Transform {
  least: number | null = null;
  override setups(items: Iterable<number>): void {
    this.least = Math.min(...items);
  }
  override encodes(x: number): number {
    return x - this.least!;
  }
  override decodes(x: number): number {
    return x + this.least!;
  }
}

describe('fastai TfmdLists', () => {
  it('transforms items when they are asked for', () => {
    let calls = 0;
    const list = TfmdLists([1, 2, 3], (x: number) => {
      calls++;
      return x * 2;
    });
    const set_up = calls;
    expect([list.get(0), list.at(-1), [...list.at([0, 1])], [...list]]).to.deep.equal([
      2,
      6,
      [2, 4],
      [2, 4, 6],
    ]);
    expect(calls - set_up).to.equal(7);
    expect(list.length).to.equal(3);
    expect(thrown(() => list.get(7) as unknown)).to.be.instanceOf(Error);
  });
  it('is set up with its training part', () => {
    const options = { splits: [[1, 2], [0]] };
    expect([...TfmdLists([1, 5, 7], Shift, options)]).to.deep.equal([-4, 0, 2]);
    expect([...TfmdLists([1, 5, 7], Shift, { ...options, train_setup: false })]).to.deep.equal([0, 4, 6]);
    const later = TfmdLists([1, 5, 7], Shift, { ...options, do_setup: false });
    expect(later.attr('least')).to.equal(undefined);
    later.setup();
    expect(later.attr('least')).to.equal(5);
  });
  it('has parts, by places or by flags', () => {
    const list = TfmdLists([1, 5, 7], Shift, {
      splits: [
        [false, true, true],
        [true, false, false],
      ],
    });
    expect([[...list.train], [...list.valid]]).to.deep.equal([[0, 2], [-4]]);
    expect([list.train.split_idx, list.valid.split_idx, list.n_subsets]).to.deep.equal([0, 1, 2]);
    expect(list.valid.tfms.fs).to.equal(list.tfms.fs);
    expect(message(() => list.subset(2))).to.contain('there are 2 parts, and no 2');
    expect([...TfmdLists([1, 2], null as never).train]).to.deep.equal([1, 2]);
    expect([...TfmdLists([1, 2], null as never).valid]).to.deep.equal([]);
    expect([
      ...TfmdLists([1, 2, 3], null as never, { splits: [null, [1, 2]] }).overlapping_splits(),
    ]).to.deep.equal([1, 2]);
    expect(list.new_empty().length).to.equal(0);
  });
  it('takes over the transforms of another as they are', () => {
    const first = TfmdLists([3, 4], Shift);
    expect([...TfmdLists([10], first)]).to.deep.equal([7]);
    expect([...TfmdLists([10], new Pipeline(first.tfms))]).to.deep.equal([7]);
    expect([...TfmdLists([10], Shift)]).to.deep.equal([0]);
  });
  it('infers where the transforms of a value begin', () => {
    const list = TfmdLists(['1', '2'], [Number, (n: number) => torch.tensor([n])]);
    expect([
      list.infer_idx('5'),
      list.infer_idx(5),
      list.infer_idx(torch.tensor([5])),
      list.infer_idx(null),
    ]).to.deep.equal([0, 1, 2, 0]);
    expect(list.infer('5').tolist()).to.deep.equal([5]);
    expect(list.infer(5).tolist()).to.deep.equal([5]);
    expect(TfmdLists([Path('a')], (p: Path) => p.name).infer_idx('b'), 'a text is a path').to.equal(0);
    expect((test_set(list, [8]) as TfmdLists).get(0).tolist()).to.deep.equal([8]);
  });
  it('decodes, and has what its transforms have', () => {
    const list = TfmdLists(
      [3, 4],
      [
        Shift,
        Object.assign(
          Transform((x: number) => x),
          { vocab: ['a'], c: 1 },
        ),
      ],
    );
    expect(list.decode(1)).to.equal(4);
    expect([list.vocab, list.c, list.loss_func]).to.deep.equal([['a'], 1, undefined]);
    expect([...TfmdLists([1], [Shift, Shift]).attr('least')]).to.deep.equal([1, 0]);
  });
  it('prints, and knows its options', () => {
    expect(String(TfmdLists([3, 4], Shift))).to.equal('TfmdLists: (#2) [3,4]\ntfms - Pipeline: Shift');
    expect(thrown(() => TfmdLists([1], Shift, { spilts: [] } as never))).to.be.instanceOf(
      torch.ArgumentError,
    );
  });
});
