/** What fastai's optimizers share: groups, hyper-parameters, freezing, steppers, PyTorch's own behind a wrapper. */
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { native } from '../../../ts/native.js';
import {
  Adam,
  average_grad,
  Lookahead,
  momentum_step,
  Optimizer,
  OptimWrapper,
  partial,
  RAdam,
  set_item_pg,
  sgd_step,
  SGD,
  slice,
  step_stat,
  weight_decay,
} from '../../../ts/fastai/optimizer/index.js';
import { difference, numbers, tensor } from '../../torch/optim/record.js';

function make(count: number, size = 3): torch.Tensor[] {
  return Array.from({ length: count }, (_, i) => {
    const param = tensor([size], i + 1).requires_grad_();
    param.grad = tensor([size], 50 + i);
    return param;
  });
}
const groups = (): torch.Tensor[][] => {
  const params = make(5);
  return [params.slice(0, 2), params.slice(2, 3), params.slice(3)];
};
const rates = (opt: { hypers: Record<string, unknown>[] }): unknown[] => opt.hypers.map(({ lr }) => lr);
const trains = (opt: { param_lists: Iterable<Iterable<torch.Tensor>> }): boolean[][] =>
  Array.from(opt.param_lists, (group) => Array.from(group, (param) => param.requires_grad));

