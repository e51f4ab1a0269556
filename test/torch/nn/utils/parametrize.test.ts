/** Parametrized weights against recorded PyTorch. */
import { expect } from 'chai';
import {
  ValueError,
  arange,
  enable_grad,
  manual_seed,
  nn,
  no_grad,
  ones,
  optim,
  randint,
  tidy,
  triu,
  type Tensor,
} from '../../../../ts/torch/index.js';
import { growth } from '../../../support/live.js';
import { expectRecorded, readRecorded, restore, type RecordedTensor } from '../../../support/recorded.js';
import { message } from '../../../support/thrown.js';

type State = [key: string, value: RecordedTensor][];
interface Recorded {
  repr: string;
  before: State;
  outputs: RecordedTensor[];
  weight: RecordedTensor;
  after: State;
  grads: State;
  removed: State;
  removed_repr: string;
  next: number;
}
const recorded = readRecorded<{
  parametrized: Record<string, Recorded>;
  weight_norm_old: State;
  weight_norm_old_output: RecordedTensor;
  messages: Record<string, string>;
}>(import.meta.url, 'parametrize.json');
const { parametrizations: Z, parametrize: P } = nn.utils;
type Weighted = nn.Linear | nn.ConvTranspose2d;

class Symmetric extends nn.Module {
  forward(X: Tensor): Tensor {
    return X.triu().add(triu(X, { diagonal: 1 }).mT);
  }
  right_inverse(A: Tensor): Tensor {
    return A.triu();
  }
}
class Double extends nn.Module {
  forward(X: Tensor): Tensor {
    return X.mul(2);
  }
}
function x(...shape: number[]): Tensor {
  return arange(shape.reduce((a, b) => a * b))
    .reshape(shape)
    .div(7)
    .sub(0.4);
}
function expectState(module: nn.Module, expected: State, what: string): void {
  const state = module.state_dict();
  expect(Object.keys(state), what).to.deep.equal(expected.map(([key]) => key));
  for (const [key, value] of expected) expectRecorded(state[key]!, value, 'reduction', `${what}: ${key}`);
}

const cases: Record<string, [make: () => Weighted, apply: (m: Weighted) => unknown, shape: number[]]> = {
  weight_norm: [() => nn.Linear(4, 3), (m) => Z.weight_norm(m), [2, 4]],
  weight_norm_1: [() => nn.Linear(4, 3), (m) => Z.weight_norm(m, { dim: 1 }), [2, 4]],
  weight_norm_none: [() => nn.Linear(4, 3), (m) => Z.weight_norm(m, 'weight', null), [2, 4]],
  spectral_norm: [() => nn.Linear(4, 3), (m) => Z.spectral_norm(m), [2, 4]],
  spectral_norm_conv: [
    () => nn.ConvTranspose2d(2, 3, 2),
    (m) => Z.spectral_norm(m, { n_power_iterations: 2 }),
    [1, 2, 3, 3],
  ],
  orthogonal_square: [() => nn.Linear(3, 3), (m) => Z.orthogonal(m), [2, 3]],
  orthogonal_tall: [() => nn.Linear(3, 5), (m) => Z.orthogonal(m), [2, 3]],
  orthogonal_wide: [() => nn.Linear(5, 3), (m) => Z.orthogonal(m), [2, 5]],
  orthogonal_cayley: [() => nn.Linear(3, 5), (m) => Z.orthogonal(m, { orthogonal_map: 'cayley' }), [2, 3]],
  orthogonal_exp_wide: [
    () => nn.Linear(5, 3),
    (m) => Z.orthogonal(m, 'weight', { orthogonal_map: 'matrix_exp' }),
    [2, 5],
  ],
  orthogonal_plain: [
    () => nn.Linear(5, 3),
    (m) => Z.orthogonal(m, { orthogonal_map: 'householder', use_trivialization: false }),
    [2, 5],
  ],
  symmetric: [() => nn.Linear(3, 3), (m) => P.register_parametrization(m, 'weight', new Symmetric()), [2, 3]],
  twice: [
    () => nn.Linear(3, 3),
    (m) => {
      P.register_parametrization(m, 'weight', new Symmetric());
      return P.register_parametrization(m, 'weight', new Double());
    },
    [2, 3],
  ],
};

