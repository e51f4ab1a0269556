/** Metrics against their definitions counted item by item, over batches of different sizes. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import * as metrics from '../../ts/fastai/metrics.js';
import { mk_metric } from '../../ts/fastai/learner/metric.js';
import { growth } from '../support/live.js';

interface Recorded {
  data: Record<'y' | 'p' | 'yb' | 'pb' | 'sb' | 'w' | 'real_y' | 'real_p', number[]> &
    Record<'scores' | 'multi_y' | 'multi_p', number[][]>;
  [name: string]: any;
}
const recorded = JSON.parse(
  readFileSync(new URL('./fixtures/metrics.json', import.meta.url), 'utf8'),
) as Recorded;
const { data } = recorded;

/** What a metric says after batches of 6, 5 and the rest. */
function over(
  metric: { reset(): void; accumulate(learn: any): void; value: any },
  preds: torch.Tensor,
  targs: torch.Tensor,
): number {
  metric.reset();
  for (const part of [':5', '5:6', '6:'] as const)
    torch.tidy(() => {
      const [pred, y] = [preds.at(part), targs.at(part)];
      metric.accumulate({ pred, y, yb: [y], loss: null });
    });
  return Number(metric.value);
}
const ints = (list: number[] | number[][]): torch.Tensor => torch.tensor(list).to(torch.int64);
/** Logits that say these classes. */
const logits = (classes: number[], count: number): torch.Tensor =>
  torch.nn.functional.one_hot(ints(classes), count).float().mul(2).sub(0.5);
const near = (actual: number, expected: number, name = ''): void => {
  expect(actual, name).to.be.closeTo(expected, 1e-6 * Math.max(1, Math.abs(expected)));
};

