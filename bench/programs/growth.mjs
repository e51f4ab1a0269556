// Steps of a net of two layers for one batch size, width and number of rows: time of a step, and memory.
import * as torch from 'libtorch-node';
import { peakMegabytes } from './peak.mjs';

const [batch = 0, width = 0, rows = 0, steps = 0] = process.argv.slice(2).map(Number);
const inputs = 64;
const { nn, optim } = torch;
torch.set_num_threads(1);
torch.manual_seed(0);
const x = torch.rand([rows, inputs]);
const y = torch.randint(10, [rows]);
const model = nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, 10));
const opt = optim.SGD(model.parameters(), { lr: 0.1 });
const dl = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), {
  batch_size: batch,
  shuffle: true,
});

/** @type {number[]} */
const times = [];
let last;
let started = process.cpuUsage();
loop: for (;;) {
  for (const [xb, yb] of dl) {
    last = torch.tidy(() => {
      const loss = nn.functional.cross_entropy(model(xb), yb);
      loss.backward();
      opt.step();
      opt.zero_grad();
      return loss.item();
    });
    xb.dispose();
    yb.dispose();
    const { user, system } = process.cpuUsage(started);
    times.push((user + system) / 1000);
    if (times.length === steps) break loop;
    started = process.cpuUsage();
  }
}
times.sort((a, b) => a - b);
const peak = peakMegabytes();
console.log(JSON.stringify({ step: times[times.length >> 1], peak, result: last }));
