/**
 * The homework of the notes on MNIST basics, done: by hand and by API, MyLinear, the doubled evens, cross entropy by
 * hand, a Learner of one's own, and all ten digits. Above the lines of TypeScript stands the Python that they are.
 * Homework 1, salt under the earth in seismic pictures, needs data that only Kaggle has, and is not here.
 *
 * Run it with `npx tsx examples/seeds/homework.ts`; `--quick` takes a part of the pictures and few epochs.
 */
// %% [1]
// from fastai.vision.all import *
import * as torch from 'libtorch-node';
import { nn, py, type Tensor } from 'libtorch-node';
import {
  accuracy,
  DataLoader,
  DataLoaders,
  F,
  get_image_files,
  GrandparentSplitter,
  Learner,
  L,
  parent_label,
  readImages,
  SGD,
  set_seed,
  tensor,
  untar_data,
  URLs,
  zip,
} from 'libtorch-node/fastai';
import { BasicOptim, OwnDataLoaders, OwnLearner, type Batch } from '../lib/own_learner.js';
import { quick } from '../lib/notebook.js';

const { optim } = torch;
const { TensorDataset } = torch.utils.data;
console.log(
  `This takes about ${quick ? 'ten seconds' : 'a minute'}, the first time ten seconds more to unpack MNIST.`,
);

// %% [markdown]
// ## Homework 2: by hand and by API
//
// Each line computes both and compares them.

// %% [2]
set_seed(42);
const [a, b] = [torch.randn([5, 4]), torch.randn([5, 4])];
const targets = torch.tensor([0n, 3n, 1n, 2n, 3n]);
/** Prints a row of the table; throws where the two sides are not equal. */
function same(manual: string, api: string, one: Tensor, other: Tensor, how = 'equal'): void {
  const equal = how === 'equal' ? torch.equal(one, other) : torch.allclose(one, other, { rtol: 1e-6 });
  if (!equal) throw new Error(`${manual} and ${api} differ: ${String(one)}, ${String(other)}`);
  console.log(`${manual.padEnd(44)}${api.padEnd(40)}${how}`);
}
console.log(`${'by hand'.padEnd(44)}${'API'.padEnd(40)}`);
same('(a-b).abs().mean()', 'F.l1_loss(a,b)', a.sub(b).abs().mean(), F.l1_loss(a, b));
const mse = (preds: Tensor, targs: Tensor) => preds.sub(targs).pow(2).mean();
same('((a-b)**2).mean()', 'F.mse_loss(a,b)', mse(a, b), F.mse_loss(a, b));
same('((a-b)**2).mean().sqrt()', 'F.mse_loss(a,b).sqrt()', mse(a, b).sqrt(), F.mse_loss(a, b).sqrt());
const sigmoid = (x: Tensor) => py`1/(1+torch.exp(-${x}))`;
same('1/(1+torch.exp(-x))', 'torch.sigmoid(x), x.sigmoid()', sigmoid(a), torch.sigmoid(a), 'to rounding');
same('res.max(tensor(0.0))', 'F.relu(res)', a.max(tensor(0)), F.relu(a));
same('res.max(tensor(0.0))', 'nn.ReLU()(res)', a.max(tensor(0)), nn.ReLU()(a));

