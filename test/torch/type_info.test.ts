import { expect } from 'chai';
import torch from '../../ts/index.js';

// Recorded from Python: {d: (finfo(d).bits, .eps, .max, .tiny, .resolution) ...}
describe('torch.finfo and torch.iinfo', () => {
  const floats: [torch.DType, number, number, number, number, number][] = [
    [torch.float16, 16, 0.0009765625, 65504, 6.103515625e-5, 0.001],
    [torch.bfloat16, 16, 0.0078125, 3.3895313892515355e38, 1.1754943508222875e-38, 0.01],
    [torch.float32, 32, 1.1920928955078125e-7, 3.4028234663852886e38, 1.1754943508222875e-38, 1e-6],
    [torch.float64, 64, 2.220446049250313e-16, 1.7976931348623157e308, 2.2250738585072014e-308, 1e-15],
  ];
  for (const [dtype, bits, eps, max, tiny, resolution] of floats)
    it(`knows ${dtype}`, () => {
      const info = torch.finfo(dtype);
      expect(info).to.include({ bits, eps, max, min: -max, tiny, smallest_normal: tiny, resolution });
      expect(info.dtype).to.equal(dtype.name);
    });

  it('gives the limits of the parts of a complex dtype', () => {
    expect(torch.finfo(torch.complex64).max).to.equal(torch.finfo(torch.float32).max);
  });

  it('gives integers exactly', () => {
    expect(torch.iinfo(torch.uint8)).to.deep.equal({ bits: 8, max: 255, min: 0, dtype: 'uint8' });
    expect(torch.iinfo(torch.int32)).to.deep.equal({
      bits: 32,
      max: 2147483647,
      min: -2147483648,
      dtype: 'int32',
    });
    expect(torch.iinfo(torch.int64).max).to.equal(9223372036854775807n);
    expect(torch.iinfo(torch.uint64)).to.include({ max: 18446744073709551615n, min: 0 });
  });

  it('refuses the other kind and names the right function', () => {
    expect(() => torch.finfo(torch.int8)).to.throw(torch.ArgumentError, /torch.iinfo/);
    expect(() => torch.iinfo(torch.float32)).to.throw(torch.ArgumentError, /torch.finfo/);
  });
});
