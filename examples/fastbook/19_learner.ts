/**
 * Chapter 19 of fastbook, "A fastai Learner from scratch": data loading, modules, losses, a Learner with callbacks, all
 * out of tensors. The chapter trains on Imagenette, photographs in ten classes; here MNIST's ten digits take their place,
 * as many of them. The numbers of cells are the chapter's, and above each line stands the line of Python that it is.
 *
 * Run it with `npx tsx examples/fastbook/19_learner.ts`; `--quick` takes a tenth of the pictures. Figures go to the
 * folder that `--figures` names (default: figures/19_learner).
 */
// %% [1] [hidden]
// from fastai.vision.all import *
import * as torch from 'libtorch-node';
import { nn, type Tensor } from 'libtorch-node';
import {
  F,
  first,
  get_image_files,
  Image,
  L,
  type Path,
  plt,
  set_seed,
  show_image,
  tensor,
  untar_data,
  URLs,
} from 'libtorch-node/fastai';
import { folderFor, quick, show } from '../lib/notebook.js';

set_seed(42);
plt.figures(folderFor('19_learner'));
console.log(`This takes about ${quick ? 'ten seconds' : 'a minute'}.`);

// %% [markdown]
// ## Data

// %% [3]
// path = untar_data(URLs.IMAGENETTE_160)
const path = await untar_data(URLs.MNIST);

// %% [4]
// t = get_image_files(path)
// t[0]
const t = get_image_files(path).sorted();
show(t[0]!.relative_to(path));

// %% [5]
// files = L(glob(f'{path}/**/*.JPEG', recursive=True)).map(Path)
// (Imagenette has 13,394 pictures: so many are taken here, of each fifth picture.)
const files = t.filter((_, i) => i % (quick ? 50 : 5) === 0);
show(files[0]!.relative_to(path));

// %% [6]
// im = Image.open(files[0])
const im = Image.open(files[0]!);
// im
show_image(tensor(im));
plt.show();

// %% [7]
// im_t = tensor(im); im_t.shape
const im_t = tensor(im);
show(im_t.shape);

// %% [8]
// lbls = files.map(Self.parent.name()).unique(); lbls
const lbls = files.map((file) => file.parent.name).unique();
show(lbls);

// %% [9]
// v2i = lbls.val2idx(); v2i
const v2i = lbls.val2idx();
show(v2i);

// %% [10]
// class Dataset:
//     def __init__(self, fns): self.fns=fns
//     def __len__(self): return len(self.fns)
//     def __getitem__(self, i):
//         im = Image.open(self.fns[i]).resize((64,64)).convert('RGB')
//         y = v2i[self.fns[i].parent.name]
//         return tensor(im).float()/255, tensor(y)
class Dataset {
  constructor(readonly fns: L<Path>) {}
  get length(): number {
    return this.fns.length;
  }
  get(i: number): [Tensor, Tensor] {
    const fn = this.fns[i]!;
    // Digits of 28x28 pixels do not become clearer at 64x64.
    const im = Image.open(fn).resize([32, 32]).convert('RGB');
    return torch.tidy(() => [tensor(im).float().div(255), torch.tensor(BigInt(v2i.get(fn.parent.name)!))]);
  }
}

// %% [11]
// train_filt = L(o.parent.parent.name=='train' for o in files)
const train_filt = files.map((o) => o.parent.parent.name === 'training');
// train,valid = files[train_filt],files[~train_filt]
const [train, valid] = [files.at(train_filt), files.at(train_filt.invert())];
// len(train),len(valid)
show(train.length, valid.length);

// %% [12]
// train_ds,valid_ds = Dataset(train),Dataset(valid)
const [train_ds, valid_ds] = [new Dataset(train), new Dataset(valid)];
// x,y = train_ds[0]
const [x0, y0] = train_ds.get(0);
// x.shape,y
show(x0.shape, y0);

// %% [13]
// show_image(x, title=lbls[y]);
show_image(x0, { title: lbls[y0.item()]! });
plt.show();

