/** The residual block of fastai's own resnets: https://docs.fast.ai/layers.html#resblock */
import { callable, nn, type Tensor } from '../../torch/index.js';
import { SimpleSelfAttention } from './attention.js';
import { ConvLayer, defaults, makeActivation, type Activation, type ConvLayerOptions } from './conv.js';
import { NormType } from './norm.js';
import { AvgPool, type PoolOptions } from './pool.js';
import { ProdLayer, SequentialEx } from './sequential.js';

/** Squeeze and excitation: each channel is weighted by what all of them look like. */
export function SEModule(
  ch: number,
  reduction: number,
  { act_cls = defaults.activation }: { act_cls?: Activation } = {},
): SequentialEx {
  const nf = Math.ceil(Math.floor(ch / reduction) / 8) * 8;
  return SequentialEx(
    nn.AdaptiveAvgPool2d(1),
    ConvLayer(ch, nf, { ks: 1, norm_type: null, act_cls }),
    ConvLayer(nf, ch, { ks: 1, norm_type: null, act_cls: nn.Sigmoid }),
    ProdLayer(),
  );
}

export interface ResBlockOptions extends Omit<ConvLayerOptions, 'act_cls'> {
  act_cls?: Activation;
  /** The reduction of a squeeze-and-excitation module; default: none. */
  reduction?: number | null;
  /** Channels inside; default: as many as `nf`. */
  nh1?: number | null;
  nh2?: number | null;
  /** Depthwise convolution; default: false. */
  dw?: boolean;
  /** Groups of the last convolution. */
  g2?: number;
  /** SimpleSelfAttention at the end of the path; default: false. */
  sa?: boolean;
  sym?: boolean;
  /** What halves the shortcut; default: AvgPool. */
  pool?: (ks: number, options: PoolOptions) => nn.Module;
  /** Pool before the shortcut's convolution; default: true. */
  pool_first?: boolean;
}

class ResBlockClass extends nn.Module {
  declare convpath: nn.Sequential;
  declare idpath: nn.Sequential;
  declare act: nn.AnyModule;

  /**
   * A residual block, or for an `expansion` of more than 1 a bottleneck: [N, ni · expansion, H, W] to
   * [N, nf · expansion, H / stride, W / stride].
   * @throws {ArgumentError} an option that neither it nor ConvLayer knows
   */
  constructor(expansion: number, ni: number, nf: number, options: ResBlockOptions = {}) {
    super();
    const {
      stride = 1,
      groups = 1,
      reduction = null,
      dw = false,
      g2 = 1,
      ks = 3,
      ndim = 2,
      ...others
    } = options;
    const { nh1, nh2, pool = AvgPool, pool_first = true, act_cls = defaults.activation, ...rest } = others;
    const { norm_type = NormType.Batch, sa = false, sym = false, ...conv } = rest;
    const second = nh2 ?? nf;
    const first = nh1 ?? second;
    const [from, to] = [ni * expansion, nf * expansion];
    const inner = { norm_type, act_cls, ndim, ...conv };
    const last = { norm_type: zeroed(norm_type), act_cls: null, ndim, ...conv };
    const path =
      expansion === 1
        ? [
            ConvLayer(from, second, { ks, stride, groups: dw ? from : groups, ...inner }),
            ConvLayer(second, to, { ks, groups: g2, ...last }),
          ]
        : [
            ConvLayer(from, first, { ks: 1, ...inner }),
            ConvLayer(first, second, { ks, stride, groups: dw ? first : groups, ...inner }),
            ConvLayer(second, to, { ks: 1, groups: g2, ...last }),
          ];
    const excitation = reduction ? [SEModule(to, reduction, { act_cls })] : [];
    const attention = sa ? [SimpleSelfAttention(to, 1, sym)] : [];
    this.convpath = nn.Sequential(...path, ...excitation, ...attention);
    const shortcut: nn.Module[] =
      from === to ? [] : [ConvLayer(from, to, { ks: 1, act_cls: null, ndim, ...conv })];
    if (stride !== 1) shortcut.splice(pool_first ? 0 : 1, 0, pool(stride, { ndim, ceil_mode: true }));
    this.idpath = nn.Sequential(...shortcut);
    const inplace = act_cls === defaults.activation ? { inplace: true } : {};
    this.act = makeActivation(act_cls, inplace) as nn.AnyModule;
  }
  forward(x: Tensor): Tensor {
    const main = this.convpath(x) as Tensor;
    return this.act(main.add(this.idpath(x) as Tensor)) as Tensor;
  }
}

/** The norm at the end of a residual branch starts at 0. */
function zeroed(norm_type: NormType | null): NormType | null {
  if (norm_type === NormType.Batch) return NormType.BatchZero;
  return norm_type === NormType.Instance ? NormType.InstanceZero : norm_type;
}

export const ResBlock = callable(ResBlockClass);
export type ResBlock = ResBlockClass;

export type BlockOptions = Omit<ResBlockOptions, 'nh1' | 'nh2' | 'dw'>;

/** A residual block with squeeze and excitation (`reduction` default: 16). */
export function SEBlock(expansion: number, ni: number, nf: number, options: BlockOptions = {}): ResBlock {
  return ResBlock(expansion, ni, nf, { reduction: 16, ...options, nh1: nf * 2, nh2: nf * expansion });
}
/** The same with convolutions in `groups` (default: 32), `base_width` (default: 4) channels each at 64 filters. */
export function SEResNeXtBlock(
  expansion: number,
  ni: number,
  nf: number,
  { base_width = 4, groups = 32, ...options }: BlockOptions & { base_width?: number } = {},
): ResBlock {
  const nh2 = Math.floor(nf * (base_width / 64)) * groups;
  return ResBlock(expansion, ni, nf, { reduction: 16, ...options, groups, nh2 });
}
/** The same with a convolution for each channel. */
export function SeparableBlock(
  expansion: number,
  ni: number,
  nf: number,
  { base_width: _unused, ...options }: BlockOptions & { base_width?: number } = {},
): ResBlock {
  return ResBlock(expansion, ni, nf, { reduction: 16, ...options, nh2: nf * 2, dw: true });
}
