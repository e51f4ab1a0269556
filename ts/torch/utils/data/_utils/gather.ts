/**
 * Whole batches at once from data that lies in tensors: rows of a TensorDataset, of a tensor, of a list that was
 * zipped from tensors, and of subsets and stacks of these. The batch is the one that stacking single samples gives,
 * and fresh memory like it: writing to a batch does not write to the data.
 */
import { native } from '../../../../native.js';
import { wrapTensor } from '../../../dispatch.js';
import { contiguous_format } from '../../../dtype.js';
import type { Device } from '../../../device.js';
import { IndexError } from '../../../errors.js';
import { handleOf } from '../../../handle.js';
import { Tensor } from '../../../tensor.js';
import { StackDataset, Subset, TensorDataset } from '../dataset.js';
import { disposeChunk, toIndexTensor, unscoped, type Chunk } from './chunks.js';
import { columnsOfList } from './rows.js';

/** Tensors whose rows are the samples, in the form that a sample has. */
export type Columns = Tensor | readonly Columns[] | { readonly [key: string]: Columns };

export function leaves(columns: Columns): Tensor[] {
  return columns instanceof Tensor ? [columns] : Object.values(columns as readonly Columns[]).flatMap(leaves);
}

function mapColumns(columns: Columns, fn: (column: Tensor) => unknown): unknown {
  if (columns instanceof Tensor) return fn(columns);
  if (Array.isArray(columns)) return (columns as readonly Columns[]).map((part) => mapColumns(part, fn));
  return Object.fromEntries(Object.entries(columns).map(([key, part]) => [key, mapColumns(part, fn)]));
}

interface Found {
  columns: Columns;
  /** Row numbers of a subset's samples. */
  places: Tensor | null;
}

/** Whether a dataset of the library reads its samples as the library wrote it. */
function isUnchanged(dataset: object, type: { prototype: object }): boolean {
  const methods = ['get', '__getitems__', 'length'] as const;
  return methods.every((name) => {
    const own = Object.getOwnPropertyDescriptor(type.prototype, name);
    for (let at: object | null = dataset; at !== null; at = Object.getPrototypeOf(at) as object | null) {
      const found = Object.getOwnPropertyDescriptor(at, name);
      if (found) return found.value === own?.value && found.get === own?.get;
    }
    return own === undefined;
  });
}

function find(dataset: unknown): Found | null {
  if (dataset instanceof Tensor) return dataset.ndim > 0 ? { columns: dataset, places: null } : null;
  if (Array.isArray(dataset)) {
    const columns = columnsOfList(dataset as unknown[]);
    return columns && { columns, places: null };
  }
  if (dataset instanceof TensorDataset && isUnchanged(dataset, TensorDataset)) {
    return { columns: (dataset as TensorDataset).tensors, places: null };
  }
  if (dataset instanceof StackDataset && isUnchanged(dataset, StackDataset)) return findStack(dataset);
  if (dataset instanceof Subset && isUnchanged(dataset, Subset)) return findSubset(dataset as Subset);
  return null;
}

function findStack({ datasets }: { datasets: object }): Found | null {
  const parts = Object.entries(datasets).map(([key, part]) => [key, find(part)] as const);
  if (parts.some(([, part]) => part === null || part.places !== null)) {
    for (const [, part] of parts) part?.places?.dispose();
    return null;
  }
  const columns = parts.map(([key, part]) => [key, part!.columns] as const);
  return {
    columns: Array.isArray(datasets) ? columns.map(([, part]) => part) : Object.fromEntries(columns),
    places: null,
  };
}

function findSubset({ dataset, indices }: Subset): Found | null {
  const inner = find(dataset);
  if (inner === null) return null;
  const places = toIndexTensor(indices);
  if (places === null || inner.places === null) return places && { ...inner, places };
  try {
    return { ...inner, places: inner.places.index_select(0, places) };
  } finally {
    places.dispose();
    inner.places.dispose();
  }
}

export class TensorSource {
  readonly columns: Columns;
  readonly #places: Tensor | null;
  readonly device: Device;
  /** The columns, where native code can copy their rows itself. */
  readonly #plain: Tensor[] | null;

  constructor({ columns, places }: Found, device: Device) {
    this.columns = columns;
    this.device = device;
    this.#places = places;
    const all = leaves(columns);
    this.#plain = device.type === 'cpu' && all.every(isPlain) ? all : null;
  }

  /** Rows `chunk` of all columns. @throws {IndexError} a row that is not there, negative ones included */
  batch(chunk: Chunk): unknown {
    if (this.#places !== null) return this.#throughPlaces(this.#places, chunk);
    return this.#rows(chunk);
  }
  #rows(chunk: Chunk): unknown {
    if (this.#plain === null) return mapColumns(this.columns, (column) => takeRows(column, chunk));
    const columns = this.#plain.map((column) => handleOf(column));
    const rows =
      chunk instanceof Tensor
        ? native.gatherRows(columns, handleOf(chunk))
        : native.sliceRows(columns, chunk.start, chunk.stop);
    let next = 0;
    return mapColumns(this.columns, () => wrapTensor(rows[next++]!));
  }
  #throughPlaces(places: Tensor, chunk: Chunk): unknown {
    const rows = takeRows(places, chunk);
    try {
      return this.#rows(rows);
    } finally {
      rows.dispose();
    }
  }
  dispose(): void {
    this.#places?.dispose();
  }
}

/** Rows that lie one after another as they are meant. */
function isPlain(column: Tensor): boolean {
  return column.is_contiguous() && !column.is_conj() && !column.is_neg();
}

function takeRows(column: Tensor, chunk: Chunk): Tensor {
  if (chunk instanceof Tensor) return column.index_select(0, chunk);
  if (chunk.stop > column.length) throw new IndexError(`index ${column.length} is out of range`);
  const view = column.narrow(0, chunk.start, chunk.stop - chunk.start);
  try {
    return view.clone({ memory_format: contiguous_format });
  } finally {
    view.dispose();
  }
}

/**
 * The tensors behind a dataset, or null when its samples must be asked for one by one: it is of another kind, or
 * gradients shall flow back through single rows, as they do in Python.
 */
export function tensorSource(dataset: unknown): TensorSource | null {
  const found = unscoped(() => find(dataset));
  if (found === null) return null;
  const tensors = leaves(found.columns);
  const device = tensors[0]?.device;
  const fits =
    device !== undefined &&
    tensors.every(
      (tensor) =>
        tensor.layout.name === 'strided' &&
        tensor.ndim > 0 &&
        !tensor.requires_grad &&
        String(tensor.device) === String(device),
    );
  if (!fits || !device) {
    disposeChunk(found.places ?? undefined);
    return null;
  }
  const { places } = found;
  if (places === null || device.type === 'cpu') return new TensorSource(found, device);
  const there = unscoped(() => places.to(device));
  places.dispose();
  return new TensorSource({ ...found, places: there }, device);
}
