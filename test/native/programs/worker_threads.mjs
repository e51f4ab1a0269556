/* eslint-disable @typescript-eslint/ban-ts-comment -- it runs on dist/, which need not be there when types are checked */
// @ts-nocheck
// The library in worker threads: one scenario per process, its findings as one line of JSON.
import { once } from 'node:events';
import { MessageChannel, Worker, isMainThread, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import * as torch from '../../../dist/index.js';
import { runElsewhere } from '../../../dist/torch/autograd/backward.js';

class Double extends torch.autograd.Function {
  static forward(_ctx, x) {
    return x.mul(2);
  }
  static backward(_ctx, gradient) {
    return gradient.mul(2);
  }
}

/** Draws, a product, and a backward through a hook and a Function: every kind of entry. */
function work(seed) {
  const generator = new torch.Generator();
  generator.manual_seed(seed);
  const x = torch.randn([4, 3], { generator });
  const w = torch.randn([3, 2], { generator }).requires_grad_();
  w.register_hook((gradient) => gradient.add(1));
  Double.apply(x.matmul(w)).sum().backward();
  return { draw: x.tolist(), gradient: w.grad.tolist() };
}

const inWorker = {
  turn() {
    torch.manual_seed(42);
    const seeded = torch.randn([5]).tolist();
    parentPort.postMessage({ seeded, ...work(7) });
  },
  atOnce() {
    let result;
    for (let i = 0; i < 50; ++i) result = work(workerData.seed);
    parentPort.postMessage(result);
  },
  matmul() {
    const a = torch.randn([1500, 1500]);
    parentPort.postMessage('busy');
    for (;;) a.matmul(a);
  },
  hook() {
    const held = torch.ones([50 << 20]);
    const w = torch.randn([10]).requires_grad_();
    w.register_hook(() => {
      parentPort.postMessage('busy');
      for (;;) held.narrow(0, 0, 1000).add(1);
    });
    w.mul(2).sum().backward();
  },
  elsewhere() {
    const w = torch.randn([10]).requires_grad_();
    w.register_hook(() => {
      parentPort.postMessage('busy');
      for (;;) w.detach().add(1);
    });
    runElsewhere(true);
    w.mul(2).sum().backward();
  },
  function() {
    class Forever extends torch.autograd.Function {
      static forward(_ctx, x) {
        return x.mul(2);
      }
      static backward(_ctx, gradient) {
        parentPort.postMessage('busy');
        for (;;) gradient.add(1);
      }
    }
    Forever.apply(torch.ones([50 << 20]).requires_grad_()).sum().backward();
  },
  idle() {
    globalThis.kept = [torch.ones([50 << 20]), work(1)];
    parentPort.postMessage('busy');
    setInterval(() => {}, 1000);
  },
  exit() {
    const w = torch.randn([10]).requires_grad_();
    w.register_hook(() => process.exit(3));
    w.sum().backward();
  },
  error() {
    torch.ones([2]).add(torch.ones([3]));
  },
  post() {
    parentPort.on('message', (value) => {
      let error = null;
      try {
        torch.ones([2]).add(value);
      } catch (e) {
        error = `${e.name}: ${e.message.split('\n')[0]}`;
      }
      parentPort.postMessage(error);
      parentPort.close();
    });
    parentPort.postMessage('ready');
  },
};

const start = (job, data = {}) => new Worker(new URL(import.meta.url), { workerData: { job, ...data } });
async function result(worker) {
  const [[message], [code]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
  return { message, code };
}

async function terminated(job) {
  const before = process.memoryUsage().rss;
  const codes = [];
  for (let i = 0; i < 3; ++i) {
    const worker = start(job);
    await once(worker, 'message');
    await new Promise((resolve) => setTimeout(resolve, 30));
    codes.push(await worker.terminate());
  }
  // The parent works as before.
  return { codes, grown: (process.memoryUsage().rss - before) / 2 ** 20, after: work(7) };
}

const inMain = {
  async turn() {
    torch.manual_seed(42);
    const expected = { seeded: torch.randn([5]).tolist(), ...work(7) };
    const results = [];
    for (let i = 0; i < 10; ++i) results.push(await result(start('turn')));
    return { expected, results };
  },
  async atOnce() {
    const seeds = [1, 2, 3, 4];
    const results = await Promise.all(seeds.map((seed) => result(start('atOnce', { seed }))));
    return { expected: seeds.map(work), results };
  },
  async exit() {
    const [code] = await once(start('exit'), 'exit');
    return { code };
  },
  async error() {
    const worker = start('error');
    const [error] = await once(worker, 'error');
    return { message: error.message };
  },
  async post() {
    const tensor = torch.ones([2]);
    const worker = start('post');
    await once(worker, 'message');
    let thrown = null;
    try {
      worker.postMessage(tensor);
    } catch (error) {
      thrown = `${error.name}: ${error.message}`;
      await worker.terminate();
    }
    const used = thrown === null ? (await once(worker, 'message'))[0] : null;
    // What does cross: the elements.
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(tensor.toTypedArray());
    const copy = torch.tensor(receiveMessageOnPort(port2).message).tolist();
    port1.close();
    return { thrown, used, copy };
  },
};

if (isMainThread) {
  const [scenario, job] = process.argv.slice(2);
  const findings = await (scenario === 'terminate' ? terminated(job) : inMain[scenario]());
  console.log(JSON.stringify(findings));
} else await inWorker[workerData.job]();
