// Checks (or with --fix, makes) the form of the C++ sources with the clang-format that the project pins. Warnings of
// the compiler are errors in the build itself, so form is all that is left to check here.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { clangFormatPath } = createRequire(import.meta.url)('clang-format-node');

/** @param {string} folder @returns {string[]} */
function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : /\.(cc|h|c)$/.test(entry.name) ? [path] : [];
  });
}

const mode = process.argv.includes('--fix') ? ['-i'] : ['--dry-run', '--Werror'];
const { status, error } = spawnSync(
  clangFormatPath,
  [...mode, '--style=file', ...sources(join(root, 'native'))],
  {
    stdio: 'inherit',
    cwd: root,
  },
);
if (error) throw error;
process.exit(status ?? 1);
