/** From picture files to DataLoaders: https://docs.fast.ai/vision.data.html */
import nodePath from 'node:path';

import { Path, type PathLike } from '../../fastcore/index.js';
import { made } from '../../fastcore/reduce.js';
import { checkOptions } from '../../torch/arguments.js';
import { ArgumentError, ValueError } from '../../torch/index.js';
import {
  CategoryBlock,
  DataBlock,
  MultiCategoryBlock,
  RegressionBlock,
  TransformBlock,
  type DataBlockOptions,
  type LoadersOptions,
} from '../data/block.js';
import { ColReader, type Row } from '../data/columns.js';
import { DataLoaders } from '../data/core.js';
import { read_csv, type ReadCsvOptions } from '../data/csv.js';
import { get_image_files } from '../data/files.js';
import { parent_label, RegexLabeller } from '../data/labellers.js';
import { IntToFloatTensor } from '../data/normalize.js';
import { ColSplitter, GrandparentSplitter, RandomSplitter } from '../data/splitters.js';
import { PILBase, PILImage } from './core.js';
import { OpenPicture } from './open_picture.js';
import './show.js';

type PictureClass = typeof PILBase;

/** For pictures of class `cls` (default: PILImage). [fastai docs](https://docs.fast.ai/vision.data.html#imageblock) */
export function ImageBlock(options: PictureClass | { cls?: PictureClass } = {}): TransformBlock {
  const cls = typeof options === 'function' ? options : (options.cls ?? PILImage);
  if (typeof options !== 'function') checkOptions('ImageBlock', options, ['cls']);
  if (cls !== PILBase && !(cls.prototype instanceof PILBase))
    throw new ArgumentError(
      'ImageBlock(): cls must be a class of pictures, such as PILImageBW',
      'ImageBlock',
    );
  return TransformBlock({ type_tfms: OpenPicture(cls), batch_tfms: IntToFloatTensor });
}

export interface ImageLoaderOptions extends LoadersOptions {
  item_tfms?: DataBlockOptions['item_tfms'];
  batch_tfms?: DataBlockOptions['batch_tfms'];
  /** Class of the pictures; default: PILImage. */
  img_cls?: PictureClass;
  /** Share of the items that is for validation. */
  valid_pct?: number | null;
  /** For the random split. */
  seed?: number | null;
}
export interface FromFolderOptions extends ImageLoaderOptions {
  /** Name of the folder of training pictures (default: 'train'). */
  train?: string;
  /** Name of the folder of validation pictures (default: 'valid'). */
  valid?: string;
  /** Labels; default: those that occur, sorted. */
  vocab?: Iterable<unknown> | null;
}
type YBlock = TransformBlock | (() => TransformBlock);
export interface FromListsOptions extends ImageLoaderOptions {
  y_block?: YBlock | null;
}
export interface FromDfOptions extends FromListsOptions {
  path?: PathLike;
  /** Column of file names; default: the first. */
  fn_col?: string | number;
  /** Folder of the files, below `path`. */
  folder?: PathLike | null;
  /** What is added to file names; default: nothing. */
  suff?: string;
  /** Column of labels, or several; default: the second. */
  label_col?: string | number | readonly (string | number)[];
  /** What stands between labels in one column; default: there is one label. */
  label_delim?: string | null;
  /** Column that says which rows are for validation; default: they are drawn. */
  valid_col?: string | number | null;
}

/** The options of the recipe, and what is left for `dataloaders`. */
function parts<T extends ImageLoaderOptions>(
  options: T,
): { recipe: DataBlockOptions; img: TransformBlock; rest: object } {
  const {
    item_tfms = null,
    batch_tfms = null,
    img_cls = PILImage,
    valid_pct: _pct,
    seed: _seed,
    ...rest
  } = options;
  return { recipe: { item_tfms, batch_tfms }, img: ImageBlock({ cls: img_cls }), rest };
}
function randomly({ valid_pct, seed = null }: ImageLoaderOptions) {
  return RandomSplitter({ valid_pct: valid_pct ?? 0.2, seed });
}

/** @internal A function of a file whose path may be a text. */
export function onPath(label_func: (file: Path) => unknown): (file: PathLike) => unknown {
  return made((file: PathLike) => label_func(Path(file)), onPath, [label_func]);
}
/** @internal A function of a file's name, as one of the file. */
export function onName(label_func: (name: string) => unknown): (file: Path) => unknown {
  return made((file: Path) => label_func(file.name), onName, [label_func]);
}
/** @internal A function of a path with forward slashes, as one of the file. */
export function onPosix(label_func: (path: string) => unknown): (file: Path) => unknown {
  return made((file: Path) => label_func(file.as_posix()), onPosix, [label_func]);
}

/**
 * DataLoaders of pictures. Other options than those listed go to `DataBlock.dataloaders`: `bs`, `val_bs`, `shuffle`,
 * `num_workers`, `device` ...
 * [fastai docs](https://docs.fast.ai/vision.data.html#imagedataloaders)
 */
