/** https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html */
import { TorchError, ValueError } from '../../errors.js';
import { argmax, cat } from '../../generated/functions.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read, type Forms } from '../functional/arguments.js';
import { callable } from './callable.js';
import { Linear, type FactoryOptions } from './linear.js';
import { Module } from './module.js';
import { ModuleList } from './module_list.js';
import { Sequential } from './sequential.js';

export interface AdaptiveLogSoftmaxOptions extends FactoryOptions {
  /** By how much smaller each cluster's space is than the one before; default: 4. */
  div_value?: number;
  /** Whether the head has a bias; default: false. */
  head_bias?: boolean;
}
interface Given extends AdaptiveLogSoftmaxOptions {
  in_features: number;
  n_classes: number;
  cutoffs: readonly number[];
}
/** The log-probabilities of the targets, and the mean of their negatives: by place and by name. */
export type AdaptiveOutput = [output: Tensor, loss: Tensor] & { output: Tensor; loss: Tensor };

function checkCutoffs(cutoffs: readonly number[], n_classes: number): void {
  if (cutoffs.length === 0)
    throw new ValueError(
      'cutoffs should be a sequence of length larger than 0',
      'AdaptiveLogSoftmaxWithLoss',
    );
  const fine = cutoffs.every(
    (cutoff, i) =>
      Number.isInteger(cutoff) && cutoff > 0 && cutoff <= n_classes - 1 && cutoff > (cutoffs[i - 1] ?? 0),
  );
  if (!fine)
    throw new ValueError(
      'cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is ' +
        'between 1 and n_classes-1',
      'AdaptiveLogSoftmaxWithLoss',
    );
}

class AdaptiveLogSoftmaxWithLossClass extends Module {
  in_features: number;
  n_classes: number;
  cutoffs: readonly number[];
  div_value: number;
  head_bias: boolean;
  shortlist_size: number;
  n_clusters: number;
  head_size: number;
  head: Linear;
  tail: ModuleList;

  /**
   * An approximation of softmax for many classes, ordered by frequency: the first `cutoffs[0]` are looked at always, the
   * clusters between the cutoffs only where they are needed.
   * @throws {ValueError} cutoffs that do not increase between 1 and n_classes - 1
   */
  constructor(
    ...args:
      | [
          in_features: number,
          n_classes: number,
          cutoffs: readonly number[],
          ...rest: Forms<[div_value: number, head_bias: boolean], AdaptiveLogSoftmaxOptions>,
        ]
      | [options: Given]
  ) {
    super();
    const names = ['in_features', 'n_classes', 'cutoffs', 'div_value', 'head_bias', 'device', 'dtype'];
    const given = read<Given>('AdaptiveLogSoftmaxWithLoss', names, args, 0, 3);
    const { in_features, n_classes, cutoffs, div_value = 4, head_bias = false } = given;
    const { device = null, dtype = null } = given;
    checkCutoffs(cutoffs, n_classes);
    this.in_features = in_features;
    this.n_classes = n_classes;
    this.cutoffs = [...cutoffs, n_classes];
    this.div_value = div_value;
    this.head_bias = head_bias;
    this.shortlist_size = cutoffs[0]!;
    this.n_clusters = cutoffs.length;
    this.head_size = this.shortlist_size + this.n_clusters;
    this.head = new Linear(in_features, this.head_size, { bias: head_bias, device, dtype });
    this.tail = new ModuleList();
    for (let i = 0; i < this.n_clusters; ++i) {
      const hidden = Math.floor(in_features / div_value ** (i + 1));
      const size = this.cutoffs[i + 1]! - this.cutoffs[i]!;
      const options = { bias: false, device, dtype };
      this.tail.append(
        new Sequential(new Linear(in_features, hidden, options), new Linear(hidden, size, options)),
      );
    }
  }
  reset_parameters(): void {
    this.head.reset_parameters();
    for (const cluster of this.tail)
      for (const layer of cluster as unknown as Sequential) (layer as unknown as Linear).reset_parameters();
  }
  /**
   * @param input (N, in_features) or (in_features)
   * @param target classes (N) or ()
   * @throws {TorchError} shapes that do not fit, or a target that is no class
   */
  forward(input: Tensor, target: Tensor): AdaptiveOutput {
    const batched = checkShapes(input, target);
    const x = batched ? input : input.unsqueeze(0);
    const classes = batched ? target : target.unsqueeze(0);
    // Without a scope of its own: hooks of the layers in here may keep what they see.
    const found = logProbsOfTargets(this, x, classes);
    const output = batched ? found : found.squeeze(0);
    const loss = found.neg().mean();
    return Object.assign([output, loss] as [Tensor, Tensor], { output, loss });
  }
  /** Log-probabilities (N, n_classes) of all classes for (N, in_features). */
  log_prob(input: Tensor): Tensor {
    return allLogProbs(this, input, this.head(input));
  }
  /** The most probable class (N) of each row of (N, in_features). */
  predict(input: Tensor): Tensor {
    const head = this.head(input);
    const best = argmax(head, 1);
    const rest = best.ge(this.shortlist_size);
    const rows = rest.nonzero().reshape([-1]);
    if (rows.numel() === 0) return best;
    const all = allLogProbs(this, input.index_select(0, rows), head.index_select(0, rows));
    return best.index_copy(0, rows, argmax(all, 1));
  }
}
function checkShapes(input: Tensor, target: Tensor): boolean {
  const fail = (text: string): never => {
    throw new TorchError(text, 'AdaptiveLogSoftmaxWithLoss');
  };
  if (target.ndim > 1) fail('0D or 1D target tensor expected, multi-target not supported');
  if (target.ndim === 1 && input.size(0) !== target.size(0))
    fail('Input and target should have the same size in the batch dimension.');
  if (input.ndim !== target.ndim + 1)
    fail(
      `${target.ndim}D target tensor expects ${target.ndim + 1}D input tensors, but found inputs with size ${String(input.shape)}`,
    );
  return target.ndim === 1;
}

