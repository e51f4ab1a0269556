import fs from 'node:fs';
import os from 'node:os';
import nodePath from 'node:path';
import { inspect } from 'node:util';

import { L } from './foundation.js';
import { callableClass } from './meta.js';
import { glob } from './path_glob.js';
import { orderKey, repr } from './protocol.js';
import { reduce, type Reduced } from './reduce.js';

/** Anything that names a file. */
export type PathLike = string | PathObject;

export interface LsOptions {
  n_max?: number;
  file_type?: string;
  file_exts?: string | readonly string[];
}
const words = (text: string): string[] => text.split(' ').map((word) => `.${word}`);
/** Endings of the kinds of files that Python's mimetypes knows, as far as they are usual. */
const endingsOf: Readonly<Record<string, readonly string[]>> = {
  image: words('bmp gif ico jpe jpeg jpg pbm pgm png pnm ppm svg tif tiff webp xbm xpm'),
  text: words('c css csv h htm html js ksh md mjs pl py rtf rtx sgml sgm tsv txt vcf xml'),
  audio: words('aac aif aiff au flac mp2 mp3 ogg opus ra snd wav'),
  video: words('avi m1v m4v mkv mov movie mp4 mpeg mpg qt webm'),
};

let basePath: PathObject | null = null;

function split(text: string): { root: string; names: string[] } {
  const { root } = nodePath.parse(text);
  const separators = nodePath.sep === '\\' ? /[\\/]+/ : /\/+/;
  const names = text
    .slice(root.length)
    .split(separators)
    .filter((name) => name !== '' && name !== '.');
  return { root: root === '' ? '' : nodePath.normalize(root), names };
}

/**
 * A file path with the names of Python's `pathlib` and fastcore's additions.
 * JavaScript has no `/` operator for objects: `path.joinpath('train', '3')` is `path/'train'/'3'`.
 * `String(path)` is the path itself, for every API that wants a string.
 * [pathlib](https://docs.python.org/3/library/pathlib.html), [fastcore](https://fastcore.fast.ai/xtras.html)
 */
class PathObject {
  readonly #root: string;
  readonly #names: readonly string[];

  constructor(...segments: PathLike[]) {
    let root = '';
    let names: string[] = [];
    for (const segment of segments) {
      if (typeof segment !== 'string' && !(segment instanceof PathObject))
        throw new TypeError(`Path(): every part must be a string or a Path, not ${typeof segment}`);
      const text = String(segment);
      if (text.includes('\0')) throw new TypeError('Path(): a path cannot hold a NUL character');
      const part = split(text);
      // An absolute part replaces what came before it, as in pathlib.
      if (part.root !== '') ({ root, names } = part);
      else names.push(...part.names);
    }
    this.#root = root;
    this.#names = names;
  }

  /** When set, paths below it print relative to it: `Path('train/3/10.png')`. */
  static get BASE_PATH(): PathObject | null {
    return basePath;
  }
  static set BASE_PATH(path: PathLike | null) {
    basePath = path === null ? null : new PathObject(path);
  }

  static cwd(): PathObject {
    return new PathObject(process.cwd());
  }
  static home(): PathObject {
    return new PathObject(os.homedir());
  }

  get parts(): string[] {
    return this.#root === '' ? [...this.#names] : [this.#root, ...this.#names];
  }
  /** The last part, or '' where there is none. */
  get name(): string {
    return this.#names.at(-1) ?? '';
  }
  /** The last part's ending with its dot, or ''. */
  get suffix(): string {
    return nodePath.posix.extname(this.name).replace(/^\.$/, '');
  }
  /** The last part without its ending. */
  get stem(): string {
    return this.suffix === '' ? this.name : this.name.slice(0, -this.suffix.length);
  }
  /** The folder that holds it; the root and the empty path are their own parents. */
  get parent(): PathObject {
    return this.#from(this.#names.slice(0, -1));
  }

