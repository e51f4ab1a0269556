import fs from 'node:fs';
import nodePath from 'node:path';

import { silent, startProgress } from '../../../scripts/libtorch/progress.mjs';
import { Path } from '../../fastcore/path.js';
import type { PathLike } from '../../fastcore/path.js';
import { Config } from './config.js';
import { download } from './download.js';
import { unpack } from './unpack.js';
import type { UnpackLimits } from './unpack_limits.js';
import { archiveName, fingerprints } from './urls.js';

export { readArchive } from './archive.js';
export type { ArchiveFile } from './archive.js';
export type { UnpackLimits } from './unpack_limits.js';
export { Config, fastai_cfg, fastai_path } from './config.js';
export { URLs } from './urls.js';

export interface UntarOptions {
  /** Folder for the downloaded file, instead of the configured one. */
  archive?: PathLike;
  /** Folder to unpack into, instead of the configured one. */
  data?: PathLike;
  /** Which configured folder to unpack into. Default `'data'`. */
  c_key?: string;
  /** Get and unpack the file anew even if it is there. Default false. */
  force_download?: boolean;
  /** Folder with `config.ini`, to which the others are relative. Default `FASTAI_HOME`, else `~/.fastai`. */
  base?: PathLike;
  /** Show a bar or lines on standard error. Default true. */
  progress?: boolean;
  /** Most that the archive may unpack to. */
  limits?: Partial<UnpackLimits>;
  /** Milliseconds without a byte after which a download is given up. Default 30,000. */
  timeout?: number;
}

const KNOWN = new Set([
  'archive',
  'data',
  'c_key',
  'force_download',
  'base',
  'progress',
  'limits',
  'timeout',
]);

/** A file of this name in the folder that LIBTORCH_NODE_ARCHIVES names. */
function localArchive(name: string): string | undefined {
  const folder = process.env['LIBTORCH_NODE_ARCHIVES'];
  if (!folder) return undefined;
  const file = nodePath.resolve(folder, name);
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : undefined;
}

/**
 * The folder of the data set behind `url`, fetched and unpacked where it is not yet there. Looked for in this order:
 * the unpacked folder in `data`; the file in `archive`; the file of that name in the folder `LIBTORCH_NODE_ARCHIVES`;
 * the network. `force_download` passes over the first two. Throws an error that names the file or URL and the reason;
 * what is unpacked appears complete or not at all, also with several processes at once.
 * [fastai docs](https://docs.fast.ai/data.external.html#untar_data)
 */
export async function untar_data(url: string, options: UntarOptions = {}): Promise<Path> {
  for (const name of Object.keys(options))
    if (!KNOWN.has(name))
      throw new TypeError(`untar_data(): unknown option '${name}'; it has ${[...KNOWN].join(', ')}`);
  const name = archiveName(url);
  if (!/\.(tgz|tar|tar\.gz)$/i.test(name))
    throw new TypeError(`untar_data(): ${name} is not a .tgz, .tar.gz or .tar archive`);
  const config = new Config(options.base);
  const below = (folder: PathLike) => config.config_path.joinpath(Path(folder).expanduser());
  const dataFolder = options.data === undefined ? config.path(options.c_key ?? 'data') : below(options.data);
  const archives = options.archive === undefined ? config.archive_path() : below(options.archive);
  const force = options.force_download ?? false;
  const shown = options.progress ?? true;

  const target = dataFolder.joinpath(name.replace(/\.(tgz|tar|tar\.gz)$/i, ''));
  if (!force && target.is_dir()) return target;

  const cached = archives.joinpath(name);
  const local = !force && cached.is_file() ? undefined : localArchive(name);
  if (local === undefined)
    await download(url, String(cached), {
      force,
      progress: shown ? startProgress(`Downloading ${name}`) : silent(),
      ...(fingerprints[url] && { expected: fingerprints[url] }),
      ...(options.timeout !== undefined && { timeout: options.timeout }),
    }).catch((error: unknown) => {
      const elsewhere = `${String(cached)}, or in a folder that LIBTORCH_NODE_ARCHIVES names`;
      throw new Error(`${(error as Error).message}; the file can also be put at ${elsewhere}`, {
        cause: error,
      });
    });
  const progress = shown ? startProgress(`Unpacking ${name}`) : silent();
  try {
    await unpack(local ?? String(cached), String(target), {
      replace: force,
      onProgress: (read, size) => {
        progress.update(read, size);
      },
      ...(options.limits && { limits: options.limits }),
    });
  } finally {
    progress.stop();
  }
  return target;
}
