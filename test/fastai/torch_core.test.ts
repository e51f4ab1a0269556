import { expect } from 'chai';

import { tensor, torch } from '../../ts/fastai/index.js';
import { message } from '../support/thrown.js';

describe("fastai's tensor", () => {
  it('makes a vector of several scalars and returns a tensor as it is', () => {
    const vector = tensor(3, 2);
    expect(String(vector)).to.equal('tensor([3., 2.])');
    expect(tensor(vector)).to.equal(vector);
  });
  it('makes float32 of float64, unless float64 is asked for', () => {
    expect(tensor(new Float64Array([1])).dtype).to.equal(torch.float32);
    expect(tensor([1], { dtype: torch.float64 }).dtype).to.equal(torch.float64);
  });
  it('takes the options of torch.tensor at the end', () => {
    expect(String(tensor([1, 2], { dtype: torch.int64 }))).to.equal('tensor([1, 2])');
    expect(String(tensor(1, 2, { dtype: torch.uint8 }))).to.equal('tensor([1, 2], dtype=torch.uint8)');
    expect(tensor([1], { requires_grad: true }).requires_grad).to.equal(true);
  });
  it('takes pictures and whatever else makes a tensor of itself', () => {
    const made = torch.ones(2);
    expect(tensor({ toTensor: () => made })).to.equal(made);
  });
  it('refuses options that there are not', () => {
    expect(message(() => tensor([1], { dtyp: torch.int64 } as never))).to.match(/dtyp.*dtype/s);
  });
});
