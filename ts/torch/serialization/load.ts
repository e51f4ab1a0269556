/**
 * torch.load: checkpoints that PyTorch wrote, read as data. Nothing in a file is ever executed; there is no other mode.
 * https://docs.pytorch.org/docs/stable/generated/torch.load.html
 */
import fs from 'node:fs';
import { native } from '../../native.js';
import { wrapTensor } from '../dispatch.js';
import * as dtypes from '../dtype.js';
import { NotImplementedError, TorchError, ValueError } from '../errors.js';
import { from_file } from '../generated/functions.js';
import { handleOf } from '../handle.js';
import { tidy } from '../memory.js';
import type { Tensor } from '../tensor.js';
import { withSource, type ByteSource, type PathLike } from './byte_source.js';
import { isLegacy, loadLegacy } from './legacy_load.js';
import { checkLoadOptions, type LoadOptions } from './load_options.js';
import { Cursor } from './pickle/cursor.js';
import { finish } from './pickle/finish.js';
import { Unpickler, type PickleHost } from './pickle/unpickler.js';
import { Tuple, asInteger, asText, describe, refuse } from './pickle/values.js';
import { LoadedStorage, checkBools, mapLocation, newStorage } from './rebuild.js';
import { StorageType } from './storage_types.js';
import { findTorchGlobal } from './torch_globals.js';
import { dataPosition, entryReader, readDirectory, readEntry, type ZipEntry } from './zip_reader.js';

export type { LoadOptions } from './load_options.js';

/** The entries of one checkpoint, by their names inside its folder. */
class Archive {
  readonly #entries = new Map<string, ZipEntry>();