// %% [3]
// A layer's weight is the transpose of the book's, and begins with other numbers: the same ones are put in here.
const linear = nn.Linear(4, 1);
const [weights, bias] = [linear.weight.detach().t().clone(), linear.bias!.detach().clone()];
same('xb@weights + bias', 'nn.Linear(4,1)(xb)', a.matmul(weights).add(bias), linear(a), 'to rounding');
same(
  'xb@weights + bias',
  'F.linear(xb, weights.T, bias)',
  a.matmul(weights).add(bias),
  F.linear(a, weights.t(), bias),
  'to rounding',
);
const net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1));
const [w1, b1, w2, b2] = net.parameters() as [Tensor, Tensor, Tensor, Tensor];
const simple_net = (xb: Tensor) => xb.matmul(w1.t()).add(b1).max(tensor(0)).matmul(w2.t()).add(b2);
same(
  'simple_net(xb)',
  'nn.Sequential(Linear, ReLU, Linear)(xb)',
  simple_net(a),
  net(a) as Tensor,
  'to rounding',
);
const log_softmax = a.sub(a.exp().sum(-1, { keepdim: true }).log());
const rows = torch.arange(5);
const nll = log_softmax.at(rows, targets).mean().neg();
same(
  'x - x.exp().sum(-1,keepdim=True).log()',
  'F.log_softmax(x, -1)',
  log_softmax,
  F.log_softmax(a, -1),
  'to rounding',
);
same(
  '-input[range(n), targ].mean()',
  'F.nll_loss(input, targ)',
  nll,
  F.nll_loss(log_softmax, targets),
  'to rounding',
);
same('log_softmax, then nll', 'F.cross_entropy(x, targ)', nll, F.cross_entropy(a, targets), 'to rounding');
same(
  'log_softmax, then nll',
  'nn.CrossEntropyLoss()(x, targ)',
  nll,
  nn.CrossEntropyLoss()(a, targets),
  'to rounding',
);
const m = a.max(-1).values;
const logsumexp = m.add(a.sub(m.at(':', null)).exp().sum(-1).log());
same('m + (x-m[:,None]).exp().sum(-1).log()', 'x.logsumexp(-1)', logsumexp, a.logsumexp(-1), 'to rounding');

// %% [4]
// Steps and data
const twin = nn.deepcopy(net);
const third = nn.deepcopy(net);
for (const model of [net, twin, third]) F.mse_loss(model(a) as Tensor, b.at(':', ':1')).backward();
new BasicOptim(net.parameters(), 0.1).step();
SGD(twin.parameters(), 0.1).step();
optim.SGD(third.parameters(), { lr: 0.1 }).step();
const all = nn.utils.parameters_to_vector;
same('p.data -= p.grad*lr', 'SGD(params, lr).step()', all(net.parameters()), all(twin.parameters()));
same('p.data -= p.grad*lr', 'optim.SGD(params, lr).step()', all(net.parameters()), all(third.parameters()));
for (const p of net.parameters()) p.grad!.zero_();
optim.SGD(third.parameters(), { lr: 0.1 }).zero_grad(false);
const grads = (model: nn.AnyModule) => torch.cat(model.parameters().map((p) => p.grad!.reshape([-1])));
same('p.grad.zero_()', 'opt.zero_grad(set_to_none=False)', grads(net), grads(third));
const y = b.at(':', ':1');
const [pairs, dataset] = [[...zip(a, y)], TensorDataset(a, y)];
same('list(zip(x,y))', 'TensorDataset(x,y)', pairs[2]![0], dataset.get(2)[0]);
const [xb, yb] = [...DataLoader(dataset, { bs: 2 })][1] as Batch;
same('x[2:4]', 'DataLoader(dset, batch_size=2)', a.at('2:4'), xb);
same('y[2:4]', 'DataLoader(dset, batch_size=2)', y.at('2:4'), yb);

// %% [markdown]
// ## MyLinear

