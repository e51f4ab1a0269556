/**
 * What goes between threads. Tensors belong to the thread that made them, so their bytes travel: moved, in the
 * ArrayBuffer of a batch; shared, in the SharedArrayBuffer of a dataset's tensors, which every worker reads in place.
 */
import { fromView } from '../../../convert.js';
import * as dtypes from '../../../dtype.js';
import { DType, uint8 } from '../../../dtype.js';
import { ArgumentError } from '../../../errors.js';
import { Float } from '../../../scalar.js';
import { Tensor } from '../../../tensor.js';
import { ConcatDataset, StackDataset, Subset, TensorDataset } from '../dataset.js';
import { isPlain } from './collate.js';
import { leaves, tensorSource, type Columns } from './gather.js';
import { nameOf } from './item.js';

/** Something that a worker can import: a class or a function is called with `args`, which must be cloneable. */
export interface Importable {
  /** `import.meta.url` of the module. */
  module: string | URL;
  /** Name of the export (default: `default`). */
  export?: string;
  args?: readonly unknown[];
}

export interface SharedTensor {
  buffer: SharedArrayBuffer;
  dtype: string;
  shape: number[];
}

/** A value in a form that structured cloning keeps. */
export type Wire =
  | { kind: 'value'; value: unknown }
  | { kind: 'float'; real: number }
  | { kind: 'tensor'; buffer: ArrayBuffer; dtype: string; shape: number[] }
  | { kind: 'list'; items: Wire[] }
  | { kind: 'object'; entries: [string, Wire][] }
  | { kind: 'map'; entries: [unknown, Wire][] };

/** A dataset in such a form. */
export type WireDataset =
  | { kind: 'import'; module: string; export: string; args: Wire[] }
  | { kind: 'rows'; columns: WireColumns }
  | { kind: 'subset'; dataset: WireDataset; indices: number[] }
  | { kind: 'concat'; datasets: WireDataset[] }
  | { kind: 'stack'; datasets: WireDataset[] | Record<string, WireDataset> }
  | { kind: 'data'; data: Wire };
export type WireColumns = SharedTensor | WireColumns[] | { [key: string]: WireColumns };

export function dtypeNamed(name: string): DType {
  const dtype = (dtypes as Record<string, unknown>)[name];
  if (dtype instanceof DType) return dtype;
  throw new ArgumentError(`unknown dtype ${name}`);
}

/** A copy of the elements' bytes. */
function bytesOf(tensor: Tensor): Uint8Array<ArrayBuffer> {
  const flat = tensor.detach().cpu().contiguous().view([-1]);
  try {
    const bytes = flat.numel() === 0 ? flat : flat.view(uint8);
    const array = bytes.toTypedArray();
    if (bytes !== flat) bytes.dispose();
    return new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
  } finally {
    flat.dispose();
  }
}

/** @param transfer gets the buffers that shall be moved, not copied */
export function encode(value: unknown, transfer: ArrayBuffer[]): Wire {
  if (value instanceof Tensor) {
    const { buffer } = bytesOf(value);
    transfer.push(buffer);
    return { kind: 'tensor', buffer, dtype: value.dtype.name, shape: [...value.shape] };
  }
  if (value instanceof Float) return { kind: 'float', real: value.real };
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => encode(item, transfer)) };
  if (value instanceof Map) {
    return { kind: 'map', entries: [...value].map(([key, item]) => [key, encode(item, transfer)]) };
  }
  if (isPlain(value)) {
    const entries = Object.entries(value).map(([key, item]): [string, Wire] => [key, encode(item, transfer)]);
    return { kind: 'object', entries };
  }
  return { kind: 'value', value };
}

export function decode(wire: Wire): unknown {
  switch (wire.kind) {
    case 'tensor':
      return fromView(new Uint8Array(wire.buffer), wire.shape, dtypeNamed(wire.dtype), true);
    case 'list':
      return wire.items.map(decode);
    case 'object':
      return Object.fromEntries(wire.entries.map(([key, item]) => [key, decode(item)]));
    case 'map':
      return new Map(wire.entries.map(([key, item]) => [key, decode(item)]));
    case 'float':
      return new Float(wire.real);
    case 'value':
      return wire.value;
  }
}

/** Shared copies of tensors, as long as the tensors stay as they were. */
const shared = new WeakMap<Tensor, { version: number; address: bigint; copy: SharedTensor }>();

function share(tensor: Tensor): SharedTensor {
  const before = shared.get(tensor);
  const [version, address] = [tensor._version, tensor.data_ptr()];
  if (before?.version === version && before.address === address) return before.copy;
  const bytes = bytesOf(tensor);
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  const copy = { buffer, dtype: tensor.dtype.name, shape: [...tensor.shape] };
  shared.set(tensor, { version, address, copy });
  return copy;
}

function shareColumns(columns: Columns): WireColumns {
  if (columns instanceof Tensor) return share(columns);
  if (Array.isArray(columns)) return (columns as Columns[]).map(shareColumns);
  return Object.fromEntries(Object.entries(columns).map(([key, part]) => [key, shareColumns(part)]));
}

export function encodeImportable(
  given: Importable,
  transfer: ArrayBuffer[],
): WireDataset & { kind: 'import' } {
  const { module, export: name = 'default', args = [] } = given;
  return {
    kind: 'import',
    module: String(module),
    export: name,
    args: args.map((item) => encode(item, transfer)),
  };
}

/** How a worker makes the dataset. @throws {ArgumentError} when it cannot */
export function encodeDataset(dataset: unknown, transfer: ArrayBuffer[]): WireDataset {
  const toWorker = (dataset as { toWorker?: unknown }).toWorker;
  if (typeof toWorker === 'function') {
    return encodeImportable(toWorker.call(dataset) as Importable, transfer);
  }
  const inner = (part: unknown) => encodeDataset(part, transfer);
  if (dataset instanceof Subset && dataset.constructor === Subset) {
    return {
      kind: 'subset',
      dataset: inner(dataset.dataset),
      indices: Array.from(dataset.indices as number[]),
    };
  }
  const source = tensorSource(dataset);
  if (source !== null && leaves(source.columns).every((column) => column.device.type === 'cpu')) {
    return { kind: 'rows', columns: shareColumns(source.columns) };
  }
  if (dataset instanceof ConcatDataset && dataset.constructor === ConcatDataset) {
    return { kind: 'concat', datasets: dataset.datasets.map(inner) };
  }
  if (dataset instanceof StackDataset && dataset.constructor === StackDataset) {
    const parts = dataset.datasets as unknown[] | Record<string, unknown>;
    if (Array.isArray(parts)) return { kind: 'stack', datasets: parts.map(inner) };
    return {
      kind: 'stack',
      datasets: Object.fromEntries(Object.entries(parts).map(([k, d]) => [k, inner(d)])),
    };
  }
  if (Array.isArray(dataset) || ArrayBuffer.isView(dataset))
    return { kind: 'data', data: encode(dataset, transfer) };
  const what =
    dataset instanceof TensorDataset
      ? 'TensorDataset whose tensors need gradients or a GPU'
      : nameOf(dataset);
  throw new ArgumentError(
    `DataLoader: num_workers > 0 needs a dataset that a worker thread can make, and a ${what} cannot be sent to one. ` +
      'Give it a method toWorker() { return { module: import.meta.url, export: "Name", args: [...] }; }, or the ' +
      'DataLoader the same as the option workerDataset.',
  );
}
