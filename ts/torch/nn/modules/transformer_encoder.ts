/** https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html */
import { namedArguments } from '../../arguments.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import { warn, type Forms } from '../functional/arguments.js';
import { canonicalMask } from '../functional/attention_masks.js';
import { moduleArguments } from './arguments.js';
import { callable } from './callable.js';
import { fused } from './fast_path.js';
import { Module, type AnyModule } from './module.js';
import type { ModuleList } from './module_list.js';
import { TransformerEncoderLayer } from './transformer_encoder_layer.js';
import { copies, isCausal, lengthOf, type Mask } from './transformer_stack.js';

export interface TransformerEncoderOptions {
  /** Applied to the output of the last layer; default: none. */
  norm?: Module | null;
  /** Whether inference may leave padding out altogether; the output is 0 there then. Default: true. */
  enable_nested_tensor?: boolean;
  /** Whether that is done only after looking that padding stands at the end. Default: true. */
  mask_check?: boolean;
}
export interface EncoderForwardOptions {
  /** As `src_mask` of the layers. */
  mask?: Mask;
  src_key_padding_mask?: Mask;
  /** Whether `mask` is the causal one; found out where it is not said. */
  is_causal?: boolean | null;
}

class TransformerEncoderClass extends Module {
  layers: ModuleList;
  num_layers: number;
  norm: AnyModule | null;
  enable_nested_tensor: boolean;
  /** Whether `enable_nested_tensor` can have an effect with this kind of layer. */
  use_nested_tensor: boolean;
  mask_check: boolean;

  /**
   * `num_layers` copies of `encoder_layer` one after the other.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html
   */
  constructor(
    encoder_layer: Module,
    num_layers: number,
    ...rest: Forms<
      [norm: Module | null, enable_nested_tensor: boolean, mask_check: boolean],
      TransformerEncoderOptions
    >
  ) {
    super();
    const names = ['encoder_layer', 'num_layers', 'norm', 'enable_nested_tensor', 'mask_check'];
    const given = moduleArguments('TransformerEncoder', names, [encoder_layer, num_layers, ...rest], 2);
    this.layers = copies(encoder_layer as AnyModule, num_layers);
    this.num_layers = num_layers;
    this.norm = (given['norm'] ?? null) as AnyModule | null;
    this.enable_nested_tensor = given['enable_nested_tensor'] !== false;
    this.use_nested_tensor = this.enable_nested_tensor;
    this.mask_check = given['mask_check'] !== false;
    const why = this.enable_nested_tensor ? whyNotNested(encoder_layer) : '';
    if (why !== '') {
      warn(`enable_nested_tensor is True, but self.use_nested_tensor is False because ${why}`);
      this.use_nested_tensor = false;
    }
  }

  forward(
    src: Tensor,
    ...rest: Forms<[mask: Mask, src_key_padding_mask: Mask, is_causal: boolean | null], EncoderForwardOptions>
  ): Tensor {
    const known = ['mask', 'src_key_padding_mask', 'is_causal'];
    const given = namedArguments('TransformerEncoder.forward', known, rest) as EncoderForwardOptions;
    const mask = canonicalMask(given.mask ?? null, 'mask', src.dtype);
    const padding = canonicalMask(given.src_key_padding_mask ?? null, 'src_key_padding_mask', src.dtype, {
      mask: given.mask ?? null,
      name: 'mask',
    });
    const is_causal = isCausal(mask, given.is_causal, lengthOf(src, this.layers));
    const nested = mask === null && padding !== null ? this._nested(src, padding) : null;
    let output = nested ?? src;
    for (const layer of this.layers) {
      const masks = { src_mask: mask, is_causal, src_key_padding_mask: nested === null ? padding : null };
      output = layer(output, masks) as Tensor;
    }
    if (nested !== null) output = fused.toPadded(output, 0, src.shape);
    return this.norm === null ? output : (this.norm(output) as Tensor);
  }

  /** @internal The input without its padding, where the layers can work on that; otherwise null. */
  _nested(src: Tensor, padding: Tensor): Tensor | null {
    const possible =
      this.use_nested_tensor &&
      [...this.layers].every((layer) => layer instanceof TransformerEncoderLayer && layer._may_fuse(src));
    if (!possible) return null;
    return tidy(() => {
      const kept = padding.logical_not();
      if (this.mask_check && !fused.leftAligned(src, kept)) return null;
      return fused.nestedFromMask(src, kept, false);
    });
  }
}
export const TransformerEncoder = callable(TransformerEncoderClass);
export type TransformerEncoder = TransformerEncoderClass;

/** @internal What keeps layers like this one from working without padding; empty when nothing does. */
export function whyNotNested(layer: Module): string {
  if (!(layer instanceof TransformerEncoderLayer)) return 'encoder_layer was not TransformerEncoderLayer';
  const { self_attn } = layer;
  if (layer.norm_first) return 'encoder_layer.norm_first was True';
  if (!self_attn.batch_first)
    return 'encoder_layer.self_attn.batch_first was not True(use batch_first for better inference performance)';
  if (!self_attn._qkv_same_embed_dim) return 'encoder_layer.self_attn._qkv_same_embed_dim was not True';
  if (self_attn.in_proj_bias === null) return 'encoder_layer.self_attn was passed bias=False';
  if (layer.activation_relu_or_gelu === 0) return 'encoder_layer.activation_relu_or_gelu was not True';
  if (layer.norm1.eps !== layer.norm2.eps)
    return 'encoder_layer.norm1.eps was not equal to encoder_layer.norm2.eps';
  return self_attn.num_heads % 2 === 1 ? 'encoder_layer.self_attn.num_heads is odd' : '';
}
