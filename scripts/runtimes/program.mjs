/* eslint-disable @typescript-eslint/ban-ts-comment -- it runs on dist/, which need not be there when types are checked */
// @ts-nocheck
// What scripts/runtimes.mjs runs under each runtime: plain JavaScript on the compiled package, one job per process.
// Prints one line of JSON: peak of resident memory in MB, milliseconds, and the job's own result.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import * as torch from '../../dist/index.js';

/** Linux knows the peak by itself; elsewhere the runtime is asked, which counts in kB. */
function peak() {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes) return Number(kilobytes) / 1024;
  } catch {
    // no /proc here
  }
  return process.resourceUsage().maxRSS / 1024;
}

/** The loop that must not leak: nothing is disposed of, no scope, no turn of the event loop. */
function loop() {
  const a = torch.ones([256, 784]);
  const b = torch.ones([256, 784]);
  let last = a;
  for (let i = 0; i < 20_000; ++i) last = a.add(b);
  return last.sum().item();
}

/** Results of one element: many handles, few bytes. */
function small() {
  const a = torch.ones([1]);
  let last = a;
  for (let i = 0; i < 500_000; ++i) last = last.add(a);
  return last.item();
}

/** A net of two layers for 300 steps, graphs and gradients left to the collector. */
function training() {
  torch.manual_seed(42);
  const x = torch.randn([256, 784]);
  const y = torch.randint(0, 2, [256, 1]).float();
  const parameters = [
    torch.randn([784, 30]).mul(0.05),
    torch.zeros([30]),
    torch.randn([30, 1]).mul(0.05),
    torch.zeros([1]),
  ];
  for (const p of parameters) p.requires_grad_();
  const [w1, b1, w2, b2] = parameters;
  let loss;
  for (let step = 0; step < 300; ++step) {
    loss = x.matmul(w1).add(b1).relu().matmul(w2).add(b2).sigmoid().sub(y).pow(2).mean();
    loss.backward();
    torch.no_grad(() => {
      for (const p of parameters) {
        p.sub_(p.grad.mul(0.5));
        p.grad = null;
      }
    });
  }
  return loss.item();
}

const jobs = { loop, small, training };
const name = process.argv[2] ?? 'loop';
torch.set_num_threads(1);
const start = performance.now();
const result = jobs[name]();
const ms = performance.now() - start;
console.log(JSON.stringify({ job: name, result, ms: Math.round(ms), peak: Math.round(peak()) }));
