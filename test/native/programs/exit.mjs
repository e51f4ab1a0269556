/* eslint-disable @typescript-eslint/ban-ts-comment -- it runs on dist/, which need not be there when types are checked */
// @ts-nocheck
// Ways to end a process while libtorch is at work; the test wants the exact code or signal of each.
import { createRequire } from 'node:module';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import * as torch from '../../../dist/index.js';

const x = torch.randn([64, 100]);
const w = torch.randn([100, 1]).requires_grad_();

function step() {
  const loss = x.matmul(w).sigmoid().mean();
  loss.backward();
  torch.no_grad(() => w.sub_(w.grad.mul(0.1)));
  return loss;
}

class Leave extends torch.autograd.Function {
  static forward(_ctx, input) {
    return input.mul(2);
  }
  static backward() {
    process.exit(7);
  }
}

/** Ends only from outside. */
function busy() {
  const a = torch.randn([300, 300]);
  for (;;) a.matmul(a);
}

const require = createRequire(import.meta.url);
/** A tensor on the memory of another addon, both still there at the end. */
const foreign = [];

const scenarios = {
  foreignMemory() {
    const { Transformer } = require('@napi-rs/image');
    const png = Transformer.fromRgbaPixels(new Uint8Array(16 * 16 * 4).fill(7), 16, 16).pngSync();
    const pixels = new Transformer(png).rawPixelsSync();
    foreign.push(pixels, torch.from_numpy(pixels));
    if (foreign[1].sum().item() !== 7 * pixels.length) process.exit(1);
  },
  training() {
    for (let i = 0; ; ++i) {
      step();
      if (i === 20) process.exit(7);
    }
  },
  hook() {
    const y = x.matmul(w);
    y.register_hook(() => process.exit(7));
    y.sum().backward();
  },
  function() {
    Leave.apply(x.matmul(w)).sum().backward();
  },
  tidy() {
    torch.tidy(() => {
      step();
      process.exit(7);
    });
  },
  async asyncTidy() {
    await torch.tidy(async () => {
      step();
      await new Promise((resolve) => setImmediate(resolve));
      process.exit(7);
    });
  },
  worker() {
    new Worker(new URL(import.meta.url)).on('message', () => process.exit(7));
    const loop = () => {
      step();
      setImmediate(loop);
    };
    loop();
  },
  timer() {
    setTimeout(() => process.exit(7), 30);
    const loop = () => {
      step();
      setImmediate(loop);
    };
    loop();
  },
  exitCode() {
    globalThis.kept = [step(), torch.default_generator];
    process.exitCode = 7;
  },
  exitEvent() {
    process.on('exit', () => {
      process.exitCode = step().isfinite().item() && torch.ones([3]).sum().item() === 3 ? 7 : 1;
    });
    step();
  },
  natural() {
    const loss = step();
    globalThis.kept = [loss, loss.grad_fn, torch.ones([10]).toTypedArray({ share: true })];
    globalThis.kept.push(torch.from_numpy(new Float32Array(10)), new torch.Generator());
  },
  throw() {
    globalThis.kept = step();
    throw new Error('nobody catches this');
  },
  throwInHook() {
    const y = x.matmul(w);
    y.register_hook(() => {
      throw new Error('nobody catches this');
    });
    y.sum().backward();
  },
  reject() {
    void torch.tidy(async () => {
      step();
      await null;
      throw new Error('nobody catches this');
    });
  },
  sigterm() {
    console.log('ready');
    busy();
  },
  sigint() {
    console.log('ready');
    const y = x.matmul(w);
    y.register_hook(() => busy());
    y.sum().backward();
  },
};

if (isMainThread) await scenarios[process.argv[2]]();
else {
  step();
  parentPort.postMessage('started');
  busy();
}
