/** `to` in all its forms, the casts by name, and `type()`. */
import { checkOptions } from './arguments.js';
import { isOptions, method, type AnyFunction } from './dispatch.js';
import { Device } from './device.js';
import * as dtypes from './dtype.js';
import { DType, type MemoryFormat } from './dtype.js';
import { ArgumentError, withOperator } from './errors.js';
import { Handled } from './handle.js';
import type { Tensor } from './tensor.js';

export interface ToOptions {
  dtype?: DType | null;
  device?: Device | string | null;
  /** Copy without waiting where the source is pinned and the target a GPU. */
  non_blocking?: boolean;
  /** A new tensor even where nothing would change. */
  copy?: boolean;
  memory_format?: MemoryFormat | null;
}

/** https://docs.pytorch.org/docs/stable/generated/torch.Tensor.to.html */
export type ToArguments =
  | [options: ToOptions]
  | [dtype: DType, options?: ToOptions]
  | [dtype: DType, non_blocking: boolean, copy?: boolean, options?: ToOptions]
  | [device: Device | string | null, options?: ToOptions]
  | [device: Device | string | null, dtype: DType | null, options?: ToOptions]
  | [
      device: Device | string | null,
      dtype: DType | null,
      non_blocking: boolean,
      copy?: boolean,
      options?: ToOptions,
    ]
  | [other: Tensor, options?: ToOptions]
  | [other: Tensor, non_blocking: boolean, copy?: boolean, options?: ToOptions];

const convert = method('to', ['dtype_layout']);
const known = ['dtype', 'device', 'non_blocking', 'copy', 'memory_format', 'other'];

function isTensor(value: unknown): value is Tensor {
  return value instanceof Handled && 'requires_grad_' in value;
}

/** @internal Reads the many forms into one set of options. */
export function readTo(args: readonly unknown[]): ToOptions {
  const result: ToOptions = {};
  const rest = [...args];
  const last = rest[rest.length - 1];
  if (isOptions(last)) {
    rest.pop();
    checkOptions('to', last, known);
    for (const [key, value] of Object.entries(last)) {
      if (key === 'other') rest.unshift(value);
      else Object.assign(result, { [key]: value });
    }
  }
  const first = rest[0];
  if (isTensor(first)) {
    result.dtype = first.dtype;
    result.device = first.device;
    rest.shift();
  } else if (first instanceof DType) {
    result.dtype = first;
    rest.shift();
  } else if (typeof first === 'string' || first instanceof Device || first === null) {
    if (first !== null) result.device = first;
    rest.shift();
    if (rest[0] instanceof DType || rest[0] === null) result.dtype = rest.shift() as DType | null;
  }
  for (const key of ['non_blocking', 'copy'] as const) {
    if (rest.length === 0) break;
    const value = rest.shift();
    if (typeof value !== 'boolean')
      throw new ArgumentError(
        'to(): expected a dtype, a device or a Tensor, then non_blocking and copy as booleans, then options',
        'to',
      );
    result[key] = value;
  }
  if (rest.length > 0) throw new ArgumentError('to(): too many arguments', 'to');
  return result;
}

export function castTo(tensor: Tensor, args: readonly unknown[]): Tensor {
  if (args.length === 0)
    throw new ArgumentError('to(): expected a dtype, a device, a Tensor or options', 'to');
  const { device, ...rest } = readTo(args);
  // An option that is null is one that was not given.
  const options: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== null),
  );
  // A device object may be more general than where the tensor lies: `cuda` accepts `cuda:0`.
  if (device != null && String(device) !== tensor.device.type) options['device'] = device;
  return (convert as (this: Tensor, options: object) => Tensor).call(tensor, options);
}

/** PyTorch's legacy names: https://docs.pytorch.org/docs/stable/tensors.html#data-types */
const legacy = new Map<DType, string>([
  [dtypes.float32, 'Float'],
  [dtypes.float64, 'Double'],
  [dtypes.float16, 'Half'],
  [dtypes.bfloat16, 'BFloat16'],
  [dtypes.uint8, 'Byte'],
  [dtypes.int8, 'Char'],
  [dtypes.int16, 'Short'],
  [dtypes.int32, 'Int'],
  [dtypes.int64, 'Long'],
  [dtypes.bool, 'Bool'],
  [dtypes.uint16, 'UInt16'],
  [dtypes.uint32, 'UInt32'],
  [dtypes.uint64, 'UInt64'],
  [dtypes.complex32, 'ComplexHalf'],
  [dtypes.complex64, 'ComplexFloat'],
  [dtypes.complex128, 'ComplexDouble'],
]);

