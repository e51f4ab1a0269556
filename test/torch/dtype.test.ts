import { inspect } from 'node:util';
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';

describe('torch.dtype', () => {
  it('is one frozen object each, with PyTorch’s other names', () => {
    expect(torch.zeros(1).dtype).to.equal(torch.float32);
    const aliases = [
      torch.float,
      torch.double,
      torch.half,
      torch.long,
      torch.int,
      torch.short,
      torch.cfloat,
      torch.cdouble,
      torch.chalf,
    ];
    const { float32, float64, float16, int64, int32, int16, complex64, complex128, complex32 } = torch;
    expect(aliases).to.deep.equal([
      float32,
      float64,
      float16,
      int64,
      int32,
      int16,
      complex64,
      complex128,
      complex32,
    ]);
    expect(Object.isFrozen(torch.float32)).to.equal(true);
    expect(() => {
      (torch.float32 as { name: string }).name = 'other';
    }).to.throw(TypeError);
  });
  it('prints', () => {
    expect([String(torch.int64), inspect(torch.bool), JSON.stringify({ d: torch.float16 })]).to.deep.equal([
      'torch.int64',
      'torch.bool',
      '{"d":"torch.float16"}',
    ]);
    expect(
      [torch.strided, torch.sparse_coo, torch.channels_last, torch.preserve_format].map(String),
    ).to.deep.equal(['torch.strided', 'torch.sparse_coo', 'torch.channels_last', 'torch.preserve_format']);
  });
  it('names every layout that a tensor can have', () => {
    const dense = torch.eye(4);
    const layouts = [
      dense,
      dense.to_sparse(),
      dense.to_sparse_csr(),
      dense.to_sparse_csc(),
      dense.to_sparse_bsr([2, 2]),
      dense.to_sparse_bsc([2, 2]),
    ];
    const { strided, sparse_coo, sparse_csr, sparse_csc, sparse_bsr, sparse_bsc } = torch;
    expect(layouts.map((t) => t.layout)).to.deep.equal([
      strided,
      sparse_coo,
      sparse_csr,
      sparse_csc,
      sparse_bsr,
      sparse_bsc,
    ]);
  });
  it('result_type follows the operands’ categories', () => {
    const { int32, float32, float64 } = torch;
    const i = torch.ones(2, { dtype: int32 });
    expect([
      torch.result_type(i, 2),
      torch.result_type(i, 2.5),
      torch.result_type(i, torch.tensor(1, { dtype: float64 })),
      torch.result_type(i, torch.ones(1, { dtype: float64 })),
    ]).to.deep.equal([int32, float32, float64, float64]);
    expect([
      i.add(2).dtype,
      i.add(2.5).dtype,
      i.add(new torch.Float(2)).dtype,
      i.div(2).dtype,
      i.mul(true).dtype,
    ]).to.deep.equal([int32, float32, float32, float32, int32]);
  });
});
