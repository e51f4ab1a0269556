import { crc32 } from 'node:zlib';
import { expect } from 'chai';

import { crc32 as ours } from '../../../ts/torch/serialization/crc32.js';
import { MemorySource, type ByteSource } from '../../../ts/torch/serialization/byte_source.js';
import { readDirectory } from '../../../ts/torch/serialization/zip_reader.js';
import { ZipWriter } from '../../../ts/torch/serialization/zip_writer.js';
import { message } from '../../support/thrown.js';
import { archive } from './support.js';

describe('checksums', () => {
  it('are those of zlib, for all lengths, places and beginnings', () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 2654435761) >>> 24);
    for (let length = 1; length < 1100; ++length)
      for (const start of [0, 1, 7, 16]) {
        const part = bytes.subarray(start, start + length);
        expect(ours(part)).to.equal(crc32(part));
        expect(ours(part, 0xdeadbeef)).to.equal(crc32(part, 0xdeadbeef));
      }
    expect(ours(bytes.subarray(3000), ours(bytes.subarray(0, 3000)))).to.equal(crc32(bytes));
    expect(ours(new Uint8Array(0))).to.equal(0);
  });
});

/** Keeps what was written without the bytes of large entries, so that an archive of 9 GB fits. */
class Sparse implements ByteSource {
  readonly name = 'sparse';
  size = 0;
  readonly #pieces = new Map<number, Uint8Array>();
  write(bytes: Uint8Array): void {
    if (bytes.byteLength < 1000) this.#pieces.set(this.size, bytes.slice());
    this.size += bytes.byteLength;
  }
  read(position: number, length: number): Uint8Array {
    const result = new Uint8Array(length);
    for (const [at, piece] of this.#pieces)
      for (let i = Math.max(0, position - at); i < piece.length && at + i < position + length; ++i)
        result[at + i - position] = piece[i]!;
    return result;
  }
  readInto(target: Uint8Array, position: number): void {
    target.set(this.read(position, target.byteLength));
  }
}

describe('zip archives', () => {
  it('go beyond 4 GiB', function () {
    this.timeout(120_000);
    const sink = new Sparse();
    const zip = new ZipWriter(sink);
    const piece = new Uint8Array(1 << 20);
    const add = (name: string, pieces: number): void => {
      zip.add(name, pieces * piece.length, (take) => {
        for (let i = 0; i < pieces; ++i) take(piece);
      });
    };
    add('large', 4097);
    add('far', 1);
    zip.finish();
    const entries = readDirectory(sink);
    expect(entries.get('large')!.size).to.equal(4097 * 2 ** 20);
    expect(entries.get('far')!.header).to.be.above(2 ** 32);
    expect(entries.get('far')!.size).to.equal(2 ** 20);
  });

  it('have any number of entries', () => {
    const names = Array.from({ length: 70_000 }, (_, i) => `e${i}`);
    const entries = readDirectory(
      new MemorySource(archive(Object.fromEntries(names.map((name) => [name, ''])))),
    );
    expect([...entries.keys()]).to.deep.equal(names);
  });

  it('are not written with a wrong size or a name twice', () => {
    const zip = new ZipWriter({ write: () => undefined });
    expect(message(() => zip.add('a', 2, (take) => void take(new Uint8Array(1))))).to.match(/another size/);
    expect(message(() => zip.add('a', 0, () => undefined))).to.match(/two entries would be called a/);
  });
});