describe('fastai Optimizer', () => {
  it('takes lr by position and by name, tensors and groups of them', () => {
    expect(SGD(make(2), 0.1).hypers).to.deep.equal([{ lr: 0.1, mom: 0, wd: 0 }]);
    expect(SGD(make(2), { lr: 0.1, mom: 0.9 }).hypers).to.deep.equal([{ lr: 0.1, mom: 0.9, wd: 0 }]);
    expect(SGD(make(2), 0.1, 0.9, { wd: 0.5 }).hypers).to.deep.equal([{ lr: 0.1, mom: 0.9, wd: 0.5 }]);
    const adam = Adam(groups(), { lr: 0.1 });
    expect(adam.hypers).to.deep.equal(
      new Array(3).fill({ lr: 0.1, mom: 0.9, sqr_mom: 0.99, eps: 1e-5, wd: 0.01 }),
    );
    expect(adam.param_lists.map((group) => group.length)).to.deep.equal([2, 1, 2]);
    expect(adam.param_groups[1]).to.have.keys(['params', 'lr', 'mom', 'sqr_mom', 'eps', 'wd']);
    expect(SGD(torch.ones([2], { requires_grad: true }), 0.1).param_lists[0]).to.have.length(1);
  });

  it('says what is wrong with its arguments', () => {
    const untyped = SGD as (...args: unknown[]) => unknown;
    expect(() => SGD(make(1), {})).to.throw(torch.ArgumentError, "argument 'lr' is missing");
    expect(() => untyped(make(1), { lr: 1, momentum: 0.9 })).to.throw(/unknown option 'momentum'.*'mom'/);
    expect(() => SGD([], 0.1)).to.throw(torch.ValueError, 'the list of parameters is empty');
    expect(() => untyped([torch.ones([1]), 3], 0.1)).to.throw(torch.ArgumentError, 'not number');
    expect(() => SGD(groups(), [0.1, 0.2])).to.throw(
      torch.ValueError,
      "set_hyper('lr'): 2 values for 3 groups",
    );
    expect(() => SGD(make(1), 0.1).step((() => 1) as unknown as null)).to.throw(torch.NotImplementedError);
    expect(() => Optimizer(make(1), [sgd_step]).step()).to.throw(torch.ArgumentError, "no number 'lr'");
    expect(() => Optimizer(make(1), [partial(momentum_step, {})], { lr: 1 }).step()).not.to.throw();
  });

  it('spreads a slice over the groups', () => {
    const opt = SGD(groups(), slice(1e-5, 1e-3));
    expect(difference(rates(opt) as number[], [1e-5, 1e-4, 1e-3])).to.be.below(1e-12);
    opt.set_hyper('lr', slice(0.5));
    expect(rates(opt)).to.deep.equal([0.05, 0.05, 0.5]);
    opt.set_hyper('lr', slice(1, 100));
    expect(difference(rates(opt) as number[], [1, 10, 100])).to.be.below(1e-12);
    opt.set_hypers({ lr: [1, 2, 3], mom: 0.5 });
    expect(rates(opt)).to.deep.equal([1, 2, 3]);
    expect(opt.hypers[2]).to.include({ lr: 3, mom: 0.5, wd: 0 });
    const one = SGD(make(2), slice(1e-5, 1e-3));
    expect(rates(one)).to.deep.equal([1e-3]);
    expect(String(slice(1e-5, 1e-3))).to.equal('slice(1e-05, 0.001, None)'.replace('1e-05', '0.00001'));
    expect(
      torch
        .arange(5)
        .at(slice(1, 3) as never)
        .tolist(),
    ).to.deep.equal([1, 2]);
  });

  it('freezes groups, but for parameters that always train', () => {
    const opt = Lookahead(RAdam(groups(), 0.1));
    opt.state.get(opt.param_lists[0]![1]!)['force_train'] = true;
    opt.freeze();
    expect(opt.frozen_idx).to.equal(2);
    expect(opt.opt.frozen_idx).to.equal(2);
    expect(trains(opt)).to.deep.equal([[false, true], [false], [true, true]]);
    opt.freeze_to(1);
    expect(trains(opt)).to.deep.equal([[false, true], [true], [true, true]]);
    opt.unfreeze();
    expect(trains(opt).flat()).not.to.include(false);
    expect(() => {
      SGD(make(2), 0.1).freeze();
    }).to.throw(torch.ValueError, 'one group');
  });

  it('lists parameters with their group, state and hyper-parameters', () => {
    const opt = SGD(groups(), [1, 2, 3]);
    opt.param_lists[2]![0]!.grad = null;
    expect(opt.all_params()).to.have.length(5);
    expect(opt.all_params(null, { with_grad: true })).to.have.length(4);
    expect(opt.all_params(':1')).to.have.length(2);
    expect(opt.all_params(-1).map(([, , , hyper]) => hyper['lr'])).to.deep.equal([3, 3]);
    const [param, group, state, hyper] = opt.all_params(1)[0]!;
    expect(group[0]).to.equal(param);
    expect(state).to.equal(opt.state.get(param));
    expect(hyper).to.equal(opt.hypers[1]);
    expect(() => opt.all_params(3)).to.throw(torch.ArgumentError);
  });

  it('zero_grad() leaves zeros, as fastai does, and None where there was none', () => {
    const opt = SGD(make(2), 0.1);
    opt.param_lists[0]![1]!.grad = null;
    opt.zero_grad();
    expect(opt.param_lists[0]!.map((param) => param.grad?.tolist() ?? null)).to.deep.equal([[0, 0, 0], null]);
  });

  it('forgets averages, but not what the Learner said', () => {
    const opt = Adam(make(2), 0.1);
    const [param] = opt.param_lists[0]!;
    opt.state.get(param!)['do_wd'] = false;
    opt.step();
    expect(opt.state.get(param!)).to.have.keys('do_wd', 'grad_avg', 'sqr_avg', 'step');
    opt.clear_state();
    expect(opt.state.get(param!)).to.deep.equal({ do_wd: false });
    expect(opt.state.get(opt.param_lists[0]![1]!)).to.deep.equal({});
  });

  it('refuses a state that does not fit, and stays as it was', () => {
    const opt = Adam(groups(), 0.1);
    opt.step();
    const before = opt.state_dict();
    expect(() => {
      opt.load_state_dict(Adam(make(5), 0.1).state_dict());
    }).to.throw(torch.ValueError, '1 groups were saved, the optimizer has 3');
    expect(() => {
      opt.load_state_dict({ ...before, state: before.state.slice(1) });
    }).to.throw(torch.ValueError, 'the state of 4 parameters');
    expect(opt.state_dict()).to.deep.equal(before);
    const copy = Adam(groups(), 1);
    copy.load_state_dict(before);
    copy.hypers[0]!['lr'] = 5;
    expect(rates(opt)).to.deep.equal([0.1, 0.1, 0.1]);
    expect(rates(copy)).to.deep.equal([5, 0.1, 0.1]);
  });

  it('calls steppers of the user parameter by parameter', () => {
    const seen: unknown[] = [];
    const count = (p: torch.Tensor, { lr, mine = 0 }: Record<string, unknown>) => {
      seen.push([p.shape[0], lr, mine]);
      return { mine: (mine as number) + 1 };
    };
    const noise = Object.assign(count, { defaults: { strength: 0.5 } });
    const opt = Optimizer(make(2), [noise, sgd_step], { lr: 0.1 });
    opt.step();
    opt.step();
    expect(opt.hypers[0]).to.deep.equal({ strength: 0.5, lr: 0.1 });
    expect(seen).to.deep.equal([
      [3, 0.1, 0],
      [3, 0.1, 0],
      [3, 0.1, 1],
      [3, 0.1, 1],
    ]);
    const [param] = make(1) as [torch.Tensor];
    const before = numbers(param);
    sgd_step(param, { lr: 1 });
    expect(numbers(param.add(param.grad!)).map(Math.fround)).to.satisfy(
      (now: number[]) => difference(now, before) < 1e-6,
    );
    expect(step_stat(param, { step: 3 })).to.deep.equal({ step: 4 });
    const { grad_avg } = average_grad(param, { mom: 0.5 }) as { grad_avg: torch.Tensor };
    expect(grad_avg.equal(param.grad!)).to.equal(true);
    weight_decay(param, { lr: 0.1, wd: 0.1, do_wd: false });
  });

  it('steps with as many native calls for 40 parameters in equal groups as for two', () => {
    const calls = (make: () => { step(): void }): number => {
      const opt = make();
      opt.step();
      const real = native.call;
      let count = 0;
      native.call = (...args) => {
        ++count;
        return real(...args);
      };
      try {
        opt.step();
      } finally {
        native.call = real;
      }
      return count;
    };
    for (const type of [SGD, Adam, RAdam]) {
      const few = calls(() => type(make(2), { lr: 0.1, wd: 0.1, mom: 0.9 }));
      const many = make(40);
      const more = calls(() => type([many.slice(0, 13), many.slice(13)], { lr: 0.1, wd: 0.1, mom: 0.9 }));
      expect(few).to.be.within(3, 12);
      expect(more).to.equal(few);
    }
  });
});

