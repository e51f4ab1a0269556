/** Self-attention for pictures. https://docs.fast.ai/layers.html#self-attention */
import { namedArguments } from '../../torch/arguments.js';
import { functional as F } from '../../torch/nn/index.js';
import { bmm, callable, nn, softmax, ValueError, zeros, type Tensor } from '../../torch/index.js';
import { ConvLayer } from './conv.js';
import { init_default } from './init.js';
import { NormType } from './norm.js';

/** A spectrally normed convolution of single pixels. */
const pixelwise = (from: number, to: number, ndim: number): ConvLayer =>
  ConvLayer(from, to, { ks: 1, ndim, norm_type: NormType.Spectral, act_cls: null, bias: false });

function checkChannels(layer: string, n_channels: number): void {
  if (!Number.isInteger(n_channels) || n_channels < 8)
    throw new ValueError(
      `${layer}(): n_channels is ${n_channels}; queries and keys have an eighth of them, so at least 8`,
      layer,
    );
}
/** Starts at 0, so that the layer starts as its input. */
const weightOfAttention = (): nn.Parameter => nn.Parameter(zeros([1]));

class SelfAttentionClass extends nn.Module {
  declare query: ConvLayer;
  declare key: ConvLayer;
  declare value: ConvLayer;
  declare gamma: nn.Parameter;

  /**
   * Each pixel with what it attends to of all others added, `gamma` times, 0 at first: [N, n_channels, ...] to the same
   * shape. https://docs.fast.ai/layers.html#selfattention
   * @throws {ValueError} fewer than 8 channels
   */
  constructor(n_channels: number) {
    super();
    checkChannels('SelfAttention', n_channels);
    this.query = pixelwise(n_channels, Math.floor(n_channels / 8), 1);
    this.key = pixelwise(n_channels, Math.floor(n_channels / 8), 1);
    this.value = pixelwise(n_channels, n_channels, 1);
    this.gamma = weightOfAttention();
  }
  forward(x: Tensor): Tensor {
    const flat = x.view(x.shape[0]!, x.shape[1]!, -1);
    const [query, key, value] = [this.query(flat), this.key(flat), this.value(flat)] as Tensor[];
    const attention = softmax(bmm(query!.transpose(1, 2), key!), 1);
    return this.gamma
      .mul(bmm(value!, attention))
      .add(flat)
      .view(...x.shape)
      .contiguous();
  }
}
export const SelfAttention = callable(SelfAttentionClass);
export type SelfAttention = SelfAttentionClass;

class PooledSelfAttention2dClass extends nn.Module {
  readonly n_channels: number;
  declare query: ConvLayer;
  declare key: ConvLayer;
  declare value: ConvLayer;
  declare out: ConvLayer;
  declare gamma: nn.Parameter;

  /**
   * Self-attention to the largest of each four pixels: [N, n_channels, H, W] to the same shape, H and W even.
   * https://docs.fast.ai/layers.html#pooledselfattention2d
   * @throws {ValueError} fewer than 8 channels
   */
  constructor(n_channels: number) {
    super();
    checkChannels('PooledSelfAttention2d', n_channels);
    this.n_channels = n_channels;
    const [eighth, half] = [Math.floor(n_channels / 8), Math.floor(n_channels / 2)];
    this.query = pixelwise(n_channels, eighth, 2);
    this.key = pixelwise(n_channels, eighth, 2);
    this.value = pixelwise(n_channels, half, 2);
    this.out = pixelwise(half, n_channels, 2);
    this.gamma = weightOfAttention();
  }
  forward(x: Tensor): Tensor {
    const [height, width] = [x.shape[2]!, x.shape[3]!];
    const flat = (t: Tensor) => t.flatten(2);
    const pooled = (t: Tensor) => flat(F.max_pool2d(t, 2));
    const query = flat(this.query(x) as Tensor);
    const [key, value] = [pooled(this.key(x) as Tensor), pooled(this.value(x) as Tensor)];
    const attention = softmax(bmm(query.transpose(1, 2), key), -1);
    const seen = bmm(value, attention.transpose(1, 2)).view(x.shape[0]!, -1, height, width);
    return this.gamma.mul(this.out(seen) as Tensor).add(x);
  }
}
export const PooledSelfAttention2d = callable(PooledSelfAttention2dClass);
export type PooledSelfAttention2d = PooledSelfAttention2dClass;

export interface SimpleSelfAttentionOptions {
  /** Default: 1. */
  ks?: number;
  /** Default: false. */
  sym?: boolean;
}

class SimpleSelfAttentionClass extends nn.Module {
  readonly sym: boolean;
  readonly n_in: number;
  declare conv: nn.Conv1d;
  declare gamma: nn.Parameter;

  /**
   * Self-attention with one convolution of `ks` pixels: [N, n_in, ...] to the same shape, `ks` odd.
   *
   * `sym` is meant to keep the convolution symmetric. It changes nothing, as in fastai 2.8: the spectral norm makes the
   * weight anew at each call.
   * https://docs.fast.ai/layers.html#simpleselfattention
   */
  constructor(
    n_in: number,
    ...args: [ks?: number | SimpleSelfAttentionOptions, sym?: boolean | SimpleSelfAttentionOptions]
  ) {
    super();
    const given = namedArguments('SimpleSelfAttention', ['ks', 'sym'], args) as SimpleSelfAttentionOptions;
    const { ks = 1, sym = false } = given;
    this.sym = sym;
    this.n_in = n_in;
    const conv = nn.Conv1d(n_in, n_in, ks, { padding: Math.floor(ks / 2), bias: false });
    this.conv = nn.utils.spectral_norm(init_default(conv));
    this.gamma = weightOfAttention();
  }
  forward(x: Tensor): Tensor {
    const flat = x.view(x.shape[0]!, x.shape[1]!, -1);
    const seen = bmm(bmm(flat, flat.transpose(1, 2)), this.conv(flat));
    return this.gamma
      .mul(seen)
      .add(flat)
      .view(...x.shape)
      .contiguous();
  }
}
export const SimpleSelfAttention = callable(SimpleSelfAttentionClass);
export type SimpleSelfAttention = SimpleSelfAttentionClass;
