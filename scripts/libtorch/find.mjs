// Finds libtorch: LIBTORCH, then the managed copies, then the active Python's torch. Says of each why not.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cacheRoot, managedPattern, packageJson, selectionFile } from './paths.mjs';
import { cutShort } from './elf.mjs';
import { libraries } from './platform.mjs';
import { ask } from './python.mjs';
import { compare, readRelease, satisfies } from './version.mjs';

const setup = 'run: npx libtorch-node setup';

/**
 * Looks at one folder.
 * @param {string} root
 * @param {import('./find.mjs').Source} source
 * @param {string} range
 * @returns {{found: import('./find.mjs').Libtorch} | {reason: string}}
 */
export function inspect(root, source, range = packageJson().libtorch.range) {
  const lib = join(root, 'lib');
  const names = libraries();
  if (!existsSync(root)) return { reason: 'there is no such folder' };
  const missing = [names.c10, names.cpu].filter((name) => !existsSync(join(lib, name)));
  if (missing.length > 0) return { reason: `no ${missing.join(' and no ')} in ${lib}` };
  for (const name of [names.c10, names.cpu, names.c10Cuda, names.cuda]) {
    const reason = cutShort(join(lib, name));
    if (reason) return { reason };
  }
  const release = readRelease(root);
  if (!release)
    return { reason: 'its version cannot be read (no build-version, version.py or torch/version.h)' };
  if (!satisfies(release.version, range))
    return { reason: `its version is ${release.version}, and this package needs ${range}` };
  const { version, variant } = release;
  const include = existsSync(join(root, 'include', 'ATen')) ? join(root, 'include') : null;
  return { found: { root, lib, include, version, variant, source } };
}

/**
 * Names of the managed copies, the one to prefer first: what `setup` chose last, then the pinned version, then newer
 * before older.
 * @param {string} root
 * @param {string} pinned
 */
export function managedCopies(root, pinned) {
  /** @type {string[]} */
  let names = [];
  try {
    names = readdirSync(root).filter(
      (name) => managedPattern.test(name) && statSync(join(root, name)).isDirectory(),
    );
  } catch {
    return names;
  }
  let selected = '';
  try {
    selected = readFileSync(selectionFile(root), 'utf8').trim();
  } catch {
    // None chosen yet.
  }
  const rank = (/** @type {string} */ name) =>
    name === selected ? 2 : name.startsWith(`${pinned}-`) ? 1 : 0;
  return names.sort((a, b) => rank(b) - rank(a) || compare(b, a) || (a < b ? -1 : 1));
}

/** @type {typeof import('./find.mjs').locate} */
export function locate({ env = process.env, python = true } = {}) {
  const { version: pinned, range } = packageJson().libtorch;
  /** @type {import('./find.mjs').Attempt[]} */
  const tried = [];
  const look = (
    /** @type {import('./find.mjs').Source} */ source,
    /** @type {string} */ path,
    /** @type {string} */ mend,
  ) => {
    const result = inspect(path, source, range);
    if ('found' in result) return result.found;
    tried.push({ step: source, path, reason: result.reason, mend });
    return null;
  };

  if (env.LIBTORCH) {
    // Named by the user: another one instead, in silence, would be worse than none.
    const mend = `set LIBTORCH to the folder that holds lib/ and include/ of libtorch ${range}, or unset it`;
    return { found: look('LIBTORCH', resolve(env.LIBTORCH), mend), tried };
  }
  const usePython = env.LIBTORCH_USE_PYTORCH === '1';
  if (!usePython) {
    const cache = cacheRoot(env);
    const names = managedCopies(cache, pinned);
    for (const name of names) {
      const found = look('cache', join(cache, name), setup);
      if (found) return { found, tried };
    }
    if (names.length === 0) tried.push({ step: 'cache', path: cache, reason: 'no copy there', mend: setup });
  }
  if (usePython || (python && env.LIBTORCH_USE_PYTORCH !== '0')) {
    const mend = usePython ? 'activate a Python with a fitting torch, or unset LIBTORCH_USE_PYTORCH' : setup;
    const { answer, reason } = ask(env);
    if (answer?.torch) {
      const found = look('python', answer.torch, mend);
      if (found) return { found, tried };
    } else {
      const why = answer ? 'this Python has no torch' : reason;
      tried.push({ step: 'python', path: answer?.python ?? null, reason: why, mend });
    }
  }
  return { found: null, tried };
}

/** @type {typeof import('./find.mjs').explain} */
export function explain(tried) {
  const lines = tried.map(({ step, path, reason }) => `  - ${step}${path ? ` (${path})` : ''}: ${reason}`);
  const mends = [...new Set(tried.map(({ mend }) => mend))].map((mend) => `  - ${mend}`);
  return [...lines, 'What to do:', ...mends].join('\n');
}