  joinpath(...segments: PathLike[]): PathObject {
    return new PathObject(this, ...segments);
  }
  with_name(name: string): PathObject {
    if (this.name === '') throw new Error(`${this.repr()} has an empty name`);
    return this.parent.joinpath(name);
  }
  with_suffix(suffix: string): PathObject {
    if (suffix !== '' && !/^\.[^/\\]+$/.test(suffix)) throw new Error(`Invalid suffix ${repr(suffix)}`);
    return this.with_name(this.stem + suffix);
  }
  is_absolute(): boolean {
    return nodePath.isAbsolute(this.toString());
  }
  absolute(): PathObject {
    return this.is_absolute() ? this : PathObject.cwd().joinpath(this);
  }
  /** Absolute, with `..` and links resolved as far as the path exists. */
  resolve(): PathObject {
    const full = nodePath.resolve(this.toString());
    return new PathObject(fs.existsSync(full) ? fs.realpathSync(full) : full);
  }
  expanduser(): PathObject {
    if (this.#root !== '' || this.#names[0] !== '~') return this;
    return PathObject.home().joinpath(...this.#names.slice(1));
  }
  is_relative_to(other: PathLike): boolean {
    const base = new PathObject(other).parts;
    const own = this.parts;
    return base.length <= own.length && base.every((part, i) => part === own[i]);
  }
  /** Throws when this path is not below `other`. */
  relative_to(other: PathLike): PathObject {
    if (!this.is_relative_to(other))
      throw new Error(`${repr(String(this))} is not in the subpath of ${repr(String(other))}`);
    return new PathObject(...this.parts.slice(new PathObject(other).parts.length));
  }
  /** Same parts; two Path objects are never `===`. */
  equals(other: unknown): boolean {
    return other instanceof PathObject && other.toString() === this.toString();
  }

  exists(): boolean {
    return fs.existsSync(this.toString());
  }
  is_file(): boolean {
    return fs.statSync(this.toString(), { throwIfNoEntry: false })?.isFile() ?? false;
  }
  is_dir(): boolean {
    return fs.statSync(this.toString(), { throwIfNoEntry: false })?.isDirectory() ?? false;
  }
  mkdir({ parents = false, exist_ok = false } = {}): void {
    if (exist_ok && this.is_dir()) return;
    if (parents) this.parent.mkdir({ parents, exist_ok: true });
    fs.mkdirSync(this.toString());
  }
  read_bytes(): Uint8Array {
    return fs.readFileSync(this.toString());
  }
  read_text(): string {
    return fs.readFileSync(this.toString(), 'utf8');
  }
  write_bytes(data: Uint8Array): number {
    fs.writeFileSync(this.toString(), data);
    return data.byteLength;
  }
  write_text(text: string): number {
    fs.writeFileSync(this.toString(), text);
    return [...text].length;
  }
  unlink({ missing_ok = false } = {}): void {
    if (!missing_ok || this.exists()) fs.unlinkSync(this.toString());
  }
  /** Renames the file or folder; a file that is there is replaced. @returns the new path */
  rename(target: PathLike): PathObject {
    const renamed = new PathObject(target);
    fs.renameSync(this.toString(), renamed.toString());
    return renamed;
  }
  /** Makes an empty file, or says of one that is there that it changed now. */
  touch({ exist_ok = true } = {}): void {
    fs.closeSync(fs.openSync(this.toString(), exist_ok ? 'a' : 'ax'));
    const now = new Date();
    fs.utimesSync(this.toString(), now, now);
  }
  /** Removes the folder, which must be empty. */
  rmdir(): void {
    fs.rmdirSync(this.toString());
  }
  stat(): fs.Stats {
    return fs.statSync(this.toString());
  }
  /** Opens the file for `body`, which gets its descriptor for node:fs, and closes it whatever happens. */
  open<T>(flags: string, body: (descriptor: number) => T): T {
    const descriptor = fs.openSync(this.toString(), flags);
    try {
      return body(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  }
  /** The lines of the file with their ends. */
  readlines(): L<string> {
    return L.splitlines(this.read_text(), true);
  }
  read_json(): unknown {
    return JSON.parse(this.read_text()) as unknown;
  }
  /** Writes a text or bytes, after making the folders above. */
  mk_write(data: string | Uint8Array): void {
    this.parent.mkdir({ parents: true, exist_ok: true });
    fs.writeFileSync(this.toString(), data);
  }
  /**
   * What matches `pattern` below this folder, in the file system's order: `*`, `?`, `[ab]` within a name, `**` for any
   * number of folders. Nothing where there is no such folder.
   * @throws {Error} the pattern is empty or absolute
   */
  glob(pattern: string): L<PathObject> {
    return new L<PathObject>(Array.from(glob(this.toString(), pattern), (found) => new PathObject(found)));
  }
  /** As `glob`, in this folder and all below it. */
  rglob(pattern: string): L<PathObject> {
    if (nodePath.isAbsolute(pattern)) return this.glob(pattern);
    return this.glob(`**/${pattern}`);
  }
  *iterdir(): Generator<PathObject> {
    for (const name of fs.readdirSync(this.toString())) yield this.#from([...this.#names, name]);
  }

  /**
   * The folder's entries, in the file system's own order: `.sorted()` for a fixed one.
   * @param options.n_max at most that many  @param options.file_exts only names with one of these endings (`.png`)
   * @param options.file_type only names with an ending of that kind: 'image', 'text', 'audio', 'video'
   * @throws {Error} another `file_type`
   */
  ls({ n_max, file_type, file_exts }: LsOptions = {}): L<PathObject> {
    const endings = [file_exts ?? []].flat();
    if (file_type !== undefined) {
      const kind = Object.hasOwn(endingsOf, file_type) ? endingsOf[file_type] : undefined;
      if (kind === undefined)
        throw new Error(`ls(): file_type '${file_type}' is none of ${Object.keys(endingsOf).join(', ')}`);
      endings.push(...kind);
    }
    const isAny = file_exts === undefined && file_type === undefined;
    const found = new L<PathObject>();
    for (const entry of this.iterdir()) {
      if (n_max !== undefined && found.length >= n_max) break;
      if (isAny || endings.includes(entry.suffix.toLowerCase())) found.push(entry);
    }
    return found;
  }

  /** Forward slashes on every system. */
  as_posix(): string {
    return this.toString().replaceAll(nodePath.sep, '/');
  }
  toString(): string {
    return this.#root + this.#names.join(nodePath.sep) || '.';
  }
  toJSON(): string {
    return this.toString();
  }
  repr(): string {
    const shown = basePath !== null && this.is_relative_to(basePath) ? this.relative_to(basePath) : this;
    return `Path(${repr(shown.as_posix())})`;
  }
  [inspect.custom](): string {
    return this.repr();
  }
  [reduce](): Reduced {
    return { by: Path, args: this.parts, state: {} };
  }
  [orderKey](): string[] {
    return this.parts;
  }

  /** Names from a directory listing are taken as they stand; a backslash is an ordinary letter on POSIX. */
  #from(names: readonly string[]): PathObject {
    return new PathObject(this.#root + names.join(nodePath.sep));
  }
}

export type Path = PathObject;
export const Path = callableClass<typeof PathObject, (...segments: PathLike[]) => PathObject>(PathObject);
Object.defineProperty(Path, 'name', { value: 'Path' });
