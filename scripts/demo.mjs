// `npx libtorch-node demo`: a page on this computer to draw digits on, and to watch a net learn.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { StepError } from './libtorch/errors.mjs';
import { cacheRoot, packageRoot } from './libtorch/paths.mjs';

export const usage = `npx libtorch-node demo [--port N] [--no-open] [--drawn]

  --port N   where the page is served (default: 8137, or a free port where that is taken)
  --no-open  only say the address, and open no browser
  --drawn    train on digits that this project draws, and look for no MNIST
The page is served on 127.0.0.1 only. The first start trains its models, which are kept in the cache folder.`;

const usualPort = 8137;

/**
 * @param {string[]} parameters
 * @returns {{port: number | undefined, open: boolean, drawn: boolean}}
 * @throws {TypeError} on an unknown option, or a port that is none
 */
export function parse(parameters) {
  const { values } = parseArgs({
    args: parameters,
    options: {
      port: { type: 'string' },
      'no-open': { type: 'boolean', default: false },
      drawn: { type: 'boolean', default: false },
    },
  });
  const { port, drawn } = values;
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) > 65535))
    throw new TypeError(`--port must be a number from 0 (a free one) to 65535, not '${port}'`);
  return { port: port === undefined ? undefined : Number(port), open: !values['no-open'], drawn };
}

/** @param {unknown} error */
const isTaken = (error) => /** @type {NodeJS.ErrnoException} */ (error)?.code === 'EADDRINUSE';

/**
 * Shows the address in the visitor's browser where there is one.
 * @param {string} url
 */
function openBrowser(url) {
  const commands = {
    darwin: ['open', url],
    // The empty text is the title that start takes first.
    win32: ['cmd', '/c', 'start', '', url],
  };
  const [command, ...rest] = commands[/** @type {'darwin'} */ (process.platform)] ?? ['xdg-open', url];
  // Without one the address in the terminal serves.
  spawn(/** @type {string} */ (command), rest, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

/**
 * Serves the page until Ctrl-C.
 * @param {string[]} parameters
 * @throws {Error} the port is taken, or the package is not built
 */
export async function demo(parameters) {
  const { port, open, drawn } = parse(parameters);
  const built = join(packageRoot, 'lib', 'demo.js');
  if (!existsSync(built)) throw new StepError(`${built} is missing; run: npm run build:ts`);
  const { startDemo } = await import(pathToFileURL(built).href);
  const cache = join(cacheRoot(), 'demo');
  const start = (/** @type {number} */ at) => startDemo({ cache, port: at, drawn, progress: true });
  const running = await start(port ?? usualPort).catch((/** @type {unknown} */ error) => {
    if (!isTaken(error)) throw error;
    if (port === undefined) return start(0);
    throw new StepError(`port ${port} is taken; name another, or 0 for a free one`);
  });
  console.log(`Draw digits at ${running.url} (Ctrl-C ends it)`);

  const close = () => {
    // A download cannot be stopped; it is not waited for.
    setTimeout(() => process.exit(0), 3000).unref();
    void running.close().then(() => process.exit(0));
  };
  process.once('SIGINT', close);
  process.once('SIGTERM', close);
  if (open) openBrowser(running.url);

  await running.studio.prepared;
  for (const { title, status, net, accuracy, source, reason } of running.studio.views)
    if (status === 'ready')
      console.log(
        `${title}: ${net.toLowerCase()}, ${(accuracy * 100).toFixed(1)} % of the test pictures right` +
          (source === 'drawn' ? ` (drawn digits, not MNIST: ${reason})` : ' (MNIST)'),
      );
}
