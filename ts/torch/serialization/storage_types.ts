/** PyTorch's storage classes: how a checkpoint says what the bytes of a storage are. */
import * as dtypes from '../dtype.js';
import type { DType } from '../dtype.js';

/** A storage class; without a dtype for UntypedStorage, whose unit is the byte. */
export class StorageType {
  constructor(
    readonly name: string,
    readonly dtype: DType | undefined,
  ) {
    Object.freeze(this);
  }
  get itemsize(): number {
    return this.dtype?.itemsize ?? 1;
  }
}

const typed: [string, DType][] = [
  ['FloatStorage', dtypes.float32],
  ['DoubleStorage', dtypes.float64],
  ['HalfStorage', dtypes.float16],
  ['BFloat16Storage', dtypes.bfloat16],
  ['LongStorage', dtypes.int64],
  ['IntStorage', dtypes.int32],
  ['ShortStorage', dtypes.int16],
  ['CharStorage', dtypes.int8],
  ['ByteStorage', dtypes.uint8],
  ['BoolStorage', dtypes.bool],
  ['ComplexFloatStorage', dtypes.complex64],
  ['ComplexDoubleStorage', dtypes.complex128],
];

export const untypedStorage = new StorageType('UntypedStorage', undefined);
const byName = new Map<string, StorageType>([
  ['UntypedStorage', untypedStorage],
  ['_UntypedStorage', untypedStorage],
]);
const byDType = new Map<DType, StorageType>();
for (const [name, dtype] of typed) {
  const type = new StorageType(name, dtype);
  byName.set(name, type);
  byDType.set(dtype, type);
}

const modules = new Set(['torch', 'torch.cuda', 'torch.storage']);

export function findStorageType(module: string, name: string): StorageType | undefined {
  return modules.has(module) ? byName.get(name) : undefined;
}

/** The class for a dtype; the newer dtypes have none of their own and lie in an UntypedStorage. */
export function storageTypeOf(dtype: DType): StorageType {
  return byDType.get(dtype) ?? untypedStorage;
}
