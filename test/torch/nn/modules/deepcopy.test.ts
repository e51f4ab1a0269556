import { expect } from 'chai';
import { TorchError, deepcopy, nn, ones, tensor, type Tensor } from '../../../../ts/torch/index.js';
import { message } from '../../../support/thrown.js';
import { Block, Shared, recorded } from './models.js';

describe('deepcopy', () => {
  it('copies a module with everything in it', () => {
    const shared = new Shared();
    shared.eval();
    shared.first.scale.requires_grad = false;
    const copy = deepcopy(shared);
    expect(copy).to.be.instanceOf(Shared);
    expect(String(copy)).to.equal(String(shared));
    expect(copy.training).to.equal(false);
    expect(copy.first.scale.requires_grad).to.equal(false);
    expect(Object.keys(copy.state_dict())).to.deep.equal(Object.keys(shared.state_dict()));
    expect(copy.named_buffers().map(([name]) => name)).to.deep.equal(
      shared.named_buffers().map(([name]) => name),
    );
    expect(copy.again, 'one object stays one').to.equal(copy.first);
    expect(copy.tied.weight).to.equal(copy.second.weight);
    for (const [i, parameter] of copy.parameters().entries()) {
      expect(parameter).to.be.instanceOf(nn.Parameter);
      expect(parameter).to.not.equal(shared.parameters()[i]);
      expect(parameter.tolist()).to.deep.equal(shared.parameters()[i]!.tolist());
      expect(parameter.data_ptr()).to.not.equal(shared.parameters()[i]!.data_ptr());
    }
    const x = ones([1, 2]);
    expect(copy.first(x).tolist()).to.deep.equal(shared.first(x).tolist());
  });

  it('copies are whole: modules work without private members, which a copy would not have', () => {
    const x = ones([2, 3, 4]);
    for (const module of [nn.InstanceNorm1d(3, { affine: true }), nn.LSTM(4, 2, { batch_first: true })])
      expect(String(deepcopy(module)(x))).to.equal(String(module(x)));
    const adaptive = nn.AdaptiveLogSoftmaxWithLoss(4, 10, [3]);
    const rows = ones([2, 4]);
    expect(deepcopy(adaptive).log_prob(rows).tolist()).to.deep.equal(adaptive.log_prob(rows).tolist());
    expect(deepcopy(adaptive).predict(rows).tolist()).to.deep.equal(adaptive.predict(rows).tolist());
    const seq = deepcopy(nn.Sequential(nn.ReLU(), nn.Tanh()));
    seq.insert(0, nn.Sigmoid());
    expect([...seq].map((m) => m.constructor.name)).to.deep.equal(['Sigmoid', 'ReLU', 'Tanh']);
    expect(seq.at('1:')).to.have.lengthOf(2);
  });

  it('copies containers and hooks, which then go their own ways', () => {
    const seq = nn.Sequential(
      nn.Linear(1, 1),
      nn.ModuleList([nn.ReLU()]),
      nn.ModuleDict({ '9': nn.ReLU(), a: nn.Tanh() }),
    );
    let calls = 0;
    const handle = seq[0]!.register_forward_hook(() => void ++calls);
    const copy = deepcopy(seq);
    expect(String(copy)).to.equal(String(seq));
    handle.remove();
    copy[0]!(ones([1]));
    expect(calls).to.equal(1);
    seq[0]!(ones([1]));
    expect(calls).to.equal(1);
    copy.append(nn.Tanh());
    expect([seq.length, copy.length]).to.deep.equal([3, 4]);
  });

  it('copies tensors with their gradients, but parameters without', () => {
    const x = tensor([1, 2], { requires_grad: true });
    x.mul(3).sum().backward();
    const copy = deepcopy(x);
    x.grad!.zero_();
    expect([copy.requires_grad, copy.tolist(), copy.grad!.tolist()]).to.deep.equal([true, [1, 2], [3, 3]]);
    const parameter = nn.Parameter(ones([1]));
    parameter.mul(2).sum().backward();
    expect(deepcopy(parameter).grad).to.equal(null);
    expect(deepcopy(nn.Buffer(ones([1]), false)).persistent).to.equal(false);
    expect(message(() => deepcopy(x.mul(2)))).to.equal(recorded.messages['deepcopy']);
    expect(() => deepcopy([new Block(), { y: x.mul(2) }])).to.throw(TorchError);
  });

  it('copies plain values, keeping what is shared and what goes round', () => {
    class Point {
      constructor(readonly at: number[]) {}
    }
    const t = tensor([1]);
    const value: Record<string, unknown> = {
      map: new Map([['t', t]]),
      set: new Set([t]),
      bytes: new Uint8Array([1, 2]),
      point: new Point([1, 2]),
      fn: Math.max,
      nothing: null,
    };
    value['self'] = value;
    const copy = deepcopy(value);
    const inMap = (copy['map'] as Map<string, Tensor>).get('t')!;
    expect(copy['self']).to.equal(copy);
    expect(inMap).to.not.equal(t);
    expect((copy['set'] as Set<Tensor>).has(inMap)).to.equal(true);
    expect(copy['bytes']).to.deep.equal(value['bytes']);
    expect(copy['bytes'] === value['bytes']).to.equal(false);
    expect(copy['point']).to.be.instanceOf(Point).and.to.deep.equal(value['point']);
    expect((copy['point'] as Point).at).to.not.equal((value['point'] as Point).at);
    expect([copy['fn'], copy['nothing']]).to.deep.equal([Math.max, null]);
  });
});