// %% [5]
// class MyLinear(nn.Module):
//     def __init__(self, n_in, n_out, bias=True):
//         super().__init__()
//         k = n_in ** -0.5
//         self.weight = nn.Parameter(torch.empty(n_out, n_in).uniform_(-k, k))
//         self.bias = nn.Parameter(torch.empty(n_out).uniform_(-k, k)) if bias else None
//     def forward(self, x):
//         x = x @ self.weight.t()
//         return x if self.bias is None else x + self.bias
class MyLinear extends nn.Module {
  weight: nn.Parameter;
  bias: nn.Parameter | null;
  constructor(n_in: number, n_out: number, { bias = true } = {}) {
    super();
    const k = n_in ** -0.5;
    this.weight = nn.Parameter(torch.empty([n_out, n_in]).uniform_(-k, k));
    this.bias = bias ? nn.Parameter(torch.empty([n_out]).uniform_(-k, k)) : null;
  }
  forward(x: Tensor): Tensor {
    const product = x.matmul(this.weight.t());
    return this.bias === null ? product : product.add(this.bias);
  }
}
set_seed(7);
const mine = new MyLinear(4, 3);
set_seed(7);
const theirs = nn.Linear(4, 3);
same('MyLinear(4,3).weight, same seed', 'nn.Linear(4,3).weight', mine.weight, theirs.weight);
same('MyLinear(4,3).bias', 'nn.Linear(4,3).bias', mine.bias!, theirs.bias!);
same('MyLinear(4,3)(x)', 'nn.Linear(4,3)(x)', mine(a), theirs(a), 'to rounding');
for (const layer of [mine, theirs]) layer(a).pow(2).sum().backward();
same(
  'gradient of its weight',
  'gradient of its weight',
  mine.weight.grad!,
  theirs.weight.grad!,
  'to rounding',
);
same('gradient of its bias', 'gradient of its bias', mine.bias!.grad!, theirs.bias!.grad!, 'to rounding');
console.log(
  nn.Sequential(new MyLinear(4, 3, { bias: false }), nn.ReLU()).parameters().length,
  'parameter without bias',
);

// %% [markdown]
// ## Homework 3: the doubled evens
//
// The notes' `[if(i%2==0):i*2 i for i in array]` is no Python. What it may mean:

// %% [6]
// array = L(range(10))
const array = L.range(10);
const list = (items: Iterable<number>) => `[${[...items].join(', ')}]`;
// [i*2 if i%2==0 else i for i in array]    # evens doubled, the others as they are
console.log(list(array.map((i) => (i % 2 === 0 ? i * 2 : i))));
// [i*2 for i in array if i%2==0]    # only the evens, doubled
console.log(list(array.filter((i) => i % 2 === 0).map((i) => i * 2)));
// [i*2 for i in array if i%2==1]    # the book's question: select the odd ones and double them
console.log(list(array.filter((i) => i % 2 === 1).map((i) => i * 2)));

// %% [markdown]
// ## Cross entropy of two classes, by hand

// %% [7]
// def cross_entropy(p, category): return -log(p) if category == 1 else -log(1-p)
const cross_entropy = (p: number, category: number) => (category === 1 ? -Math.log(p) : -Math.log(1 - p));
const cats = [1, 0, 0, 1];
// Two scores for each item; the probability of class 1 is their softmax.
const scores = torch.randn([4, 2]);
const ps = scores.softmax(1).at(':', 1);
const losses = (ps.tolist() as number[]).map((p, i) => cross_entropy(p, cats[i]!));
if (losses.some((loss) => loss < 0)) throw new Error('a loss below zero');
const total = tensor(losses.reduce((sum, loss) => sum + loss) / losses.length);
same(
  'mean of -log(p) or -log(1-p)',
  'F.binary_cross_entropy(p, cat)',
  total,
  F.binary_cross_entropy(ps, tensor(cats)),
  'to rounding',
);
same(
  'mean of -log(p) or -log(1-p)',
  'nn.CrossEntropyLoss()(scores, cat)',
  total,
  nn.CrossEntropyLoss()(scores, torch.tensor(cats.map(BigInt))),
  'to rounding',
);

// %% [markdown]
// ## All ten digits
//
// There is no third set to validate on: the folder `testing` is it, and the folder above a file's says so.

// %% [8]
// path = untar_data(URLs.MNIST)
const path = await untar_data(URLs.MNIST);
// files = get_image_files(path).sorted()
const files = get_image_files(path).sorted();
// train, valid = GrandparentSplitter('training', 'testing')(files)
const [train, valid] = GrandparentSplitter('training', 'testing')(files);
// def items(idxs): return (torch.stack([tensor(Image.open(files[i])) for i in idxs]).float()/255,
//                          tensor([int(parent_label(files[i])) for i in idxs]))
function items(idxs: Iterable<number>, every: number): { x: Tensor; y: Tensor } {
  const chosen = [...idxs].filter((_, i) => i % every === 0).map((i) => files[i]!);
  const x = readImages(chosen).squeeze(1).float().div(255);
  return { x, y: torch.tensor(chosen.map((file) => BigInt(parent_label(file)))) };
}
const digits = { train: items(train, quick ? 12 : 1), valid: items(valid, quick ? 5 : 1) };
console.log(digits.train.x.shape, digits.train.y.shape, digits.valid.x.shape, digits.valid.y.shape);

