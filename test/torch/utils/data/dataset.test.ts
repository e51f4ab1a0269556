import { expect } from 'chai';

import * as torch from '../../../../ts/torch/index.js';
import { message } from '../../../support/thrown.js';

const {
  ChainDataset,
  ConcatDataset,
  Dataset,
  IterableDataset,
  StackDataset,
  Subset,
  TensorDataset,
  random_split,
} = torch.utils.data;
const x = torch.arange(10).view(5, 2);
const y = torch.tensor([0n, 1n, 0n, 1n, 0n]);
const bad = (value: unknown) => value as never;

class Squares extends Dataset<number> {
  readonly length: number;
  constructor(length: number) {
    super();
    this.length = length;
  }
  override get(index: number): number {
    return index * index;
  }
}
class Count extends IterableDataset<number> {
  readonly length: number;
  constructor(length: number) {
    super();
    this.length = length;
  }
  override *[Symbol.iterator]() {
    for (let i = 0; i < this.length; ++i) yield i;
  }
}

describe('torch.utils.data: datasets', () => {
  it('TensorDataset', () => {
    const ds = TensorDataset(x, y);
    expect(ds).to.be.instanceOf(Dataset);
    expect(ds.length).to.equal(5);
    expect(ds.get(3).map((part) => part.tolist())).to.deep.equal([[6, 7], 1]);
    expect(ds.get(-1)[0].tolist()).to.deep.equal([8, 9]);
    expect(message(() => ds.get(5))).to.contain('index 5 is out of bounds for dimension 0 with size 5');
    expect(message(() => TensorDataset(x, torch.zeros([4])))).to.equal('Size mismatch between tensors');
    expect(message(() => TensorDataset())).to.contain('one or more tensors');
    expect(message(() => TensorDataset(bad([1])))).to.contain('one or more tensors');
  });

  it('ConcatDataset finds the dataset of an index', () => {
    const ds = ConcatDataset<unknown>([new Squares(3), ['a', 'b'], new Squares(0), y]);
    expect(ds.length).to.equal(10);
    expect(ds.cumulative_sizes).to.deep.equal([3, 5, 5, 10]);
    expect([0, 2, 3, 4].map((i) => ds.get(i))).to.deep.equal([0, 4, 'a', 'b']);
    expect((ds.get(6) as torch.Tensor).item()).to.equal(1);
    expect((ds.get(-4) as torch.Tensor).item()).to.equal(1);
    expect(ds.get(-10)).to.equal(0);
    expect(message(() => ds.get(-11))).to.equal('absolute value of index should not exceed dataset length');
    expect(message(() => ds.get(10))).to.contain('list index out of range');
    expect(message(() => ConcatDataset([]))).to.equal('datasets should not be an empty iterable');
    expect(message(() => ConcatDataset([bad(new Count(2))]))).to.contain('does not support IterableDataset');
    const sum = new Squares(2).__add__(['c']);
    expect([0, 1, 2].map((i) => sum.get(i))).to.deep.equal([0, 1, 'c']);
  });

  it('ChainDataset', () => {
    const ds = ChainDataset([new Count(2), new Count(3)]);
    expect([...ds]).to.deep.equal([0, 1, 0, 1, 2]);
    expect(ds.length).to.equal(5);
    expect([...new Count(1).__add__(new Count(2))]).to.deep.equal([0, 0, 1]);
    const wrong = ChainDataset([new Count(1), bad([1])]);
    expect(message(() => [...wrong])).to.equal('ChainDataset only supports IterableDataset');
    expect(message(() => wrong.length)).to.equal('ChainDataset only supports IterableDataset');
  });

  it('StackDataset by place and by name', () => {
    const places = StackDataset(new Squares(3), ['a', 'b', 'c']);
    expect(places.length).to.equal(3);
    expect(places.get(2)).to.deep.equal([4, 'c']);
    expect(places.__getitems__([2, 0])).to.deep.equal([
      [4, 'c'],
      [0, 'a'],
    ]);
    const named = StackDataset({ image: new Squares(3), text: ['a', 'b', 'c'] });
    expect(named.get(1)).to.deep.equal({ image: 1, text: 'b' });
    expect(named.__getitems__([1])).to.deep.equal([{ image: 1, text: 'b' }]);
    expect(message(() => StackDataset(['a'], ['b', 'c']))).to.equal('Size mismatch between datasets');
    expect(message(() => StackDataset())).to.equal('At least one dataset should be passed');
    const short = { length: 2, get: (i: number) => i, __getitems__: () => [1] };
    expect(message(() => StackDataset(short, [1, 2]).__getitems__([0, 1]))).to.equal(
      "Nested dataset's output size mismatch. Expected 2, got 1",
    );
  });

  it('Subset, of whatever has an index', () => {
    expect([0, 1, -1].map((i) => Subset(['a', 'b', 'c'], [2, 0]).get(i))).to.deep.equal(['c', 'a', 'a']);
    expect(Subset(new Squares(9), torch.tensor([8n, 2n])).__getitems__([1, 0])).to.deep.equal([4, 64]);
    expect(Subset(new Map([[7, 'seven']]), [7]).get(0)).to.equal('seven');
    expect(Subset({ __getitem__: (i: number) => -i }, [5]).get(0)).to.equal(-5);
    expect(Subset(Float32Array.of(0.5, 1.5), [1]).get(0)).to.equal(1.5);
    expect(message(() => Subset([1], [3]).get(0))).to.contain('list index out of range');
    expect(message(() => Subset(['a'], bad([0.5])).get(0))).to.contain('list indices must be integers');
    class Scaled extends Subset<number> {
      override get(index: number) {
        return 10 * super.get(index);
      }
    }
    expect(message(() => new Scaled([1], [0]))).to.contain('Scaled overrides get but not __getitems__');
  });

  it('random_split checks its lengths', () => {
    expect(message(() => random_split([1, 2, 3], [1, 1]))).to.equal(
      'Sum of input lengths does not equal the length of the input dataset!',
    );
    expect(message(() => random_split([1, 2, 3], [1.5, -0.5]))).to.equal(
      'Fraction at index 0 is not between 0 and 1',
    );
  });

  it('a split that comes out empty is warned of', (done) => {
    process.once('warning', (warning) => {
      expect(warning.message).to.contain('Length of split at index 1 is 0');
      done();
    });
    expect(random_split([1, 2], [0.9, 0.1]).map(({ length }) => length)).to.deep.equal([2, 0]);
  });

  it('base classes say what is missing', () => {
    expect(message(() => Dataset().get(0))).to.contain('should implement get(index)');
    expect(message(() => [...IterableDataset()])).to.contain('[Symbol.iterator]');
  });
});
