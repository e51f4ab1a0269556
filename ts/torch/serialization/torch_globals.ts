/**
 * The names that a checkpoint may use: those that Python's `weights_only` allows, as far as they mean data that
 * exists here. https://docs.pytorch.org/docs/stable/notes/serialization.html#weights-only
 */
import { Device } from '../device.js';
import { operator } from '../dispatch.js';
import * as dtypes from '../dtype.js';
import { DType, Layout } from '../dtype.js';
import { Complex } from '../scalar.js';
import { Size } from '../size.js';
import { Tensor } from '../tensor.js';
import { Parameter } from '../nn/parameter.js';
import { PickleFunction, PyDict, asInteger, asIntegers, asText, describe, refuse } from './pickle/values.js';
import { LoadedStorage, rebuildTensor } from './rebuild.js';
import { findStorageType } from './storage_types.js';

type Args = readonly unknown[];
const negView = operator('_neg_view', ['default']) as (tensor: Tensor) => Tensor;

function storageOf(value: unknown): LoadedStorage {
  return value instanceof LoadedStorage
    ? value
    : refuse(`a tensor on ${describe(value)}, which is no storage`);
}
function tensorOf(value: unknown): Tensor {
  return value instanceof Tensor ? value : refuse(`a parameter of ${describe(value)}, which is no tensor`);
}
function flag(value: unknown, what: string): boolean {
  return typeof value === 'boolean' ? value : refuse(`${what} must be a bool, not ${describe(value)}`);
}
function itemsOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : refuse(`${describe(value)} where a list is wanted`);
}

/** Bits by which a tensor of complex numbers is read as its conjugate, or as its negative. */
function withMetadata(tensor: Tensor, metadata: unknown): Tensor {
  if (metadata === undefined || metadata === null) return tensor;
  if (!(metadata instanceof PyDict)) return refuse(`metadata of a tensor is ${describe(metadata)}`);
  let result = tensor;
  metadata.forEach((key, value) => {
    if (!flag(value, `'${String(key)}'`)) return;
    if (key === 'conj' && result.dtype.is_complex) result = result.conj();
    else if (key === 'neg') result = negView(result);
    else refuse(`unknown metadata '${String(key)}' of a tensor`);
  });
  return result;
}

function rebuild(storage: LoadedStorage, dtype: DType | undefined, [, offset, size, stride]: Args): Tensor {
  if (dtype === undefined) return refuse('a tensor on an untyped storage without a dtype');
  if (dtype.name.startsWith('q')) return refuse(`quantized tensors (${String(dtype)}) are not supported`);
  return rebuildTensor(
    storage,
    dtype,
    asInteger(offset, 'storage_offset'),
    asIntegers(size, 'size'),
    asIntegers(stride, 'stride'),
  );
}
function finishTensor(tensor: Tensor, requiresGrad: unknown, metadata: unknown): Tensor {
  const result = withMetadata(tensor, metadata);
  if (flag(requiresGrad, 'requires_grad')) result.requires_grad_();
  return result;
}
function rebuildParameter([data, requiresGrad]: Args): Tensor {
  return new Parameter(tensorOf(data), flag(requiresGrad, 'requires_grad'));
}

/** A tensor that had Python attributes: the tensor, without them. */
function rebuildFromType([rebuildFunction, type, args]: Args): unknown {
  if (
    !(rebuildFunction instanceof PickleFunction) ||
    !rebuildFunction.name.startsWith('torch._utils._rebuild')
  )
    return refuse(`_rebuild_from_type_v2 of ${describe(rebuildFunction)}`);
  if (type !== tensorClass && type !== parameterClass) return refuse(`a tensor of class ${describe(type)}`);
  return rebuildFunction.call(itemsOf(args));
}

function fillDict(dict: PyDict, [items]: Args): PyDict {
  if (items === undefined) return dict;
  if (items instanceof PyDict)
    items.forEach((key, value) => {
      dict.set(key, value);
    });
  else
    for (const item of itemsOf(items)) {
      const [key, value] = itemsOf(item);
      dict.set(key, value);
    }
  return dict;
}

