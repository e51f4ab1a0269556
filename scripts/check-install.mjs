// npm run check-install [-- --quick] [--only TEXT] [--keep]: makes the tarball and installs it in the ways that users
// have, each in an empty folder on a path without compiler, CMake and Python; trains a linear model in each; prints a
// table. Needs libtorch in the cache and prebuilds/ (npm run prebuild).
//   --quick  the ways that differ most, for CI
//   --only   the ways whose name holds this text
//   --keep   leave the folders
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeMachine, run, trialEnvironment } from './check-install/machine.mjs';
import { kinds, nameOf, ways, writeProject } from './check-install/projects.mjs';
import { compareStart } from './check-install/start.mjs';
import { checkTarball, makeTarball } from './check-install/tarball.mjs';
import { locate } from './libtorch/find.mjs';
import { packageRoot } from './libtorch/paths.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
});
const root = mkdtempSync(join(tmpdir(), 'check-install-'));
const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');

/** @typedef {import('./check-install/projects.mjs').Way} Way */

/**
 * The commands of one package manager.
 * @param {Way} way
 * @param {Record<string, string>} command
 * @param {string} tarball
 * @returns {{install: [string, string[]], exec: (parameters: string[]) => [string, string[]], node: (file: string) => [string, string[]]}}
 */
function commands({ manager, scripts }, command, tarball) {
  const of = (/** @type {string} */ name) => command[name] ?? name;
  const node = (/** @type {string} */ file) => /** @type {[string, string[]]} */ (['node', [file]]);
  if (manager === 'npm') {
    // npm 11.16 and later run no dependency's scripts unless they are told to.
    const more = scripts ? ['--dangerously-allow-all-scripts'] : ['--ignore-scripts'];
    return {
      install: [of('npm'), ['install', '--prefer-offline', '--no-audit', '--no-fund', ...more, tarball]],
      exec: (parameters) => ['npx', ['--no-install', ...parameters]],
      node,
    };
  }
  if (manager === 'pnpm')
    return {
      install: [of('pnpm'), ['add', '--prefer-offline', ...(scripts ? [] : ['--ignore-scripts']), tarball]],
      exec: (parameters) => [of('pnpm'), ['exec', ...parameters]],
      node,
    };
  if (manager === 'yarn1')
    return {
      install: [
        of('yarn1'),
        ['add', '--prefer-offline', ...(scripts ? [] : ['--ignore-scripts']), `file:${tarball}`],
      ],
      exec: (parameters) => [of('yarn1'), ['run', ...parameters]],
      node,
    };
  return {
    install: [of('yarn4'), ['add', `libtorch-node@file:${tarball}`]],
    exec: (parameters) => [of('yarn4'), ['run', ...parameters]],
    node: manager === 'yarn4 pnp' ? (file) => [of('yarn4'), ['node', file]] : node,
  };
}

/**
 * @param {Way} way
 * @param {{tarball: string, command: Record<string, string>, path: string, registry: string, libtorch: import('./libtorch/find.mjs').Libtorch}} trial
 */
async function tryOne(way, { tarball, command, path, registry, libtorch }) {
  const folder = join(root, nameOf(way).replace(/\W+/g, '-'));
  writeProject(folder, way, { typesRoot: join(packageRoot, 'node_modules', '@types') });
  // A cache that holds libtorch, and in which nothing has been chosen yet.
  const cache = join(root, 'caches', basename(folder));
  mkdirSync(cache, { recursive: true });
  symlinkSync(libtorch.root, join(cache, `${libtorch.version}-${libtorch.variant}`), 'dir');
  const env = {
    ...trialEnvironment(path),
    LIBTORCH_NODE_CACHE: cache,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_ENABLE_SCRIPTS: String(way.scripts),
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    YARN_GLOBAL_FOLDER: join(tmpdir(), 'check-install-yarn'),
  };
  const { install, exec, node } = commands(way, command, tarball);
  const at = { cwd: folder, env };
  const installed = await run(...install, at);
  const set = way.scripts ? null : await run(...exec(['libtorch-node', 'setup']), at);
  if (set && !set.output.includes('The prebuilt addon serves.'))
    throw new Error(`setup did not take the prebuilt addon:\n${set.output}`);
  if (!existsSync(join(cache, 'selected')))
    throw new Error(`the install script did nothing:\n${installed.output}`);
  const kind = kinds[way.kind];
  let file = kind?.file ?? '';
  let compiled = 0;
  if (kind?.module) {
    // The compiler is the trial's own and no part of what the user waits for.
    compiled = (await run(tsc, ['-p', folder], at)).seconds;
    file = join('out', file.replace(/ts$/, 'js'));
  }
  const trained = await run(...node(file), at);
  const line = trained.output.split('\n').find((text) => text.startsWith('{"first"'));
  if (!line) throw new Error(`no result in:\n${trained.output}`);
  await run(...exec(['libtorch-node', 'doctor']), at);
  const total = installed.seconds + (set?.seconds ?? 0) + trained.seconds;
  return {
    install: installed.seconds,
    setup: set?.seconds ?? 0,
    compiled,
    trained: trained.seconds,
    total,
    folder,
    env,
  };
}

const { found } = locate();
if (!found) throw new Error('check-install needs a libtorch: npx libtorch-node setup');
let failed = 0;
const say = (/** @type {boolean} */ good, /** @type {string} */ name, /** @type {string} */ text) => {
  if (!good) failed++;
  console.log(`${good ? 'ok    ' : 'FAILED'}  ${name.padEnd(42)} ${text}`);
};
try {
  const packed = makeTarball(root);
  const problems = await checkTarball(packed);
  say(
    problems.length === 0,
    'the tarball',
    `${packed.files.length} files, ${(packed.size / 1e6).toFixed(2)} MB`,
  );
  for (const problem of problems) console.log(`          ${problem}`);

  const chosen = ways.filter((way) => (!values.quick || way.quick) && nameOf(way).includes(values.only));
  const machine = makeMachine(
    join(tmpdir(), 'check-install-tools'),
    chosen.map(({ manager }) => manager),
  );
  const { output } = await run('npm', ['config', 'get', 'registry'], { cwd: root, env: process.env });
  const registry = output.trim().split('\n').at(-1) ?? '';
  console.log(`${' '.repeat(51)}install   setup compile   train  without compile (s)`);
  let best = Infinity;
  let first;
  for (const way of chosen) {
    try {
      const times = await tryOne(way, { tarball: packed.file, ...machine, registry, libtorch: found });
      if (way.manager === 'npm') best = Math.min(best, times.total);
      if (way.manager === 'npm') first ??= times;
      const cells = [times.install, times.setup, times.compiled, times.trained, times.total];
      say(true, nameOf(way), cells.map((cell) => cell.toFixed(1).padStart(8)).join(''));
    } catch (error) {
      say(false, nameOf(way), error instanceof Error ? error.message : String(error));
    }
  }
  // CI's machine is shared: there these bars only catch what is far off.
  const [seconds, share] = values.quick ? [45, 0.6] : [15, 0.3];
  if (best < Infinity)
    say(best < seconds, 'tarball to trained model, warm cache', `${best.toFixed(1)} s, at most ${seconds}`);
  const start = first ? compareStart(first.folder, first.env) : null;
  if (start) say(start.ratio <= share, 'first import, against Python', start.text);
} finally {
  if (values.keep) console.log(root);
  else rmSync(root, { recursive: true, force: true });
}
console.log(failed === 0 ? 'Everything installs.' : `${failed} failed.`);
process.exitCode = failed === 0 ? 0 : 1;
