import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import { nn, type Tensor } from '../../../ts/torch/index.js';
import { models } from '../../../ts/torchvision/index.js';
import { in_channels } from '../../../ts/fastai/callback/hook.js';
import { create_body, has_pool_type } from '../../../ts/fastai/vision/body.js';
import { add_head, create_head } from '../../../ts/fastai/vision/head.js';
import { default_meta, model_meta } from '../../../ts/fastai/vision/meta.js';
import { create_vision_model } from '../../../ts/fastai/vision/model.js';

const names = (m: nn.AnyModule) => m.children().map((child) => child.constructor.name);
const count = (parameters: readonly Tensor[]) => parameters.reduce((sum, p) => sum + p.numel(), 0);
const small = () => nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.AvgPool2d(1), nn.Linear(3, 4));

describe('create_body', () => {
  it('cuts at the last pooling layer, or where it is told to', () => {
    const pools = nn.Sequential(
      nn.AdaptiveAvgPool2d(5),
      nn.Linear(2, 3),
      nn.Conv2d(2, 3, 1),
      nn.MaxPool3d(5),
    );
    expect(pools.children().map(has_pool_type)).to.deep.equal([true, false, false, true]);
    expect(has_pool_type(nn.Sequential(pools))).to.equal(true);
    expect(create_body(small()).children()).to.have.length(2);
    expect(create_body(small(), { cut: 3 }).children()).to.have.length(3);
    expect(create_body(small(), { cut: -1 }).children()).to.have.length(3);
    expect(create_body(small(), { cut: (m) => m }).children()).to.have.length(4);
    expect(() => create_body(nn.Sequential(nn.Linear(2, 3)))).to.throw('no pooling layer to cut at');
    expect(() => create_body(small(), { cut: 'end' as never })).to.throw(
      'cut must be either integer or a function',
    );
    expect(() => create_body(small(), { n: 1 } as never)).to.throw("unknown option 'n'");
  });

  it('changes the first layer for other numbers of channels, its weights kept as far as they go', () => {
    for (const n_in of [1, 2, 3, 4, 5]) {
      const model = small();
      const before = (model[0] as nn.Conv2d).weight.detach().clone();
      const body = create_body(model, { n_in });
      expect(in_channels(body)).to.equal(n_in);
      const { weight } = (body as nn.Sequential)[0] as nn.Conv2d;
      const expected =
        n_in === 1
          ? before.sum(1, { keepdim: true })
          : n_in === 2
            ? before.at(':', ':2').mul(1.5)
            : torch.cat([before, torch.zeros(5, n_in - 3, 3, 3)], 1);
      expect(torch.allclose(weight, expected), String(n_in)).to.equal(true);
      expect(weight.requires_grad).to.equal(true);
    }
    const nested = nn.Sequential(
      nn.Sequential(nn.Conv2d(3, 4, 3, { bias: false, padding: 1 })),
      nn.MaxPool2d(2),
    );
    const body = create_body(nested, { n_in: 1, pretrained: false, cut: 2 });
    expect([...(body(torch.zeros(1, 1, 8, 8)) as Tensor).shape]).to.deep.equal([1, 4, 4, 4]);
    expect(body.parameters()).to.have.length(1);
    expect(() => create_body(nn.Sequential(nn.Linear(3, 3)), { n_in: 1 })).to.throw(
      'can only change a Conv2d, found Linear',
    );
    expect(() => create_body(nn.Sequential(nn.Conv2d(4, 3, 1)), { n_in: 1 })).to.throw(
      'has 4 channels, 3 were expected',
    );
  });
});

describe('create_head', () => {
  it('has fastai’s layers', () => {
    const usual = ['AdaptiveConcatPool2d', 'Flatten', 'BatchNorm1d', 'Dropout', 'Linear', 'ReLU'];
    const head = create_head(5, 10);
    expect(names(head)).to.deep.equal([...usual, 'BatchNorm1d', 'Dropout', 'Linear']);
    expect(head.children().flatMap((m) => (m instanceof nn.Dropout ? [m.p] : []))).to.deep.equal([0.25, 0.5]);
    expect((head[4] as nn.Linear).in_features).to.equal(10);
    expect((head[4] as nn.Linear).bias).to.equal(null);
    expect(names(create_head(5, 10, { lin_first: true }))).to.deep.equal([
      ...['AdaptiveConcatPool2d', 'Flatten', 'Dropout', 'Linear', 'ReLU', 'BatchNorm1d', 'Dropout', 'Linear'],
    ]);
    expect(names(create_head(5, 10, { first_bn: false }))[2]).to.equal('Dropout');
    const plain = create_head(5, 10, { concat_pool: false });
    expect([names(plain)[0], (plain[4] as nn.Linear).in_features]).to.deep.equal(['AdaptiveAvgPool2d', 5]);
    expect(
      names(create_head(5, 10, { pool: false, bn_final: true, y_range: [0, 1] })).slice(-2),
    ).to.deep.equal(['BatchNorm1d', 'SigmoidRange']);
    const deep = create_head(8, 3, { lin_ftrs: [20, 30], ps: [0.1, 0.2, 0.3] });
    expect(deep.children().flatMap((m) => (m instanceof nn.Dropout ? [m.p] : []))).to.deep.equal([
      0.1, 0.2, 0.3,
    ]);
    expect([...(deep.eval()(torch.zeros(2, 8, 3, 3)) as Tensor).shape]).to.deep.equal([2, 3]);
    expect([
      ...(create_head(8, 3, { lin_first: true })(torch.zeros(2, 8, 3, 3)) as Tensor).shape,
    ]).to.deep.equal([2, 3]);
    expect(() => create_head(8, 3, { ps: [0.1, 0.2, 0.3] })).to.throw('3 dropouts for 2 layers');
    expect(() => create_head(8, 3, { dropout: 1 } as never)).to.throw("unknown option 'dropout'");
  });

  it('is filled by init, or left as it comes', () => {
    const body = nn.Sequential(nn.Conv2d(3, 5, 1));
    const ones = add_head(body, 5, 2, { init: (weight) => nn.init.ones_(weight) });
    const [, head] = ones as unknown as [nn.AnyModule, nn.Sequential];
    expect((head[4] as nn.Linear).weight.eq(1).all().item()).to.equal(true);
    expect((body[0] as nn.Conv2d).weight.eq(1).all().item()).to.equal(false);
    const own = nn.Linear(5, 2);
    const before = own.weight.detach().clone();
    expect(add_head(body, null, 2, { head: own, init: null })[1]).to.equal(own);
    expect(torch.equal(own.weight, before)).to.equal(true);
  });
});

