/** Starts a worker thread's first file, with a TypeScript loader where this process runs on one. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * tsx serves only the main thread of `node --import tsx`, so that a thread which shall import TypeScript, this library's
 * sources in a checkout or a dataset's module, has to register it for itself. Null where tsx is not used.
 */
function tsxApi(): string | null {
  const args = process.execArgv;
  for (const [i, arg] of args.entries()) {
    const value = arg.startsWith('--import=')
      ? arg.slice('--import='.length)
      : arg === '--import'
        ? args[i + 1]
        : '';
    if (!value || !/\btsx\b/.test(value)) continue;
    const from = value.startsWith('file:') ? value : join(process.cwd(), 'package.json');
    try {
      // require() is led to the CommonJS twin of the module that is wanted.
      return pathToFileURL(
        createRequire(from)
          .resolve('tsx/esm/api')
          .replace(/\.cjs$/, '.mjs'),
      ).href;
    } catch {
      return null;
    }
  }
  return null;
}

export function startWorker(name: string, options: WorkerOptions): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const file = new URL(`./${name}.${isSource ? 'ts' : 'js'}`, import.meta.url);
  const api = tsxApi();
  if (api === null) return new Worker(file, options);
  const code =
    `import(${JSON.stringify(api)}).then(({ register }) => { register(); ` +
    `return import(${JSON.stringify(file.href)}); });`;
  return new Worker(code, { ...options, eval: true });
}
