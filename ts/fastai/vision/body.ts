/** The part of a network that turns pictures into features: https://docs.fast.ai/vision.learner.html#cut-a-pretrained-model */
import { checkOptions } from '../../torch/arguments.js';
import { ArgumentError, nn, no_grad, tidy, ValueError, type Tensor } from '../../torch/index.js';

/** The first so many children of a network (from the end when negative), or what a function makes of it. */
export type Cut = number | ((model: nn.AnyModule) => nn.AnyModule);

const isPool = (m: nn.AnyModule): boolean => /Pool[123]d$/.test(m.constructor.name);

/** Whether `m` is a pooling layer or has one in it. */
export function has_pool_type(m: nn.AnyModule): boolean {
  return isPool(m) || m.children().some(has_pool_type);
}

/** The layer of the first parameter, the module that holds it, and the name it has there. */
function firstLayer(model: nn.AnyModule): [layer: nn.AnyModule, parent: nn.AnyModule | null, name: string] {
  const [name] = model.named_parameters()[0] ?? [];
  if (name === undefined) throw new ValueError('create_body(): the model has no parameters', 'create_body');
  let [layer, parent, last]: [nn.AnyModule, nn.AnyModule | null, string] = [model, null, ''];
  for (const part of name.split('.').slice(0, -1)) {
    parent = layer;
    layer = new Map(layer.named_children()).get(part)!;
    last = part;
  }
  return [layer, parent, last];
}

/** Weights of another number of input channels: the sum for one, 1.5 times two of three, zeros for more than three. */
function adapt(weight: Tensor, wanted: Tensor): void {
  tidy(() =>
    no_grad(() => {
      const n_in = wanted.size(1);
      if (n_in === 1) wanted.copy_(weight.sum(1, { keepdim: true }));
      else if (n_in === 2) wanted.copy_(weight.narrow(1, 0, 2).mul(1.5));
      else {
        wanted.zero_();
        wanted.narrow(1, 0, 3).copy_(weight);
      }
    }),
  );
}

/** Replaces the first convolution when pictures have not three channels. */
function updateFirstLayer(model: nn.AnyModule, n_in: number, pretrained: boolean): void {
  if (n_in === 3) return;
  const op = 'create_body';
  const [first, parent, name] = firstLayer(model);
  if (!(first instanceof nn.Conv2d))
    throw new ValueError(`${op}(): n_in can only change a Conv2d, found ${first.constructor.name}`, op);
  if (first.in_channels !== 3)
    throw new ValueError(`${op}(): the first layer has ${first.in_channels} channels, 3 were expected`, op);
  const { out_channels, kernel_size, stride, padding, dilation, groups, padding_mode } = first;
  const bias = first.bias !== null;
  const options = { stride, padding, dilation, groups, bias, padding_mode } as object;
  const layer = new nn.Conv2d(n_in, out_channels, kernel_size, options);
  if (pretrained) adapt(first.weight, layer.weight);
  if (parent !== null) parent.add_module(name, layer);
}

/** @throws {ArgumentError} `cut` is neither a number nor a function */
export function cut_model(model: nn.AnyModule, cut: Cut): nn.AnyModule {
  if (typeof cut === 'number') return nn.Sequential(...model.children().slice(0, cut));
  if (typeof cut === 'function') return cut(model);
  throw new ArgumentError('cut must be either integer or a function', 'cut_model');
}

/**
 * The body of a network: what comes before its last pooling layer, or as `cut` says.
 * @param options `n_in`: channels of the pictures (default: 3); `pretrained`: whether the weights of the first layer
 *   are worth keeping when `n_in` is not 3 (default: true); `cut` (default: null)
 *
 * [fastai docs](https://docs.fast.ai/vision.learner.html#create_body)
 * @throws {ValueError} there is nothing to cut at, or no first convolution to change
 */
export function create_body(
  model: nn.AnyModule,
  options: { n_in?: number; pretrained?: boolean; cut?: Cut | null } = {},
): nn.AnyModule {
  checkOptions('create_body', options, ['n_in', 'pretrained', 'cut']);
  updateFirstLayer(model, options.n_in ?? 3, options.pretrained ?? true);
  let cut = options.cut ?? null;
  if (cut === null) {
    cut = model.children().findLastIndex(has_pool_type);
    if (cut < 0) throw new ValueError('create_body(): no pooling layer to cut at; give cut', 'create_body');
  }
  return cut_model(model, cut);
}
