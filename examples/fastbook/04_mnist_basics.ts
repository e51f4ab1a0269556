/**
 * Chapter 4 of fastbook, "Under the hood: training a digit classifier", cell by cell: above each line of TypeScript
 * stands the line of Python that it is. Run it with `npx tsx examples/fastbook/04_mnist_basics.ts`; `--quick` leaves
 * out the resnet at the end. Figures go to the folder that `--figures` names (default: figures/04_mnist_basics).
 *
 * The book's figures were recorded in a session in which the cells from 97 on had run once before. What that first run
 * drew from the generator is drawn here too, so that the tables come out as they are printed in the book.
 */
// %% [1] [hidden]
// !pip install -Uqq fastbook; import fastbook; fastbook.setup_book()
import * as torch from 'libtorch-node';
import { nn, py, type Tensor } from 'libtorch-node';
import {
  accuracy,
  DataLoader,
  DataLoaders,
  enumerate,
  first,
  F,
  gv,
  Image,
  ImageDataLoaders,
  L,
  Learner,
  Path,
  pd,
  plot_function,
  plt,
  resnet18,
  SGD,
  set_seed,
  show_image,
  tensor,
  to_np,
  untar_data,
  URLs,
  vision_learner,
  zip,
} from 'libtorch-node/fastai';
import { array } from '../lib/numpy.js';
import { folderFor, list, print, quick, show } from '../lib/notebook.js';

// %% [2] [hidden]
// from fastai.vision.all import *
// from fastbook import *
// matplotlib.rc('image', cmap='Greys')
set_seed(42);
// Sums in the order in which the book's were made, however many processors there are.
const threads = torch.get_num_threads();
torch.set_num_threads(1);
torch.set_printoptions({ linewidth: 200 });
plt.rc('image', { cmap: 'Greys' });
plt.figures(folderFor('04_mnist_basics'));
console.log(`This takes about ${quick ? 'ten seconds' : 'a minute and a half'}.`);

// %% [3]
// path = untar_data(URLs.MNIST_SAMPLE)
const path = await untar_data(URLs.MNIST_SAMPLE);

// %% [4] [hidden]
// Path.BASE_PATH = path
Path.BASE_PATH = path;

// %% [5]
// path.ls()
show(path.ls());

// %% [6]
// (path/'train').ls()
show(path.joinpath('train').ls());

// %% [7]
// threes = (path/'train'/'3').ls().sorted()
const threes = path.joinpath('train', '3').ls().sorted();
// sevens = (path/'train'/'7').ls().sorted()
const sevens = path.joinpath('train', '7').ls().sorted();
// threes
show(threes);

// %% [8]
// im3_path = threes[1]
const im3_path = threes[1]!;
// im3 = Image.open(im3_path)
const im3 = Image.open(im3_path);
// im3
show(im3);

// %% [9]
// array(im3)[4:10,4:10]
show(array(im3).at('4:10', '4:10'));

// %% [10]
// tensor(im3)[4:10,4:10]
show(tensor(im3).at('4:10', '4:10'));

// %% [11]
// im3_t = tensor(im3)
const im3_t = tensor(im3);
// df = pd.DataFrame(im3_t[4:15,4:22])
const df = pd.DataFrame(im3_t.at('4:15', '4:22'));
// df.style.set_properties(**{'font-size':'6pt'}).background_gradient('Greys')
plt.display(df.style.set_properties({ 'font-size': '6pt' }).background_gradient('Greys'));

// %% [12]
// seven_tensors = [tensor(Image.open(o)) for o in sevens]
const seven_tensors = sevens.map((o) => tensor(Image.open(o)));
// three_tensors = [tensor(Image.open(o)) for o in threes]
const three_tensors = threes.map((o) => tensor(Image.open(o)));
// len(three_tensors),len(seven_tensors)
show(three_tensors.length, seven_tensors.length);

// %% [13]
// show_image(three_tensors[1]);
show_image(three_tensors[1]!);
plt.show();

