/** A worker's view of tensors that all workers read in one SharedArrayBuffer. Its samples are copies. */
import { fromView } from '../../../convert.js';
import { IndexError } from '../../../errors.js';
import type { Tensor } from '../../../tensor.js';
import { Dataset } from '../dataset.js';
import { dtypeNamed, type SharedTensor, type WireColumns } from './transfer.js';

function isTensor(columns: WireColumns): columns is SharedTensor {
  return (columns as SharedTensor).buffer instanceof SharedArrayBuffer;
}

function firstOf(columns: WireColumns): SharedTensor {
  return isTensor(columns) ? columns : firstOf(Object.values(columns)[0] as WireColumns);
}

/** Rows of a tensor as one tensor, or a single row without the dimension of rows. */
function take({ buffer, dtype, shape }: SharedTensor, rows: readonly number[], single: boolean): Tensor {
  const [length = 0, ...rest] = shape;
  const size = length === 0 ? 0 : buffer.byteLength / length;
  const bytes = new Uint8Array(rows.length * size);
  rows.forEach((row, i) => {
    const at = row < 0 ? row + length : row;
    if (at < 0 || at >= length) {
      throw new IndexError(`index ${row} is out of bounds for dimension 0 with size ${length}`);
    }
    bytes.set(new Uint8Array(buffer, at * size, size), i * size);
  });
  return fromView(bytes, single ? rest : [rows.length, ...rest], dtypeNamed(dtype), true);
}

function map(columns: WireColumns, fn: (column: SharedTensor) => Tensor): unknown {
  if (isTensor(columns)) return fn(columns);
  if (Array.isArray(columns)) return columns.map((part) => map(part, fn));
  return Object.fromEntries(Object.entries(columns).map(([key, part]) => [key, map(part, fn)]));
}

export class SharedRows extends Dataset<unknown> {
  readonly #columns: WireColumns;

  constructor(columns: WireColumns) {
    super();
    this.#columns = columns;
  }
  get length(): number {
    return firstOf(this.#columns).shape[0]!;
  }
  override get(index: number): unknown {
    return map(this.#columns, (column) => take(column, [index], true));
  }
  /** What collating the samples gives, without making them. */
  batch(indices: readonly number[]): unknown {
    return map(this.#columns, (column) => take(column, indices, false));
  }
}
