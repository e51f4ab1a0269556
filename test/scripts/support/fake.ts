/** Folders and archives that look like libtorch from outside, a few bytes each. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { libraries } from '../../../scripts/libtorch/platform.mjs';
import { zip } from './zip.js';
import type { ZipEntry } from './zip.js';

/** Incompressible, so that a cut at half the archive is a cut inside the library. */
const bulk = (() => {
  const bytes = Buffer.alloc(100_000);
  let state = 1;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
})();

const { c10, cpu, cuda } = libraries();

export function archiveEntries(version = '2.13.0+cpu', root = 'libtorch'): ZipEntry[] {
  const python = `__version__ = '${version}'\ncuda: Optional[str] = None\n`;
  return [
    { name: `${root}/lib/${c10}`, data: 'c10' },
    { name: `${root}/lib/${cpu}`, data: bulk },
    { name: `${root}/include/ATen/ATen.h`, data: '#pragma once\n' },
    root === 'libtorch'
      ? { name: `${root}/build-version`, data: `${version}\n` }
      : { name: `${root}/version.py`, data: python },
  ];
}

export const archive = (version?: string): Buffer => zip(archiveEntries(version));
export const wheel = (version?: string): Buffer => zip(archiveEntries(version, 'torch'));

/** Writes files below a folder: path -> text. */
export function write(root: string, files: Record<string, string | Buffer>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** A folder as libtorch's, with the version in the given kind of file. */
export function copy(
  root: string,
  version = '2.13.0+cpu',
  kind: 'build-version' | 'python' | 'header' | 'none' = 'build-version',
  { withCuda = false, headers = true } = {},
): string {
  const header = 'include/torch/headeronly/version.h';
  return write(root, {
    [`lib/${c10}`]: '',
    [`lib/${cpu}`]: '',
    ...(withCuda ? { [`lib/${cuda}`]: '' } : {}),
    ...(headers ? { 'include/ATen/ATen.h': '' } : {}),
    ...(kind === 'build-version' ? { 'build-version': `${version}\n` } : {}),
    ...(kind === 'python' ? { 'version.py': `__version__ = '${version}'\ndebug = False\n` } : {}),
    ...(kind === 'header' ? { [header]: `#define TORCH_VERSION \\\n  "${version}"\n` } : {}),
  });
}

/** A fresh folder for each test of the suite, removed after it. */
export function temporaryFolder(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'libtorch-node-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return () => folder;
}