describe('parametrizations against PyTorch', () => {
  it('every recorded one is replayed', () => {
    expect(Object.keys(cases)).to.have.members(Object.keys(recorded.parametrized));
  });
  for (const [name, [make, apply, shape]] of Object.entries(cases))
    it(name, () => {
      const expected = recorded.parametrized[name]!;
      manual_seed(42);
      const module = make();
      const type = module._get_name();
      expect(apply(module)).to.equal(module);
      expect(String(module)).to.equal(expected.repr);
      expectState(module, expected.before, 'before');
      [true, false, true].forEach((training, i) => {
        module.train(training);
        expectRecorded(module(x(...shape)), expected.outputs[i]!, 'reduction', `output ${i}`);
      });
      module(x(...shape))
        .pow(2)
        .sum()
        .backward();
      expectRecorded(module.weight, expected.weight, 'reduction', 'weight');
      expectState(module, expected.after, 'after');
      const grads = module.named_parameters().map(([key, { grad }]) => [key, grad] as const);
      expect(grads.map(([key]) => key)).to.deep.equal(expected.grads.map(([key]) => key));
      grads.forEach(([key, grad], i) => {
        expectRecorded(grad, expected.grads[i]![1], 'reduction', `gradient of ${key}`);
      });
      P.remove_parametrizations(module, 'weight');
      expectState(module, expected.removed, 'removed');
      expect(String(module)).to.equal(expected.removed_repr);
      expect(randint(2 ** 40, []).item()).to.equal(expected.next);
      expect(module._get_name()).to.equal(type);
      expect(module.weight).to.be.instanceOf(nn.Parameter);
      expect(P.is_parametrized(module)).to.equal(false);
    });
});

