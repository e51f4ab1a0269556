// Fetches libtorch into the user's cache: from an offline folder, or PyTorch's archive, or PyTorch's wheel by pip.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fetchArchive } from './archive.mjs';
import { StepError, reasonOf } from './errors.mjs';
import { explain, inspect, managedCopies } from './find.mjs';
import { withLock } from './lock.mjs';
import { findOffline } from './offline.mjs';
import { cacheRoot, managedName, packageJson, selectionFile } from './paths.mjs';
import { fetchWheel } from './pip.mjs';
import { startProgress } from './progress.mjs';
import { unpack } from './unpack.mjs';
import { resolveVariant } from './variant.mjs';

/**
 * @typedef {object} ProvisionOptions
 * @property {string} [variant] cpu (default), cuda, or one such as cu126
 * @property {string} [offline] folder with the archive or the wheel; nothing is asked of the network then.
 *   Default LIBTORCH_NODE_OFFLINE
 * @property {boolean} [force] fetch again although there is a copy
 * @property {NodeJS.ProcessEnv} [env]
 * @property {import('./download.mjs').DownloadOptions} [download] timeouts and attempts, for tests
 * @property {(line: string) => void} [log] default: standard error
 * @property {typeof startProgress} [progress] default: a bar, or lines, on standard error
 */

/** No step led to a libtorch; the message lists them all. */
export class ProvisionError extends Error {
  /** @param {string} wanted @param {import('./find.mjs').Attempt[]} tried */
  constructor(wanted, tried) {
    super(`${wanted} could not be set up. Tried:\n${explain(tried)}`);
    this.name = 'ProvisionError';
    this.tried = tried;
  }
}

/**
 * Fetches the pinned libtorch into the cache and makes it the chosen copy. A copy that is there already is used.
 * Under its final name a copy is always whole: it is unpacked and checked under another, then renamed.
 * @param {ProvisionOptions} options
 * @returns {Promise<import('./find.mjs').Libtorch>}
 * @throws {ProvisionError}
 */
export async function provision(options = {}) {
  const { env = process.env, force = false, log = console.error } = options;
  const { version } = packageJson().libtorch;
  const cache = cacheRoot(env);
  const request = options.variant ?? 'cpu';
  const wanted = `libtorch ${version} (${request})`;
  /** @type {string} */
  let variant;
  try {
    variant = resolveVariant(request);
  } catch (error) {
    throw new ProvisionError(wanted, [attempt('variant', null, error, 'run: npx libtorch-node setup --cpu')]);
  }
  try {
    return await withLock(
      cache,
      async () => {
        const there = force ? null : existing(cache, version, variant);
        if (there) {
          await select(cache, there);
          return there;
        }
        return fetchAndPlace({ ...options, env, log, version, variant, cache });
      },
      { waiting: () => log(`Another process works in ${cache}; waiting for it ...`) },
    );
  } catch (error) {
    if (error instanceof ProvisionError) throw error;
    throw new ProvisionError(wanted, [
      attempt('cache', cache, error, 'set LIBTORCH_NODE_CACHE to a folder that can be written'),
    ]);
  }
}

/**
 * @param {string} step
 * @param {string | null} path
 * @param {unknown} error
 * @param {string} mend where the error itself knows none
 * @returns {import('./find.mjs').Attempt}
 */
function attempt(step, path, error, mend) {
  return { step, path, reason: reasonOf(error), mend: (error instanceof StepError && error.mend) || mend };
}

/** @param {string} cache @param {string} version @param {string} variant */
function existing(cache, version, variant) {
  const name = managedName(version, variant);
  if (!managedCopies(cache, version).includes(name)) return null;
  const result = inspect(join(cache, name), 'cache');
  return 'found' in result && result.found.include ? result.found : null;
}

/** @param {string} cache @param {import('./find.mjs').Libtorch} found */
async function select(cache, found) {
  await writeFile(selectionFile(cache), `${basename(found.root)}\n`);
}

