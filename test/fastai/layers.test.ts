/** fastai's layers: parameters and results as of the same layers made in Python, and what they print. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import * as layers from '../../ts/fastai/layers.js';
import { TensorBase } from '../../ts/fastai/tensor_types.js';
import { flatten_model } from '../../ts/fastai/torch_core.js';
import { growth } from '../support/live.js';
import { difference, numbers, tensor } from '../torch/optim/record.js';

const { nn } = torch;
interface Recorded {
  shape: number[];
  parameters: number[][];
  output_shape: number[];
  output: number[];
  gradients: number[][];
}
const recorded = JSON.parse(
  readFileSync(new URL('./fixtures/layers.json', import.meta.url), 'utf8'),
) as Record<string, Recorded>;
const { ConvLayer, NormType, ResBlock } = layers;

/** Attention that counts from the start. */
function attending<M extends torch.nn.Module & { gamma: torch.nn.Parameter }>(layer: M): torch.nn.AnyModule {
  nn.init.constant_(layer.gamma, 0.5);
  return layer as unknown as torch.nn.AnyModule;
}
const makers: Record<string, () => torch.nn.AnyModule> = {
  simple_cnn: () => layers.SimpleCNN([1, 4, 6]),
  conv_layer: () => ConvLayer(2, 3, { stride: 2 }),
  sigmoid_conv: () => ConvLayer(2, 3, 3, { ndim: 1, norm_type: null, act_cls: nn.Sigmoid }),
  transposed: () => ConvLayer(2, 3, 2, 2, { transpose: true, bn_1st: false }),
  instance: () => ConvLayer(2, 3, { norm_type: NormType.Instance }),
  lin_bn_drop: () => layers.LinBnDrop(6, 3, { act: nn.ReLU() }),
  concat_pool: () => layers.AdaptiveConcatPool2d(2),
  residual: () => ResBlock(1, 2, 4, { stride: 2 }),
  bottleneck: () => ResBlock(4, 2, 2),
  self_attention: () => attending(layers.SelfAttention(16)),
  pooled_self_attention: () => attending(layers.PooledSelfAttention2d(16)),
  simple_self_attention: () => attending(layers.SimpleSelfAttention(4, { ks: 3, sym: true })),
  residual_attention: () => ResBlock(1, 4, 4, { sa: true }),
  se_resnext: () => layers.SEResNeXtBlock(4, 4, 8, { groups: 2, base_width: 8 }),
  separable: () => layers.SeparableBlock(1, 16, 16, { ks: 1 }),
  time_distributed: () => layers.TimeDistributed(nn.Linear(3, 2)),
};