  constructor(readonly source: ByteSource) {
    const all = readDirectory(source);
    const folders = [...all.keys()].filter(
      (name) => name.endsWith('/data.pkl') && name.split('/').length === 2,
    );
    if (folders.length !== 1) refuse('it is a zip archive, but no checkpoint: it has no data.pkl');
    const prefix = (folders[0] as string).slice(0, -'data.pkl'.length);
    for (const [name, entry] of all)
      if (name.startsWith(prefix)) this.#entries.set(name.slice(prefix.length), entry);
    if (this.#entries.has('constants.pkl'))
      refuse('it is a TorchScript program; torch.jit.load() runs such, from sources that you trust');
  }
  entry(name: string): ZipEntry {
    return this.#entries.get(name) ?? refuse(`it has no entry ${name}`);
  }
  isBigEndian(): boolean {
    if (!this.#entries.has('byteorder')) return false;
    const order = Buffer.from(readEntry(this.source, this.entry('byteorder'))).toString('latin1');
    if (order !== 'little' && order !== 'big') refuse(`byte order ${JSON.stringify(order)}`);
    return order === 'big';
  }
}

function swap(memory: Uint8Array, dtype: dtypes.DType | undefined): void {
  if (dtype === undefined) return refuse('untyped storages of the other byte order');
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  const width = dtype.is_complex ? dtype.itemsize / 2 : dtype.itemsize;
  if (width === 2) bytes.swap16();
  else if (width === 4) bytes.swap32();
  else if (width === 8) bytes.swap64();
}

/**
 * The whole file as memory that is read when it is touched.
 * @throws {TorchError} when another file has taken the path since it was opened
 */
function mapFile(file: string, source: ByteSource): Tensor {
  const mapped = from_file(file, false, source.size, { dtype: dtypes.uint8 });
  // libtorch opens the path itself; the directory has been read from the file that was there before.
  const now = fs.statSync(file);
  if (now.size !== source.size) throw new TorchError('it changed while it was read');
  return mapped;
}

class ZipHost implements PickleHost {
  readonly #archive: Archive;
  readonly #options: LoadOptions;
  readonly #swap: boolean;
  readonly #mapped: Tensor | undefined;
  readonly #storages = new Map<string, { storage: LoadedStorage; type: StorageType }>();
  readonly findGlobal = findTorchGlobal;

  constructor(archive: Archive, options: LoadOptions, mapped: Tensor | undefined) {
    this.#archive = archive;
    this.#options = options;
    this.#mapped = mapped;
    this.#swap = archive.isBigEndian();
    if (this.#swap && mapped) refuse('a file of the other byte order cannot be mapped; load it without mmap');
  }

  /** `('storage', type, key, location, number of elements)` */
  persistentLoad(id: unknown): LoadedStorage {
    if (!(id instanceof Tuple) || id.length !== 5 || asText(id[0], 'a kind') !== 'storage')
      return refuse('it refers to something else than a storage');
    const [, type, , location, count] = id;
    const key = asText(id[2], 'the key of a storage');
    if (!(type instanceof StorageType)) return refuse(`a storage of type ${describe(type)}`);
    const known = this.#storages.get(key);
    if (known) {
      if (known.type !== type) refuse(`storage ${key} has two types`);
      return known.storage;
    }
    const bytes = asInteger(count, 'the size of a storage') * type.itemsize;
    const entry = this.#archive.entry(`data/${key}`);
    if (entry.size !== bytes) refuse(`storage ${key} has ${entry.size} bytes where ${bytes} are announced`);
    const storage = new LoadedStorage(this.#read(entry, type.dtype), bytes, type.dtype);
    if (!this.#mapped) checkBools(storage);
    const moved = move(storage, asText(location, 'a location'), this.#options);
    this.#storages.set(key, { storage: moved, type });
    return moved;
  }

  #read(entry: ZipEntry, dtype: dtypes.DType | undefined): Tensor {
    const { source } = this.#archive;
    if (this.#mapped) {
      const start = dataPosition(source, entry);
      if (entry.method !== 0) refuse(`${entry.name} is packed, where it must be stored`);
      // Unaligned, which no file of PyTorch's is, it would be slow here and fatal elsewhere.
      if (start % (dtype?.itemsize ?? 1) === 0)
        return wrapTensor(native.sliceStorage(handleOf(this.#mapped), start, entry.size));
    }
    const read = entryReader(source, entry);
    return newStorage(entry.size, (memory) => {
      read(memory);
      if (this.#swap) swap(memory, dtype);
    });
  }
}

/** Storages move, not tensors: what shares memory in the file shares it on the device. */
function move(storage: LoadedStorage, location: string, options: LoadOptions): LoadedStorage {
  const device = mapLocation(location, options.map_location);
  if (device.type === 'cpu') return storage;
  if (device.type === 'cuda' && native.cudaDeviceCount() <= (device.index ?? 0))
    throw new TorchError(
      `Attempting to deserialize object on a CUDA device (${String(device)}) but there is none. If you are running ` +
        "on a CPU-only machine, please use torch.load with {map_location: 'cpu'} to map your storages to the CPU.",
    );
  return new LoadedStorage(storage.base.to({ device }), storage.bytes, storage.dtype);
}

function loadZip(source: ByteSource, options: LoadOptions, file: string | undefined): unknown {
  const archive = new Archive(source);
  const mapped = options.mmap && file !== undefined ? mapFile(file, source) : undefined;
  const host = new ZipHost(archive, options, mapped);
  const pickle = readEntry(source, archive.entry('data.pkl'));
  const result = new Unpickler(new Cursor(pickle), host).load();
  return finish(result, { encoding: options.encoding ?? 'ascii', copyBytes: true });
}

/**
 * Reads a file of `torch.save`, Python's or ours, in the form of today or of before PyTorch 1.6.
 *
 * A dict whose keys are all strings comes as a plain object (a state dict's `_metadata` as a property that does not
 * show), any other dict as a Map; a tuple as a `Tuple`, which is an array; int and float both as number (an int beyond
 * 2^53 as bigint); bytes as Uint8Array; set as Set. Tensors that share memory in the file share it afterwards.
 *
 * @param f a path, or the file's bytes
 * @param options `map_location`: device, or a mapping of the devices in the file (default: where they were saved);
 *   `mmap`: map the file instead of reading it, checksums unread (default: false); `weights_only`: only true;
 *   `encoding`: what becomes of str of Python 2 (default: 'ascii')
 * @throws {TorchError} naming the file and the reason: damaged, cut off, not allowed in it
 * @throws {NotImplementedError} for `weights_only: false`, and for tensors that are quantized, sparse or nested
 */
export function load<T = unknown>(f: PathLike | Uint8Array, options: LoadOptions = {}): T {
  checkLoadOptions(options);
  if (options.mmap && f instanceof Uint8Array)
    throw new ValueError('load(): mmap needs the path of a file', 'load');
  return withSource(f, (source) =>
    tidy(() => {
      if (!isLegacy(source)) return loadZip(source, options, f instanceof Uint8Array ? undefined : String(f));
      if (options.mmap)
        throw new NotImplementedError('mmap works only with files of PyTorch 1.6 and later', 'load');
      return loadLegacy(source, options);
    }),
  ) as T;
}
