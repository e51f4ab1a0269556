/**
 * torch.save: files that Python's `torch.load` reads as they are, in its strict mode.
 * https://docs.pytorch.org/docs/stable/generated/torch.save.html
 */
import path from 'node:path';
import { native } from '../../native.js';
import { Device } from '../device.js';
import { DType, Layout, strided } from '../dtype.js';
import { NotImplementedError, TorchError } from '../errors.js';
import { handleOf } from '../handle.js';
import { Parameter } from '../nn/parameter.js';
import { Tensor } from '../tensor.js';
import { MemorySink, writeAtomically, type Sink } from './atomic_file.js';
import type { PathLike } from './byte_source.js';
import { Op } from './pickle/opcodes.js';
import { Pickler } from './pickle/pickler.js';
import { lend } from './rebuild.js';
import { storageTypeOf, untypedStorage, type StorageType } from './storage_types.js';
import { ALIGNMENT, ZipWriter } from './zip_writer.js';

interface SavedStorage {
  key: string;
  type: StorageType;
  bytes: number;
  /** Any tensor on it. */
  tensor: Tensor;
}

/** Tensors and what else of torch may be in a checkpoint, and the storages that they need. */
class Collector {
  readonly storages: SavedStorage[] = [];
  readonly #byIdentity = new Map<bigint, SavedStorage>();
  /** Copies made for saving; freed at the end. */
  readonly #copies: Tensor[] = [];

  write(pickler: Pickler, value: object): number | undefined | null {
    if (value instanceof Parameter) return this.#parameter(pickler, value);
    if (value instanceof Tensor) return this.#tensor(pickler, value, value.requires_grad);
    if (value instanceof DType) return void pickler.global('torch', value.name);
    if (value instanceof Device)
      return pickler.reduce('torch', 'device', () => {
        pickler.tuple(value.index === null ? [value.type] : [value.type, value.index]);
      });
    if (value instanceof Layout)
      return pickler.reduce('torch.serialization', '_get_layout', () => {
        pickler.tuple([String(value)]);
      });
    return null;
  }
  dispose(): void {
    for (const copy of this.#copies) copy.dispose();
  }

  #parameter(pickler: Pickler, value: Parameter): number {
    return pickler.reduce('torch._utils', '_rebuild_parameter', () => {
      pickler.tuple([value, value.requires_grad, undefined], (part) => {
        if (part === value) this.#tensor(pickler, value, false);
        else if (part === undefined) emptyHooks(pickler);
        else pickler.save(part);
      });
    });
  }

  #tensor(pickler: Pickler, given: Tensor, requiresGrad: boolean): number {
    const tensor = this.#resolved(given);
    const storage = this.#storage(tensor);
    const { dtype } = tensor;
    const isTyped = storage.type !== untypedStorage;
    return pickler.reduce('torch._utils', isTyped ? '_rebuild_tensor_v2' : '_rebuild_tensor_v3', () => {
      const parts: (() => void)[] = [
        () => {
          this.#reference(pickler, storage, tensor.device);
        },
        () => {
          pickler.save(tensor.storage_offset());
        },
        () => {
          pickler.tuple(tensor.shape);
        },
        () => {
          pickler.tuple(tensor.stride());
        },
        () => {
          pickler.save(requiresGrad);
        },
        () => {
          emptyHooks(pickler);
        },
      ];
      if (!isTyped)
        parts.push(() => {
          pickler.global('torch', dtype.name);
        });
      pickler.tuple(parts, (part) => {
        (part as () => void)();
      });
    });
  }

  /** A tensor whose elements lie in memory as they are meant. */
  #resolved(tensor: Tensor): Tensor {
    if (tensor.layout !== strided)
      throw new NotImplementedError(`tensors of layout ${String(tensor.layout)} cannot be saved`, 'save');
    if (tensor.is_meta) throw new NotImplementedError('a tensor on the meta device has no data', 'save');
    if (!tensor.is_conj() && !tensor.is_neg()) return tensor;
    const copy = tensor.detach().resolve_conj().resolve_neg();
    this.#copies.push(copy);
    return copy;
  }

  #storage(tensor: Tensor): SavedStorage {
    const [identity, bytes] = native.storageInfo(handleOf(tensor));
    const type = storageTypeOf(tensor.dtype);
    let storage = this.#byIdentity.get(identity);
    if (!storage) {
      storage = { key: String(this.storages.length), type, bytes, tensor };
      this.storages.push(storage);
      this.#byIdentity.set(identity, storage);
    }
    if (storage.type !== type)
      throw new TorchError(
        'Cannot save multiple tensors or storages that view the same data as different types',
        'save',
      );
    return storage;
  }

  #reference(pickler: Pickler, { key, type, bytes }: SavedStorage, device: Device): void {
    pickler.tuple(['storage', type, key, String(device), Math.floor(bytes / type.itemsize)], (part) => {
      if (part !== type) pickler.save(part);
      else pickler.global(type === untypedStorage ? 'torch.storage' : 'torch', type.name);
    });
    pickler.out.op(Op.BINPERSID);
  }
}

