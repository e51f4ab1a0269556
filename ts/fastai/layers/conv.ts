/** Convolutions with what goes with them: https://docs.fast.ai/layers.html#convolutions */
import { namedArguments } from '../../torch/arguments.js';
import { callable, nn, no_grad, type Tensor } from '../../torch/index.js';
import { icnr_init, init_linear, trunc_normal_, type Init } from './init.js';
import { BatchNorm, InstanceNorm, NormType } from './norm.js';
import { byDimensions, PoolFlatten } from './pool.js';

/** Makes an activation: nn.ReLU, or a function that returns a module. */
export type Activation = (() => nn.Module) | ((...args: never[]) => nn.Module);
/** What can be set for all layers: `defaults.activation` is nn.ReLU at first. */
export const defaults: { activation: Activation } = { activation: nn.ReLU };
export function makeActivation(type: Activation, options: object = {}): nn.Module {
  return (type as (options: object) => nn.Module)(options);
}

export interface ConvLayerOptions {
  /** Kernel size, default: 3. */
  ks?: number;
  stride?: number;
  /** Default: `(ks - 1) / 2`, 0 for transposed convolutions. */
  padding?: number | null;
  /** Default: only where there is no batch or instance norm. */
  bias?: boolean | null;
  /** 1, 2 (default) or 3. */
  ndim?: number;
  /** Default: NormType.Batch; null for none. */
  norm_type?: NormType | null;
  /** The norm before the activation (default: true) or after it. */
  bn_1st?: boolean;
  /** Default: `defaults.activation`; null for none. */
  act_cls?: Activation | null;
  transpose?: boolean;
  init?: Init | 'auto' | null;
  /** One more layer at the end. */
  xtra?: nn.Module | null;
  bias_std?: number | null;
  groups?: number;
  dilation?: number;
  padding_mode?: 'zeros' | 'reflect' | 'replicate' | 'circular';
}
const names = [
  ...[
    'ks',
    'stride',
    'padding',
    'bias',
    'ndim',
    'norm_type',
    'bn_1st',
    'act_cls',
    'transpose',
    'init',
    'xtra',
  ],
  ...['bias_std', 'groups', 'dilation', 'padding_mode'],
];

type AnyConv = (ni: number, nf: number, ks: number, options: object) => nn.Module;
const convolutions = [nn.Conv1d, nn.Conv2d, nn.Conv3d] as unknown as [AnyConv, AnyConv, AnyConv];
const transposed = [
  nn.ConvTranspose1d,
  nn.ConvTranspose2d,
  nn.ConvTranspose3d,
] as unknown as typeof convolutions;

class ConvLayerClass extends nn.Sequential {
  /**
   * A convolution from `ni` to `nf` channels with norm and activation:
   * `ConvLayer(16, 32, {stride: 2})`; `ks` and `stride` may be given by position.
   * https://docs.fast.ai/layers.html#convlayer
   * @throws {ArgumentError} an unknown option, `ndim` other than 1, 2 or 3
   */
  constructor(
    ni: number,
    nf: number,
    ...args: [options?: ConvLayerOptions] | [ks: number, ...rest: (number | ConvLayerOptions)[]]
  ) {
    const given = namedArguments('ConvLayer', names, args, 2) as ConvLayerOptions;
    const {
      ks = 3,
      stride = 1,
      ndim = 2,
      bn_1st = true,
      transpose = false,
      init = 'auto',
      xtra = null,
    } = given;
    const { norm_type = NormType.Batch, act_cls = defaults.activation, bias_std = 0.01 } = given;
    const batch = norm_type === NormType.Batch || norm_type === NormType.BatchZero;
    const instance = norm_type === NormType.Instance || norm_type === NormType.InstanceZero;
    const more = (['groups', 'dilation', 'padding_mode'] as const).filter(
      (name) => given[name] !== undefined,
    );
    let conv = byDimensions('ConvLayer', ndim, transpose ? transposed : convolutions)(ni, nf, ks, {
      bias: given.bias ?? !(batch || instance),
      stride,
      padding: given.padding ?? (transpose ? 0 : Math.floor((ks - 1) / 2)),
      ...Object.fromEntries(more.map((name) => [name, given[name]])),
    });
    const act = act_cls === null ? null : makeActivation(act_cls);
    init_linear(conv, { act_func: act, init, bias_std });
    if (norm_type === NormType.Weight) conv = nn.utils.weight_norm(conv);
    else if (norm_type === NormType.Spectral) conv = nn.utils.spectral_norm(conv);
    const after: nn.Module[] = act === null ? [] : [act];
    if (batch) after.push(BatchNorm(nf, { norm_type, ndim }));
    if (instance) after.push(InstanceNorm(nf, { norm_type, ndim }));
    if (bn_1st) after.reverse();
    super(conv, ...after, ...(xtra === null ? [] : [xtra]));
  }
}
export const ConvLayer = callable(ConvLayerClass);
export type ConvLayer = ConvLayerClass;

