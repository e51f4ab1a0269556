/**
 * Lesson 5 of fast.ai's course v3, "SGD on MNIST", cell by cell: above each line of TypeScript stands the line of Python
 * that it is. Run it with `npx tsx examples/course/lesson5_sgd_mnist.ts`; `--quick` trains on a tenth of the pictures.
 *
 * The lesson wants `mnist.pkl.gz`, which no call downloads: it must lie, unextracted, in one of the two folders that the
 * program names when it finds it in neither.
 */
// %% [1]
// %matplotlib inline
// from fastai.basics import *
import * as torch from 'libtorch-node';
import { accuracy, F, nn, plt, v1, type Tensor } from 'libtorch-node/fastai';
import { picklePath } from '../lib/pickle_path.js';
import { folderFor, list, quick, show } from '../lib/notebook.js';

const { optim } = torch;
const { TensorDataset } = torch.utils.data;
torch.manual_seed(42);
plt.figures(folderFor('lesson5_sgd_mnist'));
console.log(`This takes about ${quick ? 'five' : 'twenty'} seconds.`);

// %% [2]
// path = Config().data_path()/'mnist'
const path = picklePath();

// %% [3]
// path.ls()
show(path.ls());

// %% [4]
// with gzip.open(path/'mnist.pkl.gz', 'rb') as f:
//     ((x_train, y_train), (x_valid, y_valid), _) = pickle.load(f, encoding='latin-1')
type Pair = [x: Tensor, y: Tensor];
const [train, [x_valid, y_valid]] = torch.pickle.load<[Pair, Pair, Pair]>(path.joinpath('mnist.pkl.gz'), {
  encoding: 'latin-1',
});
const [x_train, y_train] = train;

// %% [5]
// plt.imshow(x_train[0].reshape((28,28)), cmap="gray")
plt.imshow(x_train.at(0).reshape([28, 28]), { cmap: 'gray' });
plt.show();
// x_train.shape
show(x_train.shape);

// %% [6]
// x_train,y_train,x_valid,y_valid = map(torch.tensor, (x_train,y_train,x_valid,y_valid))
// (The arrays of a pickle come as tensors here.)
// n,c = x_train.shape
const [n, c] = x_train.shape;
// x_train.shape, y_train.min(), y_train.max()
show(x_train.shape, y_train.min(), y_train.max());

// %% [7]
// bs=64
const bs = 64;
// train_ds = TensorDataset(x_train, y_train)
const part = quick ? ':5000' : ':';
const train_ds = TensorDataset(x_train.at(part), y_train.at(part));
// valid_ds = TensorDataset(x_valid, y_valid)
const valid_ds = TensorDataset(x_valid, y_valid);
// data = DataBunch.create(train_ds, valid_ds, bs=bs)
const data = v1.DataBunch.create(train_ds, valid_ds, { bs });
console.log(`${n} pictures of ${c} pixels: ${data.train_dl.length} batches`);

// %% [8]
// x,y = next(iter(data.train_dl))
const [x, y] = data.train_dl[Symbol.iterator]().next().value as Pair;
// x.shape,y.shape
show(x.shape, y.shape);

// %% [9]
// class Mnist_Logistic(nn.Module):
//     def __init__(self):
//         super().__init__()
//         self.lin = nn.Linear(784, 10, bias=True)
//
//     def forward(self, xb): return self.lin(xb)
class Mnist_Logistic extends nn.Module {
  lin = nn.Linear(784, 10, { bias: true });
  forward(xb: Tensor): Tensor {
    return this.lin(xb);
  }
}

// %% [10]
// model = Mnist_Logistic().cuda()
let model: nn.AnyModule = new Mnist_Logistic();
if (torch.cuda.is_available()) model.cuda();

// %% [11]
// model
show(model);

// %% [12]
// model.lin
show((model as Mnist_Logistic).lin);

// %% [13]
// model(x).shape
show((model(x) as Tensor).shape);

// %% [14]
// [p.shape for p in model.parameters()]
show(list(model.parameters().map((p) => p.shape)));

// %% [15]
// lr=2e-2
const lr = 2e-2;

// %% [16]
// loss_func = nn.CrossEntropyLoss()
const loss_func = nn.CrossEntropyLoss();

