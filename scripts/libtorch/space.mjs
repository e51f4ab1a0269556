// Is there room on the disk? Asked before anything is fetched, because a full disk is found out late and costs hours.
import { mkdir, statfs } from 'node:fs/promises';
import { StepError } from './errors.mjs';

/** @param {number} bytes */
const inWords = (bytes) => (bytes < 2e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);

/**
 * @param {string} folder made where it does not exist
 * @param {number} bytes
 * @param {string} [what] for the message
 * @throws {StepError} with both sizes
 */
export async function needSpace(folder, bytes, what = 'this') {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new StepError(
    `${what} needs ${inWords(bytes)} in ${folder}, and ${inWords(free)} are free`,
    'make room there, or set LIBTORCH_NODE_CACHE to a folder on a larger disk',
  );
}