describe('fastai metrics', () => {
  it('of two classes', () => {
    const [x, y] = [logits(data.pb, 2), ints(data.yb)];
    const all = {
      F1Score: 'f1_score',
      Precision: 'precision_score',
      Recall: 'recall_score',
      Jaccard: 'jaccard_score',
    } as const;
    for (const [name, score] of Object.entries(all)) {
      const make = metrics[name as keyof typeof all];
      near(over(make(), x, y), recorded['binary'][score], name);
      near(over(make({ pos_label: 0 }), x, y), recorded['binary_pos_0'][score], name);
      expect(make().name).to.equal(score);
    }
    near(over(metrics.FBeta(2), x, y), recorded['binary'].fbeta_score);
    near(over(metrics.MatthewsCorrCoef(), x, y), recorded['matthews_binary']);
  });

  it('of several classes, with averages, weights and labels', () => {
    const [x, y] = [logits(data.p, 3), ints(data.y)];
    const makers: Record<string, (options: object) => metrics.AccumMetric> = {
      precision_score: metrics.Precision,
      recall_score: metrics.Recall,
      jaccard_score: metrics.Jaccard,
      fbeta_score: (options) => metrics.FBeta(2, options),
    };
    for (const [name, make] of Object.entries(makers)) {
      for (const average of ['macro', 'weighted'] as const) {
        near(over(make({ average }), x, y), recorded['three'][name][average], name);
        near(
          over(make({ average, sample_weight: data.w }), x, y),
          recorded['three_weights'][name][average],
          name,
        );
        near(
          over(make({ average, labels: [1, 2] }), x, y),
          recorded['three_labels_1_2'][name][average],
          name,
        );
      }
      near(over(make({ average: 'micro' }), x, y), recorded['three_micro'][name], name);
    }
    near(over(metrics.BalancedAccuracy(), x, y), recorded['balanced']);
    near(over(metrics.BalancedAccuracy({ adjusted: true }), x, y), recorded['balanced_adjusted']);
    near(over(metrics.HammingLoss(), x, y), recorded['hamming']);
    near(over(metrics.MatthewsCorrCoef(), x, y), recorded['matthews']);
    const [plain, linear, quadratic] = recorded['kappa'] as [number, number, number];
    near(over(metrics.CohenKappa(), x, y), plain);
    near(over(metrics.CohenKappa({ weights: 'linear' }), x, y), linear);
    near(over(metrics.CohenKappa({ weights: 'quadratic' }), x, y), quadratic);
    expect(() => over(metrics.F1Score(), x, y)).to.throw(torch.ValueError, "average is 'binary'");
    expect(() => over(metrics.F1Score({ average: null }), x, y)).to.throw(torch.ArgumentError);
    expect(() => over(metrics.F1Score({ sample_weight: [1] }), x, y)).to.throw(
      torch.ValueError,
      '1 numbers for 12',
    );
    expect(() => over(metrics.F1Score({ pos_label: 7 }), logits(data.pb, 2), ints(data.yb))).to.throw(
      torch.ValueError,
      'pos_label=7',
    );
  });

  it('of several labels', () => {
    const x = torch.tensor(data.multi_p).mul(2).sub(1);
    const y = torch.tensor(data.multi_y);
    const makers: Record<string, (options: object) => metrics.AccumMetric> = {
      precision_score: metrics.PrecisionMulti,
      recall_score: metrics.RecallMulti,
      jaccard_score: metrics.JaccardMulti,
      fbeta_score: (options) => metrics.FBetaMulti(2, options),
    };
    for (const [name, make] of Object.entries(makers)) {
      near(over(make({}), x, y), recorded['multi_macro'][name], name);
      near(over(make({ average: 'micro' }), x, y), recorded['multi_micro'][name], name);
      near(
        over(make({ average: 'samples', sigmoid: false, thresh: 0.1 }), x, y),
        recorded['multi_samples'][name],
        name,
      );
    }
    near(over(metrics.HammingLossMulti(), x, y), recorded['hamming_multi']);
    near(Number(metrics.accuracy_multi(x, y).item()), 1 - recorded['hamming_multi']);
    near(Number(metrics.accuracy_multi(x, y, 0.9, false).item()), 1 - recorded['hamming_multi']);
    near(
      Number(metrics.accuracy_multi(x, y, { thresh: 0.9 }).item()),
      1 - data.multi_y.flat().filter(Boolean).length / 15,
    );
  });

  it('of scores', () => {
    const y = ints(data.yb);
    // Softmax over [0, s] gives back a sigmoid: scores in the same order.
    const x = torch.stack([torch.zeros([10]), torch.tensor(data.sb)], 1);
    near(over(metrics.RocAucBinary(), x, y), recorded['auc']);
    near(over(metrics.RocAucBinary({ sample_weight: data.w.slice(0, 10) }), x, y), recorded['auc_weights']);
    near(over(metrics.RocAucBinary({ max_fpr: 0.4 }), x, y), recorded['auc_partial']);
    near(over(metrics.APScoreBinary(), x, y), recorded['average_precision']);
    const three = torch.tensor(data.scores).log();
    near(over(metrics.RocAuc(), three, ints(data.y)), recorded['auc_ovr']);
    near(over(metrics.RocAuc({ average: 'weighted' }), three, ints(data.y)), recorded['auc_ovr_weighted']);
    near(over(metrics.RocAuc({ multi_class: 'ovo' }), three, ints(data.y)), recorded['auc_ovo']);
    near(
      over(metrics.RocAuc({ multi_class: 'ovo', average: 'weighted' }), three, ints(data.y)),
      recorded['auc_ovo_weighted'],
    );
    near(over(metrics.RocAuc(), x, y), recorded['auc']);
    expect(over(metrics.RocAucBinary(), x, torch.zeros([10]))).to.be.NaN;
    expect(() => metrics.RocAuc({ multi_class: 'raise' })).to.throw(torch.ArgumentError);
    expect(() => over(metrics.RocAucBinary({ max_fpr: 2 }), x, y)).to.throw(torch.ValueError, 'max_fpr');
  });

  it('of real numbers', () => {
    const [p, y] = [torch.tensor(data.real_p).unsqueeze(1), torch.tensor(data.real_y)];
    near(over(metrics.R2Score(), p, y), recorded['r2']);
    near(over(metrics.R2Score({ sample_weight: data.w.slice(0, 6) }), p, y), recorded['r2_weights']);
    near(over(metrics.ExplainedVariance(), p, y), recorded['explained']);
    near(over(metrics.PearsonCorrCoef(), p, y), recorded['pearson']);
    near(over(metrics.SpearmanCorrCoef(), p, y), recorded['spearman']);
    near(over(metrics.rmse, p, y), recorded['rmse']);
    near(over(metrics.exp_rmspe, p, y), recorded['exp_rmspe']);
    for (const name of ['mse', 'mae', 'msle'] as const)
      near(Number(metrics[name](p, y).item()), recorded[name], name);
    expect(metrics.rmse.name).to.equal('_rmse');
    expect(Number(metrics.rmse(p, y))).to.be.closeTo(recorded['rmse'], 1e-6);
    expect(over(metrics.R2Score(), torch.ones([3]), torch.ones([3]))).to.equal(1);
  });

  it('accuracy and its relatives', () => {
    const x = torch.tensor([
      [0.1, 0.7, 0.2],
      [0.5, 0.2, 0.3],
      [0.2, 0.3, 0.5],
      [0.4, 0.35, 0.25],
    ]);
    const y = ints([1, 0, 1, 2]);
    expect(metrics.accuracy(x, y).item()).to.equal(0.5);
    expect(metrics.accuracy(x.t(), y.unsqueeze(1), 0).item()).to.equal(0.5);
    expect(metrics.accuracy(x.t(), y, { axis: 0 }).item()).to.equal(0.5);
    expect(metrics.error_rate(x, y).item()).to.equal(0.5);
    expect(metrics.top_k_accuracy(x, y, 2).item()).to.equal(0.75);
    expect(metrics.top_k_accuracy(x, y, { k: 3 }).item()).to.equal(1);
    expect(() => metrics.accuracy(x, y.at(':3'))).to.throw(torch.ValueError, '[4] and [3]');
    const image = torch.stack([torch.zeros([1, 2, 2]), torch.ones([1, 2, 2])], 1);
    const mask = ints(
      [
        [0, 1],
        [1, 0],
      ].flat(),
    ).reshape([1, 1, 2, 2]);
    expect(metrics.foreground_acc(image, mask).item()).to.equal(1);
    expect(metrics.foreground_acc(image, mask, { bkg_idx: 1 }).item()).to.equal(0);
  });

  it('AccumMetric hands over what it was told to', () => {
    const seen: unknown[] = [];
    const func = function mine(a: unknown, b: unknown, options: unknown): number {
      seen.push([
        a instanceof torch.Tensor ? a.tolist() : a,
        b instanceof torch.Tensor ? b.tolist() : b,
        options,
      ]);
      return 3;
    };
    const x = torch.tensor([
      [1, 2],
      [4, 3],
    ]);
    const y = torch.tensor([5, 6]);
    over(metrics.AccumMetric(func, { dim_argmax: -1, invert_arg: true, extra: 1 }), x, y);
    over(metrics.AccumMetric(func, { to_np: true, flatten: false, thresh: 3 }), x, y);
    expect(seen).to.deep.equal([
      [[5, 6], [1, 0], { extra: 1 }],
      [
        [
          [false, false],
          [true, true],
        ],
        [5, 6],
        {},
      ],
    ]);
    const metric = metrics.AccumMetric(func);
    expect(metric.name).to.equal('mine');
    expect(mk_metric(metric)).to.equal(metric);
    expect(metric.value).to.equal(null);
    expect(() => over(metric, x, y)).to.throw(torch.ValueError, 'differ in the number');
    expect(() => metrics.AccumMetric(3 as never)).to.throw(torch.ArgumentError);
    expect(() => metrics.F1Score({ axs: 1 } as never)).to.throw(torch.ArgumentError, "unknown option 'axs'");
  });

  it('keep nothing once they are reset', () => {
    const metric = metrics.rmse;
    const grown = growth(() => {
      over(metric, torch.randn([12, 1]), torch.randn([12]));
      metric.reset();
    });
    expect(grown).to.be.at.most(0);
  });

  it('Perplexity is the exponential of the mean loss', () => {
    const metric = metrics.Perplexity();
    metric.reset();
    expect(metric.value).to.equal(null);
    for (const [loss, size] of [
      [0.5, 3],
      [1.5, 1],
    ] as const)
      metric.accumulate({ loss: torch.tensor(loss), yb: [torch.zeros([size])] } as never);
    expect(metric.value).to.be.closeTo(Math.exp(0.75), 1e-6);
    expect(metric.name).to.equal('perplexity');
  });
});
