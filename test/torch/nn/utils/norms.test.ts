/** weight_norm and spectral_norm. */
import { expect } from 'chai';
import {
  TorchError,
  ValueError,
  arange,
  manual_seed,
  nn,
  ones,
  tidy,
  type Tensor,
} from '../../../../ts/torch/index.js';
import { growth } from '../../../support/live.js';
import { expectRecorded, type RecordedTensor } from '../../../support/recorded.js';
import { message } from '../../../support/thrown.js';
import { recorded, type Normalised } from './recorded.js';

const { remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm } = nn.utils;

function expectState(module: nn.Module, expected: Record<string, RecordedTensor>, what: string): void {
  const state = module.state_dict();
  expect(Object.keys(state), what).to.deep.equal(Object.keys(expected));
  for (const [key, value] of Object.entries(state))
    expectRecorded(value, expected[key]!, 'reduction', `${what}: ${key}`);
}

const cases: [
  name: string,
  expected: Normalised,
  apply: (m: nn.Linear) => unknown,
  remove: (m: nn.Linear) => unknown,
  calls: boolean[],
][] = [
  ['weight_norm', recorded.weight_norm, (m) => weight_norm(m), (m) => remove_weight_norm(m), [false, true]],
  [
    'weight_norm, dim 1',
    recorded.weight_norm_1,
    (m) => weight_norm(m, { dim: 1 }),
    (m) => remove_weight_norm(m),
    [false, true],
  ],
  [
    'weight_norm, one length',
    recorded.weight_norm_none,
    (m) => weight_norm(m, 'weight', null),
    (m) => remove_weight_norm(m),
    [false, true],
  ],
  [
    'spectral_norm',
    recorded.spectral_norm,
    (m) => spectral_norm(m),
    (m) => remove_spectral_norm(m),
    [false, true, true],
  ],
  [
    'spectral_norm, 3 steps',
    recorded.spectral_norm_3,
    (m) => spectral_norm(m, { n_power_iterations: 3, dim: 1 }),
    (m) => remove_spectral_norm(m),
    [true, false],
  ],
];

describe('a weight that is computed before each call', () => {
  for (const [name, expected, apply, remove, calls] of cases)
    it(name, () => {
      manual_seed(42);
      const linear = nn.Linear(4, 3);
      expect(apply(linear)).to.equal(linear);
      expectState(linear, expected.before, 'before');
      const x = arange(8).reshape([2, 4]).div(7).sub(0.4);
      calls.forEach((training, i) => {
        linear.train(training);
        expectRecorded(linear(x), expected.outputs[i]!, 'reduction', `output ${i}`);
      });
      const out = linear(x);
      out.mul(out).sum().backward();
      expectState(linear, expected.after, 'after');
      for (const [key, parameter] of linear.named_parameters())
        expectRecorded(parameter.grad, expected.grads[key]!, 'reduction', `gradient of ${key}`);
      expect(remove(linear)).to.equal(linear);
      expectState(linear, expected.removed, 'removed');
      expect(linear.weight).to.be.instanceOf(nn.Parameter);
      // No hook is left that would compute it again.
      linear.weight.data.fill_(0);
      linear.bias!.data.fill_(0);
      expect(linear(ones([1, 4])).tolist()).to.deep.equal([[0, 0, 0]]);
    });

  it('is refused in PyTorch’s words', () => {
    const words = recorded.messages;
    const linear = (): nn.Linear => nn.Linear(4, 3);
    expect(message(() => weight_norm(weight_norm(linear())))).to.equal(words['twice']);
    expect(message(() => spectral_norm(spectral_norm(linear())))).to.equal(words['spectral twice']);
    expect(message(() => spectral_norm(linear(), { n_power_iterations: 0 }))).to.equal(words['iterations']);
    expect(message(() => remove_weight_norm(linear()))).to.equal(words['not there']);
    expect(message(() => remove_spectral_norm(linear(), 'bias'))).to.equal(words['spectral not there']);
    expect(() => weight_norm(weight_norm(linear()))).to.throw(TorchError);
    expect(() => weight_norm(linear(), 'nothing')).to.throw(ValueError, "no parameter 'nothing'");
    const untouched = linear();
    expect(() => spectral_norm(untouched, 'nothing')).to.throw(ValueError);
    expect(Object.keys(untouched.state_dict())).to.deep.equal(['weight', 'bias']);
  });

  it('may be applied to two parameters of one module', () => {
    const linear = weight_norm(weight_norm(nn.Linear(2, 2)), 'bias');
    expect(Object.keys(linear.state_dict())).to.deep.equal(['weight_g', 'weight_v', 'bias_g', 'bias_v']);
    remove_weight_norm(linear, 'bias');
    expect(Object.keys(linear.state_dict())).to.deep.equal(['weight_g', 'weight_v', 'bias']);
  });

  it('survives tidy, and leaves nothing behind', () => {
    const net = nn.Sequential(weight_norm(nn.Linear(2, 2)), spectral_norm(nn.Linear(2, 2)));
    const step = (): void => {
      for (let i = 0; i < 10; ++i)
        tidy(() => {
          (net(ones([1, 2])) as Tensor).sum().backward();
        });
      net.zero_grad();
    };
    step();
    expect(growth(step)).to.be.at.most(0);
    expect((net(ones([1, 2])) as Tensor).shape).to.deep.equal([1, 2]);
  });
});
