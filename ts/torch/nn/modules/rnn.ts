/** Recurrent layers: https://docs.pytorch.org/docs/stable/nn.html#recurrent-layers */
import { namedArguments } from '../../arguments.js';
import { TorchError, ValueError } from '../../errors.js';
import * as torch from '../../generated/functions.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import type { PackedSequence } from '../utils/packed_sequence.js';
import { moduleArguments } from './arguments.js';
import { callable } from './callable.js';
import {
  RNNBase,
  recurrentNames,
  withoutProjection,
  type RNNBaseOptions,
  type RecurrentArguments,
} from './rnn_base.js';

export { RNNBase } from './rnn_base.js';
export { GRUCell, LSTMCell, RNNCell, RNNCellBase } from './rnn_cell.js';

type Optional<S> = S | null | { hx?: S | null };
type AfterLayers = [bias: boolean, batch_first: boolean, dropout: number, bidirectional: boolean];
type Positions = [num_layers: number, ...AfterLayers];

/** The initial state, by position or by name. */
function stateOf<S>(op: string, hx: Optional<S> | undefined): S | null {
  return (namedArguments(op, ['hx'], [hx])['hx'] ?? null) as S | null;
}

/** RNN and GRU: one tensor of state. */
abstract class OneState extends RNNBase {
  /** @internal The operator on a batch of sequences of one length. */
  abstract _plain(input: Tensor, hx: Tensor): [Tensor, Tensor];
  /** @internal The operator on packed sequences. */
  abstract _packed(data: Tensor, batch_sizes: Tensor, hx: Tensor): [Tensor, Tensor];

  forward(input: Tensor | PackedSequence, hx?: Optional<Tensor>): [Tensor | PackedSequence, Tensor] {
    const given = stateOf('forward', hx);
    return tidy(() => {
      const sequence = this._sequence(input);
      const { input: data, packed, batched, batch } = sequence;
      if (packed === null && given !== null && given.ndim !== (batched ? 3 : 2))
        throw new TorchError(
          `For ${batched ? 'batched 3-D' : 'unbatched 2-D'} input, hx should also be ${batched ? 3 : 2}-D but got ` +
            `${given.ndim}-D tensor`,
        );
      const size = this._state_size(batch);
      const state = given === null ? this._zeros(data, size) : this._state_in(given, sequence);
      this.check_input(data, packed?.batch_sizes ?? null);
      this._check_state(state, size, 'hidden');
      const [output, hidden] =
        packed === null ? this._plain(data, state) : this._packed(data, packed.batch_sizes, state);
      return [this._output(output, sequence), this._state_out(hidden, sequence)];
    });
  }
}

/* Call signatures for both kinds of input: a conditional type would not survive the base's own call signature. */
/* eslint-disable @typescript-eslint/no-unsafe-declaration-merging */
interface RNNClass {
  (input: Tensor, hx?: Optional<Tensor>): [output: Tensor, h_n: Tensor];
  (input: PackedSequence, hx?: Optional<Tensor>): [output: PackedSequence, h_n: Tensor];
}
interface GRUClass {
  (input: Tensor, hx?: Optional<Tensor>): [output: Tensor, h_n: Tensor];
  (input: PackedSequence, hx?: Optional<Tensor>): [output: PackedSequence, h_n: Tensor];
}
interface LSTMClass {
  (input: Tensor, hx?: Optional<LSTMState>): [output: Tensor, state: LSTMState];
  (input: PackedSequence, hx?: Optional<LSTMState>): [output: PackedSequence, state: LSTMState];
}

export interface RNNOptions extends RNNBaseOptions {
  /** Default: 'tanh'. */
  nonlinearity?: 'tanh' | 'relu';
}

class RNNClass extends OneState {
  nonlinearity: 'tanh' | 'relu';