export class ImageDataLoaders extends DataLoaders {
  /**
   * Pictures in folders named by their label, below `train` and `valid`; or with `valid_pct`, split at random.
   * @throws {Error} `path` is no folder @throws {ValueError} it holds no picture for training
   */
  static from_folder(path: PathLike, options: FromFolderOptions = {}): DataLoaders {
    const { train = 'train', valid = 'valid', vocab = null, ...others } = options;
    const { recipe, img, rest } = parts(others);
    const isRandom = others.valid_pct != null;
    const folders = isRandom && others.valid_pct !== 0 ? null : [train, valid];
    const dblock = DataBlock({
      ...recipe,
      blocks: [img, CategoryBlock({ vocab })],
      get_items: (source: PathLike) => get_image_files(source, { folders }),
      splitter: isRandom ? randomly(others) : GrandparentSplitter(train, valid),
      get_y: parent_label,
    });
    return this.from_dblock(dblock, path, { path, ...rest }) as DataLoaders;
  }
  /** Labelled by a function of the path. */
  static from_path_func(
    path: PathLike,
    fnames: ArrayLike<PathLike>,
    label_func: (file: Path) => unknown,
    options: ImageLoaderOptions = {},
  ): DataLoaders {
    const { recipe, img, rest } = parts(options);
    const dblock = DataBlock({
      ...recipe,
      blocks: [img, CategoryBlock],
      splitter: randomly(options),
      get_y: onPath(label_func),
    });
    return this.from_dblock(dblock, fnames, { path, ...rest }) as DataLoaders;
  }
  /** Labelled by a function of the file's name. */
  static from_name_func(
    path: PathLike,
    fnames: ArrayLike<PathLike>,
    label_func: (name: string) => unknown,
    options: ImageLoaderOptions = {},
  ): DataLoaders {
    return this.from_path_func(path, fnames, onName(label_func), options);
  }
  /** Labelled by the first group of an expression that occurs in the path. */
  static from_path_re(
    path: PathLike,
    fnames: ArrayLike<PathLike>,
    pat: string | RegExp,
    options: ImageLoaderOptions = {},
  ): DataLoaders {
    const label = RegexLabeller(pat);
    return this.from_path_func(path, fnames, onPosix(label), options);
  }
  /** Labelled by the first group of an expression that occurs in the file's name. */
  static from_name_re(
    path: PathLike,
    fnames: ArrayLike<PathLike>,
    pat: string | RegExp,
    options: ImageLoaderOptions = {},
  ): DataLoaders {
    return this.from_name_func(path, fnames, RegexLabeller(pat), options);
  }
  /** Rows of a table: objects with one key a column. `from_df(rows, path, {...})` works too. */
  static from_df(
    df: readonly Row[],
    ...args: [path?: PathLike | FromDfOptions, options?: FromDfOptions]
  ): DataLoaders {
    const isPath = typeof args[0] === 'string' || args[0] instanceof Path;
    const given: FromDfOptions = isPath
      ? { ...args[1], path: args[0] as PathLike }
      : { ...(args[0] as FromDfOptions) };
    const {
      path = '.',
      fn_col = 0,
      folder = null,
      suff = '',
      label_col = 1,
      label_delim = null,
      ...more
    } = given;
    const { y_block = null, valid_col = null, ...others } = more;
    const { recipe, img, rest } = parts(others);
    const isMulti = (Array.isArray(label_col) && label_col.length > 1) || label_delim !== null;
    const pref = `${String(folder === null ? Path(path) : Path(path).joinpath(folder))}${nodePath.sep}`;
    const dblock = DataBlock({
      ...recipe,
      blocks: [img, y_block ?? (isMulti ? MultiCategoryBlock : CategoryBlock)],
      get_x: ColReader(fn_col, { pref, suff }),
      get_y: ColReader(label_col, { label_delim }),
      splitter: valid_col === null ? randomly(others) : ColSplitter(valid_col),
    });
    return this.from_dblock(dblock, df, { path, ...rest }) as DataLoaders;
  }
  /** The rows of the file `csv_fname` (default: 'labels.csv') in the folder `path`, as `from_df`. */
  static from_csv(
    path: PathLike,
    options: FromDfOptions & ReadCsvOptions & { csv_fname?: PathLike } = {},
  ): DataLoaders {
    const { csv_fname = 'labels.csv', header = 'infer', delimiter = null, ...others } = options;
    return this.from_df(read_csv(Path(path).joinpath(csv_fname), { header, delimiter }), { ...others, path });
  }
  /** One label for each file: lists of labels, numbers with a fraction (to be predicted), or anything else. */
  static from_lists(
    path: PathLike,
    fnames: ArrayLike<PathLike>,
    labels: ArrayLike<unknown>,
    options: FromListsOptions = {},
  ): DataLoaders {
    if (fnames.length !== labels.length)
      throw new ValueError(`from_lists(): ${fnames.length} files and ${labels.length} labels`, 'from_lists');
    const { y_block = null, ...others } = options;
    const { recipe, img, rest } = parts(others);
    const [first] = Array.from(labels);
    const isFraction = Array.from(labels).some(
      (label) => typeof label === 'number' && !Number.isInteger(label),
    );
    const usual =
      Array.isArray(first) && first.length > 1
        ? MultiCategoryBlock
        : isFraction
          ? RegressionBlock
          : CategoryBlock;
    const blocks = [img, y_block ?? usual];
    const dblock = DataBlock.from_columns({ ...recipe, blocks, splitter: randomly(others) });
    return this.from_dblock(dblock, [fnames, labels], { path, ...rest }) as DataLoaders;
  }
}
