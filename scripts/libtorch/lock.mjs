// One process at a time: for the user's cache, and for this package's build.
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { StepError, reasonOf } from './errors.mjs';

const require = createRequire(import.meta.url);

/**
 * Runs work while holding a folder's lock; waits for another process that holds it. A lock whose owner died counts
 * as free after 20 seconds.
 * @template T
 * @param {string} folder made where it does not exist
 * @param {() => Promise<T>} work
 * @param {{waiting?: () => void, patience?: number}} options waiting: called once when another holds it;
 *   patience: ms, default one hour (a download on a slow line is long)
 * @returns {Promise<T>}
 */
export async function withLock(folder, work, { waiting = () => {}, patience = 3_600_000 } = {}) {
  const { lock } = require('proper-lockfile');
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new StepError(`${folder} cannot be made: ${reasonOf(error)}`);
  }
  const options = { lockfilePath: join(folder, '.lock'), stale: 20_000 };
  const end = Date.now() + patience;
  let told = false;
  /** @type {() => Promise<void>} */
  let release;
  for (;;) {
    try {
      release = await lock(folder, options);
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ELOCKED'))
        throw new StepError(`${folder} cannot be written: ${reasonOf(error)}`);
      if (Date.now() > end) throw new StepError(`another process has held ${folder} for too long`);
    }
    if (!told) waiting();
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  try {
    return await work();
  } finally {
    // Fails only where the folder itself was removed meanwhile: then there is nothing to release.
    await release().catch(() => {});
  }
}
