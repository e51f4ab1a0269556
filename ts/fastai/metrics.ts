/** fastai.metrics: https://docs.fast.ai/metrics.html */
import { checkOptions } from '../torch/arguments.js';
import { ArgumentError } from '../torch/errors.js';
import { callable, type Tensor } from '../torch/index.js';
import { functional as F } from '../torch/nn/index.js';
import { AvgLoss } from './learner/metric.js';
import { AccumMetric, ActivationType, skm_to_fastai, type AccumMetricOptions } from './metrics/accum.js';
import * as counted from './metrics/confusion.js';
import * as ranked from './metrics/ranking.js';

export {
  accuracy,
  accuracy_multi,
  error_rate,
  flatten_check,
  foreground_acc,
  mae,
  mse,
  msle,
  top_k_accuracy,
  type MultiOptions,
} from './metrics/basic.js';
export { AccumMetric, ActivationType, skm_to_fastai } from './metrics/accum.js';
export type { AccumFunction, AccumMetricOptions, ScoreFunction, SkmOptions } from './metrics/accum.js';

type Weighted = { axis?: number; sample_weight?: readonly number[] | null };
export type ClassScoreOptions = Omit<counted.ScoreOptions, 'sample_weight'> & Weighted;
const scoreNames = ['axis', 'labels', 'pos_label', 'average', 'sample_weight'];

/** A metric of classes; `axis` is the dimension of the model's output that has them, default -1. */
function metric(op: string, func: Parameters<typeof skm_to_fastai>[0], names: readonly string[]) {
  return (options: object): AccumMetric => {
    checkOptions(op, options, names);
    return skm_to_fastai(func, options as never);
  };
}

/** The F1 score of one class, or with `average` ('macro', 'micro', 'weighted') of all. */
export const F1Score = (options: ClassScoreOptions = {}): AccumMetric =>
  metric('F1Score', counted.f1_score, scoreNames)(options);
export const Precision = (options: ClassScoreOptions = {}): AccumMetric =>
  metric('Precision', counted.precision_score, scoreNames)(options);
export const Recall = (options: ClassScoreOptions = {}): AccumMetric =>
  metric('Recall', counted.recall_score, scoreNames)(options);
export const Jaccard = (options: ClassScoreOptions = {}): AccumMetric =>
  metric('Jaccard', counted.jaccard_score, scoreNames)(options);
/** @param beta how much more recall counts than precision */
export const FBeta = (beta: number, options: ClassScoreOptions = {}): AccumMetric => {
  checkOptions('FBeta', options, scoreNames);
  return skm_to_fastai(counted.fbeta_score, { beta, ...options });
};
export const HammingLoss = (options: Weighted = {}): AccumMetric =>
  metric('HammingLoss', counted.hamming_loss, ['axis', 'sample_weight'])(options);
export const BalancedAccuracy = (options: Weighted & { adjusted?: boolean } = {}): AccumMetric =>
  metric('BalancedAccuracy', counted.balanced_accuracy_score, ['axis', 'sample_weight', 'adjusted'])(options);
export const CohenKappa = (
  options: Weighted & { labels?: readonly number[] | null; weights?: 'linear' | 'quadratic' | null } = {},
): AccumMetric =>
  metric('CohenKappa', counted.cohen_kappa_score, ['axis', 'labels', 'weights', 'sample_weight'])(options);
export const MatthewsCorrCoef = (options: Weighted = {}): AccumMetric =>
  metric('MatthewsCorrCoef', counted.matthews_corrcoef, ['axis', 'sample_weight'])(options);

export type RocAucOptions = ranked.RankOptions & { axis?: number };
const rankNames = ['axis', 'average', 'sample_weight', 'max_fpr', 'multi_class'];
/** The area under the ROC curve, of the softmax over `axis`; each class against all others, or `multi_class: 'ovo'`. */
export function RocAuc(options: RocAucOptions = {}): AccumMetric {
  checkOptions('RocAuc', options, rankNames);
  const { multi_class = 'ovr' } = options;
  if (multi_class === 'raise')
    throw new ArgumentError("RocAuc(): multi_class must be 'ovr' or 'ovo'", 'RocAuc');
  const activation = ActivationType.Softmax;
  return skm_to_fastai(ranked.roc_auc_score, { activation, flatten: false, ...options, multi_class });
}
/** The area under the ROC curve for two classes, of the second one's probability. */
export function RocAucBinary(options: RocAucOptions = {}): AccumMetric {
  checkOptions('RocAucBinary', options, rankNames);
  return skm_to_fastai(ranked.roc_auc_score, { activation: ActivationType.BinarySoftmax, ...options });
}
/** The mean precision over all recalls for two classes, of the second one's probability. */
export function APScoreBinary(options: Weighted & { pos_label?: number } = {}): AccumMetric {
  checkOptions('APScoreBinary', options, ['axis', 'pos_label', 'sample_weight']);
  return skm_to_fastai(ranked.average_precision_score, {
    activation: ActivationType.BinarySoftmax,
    ...options,
  });
}

