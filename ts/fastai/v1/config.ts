/** Where fastai 1 keeps its files. https://fastai1.fast.ai/datasets.html#Config */
import fs from 'node:fs';
import os from 'node:os';
import nodePath from 'node:path';

import { Path } from '../../fastcore/path.js';
import { callable } from '../../torch/nn/modules/callable.js';

type Key = 'data_path' | 'data_archive_path' | 'model_path';

/** `key: value` lines; more of YAML is not in these files. */
function parseYaml(text: string, file: string): Record<string, string> {
  const found: Record<string, string> = {};
  text.split(/\r?\n/).forEach((line, i) => {
    const content = line.replace(/(^|\s)#.*$/, '').trim();
    if (content === '' || content === '---') return;
    const match = /^([\w-]+)\s*:\s+(?:"([^"]*)"|'([^']*)'|(.+))$/.exec(content);
    if (match === null) throw new Error(`${file}, line ${i + 1}: expected "key: value"`);
    found[match[1]!] = match[2] ?? match[3] ?? match[4]!;
  });
  return found;
}

/**
 * Folders of fastai 1: those that `config.yml` in `FASTAI_HOME` (or else `~/.fastai`) names, by default `data` and `models` there.
 * `Config().data_path()` and `Config.data_path()` are the same. Nothing is created by looking, so that a missing folder
 * is the caller's to make.
 * @throws {Error} `config.yml` is there and cannot be read as one
 */
class ConfigClass {
  static get config_path(): Path {
    const home = process.env['FASTAI_HOME'];
    return Path(home || nodePath.join(os.homedir(), '.fastai'))
      .expanduser()
      .absolute();
  }
  /** The folders under their names. */
  static get(): Record<Key, string> {
    const home = this.config_path;
    const file = String(home.joinpath('config.yml'));
    const data = String(home.joinpath('data'));
    return {
      ...{ data_path: data, data_archive_path: data, model_path: String(home.joinpath('models')) },
      ...(fs.existsSync(file) ? parseYaml(fs.readFileSync(file, 'utf8'), file) : {}),
    };
  }
  static get_path(key: Key): Path {
    return this.config_path.joinpath(Path(this.get()[key]).expanduser());
  }
  static data_path(): Path {
    return this.get_path('data_path');
  }
  static data_archive_path(): Path {
    return this.get_path('data_archive_path');
  }
  static model_path(): Path {
    return this.get_path('model_path');
  }
  data_path(): Path {
    return ConfigClass.data_path();
  }
  data_archive_path(): Path {
    return ConfigClass.data_archive_path();
  }
  model_path(): Path {
    return ConfigClass.model_path();
  }
}
export const Config = callable(ConfigClass);
export type Config = ConfigClass;
