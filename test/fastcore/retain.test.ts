import { expect } from 'chai';

import { as_subclass, retain_type, retain_types } from '../../ts/fastcore/index.js';
import { Tensor, tensor } from '../../ts/torch/index.js';

class Picture extends Tensor {}
class Mask extends Tensor {}

describe('fastcore retain_type', () => {
  it('as_subclass is the very same tensor', () => {
    const t = tensor([1, 2]);
    const picture = as_subclass(t, Picture);
    expect(picture).to.equal(t).and.to.be.instanceOf(Picture);
    expect(String(picture)).to.equal('tensor([1., 2.])');
    expect(picture.add(1)).to.not.be.instanceOf(Picture);
  });
  it('gives plain tensors the class of the old one, and no others', () => {
    const old = as_subclass(tensor([1]), Picture);
    expect(retain_type(tensor([2]), old)).to.be.instanceOf(Picture);
    const mask = as_subclass(tensor([2]), Mask);
    expect(retain_type(mask, old)).to.be.instanceOf(Mask).and.not.instanceOf(Picture);
    expect(Object.getPrototypeOf(retain_type(tensor([2]), tensor([1])))).to.equal(Tensor.prototype);
    expect(retain_type(tensor([2]), 'text')).to.not.be.instanceOf(Picture);
    expect(retain_type('text', old)).to.equal('text');
  });
  it('place by place in arrays and objects', () => {
    const old = [as_subclass(tensor([1]), Picture), { m: as_subclass(tensor([1]), Mask), n: 3 }];
    const made = [tensor([2]), { m: tensor([2]), n: tensor([4]) }, tensor([5])] as const;
    expect(retain_types(made, old)).to.equal(made);
    expect(made[0]).to.be.instanceOf(Picture);
    expect(made[1].m).to.be.instanceOf(Mask);
    for (const plain of [made[1].n, made[2]]) expect(Object.getPrototypeOf(plain)).to.equal(Tensor.prototype);
    expect(retain_types(tensor([1]), old[0])).to.be.instanceOf(Picture);
    expect(retain_types([1, 'a', null], old)).to.deep.equal([1, 'a', null]);
    const bytes = new Uint8Array([1]);
    expect(retain_types(bytes, old)).to.equal(bytes);
  });
});