// %% [14]
// stacked_sevens = torch.stack(seven_tensors).float()/255
const stacked_sevens = torch.stack(seven_tensors).float().div(255);
// stacked_threes = torch.stack(three_tensors).float()/255
const stacked_threes = torch.stack(three_tensors).float().div(255);
// stacked_threes.shape
show(stacked_threes.shape);

// %% [15]
// len(stacked_threes.shape)
show(stacked_threes.shape.length);

// %% [16]
// stacked_threes.ndim
show(stacked_threes.ndim);

// %% [17]
// mean3 = stacked_threes.mean(0)
const mean3 = stacked_threes.mean(0);
// show_image(mean3);
show_image(mean3);
plt.show();

// %% [18]
// mean7 = stacked_sevens.mean(0)
const mean7 = stacked_sevens.mean(0);
// show_image(mean7);
show_image(mean7);
plt.show();

// %% [19]
// a_3 = stacked_threes[1]
const a_3 = stacked_threes.at(1);
// show_image(a_3);
show_image(a_3);
plt.show();

// %% [20]
// dist_3_abs = (a_3 - mean3).abs().mean()
const dist_3_abs = py`(${a_3} - ${mean3}).abs().mean()`;
// dist_3_sqr = ((a_3 - mean3)**2).mean().sqrt()
const dist_3_sqr = py`((${a_3} - ${mean3})**2).mean().sqrt()`;
// dist_3_abs,dist_3_sqr
show(dist_3_abs, dist_3_sqr);

// %% [21]
// dist_7_abs = (a_3 - mean7).abs().mean()
const dist_7_abs = py`(${a_3} - ${mean7}).abs().mean()`;
// dist_7_sqr = ((a_3 - mean7)**2).mean().sqrt()
const dist_7_sqr = py`((${a_3} - ${mean7})**2).mean().sqrt()`;
// dist_7_abs,dist_7_sqr
show(dist_7_abs, dist_7_sqr);

// %% [22]
// F.l1_loss(a_3.float(),mean7), F.mse_loss(a_3,mean7).sqrt()
show(F.l1_loss(a_3.float(), mean7), F.mse_loss(a_3, mean7).sqrt());

// %% [23]
// data = [[1,2,3],[4,5,6]]
const data = [
  [1n, 2n, 3n],
  [4n, 5n, 6n],
];
// arr = array (data)
const arr = array(data);
// tns = tensor(data)
const tns = tensor(data);

// %% [24]
// arr  # numpy
show(arr);

// %% [25]
// tns  # pytorch
show(tns);

// %% [26]
// tns[1]
show(tns.at(1));

// %% [27]
// tns[:,1]
show(tns.at(':', 1));

// %% [28]
// tns[1,1:3]
show(tns.at(1, '1:3'));

// %% [29]
// tns+1
show(py`${tns} + 1`);

// %% [30]
// tns.type()
show(tns.type());

// %% [31]
// tns*1.5
show(py`${tns} * 1.5`);

// %% [32]
// valid_3_tens = torch.stack([tensor(Image.open(o)) for o in (path/'valid'/'3').ls()])
// valid_3_tens = valid_3_tens.float()/255
const valid_3_tens = torch
  .stack(
    path
      .joinpath('valid', '3')
      .ls()
      .map((o) => tensor(Image.open(o))),
  )
  .float()
  .div(255);
// valid_7_tens = torch.stack([tensor(Image.open(o)) for o in (path/'valid'/'7').ls()])
// valid_7_tens = valid_7_tens.float()/255
const valid_7_tens = torch
  .stack(
    path
      .joinpath('valid', '7')
      .ls()
      .map((o) => tensor(Image.open(o))),
  )
  .float()
  .div(255);
// valid_3_tens.shape,valid_7_tens.shape
show(valid_3_tens.shape, valid_7_tens.shape);

// %% [33]
// def mnist_distance(a,b): return (a-b).abs().mean((-1,-2))
const mnist_distance = (a: Tensor, b: Tensor) => py`(${a}-${b}).abs().mean((-1,-2))`;
// mnist_distance(a_3, mean3)
show(mnist_distance(a_3, mean3));

