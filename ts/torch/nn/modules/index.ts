/** The modules of torch.nn. */
export { callable } from './callable.js';
export type { Callable } from './callable.js';
export { deepcopy } from './deepcopy.js';
export { Module } from './module.js';
export type { AnyModule } from './module.js';
export type {
  BackwardHook,
  BackwardPreHook,
  ForwardHook,
  ForwardHookOptions,
  ForwardPreHook,
  HookOptions,
} from './hooks.js';
export type { IncompatibleKeys, StateDict, StateDictLike } from './state_dict.js';
export * from './container.js';
export { Bilinear, Identity, Linear } from './linear.js';
export { Flatten, Unflatten } from './flatten.js';
export * from './activation.js';
export { GRU, GRUCell, LSTM, LSTMCell, RNN, RNNBase, RNNCell, RNNCellBase } from './rnn.js';
export type { LSTMState } from './rnn.js';
export { MultiheadAttention } from './multihead_attention.js';
export * from './batchnorm.js';
export * from './dropout.js';
export * from './instancenorm.js';
export * from './normalization.js';
export { CrossMapLRN2d } from './cross_map_lrn.js';
export {
  Transformer,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from './transformer.js';
export * from './adaptive.js';
export * from './adaptive_pooling.js';
export * from './channelshuffle.js';
export * from './conv.js';
export * from './distance.js';
export * from './fold.js';
export * from './lazy.js';
export * from './linear_cross_entropy.js';
export * from './loss.js';
export * from './lp_pooling.js';
export * from './padding.js';
export * from './pixelshuffle.js';
export * from './pooling.js';
export * from './sparse.js';
export * from './upsampling.js';
