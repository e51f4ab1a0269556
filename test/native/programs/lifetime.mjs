/* eslint-disable @typescript-eslint/ban-ts-comment -- it runs on dist/, which need not be there when types are checked */
// @ts-nocheck
// Loops whose memory must stay bounded, and memory that runs out: one job per process, one line of JSON.
import { readFileSync } from 'node:fs';
import * as torch from '../../../dist/index.js';

/** Megabytes that were resident at most. */
function peak() {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes ?? process.resourceUsage().maxRSS) / 1024;
}

const a = torch.ones([256, 784]);
const b = torch.ones([256, 784]);

async function addEvery(steps, wait) {
  let last = a;
  for (let i = 0; i < steps; ++i) {
    last = a.add(b);
    if (wait) await wait();
  }
  return last.sum().item();
}

function description(error) {
  return { name: error?.name, code: error?.code, op: error?.op, message: error?.message };
}

function thrown(fn) {
  try {
    fn();
    return null;
  } catch (error) {
    return description(error);
  }
}

const jobs = {
  sync: () => {
    let last = a;
    for (let i = 0; i < 20_000; ++i) last = a.add(b);
    return last.sum().item();
  },
  microtasks: () => addEvery(5_000, () => null),
  macrotasks: () => addEvery(5_000, () => new Promise((resolve) => setImmediate(resolve))),
  small() {
    let last = torch.zeros([1]);
    const one = torch.ones([1]);
    for (let i = 0; i < 300_000; ++i) last = last.add(one);
    return last.item();
  },
  views() {
    let last = a;
    for (let i = 0; i < 300_000; ++i) last = a.select(0, i % 256);
    return last.sum().item();
  },
  graphs() {
    const w = torch.ones([784]).requires_grad_();
    for (let i = 0; i < 2_000; ++i) a.mul(w).relu().sum();
    return w.requires_grad;
  },
  hooks() {
    for (let i = 0; i < 2_000; ++i) {
      const w = torch.ones([100_000]).requires_grad_();
      w.register_hook((gradient) => gradient.mul(2));
      w.sum().backward();
    }
    return true;
  },
  // An ArrayBuffer over a tensor lets go of it only when the event loop turns: Node-API's finalizers wait for that.
  async arrayBuffers() {
    let sum = 0;
    for (let i = 0; i < 5_000; ++i) {
      sum += a.add(b).toTypedArray({ share: true })[i];
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return sum;
  },
  fromArrays() {
    let last = a;
    for (let i = 0; i < 5_000; ++i) last = torch.from_numpy(new Float32Array(200_000).fill(1));
    return last.sum().item();
  },
  outOfMemory() {
    const before = torch.memory({ collect: true }).tensors;
    const error = thrown(() => torch.empty([1e6, 1e6]));
    const sum = torch.tidy(() => torch.ones([3]).add(1).sum().item());
    return { error, sum, leaked: torch.memory({ collect: true }).tensors - before };
  },
  limited() {
    const kept = [];
    const error = thrown(() => {
      for (let i = 0; i < 1_000; ++i) kept.push(torch.ones([4 << 20]));
    });
    const count = kept.length;
    const small = torch.ones([3]).add(1).sum().item();
    kept.length = 0;
    // What was kept is garbage now: only a collection makes room for this one.
    const retried = torch.ones([4 << 20, Math.max(1, Math.floor(count / 2))]).numel() / (4 << 20);
    return { error, count, small, retried };
  },
};

const result = await jobs[process.argv[2]]();
console.log(JSON.stringify({ result, peak: peak() }));