// %% [9]
// The mean picture of each digit, and which of them is nearest: the baseline of the chapter.
// means = torch.stack([train_x[train_y==d].mean(0) for d in range(10)])
const means = torch.stack(
  Array.from({ length: 10 }, (_, d) => digits.train.x.at(digits.train.y.eq(d)).mean(0)),
);
/** The share of all pictures, and of each digit's, that are nearest to their own mean. */
function nearest(distance: (pictures: Tensor, mean: Tensor) => Tensor): { all: number; each: number[] } {
  return torch.tidy(() => {
    const { x, y } = digits.valid;
    const right = torch
      .stack(Array.from({ length: 10 }, (_, d) => distance(x, means.at(d))))
      .argmin(0)
      .eq(y)
      .float();
    const each = Array.from({ length: 10 }, (_, d) => right.at(y.eq(d)).mean().item());
    return { all: right.mean().item(), each };
  });
}
const l1 = nearest((x, mean) => x.sub(mean).abs().mean([-1, -2]));
const l2 = nearest((x, mean) => x.sub(mean).pow(2).mean([-1, -2]).sqrt());
console.log('nearest mean, L1:  ', l1.all.toFixed(4), ...l1.each.map((share) => share.toFixed(4)));
console.log('nearest mean, RMSE:', l2.all.toFixed(4), ...l2.each.map((share) => share.toFixed(4)));

// %% [markdown]
// ## Homework 4: a Learner of one's own
//
// It and MyLinear against the packaged Learner and nn.Linear: with the same seed they begin with the same weights and see
// the same batches, so the tables must be the same.

// %% [10]
// def get_dls(): return DataLoaders(DataLoader(dset, batch_size=256, shuffle=True), DataLoader(valid_dset, batch_size=256))
const flat = ({ x, y }: { x: Tensor; y: Tensor }) => TensorDataset(x.view(-1, 28 * 28), y);
// A loader of fastai's draws the seed of its shuffles when it is made: hence one for each run.
const get_dls = () =>
  DataLoaders(
    DataLoader(flat(digits.train), { bs: 256, shuffle: true }),
    DataLoader(flat(digits.valid), { bs: 256 }),
  );
set_seed(42);
const { train: train_dl, valid: valid_dl } = get_dls() as unknown as OwnDataLoaders;
const own = new OwnLearner(new OwnDataLoaders(train_dl, valid_dl), new MyLinear(784, 10), {
  loss_func: F.cross_entropy,
  metrics: accuracy,
});
own.fit(3, 0.5);

// %% [11]
set_seed(42);
// learn = Learner(get_dls(), nn.Linear(784, 10), loss_func=F.cross_entropy, opt_func=SGD, metrics=accuracy)
const options = { loss_func: F.cross_entropy, opt_func: SGD, metrics: accuracy };
const learn = Learner(get_dls(), nn.Linear(784, 10), options);
// learn.fit(3, 0.5)
await learn.fit(3, 0.5);
const table = tensor([...learn.recorder.values].map((row) => [...row].map(Number)));
const mine_table = tensor(own.rows);
same('train_epoch, validate_epoch, in a loop', 'Learner.fit', mine_table, table, 'to rounding');
same(
  'mean of batch_accuracy, by size of batch',
  'metrics=accuracy',
  mine_table.at(':', 2),
  table.at(':', 2),
  'to rounding',
);
const ways = [[...valid_dl], [...(get_dls().valid as Iterable<Batch>)]].map((batches) => batches[1]!);
same('train_dl, valid_dl', 'DataLoaders(train_dl, valid_dl)', ways[0]![0], ways[1]![0]);

