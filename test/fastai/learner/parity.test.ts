import { expect } from 'chai';
import fs from 'node:fs';
import { inspect } from 'node:util';

import { Adam, minimum, slice, slide, steep, valley, type Learner } from '../../../ts/fastai/index.js';
import * as torch from '../../../ts/index.js';
import {
  batch_accuracy,
  chapter4,
  linear_learner,
  mnist_loss,
  simple_learner,
} from '../../support/chapter4.js';

interface Fit {
  metric_names: string[];
  values: number[][];
  batch_losses_smoothed: number[];
  lrs: number[];
  iters: number[];
  hps?: Record<string, number[]>;
}
interface Recorded {
  scratch_init: { 'w[:5],sum': number[]; b: number };
  scratch_lr1_20epochs: { last_batch_loss: number[]; valid_batch_accuracy: number[] };
  linear_init: { weight: number[]; bias: number[] };
  learner_linear_sgd_fit10_lr1: Fit;
  learner_linear_no_bar_stdout: string;
  simple_net_init: Record<string, number[]>;
  'learner_simple_sgd_fit40_lr0.1': Fit;
  simple_get_preds: { 'preds[:5]': number[]; sum: number; shape: number[]; targs_sum: number };
  simple_validate: number[];
  'learner_simple_adam_fit_one_cycle_3_lr1e-2': Fit;
  'learner_simple_adam_fit_one_cycle_2_slice_wd.1_pct.5_div10': Fit;
  'learner_simple_sgd_fit_flat_cos_2_lr.1': Fit;
  lr_find_simple_sgd: {
    suggestions: Record<'minimum' | 'steep' | 'valley' | 'slide', number>;
    lrs: number[];
    losses: number[];
    weights_restored: Record<string, number[]>;
  };
}
const recorded = JSON.parse(
  fs.readFileSync(new URL('../fixtures/fastai-ch4-seed42.json', import.meta.url), 'utf8'),
) as Recorded;

function expectClose(
  actual: readonly number[],
  expected: readonly number[],
  tolerance: number,
  what: string,
): void {
  expect(actual.length, `${what}: length`).to.equal(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i], `${what}[${i}]`).to.be.closeTo(value, tolerance);
  });
}
function expectFit(learn: Learner, fit: Fit): void {
  const { recorder } = learn;
  expect([...recorder.metric_names]).to.deep.equal(fit.metric_names);
  expect(recorder.iters).to.deep.equal(fit.iters);
  expectClose(
    recorder.values.flatMap((row) => [...row] as number[]),
    fit.values.flat(),
    1e-5,
    'values',
  );
  expectClose(recorder.losses, fit.batch_losses_smoothed, 1e-5, 'losses');
  expectClose(recorder.lrs, fit.lrs, 1e-9, 'lrs');
  for (const [name, values] of Object.entries(fit.hps ?? {}))
    expectClose(recorder.hps[name]!, values, 1e-9, name);
}
/** First values of each parameter and its sum, as recorded. */
function expectParameters(model: torch.nn.Module, expected: Record<string, number[]>): void {
  for (const [name, values] of Object.entries(expected)) {
    const parameter = model.get_parameter(name).detach().view(-1);
    const shown = [...(parameter.tolist() as number[]).slice(0, values.length - 1)];
    expect(shown, name).to.deep.equal(values.slice(0, -1));
    expect(parameter.sum().item(), `${name}.sum`).to.be.closeTo(values.at(-1)!, 1e-5);
  }
}
const quiet = (learn: Learner, body: () => Promise<unknown>) => learn.no_logging(() => learn.no_mbar(body));