function encode([text, encoding]: Args): Uint8Array {
  if (asText(encoding, 'an encoding') !== 'latin1') return refuse('bytes in another encoding than latin1');
  return new Uint8Array(Buffer.from(asText(text, 'bytes'), 'latin1'));
}
function byteArray(args: Args): Uint8Array {
  if (args.length === 0) return new Uint8Array(0);
  return args[0] instanceof Uint8Array ? args[0] : encode(args);
}
function complex([real, imag]: Args): Complex {
  if (typeof real !== 'number' || typeof imag !== 'number') return refuse('a complex number of no numbers');
  return new Complex(real, imag);
}
function deviceOf([type, index]: Args): Device {
  return new Device(asText(type, 'a device'), index === undefined ? null : asInteger(index, 'a device'));
}
function layoutOf([name]: Args): Layout {
  const found = (dtypes as Record<string, unknown>)[asText(name, 'a layout').replace(/^torch\./, '')];
  return found instanceof Layout ? found : refuse(`unknown layout ${String(name)}`);
}

const tensorClass = new PickleFunction('torch.Tensor', () => refuse('torch.Tensor is nothing to call'));
const parameterClass = new PickleFunction(
  'torch.nn.parameter.Parameter',
  (args) => new Parameter(tensorOf(args[0]), args[1] === undefined ? true : flag(args[1], 'requires_grad')),
  true,
);

const functions: [string, (args: Args) => unknown, isClass?: boolean][] = [
  ['collections.OrderedDict', (args) => fillDict(new PyDict('OrderedDict'), args), true],
  ['collections.Counter', (args) => fillDict(new PyDict('Counter'), args), true],
  ['torch._utils._rebuild_tensor', (args) => rebuild(storageOf(args[0]), storageOf(args[0]).dtype, args)],
  [
    'torch._utils._rebuild_tensor_v2',
    (args) => {
      const storage = storageOf(args[0]);
      return finishTensor(rebuild(storage, storage.dtype, args), args[4], args[6]);
    },
  ],
  [
    'torch._utils._rebuild_tensor_v3',
    (args) => {
      const dtype = args[6];
      if (!(dtype instanceof DType)) return refuse(`a tensor of dtype ${describe(dtype)}`);
      return finishTensor(rebuild(storageOf(args[0]), dtype, args), args[4], args[7]);
    },
  ],
  ['torch._utils._rebuild_parameter', rebuildParameter],
  ['torch._utils._rebuild_parameter_with_state', rebuildParameter],
  ['torch._tensor._rebuild_from_type_v2', rebuildFromType],
  ['torch.Size', ([sizes]) => Size.own(asIntegers(sizes, 'a torch.Size')), true],
  ['torch.device', deviceOf],
  ['torch.serialization._get_layout', layoutOf],
  ['_codecs.encode', encode],
  ['builtins.set', ([items]) => new Set(items === undefined ? [] : itemsOf(items)), true],
  ['builtins.frozenset', ([items]) => new Set(items === undefined ? [] : itemsOf(items)), true],
  ['builtins.bytearray', byteArray, true],
  ['builtins.complex', complex, true],
];
const table = new Map<string, unknown>([
  ['torch.Tensor', tensorClass],
  ['torch.nn.parameter.Parameter', parameterClass],
]);
for (const [name, call, isClass] of functions) table.set(name, new PickleFunction(name, call, isClass));
for (const [name, value] of Object.entries(dtypes))
  if (value instanceof DType) table.set(`torch.${name}`, value);

/** Kinds of tensors that PyTorch allows and that are not read here; a plain word is better than "not allowed". */
const unsupported = new Map([
  ['torch._utils._rebuild_qtensor', 'quantized tensors'],
  ['torch._utils._rebuild_sparse_tensor', 'sparse tensors'],
  ['torch._utils._rebuild_nested_tensor', 'nested tensors'],
  ['torch._utils._rebuild_meta_tensor_no_storage', 'tensors without memory (meta)'],
  ['torch._utils._rebuild_wrapper_subclass', 'tensor subclasses'],
  ['torch._utils._rebuild_device_tensor_from_numpy', 'tensors of other accelerators'],
  ['torch._utils._rebuild_device_tensor_from_cpu_tensor', 'tensors of other accelerators'],
]);

/** What a global of a checkpoint stands for; undefined when it is not allowed. */
export function findTorchGlobal(module: string, name: string): unknown {
  // Protocol 2 writes Python 2's name of the module.
  const full = `${module === '__builtin__' ? 'builtins' : module}.${name}`;
  const kind = unsupported.get(full);
  if (kind !== undefined) refuse(`${kind} (${full}) are not supported`);
  return table.get(full) ?? findStorageType(module, name);
}
