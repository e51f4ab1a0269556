// The chapter's two models, trained from scratch; prints memory and the collector's pauses.
import { PerformanceObserver } from 'node:perf_hooks';
import * as torch from 'libtorch-node';
import { peakMegabytes } from './peak.mjs';

const epochs = Number(process.argv[2] ?? 5);
torch.set_num_threads(1);
torch.manual_seed(0);

let pauses = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) pauses += duration;
}).observe({ entryTypes: ['gc'] });

const x = torch.rand([12_396, 784]);
const y = torch.randint(2, [12_396, 1]).float();
const labels = [...y];
/** @type {[torch.Tensor, torch.Tensor][]} */
const items = [...x].map((row, i) => [row, /** @type {torch.Tensor} */ (labels[i])]);
const dl = torch.utils.data.DataLoader(items, { batch_size: 256 });

/** @param {torch.Tensor} predictions @param {torch.Tensor} targets */
function mnist_loss(predictions, targets) {
  const p = predictions.sigmoid();
  return torch.where(targets.eq(1), torch.rsub(p, 1), p).mean();
}

/** @type {number[]} */
const memory = [];
/** @param {(xb: torch.Tensor) => torch.Tensor} model @param {torch.Tensor[]} params */
async function train(model, params) {
  for (let epoch = 0; epoch < epochs; ++epoch) {
    for (const [xb, yb] of dl) {
      torch.tidy(() => {
        mnist_loss(model(xb), yb).backward();
        for (const p of params) {
          const grad = /** @type {torch.Tensor} */ (p.grad);
          p.data.sub_(grad.mul(0.1));
          grad.zero_();
        }
      });
      xb.dispose();
      yb.dispose();
    }
    memory.push(process.memoryUsage.rss());
    // The observer is told of pauses when the event loop turns.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** @param {...number} size */
const init = (...size) => torch.randn(size).mul(0.01).requires_grad_();
const [w, b] = [init(784, 1), init(1)];
const started = performance.now();
const paused = pauses;
await train((xb) => xb.matmul(w).add(b), [w, b]);
const share = (pauses - paused) / (performance.now() - started);
const growth = memory.length >= 20 ? Number(memory[19]) / Number(memory[2]) : 0;
const [w1, b1, w2, b2] = [init(784, 30), init(30), init(30, 1), init(1)];
await train((xb) => xb.matmul(w1).add(b1).relu().matmul(w2).add(b2), [w1, b1, w2, b2]);

const peak = peakMegabytes();
console.log(JSON.stringify({ peak, growth, gc: share, result: w.sum().item() + w1.sum().item() }));