function emptyHooks(pickler: Pickler): void {
  pickler.global('collections', 'OrderedDict');
  pickler.out.op(Op.EMPTY_TUPLE, Op.REDUCE);
  pickler.out.put();
}

/** The bytes of a storage, wherever it is. A tensor that stands for all of it is what libtorch can copy. */
function give(storage: SavedStorage, take: (bytes: Uint8Array) => void): void {
  if (storage.tensor.device.type === 'cpu') return lend(storage.tensor, storage.bytes, take);
  const { uint8 } = native.enums().dtypes;
  const whole = native.tensorOnStorage(handleOf(storage.tensor), uint8!.handle, 0, [storage.bytes], [1]);
  try {
    take(new Uint8Array(native.toArrayBuffer(whole, false)));
  } finally {
    native.dispose(whole);
  }
}

function writeArchive(
  sink: Sink,
  folder: string,
  pickle: Uint8Array,
  storages: readonly SavedStorage[],
): void {
  const zip = new ZipWriter(sink);
  const add = (name: string, content: Uint8Array): void => {
    zip.add(`${folder}/${name}`, content.byteLength, (take) => {
      take(content);
    });
  };
  add('data.pkl', pickle);
  add('.format_version', Buffer.from('1'));
  add('.storage_alignment', Buffer.from(String(ALIGNMENT)));
  add('byteorder', Buffer.from('little'));
  for (const storage of storages)
    zip.add(`${folder}/data/${storage.key}`, storage.bytes, (take) => {
      give(storage, take);
    });
  add('version', Buffer.from('3\n'));
  zip.finish();
}

/** `a` for `models/a.pt`: PyTorch's name of the folder inside the archive. */
function folderOf(file: string): string {
  return path.basename(file).replace(/\.[^.]*$/, '') || 'archive';
}

/**
 * Saves tensors and collections of them: plain objects and Maps (dict), arrays (list), `Tuple` (tuple), Set, numbers,
 * bigint, strings, booleans, null, Uint8Array (bytes), `Float`, `Complex`, dtypes, devices, sizes. An integral number
 * is saved as int, any other as float; `new Float(1)` is the float 1.0. Keys of a plain object are strings; a Map keeps
 * the kind of its keys. Tensors that share memory share it in the file, and of a view the whole storage is saved.
 *
 * The file is written under another name, brought to the disk and renamed: a crash in the middle leaves the old one.
 *
 * @param obj what to save
 * @param f the path; without it the bytes of the file are returned
 * @throws {TorchError} naming the place in `obj` that cannot be saved (a module, a function, undefined ...)
 */
export function save(obj: unknown, f: PathLike): void;
export function save(obj: unknown): Uint8Array;
export function save(obj: unknown, f?: PathLike): Uint8Array | void {
  const collector = new Collector();
  try {
    const pickler = new Pickler((writer, value) => collector.write(writer, value));
    const pickle = pickler.dump(obj);
    if (f === undefined) {
      const sink = new MemorySink();
      writeArchive(sink, 'archive', pickle, collector.storages);
      return sink.result();
    }
    const file = String(f);
    writeAtomically(file, (sink) => {
      writeArchive(sink, folderOf(file), pickle, collector.storages);
    });
  } finally {
    collector.dispose();
  }
}