/** Log-probabilities (N) of the classes. */
function logProbsOfTargets(layer: AdaptiveLogSoftmaxWithLossClass, input: Tensor, target: Tensor): Tensor {
  const size = target.size(0);
  const output = input.new_zeros([size]);
  const places = target.new_empty([size]);
  let used = 0;
  [0, ...layer.cutoffs.slice(0, -1)].forEach((low, i) => {
    const mask = target.ge(low).logical_and(target.lt(layer.cutoffs[i]!));
    const rows = mask.nonzero().reshape([-1]);
    if (rows.numel() === 0) return;
    used += rows.numel();
    const own = target.index_select(0, rows);
    if (i === 0) {
      places.index_copy_(0, rows, own);
      return;
    }
    const cluster = layer.tail.at(i - 1)(input.index_select(0, rows)) as Tensor;
    places.index_fill_(0, rows, layer.shortlist_size + i - 1);
    const logs = cluster.log_softmax(1).gather(1, own.sub(low).unsqueeze(1));
    output.index_copy_(0, rows, logs.squeeze(1));
  });
  if (used !== size)
    throw new TorchError(
      `Target values should be in [0, ${layer.n_classes - 1}], but values in range ` +
        `[${String(target.min().item())}, ${String(target.max().item())}] were found. `,
      'AdaptiveLogSoftmaxWithLoss',
    );
  const head = layer.head(input).log_softmax(1);
  return output.add(head.gather(1, places.unsqueeze(1)).squeeze(1));
}

function allLogProbs(layer: AdaptiveLogSoftmaxWithLossClass, input: Tensor, head: Tensor): Tensor {
  const logs = F.log_softmax(head, 1);
  const parts = [logs.narrow(1, 0, layer.shortlist_size)];
  for (let i = 0; i < layer.n_clusters; ++i) {
    const cluster = layer.tail.at(i)(input) as Tensor;
    parts.push(cluster.log_softmax(1).add(logs.narrow(1, layer.shortlist_size + i, 1)));
  }
  return cat(parts, 1);
}

export const AdaptiveLogSoftmaxWithLoss = callable(AdaptiveLogSoftmaxWithLossClass);
export type AdaptiveLogSoftmaxWithLoss = AdaptiveLogSoftmaxWithLossClass;
