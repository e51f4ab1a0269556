/** Attention with several heads: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html */
import { TorchError, ValueError } from '../../errors.js';
import { baddbmm, bmm, cat, zeros } from '../../generated/functions.js';
import { linear, pad, scaled_dot_product_attention } from '../../generated/nn_functional.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import { read } from './arguments.js';
import { canonicalMask, checkAttended, checkPaddingMask, checkScoresMask } from './attention_masks.js';
import { dropout } from './dropout.js';
import { inProjection, packedInProjection, type Projected } from './attention_projection.js';

const op = 'multi_head_attention_forward';

export interface MultiHeadAttentionOptions {
  /** Whether dropout is applied; default: true. */
  training?: boolean;
  /** (N, S) or (S): true, or minus infinity, for keys that do not count. */
  key_padding_mask?: Tensor | null;
  /** Whether the weights are returned too; default: true. Without them the faster kernels are used. */
  need_weights?: boolean;
  /** (L, S) or (N · heads, L, S): true, or minus infinity, where a query must not look. */
  attn_mask?: Tensor | null;
  /** Whether query, key and value have projections of their own; default: false. */
  use_separate_proj_weight?: boolean;
  q_proj_weight?: Tensor | null;
  k_proj_weight?: Tensor | null;
  v_proj_weight?: Tensor | null;
  /** (N · heads, S, E / heads): takes the place of the projected key. */
  static_k?: Tensor | null;
  static_v?: Tensor | null;
  /** Whether the weights returned are the mean of the heads'; default: true. */
  average_attn_weights?: boolean;
  /** Says that attn_mask is the causal one, for the sake of speed; default: false. */
  is_causal?: boolean;
}

interface Given extends MultiHeadAttentionOptions {
  query: Tensor;
  key: Tensor;
  value: Tensor;
  embed_dim_to_check: number;
  num_heads: number;
  in_proj_weight: Tensor | null;
  in_proj_bias: Tensor | null;
  bias_k: Tensor | null;
  bias_v: Tensor | null;
  add_zero_attn: boolean;
  dropout_p: number;
  out_proj_weight: Tensor;
  out_proj_bias: Tensor | null;
}

const names: readonly string[] = [
  'query key value embed_dim_to_check num_heads in_proj_weight in_proj_bias bias_k bias_v add_zero_attn dropout_p',
  'out_proj_weight out_proj_bias training key_padding_mask need_weights attn_mask use_separate_proj_weight',
  'q_proj_weight k_proj_weight v_proj_weight static_k static_v average_attn_weights is_causal',
].flatMap((line) => line.split(' '));

function require(condition: boolean, text: () => string): asserts condition {
  if (!condition) throw new ValueError(text(), op);
}

/** (length, N, E) as (N · heads, length, E / heads). */
function perHead(x: Tensor, heads: number): Tensor {
  const [length, batch, size] = x.shape as unknown as [number, number, number];
  return x.view(length, batch * heads, size / heads).transpose(0, 1);
}

function staticOr(
  x: Tensor,
  given: Tensor | null | undefined,
  name: string,
  heads: number,
  batch: number,
): Tensor {
  if (!given) return perHead(x, heads);
  const [count, size] = [batch * heads, x.size(2) / heads];
  require(given.size(0) === count, () => `expecting ${name}.size(0) of ${count}, but got ${given.size(0)}`);
  require(given.size(2) === size, () => `expecting ${name}.size(2) of ${size}, but got ${given.size(2)}`);
  return given;
}

