// Run as a child by doctor: loads libtorch and the addon, and prints what they say. A crash ends only this process;
// the last line on standard error then names the step that did it.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { libraries } from './platform.mjs';

const require = createRequire(import.meta.url);
const [lib = '', loader = '', addon = ''] = process.argv.slice(2);

/**
 * @template T
 * @param {string} name
 * @param {() => T} work
 * @returns {T}
 */
function step(name, work) {
  console.error(`step: ${name}`);
  return work();
}

const { open } = step('load the loader', () => require(loader));
const names = libraries();
for (const name of [names.c10, names.cpu]) step(`open ${name}`, () => open(join(lib, name), true));
for (const name of [names.c10Cuda, names.cuda])
  if (existsSync(join(lib, name))) step(`open ${name}`, () => open(join(lib, name), true));
const native = step('load the addon', () => require(addon));
step('initialize the addon', () =>
  native.initialize({
    makeError: (/** @type {unknown[]} */ ...parts) => new Error(parts.map(String).join(': ')),
    collectGarbage() {},
  }),
);
const versions = step('ask libtorch for its version', () => native.versions());
const threads = step('ask for the number of threads', () => native.getNumThreads());
const devices = step('ask for the number of CUDA devices', () => native.cudaDeviceCount());
console.log(JSON.stringify({ builtFor: versions.builtFor, threads, cudaDevices: devices }));
