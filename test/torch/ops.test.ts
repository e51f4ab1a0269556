import { inspect } from 'node:util';
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import { message, thrown } from '../support/thrown.js';

const aten = torch.ops['aten']!;
const x = torch.arange(4).float();

describe('torch.ops', () => {
  it('calls an operator by name, trying its overloads, or one of them', () => {
    expect((aten['add']!(x, x) as Tensor).tolist()).to.deep.equal([0, 2, 4, 6]);
    expect((aten['add']!['Scalar']!(x, 2, { alpha: 3 }) as Tensor).tolist()).to.deep.equal([6, 7, 8, 9]);
    expect((aten['relu']!['default']!(x.sub(2)) as Tensor).tolist()).to.deep.equal([0, 0, 0, 1]);
    expect(message(() => aten['add']!['Tensor']!(x, 'a'))).to.match(
      /^add\(\): argument 'other' \(position 2\) must be Tensor, not string/,
    );
  });

  it('reaches private operators and other libraries', () => {
    const [values] = aten['_softmax'] ? [aten['_softmax'](x, 0, false)] : [];
    expect((values as Tensor).sum().item()).to.be.closeTo(1, 1e-6);
    const packed = torch.ops['quantized']!['embedding_bag_byte_prepack']!(x.view(2, 2)) as Tensor;
    expect([packed.dtype, [...packed.shape]]).to.deep.equal([torch.uint8, [2, 10]]);
  });

  it('lists overloads, and keeps what was looked up', () => {
    expect(aten['add']!.overloads()).to.include.members(['Tensor', 'Scalar', 'out']);
    expect(aten['relu']!.overloads()).to.include('default');
    expect(aten['add']).to.equal(aten['add']);
    aten['add']!.overloads().push('mine');
    expect(aten['add']!.overloads()).not.to.include('mine');
  });

  it('gives back what an operator writes into', () => {
    const y = x.clone();
    expect(aten['mul_']!(y, 2)).to.equal(y);
    const out = torch.empty(0);
    expect(aten['mul']!['out']!(x, x, { out })).to.equal(out);
    expect(out.tolist()).to.deep.equal([0, 1, 4, 9]);
  });

  it('refuses what libtorch does not have', () => {
    const error = thrown(() => aten['no_such_operator']) as torch.NotImplementedError;
    expect(error).to.be.instanceOf(torch.NotImplementedError);
    expect(error.message).to.equal("libtorch has no operator 'aten::no_such_operator'");
    expect(() => torch.ops['nolib']!['add']).to.throw(torch.NotImplementedError);
    expect(aten['add']!['NoOverload']).to.equal(undefined);
  });

  it('bears inspection and await', async () => {
    expect(inspect(torch.ops)).to.be.a('string');
    expect(await Promise.resolve(aten)).to.equal(aten);
    expect(JSON.stringify({ aten })).to.equal('{"aten":{}}');
  });
});
