/** How the functions of nn.functional take their arguments; what they compute is in test/parity. */
import { expect } from 'chai';
import * as torch from '../../../../ts/torch/index.js';
import { ArgumentError, ValueError, nn, type Tensor } from '../../../../ts/torch/index.js';

const F = nn.functional;

describe('torch/nn/functional: arguments', () => {
  const x = torch.tensor([[1, -2, 3, 0.5]]);
  const y = torch.tensor([[0, 1, 2, -0.5]]);
  const target = torch.tensor([2n]);

  it('come by position, by name, or both', () => {
    const expected = F.cross_entropy(x, target, { label_smoothing: 0.1, reduction: 'sum' }).item();
    const all = { input: x, target, label_smoothing: 0.1, reduction: 'sum' };
    // @ts-expect-error required arguments by name are for those who translate Python calls
    expect(F.cross_entropy(all).item()).to.equal(expected);
    expect(F.cross_entropy(x, target, null, { label_smoothing: 0.1, reduction: 'sum' }).item()).to.equal(
      expected,
    );
    expect(F.dropout(x, 0, true).equal(x)).to.equal(true);
    expect(F.dropout(x, { p: 0 }).equal(x)).to.equal(true);
    expect(F.max_pool1d(x, 2, { stride: null }).tolist()).to.deep.equal([[1, 3]]);
  });

  it('are refused when unknown, given twice, missing or no tensor', () => {
    // What the types refuse as well.
    const loose = F as unknown as Record<string, (...args: unknown[]) => unknown>;
    const refused = (name: string, args: unknown[], message: string): void => {
      expect(() => loose[name]!(...args)).to.throw(ArgumentError, message);
    };
    refused(
      'cross_entropy',
      [x, target, { reducton: 'sum' }],
      "unknown option 'reducton'; the nearest known ones are 'reduction'",
    );
    refused('dropout', [x, 0.5, { p: 0.5 }], "argument 'p' is given twice");
    refused('mse_loss', [x], "mse_loss(): missing 1 required argument: 'target'");
    refused('mse_loss', [[1, 2], y], "mse_loss(): argument 'input' (position 1) must be Tensor, not a list");
    refused(
      'embedding',
      [target, null],
      "embedding(): argument 'weight' (position 2) must be Tensor, not null",
    );
    refused(
      'grid_sample',
      [x, y, 'nearest', 'zeros', true, 1],
      'takes 5 positional arguments but 6 were given',
    );
    // @ts-expect-error no such option
    expect(() => F.dropout(x, { q: 1 })).to.throw(ArgumentError);
    // @ts-expect-error no target
    expect(() => F.mse_loss(x)).to.throw(ArgumentError);
    // @ts-expect-error a word that no mode is
    expect(() => F.interpolate(x, 3, { mode: 'cubic' })).to.throw(/cubic/);
  });

  it('reductions are words or their numbers', () => {
    expect(F.mse_loss(x, y, { reduction: 2 }).item()).to.equal(F.mse_loss(x, y, { reduction: 'sum' }).item());
    // @ts-expect-error no such reduction
    expect(() => F.mse_loss(x, y, { reduction: 'median' })).to.throw(
      ValueError,
      'median is not a valid value for reduction',
    );
  });

  it('a disposed tensor is an error, not a crash', () => {
    const gone = torch.ones([2, 4]);
    gone.dispose();
    for (const call of [
      (): unknown => F.mse_loss(gone, y),
      (): unknown => F.cross_entropy(gone, target),
      (): unknown => F.batch_norm(gone, null, null, { training: true }),
      (): unknown => F.dropout2d(gone),
      (): unknown => F.interpolate(gone, 3),
      (): unknown => F.normalize(gone),
    ])
      expect(call).to.throw(/disposed/);
  });

  it('in place means the same object', () => {
    const z = torch.ones([2, 3, 2, 2, 2]);
    expect(F.dropout(z, { inplace: true })).to.equal(z);
    expect(F.dropout3d(z, { inplace: true })).to.equal(z);
    expect(F.alpha_dropout(z, 0.5, true, true)).to.equal(z);
    const flat = torch.ones([4, 3]);
    expect(F.dropout1d(flat, { inplace: true }).data_ptr()).to.equal(flat.data_ptr());
    expect([...flat.shape]).to.deep.equal([4, 3]);
  });

  it('triplet_margin_with_distance_loss takes any distance', () => {
    const distance = (a: Tensor, b: Tensor): Tensor => a.sub(b).abs().sum(-1);
    const options = { distance_function: distance, margin: 2, reduction: 'none' as const };
    const [a, p, n] = [torch.tensor([[1, 2]]), torch.tensor([[2, 4]]), torch.tensor([[1, 3]])];
    // |1-2| + |2-4| = 3 and |2-3| = 1.
    expect(F.triplet_margin_with_distance_loss(a, p, n, options).tolist()).to.deep.equal([4]);
    const module = nn.TripletMarginWithDistanceLoss(options);
    expect(module(a, p, n).tolist()).to.deep.equal([4]);
    // From n to p it is 2, more than from n to a.
    expect(F.triplet_margin_with_distance_loss(a, p, n, { ...options, swap: true }).tolist()).to.deep.equal([
      4,
    ]);
  });

  it('scaled_mm multiplies by the scales', () => {
    torch.manual_seed(0);
    const a = torch.randn([16, 32]).to(torch.float8_e4m3fn);
    const b = torch.randn([16, 32]).to(torch.float8_e4m3fn).t();
    const { TensorWise } = F.ScalingType;
    const scaled = F.scaled_mm(a, b, torch.tensor(2), TensorWise, torch.tensor(0.25), [TensorWise], {
      output_dtype: torch.float32,
    });
    const expected = a.float().matmul(b.float()).mul(0.5);
    expect(torch.allclose(scaled, expected, 1e-5, 1e-5)).to.equal(true);
    const half = F.scaled_mm(a, b, torch.tensor(2), TensorWise, torch.tensor(0.25), TensorWise);
    expect(half.dtype).to.equal(torch.bfloat16);
  });
});