export interface PixelShuffleOptions {
  /** Default: as many as come in. */
  nf?: number | null;
  scale?: number;
  /** Softens what is left of a checkerboard; default: false. */
  blur?: boolean;
  /** Default: NormType.Weight. */
  norm_type?: NormType | null;
  act_cls?: Activation | null;
}

class PixelShuffle_ICNRClass extends nn.Sequential {
  /**
   * [N, ni, H, W] to [N, nf, scale · H, scale · W]: a convolution and a pixel shuffle, initialized so that all pixels
   * of a square start equal. https://docs.fast.ai/layers.html#pixelshuffle_icnr
   */
  constructor(ni: number, options: PixelShuffleOptions = {}) {
    const { scale = 2, blur = false, norm_type = NormType.Weight, act_cls = defaults.activation } = options;
    const nf = options.nf ?? ni;
    const conv = ConvLayer(ni, nf * scale ** 2, { ks: 1, norm_type, act_cls, bias_std: 0 });
    const parts = conv[0] as unknown as Partial<
      Record<'weight' | 'weight_v' | 'weight_g' | 'weight_orig', Tensor>
    >;
    no_grad(() => {
      const direction = parts.weight_orig ?? parts.weight_v ?? parts.weight!;
      direction.copy_(icnr_init(direction, scale));
      parts.weight_g?.copy_(direction.pow(2).sum([1, 2, 3], { keepdim: true }).sqrt());
    });
    const soft = blur ? [nn.ReplicationPad2d([1, 0, 1, 0]), nn.AvgPool2d(2, { stride: 1 })] : [];
    super(conv, nn.PixelShuffle(scale), ...soft);
  }
}
export const PixelShuffle_ICNR = callable(PixelShuffle_ICNRClass);
export type PixelShuffle_ICNR = PixelShuffle_ICNRClass;

class SimpleCNNClass extends nn.Sequential {
  /**
   * Convolutions from `filters[0]` channels to the last, then pooling and flattening: [N, C, H, W] to [N, last].
   * Kernels are 3 and strides 2 unless given; BatchNorm after all but the last layer unless `bn` is false.
   */
  constructor(
    filters: readonly number[],
    options: { kernel_szs?: readonly number[]; strides?: readonly number[]; bn?: boolean } = {},
  ) {
    const count = filters.length - 1;
    const { kernel_szs, strides, bn = true } = options;
    const layers: nn.Module[] = Array.from({ length: count }, (_, i) =>
      ConvLayer(filters[i]!, filters[i + 1]!, {
        ks: kernel_szs?.[i] ?? 3,
        stride: strides?.[i] ?? 2,
        norm_type: bn && i < count - 1 ? NormType.Batch : null,
      }),
    );
    super(...layers, PoolFlatten());
  }
}
export const SimpleCNN = callable(SimpleCNNClass);
export type SimpleCNN = SimpleCNNClass;

class EmbeddingClass extends nn.Embedding {
  /** nn.Embedding of `ni` rows of `nf` numbers, drawn from a truncated normal distribution of deviation `std` (0.01). */
  constructor(ni: number, nf: number, std: number | { std?: number } = 0.01) {
    super(ni, nf);
    trunc_normal_(this.weight, 0, typeof std === 'object' ? (std.std ?? 0.01) : std);
  }
}
export const Embedding = callable(EmbeddingClass);
export type Embedding = EmbeddingClass;
