/** Checkpoints of before PyTorch 1.6: five pickles one after the other, then the bytes of the storages. */
import { NotImplementedError } from '../errors.js';
import { native } from '../../native.js';
import { wrapTensor } from '../dispatch.js';
import { handleOf } from '../handle.js';
import type { ByteSource } from './byte_source.js';
import type { LoadOptions } from './load_options.js';
import { Cursor } from './pickle/cursor.js';
import { finish } from './pickle/finish.js';
import { Unpickler, type PickleHost } from './pickle/unpickler.js';
import { Tuple, asInteger, asText, describe, refuse } from './pickle/values.js';
import { LoadedStorage, checkBools, lend, mapLocation } from './rebuild.js';
import { StorageType } from './storage_types.js';
import { findTorchGlobal } from './torch_globals.js';

const ZIP_START = 0x04034b50;
const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;

/** Whether it is anything but a zip archive; what it is instead, reading will show. */
export function isLegacy(source: ByteSource): boolean {
  if (source.size < 4) refuse(source.size === 0 ? 'it is empty' : 'it is too short for a checkpoint');
  const start = source.read(0, 4);
  return new DataView(start.buffer, start.byteOffset, 4).getUint32(0, true) !== ZIP_START;
}

class LegacyHost implements PickleHost {
  readonly findGlobal = findTorchGlobal;
  readonly storages = new Map<string, LoadedStorage>();
  readonly #views = new Map<string, LoadedStorage>();
  readonly #options: LoadOptions;
  /** What the file can still hold: no storage is made that cannot be filled. */
  #left: number;

  constructor(size: number, options: LoadOptions) {
    this.#left = size;
    this.#options = options;
  }

  /** `('storage', type, key, location, number of elements, view)` */
  persistentLoad(id: unknown): LoadedStorage {
    if (!(id instanceof Tuple) || id.length !== 6 || asText(id[0], 'a kind') !== 'storage')
      return refuse('it refers to something else than a storage');
    const [, type, , location, count, view] = id;
    const key = asText(id[2], 'the key of a storage');
    if (!(type instanceof StorageType) || type.dtype === undefined)
      return refuse(`a storage of type ${describe(type)}`);
    if (mapLocation(asText(location, 'a location'), this.#options.map_location).type !== 'cpu')
      throw new NotImplementedError(
        "files of before PyTorch 1.6 are read to the CPU: give {map_location: 'cpu'}, then move the tensors",
        'load',
      );
    let root = this.storages.get(key);
    if (!root) {
      const bytes = asInteger(count, 'the size of a storage') * type.itemsize;
      if (bytes < 0 || bytes > this.#left) refuse(`storage ${key} is larger than the file`);
      this.#left -= bytes;
      root = new LoadedStorage(wrapTensor(native.newStorage(bytes)), bytes, type.dtype);
      this.storages.set(key, root);
    }
    if (root.dtype !== type.dtype) refuse(`storage ${key} has two types`);
    return view === null ? root : this.#view(root, view);
  }

  /** `(key, offset, number of elements)` of a storage that is part of another. */
  #view(root: LoadedStorage, view: unknown): LoadedStorage {
    if (!(view instanceof Tuple) || view.length !== 3) return refuse('a part of a storage is not described');
    const key = asText(view[0], 'the key of a storage');
    const known = this.#views.get(key);
    if (known) return known;
    const itemsize = root.dtype?.itemsize ?? 1;
    const start = asInteger(view[1], 'an offset') * itemsize;
    const bytes = asInteger(view[2], 'a size') * itemsize;
    if (start < 0 || bytes < 0 || start + bytes > root.bytes)
      refuse('a part of a storage lies outside of it');
    const base = wrapTensor(native.sliceStorage(handleOf(root.base), start, bytes));
    const part = new LoadedStorage(base, bytes, root.dtype);
    this.#views.set(key, part);
    return part;
  }
}

/** Fills the storages from what follows the pickles: for each its number of elements, then its bytes. */
function fill(source: ByteSource, cursor: Cursor, keys: unknown, storages: Map<string, LoadedStorage>): void {
  if (!Array.isArray(keys)) refuse('the list of its storages is missing');
  const empty = new Set(storages.keys());
  for (const item of keys as unknown[]) {
    const key = asText(item, 'the key of a storage');
    const storage = storages.get(key);
    if (!storage || !empty.delete(key)) return refuse(`storage ${key} comes twice or is not used`);
    const count = cursor.uint64();
    if (count * (storage.dtype?.itemsize ?? 1) !== storage.bytes) refuse(`storage ${key} has two sizes`);
    const position = cursor.position;
    cursor.bytes(storage.bytes);
    lend(storage.base, storage.bytes, (memory, offset) => {
      source.readInto(memory, position + offset);
    });
    checkBools(storage);
  }
  if (empty.size > 0) refuse(`the bytes of ${empty.size} storages are missing`);
}

export function loadLegacy(source: ByteSource, options: LoadOptions): unknown {
  const cursor = new Cursor(source.read(0, source.size));
  const host = new LegacyHost(source.size, options);
  const plain: PickleHost = { findGlobal: () => undefined };
  const magic = 'it is no checkpoint of PyTorch: neither a zip archive nor of the form before 1.6';
  if (source.read(0, 1)[0] !== 0x80) refuse(magic);
  if (new Unpickler(cursor, plain).load() !== MAGIC) refuse(magic);
  if (new Unpickler(cursor, plain).load() !== VERSION) refuse('its version is unknown');
  new Unpickler(cursor, plain).load(); // what machine it was written on: little-endian, as all are
  const result = new Unpickler(cursor, host).load();
  fill(source, cursor, new Unpickler(cursor, plain).load(), host.storages);
  return finish(result, { encoding: options.encoding ?? 'ascii', copyBytes: true });
}
