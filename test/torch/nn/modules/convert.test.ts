/** Module.to and its relatives. */
import { expect } from 'chai';
import {
  ArgumentError,
  bfloat16,
  channels_last,
  complex64,
  cuda,
  float16,
  float64,
  int64,
  nn,
  ones,
  zeros,
  type DType,
} from '../../../../ts/torch/index.js';
import { message } from '../../../support/thrown.js';
import { Block, Shared, recorded } from './models.js';

function dtypes(module: nn.Module): Set<DType> {
  return new Set(module.parameters().map(({ dtype }) => dtype));
}

describe('Module.to', () => {
  it('keeps the parameters the objects they are, gradients included', () => {
    const shared = new Shared();
    const before = shared.parameters();
    shared
      .second(ones([1, 2]))
      .sum()
      .backward();
    const { weight } = shared.second;
    const kept = weight.grad!;
    expect(shared.to(float64)).to.equal(shared);
    expect(shared.parameters()).to.deep.equal(before);
    expect(dtypes(shared)).to.deep.equal(new Set([float64]));
    expect(shared.tied.weight).to.equal(weight);
    expect(weight.requires_grad && weight.is_leaf).to.equal(true);
    expect(weight.grad!.dtype).to.equal(float64);
    expect(weight.grad!.tolist()).to.deep.equal([
      [1, 1],
      [1, 1],
    ]);
    expect(kept.dtype, 'the gradient is the object it was, too').to.equal(float64);
    shared
      .second(ones([1, 2]).double())
      .sum()
      .backward();
    expect(weight.grad!.tolist()).to.deep.equal([
      [2, 2],
      [2, 2],
    ]);
  });

  it('converts only floating point tensors', () => {
    const block = new Block();
    for (const [cast, dtype] of [
      ['half', float16],
      ['double', float64],
      ['bfloat16', bfloat16],
    ] as const) {
      block[cast]();
      expect(dtypes(block)).to.deep.equal(new Set([dtype]));
      expect(block.mask.dtype).to.equal(dtype);
      expect(block.steps.dtype).to.equal(int64);
    }
    block.to({ dtype: complex64, device: 'cpu' });
    expect(dtypes(block)).to.deep.equal(new Set([complex64]));
    expect(block.float().scale.dtype, 'float() is for real numbers').to.equal(complex64);
    expect(new Block().to(ones([1]).double()).scale.dtype).to.equal(float64);
    expect(nn.Linear(1, 1).type('torch.DoubleTensor').weight.dtype).to.equal(float64);
  });

  it('refuses other dtypes in PyTorch’s words', () => {
    expect(message(() => nn.Linear(2, 2).to(int64))).to.equal(recorded.messages['to int']);
    expect(() => nn.Linear(2, 2).to({ dtyp: float64 } as object)).to.throw(ArgumentError);
  });

  it('goes to the meta device, where memory cannot follow', () => {
    const block = new Block();
    const { scale } = block;
    block(ones([1, 2]))
      .sum()
      .backward();
    block.to('meta');
    expect(block.scale).to.equal(scale);
    expect(scale.is_meta).to.equal(true);
    expect(scale.grad!.is_meta).to.equal(true);
    expect(scale.requires_grad && scale.is_leaf).to.equal(true);
    expect(block.mask.is_meta).to.equal(true);
  });

  it('takes a memory format for pictures alone', () => {
    class Pictures extends nn.Module {
      kernel = nn.Parameter(zeros([2, 3, 4, 5]));
      bias = nn.Parameter(zeros([2]));
    }
    const pictures = new Pictures().to({ memory_format: channels_last });
    expect(pictures.kernel.is_contiguous({ memory_format: channels_last })).to.equal(true);
    expect(pictures.bias.stride()).to.deep.equal([1]);
  });

  it('goes to a GPU and back', function () {
    if (!cuda.is_available()) {
      console.warn('      needs a GPU');
      return this.skip();
    }
    const shared = new Shared();
    const before = shared.parameters();
    shared
      .first(ones([1, 2]))
      .sum()
      .backward();
    shared.cuda();
    expect(shared.parameters()).to.deep.equal(before);
    expect(
      shared.first.scale.is_cuda && shared.first.scale.grad!.is_cuda && shared.first.mask.is_cuda,
    ).to.equal(true);
    shared
      .first(ones([1, 2], { device: 'cuda' }))
      .sum()
      .backward();
    expect(shared.cpu().first.scale.grad!.device.type).to.equal('cpu');
  });
});
