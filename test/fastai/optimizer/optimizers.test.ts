/** fastai's optimizers, with every option, against their formulas worked out in Python parameter by parameter. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import * as optimizers from '../../../ts/fastai/optimizer/index.js';
import { growth } from '../../support/live.js';
import { difference, numbers, tensor, type DTypeName } from '../../torch/optim/record.js';

interface Case {
  name: 'SGD' | 'RMSProp' | 'Adam' | 'RAdam' | 'QHAdam' | 'Larc' | 'Lamb' | 'ranger';
  lrs: number[];
  dtype: DTypeName;
  options: Record<string, number | boolean>;
  zero: number[];
  lookahead: [number, number] | null;
  steps: number[][][];
}
const { cases } = JSON.parse(
  readFileSync(new URL('./fixtures/optimizers.json', import.meta.url), 'utf8'),
) as { cases: Case[] };
const shapes = [[3, 4], [5], [2, 3], []];

function start(one: Case) {
  const params = shapes.map((shape, i) => {
    const data = tensor(shape, i + 1, one.dtype);
    return (one.zero.includes(i) ? torch.zeros_like(data) : data).requires_grad_();
  });
  const groups = [params.slice(0, 2), params.slice(2)];
  const inner = optimizers[one.name](groups, { lr: one.lrs, ...one.options });
  const opt = one.lookahead ? optimizers.Lookahead(inner as optimizers.Optimizer, ...one.lookahead) : inner;
  opt.state.get(params[1]!)['do_wd'] = false;
  return { params, opt };
}
function setGrads(one: Case, params: torch.Tensor[], step: number): void {
  params.forEach((param, i) => {
    const late = i === 2 && step < 2;
    param.grad = late ? null : tensor(shapes[i]!, 100 + 10 * step + i, one.dtype);
  });
}
const close = (dtype: DTypeName): number => (dtype === 'float64' ? 1e-9 : 2e-5);

describe('fastai optimizers', () => {
  for (const one of cases) {
    const title = `${one.name} ${JSON.stringify(one.options)} lr ${one.lrs.join(', ')} ${one.dtype}`;
    it(`${title}${one.lookahead ? ' lookahead' : ''}${one.zero.length > 0 ? ' zeros' : ''}`, () => {
      const { params, opt } = start(one);
      one.steps.forEach((expected, step) => {
        setGrads(one, params, step);
        opt.step();
        params.forEach((param, i) => {
          const off = difference(numbers(param), expected[i]!);
          expect(off, `parameter ${i} after step ${step + 1}`).to.be.below(close(one.dtype));
        });
      });
    });
  }

  it('go on from a saved state as if nothing had happened', () => {
    for (const one of cases) {
      const first = start(one);
      const half = 5;
      for (let step = 0; step < half; ++step) {
        setGrads(one, first.params, step);
        first.opt.step();
      }
      const saved = first.opt.state_dict();
      const second = start(one);
      torch.no_grad(() => {
        second.params.forEach((param, i) => param.copy_(first.params[i]!));
      });
      second.opt.set_hyper('lr', 77);
      (second.opt as { load_state_dict(saved: unknown): void }).load_state_dict(saved);
      for (let step = half; step < one.steps.length; ++step) {
        setGrads(one, second.params, step);
        second.opt.step();
      }
      second.params.forEach((param, i) => {
        expect(difference(numbers(param), one.steps.at(-1)![i]!), one.name).to.be.below(close(one.dtype));
      });
    }
  });

  it('keep no more tensors than their state', () => {
    const optimizers = cases.map((one) => {
      const { params, opt } = start(one);
      setGrads(one, params, 3);
      opt.step();
      return { opt, what: one.name };
    });
    // Collecting takes longer than all steps: once for all. That each keeps exactly what it had lets none hide another.
    const more = growth(() => {
      for (const { opt, what } of optimizers) {
        const { tensors } = torch.memory();
        torch.tidy(() => {
          for (let step = 0; step < 8; ++step) opt.step();
        });
        expect(torch.memory().tensors, what).to.equal(tensors);
      }
    });
    expect(more).to.be.at.most(0);
  });

  it('make a step inside of tidy() and keep their state afterwards', () => {
    const [one] = cases.filter(({ name }) => name === 'ranger') as [Case];
    const { params, opt } = start(one);
    one.steps.forEach((expected, step) => {
      setGrads(one, params, step);
      torch.tidy(() => {
        opt.step();
      });
      expect(difference(numbers(params[0]!), expected[0]!)).to.be.below(1e-9);
    });
  });
});
