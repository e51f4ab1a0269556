/** fastai's losses against their definitions worked out in Python, and how their predictions are read. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import * as losses from '../../ts/fastai/losses.js';
import { difference, numbers } from '../torch/optim/record.js';

const { nn } = torch;
interface Case {
  name: keyof typeof losses;
  input: number[];
  shape: number[];
  target: number[];
  target_shape: number[];
  kind: 'classes' | 'hot' | 'real';
  options: Record<string, unknown>;
  loss: number[];
  grad: number[];
}
const cases = JSON.parse(readFileSync(new URL('./fixtures/losses.json', import.meta.url), 'utf8')) as Case[];

const isWeights = (value: unknown): value is number[] => Array.isArray(value);
const make = (one: Case): torch.nn.AnyModule & { reduction: string } => {
  const options = Object.entries(one.options).map(([name, value]) => [
    name,
    isWeights(value) ? torch.tensor(value) : value,
  ]);
  return (losses[one.name] as any)(Object.fromEntries(options));
};
const inputs = (one: Case, dtype = torch.int64): [torch.Tensor, torch.Tensor] => {
  const y = torch.tensor(one.target).reshape(one.target_shape);
  return [torch.tensor(one.input).reshape(one.shape).requires_grad_(), one.kind === 'real' ? y : y.to(dtype)];
};

describe('fastai losses', () => {
  for (const one of cases)
    it(`${one.name} ${JSON.stringify(one.options)} of [${one.shape.join(', ')}]`, () => {
      const [x, y] = inputs(one);
      const loss = make(one)(x, y) as torch.Tensor;
      expect(difference(numbers(loss), one.loss)).to.be.below(2e-5);
      loss
        .mul(torch.arange(1, loss.numel() + 1).reshape(loss.shape))
        .sum()
        .backward();
      expect(torch.allclose(x.grad!.flatten(), torch.tensor(one.grad), 1e-4, 1e-6)).to.equal(true);
    });

  it('take integers of any size as targets, and booleans where they count as numbers', () => {
    for (const one of cases.filter(({ kind }) => kind !== 'real')) {
      const [x, y] = inputs(one, torch.int32);
      expect(numbers(make(one)(x, y)), one.name).to.satisfy((n: number[]) => difference(n, one.loss) < 2e-5);
    }
    const [hot] = cases.filter(({ name }) => name === 'BCEWithLogitsLossFlat') as [Case];
    expect(difference(numbers(make(hot)(...inputs(hot, torch.bool))), hot.loss)).to.be.below(2e-5);
  });

  it('read predictions', () => {
    const x = torch
      .tensor([
        [1, 3],
        [5, 2],
      ])
      .t();
    for (const type of [losses.CrossEntropyLossFlat, losses.FocalLossFlat]) {
      const loss = type({ axis: 0 });
      expect(torch.allclose(loss.activation(x).sum(0), torch.ones([2]))).to.equal(true);
      expect(loss.decodes(x).tolist()).to.deep.equal([1, 0]);
    }
    for (const loss of [losses.LabelSmoothingCrossEntropy(), losses.LabelSmoothingCrossEntropyFlat()]) {
      expect(loss.decodes(x).tolist()).to.deep.equal(
        [0, 1].map((_, i) => Number(x.at(i, 1).item() > x.at(i, 0).item())),
      );
      expect(torch.allclose(loss.activation(x).sum(-1), torch.ones([2]))).to.equal(true);
      expect(loss.y_int).to.equal(true);
    }
    const bce = losses.BCEWithLogitsLossFlat({ thresh: 0.9 });
    expect(bce.decodes(bce.activation(torch.tensor([0, 3]))).tolist()).to.deep.equal([false, true]);
    expect(losses.MSELossFlat().activation(x)).to.equal(x);
    expect(losses.MSELossFlat().decodes(x)).to.equal(x);
    expect(torch.allclose(losses.DiceLoss().activation(x).sum(1), torch.ones([2]))).to.equal(true);
  });

  it('print, change their reduction and move their weights', () => {
    const loss = losses.CrossEntropyLossFlat({ weight: torch.tensor([1, 2]) });
    expect(String(loss)).to.equal('FlattenedLoss of CrossEntropyLoss()');
    expect(String(losses.L1LossFlat())).to.equal('FlattenedLoss of L1Loss()');
    expect(loss.reduction).to.equal('mean');
    loss.reduction = 'none';
    expect(loss(torch.zeros([3, 2]), torch.tensor([0n, 1n, 1n])).shape).to.deep.equal([3]);
    expect(loss.to(torch.float64).func).to.have.property('weight').with.property('dtype', torch.float64);
    expect(loss.parameters()).to.deep.equal([]);
  });

  it('say what is wrong', () => {
    expect(() => losses.CrossEntropyLossFlat({ wieght: null } as never)).to.throw(
      /unknown option 'wieght'.*'weight'/,
    );
    expect(() => losses.FocalLossFlat({ gama: 1 } as never)).to.throw(/unknown option 'gama'/);
    expect(() => losses.BCEWithLogitsLossFlat({ pos_weight: torch.ones([2]), flatten: true })).to.throw(
      torch.ValueError,
      'flatten must be false',
    );
    expect(() => losses.DiceLoss()(torch.zeros([2, 3, 4]), torch.zeros([2, 3, 4]))).to.throw(
      torch.ValueError,
    );
    expect(() => losses.CrossEntropyLossFlat()(torch.zeros([2, 3]), torch.tensor([1n]))).to.throw(
      torch.TorchError,
    );
    expect(
      losses
        .BaseLoss(nn.SmoothL1Loss, { is_2d: false, beta: 0.5 })(torch.ones([2, 1]), torch.zeros([2]))
        .item(),
    ).to.equal(0.75);
  });
});
