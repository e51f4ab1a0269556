/** https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html */
import { TorchError, ValueError } from '../../errors.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import { namedArguments } from '../../arguments.js';
import type { Forms } from '../functional/arguments.js';
import { multi_head_attention_forward } from '../functional/attention.js';
import { canonicalMask } from '../functional/attention_masks.js';
import * as init from '../init.js';
import type { Parameter } from '../parameter.js';
import { moduleArguments } from './arguments.js';
import { callable } from './callable.js';
import { fused, mayFuse, mergeMasks } from './fast_path.js';
import { Linear, emptyParameter, type FactoryOptions } from './linear.js';
import { Module } from './module.js';

/** A Linear under the name that PyTorch prints here. */
class NonDynamicallyQuantizableLinearClass extends Linear {}
const NonDynamicallyQuantizableLinear = callable(NonDynamicallyQuantizableLinearClass);

export interface MultiheadAttentionOptions extends FactoryOptions {
  /** Probability of dropout of the weights; default: 0. */
  dropout?: number;
  /** Whether the projections have biases; default: true. */
  bias?: boolean;
  /** Whether a learned key and value are added to those given; default: false. */
  add_bias_kv?: boolean;
  /** Whether a key and a value of zeros are added; default: false. */
  add_zero_attn?: boolean;
  /** Width of the keys; default: embed_dim. */
  kdim?: number | null;
  /** Width of the values; default: embed_dim. */
  vdim?: number | null;
  /** Whether the tensors are (batch, sequence, features); default: false. */
  batch_first?: boolean;
}
/** What may be given with query, key and value. */
export interface AttentionForwardOptions {
  /** Keys to leave out, (N, S) or (S): bool, true where left out, or numbers that are added to the scores. */
  key_padding_mask?: Tensor | null;
  /** Whether the weights are given too; default: true. Without them it goes faster. */
  need_weights?: boolean;
  /** (L, S) or (N·num_heads, L, S): bool, true where not to be attended to, or numbers that are added to the scores. */
  attn_mask?: Tensor | null;
  /** Whether the weights are averaged over the heads; default: true. */
  average_attn_weights?: boolean;
  /** Says that `attn_mask`, which must be given all the same, is the causal one; default: false. */
  is_causal?: boolean;
}
const names = [
  'embed_dim',
  'num_heads',
  'dropout',
  'bias',
  'add_bias_kv',
  'add_zero_attn',
  'kdim',
  'vdim',
  'batch_first',
  'device',
  'dtype',
];
const forwardNames = ['key_padding_mask', 'need_weights', 'attn_mask', 'average_attn_weights', 'is_causal'];

class MultiheadAttentionClass extends Module {
  embed_dim: number;
  kdim: number;
  vdim: number;
  readonly _qkv_same_embed_dim: boolean;
  num_heads: number;
  dropout: number;
  batch_first: boolean;
  head_dim: number;
  q_proj_weight: Parameter | null;
  k_proj_weight: Parameter | null;
  v_proj_weight: Parameter | null;
  in_proj_weight: Parameter | null;
  in_proj_bias: Parameter | null;
  out_proj: Linear;
  bias_k: Parameter | null;
  bias_v: Parameter | null;
  add_zero_attn: boolean;

  /**
   * Attention of `num_heads` heads: query (L, N, embed_dim), key (S, N, kdim) and value (S, N, vdim), batch first
   * with `batch_first`, or without the batch. Gives `[output, weights]`: output shaped as the query, weights
   * (N, L, S), per head (N, num_heads, L, S) without `average_attn_weights`, null without `need_weights`.
   * @throws {ValueError} a size that is not positive
   * @throws {TorchError} `embed_dim` is not divisible by `num_heads`
   */
  constructor(
    ...args:
      | [
          embed_dim: number,
          num_heads: number,
          ...rest: Forms<
            [dropout: number, bias: boolean, add_bias_kv: boolean, add_zero_attn: boolean],
            MultiheadAttentionOptions
          >,
        ]
      | [options: { embed_dim: number; num_heads: number } & MultiheadAttentionOptions]
  ) {
    super();
    const given = moduleArguments('MultiheadAttention', names, args, 2);
    const { embed_dim, num_heads } = given as { embed_dim: number; num_heads: number };
    if (embed_dim <= 0 || num_heads <= 0)
      throw new ValueError(
        `embed_dim and num_heads must be greater than 0, got embed_dim=${embed_dim} and num_heads=${num_heads} instead`,
        'MultiheadAttention',
      );
    const { dropout, bias = true, add_bias_kv, kdim, vdim } = given as MultiheadAttentionOptions;
    this.embed_dim = embed_dim;
    this.kdim = kdim ?? embed_dim;
    this.vdim = vdim ?? embed_dim;
    this._qkv_same_embed_dim = this.kdim === embed_dim && this.vdim === embed_dim;
    this.num_heads = num_heads;
    this.dropout = dropout ?? 0;
    this.batch_first = given['batch_first'] === true;
    this.head_dim = Math.floor(embed_dim / num_heads);
    if (this.head_dim * num_heads !== embed_dim)
      throw new TorchError('embed_dim must be divisible by num_heads', 'MultiheadAttention');
    const weight = (wanted: boolean, ...size: number[]): Parameter | null =>
      wanted ? emptyParameter(size, given) : null;
    const apart = !this._qkv_same_embed_dim;
    this.q_proj_weight = weight(apart, embed_dim, embed_dim);
    this.k_proj_weight = weight(apart, embed_dim, this.kdim);
    this.v_proj_weight = weight(apart, embed_dim, this.vdim);
    this.in_proj_weight = weight(!apart, 3 * embed_dim, embed_dim);
    this.in_proj_bias = weight(bias, 3 * embed_dim);
    const factory: FactoryOptions = {
      device: (given as FactoryOptions).device ?? null,
      dtype: (given as FactoryOptions).dtype ?? null,
    };
    this.out_proj = new NonDynamicallyQuantizableLinear(embed_dim, embed_dim, { bias, ...factory });
    this.bias_k = weight(add_bias_kv === true, 1, 1, embed_dim);
    this.bias_v = weight(add_bias_kv === true, 1, 1, embed_dim);
    this.add_zero_attn = given['add_zero_attn'] === true;
    this._reset_parameters();
  }
  /** Glorot's initialisation of the projections inward; biases of zero. */
  _reset_parameters(): void {
    const { q_proj_weight, k_proj_weight, v_proj_weight, in_proj_weight } = this;
    for (const weight of [in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight])
      if (weight !== null) init.xavier_uniform_(weight);
    for (const bias of [this.in_proj_bias, this.out_proj.bias]) if (bias !== null) init.zeros_(bias);
    for (const bias of [this.bias_k, this.bias_v]) if (bias !== null) init.xavier_normal_(bias);
  }