// %% [markdown]
// ## Homework 5: models for ten digits
//
// Linear with softmax; a net of two layers, 784-30-10; a convolutional net with batch normalization.

// %% [12]
const epochs = (full: number) => (quick ? 2 : full);
set_seed(42);
const softmax = Learner(get_dls(), nn.Linear(784, 10), options);
await softmax.fit(epochs(12), 0.5);

// %% [13]
set_seed(42);
const two_layers = nn.Sequential(nn.Linear(784, 30), nn.ReLU(), nn.Linear(30, 10));
const learn2 = Learner(get_dls(), two_layers, options);
await learn2.fit(epochs(30), 0.1);

// %% [14]
// def conv(ni, nf, ks=3, act=True):
//     layers = [nn.Conv2d(ni, nf, stride=2, kernel_size=ks, padding=ks//2)]
//     if act: layers.append(nn.ReLU())
//     layers.append(nn.BatchNorm2d(nf))
//     return nn.Sequential(*layers)
function conv(ni: number, nf: number, ks = 3, act = true): nn.Sequential {
  const layer = nn.Conv2d(ni, nf, ks, { stride: 2, padding: Math.floor(ks / 2) });
  return nn.Sequential(layer, ...(act ? [nn.ReLU()] : []), nn.BatchNorm2d(nf));
}
// simple_cnn = nn.Sequential(conv(1, 8, ks=5), conv(8, 16), conv(16, 32), conv(32, 64), conv(64, 10, act=False), nn.Flatten())
set_seed(42);
const simple_cnn = nn.Sequential(
  conv(1, 8, 5),
  conv(8, 16),
  conv(16, 32),
  conv(32, 64),
  conv(64, 10, 3, false),
  nn.Flatten(),
);
const pictures = ({ x, y }: { x: Tensor; y: Tensor }) => TensorDataset(x.unsqueeze(1), y);
const dls2 = DataLoaders(
  DataLoader(pictures(digits.train), { bs: quick ? 64 : 512, shuffle: true }),
  DataLoader(pictures(digits.valid), { bs: 512 }),
);
const cnn = Learner(dls2, simple_cnn, { loss_func: F.cross_entropy, metrics: accuracy });
await cnn.fit_one_cycle(epochs(8), 0.06);

// %% [15]
// Learning rates: chapter 19's callbacks write theirs by hand; fastai's go along cosines and powers.
const cosine = (from: number, to: number, pct: number) =>
  from + ((1 - Math.cos(Math.PI * pct)) / 2) * (to - from);
const { lrs } = cnn.recorder;
const by_hand = lrs.map((_, i) => {
  const pct = i / lrs.length;
  return pct < 0.25 ? cosine(0.06 / 25, 0.06, pct / 0.25) : cosine(0.06, 0.06 / 1e5, (pct - 0.25) / 0.75);
});
same(
  'up to lr_max and down, along cosines',
  'fit_one_cycle(n, lr_max)',
  tensor(by_hand),
  tensor(lrs),
  'to rounding',
);
const finder = Learner(get_dls(), nn.Linear(784, 10), options);
await finder.lr_find({ show_plot: false, suggest_funcs: null });
const found = finder.recorder.lrs;
const powers = found.map((_, i) => 1e-7 * 1e8 ** (i / 100));
same('1e-7 * (10/1e-7)**(i/100)', 'lr_find()', tensor(powers), tensor(found), 'to rounding');

// %% [16]
const last = (of: typeof learn) => Number([...of.recorder.values].at(-1)!.at(-1));
console.log('nearest mean'.padEnd(16), l2.all.toFixed(4));
console.log('linear'.padEnd(16), last(softmax).toFixed(4));
console.log('784-30-10'.padEnd(16), last(learn2).toFixed(4));
console.log('convolutional'.padEnd(16), last(cnn).toFixed(4));
