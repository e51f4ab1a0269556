/** https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html */
import { namedArguments } from '../../arguments.js';
import type { Tensor } from '../../tensor.js';
import type { Forms } from '../functional/arguments.js';
import { callable } from './callable.js';
import type { Dropout } from './dropout.js';
import type { Linear } from './linear.js';
import { Module } from './module.js';
import type { MultiheadAttention } from './multihead_attention.js';
import type { LayerNorm } from './normalization.js';
import { attend, parts, type Masks, type TransformerLayerArguments } from './transformer_parts.js';

export interface DecoderForwardOptions {
  /** As the encoder's `src_mask`, for the self-attention. */
  tgt_mask?: Tensor | null;
  /** (T, S) or (N·nhead, T, S), for the attention to `memory`. */
  memory_mask?: Tensor | null;
  tgt_key_padding_mask?: Tensor | null;
  memory_key_padding_mask?: Tensor | null;
  /** Says that `tgt_mask`, which must be given all the same, is the causal one; default: false. */
  tgt_is_causal?: boolean;
  memory_is_causal?: boolean;
}
type Mask = Tensor | null;
export type DecoderForwardForms<Options> = Forms<
  [
    tgt_mask: Mask,
    memory_mask: Mask,
    tgt_key_padding_mask: Mask,
    memory_key_padding_mask: Mask,
    tgt_is_causal: boolean,
    memory_is_causal: boolean,
  ],
  Options
>;
/** @internal */
export const decoderForwardNames = [
  'tgt_mask',
  'memory_mask',
  'tgt_key_padding_mask',
  'memory_key_padding_mask',
  'tgt_is_causal',
  'memory_is_causal',
];

class TransformerDecoderLayerClass extends Module {
  self_attn: MultiheadAttention;
  multihead_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm_first: boolean;
  norm1: LayerNorm;
  norm2: LayerNorm;
  norm3: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  dropout3: Dropout;
  activation: (input: Tensor) => Tensor;

  /**
   * Self-attention, attention to the encoder's output and two linear layers; shapes and arguments as
   * TransformerEncoderLayer. https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html
   * @throws as TransformerEncoderLayer
   */
  constructor(...args: TransformerLayerArguments) {
    super();
    const make = parts('TransformerDecoderLayer', args);
    this.self_attn = make.attention();
    this.multihead_attn = make.attention();
    this.linear1 = make.linear(make.d_model, make.dim_feedforward);
    this.dropout = make.dropout();
    this.linear2 = make.linear(make.dim_feedforward, make.d_model);
    this.norm_first = make.norm_first;
    this.norm1 = make.norm();
    this.norm2 = make.norm();
    this.norm3 = make.norm();
    this.dropout1 = make.dropout();
    this.dropout2 = make.dropout();
    this.dropout3 = make.dropout();
    this.activation = make.activation;
  }

  forward(tgt: Tensor, memory: Tensor, ...rest: DecoderForwardForms<DecoderForwardOptions>): Tensor {
    const given = namedArguments('TransformerDecoderLayer.forward', decoderForwardNames, rest);
    const options = given as DecoderForwardOptions;
    const own: Masks = {
      attn_mask: options.tgt_mask ?? null,
      key_padding_mask: options.tgt_key_padding_mask ?? null,
      is_causal: options.tgt_is_causal === true,
    };
    const other: Masks = {
      attn_mask: options.memory_mask ?? null,
      key_padding_mask: options.memory_key_padding_mask ?? null,
      is_causal: options.memory_is_causal === true,
    };
    if (this.norm_first) {
      let x = tgt.add(this._sa_block(this.norm1(tgt), own));
      x = x.add(this._mha_block(this.norm2(x), memory, other));
      return x.add(this._ff_block(this.norm3(x)));
    }
    let x = this.norm1(tgt.add(this._sa_block(tgt, own)));
    x = this.norm2(x.add(this._mha_block(x, memory, other)));
    return this.norm3(x.add(this._ff_block(x)));
  }
  /** Self-attention. */
  _sa_block(x: Tensor, masks: Masks): Tensor {
    return this.dropout1(attend(this.self_attn, x, x, masks));
  }
  /** Attention to the encoder's output. */
  _mha_block(x: Tensor, memory: Tensor, masks: Masks): Tensor {
    return this.dropout2(attend(this.multihead_attn, x, memory, masks));
  }
  /** The two linear layers. */
  _ff_block(x: Tensor): Tensor {
    return this.dropout3(this.linear2(this.dropout(this.activation(this.linear1(x)))));
  }
}
export const TransformerDecoderLayer = callable(TransformerDecoderLayerClass);
export type TransformerDecoderLayer = TransformerDecoderLayerClass;
