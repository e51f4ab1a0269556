// Where things lie: this package, its build, and the user's cache of libtorch copies.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of this package's package.json. */
export const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @returns {{name: string, version: string, engines: {node: string}, libtorch: {version: string, range: string, cuda: string[]}, binary: {napi_versions: number[]}}} */
export function packageJson() {
  return JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
}

/** Whether this is the project's own checkout: the published package has neither of these. */
export function isCheckout(root = packageRoot) {
  return existsSync(join(root, '.git')) || existsSync(join(root, 'ts'));
}

/**
 * Folder of the managed copies: LIBTORCH_NODE_CACHE, else libtorch-node in the platform's cache folder.
 * @param {NodeJS.ProcessEnv} env
 */
export function cacheRoot(env = process.env) {
  if (env.LIBTORCH_NODE_CACHE) return resolve(env.LIBTORCH_NODE_CACHE);
  // The XDG rule: a relative path there is to be ignored.
  const xdg = env.XDG_CACHE_HOME;
  if (xdg && resolve(xdg) === xdg) return join(xdg, 'libtorch-node');
  if (process.platform === 'win32' && env.LOCALAPPDATA)
    return join(env.LOCALAPPDATA, 'libtorch-node', 'cache');
  const home = env.HOME || homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'libtorch-node');
  return join(home, '.cache', 'libtorch-node');
}

/**
 * Folder of one managed copy; what has another name in the cache root is not a copy.
 * @param {string} version such as 2.13.0, without the +cpu
 * @param {string} variant such as cpu, cu126
 */
export function managedName(version, variant) {
  return `${version}-${variant}`;
}

/** Matches the names that managedName makes. */
export const managedPattern = /^(\d+\.\d+\.\d+[a-z0-9.]*)-([a-z0-9.]+)$/;

/** File in the cache root that names the copy that the last `setup` chose. */
export function selectionFile(root = cacheRoot()) {
  return join(root, 'selected');
}

const release = join(packageRoot, 'build', 'Release');

/** What the native build leaves behind. */
export const built = {
  addon: join(release, 'libtorch_node.node'),
  loader: join(release, 'loader', 'libtorch_loader.node'),
  info: join(release, 'build-info.json'),
};

/**
 * What scripts/build.mjs wrote about the addon, or null where it has not run.
 * @returns {null | import('./find.mjs').BuildInfo}
 */
export function buildInfo(path = built.info) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
