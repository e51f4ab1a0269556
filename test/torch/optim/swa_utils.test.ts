/** Averaged models, their schedule and batch statistics, and SparseAdam, against recorded PyTorch. */
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { nn } from '../../../ts/torch/index.js';
import { growth } from '../../support/live.js';
import { message } from '../../support/thrown.js';
import { difference, fixture, numbers, tensor } from './record.js';

type State = [name: string, values: number[]][];
interface Averaged {
  name: string;
  options: { use_buffers?: boolean };
  steps: State[];
  text: string;
  after_update_bn: State;
  output: number[];
  momentum: number;
}
interface Schedule {
  groups: number;
  args: (number | number[])[];
  kwargs: Record<string, unknown>;
  lrs: number[][];
  keys: string[];
}
interface Sparse {
  options: Record<string, unknown>;
  steps: number[][];
  text: string;
  step: number;
  exp_avg: number[];
  exp_avg_sq: number[];
}
const recorded = fixture<{
  averaged: Averaged[];
  schedules: Schedule[];
  sparse: Sparse[];
  messages: Record<string, string>;
}>('averaging');
const U = torch.optim.swa_utils;

function net(): nn.Sequential {
  const model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2));
  torch.no_grad(() => {
    model.parameters().forEach((p, i) => p.copy_(tensor([...p.shape], i + 1)));
  });
  return model;
}
function expectState(model: nn.Module, expected: State, what: string): void {
  const state = model.state_dict();
  expect(Object.keys(state), what).to.deep.equal(expected.map(([name]) => name));
  for (const [name, values] of expected)
    expect(difference(numbers(state[name]!).map(Number), values), `${what}: ${name}`).to.be.at.most(1e-5);
}
const functions: Record<string, () => object> = {
  swa: () => ({}),
  ema: () => ({ multi_avg_fn: U.get_ema_multi_avg_fn(0.9) }),
  'ema one by one': () => ({ avg_fn: U.get_ema_avg_fn(0.75) }),
  'swa one by one': () => ({ avg_fn: U.get_swa_avg_fn() }),
};

describe('torch.optim.swa_utils', () => {
  for (const one of recorded.averaged)
    it(`AveragedModel: ${one.name} ${JSON.stringify(one.options)}`, () => {
      const model = net();
      const average = U.AveragedModel(model, { ...functions[one.name]!(), ...one.options });
      const optimizer = torch.optim.SGD(model.parameters(), { lr: 0.1 });
      one.steps.forEach((expected, step) => {
        optimizer.zero_grad();
        (model(tensor([6, 3], 30 + step)) as torch.Tensor).pow(2).sum().backward();
        optimizer.step();
        average.update_parameters(model);
        expectState(average, expected, `step ${step}`);
      });
      expect(String(average)).to.equal(one.text);
      U.update_bn(
        [0, 1, 2].map((i) => [tensor([6, 3], 60 + i), 'a target']),
        average,
      );
      expectState(average, one.after_update_bn, 'update_bn');
      average.eval();
      expect(difference(numbers(average(tensor([2, 3], 90)) as torch.Tensor), one.output)).to.be.at.most(
        1e-5,
      );
      expect((average.module as nn.Sequential)[1]).to.have.property('momentum', one.momentum);
    });

  it('leaves the model alone, averages into tensors of its own, and keeps nothing', () => {
    const model = net();
    const before = numbers(model.parameters()[0]!);
    const average = U.AveragedModel(model, { multi_avg_fn: U.get_ema_multi_avg_fn() });
    average.update_parameters(model);
    torch.no_grad(() => model.parameters()[0]!.add_(1));
    expect(numbers(average.parameters()[0]!)).to.deep.equal(before);
    expect(
      growth(() => {
        for (let i = 0; i < 5; ++i) average.update_parameters(model);
      }),
    ).to.be.at.most(0);
    expect(average.n_averaged.item()).to.equal(6);
  });

  it('update_bn puts mode and momentum back, also after an error', () => {
    const model = net().eval();
    const broken = (function* (): Generator<torch.Tensor> {
      yield tensor([4, 3], 1);
      throw new Error('no more data');
    })();
    expect(message(() => U.update_bn(broken, model))).to.equal('no more data');
    expect(model.training).to.equal(false);
    expect((model[1] as nn.BatchNorm1d).momentum).to.equal(0.1);
    // Without any normalization the loader is not even opened.
    const closed = {
      [Symbol.iterator]: (): Iterator<torch.Tensor> => {
        throw new Error('opened');
      },
    };
    U.update_bn(closed, nn.Linear(1, 1));
  });

  for (const one of recorded.schedules)
    it(`SWALR ${JSON.stringify(one.args)} ${JSON.stringify(one.kwargs)}`, () => {
      const groups = Array.from({ length: one.groups }, (_, i) => ({
        params: [torch.zeros([2]).requires_grad_()],
        lr: 0.1 / (i + 1),
      }));
      const optimizer = torch.optim.SGD(groups);
      const scheduler = U.SWALR(optimizer, one.args[0]!, one.kwargs);
      one.lrs.forEach((expected, step) => {
        if (step > 0) {
          optimizer.step();
          scheduler.step();
        }
        expect(difference(scheduler.get_last_lr(), expected), `step ${step}`).to.be.at.most(1e-12);
      });
      expect(Object.keys(scheduler.state_dict()).sort()).to.deep.equal(one.keys);
    });
});