describe('OptimWrapper', () => {
  it("moves the parameters as PyTorch's own optimizer does, under fastai's names", () => {
    const wrapped = OptimWrapper(groups(), {
      opt: torch.optim.SGD,
      lr: 0.1,
      momentum: 0.9,
      weight_decay: 0.01,
    });
    const flat = make(5);
    const plain = torch.optim.SGD(flat, { lr: 0.1, momentum: 0.9, weight_decay: 0.01 });
    expect(wrapped.hypers[0]).to.include({ lr: 0.1, mom: 0.9, wd: 0.01 });
    for (let step = 0; step < 3; ++step) {
      wrapped.set_hyper('mom', 0.9 - step / 10);
      plain.param_groups[0]!['momentum'] = 0.9 - step / 10;
      wrapped.step();
      plain.step();
    }
    const moved = Array.from(wrapped.param_lists, (group) => [...group]).flat();
    moved.forEach((param, i) => {
      expect(param.equal(flat[i]!)).to.equal(true);
    });
    wrapped.zero_grad();
    expect(moved[0]!.grad).to.equal(null);
  });

  it('takes pairs apart and puts them together', () => {
    const wrapped = OptimWrapper(groups(), { opt: torch.optim.Adam, lr: 0.1, betas: [0.8, 0.95] });
    expect(wrapped.hypers[1]).to.include({ mom: 0.8, sqr_mom: 0.95, eps: 1e-8 });
    wrapped.set_hyper('mom', [0.1, 0.2, 0.3]);
    expect(wrapped.opt.param_groups.map((group) => group['betas'])).to.deep.equal([
      [0.1, 0.95],
      [0.2, 0.95],
      [0.3, 0.95],
    ]);
    wrapped.set_hyper('lr', slice(1e-4, 1e-2));
    expect(difference(rates(wrapped) as number[], [1e-4, 1e-3, 1e-2])).to.be.below(1e-12);
    wrapped.step();
    expect(wrapped.opt.state.size).to.equal(5);
    const saved = wrapped.state_dict();
    wrapped.clear_state();
    expect(wrapped.opt.state.size).to.equal(0);
    wrapped.load_state_dict(saved);
    expect(wrapped.opt.state.size).to.equal(5);
    wrapped.freeze();
    expect(trains(wrapped)).to.deep.equal([[false, false], [false], [true, true]]);
    expect(() => set_item_pg({}, 'betas__0', 1)).to.throw(torch.ArgumentError);
  });

  it('wraps what is built, and hands groups on as they are', () => {
    const params = make(2);
    const built = torch.optim.RMSprop(params, { lr: 0.5, alpha: 0.7 });
    expect(OptimWrapper({ opt: built }).hypers[0]).to.include({ lr: 0.5, sqr_mom: 0.7 });
    const own = [{ params: params.slice(0, 1), lr: 3 }, { params: params.slice(1) }];
    expect(rates(OptimWrapper(own, { opt: torch.optim.SGD, lr: 0.5 }))).to.deep.equal([3, 0.5]);
    const named = OptimWrapper(params, { opt: torch.optim.SGD, lr: 1, hp_map: { lr: 'rate' } });
    expect(named.hypers[0]).to.include({ rate: 1, momentum: 0 });
    expect(() => OptimWrapper(params, { opt: built })).to.throw(torch.ArgumentError, 'is built');
    expect(() => OptimWrapper({ opt: torch.optim.SGD })).to.throw(torch.ArgumentError, "'params' is missing");
    expect(() => OptimWrapper(params, {} as never)).to.throw(torch.ArgumentError, "'opt' is missing");
    expect(() => OptimWrapper(params, { opt: torch.optim.SGD, rate: 1 })).to.throw(/unknown option 'rate'/);
    expect(() => {
      OptimWrapper({ opt: built }).set_hyper('nu', 1);
    }).to.throw(torch.ArgumentError, "has no 'nu'");
  });
});
