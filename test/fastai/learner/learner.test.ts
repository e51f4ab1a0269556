import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import * as torch from '../../../ts/index.js';
import {
  AvgMetric,
  Callback,
  CancelBatchException,
  CancelEpochException,
  CancelFitException,
  CancelStepException,
  CancelTrainException,
  CancelValidException,
  CSVLogger,
  L,
  Learner,
  SGD,
  ValueMetric,
} from '../../../ts/fastai/index.js';
import { events, type Event } from '../../../ts/fastai/callback/events.js';
import type { LearnerData, LearnerOptions } from '../../../ts/fastai/learner.js';
import { thrown } from '../../support/thrown.js';

const { nn } = torch;
const { DataLoader, TensorDataset } = torch.utils.data;

/** y = 2x + 3 with a little noise, `n` training batches of 4. */
function line(n = 3): LearnerData {
  torch.manual_seed(1);
  const loader = (batches: number) => {
    const x = torch.randn([batches * 4, 1]);
    return DataLoader(
      TensorDataset(
        x,
        x
          .mul(2)
          .add(3)
          .add(torch.randn([batches * 4, 1]).mul(0.1)),
      ),
      {
        batch_size: 4,
      },
    );
  };
  return { train: loader(n), valid: loader(2) };
}
function learner(options: LearnerOptions = {}, dls = line()): Learner {
  return Learner(dls, nn.Linear(1, 1), {
    opt_func: SGD,
    lr: 0.1,
    loss_func: torch.nn.functional.mse_loss,
    ...options,
  });
}
const quiet = <T>(learn: Learner, body: () => Promise<T>) => learn.no_logging(() => learn.no_mbar(body));
/** A callback that writes down every event. */
function listener(heard: string[], also: Partial<Record<Event, () => void>> = {}): Callback {
  return Callback(
    Object.fromEntries(
      events.map((name) => [
        name,
        () => {
          heard.push(name);
          also[name]?.();
        },
      ]),
    ),
  );
}
const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('resolved'),
    (error: unknown) => error,
  );

