/** Callbacks that change how batches train: accumulation, clipping, frozen norms, mixed precision. */
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { Callback } from '../../../ts/fastai/callback/core.js';
import '../../../ts/fastai/learner/inference.js';
import { MixedPrecision } from '../../../ts/fastai/callback/fp16.js';
import {
  BnFreeze,
  GradientAccumulation,
  GradientClip,
  set_bn_eval,
  ShortEpochCallback,
} from '../../../ts/fastai/callback/training.js';
import { Learner, type LearnerOptions } from '../../../ts/fastai/learner.js';
import { SGD } from '../../../ts/fastai/optimizer/index.js';
import { growth } from '../../support/live.js';

const { nn } = torch;
const { DataLoader, TensorDataset } = torch.utils.data;

function learner(bs: number, options: LearnerOptions = {}, model?: torch.nn.AnyModule): Learner {
  torch.manual_seed(1);
  const x = torch.randn([16, 3]);
  const set = TensorDataset(x, x.sum(1, true).mul(2));
  const made = model ?? nn.Linear(3, 1);
  return Learner(
    { train: DataLoader(set, { batch_size: bs }), valid: DataLoader(set, { batch_size: 16 }) },
    made,
    {
      loss_func: nn.functional.mse_loss,
      opt_func: SGD,
      lr: 0.1,
      ...options,
    },
  );
}
const quiet = (learn: Learner, epochs = 1): Promise<void> =>
  learn.no_logging(() => learn.no_mbar(() => learn.fit(epochs)));
const weights = (learn: Learner): torch.Tensor =>
  torch.cat(learn.model.parameters().map((p) => p.detach().flatten()));
const close = (a: torch.Tensor, b: torch.Tensor, tolerance = 1e-6): boolean =>
  torch.allclose(a, b, tolerance, tolerance);

describe('callbacks of training', () => {
  it('GradientAccumulation makes the steps of large batches', async () => {
    const small = learner(4, { cbs: [GradientAccumulation(8)] });
    const large = learner(8);
    const reported: number[] = [];
    small.add_cb(
      Callback({ after_batch: () => void (small.training && reported.push(Number(small.loss!.item()))) }),
    );
    await quiet(small, 2);
    await quiet(large, 2);
    expect(close(weights(small), weights(large))).to.equal(true);
    const plain = learner(4, { lr: 0 });
    const expected: number[] = [];
    plain.add_cb(
      Callback({ after_batch: () => void (plain.training && expected.push(Number(plain.loss!.item()))) }),
    );
    await quiet(plain);
    // The first two batches are of the first weights; their losses are reported as they are.
    expect(reported.slice(0, 2)).to.deep.equal(expected.slice(0, 2));
    expect(GradientAccumulation({ n_acc: 5 }).n_acc).to.equal(5);
  });

  it('GradientClip bounds the norm of all gradients', async () => {
    const norms: number[] = [];
    const learn = learner(16, { cbs: [GradientClip(0.25)] });
    learn.add_cb(
      Callback({
        after_step: () => {
          const all = torch.cat(learn.model.parameters().map((p) => p.grad!.flatten()));
          norms.push(Number(all.norm().item()));
        },
      }),
    );
    await quiet(learn);
    expect(norms[0]).to.be.closeTo(0.25, 1e-5);
    expect(GradientClip({ max_norm: 3, norm_type: 1 })).to.include({ max_norm: 3, norm_type: 1 });
  });

  it('BnFreeze keeps the statistics of norms that do not train', async () => {
    const make = () =>
      nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 3), nn.Sequential(nn.BatchNorm1d(3)), nn.Linear(3, 1));
    const model = make();
    for (const p of model[0]!.parameters()) p.requires_grad_(false);
    await quiet(learner(4, { cbs: [BnFreeze()] }, model));
    const stats = (norm: torch.nn.AnyModule): number[] =>
      (norm as torch.nn.BatchNorm1d).running_mean!.tolist() as number[];
    expect(stats(model[0]!)).to.deep.equal([0, 0, 0]);
    expect(stats((model[2] as torch.nn.Sequential)[0]!)).not.to.deep.equal([0, 0, 0]);
    set_bn_eval(model, false);
    expect(model[0]!.training).to.equal(true);
  });

  it('ShortEpochCallback stops early', async () => {
    const count = async (cb: Callback): Promise<[number, number]> => {
      const learn = learner(2, { cbs: [cb] });
      const seen: [number, number] = [0, 0];
      learn.add_cb(Callback({ before_batch: () => void ++seen[learn.training ? 0 : 1] }));
      learn.dls = { ...learn.dls, valid: learn.dls.train };
      await quiet(learn);
      return seen;
    };
    expect(await count(ShortEpochCallback(0.5))).to.deep.equal([5, 5]);
    expect(await count(ShortEpochCallback(0.25, false))).to.deep.equal([3, 8]);
  });
});