/** Of items with several labels, such as [N, C] and targets of 0 and 1. */
export type MultiScoreOptions = Omit<counted.ScoreOptions, 'pos_label'> & {
  thresh?: number;
  sigmoid?: boolean;
};
function multi(
  op: string,
  func: Parameters<typeof skm_to_fastai>[0],
  options: MultiScoreOptions,
  more: object = {},
) {
  checkOptions(op, options, ['thresh', 'sigmoid', 'labels', 'average', 'sample_weight']);
  const { thresh = 0.5, sigmoid = true, average = 'macro', ...rest } = options;
  const activation = sigmoid ? ActivationType.Sigmoid : ActivationType.No;
  return skm_to_fastai(func, { thresh, activation, flatten: false, average, ...rest, ...more });
}
export const F1ScoreMulti = (options: MultiScoreOptions = {}): AccumMetric =>
  multi('F1ScoreMulti', counted.f1_score, options);
export const FBetaMulti = (beta: number, options: MultiScoreOptions = {}): AccumMetric =>
  multi('FBetaMulti', counted.fbeta_score, options, { beta });
export const PrecisionMulti = (options: MultiScoreOptions = {}): AccumMetric =>
  multi('PrecisionMulti', counted.precision_score, options);
export const RecallMulti = (options: MultiScoreOptions = {}): AccumMetric =>
  multi('RecallMulti', counted.recall_score, options);
export const JaccardMulti = (options: MultiScoreOptions = {}): AccumMetric =>
  multi('JaccardMulti', counted.jaccard_score, options);
export const HammingLossMulti = (options: Omit<MultiScoreOptions, 'average'> = {}): AccumMetric =>
  multi('HammingLossMulti', counted.hamming_loss, options);

function _rmse(inp: Tensor, targ: Tensor): Tensor {
  return F.mse_loss(inp, targ).sqrt();
}
function _exp_rmspe(inp: Tensor, targ: Tensor): Tensor {
  const [a, b] = [inp.exp(), targ.exp()];
  return b.sub(a).div(b).pow(2).mean().sqrt();
}
/** The root of the mean squared error of all predictions. Its column is called _rmse, as in fastai. */
export const rmse: AccumMetric = new AccumMetric(_rmse);
/** The root of the mean squared relative error of the exponentials. */
export const exp_rmspe: AccumMetric = new AccumMetric(_exp_rmspe);

type Real = { sample_weight?: readonly number[] | null };
export const R2Score = (options: Real = {}): AccumMetric => {
  checkOptions('R2Score', options, ['sample_weight']);
  return skm_to_fastai(ranked.r2_score, { is_class: false, ...options });
};
export const ExplainedVariance = (options: Real = {}): AccumMetric => {
  checkOptions('ExplainedVariance', options, ['sample_weight']);
  return skm_to_fastai(ranked.explained_variance_score, { is_class: false, ...options });
};
type Correlation = Pick<AccumMetricOptions, 'dim_argmax' | 'activation' | 'thresh'>;
export const PearsonCorrCoef = (options: Correlation = {}): AccumMetric =>
  new AccumMetric(ranked.pearsonr, { ...options, to_np: true });
export const SpearmanCorrCoef = (options: Correlation = {}): AccumMetric =>
  new AccumMetric(ranked.spearmanr, { ...options, to_np: true });

class PerplexityClass extends AvgLoss {
  /** The exponential of the mean loss. */
  override get value(): number | null {
    const mean = super.value;
    return mean === null ? null : Math.exp(mean);
  }
  override get name(): string {
    return 'perplexity';
  }
}
export const Perplexity = callable(PerplexityClass);
export type Perplexity = PerplexityClass;