// %% [34]
// valid_3_dist = mnist_distance(valid_3_tens, mean3)
const valid_3_dist = mnist_distance(valid_3_tens, mean3);
// valid_3_dist, valid_3_dist.shape
show(valid_3_dist, valid_3_dist.shape);

// %% [35]
// tensor([1,2,3]) + tensor(1)
show(py`tensor([1,2,3]) + tensor(1)`);

// %% [36]
// (valid_3_tens-mean3).shape
show(py`(${valid_3_tens}-${mean3}).shape`);

// %% [37]
// def is_3(x): return mnist_distance(x,mean3) < mnist_distance(x,mean7)
const is_3 = (x: Tensor) => py`${mnist_distance}(${x},${mean3}) < ${mnist_distance}(${x},${mean7})`;

// %% [38]
// is_3(a_3), is_3(a_3).float()
show(is_3(a_3), is_3(a_3).float());

// %% [39]
// is_3(valid_3_tens)
show(is_3(valid_3_tens));

// %% [40]
// accuracy_3s =      is_3(valid_3_tens).float() .mean()
const accuracy_3s = is_3(valid_3_tens).float().mean();
// accuracy_7s = (1 - is_3(valid_7_tens).float()).mean()
const accuracy_7s = py`(1 - ${is_3}(${valid_7_tens}).float()).mean()`;
// accuracy_3s,accuracy_7s,(accuracy_3s+accuracy_7s)/2
show(accuracy_3s, accuracy_7s, py`(${accuracy_3s}+${accuracy_7s})/2`);

// %% [41]
// gv('''
// init->predict->loss->gradient->step->stop
// step->predict[label=repeat]
// ''')
const steps = await gv(`
init->predict->loss->gradient->step->stop
step->predict[label=repeat]
`);
plt.display(steps);

// %% [42]
// def f(x): return x**2
const square = (x: Tensor) => py`${x}**2`;

// %% [43]
// plot_function(f, 'x', 'x**2')
plot_function(square, 'x', 'x**2');
plt.show();

// %% [44]
// plot_function(f, 'x', 'x**2')
plot_function(square, 'x', 'x**2');
// plt.scatter(-1.5, f(-1.5), color='red');
plt.scatter(-1.5, (-1.5) ** 2, { color: 'red' });
plt.show();

// %% [45]
// xt = tensor(3.).requires_grad_()
const x3 = tensor(3).requires_grad_();

// %% [46]
// yt = f(xt)
const y9 = square(x3);
// yt
show(y9);

// %% [47]
// yt.backward()
y9.backward();

// %% [48]
// xt.grad
show(x3.grad);

// %% [49]
// xt = tensor([3.,4.,10.]).requires_grad_()
const xt = tensor([3, 4, 10]).requires_grad_();
// xt
show(xt);

// %% [50]
// def f(x): return (x**2).sum()
const sumOfSquares = (x: Tensor) => py`(${x}**2).sum()`;
// yt = f(xt)
const yt = sumOfSquares(xt);
// yt
show(yt);

// %% [51]
// yt.backward()
yt.backward();
// xt.grad
show(xt.grad);

// %% [52]
// time = torch.arange(0,20).float(); time
const time = torch.arange(0, 20).float();
show(time);

// %% [53]
// speed = torch.randn(20)*3 + 0.75*(time-9.5)**2 + 1
const speed = py`torch.randn(20)*3 + 0.75*(${time}-9.5)**2 + 1`;
// plt.scatter(time,speed);
plt.scatter(time, speed);
plt.show();

// %% [54]
// def f(t, params):
//     a,b,c = params
//     return a*(t**2) + (b*t) + c
function f(t: Tensor, params: Tensor): Tensor {
  const [a, b, c] = params as unknown as [Tensor, Tensor, Tensor];
  return py`${a}*(${t}**2) + (${b}*${t}) + ${c}`;
}

// %% [55]
// def mse(preds, targets): return ((preds-targets)**2).mean()
const mse = (preds: Tensor, targets: Tensor) => py`((${preds}-${targets})**2).mean()`;

