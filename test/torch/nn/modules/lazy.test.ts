/** Lazy modules, CrossMapLRN2d and the hooks of all modules, against recorded PyTorch. */
import { expect } from 'chai';
import {
  TorchError,
  arange,
  manual_seed,
  nn,
  no_grad,
  ones,
  optim,
  randint,
  tidy,
  type Tensor,
} from '../../../../ts/torch/index.js';
import { growth } from '../../../support/live.js';
import { expectRecorded, type RecordedTensor } from '../../../support/recorded.js';
import { message } from '../../../support/thrown.js';
import { readFileSync } from 'node:fs';

type State = [key: string, value: RecordedTensor][];
interface Lazy {
  repr: string;
  names: string[];
  keys: string[];
  output: RecordedTensor;
  repr_after: string;
  state: State;
  second: RecordedTensor;
  next: number;
}
interface Lrn {
  size: number;
  channels: number;
  options: object;
  repr: string;
  output: RecordedTensor;
  grad: RecordedTensor;
}
const recorded = JSON.parse(
  readFileSync(new URL('../utils/fixtures/parametrize.json', import.meta.url), 'utf8'),
) as {
  lazy: Record<string, Lazy>;
  lrn: Lrn[];
  hooks: { log: string[]; output: RecordedTensor; grad: RecordedTensor; plain: RecordedTensor };
  messages: Record<string, string>;
};
function x(...shape: number[]): Tensor {
  return arange(shape.reduce((a, b) => a * b))
    .reshape(shape)
    .div(7)
    .sub(0.4);
}

const lazy: Record<string, [make: () => nn.AnyModule, shape: number[], second: number[], becomes: unknown]> =
  {
    LazyLinear: [() => nn.LazyLinear(3), [2, 4], [1, 4], nn.Linear],
    'LazyLinear no bias': [() => nn.LazyLinear(3, { bias: false }), [2, 5, 4], [1, 4], nn.Linear],
    LazyConv1d: [() => nn.LazyConv1d(4, 3), [2, 2, 5], [2, 6], nn.Conv1d],
    LazyConv2d: [
      () => nn.LazyConv2d(4, 3, { stride: 2, padding: 1, groups: 2 }),
      [2, 4, 5, 5],
      [4, 5, 5],
      nn.Conv2d,
    ],
    LazyConv3d: [() => nn.LazyConv3d(2, 2), [1, 1, 3, 3, 3], [1, 1, 3, 3, 3], nn.Conv3d],
    LazyConvTranspose1d: [
      () => nn.LazyConvTranspose1d(2, 3, { stride: 2 }),
      [2, 3, 4],
      [3, 4],
      nn.ConvTranspose1d,
    ],
    LazyConvTranspose2d: [
      () => nn.LazyConvTranspose2d(4, 3, { groups: 2 }),
      [1, 2, 3, 3],
      [2, 3, 3],
      nn.ConvTranspose2d,
    ],
    LazyConvTranspose3d: [
      () => nn.LazyConvTranspose3d(2, 2, { bias: false }),
      [1, 2, 2, 2, 2],
      [2, 2, 2, 2],
      nn.ConvTranspose3d,
    ],
    LazyBatchNorm1d: [() => nn.LazyBatchNorm1d(), [4, 3], [2, 3], nn.BatchNorm1d],
    LazyBatchNorm2d: [
      () => nn.LazyBatchNorm2d({ momentum: 0.3 }),
      [2, 3, 2, 2],
      [2, 3, 2, 2],
      nn.BatchNorm2d,
    ],
    LazyBatchNorm3d: [
      () => nn.LazyBatchNorm3d({ affine: false }),
      [2, 3, 2, 2, 2],
      [2, 3, 2, 2, 2],
      nn.BatchNorm3d,
    ],
    LazyInstanceNorm1d: [() => nn.LazyInstanceNorm1d(), [2, 3, 4], [2, 3, 4], nn.InstanceNorm1d],
    LazyInstanceNorm2d: [
      () => nn.LazyInstanceNorm2d({ track_running_stats: false }),
      [2, 3, 2, 2],
      [2, 3, 2, 2],
      nn.InstanceNorm2d,
    ],
    LazyInstanceNorm3d: [
      () => nn.LazyInstanceNorm3d({ eps: 1e-3 }),
      [2, 3, 2, 2, 2],
      [2, 3, 2, 2, 2],
      nn.InstanceNorm3d,
    ],
  };

