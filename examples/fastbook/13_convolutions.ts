/**
 * Chapter 13 of fastbook, "Convolutional neural networks", cell by cell: above each line of TypeScript stands the line
 * of Python that it is. The numbers of cells are the chapter's. The bear of its colour pictures is not part of MNIST;
 * three digits, one in each colour, take its place.
 *
 * Run it with `npx tsx examples/fastbook/13_convolutions.ts`; `--quick` takes a part of the pictures. Figures go to the
 * folder that `--figures` names (default: figures/13_convolutions).
 */
// %% [1] [hidden]
// !pip install -Uqq fastbook; import fastbook; fastbook.setup_book()
import * as torch from 'libtorch-node';
import { nn, py, type Tensor } from 'libtorch-node';
import {
  accuracy,
  ActivationStats,
  type Axes,
  CategoryBlock,
  DataBlock,
  F,
  first,
  Flatten,
  get_image_files,
  GrandparentSplitter,
  Image,
  image2tensor,
  ImageBlock,
  Learner,
  Normalize,
  parent_label,
  Path,
  pd,
  PILImageBW,
  plt,
  sequential,
  set_seed,
  show_image,
  subplots,
  tensor,
  to_cpu,
  untar_data,
  URLs,
  zip,
} from 'libtorch-node/fastai';
import { folderFor, list, quick, show } from '../lib/notebook.js';

// %% [2] [hidden]
// from fastai.vision.all import *
// from fastbook import *
// matplotlib.rc('image', cmap='Greys')
set_seed(42);
torch.set_printoptions({ linewidth: 200 });
plt.rc('image', { cmap: 'Greys' });
plt.figures(folderFor('13_convolutions'));
console.log(`This takes about ${quick ? 'fifteen seconds' : 'three minutes'}.`);

// %% [201] [hidden]
// The quick form trains on every tenth picture of the threes and sevens, and on every twentieth of the ten digits, then
// in smaller batches than the chapter.
const some = (step: number) => (path: Parameters<typeof get_image_files>[0]) =>
  quick ? get_image_files(path).filter((_, i) => i % step === 0) : get_image_files(path);

// %% [markdown]
// ## The magic of convolutions

// %% [3]
// top_edge = tensor([[-1,-1,-1],
//                    [ 0, 0, 0],
//                    [ 1, 1, 1]]).float()
const top_edge = tensor([
  [-1, -1, -1],
  [0, 0, 0],
  [1, 1, 1],
]).float();

// %% [4]
// path = untar_data(URLs.MNIST_SAMPLE)
let path = await untar_data(URLs.MNIST_SAMPLE);

// %% [5] [hidden]
// Path.BASE_PATH = path
Path.BASE_PATH = path;

// %% [6]
// im3 = Image.open(path/'train'/'3'/'12.png')
const im3 = Image.open(path.joinpath('train', '3', '12.png'));
// show_image(im3);
show_image(im3);
plt.show();

// %% [7]
// im3_t = tensor(im3)
const im3_t = tensor(im3);
// im3_t[0:3,0:3] * top_edge
show(py`${im3_t}[0:3,0:3] * ${top_edge}`);

// %% [8]
// (im3_t[0:3,0:3] * top_edge).sum()
show(py`(${im3_t}[0:3,0:3] * ${top_edge}).sum()`);

// %% [9]
// df = pd.DataFrame(im3_t[:10,:20])
const df = pd.DataFrame(im3_t.at(':10', ':20'));
// df.style.set_properties(**{'font-size':'6pt'}).background_gradient('Greys')
plt.display(df.style.set_properties({ 'font-size': '6pt' }).background_gradient('Greys'));

// %% [10]
// (im3_t[4:7,6:9] * top_edge).sum()
show(py`(${im3_t}[4:7,6:9] * ${top_edge}).sum()`);

// %% [11]
// (im3_t[7:10,17:20] * top_edge).sum()
show(py`(${im3_t}[7:10,17:20] * ${top_edge}).sum()`);

// %% [12]
// def apply_kernel(row, col, kernel):
//     return (im3_t[row-1:row+2,col-1:col+2] * kernel).sum()
const apply_kernel = (row: number, col: number, kernel: Tensor) =>
  py`(${im3_t}[${row}-1:${row}+2,${col}-1:${col}+2] * ${kernel}).sum()`;

// %% [13]
// apply_kernel(5,7,top_edge)
show(apply_kernel(5, 7, top_edge));

// %% [markdown]
// ### Mapping a convolution kernel

