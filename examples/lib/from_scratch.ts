/**
 * Chapter 4 of fastbook with torch-level code only: the data as tensors, a model as a function, its loss, and the
 * seven steps of training written out. The names are the book's.
 */
import type { Path } from 'libtorch-node/fastai';
import { readImages } from 'libtorch-node/fastai';
import * as torch from 'libtorch-node';
import type { Tensor } from 'libtorch-node';

export type Model = (xb: Tensor) => Tensor;

/** Pictures as rows of 784 numbers from 0 to 1, and a column of labels: 1 for a three, 0 for a seven. */
export interface Items {
  x: Tensor;
  y: Tensor;
}

export interface Digits {
  stacked_threes: Tensor;
  stacked_sevens: Tensor;
  valid_3_tens: Tensor;
  valid_7_tens: Tensor;
}

/** Reads and stacks the pictures of a folder like MNIST_SAMPLE, sorted by file name, as [N, 28, 28] from 0 to 1. */
export function stackDigits(path: Path): Digits {
  const stack = (part: string, digit: string) =>
    readImages(path.joinpath(part, digit).ls().sorted()).squeeze(1).float().div(255);
  return {
    stacked_threes: stack('train', '3'),
    stacked_sevens: stack('train', '7'),
    valid_3_tens: stack('valid', '3'),
    valid_7_tens: stack('valid', '7'),
  };
}

/** Threes first, then sevens. */
export function makeItems(threes: Tensor, sevens: Tensor): Items {
  const x = torch.cat([threes, sevens]).view(-1, 28 * 28);
  const y = torch.cat([torch.ones([threes.length]), torch.zeros([sevens.length])]).unsqueeze(1);
  return { x, y };
}

/** The share of threes and of sevens that are nearer to their own mean picture than to the other. */
export function pixelSimilarity(digits: Digits): { threes: number; sevens: number; mean: number } {
  return torch.tidy(() => {
    const mean3 = digits.stacked_threes.mean(0);
    const mean7 = digits.stacked_sevens.mean(0);
    const mnist_distance = (a: Tensor, b: Tensor) => a.sub(b).abs().mean([-1, -2]);
    const is_3 = (x: Tensor) => mnist_distance(x, mean3).lt(mnist_distance(x, mean7));
    const accuracy_3s = is_3(digits.valid_3_tens).float().mean();
    const accuracy_7s = torch.rsub(is_3(digits.valid_7_tens).float(), 1).mean();
    const mean = accuracy_3s.add(accuracy_7s).div(2);
    return { threes: accuracy_3s.item(), sevens: accuracy_7s.item(), mean: mean.item() };
  });
}

export function init_params(size: number | number[], std = 1.0): Tensor {
  return torch
    .randn(typeof size === 'number' ? [size] : size)
    .mul(std)
    .requires_grad_();
}

export function linear1(weights: Tensor, bias: Tensor): Model {
  return (xb) => xb.matmul(weights).add(bias);
}

export function simple_net(w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor): Model {
  const zero = torch.tensor(0.0);
  return (xb) => xb.matmul(w1).add(b1).max(zero).matmul(w2).add(b2);
}

/** How far the predictions are from 1 where the target is 1, and from 0 where it is 0. */
export function mnist_loss(predictions: Tensor, targets: Tensor): Tensor {
  const p = predictions.sigmoid();
  return torch.where(targets.eq(1), torch.rsub(p, 1), p).mean();
}

export type Batch = readonly [xb: Tensor, yb: Tensor];

/** The items in order, `batch_size` at a time, as views of them; the last batch has what is left. */
export function batches({ x, y }: Items, batch_size = 256): Batch[] {
  return Array.from({ length: Math.ceil(x.length / batch_size) }, (_, i) => {
    const rows = `${i * batch_size}:${(i + 1) * batch_size}` as const;
    return [x.at(rows), y.at(rows)] as const;
  });
}

export function calc_grad(xb: Tensor, yb: Tensor, model: Model): Tensor {
  const loss = mnist_loss(model(xb), yb);
  loss.backward();
  return loss;
}

/** One pass over the batches: predict, measure, find the gradient, step, clear. Returns the last batch's loss. */
export function train_epoch(
  model: Model,
  lr: number,
  params: readonly Tensor[],
  dl: readonly Batch[],
): number {
  let last = NaN;
  // Each batch frees its own tensors at once; without tidy() they would be freed a little later.
  for (const [xb, yb] of dl) {
    last = torch.tidy(() => {
      const loss = calc_grad(xb, yb, model);
      for (const p of params) {
        p.data.sub_(p.grad!.mul(lr));
        p.grad!.zero_();
      }
      return loss.item();
    });
  }
  return last;
}

export function batch_accuracy(xb: Tensor, yb: Tensor): Tensor {
  return xb.sigmoid().gt(0.5).eq(yb).float().mean();
}

/** The mean of the batches' accuracies, as the book takes it: the last, smaller batch counts as much as the others. */
export function validate_epoch(model: Model, valid_dl: readonly Batch[]): number {
  return torch.tidy(() => {
    const accs = valid_dl.map(([xb, yb]) => batch_accuracy(model(xb), yb));
    return torch.stack(accs).mean().item();
  });
}

export interface EpochResult {
  lastBatchLoss: number;
  accuracy: number;
}

/** Trains for some epochs and reports each. */
export function train_model(
  model: Model,
  params: readonly Tensor[],
  dl: readonly Batch[],
  valid_dl: readonly Batch[],
  { lr, epochs, report }: { lr: number; epochs: number; report?: (epoch: EpochResult) => void },
): EpochResult[] {
  return Array.from({ length: epochs }, () => {
    const result = {
      lastBatchLoss: train_epoch(model, lr, params, dl),
      accuracy: validate_epoch(model, valid_dl),
    };
    report?.(result);
    return result;
  });
}