// %% [14]
// def collate(idxs, ds):
//     xb,yb = zip(*[ds[i] for i in idxs])
//     return torch.stack(xb),torch.stack(yb)
type Batch = [xb: Tensor, yb: Tensor];
function collate(idxs: Iterable<number>, ds: Dataset): Batch {
  return torch.tidy(() => {
    const items = Array.from(idxs, (i) => ds.get(i));
    return [torch.stack(items.map(([x]) => x)), torch.stack(items.map(([, y]) => y))];
  });
}

// %% [15]
// x,y = collate([1,2], train_ds)
const [x, y] = collate([1, 2], train_ds);
// x.shape,y
show(x.shape, y);

// %% [16]
// class DataLoader:
//     def __init__(self, ds, bs=128, shuffle=False, n_workers=1): ...
//     def __len__(self): return (len(self.ds)-1)//self.bs+1
//     def __iter__(self):
//         idxs = L.range(self.ds)
//         if self.shuffle: idxs = idxs.shuffle()
//         chunks = [idxs[n:n+self.bs] for n in range(0, len(self.ds), self.bs)]
//         with ProcessPoolExecutor(self.n_workers) as ex: yield from ex.map(collate, chunks, ds=self.ds)
class DataLoader {
  readonly bs: number;
  readonly shuffle: boolean;
  constructor(
    readonly ds: Dataset,
    { bs = 128, shuffle = false } = {},
  ) {
    this.bs = bs;
    this.shuffle = shuffle;
  }
  get length(): number {
    return Math.floor((this.ds.length - 1) / this.bs) + 1;
  }
  // Pictures of this size are read faster than other processes could be told to.
  *[Symbol.iterator](): Generator<Batch> {
    let idxs = L.range(this.ds.length);
    if (this.shuffle) idxs = idxs.shuffle();
    for (let n = 0; n < this.ds.length; n += this.bs) yield collate(idxs.slice(n, n + this.bs), this.ds);
  }
}

// %% [17]
// n_workers = min(16, defaults.cpus)
// train_dl = DataLoader(train_ds, bs=128, shuffle=True, n_workers=n_workers)
const train_dl = new DataLoader(train_ds, { bs: 128, shuffle: true });
// valid_dl = DataLoader(valid_ds, bs=256, shuffle=False, n_workers=n_workers)
const valid_dl = new DataLoader(valid_ds, { bs: 256, shuffle: false });
// xb,yb = first(train_dl)
const [xb, yb] = first(train_dl)!;
// xb.shape,yb.shape,len(train_dl)
show(xb.shape, yb.shape, train_dl.length);

// %% [18]
// stats = [xb.mean((0,1,2)),xb.std((0,1,2))]
const stats = [xb.mean([0, 1, 2]), xb.std([0, 1, 2])] as const;
// stats
show(...stats);

// %% [19]
// class Normalize:
//     def __init__(self, stats): self.stats=stats
//     def __call__(self, x):
//         if x.device != self.stats[0].device: self.stats = to_device(self.stats, x.device)
//         return (x-self.stats[0])/self.stats[1]
const Normalize =
  ([mean, std]: readonly [Tensor, Tensor]) =>
  (x: Tensor): Tensor =>
    x.sub(mean.to(x.device)).div(std.to(x.device));

// %% [20]
// norm = Normalize(stats)
const norm = Normalize(stats);
// def tfm_x(x): return norm(x).permute((0,3,1,2))
const tfm_x = (x: Tensor) => norm(x).permute([0, 3, 1, 2]);

// %% [21]
// t = tfm_x(x)
const normed = tfm_x(xb);
// t.mean((0,2,3)),t.std((0,2,3))
show(normed.mean([0, 2, 3]), normed.std([0, 2, 3]));

// %% [markdown]
// ## Module and Parameter

// %% [22]
// class Parameter(Tensor):
//     def __new__(self, x): return Tensor._make_subclass(Parameter, x, True)
//     def __init__(self, *args, **kwargs): self.requires_grad_()
const known = new WeakSet<object>();
function Parameter(x: Tensor): Tensor {
  known.add(x.requires_grad_());
  return x;
}

