import { createHash } from 'node:crypto';
import fs from 'node:fs';
import nodePath from 'node:path';
import lockfile from 'proper-lockfile';

import { download as fetchFile } from '../../../scripts/libtorch/download.mjs';
import type { Progress } from '../../../scripts/libtorch/progress.mjs';
import type { Fingerprint } from './urls.js';

export interface DownloadOptions {
  /** What the file must be; a file that is not gets deleted. */
  expected?: Fingerprint;
  progress?: Progress;
  /** Give up when nothing arrives for so many milliseconds. Default 30,000. */
  timeout?: number;
  /** How often a broken transfer is taken up, the first time included. Default 3. */
  attempts?: number;
  /** Fetch the file although it is there. Default false. */
  force?: boolean;
}

const FIRST_MIB = 2 ** 20;

/** Throws when the file is not the one that is known, and reaches the disk before it gets its name. */
function check(handle: number, expected: Fingerprint | undefined): void {
  fs.fsyncSync(handle);
  if (expected === undefined) return;
  const { size } = fs.fstatSync(handle);
  if (size !== expected.size) throw new Error(`it has ${size} bytes, the known file has ${expected.size}`);
  const head = Buffer.alloc(Math.min(size, FIRST_MIB));
  fs.readSync(handle, head, 0, head.length, 0);
  const md5 = createHash('md5').update(head).digest('hex');
  if (md5 !== expected.md5OfFirstMiB)
    throw new Error(`its checksum is ${md5}, the known file's is ${expected.md5OfFirstMiB}`);
}

async function fetchAndCheck(url: string, target: string, options: DownloadOptions): Promise<void> {
  const incoming = `${target}.incoming`;
  const { attempts, timeout, progress } = options;
  try {
    await fetchFile(url, incoming, {
      ...(attempts !== undefined && { attempts }),
      ...(timeout !== undefined && { idleTimeout: timeout, connectTimeout: timeout }),
      ...(progress !== undefined && { progress }),
    });
  } catch (error) {
    throw new Error(`cannot download ${(error as Error).message}`, { cause: error });
  }
  const handle = fs.openSync(incoming, 'r+');
  try {
    check(handle, options.expected);
  } catch (error) {
    fs.rmSync(incoming);
    throw new Error(`cannot download ${url}: ${(error as Error).message}`, { cause: error });
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(incoming, target);
}

/**
 * Fetches `url` to the file `target`, over https only (http is allowed on the loopback interface). The file appears
 * complete or not at all: it grows under another name, its length and known checksum are tested, and it is renamed.
 * A transfer that breaks is continued, also by a later process; of two processes the second waits for the first.
 * Throws an error that names the URL and the reason.
 */
export async function download(url: string, target: string, options: DownloadOptions = {}): Promise<void> {
  fs.mkdirSync(nodePath.dirname(target), { recursive: true });
  const before = fs.statSync(target, { throwIfNoEntry: false })?.mtimeMs;
  const release = await lockfile.lock(target, {
    realpath: false,
    stale: 20_000,
    retries: { forever: true, minTimeout: 100, maxTimeout: 1000, factor: 1.5 },
    // A process that slept may lose the lock. Then two transfers share a name, and the checks find what they spoil:
    // better than the default, which ends the process.
    onCompromised: () => undefined,
  });
  try {
    // A file that came while this call waited for the lock is as fresh as `force` can ask for.
    const now = fs.statSync(target, { throwIfNoEntry: false })?.mtimeMs;
    if (now === undefined || (options.force === true && now === before))
      await fetchAndCheck(url, target, options);
  } finally {
    await release().catch(() => undefined);
  }
}
