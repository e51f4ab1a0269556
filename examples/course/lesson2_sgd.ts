/**
 * Lesson 2 of fast.ai's course v3, "SGD", where a line is fitted by hand, and the fit is seen moving. Above each line of
 * TypeScript stands the line of Python that it is. Run it with `npx tsx examples/course/lesson2_sgd.ts` (about ten
 * seconds); `--quick` draws a tenth of the frames. Figures and the animation go to the folder that `--figures` names
 * (default: figures/lesson2_sgd).
 */
// %% [1]
// %matplotlib inline
// from fastai.basics import *
import * as torch from 'libtorch-node';
import { nn, type Tensor } from 'libtorch-node';
import { FuncAnimation, plt, tensor } from 'libtorch-node/fastai';
import { folderFor, quick, show } from '../lib/notebook.js';

const figures = folderFor('lesson2_sgd');
plt.figures(figures);
console.log(`This takes about ${quick ? 'three' : 'ten'} seconds.`);

// %% [2]
// n=100
const n = 100;
// torch.manual_seed(42)    # the lesson did not seed
torch.manual_seed(42);

// %% [3]
// x = torch.ones(n,2)
const x = torch.ones([n, 2]);
// x[:,0].uniform_(-1.,1)
x.at(':', 0).uniform_(-1, 1);
// x[:5]
show(x.at(':5'));

// %% [4]
// a = tensor(3.,2); a
let a: Tensor = tensor(3, 2);
show(a);

// %% [5]
// y = x@a + 0.25*torch.randn(n)
const y = x.matmul(a).add(torch.randn([n]).mul(0.25));

// %% [6]
// plt.scatter(x[:,0], y);
plt.scatter(x.at(':', 0), y);
plt.show();

// %% [7]
// def mse(y_hat, y): return ((y_hat-y)**2).mean()
const mse = (y_hat: Tensor, y: Tensor) => y_hat.sub(y).pow(2).mean();

// %% [8]
// a = tensor(-1.,1)
a = tensor(-1, 1);

// %% [9]
// y_hat = x@a
// mse(y_hat, y)
let y_hat = x.matmul(a);
show(mse(y_hat, y));

// %% [10]
// plt.scatter(x[:,0],y)
plt.scatter(x.at(':', 0), y);
// plt.scatter(x[:,0],y_hat);
plt.scatter(x.at(':', 0), y_hat);
plt.show();

// %% [11]
// a = nn.Parameter(a); a
a = nn.Parameter(a);
console.log(a);

// %% [12]
// lr = 1e-1
const lr = 1e-1;
// def update():
//     y_hat = x@a
//     loss = mse(y, y_hat)
//     if t % 10 == 0: print(loss)
//     loss.backward()
//     with torch.no_grad():
//         a.sub_(lr * a.grad)
//         a.grad.zero_()
let t = 0;
function update(): void {
  torch.tidy(() => {
    const y_hat = x.matmul(a);
    const loss = mse(y, y_hat);
    if (t % 10 === 0) console.log(loss);
    loss.backward();
    torch.no_grad(() => {
      a.sub_(a.grad!.mul(lr));
      a.grad!.zero_();
    });
  });
}

// %% [13]
// for t in range(100): update()
for (const step of Array(100).keys()) {
  t = step;
  update();
}

// %% [14]
// plt.scatter(x[:,0],y)
plt.scatter(x.at(':', 0), y);
// plt.scatter(x[:,0],x@a);
y_hat = torch.no_grad(() => x.matmul(a));
plt.scatter(x.at(':', 0), y_hat);
plt.show();

// %% [15]
// a
console.log(a);

// %% [markdown]
// ## Animate it!

// %% [16]
// from matplotlib import animation, rc
// a = nn.Parameter(tensor(-1.,1))
a = nn.Parameter(tensor(-1, 1));
// fig = plt.figure()
// plt.scatter(x[:,0], y, c='orange')
const [fig, ax] = plt.subplots();
ax.scatter(x.at(':', 0), y, { color: 'orange' });
// line, = plt.plot(x[:,0], x@a)
const [line] = ax.plot(
  x.at(':', 0),
  torch.no_grad(() => x.matmul(a)),
);
// plt.close()
plt.close();
// def animate(i):
//     update()
//     line.set_ydata(x@a)
//     return line,
function animate(): void {
  update();
  line!.set_ydata(torch.no_grad(() => x.matmul(a)));
}
// animation.FuncAnimation(fig, animate, np.arange(0, 100), interval=20)
const frames = quick ? 10 : 100;
const film = FuncAnimation(fig, animate, { frames, interval: 20 });
await film.save(`${figures}/fit.gif`);
await film.save(`${figures}/fit.html`);
console.log(`${film.frames().length} frames in ${figures}/fit.gif and fit.html`);
