/** Callbacks that watch the table: with a column whose values are written beforehand. */
import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as torch from '../../../ts/torch/index.js';
import {
  EarlyStoppingCallback,
  greater,
  ReduceLROnPlateau,
  SaveModelCallback,
  TerminateOnNaNCallback,
  TrackerCallback,
} from '../../../ts/fastai/callback/tracker.js';
import { Callback } from '../../../ts/fastai/callback/core.js';
import { Learner } from '../../../ts/fastai/learner.js';
import { ValueMetric } from '../../../ts/fastai/learner/metric.js';
import { SGD } from '../../../ts/fastai/optimizer/index.js';

const { nn } = torch;
const { DataLoader, TensorDataset } = torch.utils.data;

/** A learner whose column `name` shows these values, one an epoch. */
function learner(values: number[], cbs: Callback[], name = 'score_loss'): Learner {
  torch.manual_seed(1);
  const x = torch.randn([8, 1]);
  const loader = () => DataLoader(TensorDataset(x, x.mul(2)), { batch_size: 4 });
  const learn: Learner = Learner({ train: loader(), valid: loader() }, nn.Linear(1, 1), {
    loss_func: nn.functional.mse_loss,
    opt_func: SGD,
    lr: 0.1,
    cbs,
    metrics: ValueMetric(() => values[learn.epoch]!, name),
    path: fs.mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-tracker-')),
  });
  after(() => {
    fs.rmSync(String(learn.path), { recursive: true, force: true });
  });
  return learn;
}
/** Fits, and gives what was printed. */
async function printed(learn: Learner, epochs: number): Promise<string[]> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (...args: unknown[]) => lines.push(args.join(' '));
  try {
    await learn.no_logging(() => learn.no_mbar(() => learn.fit(epochs)));
  } finally {
    console.log = log;
  }
  return lines;
}
const weight = (learn: Learner): number => Number((learn.model as torch.nn.Linear).weight.item());

describe('callbacks that track a value', () => {
  it('TrackerCallback keeps the best, smaller for losses and larger for the rest', async () => {
    const [loss, score, delta] = [
      TrackerCallback({ monitor: 'score_loss' }),
      TrackerCallback({ monitor: 'score_loss', comp: greater }),
      TrackerCallback({ monitor: 'score_loss', min_delta: 0.5, comp: (value, best) => value < best }),
    ];
    await printed(learner([3, 2, 5, 1.8], [loss, score, delta]), 4);
    expect([loss.best, score.best, delta.best]).to.deep.equal([1.8, 5, 2]);
    const accuracy = TrackerCallback({ monitor: 'accuracy' });
    await printed(learner([0.5, 0.7, 0.6], [accuracy], 'accuracy'), 3);
    expect([accuracy.best, accuracy.new_best]).to.deep.equal([0.7, false]);
    const lasting = TrackerCallback({ monitor: 'score_loss', reset_on_fit: false });
    const learn = learner([3, 4], [lasting]);
    await printed(learn, 1);
    lasting.best = 1;
    await printed(learn, 2);
    expect(lasting.best).to.equal(1);
  });

  it('say which columns there are', async () => {
    const learn = learner([1], [TrackerCallback({ monitor: 'acuracy' })]);
    const error: unknown = await printed(learn, 1).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(torch.ArgumentError);
    expect((error as Error).message).to.include(
      "no 'acuracy' to monitor; there are train_loss, valid_loss, score_loss",
    );
    expect(() => TrackerCallback({ monitr: 'x' } as never)).to.throw(
      torch.ArgumentError,
      "unknown option 'monitr'",
    );
  });

  it('EarlyStoppingCallback ends the fit', async () => {
    const learn = learner(
      [3, 2, 2.5, 2.2, 1, 0],
      [EarlyStoppingCallback({ monitor: 'score_loss', patience: 2 })],
    );
    expect(await printed(learn, 6)).to.deep.equal(['No improvement since epoch 1: early stopping']);
    expect(learn.epoch).to.equal(3);
    expect((learn as any).recorder.values).to.have.length(4);
  });

  it('SaveModelCallback saves the best and goes back to it', async () => {
    const cb = SaveModelCallback({ monitor: 'score_loss', fname: 'best' });
    const learn = learner([3, 1, 2], [cb]);
    const weights: number[] = [];
    learn.add_cb(Callback({ after_epoch: () => void weights.push(weight(learn)) }));
    expect(await printed(learn, 3)).to.deep.equal([
      'Better model found at epoch 0 with score_loss value: 3.',
      'Better model found at epoch 1 with score_loss value: 1.',
    ]);
    expect(weight(learn)).to.equal(weights[1]);
    expect(weights[2]).not.to.equal(weights[1]);
    expect(String(cb.last_saved_path)).to.equal(path.join(String(learn.path), 'models', 'best.pth'));
    expect(fs.readdirSync(path.join(String(learn.path), 'models'))).to.deep.equal(['best.pth']);
  });

  it('SaveModelCallback saves each epoch, or each so many', async () => {
    const files = async (every_epoch: boolean | number, at_end = false): Promise<string[]> => {
      const learn = learner([3, 1, 2], [SaveModelCallback({ every_epoch, at_end, with_opt: true })]);
      expect(await printed(learn, 3)).to.deep.equal([]);
      return fs.readdirSync(path.join(String(learn.path), 'models')).sort();
    };
    expect(await files(true)).to.deep.equal(['model_0.pth', 'model_1.pth', 'model_2.pth']);
    expect(await files(2, true)).to.deep.equal(['model.pth', 'model_0.pth', 'model_2.pth']);
    expect(() => SaveModelCallback({ every_epoch: 0 })).to.throw(torch.ArgumentError);
  });

  it('SaveModelCallback without anything better loads nothing', async () => {
    const learn = learner([NaN, NaN], [SaveModelCallback({ monitor: 'score_loss' })]);
    expect(await printed(learn, 2)).to.deep.equal([]);
  });

  it('ReduceLROnPlateau lowers the learning rate, not below min_lr', async () => {
    const cb = ReduceLROnPlateau({ monitor: 'score_loss', patience: 2, factor: 4, min_lr: 0.01 });
    const learn = learner([1, 2, 2, 2, 2, 2, 2, 2], [cb]);
    expect(await printed(learn, 8)).to.deep.equal([
      'Epoch 2: reducing lr to 0.025',
      'Epoch 4: reducing lr to 0.01',
    ]);
    expect(learn.opt!.hypers[0]!['lr']).to.equal(0.01);
  });

  it('TerminateOnNaNCallback ends the fit at once', async () => {
    const spoil = Callback({
      after_step() {
        torch.no_grad(() => (this.model as torch.nn.Linear).weight.fill_(NaN));
      },
    });
    const learn = learner([1, 1], [TerminateOnNaNCallback(), spoil]);
    let batches = 0;
    learn.add_cb(Callback({ before_batch: () => void ++batches }));
    await printed(learn, 2);
    expect([learn.epoch, batches]).to.deep.equal([0, 2]);
  });
});
