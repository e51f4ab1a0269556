/** The files of an archive, in memory. */
import { Parser, type ReadEntry } from 'tar';

import { readTar } from './tar_stream.js';
import { defaultLimits, type UnpackLimits } from './unpack_limits.js';

/** A file out of an archive. */
export interface ArchiveFile {
  /** As the archive names it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** `readArchive` holds everything in memory, so its limits are lower. */
const memoryLimits: Readonly<UnpackLimits> = {
  ...defaultLimits,
  fileBytes: 2 ** 30,
  totalBytes: 4 * 2 ** 30,
};

/**
 * The files of a tar archive, gzipped or not, in its order and without writing any of them: what `readImages` takes.
 * `filter` chooses by path. Throws an error that names the archive and the reason, as `unpack` does.
 * @example
 * const files = await readArchive('mnist_png.tgz', { filter: (path) => path.includes('/training/') });
 * const x = readImages(files); // uint8 [60000, 1, 28, 28]
 */
export async function readArchive(
  archive: string | { toString(): string },
  options: { filter?: (path: string) => boolean; limits?: Partial<UnpackLimits> } = {},
): Promise<ArchiveFile[]> {
  const { filter = () => true } = options;
  const files: ArchiveFile[] = [];
  const collect = (entry: ReadEntry): void => {
    const { path } = entry;
    if (entry.type === 'Directory' || !filter(path)) return void entry.resume();
    const parts: Buffer[] = [];
    entry.on('data', (part: Buffer) => void parts.push(part));
    entry.on('end', () => {
      files.push({ path, bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts) });
    });
  };
  try {
    await readTar(
      String(archive),
      { ...memoryLimits, ...options.limits },
      (checks) => new Parser({ ...checks, onReadEntry: collect }),
    );
  } catch (error) {
    throw new Error(`cannot read ${String(archive)}: ${(error as Error).message}`, { cause: error });
  }
  return files;
}
