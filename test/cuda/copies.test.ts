/** Copies between memories: what is asked without waiting is there when it is read. */
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import { device, isGpu, needDevice } from './support/gpu.js';

describe('CUDA: copies', function () {
  this.timeout(120_000);
  before(function () {
    needDevice(this);
  });

  it('there and back, of every dtype', () => {
    for (const dtype of [
      torch.float32,
      torch.float64,
      torch.float16,
      torch.bfloat16,
      torch.int64,
      torch.uint8,
      torch.bool,
    ]) {
      const x = torch.arange(0, 100).to(dtype);
      const y = x.to(device);
      expect(y.dtype).to.equal(dtype);
      expect(y.to('cpu').equal(x)).to.equal(true);
    }
  });

  it('without waiting, from pinned memory and from plain memory', () => {
    for (const pinned of isGpu ? [true, false] : [false]) {
      const x = torch.arange(0, 1_000_000, { dtype: torch.float32, ...(pinned ? { pin_memory: true } : {}) });
      const y = x.to(device, { non_blocking: true });
      // An operator behind the copy on the same stream sees all of it.
      expect(Number(y.add(1).sum().item())).to.be.closeTo(Number(x.add(1).sum().item()), 1e6);
      const back = y.to('cpu', { non_blocking: true });
      if (isGpu) torch.cuda.synchronize();
      expect(back.equal(x)).to.equal(true);
    }
  });

  it('views, strides and empty tensors', () => {
    const x = torch.arange(0, 24).reshape([2, 3, 4]).permute([2, 0, 1]);
    expect(x.to(device).to('cpu').equal(x)).to.equal(true);
    expect(torch.empty([0, 3], { device }).to('cpu').shape).to.deep.equal([0, 3]);
  });

  it('into what is there, from the other memory', () => {
    const x = torch.zeros([4], { device });
    expect(
      x
        .copy_(torch.tensor([1, 2, 3, 4]))
        .to('cpu')
        .tolist(),
    ).to.deep.equal([1, 2, 3, 4]);
  });

  it('a module takes its buffers and gradients along', () => {
    const model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2));
    (model.forward(torch.randn(4, 3)) as torch.Tensor).sum().backward();
    model.to(device);
    for (const one of [...model.parameters(), ...model.buffers()])
      expect(one.device.toString()).to.match(new RegExp(`^${device}`));
    for (const one of model.parameters())
      expect(one.grad!.device.toString()).to.match(new RegExp(`^${device}`));
  });

  it('is printed with its device', function () {
    if (!isGpu) this.skip();
    expect(String(torch.tensor([1, 2], { device }))).to.equal("tensor([1., 2.], device='cuda:0')");
  });
});
