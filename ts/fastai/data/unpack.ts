import fs from 'node:fs';
import nodePath from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UnpackSync } from 'tar';
import type { ReadEntry } from 'tar';

/** What an archive may hold; more is an error, so that a small file cannot fill the disk. */
export interface UnpackLimits {
  entries: number;
  /** Bytes of one file. */
  fileBytes: number;
  /** Bytes of the whole archive once decompressed. */
  totalBytes: number;
  /** Decompressed bytes for each byte of the file, once the first 64 MiB are out. */
  ratio: number;
}

export const defaultLimits: Readonly<UnpackLimits> = {
  entries: 2_000_000,
  fileBytes: 8 * 2 ** 30,
  totalBytes: 64 * 2 ** 30,
  ratio: 200,
};

const FREE_BYTES = 64 * 2 ** 20;
const PLAIN_TYPES = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory']);
const MAX_DEPTH = 64;

/** Why this entry must not be written, or undefined. Pictures and tables need neither links nor devices. */
function objection(entry: ReadEntry, limits: UnpackLimits): string | undefined {
  const { path, type } = entry;
  if (!PLAIN_TYPES.has(type)) return `is a ${type}; only files and folders are unpacked`;
  if (path.includes('\0')) return 'has a NUL character in its name';
  if (/^[/\\]/.test(path) || /^[a-z]:/i.test(path)) return 'has an absolute path';
  const parts = path.split(/[/\\]/);
  if (parts.includes('..')) return 'points outside the target folder';
  if (parts.length > MAX_DEPTH) return `lies more than ${MAX_DEPTH} folders deep`;
  if (Math.max(entry.size, entry.header.size ?? 0) > limits.fileBytes)
    return `holds ${entry.size} bytes, more than the ${limits.fileBytes} allowed for one file`;
  return undefined;
}

/**
 * The tar stream's way to the disk. tar's own checks stay on; this one refuses the whole archive at the first
 * entry that is no plain file or folder below the root, where tar would skip it or work around it.
 */
class Writer {
  #failure: Error | undefined;
  #entries = 0;
  readonly #tar: UnpackSync;

  constructor(folder: string, limits: UnpackLimits) {
    this.#tar = new UnpackSync({
      cwd: folder,
      strict: true,
      preserveOwner: false,
      noMtime: true,
      filter: (_path, stats) => {
        const entry = stats as ReadEntry;
        if (this.#failure !== undefined) return false;
        const reason = objection(entry, limits);
        if (reason !== undefined) this.#fail(`its entry ${JSON.stringify(entry.path)} ${reason}`);
        else if (++this.#entries > limits.entries) this.#fail(`it has more than ${limits.entries} entries`);
        // Neither unreadable files nor setuid bits: an archive of data has no say in that.
        entry.mode = entry.type === 'Directory' ? 0o755 : 0o644;
        return this.#failure === undefined;
      },
    });
    // A kind of entry that tar does not know, and an oversized extended header, never reach the filter.
    this.#tar.on('ignoredEntry', (entry: ReadEntry) =>
      this.#fail(`its entry ${JSON.stringify(entry.path)} is a ${entry.type} that cannot be unpacked`),
    );
    this.#tar.on('error', (error: Error) => this.#fail(error.message));
  }

  get entries(): number {
    return this.#entries;
  }

  write(bytes: Buffer): void {
    this.#tar.write(bytes);
    if (this.#failure !== undefined) throw this.#failure;
  }

  end(): void {
    this.#tar.end();
    if (this.#failure === undefined && this.#entries === 0) this.#fail('it is empty');
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(reason);
  }
}

function startsWithGzipMagic(file: string): boolean {
  const handle = fs.openSync(file, 'r');
  try {
    const magic = Buffer.alloc(2);
    return fs.readSync(handle, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  } finally {
    fs.closeSync(handle);
  }
}

/** The first 512 bytes must be a tar header: tar would take compressed data there and decompress it uncounted. */
function checkHeader(head: Buffer): void {
  if (head.length < 512) throw new Error('it is too short for a tar archive');
  if (head.subarray(257, 262).toString('latin1') === 'ustar' || head.every((byte) => byte === 0)) return;
  const sum = head.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (parseInt(head.toString('latin1', 148, 156).replace(/\0/g, ' '), 8) !== sum)
    throw new Error('it is not a tar archive');
}

async function unpackInto(
  archive: string,
  folder: string,
  limits: UnpackLimits,
  onProgress?: (read: number, size: number) => void,
): Promise<void> {
  const size = fs.statSync(archive).size;
  if (size === 0) throw new Error('it is empty');
  const writer = new Writer(folder, limits);
  let head: Buffer | undefined = Buffer.alloc(0);
  let total = 0;
  const source = fs.createReadStream(archive);
  async function consume(chunks: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of chunks) {
      total += chunk.length;
      if (total > limits.totalBytes) throw new Error(`it unpacks to more than ${limits.totalBytes} bytes`);
      if (total > FREE_BYTES && total / source.bytesRead > limits.ratio)
        throw new Error(`it unpacks to more than ${limits.ratio} times its size`);
      if (head === undefined) writer.write(chunk);
      else {
        head = Buffer.concat([head, chunk]);
        if (head.length < 512) continue;
        checkHeader(head.subarray(0, 512));
        writer.write(head);
        head = undefined;
      }
      onProgress?.(source.bytesRead, size);
    }
    if (head !== undefined) checkHeader(head);
    writer.end();
  }
  // pipeline() reports an aborted stream where the consumer throws: keep the consumer's own reason.
  let fault: unknown;
  const keepFault = (chunks: AsyncIterable<Buffer>) =>
    consume(chunks).catch((error: unknown) => {
      fault = error;
      throw error;
    });
  try {
    if (startsWithGzipMagic(archive)) await pipeline(source, createGunzip(), keepFault);
    else await pipeline(source, keepFault);
  } catch (error) {
    throw fault ?? error;
  }
}

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
    await unpackInto(archive, folder, limits, options.onProgress);
    moveIntoPlace(contentRoot(folder), target, options.replace ?? false);
  } catch (error) {
    throw new Error(`cannot unpack ${archive}: ${(error as Error).message}`, { cause: error });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
