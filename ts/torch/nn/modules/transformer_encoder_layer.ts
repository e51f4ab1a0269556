/** https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html */
import { namedArguments } from '../../arguments.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import type { Forms } from '../functional/arguments.js';
import { canonicalMask } from '../functional/attention_masks.js';
import * as F from '../functional.js';
import { GELU, ReLU } from './activation.js';
import { callable } from './callable.js';
import type { Dropout } from './dropout.js';
import { fused, hasForwardHooks, mayFuse, mergeMasks } from './fast_path.js';
import type { Linear } from './linear.js';
import { Module } from './module.js';
import type { MultiheadAttention } from './multihead_attention.js';
import type { LayerNorm } from './normalization.js';
import { attend, parts, type Masks, type TransformerLayerArguments } from './transformer_parts.js';

export interface EncoderLayerForwardOptions {
  /** (S, S) or (N·nhead, S, S): bool, true where not to be attended to, or numbers that are added to the scores. */
  src_mask?: Tensor | null;
  /** (N, S) or (S): bool, true where there is nothing, or numbers that are added to the scores. */
  src_key_padding_mask?: Tensor | null;
  /** Says that `src_mask`, which must be given all the same, is the causal one; default: false. */
  is_causal?: boolean;
}

class TransformerEncoderLayerClass extends Module {
  self_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm_first: boolean;
  norm1: LayerNorm;
  norm2: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  /** 1 for ReLU, 2 for GELU, 0 for anything else. */
  activation_relu_or_gelu: 0 | 1 | 2;
  activation: (input: Tensor) => Tensor;

  /**
   * Self-attention and two linear layers, each with dropout, residual and normalisation: (S, N, d_model),
   * (N, S, d_model) with `batch_first`, or (S, d_model).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html
   * @throws as MultiheadAttention; {TorchError} an activation of another name
   */
  constructor(...args: TransformerLayerArguments) {
    super();
    const make = parts('TransformerEncoderLayer', args);
    this.self_attn = make.attention();
    this.linear1 = make.linear(make.d_model, make.dim_feedforward);
    this.dropout = make.dropout();
    this.linear2 = make.linear(make.dim_feedforward, make.d_model);
    this.norm_first = make.norm_first;
    this.norm1 = make.norm();
    this.norm2 = make.norm();
    this.dropout1 = make.dropout();
    this.dropout2 = make.dropout();
    const { activation } = make;
    if (activation === F.relu || activation instanceof ReLU) this.activation_relu_or_gelu = 1;
    else if (activation === F.gelu || activation instanceof GELU) this.activation_relu_or_gelu = 2;
    else this.activation_relu_or_gelu = 0;
    this.activation = activation;
  }

  forward(
    src: Tensor,
    ...rest: Forms<
      [src_mask: Tensor | null, src_key_padding_mask: Tensor | null, is_causal: boolean],
      EncoderLayerForwardOptions
    >
  ): Tensor {
    const known = ['src_mask', 'src_key_padding_mask', 'is_causal'];
    const given = namedArguments('TransformerEncoderLayer.forward', known, rest);
    const { src_mask = null, src_key_padding_mask = null, is_causal } = given as EncoderLayerForwardOptions;
    const masks: Masks = {
      attn_mask: canonicalMask(src_mask, 'src_mask', src.dtype),
      key_padding_mask: canonicalMask(src_key_padding_mask, 'src_key_padding_mask', src.dtype, {
        mask: src_mask,
        name: 'src_mask',
      }),
      is_causal: is_causal === true,
    };
    if (this._may_fuse(src)) return this._fused(src, masks);
    if (this.norm_first) {
      const x = src.add(this._sa_block(this.norm1(src), masks));
      return x.add(this._ff_block(this.norm2(x)));
    }
    const x = this.norm1(src.add(this._sa_block(src, masks)));
    return this.norm2(x.add(this._ff_block(x)));
  }
  /** Self-attention. */
  _sa_block(x: Tensor, masks: Masks): Tensor {
    return this.dropout1(attend(this.self_attn, x, x, masks));
  }
  /** The two linear layers. */
  _ff_block(x: Tensor): Tensor {
    return this.dropout2(this.linear2(this.dropout(this.activation(this.linear1(x)))));
  }

  /** @internal All that the operator for the whole layer works on. */
  get _fused_weights(): (Tensor | null)[] {
    const { self_attn, norm1, norm2, linear1, linear2 } = this;
    return [
      self_attn.in_proj_weight,
      ...[self_attn.out_proj, norm1, norm2, linear1, linear2].flatMap((part) => [part.weight, part.bias]),
      self_attn.in_proj_bias,
    ];
  }
  /** @internal Whether libtorch's operator for the whole layer does for this input. */
  _may_fuse(src: Tensor): boolean {
    const { self_attn } = this;
    return (
      !this.training &&
      src.ndim === 3 &&
      self_attn.batch_first &&
      self_attn._qkv_same_embed_dim &&
      self_attn.num_heads % 2 === 0 &&
      this.activation_relu_or_gelu !== 0 &&
      this.norm1.eps === this.norm2.eps &&
      this._fused_weights.every((weight) => weight !== null) &&
      mayFuse([src, ...this._fused_weights]) &&
      !hasForwardHooks(this)
    );
  }
  /** @internal */
  _fused(src: Tensor, { attn_mask, key_padding_mask }: Masks): Tensor {
    const { self_attn, norm1, norm2, linear1, linear2 } = this;
    return tidy(() => {
      const [mask, kind] = mergeMasks(attn_mask, key_padding_mask, src, self_attn.num_heads);
      return fused.encoderLayer(
        src,
        self_attn.embed_dim,
        self_attn.num_heads,
        self_attn.in_proj_weight,
        self_attn.in_proj_bias,
        self_attn.out_proj.weight,
        self_attn.out_proj.bias,
        this.activation_relu_or_gelu === 2,
        this.norm_first,
        norm1.eps,
        norm1.weight,
        norm1.bias,
        norm2.weight,
        norm2.bias,
        linear1.weight,
        linear1.bias,
        linear2.weight,
        linear2.bias,
        mask,
        kind,
      );
    });
  }
}
export const TransformerEncoderLayer = callable(TransformerEncoderLayerClass);
export type TransformerEncoderLayer = TransformerEncoderLayerClass;