// %% [23]
// Parameter(tensor(3.))
show(Parameter(tensor(3)));

// %% [24]
// class Module:
//     def __init__(self): self.hook,self.params,self.children,self._training = None,[],[],False
//     def register_parameters(self, *ps): self.params += ps
//     def register_modules   (self, *ms): self.children += ms
//     @property
//     def training(self): return self._training
//     @training.setter
//     def training(self,v):
//         self._training = v
//         for m in self.children: m.training=v
//     def parameters(self): return self.params + sum([m.parameters() for m in self.children], [])
//     def __setattr__(self,k,v):
//         super().__setattr__(k,v)
//         if isinstance(v,Parameter): self.register_parameters(v)
//         if isinstance(v,Module):    self.register_modules(v)
//     def __call__(self, *args, **kwargs):
//         res = self.forward(*args, **kwargs)
//         if self.hook is not None: self.hook(res, args)
//         return res
//     def cuda(self):
//         for p in self.parameters(): p.data = p.data.cuda()
abstract class Module {
  hook: ((res: Tensor, args: Tensor) => void) | null = null;
  params: Tensor[] = [];
  children: Module[] = [];
  _training = false;
  constructor() {
    // Every field that is set comes through here, as through Python's __setattr__.
    return new Proxy(this, {
      defineProperty(module, key, descriptor) {
        const value: unknown = descriptor.value;
        if (typeof value === 'object' && value !== null && known.has(value))
          module.register_parameters(value as Tensor);
        if (value instanceof Module) module.register_modules(value);
        return Reflect.defineProperty(module, key, descriptor);
      },
    });
  }
  register_parameters(...ps: Tensor[]): void {
    this.params.push(...ps);
  }
  register_modules(...ms: Module[]): void {
    this.children.push(...ms);
  }
  get training(): boolean {
    return this._training;
  }
  set training(v: boolean) {
    this._training = v;
    for (const m of this.children) m.training = v;
  }
  parameters(): Tensor[] {
    return [...this.params, ...this.children.flatMap((m) => m.parameters())];
  }
  abstract forward(x: Tensor): Tensor;
  // An object of JavaScript cannot be called: model(x) is model.call(x) here.
  call(x: Tensor): Tensor {
    const res = this.forward(x);
    this.hook?.(res, x);
    return res;
  }
  to(device: string): this {
    for (const p of this.parameters()) p.data = p.data.to(device);
    return this;
  }
}

// %% [25]
// class ConvLayer(Module):
//     def __init__(self, ni, nf, stride=1, bias=True, act=True):
//         super().__init__()
//         self.w = Parameter(torch.zeros(nf,ni,3,3))
//         self.b = Parameter(torch.zeros(nf)) if bias else None
//         self.act,self.stride = act,stride
//         init = nn.init.kaiming_normal_ if act else nn.init.xavier_normal_
//         init(self.w)
//     def forward(self, x):
//         x = F.conv2d(x, self.w, self.b, stride=self.stride, padding=1)
//         if self.act: x = F.relu(x)
//         return x
class ConvLayer extends Module {
  w: Tensor;
  b: Tensor | null;
  act: boolean;
  stride: number;
  constructor(ni: number, nf: number, { stride = 1, bias = true, act = true } = {}) {
    super();
    this.w = Parameter(torch.zeros([nf, ni, 3, 3]));
    this.b = bias ? Parameter(torch.zeros([nf])) : null;
    this.act = act;
    this.stride = stride;
    const init = act ? nn.init.kaiming_normal_ : nn.init.xavier_normal_;
    init(this.w);
  }
  forward(x: Tensor): Tensor {
    const out = F.conv2d(x, this.w, this.b, { stride: this.stride, padding: 1 });
    return this.act ? F.relu(out) : out;
  }
}

// %% [26]
// l = ConvLayer(3, 4)
const l = new ConvLayer(3, 4);
// len(l.parameters())
show(l.parameters().length);

// %% [27]
// xbt = tfm_x(xb)
const xbt = tfm_x(xb);
// r = l(xbt); r.shape
const r = l.call(xbt);
show(r.shape);

