// The expected values are what torch 2.13 prints for the same calls.
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';

const lists = (tensors: Tensor[]): unknown[] => tensors.map((tensor) => tensor.tolist());
const shapes = (tensors: Tensor[]): number[][] => tensors.map((tensor) => [...tensor.shape]);

describe('torch/functional', () => {
  const x = torch.arange(6, { dtype: torch.float32 }).view(2, 3);
  const y = torch.arange(6, { dtype: torch.float32 }).view(3, 2).add(1);

  describe('norm', () => {
    it('takes an order, a word, and dimensions in every place', () => {
      expect(torch.norm(x).item()).to.be.closeTo(7.416198253631592, 1e-6);
      expect(torch.norm(x, 1).item()).to.equal(15);
      expect(torch.norm(x, Infinity).item()).to.equal(5);
      expect(torch.norm(x, 0).item()).to.equal(5);
      expect(torch.norm(x, null).item()).to.be.closeTo(7.416198253631592, 1e-6);
      expect(torch.norm(x, 'nuc').item()).to.be.closeTo(8.348468780517578, 1e-5);
      expect(x.norm(1, 1).tolist()).to.deep.equal([3, 12]);
      expect(x.norm(1, -1, true).tolist()).to.deep.equal([[3], [12]]);
      expect(x.norm({ p: 1, dim: [1], keepdim: true }).tolist()).to.deep.equal([[3], [12]]);
      expect(x.norm('fro', [0, 1], { keepdim: true }).shape.equals([1, 1])).to.equal(true);
      expect(x.norm(2, { dtype: torch.float64 }).dtype).to.equal(torch.float64);
    });

    it('works on batches of matrices, sparse tensors and into out', () => {
      const cube = torch.arange(8, { dtype: torch.float32 }).view(2, 2, 2);
      const nuclear = torch.norm(cube, 'nuc', [1, 2]).tolist() as number[];
      expect(nuclear[0]).to.be.closeTo(4.242640495300293, 1e-5);
      expect(nuclear[1]).to.be.closeTo(11.401754379272461, 1e-5);
      expect(torch.norm(x.to_sparse()).item()).to.be.closeTo(7.416198253631592, 1e-6);
      const out = torch.empty(0);
      expect(torch.norm(x, 1, { dim: 1, out })).to.equal(out);
      expect(out.tolist()).to.deep.equal([3, 12]);
    });

    it('refuses an unknown word, a missing tensor and an unknown option', () => {
      // @ts-expect-error no such order
      expect(() => torch.norm(x, 'abc')).to.throw(torch.TorchError, 'Order abc not supported');
      // @ts-expect-error no tensor
      expect(() => torch.norm(3)).to.throw(
        torch.ArgumentError,
        "argument 'input' (position 1) must be Tensor",
      );
      // @ts-expect-error an option that does not exist
      expect(() => x.norm({ keepdims: true })).to.throw(
        torch.ArgumentError,
        "norm(): unknown option 'keepdims'; the nearest known ones are 'keepdim'",
      );
      // @ts-expect-error given twice
      expect(() => x.norm(1, { p: 2 })).to.throw(torch.ArgumentError, "norm(): argument 'p' is given twice");
      // @ts-expect-error too many
      expect(() => torch.nonzero(x, true, 1)).to.throw(
        torch.ArgumentError,
        'takes 1 positional argument but 3',
      );
    });
  });

  describe('einsum', () => {
    const product = [
      [13, 16],
      [40, 52],
    ];
    it('takes an equation and tensors, or a list of them', () => {
      expect(torch.einsum('ij,jk->ik', x, y).tolist()).to.deep.equal(product);
      expect(torch.einsum('ij,jk->ik', [x, y]).tolist()).to.deep.equal(product);
      expect(torch.einsum('ii', torch.ones(3, 3)).item()).to.equal(3);
    });
    it('takes lists of subscripts', () => {
      expect(torch.einsum(x, [0, 1], y, [1, 2], [0, 2]).tolist()).to.deep.equal(product);
      expect(torch.einsum(x, [0, 1], y, [1, 2]).tolist()).to.deep.equal(product);
      expect(torch.einsum(x, ['...', 1], ['...']).tolist()).to.deep.equal([3, 12]);
      // 26 is 'a', and a lower-case letter comes after 'A'.
      expect(torch.einsum(x, [0, 26], [26, 0]).tolist()).to.deep.equal(x.t().tolist());
    });
    it('refuses what is no equation', () => {
      expect(() => torch.einsum('ij')).to.throw(torch.ValueError, 'must specify the equation string');
      expect(() => torch.einsum(x, [0, 52])).to.throw(torch.ValueError, 'valid range [0, 52)');
      // @ts-expect-error subscripts are lists
      expect(() => torch.einsum(x, 1)).to.throw(torch.ArgumentError, 'subscripts must be lists');
      expect(() => torch.einsum('ij,jk->ik', x, x)).to.throw(torch.TorchError);
    });
    it('has a gradient', () => {
      const w = torch.ones(3, 2, { requires_grad: true });
      torch.einsum('ij,jk->', x, w).backward();
      expect(w.grad?.tolist()).to.deep.equal([
        [3, 3],
        [5, 5],
        [7, 7],
      ]);
    });
  });

  describe('tensordot', () => {
    it('contracts a number of dimensions, or the named ones', () => {
      expect(torch.tensordot(x, y, 1).tolist()).to.deep.equal([
        [13, 16],
        [40, 52],
      ]);
      expect(torch.tensordot(x, y, [[0, 1], [1, 0]]).item()).to.equal(65); // prettier-ignore
      expect(torch.tensordot(x, x).item()).to.equal(55);
      expect(torch.tensordot(x, y, { dims: 0 }).shape.equals([2, 3, 3, 2])).to.equal(true);
    });
    it('refuses dims that do not fit', () => {
      expect(() => torch.tensordot(x, y, -1)).to.throw(torch.TorchError, 'dims >= 0, but got dims=-1');
      expect(() => torch.tensordot(x, y, 3)).to.throw(
        torch.TorchError,
        'dims < ndim_a or ndim_b, but got dims=3',
      );
      // @ts-expect-error one list only
      expect(() => torch.tensordot(x, y, [[0]])).to.throw(torch.TorchError, 'pair of lists');
      // @ts-expect-error no number
      expect(() => torch.tensordot(x, y, 'a')).to.throw(torch.TorchError, 'dims=a');
    });
  });

  it('meshgrid, in both indexings', () => {
    const a = torch.tensor([1n, 2n]);
    const b = torch.tensor([3n, 4n, 5n]);
    const rows = [[[1, 1, 1], [2, 2, 2]], [[3, 4, 5], [3, 4, 5]]]; // prettier-ignore
    expect(lists(torch.meshgrid(a, b))).to.deep.equal(rows);
    expect(lists(torch.meshgrid([a, b], { indexing: 'ij' }))).to.deep.equal(rows);
    expect(shapes(torch.meshgrid(a, b, { indexing: 'xy' }))).to.deep.equal([
      [3, 2],
      [3, 2],
    ]);
    // @ts-expect-error no such indexing
    expect(() => torch.meshgrid(a, b, { indexing: 'ji' })).to.throw(torch.TorchError, 'indexing');
  });

  it('block_diag, cartesian_prod, broadcast_tensors and chain_matmul take any number of tensors', () => {
    const parts = [torch.tensor([[1, 2]]), torch.tensor([3]), torch.tensor(4)];
    const diagonal = [
      [1, 2, 0, 0],
      [0, 0, 3, 0],
      [0, 0, 0, 4],
    ];
    expect(torch.block_diag(...parts).tolist()).to.deep.equal(diagonal);
    expect(torch.block_diag(parts).tolist()).to.deep.equal(diagonal);
    expect(torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4])).tolist()).to.deep.equal([
      [1, 3],
      [1, 4],
      [2, 3],
      [2, 4],
    ]);
    expect(shapes(torch.broadcast_tensors(torch.zeros(3, 1), torch.zeros(2)))).to.deep.equal([
      [3, 2],
      [3, 2],
    ]);
    const product = [
      [48, 77, 106],
      [156, 248, 340],
    ];
    expect(torch.chain_matmul(x, y, x).tolist()).to.deep.equal(product);
    const out = torch.empty(2, 3);
    expect(torch.chain_matmul(x, y, x, { out })).to.equal(out);
    expect(out.tolist()).to.deep.equal(product);
  });

  it('broadcast_shapes', () => {
    expect([...torch.broadcast_shapes([3, 1], [2], 1, [4, 1, 1])]).to.deep.equal([4, 3, 2]);
    expect([...torch.broadcast_shapes([0, 1], [1, 5])]).to.deep.equal([0, 5]);
    expect([...torch.broadcast_shapes()]).to.deep.equal([]);
    expect(() => torch.broadcast_shapes([3], [2])).to.throw(
      torch.TorchError,
      '[2] (position 2) does not broadcast',
    );
  });

  it('cdist in all modes', () => {
    const flipped = torch.cdist(x, x.flip(0)).tolist() as number[][];
    expect(flipped[0]?.[0]).to.be.closeTo(5.196152210235596, 1e-5);
    expect(flipped[0]?.[1]).to.be.closeTo(0, 1e-3);
    expect(torch.cdist(x, x, 1).tolist()).to.deep.equal([
      [0, 9],
      [9, 0],
    ]);
    const exact = torch.cdist(x, x, { compute_mode: 'donot_use_mm_for_euclid_dist' }).tolist() as number[][];
    expect(exact[1]).to.deep.equal([5.196152210235596, 0]);
    // @ts-expect-error no such mode
    expect(() => torch.cdist(x, x, 2, 'fast')).to.throw(torch.ValueError, 'fast is not a valid value');
    // @ts-expect-error a name of Object.prototype is no mode either
    expect(() => torch.cdist(x, x, 2, 'toString')).to.throw(torch.ValueError);
  });

  it('atleast_1d, 2d and 3d of one tensor and of several', () => {
    const zero = torch.tensor(1);
    expect([...torch.atleast_1d(zero).shape]).to.deep.equal([1]);
    expect(shapes(torch.atleast_2d(zero, torch.zeros(3)))).to.deep.equal([
      [1, 1],
      [1, 3],
    ]);
    expect(shapes(torch.atleast_2d([zero]))).to.deep.equal([[1, 1]]);
    expect([...torch.atleast_3d(torch.zeros(2)).shape]).to.deep.equal([1, 2, 1]);
  });

  it('nonzero as a matrix or as a tuple', () => {
    const n = torch.tensor([
      [0, 1],
      [2, 0],
    ]);
    const indices = [
      [0, 1],
      [1, 0],
    ];
    expect(n.nonzero().tolist()).to.deep.equal(indices);
    expect(lists(n.nonzero({ as_tuple: true }))).to.deep.equal(indices);
    expect([...torch.nonzero(torch.tensor(5)).shape]).to.deep.equal([1, 0]);
    expect(lists(torch.nonzero(torch.tensor(5), { as_tuple: true }))).to.deep.equal([[0]]);
    const out = torch.empty(0, { dtype: torch.int64 });
    expect(torch.nonzero(n, { out })).to.equal(out);
    expect(out.tolist()).to.deep.equal(indices);
  });
});
