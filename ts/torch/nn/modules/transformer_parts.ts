/** What the layers of transformers are built of: https://docs.pytorch.org/docs/stable/nn.html#transformer-layers */
import { TorchError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import type { Forms } from '../functional/arguments.js';
import * as F from '../functional.js';
import { moduleArguments } from './arguments.js';
import { Dropout } from './dropout.js';
import { Linear, type FactoryOptions } from './linear.js';
import { MultiheadAttention } from './multihead_attention.js';
import { LayerNorm } from './normalization.js';

/** A function of a tensor, a module, or the name of one. */
export type TransformerActivation = 'relu' | 'gelu' | ((input: Tensor) => Tensor);

export interface TransformerLayerOptions extends FactoryOptions {
  /** Width between the two linear layers; default: 2048. */
  dim_feedforward?: number;
  /** Default: 0.1. */
  dropout?: number;
  /** Default: relu. */
  activation?: TransformerActivation;
  /** Default: 1e-5. */
  layer_norm_eps?: number;
  /** Whether the tensors are (batch, sequence, features); default: false. */
  batch_first?: boolean;
  /** Whether each block begins with its normalisation instead of ending with it; default: false. */
  norm_first?: boolean;
  /** Whether linear layers and normalisations have biases; default: true. */
  bias?: boolean;
}
export type TransformerLayerArguments =
  | [
      d_model: number,
      nhead: number,
      ...rest: Forms<
        [dim_feedforward: number, dropout: number, activation: TransformerActivation, layer_norm_eps: number],
        TransformerLayerOptions
      >,
    ]
  | [options: { d_model: number; nhead: number } & TransformerLayerOptions];

/** Names that the layers and the whole share. */
export const layerNames = [
  'dim_feedforward',
  'dropout',
  'activation',
  'layer_norm_eps',
  'batch_first',
  'norm_first',
  'bias',
  'device',
  'dtype',
];

interface Parts {
  attention: () => MultiheadAttention;
  linear: (inputs: number, outputs: number) => Linear;
  dropout: () => Dropout;
  norm: () => LayerNorm;
  d_model: number;
  dim_feedforward: number;
  norm_first: boolean;
  activation: (input: Tensor) => Tensor;
}

/** What a layer is built of, from its arguments. */
export function parts(op: string, args: readonly unknown[]): Parts {
  const given = moduleArguments(op, ['d_model', 'nhead', ...layerNames], args, 2);
  const { d_model, nhead } = given as { d_model: number; nhead: number };
  const options = given as TransformerLayerOptions;
  const { dim_feedforward = 2048, dropout = 0.1, layer_norm_eps = 1e-5 } = options;
  const { batch_first = false, norm_first = false, bias = true, activation = 'relu' } = options;
  const factory = { bias, device: options.device ?? null, dtype: options.dtype ?? null };
  return {
    d_model,
    dim_feedforward,
    norm_first,
    attention: () => new MultiheadAttention(d_model, nhead, { dropout, batch_first, ...factory }),
    linear: (inputs, outputs) => new Linear(inputs, outputs, factory),
    dropout: () => new Dropout(dropout),
    norm: () => new LayerNorm(d_model, { eps: layer_norm_eps, ...factory }),
    activation: typeof activation === 'string' ? activationOf(activation) : activation,
  };
}

function activationOf(name: string): (input: Tensor) => Tensor {
  if (name === 'relu') return F.relu;
  if (name === 'gelu') return F.gelu;
  throw new TorchError(`activation should be relu/gelu, not ${name}`);
}

/** Masks of one attention, and whether the first is known to be the causal one. */
export interface Masks {
  attn_mask: Tensor | null;
  key_padding_mask: Tensor | null;
  is_causal: boolean;
}
export function attend(attention: MultiheadAttention, x: Tensor, memory: Tensor, masks: Masks): Tensor {
  const [output] = attention(x, memory, memory, { ...masks, need_weights: false });
  return output;
}
