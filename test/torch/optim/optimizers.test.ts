/** Every optimizer with every option against ten recorded steps of PyTorch 2.13. */
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { growth } from '../../support/live.js';
import { difference, fixture, numbers, recordings, tensor, type DTypeName } from './record.js';

interface Case {
  name: string;
  options: Record<string, unknown>;
  dtype: DTypeName;
  groups: { params: number[]; [option: string]: unknown }[] | null;
  shapes: number[][];
  skip: { param: number; until: number } | null;
  complex: boolean;
  steps: number[][][];
  text: string;
  state_dict: { state: Record<string, any>; param_groups: Record<string, any>[] } | null;
}
const { cases } = fixture<{ cases: Case[] }>('optimizers');
const recorded = recordings('optimizers');
const view = torch.ops['aten']!['view_as_complex'] as unknown as (t: torch.Tensor) => torch.Tensor;
const real = torch.ops['aten']!['view_as_real'] as unknown as (t: torch.Tensor) => torch.Tensor;

function start(one: Case): { params: torch.Tensor[]; optimizer: torch.optim.Optimizer } {
  const params = one.shapes.map((shape, i) => {
    const data = tensor(one.complex ? [...shape, 2] : shape, i + 1, one.dtype);
    return (one.complex ? view(data).clone() : data).requires_grad_();
  });
  const given =
    one.groups?.map((group) => ({ ...group, params: group.params.map((i) => params[i]!) })) ?? params;
  const make = (torch.optim as any)[one.name];
  return { params, optimizer: make(given, one.options) };
}

function setGrads(one: Case, params: torch.Tensor[], step: number): void {
  params.forEach((param, i) => {
    if (one.skip && i === one.skip.param && step < one.skip.until) {
      param.grad = null;
      return;
    }
    const shape = one.shapes[i]!;
    const grad = tensor(one.complex ? [...shape, 2] : shape, 100 + 10 * step + i, one.dtype);
    param.grad = one.complex ? view(grad) : grad;
  });
}

function title(one: Case): string {
  const more = [one.dtype, one.groups && 'groups', one.skip && 'a late parameter', one.complex && 'complex'];
  return `${one.name} ${JSON.stringify(one.options)} ${more.filter(Boolean).join(', ')}`;
}

/** Every parameter after every step. */
function trajectory(one: Case): number[][][] {
  const { params, optimizer } = start(one);
  return one.steps.map((_, step) => {
    setGrads(one, params, step);
    optimizer.step();
    return params.map((param) => numbers(one.complex ? real(param.detach()) : param));
  });
}

function expectState(
  saved: torch.optim.OptimizerStateDict['state'],
  recorded: Record<string, any>,
  what: string,
): void {
  expect([...saved.keys()].map(String), what).to.have.members(Object.keys(recorded));
  for (const [key, state] of saved) {
    const expected = recorded[String(key)];
    expect(Object.keys(state), what).to.deep.equal(Object.keys(expected));
    for (const [name, value] of Object.entries(state)) {
      const { tensor: wanted, dtype, shape } = expected[name];
      const held = value as torch.Tensor;
      expect(String(held.dtype)).to.equal(dtype);
      expect([...held.shape]).to.deep.equal(shape);
      expect(difference(numbers(held), [wanted].flat(9)), `${what} ${name}`).to.be.at.most(1e-6);
    }
  }
}

describe('optimizers against PyTorch', () => {
  for (const one of cases)
    it(title(one), () => {
      const got = trajectory(one);
      recorded.expect(one, ({ steps, dtype }) => {
        got.forEach((params, step) => {
          params.forEach((values, i) => {
            const worst = difference(values, steps[step]![i]!);
            expect(worst, `step ${step + 1}, parameter ${i}`).to.be.at.most(
              dtype === 'float32' ? 1e-6 : 1e-12,
            );
          });
        });
      });
    });

  it('gives the very bits of nearly all float32 steps', () => {
    // Over all cases for each of the recorded processors: one of them must be as this one.
    const same: number[] = [];
    let all = 0;
    for (const one of cases.filter(({ dtype }) => dtype === 'float32')) {
      const got = trajectory(one).flat(2);
      all += got.length;
      recorded.answers(one).forEach(({ steps }, processor) => {
        const equal = steps.flat(2).filter((value, j) => Math.fround(value) === got[j]);
        same[processor] = (same[processor] ?? 0) + equal.length;
      });
    }
    expect(Math.max(...same) / all).to.be.at.least(0.999);
  });

  it('prints as PyTorch, with the names and values of its state dicts', () => {
    for (const one of cases.filter(({ state_dict }) => state_dict !== null)) {
      const { params, optimizer } = start(one);
      expect(optimizer.toString(), title(one)).to.equal(one.text);
      one.steps.forEach((_, step) => {
        setGrads(one, params, step);
        optimizer.step();
      });
      const saved = optimizer.state_dict();
      const groups = saved.param_groups.map((group) =>
        Object.fromEntries(Object.entries(group).map(([k, v]) => [k, Array.isArray(v) ? [...v] : v])),
      );
      expect(groups, title(one)).to.deep.equal(one.state_dict!.param_groups);
      recorded.expect(one, ({ state_dict }) => {
        expectState(saved.state, state_dict!.state, title(one));
      });
    }
  });

  it('goes on from a state that Python has saved', () => {
    for (const one of cases.filter(({ state_dict, skip }) => state_dict !== null && skip === null)) {
      // Five steps, then the state through JSON as Python writes it into a fresh optimizer, then five more.
      const first = start(one);
      for (let step = 0; step < 5; ++step) {
        setGrads(one, first.params, step);
        first.optimizer.step();
      }
      const second = start(one);
      torch.no_grad(() => {
        second.params.forEach((param, i) => param.copy_(first.params[i]!));
      });
      const { state, param_groups } = first.optimizer.state_dict();
      const text = JSON.stringify({ state: Object.fromEntries(state), param_groups }, (_, value: unknown) =>
        value instanceof torch.Tensor ? { tensor: value.tolist(), dtype: String(value.dtype) } : value,
      );
      const loaded = JSON.parse(text, (_, value: any) =>
        value?.tensor === undefined
          ? value
          : torch.tensor(value.tensor, {
              dtype: value.dtype === 'torch.float64' ? torch.float64 : torch.float32,
            }),
      );
      second.optimizer.load_state_dict(loaded);
      for (let step = 5; step < 10; ++step) {
        setGrads(one, second.params, step);
        second.optimizer.step();
      }
      const got = second.params.map(numbers);
      recorded.expect(one, ({ steps }) => {
        got.forEach((values, i) => {
          expect(difference(values, steps[9]![i]!), title(one)).to.be.at.most(1e-6);
        });
      });
    }
  });

  it('keeps nothing but its state', () => {
    const optimizers = cases
      .filter(({ skip }) => skip === null)
      .map((one) => {
        const { params, optimizer } = start(one);
        for (const step of [0, 1]) {
          setGrads(one, params, step);
          optimizer.step();
        }
        return { optimizer, what: title(one) };
      });
    // Collecting takes longer than all steps: once for all. That each keeps exactly what it had lets none hide another.
    const grown = growth(() => {
      for (const { optimizer, what } of optimizers) {
        const { tensors } = torch.memory();
        for (let i = 0; i < 5; ++i) optimizer.step();
        // Without any collection: everything is freed as it goes.
        expect(torch.memory().tensors, what).to.equal(tensors);
      }
    });
    expect(grown).to.be.at.most(0);
  });
});
