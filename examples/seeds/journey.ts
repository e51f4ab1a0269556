/**
 * "A Journey Through Fastbook, chapter 4": the digits as tensors, a loss, gradients by hand, data sets and layers, in the
 * order of the post. Above each line of TypeScript stands the line of Python that it is; slips of the post are mended,
 * and a note says so. Run it with `npx tsx examples/seeds/journey.ts` (about five seconds); `--quick` reads a tenth of the
 * pictures. Figures go to the folder that `--figures` names (default: figures/journey).
 */
// %% [1]
// from fastai.vision.all import *
// from string import ascii_lowercase
import * as torch from 'libtorch-node';
import { nn, type Tensor } from 'libtorch-node';
import {
  DataLoader,
  enumerate,
  F,
  Image,
  L,
  pd,
  plt,
  set_seed,
  tensor,
  untar_data,
  URLs,
} from 'libtorch-node/fastai';
import { folderFor, quick, show } from '../lib/notebook.js';

set_seed(42);
const figures = folderFor('journey');
plt.figures(figures);
console.log(`This takes about ${quick ? 'two' : 'five'} seconds.`);

// %% [markdown]
// ## The pictures

// %% [2]
// mnist_path = untar_data(URLs.MNIST_SAMPLE)
const mnist_path = await untar_data(URLs.MNIST_SAMPLE);
// mnist_path.ls()
show(mnist_path.ls());

// %% [3]
// threes = (mnist_path/'train'/'3').ls().sorted()
const threes = mnist_path.joinpath('train', '3').ls().sorted();
// sevens = (mnist_path/'train'/'7').ls().sorted()
const sevens = mnist_path.joinpath('train', '7').ls().sorted();
// sample_3 = Image.open(threes[1])
const sample_3 = Image.open(threes[1]!);
// sample_3_t = tensor(sample_3)
const sample_3_t = tensor(sample_3);
// df = pd.DataFrame(sample_3_t[4:15, 4:22])
const df = pd.DataFrame(sample_3_t.at('4:15', '4:22'));
// df.style.set_properties(**{'font-size':'6pt'}).background_gradient('Greys')
const styled = df.style.set_properties({ 'font-size': '6pt' }).background_gradient('Greys');
styled.savefig(`${figures}/table.html`);
// sample_3_t[4:15, 4:22]
show(sample_3_t.at('4:15', '4:22'));

// %% [4]
// (len(threes), threes[0])
show(threes.length, threes[0]);

// %% [5]
// three_tensors = [tensor(Image.open(o)) for o in threes]
const three_tensors = threes.slice(0, quick ? 600 : undefined).map((o) => tensor(Image.open(o)));
// seven_tensors = [tensor(Image.open(o)) for o in sevens]
const seven_tensors = sevens.slice(0, quick ? 600 : undefined).map((o) => tensor(Image.open(o)));
// (len(three_tensors), three_tensors[0].shape)
show(three_tensors.length, three_tensors[0]!.shape);

// %% [6]
// stacked_threes = torch.stack(three_tensors).float()/255
const stacked_threes = torch.stack(three_tensors).float().div(255);
// stacked_sevens = torch.stack(seven_tensors).float()/255
const stacked_sevens = torch.stack(seven_tensors).float().div(255);
// stacked_threes.shape
show(stacked_threes.shape);

// %% [7]
// print('shape: ', stacked_threes.shape)
console.log('shape: ', stacked_threes.shape);
// print('rank: ', stacked_threes.ndim)
console.log('rank: ', stacked_threes.ndim);
// print('type: ', stacked_threes.dtype)
console.log('type: ', stacked_threes.dtype);

// %% [8]
// stacked_threes.view(-1, 28*28).shape
show(stacked_threes.view(-1, 28 * 28).shape);
// (stacked_threes @ torch.randn((1,28,28))).shape
show(stacked_threes.matmul(torch.randn([1, 28, 28])).shape);

// %% [markdown]
// ## How far are two pictures apart?
//
// The post writes the second distance `((a-b)**2).sqrt()`, without a mean: element by element that is nothing but the
// absolute difference. The root of the mean square has its mean before the root, as in the book.

// %% [9]
// a_3 = stacked_threes[1]; mean3 = stacked_threes.mean(0); mean7 = stacked_sevens.mean(0)
const a_3 = stacked_threes.at(1);
const mean3 = stacked_threes.mean(0);
const mean7 = stacked_sevens.mean(0);
// def l1_distance(a, b): return (a-b).abs().mean()
const l1_distance = (a: Tensor, b: Tensor) => a.sub(b).abs().mean();
// def l2_distance(a, b): return ((a-b)**2).mean().sqrt()
const l2_distance = (a: Tensor, b: Tensor) => a.sub(b).pow(2).mean().sqrt();
// l1_distance(a_3, mean3), l2_distance(a_3, mean3)
show(l1_distance(a_3, mean3), l2_distance(a_3, mean3));
// l1_distance(a_3, mean7), l2_distance(a_3, mean7)
show(l1_distance(a_3, mean7), l2_distance(a_3, mean7));
// torch.allclose(((a_3-mean3)**2).sqrt(), (a_3-mean3).abs())    # what the post wrote
show(torch.allclose(a_3.sub(mean3).pow(2).sqrt(), a_3.sub(mean3).abs()));