export function typeName(tensor: Tensor, wanted?: DType | string): string | Tensor {
  if (wanted instanceof DType) return castTo(tensor, [wanted]);
  if (wanted === undefined) {
    const { type } = tensor.device;
    const module = `torch${type === 'cpu' ? '' : `.${type}`}${tensor.is_sparse ? '.sparse' : ''}`;
    const { name } = tensor.dtype;
    return `${module}.${legacy.get(tensor.dtype) ?? name.charAt(0).toUpperCase() + name.slice(1)}Tensor`;
  }
  const match = /^torch\.(?:(\w+)\.)?(\w+)Tensor$/.exec(wanted);
  for (const [dtype, name] of legacy)
    if (match && name === match[2]) return castTo(tensor, [match[1] ?? 'cpu', dtype]);
  throw new ArgumentError(
    `type(): '${wanted}' is no tensor type; expected for example 'torch.FloatTensor'`,
    'type',
  );
}

/** The casts that Python's Tensor has as methods of their own. */
export interface CastMethods {
  /** `to(torch.float32)` */ float(): Tensor;
  /** `to(torch.float64)` */ double(): Tensor;
  /** `to(torch.float16)` */ half(): Tensor;
  /** `to(torch.bfloat16)` */ bfloat16(): Tensor;
  /** `to(torch.int64)` */ long(): Tensor;
  /** `to(torch.int32)` */ int(): Tensor;
  /** `to(torch.int16)` */ short(): Tensor;
  /** `to(torch.int8)` */ char(): Tensor;
  /** `to(torch.uint8)` */ byte(): Tensor;
  /** `to(torch.bool)` */ bool(): Tensor;
  /** `to(torch.complex64)` */ cfloat(): Tensor;
  /** `to(torch.complex128)` */ cdouble(): Tensor;
  /** A copy on the CPU, or the tensor itself when it is there. */ cpu(): Tensor;
  /** A copy on the GPU, or the tensor itself when it is there. */
  cuda(device?: Device | string | number, options?: { non_blocking?: boolean }): Tensor;
  /** The tensor as dtype and device of `other`. */ type_as(other: Tensor): Tensor;
}

const casts: Record<string, DType> = {
  float: dtypes.float32,
  double: dtypes.float64,
  half: dtypes.float16,
  bfloat16: dtypes.bfloat16,
  long: dtypes.int64,
  int: dtypes.int32,
  short: dtypes.int16,
  char: dtypes.int8,
  byte: dtypes.uint8,
  bool: dtypes.bool,
  cfloat: dtypes.complex64,
  cdouble: dtypes.complex128,
};

/** @internal */
export function bindCasts(prototype: object): void {
  const define = (name: string, fn: AnyFunction): void => {
    const value = function (this: unknown, ...args: unknown[]): unknown {
      try {
        return fn.apply(this, args);
      } catch (error) {
        throw withOperator(error, name);
      }
    };
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: false });
  };
  for (const [name, dtype] of Object.entries(casts))
    define(name, function (this: Tensor) {
      return (convert as (this: Tensor, options: object) => Tensor).call(this, { dtype });
    });
  define('cpu', function (this: Tensor) {
    return castTo(this, ['cpu']);
  });
  define('cuda', function (this: Tensor, device?: unknown, options?: unknown) {
    const target =
      typeof device === 'number' ? `cuda:${device}` : device instanceof Device ? device : (device ?? 'cuda');
    const isOptionsOnly = typeof target === 'object' && !(target instanceof Device);
    return castTo(
      this,
      isOptionsOnly ? ['cuda', target] : options === undefined ? [target] : [target, options],
    );
  });
  define('type_as', function (this: Tensor, other: unknown) {
    if (!isTensor(other)) throw new ArgumentError("type_as(): argument 'other' must be Tensor", 'type_as');
    return castTo(this, [other]);
  });
}
