// Which libtorch lies in a folder, read from its files: nothing is loaded before its version is known to fit.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { libraries } from './platform.mjs';
import { parse } from './numbers.mjs';

export { compare, minorOf, parse, satisfies } from './numbers.mjs';

/** @typedef {{version: string, variant: string, cuda: string | null}} Release */

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Version and variant of the libtorch in a folder, from the first of: build-version (official archive), version.py
 * (Python package), the version headers. Null when none of them is there or readable.
 * @param {string} root
 * @returns {Release | null}
 */
export function readRelease(root) {
  const official = /^\s*(\d+\.\d+\S*)/.exec(read(join(root, 'build-version')))?.[1];
  const python = read(join(root, 'version.py'));
  return official
    ? release(official, python, root)
    : release(versionIn(python) ?? headerVersion(root), python, root);
}

/**
 * The same from the text of version.py alone.
 * @param {string} python
 * @returns {Release | null}
 */
export function readPythonVersion(python) {
  return release(versionIn(python), python);
}

/** @param {string} python */
const versionIn = (python) => /^__version__\s*=\s*['"]([^'"]+)['"]/m.exec(python)?.[1];

/**
 * @param {string | undefined} full
 * @param {string} python
 * @param {string} [root]
 * @returns {Release | null}
 */
function release(full, python, root) {
  if (!full || !parse(full)) return null;
  const cuda = /^cuda\b[^=\n]*=\s*['"]([\d.]+)['"]/m.exec(python)?.[1] ?? null;
  const local = /\+([a-z0-9.]+)$/i.exec(full)?.[1]?.toLowerCase();
  return { version: full.replace(/\+.*$/, ''), variant: local ?? guessVariant(root, cuda), cuda };
}

/** @param {string} root */
function headerVersion(root) {
  for (const path of ['torch/headeronly/version.h', 'torch/csrc/api/include/torch/version.h']) {
    const text = read(join(root, 'include', path));
    const version = /TORCH_VERSION\s*(?:\\\s*)?"([^"]+)"/.exec(text)?.[1];
    if (version) return version;
  }
  return undefined;
}

/**
 * @param {string | undefined} root
 * @param {string | null} cuda
 */
function guessVariant(root, cuda) {
  if (cuda) return `cu${cuda.split('.').slice(0, 2).join('')}`;
  if (root && existsSync(join(root, 'lib', libraries().cuda))) return 'cuda';
  if (root && existsSync(join(root, 'lib', libraries().hip))) return 'rocm';
  return 'cpu';
}