describe('fastai: chapter 4 as fastai 2.8.9 recorded it', function () {
  let dls: Awaited<ReturnType<typeof chapter4>>;
  before(async function () {
    dls = await chapter4(this);
  });

  it('the from-scratch loop', function () {
    torch.manual_seed(42);
    const init = (size: number[]) => torch.randn(size).requires_grad_();
    const [weights, bias] = [init([784, 1]), init([1])];
    const start = weights.detach().view(-1);
    const { 'w[:5],sum': w, b } = recorded.scratch_init;
    expect((start.tolist() as number[]).slice(0, 5)).to.deep.equal(w.slice(0, 5));
    expect(start.sum().item()).to.be.closeTo(w[5]!, 1e-5);
    expect(bias.item()).to.equal(b);
    const linear1 = (xb: torch.Tensor) => xb.matmul(weights).add(bias);
    const { last_batch_loss, valid_batch_accuracy } = recorded.scratch_lr1_20epochs;
    for (let epoch = 0; epoch < 20; ++epoch) {
      let last = 0;
      for (const [xb, yb] of dls.train as Iterable<[torch.Tensor, torch.Tensor]>)
        torch.tidy(() => {
          const loss = mnist_loss(linear1(xb), yb);
          loss.backward();
          last = loss.item();
          for (const p of [weights, bias])
            torch.no_grad(() => {
              p.sub_(p.grad!);
              p.grad!.zero_();
            });
        });
      const accuracies = [...(dls.valid as Iterable<[torch.Tensor, torch.Tensor]>)].map(([xb, yb]) =>
        batch_accuracy(linear1(xb), yb),
      );
      expect(last, `loss ${epoch}`).to.be.closeTo(last_batch_loss[epoch]!, 1e-5);
      expect(torch.stack(accuracies).mean().item(), `accuracy ${epoch}`).to.be.closeTo(
        valid_batch_accuracy[epoch]!,
        1e-5,
      );
    }
  });

  it('linear model, SGD, 10 epochs', async function () {
    const learn = linear_learner(dls);
    const { linear_init } = recorded;
    expectParameters(learn.model, { weight: linear_init.weight, bias: linear_init.bias });
    await quiet(learn, () => learn.fit(10, { lr: 1 }));
    expectFit(learn, recorded.learner_linear_sgd_fit10_lr1);
  });

  it('rows as no_bar prints them', async function () {
    const learn = linear_learner(dls);
    const lines: string[] = [];
    const { log } = console;
    console.log = (line: string) => lines.push(line);
    try {
      await learn.no_bar(() => learn.fit(2, 1));
    } finally {
      console.log = log;
    }
    const numbers = (text: string) => [...text.matchAll(/-?\d+\.\d+/g)].map(Number);
    const shape = (text: string) => text.replace(/\d+\.\d+/g, 'F');
    const expected = recorded.learner_linear_no_bar_stdout.trim().split('\n').slice(0, 2);
    expect(lines.map(shape)).to.deep.equal(expected.map(shape));
    expectClose(lines.flatMap(numbers), expected.flatMap(numbers), 1e-6, 'rows');
  });

  it('simple_net, SGD, 40 epochs, its predictions and its validation', async function () {
    const learn = simple_learner(dls);
    expectParameters(learn.model, recorded.simple_net_init);
    await quiet(learn, () => learn.fit(40, 0.1));
    expectFit(learn, recorded['learner_simple_sgd_fit40_lr0.1']);
    const [preds, targs] = (await learn.get_preds()) as [torch.Tensor, torch.Tensor];
    const expected = recorded.simple_get_preds;
    expect([...preds.shape]).to.deep.equal(expected.shape);
    expect(targs.sum().item()).to.equal(expected.targs_sum);
    const first = (preds.view(-1).tolist() as number[]).slice(0, 5);
    first.forEach((value, i) => expect(value).to.be.closeTo(expected['preds[:5]'][i]!, 1e-5));
    // A sum of 2,038 numbers of magnitude 10.
    expect(preds.sum().item() / expected.sum).to.be.closeTo(1, 1e-5);
    expectClose([...(await learn.validate())] as number[], recorded.simple_validate, 1e-5, 'validate');
  });

  it('fit_one_cycle with Adam', async function () {
    const learn = simple_learner(dls, { opt_func: Adam });
    await quiet(learn, () => learn.fit_one_cycle(3, 1e-2));
    expectFit(learn, recorded['learner_simple_adam_fit_one_cycle_3_lr1e-2']);
  });

  it('fit_one_cycle with a slice, weight decay and a turn of its own', async function () {
    const learn = simple_learner(dls, { opt_func: Adam });
    await quiet(learn, () =>
      learn.fit_one_cycle(2, { lr_max: slice(1e-3, 1e-2), wd: 0.1, pct_start: 0.5, div: 10 }),
    );
    expectFit(learn, recorded['learner_simple_adam_fit_one_cycle_2_slice_wd.1_pct.5_div10']);
  });

  it('fit_flat_cos', async function () {
    const learn = simple_learner(dls);
    await quiet(learn, () => learn.fit_flat_cos(2, 0.1));
    expectFit(learn, recorded['learner_simple_sgd_fit_flat_cos_2_lr.1']);
  });

  it('lr_find, its four suggestions, and the model as it was before', async function () {
    const learn = simple_learner(dls);
    const found = await learn.lr_find({ suggest_funcs: [minimum, steep, valley, slide], show_plot: false });
    const { suggestions, lrs, losses, weights_restored } = recorded.lr_find_simple_sgd;
    for (const [name, lr] of Object.entries(suggestions)) expect(found![name], name).to.be.closeTo(lr, 1e-9);
    expectClose(learn.recorder.lrs, lrs, 1e-9, 'lrs');
    expectClose(learn.recorder.losses, losses, 1e-5, 'losses');
    expectParameters(learn.model, weights_restored);
    const [lr_min, lr_steep] = found!;
    expect([lr_min, lr_steep]).to.deep.equal([found!['minimum'], found!['steep']]);
    expect(inspect(found)).to.match(
      /^SuggestedLRs\(minimum=0\.3311\d+, steep=0\.4365\d+, valley=0\.0398\d+, slide=0\.2089\d+\)$/,
    );
  });
});
