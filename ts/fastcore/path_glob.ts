/** Names that match a pattern, as Python's `Path.glob`. https://docs.python.org/3/library/pathlib.html#pathlib.Path.glob */
import fs from 'node:fs';
import nodePath from 'node:path';

/** `*`, `?`, `[ab]`, `[!ab]` of a part of a pattern. Unlike in a shell, `*` also matches names with a dot in front. */
function matcher(part: string): (name: string) => boolean {
  let source = '';
  for (let i = 0; i < part.length; i++) {
    const letter = part[i]!;
    const end = letter === '[' ? part.indexOf(']', i + (part[i + 1] === '!' ? 3 : 2)) : -1;
    if (letter === '*') source += '.*';
    else if (letter === '?') source += '.';
    else if (end > 0) {
      const set = part.slice(i + 1, end).replace(/[\\\]^[]/g, '\\$&');
      source += `[${set.startsWith('!') ? `^${set.slice(1)}` : set}]`;
      i = end;
    } else source += letter.replace(/[.\\+^$(){}|[\]]/g, '\\$&');
  }
  const pattern = new RegExp(`^${source}$`, 'su');
  return (name) => pattern.test(name);
}

/** Entries of a folder; none where it is no folder or may not be read. */
function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
const isFolder = (path: string): boolean =>
  fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The folder and all below it, links not followed. */
function* foldersFrom(folder: string): Generator<string> {
  yield folder;
  for (const entry of entriesOf(folder))
    if (entry.isDirectory()) yield* foldersFrom(nodePath.join(folder, entry.name));
}

function* select(folder: string, parts: readonly string[], seen: Set<string>): Generator<string> {
  const [part, ...rest] = parts;
  if (part === undefined) {
    // Two `**` lead to a place in more than one way.
    if (!seen.has(folder)) yield folder;
    seen.add(folder);
  } else if (part === '**') {
    for (const below of foldersFrom(folder)) yield* select(below, rest, seen);
  } else {
    const matches = matcher(part);
    for (const { name } of entriesOf(folder)) {
      const path = nodePath.join(folder, name);
      if (matches(name) && (rest.length === 0 || isFolder(path))) yield* select(path, rest, seen);
    }
  }
}

/**
 * The paths below `folder` that match `pattern`, in the file system's order; `**` stands for any number of folders.
 * @throws {Error} the pattern is empty or absolute
 */
export function glob(folder: string, pattern: string): Generator<string> {
  if (nodePath.isAbsolute(pattern)) throw new Error('glob(): non-relative patterns are unsupported');
  const parts = pattern
    .split(nodePath.sep === '\\' ? /[\\/]/ : '/')
    .filter((part) => part !== '' && part !== '.');
  if (parts.length === 0) throw new Error(`glob(): unacceptable pattern: '${pattern}'`);
  return select(folder, parts, new Set());
}
