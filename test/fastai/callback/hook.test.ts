/** Hooks, activation statistics and the summary of a model. */
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { ActivationStats } from '../../../ts/fastai/callback/activation_stats.js';
import {
  dummy_eval,
  hook_output,
  hook_outputs,
  HookCallback,
  Hooks,
  in_channels,
  model_sizes,
  num_features_model,
} from '../../../ts/fastai/callback/hook.js';
import { total_params } from '../../../ts/fastai/callback/summary.js';
import { Flatten, Lambda } from '../../../ts/fastai/layers.js';
import { Learner, type LearnerOptions } from '../../../ts/fastai/learner.js';
import { Callback } from '../../../ts/fastai/callback/core.js';
import { growth, live } from '../../support/live.js';
import { thrown } from '../../support/thrown.js';

const { nn } = torch;
const F = nn.functional;
const { DataLoader, TensorDataset } = torch.utils.data;

const conv = (ni: number, nf: number, act = true): torch.nn.AnyModule => {
  const layer = nn.Conv2d(ni, nf, 3, { stride: 2, padding: 1 });
  return act ? nn.Sequential(layer, nn.ReLU()) : layer;
};
const simple_cnn = (): torch.nn.Sequential =>
  nn.Sequential(conv(1, 4), conv(4, 8), conv(8, 16), conv(16, 32), conv(32, 2, false), Flatten());

function pictures(count = 64): { train: any; valid: any } {
  torch.manual_seed(3);
  const set = TensorDataset(torch.rand([count, 1, 28, 28]), torch.randint(0, 2, [count]));
  const make = () => DataLoader(set, { batch_size: count / 2 });
  return { train: make(), valid: make() };
}
const quiet = (learn: Learner, epochs = 1): Promise<void> =>
  learn.no_logging(() => learn.no_mbar(() => learn.fit(epochs)));
const learner = (model = simple_cnn(), options: LearnerOptions = {}, dls = pictures()): Learner =>
  Learner(dls, model, { loss_func: F.cross_entropy, ...options });

describe('hooks', () => {
  it('store what layers give, until they are removed', () => {
    const model = nn.Sequential(nn.Linear(3, 2), nn.ReLU());
    const x = torch.randn([4, 3]);
    const hook = hook_output(model[0]!);
    const all = hook_outputs(model);
    const y = model(x) as torch.Tensor;
    const stored = hook.stored as torch.Tensor;
    expect(stored.requires_grad).to.equal(false);
    expect(stored.relu().equal(y)).to.equal(true);
    expect(all.stored.map((t) => (t as torch.Tensor).shape)).to.deep.equal([
      [4, 2],
      [4, 2],
    ]);
    hook.remove();
    hook.remove();
    model(torch.zeros([1, 3]));
    expect(hook.stored).to.equal(stored);
    all.remove();
    const grads = hook_output(model[0]!, { grad: true });
    model(x).sum().backward();
    expect((grads.stored as torch.Tensor[])[0]!.shape).to.deep.equal([4, 2]);
    grads[Symbol.dispose]();
    expect(() => Hooks(model, () => 1, { forward: true } as never)).to.throw(/unknown option 'forward'/);
  });

  it('tell the sizes of a model', () => {
    const model = nn.Sequential(conv(3, 4), conv(4, 8, false));
    expect(in_channels(model)).to.equal(3);
    expect(model_sizes(model, [16, 32])).to.deep.equal([
      [1, 4, 8, 16],
      [1, 8, 4, 8],
    ]);
    expect((dummy_eval(model) as torch.Tensor).shape).to.deep.equal([1, 8, 16, 16]);
    expect(num_features_model(model)).to.equal(8);
    // Needs pictures of 100 by 100 at least: three doublings.
    const large = nn.Sequential(nn.Conv2d(3, 5, 100));
    expect(num_features_model(large)).to.equal(5);
    expect(thrown(() => num_features_model(nn.Sequential(nn.Linear(2, 2))))).to.be.instanceOf(
      torch.ArgumentError,
    );
    const broken = nn.Sequential(nn.Conv2d(3, 5, 1), nn.Linear(7, 7));
    expect(thrown(() => num_features_model(broken))).to.be.instanceOf(torch.TorchError);
  });

  it('are put on for a fit, and taken off after an error too', async () => {
    const model = simple_cnn();
    let calls = 0;
    const stop = Callback({
      after_loss() {
        throw new RangeError('enough');
      },
    });
    const cb = HookCallback({ hook: () => ++calls, include_paramless: true });
    const learn = learner(model, { cbs: [cb] });
    await quiet(learn);
    // Ten layers, two training batches and two of the validation.
    expect(calls).to.equal(10 * 4);
    const error: unknown = await learn.fit(1, { cbs: stop }).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(RangeError);
    model(torch.zeros([1, 1, 28, 28]));
    expect(calls).to.equal(50);
  });
});