// %% [56]
// params = torch.randn(3).requires_grad_()
let params = torch.randn(3).requires_grad_();

// %% [57] [hidden]
// orig_params = params.clone()
const orig_params = params.clone();

// %% [58]
// preds = f(time, params)
let preds = f(time, params);

// %% [59]
// def show_preds(preds, ax=None):
//     if ax is None: ax=plt.subplots()[1]
//     ax.scatter(time, speed)
//     ax.scatter(time, to_np(preds), color='red')
//     ax.set_ylim(-300,100)
function show_preds(preds: Tensor, ax = plt.subplots()[1]): void {
  ax.scatter(time, speed);
  ax.scatter(time, to_np(preds), { color: 'red' });
  ax.set_ylim(-300, 100);
}

// %% [60]
// show_preds(preds)
show_preds(preds);
plt.show();

// %% [61]
// loss = mse(preds, speed)
let loss = mse(preds, speed);
// loss
show(loss);

// %% [62]
// loss.backward()
loss.backward();
// params.grad
show(params.grad);

// %% [63]
// params.grad * 1e-5
show(py`${params}.grad * 1e-5`);

// %% [64]
// params
show(params);

// %% [65]
// lr = 1e-5
let lr = 1e-5;
// params.data -= lr * params.grad.data
py`${params}.data -= ${lr} * ${params}.grad.data`;
// params.grad = None
params.grad = null;

// %% [66]
// preds = f(time,params)
preds = f(time, params);
// mse(preds, speed)
show(mse(preds, speed));

// %% [67]
// show_preds(preds)
show_preds(preds);
plt.show();

// %% [68]
// def apply_step(params, prn=True):
//     preds = f(time, params)
//     loss = mse(preds, speed)
//     loss.backward()
//     params.data -= lr * params.grad.data
//     params.grad = None
//     if prn: print(loss.item())
//     return preds
function apply_step(params: Tensor, prn = true): Tensor {
  const preds = f(time, params);
  const loss = mse(preds, speed);
  loss.backward();
  py`${params}.data -= ${lr} * ${params}.grad.data`;
  params.grad = null;
  if (prn) console.log(loss.item());
  return preds;
}

// %% [69]
// for i in range(10): apply_step(params)
for (let i = 0; i < 10; i++) apply_step(params);

// %% [70] [hidden]
// params = orig_params.detach().requires_grad_()
params = orig_params.detach().requires_grad_();

// %% [71]
// _,axs = plt.subplots(1,4,figsize=(12,3))
const [, axs] = plt.subplots(1, 4, { figsize: [12, 3] });
// for ax in axs: show_preds(apply_step(params, False), ax)
for (const ax of axs) show_preds(apply_step(params, false), ax);
// plt.tight_layout()
plt.tight_layout();
plt.show();

// %% [72] [hidden]
// gv('''
// init->predict->loss->gradient->step->stop
// step->predict[label=repeat]
// ''')
plt.display(steps);

// %% [73]
// train_x = torch.cat([stacked_threes, stacked_sevens]).view(-1, 28*28)
const train_x = torch.cat([stacked_threes, stacked_sevens]).view(-1, 28 * 28);

// %% [74]
// train_y = tensor([1]*len(threes) + [0]*len(sevens)).unsqueeze(1)
const train_y = tensor([...threes.map(() => 1n), ...sevens.map(() => 0n)]).unsqueeze(1);
// train_x.shape,train_y.shape
show(train_x.shape, train_y.shape);

// %% [75]
// dset = list(zip(train_x,train_y))
const dset = [...zip(train_x, train_y)];
// x,y = dset[0]
const [x, y] = dset[0]!;
// x.shape,y
show(x.shape, y);

// %% [76]
// valid_x = torch.cat([valid_3_tens, valid_7_tens]).view(-1, 28*28)
const valid_x = torch.cat([valid_3_tens, valid_7_tens]).view(-1, 28 * 28);
// valid_y = tensor([1]*len(valid_3_tens) + [0]*len(valid_7_tens)).unsqueeze(1)
const valid_y = tensor([
  ...Array<bigint>(valid_3_tens.length).fill(1n),
  ...Array<bigint>(valid_7_tens.length).fill(0n),
]).unsqueeze(1);
// valid_dset = list(zip(valid_x,valid_y))
const valid_dset = [...zip(valid_x, valid_y)];

