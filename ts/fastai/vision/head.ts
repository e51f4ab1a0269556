/** The part of a network that turns features into classes: https://docs.fast.ai/vision.learner.html#head-and-model */
import { checkOptions } from '../../torch/arguments.js';
import { nn, ValueError, type Tensor } from '../../torch/index.js';
import { AdaptiveConcatPool2d, Flatten, LinBnDrop, SigmoidRange } from '../layers.js';
import { apply_init } from '../torch_core.js';

export interface HeadOptions {
  /** Sizes of the layers in between; default: [512]. */
  lin_ftrs?: readonly number[] | null;
  /** Dropout of each layer; one number is that of the last, and half of it that of the others. Default: 0.5. */
  ps?: number | readonly number[];
  /** Whether it begins with pooling; default: true. */
  pool?: boolean;
  /** Whether pooling gives maxima and means, not means alone; default: true. */
  concat_pool?: boolean;
  /** Whether the first layer has a BatchNorm; default: true. */
  first_bn?: boolean;
  /** A BatchNorm at the end; default: false. */
  bn_final?: boolean;
  /** Linear layers before their BatchNorm and dropout; default: false. */
  lin_first?: boolean;
  /** Squeezes the result between these; default: null. */
  y_range?: readonly [number, number] | null;
}
export const headOptions = [
  ...['lin_ftrs', 'ps', 'pool', 'concat_pool', 'first_bn', 'bn_final', 'lin_first', 'y_range'],
];

/** Features (N, nf, H, W) to (N, n_out). [fastai docs](https://docs.fast.ai/vision.learner.html#create_head) */
export function create_head(nf: number, n_out: number, options: HeadOptions = {}): nn.Sequential {
  checkOptions('create_head', options, headOptions);
  const { pool = true, concat_pool = true, first_bn = true, bn_final = false, lin_first = false } = options;
  const sizes = [pool && concat_pool ? nf * 2 : nf, ...(options.lin_ftrs ?? [512]), n_out];
  const steps = sizes.length - 1;
  const given = [options.ps ?? 0.5].flat();
  const ps = given.length === 1 ? [...Array<number>(steps - 1).fill(given[0]! / 2), given[0]!] : given;
  if (ps.length !== steps)
    throw new ValueError(`create_head(): ${ps.length} dropouts for ${steps} layers`, 'create_head');
  const layers: nn.AnyModule[] = [];
  if (pool) layers.push(concat_pool ? AdaptiveConcatPool2d() : nn.AdaptiveAvgPool2d(1), Flatten());
  if (lin_first) layers.push(nn.Dropout({ p: ps[0]! }));
  // With lin_first the first dropout stands in front, and a plain Linear, below, is the last layer.
  const dropouts = lin_first ? ps.slice(1) : ps;
  for (const [i, p] of dropouts.entries()) {
    const act = i < steps - 1 ? nn.ReLU({ inplace: true }) : null;
    const bn = i === 0 ? first_bn : true;
    layers.push(...LinBnDrop(sizes[i]!, sizes[i + 1]!, { bn, p, act, lin_first }).children());
  }
  if (lin_first) layers.push(nn.Linear(sizes[steps - 1]!, n_out));
  if (bn_final) layers.push(nn.BatchNorm1d(n_out, { momentum: 0.01 }));
  if (options.y_range) layers.push(SigmoidRange(...options.y_range));
  return nn.Sequential(...layers);
}

export interface AddHeadOptions extends HeadOptions {
  /** Fills the weights of the head; null leaves them as layers come. Default: nn.init.kaiming_normal_. */
  init?: ((weight: Tensor) => unknown) | null;
  /** A head of one's own; default: null, `create_head`. */
  head?: nn.AnyModule | null;
}

/** Body and head, the head's weights filled by `init`. [fastai docs](https://docs.fast.ai/vision.learner.html#add_head) */
export function add_head(
  body: nn.AnyModule,
  nf: number | null,
  n_out: number,
  options: AddHeadOptions = {},
): nn.Sequential {
  checkOptions('add_head', options, [...headOptions, 'init', 'head']);
  const { init = nn.init.kaiming_normal_, head = null, ...rest } = options;
  const model = nn.Sequential(body, head ?? create_head(nf!, n_out, rest));
  if (init !== null) apply_init(model[1]!, (weight) => init(weight));
  return model;
}