/** @param {ProvisionOptions & {env: NodeJS.ProcessEnv, log: (line: string) => void, version: string, variant: string, cache: string}} options */
async function fetchAndPlace({ env, log, version, variant, cache, download, ...options }) {
  const { progress = startProgress } = options;
  // The lock is ours, so whatever lies here is of a process that died.
  for (const name of await readdir(cache))
    if (name.startsWith('.tmp-')) await rm(join(cache, name), { recursive: true, force: true });
  const temporary = join(cache, `.tmp-${process.pid}`);
  await mkdir(temporary, { recursive: true });

  const folder = options.offline ?? env.LIBTORCH_NODE_OFFLINE;
  const wheels = join(temporary, 'wheel');
  const downloads = join(cache, 'downloads');
  /** @type {{step: string, path: string | null, mend: string, fetch: () => Promise<string>}[]} */
  const steps = folder
    ? [
        {
          step: 'offline folder',
          path: resolve(folder),
          mend: 'put the official archive or the torch wheel of this version there',
          fetch: () => findOffline({ version, variant, folder: resolve(folder) }),
        },
      ]
    : [
        {
          step: 'official archive',
          path: null,
          mend: 'check the network (HTTPS_PROXY, LIBTORCH_NODE_MIRROR), or carry the file here and use --offline DIR',
          fetch: () => fetchArchive({ version, variant, folder: downloads, env, download, progress }),
        },
        {
          step: 'pip',
          path: null,
          mend: 'check what `python3 -m pip download torch` says',
          fetch: () => {
            if (variant === 'cpu') return fetchWheel({ version, folder: wheels, env, log });
            throw new StepError(
              "a CUDA wheel alone does not load: it needs NVIDIA's packages beside it",
              'install torch with CUDA into a Python environment and set LIBTORCH_USE_PYTORCH=1',
            );
          },
        },
      ];
  /** @type {import('./find.mjs').Attempt[]} */
  const tried = [];
  try {
    for (const { step, path, mend, fetch } of steps) {
      try {
        log(`libtorch ${version} (${variant}): ${step} ...`);
        const file = await fetch();
        const found = await unpackAndPlace({ file, temporary, cache, version, variant, log, progress });
        if (file.startsWith(downloads)) await rm(file, { force: true });
        return found;
      } catch (error) {
        const line = attempt(step, path, error, mend);
        log(`  ${line.reason}`);
        tried.push(line);
      }
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
    // Goes only when empty: the part of a broken download stays for the next attempt.
    await rmdir(downloads).catch(() => {});
  }
  throw new ProvisionError(`libtorch ${version} (${variant})`, tried);
}

/** @param {{file: string, temporary: string, cache: string, version: string, variant: string, log: (line: string) => void, progress: typeof startProgress}} options */
async function unpackAndPlace({ file, temporary, cache, version, variant, log, progress }) {
  const fresh = join(temporary, 'copy');
  await rm(fresh, { recursive: true, force: true });
  log(`Unpacking ${basename(file)} ...`);
  try {
    await unpack(file, fresh, { progress: progress('unpacking') });
    const result = inspect(fresh, 'cache');
    if ('reason' in result) throw new StepError(`${file}: ${result.reason}`);
    if (!result.found.include) throw new StepError(`${file}: it has no include/ATen`);
    if (result.found.version !== version || result.found.variant !== variant)
      throw new StepError(
        `${file}: it holds libtorch ${result.found.version} (${result.found.variant}), not ${version} (${variant})`,
      );
  } catch (error) {
    // A file that does not unpack is of no use to the next attempt either; the user's own offline file stays.
    if (file.startsWith(cache)) await rm(file, { force: true });
    throw error;
  }
  const target = join(cache, managedName(version, variant));
  const old = join(temporary, 'old');
  if (existsSync(target)) await rename(target, old);
  try {
    await rename(fresh, target);
  } catch (error) {
    if (existsSync(old)) await rename(old, target);
    throw error;
  }
  const placed = inspect(target, 'cache');
  if ('reason' in placed) throw new StepError(`${target}: ${placed.reason}`);
  await select(cache, placed.found);
  return placed.found;
}