  /**
   * Elman's network, `h' = tanh(W_ih x + b_ih + W_hh h + b_hh)`: input (L, N, input_size), (N, L, input_size) with
   * `batch_first`, (L, input_size) or a PackedSequence; output and the last states (D·num_layers, N, hidden_size).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
   * @throws {ValueError} an unknown nonlinearity, and as RNNBase
   */
  constructor(
    ...args: RecurrentArguments<
      RNNOptions,
      [num_layers: number, nonlinearity: 'tanh' | 'relu', ...rest: AfterLayers]
    >
  ) {
    const names = [...recurrentNames];
    names.splice(3, 0, 'nonlinearity');
    const { nonlinearity = 'tanh', ...given } = withoutProjection('RNN', names, args);
    if (nonlinearity !== 'tanh' && nonlinearity !== 'relu')
      throw new ValueError(
        `Unknown nonlinearity '${String(nonlinearity)}'. Select from 'tanh' or 'relu'.`,
        'RNN',
      );
    super({ ...(given as unknown as Sizes), mode: nonlinearity === 'tanh' ? 'RNN_TANH' : 'RNN_RELU' });
    this.nonlinearity = nonlinearity;
  }
  override _plain(input: Tensor, hx: Tensor): [Tensor, Tensor] {
    const call = this.mode === 'RNN_TANH' ? torch.rnn_tanh : torch.rnn_relu;
    const { bias, num_layers, dropout, training, bidirectional, batch_first } = this;
    const weights = this._flat_weights;
    return call(input, hx, weights, bias, num_layers, dropout, training, bidirectional, batch_first);
  }
  override _packed(data: Tensor, batch_sizes: Tensor, hx: Tensor): [Tensor, Tensor] {
    const call = this.mode === 'RNN_TANH' ? torch.rnn_tanh : torch.rnn_relu;
    const { bias, num_layers, dropout, training, bidirectional } = this;
    const weights = this._flat_weights;
    return call(data, batch_sizes, hx, weights, bias, num_layers, dropout, training, bidirectional);
  }
}
export const RNN = callable(RNNClass);
export type RNN = RNNClass;

interface Sizes extends RNNBaseOptions {
  input_size: number;
  hidden_size: number;
}

class GRUClass extends OneState {
  /**
   * Gated recurrent units; shapes as RNN's.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
   * @throws as RNNBase
   */
  constructor(...args: RecurrentArguments<RNNBaseOptions, Positions>) {
    super({ ...(withoutProjection('GRU', recurrentNames, args) as unknown as Sizes), mode: 'GRU' });
  }
  override _plain(input: Tensor, hx: Tensor): [Tensor, Tensor] {
    const { bias, num_layers, dropout, training, bidirectional, batch_first } = this;
    const weights = this._flat_weights;
    return torch.gru(input, hx, weights, bias, num_layers, dropout, training, bidirectional, batch_first);
  }
  override _packed(data: Tensor, batch_sizes: Tensor, hx: Tensor): [Tensor, Tensor] {
    const { bias, num_layers, dropout, training, bidirectional } = this;
    const weights = this._flat_weights;
    return torch.gru(data, batch_sizes, hx, weights, bias, num_layers, dropout, training, bidirectional);
  }
}
export const GRU = callable(GRUClass);
export type GRU = GRUClass;

export interface LSTMOptions extends RNNBaseOptions {
  /** Width of the output when it is projected; default: 0, no projection. */
  proj_size?: number;
}
/** Hidden state and cells. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

class LSTMClass extends RNNBase {
  /**
   * Long short-term memory: input as RNN's, state and last state `[h, c]` with h (D·num_layers, N, proj_size or
   * hidden_size) and c (D·num_layers, N, hidden_size).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
   * @throws as RNNBase
   */
  constructor(...args: RecurrentArguments<LSTMOptions, [...Positions, proj_size: number]>) {
    super({ ...(moduleArguments('LSTM', recurrentNames, args, 2) as unknown as Sizes), mode: 'LSTM' });
  }
  forward(input: Tensor | PackedSequence, hx?: Optional<LSTMState>): [Tensor | PackedSequence, LSTMState] {
    const given = stateOf('forward', hx);
    return tidy(() => {
      const sequence = this._sequence(input);
      const { input: data, packed, batched, batch } = sequence;
      const wanted = batched ? 3 : 2;
      if (packed === null && given?.some((part) => part.ndim !== wanted))
        throw new TorchError(
          `For ${batched ? 'batched 3-D' : 'unbatched 2-D'} input, hx and cx should also be ${wanted}-D but got ` +
            `(${given[0].ndim}-D, ${given[1].ndim}-D) tensors`,
        );
      const sizes = [this._state_size(batch), this._state_size(batch, true)] as const;
      const state = sizes.map((size, i) =>
        given === null ? this._zeros(data, size) : this._state_in(given[i]!, sequence),
      );
      this.check_input(data, packed?.batch_sizes ?? null);
      sizes.forEach((size, i) => {
        this._check_state(state[i]!, size, `hidden[${i}]`);
      });
      const { bias, num_layers, dropout, training, bidirectional, batch_first } = this;
      const weights = this._flat_weights;
      const [output, h, c] =
        packed === null
          ? torch.lstm(data, state, weights, bias, num_layers, dropout, training, bidirectional, batch_first)
          : torch.lstm(
              data,
              packed.batch_sizes,
              state,
              weights,
              bias,
              num_layers,
              dropout,
              training,
              bidirectional,
            );
      const last = [this._state_out(h, sequence), this._state_out(c, sequence)] as const;
      return [this._output(output, sequence), last];
    });
  }
}
export const LSTM = callable(LSTMClass);
export type LSTM = LSTMClass;
