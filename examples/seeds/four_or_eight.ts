/**
 * Is it a four or an eight? The post's classifier with a SubsetRandomSampler, line by line: above each line of TypeScript
 * stands the line of Python that it is. Where the post has a slip, the line is what it must be, and `# slip:` says what
 * the post has. Run it with `npx tsx examples/seeds/four_or_eight.ts`; `--quick` takes a fifth of the pictures.
 */
// %% [1]
// from fastai.vision.all import *
// from torch.utils.data import DataLoader, SubsetRandomSampler
import * as torch from 'libtorch-node';
import type { Tensor } from 'libtorch-node';
import { Image, Path, tensor, untar_data, URLs, zip } from 'libtorch-node/fastai';
import { print, quick, show } from '../lib/notebook.js';

const { DataLoader, SubsetRandomSampler } = torch.utils.data;
type Loader = Iterable<[xb: Tensor, yb: Tensor]>;
// The post did not seed.
torch.manual_seed(42);
console.log(`This takes about ${quick ? 'three' : 'six'} seconds, the first time ten more to unpack MNIST.`);

// %% [markdown]
// ## The pictures

// %% [2]
// path = untar_data(URLs.MNIST); Path.BASE_PATH = path
const path = await untar_data(URLs.MNIST);
Path.BASE_PATH = path;
// path.ls()
show(path.ls().sorted());

// %% [3]
// fours = (path/"training"/"4").ls().sorted()
const fours = path.joinpath('training', '4').ls().sorted();
// eights = (path/"training"/"8").ls().sorted()
const eights = path.joinpath('training', '8').ls().sorted();
// eights
show(eights);

// %% [4]
// four_tensors = [tensor(Image.open(o)) for o in fours]
const four_tensors = fours.filter((_, i) => !quick || i % 5 === 0).map((o) => tensor(Image.open(o)));
// eight_tensors = [tensor(Image.open(o)) for o in eights]
const eight_tensors = eights.filter((_, i) => !quick || i % 5 === 0).map((o) => tensor(Image.open(o)));
// four_tensors[0].shape
show(four_tensors[0]!.shape);

// %% [5]
// stacked_fours = torch.stack(four_tensors).float()/255
const stacked_fours = torch.stack(four_tensors).float().div(255);
// stacked_eights = torch.stack(eight_tensors).float()/255
const stacked_eights = torch.stack(eight_tensors).float().div(255);
// len(stacked_fours.shape), stacked_fours.shape
show(stacked_fours.shape.length, stacked_fours.shape);
// stacked_eights.shape
show(stacked_eights.shape);

// %% [markdown]
// ## Independent and dependent variables
//
// A row of pixels for each picture, and 0 for a four, 1 for an eight. `unsqueeze(1)` does not transpose: it adds an axis,
// so that the labels are a column as the predictions are, and not a row that would be broadcast against them.

// %% [6]
// digits_x = torch.cat([stacked_fours, stacked_eights]).view(-1, 28*28)
const digits_x = torch.cat([stacked_fours, stacked_eights]).view(-1, 28 * 28);
// digits_y = tensor([0]*len(stacked_fours) + [1]*len(stacked_eights)).unsqueeze(1)
const labels = [...four_tensors.map(() => 0n), ...eight_tensors.map(() => 1n)];
const digits_y = tensor(labels).unsqueeze(1);
// digits_x.shape, digits_y.shape
show(digits_x.shape, digits_y.shape);

// %% [7]
// dataset = list(zip(digits_x, digits_y))    # slip: train_x, train_y, which are nowhere
const dataset = [...zip(digits_x, digits_y)];
// x, y = dataset[0]; x.shape, y
const [x, y] = dataset[0]!;
show(x.shape, y);

// %% [markdown]
// ## A fifth of the indices, drawn at random, for validation

// %% [8]
// batch_size = 256
const batch_size = 256;
// split_index = int(len(dataset) * 0.2)
const split_index = Math.floor(dataset.length * 0.2);
// indices = torch.randperm(len(dataset))
const indices = torch.randperm(dataset.length);
// valid_indices, train_indices = indices[:split_index], indices[split_index:]
const [valid_indices, train_indices] = [indices.at(`:${split_index}`), indices.at(`${split_index}:`)];
// len(train_indices), len(valid_indices)
show(train_indices.length, valid_indices.length);

