/**
 * torch.dtype, torch.layout and torch.memory_format: frozen objects, one per value, that print as PyTorch prints
 * them. See https://docs.pytorch.org/docs/stable/tensor_attributes.html
 */
import { inspect } from 'node:util';
import { native, type Handle, type RawDType } from '../native.js';
import { ArgumentError } from './errors.js';
import { Handled } from './handle.js';

const { dtypes, layouts, memoryFormats } = native.enums();

class Named extends Handled {
  /** `float32` for `torch.float32`. */
  readonly name: string;

  constructor(name: string, handle: Handle) {
    super(handle);
    this.name = name;
  }
  override toString(): string {
    return `torch.${this.name}`;
  }
  toJSON(): string {
    return this.toString();
  }
  [inspect.custom](): string {
    return this.toString();
  }
}

/** The type of a tensor's elements. */
export class DType extends Named {
  readonly itemsize: number;
  readonly is_floating_point: boolean;
  readonly is_complex: boolean;
  readonly is_signed: boolean;
  /** @internal libtorch's number of it. */
  readonly code: number;

  constructor(name: string, raw: RawDType) {
    super(name, raw.handle);
    this.code = raw.code;
    this.itemsize = raw.itemsize;
    this.is_floating_point = raw.is_floating_point;
    this.is_complex = raw.is_complex;
    this.is_signed = raw.is_signed;
    Object.freeze(this);
  }
}

/** How a tensor is laid out in memory: `torch.strided`, `torch.sparse_coo` ... */
export class Layout extends Named {}
/** `torch.contiguous_format`, `torch.channels_last` ... */
export class MemoryFormat extends Named {}

const byCode = new Map<number, DType>();
const byName = new Map<string, DType>();
for (const [name, raw] of Object.entries(dtypes)) {
  const dtype = new DType(name, raw);
  byCode.set(raw.code, dtype);
  byName.set(name, dtype);
}

/** @internal */
export function dtypeOfCode(code: number): DType {
  return byCode.get(code) ?? unknown(`dtype ${code}`);
}
function unknown(what: string): never {
  throw new TypeError(`internal: libtorch-node does not know ${what}`);
}
function named(name: string): DType {
  return byName.get(name) ?? unknown(name);
}

export const uint8 = named('uint8');
export const int8 = named('int8');
export const int16 = named('int16');
export const short = int16;
export const int32 = named('int32');
export const int = int32;
export const int64 = named('int64');
export const long = int64;
export const uint16 = named('uint16');
export const uint32 = named('uint32');
export const uint64 = named('uint64');
export const float16 = named('float16');
export const half = float16;
export const bfloat16 = named('bfloat16');
export const float32 = named('float32');
export const float = float32;
export const float64 = named('float64');
export const double = float64;
export const complex32 = named('complex32');
export const chalf = complex32;
export const complex64 = named('complex64');
export const cfloat = complex64;
export const complex128 = named('complex128');
export const cdouble = complex128;
export const bool = named('bool');
export const float8_e5m2 = named('float8_e5m2');
export const float8_e4m3fn = named('float8_e4m3fn');
export const float8_e5m2fnuz = named('float8_e5m2fnuz');
export const float8_e4m3fnuz = named('float8_e4m3fnuz');
export const float8_e8m0fnu = named('float8_e8m0fnu');
export const qint8 = named('qint8');
export const quint8 = named('quint8');
export const qint32 = named('qint32');

function frozen<T extends object>(value: T): T {
  return Object.freeze(value);
}
function layoutNamed(name: string): Layout {
  return frozen(new Layout(name, layouts[name] ?? unknown(name)));
}
function formatNamed(name: string): MemoryFormat {
  return frozen(new MemoryFormat(name, memoryFormats[name] ?? unknown(name)));
}

export const strided = layoutNamed('strided');
export const sparse_coo = layoutNamed('sparse_coo');
export const sparse_csr = layoutNamed('sparse_csr');
export const sparse_csc = layoutNamed('sparse_csc');
export const sparse_bsr = layoutNamed('sparse_bsr');
export const sparse_bsc = layoutNamed('sparse_bsc');
export const _mkldnn = layoutNamed('_mkldnn');

export const contiguous_format = formatNamed('contiguous_format');
export const preserve_format = formatNamed('preserve_format');
export const channels_last = formatNamed('channels_last');
export const channels_last_3d = formatNamed('channels_last_3d');

/** @internal In the order of c10::Layout. */
const layoutOrder = [strided, sparse_coo, sparse_csr, _mkldnn, sparse_csc, sparse_bsr, sparse_bsc];

/** @internal */
export function layoutOfCode(code: number): Layout {
  return layoutOrder[code] ?? unknown(`layout ${code}`);
}

/** The dtype of new tensors made from JavaScript numbers, float32 at first. */
export function get_default_dtype(): DType {
  return named(native.getDefaultDtype());
}

/**
 * Sets the dtype of new tensors made from JavaScript numbers.
 * @throws {ArgumentError} when `dtype` is no floating point dtype.
 */
export function set_default_dtype(dtype: DType): void {
  const handle = dtype instanceof DType ? Handled.of(dtype) : undefined;
  if (!handle) throw new TypeError('set_default_dtype(): argument must be a torch.dtype');
  if (!dtype.is_floating_point)
    throw new ArgumentError(
      'only floating-point types are supported as the default type',
      'set_default_dtype',
    );
  native.setDefaultDtype(handle);
}
