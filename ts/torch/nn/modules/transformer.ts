/** Transformers: https://docs.pytorch.org/docs/stable/nn.html#transformer-layers */
import { namedArguments } from '../../arguments.js';
import { TorchError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import type { Forms } from '../functional/arguments.js';
import * as init from '../init.js';
import { moduleArguments } from './arguments.js';
import { callable } from './callable.js';
import { Module, type AnyModule } from './module.js';
import { LayerNorm } from './normalization.js';
import { TransformerDecoder, type DecoderStackForwardOptions } from './transformer_decoder.js';
import { TransformerDecoderLayer } from './transformer_decoder_layer.js';
import { TransformerEncoder } from './transformer_encoder.js';
import { TransformerEncoderLayer } from './transformer_encoder_layer.js';
import { layerNames, type TransformerActivation, type TransformerLayerOptions } from './transformer_parts.js';
import { subsequentMask, type Mask, type MaskArguments } from './transformer_stack.js';

export { TransformerDecoder } from './transformer_decoder.js';
export { TransformerDecoderLayer } from './transformer_decoder_layer.js';
export { TransformerEncoder } from './transformer_encoder.js';
export { TransformerEncoderLayer } from './transformer_encoder_layer.js';

export interface TransformerOptions extends TransformerLayerOptions {
  /** Default: 512. */
  d_model?: number;
  /** Default: 8. */
  nhead?: number;
  /** Default: 6. */
  num_encoder_layers?: number;
  /** Default: 6. */
  num_decoder_layers?: number;
  /** Takes the encoder's place. */
  custom_encoder?: Module | null;
  custom_decoder?: Module | null;
}
export interface TransformerForwardOptions extends DecoderStackForwardOptions {
  src_mask?: Mask;
  src_key_padding_mask?: Mask;
  src_is_causal?: boolean | null;
}
const forwardNames = [
  'src_mask',
  'tgt_mask',
  'memory_mask',
  'src_key_padding_mask',
  'tgt_key_padding_mask',
  'memory_key_padding_mask',
  'src_is_causal',
  'tgt_is_causal',
  'memory_is_causal',
];

class TransformerClass extends Module {
  encoder: AnyModule;
  decoder: AnyModule;
  d_model: number;
  nhead: number;
  batch_first: boolean;

  /**
   * Encoder and decoder: src (S, N, d_model) and tgt (T, N, d_model), batch first with `batch_first`, or without
   * the batch; the result has the shape of tgt.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html
   * @throws as TransformerEncoderLayer
   */
  constructor(
    ...args: Forms<
      [
        d_model: number,
        nhead: number,
        num_encoder_layers: number,
        num_decoder_layers: number,
        dim_feedforward: number,
        dropout: number,
        activation: TransformerActivation,
      ],
      TransformerOptions
    >
  ) {
    super();
    const names = ['d_model', 'nhead', 'num_encoder_layers', 'num_decoder_layers', ...layerNames];
    names.splice(names.indexOf('layer_norm_eps'), 0, 'custom_encoder', 'custom_decoder');
    const given = moduleArguments('Transformer', names, args) as TransformerOptions;
    const { d_model = 512, nhead = 8, num_encoder_layers = 6, num_decoder_layers = 6 } = given;
    const layer = Object.fromEntries(
      Object.entries({ ...given, d_model, nhead }).filter(([name]) => !/^(num_|custom_)/.test(name)),
    ) as unknown as TransformerLayerOptions & { d_model: number; nhead: number };
    const norm = (): LayerNorm =>
      new LayerNorm(d_model, {
        eps: given.layer_norm_eps ?? 1e-5,
        bias: given.bias ?? true,
        device: given.device ?? null,
        dtype: given.dtype ?? null,
      });
    this.encoder = (given.custom_encoder ??
      new TransformerEncoder(new TransformerEncoderLayer(layer), num_encoder_layers, norm())) as AnyModule;
    this.decoder = (given.custom_decoder ??
      new TransformerDecoder(new TransformerDecoderLayer(layer), num_decoder_layers, norm())) as AnyModule;
    this._reset_parameters();
    this.d_model = d_model;
    this.nhead = nhead;
    this.batch_first = given.batch_first ?? false;
  }
  /** Glorot's initialisation of all parameters with more than one dimension. */
  _reset_parameters(): void {
    for (const parameter of this.parameters()) if (parameter.ndim > 1) init.xavier_uniform_(parameter);
  }

  /** @throws {TorchError} src and tgt have different batches, or another width than d_model */
  forward(
    src: Tensor,
    tgt: Tensor,
    ...rest: Forms<
      [
        src_mask: Mask,
        tgt_mask: Mask,
        memory_mask: Mask,
        src_key_padding_mask: Mask,
        tgt_key_padding_mask: Mask,
        memory_key_padding_mask: Mask,
      ],
      TransformerForwardOptions
    >
  ): Tensor {
    const given = namedArguments('Transformer.forward', forwardNames, rest) as TransformerForwardOptions;
    const batch = this.batch_first ? 0 : 1;
    if (src.ndim === 3 && src.size(batch) !== tgt.size(batch))
      throw new TorchError('the batch number of src and tgt must be equal');
    if (src.size(-1) !== this.d_model || tgt.size(-1) !== this.d_model)
      throw new TorchError('the feature number of src and tgt must be equal to d_model');
    const { src_mask = null, src_key_padding_mask = null, src_is_causal = null, ...others } = given;
    const memory = this.encoder(src, {
      mask: src_mask,
      src_key_padding_mask,
      is_causal: src_is_causal,
    }) as Tensor;
    return this.decoder(tgt, memory, others) as Tensor;
  }

  /** The causal mask: (sz, sz), -inf above the diagonal and 0 elsewhere. */
  static generate_square_subsequent_mask(sz: number, ...rest: MaskArguments): Tensor {
    return subsequentMask(sz, namedArguments('generate_square_subsequent_mask', ['device', 'dtype'], rest));
  }
  /** As the static method, which Python finds on instances too. */
  generate_square_subsequent_mask(sz: number, ...rest: MaskArguments): Tensor {
    return TransformerClass.generate_square_subsequent_mask(sz, ...rest);
  }
}
export const Transformer = callable(TransformerClass);
export type Transformer = TransformerClass;