// %% [28]
// class Linear(Module):
//     def __init__(self, ni, nf):
//         super().__init__()
//         self.w = Parameter(torch.zeros(nf,ni))
//         self.b = Parameter(torch.zeros(nf))
//         nn.init.xavier_normal_(self.w)
//     def forward(self, x): return x@self.w.t() + self.b
class Linear extends Module {
  w: Tensor;
  b: Tensor;
  constructor(ni: number, nf: number) {
    super();
    this.w = Parameter(torch.zeros([nf, ni]));
    this.b = Parameter(torch.zeros([nf]));
    nn.init.xavier_normal_(this.w);
  }
  forward(x: Tensor): Tensor {
    return x.matmul(this.w.t()).add(this.b);
  }
}

// %% [29]
// l = Linear(4,2)
// r = l(torch.ones(3,4)); r.shape
show(new Linear(4, 2).call(torch.ones([3, 4])).shape);

// %% [30]
// class T(Module):
//     def __init__(self):
//         super().__init__()
//         self.c,self.l = ConvLayer(3,4),Linear(4,2)
class T extends Module {
  c = new ConvLayer(3, 4);
  l = new Linear(4, 2);
  forward(x: Tensor): Tensor {
    return this.l.call(this.c.call(x).mean([2, 3]));
  }
}

// %% [31]
// t = T()
// len(t.parameters())
const both = new T();
show(both.parameters().length);

// %% [32]
// t.cuda()
// t.l.w.device
const device = torch.cuda.is_available() ? 'cuda' : 'cpu';
both.to(device);
show(both.l.w.device);

// %% [33]
// class Sequential(Module):
//     def __init__(self, *layers):
//         super().__init__()
//         self.layers = layers
//         self.register_modules(*layers)
//     def forward(self, x):
//         for l in self.layers: x = l(x)
//         return x
class Sequential extends Module {
  layers: Module[];
  constructor(...layers: Module[]) {
    super();
    this.layers = layers;
    this.register_modules(...layers);
  }
  forward(x: Tensor): Tensor {
    return this.layers.reduce((x, l) => l.call(x), x);
  }
}

// %% [34]
// class AdaptivePool(Module):
//     def forward(self, x): return x.mean((2,3))
class AdaptivePool extends Module {
  forward(x: Tensor): Tensor {
    return x.mean([2, 3]);
  }
}

// %% [35]
// def simple_cnn():
//     return Sequential(ConvLayer(3 ,16 ,stride=2), ConvLayer(16,32 ,stride=2), ConvLayer(32,64 ,stride=2),
//                       ConvLayer(64,128,stride=2), AdaptivePool(), Linear(128, 10))
function simple_cnn(): Sequential {
  return new Sequential(
    new ConvLayer(3, 16, { stride: 2 }), // 16
    new ConvLayer(16, 32, { stride: 2 }), // 8
    new ConvLayer(32, 64, { stride: 2 }), // 4
    new ConvLayer(64, 128, { stride: 2 }), // 2
    new AdaptivePool(),
    new Linear(128, 10),
  );
}

// %% [36]
// m = simple_cnn()
const m = simple_cnn();
// len(m.parameters())
show(m.parameters().length);

// %% [37]
// def print_stats(outp, inp): print(outp.mean().item(),outp.std().item())
const print_stats = (outp: Tensor): void => console.log(outp.mean().item(), outp.std().item());
// for i in range(4): m.layers[i].hook = print_stats
for (let i = 0; i < 4; ++i) m.layers[i]!.hook = print_stats;
// r = m(xbt)
const acts = m.call(xbt);
// r.shape
show(acts.shape);

// %% [markdown]
// ## Loss

// %% [38]
// def nll(input, target): return -input[range(target.shape[0]), target].mean()
const nll = (input: Tensor, target: Tensor) => input.at(torch.arange(target.length), target).mean().neg();

// %% [39]
// def log_softmax(x): return (x.exp()/(x.exp().sum(-1,keepdim=True))).log()
const log_softmax1 = (x: Tensor) =>
  x
    .exp()
    .div(x.exp().sum(-1, { keepdim: true }))
    .log();
