/** Builds bench/cpp with the system's compiler against the libtorch that the addon uses. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

import { locate } from '../../scripts/libtorch/find.mjs';
import { packageRoot } from '../../ts/native.js';

const source = path.join(import.meta.dirname, '..', 'cpp', 'core.cc');
const folder = path.join(packageRoot, 'build', 'bench');

/** The program's path, or null with a word of why on the console. */
export function buildCpp(): string | null {
  const { found } = locate();
  if (!found?.include) {
    console.error('No C++ rows: this libtorch has no headers.');
    return null;
  }
  const program = path.join(folder, `core-${found.version}`);
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return program;
  mkdirSync(folder, { recursive: true });
  const include = path.join(found.root, 'include');
  const { status } = spawnSync(
    process.env['CXX'] ?? 'c++',
    [
      ...['-std=c++20', '-O2', '-DNDEBUG', '-isystem', include],
      ...['-isystem', path.join(include, 'torch', 'csrc', 'api', 'include')],
      ...[source, '-o', program, `-L${found.lib}`, `-Wl,-rpath,${found.lib}`, '-ltorch_cpu', '-lc10'],
    ],
    { stdio: 'inherit' },
  );
  if (status === 0) return program;
  console.error('No C++ rows: the program does not build.');
  return null;
}
