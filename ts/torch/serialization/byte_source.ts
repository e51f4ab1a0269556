/** Where bytes are read from, by position: an open file or an array in memory. */
import fs from 'node:fs';
import { TorchError } from '../errors.js';

/** A path as text, or anything that prints as one (`Path`, `URL` of the file system). */
export type PathLike = string | { toString(): string };

export interface ByteSource {
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** The bytes at `position`; a view where they are in memory already. Throws where the source ends before. */
  read(position: number, length: number): Uint8Array;
  /** The same into memory that is there. */
  readInto(target: Uint8Array, position: number): void;
}

export class MemorySource implements ByteSource {
  readonly name: string;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, name = 'the given bytes') {
    this.#bytes = bytes;
    this.name = name;
  }
  get size(): number {
    return this.#bytes.byteLength;
  }
  read(position: number, length: number): Uint8Array {
    checkRange(this, position, length);
    return this.#bytes.subarray(position, position + length);
  }
  readInto(target: Uint8Array, position: number): void {
    target.set(this.read(position, target.byteLength));
  }
}

/** A file is opened once: what is read of it belongs together, whatever is renamed over it meanwhile. */
export class FileSource implements ByteSource, Disposable {
  readonly name: string;
  readonly size: number;
  readonly #handle: number;

  constructor(file: string) {
    this.name = file;
    this.#handle = fs.openSync(file, 'r');
    const stat = fs.fstatSync(this.#handle);
    if (!stat.isFile()) {
      fs.closeSync(this.#handle);
      throw new TorchError('it is no regular file');
    }
    this.size = stat.size;
  }
  read(position: number, length: number): Uint8Array {
    checkRange(this, position, length);
    const bytes = Buffer.allocUnsafeSlow(length);
    this.readInto(bytes, position);
    return bytes;
  }
  readInto(target: Uint8Array, position: number): void {
    for (let done = 0; done < target.byteLength;) {
      // One call reads 2 GiB at most.
      const wanted = Math.min(target.byteLength - done, 1 << 30);
      const read = fs.readSync(this.#handle, target, done, wanted, position + done);
      if (read === 0) throw new TorchError('it ended while it was read');
      done += read;
    }
  }
  [Symbol.dispose](): void {
    fs.closeSync(this.#handle);
  }
}

function checkRange(source: ByteSource, position: number, length: number): void {
  if (position < 0 || length < 0 || position + length > source.size)
    throw new TorchError(
      `it has ${source.size} bytes, and ${length} are wanted at position ${position}; is it cut off?`,
    );
}

/**
 * Runs `read` on a file or an array. Errors name the file and the reason.
 * @throws {TorchError} whatever goes wrong
 */
export function withSource<T>(file: PathLike | Uint8Array, read: (source: ByteSource) => T): T {
  let source: FileSource | undefined;
  try {
    if (file instanceof Uint8Array) return read(new MemorySource(file));
    source = new FileSource(String(file));
    return read(source);
  } catch (error) {
    throw explained(error, file instanceof Uint8Array ? 'the given bytes' : String(file));
  } finally {
    source?.[Symbol.dispose]();
  }
}

/** The error with the file's name in front; its kind stays. */
function explained(error: unknown, name: string): unknown {
  const message = `cannot read ${name}: ${(error as Error).message}`;
  if (!(error instanceof TorchError)) return Object.assign(new TorchError(message), { cause: error });
  error.message = message;
  return error;
}
