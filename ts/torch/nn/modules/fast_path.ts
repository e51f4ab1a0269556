/** Inference in one operator per layer, as PyTorch does it: https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html */
import { is_grad_enabled } from '../../autograd/grad_mode.js';
import { operator } from '../../dispatch.js';
import type { Tensor } from '../../tensor.js';
import { state } from './instance.js';
import type { AnyModule } from './module.js';

type Tensors = readonly (Tensor | null)[];

/** Whether the tensors lie where the operators work, and nobody asks for gradients. */
export function mayFuse(tensors: Tensors): boolean {
  if (!tensors.every((tensor) => tensor === null || /^(cpu|cuda)$/.test(tensor.device.type))) return false;
  return !is_grad_enabled() || !tensors.some((tensor) => tensor?.requires_grad);
}

/** Whether a hook wants to see what goes into a module or comes out of it: the operators call no modules. */
export function hasForwardHooks(module: AnyModule): boolean {
  return module.modules().some((part) => {
    const { hooks } = part[state];
    return hooks !== null && hooks.forward.size + hooks.forwardPre.size > 0;
  });
}

/** What the masks of attention are for the operators: 1 hides keys, 2 hides scores. */
export type MaskKind = 1 | 2 | null;

/** One mask out of both, and of which kind it is. */
export function mergeMasks(
  attn_mask: Tensor | null,
  key_padding_mask: Tensor | null,
  query: Tensor,
  num_heads: number,
): [mask: Tensor | null, kind: MaskKind] {
  if (attn_mask === null) return [key_padding_mask, key_padding_mask === null ? null : 1];
  const [batch, length] = query.shape as unknown as [number, number];
  const scores =
    attn_mask.ndim === 3
      ? attn_mask.view(batch, -1, length, length)
      : attn_mask.view(1, 1, length, length).expand(batch, num_heads, -1, -1);
  if (key_padding_mask === null) return [scores, 2];
  const keys = key_padding_mask.view(batch, 1, 1, length).expand(-1, num_heads, -1, -1);
  return [scores.add(keys), 2];
}

const attention = operator('_native_multi_head_attention', ['default']) as (
  ...args: unknown[]
) => [Tensor, Tensor | null];
const encoderLayer = operator('_transformer_encoder_layer_fwd', ['default']) as (
  ...args: unknown[]
) => Tensor;
const nestedFromMask = operator('_nested_tensor_from_mask', ['default']) as (
  input: Tensor,
  mask: Tensor,
  mask_check: boolean,
) => Tensor;
const leftAligned = operator('_nested_tensor_from_mask_left_aligned', ['default']) as (
  input: Tensor,
  mask: Tensor,
) => boolean;
const toPadded = operator('to_padded_tensor', ['default']) as (
  input: Tensor,
  padding: number,
  size: readonly number[],
) => Tensor;
export const fused = { attention, encoderLayer, nestedFromMask, leftAligned, toPadded };