  /** @throws {TorchError} sizes that do not go together */
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ...rest: Forms<
      [
        key_padding_mask: Tensor | null,
        need_weights: boolean,
        attn_mask: Tensor | null,
        average_attn_weights: boolean,
        is_causal: boolean,
      ],
      AttentionForwardOptions
    >
  ): [output: Tensor, weights: Tensor | null] {
    const given = namedArguments('MultiheadAttention.forward', forwardNames, rest) as AttentionForwardOptions;
    return tidy(() => {
      const fused = inOneOperator(this, query, key, value, given);
      if (fused !== null) return fused;
      // What is one tensor stays one: a single projection then does for it.
      const turn = this.batch_first && query.ndim === 3;
      const turned = new Map<Tensor, Tensor>();
      const [q, k, v] = [query, key, value].map((tensor) => {
        if (turn && !turned.has(tensor)) turned.set(tensor, tensor.transpose(1, 0));
        return turn ? turned.get(tensor)! : tensor;
      }) as [Tensor, Tensor, Tensor];
      const [output, weights] = multi_head_attention_forward(
        q,
        k,
        v,
        this.embed_dim,
        this.num_heads,
        this.in_proj_weight,
        this.in_proj_bias,
        this.bias_k,
        this.bias_v,
        this.add_zero_attn,
        this.dropout,
        this.out_proj.weight,
        this.out_proj.bias,
        {
          ...given,
          training: this.training,
          use_separate_proj_weight: !this._qkv_same_embed_dim,
          q_proj_weight: this.q_proj_weight,
          k_proj_weight: this.k_proj_weight,
          v_proj_weight: this.v_proj_weight,
        },
      );
      return [turn ? output.transpose(1, 0) : output, weights];
    });
  }
}
export const MultiheadAttention = callable(MultiheadAttentionClass);
export type MultiheadAttention = MultiheadAttentionClass;

/** One operator for everything, where libtorch has one: self-attention in inference. */
function inOneOperator(
  module: MultiheadAttentionClass,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  given: AttentionForwardOptions,
): [Tensor, Tensor | null] | null {
  const { in_proj_weight, in_proj_bias, out_proj } = module;
  const { attn_mask = null, key_padding_mask = null } = given;
  if (
    module.training ||
    !module.batch_first ||
    query.ndim !== 3 ||
    query !== key ||
    key !== value ||
    module.num_heads % 2 !== 0 ||
    in_proj_weight === null ||
    in_proj_bias === null ||
    in_proj_weight.dtype !== query.dtype ||
    in_proj_bias.dtype !== query.dtype ||
    module.bias_k !== null ||
    module.bias_v !== null ||
    module.add_zero_attn ||
    attn_mask?.is_floating_point() ||
    key_padding_mask?.is_floating_point() ||
    !mayFuse([query, in_proj_weight, in_proj_bias, out_proj.weight, out_proj.bias])
  )
    return null;
  const [mask, kind] = mergeMasks(
    canonicalMask(attn_mask, 'attn_mask', query.dtype),
    canonicalMask(key_padding_mask, 'key_padding_mask', query.dtype),
    query,
    module.num_heads,
  );
  return fused.attention(
    query,
    key,
    value,
    module.embed_dim,
    module.num_heads,
    in_proj_weight,
    in_proj_bias,
    out_proj.weight,
    out_proj.bias,
    mask,
    given.need_weights ?? true,
    given.average_attn_weights ?? true,
    kind,
  );
}
