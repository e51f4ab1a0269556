// Fetches libtorch into the user's cache: from an offline folder, or PyTorch's archive, or PyTorch's wheel by pip.
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fetchArchive } from './archive.mjs';
import { StepError, reasonOf } from './errors.mjs';
import { explain, inspect, managedCopies } from './find.mjs';
import { withLock } from './lock.mjs';
import { findOffline } from './offline.mjs';
import { cacheRoot, managedName, packageJson, selectionFile } from './paths.mjs';
import { fetchWheels } from './pip.mjs';
import { startProgress } from './progress.mjs';
import { needSpace } from './space.mjs';
import { unpack } from './unpack.mjs';
import { driverCuda, refusal, resolveVariant, room } from './variant.mjs';
import { readRelease } from './version.mjs';

/**
 * @typedef {object} ProvisionOptions
 * @property {string} [variant] cpu (default), cuda, or one such as cu126
 * @property {string} [offline] folder with the archive or the wheel; nothing is asked of the network then.
 *   Default LIBTORCH_NODE_OFFLINE
 * @property {boolean} [force] fetch again although there is a copy
 * @property {boolean} [choose] false: chooseCopy is the caller's, once it knows that the copy serves. Default true
 * @property {(version: string) => string | null} [serves] why no addon can serve a version other than the pinned one
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
  const { env = process.env, force = false, choose = true, log = console.error } = options;
  const { version } = packageJson().libtorch;
  const cache = cacheRoot(env);
  const request = options.variant ?? 'cpu';
  const wanted = `libtorch ${version} (${request})`;
  const driver = request === 'cpu' ? null : driverCuda(env);
  /** @type {string} */
  let variant;
  try {
    variant = resolveVariant(request, { driver });
  } catch (error) {
    throw new ProvisionError(wanted, [attempt('variant', null, error, 'run: npx libtorch-node setup --cpu')]);
  }
  try {
    return await withLock(
      cache,
      async () => {
        const accept = (/** @type {import('./version.mjs').Release} */ release) => {
          const why =
            refusal(request, release, driver) ??
            (release.version === version
              ? null
              : options.serves
                ? options.serves(release.version)
                : `not ${version} (${variant})`);
          return why && `it holds libtorch ${release.version} (${release.variant}), ${why}`;
        };
        const found =
          (force ? null : existing(cache, version, accept)) ??
          (await fetchAndPlace({ ...options, env, log, version, variant, cache, accept }));
        if (choose) await chooseCopy(found);
        return found;
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

/** @typedef {(release: import('./version.mjs').Release) => string | null} Accept why a torch does not serve */

/** @param {string} cache @param {string} version @param {Accept} accept */
function existing(cache, version, accept) {
  for (const name of managedCopies(cache, version)) {
    const result = inspect(join(cache, name), 'cache');
    const release = readRelease(join(cache, name));
    if ('found' in result && result.found.include && release && !accept(release)) return result.found;
  }
  return null;
}

/**
 * Makes a managed copy the one that is found first.
 * @param {import('./find.mjs').Libtorch} found
 */
export async function chooseCopy(found) {
  const file = selectionFile(dirname(found.root));
  const line = `${basename(found.root)}\n`;
  const now = await readFile(file, 'utf8').catch(() => '');
  // A cache that only its owner can write serves others too.
  if (now !== line) await writeFile(file, line);
}

/** @param {ProvisionOptions & {env: NodeJS.ProcessEnv, log: (line: string) => void, version: string, variant: string, cache: string, accept: Accept}} options */
async function fetchAndPlace({ env, log, version, variant, cache, accept, download, ...options }) {
  const { progress = startProgress } = options;
  // The lock is ours, so whatever lies here is of a process that died.
  for (const name of await readdir(cache))
    if (name.startsWith('.tmp-')) await rm(join(cache, name), { recursive: true, force: true });
  const temporary = join(cache, `.tmp-${process.pid}`);
  await mkdir(temporary, { recursive: true });

  const folder = options.offline ?? env.LIBTORCH_NODE_OFFLINE;
  const downloads = join(cache, 'downloads');
  const wheels = join(downloads, managedName(version, variant));
  const { download: onTheWay, unpacked } = room(variant);
  /** @type {{step: string, path: string | null, mend: string, fetch: () => Promise<string[]>}[]} */
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
          fetch: async () => [
            await fetchArchive({ version, variant, folder: downloads, env, download, progress }),
          ],
        },
        {
          step: 'pip',
          path: null,
          mend: 'check what `python3 -m pip download torch` says',
          fetch: () => fetchWheels({ version, variant, folder: wheels, env, log, accept }),
        },
      ];
  /** @type {import('./find.mjs').Attempt[]} */
  const tried = [];
  try {
    await needSpace(cache, unpacked + (folder ? 0 : onTheWay), `libtorch ${version} (${variant})`);
    for (const { step, path, mend, fetch } of steps) {
      try {
        log(`libtorch ${version} (${variant}): ${step} ...`);
        const files = await fetch();
        const found = await unpackAndPlace({ files, temporary, cache, accept, log, progress });
        await rm(downloads, { recursive: true, force: true });
        return found;
      } catch (error) {
        const line = attempt(step, path, error, mend);
        log(`  ${line.reason}`);
        tried.push(line);
      }
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
    // Go only when empty: the part of a broken download stays for the next attempt.
    await rmdir(wheels).catch(() => {});
    await rmdir(downloads).catch(() => {});
  }
  throw new ProvisionError(`libtorch ${version} (${variant})`, tried);
}

/** @param {{files: string[], temporary: string, cache: string, accept: Accept, log: (line: string) => void, progress: typeof startProgress}} options */
async function unpackAndPlace({ files, temporary, cache, accept, log, progress }) {
  const fresh = join(temporary, 'copy');
  await rm(fresh, { recursive: true, force: true });
  const [first = ''] = files;
  let name;
  try {
    for (const file of files) {
      log(`Unpacking ${basename(file)} ...`);
      await unpack(file, fresh, { progress: progress('unpacking') });
    }
    const result = inspect(fresh, 'cache');
    if ('reason' in result) throw new StepError(`${first}: ${result.reason}`);
    if (!result.found.include) throw new StepError(`${first}: it has no include/ATen`);
    const release = readRelease(fresh);
    const reason = release ? accept(release) : 'its version cannot be read';
    if (!release || reason) throw new StepError(`${first}: ${reason}`);
    name = managedName(release.version, release.variant);
  } catch (error) {
    // A file that does not unpack is of no use to the next attempt either; the user's own offline file stays.
    for (const file of files) if (file.startsWith(cache)) await rm(file, { force: true });
    throw error;
  }
  const target = join(cache, name);
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
  return placed.found;
}
