import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';

describe('torch/unique', () => {
  const t = torch.tensor([3n, 1n, 1n, 2n, 2n, 2n]);

  it('gives the output alone, or what is asked for with it', () => {
    expect(torch.unique(t).tolist()).to.deep.equal([1, 2, 3]);
    expect(t.unique().tolist()).to.deep.equal([1, 2, 3]);
    const [, inverse, counts] = torch.unique(t, { return_inverse: true, return_counts: true });
    expect(inverse.tolist()).to.deep.equal([2, 0, 0, 1, 1, 1]);
    expect(counts.tolist()).to.deep.equal([2, 3, 1]);
    const pair = t.unique({ return_counts: true });
    expect(pair).to.have.length(2);
    expect(pair[1].tolist()).to.deep.equal([2, 3, 1]);
  });

  it('compares slices along a dimension', () => {
    const rows = torch.tensor([
      [1, 2],
      [1, 2],
      [0, 3],
    ]);
    expect(torch.unique(rows, { dim: 0 }).tolist()).to.deep.equal([
      [0, 3],
      [1, 2],
    ]);
    expect(() => torch.unique(rows, { dim: 2 })).to.throw(torch.IndexError, 'Dimension out of range');
  });

  it('unique_consecutive keeps runs apart', () => {
    const runs = torch.tensor([1n, 1n, 2n, 2n, 1n]);
    expect(torch.unique_consecutive(runs).tolist()).to.deep.equal([1, 2, 1]);
    const [output, counts] = runs.unique_consecutive({ return_counts: true });
    expect(output.tolist()).to.deep.equal([1, 2, 1]);
    expect(counts.tolist()).to.deep.equal([2, 2, 1]);
    const columns = torch.tensor([
      [1n, 1n],
      [2n, 2n],
    ]);
    expect(torch.unique_consecutive(columns, { dim: 1 }).tolist()).to.deep.equal([[1], [2]]);
  });

  it('frees what nobody asked for', () => {
    const before = torch.memory().tensors;
    const one = torch.unique(t);
    expect(torch.memory().tensors).to.equal(before + 1);
    one.dispose();
  });

  it('refuses an unknown option', () => {
    // @ts-expect-error an option that does not exist
    expect(() => torch.unique(t, { return_index: true })).to.throw(
      torch.ArgumentError,
      "unique(): unknown option 'return_index'; the nearest known ones are 'return_inverse'",
    );
  });
});