describe('SparseAdam', () => {
  for (const one of recorded.sparse)
    it(JSON.stringify(one.options), () => {
      const table = nn.Embedding(7, 3, { sparse: true });
      torch.no_grad(() => table.weight.copy_(tensor([7, 3], 5)));
      const optimizer = torch.optim.SparseAdam(table.parameters(), one.options);
      expect(String(optimizer)).to.equal(one.text);
      one.steps.forEach((expected, step) => {
        optimizer.zero_grad();
        const at = torch.tensor(Array.from({ length: 5 }, (_, i) => BigInt((step * 3 + i * i) % 6)));
        table(at)
          .mul(tensor([5, 3], 40 + step))
          .sum()
          .backward();
        optimizer.step();
        expect(difference(numbers(table.weight), expected), `step ${step}`).to.be.at.most(1e-6);
      });
      const kept = optimizer.state_dict().state.get(0)!;
      expect(kept['step']).to.equal(one.step);
      for (const name of ['exp_avg', 'exp_avg_sq'] as const)
        expect(difference(numbers(kept[name] as torch.Tensor), one[name]), name).to.be.at.most(1e-6);
    });

  it('goes on from a saved state, and keeps nothing but it', () => {
    const make = (): { table: nn.Embedding; optimizer: torch.optim.SparseAdam; step: () => void } => {
      const table = nn.Embedding(4, 2, { sparse: true });
      torch.no_grad(() => table.weight.fill_(1));
      const optimizer = torch.optim.SparseAdam(table.parameters(), { lr: 0.1 });
      const step = (): void => {
        torch.tidy(() => {
          optimizer.zero_grad();
          table(torch.tensor([1n, 1n, 3n]))
            .pow(2)
            .sum()
            .backward();
          optimizer.step();
        });
      };
      return { table, optimizer, step };
    };
    const [a, b] = [make(), make()];
    a.step();
    a.step();
    // As a file would give it: a state dict holds the optimizer's own tensors.
    b.optimizer.load_state_dict(nn.deepcopy(a.optimizer.state_dict()));
    b.table.load_state_dict(a.table.state_dict());
    a.step();
    b.step();
    expect(numbers(b.table.weight)).to.deep.equal(numbers(a.table.weight));
    expect(b.optimizer.state_dict().state.get(0)!['step']).to.equal(3);
    expect(
      growth(() => {
        for (let i = 0; i < 5; ++i) a.step();
      }),
    ).to.be.at.most(0);
  });

  it('and its relatives refuse in PyTorch’s words', () => {
    const words = recorded.messages;
    const { SparseAdam, Rprop, SGD } = torch.optim;
    const dense = torch.zeros([2]).requires_grad_();
    dense.grad = torch.zeros([2]);
    expect(message(() => SparseAdam([dense]).step())).to.equal(words['dense']);
    expect(message(() => SparseAdam(net().parameters(), { lr: 0 }))).to.equal(words['lr']);
    const complex = torch.zeros([2], { dtype: torch.complex64 });
    expect(message(() => SparseAdam([torch.zeros([2]), complex]))).to.equal(words['complex']);
    expect(message(() => Rprop(net().parameters(), { etas: [1.5, 1.2] }))).to.equal(words['etas']);
    const avg_fn = U.get_swa_avg_fn();
    const multi_avg_fn = U.get_swa_multi_avg_fn();
    expect(message(() => U.AveragedModel(net(), { avg_fn, multi_avg_fn }))).to.equal(words['both']);
    expect(message(() => U.get_ema_multi_avg_fn(1.5))).to.equal(words['decay']);
    const sgd = SGD(net().parameters());
    expect(message(() => U.SWALR(sgd, 0.1, { anneal_strategy: 'no' as 'cos' }))).to.equal(words['strategy']);
    expect(message(() => U.SWALR(sgd, 0.1, { anneal_epochs: -1 }))).to.equal(words['epochs']);
    expect(message(() => U.SWALR(sgd, { anneal_epochs: 3 } as never))).to.contain("'swa_lr'");
  });
});
