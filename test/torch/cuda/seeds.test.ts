/** torch.cuda's device and seeds; what needs a GPU runs where there is one. */
import { expect } from 'chai';
import torch, { cuda, TorchError } from '../../../ts/index.js';
import { thrown } from '../../support/thrown.js';

describe('torch.cuda', () => {
  it('seeds nothing but GPUs', () => {
    torch.manual_seed(1);
    const wanted = torch.rand([3]).tolist();
    torch.manual_seed(1);
    cuda.manual_seed(7);
    cuda.manual_seed_all(8n);
    expect(torch.rand([3]).tolist()).to.deep.equal(wanted);
  });

  it('has no current device without a GPU', function () {
    if (cuda.is_available()) return this.skip();
    expect(thrown(() => cuda.current_device())).to.be.instanceOf(TorchError);
  });

  it('gives the same draws for the same seed on the GPU', function () {
    if (!cuda.is_available()) return this.skip();
    const draw = (): unknown => torch.rand([4], { device: `cuda:${cuda.current_device()}` }).tolist();
    for (const seed of [cuda.manual_seed, cuda.manual_seed_all]) {
      seed(5);
      const first = draw();
      expect(draw()).to.not.deep.equal(first);
      seed(5);
      expect(draw()).to.deep.equal(first);
    }
  });
});
