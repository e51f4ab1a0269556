/**
 * `pickle`: Python's data files, such as the course's mnist.pkl.gz, read as data; nothing in them is executed.
 * https://docs.python.org/3/library/pickle.html
 */
import { gunzipSync } from 'node:zlib';
import { ArgumentError } from '../errors.js';
import { tidy } from '../memory.js';
import { withSource, type ByteSource, type PathLike } from './byte_source.js';
import { findNumpyGlobal } from './numpy_globals.js';
import { Cursor } from './pickle/cursor.js';
import { finish, type FinishOptions } from './pickle/finish.js';
import { Unpickler } from './pickle/unpickler.js';

export interface PickleOptions {
  /** What becomes of str of Python 2: text by an encoding ('ascii', 'latin-1'), or 'bytes'. */
  encoding?: string;
}

const encodings = new Map<string, FinishOptions['encoding']>([
  ['ascii', 'ascii'],
  ['latin1', 'latin1'],
  ['latin-1', 'latin1'],
  ['iso-8859-1', 'latin1'],
  ['bytes', 'bytes'],
]);

/** A few bytes can unpack to as much as there is memory; what is larger than this is no pickle to read at once. */
const MAX_UNPACKED = 4 * 2 ** 30;

function unpack(source: ByteSource): Uint8Array {
  const bytes = source.read(0, source.size);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isGzip ? gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED }) : bytes;
}

/**
 * Reads a pickle of protocol 2 to 5: numbers, texts, collections of them, numpy arrays. An array comes as a tensor, a
 * view of the unpacked bytes where they are aligned to its elements, else a copy; a tuple as an array, a dict of
 * strings as a plain object, any other as a Map.
 *
 * @param file a path, or the bytes (then arrays may share their memory); gzip is undone
 * @param options `encoding` (default 'ascii'): pickles of Python 2 want 'latin-1'
 * @throws {TorchError} naming the file and the reason: damaged, or a class or function that is not data
 */
export function load<T = unknown>(file: PathLike | Uint8Array, options: PickleOptions = {}): T {
  const encoding = encodings.get((options.encoding ?? 'ascii').toLowerCase());
  if (encoding === undefined)
    throw new ArgumentError(
      `pickle.load(): unknown encoding '${options.encoding}'; known are ${[...encodings.keys()].join(', ')}`,
      'pickle.load',
    );
  return withSource(file, (source) =>
    tidy(() => {
      const value = new Unpickler(new Cursor(unpack(source)), { findGlobal: findNumpyGlobal }).load();
      return finish(value, { encoding, copyBytes: false });
    }),
  ) as T;
}

/** `pickle.loads`: the same from bytes. */
export function loads<T = unknown>(bytes: Uint8Array, options: PickleOptions = {}): T {
  return load(bytes, options);
}