// %% [17]
// def update(x,y,lr):
//     wd = 1e-5
//     y_hat = model(x)
//     # weight decay
//     w2 = 0.
//     for p in model.parameters(): w2 += (p**2).sum()
//     # add to regular loss
//     loss = loss_func(y_hat, y) + w2*wd
//     loss.backward()
//     with torch.no_grad():
//         for p in model.parameters():
//             p.sub_(lr * p.grad)
//             p.grad.zero_()
//     return loss.item()
function update(x: Tensor, y: Tensor, lr: number): number {
  return torch.tidy(() => {
    const wd = 1e-5;
    const y_hat = model(x) as Tensor;
    // weight decay
    let w2 = torch.tensor(0);
    for (const p of model.parameters()) w2 = w2.add(p.pow(2).sum());
    // add to regular loss
    const loss = loss_func(y_hat, y).add(w2.mul(wd));
    loss.backward();
    torch.no_grad(() => {
      for (const p of model.parameters()) {
        p.sub_(p.grad!.mul(lr));
        p.grad!.zero_();
      }
    });
    return loss.item();
  });
}

// %% [18]
// losses = [update(x,y,lr) for x,y in data.train_dl]
const pass = (update: (x: Tensor, y: Tensor, lr: number) => number, lr: number): number[] =>
  Array.from(data.train_dl as Iterable<Pair>, ([x, y]) => update(x, y, lr));
let losses = pass(update, lr);

/** Not in the lesson: what an epoch is worth, which the lesson only shows as a curve. */
function report(name: string): void {
  torch.tidy(() => {
    const preds = torch.no_grad(() => model(x_valid) as Tensor);
    const loss = F.cross_entropy(preds, y_valid).item();
    console.log(
      `${name}: validation loss ${loss.toFixed(3)}, accuracy ${accuracy(preds, y_valid).item().toFixed(3)}`,
    );
  });
}
report('logistic');

// %% [19]
// plt.plot(losses);
plt.plot(losses);
plt.show();

// %% [20]
// class Mnist_NN(nn.Module):
//     def __init__(self):
//         super().__init__()
//         self.lin1 = nn.Linear(784, 50, bias=True)
//         self.lin2 = nn.Linear(50, 10, bias=True)
//
//     def forward(self, xb):
//         x = self.lin1(xb)
//         x = F.relu(x)
//         return self.lin2(x)
class Mnist_NN extends nn.Module {
  lin1 = nn.Linear(784, 50, { bias: true });
  lin2 = nn.Linear(50, 10, { bias: true });
  forward(xb: Tensor): Tensor {
    let x = this.lin1(xb);
    x = F.relu(x);
    return this.lin2(x);
  }
}

// %% [21]
// model = Mnist_NN().cuda()
model = new Mnist_NN();
if (torch.cuda.is_available()) model.cuda();

// %% [22]
// losses = [update(x,y,lr) for x,y in data.train_dl]
losses = pass(update, lr);
report('two layers');

// %% [23]
// plt.plot(losses);
plt.plot(losses);
plt.show();

// %% [24]
// model = Mnist_NN().cuda()
model = new Mnist_NN();
if (torch.cuda.is_available()) model.cuda();

// %% [25]
// def update(x,y,lr):
//     opt = optim.Adam(model.parameters(), lr)
//     y_hat = model(x)
//     loss = loss_func(y_hat, y)
//     loss.backward()
//     opt.step()
//     opt.zero_grad()
//     return loss.item()
function update_with_adam(x: Tensor, y: Tensor, lr: number): number {
  return torch.tidy(() => {
    const opt = optim.Adam(model.parameters(), { lr });
    const y_hat = model(x) as Tensor;
    const loss = loss_func(y_hat, y);
    loss.backward();
    opt.step();
    opt.zero_grad();
    return loss.item();
  });
}

// %% [26]
// losses = [update(x,y,1e-3) for x,y in data.train_dl]
losses = pass(update_with_adam, 1e-3);
report('Adam');

// %% [27]
// plt.plot(losses);
plt.plot(losses);
plt.show();

// %% [28]
// learn = Learner(data, Mnist_NN(), loss_func=loss_func, metrics=accuracy)
const learn = v1.Learner(data, new Mnist_NN(), { loss_func, metrics: accuracy });

// %% [29]
// %debug
// (The lesson stops here to look into an error of its own; there is none.)

// %% [30]
// learn.lr_find()
await learn.lr_find();
// learn.recorder.plot()
learn.recorder.plot();
plt.show();

// %% [31]
// learn.fit_one_cycle(1, 1e-2)
await learn.fit_one_cycle(1, 1e-2);

// %% [32]
// learn.recorder.plot_lr(show_moms=True)
learn.recorder.plot_lr({ show_moms: true });
plt.show();

// %% [33]
// learn.recorder.plot_losses()
learn.recorder.plot_losses();
plt.show();
