/** Files that appear whole or not at all. */
import fs from 'node:fs';
import path from 'node:path';

/** Takes bytes one piece after the other. */
export interface Sink {
  write(bytes: Uint8Array): void;
}

let counter = 0;

/**
 * Lets `write` fill a file under another name, brings it to the disk and renames it: a reader, also one after a
 * crash or a kill in the middle, meets the old file or the new one, never half of one.
 */
export function writeAtomically(file: string, write: (sink: Sink) => void): void {
  // A link stays a link: the file that it names is replaced.
  const target = fs.existsSync(file) ? fs.realpathSync(file) : file;
  const name = `.${path.basename(target)}.${process.pid}.${counter++}.tmp`;
  const temporary = path.join(path.dirname(target), name);
  const handle = fs.openSync(temporary, 'wx');
  try {
    try {
      write({
        write(bytes) {
          for (let done = 0; done < bytes.byteLength;) done += fs.writeSync(handle, bytes, done);
        },
      });
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** Collects what is written into one array. */
export class MemorySink implements Sink {
  #bytes = Buffer.allocUnsafeSlow(1 << 12);
  #length = 0;

  write(bytes: Uint8Array): void {
    const end = this.#length + bytes.byteLength;
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
  }
  result(): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, 0, this.#length);
  }
}
