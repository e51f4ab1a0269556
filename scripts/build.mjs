// The native build: finds libtorch (sets it up when missing) and runs CMakeLists.txt through cmake-js.
// Called by every `npm start` and `npm test`, so it returns at once when nothing has changed.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { explain, locate } from './libtorch/find.mjs';
import { buildInfo, built, isCheckout, packageJson, packageRoot } from './libtorch/paths.mjs';

// Under another name than require, because cmake-js has no types to look for.
const load = createRequire(import.meta.url);
const work = join(packageRoot, 'build', 'cmake');

/**
 * Names everything that the result depends on. Contents, not times: a checkout changes times.
 * @param {import('./libtorch/find.mjs').Libtorch} libtorch
 */
export function fingerprint(libtorch) {
  const hash = createHash('sha256');
  const files = ['native', 'native/loader'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${folder}/${entry.name}`),
  );
  for (const file of [...files, 'CMakeLists.txt'].sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(packageRoot, file)))
      .update('\0');
  // The version alone: the same release from another folder, or for CUDA, has the same headers and symbols.
  hash.update(JSON.stringify({ version: libtorch.version, napi: napiVersion(), arch: process.arch }));
  return hash.digest('hex');
}

function napiVersion() {
  return Math.max(...packageJson().binary.napi_versions);
}

/**
 * Whether the built addon is the one that these sources and this libtorch make.
 * @param {import('./libtorch/find.mjs').Libtorch} libtorch
 */
export function upToDate(libtorch) {
  if (!existsSync(built.addon) || !existsSync(built.loader)) return false;
  return buildInfo()?.fingerprint === fingerprint(libtorch);
}

/**
 * The linker removes its output before it writes it. Somebody who starts meanwhile must see the old file or the new.
 * @param {string} from
 * @param {string} to
 */
function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, `${to}.tmp`);
  renameSync(`${to}.tmp`, to);
}

/** @param {import('./libtorch/find.mjs').Libtorch} libtorch */
async function compile(libtorch) {
  const { BuildSystem } = load('cmake-js');
  load('cmake-js/lib/logger').level = 'warn';
  const before = fingerprint(libtorch);
  const napi = napiVersion();
  const system = () =>
    new BuildSystem({
      directory: packageRoot,
      out: work,
      config: 'Release',
      cMakeOptions: {
        LIBTORCH: libtorch.root,
        NAPI_VERSION: napi,
        // A user's newer compiler may know a warning that this one does not; only a checkout is stopped by it.
        LIBTORCH_NODE_WERROR: isCheckout() ? 'ON' : 'OFF',
        // Set by scripts/prebuild.mjs.
        LIBTORCH_NODE_PORTABLE: process.env.LIBTORCH_NODE_PORTABLE ? 'ON' : 'OFF',
      },
    });
  try {
    await system().configure();
  } catch (error) {
    if (!existsSync(join(work, 'CMakeCache.txt'))) throw error;
    // A cache of another place, generator or compiler is no reason to fail.
    rmSync(work, { recursive: true, force: true });
    await system().configure();
  }
  await system().build();
  place(join(work, 'out', 'loader', basename(built.loader)), built.loader);
  place(join(work, 'out', basename(built.addon)), built.addon);
  const compiler = readFileSync(join(work, 'compiler.txt'), 'utf8').trim();
  /** @type {import('./libtorch/find.mjs').BuildInfo} */
  const info = {
    package: packageJson().version,
    libtorch: { root: libtorch.root, version: libtorch.version, variant: libtorch.variant },
    napi,
    platform: `${process.platform}-${process.arch}`,
    compiler,
    // From before the build: an edit meanwhile must count as a change next time.
    fingerprint: before,
  };
  writeFileSync(built.info, `${JSON.stringify(info, null, 2)}\n`);
}

/**
 * Builds the addon where it is not up to date.
 * @param {{force?: boolean, libtorch?: import('./libtorch/find.mjs').Libtorch}} options force: build although nothing
 *   changed; libtorch: the one to build for. By default the one that is found, which is fetched where there is none
 * @returns {Promise<{built: boolean, libtorch: import('./libtorch/find.mjs').Libtorch}>}
 * @throws {Error} when there is no libtorch, no compiler, or the sources do not compile
 */
export async function build({ force = false, libtorch: given } = {}) {
  /** @type {ReturnType<typeof locate>} */
  let { found, tried } = given ? { found: given, tried: [] } : locate();
  if (found?.include === null) {
    const mend = 'point LIBTORCH at a libtorch with its headers, or run: npx libtorch-node setup';
    tried.push({
      step: found.source,
      path: found.root,
      reason: 'no include/ATen: the headers are missing',
      mend,
    });
    found = null;
  }
  if (!found && !given && !process.env.LIBTORCH) {
    const { provision } = await import('./libtorch/provision.mjs');
    found = await provision({});
  }
  if (!found) throw new Error(`No libtorch to build with. Tried:\n${explain(tried)}`);
  if (!force && upToDate(found)) return { built: false, libtorch: found };

  const { withLock } = await import('./libtorch/lock.mjs');
  const libtorch = found;
  // Two test runs at once: the second waits, and then finds the work done.
  const waiting = () => console.log('Another process builds the addon; waiting for it ...');
  return withLock(
    join(packageRoot, 'build'),
    async () => {
      if (!force && upToDate(libtorch)) return { built: false, libtorch };
      console.log(
        `Building the addon for libtorch ${libtorch.version} (${libtorch.variant}) at ${libtorch.root}`,
      );
      await compile(libtorch);
      return { built: true, libtorch };
    },
    { waiting },
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await build({ force: process.argv.includes('--force') });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
