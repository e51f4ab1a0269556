/** LBFGS, with and without line search, against recorded steps of PyTorch 2.13. */
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { growth } from '../../support/live.js';
import { difference, fixture, numbers, recordings, tensor, type DTypeName } from './record.js';

interface Case {
  options: object;
  dtype: DTypeName;
  losses: [number, number][];
  params: number[][];
  keys: string[];
  func_evals: number;
  n_iter: number;
}
const { lbfgs } = fixture<{ lbfgs: Case[] }>('optimizers');
const recorded = recordings('optimizers');

function problem(options: object, dtype: DTypeName) {
  const [a, b] = [tensor([4, 3], 5, dtype), tensor([4], 6, dtype)];
  const [x, y] = [tensor([3], 1, dtype).requires_grad_(), tensor([2], 2, dtype).requires_grad_()];
  const optimizer = torch.optim.LBFGS([x, y], options);
  let calls = 0;
  const closure = (): torch.Tensor => {
    ++calls;
    optimizer.zero_grad();
    const valley = y.at(1).sub(y.at(0).pow(2)).pow(2).mul(3);
    const loss = a.matmul(x).sub(b).pow(2).sum().add(y.at(0).neg().add(1).pow(2)).add(valley);
    loss.backward();
    return loss;
  };
  const step = (): [number, number] => {
    calls = 0;
    const loss = optimizer.step(closure) as torch.Tensor;
    return [loss.item(), calls];
  };
  return { optimizer, step, params: () => [...numbers(x), ...numbers(y)] };
}

function check({ options, dtype, losses, params, ...state }: Case): void {
  const one = problem(options, dtype);
  const tolerance = dtype === 'float64' ? 1e-9 : 1e-5;
  losses.forEach(([loss, calls], i) => {
    const [got, evaluations] = one.step();
    expect(evaluations, `evaluations, step ${i + 1}`).to.equal(calls);
    expect(difference([got], [loss]), `loss, step ${i + 1}`).to.be.at.most(tolerance);
    expect(difference(one.params(), params[i]!), `parameters, step ${i + 1}`).to.be.at.most(tolerance);
  });
  const [saved] = [...one.optimizer.state_dict().state.values()];
  expect(Object.keys(saved!)).to.have.members(state.keys);
  expect([saved!['func_evals'], saved!['n_iter']]).to.deep.equal([state.func_evals, state.n_iter]);
}

describe('LBFGS against PyTorch', () => {
  for (const one of lbfgs)
    it(`${JSON.stringify(one.options)} ${one.dtype}`, () => {
      recorded.expect(one, check);
    });

  it('goes on from its saved state', () => {
    for (const options of [
      { lr: 0.2, max_iter: 4 },
      { line_search_fn: 'strong_wolfe', max_iter: 3 },
    ]) {
      const whole = problem(options, 'float64');
      whole.step();
      const saved = whole.optimizer.state_dict();
      const other = problem(options, 'float64');
      torch.no_grad(() => {
        other.optimizer.param_groups[0]!.params.forEach((param, i) =>
          param.copy_(whole.optimizer.param_groups[0]!.params[i]!),
        );
      });
      const state = new Map(
        [...saved.state].map(([key, value]) => [key, copy(value) as Record<string, unknown>]),
      );
      other.optimizer.load_state_dict({ ...saved, state });
      expect(other.step()).to.deep.equal(whole.step());
      expect(other.params()).to.deep.equal(whole.params());
    }
  });

  it('keeps no more than its history', () => {
    const one = problem({ line_search_fn: 'strong_wolfe', history_size: 3, max_iter: 8 }, 'float64');
    for (let i = 0; i < 3; ++i) one.step();
    expect(
      growth(() => {
        for (let i = 0; i < 5; ++i) one.step();
      }),
    ).to.be.at.most(0);
  });

  it('wants a closure and one group', () => {
    const { optimizer } = problem({}, 'float32');
    expect(() => (optimizer as any).step()).to.throw("missing 1 required positional argument: 'closure'");
    const [a, b] = [torch.zeros([1]).requires_grad_(), torch.zeros([1]).requires_grad_()];
    expect(() => torch.optim.LBFGS([{ params: [a] }, { params: [b] }])).to.throw(
      "LBFGS doesn't support per-parameter",
    );
    const unknown = torch.optim.LBFGS([a], { line_search_fn: 'armijo' as any });
    expect(() => unknown.step(() => a.sum())).to.throw("only 'strong_wolfe' is supported");
  });
});

function copy(value: unknown): unknown {
  if (value instanceof torch.Tensor) return value.clone();
  if (Array.isArray(value)) return value.map(copy);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, copy(v)]));
  return value;
}
