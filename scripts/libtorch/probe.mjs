// Run as a child by doctor: loads libtorch and the addon, and prints what they say. A crash ends only this process;
// the last line on standard error then names the step that did it.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { reasonOf } from './errors.mjs';
import { libraries } from './platform.mjs';

const require = createRequire(import.meta.url);
const [lib = '', loader = '', addon = ''] = process.argv.slice(2);

/** @type {string} */
let step = '';

/**
 * @template T
 * @param {string} name
 * @param {() => T} work
 * @returns {T}
 */
function during(name, work) {
  step = name;
  console.error(`step: ${name}`);
  return work();
}

function look() {
  const { open } = during('load the loader', () => require(loader));
  const names = libraries();
  for (const name of [names.c10, names.cpu]) during(`open ${name}`, () => open(join(lib, name), true));
  for (const name of [names.c10Cuda, names.cuda])
    if (existsSync(join(lib, name))) during(`open ${name}`, () => open(join(lib, name), true));
  const native = during('load the addon', () => require(addon));
  // Every hook that the addon asks for: the addon's own face is not what is examined here.
  const hook = (/** @type {unknown[]} */ ...parts) => new Error(parts.map(String).join(': '));
  during('initialize the addon', () => native.initialize(new Proxy({}, { get: () => hook })));
  const { builtFor } = during('ask libtorch for its version', () => native.versions());
  const threads = during('ask for the number of threads', () => native.getNumThreads());
  const cudaDevices = during('ask for the number of CUDA devices', () => native.cudaDeviceCount());
  return { builtFor, threads, cudaDevices };
}

try {
  console.log(JSON.stringify(look()));
} catch (error) {
  console.log(JSON.stringify({ failed: step, reason: reasonOf(error) }));
}
