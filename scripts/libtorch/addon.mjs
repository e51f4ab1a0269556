// Finds the addon: one that was built here comes before one that the package brought. The layout is prebuildify's and
// node-gyp-build finds the same file; but an addon serves one minor version of libtorch, of which that knows nothing.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildInfo, isCheckout, packageRoot } from './paths.mjs';
import { minorOf } from './version.mjs';

/** @type {typeof import('./addon.mjs').prebuiltFolder} */
export function prebuiltFolder(root = packageRoot, platform = process.platform, arch = process.arch) {
  return join(root, 'prebuilds', `${platform}-${arch}`);
}

/** @type {typeof import('./addon.mjs').prebuiltName} */
export function prebuiltName(platform = process.platform) {
  return platform === 'linux' ? 'libtorch-node.glibc.node' : 'libtorch-node.node';
}

/**
 * @param {string} folder
 * @param {import('./addon.mjs').Addon['source']} source
 * @param {string} name
 * @returns {import('./addon.mjs').Addon}
 */
function inFolder(folder, source, name = 'libtorch_node.node') {
  const info = join(folder, 'build-info.json');
  return {
    addon: join(folder, name),
    loader: join(folder, 'loader', 'libtorch_loader.node'),
    info,
    source,
    builtFor: buildInfo(info)?.libtorch?.version ?? null,
  };
}

/** @type {typeof import('./addon.mjs').addonPlaces} */
export function addonPlaces({ env = process.env, root = packageRoot } = {}) {
  if (env.LIBTORCH_NODE_BUILD) return [env.LIBTORCH_NODE_BUILD];
  const release = join(root, 'build', 'Release');
  // In the project's own checkout a binary that was packed once is older than the sources.
  return isCheckout(root) ? [release] : [release, prebuiltFolder(root)];
}

/** @type {typeof import('./addon.mjs').addons} */
export function addons(places = {}) {
  const [built, shipped] = addonPlaces(places);
  const list = [];
  if (built) {
    const own = (places.env ?? process.env).LIBTORCH_NODE_BUILD ? 'LIBTORCH_NODE_BUILD' : 'build';
    list.push(inFolder(built, own));
  }
  if (shipped) {
    const others = existsSync(shipped)
      ? readdirSync(shipped).filter((name) => name.startsWith('libtorch-2.'))
      : [];
    for (const folder of [shipped, ...others.sort().map((name) => join(shipped, name))])
      list.push(inFolder(folder, 'prebuilt', prebuiltName()));
  }
  return list.filter(({ addon, loader }) => existsSync(addon) && existsSync(loader));
}

/** @type {typeof import('./addon.mjs').chooseAddon} */
export function chooseAddon(version, there = addons()) {
  const serves = (/** @type {string | null} */ builtFor) =>
    builtFor === null || minorOf(builtFor) === minorOf(version);
  return there.find(({ builtFor }) => serves(builtFor)) ?? null;
}
