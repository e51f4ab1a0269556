/** Functions that split items into a training and a validation set: https://docs.fast.ai/data.transforms.html#split */
import { L, Path, type PathLike } from '../../fastcore/index.js';
import { namedArguments } from '../../torch/arguments.js';
import { manual_seed, randperm, ValueError } from '../../torch/index.js';
import { isRecord } from './columns.js';

/** Places of the training items, and of the validation items. */
export type Splits = [train: L<number>, valid: L<number>];
export type Splitter = (items: ArrayLike<unknown>) => Splits;

function permutation(n: number, seed: number | null | undefined): L<number> {
  if (seed !== null && seed !== undefined) manual_seed(seed);
  const drawn = randperm(n);
  const places = new L<number>(drawn.tolist() as number[]);
  drawn.dispose();
  return places;
}

function share(op: string, name: string, value: number): number {
  if (!(value >= 0 && value <= 1)) throw new ValueError(`${op}(): ${name} is ${value}, not from 0 to 1`, op);
  return value;
}

/**
 * At random: the first `valid_pct` (default: 0.2) of a permutation of torch's generator are for validation.
 * With a `seed`, torch's generator is seeded with it first.
 * [fastai docs](https://docs.fast.ai/data.transforms.html#randomsplitter)
 */
export function RandomSplitter(
  ...args: [valid_pct?: number | RandomSplitterOptions, seed?: number | null | RandomSplitterOptions]
): Splitter {
  const given = namedArguments('RandomSplitter', ['valid_pct', 'seed'], args) as RandomSplitterOptions;
  const valid_pct = share('RandomSplitter', 'valid_pct', given.valid_pct ?? 0.2);
  return (items) => {
    const places = permutation(items.length, given.seed);
    const cut = Math.trunc(valid_pct * items.length);
    return [places.slice(cut), places.slice(0, cut)];
  };
}
export interface RandomSplitterOptions {
  valid_pct?: number;
  seed?: number | null;
}

/** At random, `train_sz` and `valid_sz` of the items; the rest is in neither set. */
export function RandomSubsetSplitter(train_sz: number, valid_sz: number, seed?: number | null): Splitter {
  const op = 'RandomSubsetSplitter';
  if (!(train_sz > 0 && train_sz < 1 && valid_sz > 0 && valid_sz < 1 && train_sz + valid_sz <= 1))
    throw new ValueError(
      `${op}(): ${train_sz} and ${valid_sz} must be between 0 and 1, together at most 1`,
      op,
    );
  return (items) => {
    const places = permutation(items.length, seed);
    const [train, valid] = [Math.trunc(items.length * train_sz), Math.trunc(items.length * valid_sz)];
    return [places.slice(0, train), places.slice(train, train + valid)];
  };
}

/**
 * The last `valid_pct` (default: 0.2) of the items are for validation, or with `valid_last` false the first: for items
 * that have an order.
 */
export function EndSplitter(
  ...args: [valid_pct?: number | EndSplitterOptions, valid_last?: boolean | EndSplitterOptions]
): Splitter {
  const given = namedArguments('EndSplitter', ['valid_pct', 'valid_last'], args) as EndSplitterOptions;
  const { valid_pct = 0.2, valid_last = true } = given;
  if (!(valid_pct > 0 && valid_pct < 1))
    throw new ValueError(`EndSplitter(): valid_pct is ${valid_pct}, not between 0 and 1`, 'EndSplitter');
  return ({ length }) => {
    const cut = Math.trunc(valid_pct * length);
    if (!valid_last) return [L.range(cut, length), L.range(cut)];
    return [L.range(length - cut), L.range(length - cut, length)];
  };
}
export interface EndSplitterOptions {
  valid_pct?: number;
  valid_last?: boolean;
}

/** The items at `valid_idx` are for validation, in that order; all others for training. */
export function IndexSplitter(valid_idx: Iterable<number>): Splitter {
  const valid = new L<number>([...valid_idx]);
  return (items) => {
    for (const place of valid)
      if (!Number.isInteger(place) || place < 0 || place >= items.length)
        throw new ValueError(
          `IndexSplitter(): ${place} is no index of ${items.length} items`,
          'IndexSplitter',
        );
    const taken = new Set(valid);
    return [L.range(items.length).filter((place) => !taken.has(place)), valid.slice()];
  };
}

function placesWhere(flags: Iterable<unknown>): number[] {
  return [...flags].flatMap((flag, place) => (flag ? [place] : []));
}

/**
 * By the name of the folder two above each file: `train/3/1.png` is for training. Several names may be given for a set.
 * [fastai docs](https://docs.fast.ai/data.transforms.html#grandparentsplitter)
 */
export function GrandparentSplitter(
  ...args: [
    train_name?: string | readonly string[] | GrandparentOptions,
    valid_name?: string | readonly string[] | GrandparentOptions,
  ]
): Splitter {
  const given = namedArguments('GrandparentSplitter', ['train_name', 'valid_name'], args);
  const { train_name = 'train', valid_name = 'valid' } = given as GrandparentOptions;
  return (items) => {
    const byName = new Map<string, number[]>();
    Array.from(items as ArrayLike<PathLike>).forEach((item, place) => {
      const { name } = Path(item).parent.parent;
      const places = byName.get(name);
      if (places === undefined) byName.set(name, [place]);
      else places.push(place);
    });
    const of = (names: string | readonly string[]) =>
      new L<number>([names].flat().flatMap((name) => byName.get(name) ?? []));
    return [of(train_name), of(valid_name)];
  };
}
export interface GrandparentOptions {
  train_name?: string | readonly string[];
  valid_name?: string | readonly string[];
}

/** Items for which `func` gives something true are for validation. */
export function FuncSplitter<T>(func: (item: T) => unknown): Splitter {
  return (items) =>
    IndexSplitter(placesWhere(Array.from(items as ArrayLike<T>, (item) => func(item))))(items);
}

/** Items whose flag is true are for validation: one flag an item, or a tensor of them. */
export function MaskSplitter(mask: readonly unknown[] | { tolist(): unknown }): Splitter {
  return (items) => {
    const flags = ('tolist' in mask ? mask.tolist() : mask) as readonly unknown[];
    if (flags.length !== items.length)
      throw new ValueError(`MaskSplitter(): ${flags.length} flags for ${items.length} items`, 'MaskSplitter');
    return IndexSplitter(placesWhere(flags))(items);
  };
}

/** Files whose names stand in the text file `fname`, one a line, are for validation. */
export function FileSplitter(fname: PathLike): Splitter {
  const names = new Set(Path(fname).read_text().split(/\r?\n/));
  return FuncSplitter<PathLike>((item) => names.has(Path(item).name));
}

/** Rows whose column `col` (a name or a number; default: 'is_valid') holds something true are for validation. */
export function ColSplitter(col: string | number = 'is_valid'): Splitter {
  return FuncSplitter((row: unknown) => {
    if (!isRecord(row))
      throw new ValueError('ColSplitter(): the items are no rows of a table', 'ColSplitter');
    const value = typeof col === 'number' ? Object.values(row)[col] : row[col];
    if (value === undefined)
      throw new ValueError(
        `ColSplitter(): no column ${col} in ${Object.keys(row).join(', ')}`,
        'ColSplitter',
      );
    // What a table read from text has in place of False.
    return typeof value === 'string' ? !/^(false|0|)$/i.test(value.trim()) : value;
  });
}
