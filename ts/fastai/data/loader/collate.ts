/** Items to a batch, the way fastai does it. https://docs.fast.ai/data.load.html#fa_collate */
import { default_collate, default_convert } from '../../../torch/utils/data/index.js';
import { isPlain } from '../../../torch/utils/data/_utils/collate.js';

/** The class of a list: an `L` of items gives an `L`. */
function listLike(list: readonly unknown[], items: unknown[]): unknown[] {
  const type = list.constructor as new (items: unknown[]) => unknown[];
  return (type as unknown) === Array ? items : new type(items);
}

/**
 * `default_collate` that keeps the kind of lists: an `L` of tensors becomes an `L` of batches. Numbers become int64 when
 * all are integral, else float64; strings stay a list.
 * @throws as default_collate
 */
export function fa_collate(items: readonly unknown[]): unknown {
  const [first] = items;
  if (!Array.isArray(first)) return default_collate(items);
  if (!items.every((item) => Array.isArray(item) && item.length === first.length))
    return default_collate(items);
  const rows = items as readonly (readonly unknown[])[];
  return listLike(
    first,
    first.map((_, i) => fa_collate(rows.map((row) => row[i]))),
  );
}

/** `default_convert` that keeps the kind of lists: for items that are batches already. */
export function fa_convert(item: unknown): unknown {
  if (Array.isArray(item)) return listLike(item, Array.from(item as unknown[], fa_convert));
  if (isPlain(item))
    return Object.fromEntries(Object.entries(item).map(([key, value]) => [key, fa_convert(value)]));
  return default_convert(item);
}