// %% [77]
// def init_params(size, std=1.0): return (torch.randn(size)*std).requires_grad_()
const init_params = (size: number | number[], std = 1.0) =>
  py`(torch.randn(${size})*${std}).requires_grad_()`;

// %% [78]
// weights = init_params((28*28,1))
let weights = init_params([28 * 28, 1]);

// %% [79]
// bias = init_params(1)
let bias = init_params(1);

// %% [80]
// (train_x[0]*weights.T).sum() + bias
show(py`(${train_x}[0]*${weights}.T).sum() + ${bias}`);

// %% [81]
// def linear1(xb): return xb@weights + bias
const linear1 = (xb: Tensor) => py`${xb}@${weights} + ${bias}`;
// preds = linear1(train_x)
preds = linear1(train_x);
// preds
show(preds);

// %% [82]
// corrects = (preds>0.0).float() == train_y
const corrects = py`(${preds}>0.0).float() == ${train_y}`;
// corrects
show(corrects);

// %% [83]
// corrects.float().mean().item()
show(corrects.float().mean().item());

// %% [84]
// with torch.no_grad(): weights[0] *= 1.0001
torch.no_grad(() => py`${weights}[0] *= 1.0001`);

// %% [85]
// preds = linear1(train_x)
preds = linear1(train_x);
// ((preds>0.0).float() == train_y).float().mean().item()
show(py`((${preds}>0.0).float() == ${train_y}).float().mean().item()`);

// %% [86]
// trgts  = tensor([1,0,1])
const trgts = tensor([1n, 0n, 1n]);
// prds   = tensor([0.9, 0.4, 0.2])
const prds = tensor([0.9, 0.4, 0.2]);

// %% [87]
// def mnist_loss(predictions, targets):
//     return torch.where(targets==1, 1-predictions, predictions).mean()
const mnist_loss_of_probabilities = (predictions: Tensor, targets: Tensor) =>
  py`torch.where(${targets}==1, 1-${predictions}, ${predictions}).mean()`;

// %% [88]
// torch.where(trgts==1, 1-prds, prds)
show(py`torch.where(${trgts}==1, 1-${prds}, ${prds})`);

// %% [89]
// mnist_loss(prds,trgts)
show(mnist_loss_of_probabilities(prds, trgts));

// %% [90]
// mnist_loss(tensor([0.9, 0.4, 0.8]),trgts)
show(mnist_loss_of_probabilities(tensor([0.9, 0.4, 0.8]), trgts));

// %% [91]
// def sigmoid(x): return 1/(1+torch.exp(-x))
const sigmoid = (x: Tensor) => py`1/(1+torch.exp(-${x}))`;

// %% [92]
// plot_function(torch.sigmoid, title='Sigmoid', min=-4, max=4)
plot_function(sigmoid, { title: 'Sigmoid', min: -4, max: 4 });
plt.show();

// %% [93]
// def mnist_loss(predictions, targets):
//     predictions = predictions.sigmoid()
//     return torch.where(targets==1, 1-predictions, predictions).mean()
function mnist_loss(predictions: Tensor, targets: Tensor): Tensor {
  predictions = predictions.sigmoid();
  return py`torch.where(${targets}==1, 1-${predictions}, ${predictions}).mean()`;
}

// %% [94]
// coll = range(15)
const coll = L.range(15);
// dl = DataLoader(coll, batch_size=5, shuffle=True)
let dl = DataLoader(coll, { batch_size: 5, shuffle: true });
// list(dl)
show(list(dl));

// %% [95]
// ds = L(enumerate(string.ascii_lowercase))
const ds = L(enumerate('abcdefghijklmnopqrstuvwxyz'));
// ds
show(ds);

// %% [96]
// dl = DataLoader(ds, batch_size=6, shuffle=True)
dl = DataLoader(ds, { batch_size: 6, shuffle: true });
// list(dl)
show(list(dl));