describe('fastai layers', () => {
  it('are all recorded', () => {
    expect(Object.keys(makers)).to.have.members(Object.keys(recorded));
  });
  for (const [name, make] of Object.entries(makers))
    it(`${name}: parameters, result and gradients after the same seed`, () => {
      const { shape, parameters, output_shape, output, gradients } = recorded[name]!;
      torch.manual_seed(42);
      const module = make();
      expect(module.parameters().map(numbers)).to.deep.equal(parameters.map((list) => list.map(Math.fround)));
      const y = module(tensor(shape, 0)) as torch.Tensor;
      expect(y.shape).to.deep.equal(output_shape);
      expect(difference(numbers(y), output)).to.be.below(1e-4);
      if (y.requires_grad)
        y.mul(tensor([...y.shape], 7))
          .sum()
          .backward();
      module.parameters().forEach((param, i) => {
        expect(torch.allclose(param.grad!.flatten(), torch.tensor(gradients[i]!), 1e-3, 1e-4)).to.equal(true);
      });
    });

  it('attention starts as nothing, and says what it cannot do', () => {
    const x = tensor([2, 8, 4, 4], 1);
    for (const layer of [
      layers.SelfAttention(8),
      layers.PooledSelfAttention2d(8),
      layers.SimpleSelfAttention(8),
    ]) {
      expect(layer(x).equal(x)).to.equal(true);
      expect(Object.keys(layer.state_dict())[0]).to.equal('gamma');
    }
    expect(() => layers.SelfAttention(4)).to.throw(torch.ValueError, 'SelfAttention(): n_channels is 4');
    expect(() => layers.SimpleSelfAttention(4, { kernel: 3 } as never)).to.throw("unknown option 'kernel'");
  });
  it('TimeDistributed: one step after the other, several inputs, several outputs', () => {
    const x = tensor([2, 3, 4], 1);
    const whole = layers.TimeDistributed(nn.Linear(4, 2));
    const steps = layers.TimeDistributed(whole.module, { low_mem: true });
    expect(torch.allclose(steps(x) as torch.Tensor, whole(x) as torch.Tensor, 1e-5, 1e-6)).to.equal(true);
    const last = layers.TimeDistributed(whole.module, false, 2);
    const moved = last(x.transpose(1, 2)) as torch.Tensor;
    expect(moved.shape).to.deep.equal([2, 2, 3]);
    class Both extends nn.Module {
      forward(a: torch.Tensor, b: torch.Tensor): torch.Tensor[] {
        return [a.add(b), a.sub(b)];
      }
    }
    const both = new Both() as unknown as torch.nn.AnyModule;
    for (const low_mem of [false, true]) {
      const [sum, difference_] = layers.TimeDistributed(both, { low_mem })(x, x) as [
        torch.Tensor,
        torch.Tensor,
      ];
      expect(sum.equal(x.mul(2))).to.equal(true);
      expect(difference_.shape).to.deep.equal([2, 3, 4]);
    }
    expect(String(whole)).to.equal('TimeDistributed(Linear(in_features=4, out_features=2, bias=True))');
  });
  it('activations', () => {
    const x = tensor([5], 1);
    expect(layers.Swish()(x).equal(x.mul(x.sigmoid()))).to.equal(true);
    expect(String(layers.Swish())).to.equal('Swish()');
    expect(layers.Mish()(x).equal(layers.mish(x))).to.equal(true);
    expect(layers.vleaky_relu(x, false).min().item()).to.equal(x.min().mul(0.3).item());
    expect(String(layers.inplace_relu())).to.equal('ReLU(inplace=True)');
    expect(layers.default_init(layers.Swish())).to.equal(nn.init.kaiming_uniform_);
  });
  it('flatten_model finds parameters that lie beside modules', () => {
    const parts = flatten_model(layers.SelfAttention(8));
    expect(parts.map((m) => m._get_name())).to.deep.equal(['Conv1d', 'Conv1d', 'Conv1d', 'ParameterModule']);
    const x = tensor([2], 1);
    const kind = layers.ToTensorBase()(x);
    expect([kind instanceof TensorBase, x instanceof TensorBase]).to.deep.equal([true, false]);
  });

  it('reshape', () => {
    const x = tensor([4, 3, 2], 1);
    expect(layers.Flatten()(x).shape).to.deep.equal([4, 6]);
    expect(layers.Flatten(true)(x).shape).to.deep.equal([24]);
    expect(layers.Flatten({ full: true })(x).shape).to.deep.equal([24]);
    expect(layers.View(2, -1)(x).shape).to.deep.equal([2, 12]);
    expect(layers.ResizeBatch(2, 3)(x).shape).to.deep.equal([4, 2, 3]);
    expect(layers.Identity()(x)).to.equal(x);
    expect(() => layers.Flatten({ ful: true } as never)).to.throw(
      torch.ArgumentError,
      "unknown option 'ful'",
    );
  });

  it('call functions', () => {
    const x = tensor([3], 1);
    const twice = (t: torch.Tensor, { by = 2 }: { by?: number } = {}): torch.Tensor => t.mul(by);
    expect(layers.Lambda(twice)(x).equal(x.mul(2))).to.equal(true);
    expect(layers.PartialLambda(twice, { by: 5 })(x).equal(x.mul(5))).to.equal(true);
    const net = layers.sequential(nn.Flatten(), twice);
    expect(net[1]).to.be.instanceOf(layers.Lambda);
    expect(net(x.unsqueeze(0)).equal(x.mul(2).unsqueeze(0))).to.equal(true);
    expect(layers.Lambda(twice).parameters()).to.deep.equal([]);
  });

  it('print as fastai prints them', () => {
    const relu = function relu(x: unknown): unknown {
      return x;
    };
    expect(String(layers.Flatten())).to.equal('fastai.layers.Flatten(full=False)');
    expect(String(layers.Identity())).to.equal('fastai.layers.Identity()');
    expect(String(layers.SigmoidRange(-1, 2))).to.equal('fastai.layers.SigmoidRange(low=-1, high=2)');
    expect(String(layers.Lambda(relu))).to.equal('fastai.layers.Lambda(func=<function relu>)');
    expect(String(layers.PartialLambda(relu, { b: 5 }))).to.equal("PartialLambda(relu, {'b': 5})");
    const head = nn.Sequential(layers.AdaptiveConcatPool2d(), layers.Flatten());
    expect(String(head)).to.equal(
      [
        'Sequential(',
        '  (0): AdaptiveConcatPool2d(',
        '    (ap): AdaptiveAvgPool2d(output_size=1)',
        '    (mp): AdaptiveMaxPool2d(output_size=1)',
        '  )',
        '  (1): fastai.layers.Flatten(full=False)',
        ')',
      ].join('\n'),
    );
    expect(String(layers.LinBnDrop(4, 2, { p: 0.5, lin_first: true, act: nn.ReLU() }))).to.equal(
      [
        'LinBnDrop(',
        '  (0): Linear(in_features=4, out_features=2, bias=False)',
        '  (1): ReLU()',
        '  (2): BatchNorm1d(2, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)',
        '  (3): Dropout(p=0.5, inplace=False)',
        ')',
      ].join('\n'),
    );
  });

  it('pool', () => {
    const x = tensor([2, 3, 4, 4], 1);
    const both = layers.AdaptiveConcatPool2d()(x);
    expect(both.shape).to.deep.equal([2, 6, 1, 1]);
    expect(both.at(':', ':3', 0, 0).equal(x.amax([2, 3]))).to.equal(true);
    expect(torch.allclose(both.at(':', '3:', 0, 0), x.mean([2, 3]))).to.equal(true);
    expect(layers.AdaptiveConcatPool1d(2)(x.flatten(2)).shape).to.deep.equal([2, 6, 2]);
    const shape = (type: layers.PoolType): readonly number[] => layers.PoolFlatten(type)(x).shape;
    expect([shape('Avg'), shape('Max'), shape('Cat')]).to.deep.equal([
      [2, 3],
      [2, 3],
      [2, 6],
    ]);
    expect(layers.AvgPool()(x).shape).to.deep.equal([2, 3, 2, 2]);
    expect(layers.MaxPool(3, { stride: 1, padding: 1 })(x).shape).to.deep.equal([2, 3, 4, 4]);
    expect(layers.AdaptiveAvgPool(2, { ndim: 1 })(x.flatten(2)).shape).to.deep.equal([2, 3, 2]);
    expect(() => layers.AdaptiveAvgPool(2, { ndim: 4 })).to.throw(
      torch.ArgumentError,
      'ndim must be 1, 2 or 3',
    );
  });

  it('normalize', () => {
    const norm = layers.BatchNorm(3, { ndim: 1, norm_type: NormType.BatchZero, momentum: 0.5 });
    expect(norm).to.be.instanceOf(nn.BatchNorm1d);
    expect([norm.momentum, norm.weight!.tolist(), numbers(norm.bias!)]).to.deep.equal([
      0.5,
      [0, 0, 0],
      [1e-3, 1e-3, 1e-3].map(Math.fround),
    ]);
    expect(layers.BatchNorm(3, { affine: false }).weight).to.equal(null);
    expect(layers.InstanceNorm(3, { ndim: 3 })).to.be.instanceOf(nn.InstanceNorm3d);
    const flat = layers.BatchNorm1dFlat(3);
    const plain = nn.BatchNorm1d(3);
    const x = tensor([4, 5, 3], 2);
    expect(flat(x).equal(plain(x.view(20, 3)).view(4, 5, 3))).to.equal(true);
    expect(flat(x.at(0)).shape).to.deep.equal([5, 3]);
  });

  it('ConvLayer says what it does not know', () => {
    expect(() => ConvLayer(1, 2, { kernel_size: 3 } as never)).to.throw(/unknown option 'kernel_size'/);
    expect(() => ConvLayer(1, 2, { ndim: 4 })).to.throw(torch.ArgumentError, 'ndim must be 1, 2 or 3');
    expect(() => ResBlock(1, 2, 2, { se: true } as never)).to.throw(/unknown option 'se'/);
    const weight = ConvLayer(1, 2, { norm_type: NormType.Weight, groups: 1 });
    expect(weight.state_dict()).to.have.keys('0.bias', '0.weight_g', '0.weight_v');
    expect(ConvLayer(1, 2, { norm_type: NormType.Spectral })(tensor([1, 1, 4, 4], 1)).shape).to.deep.equal([
      1, 2, 4, 4,
    ]);
    const extra = ConvLayer(4, 4, { groups: 2, act_cls: null, xtra: nn.Dropout(), bias: true });
    expect([...extra].map((layer) => layer._get_name())).to.deep.equal(['Conv2d', 'BatchNorm2d', 'Dropout']);
    expect((extra[0] as torch.nn.Conv2d).weight.shape).to.deep.equal([4, 2, 3, 3]);
  });

  it('initialize', () => {
    const { init_default, init_linear, default_init } = layers;
    expect(init_default(nn.Linear(3, 2)).bias!.tolist()).to.deep.equal([0, 0]);
    expect(init_default(nn.ReLU())).to.be.instanceOf(nn.ReLU);
    expect([
      default_init(nn.functional.relu),
      default_init(nn.Tanh()),
      default_init(nn.GELU()),
    ]).to.deep.equal([nn.init.kaiming_uniform_, nn.init.xavier_uniform_, null]);
    const lin = nn.Linear(3, 2);
    const before = lin.weight.detach().clone();
    init_linear(lin, { bias_std: 0 });
    expect(lin.weight.equal(before)).to.equal(true);
    expect(lin.bias!.tolist()).to.deep.equal([0, 0]);
    torch.manual_seed(42);
    const emb = layers.Embedding(50, 40, { std: 0.1 });
    expect(emb.weight.abs().max().item()).to.be.within(0.19, 0.2);
    torch.manual_seed(42);
    nn.Embedding(50, 40);
    expect(emb.weight.equal(torch.randn(50, 40).fmod(2).mul(0.1).add(0))).to.equal(true);
  });

  it('start a pixel shuffle with equal squares', () => {
    for (const norm_type of [NormType.Weight, NormType.Spectral, null]) {
      const up = layers.PixelShuffle_ICNR(4, { nf: 2, scale: 3, norm_type });
      const y = up(tensor([1, 4, 2, 2], 3)) as torch.Tensor;
      expect(y.shape).to.deep.equal([1, 2, 6, 6]);
      for (const [i, j] of [
        [0, 1],
        [1, 0],
        [2, 2],
      ] as const)
        expect(torch.allclose(y.at('...', '::3', '::3'), y.at('...', `${i}::3`, `${j}::3`))).to.equal(true);
    }
    expect(layers.PixelShuffle_ICNR(4, { blur: true })(tensor([1, 4, 3, 3], 3)).shape).to.deep.equal([
      1, 4, 6, 6,
    ]);
  });

  it('SequentialEx shows layers the input of the first, and keeps no tensor alive', () => {
    const net = layers.SequentialEx(nn.Linear(3, 3), nn.ReLU(), layers.MergeLayer());
    const x = tensor([2, 3], 1);
    const inside = (net.at(0) as torch.nn.Linear)(x).relu();
    expect(net(x).equal(inside.add(x))).to.equal(true);
    net.insert(2, layers.ProdLayer()).append(layers.MergeLayer({ dense: true }));
    expect(net(x).shape).to.deep.equal([2, 6]);
    expect(() => layers.MergeLayer()(x)).to.throw(TypeError, 'SequentialEx');
    const failing = layers.SequentialEx(layers.Lambda(() => JSON.parse('')));
    expect(() => failing(x)).to.throw(SyntaxError);
    expect((x as layers.WithOriginal).orig).to.equal(null);
    expect(
      growth(() => {
        torch.no_grad(() => net(tensor([2, 3], 1)));
      }),
    ).to.equal(0);
    expect(layers.Cat([nn.Linear(3, 2), nn.Linear(3, 4)])(x).shape).to.deep.equal([2, 6]);
  });

  it('squeeze and excite', () => {
    const module = layers.SEModule(16, 2);
    const x = tensor([2, 16, 3, 3], 1);
    const weights = [0, 1, 2].reduce((t, i) => module.at(i)(t) as torch.Tensor, x);
    expect(weights.shape).to.deep.equal([2, 16, 1, 1]);
    expect(module(x).equal(weights.mul(x))).to.equal(true);
    const block = ResBlock(1, 16, 16, { reduction: 4, dw: true, nh1: 8 });
    expect(block(x).shape).to.deep.equal([2, 16, 3, 3]);
    expect(block.act._get_name()).to.equal('ReLU');
  });
});
