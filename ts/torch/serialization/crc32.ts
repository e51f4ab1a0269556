import zlib from 'node:zlib';
import { native } from '../../native.js';

/** The checksum of zip archives: of `bytes`, or of what had the checksum `before` and `bytes` after it. */
export function crc32(bytes: Uint8Array, before = 0): number {
  return native.crc32(bytes, before) ?? zlib.crc32(bytes, before);
}
