/** A GPU's memory: the figures, what is given back, and going on after there was too little. */
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import { needDevice } from './support/gpu.js';

const { cuda } = torch;
const megabyte = 1024 * 1024;
const block = (megabytes: number) =>
  torch.empty([megabytes, megabyte], { dtype: torch.uint8, device: 'cuda' });

describe('CUDA: memory', function () {
  this.timeout(300_000);
  before(function () {
    needDevice(this, { gpu: true });
  });

  it('counts what lives, the peak, and what is held back', () => {
    cuda.empty_cache();
    cuda.reset_peak_memory_stats();
    const before = cuda.memory_allocated();
    const big = block(64);
    expect(cuda.memory_allocated() - before).to.equal(64 * megabyte);
    expect(cuda.memory_reserved()).to.be.at.least(64 * megabyte);
    big.dispose();
    expect(cuda.memory_allocated()).to.equal(before);
    expect(cuda.max_memory_allocated() - before).to.be.at.least(64 * megabyte);
    const held = cuda.memory_reserved();
    cuda.empty_cache();
    expect(cuda.memory_reserved()).to.be.lessThan(held);
    cuda.reset_peak_memory_stats();
    expect(cuda.max_memory_allocated()).to.equal(cuda.memory_allocated());
  });

  it('a loop without scopes stays within bounds', () => {
    cuda.reset_peak_memory_stats();
    const x = block(16);
    for (let i = 0; i < 5000; i++) x.bitwise_not();
    cuda.synchronize();
    expect(cuda.max_memory_allocated()).to.be.lessThan(4096 * megabyte);
    x.dispose();
  });

  it('too large a tensor is an OutOfMemoryError, and the next call works', () => {
    expect(() => block(4 * megabyte))
      .to.throw(torch.OutOfMemoryError)
      .with.property('message')
      .that.matches(/memory/i);
    const x = torch.ones([10], { device: 'cuda' });
    expect(x.sum().item()).to.equal(10);
  });

  it('garbage makes room by itself: ten times the memory of the GPU in turn', () => {
    const free = (): number => {
      let gigabytes = 1;
      const all: torch.Tensor[] = [];
      try {
        for (; gigabytes < 1024; gigabytes++) all.push(block(1024));
      } catch (error) {
        expect(error).to.be.instanceOf(torch.OutOfMemoryError);
      }
      for (const one of all) one.dispose();
      cuda.empty_cache();
      return gigabytes;
    };
    const size = Math.max(1, Math.floor(free() / 8));
    for (let i = 0; i < 80; i++) block(1024 * size);
    expect(block(1).numel()).to.equal(megabyte);
  });
});
