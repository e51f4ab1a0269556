/** What a pickle of numpy arrays may call. numpy 2 renamed `numpy.core` to `numpy._core`; files have either. */
import { Complex } from '../scalar.js';
import type { Tensor } from '../tensor.js';
import { parseDType, toTensor, type ArrayType } from './numpy_dtype.js';
import {
  PickleFunction,
  Placeholder,
  PyBytes,
  Tuple,
  asIntegers,
  asText,
  describe,
  refuse,
  type Buildable,
} from './pickle/values.js';
import { findTorchGlobal } from './torch_globals.js';

type Args = readonly unknown[];

/** `numpy.dtype('f4')`, to which BUILD adds the byte order. */
class NumpyDType implements Buildable {
  type: ArrayType;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name.replace(/^[<>|=]/, '');
    this.type = parseDType(name);
  }
  /** `(version, order, subdtype, names, fields, itemsize, alignment, flags ...)` */
  build(state: unknown): void {
    if (!(state instanceof Tuple) || state.length < 5) return refuse(`a numpy dtype from ${describe(state)}`);
    if (state[2] !== null || state[3] !== null || state[4] !== null)
      refuse('arrays of structured numpy dtypes are not supported');
    const order = asText(state[1], 'a byte order');
    if (!/^[<>|=]$/.test(order)) refuse(`the byte order ${JSON.stringify(order)}`);
    this.type = parseDType(order + this.#name);
  }
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof PyBytes) return value.bytes;
  return refuse(`the data of an array are ${describe(value)}, not bytes`);
}
function dtypeOf(value: unknown): ArrayType {
  return value instanceof NumpyDType ? value.type : refuse(`an array of dtype ${describe(value)}`);
}

/** `numpy.ndarray`, made empty by _reconstruct and filled by BUILD; a tensor in the end. */
class NumpyArray extends Placeholder implements Buildable {
  #make: (() => Tensor) | undefined;

  constructor(make?: () => Tensor) {
    super();
    this.#make = make;
  }
  /** `(version, shape, dtype, is it in Fortran's order, data)` */
  build(state: unknown): void {
    if (!(state instanceof Tuple) || state.length !== 5) return refuse(`an array from ${describe(state)}`);
    const shape = asIntegers(state[1], 'the shape of an array');
    const type = dtypeOf(state[2]);
    const fortran = Boolean(state[3]);
    const data = bytesOf(state[4]);
    this.#make = () => toTensor(data, type, shape, fortran);
  }
  finish(): Tensor {
    return this.#make ? this.#make() : refuse('an array without content');
  }
}

function reconstruct([type]: Args): NumpyArray {
  return type === ndarray ? new NumpyArray() : refuse(`an array of class ${describe(type)}`);
}

/** `numpy.core.numeric._frombuffer(data, dtype, shape, order)`, of protocol 5. */
function fromBuffer([data, dtype, shape, order]: Args): NumpyArray {
  const sizes = asIntegers(shape, 'the shape of an array');
  const type = dtypeOf(dtype);
  const bytes = bytesOf(data);
  const fortran = asText(order, 'the order of an array') === 'F';
  return new NumpyArray(() => toTensor(bytes, type, sizes, fortran));
}

/** A numpy scalar is a number here. */
function scalar([dtype, data]: Args): unknown {
  const tensor = toTensor(bytesOf(data).slice(), dtypeOf(dtype), [], false);
  const value = tensor.item<number | bigint | boolean | Complex>();
  tensor.dispose();
  return value;
}

const ndarray = new PickleFunction('numpy.ndarray', () => refuse('numpy.ndarray is nothing to call'));
const table = new Map<string, unknown>([
  ['numpy.ndarray', ndarray],
  ['numpy.dtype', new PickleFunction('numpy.dtype', ([name]) => new NumpyDType(asText(name, 'a dtype')))],
]);
for (const core of ['numpy.core', 'numpy._core'])
  for (const [name, call] of [
    ['multiarray._reconstruct', reconstruct],
    ['multiarray.scalar', scalar],
    ['numeric._frombuffer', fromBuffer],
  ] as const)
    table.set(`${core}.${name}`, new PickleFunction(`${core}.${name}`, call));

/** Collections and plain values mean the same as in a checkpoint. */
const shared = new Set(['collections', '_codecs', 'builtins', '__builtin__']);

export function findNumpyGlobal(module: string, name: string): unknown {
  return table.get(`${module}.${name}`) ?? (shared.has(module) ? findTorchGlobal(module, name) : undefined);
}