/** Of Python, seed 42: resnet18 of torchvision and a head of these layers. */
const RECORDED = {
  conv1: [0.0035652259830385447, -0.025842072442173958, -0.011852486059069633],
  lin1: [0.043823473155498505, -0.01653296872973442, 0.011370031163096428],
  lin2: [0.05640634149312973, -0.03000984713435173, 0.10334999114274979],
  after: 0.1577138602733612,
  logits: [0.4342823326587677, -0.11195608973503113, 0.3774096965789795, -0.10354480892419815],
};

describe('create_vision_model', () => {
  const close = (t: Tensor, expected: readonly number[]) => {
    const own = t.flatten().tolist() as number[];
    expected.forEach((value, i) => expect(own[i]).to.be.closeTo(value, 2e-6));
  };

  it('is fastai’s resnet18 for two classes: parameters, groups, and every draw of the seed', function () {
    this.timeout(30_000);
    torch.manual_seed(42);
    const model = create_vision_model(models.resnet18, 2, { pretrained: false });
    // The draws: resnet18, uniform_ of a picture of 32 x 32, two Linear layers, kaiming_normal_ of both.
    const after = torch.randn(1).item<number>();
    expect(count(model.parameters())).to.equal(11_704_896);
    const groups = model_meta.get(models.resnet18)!.split(model);
    expect(groups.map(count)).to.deep.equal([683_072, 10_493_440, 528_384]);
    expect(groups.map((group) => group.length)).to.deep.equal([30, 30, 6]);
    const [body, head] = model as unknown as [nn.Sequential, nn.Sequential];
    close((body[0] as nn.Conv2d).weight, RECORDED.conv1);
    close((head[4] as nn.Linear).weight, RECORDED.lin1);
    close((head[8] as nn.Linear).weight, RECORDED.lin2);
    expect(after).to.be.closeTo(RECORDED.after, 1e-6);
    const x = torch.linspace(-1, 1, 2 * 3 * 28 * 28).view(2, 3, 28, 28);
    const logits = model.eval()(x) as Tensor;
    (logits.flatten().tolist() as number[]).forEach((value, i) =>
      expect(value).to.be.closeTo(RECORDED.logits[i]!, 1e-4),
    );
  });

  it('takes other channels, heads, cuts, and architectures of one’s own', () => {
    const arch = (options: { pretrained?: boolean } = {}) => {
      seen.push(options);
      return small();
    };
    const seen: object[] = [];
    const model = create_vision_model(arch, 4, { n_in: 1, lin_ftrs: [], pretrained: false });
    expect([...(model.eval()(torch.zeros(2, 1, 9, 9)) as Tensor).shape]).to.deep.equal([2, 4]);
    expect(default_meta.split(model).map((group) => group.length)).to.deep.equal([4, 3]);
    const head = nn.Sequential(nn.Flatten(), nn.Linear(5 * 7 * 7, 3));
    const own = create_vision_model(arch, 3, { custom_head: head, init: null });
    expect([...(own(torch.zeros(2, 3, 9, 9)) as Tensor).shape]).to.deep.equal([2, 3]);
    const weights = { ...small().state_dict() };
    const loaded = create_vision_model(arch, 3, { weights });
    expect(torch.equal(loaded.state_dict()['0.0.weight']!, weights['0.weight']!)).to.equal(true);
    expect(seen).to.deep.equal([{ pretrained: false }, { pretrained: true }, { pretrained: false }]);
    expect(() => create_vision_model(arch, 3, { weight: 1 } as never)).to.throw("unknown option 'weight'");
  });

  it('says which file is missing when trained weights are asked for', () => {
    expect(() => create_vision_model(models.resnet18, 2, { weights: '/no/such.pth' })).to.throw(
      'no such file',
    );
    const home = process.env['TORCH_HOME'];
    process.env['TORCH_HOME'] = '/nowhere';
    try {
      expect(() => create_vision_model(models.resnet18, 2)).to.throw(/resnet18-f37072fd\.pth and put it at/);
    } finally {
      if (home === undefined) delete process.env['TORCH_HOME'];
      else process.env['TORCH_HOME'] = home;
    }
  });
});
