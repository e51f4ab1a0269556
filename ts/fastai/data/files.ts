import fs from 'node:fs';
import nodePath from 'node:path';

import { checkOptions } from '../../torch/arguments.js';
import { L, Path, type PathLike } from '../../fastcore/index.js';

/** Endings of files that hold an image, as Python's `mimetypes` knows them. */
export const image_extensions: ReadonlySet<string> = new Set(
  '.avif .bmp .gif .heic .heif .ico .ief .jpe .jpeg .jpg .pbm .pgm .png .pnm .ppm .ras .rgb .svg .tif .tiff .webp .xbm .xpm .xwd'.split(
    ' ',
  ),
);

export interface GetFilesOptions {
  /** Only files with one of these endings, `.png`; capital letters do not matter. Default: every file. */
  extensions?: Iterable<string> | string | null;
  /** Whether to look in folders below, too; default: true. */
  recurse?: boolean;
  /** Of the folders directly below `path`, only these; `'.'` stands for the files of `path` itself. Default: all. */
  folders?: Iterable<string> | string | null;
  /** Whether to enter folders through symbolic links; default: true. A link that leads back up is not followed. */
  followlinks?: boolean;
}
const optionNames = ['extensions', 'recurse', 'folders', 'followlinks'];

function listed(value: Iterable<string> | string | null | undefined): string[] {
  if (value === null || value === undefined) return [];
  return typeof value === 'string' ? [value] : [...value];
}

/** What an entry is once links are followed; a link to nowhere is nothing. */
function kindOf(entry: fs.Dirent, folder: string): 'file' | 'folder' | 'link' | null {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return null;
  const target = fs.statSync(nodePath.join(folder, entry.name), { throwIfNoEntry: false });
  if (target?.isDirectory()) return 'link';
  return target?.isFile() ? 'file' : null;
}

/**
 * The files below `path`: those of a folder first, then those of the folders in it. Hidden files and folders, whose
 * names begin with a dot, are left out.
 *
 * [fastai docs](https://docs.fast.ai/data.transforms.html#get_files)
 * @throws {Error} `path` is no folder (Python's function finds nothing there and says nothing)
 */
export function get_files(path: PathLike, options: GetFilesOptions = {}): L<Path> {
  checkOptions('get_files', options, optionNames);
  const { recurse = true, followlinks = true } = options;
  const extensions = new Set(listed(options.extensions).map((one) => one.toLowerCase()));
  const folders = listed(options.folders);
  const top = String(Path(path));
  if (!fs.statSync(top, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`get_files(): ${top} is no folder`);
  const found = new L<Path>();
  const wanted = (name: string) =>
    !name.startsWith('.') &&
    (extensions.size === 0 || extensions.has(`.${name.slice(name.lastIndexOf('.') + 1).toLowerCase()}`));
  /** `above` are the real paths of the folders that lead here: a link to one of them would never end. */
  const walk = (folder: string, above: readonly string[]): void => {
    const isTop = above.length === 0;
    const below: string[] = [];
    const takeFiles = !isTop || !recurse || folders.length === 0 || folders.includes('.');
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const kind = kindOf(entry, folder);
      if (kind === 'file') {
        if (takeFiles && wanted(entry.name)) found.push(Path(folder, entry.name));
      } else if (kind === 'folder' || (kind === 'link' && followlinks)) below.push(entry.name);
    }
    if (!recurse) return;
    const trail = [...above, fs.realpathSync(folder)];
    for (const name of below) {
      if (isTop && folders.length > 0 ? !folders.includes(name) : name.startsWith('.')) continue;
      const next = nodePath.join(folder, name);
      if (!trail.includes(fs.realpathSync(next))) walk(next, trail);
    }
  };
  walk(top, []);
  return found;
}

/** The image files below `path`. [fastai docs](https://docs.fast.ai/data.transforms.html#get_image_files) */
export function get_image_files(path: PathLike, options: Omit<GetFilesOptions, 'extensions'> = {}): L<Path> {
  checkOptions('get_image_files', options, ['recurse', 'folders', 'followlinks']);
  return get_files(path, { ...options, extensions: image_extensions });
}

/** The `.txt` files below `path`. */
export function get_text_files(path: PathLike, options: Omit<GetFilesOptions, 'extensions'> = {}): L<Path> {
  checkOptions('get_text_files', options, ['recurse', 'folders', 'followlinks']);
  return get_files(path, { ...options, extensions: ['.txt'] });
}

/** A function that finds files in the folder `suf` below the path it is given. */
export function FileGetter(suf = '', options: GetFilesOptions = {}): (path: PathLike) => L<Path> {
  checkOptions('FileGetter', options, optionNames);
  return (path) => get_files(Path(path).joinpath(suf), options);
}

/** A function that finds image files in the folder `suf` below the path it is given. */
export function ImageGetter(
  suf = '',
  options: Omit<GetFilesOptions, 'extensions'> = {},
): (path: PathLike) => L<Path> {
  checkOptions('ImageGetter', options, ['recurse', 'folders', 'followlinks']);
  return (path) => get_image_files(Path(path).joinpath(suf), options);
}