// %% [9601] [hidden]
// The author ran the cells from here on twice. What the first run drew comes out of the generator, unused: a number for
// each pass over a DataLoader, and the first values of each model.
const passes = (n: number) => {
  for (let i = 0; i < n; i++) torch.empty([], { dtype: torch.int64 }).random_();
};
passes(2);
for (const n of [44, 41, 40, 20]) {
  if (n === 44) {
    torch.randn([784, 1]);
    torch.randn(1);
  } else nn.Linear(784, 1);
  passes(n);
}

// %% [97]
// weights = init_params((28*28,1))
weights = init_params([28 * 28, 1]);
// bias = init_params(1)
bias = init_params(1);

// %% [98]
// dl = DataLoader(dset, batch_size=256)
dl = DataLoader(dset, { batch_size: 256 });
// xb,yb = first(dl)
// (The second time the author left this line out.)
const [xb, yb] = torch.fork_rng(() => first(dl)) as [Tensor, Tensor];
// xb.shape,yb.shape
show(xb.shape, yb.shape);

// %% [99]
// valid_dl = DataLoader(valid_dset, batch_size=256)
const valid_dl = DataLoader(valid_dset, { batch_size: 256 });

// %% [100]
// batch = train_x[:4]
const batch = train_x.at(':4');
// batch.shape
show(batch.shape);

// %% [101]
// preds = linear1(batch)
preds = linear1(batch);
// preds
show(preds);

// %% [102]
// loss = mnist_loss(preds, train_y[:4])
loss = mnist_loss(preds, train_y.at(':4'));
// loss
show(loss);

// %% [103]
// loss.backward()
loss.backward();
// weights.grad.shape,weights.grad.mean(),bias.grad
show(weights.grad!.shape, weights.grad!.mean(), bias.grad);

// %% [104]
// def calc_grad(xb, yb, model):
//     preds = model(xb)
//     loss = mnist_loss(preds, yb)
//     loss.backward()
type Model = (xb: Tensor) => Tensor;
function calc_grad(xb: Tensor, yb: Tensor, model: Model): void {
  const preds = model(xb);
  const loss = mnist_loss(preds, yb);
  loss.backward();
}

// %% [105]
// calc_grad(batch, train_y[:4], linear1)
calc_grad(batch, train_y.at(':4'), linear1);
// weights.grad.mean(),bias.grad
show(weights.grad!.mean(), bias.grad);

// %% [106]
// calc_grad(batch, train_y[:4], linear1)
calc_grad(batch, train_y.at(':4'), linear1);
// weights.grad.mean(),bias.grad
show(weights.grad!.mean(), bias.grad);

// %% [107]
// weights.grad.zero_()
weights.grad!.zero_();
// bias.grad.zero_();
bias.grad!.zero_();

// %% [108]
// def train_epoch(model, lr, params):
//     for xb,yb in dl:
//         calc_grad(xb, yb, model)
//         for p in params:
//             p.data -= p.grad*lr
//             p.grad.zero_()
function train_epoch(model: Model, lr: number, params: Tensor[]): void {
  for (const [xb, yb] of dl as Iterable<[Tensor, Tensor]>)
    torch.tidy(() => {
      calc_grad(xb, yb, model);
      for (const p of params) {
        py`${p}.data -= ${p}.grad*${lr}`;
        p.grad!.zero_();
      }
    });
}

// %% [109]
// (preds>0.0).float() == train_y[:4]
show(py`(${preds}>0.0).float() == ${train_y}[:4]`);

// %% [110]
// def batch_accuracy(xb, yb):
//     preds = xb.sigmoid()
//     correct = (preds>0.5) == yb
//     return correct.float().mean()
function batch_accuracy(xb: Tensor, yb: Tensor): Tensor {
  const preds = xb.sigmoid();
  const correct = py`(${preds}>0.5) == ${yb}`;
  return correct.float().mean();
}

// %% [111]
// batch_accuracy(linear1(batch), train_y[:4])
show(batch_accuracy(linear1(batch), train_y.at(':4')));

