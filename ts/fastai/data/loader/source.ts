/** Where items come from: by place, or one after the other; and whole batches out of tensors. */
import { ArgumentError, IndexError, Tensor } from '../../../torch/index.js';
import {
  cutBatches,
  disposeChunk,
  toIndexTensor,
  type Chunk,
} from '../../../torch/utils/data/_utils/chunks.js';
import { stacksTensors } from '../../../torch/utils/data/_utils/collate.js';
import { tensorSource, type TensorSource } from '../../../torch/utils/data/_utils/gather.js';
import { lengthOf } from '../../../torch/utils/data/_utils/item.js';
import { IterableDataset } from '../../../torch/utils/data/index.js';
import { retain_types } from '../../../fastcore/retain.js';

/** Thrown for an item that shall be left out of its batch. [fastai docs](https://docs.fast.ai/data.load.html) */
export class SkipItemException extends Error {
  static {
    this.prototype.name = 'SkipItemException';
  }
}
/** Thrown by a `create_item` that has no more items. */
export class StopIteration extends Error {
  static {
    this.prototype.name = 'StopIteration';
  }
}
/** Ends a pass, from within `create_item`. [fastcore docs](https://fastcore.fast.ai/basics.html#stop) */
export function stop(): never {
  throw new StopIteration('no more items');
}

const indexers = ['get', '__getitem__', 'at'] as const;

/** Whether items can be asked for by their place. */
export function hasIndex(dataset: unknown): boolean {
  if (dataset === null || dataset === undefined || dataset instanceof IterableDataset) return false;
  if (dataset instanceof Tensor || Array.isArray(dataset) || ArrayBuffer.isView(dataset)) return true;
  const value = dataset as Record<string, unknown>;
  if (indexers.some((name) => typeof value[name] === 'function')) return true;
  return typeof value['length'] === 'number' && !(Symbol.iterator in Object(dataset));
}

/** Number of items, or null where nobody knows. */
export function knownLength(dataset: unknown): number | null {
  if (dataset === null || dataset === undefined) return null;
  try {
    return lengthOf(dataset);
  } catch (error) {
    if (error instanceof ArgumentError) return null;
    throw error;
  }
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** A dataset whose items can be made beside other work, such as pictures decoded by other threads. */
export interface AsyncItems {
  getAsync(index: number): PromiseLike<unknown>;
}
export function hasAsyncItems(dataset: unknown): dataset is AsyncItems {
  return typeof (dataset as Partial<AsyncItems> | null)?.getAsync === 'function';
}

/** Places of a pass that are all numbers of rows, as one tensor; null where some are something else. */
function rowsOf(idxs: Iterable<unknown>, length: number): Chunk | null {
  if (!Array.isArray(idxs)) return null;
  const places = idxs as unknown[];
  let isInOrder = true;
  const count = places.length;
  for (let i = 0; i < count; ++i) {
    const place = places[i];
    // Places counted from the end, or not there: for single look-ups, which serve the one and refuse the other.
    if (typeof place !== 'number' || !(place >= 0 && place < length)) return null;
    if (place !== i) isInOrder = false;
  }
  return isInOrder ? { start: 0, stop: count } : toIndexTensor(places);
}

/**
 * Batches taken out of the tensors behind a dataset, many rows at once; null where its items must be asked for one
 * by one. They are the batches that stacking single items gives.
 */
export function wholeBatches(
  dataset: unknown,
  idxs: Iterable<unknown>,
  bs: number,
  drop_last: boolean,
): Iterator<unknown, void> | null {
  if (!stacksTensors()) return null;
  const source = tensorSource(dataset);
  if (source === null) return null;
  const rows = rowsOf(idxs, lengthOf(dataset));
  if (rows !== null) return takeBatches(source, dataset, rows, bs, drop_last);
  source.dispose();
  return null;
}

function* takeBatches(
  source: TensorSource,
  dataset: unknown,
  rows: Chunk,
  bs: number,
  drop_last: boolean,
): Generator<unknown, void, undefined> {
  const kinds = Array.isArray(dataset) ? (dataset[0] as unknown) : null;
  const toList = listMaker(kinds);
  try {
    for (const chunk of cutBatches([rows], bs, drop_last, source.device)) {
      let batch: unknown;
      try {
        batch = toList(retain_types(source.batch(chunk), kinds));
      } finally {
        disposeChunk(chunk);
      }
      yield batch;
    }
  } finally {
    source.dispose();
  }
}

/** Items that are an `L` make batches that are one. */
function listMaker(item: unknown): (batch: unknown) => unknown {
  if (!Array.isArray(item) || item.constructor === Array) return (batch) => batch;
  const type = item.constructor as new (items: unknown) => unknown;
  return (batch) => new type(batch);
}

/** @throws {IndexError} a place was asked of a dataset that only gives one item after the other */
export function refusePlace(place: unknown): void {
  if (place !== null) throw new IndexError(`Cannot index an iterable dataset numerically - must use null`);
}
