import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import type { HeaderData } from 'tar';

export interface Entry extends HeaderData {
  path: string;
  body?: string | Buffer;
}

/** One header block and its padded body. `size` may lie about the body. */
export function tarEntry({ body = '', ...data }: Entry): Buffer {
  const bytes = Buffer.from(body as string);
  const block = Buffer.alloc(512);
  new Header({
    type: 'File',
    mode: 0o644,
    size: bytes.length,
    mtime: new Date(0),
    ...data,
  }).encode(block);
  return Buffer.concat([block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

export const END = Buffer.alloc(1024);

export function tarball(...entries: Entry[]): Buffer {
  return gzipSync(Buffer.concat([...entries.map(tarEntry), END]));
}