// %% [112]
// def validate_epoch(model):
//     accs = [batch_accuracy(model(xb), yb) for xb,yb in valid_dl]
//     return round(torch.stack(accs).mean().item(), 4)
function validate_epoch(model: Model): number {
  const accs = Array.from(valid_dl as Iterable<[Tensor, Tensor]>, ([xb, yb]) =>
    torch.tidy(() => batch_accuracy(model(xb), yb)),
  );
  return py<number>`round(${torch.stack(accs).mean().item()}, 4)`;
}

// %% [113]
// validate_epoch(linear1)
show(validate_epoch(linear1));

// %% [114]
// lr = 1.
lr = 1;
// params = weights,bias
const both = [weights, bias];
// train_epoch(linear1, lr, params)
train_epoch(linear1, lr, both);
// validate_epoch(linear1)
show(validate_epoch(linear1));

// %% [115]
// for i in range(20):
//     train_epoch(linear1, lr, params)
//     print(validate_epoch(linear1), end=' ')
for (let i = 0; i < 20; i++) {
  train_epoch(linear1, lr, both);
  print(validate_epoch(linear1), { end: ' ' });
}
console.log();

// %% [116]
// linear_model = nn.Linear(28*28,1)
let linear_model = nn.Linear(28 * 28, 1);

// %% [117]
// w,b = linear_model.parameters()
const [w, b] = linear_model.parameters();
// w.shape,b.shape
show(w!.shape, b!.shape);

// %% [118]
// class BasicOptim:
//     def __init__(self,params,lr): self.params,self.lr = list(params),lr
//
//     def step(self, *args, **kwargs):
//         for p in self.params: p.data -= p.grad.data * self.lr
//
//     def zero_grad(self, *args, **kwargs):
//         for p in self.params: p.grad = None
class BasicOptim {
  constructor(
    readonly params: Tensor[],
    readonly lr: number,
  ) {}
  step(): void {
    for (const p of this.params) py`${p}.data -= ${p}.grad.data * ${this.lr}`;
  }
  zero_grad(): void {
    for (const p of this.params) p.grad = null;
  }
}

// %% [119]
// opt = BasicOptim(linear_model.parameters(), lr)
let opt: { step(): void; zero_grad(): void } = new BasicOptim(linear_model.parameters(), lr);

// %% [120]
// def train_epoch(model):
//     for xb,yb in dl:
//         calc_grad(xb, yb, model)
//         opt.step()
//         opt.zero_grad()
function train_epoch_with_opt(model: Model): void {
  for (const [xb, yb] of dl as Iterable<[Tensor, Tensor]>)
    torch.tidy(() => {
      calc_grad(xb, yb, model);
      opt.step();
      opt.zero_grad();
    });
}

// %% [121]
// validate_epoch(linear_model)
show(validate_epoch(linear_model));

// %% [122]
// def train_model(model, epochs):
//     for i in range(epochs):
//         train_epoch(model)
//         print(validate_epoch(model), end=' ')
function train_model(model: Model, epochs: number): void {
  for (let i = 0; i < epochs; i++) {
    train_epoch_with_opt(model);
    print(validate_epoch(model), { end: ' ' });
  }
  console.log();
}

// %% [123]
// train_model(linear_model, 20)
train_model(linear_model, 20);

// %% [124]
// linear_model = nn.Linear(28*28,1)
linear_model = nn.Linear(28 * 28, 1);
// opt = SGD(linear_model.parameters(), lr)
opt = SGD(linear_model.parameters(), lr);
// train_model(linear_model, 20)
train_model(linear_model, 20);

// %% [125]
// dls = DataLoaders(dl, valid_dl)
const dls = DataLoaders(dl, valid_dl);

// %% [126]
// learn = Learner(dls, nn.Linear(28*28,1), opt_func=SGD,
//                 loss_func=mnist_loss, metrics=batch_accuracy)
let learn = Learner(dls, nn.Linear(28 * 28, 1), {
  opt_func: SGD,
  loss_func: mnist_loss,
  metrics: batch_accuracy,
});