describe('MixedPrecision', () => {
  for (const mode of ['bf16', 'fp16'] as const)
    it(`${mode}: the model works in half precision, predictions and losses are float32`, async () => {
      const inner: torch.DType[] = [];
      const model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1));
      model[0]!.register_forward_hook((_m, _i, o: torch.Tensor) => void inner.push(o.dtype));
      const learn = learner(4, { lr: 0.01 }, model);
      const exact = learner(4, { lr: 0.01 }, nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1)));
      exact.model.load_state_dict(model.state_dict());
      learn[`to_${mode}`]({ init_scale: 2 ** 8 });
      const dtypes = new Set<torch.DType>();
      learn.add_cb(
        Callback({
          after_loss: () => {
            dtypes.add((learn.pred as torch.Tensor).dtype).add(learn.loss!.dtype);
          },
        }),
      );
      await quiet(learn, 3);
      await quiet(exact, 3);
      expect(new Set(inner)).to.deep.equal(new Set([mode === 'fp16' ? torch.float16 : torch.bfloat16]));
      expect(dtypes).to.deep.equal(new Set([torch.float32]));
      expect(weights(learn).dtype).to.equal(torch.float32);
      expect(close(weights(learn), weights(exact), 0.05)).to.equal(true);
      expect(weights(learn).equal(weights(exact))).to.equal(false);
      expect(learn.contexts).to.deep.equal([]);
      // Three epochs of four batches.
      expect((learn as any).mixed_precision.scales).to.have.length(12);
      learn.to_fp32();
      expect(learn.cbs.map(String)).not.to.include('MixedPrecision');
    });

  it('leaves out steps whose gradients overflow, and lowers the scale', async () => {
    const cb = MixedPrecision({ init_scale: 2 ** 8, growth_interval: 100 });
    const learn = learner(16, { cbs: [cb] });
    const before = weights(learn).clone();
    const spoil = Callback({
      after_backward() {
        if (this.epoch === 0) torch.no_grad(() => learn.model.parameters()[0]!.grad!.fill_(Infinity));
      },
    });
    const moved: boolean[] = [];
    learn.add_cbs([spoil, Callback({ after_epoch: () => void moved.push(!weights(learn).equal(before)) })]);
    await quiet(learn, 2);
    expect(moved).to.deep.equal([false, true]);
    expect(cb.scales).to.deep.equal([2 ** 7]);
    expect(cb.scaler!.get_scale()).to.equal(2 ** 7);
  });

  it('leaves autocast after an error, and keeps no tensors', async () => {
    const learn = learner(4, { cbs: [MixedPrecision({ amp_mode: 'bf16' })] });
    const fail = Callback({
      after_loss() {
        throw new RangeError('enough');
      },
    });
    const error: unknown = await learn.fit(1, { cbs: fail }).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(RangeError);
    expect(learn.contexts).to.deep.equal([]);
    expect(() => MixedPrecision({ amp_mode: 'fp8' as never })).to.throw(
      torch.ArgumentError,
      "'fp16' or 'bf16'",
    );
    expect(growth(() => undefined)).to.equal(0);
  });
});
