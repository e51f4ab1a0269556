/** What is known of an architecture: where to cut it, how to group its parameters, what its weights were trained on. */
import { L } from '../../fastcore/index.js';
import type { nn } from '../../torch/index.js';
import { models } from '../../torchvision/index.js';
import { params } from '../torch_core.js';
import type { Cut } from './body.js';
import { imagenet_stats, type Stats } from './core.js';

/** Makes a network: `weights` for those of torchvision, `pretrained` for one's own. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each architecture has its own options
export type Arch = (options?: any) => nn.AnyModule;
/** Groups of parameters, from the layers near the pictures to those near the result. */
export type ParameterSplitter = (model: nn.AnyModule) => L<nn.Parameter[]>;

export interface ModelMeta {
  cut: Cut | null;
  split: ParameterSplitter;
  /** Of the pictures the weights were trained on. */
  stats?: Stats;
  /** What `weights` is when it is not given. */
  weights?: string;
}

/** Body and head. */
export const default_split: ParameterSplitter = (m) => {
  const model = m as nn.Sequential;
  return L<nn.Parameter[]>([params(model[0]!), params(model.at('1:'))]);
};
/** The stem and the first two stages, the other stages, the head. */
export const resnet_split: ParameterSplitter = (m) => {
  const model = m as nn.Sequential;
  const body = model[0] as nn.Sequential;
  return L<nn.Parameter[]>([params(body.at(':6')), params(body.at('6:')), params(model.at('1:'))]);
};

const resnet: ModelMeta = { cut: -2, split: resnet_split, stats: imagenet_stats, weights: 'DEFAULT' };

export const default_meta: ModelMeta = { cut: null, split: default_split };
/** By architecture. Others are cut at their last pooling layer and have two groups. */
export const model_meta = new Map<Arch, ModelMeta>(
  [models.resnet18, models.resnet34, models.resnet50, models.resnet101, models.resnet152].map((arch) => [
    arch,
    resnet,
  ]),
);
