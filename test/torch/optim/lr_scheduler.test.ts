/** Every scheduler against thirty recorded steps of PyTorch 2.13. */
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { difference, fixture } from './record.js';

const S = torch.optim.lr_scheduler;
interface Run {
  lrs: number[][];
  momentum: number[][];
  half: Record<string, any>;
  state_dict: Record<string, any>;
}
interface Case extends Run {
  name: string;
  options: Record<string, any>;
  optimizer: 'SGD' | 'Adam';
}
const recorded = fixture<{
  cases: Case[];
  named: Record<string, Run>;
  plateau: (Run & { options: Record<string, any> })[];
  metrics: number[];
  jumps: { name: string; options: Record<string, any>; lrs: number[][] }[];
}>('schedulers');

type Optimizer = torch.optim.Optimizer;
function optimizer(name: 'SGD' | 'Adam' = 'SGD'): Optimizer {
  const [w, b] = [torch.zeros([2]).requires_grad_(), torch.zeros([1]).requires_grad_()];
  const groups = [{ params: [w] }, { params: [b], lr: 0.02 }];
  return name === 'SGD'
    ? torch.optim.SGD(groups, { lr: 0.1, momentum: 0.9 })
    : torch.optim.Adam(groups, { lr: 0.1 });
}
const momenta = (o: Optimizer): number[] =>
  o.param_groups.map(
    (group) => ((group['betas'] as number[] | undefined)?.[0] ?? group['momentum']) as number,
  );

/** A saved state in the values that JSON has. */
function plain(value: any): any {
  if (value === Infinity || value === -Infinity) return value > 0 ? 'inf' : '-inf';
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [String(k), plain(v)]));
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  return value;
}
function expectClose(actual: any, expected: any, path: string): void {
  if (typeof expected === 'number') {
    expect(difference([actual], [expected]), path).to.be.at.most(1e-12);
  } else if (expected && typeof expected === 'object') {
    expect(Object.keys(actual), path).to.have.members(Object.keys(expected));
    for (const key of Object.keys(expected)) expectClose(actual[key], expected[key], `${path}.${key}`);
  } else expect(actual, path).to.deep.equal(expected);
}

function follow(o: Optimizer, scheduler: any, run: Run, from = 0, metrics?: number[]): void {
  if (from === 0) expectClose(scheduler.get_last_lr(), run.lrs[0], 'at the start');
  for (let step = from; step < run.lrs.length - 1; ++step) {
    o.step();
    scheduler.step(...(metrics ? [metrics[step]] : []));
    expectClose(scheduler.get_last_lr(), run.lrs[step + 1], `step ${step + 1}`);
    expectClose(momenta(o), run.momentum[step + 1], `momentum, step ${step + 1}`);
    if (step === 11) expectClose(plain(scheduler.state_dict()), run.half, 'state dict');
  }
  expectClose(plain(scheduler.state_dict()), run.state_dict, 'state dict');
}
const make = (name: string, o: Optimizer, options: object): any => (S as any)[name](o, options);

const compound: Record<string, (o: Optimizer) => any> = {
  LambdaLR: (o) => S.LambdaLR(o, [(e) => 0.95 ** e, (e) => 1 / (1 + e)]),
  MultiplicativeLR: (o) => S.MultiplicativeLR(o, (e) => (e % 2 ? 0.9 : 1.01)),
  SequentialLR: (o) =>
    S.SequentialLR(
      o,
      [
        S.LinearLR(o, 0.1, { total_iters: 5 }),
        S.CosineAnnealingLR(o, { T_max: 10 }),
        S.ExponentialLR(o, 0.9),
      ],
      { milestones: [5, 15] },
    ),
  ChainedScheduler: (o) =>
    S.ChainedScheduler([S.ConstantLR(o, 0.1, { total_iters: 4 }), S.ExponentialLR(o, { gamma: 0.9 })]),
};