// sm = log_softmax(r); sm[0][0]
show(log_softmax1(acts).at(0).at(0));

// %% [40]
// loss = nll(sm, yb); loss
show(nll(log_softmax1(acts), yb));

// %% [41]
// def log_softmax(x): return x - x.exp().sum(-1,keepdim=True).log()
const log_softmax2 = (x: Tensor) => x.sub(x.exp().sum(-1, { keepdim: true }).log());
// sm = log_softmax(r); sm[0][0]
show(log_softmax2(acts).at(0).at(0));

// %% [42]
// x = torch.rand(5)
const five = torch.rand([5]);
// a = x.max()
const a = five.max();
// x.exp().sum().log() == a + (x-a).exp().sum().log()
show(torch.isclose(five.exp().sum().log(), a.add(five.sub(a).exp().sum().log())));

// %% [43]
// def logsumexp(x):
//     m = x.max(-1)[0]
//     return m + (x-m[:,None]).exp().sum(-1).log()
function logsumexp(x: Tensor): Tensor {
  const m = x.max(-1)[0];
  return m.add(x.sub(m.at(':', null)).exp().sum(-1).log());
}
// logsumexp(r)[0]
show(logsumexp(acts).at(0));

// %% [44]
// def log_softmax(x): return x - x.logsumexp(-1,keepdim=True)
const log_softmax = (x: Tensor) => x.sub(x.logsumexp(-1, { keepdim: true }));

// %% [45]
// sm = log_softmax(r); sm[0][0]
show(log_softmax(acts).at(0).at(0));

// %% [46]
// def cross_entropy(preds, yb): return nll(log_softmax(preds), yb).mean()
const cross_entropy = (preds: Tensor, yb: Tensor) => nll(log_softmax(preds), yb).mean();

// %% [markdown]
// ## Learner

// %% [47]
// class SGD:
//     def __init__(self, params, lr, wd=0.): store_attr()
//     def step(self):
//         for p in self.params:
//             p.data -= (p.grad.data + p.data*self.wd) * self.lr
//             p.grad.data.zero_()
class SGD {
  constructor(
    readonly params: Tensor[],
    public lr: number,
    readonly wd = 0,
  ) {}
  step(): void {
    torch.tidy(() => {
      for (const p of this.params) {
        p.data.sub_(p.grad!.data.add(p.data.mul(this.wd)).mul(this.lr));
        p.grad!.data.zero_();
      }
    });
  }
}

// %% [48]
// class DataLoaders:
//     def __init__(self, *dls): self.train,self.valid = dls
class DataLoaders {
  constructor(
    readonly train: DataLoader,
    readonly valid: DataLoader,
  ) {}
}
// dls = DataLoaders(train_dl,valid_dl)
const dls = new DataLoaders(train_dl, valid_dl);

