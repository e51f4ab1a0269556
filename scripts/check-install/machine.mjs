// A machine as a user has it: a path with Node and a package manager, and with no compiler, no CMake, no Python.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** What package managers and their shells call; nothing here compiles. */
const tools = [
  'sh',
  'env',
  'uname',
  'ls',
  'cat',
  'sed',
  'grep',
  'dirname',
  'basename',
  'readlink',
  'mkdir',
  'rm',
  'ln',
  'getconf',
];
/** @type {Record<string, {spec: string, file: string}>} */
const managers = {
  pnpm: { spec: 'pnpm@10', file: 'pnpm/bin/pnpm.cjs' },
  yarn1: { spec: 'yarn@1', file: 'yarn/bin/yarn.js' },
  yarn4: { spec: '@yarnpkg/cli-dist@4', file: '@yarnpkg/cli-dist/bin/yarn.js' },
};

/** @param {string} name @returns {string} the file, or nothing */
function onPath(name) {
  const folder = (process.env.PATH ?? '').split(delimiter).find((one) => existsSync(join(one, name)));
  return folder ? join(folder, name) : '';
}

/**
 * Makes the folder that is the whole path, and fetches the package managers.
 * @param {string} root
 * @param {string[]} wanted
 * @returns {{path: string, npm: string, command: Record<string, string>}}
 */
export function makeMachine(root, wanted) {
  const path = join(root, 'bin');
  mkdirSync(path, { recursive: true });
  for (const name of tools) {
    const file = onPath(name);
    if (file && !existsSync(join(path, name))) symlinkSync(realpathSync(file), join(path, name));
  }
  if (!existsSync(join(path, 'node'))) symlinkSync(process.execPath, join(path, 'node'));
  const npm = join(path, 'npm');
  for (const name of ['npm', 'npx'])
    if (!existsSync(join(path, name))) symlinkSync(realpathSync(onPath(name)), join(path, name));
  /** @type {Record<string, string>} */
  const command = { npm };
  for (const name of new Set(wanted.map((one) => one.replace(' pnp', '')))) {
    const manager = managers[name];
    if (!manager) continue;
    const home = join(root, 'managers', name);
    const file = join(home, 'node_modules', manager.file);
    if (!existsSync(file)) {
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, 'package.json'), '{"private":true}');
      const { status, stderr } = spawnSync(
        onPath('npm'),
        ['install', '--no-audit', '--no-fund', manager.spec],
        {
          cwd: home,
          encoding: 'utf8',
        },
      );
      if (status !== 0) throw new Error(`npm could not install ${manager.spec}:\n${stderr}`);
    }
    command[name] = file;
  }
  for (const name of ['cc', 'c++', 'g++', 'gcc', 'clang', 'cmake', 'make', 'ninja', 'python3', 'python'])
    if (existsSync(join(path, name))) throw new Error(`${name} is on the path of the trial`);
  return { path, npm, command };
}

/**
 * @param {string} command
 * @param {string[]} parameters
 * @param {{cwd: string, env: NodeJS.ProcessEnv, limit?: number}} options limit: seconds
 * @returns {Promise<{output: string, seconds: number}>}
 */
export function run(command, parameters, { cwd, env, limit = 300 }) {
  const start = performance.now();
  return new Promise((done, fail) => {
    const script = /\.[cm]?js$/.test(command);
    const child = spawn(
      script ? join(String(env.PATH), 'node') : command,
      script ? [command, ...parameters] : parameters,
      {
        cwd,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: limit * 1000,
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
    child.on('error', fail);
    child.on('close', (code, signal) => {
      const seconds = (performance.now() - start) / 1000;
      if (code === 0) done({ output, seconds });
      else
        fail(
          new Error(
            `${[command, ...parameters].join(' ')} (in ${cwd}) ended with ${signal ?? code}:\n${output.slice(-4000)}`,
          ),
        );
    });
  });
}

/** The environment of the trial: the user's own but for the path and what speaks of libtorch. @param {string} path */
export function trialEnvironment(path) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(LIBTORCH|npm_|NODE_OPTIONS$|NODE_PATH$|VIRTUAL_ENV$|CONDA_|PYENV|OMP_|CXX$|CC$|INIT_CWD$)/i.test(
          name,
        ),
    ),
  );
  return {
    ...env,
    PATH: path,
    npm_config_update_notifier: 'false',
    COREPACK_ENABLE_STRICT: '0',
    folder: dirname(path),
  };
}