describe('lr_scheduler against PyTorch', () => {
  for (const one of recorded.cases)
    it(`${one.name} ${JSON.stringify(one.options)} of ${one.optimizer}`, () => {
      const o = optimizer(one.optimizer);
      follow(o, make(one.name, o, one.options), one);
    });
  for (const [name, run] of Object.entries(recorded.named))
    it(name, () => {
      const o = optimizer();
      follow(o, compound[name]!(o), run);
    });
  for (const one of recorded.plateau)
    it(`ReduceLROnPlateau ${JSON.stringify(one.options)}`, () => {
      const o = optimizer();
      const scheduler = S.ReduceLROnPlateau(o, one.options);
      follow(o, scheduler, one, 0, recorded.metrics);
    });
  for (const { name, options, lrs } of recorded.jumps)
    it(`${name} set to an epoch`, () => {
      const scheduler = make(name, optimizer(), options);
      [0, 2, 3, 9, 15, 4].forEach((epoch, i) => {
        scheduler.step(epoch);
        expectClose(scheduler.get_last_lr(), lrs[i], `epoch ${epoch}`);
      });
      scheduler.step();
      expectClose(scheduler.get_last_lr(), lrs[6], 'the step after');
    });

  it('goes on from a state that Python has saved in the middle', () => {
    for (const one of recorded.cases) {
      const o = optimizer(one.optimizer);
      const scheduler = make(one.name, o, one.options);
      for (let i = 0; i < 12; ++i) {
        o.step();
        scheduler.step();
      }
      const { param_groups } = o.state_dict();
      const fresh = optimizer(one.optimizer);
      const second = make(one.name, fresh, one.options);
      const half = { ...one.half };
      if (half['milestones'])
        half['milestones'] = new Map(Object.entries(half['milestones']).map(([k, v]) => [Number(k), v]));
      second.load_state_dict(half);
      fresh.load_state_dict({ state: new Map(), param_groups });
      follow(fresh, second, one, 12);
    }
  });

  it('sets a learning rate that is a tensor in place', () => {
    const lr = torch.tensor(0.1);
    const o = torch.optim.SGD([torch.zeros([1]).requires_grad_()], { lr });
    const scheduler = S.ExponentialLR(o, 0.5);
    o.step();
    scheduler.step();
    expect(lr.item()).to.be.closeTo(0.05, 1e-8);
    expect(scheduler.get_last_lr()[0]).to.be.closeTo(0.05, 1e-8);
  });

  it('lets own schedules be written as in Python', () => {
    class Halving extends S.LRScheduler {
      override get_lr(): number[] {
        return this.base_lrs.map((lr) => lr * 0.5 ** this.last_epoch);
      }
    }
    const o = optimizer();
    const scheduler = new Halving(o);
    expect(scheduler.get_last_lr()).to.deep.equal([0.1, 0.02]);
    o.step();
    scheduler.step();
    expect(o.param_groups.map(({ lr }) => lr)).to.deep.equal([0.05, 0.01]);
    expect(scheduler.state_dict()).to.have.all.keys(
      ...['base_lrs', 'last_epoch', '_step_count', '_is_initial', '_get_lr_called_within_step', '_last_lr'],
    );
  });

  it('refuses what PyTorch refuses, in its words', () => {
    const o = optimizer();
    const refused: [() => unknown, RegExp][] = [
      [() => S.StepLR({} as any, 3), /^Object is not an Optimizer$/],
      [() => (S as any).StepLR(o), /StepLR\(\): missing 1 required argument: 'step_size'/],
      [() => S.StepLR(o, 3, { gama: 1 } as any), /unknown option 'gama'.*'gamma'/],
      [() => S.ConstantLR(o, 1.5), /Constant multiplicative factor expected to be between 0 and 1\./],
      [() => S.LinearLR(o, 0), /Starting multiplicative factor expected to be greater than 0/],
      [() => S.LinearLR(o, 0.5, 2), /Ending multiplicative factor expected to be between 0 and 1\./],
      [() => S.LambdaLR(o, [(e) => e]), /Expected 2 lr_lambdas, but got 1/],
      [() => S.LambdaLR(o, 3 as any), /lr_lambda should be a function, but got int/],
      [() => S.ReduceLROnPlateau(o, { factor: 1 }), /Factor should be < 1\.0\./],
      [() => S.ReduceLROnPlateau(o, { mode: 'up' as any }), /mode up is unknown!/],
      [() => S.ReduceLROnPlateau(o, { min_lr: [1] }), /expected 2 min_lrs, got 1/],
      [() => S.ReduceLROnPlateau(o).step(undefined), /metrics is missing/],
      [() => S.CosineAnnealingWarmRestarts(o, 0), /Expected positive integer T_0, but got 0/],
      [() => S.CyclicLR(o, 0.1, 1, { mode: 'square' }), /mode is invalid and scale_fn is None/],
      [() => S.CyclicLR(o, [0.1], 1), /base_lr must have the same length as optimizer.param_groups/],
      [() => S.OneCycleLR(o, 0.1), /You must define either total_steps OR/],
      [
        () => S.OneCycleLR(o, 0.1, { total_steps: 2.5 }),
        /Expected positive integer total_steps, but got 2\.5/,
      ],
      [
        () => S.OneCycleLR(o, 0.1, { total_steps: 5, pct_start: 2 }),
        /Expected float between 0 and 1 pct_start/,
      ],
      [() => S.SequentialLR(o, [], []), /expects at least one scheduler/],
      [() => S.SequentialLR(o, [S.StepLR(o, 2)], [3]), /number of milestones to be equal to 1/],
      [() => S.ChainedScheduler([S.StepLR(optimizer(), 2)], o), /belong to the same optimizer/],
      [() => S.ChainedScheduler([S.ReduceLROnPlateau(o)]), /does not support `ReduceLROnPlateau`/],
      [
        () => S.StepLR(optimizer(), 2, { last_epoch: 3 }),
        /param 'initial_lr' is not specified in param_groups\[0\]/,
      ],
    ];
    for (const [fn, message] of refused) expect(fn, String(fn)).to.throw(message);
    const adagrad = torch.optim.Adagrad([torch.zeros([1]).requires_grad_()]);
    expect(() => S.CyclicLR(adagrad, 0.1, 1)).to.throw('optimizer must support momentum or beta1');
    const late = S.OneCycleLR(o, 0.1, { total_steps: 2 });
    late.step();
    late.step();
    expect(() => {
      late.step();
    }).to.throw('Tried to step 3 times. The specified number of total steps is 2');
  });
});
