import { expect } from 'chai';

import * as torch from '../../../ts/index.js';
import {
  Callback,
  combine_scheds,
  combined_cos,
  Learner,
  ParamScheduler,
  SchedCos,
  SchedExp,
  SchedLin,
  SchedNo,
  SchedPoly,
  SGD,
} from '../../../ts/fastai/index.js';
import { thrown } from '../../support/thrown.js';

const { nn } = torch;
const { DataLoader, TensorDataset } = torch.utils.data;

function learner(): Learner {
  torch.manual_seed(3);
  const x = torch.randn([40, 2]);
  const dl = () => DataLoader(TensorDataset(x, x.sum(1, { keepdim: true })), { batch_size: 4 });
  return Learner({ train: dl(), valid: dl() }, nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)), {
    opt_func: SGD,
    loss_func: torch.nn.functional.mse_loss,
    splitter: (m) => [m.children()[0]!.parameters(), m.children()[2]!.parameters()],
  });
}
const quiet = <T>(learn: Learner, body: () => Promise<T>) => learn.no_logging(() => learn.no_mbar(body));
const halves = [0, 0.25, 0.5, 0.75, 1];

describe('fastai schedules', () => {
  it('annealings start, turn and end where they should', () => {
    expect(halves.map(SchedLin(0, 4))).to.deep.equal([0, 1, 2, 3, 4]);
    expect(halves.map(SchedNo(2, 9))).to.deep.equal([2, 2, 2, 2, 2]);
    expect(halves.map(SchedPoly(1, 5, 2))).to.deep.equal([1, 1.25, 2, 3.25, 5]);
    const exp = halves.map(SchedExp(1, 16));
    [1, 2, 4, 8, 16].forEach((value, i) => expect(exp[i]).to.be.closeTo(value, 1e-12));
    const cos = halves.map(SchedCos(0, 1));
    [0, 0.1464466094, 0.5, 0.8535533906, 1].forEach((value, i) => expect(cos[i]).to.be.closeTo(value, 1e-9));
    expect(SchedLin([0, 10], [1, 20])(0.5), 'one for each group').to.deep.equal([0.5, 15]);
  });
  it('combine_scheds goes from one to the next, and refuses shares that make no whole', () => {
    const both = combine_scheds([0.25, 0.75], [SchedLin(0, 1), SchedLin(1, 0)]);
    expect([0, 0.125, 0.25, 1].map(both)).to.deep.equal([0, 0.5, 1, 0]);
    const turn = combined_cos(0.25, 0.5, 1, 0);
    expect([0, 0.25, 1].map((pos) => +turn(pos).toFixed(6))).to.deep.equal([0.5, 1, 0]);
    expect(thrown(() => combine_scheds([0.5, 0.6], [SchedNo(0, 0), SchedNo(0, 0)]))).to.match(/add up to 1/);
    expect(thrown(() => combine_scheds([1.5, -0.5], [SchedNo(0, 0), SchedNo(0, 0)]))).to.match(/negative/);
    expect(thrown(() => combine_scheds([1], []))).to.match(/1 shares for 0/);
  });
  it('ParamScheduler sets what it is told for every training batch', async () => {
    const learn = learner();
    await quiet(learn, () =>
      learn.fit(1, { cbs: ParamScheduler({ lr: SchedLin(1e-3, 2e-3), mom: SchedNo(0.5, 0) }) }),
    );
    expect(learn.recorder.lrs).to.have.length(10);
    learn.recorder.lrs.forEach((lr, i) => expect(lr).to.be.closeTo(1e-3 + i * 1e-4, 1e-12));
    expect(learn.recorder.hps['mom']).to.deep.equal(Array(10).fill(0.5));
  });
  it('fit_sgdr starts each cycle anew, each twice as long', async () => {
    const learn = learner();
    await quiet(learn, () => learn.fit_sgdr(2, 1, 1e-2));
    expect(learn.recorder.values).to.have.length(3);
    const { lrs } = learn.recorder;
    expect(lrs).to.have.length(30);
    expect(lrs[0]).to.be.closeTo(1e-2, 1e-9);
    expect(lrs[10]).to.be.closeTo(1e-2, 1e-6);
    expect(lrs[9]).to.be.below(1e-3);
    expect(lrs[20]).to.be.closeTo(5e-3, 1e-5);
  });
  it('fine_tune trains the last group alone, then all, the first at a hundredth', async () => {
    const learn = learner();
    const rates: number[][] = [];
    const weights = learn.model.parameters().map((p) => p.tolist());
    const first: unknown[] = [];
    learn.add_cb(
      Callback({
        after_step() {
          rates.push(this.opt!.hypers.map((hyper) => Number(hyper['lr'])));
        },
        after_epoch() {
          first.push(this.model.parameters()[0]!.tolist());
        },
      }),
    );
    await quiet(learn, () => learn.fine_tune(2, 1e-2));
    expect(first[0], 'frozen').to.deep.equal(weights[0]);
    expect(first[2]).not.to.deep.equal(weights[0]);
    expect(rates).to.have.length(30);
    const [frozen, all] = [rates.slice(0, 10), rates.slice(10)];
    expect(Math.max(...frozen.map(([, lr]) => lr!))).to.be.closeTo(1e-2, 5e-4);
    expect(frozen[0]![0]! / frozen[0]![1]!).to.be.closeTo(0.1, 1e-9);
    expect(Math.max(...all.map(([, lr]) => lr!))).to.be.closeTo(5e-3, 1e-5);
    expect(all[5]![1]! / all[5]![0]!).to.be.closeTo(100, 1e-6);
    expect(all[0]![1]).to.be.closeTo(1e-3, 1e-9);
  });
  it('an unknown option is refused before anything is changed', async () => {
    const learn = learner();
    const error: unknown = await learn.fit_one_cycle(1, { lrmax: 1 } as never).catch((e: unknown) => e);
    expect(String(error)).to.match(/unknown option 'lrmax'.*'lr_max'/);
    expect(learn.opt).to.equal(null);
  });
});