// %% [14]
// [[(i,j) for j in range(1,5)] for i in range(1,5)]
const upTo4 = [1, 2, 3, 4];
show(list(upTo4.map((i) => list(upTo4.map((j) => [i, j])))));

// %% [15]
// rng = range(1,27)
const rng = Array.from({ length: 26 }, (_, i) => i + 1);
// top_edge3 = tensor([[apply_kernel(i,j,top_edge) for j in rng] for i in rng])
const top_edge3 = torch.tidy(() => tensor(rng.map((i) => rng.map((j) => apply_kernel(i, j, top_edge)))));
// show_image(top_edge3);
show_image(top_edge3);
plt.show();

// %% [16]
// left_edge = tensor([[-1,1,0],
//                     [-1,1,0],
//                     [-1,1,0]]).float()
const left_edge = tensor([
  [-1, 1, 0],
  [-1, 1, 0],
  [-1, 1, 0],
]).float();
// left_edge3 = tensor([[apply_kernel(i,j,left_edge) for j in rng] for i in rng])
const left_edge3 = torch.tidy(() => tensor(rng.map((i) => rng.map((j) => apply_kernel(i, j, left_edge)))));
// show_image(left_edge3);
show_image(left_edge3);
plt.show();

// %% [markdown]
// ### Convolutions in PyTorch

// %% [17]
// diag1_edge = tensor([[ 0,-1, 1],
//                      [-1, 1, 0],
//                      [ 1, 0, 0]]).float()
const diag1_edge = tensor([
  [0, -1, 1],
  [-1, 1, 0],
  [1, 0, 0],
]).float();
// diag2_edge = tensor([[ 1,-1, 0],
//                      [ 0, 1,-1],
//                      [ 0, 0, 1]]).float()
const diag2_edge = tensor([
  [1, -1, 0],
  [0, 1, -1],
  [0, 0, 1],
]).float();
// edge_kernels = torch.stack([left_edge, top_edge, diag1_edge, diag2_edge])
let edge_kernels = torch.stack([left_edge, top_edge, diag1_edge, diag2_edge]);
// edge_kernels.shape
show(edge_kernels.shape);

// %% [18]
// mnist = DataBlock((ImageBlock(cls=PILImageBW), CategoryBlock),
//                   get_items=get_image_files,
//                   splitter=GrandparentSplitter(),
//                   get_y=parent_label)
const mnist = DataBlock([ImageBlock({ cls: PILImageBW }), CategoryBlock], {
  get_items: some(10),
  splitter: GrandparentSplitter(),
  get_y: parent_label,
});
// dls = mnist.dataloaders(path)
let dls = mnist.dataloaders(path);
// xb,yb = first(dls.valid)
let [xb, yb] = first(dls.valid as Iterable<[Tensor, Tensor]>)!;
// xb.shape
show(xb.shape);

// %% [19]
// xb,yb = to_cpu(xb),to_cpu(yb)
[xb, yb] = [to_cpu(xb), to_cpu(yb)];

// %% [20]
// edge_kernels.shape,edge_kernels.unsqueeze(1).shape
show(edge_kernels.shape, edge_kernels.unsqueeze(1).shape);

// %% [21]
// edge_kernels = edge_kernels.unsqueeze(1)
edge_kernels = edge_kernels.unsqueeze(1);

// %% [22]
// batch_features = F.conv2d(xb, edge_kernels)
const batch_features = F.conv2d(xb, edge_kernels);
// batch_features.shape
show(batch_features.shape);

// %% [23]
// show_image(batch_features[0,0]);
show_image(batch_features.at(0, 0));
plt.show();

// %% [markdown]
// ## Our first convolutional neural network

// %% [24]
// simple_net = nn.Sequential(
//     nn.Linear(28*28,30),
//     nn.ReLU(),
//     nn.Linear(30,1)
// )
const simple_net = nn.Sequential(nn.Linear(28 * 28, 30), nn.ReLU(), nn.Linear(30, 1));

// %% [25]
// simple_net
show(simple_net);

// %% [26]
// broken_cnn = sequential(
//     nn.Conv2d(1,30, kernel_size=3, padding=1),
//     nn.ReLU(),
//     nn.Conv2d(30,1, kernel_size=3, padding=1)
// )
const broken_cnn = sequential(
  nn.Conv2d(1, 30, { kernel_size: 3, padding: 1 }),
  nn.ReLU(),
  nn.Conv2d(30, 1, { kernel_size: 3, padding: 1 }),
);

// %% [27]
// broken_cnn(xb).shape
show((broken_cnn(xb) as Tensor).shape);

