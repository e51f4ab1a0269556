// npm run prebuild [-- [--reuse] LIBTORCH ...]: makes prebuilds/<system>/, the binaries that the package brings, so that
// nobody needs a compiler. One addon per folder of libtorch that is named, each of another minor version; the pinned
// version's lies where node-gyp-build looks. Each is stripped, and refused where it would not run elsewhere.
//   --reuse  take build/Release as it is, for a trial of the package; a release is built afresh
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { prebuiltFolder, prebuiltName } from './libtorch/addon.mjs';
import { explain, inspect, locate } from './libtorch/find.mjs';
import { minorOf } from './libtorch/numbers.mjs';
import { built, packageJson, packageRoot } from './libtorch/paths.mjs';
import { checkBinary } from './prebuild/check.mjs';

const load = createRequire(import.meta.url);
const { values, positionals } = parseArgs({
  options: { reuse: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const loaderName = join('loader', 'libtorch_loader.node');

/**
 * Builds in a copy of the sources: node-gyp empties build/, which others may be using.
 * @param {import('./libtorch/find.mjs').Libtorch} libtorch
 * @returns {Promise<string>} a folder in the form of build/Release
 */
async function buildAfresh(libtorch) {
  const copy = join(packageRoot, 'build', `prebuild-${minorOf(libtorch.version)}`);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const name of ['scripts', 'native', 'CMakeLists.txt', 'binding.gyp', 'package.json'])
    cpSync(join(packageRoot, name), join(copy, name), { recursive: true });
  symlinkSync(join(packageRoot, 'node_modules'), join(copy, 'node_modules'), 'junction');
  // Node's headers from where this Node lies, where they are there; node-gyp would fetch them.
  const home = resolve(dirname(process.execPath), '..');
  if (existsSync(join(home, 'include', 'node', 'node_api.h'))) process.env.npm_config_nodedir ??= home;
  process.env.LIBTORCH = libtorch.root;
  process.env.LIBTORCH_NODE_PORTABLE = '1';
  const out = join(copy, 'out');
  await new Promise((done, fail) => {
    const options = {
      cwd: copy,
      out,
      targets: [process.versions.node],
      napi: true,
      strip: false,
      tagLibc: process.platform === 'linux',
    };
    load('prebuildify')(options, (/** @type {Error | null} */ error) => (error ? fail(error) : done(null)));
  });
  const release = join(copy, 'build', 'Release');
  // prebuildify takes the addon away, and knows nothing of the loader and of build-info.json.
  renameSync(join(prebuiltFolder(out), prebuiltName()), join(release, 'libtorch_node.node'));
  return release;
}

/** @param {string} file */
function strip(file) {
  if (process.platform === 'win32') return;
  const parameters = process.platform === 'darwin' ? ['-x', file] : ['--strip-all', file];
  const { status, error, stderr } = spawnSync('strip', parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`strip ${file}: ${error?.message ?? stderr}`);
}

/**
 * @param {string} release
 * @param {import('./libtorch/find.mjs').Libtorch} libtorch
 */
function place(release, libtorch) {
  const { version: pinned } = packageJson().libtorch;
  const minor = minorOf(libtorch.version);
  const first = minor === minorOf(pinned);
  const folder = first ? prebuiltFolder() : join(prebuiltFolder(), `libtorch-${minor}`);
  mkdirSync(join(folder, 'loader'), { recursive: true });
  cpSync(join(release, 'libtorch_node.node'), join(folder, prebuiltName()));
  cpSync(join(release, loaderName), join(folder, loaderName));
  strip(join(folder, prebuiltName()));
  strip(join(folder, loaderName));
  const needs = {
    addon: checkBinary(join(folder, prebuiltName()), { lib: libtorch.lib, paths: !values.reuse }),
    loader: checkBinary(join(folder, loaderName), { paths: !values.reuse }),
  };
  const info = JSON.parse(readFileSync(join(release, 'build-info.json'), 'utf8'));
  // Where libtorch lay on the machine that built this is nobody's business.
  delete info.libtorch.root;
  delete info.fingerprint;
  writeFileSync(join(folder, 'build-info.json'), `${JSON.stringify({ ...info, needs }, null, 2)}\n`);
  const { size, versions } = needs.addon;
  console.log(`${folder}: ${(size / 1024).toFixed(0)} KB, needs ${versions.join(', ') || 'nothing named'}`);
}

try {
  const { range } = packageJson().libtorch;
  const named = positionals.map((path) => inspect(resolve(path), 'LIBTORCH', range));
  for (const one of named) if ('reason' in one) throw new Error(one.reason);
  const { found, tried } = locate();
  if (named.length === 0 && !found) throw new Error(explain(tried));
  const all =
    named.length > 0 ? named.flatMap((one) => ('found' in one ? [one.found] : [])) : found ? [found] : [];
  rmSync(prebuiltFolder(), { recursive: true, force: true });
  for (const libtorch of all)
    place(values.reuse ? dirname(built.addon) : await buildAfresh(libtorch), libtorch);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
