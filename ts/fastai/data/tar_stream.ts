/**
 * Tar archives as a stream of checked entries: to the disk (unpack.ts), or to memory (archive.ts). A file of its own, so
 * that no public declaration leads to tar's types, which do not compile with the types of Node 20.
 */
import fs, { type Stats } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Parser, ReadEntry } from 'tar';

import type { UnpackLimits } from './unpack_limits.js';

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

/** A tar parser that asks `filter` about each entry. */
export type MakeParser = (options: {
  strict: true;
  filter: (path: string, entry: ReadEntry | Stats) => boolean;
}) => Parser;

/**
 * The entries of a tar stream on their way. tar's own checks stay on; this one refuses the whole archive at the first
 * entry that is no plain file or folder below the root, where tar would skip it or work around it.
 */
class Guard {
  #failure: Error | undefined;
  #entries = 0;
  readonly #tar: Parser;

  constructor(limits: UnpackLimits, make: MakeParser) {
    this.#tar = make({
      strict: true,
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

/** Sends a tar archive, gzipped or not, through the parser. Throws the reason when it is damaged or beyond `limits`. */
export async function readTar(
  archive: string,
  limits: UnpackLimits,
  make: MakeParser,
  onProgress?: (read: number, size: number) => void,
): Promise<void> {
  const size = fs.statSync(archive).size;
  if (size === 0) throw new Error('it is empty');
  const guard = new Guard(limits, make);
  let head: Buffer | undefined = Buffer.alloc(0);
  let total = 0;
  const source = fs.createReadStream(archive);
  async function consume(chunks: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of chunks) {
      total += chunk.length;
      if (total > limits.totalBytes) throw new Error(`it unpacks to more than ${limits.totalBytes} bytes`);
      if (total > FREE_BYTES && total / source.bytesRead > limits.ratio)
        throw new Error(`it unpacks to more than ${limits.ratio} times its size`);
      if (head === undefined) guard.write(chunk);
      else {
        head = Buffer.concat([head, chunk]);
        if (head.length < 512) continue;
        checkHeader(head.subarray(0, 512));
        guard.write(head);
        head = undefined;
      }
      onProgress?.(source.bytesRead, size);
    }
    if (head !== undefined) checkHeader(head);
    guard.end();
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