// %% [28]
// def conv(ni, nf, ks=3, act=True):
//     res = nn.Conv2d(ni, nf, stride=2, kernel_size=ks, padding=ks//2)
//     if act: res = nn.Sequential(res, nn.ReLU())
//     return res
let conv = (ni: number, nf: number, { ks = 3, act = true } = {}): nn.Module => {
  const res = nn.Conv2d(ni, nf, { stride: 2, kernel_size: ks, padding: Math.floor(ks / 2) });
  return act ? nn.Sequential(res, nn.ReLU()) : res;
};

// %% [29]
// simple_cnn = sequential(
//     conv(1 ,4),            #14x14
//     conv(4 ,8),            #7x7
//     conv(8 ,16),           #4x4
//     conv(16,32),           #2x2
//     conv(32,2, act=False), #1x1
//     Flatten(),
// )
const simple_cnn_3_7 = sequential(
  conv(1, 4), // 14x14
  conv(4, 8), // 7x7
  conv(8, 16), // 4x4
  conv(16, 32), // 2x2
  conv(32, 2, { act: false }), // 1x1
  Flatten(),
);

// %% [30]
// simple_cnn(xb).shape
show((simple_cnn_3_7(xb) as Tensor).shape);

// %% [31]
// learn = Learner(dls, simple_cnn, loss_func=F.cross_entropy, metrics=accuracy)
let learn = Learner(dls, simple_cnn_3_7, { loss_func: F.cross_entropy, metrics: accuracy });

// %% [32]
// learn.summary()
console.log(await learn.summary());

// %% [33]
// learn.fit_one_cycle(2, 0.01)
await learn.fit_one_cycle(2, 0.01);

// %% [markdown]
// ### Understanding convolution arithmetic

// %% [34]
// m = learn.model[0]
const m = (learn.model as nn.Sequential)[0] as nn.Sequential;
// m
show(m);

// %% [35]
// m[0].weight.shape
show((m[0] as nn.Conv2d).weight.shape);

// %% [36]
// m[0].bias.shape
show((m[0] as nn.Conv2d).bias!.shape);

// %% [markdown]
// ## Color images

// %% [37]
// im = image2tensor(Image.open(image_bear()))
// (In the place of the bear: a three, a seven and another three, dark in one colour each.)
const inks = ['train/3/12.png', 'train/7/10002.png', 'train/3/10.png'].map((name) =>
  image2tensor(Image.open(path.joinpath(name))),
);
const im = py`255 - ${torch.cat(inks)}`;
// im.shape
show(im.shape);

// %% [38]
// show_image(im);
show_image(im, { figsize: [2, 2] });
plt.show();

// %% [39]
// _,axs = subplots(1,3)
const [, axs] = subplots(1, 3);
// for bear,ax,color in zip(im,axs,('Reds','Greens','Blues')):
//     show_image(255-bear, ax=ax, cmap=color)
for (const [bear, ax, cmap] of zip(im, axs as Iterable<Axes>, ['Reds', 'Greens', 'Blues']))
  show_image(py`255-${bear}`, { ax, cmap });
plt.show();

// %% [markdown]
// ## Improving training stability

// %% [40]
// path = untar_data(URLs.MNIST)
path = await untar_data(URLs.MNIST);

// %% [41] [hidden]
// Path.BASE_PATH = path
Path.BASE_PATH = path;

// %% [42]
// path.ls()
show(path.ls());

// %% [43]
// def get_dls(bs=64):
//     return DataBlock(
//         blocks=(ImageBlock(cls=PILImageBW), CategoryBlock),
//         get_items=get_image_files,
//         splitter=GrandparentSplitter('training','testing'),
//         get_y=parent_label,
//         batch_tfms=Normalize()
//     ).dataloaders(path, bs=bs)
const get_dls = (bs = 64) =>
  DataBlock({
    blocks: [ImageBlock({ cls: PILImageBW }), CategoryBlock],
    get_items: some(20),
    splitter: GrandparentSplitter('training', 'testing'),
    get_y: parent_label,
    batch_tfms: Normalize(),
  }).dataloaders(path, { bs });
// dls = get_dls()
dls = get_dls();

// %% [44]
// dls.show_batch(max_n=9, figsize=(4,4))
dls.show_batch({ max_n: 9, figsize: [4, 4] });
plt.show();

// %% [markdown]
// ### A simple baseline