describe('fastai Learner', () => {
  const batch = ['before_batch', 'after_pred', 'after_loss'];
  const step = ['before_backward', 'after_backward', 'before_step', 'after_step', 'after_batch'];

  describe('events', () => {
    it('come in fastai order', async () => {
      const heard: string[] = [];
      const learn = learner({ cbs: listener(heard) }, line(2));
      await quiet(learn, () => learn.fit(1));
      const training = [...batch, ...step];
      expect(heard).to.deep.equal([
        'after_create',
        'before_fit',
        'before_epoch',
        'before_train',
        ...training,
        ...training,
        'after_train',
        'before_validate',
        ...batch,
        'after_batch',
        ...batch,
        'after_batch',
        'after_validate',
        'after_epoch',
        'after_fit',
      ]);
    });
    it('reach callbacks in their order, waiting for those that are asynchronous', async () => {
      const heard: number[] = [];
      const made = [30, -20, 5].map((order) => {
        const cb = Callback({
          async before_fit() {
            await sleep(order === 5 ? 20 : 1);
            heard.push(order);
          },
        });
        cb.order = order;
        return cb;
      });
      const learn = learner({ cbs: made });
      await quiet(learn, () => learn.fit(1));
      expect(heard).to.deep.equal([-20, 5, 30]);
    });
    it('do not reach a callback that does not run, in batches of the kind it leaves out', async () => {
      const heard: string[] = [];
      const only = Callback({
        before_batch() {
          heard.push(this.training ? 'train' : 'valid');
        },
      });
      only.run_train = false;
      const off = listener([]);
      off.run = false;
      const learn = learner({ cbs: [only, off] });
      await quiet(learn, () => learn.fit(1));
      expect(heard).to.deep.equal(['valid', 'valid']);
      expect(off.run, 'the end of a fit sets run again').to.equal(true);
    });
    it('see the state of the learner as their own', async () => {
      const seen: unknown[] = [];
      const learn = learner({
        cbs: Callback({
          after_loss() {
            if (this.training)
              seen.push([this.epoch, this.iter, this.n_iter, this.pct_train, this.xb[0]!.shape[0]]);
          },
        }),
      });
      await quiet(learn, () => learn.fit(2));
      const share = (epoch: number, i: number): number => {
        let pct = epoch / 2;
        for (let k = 0; k < i; ++k) pct += 1 / 6;
        return pct;
      };
      expect(seen).to.deep.equal([0, 1].flatMap((e) => [0, 1, 2].map((i) => [e, i, 3, share(e, i), 4])));
      class Greedy extends Callback {
        override before_fit(): void {
          (this as { epoch: number }).epoch = 7;
        }
      }
      const greedy = new Greedy();
      learn.add_cb(greedy);
      await quiet(learn, () => learn.fit(1));
      expect(
        [greedy.epoch, learn.epoch],
        'a value of its own hides the learner state, and does not change it',
      ).to.deep.equal([7, 0]);
    });
  });

  describe('cancelling', () => {
    const cases: [Event, new () => Error, string[]][] = [
      ['before_batch', CancelBatchException, ['before_batch', 'after_cancel_batch', 'after_batch']],
      [
        'after_pred',
        CancelTrainException,
        ['before_batch', 'after_pred', 'after_cancel_train', 'after_train'],
      ],
      ['before_step', CancelStepException, ['before_step', 'after_cancel_step', 'after_step', 'after_batch']],
      ['before_train', CancelEpochException, ['before_train', 'after_cancel_epoch', 'after_epoch']],
      ['after_loss', CancelFitException, ['after_loss', 'after_cancel_fit', 'after_fit']],
      [
        'before_validate',
        CancelValidException,
        ['before_validate', 'after_cancel_validate', 'after_validate', 'after_epoch'],
      ],
    ];
    for (const [where, Exception, expected] of cases)
      it(`${Exception.name} in ${where}`, async () => {
        const heard: string[] = [];
        let thrownOnce = false;
        const cb = listener(heard, {
          [where]: () => {
            if (thrownOnce) return;
            thrownOnce = true;
            throw new Exception();
          },
        });
        const learn = learner({ cbs: cb });
        await quiet(learn, () => learn.fit(1));
        const from = heard.indexOf(where);
        const start = expected.indexOf(where);
        expect(heard.slice(from, from + expected.length - start)).to.deep.equal(expected.slice(start));
        expect(heard.at(-1)).to.equal('after_fit');
      });
    it('a step leaves the weights alone and clears the gradients', async () => {
      const learn = learner({
        cbs: Callback({
          before_step() {
            throw new CancelStepException();
          },
        }),
      });
      const before = learn.model.parameters().map((p) => p.tolist());
      await quiet(learn, () => learn.fit(1));
      expect(learn.model.parameters().map((p) => p.tolist())).to.deep.equal(before);
      expect(
        learn.model.parameters().every((p) => p.grad === null || p.grad.abs().sum().item() === 0),
      ).to.equal(true);
    });
    it('any other error ends the fit, puts the logger back and frees the batch', async () => {
      const learn = learner({
        cbs: Callback({
          after_pred() {
            throw new RangeError('mine');
          },
        }),
      });
      const { logger } = learn;
      const tensors = torch.memory({ collect: true }).tensors;
      const error = await rejection(learn.fit(1));
      expect(error).to.be.instanceOf(RangeError);
      // An error whose stack nobody has read holds on to what its frames worked on.
      expect((error as Error).stack).to.contain('mine');
      expect(learn.logger).to.equal(logger);
      expect(learn.xb).to.deep.equal([]);
      expect(torch.memory({ collect: true }).tensors).to.be.at.most(tensors);
    });
  });

  describe('stopping', () => {
    it('a signal stops after a batch: the end of the fit is heard, the reason is thrown', async () => {
      const heard: string[] = [];
      const stop = new AbortController();
      let batches = 0;
      const learn = learner({
        cbs: [
          listener(heard),
          Callback({
            after_loss() {
              if (++batches === 2) stop.abort(new Error('enough'));
            },
          }),
        ],
      });
      const error = await rejection(quiet(learn, () => learn.fit(5, { signal: stop.signal })));
      expect((error as Error).message).to.equal('enough');
      expect(heard.filter((name) => name === 'after_step')).to.have.length(2);
      expect(heard.slice(-2)).to.deep.equal(['after_cancel_fit', 'after_fit']);
      expect(learn.model.parameters().every((p) => p.isfinite().all().item<boolean>())).to.equal(true);
      await quiet(learn, () => learn.fit(1));
    });
    it('Ctrl-C does the same, and is not listened to afterwards', async () => {
      const listeners = process.listenerCount('SIGINT');
      const heard: string[] = [];
      const learn = learner({ cbs: listener(heard) }, line(2000));
      const fit = rejection(quiet(learn, () => learn.fit(50)));
      await sleep(30);
      process.kill(process.pid, 'SIGINT');
      expect(((await fit) as Error).name).to.equal('KeyboardInterrupt');
      expect(heard.at(-1)).to.equal('after_fit');
      expect(process.listenerCount('SIGINT')).to.equal(listeners);
    });
    it('timers get their turn during a fit', async () => {
      const learn = learner({}, line(3000));
      const delays: number[] = [];
      let last = performance.now();
      const timer = setInterval(() => {
        delays.push(performance.now() - last);
        last = performance.now();
      }, 5);
      await quiet(learn, () => learn.fit(1));
      clearInterval(timer);
      delays.sort((a, b) => a - b);
      expect(delays.length).to.be.above(5);
      expect(delays[Math.floor(delays.length * 0.5)]).to.be.below(50);
    });
  });

  it('frees what a batch made, and keeps what a callback keeps or the model holds', async () => {
    class Remembering extends nn.Module {
      lin = nn.Linear(1, 1);
      last: torch.Tensor | null = null;
      seen: torch.Tensor | null = null;
      forward(x: torch.Tensor): torch.Tensor {
        this.seen = x.mul(2);
        this.last = this.lin(x.add(0).sub(0));
        return this.last;
      }
    }
    const kept: torch.Tensor[] = [];
    const model = new Remembering();
    const learn = Learner(line(20), model, {
      opt_func: SGD,
      loss_func: torch.nn.functional.mse_loss,
      cbs: Callback({
        after_loss() {
          if (this.training && this.iter === 3) kept.push(torch.keep(this.loss!), torch.keep(this.xb[0]!));
        },
      }),
    });
    await quiet(learn, () => learn.fit(1));
    const { tensors } = torch.memory({ collect: true });
    await quiet(learn, () => learn.fit(5));
    expect(torch.memory({ collect: true }).tensors - tensors).to.be.at.most(20);
    expect(kept[0]!.item()).to.be.a('number');
    expect([...kept[1]!.shape]).to.deep.equal([4, 1]);
    expect(model.last!.sum().item()).to.be.a('number');
    expect(model.seen!.sum().item()).to.be.a('number');
  });

  it('metrics: functions weighted by batch size, classes, values, and one that gives no number', async () => {
    const mae = (pred: torch.Tensor, targ: torch.Tensor) => pred.sub(targ).abs().mean();
    const x = torch.tensor([[1], [2], [3]]);
    const dls: LearnerData = {
      train: DataLoader(TensorDataset(x, x), { batch_size: 2 }),
      valid: DataLoader(TensorDataset(x, x.mul(3)), { batch_size: 2 }),
    };
    let calls = 0;
    const learn = learner({ metrics: [mae, AvgMetric(() => 2), ValueMetric(() => ++calls, 'calls')] }, dls);
    await quiet(learn, () => learn.fit(1));
    expect([...learn.recorder.metric_names]).to.deep.equal([
      'epoch',
      'train_loss',
      'valid_loss',
      'mae',
      'metric',
      'calls',
      'time',
    ]);
    const all = torch.no_grad(() => mae(learn.model(x) as torch.Tensor, x.mul(3)));
    expect(learn.final_record![2]).to.be.closeTo(all.item(), 1e-6);
    expect([...learn.final_record!].slice(3)).to.deep.equal([2, 1]);
    const wrong = learner(
      {
        metrics: function shaped(pred: torch.Tensor) {
          return pred;
        },
      },
      dls,
    );
    const error = (await rejection(quiet(wrong, () => wrong.fit(1)))) as Error;
    expect(error.message).to.match(/metric 'shaped' must give one number.*shape \[2, 1\]/);
  });

  it('goes on with the same optimizer, unless told otherwise, and starts at an epoch', async () => {
    const learn = learner();
    await quiet(learn, () => learn.fit(1));
    const { opt } = learn;
    await quiet(learn, () => learn.fit(1));
    expect(learn.opt).to.equal(opt);
    await quiet(learn, () => learn.fit(3, { reset_opt: true, start_epoch: 2 }));
    expect(learn.opt).not.to.equal(opt);
    expect(learn.recorder.losses).to.have.length(3);
  });

  it('refuses what cannot be: no loss, no data, unknown options, half an epoch', async () => {
    expect(thrown(() => Learner(line(), nn.Linear(1, 1)))).to.match(/could not infer the loss function/);
    expect(thrown(() => Learner({} as LearnerData, nn.Linear(1, 1)))).to.match(/dls must be DataLoaders/);
    expect(thrown(() => learner({ metric: 1 } as never))).to.match(/unknown option 'metric'.*'metrics'/);
    const learn = learner();
    expect(((await rejection(learn.fit(1.5))) as Error).message).to.match(/n_epoch must be a whole number/);
    expect(((await rejection(learn.fit(1, { rate: 1 } as never))) as Error).message).to.match(
      /unknown option 'rate'/,
    );
  });

  it('weights of biases and normalisations do not decay', async () => {
    const learn = Learner(line(), nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2), nn.Linear(2, 1)), {
      opt_func: SGD,
      loss_func: torch.nn.functional.mse_loss,
      wd: 0.1,
    });
    await quiet(learn, () => learn.fit(1));
    const spared = learn.model
      .named_parameters()
      .filter(([, p]) => learn.opt!.state.get(p)['do_wd'] === false);
    expect(spared.map(([name]) => name)).to.have.members(['0.bias', '1.weight', '1.bias', '2.bias']);
  });

  describe('files', () => {
    let folder: string;
    beforeEach(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), 'learner-'));
    });
    afterEach(() => {
      fs.rmSync(folder, { recursive: true, force: true });
    });
    it('save and load bring back the model and the optimizer', async () => {
      const learn = learner({
        path: folder,
        opt_func: ((p: never, o: object) => SGD(p, { ...o, mom: 0.9 })) as never,
      });
      await quiet(learn, () => learn.fit(1));
      const file = learn.save('stage1');
      expect(String(file)).to.equal(path.join(folder, 'models', 'stage1.pth'));
      const weights = learn.model.parameters().map((p) => p.tolist());
      await quiet(learn, () => learn.fit(1));
      const after = learn.model.parameters().map((p) => p.tolist());
      learn.load('stage1');
      expect(learn.model.parameters().map((p) => p.tolist())).to.deep.equal(weights);
      await quiet(learn, () => learn.fit(1));
      expect(
        learn.model.parameters().map((p) => p.tolist()),
        'the momentum came back too',
      ).to.deep.equal(after);
    });
    it('a file of another model is refused, with the model as it was', async () => {
      const learn = learner({ path: folder });
      await quiet(learn, () => learn.fit(1));
      learn.save('one');
      const other = Learner(line(), nn.Linear(1, 3), {
        path: folder,
        loss_func: torch.nn.functional.mse_loss,
      });
      const before = other.model.parameters().map((p) => p.tolist());
      expect(thrown(() => other.load('one'))).to.match(/size mismatch|shape/);
      expect(other.model.parameters().map((p) => p.tolist())).to.deep.equal(before);
      expect(thrown(() => learn.load('none'))).to.match(/none\.pth/);
    });
    it('CSVLogger writes the table as it grows, and can go on with it', async () => {
      const learn = learner({ path: folder, cbs: CSVLogger() });
      await learn.no_bar(() =>
        learn.replacing(
          'logger',
          () => undefined,
          () => learn.fit(2),
        ),
      );
      const rows = (learn as unknown as { csv_logger: CSVLogger }).csv_logger.read_log();
      expect(rows.map((row) => row['epoch'])).to.deep.equal([0, 1]);
      expect(rows[1]!['valid_loss']).to.equal(learn.recorder.values[1]![1]);
      const text = fs.readFileSync(path.join(folder, 'history.csv'), 'utf8');
      expect(text).to.match(/^epoch,train_loss,valid_loss,time\n0,\d/);
    });
  });

  it('L of rows can be taken apart as the book does', async () => {
    const learn = learner();
    await quiet(learn, () => learn.fit(3));
    const column = L(learn.recorder.values).itemgot(1);
    expect(column).to.have.length(3);
    expect(column.every((value) => typeof value === 'number')).to.equal(true);
    expect(learn.recorder.losses.every((loss) => typeof loss === 'number')).to.equal(true);
  });
});

