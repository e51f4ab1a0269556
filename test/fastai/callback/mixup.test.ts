/** MixUp and CutMix: what becomes of batches, targets and losses. */
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { Callback } from '../../../ts/fastai/callback/core.js';
import { CutMix, MixUp, rand_bbox } from '../../../ts/fastai/callback/mixup.js';
import { Learner, type LossFunc } from '../../../ts/fastai/learner.js';
import { CrossEntropyLossFlat, MSELossFlat } from '../../../ts/fastai/losses.js';
import { Flatten } from '../../../ts/fastai/layers.js';
import { live } from '../../support/live.js';

const { nn } = torch;
const { DataLoader, TensorDataset } = torch.utils.data;
type Seen = { x: torch.Tensor; y: torch.Tensor; loss: number; pred: torch.Tensor };

const pictures = torch.arange(8).reshape([8, 1, 1, 1]).expand([8, 1, 6, 6]).float().contiguous();
function learner(cb: Callback, loss_func: LossFunc | torch.nn.AnyModule, y: torch.Tensor): [Learner, Seen[]] {
  const set = TensorDataset(pictures, y);
  const make = () => DataLoader(set, { batch_size: 8 });
  const learn = Learner({ train: make(), valid: make() }, nn.Sequential(Flatten(), nn.Linear(36, 3)), {
    loss_func: loss_func as LossFunc,
    cbs: [cb],
  });
  const seen: Seen[] = [];
  const copy = (t: torch.Tensor): torch.Tensor => torch.keep(t.detach().clone());
  learn.add_cb(
    Callback({
      after_loss: () => {
        const loss = Number(learn.loss!.item());
        seen.push({
          x: copy(learn.xb[0]!),
          y: copy(learn.yb[0]!),
          loss,
          pred: copy(learn.pred as torch.Tensor),
        });
      },
    }),
  );
  return [learn, seen];
}
const quiet = (learn: Learner, epochs = 1): Promise<void> =>
  learn.no_logging(() => learn.no_mbar(() => learn.fit(epochs)));
const classes = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1]).to(torch.int64);

describe('MixUp', () => {
  it('adds each picture to another one, and mixes the losses of classes', async () => {
    const loss = CrossEntropyLossFlat();
    const [learn, seen] = learner(MixUp(0.4), loss, classes);
    torch.manual_seed(5);
    await quiet(learn);
    const [train, valid] = seen as [Seen, Seen];
    // The shares and the order are drawn once more. A loader draws a seed of its own before a pass.
    torch.manual_seed(5);
    torch.empty([], { dtype: torch.int64 }).random_();
    const drawn = (torch.ops['aten']!['_sample_dirichlet'] as any)(torch.full([8, 2], 0.4)).at(
      ':',
      0,
    ) as torch.Tensor;
    const lam = torch.maximum(drawn, drawn.neg().add(1));
    const shuffle = torch.randperm(8);
    const mixed = pictures
      .mul(lam.reshape([8, 1, 1, 1]))
      .add(pictures.at(shuffle).mul(lam.neg().add(1).reshape([8, 1, 1, 1])));
    expect(torch.allclose(train.x, mixed, 1e-5, 1e-5)).to.equal(true);
    expect(train.y.equal(classes)).to.equal(true);
    const each = (y: torch.Tensor): torch.Tensor =>
      nn.functional.cross_entropy(train.pred, y, { reduction: 'none' });
    const expected = each(classes)
      .mul(lam)
      .add(each(classes.at(shuffle)).mul(lam.neg().add(1)))
      .mean();
    expect(train.loss).to.be.closeTo(Number(expected.item()), 1e-5);
    // A validation is left alone, and the loss function is there again.
    expect(valid.x.equal(pictures)).to.equal(true);
    expect(learn.loss_func).to.equal(loss);
    expect(loss.reduction).to.equal('mean');
  });

  it('mixes targets that are no classes', async () => {
    const y = torch.arange(8).float().unsqueeze(1).expand([8, 3]).contiguous();
    const [learn, seen] = learner(MixUp(1), MSELossFlat(), y);
    await quiet(learn);
    // Pictures and targets are the same numbers.
    expect(torch.allclose(seen[0]!.x.at(':', 0, 0, 0), seen[0]!.y.at(':', 0))).to.equal(true);
    expect(seen[0]!.y.equal(y)).to.equal(false);
    expect(() => MixUp(0)).to.throw(torch.ArgumentError, 'alpha must be above 0');
  });

  it('restores the loss after an error, and keeps no tensors', async () => {
    const loss = CrossEntropyLossFlat();
    const [learn, seen] = learner(MixUp(), loss, classes);
    const fail = Callback({
      before_backward() {
        throw new RangeError('enough');
      },
    });
    expect(await learn.fit(1, { cbs: fail }).catch((e: unknown) => e)).to.be.instanceOf(RangeError);
    expect(learn.loss_func).to.equal(loss);
    await quiet(learn);
    const before = live() - 3 * seen.length;
    await quiet(learn, 3);
    expect(live() - 3 * seen.length).to.equal(before);
  });
});

describe('CutMix', () => {
  it('puts a rectangle of another picture in, and mixes the losses by its size', async () => {
    const [learn, seen] = learner(CutMix(), CrossEntropyLossFlat(), classes);
    torch.manual_seed(11);
    await quiet(learn, 4);
    let cut = 0;
    for (const { x, y, loss, pred } of seen.filter((_, i) => i % 2 === 0)) {
      // All but the rectangle is the picture's own number; it is the same for all.
      const own = x.eq(pictures);
      const other = own.logical_not().sum([1, 2, 3]);
      const size = Number(other.max().item());
      const replaced = torch.where(own, torch.full([], -1), x).amax([1, 2, 3]);
      const shuffled = torch.where(replaced.lt(0), torch.arange(8), replaced).to(torch.int64);
      const lam = 1 - size / 36;
      const each = (t: torch.Tensor): torch.Tensor =>
        nn.functional.cross_entropy(pred, t, { reduction: 'none' });
      const expected = each(y)
        .mul(lam)
        .add(each(classes.at(shuffled)).mul(1 - lam))
        .mean();
      expect(loss).to.be.closeTo(Number(expected.item()), 1e-4);
      if (size > 0) ++cut;
    }
    expect(cut).to.be.above(0);
  });

  it('keeps rectangles within the picture', () => {
    torch.manual_seed(2);
    for (let i = 0; i < 50; ++i) {
      const [x1, y1, x2, y2] = rand_bbox(10, 6, i / 50);
      expect(x1 >= 0 && x2 <= 10 && y1 >= 0 && y2 <= 6 && x1 <= x2 && y1 <= y2).to.equal(true);
    }
    expect(rand_bbox(10, 6, 1).slice(0, 2)).to.have.length(2);
  });
});
