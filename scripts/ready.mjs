// Everything that must be there before the first import: a libtorch, and an addon that serves it. Used by npm's install
// step and by `setup`. A prebuilt addon is tried in a process of its own; only where none works is one built.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from './build.mjs';
import { addons, chooseAddon } from './libtorch/addon.mjs';
import { StepError, reasonOf } from './libtorch/errors.mjs';
import { explain, locate } from './libtorch/find.mjs';
import { built, isCheckout } from './libtorch/paths.mjs';
import { tooOldNode, unfit } from './libtorch/platform.mjs';
import { probe } from './libtorch/probing.mjs';
import { chooseCopy, provision } from './libtorch/provision.mjs';

/**
 * @typedef {object} ReadyOptions
 * @property {string} [variant] cpu, cuda or one such as cu126; without one, whatever libtorch is there serves
 * @property {string} [offline] folder to take files from, in place of the network
 * @property {boolean} [force] fetch again although there is a copy
 * @property {boolean} [source] build the addon from its sources although a prebuilt one serves
 * @property {boolean} [addon] false: only libtorch. Default true
 * @property {(line: string) => void} [log]
 */

/**
 * Makes everything ready. What worked before still works after a failure: a fetched libtorch becomes the chosen one
 * only when an addon has run with it.
 * @param {ReadyOptions} options
 * @returns {Promise<{libtorch: import('./libtorch/find.mjs').Libtorch, addon: 'prebuilt' | 'built' | 'there' | 'none'}>}
 * @throws {Error} whose message says what was tried and what to do
 */
export async function ready(options = {}) {
  const { log = console.error } = options;
  const wrong = tooOldNode() ?? unfit();
  if (wrong) throw new StepError(`${wrong.reason}\n${wrong.mend}`, wrong.mend);
  const libtorch = await someLibtorch(options);
  const addon = options.addon === false ? 'none' : await someAddon(libtorch, options, log);
  if (libtorch.source === 'cache') await chooseCopy(libtorch);
  return { libtorch, addon };
}

/** @param {ReadyOptions} options */
async function someLibtorch(options) {
  const named = ['LIBTORCH', 'LIBTORCH_USE_PYTORCH'].find((name) =>
    name === 'LIBTORCH' ? process.env[name] : process.env[name] === '1',
  );
  const { found, tried } = locate();
  if (named) {
    if (!found) throw new StepError(`${named} is set, and what it names does not fit:\n${explain(tried)}`);
    console.log(`${named} is set, so nothing is fetched.`);
    return found;
  }
  const asked = options.variant ?? options.offline ?? options.force;
  return found && !asked ? found : provision({ ...options, choose: false, serves });
}

/**
 * @param {import('./libtorch/find.mjs').Libtorch} libtorch
 * @param {ReadyOptions} options
 * @param {(line: string) => void} log
 */
async function someAddon(libtorch, { source = false, force = false }, log) {
  if (isCheckout()) {
    const { built: fresh } = await build({ force, libtorch });
    return fresh ? 'built' : 'there';
  }
  const chosen = source ? null : chooseAddon(libtorch.version, addons());
  let problem = '';
  if (chosen) {
    const answer = probe(libtorch, chosen);
    if (!('reason' in answer)) return chosen.source === 'prebuilt' ? 'prebuilt' : 'there';
    problem = `the ${chosen.source === 'prebuilt' ? 'prebuilt ' : ''}addon does not run here: ${answer.reason}`;
    log(`${problem}\nBuilding it from its sources ...`);
  } else if (!source) {
    problem = `no prebuilt addon for libtorch ${libtorch.version} on ${process.platform}-${process.arch}`;
  }
  try {
    await buildAndTry(libtorch);
  } catch (error) {
    throw new StepError([problem, reasonOf(error)].filter(Boolean).join('\n'));
  }
  return 'built';
}

/** @param {import('./libtorch/find.mjs').Libtorch} libtorch */
async function buildAndTry(libtorch) {
  const missing = missingTools();
  if (missing) throw new StepError(missing);
  const release = dirname(built.addon);
  const before = `${release}.before`;
  rmSync(before, { recursive: true, force: true });
  if (existsSync(built.addon)) cpSync(release, before, { recursive: true });
  try {
    await build({ libtorch });
    const answer = probe(libtorch, built);
    if ('reason' in answer)
      throw new StepError(`the addon was built, but does not run: ${answer.reason}\n${answer.mend}`);
  } catch (error) {
    if (existsSync(before)) {
      rmSync(release, { recursive: true, force: true });
      cpSync(before, release, { recursive: true });
    }
    throw error;
  } finally {
    rmSync(before, { recursive: true, force: true });
  }
}

/** Asked before gigabytes are fetched. @param {string} version */
function serves(version) {
  if (chooseAddon(version)?.source === 'prebuilt') return null;
  const missing = missingTools();
  return missing && `for which there is no prebuilt addon, and ${missing}`;
}

/** Says in a sentence what CMake would say in fifty lines. */
function missingTools() {
  const there = (/** @type {string} */ name) => !spawnSync(name, ['--version'], { windowsHide: true }).error;
  const missing = [];
  if (!there('cmake')) missing.push('CMake');
  // On Windows CMake finds Visual Studio, which is not on the path.
  if (process.platform !== 'win32' && !process.env.CXX && !['c++', 'g++', 'clang++'].some(there))
    missing.push('a C++20 compiler');
  if (missing.length === 0) return null;
  const how = process.platform === 'linux' ? 'apt-get install g++ cmake' : 'install them';
  return `building one needs ${missing.join(' and ')}: ${how}`;
}
