/** Learners for pictures: https://docs.fast.ai/vision.learner.html */
import type { Pipeline } from '../../fastcore/pipeline.js';
import { namedArguments } from '../../torch/arguments.js';
import { ValueError, type nn } from '../../torch/index.js';
import { warn } from '../../torch/nn/functional/arguments.js';
import { get_c } from '../data/categories.js';
import { Normalize } from '../data/normalize.js';
import type { DataLoaders } from '../data/core.js';
import { Learner, type LearnerOptions } from '../learner.js';
import { default_meta, model_meta, type Arch, type ModelMeta } from './meta.js';
import { create_vision_model, modelOptions, type VisionModelOptions } from './model.js';

export { create_body, cut_model, has_pool_type, type Cut } from './body.js';
export { add_head, create_head, type AddHeadOptions, type HeadOptions } from './head.js';
export { create_vision_model, type VisionModelOptions } from './model.js';
export { default_split, model_meta, type Arch, type ModelMeta, type ParameterSplitter } from './meta.js';

/** Pictures get the mean and deviation of those that the weights were trained on, unless they are normalized already. */
function addNormalize(dls: DataLoaders, meta: ModelMeta, n_in: number): void {
  if (meta.stats === undefined || meta.stats[0].length !== n_in) return;
  const { fs } = dls.after_batch as Pipeline;
  if (!fs.some((tfm) => tfm instanceof Normalize))
    dls.add_tfms([Normalize.from_stats(...meta.stats)], 'after_batch');
}

export interface VisionLearnerOptions extends VisionModelOptions, LearnerOptions {
  /** Whether pictures are normalized as those of the trained weights; default: true. */
  normalize?: boolean;
  /** Number of classes; default: what the data say. */
  n_out?: number | null;
}
const learnerOptions = [
  ...['loss_func', 'opt_func', 'lr', 'splitter', 'cbs', 'metrics', 'path', 'model_dir', 'wd', 'wd_bn_bias'],
  ...['train_bn', 'moms', 'default_cbs'],
];

/**
 * A Learner of `create_vision_model`, with the parameter groups of the architecture. With trained weights all groups
 * but the head's are frozen, and pictures are normalized as those the weights were trained on.
 *
 * [fastai docs](https://docs.fast.ai/vision.learner.html#vision_learner)
 * @throws {ValueError} the number of classes is not known, or the weights are not on this machine
 */
export function vision_learner(dls: DataLoaders, arch: Arch, options: VisionLearnerOptions = {}): Learner {
  const names = [...modelOptions, ...learnerOptions, 'normalize', 'n_out'];
  const given = namedArguments('vision_learner', names, [options], 0) as VisionLearnerOptions;
  const n_out = given.n_out ?? get_c(dls);
  if (!n_out)
    throw new ValueError(
      'vision_learner(): the data do not say how many classes there are; give n_out',
      'vision_learner',
    );
  const meta = model_meta.get(arch) ?? default_meta;
  const pick = (wanted: readonly string[]) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => wanted.includes(name)));
  const { pretrained = true, normalize = true, n_in = 3 } = given;
  if (normalize && pretrained) addNormalize(dls, meta, n_in);
  const model = create_vision_model(arch, n_out, pick(modelOptions));
  const learn = Learner(dls, model, { splitter: meta.split, ...pick(learnerOptions) });
  if (pretrained) learn.freeze();
  return learn;
}

/** The old name of `vision_learner`. */
export function cnn_learner(dls: DataLoaders, arch: Arch, options: VisionLearnerOptions = {}): Learner {
  warn('`cnn_learner` has been renamed to `vision_learner` -- please update your code');
  return vision_learner(dls, arch, options);
}
/** The old name of `create_vision_model`. */
export function create_cnn_model(arch: Arch, n_out: number, options: VisionModelOptions = {}): nn.Sequential {
  warn('`create_cnn_model` has been renamed to `create_vision_model` -- please update your code');
  return create_vision_model(arch, n_out, options);
}
