/** Reading fields of items: rows of a table are plain objects, one key a column, or arrays. */
import nodePath from 'node:path';

import { L, Path } from '../../fastcore/index.js';
import { made } from '../../fastcore/reduce.js';
import { namedArguments } from '../../torch/arguments.js';
import { ValueError } from '../../torch/index.js';

export type Row = Record<string, unknown>;

export function isRecord(item: unknown): item is Row {
  return typeof item === 'object' && item !== null;
}

/** A column, by name or by number. @throws {ValueError} there is none */
function column(row: unknown, col: string | number): unknown {
  const value = !isRecord(row) ? undefined : typeof col === 'number' ? Object.values(row)[col] : row[col];
  if (value !== undefined) return value;
  const known = isRecord(row) ? `; its columns are ${Object.keys(row).join(', ')}` : '';
  throw new ValueError(`ColReader(): the row has no column ${JSON.stringify(col)}${known}`, 'ColReader');
}

export interface ColReaderOptions {
  cols?: string | number | readonly (string | number)[];
  /** Text to put before; a Path gets a separator after it. Default: none. */
  pref?: string | Path;
  /** Text to put after; default: none. */
  suff?: string;
  /** Splits the text at each of these; default: null. */
  label_delim?: string | null;
}

/**
 * A function that reads columns of a row: one value, or a list when there are several columns.
 * [fastai docs](https://docs.fast.ai/data.transforms.html#colreader)
 */
export function ColReader(
  ...args: [
    cols: ColReaderOptions['cols'] | ColReaderOptions,
    pref?: string | Path | ColReaderOptions,
    suff?: string | ColReaderOptions,
    label_delim?: string | null | ColReaderOptions,
  ]
): (row: unknown) => unknown {
  const given = namedArguments(
    'ColReader',
    ['cols', 'pref', 'suff', 'label_delim'],
    args,
  ) as ColReaderOptions;
  const { suff = '', label_delim = null } = given;
  const pref = given.pref instanceof Path ? String(given.pref) + nodePath.sep : String(given.pref ?? '');
  if (given.cols === undefined) throw new ValueError('ColReader(): cols is missing', 'ColReader');
  const cols = [given.cols].flat();
  const read = (row: unknown, col: string | number): unknown => {
    const value = column(row, col);
    if (label_delim !== null) {
      const text = String(value);
      return text === '' ? [] : text.split(label_delim);
    }
    return pref === '' && suff === '' ? value : `${pref}${String(value)}${suff}`;
  };
  const reader = (row: unknown) =>
    cols.length === 1 ? read(row, cols[0]!) : new L<unknown>(cols.map((col) => read(row, col)));
  Object.defineProperty(reader, 'name', { value: 'ColReader' });
  return made(reader, ColReader, [{ cols, pref, suff, label_delim }]);
}

/** Item `i` of each item: how the columns of `DataBlock.from_columns` are read. */
export function ItemGetter(i: number | string): (item: unknown) => unknown {
  const getter = Object.defineProperty((item: unknown) => (item as Row)[i], 'name', { value: 'ItemGetter' });
  return made(getter, ItemGetter, [i]);
}
/** Attribute `nm` of each item, or `fallback`. */
export function AttrGetter(nm: string, fallback: unknown = null): (item: unknown) => unknown {
  const getter = Object.defineProperty((item: unknown) => (item as Row)[nm] ?? fallback, 'name', {
    value: 'AttrGetter',
  });
  return made(getter, AttrGetter, [nm, fallback]);
}