describe('a Learner that is told something wrong', () => {
  const thrownBy = (fit: Promise<void>): Promise<string | null> =>
    fit.then(
      () => null,
      (reason: unknown) => (reason as Error).message,
    );
  it('names a loss function that gives no tensor', async () => {
    const three = (): number => 3;
    const learn = Learner(line(), nn.Linear(1, 1), { loss_func: three as never });
    const error = await learn
      .no_logging(() => learn.no_mbar(() => learn.fit(1)))
      .then(
        () => null,
        (reason: unknown) => reason as Error,
      );
    expect(error).to.be.instanceOf(torch.ArgumentError);
    expect(error!.message).to.equal("loss_func 'three' must give a tensor, not number");
    const nameless = Learner(line(), nn.Linear(1, 1), {
      loss_func: (
        () => () =>
          3
      )() as never,
    });
    expect(await thrownBy(nameless.fit(1))).to.equal('loss_func must give a tensor, not number');
  });
  it('names a hyper-parameter that is no number', async () => {
    const learn = Learner(line(), nn.Linear(1, 1), { loss_func: nn.functional.mse_loss });
    expect(await thrownBy(learn.fit(1, { lr: 'x' as never }))).to.equal(
      "set_hyper('lr'): a hyper-parameter must be a number or a boolean, not string",
    );
  });
});