// %% [45]
// def conv(ni, nf, ks=3, act=True):
//     res = nn.Conv2d(ni, nf, stride=2, kernel_size=ks, padding=ks//2)
//     if act: res = nn.Sequential(res, nn.ReLU())
//     return res
// (As in cell 28.)

// %% [46]
// def simple_cnn():
//     return sequential(
//         conv(1 ,8, ks=5),        #14x14
//         conv(8 ,16),             #7x7
//         conv(16,32),             #4x4
//         conv(32,64),             #2x2
//         conv(64,10, act=False),  #1x1
//         Flatten(),
//     )
const simple_cnn = () =>
  sequential(
    conv(1, 8, { ks: 5 }), // 14x14
    conv(8, 16), // 7x7
    conv(16, 32), // 4x4
    conv(32, 64), // 2x2
    conv(64, 10, { act: false }), // 1x1
    Flatten(),
  );

// %% [47]
// from fastai.callback.hook import *
// (ActivationStats is imported above.)

// %% [48]
// def fit(epochs=1):
//     learn = Learner(dls, simple_cnn(), loss_func=F.cross_entropy,
//                     metrics=accuracy, cbs=ActivationStats(with_hist=True))
//     learn.fit(epochs, 0.06)
//     return learn
let fit = async (epochs = 1, lr = 0.06) => {
  const learn = Learner(dls, simple_cnn(), {
    loss_func: F.cross_entropy,
    metrics: accuracy,
    cbs: ActivationStats({ with_hist: true }),
  });
  await learn.fit(epochs, lr);
  return learn;
};
/** What a callback is called on a Learner. */
const activation_stats = () => (learn as unknown as { activation_stats: ActivationStats }).activation_stats;

// %% [49]
// learn = fit()
learn = await fit();

// %% [50]
// learn.activation_stats.plot_layer_stats(0)
activation_stats().plot_layer_stats(0);
plt.show();

// %% [51]
// learn.activation_stats.plot_layer_stats(-2)
activation_stats().plot_layer_stats(-2);
plt.show();

// %% [markdown]
// ### Increase batch size

// %% [52]
// dls = get_dls(512)
dls = get_dls(quick ? 128 : 512);

// %% [53]
// learn = fit()
learn = await fit();

// %% [54]
// learn.activation_stats.plot_layer_stats(-2)
activation_stats().plot_layer_stats(-2);
plt.show();

// %% [markdown]
// ### 1cycle training

// %% [55]
// def fit(epochs=1, lr=0.06):
//     learn = Learner(dls, simple_cnn(), loss_func=F.cross_entropy,
//                     metrics=accuracy, cbs=ActivationStats(with_hist=True))
//     learn.fit_one_cycle(epochs, lr)
//     return learn
fit = async (epochs = 1, lr = 0.06) => {
  const learn = Learner(dls, simple_cnn(), {
    loss_func: F.cross_entropy,
    metrics: accuracy,
    cbs: ActivationStats({ with_hist: true }),
  });
  await learn.fit_one_cycle(epochs, lr);
  return learn;
};

// %% [56]
// learn = fit()
learn = await fit();

// %% [57]
// learn.recorder.plot_sched()
learn.recorder.plot_sched();
plt.show();

// %% [58]
// learn.activation_stats.plot_layer_stats(-2)
activation_stats().plot_layer_stats(-2);
plt.show();

// %% [59]
// learn.activation_stats.color_dim(-2)
activation_stats().color_dim(-2);
plt.show();

// %% [60]
// learn.activation_stats.color_dim(-2)
activation_stats().color_dim(-2);
plt.show();

// %% [markdown]
// ### Batch normalization

// %% [61]
// def conv(ni, nf, ks=3, act=True):
//     layers = [nn.Conv2d(ni, nf, stride=2, kernel_size=ks, padding=ks//2)]
//     if act: layers.append(nn.ReLU())
//     layers.append(nn.BatchNorm2d(nf))
//     return nn.Sequential(*layers)
conv = (ni, nf, { ks = 3, act = true } = {}) => {
  const layers: nn.Module[] = [
    nn.Conv2d(ni, nf, { stride: 2, kernel_size: ks, padding: Math.floor(ks / 2) }),
  ];
  if (act) layers.push(nn.ReLU());
  layers.push(nn.BatchNorm2d(nf));
  return nn.Sequential(...layers);
};

// %% [62]
// learn = fit()
learn = await fit();

// %% [63]
// learn.activation_stats.color_dim(-4)
activation_stats().color_dim(-4);
plt.show();

// %% [64]
// learn = fit(5, lr=0.1)
learn = await fit(quick ? 1 : 5, 0.1);