// %% [markdown]
// ## A loss, and parameters

// %% [10]
// def mnist_loss(predictions, targets): return torch.where(targets==1, 1-predictions, predictions).mean()
const mnist_loss = (predictions: Tensor, targets: Tensor) =>
  torch.where(targets.eq(1), torch.rsub(predictions, 1), predictions).mean();
// predictions = tensor([0.9, 0.4, 0.2]); targets = tensor([1, 0, 1])
const predictions = tensor([0.9, 0.4, 0.2]);
const targets = tensor([1n, 0n, 1n]);
// print('output of where: ', mnist_loss(predictions, targets))
console.log('output of where: ', mnist_loss(predictions, targets));

// %% [11]
// def init_params(size, variance=1.0): return (torch.randn(size)*variance).requires_grad_()    # the post has no colon
const init_params = (size: number | number[], variance = 1.0) =>
  torch
    .randn(typeof size === 'number' ? [size] : size)
    .mul(variance)
    .requires_grad_();
// weights = init_params((28*28, 1))
const weights = init_params([28 * 28, 1]);
// weights.shape, weights.ndim
show(weights.shape, weights.ndim);

// %% [12]
// def mse(preds, targets): return ((preds-targets)**2).mean()
const mse = (preds: Tensor, targets: Tensor) => preds.sub(targets).pow(2).mean();
// mse(a_3, mean3) == F.mse_loss(a_3, mean3)
show(mse(a_3, mean3).eq(F.mse_loss(a_3, mean3)));

// %% [markdown]
// ## A step downhill

// %% [13]
// def f(x): return x**2
const f = (x: Tensor) => x.pow(2);
// x = torch.linspace(-2, 2, steps=100)
const x = torch.linspace(-2, 2, 100);
// plt.plot(x, f(x)); plt.scatter(-1.5, f(tensor(-1.5)), color='red');
plt.plot(x, f(x));
plt.scatter(-1.5, f(tensor(-1.5)), { color: 'red' });
plt.show();
// print('Loss: ', f(tensor(-1.5)).item())
console.log('Loss: ', f(tensor(-1.5)).item());

// %% [14]
// xt = tensor(-1.).requires_grad_()
const xt = tensor(-1).requires_grad_();
// plt.plot(x, f(x)); plt.scatter(xt.detach().numpy(), f(xt).detach().numpy(), color='red');
plt.plot(x, f(x));
plt.scatter(xt.detach(), f(xt).detach(), { color: 'red' });
plt.show();
// print('Loss: ', f(xt).item())
console.log('Loss: ', f(xt).item().toFixed(1));

// %% [15]
// xt
show(xt);
// loss = f(xt); loss
const loss = f(xt);
show(loss);
// loss.backward(); xt.grad
loss.backward();
show(xt.grad);

// %% [16]
// lr = 0.01
const lr = 0.01;
// with torch.no_grad(): xt -= xt.grad * lr
torch.no_grad(() => {
  xt.sub_(xt.grad!.mul(lr));
});
// print('New value for xt: ', xt)
console.log('New value for xt: ', xt);
// with torch.no_grad(): print('New loss: ', f(xt))
torch.no_grad(() => {
  console.log('New loss: ', f(xt));
});
// f(xt)    # outside of no_grad it says where it comes from
show(f(xt));

// %% [markdown]
// ## Data sets and loaders

// %% [17]
// ds = L(enumerate(ascii_lowercase)); ds
const ds = L(enumerate('abcdefghijklmnopqrstuvwxyz'));
show(ds);

// %% [18]
// dl = DataLoader(ds, batch_size=6, shuffle=True)
const dl = DataLoader(ds, { batch_size: 6, shuffle: true });
// for batch in dl: print(batch)
for (const batch of dl) show(batch);

// %% [markdown]
// ## Layers

// %% [19]
// relu = nn.ReLU(); list(relu.parameters())
const relu = nn.ReLU();
console.log(relu.parameters());
// print('using nn.ReLU: ', relu(tensor(-1)), relu(tensor(4)))
console.log('using nn.ReLU: ', relu(tensor(-1n)), relu(tensor(4n)));
// print('using max()', tensor(-1).max(tensor(0.0)), tensor(4).max(tensor(0.0)))
console.log('using max()', tensor(-1n).max(tensor(0.0)), tensor(4n).max(tensor(0.0)));

// %% [20]
// model = nn.Sequential(nn.Linear(28*28, 1), nn.ReLU(), nn.Linear(1, 10))
const model = nn.Sequential(nn.Linear(28 * 28, 1), nn.ReLU(), nn.Linear(1, 10));
// params = list(model.parameters()); len(params)
const params = model.parameters();
show(params.length);
// for p in params: print(p.shape)
for (const p of params) console.log(p.shape);
