import fs from 'node:fs';
import os from 'node:os';
import nodePath from 'node:path';

import { Path } from '../../fastcore/path.js';
import type { PathLike } from '../../fastcore/path.js';

const DEFAULTS: Readonly<Record<string, string>> = {
  data: 'data',
  archive: 'archive',
  storage: 'tmp',
  model: 'models',
};

/** The keys of an INI file; sections are all read into one table, as fastai uses only [DEFAULT]. */
function parseIni(text: string, file: string): Record<string, string> {
  const found: Record<string, string> = {};
  text.split(/\r?\n/).forEach((line, i) => {
    const content = line.trim();
    if (content === '' || /^[#;]/.test(content) || /^\[[^\]]*\]$/.test(content)) return;
    const match = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(content);
    if (match === null) throw new Error(`${file}, line ${i + 1}: expected "key = value"`);
    found[match[1]!.toLowerCase()] = match[2]!;
  });
  return found;
}

/**
 * Where fastai keeps its files: `FASTAI_HOME`, else `~/.fastai`, with the folders that its `config.ini` names
 * (by default `archive`, `data`, `models`, `tmp`, relative to it). Nothing is created by looking.
 * [fastai docs](https://docs.fast.ai/data.external.html#fastai_cfg)
 */
export class Config {
  readonly config_path: Path;
  readonly config_file: Path;
  readonly #values: Readonly<Record<string, string>>;

  /** Throws when `config.ini` is there and cannot be read as one. */
  constructor(base?: PathLike) {
    const home = base ?? (process.env['FASTAI_HOME'] || nodePath.join(os.homedir(), '.fastai'));
    this.config_path = Path(home).expanduser().absolute();
    this.config_file = this.config_path.joinpath('config.ini');
    const file = String(this.config_file);
    this.#values = {
      ...DEFAULTS,
      ...(fs.existsSync(file) ? parseIni(fs.readFileSync(file, 'utf8'), file) : {}),
    };
  }

  get(key: string): string | undefined {
    return this.#values[key];
  }
  /** The folder under this key. */
  path(key: string): Path {
    const value = this.get(key);
    if (value === undefined || value === '')
      throw new Error(
        `${String(this.config_file)} names no folder for '${key}'; it knows ${this.keys().join(', ')}`,
      );
    return this.config_path.joinpath(Path(value).expanduser());
  }
  keys(): string[] {
    return Object.keys(this.#values);
  }
  data_path(): Path {
    return this.path('data');
  }
  archive_path(): Path {
    return this.path('archive');
  }
  model_path(): Path {
    return this.path('model');
  }
}

export function fastai_cfg(): Config {
  return new Config();
}

export function fastai_path(folder: string): Path {
  return fastai_cfg().path(folder);
}