// %% [127]
// learn.fit(10, lr=lr)
await learn.fit(10, { lr });

// %% [128]
// def simple_net(xb):
//     res = xb@w1 + b1
//     res = res.max(tensor(0.0))
//     res = res@w2 + b2
//     return res
let simple_net: Model = (xb) => {
  let res = py`${xb}@${w1} + ${b1}`;
  res = res.max(tensor(0.0));
  res = py`${res}@${w2} + ${b2}`;
  return res;
};

// %% [129]
// w1 = init_params((28*28,30))
const w1 = init_params([28 * 28, 30]);
// b1 = init_params(30)
const b1 = init_params(30);
// w2 = init_params((30,1))
const w2 = init_params([30, 1]);
// b2 = init_params(1)
const b2 = init_params(1);

// %% [130]
// plot_function(F.relu)
plot_function(F.relu);
plt.show();

// %% [131]
// simple_net = nn.Sequential(
//     nn.Linear(28*28,30),
//     nn.ReLU(),
//     nn.Linear(30,1)
// )
simple_net = nn.Sequential(nn.Linear(28 * 28, 30), nn.ReLU(), nn.Linear(30, 1));

// %% [132]
// learn = Learner(dls, simple_net, opt_func=SGD,
//                 loss_func=mnist_loss, metrics=batch_accuracy)
learn = Learner(dls, simple_net as nn.AnyModule, {
  opt_func: SGD,
  loss_func: mnist_loss,
  metrics: batch_accuracy,
});

// %% [133]
// learn.fit(40, 0.1)
await learn.fit(40, 0.1);

// %% [134]
// plt.plot(L(learn.recorder.values).itemgot(2));
plt.plot(L(learn.recorder.values).itemgot(2));
plt.show();

// %% [135]
// learn.recorder.values[-1][2]
show(learn.recorder.values.at(-1)![2]);

// %% [136] [slow]
// dls = ImageDataLoaders.from_folder(path)
// learn = vision_learner(dls, resnet18, pretrained=False,
//                        loss_func=F.cross_entropy, metrics=accuracy)
// learn.fit_one_cycle(1, 0.1)
if (!quick) {
  torch.set_num_threads(threads);
  const dls = ImageDataLoaders.from_folder(path);
  const learn = vision_learner(dls, resnet18, {
    pretrained: false,
    loss_func: F.cross_entropy,
    metrics: accuracy,
  });
  await learn.fit_one_cycle(1, 0.1);
}

// %% [137] [questionnaire]
// tensor([[1,2,3],[4,5,6],[7,8,9]])*2; its bottom right four
const nine = tensor([
  [1n, 2n, 3n],
  [4n, 5n, 6n],
  [7n, 8n, 9n],
]);
show(py`(${nine}*2)[1:,1:]`);

// %% [138] [questionnaire]
// [2*x for x in [3,8,1,6,7] if x%2]  # odd, and double
show(list([3, 8, 1, 6, 7].filter((x) => x % 2).map((x) => 2 * x)));

// %% [139] [questionnaire]
// list(zip([1,2,3,4], 'abcd'))
show(list(zip([1, 2, 3, 4], 'abcd')));

// %% [140] [further-research]
// class MyLearner: the training loop from scratch, and what it prints
class MyLearner {
  constructor(
    readonly model: Model & { parameters(): Tensor[] },
    readonly lr: number,
  ) {}
  fit(epochs: number): void {
    const opt = new BasicOptim(this.model.parameters(), this.lr);
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const [xb, yb] of dl as Iterable<[Tensor, Tensor]>)
        torch.tidy(() => {
          mnist_loss(this.model(xb), yb).backward();
          opt.step();
          opt.zero_grad();
        });
      print(`${epoch} ${validate_epoch(this.model)}`);
    }
  }
}
torch.manual_seed(42);
new MyLearner(nn.Linear(28 * 28, 1), 1).fit(5);

// %% [141] [further-research]
// The same for all ten digits of MNIST: examples/seeds/homework.ts, by nearest mean, a linear model, two layers and a CNN
