/** A Learner as one file, for predictions elsewhere. https://docs.fast.ai/learner.html#learner.export */
import fs from 'node:fs';
import { Path, type PathLike } from '../../fastcore/path.js';
import { random } from '../../fastcore/random.js';
import { checkOptions } from '../../torch/arguments.js';
import { ArgumentError, device, load, save, TorchError } from '../../torch/index.js';
import type { AnyModule } from '../../torch/nn/index.js';
import type { Callback } from '../callback/core.js';
import { DataLoaders } from '../data/core.js';
import { isLibraryCallback } from '../export/names.js';
import { BadGraph, readGraph } from '../export/read.js';
import { writeGraph } from '../export/write.js';
import { Learner, LearnerClass, type LearnerData, type LearnerOptions } from '../learner.js';

declare module '../learner.js' {
  interface LearnerClass {
    /**
     * Writes everything but the items and the optimizer's averages to `path/fname` (default: 'export.pkl'):
     * `load_learner` reads it in another program, where `predict`, `dls.test_dl` and `get_preds` work.
     *
     * The file holds no code: functions and classes are in it by their names. Callbacks of your own classes are
     * written too; those of the library work on training and are left out.
     *
     * https://docs.fast.ai/learner.html#learner.export
     * @throws {TorchError} naming what cannot be written, such as a function without a name, and where it is
     */
    export(fname?: PathLike): Path;
  }
}

const FORMAT = 'fastai.Learner';
const VERSION = 1;

/** What of a Learner is written as it is. */
const fields = [
  ...(['model', 'loss_func', 'opt_func', 'lr', 'splitter', 'metrics', 'path', 'model_dir'] as const),
  ...(['wd', 'wd_bn_bias', 'train_bn', 'moms'] as const),
];

/** The data without their items; those that are no DataLoaders leave only what the Learner asks them. */
function emptied(dls: LearnerData): LearnerData {
  if (dls instanceof DataLoaders) return dls.new_empty();
  const { n_inp, path = null, device = null } = dls;
  return { train: [], valid: null, path, device, ...(n_inp === undefined ? {} : { n_inp }) };
}

LearnerClass.prototype.export = function (fname = 'export.pkl') {
  const path = Path(this.path, fname);
  const own = this.cbs.filter((cb) => !isLibraryCallback(cb));
  const state = Object.fromEntries(fields.map((name) => [name, this[name]]));
  const graph = writeGraph({ ...state, cbs: [...own], dls: emptied(this.dls) });
  fs.mkdirSync(String(path.parent), { recursive: true });
  save({ format: FORMAT, version: VERSION, objects: graph }, String(path));
  return path;
};

export interface LoadLearnerOptions {
  /** Functions and classes of your own that the Learner has, by their names: `{ classes: { MyNet, my_loss } }`. */
  classes?: Readonly<Record<string, unknown>>;
  /** Whether everything goes to the CPU (default: true); otherwise it goes where it was. */
  cpu?: boolean;
}

/**
 * The Learner that `learn.export` wrote.
 *
 * Names in the file are looked up among torch, torchvision, fastai and `classes`. Nothing in it is executed: a file of
 * a stranger can hold a useless model, but no program.
 *
 * https://docs.fast.ai/learner.html#load_learner
 * @param fname the file
 * @throws {TorchError} naming the file, and what is wrong with it or which names it needs
 */
export function load_learner(fname: PathLike, options: LoadLearnerOptions = {}): Learner {
  checkOptions('load_learner', options, ['classes', 'cpu']);
  const { classes = {}, cpu = true } = options;
  if (typeof classes !== 'object' || classes === null)
    throw new ArgumentError(
      'load_learner(): classes must be an object: { classes: { MyNet } }',
      'load_learner',
    );
  const read: unknown = load(String(fname), cpu ? { map_location: 'cpu' } : {});
  // Loaders draw a number when they are made; loading is not a draw.
  const drawn = random.getstate();
  try {
    const { format, version, objects } = (read ?? {}) as Record<string, unknown>;
    if (format !== FORMAT) throw new BadGraph('it is no exported Learner');
    if (version !== VERSION)
      throw new BadGraph(`it is of version ${String(version)}, and this program reads version ${VERSION}`);
    return learnerOf(readGraph(objects, { classes, device: cpu ? device('cpu') : null }));
  } catch (error) {
    // A constructor may refuse what a damaged file gives it.
    const reason = `load_learner(): ${String(fname)}: ${(error as Error).message}`;
    throw Object.assign(new TorchError(reason, 'load_learner'), { cause: error });
  } finally {
    random.setstate(drawn);
  }
}

function learnerOf(root: unknown): Learner {
  const { dls, model, cbs, opt_func, splitter, loss_func, ...rest } = (root ?? {}) as Record<string, unknown>;
  for (const [name, value] of Object.entries({ model, loss_func, opt_func, splitter }))
    if (typeof value !== 'function') throw new BadGraph(`its ${name} is a ${typeof value}`);
  const data = dls as LearnerData | null;
  if (typeof data !== 'object' || data === null || !Array.isArray(cbs))
    throw new BadGraph('it has no data or no callbacks');
  const options = { opt_func, splitter, loss_func, ...rest, cbs: cbs as Callback[] } as LearnerOptions;
  return Learner(data, model as AnyModule, options);
}