function project(given: Given): Projected {
  const { query, key, value, in_proj_weight, in_proj_bias } = given;
  if (!given.use_separate_proj_weight) {
    require(key.shape.equals(value.shape), () =>
      `key shape ${String(key.shape)} does not match value shape ${String(value.shape)}`);
    require(in_proj_weight != null, () => 'use_separate_proj_weight is False but in_proj_weight is None');
    return packedInProjection(query, key, value, in_proj_weight, in_proj_bias ?? null);
  }
  require(key.shape.slice(0, 2).equals(value.shape.slice(0, 2)), () =>
    `key's sequence and batch dims ${String(key.shape.slice(0, 2))} do not match value's ${String(value.shape.slice(0, 2))}`);
  const { q_proj_weight, k_proj_weight, v_proj_weight } = given;
  require(q_proj_weight != null, () => 'use_separate_proj_weight is True but q_proj_weight is None');
  require(k_proj_weight != null, () => 'use_separate_proj_weight is True but k_proj_weight is None');
  require(v_proj_weight != null, () => 'use_separate_proj_weight is True but v_proj_weight is None');
  return inProjection(
    [query, key, value],
    [q_proj_weight, k_proj_weight, v_proj_weight],
    in_proj_bias ?? null,
  );
}

/** The masks as one that is added to the scores of (N · heads, L, S); null where there is none. */
class Masks {
  attention: Tensor | null = null;
  padding: Tensor | null = null;
  causal: boolean;

  constructor(given: Given) {
    const { attn_mask, key_padding_mask, query, need_weights = true } = given;
    this.causal = given.is_causal ?? false;
    const { dtype } = query;
    this.padding = canonicalMask(key_padding_mask ?? null, 'key_padding_mask', dtype, {
      mask: attn_mask ?? null,
      name: 'attn_mask',
    });
    if (this.causal && !attn_mask)
      throw new TorchError(
        'Need attn_mask if specifying the is_causal hint. You may use the Transformer module method ' +
          '`generate_square_subsequent_mask` to create this mask.',
        op,
      );
    // The kernels know the causal mask by themselves.
    if (this.causal && !this.padding && !need_weights) return;
    this.attention = canonicalMask(attn_mask ?? null, 'attn_mask', dtype);
    if (this.padding) this.causal = false;
  }
  check(length: number, keys: number, batchHeads: number): void {
    const { attention } = this;
    if (!attention) return;
    checkScoresMask(attention, length, keys, batchHeads);
    if (attention.ndim === 2) this.attention = attention.unsqueeze(0);
  }
  /** For one key more that every query may see. */
  extend(): void {
    if (this.attention) this.attention = pad(this.attention, [0, 1]);
    if (this.padding) this.padding = pad(this.padding, [0, 1]);
  }
  merge(batch: number, heads: number, keys: number): Tensor | null {
    const { padding } = this;
    if (!padding) return this.attention;
    checkPaddingMask(padding, batch, keys);
    const all = padding
      .view(batch, 1, 1, keys)
      .expand([-1, heads, -1, -1])
      .reshape([batch * heads, 1, keys]);
    return this.attention ? this.attention.add(all) : all;
  }
}

