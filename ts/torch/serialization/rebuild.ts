/** Tensors on storages, after a check that they lie inside. */
import { native } from '../../native.js';
import { wrapTensor } from '../dispatch.js';
import { Device } from '../device.js';
import { bool, strided, type DType } from '../dtype.js';
import { handleOf } from '../handle.js';
import type { Tensor } from '../tensor.js';
import { Placeholder, refuse } from './pickle/values.js';

/** A storage of the file in memory: a uint8 tensor that owns the bytes. By itself it is no value of a result. */
export class LoadedStorage extends Placeholder {
  constructor(
    readonly base: Tensor,
    readonly bytes: number,
    readonly dtype: DType | undefined,
  ) {
    super();
  }
  override finish(): never {
    return refuse('it holds a bare storage; save tensors');
  }
}

/** More dimensions than libtorch's own kernels take. */
const MAX_DIMENSIONS = 64;

/** Throws unless every element of such a tensor lies inside `bytes`. In bigint, since the numbers are a stranger's. */
export function checkExtent(
  bytes: number,
  itemsize: number,
  offset: number,
  sizes: readonly number[],
  strides: readonly number[],
): void {
  const shown = `a tensor of size [${sizes.join(', ')}], stride [${strides.join(', ')}] and offset ${offset}`;
  if (sizes.length !== strides.length || sizes.length > MAX_DIMENSIONS) refuse(`${shown} makes no sense`);
  if (offset < 0 || sizes.some((size) => size < 0) || strides.some((stride) => stride < 0))
    refuse(`${shown} is negative`);
  if (sizes.includes(0)) return;
  let last = BigInt(offset);
  let count = 1n;
  sizes.forEach((size, i) => {
    count *= BigInt(size);
    last += BigInt(size - 1) * BigInt(strides[i] as number);
  });
  if ((last + 1n) * BigInt(itemsize) > BigInt(bytes))
    refuse(`${shown} does not lie inside its storage of ${bytes} bytes`);
  // A stride of 0 makes a large tensor of little memory; its element count must still be a number.
  if (count * BigInt(itemsize) > BigInt(Number.MAX_SAFE_INTEGER)) refuse(`${shown} is too large`);
}

export function rebuildTensor(
  storage: LoadedStorage,
  dtype: DType,
  offset: number,
  sizes: readonly number[],
  strides: readonly number[],
): Tensor {
  checkExtent(storage.bytes, dtype.itemsize, offset, sizes, strides);
  return wrapTensor(native.tensorOnStorage(handleOf(storage.base), handleOf(dtype), offset, sizes, strides));
}

/** A new storage of so many bytes; `fill` writes them. */
export function newStorage(bytes: number, fill: (memory: Uint8Array, offset: number) => void): Tensor {
  const base = wrapTensor(native.newStorage(bytes));
  try {
    lend(base, bytes, fill);
  } catch (error) {
    base.dispose();
    throw error;
  }
  return base;
}

/** An ArrayBuffer of 4 GiB is more than some runtimes make. */
const WINDOW = 1 << 30;

/** Gives the bytes of a tensor's storage to `use`, in one piece or, when they are many, in several. */
export function lend(
  tensor: Tensor,
  bytes: number,
  use: (memory: Uint8Array, offset: number) => void,
  start = 0,
): void {
  for (let offset = 0; offset === 0 || offset < bytes; offset += WINDOW)
    native.lendStorage(handleOf(tensor), start + offset, Math.min(WINDOW, bytes - offset), (buffer) => {
      use(new Uint8Array(buffer), offset);
    });
}

/** Gives the elements in row-major order: its own memory where they lie so, else a copy. */
export function giveElements(tensor: Tensor, take: (bytes: Uint8Array) => void): void {
  const isPlain = tensor.device.type === 'cpu' && tensor.layout === strided && tensor.is_contiguous();
  if (!isPlain || tensor.is_conj() || tensor.is_neg())
    take(new Uint8Array(native.toArrayBuffer(handleOf(tensor), false)));
  else if (tensor.numel() > 0) lend(tensor, tensor.nbytes, take, tensor.storage_offset() * tensor.itemsize);
}

/** A bool of any other value would be neither true nor false to libtorch. */
export function checkBools(storage: LoadedStorage): void {
  if (storage.dtype !== bool) return;
  lend(storage.base, storage.bytes, (memory) => {
    if (memory.some((byte) => byte > 1)) refuse('a bool in it is neither 0 nor 1');
  });
}

/** Where a storage shall go: `torch.load`'s argument `map_location`. */
export type MapLocation =
  | string
  | Device
  | Readonly<Record<string, string>>
  | ((location: string) => string | Device | null | undefined);

/** The device for a storage that was saved on `location`. */
export function mapLocation(location: string, map: MapLocation | null | undefined): Device {
  if (map == null) return new Device(location);
  if (typeof map === 'string' || map instanceof Device) return new Device(String(map));
  const mapped = typeof map === 'function' ? map(location) : map[location];
  return new Device(String(mapped ?? location));
}