describe('parametrized modules', () => {
  it('train: the originals are what an optimizer changes, the weight keeps its property', () => {
    const layer = Z.orthogonal(nn.Linear(4, 4));
    const optimizer = optim.SGD(layer.parameters(), { lr: 0.5 });
    const before = layer.weight.detach().clone();
    for (let i = 0; i < 5; ++i) {
      optimizer.zero_grad();
      layer(x(3, 4)).sub(1).pow(2).mean().backward();
      optimizer.step();
    }
    const Q = layer.weight;
    expect(Q.sub(before).abs().max().item()).to.be.above(1e-3);
    expect(
      Q.mT
        .matmul(Q)
        .sub(nn.init.eye_(ones([4, 4])))
        .abs()
        .max()
        .item(),
    ).to.be.below(1e-5);
  });

  it('take an assigned weight back through right_inverse', () => {
    const layer = P.register_parametrization(nn.Linear(2, 2), 'weight', new Symmetric());
    const { original } = (layer as any).parametrizations.get('weight');
    no_grad(() => {
      layer.weight = ones([2, 2]);
    });
    expect(layer.weight.tolist()).to.deep.equal([
      [1, 1],
      [1, 1],
    ]);
    expect(original.tolist()).to.deep.equal([
      [1, 1],
      [0, 1],
    ]);
    expect(layer.parameters()).to.include(original);
  });

  it('compute once where values are cached, and anew afterwards', () => {
    let calls = 0;
    class Counting extends nn.Module {
      forward(X: Tensor): Tensor {
        ++calls;
        return X.mul(1);
      }
    }
    const layer = P.register_parametrization(nn.Linear(2, 2), 'weight', new Counting());
    calls = 0;
    P.cached(() => {
      layer(x(1, 2));
      P.cached(() => layer(x(1, 2)));
      layer(x(1, 2));
    });
    expect(calls).to.equal(1);
    layer(x(1, 2));
    expect(calls).to.equal(2);
    expect(() => P.cached(() => expect.fail('inside'))).to.throw('inside');
    layer(x(1, 2));
    layer(x(1, 2));
    expect(calls, 'after an error').to.equal(4);
  });

  it('may have several parametrized tensors, buffers too', () => {
    const norm = nn.BatchNorm1d(2);
    P.register_parametrization(norm, 'running_mean', new Double());
    P.register_parametrization(norm, 'weight', new Double());
    expect(Object.keys(norm.state_dict())).to.deep.equal([
      'bias',
      'running_var',
      'num_batches_tracked',
      'parametrizations.running_mean.original',
      'parametrizations.weight.original',
    ]);
    expect(norm.weight!.tolist()).to.deep.equal([2, 2]);
    P.remove_parametrizations(norm, 'weight', { leave_parametrized: false });
    expect(norm.weight!.tolist()).to.deep.equal([1, 1]);
    expect(P.is_parametrized(norm, 'running_mean')).to.equal(true);
    P.remove_parametrizations(norm, 'running_mean');
    expect(norm.buffers()).to.include(norm.running_mean);
    expect(String(norm)).to.match(/^BatchNorm1d\(/);
  });

  it('are copied deeply, and leave other modules of their class alone', () => {
    const layer = Z.spectral_norm(nn.Linear(3, 2));
    const copy = nn.deepcopy(layer);
    no_grad(() => copy.parameters()[1]!.fill_(1));
    copy.eval();
    layer.eval();
    expect(copy.weight.tolist()).to.not.deep.equal(layer.weight.tolist());
    expect(P.is_parametrized(nn.Linear(3, 2))).to.equal(false);
    expect(String(nn.Linear(3, 2))).to.match(/^Linear\(/);
  });

  it('hand their parametrizations on', () => {
    const [from, to] = [Z.weight_norm(nn.Linear(3, 2)), nn.Linear(3, 2)];
    P.transfer_parametrizations_and_params(from, to);
    expect(to.weight.tolist()).to.deep.equal(from.weight.tolist());
    expect(P.transfer_parametrizations_and_params(nn.Linear(1, 1), to)).to.equal(to);
  });

  it('read what the older weight_norm has saved', () => {
    const layer = Z.weight_norm(nn.Linear(4, 3));
    const old = new Map(recorded.weight_norm_old.map(([key, value]) => [key, restore(value)]));
    expect(String(layer.load_state_dict(old))).to.equal('<All keys matched successfully>');
    expectRecorded(layer(x(2, 4)), recorded.weight_norm_old_output, 'reduction', 'output');
    // Also where two tensors of the module are parametrized so.
    const both = Z.weight_norm(Z.weight_norm(nn.Linear(2, 2)), 'bias');
    const given = nn.utils.weight_norm(nn.utils.weight_norm(nn.Linear(2, 2)), 'bias').state_dict();
    expect(String(both.load_state_dict(given))).to.equal('<All keys matched successfully>');
  });

  it('refuse in PyTorch’s words, and are unchanged then', () => {
    const words = recorded.messages;
    const linear = (): nn.Linear => nn.Linear(1, 1);
    const two = nn.Linear(2, 2);
    const told = message(() => P.register_parametrization(linear(), 'nothing', new Double()));
    expect(told).to.equal(words['nothing']);
    expect(message(() => P.remove_parametrizations(linear(), 'weight'))).to.equal(words['not parametrized']);
    expect(message(() => P.remove_parametrizations(Z.weight_norm(linear()), 'weight', false))).to.equal(
      words['two'],
    );
    const doubled = P.register_parametrization(linear(), 'weight', new Double());
    expect(message(() => (doubled.weight = ones([1, 1])))).to.equal(words['no inverse']);
    expect(message(() => Z.orthogonal(two, { orthogonal_map: 'no' as 'cayley' }))).to.equal(words['map']);
    expect(message(() => Z.orthogonal(two, 'bias'))).to.equal(words['vector']);
    expect(message(() => Z.spectral_norm(two, { dim: 2 }))).to.equal(words['dim']);
    expect(message(() => Z.spectral_norm(two, { n_power_iterations: 0 }))).to.equal(words['iterations']);
    class Shorter extends nn.Module {
      forward(X: Tensor): Tensor {
        return X.at(0);
      }
    }
    expect(() => P.register_parametrization(two, 'weight', new Shorter())).to.throw(ValueError, /shape/);
    expect(String(two)).to.match(/^Linear\(/);
    expect(Object.keys(two.state_dict())).to.deep.equal(['weight', 'bias']);
    P.register_parametrization(two, 'weight', new Shorter(), { unsafe: true });
    expect([...two.weight.shape]).to.deep.equal([2]);
  });

  it('survive tidy, and leave nothing behind', () => {
    const net = tidy(() =>
      nn.Sequential(
        Z.weight_norm(nn.Linear(3, 2)),
        Z.spectral_norm(nn.Linear(2, 2)),
        Z.orthogonal(nn.Linear(2, 3)),
      ),
    );
    const step = (): void => {
      for (let i = 0; i < 10; ++i)
        tidy(() => {
          enable_grad(() => (net(ones([1, 3])) as Tensor).sum().backward());
        });
      net.zero_grad();
    };
    step();
    expect(growth(step)).to.be.at.most(0);
    expect((net(ones([1, 3])) as Tensor).shape).to.deep.equal([1, 3]);
  });
});
