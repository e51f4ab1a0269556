/** Compile-only: recurrent layers and transformers. */
import { nn, type Tensor } from '../../ts/torch/index.js';

export function recurrent(x: Tensor, h: Tensor, c: Tensor): Tensor[] {
  const lstm = nn.LSTM(3, 4, 2, { batch_first: true, proj_size: 2 });
  const [output, [hn, cn]] = lstm(x, [h, c]);
  const packed = nn.utils.rnn.pack_sequence([x]);
  const [sequence] = lstm(packed);
  const [padded, lengths] = nn.utils.rnn.pad_packed_sequence(sequence, { batch_first: true });
  const [fromGru, state] = nn.GRU({ input_size: 3, hidden_size: 4 })(x, null);
  const [, fromPacked] = nn.RNN(3, 4, 1, 'relu')(packed);
  const [h1] = nn.LSTMCell(3, 4, false)(x);
  const h2: Tensor = nn.GRUCell(3, 4, { bias: false })(x, { hx: h });
  return [output.sum(), hn, cn, padded, lengths, fromGru.sum(), state, fromPacked, h1, h2];
}
export function attention(x: Tensor, mask: Tensor): Tensor[] {
  const mha = nn.MultiheadAttention(8, 2, 0.1, { batch_first: true });
  const [output, weights] = mha(x, x, x, { attn_mask: mask, need_weights: false });
  const layer = nn.TransformerEncoderLayer(8, 2, { activation: nn.functional.gelu });
  const encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(8));
  const model = nn.Transformer({ d_model: 8, nhead: 2, activation: nn.ReLU() });
  const result: Tensor = model(x, x, null, mask, { src_is_causal: false });
  return [output, weights ?? output, encoder(x, { mask }), result];
}
export function refused(x: Tensor): void {
  // @ts-expect-error no such option
  nn.LSTM(3, 4, { layers: 2 });
  // @ts-expect-error hidden_size is missing
  nn.GRU(3);
  // @ts-expect-error only LSTM projects
  nn.GRU(3, 4, { proj_size: 2 });
  // @ts-expect-error the state of an LSTM is a pair
  nn.LSTM(3, 4)(x, x);
  // @ts-expect-error no such activation
  nn.TransformerEncoderLayer(8, 2, { activation: 'tanh' });
  // @ts-expect-error forward takes three tensors
  nn.MultiheadAttention(8, 2)(x);
}
