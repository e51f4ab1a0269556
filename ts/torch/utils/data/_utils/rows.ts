/**
 * Finds out that a list's tensors are the rows of one tensor, in order, as they are in `list(zip(x, y))` after
 * iterating over x and y: then a batch is one look-up of many rows instead of a stack of single ones.
 */
import { native, type Handle } from '../../../../native.js';
import { TorchError } from '../../../errors.js';
import { Handled, handleOf } from '../../../handle.js';
import { Tensor } from '../../../tensor.js';
import { toIndexTensor, unscoped } from './chunks.js';
import type { Columns } from './gather.js';

/** The tensor whose row `i` is `items[i]`, a view of the same memory; null when there is none. */
function commonTensor(items: readonly unknown[]): Tensor | null {
  const handles = new Array<Handle>(items.length);
  for (let i = 0; i < items.length; ++i) {
    const item = items[i];
    if (!(item instanceof Tensor) || Handled.isReleased(item)) return null;
    handles[i] = handleOf(item);
  }
  const step = native.rowStep(handles);
  if (step === null) return null;
  const first = items[0] as Tensor;
  try {
    // Refused where the rows reach beyond the first one's storage: they only happen to lie side by side.
    return first.as_strided(
      [items.length, ...first.shape],
      [step, ...first.stride()],
      first.storage_offset(),
    );
  } catch (error) {
    if (error instanceof TorchError) return null;
    throw error;
  }
}

function columnOf(items: readonly unknown[]): Tensor | null {
  if (items[0] instanceof Tensor) return commonTensor(items);
  // Numbers that are not all integral may make batches of either dtype: those are for collate.
  return typeof items[0] === 'number' ? toIndexTensor(items) : null;
}

/** Samples flattened: `width` items for each, or the samples themselves where width is 0. */
interface Found {
  items: unknown[];
  width: number;
  columns: Columns | null;
}

const known = new WeakMap<readonly unknown[], Found>();

function flatten(list: readonly unknown[], width: number): unknown[] | null {
  if (width === 0) return list.slice();
  const items = new Array<unknown>(list.length * width);
  let at = 0;
  for (const sample of list) {
    if (!Array.isArray(sample) || sample.length !== width) return null;
    for (let i = 0; i < width; ++i) items[at++] = sample[i];
  }
  return items;
}

/** Whether the list still has the very items that were looked at. */
function isUnchanged(list: readonly unknown[], { items, width }: Found): boolean {
  if (list.length * (width || 1) !== items.length) return false;
  // By index: this is all that a pass does for each sample, and iterators double it.
  const count = list.length;
  if (width === 0) {
    for (let i = 0; i < count; ++i) if (list[i] !== items[i]) return false;
    return true;
  }
  let at = 0;
  for (let row = 0; row < count; ++row) {
    const sample = list[row];
    if (!Array.isArray(sample) || sample.length !== width) return false;
    for (let i = 0; i < width; ++i) if (sample[i] !== items[at++]) return false;
  }
  return true;
}

function look(list: readonly unknown[]): Found {
  const [first] = list;
  const width = Array.isArray(first) ? first.length : 0;
  const items = width === 0 && Array.isArray(first) ? null : flatten(list, width);
  if (items === null) return { items: [], width, columns: null };
  if (width === 0) return { items, width, columns: columnOf(items) };
  const columns: Tensor[] = [];
  for (let i = 0; i < width; ++i) {
    const column = columnOf(list.map((sample) => (sample as unknown[])[i]));
    if (column === null) return { items, width, columns: null };
    columns.push(column);
  }
  return { items, width, columns };
}

/**
 * The columns of a list of tensors, of integral numbers, or of equally long arrays of them; null when it is another
 * kind of list. The list may change: it is compared with what was found at every pass. Not noticed is a row that
 * gets other memory (`row.data = other`) while it stays the same object.
 */
export function columnsOfList(list: readonly unknown[]): Columns | null {
  if (list.length === 0) return null;
  const before = known.get(list);
  if (before && isUnchanged(list, before)) return before.columns;
  const found = unscoped(() => look(list));
  known.set(list, found);
  return found.columns;
}