// %% [9]
// train_loader = DataLoader(dataset, batch_size=batch_size, sampler=SubsetRandomSampler(train_indices))
const train_loader = DataLoader(dataset, { batch_size, sampler: SubsetRandomSampler(train_indices) });
// valid_loader = DataLoader(dataset, batch_size=batch_size, sampler=SubsetRandomSampler(valid_indices))
const valid_loader = DataLoader(dataset, { batch_size, sampler: SubsetRandomSampler(valid_indices) });
// len(train_loader), len(valid_loader)
show(train_loader.length, valid_loader.length);

// %% [markdown]
// ## A linear model
//
// 256x784 @ 784x1 is one prediction for each picture of a batch. The sigmoid belongs to the loss: gradients flow back
// through it and through the linear layer alike.

// %% [10]
// def init_params(size, std=1.0): return (torch.randn(size)*std).requires_grad_()
function init_params(size: number | number[], std = 1.0): Tensor {
  return torch
    .randn(typeof size === 'number' ? [size] : size)
    .mul(std)
    .requires_grad_();
}
// weights = init_params((28*28,1))
const weights = init_params([28 * 28, 1]);
// bias = init_params(1)
const bias = init_params(1);
// weights.shape, bias.shape
show(weights.shape, bias.shape);

// %% [11]
// def linear_model(xb): return xb@weights + bias
function linear_model(xb: Tensor): Tensor {
  return xb.matmul(weights).add(bias);
}
// def mnist_loss(predictions, targets):
//     predictions = predictions.sigmoid()
//     return torch.where(targets==1, 1-predictions, predictions).mean()
function mnist_loss(predictions: Tensor, targets: Tensor): Tensor {
  const p = predictions.sigmoid();
  return torch.where(targets.eq(1), torch.rsub(p, 1), p).mean();
}
// def calc_grad(xb, yb, model):
//     preds = model(xb)
//     loss = mnist_loss(preds, yb)
//     loss.backward()
type Model = typeof linear_model;
function calc_grad(xb: Tensor, yb: Tensor, model: Model): void {
  const preds = model(xb);
  const loss = mnist_loss(preds, yb);
  loss.backward();
}
// def train_epoch(model, lr, params):
//     for xb,yb in train_loader:    # slip: dl, which is nowhere
//         calc_grad(xb, yb, model)
//         for p in params:
//             p.data -= p.grad*lr
//             p.grad.zero_()
function train_epoch(model: Model, lr: number, params: Tensor[]): void {
  for (const [xb, yb] of train_loader as Loader) {
    torch.tidy(() => {
      calc_grad(xb, yb, model);
      for (const p of params) {
        p.data.sub_(p.grad!.mul(lr));
        p.grad!.zero_();
      }
    });
  }
}
// def batch_accuracy(xb, yb):
//     preds = xb.sigmoid()
//     correct = (preds>0.5) == yb
//     return correct.float().mean()
function batch_accuracy(xb: Tensor, yb: Tensor): Tensor {
  const preds = xb.sigmoid();
  const correct = preds.gt(0.5).eq(yb);
  return correct.float().mean();
}
// def validate_epoch(model):
//     accs = [batch_accuracy(model(xb), yb) for xb,yb in valid_loader]
//     return round(torch.stack(accs).mean().item(), 4)
function validate_epoch(model: Model): number {
  return torch.tidy(() => {
    const accs = Array.from(valid_loader as Loader, ([xb, yb]) => batch_accuracy(model(xb), yb));
    return Number(torch.stack(accs).mean().item().toFixed(4));
  });
}

// %% [12]
// validate_epoch(linear_model)
console.log(validate_epoch(linear_model));

// %% [13]
// lr = 1.
const lr = 1;
// params = weights,bias
const params = [weights, bias];
// for i in range(30):
//     train_epoch(linear_model, lr, params)
//     print(validate_epoch(linear_model), end=' ')
for (let i = 0; i < 30; ++i) {
  train_epoch(linear_model, lr, params);
  print(validate_epoch(linear_model), { end: ' ' });
}
console.log();
