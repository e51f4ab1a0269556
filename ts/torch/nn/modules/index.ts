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
