// npm run build:ts, second half: joins dist/'s modules to a few files in lib/, which is what the package exports. Reading
// three hundred small modules takes three times as long as reading these (0.19 s of 0.06 s on two cores), and the first
// import is what everybody waits for. Types stay in dist/. What several entries share is in one file that all import, so
// that there is one Tensor however the package is imported.
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from './libtorch/paths.mjs';

const dist = join(packageRoot, 'dist');

/** Names in lib/, and where each begins in dist/. The workers are opened by name, beside the file that opens them. */
const entries = {
  index: 'index.js',
  torchvision: 'torchvision/index.js',
  plot: 'plot/index.js',
  fastai: 'fastai/index.js',
  demo: 'demo/index.js',
  worker_main: 'torch/utils/data/_utils/worker_main.js',
};

rmSync(join(packageRoot, 'lib'), { recursive: true, force: true });
const { outputFiles } = await build({
  absWorkingDir: packageRoot,
  entryPoints: Object.fromEntries(
    Object.entries(entries)
      .map(([name, file]) => [name, join(dist, file)])
      .filter(([, file]) => existsSync(String(file))),
  ),
  outdir: 'lib',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  external: ['../scripts/*'],
  // A module prints the name of its class.
  keepNames: true,
  sourcemap: true,
  logLevel: 'warning',
  write: false,
});
// One character beyond Latin-1, and V8 keeps the whole file in two bytes a character. esbuild has escaped them in the
// code; those of comments (there is mathematics in them) stay in dist/, where they are read.
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, path.endsWith('.js') ? text.replace(/[^\0-\xff]/g, '?') : text);
}
// The demo's page, which its server reads beside itself.
cpSync(join(packageRoot, 'ts', 'demo', 'page'), join(packageRoot, 'lib', 'page'), {
  recursive: true,
  filter: (file) => !file.endsWith('.json'),
});