function forward(args: Given): [Tensor, Tensor | null] {
  const { key_padding_mask = null, attn_mask = null } = args;
  const batched = checkAttended({ ...args, key_padding_mask, attn_mask }, args.num_heads);
  const given = batched ? args : unsqueezed(args);
  const { query, num_heads: heads, need_weights = true, out_proj_weight, out_proj_bias } = given;
  const [length, batch, size] = query.shape as unknown as [number, number, number];
  const masks = new Masks(given);
  require(size === given.embed_dim_to_check, () =>
    `was expecting embedding dimension of ${given.embed_dim_to_check}, but got ${size}`);
  require(size % heads === 0, () => `embed_dim ${size} not divisible by num_heads ${heads}`);
  let [q, k, v] = project(given);
  masks.check(length, given.key.size(0), batch * heads);
  const { bias_k, bias_v } = given;
  if (bias_k && bias_v) {
    require(!given.static_k, () => 'bias cannot be added to static key.');
    require(!given.static_v, () => 'bias cannot be added to static value.');
    k = cat([k, bias_k.repeat([1, batch, 1])]);
    v = cat([v, bias_v.repeat([1, batch, 1])]);
    masks.extend();
  } else {
    require(!bias_k, () => 'bias_k is set but bias_v is None');
    require(!bias_v, () => 'bias_v is set but bias_k is None');
  }
  q = perHead(q, heads);
  k = staticOr(k, given.static_k, 'static_k', heads, batch);
  v = staticOr(v, given.static_v, 'static_v', heads, batch);
  if (given.add_zero_attn) {
    const zero = (x: Tensor): Tensor =>
      zeros([batch * heads, 1, size / heads], { dtype: x.dtype, device: x.device });
    k = cat([k, zero(k)], 1);
    v = cat([v, zero(v)], 1);
    masks.extend();
  }
  const mask = masks.merge(batch, heads, k.size(1));
  const dropout_p = (given.training ?? true) ? given.dropout_p : 0;
  const project_out = (x: Tensor): Tensor =>
    linear(x, out_proj_weight, out_proj_bias).view(length, batch, -1);
  if (need_weights) {
    require(!masks.causal || mask !== null, () =>
      'is_causal without a mask is not implemented for need_weights');
    const scaled = q.mul(Math.sqrt(1 / q.size(2)));
    const scores = mask ? baddbmm(mask, scaled, k.transpose(-2, -1)) : bmm(scaled, k.transpose(-2, -1));
    const soft = scores.softmax(-1);
    const weights = dropout_p > 0 ? dropout(soft, dropout_p) : soft;
    const output = project_out(
      bmm(weights, v)
        .transpose(0, 1)
        .reshape([length * batch, size]),
    );
    const all = weights.view(batch, heads, length, k.size(1));
    const shown = (given.average_attn_weights ?? true) ? all.mean(1) : all;
    return batched ? [output, shown] : [output.squeeze(1), shown.squeeze(0)];
  }
  const split = (x: Tensor): Tensor => x.view(batch, heads, x.size(1), size / heads);
  let broadcast = mask;
  if (mask)
    broadcast =
      mask.size(0) === 1 && mask.ndim === 3 ? mask.unsqueeze(0) : mask.view(batch, heads, -1, k.size(1));
  const found = scaled_dot_product_attention(
    split(q),
    split(k),
    split(v),
    broadcast,
    dropout_p,
    masks.causal,
  );
  const output = project_out(found.permute([2, 0, 1, 3]).reshape([batch * length, size]));
  return [batched ? output : output.squeeze(1), null];
}

/** The same with a batch of one. One tensor given as several stays one. */
function unsqueezed(given: Given): Given {
  const { key_padding_mask } = given;
  const query = given.query.unsqueeze(1);
  const key = given.key === given.query ? query : given.key.unsqueeze(1);
  const value = given.value === given.key ? key : given.value.unsqueeze(1);
  return { ...given, query, key, value, key_padding_mask: key_padding_mask?.unsqueeze(0) ?? null };
}

/**
 * Attention of query (L, N, E) over key and value (S, N, E), or without N: the output (L, N, E) and, if needed, the
 * weights (N, L, S), or (N, heads, L, S) where they are not averaged. `nn.MultiheadAttention` calls it.
 * @throws {ValueError} shapes that do not fit each other
 * @throws {TorchError} a mask of a wrong shape, or is_causal without one
 */
export function multi_head_attention_forward(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  embed_dim_to_check: number,
  num_heads: number,
  in_proj_weight: Tensor | null,
  in_proj_bias: Tensor | null,
  bias_k: Tensor | null,
  bias_v: Tensor | null,
  add_zero_attn: boolean,
  dropout_p: number,
  out_proj_weight: Tensor,
  out_proj_bias: Tensor | null,
  options?: MultiHeadAttentionOptions,
): [Tensor, Tensor | null];
export function multi_head_attention_forward(...args: unknown[]): [Tensor, Tensor | null] {
  const given = read<Given>(op, names, args, 3, 13);
  return tidy(() => forward(given));
}
