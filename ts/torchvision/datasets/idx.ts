/** IDX, the format of MNIST: a magic number, the sizes, then bytes. http://yann.lecun.com/exdb/mnist/ */
import fs from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { from_numpy, ValueError, type Tensor } from '../../torch/index.js';

/** More than the largest known set of this format unpacks to; what claims more is no such file. */
const maxBytes = 2 ** 30;

function bytesOf(file: string): Buffer {
  try {
    const raw = fs.readFileSync(file);
    // By content: unpacked files keep the name of the packed one now and then.
    return raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw, { maxOutputLength: maxBytes }) : raw;
  } catch (error) {
    throw new ValueError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

/**
 * A uint8 tensor of `ndim` dimensions from an IDX file, packed by gzip or not.
 * @throws {ValueError} naming the file: unreadable, another magic number, more or fewer bytes than its sizes say
 */
export function readIdx(file: string, ndim: number): Tensor {
  const bytes = bytesOf(file);
  const fail = (reason: string): never => {
    throw new ValueError(`${file}: ${reason}`);
  };
  const start = 4 + 4 * ndim;
  if (bytes.length < start) fail(`it has ${bytes.length} bytes, too few for the header of an IDX file`);
  // Two zeros, 8 for unsigned bytes, and the number of dimensions.
  const magic = bytes.readUInt32BE(0);
  if (magic !== 0x800 + ndim)
    fail(`its magic number is ${magic} instead of ${0x800 + ndim}: no IDX file of ${ndim}-dimensional bytes`);
  const shape = Array.from({ length: ndim }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const count = shape.reduce((product, size) => product * size, 1);
  const present = bytes.length - start;
  if (count > present) fail(`its header announces ${shape.join(' x ')} bytes, but only ${present} follow`);
  if (count < present) fail(`${present - count} bytes are left after the ${shape.join(' x ')} announced`);
  const flat = from_numpy(Uint8Array.from(bytes.subarray(start)));
  const result = flat.view(shape);
  flat.dispose();
  return result;
}