describe('lazy modules against PyTorch', () => {
  it('every recorded one is replayed', () => {
    expect(Object.keys(lazy)).to.have.members(Object.keys(recorded.lazy));
  });
  for (const [name, [make, shape, second, becomes]] of Object.entries(lazy))
    it(name, () => {
      const expected = recorded.lazy[name]!;
      manual_seed(42);
      const module = make();
      expect(String(module)).to.equal(expected.repr);
      expect(module.named_parameters().map(([key]) => key)).to.deep.equal(expected.names);
      expect(Object.keys(module.state_dict())).to.deep.equal(expected.keys);
      expectRecorded(module(x(...shape)) as Tensor, expected.output, 'reduction', 'output');
      expect(String(module)).to.equal(expected.repr_after);
      expect((module as object).constructor).to.equal(becomes);
      const state = module.state_dict();
      expect(Object.keys(state)).to.deep.equal(expected.state.map(([key]) => key));
      for (const [key, value] of expected.state) expectRecorded(state[key]!, value, 'reduction', key);
      expectRecorded(module(x(...second)) as Tensor, expected.second, 'reduction', 'second');
      expect(randint(2 ** 40, []).item()).to.equal(expected.next);
    });

  it('keep their parameters through the first call: an optimizer may know them before', () => {
    const net = nn.Sequential(nn.LazyLinear(2), nn.LazyBatchNorm1d());
    const before = net.parameters();
    const optimizer = optim.SGD(before, { lr: 0.1 });
    tidy(() => {
      (net(x(4, 3)) as Tensor).pow(2).sum().backward();
    });
    expect(net.parameters().every((parameter, i) => parameter === before[i])).to.equal(true);
    const [weight] = before as [nn.Parameter];
    expect([...weight.shape]).to.deep.equal([2, 3]);
    expect(weight).to.be.instanceOf(nn.Parameter).and.not.instanceOf(nn.UninitializedParameter);
    const old = weight.tolist();
    optimizer.step();
    expect(weight.tolist()).to.not.deep.equal(old);
  });

  it('take device and dtype with them', () => {
    const module = nn.LazyLinear(2).double();
    expect(String(module.weight)).to.equal('<UninitializedParameter>');
    expect(module(x(1, 3).double()).dtype.name).to.equal('float64');
    const norm = nn.LazyBatchNorm1d().double();
    expect(norm(x(2, 3).double()).dtype.name).to.equal('float64');
    expect(norm.running_mean!.dtype.name).to.equal('float64');
  });

  it('load and save states on both sides of the first call', () => {
    const known = nn.Linear(3, 2);
    const module = nn.LazyLinear(2);
    module.load_state_dict(known.state_dict());
    expect(module(x(1, 3)).tolist()).to.deep.equal(known(x(1, 3)).tolist());
    expect(String(module)).to.equal('Linear(in_features=3, out_features=2, bias=True)');
    const other = nn.LazyLinear(2);
    other.load_state_dict(nn.LazyLinear(2).state_dict());
    expect(other.has_uninitialized_params()).to.equal(true);
    expect(() => known.load_state_dict(nn.LazyLinear(2).state_dict())).to.throw(
      TorchError,
      /has not been initialized/,
    );
    const wrong = nn.LazyLinear(2);
    wrong.load_state_dict(known.state_dict());
    expect(message(() => wrong(x(1, 4)))).to.contain('is not equal to in_features from self.weight: 3');
  });

  it('are copied before they know', () => {
    const module = nn.LazyConv2d(2, 3);
    const copy = nn.deepcopy(module);
    copy(x(1, 3, 4, 4));
    expect([...copy.weight.shape]).to.deep.equal([2, 3, 3, 3]);
    expect(module.has_uninitialized_params()).to.equal(true);
    module(x(1, 1, 4, 4));
    expect([...module.weight.shape]).to.deep.equal([2, 1, 3, 3]);
  });

  it('refuse in PyTorch’s words', () => {
    const words = recorded.messages;
    expect(message(() => nn.LazyLinear(2).weight.shape)).to.equal(words['lazy shape']);
    expect(message(() => nn.LazyConv1d(4, 1, { groups: 2 })(x(1, 3, 2)))).to.equal(words['lazy groups']);
    expect(message(() => nn.LazyConv2d(4, 1)(x(3, 2)))).to.equal(words['lazy dims']);
    expect(() => nn.LazyLinear(2).weight.numel()).to.throw(/uninitialized parameter/);
    expect(() => nn.LazyLinear({} as never)).to.throw(/out_features/);
    expect(() => nn.LazyConv2d(1, 2, { strides: 2 } as object)).to.throw(/'stride'/);
  });

  it('leave nothing behind', () => {
    const make = (): void => {
      tidy(() => {
        const module = nn.LazyLinear(2);
        no_grad(() => module(ones([1, 3])));
      });
    };
    make();
    expect(growth(make)).to.be.at.most(0);
  });
});

