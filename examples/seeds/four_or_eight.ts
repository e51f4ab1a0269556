/**
 * Is it a four or an eight? From the pictures of MNIST to a linear model, in fastbook's steps: the data as a list of
 * pairs, a fifth of it held back by samplers, and training written out. Run it with
 * `npx tsx examples/seeds/four_or_eight.ts`.
 */
import * as torch from 'libtorch-node';
import type { Tensor } from 'libtorch-node';
import { Path, readImages, untar_data, URLs, zip } from 'libtorch-node/fastai';

const { DataLoader, SubsetRandomSampler } = torch.utils.data;
type Loader = Iterable<[xb: Tensor, yb: Tensor]>;

torch.manual_seed(42);

// The pictures
const path = await untar_data(URLs.MNIST);
Path.BASE_PATH = path;
console.log(path.ls().sorted());
const fours = path.joinpath('training', '4').ls().sorted();
const eights = path.joinpath('training', '8').ls().sorted();
console.log(fours);

// All of them as two tensors of numbers from 0 to 1
const stacked_fours = readImages(fours).squeeze(1).float().div(255);
const stacked_eights = readImages(eights).squeeze(1).float().div(255);
console.log('fours', stacked_fours.shape, 'eights', stacked_eights.shape);

// Independent variables: a row of pixels for each picture. Dependent ones: 0 is a four, 1 an eight.
const digits_x = torch.cat([stacked_fours, stacked_eights]).view(-1, 28 * 28);
// unsqueeze(1) adds a dimension: a column, like the predictions, not a row that would be broadcast against them.
const digits_y = torch.cat([torch.zeros([fours.length]), torch.ones([eights.length])]).unsqueeze(1);
console.log('x', digits_x.shape, 'y', digits_y.shape);
const dataset = [...zip(digits_x, digits_y)];

// A fifth of the indices, drawn at random, for validation, the others for training
const batch_size = 256;
const split_index = Math.floor(dataset.length * 0.2);
const indices = torch.randperm(dataset.length);
const valid_indices = indices.at(`:${split_index}`);
const train_indices = indices.at(`${split_index}:`);
const train_dl = DataLoader(dataset, { batch_size, sampler: SubsetRandomSampler(train_indices) });
const valid_dl = DataLoader(dataset, { batch_size, sampler: SubsetRandomSampler(valid_indices) });
console.log(`${train_indices.length} for training in ${train_dl.length} batches,`);
console.log(`${valid_indices.length} for validation in ${valid_dl.length}`);

function init_params(size: number[], std = 1.0): Tensor {
  return torch.randn(size).mul(std).requires_grad_();
}
const weights = init_params([28 * 28, 1]);
const bias = init_params([1]);

// 256x784 @ 784x1: one prediction for each picture of the batch
function linear_model(xb: Tensor): Tensor {
  return xb.matmul(weights).add(bias);
}

// The sigmoid is part of the loss: gradients flow back through it, then through the linear layer.
function mnist_loss(predictions: Tensor, targets: Tensor): Tensor {
  const p = predictions.sigmoid();
  return torch.where(targets.eq(1), torch.rsub(p, 1), p).mean();
}

function calc_grad(xb: Tensor, yb: Tensor, model: typeof linear_model): void {
  const preds = model(xb);
  const loss = mnist_loss(preds, yb);
  loss.backward();
}

function train_epoch(model: typeof linear_model, lr: number, params: Tensor[], dl: Loader): void {
  for (const [xb, yb] of dl) {
    torch.tidy(() => {
      calc_grad(xb, yb, model);
      for (const p of params) {
        p.data.sub_(p.grad!.mul(lr));
        p.grad!.zero_();
      }
    });
  }
}

function batch_accuracy(xb: Tensor, yb: Tensor): Tensor {
  const preds = xb.sigmoid();
  const correct = preds.gt(0.5).eq(yb);
  return correct.float().mean();
}

function validate_epoch(model: typeof linear_model, dl: Loader): number {
  return torch.tidy(() => {
    const accs = Array.from(dl, ([xb, yb]) => batch_accuracy(model(xb), yb));
    return torch.stack(accs).mean().item();
  });
}

console.log('Accuracy before training', validate_epoch(linear_model, valid_dl).toFixed(4));
const lr = 1;
for (let epoch = 0; epoch < 30; ++epoch) {
  train_epoch(linear_model, lr, [weights, bias], train_dl);
  process.stdout.write(`${validate_epoch(linear_model, valid_dl).toFixed(4)} `);
}
console.log();
