import fs from 'node:fs';
import os from 'node:os';
import nodePath from 'node:path';
import { inspect } from 'node:util';

import { L } from './foundation.js';
import { callableClass } from './meta.js';
import { orderKey, repr } from './protocol.js';
import { reduce, type Reduced } from './reduce.js';

/** Anything that names a file. */
export type PathLike = string | PathObject;

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
  *iterdir(): Generator<PathObject> {
    for (const name of fs.readdirSync(this.toString())) yield this.#from([...this.#names, name]);
  }

  /**
   * The folder's entries, in the file system's own order: `.sorted()` for a fixed one.
   * @param options.n_max at most that many  @param options.file_exts only names with one of these endings (`.png`)
   */
  ls({ n_max, file_exts }: { n_max?: number; file_exts?: string | readonly string[] } = {}): L<PathObject> {
    const endings = typeof file_exts === 'string' ? [file_exts] : file_exts;
    const found = new L<PathObject>();
    for (const entry of this.iterdir()) {
      if (n_max !== undefined && found.length >= n_max) break;
      if (endings === undefined || endings.includes(entry.suffix.toLowerCase())) found.push(entry);
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
