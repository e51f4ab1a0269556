/** https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html */
import { namedArguments } from '../../arguments.js';
import type { Tensor } from '../../tensor.js';
import { moduleArguments } from './arguments.js';
import { callable } from './callable.js';
import { Module, type AnyModule } from './module.js';
import type { ModuleList } from './module_list.js';
import {
  decoderForwardNames,
  type DecoderForwardForms,
  type DecoderForwardOptions,
} from './transformer_decoder_layer.js';
import { copies, isCausal, lengthOf } from './transformer_stack.js';

/** As for a layer, but whether the masks are causal may be left to be found out. */
export interface DecoderStackForwardOptions extends Omit<DecoderForwardOptions, 'tgt_is_causal'> {
  tgt_is_causal?: boolean | null;
}

class TransformerDecoderClass extends Module {
  layers: ModuleList;
  num_layers: number;
  norm: AnyModule | null;

  /**
   * `num_layers` copies of `decoder_layer` one after the other.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html
   */
  constructor(
    decoder_layer: Module,
    num_layers: number,
    ...rest: [norm?: Module | null] | [options: { norm?: Module | null }]
  ) {
    super();
    const names = ['decoder_layer', 'num_layers', 'norm'];
    const given = moduleArguments('TransformerDecoder', names, [decoder_layer, num_layers, ...rest], 2);
    this.layers = copies(decoder_layer as AnyModule, num_layers);
    this.num_layers = num_layers;
    this.norm = (given['norm'] ?? null) as AnyModule | null;
  }

  forward(tgt: Tensor, memory: Tensor, ...rest: DecoderForwardForms<DecoderStackForwardOptions>): Tensor {
    const given = namedArguments('TransformerDecoder.forward', decoderForwardNames, rest);
    const options = given as DecoderStackForwardOptions;
    const length = lengthOf(tgt, this.layers);
    const tgt_is_causal = isCausal(options.tgt_mask ?? null, options.tgt_is_causal, length);
    let output = tgt;
    for (const layer of this.layers) output = layer(output, memory, { ...options, tgt_is_causal }) as Tensor;
    return this.norm === null ? output : (this.norm(output) as Tensor);
  }
}
export const TransformerDecoder = callable(TransformerDecoderClass);
export type TransformerDecoder = TransformerDecoderClass;
