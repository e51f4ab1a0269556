/** Saving and loading what a learner has learnt. https://docs.fast.ai/learner.html#serializing */
import fs from 'node:fs';
import { Path, type PathLike } from '../../fastcore/path.js';
import { checkOptions } from '../../torch/arguments.js';
import { ArgumentError } from '../../torch/errors.js';
import { load, save, type Device } from '../../torch/index.js';
import { LearnerClass } from '../learner.js';

declare module '../learner.js' {
  interface LearnerClass {
    /** Writes model and optimizer to `path/model_dir/file.pth`. `with_opt` (default: true) */
    save(file: PathLike, options?: { with_opt?: boolean }): Path;
    /**
     * Reads what `save` wrote, here or in Python.
     * @param options `with_opt` (default: where the file has one), `strict` (default: true), `device`
     * @throws {TorchError} the file does not fit the model, which is unchanged then
     */
    load(
      file: PathLike,
      options?: { with_opt?: boolean; strict?: boolean; device?: Device | string },
    ): LearnerClass;
  }
}

const pathOf = (learn: LearnerClass, file: PathLike): Path =>
  Path(learn.path, learn.model_dir, `${String(file)}.pth`);

LearnerClass.prototype.save = function (file, options = {}) {
  checkOptions('save', options, ['with_opt']);
  const path = pathOf(this, file);
  fs.mkdirSync(String(path.parent), { recursive: true });
  const model = this.model.state_dict();
  const { opt } = this;
  save(options.with_opt !== false && opt ? { model, opt: opt.state_dict() } : model, String(path));
  return path;
};

LearnerClass.prototype.load = function (file, given = {}) {
  checkOptions('load', given, ['with_opt', 'strict', 'device']);
  const path = pathOf(this, file);
  const read: unknown = load(String(path), {
    map_location: String(given.device ?? this.modelDevice ?? 'cpu'),
  });
  if (read === null || typeof read !== 'object')
    throw new ArgumentError(`load(): ${String(path)} holds no state of a learner`, 'load');
  const both = 'model' in read && 'opt' in read && Object.keys(read).length === 2;
  const { model, opt } = (both ? read : { model: read, opt: null }) as { model: object; opt: object | null };
  if (given.with_opt === true && opt === null)
    throw new ArgumentError(`load(): ${String(path)} was saved without an optimizer`, 'load');
  this.model.load_state_dict(model as never, { strict: given.strict ?? true });
  if (opt !== null && given.with_opt !== false) {
    if (!this.opt) this.create_opt();
    this.opt!.load_state_dict(opt);
  }
  return this;
};
