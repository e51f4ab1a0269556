import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import {
  before_batch_cb,
  Callback,
  DataLoader,
  DataLoaders,
  FetchPredsCallback,
  GatherPredsCallback,
  Learner,
  ParamScheduler,
  SaveModelCallback,
  torch,
  type LearnerOptions,
  type Tensor,
} from '../../../ts/fastai/index.js';
import { message } from '../../support/thrown.js';

const { nn } = torch;

function learner(options: LearnerOptions = {}): Learner {
  const items = Array.from({ length: 6 }, (_, i): [Tensor, Tensor] => [
    torch.tensor([i]),
    torch.tensor([2 * i]),
  ]);
  const dls = DataLoaders(DataLoader(items, { bs: 4 }), DataLoader(items, { bs: 4 }));
  return Learner(dls, nn.Linear(1, 1), { loss_func: nn.functional.mse_loss, ...options });
}

describe('gathered predictions', () => {
  it('only what is asked for, and files for each batch', async () => {
    const learn = learner();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'preds-'));
    try {
      const [preds, targs] = (await learn.get_preds({ save_preds: folder, with_targs: false })) as [
        Tensor,
        null,
      ];
      expect(targs).to.equal(null);
      expect(fs.readdirSync(folder).sort()).to.deep.equal(['0', '1']);
      const parts = ['0', '1'].map((name) => torch.load<Tensor>(path.join(folder, name)));
      expect(torch.equal(torch.cat(parts), preds)).to.equal(true);
      const [none, same] = (await learn.get_preds({ save_targs: folder, with_preds: false })) as [
        null,
        Tensor,
      ];
      expect(none).to.equal(null);
      expect(torch.equal(torch.load<Tensor>(path.join(folder, '1')), same.at('4:'))).to.equal(true);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
  it('during a fit: of another loader, without some callbacks', async () => {
    const heard: boolean[] = [];
    class Listening extends Callback {
      override after_pred(): void {
        heard.push(this.learn.training);
      }
    }
    const listening = new Listening();
    const dl = DataLoader([[torch.tensor([1]), torch.tensor([2])]], { bs: 1 });
    const fetch = FetchPredsCallback({ dl, cbs: listening, with_input: true, reorder: false });
    const learn = learner({ cbs: [listening, fetch] });
    await learn.no_logging(() => learn.no_mbar(() => learn.fit(1)));
    expect(heard).to.deep.equal([true, true, false, false]);
    expect((fetch.preds as Tensor[]).map((t) => [...t.shape])).to.deep.equal([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });
  it('before_batch_cb: what it gives back goes into the model', async () => {
    const doubled = before_batch_cb((_cb, xb, yb) => [xb.map((x) => x.mul(2)), yb]);
    const learn = learner();
    const [plain] = (await learn.get_preds()) as [Tensor];
    const [preds] = (await learn.get_preds({ cbs: doubled })) as [Tensor];
    const model = learn.model as torch.nn.Linear;
    expect(torch.allclose(preds.sub(model.bias!), plain.sub(model.bias!).mul(2))).to.equal(true);
  });
  it('names what callbacks cannot use', () => {
    expect(message(() => GatherPredsCallback({ inputs: true } as never))).to.include(
      "unknown option 'inputs'",
    );
    expect(message(() => FetchPredsCallback({ idx: 1 } as never))).to.include("unknown option 'idx'");
    expect(message(() => learner({ cbs: [3] as never }))).to.equal(
      'cbs must be callbacks or classes of them, not 3',
    );
    expect(message(() => SaveModelCallback({ comp: 'less' as never }))).to.equal(
      'SaveModelCallback(): comp must be a function of two numbers',
    );
    expect(message(() => ParamScheduler({ lr: 3 as never }))).to.equal(
      'ParamScheduler(): lr must be a schedule, such as SchedCos(0.1, 0.01)',
    );
  });
});
