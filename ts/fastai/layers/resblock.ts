/** The residual block of fastai's own resnets: https://docs.fast.ai/layers.html#resblock */
import { callable, nn, type Tensor } from '../../torch/index.js';
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
    const { norm_type = NormType.Batch, ...conv } = rest;
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
    this.convpath = nn.Sequential(...path, ...excitation);
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