// %% [49]
// class Learner:
//     def __init__(self, model, dls, loss_func, lr, cbs, opt_func=SGD):
//         store_attr()
//         for cb in cbs: cb.learner = self
//     def one_batch(self):
//         self('before_batch')
//         xb,yb = self.batch
//         self.preds = self.model(xb)
//         self.loss = self.loss_func(self.preds, yb)
//         if self.model.training:
//             self.loss.backward()
//             self.opt.step()
//         self('after_batch')
//     def one_epoch(self, train):
//         self.model.training = train
//         self('before_epoch')
//         dl = self.dls.train if train else self.dls.valid
//         for self.num,self.batch in enumerate(progress_bar(dl, leave=False)): self.one_batch()
//         self('after_epoch')
//     def fit(self, n_epochs):
//         self('before_fit')
//         self.opt = self.opt_func(self.model.parameters(), self.lr)
//         self.n_epochs = n_epochs
//         try:
//             for self.epoch in range(n_epochs):
//                 self.one_epoch(True)
//                 self.one_epoch(False)
//         except CancelFitException: pass
//         self('after_fit')
//     def __call__(self,name):
//         for cb in self.cbs: getattr(cb,name,noop)()
class CancelFitException extends Error {}
class Learner {
  opt!: SGD;
  batch!: Batch;
  preds!: Tensor;
  loss!: Tensor;
  num = 0;
  epoch = 0;
  n_epochs = 0;
  constructor(
    readonly model: Module,
    readonly dls: DataLoaders,
    readonly loss_func: (preds: Tensor, yb: Tensor) => Tensor,
    public lr: number,
    readonly cbs: Callback[],
    readonly opt_func = SGD,
  ) {
    for (const cb of cbs) cb.learner = this;
  }
  one_batch(): void {
    this.call('before_batch');
    const [xb, yb] = this.batch;
    this.preds = this.model.call(xb);
    this.loss = this.loss_func(this.preds, yb);
    if (this.model.training) {
      this.loss.backward();
      this.opt.step();
    }
    this.call('after_batch');
  }
  one_epoch(train: boolean): void {
    this.model.training = train;
    this.call('before_epoch');
    this.num = 0;
    for (this.batch of train ? this.dls.train : this.dls.valid) {
      // Frees what a batch leaves at once, instead of a little later.
      torch.tidy(() => {
        this.one_batch();
      });
      ++this.num;
    }
    this.call('after_epoch');
  }
  fit(n_epochs: number): void {
    this.call('before_fit');
    this.opt = new this.opt_func(this.model.parameters(), this.lr);
    this.n_epochs = n_epochs;
    try {
      for (this.epoch = 0; this.epoch < n_epochs; ++this.epoch) {
        this.one_epoch(true);
        this.one_epoch(false);
      }
    } catch (error) {
      if (!(error instanceof CancelFitException)) throw error;
    }
    this.call('after_fit');
  }
  call(name: keyof Events): void {
    for (const cb of this.cbs) (cb as Events)[name]?.();
  }
}

// %% [50]
// class Callback(GetAttr): _default='learner'
interface Events {
  before_fit?(): void;
  before_epoch?(): void;
  before_batch?(): void;
  after_batch?(): void;
  after_epoch?(): void;
  after_fit?(): void;
}
class Callback {
  learner!: Learner;
}

// %% [51]
// class SetupLearnerCB(Callback):
//     def before_batch(self):
//         xb,yb = to_device(self.batch)
//         self.learner.batch = tfm_x(xb),yb
//     def before_fit(self): self.model.cuda()
class SetupLearnerCB extends Callback implements Events {
  before_batch(): void {
    const [xb, yb] = this.learner.batch;
    this.learner.batch = [tfm_x(xb.to(device)), yb.to(device)];
  }
  before_fit(): void {
    this.learner.model.to(device);
  }
}

// %% [52]
// class TrackResults(Callback):
//     def before_epoch(self): self.accs,self.losses,self.ns = [],[],[]
//     def after_epoch(self):
//         n = sum(self.ns)
//         print(self.epoch, self.model.training, sum(self.losses).item()/n, sum(self.accs).item()/n)
//     def after_batch(self):
//         xb,yb = self.batch
//         acc = (self.preds.argmax(dim=1)==yb).float().sum()
//         self.accs.append(acc)
//         n = len(xb)
//         self.losses.append(self.loss*n)
//         self.ns.append(n)
class TrackResults extends Callback implements Events {
  accs = 0;
  losses = 0;
  ns = 0;
  before_epoch(): void {
    this.accs = this.losses = this.ns = 0;
  }
  after_epoch(): void {
    const { epoch, model } = this.learner;
    console.log(epoch, model.training ? 'True' : 'False', this.losses / this.ns, this.accs / this.ns);
  }
  after_batch(): void {
    const { batch, preds, loss } = this.learner;
    const [xb, yb] = batch;
    this.accs += preds.argmax({ dim: 1 }).eq(yb).float().sum().item();
    this.losses += loss.item() * xb.length;
    this.ns += xb.length;
  }
}

// %% [53]
// cbs = [SetupLearnerCB(),TrackResults()]
const cbs = [new SetupLearnerCB(), new TrackResults()];
// learn = Learner(simple_cnn(), dls, cross_entropy, lr=0.1, cbs=cbs)
const learn = new Learner(simple_cnn(), dls, cross_entropy, 0.1, cbs);
// learn.fit(1)
learn.fit(1);