describe('ActivationStats', () => {
  it('records what the layers gave at each training batch', async () => {
    torch.manual_seed(1);
    const model = nn.Sequential(Flatten(), nn.Linear(784, 5), nn.ReLU(), nn.Linear(5, 2));
    const seen: torch.Tensor[] = [];
    model[1]!.register_forward_hook((_m, _i, o: torch.Tensor) => {
      if (model.training) torch.no_grad(() => seen.push(torch.keep(o.detach().clone())));
    });
    const learn = learner(model, { cbs: [ActivationStats({ with_hist: true })] });
    await quiet(learn, 2);
    const stats = (learn as unknown as { activation_stats: ActivationStats }).activation_stats;
    expect(stats.stats).to.have.length(4);
    expect(stats.stats[0]).to.have.length(2);
    const [means, stds, nears] = stats.layer_stats(0) as unknown as [number[], number[], number[]];
    seen.forEach((o, i) => {
      expect(means[i]).to.equal(o.mean().item());
      expect(stds[i]).to.equal(o.std().item());
      const small = Array.from(o.flatten().toTypedArray() as Float32Array).filter(
        (v) => v <= Math.fround(0.05),
      );
      expect(nears[i]).to.equal(small.length / o.numel());
      expect(torch.allclose(stats.hist(0).at(':', i), o.histc(40, 0, 10).log1p())).to.equal(true);
    });
    expect(stats.layer_stats(-1)[0]).to.deep.equal(stats.layer_stats(1)[0]);
    expect(stats.hist(-1).shape).to.deep.equal([40, 4]);
    expect(stats.plot_layer_stats(-2)).to.have.length(3);
    expect(stats.color_dim(-2)).to.be.an('object');
  });

  it('records every so many batches, and the parts of several outputs', async () => {
    const model = nn.Sequential(
      Flatten(),
      nn.Unflatten(1, [28, 28]),
      nn.LSTM(28, 4, { batch_first: true }),
      Lambda(([o]: [torch.Tensor]) => o.at(':', -1)),
    );
    const stats = ActivationStats({ every: 3 });
    const learn = learner(model, { cbs: [stats] });
    await quiet(learn, 3);
    expect(stats.stats).to.have.length(2);
    expect(stats.stats[0]![0]).to.have.length(3);
    expect(stats.stats[0]![0]).to.have.nested.property('[2].std').that.is.a('number');
    expect(stats.hooks).to.equal(null);
  });

  it('leaves no tensors behind but its histograms', async () => {
    const learn = learner(nn.Sequential(Flatten(), nn.Linear(784, 2)), {
      cbs: [ActivationStats({ with_hist: true })],
    });
    await quiet(learn);
    const before = live();
    await quiet(learn, 3);
    // Two batches in each of three epochs, of which two were there before.
    expect(live() - before).to.be.at.most(4);
    expect(growth(() => undefined)).to.equal(0);
  });
});

describe('learn.summary()', () => {
  const layers = `Sequential (Input shape: 64 x 1 x 28 x 28)
============================================================================
Layer (type)         Output Shape         Param #    Trainable${' '}
============================================================================
                     64 x 4 x 14 x 14    
Conv2d                                    40         True      
ReLU                                                           
____________________________________________________________________________
                     64 x 8 x 7 x 7      
Conv2d                                    296        True      
ReLU                                                           
____________________________________________________________________________
                     64 x 16 x 4 x 4     
Conv2d                                    1168       True      
ReLU                                                           
____________________________________________________________________________
                     64 x 32 x 2 x 2     
Conv2d                                    4640       True      
ReLU                                                           
____________________________________________________________________________
                     64 x 2 x 1 x 1      
Conv2d                                    578        True      
____________________________________________________________________________
                     64 x 2              
Flatten                                                        
____________________________________________________________________________

Total params: 6,722
Total trainable params: 6,722
Total non-trainable params: 0

`;
  it("is chapter 13's", async () => {
    const learn = learner(simple_cnn(), {}, pictures(128));
    const { weight } = (learn.model as torch.nn.Sequential)[4] as torch.nn.Conv2d;
    const before = weight.detach().clone();
    expect(await learn.summary()).to.equal(
      `${layers}Optimizer used: <function Adam>
Loss function: <function cross_entropy>

Callbacks:
${learn.cbs
  .sorted('order')
  .map((cb) => `  - ${String(cb)}`)
  .join('\n')}`,
    );
    expect(weight.equal(before)).to.equal(true);
    expect(learn.cbs.map(String)).to.include.members(['TrainEvalCallback', 'Recorder']);
  });

  it('tells frozen groups, parameters that do not train, and layers that keep the shape', async () => {
    const model = nn.Sequential(
      Flatten(),
      nn.Linear(784, 1500),
      nn.BatchNorm1d(1500),
      nn.Linear(1500, 2, { bias: false }),
    );
    const learn = learner(model, {
      splitter: (m) => [
        (m as torch.nn.Sequential)[1]!.parameters(),
        (m as torch.nn.Sequential).at('2:').parameters(),
      ],
    });
    learn.freeze();
    const text = await learn.summary();
    expect(text).to.include('Linear                                    1177500    False     \n');
    expect(text).to.include(
      'Total params: 1,183,500\nTotal trainable params: 6,000\nTotal non-trainable params: 1,177,500\n',
    );
    expect(text).to.include('Model frozen up to parameter group #1\n\nCallbacks:');
    expect(text.split('_'.repeat(76))).to.have.length(4);
    learn.unfreeze();
    expect(await learn.summary()).to.include('Model unfrozen\n\n');
    expect(total_params(model)).to.deep.equal([1183500, true]);
  });

  it('says when there is nothing to look at', async () => {
    const learn = learner(simple_cnn(), {}, { train: [], valid: [] });
    const error: unknown = await learn.summary().catch((e: unknown) => e);
    expect(error).to.be.instanceOf(torch.ArgumentError);
  });
});
