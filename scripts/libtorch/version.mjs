// Which libtorch lies in a folder, read from its files: nothing is loaded before its version is known to fit.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { libraries } from './platform.mjs';

/** @typedef {{version: string, variant: string, cuda: string | null}} Release */

/**
 * The numbers of a version; a pre-release or a local tag (2.14.0a0, 2.13.0+cpu) counts as its release.
 * @param {string} text
 * @returns {[number, number, number] | null}
 */
export function parse(text) {
  const match = /^\s*v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match && [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/**
 * Negative when a is older than b.
 * @param {string} a
 * @param {string} b
 */
export function compare(a, b) {
  const [major, minor, patch] = parse(a) ?? [0, 0, 0];
  const other = parse(b) ?? [0, 0, 0];
  return major - other[0] || minor - other[1] || patch - other[2];
}

/**
 * Whether a version lies in a range of comparators joined by spaces, such as ">=2.11.0 <2.15.0".
 * @param {string} version
 * @param {string} range
 * @throws {Error} when the range has another form
 */
export function satisfies(version, range) {
  if (!parse(version)) return false;
  return range
    .trim()
    .split(/\s+/)
    .every((part) => {
      const match = /^(>=|<=|>|<|=)?(\d+\.\d+(?:\.\d+)?)$/.exec(part);
      if (!match) throw new Error(`range '${range}': cannot read '${part}'`);
      const order = compare(version, match[2] ?? '');
      if (match[1] === '>=') return order >= 0;
      if (match[1] === '<=') return order <= 0;
      if (match[1] === '>') return order > 0;
      if (match[1] === '<') return order < 0;
      return order === 0;
    });
}

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
  const python = read(join(root, 'version.py'));
  const full =
    /^\s*(\d+\.\d+\S*)/.exec(read(join(root, 'build-version')))?.[1] ??
    /^__version__\s*=\s*['"]([^'"]+)['"]/m.exec(python)?.[1] ??
    headerVersion(root);
  const numbers = full && parse(full);
  if (!full || !numbers) return null;
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
 * @param {string} root
 * @param {string | null} cuda
 */
function guessVariant(root, cuda) {
  if (cuda) return `cu${cuda.split('.').slice(0, 2).join('')}`;
  if (existsSync(join(root, 'lib', libraries().cuda))) return 'cuda';
  if (existsSync(join(root, 'lib', libraries().hip))) return 'rocm';
  return 'cpu';
}