// %% [markdown]
// ## Annealing the learning rate

// %% [54]
// class LRFinder(Callback):
//     def before_fit(self):
//         self.losses,self.lrs = [],[]
//         self.learner.lr = 1e-6
//     def before_batch(self):
//         if not self.model.training: return
//         self.opt.lr *= 1.2
//     def after_batch(self):
//         if not self.model.training: return
//         if self.opt.lr>10 or torch.isnan(self.loss): raise CancelFitException
//         self.losses.append(self.loss.item())
//         self.lrs.append(self.opt.lr)
class LRFinder extends Callback implements Events {
  losses: number[] = [];
  lrs: number[] = [];
  before_fit(): void {
    [this.losses, this.lrs] = [[], []];
    this.learner.lr = 1e-6;
  }
  before_batch(): void {
    const { model, opt } = this.learner;
    if (model.training) opt.lr *= 1.2;
  }
  after_batch(): void {
    const { model, opt, loss } = this.learner;
    if (!model.training) return;
    if (opt.lr > 10 || Number.isNaN(loss.item())) throw new CancelFitException();
    this.losses.push(loss.item());
    this.lrs.push(opt.lr);
  }
}

// %% [55]
// lrfind = LRFinder()
const lrfind = new LRFinder();
// learn = Learner(simple_cnn(), dls, cross_entropy, lr=0.1, cbs=cbs+[lrfind])
const finding = new Learner(simple_cnn(), dls, cross_entropy, 0.1, [...cbs, lrfind]);
// learn.fit(2)
finding.fit(quick ? 10 : 2);

// %% [56]
// plt.plot(lrfind.lrs[:-2],lrfind.losses[:-2])
plt.plot(lrfind.lrs.slice(0, -2), lrfind.losses.slice(0, -2));
// plt.xscale('log')
plt.xscale('log');
plt.show();

// %% [57]
// class OneCycle(Callback):
//     def __init__(self, base_lr): self.base_lr = base_lr
//     def before_fit(self): self.lrs = []
//     def before_batch(self):
//         if not self.model.training: return
//         n = len(self.dls.train)
//         bn = self.epoch*n + self.num
//         mn = self.n_epochs*n
//         pct = bn/mn
//         pct_start,div_start = 0.25,10
//         if pct<pct_start:
//             pct /= pct_start
//             lr = (1-pct)*self.base_lr/div_start + pct*self.base_lr
//         else:
//             pct = (pct-pct_start)/(1-pct_start)
//             lr = (1-pct)*self.base_lr
//         self.opt.lr = lr
//         self.lrs.append(lr)
class OneCycle extends Callback implements Events {
  lrs: number[] = [];
  constructor(readonly base_lr: number) {
    super();
  }
  before_fit(): void {
    this.lrs = [];
  }
  before_batch(): void {
    const { model, dls, epoch, num, n_epochs, opt } = this.learner;
    if (!model.training) return;
    const n = dls.train.length;
    const share = (epoch * n + num) / (n_epochs * n);
    const [pct_start, div_start] = [0.25, 10];
    let lr: number;
    if (share < pct_start) {
      const pct = share / pct_start;
      lr = ((1 - pct) * this.base_lr) / div_start + pct * this.base_lr;
    } else {
      const pct = (share - pct_start) / (1 - pct_start);
      lr = (1 - pct) * this.base_lr;
    }
    opt.lr = lr;
    this.lrs.push(lr);
  }
}

// %% [58]
// onecyc = OneCycle(0.1)
const onecyc = new OneCycle(0.1);
// learn = Learner(simple_cnn(), dls, cross_entropy, lr=0.1, cbs=cbs+[onecyc])
const cycled = new Learner(simple_cnn(), dls, cross_entropy, 0.1, [...cbs, onecyc]);

// %% [59]
// learn.fit(8)
cycled.fit(quick ? 3 : 8);

// %% [60]
// plt.plot(onecyc.lrs);
plt.plot(onecyc.lrs);
plt.show();
