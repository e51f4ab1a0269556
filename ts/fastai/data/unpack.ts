import fs from 'node:fs';
import nodePath from 'node:path';
import { UnpackSync } from 'tar';

import { readTar } from './tar_stream.js';
import { defaultLimits, type UnpackLimits } from './unpack_limits.js';

let counter = 0;

/** A name beside `target` that no other process or call uses. */
export function temporaryName(target: string): string {
  const unique = `${process.pid}.${Date.now().toString(36)}.${counter++}`;
  return nodePath.join(nodePath.dirname(target), `.${nodePath.basename(target)}.${unique}.tmp`);
}

/** An archive that holds one folder stands for that folder's contents. */
function contentRoot(folder: string): string {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  const [only] = entries;
  return entries.length === 1 && only!.isDirectory() ? nodePath.join(folder, only!.name) : folder;
}

/** Puts `source` where `target` is, in one rename; an older `target` is moved away first when `replace` is set. */
function moveIntoPlace(source: string, target: string, replace: boolean): void {
  for (let attempt = 0; ; attempt++) {
    try {
      fs.renameSync(source, target);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOTDIR'].includes(code ?? '') || !fs.existsSync(target))
        throw error;
      // Another process was quicker: what it put there is complete, for it got there by the same rename.
      if (!replace) return;
      if (attempt === 10) throw error;
      const old = temporaryName(target);
      try {
        fs.renameSync(target, old);
        fs.rmSync(old, { recursive: true, force: true });
      } catch (other) {
        if ((other as NodeJS.ErrnoException).code !== 'ENOENT') throw other;
      }
    }
  }
}

export interface UnpackOptions {
  limits?: Partial<UnpackLimits>;
  /** Replace what lies at the target; else an existing target is kept. Default false. */
  replace?: boolean;
  onProgress?: (read: number, size: number) => void;
}

/**
 * Unpacks a tar archive, gzipped or not, to the folder `target`. It appears there complete or not at all.
 * Throws an error that names the archive and the reason: damaged, truncated, an entry that is no plain file or
 * folder below the root, or more than `limits` allow.
 */
export async function unpack(archive: string, target: string, options: UnpackOptions = {}): Promise<void> {
  const limits = { ...defaultLimits, ...options.limits };
  const folder = temporaryName(target);
  fs.mkdirSync(folder, { recursive: true });
  try {
    await readTar(
      archive,
      limits,
      (checks) => new UnpackSync({ ...checks, cwd: folder, preserveOwner: false, noMtime: true }),
      options.onProgress,
    );
    moveIntoPlace(contentRoot(folder), target, options.replace ?? false);
  } catch (error) {
    throw new Error(`cannot unpack ${archive}: ${(error as Error).message}`, { cause: error });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
