/** Networks for pictures, from an architecture's body and a head of fastai's: https://docs.fast.ai/vision.learner.html */
import { namedArguments } from '../../torch/arguments.js';
import { nn } from '../../torch/index.js';
import { warn } from '../../torch/nn/functional/arguments.js';
import { num_features_model } from '../callback/hook.js';
import { create_body, type Cut } from './body.js';
import { add_head, headOptions, type AddHeadOptions, type HeadOptions } from './head.js';
import { default_meta, model_meta, type Arch, type ModelMeta } from './meta.js';

export interface VisionModelOptions extends HeadOptions {
  /** Whether to begin with trained weights; default: true. */
  pretrained?: boolean;
  /** Which: a name of torchvision's, the path of a `.pth` file, or a state dict. Default: those of the architecture. */
  weights?: string | Readonly<Record<string, unknown>> | null;
  /** Where the body ends; default: what is known of the architecture, or its last pooling layer. */
  cut?: Cut | null;
  /** Channels of the pictures; default: 3. */
  n_in?: number;
  init?: AddHeadOptions['init'];
  /** A head of one's own; default: null. */
  custom_head?: nn.AnyModule | null;
}
export const modelOptions = ['pretrained', 'weights', 'cut', 'n_in', 'init', 'custom_head', ...headOptions];

function makeModel(
  arch: Arch,
  meta: ModelMeta,
  { pretrained = true, weights = null }: VisionModelOptions,
): nn.AnyModule {
  const isNamed = meta.weights !== undefined;
  if (weights !== null && typeof weights === 'object') {
    const model = isNamed ? arch() : arch({ pretrained: false });
    model.load_state_dict(weights);
    return model;
  }
  if (weights !== null && !pretrained)
    warn(
      `pretrained is false, but weights are given: they are loaded. Leave weights out to begin from scratch`,
    );
  if (isNamed) return arch({ weights: weights ?? (pretrained ? meta.weights : null) });
  return arch(weights === null ? { pretrained } : { pretrained, weights });
}

/**
 * A network of the body of `arch` and a head for `n_out` classes.
 * [fastai docs](https://docs.fast.ai/vision.learner.html#create_vision_model)
 * @throws {ValueError} the weights are not on this machine, with what to put where
 */
export function create_vision_model(
  arch: Arch,
  n_out: number,
  options: VisionModelOptions = {},
): nn.Sequential {
  const given = namedArguments('create_vision_model', modelOptions, [options], 0) as VisionModelOptions;
  const { pretrained = true, cut = null, n_in = 3, custom_head = null, init, weights, ...head } = given;
  const meta = model_meta.get(arch) ?? default_meta;
  const model = makeModel(arch, meta, given);
  const isTrained = pretrained || (weights !== undefined && weights !== null);
  const body = create_body(model, { n_in, pretrained: isTrained, cut: cut ?? meta.cut });
  const nf = custom_head === null ? num_features_model(nn.Sequential(...body.children())) : null;
  return add_head(body, nf, n_out, { ...head, head: custom_head, ...(init === undefined ? {} : { init }) });
}
