/** Functions and classes by name, for files that cannot hold them. */
import * as fastcore from '../../fastcore/index.js';
import * as torch from '../../torch/index.js';
import * as serialization from '../../torch/serialization/index.js';
import { models, transforms } from '../../torchvision/index.js';
import * as activationStats from '../callback/activation_stats.js';
import * as callbacks from '../callback/core.js';
import * as fp16 from '../callback/fp16.js';
import * as gather from '../callback/gather.js';
import * as hook from '../callback/hook.js';
import * as lrFinder from '../callback/lr_finder.js';
import * as mixup from '../callback/mixup.js';
import * as progress from '../callback/progress.js';
import * as schedule from '../callback/schedule.js';
import * as tensorboard from '../callback/tensorboard.js';
import * as tracker from '../callback/tracker.js';
import * as training from '../callback/training.js';
import * as core from '../data/core.js';
import * as columns from '../data/columns.js';
import * as load from '../data/load.js';
import * as dataTransforms from '../data/transforms.js';
import * as layers from '../layers.js';
import * as cast from '../learner/cast.js';
import * as metric from '../learner/metric.js';
import * as recorder from '../learner/recorder.js';
import * as losses from '../losses.js';
import * as metrics from '../metrics.js';
import * as confusion from '../metrics/confusion.js';
import * as ranking from '../metrics/ranking.js';
import * as optimizer from '../optimizer/index.js';
import * as tensorTypes from '../tensor_types.js';
import * as torchCore from '../torch_core.js';
import * as augment from '../vision/augment.js';
import { withOptions } from '../vision/augment/affine.js';
import * as lighting from '../vision/augment/lighting.js';
import { WarpCoord } from '../vision/augment/warp.js';
import * as visionCore from '../vision/core.js';
import * as visionData from '../vision/data.js';
import * as meta from '../vision/meta.js';
import * as openPicture from '../vision/open_picture.js';

/** What has a name in a file: a function or a class. */
export type Named = (...args: never[]) => unknown;

// A file that somebody else made may name anything in here: nothing that writes files, fetches or runs text.
const refused = new Set([...Object.keys(serialization), 'from_file', 'py']);
const { nn } = torch;
const modules: readonly (readonly [prefix: string, names: object])[] = [
  ['torch.nn', nn],
  ['torch.nn.functional', nn.functional],
  ['torch.nn.init', nn.init],
  ['torch', torch],
  ['torch.optim', torch.optim],
  ['torchvision.models', models],
  ['torchvision.transforms', transforms],
  ['fastcore', fastcore],
  ['fastai.torch_core', torchCore],
  ['fastai.torch_core', tensorTypes],
  ['fastai.layers', layers],
  ['fastai.losses', losses],
  ['fastai.metrics', metrics],
  ['fastai.metrics', confusion],
  ['fastai.metrics', ranking],
  ['fastai.optimizer', optimizer],
  ['fastai.learner', metric],
  ['fastai.callback.core', callbacks],
  ['fastai.data.core', core],
  ['fastai.data.load', load],
  ['fastai.data.transforms', dataTransforms],
  ['fastai.data.transforms', columns],
  ['fastai.vision.core', visionCore],
  ['fastai.vision.augment', augment],
  ['fastai.vision.augment', lighting],
  ['fastai.vision.augment', { withOptions, WarpCoord }],
  ['fastai.vision.data', visionData],
  ['fastai.vision.data', openPicture],
  ['fastai.vision.learner', meta],
  // As kinds of values, and for arrays of a class of their own.
  ['builtins', { Object, Array, Map, Set, Date, RegExp, Uint8Array, Float32Array }],
];

/** Functions that may be called to make a function again. */
const makers: ReadonlySet<unknown> = new Set([
  ...[columns.ColReader, columns.ItemGetter, columns.AttrGetter, dataTransforms.RegexLabeller],
  ...[visionData.onPath, visionData.onName, visionData.onPosix, withOptions, augment.DeterministicDraw],
]);
export function isMaker(value: unknown): boolean {
  return makers.has(value);
}

const { Callback, ...ofCore } = callbacks;
const libraryCallbacks: ReadonlySet<unknown> = new Set(
  [ofCore, activationStats, fp16, gather, hook, lrFinder, mixup, progress, schedule, tensorboard, tracker]
    .concat([training, recorder, cast] as never[])
    .flatMap((module) => Object.values(module) as unknown[]),
);
/** Whether a callback is one of the library's own classes; `Callback({...})` is the caller's. */
export function isLibraryCallback(cb: callbacks.Callback): boolean {
  return cb.constructor !== Callback && libraryCallbacks.has(cb.constructor);
}

let tables: { values: Map<string, Named>; names: Map<unknown, string> } | null = null;
function known(): NonNullable<typeof tables> {
  if (tables !== null) return tables;
  const values = new Map<string, Named>();
  const names = new Map<unknown, string>();
  for (const [prefix, module] of modules)
    for (const [name, value] of Object.entries(module)) {
      if (typeof value !== 'function' || (prefix === 'torch' && refused.has(name))) continue;
      const full = `${prefix}.${name}`;
      if (!values.has(full)) values.set(full, value as Named);
      if (!names.has(value)) names.set(value, full);
    }
  tables = { values, names };
  return tables;
}
/** The name of a function or class of the library, or undefined. */
export function libraryName(value: object): string | undefined {
  return known().names.get(value);
}
/** The function or class of the library with a name, or undefined. */
export function libraryValue(name: string): Named | undefined {
  return known().values.get(name);
}