describe('CrossMapLRN2d', () => {
  for (const one of recorded.lrn)
    it(`size ${one.size} over ${one.channels} channels`, () => {
      const module = nn.CrossMapLRN2d(one.size, one.options);
      expect(String(module)).to.equal(one.repr);
      const given = x(2, one.channels, 2, 2).mul(0.9).requires_grad_();
      const out = module(given);
      out
        .mul(x(2, one.channels, 2, 2))
        .sum()
        .backward();
      expectRecorded(out, one.output, 'reduction', 'output');
      expectRecorded(given.grad, one.grad, 'reduction', 'gradient');
    });
  it('wants four dimensions', () => {
    expect(message(() => nn.CrossMapLRN2d(3)(x(2, 3)))).to.equal(
      'CrossMapLRN2d: Expected input to be 4D, got 2D instead.',
    );
  });
});

describe('hooks of all modules', () => {
  it('run before a module’s own, in PyTorch’s order, until they are removed', () => {
    const log: string[] = [];
    const note = (what: string) => (module: nn.Module) => {
      log.push(`${what} ${module._get_name()}`);
    };
    const net = nn.Sequential(nn.Linear(2, 3), nn.Tanh());
    for (const p of net.parameters()) nn.init.constant_(p, 0.25);
    const first = net[0] as nn.Linear;
    first.register_forward_pre_hook(note('own pre'));
    first.register_forward_hook(note('own'));
    first.register_full_backward_hook(note('own backward'));
    const g = nn.modules.module;
    const handles = [
      g.register_module_forward_pre_hook(note('pre')),
      g.register_module_forward_hook(note('forward')),
      g.register_module_forward_hook((module, _, out: Tensor) =>
        module instanceof nn.Linear ? out.mul(2) : undefined,
      ),
      g.register_module_full_backward_pre_hook(note('backward pre')),
      g.register_module_full_backward_hook(note('backward')),
    ];
    const given = x(2, 2).requires_grad_();
    try {
      const out = net(given) as Tensor;
      out.sum().backward();
      expectRecorded(out, recorded.hooks.output, 'elementwise', 'output');
      expectRecorded(given.grad, recorded.hooks.grad, 'elementwise', 'gradient');
    } finally {
      for (const handle of handles) handle.remove();
    }
    log.push('removed');
    expectRecorded(net(given) as Tensor, recorded.hooks.plain, 'elementwise', 'without them');
    expect(log).to.deep.equal(recorded.hooks.log);
  });

  it('are refused when they are no functions', () => {
    expect(() => nn.modules.module.register_module_forward_hook(3 as never)).to.throw(
      'register_module_forward_hook(): the hook must be a function',
    );
  });

  it('may be called after an error too', () => {
    const seen: unknown[] = [];
    const handle = nn.modules.module.register_module_forward_hook(
      (_, __, out) => {
        seen.push(out);
      },
      { always_call: true },
    );
    try {
      expect(() => nn.Linear(2, 2)(ones([1, 3]))).to.throw(TorchError);
    } finally {
      handle.remove();
    }
    expect(seen).to.deep.equal([null]);
  });
});
