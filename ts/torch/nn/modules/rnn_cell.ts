/** One step of a recurrent layer: https://docs.pytorch.org/docs/stable/nn.html#recurrent-layers */
import { namedArguments } from '../../arguments.js';
import { TorchError, ValueError } from '../../errors.js';
import * as torch from '../../generated/functions.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import * as init from '../init.js';
import type { Parameter } from '../parameter.js';
import { moduleArguments } from './arguments.js';
import { callable } from './callable.js';
import { emptyParameter, type FactoryOptions } from './linear.js';
import { Module } from './module.js';

export interface RNNCellBaseOptions extends FactoryOptions {
  /** Default: true. */
  bias?: boolean;
}
export interface RNNCellOptions extends RNNCellBaseOptions {
  /** Default: 'tanh'. */
  nonlinearity?: 'tanh' | 'relu';
}
type CellArguments<O> =
  | [input_size: number, hidden_size: number, bias?: boolean]
  | [input_size: number, hidden_size: number, options: O]
  | [input_size: number, hidden_size: number, bias: boolean, options: Omit<O, 'bias'>]
  | [options: { input_size: number; hidden_size: number } & O];

class RNNCellBaseClass extends Module {
  input_size: number;
  hidden_size: number;
  bias: boolean;
  weight_ih: Parameter;
  weight_hh: Parameter;
  bias_ih: Parameter | null;
  bias_hh: Parameter | null;

  /**
   * What the cells share: weights (num_chunks·hidden_size, input_size or hidden_size) and biases, all uniform in
   * ±1/√hidden_size.
   */
  constructor(
    input_size: number,
    hidden_size: number,
    bias: boolean,
    num_chunks: number,
    factory: FactoryOptions = {},
  ) {
    super();
    this.input_size = input_size;
    this.hidden_size = hidden_size;
    this.bias = bias;
    const rows = num_chunks * hidden_size;
    this.weight_ih = emptyParameter([rows, input_size], factory);
    this.weight_hh = emptyParameter([rows, hidden_size], factory);
    this.bias_ih = bias ? emptyParameter([rows], factory) : null;
    this.bias_hh = bias ? emptyParameter([rows], factory) : null;
    this.reset_parameters();
  }
  reset_parameters(): void {
    const bound = this.hidden_size > 0 ? 1 / Math.sqrt(this.hidden_size) : 0;
    for (const parameter of this.parameters()) init.uniform_(parameter, -bound, bound);
  }
  override extra_repr(): string {
    return `${this.input_size}, ${this.hidden_size}${this.bias ? '' : ', bias=False'}`;
  }
  /** @internal The input with a batch, and the states with one; zeros where there are none. */
  _batched(input: Tensor, states: readonly (Tensor | null)[]): [input: Tensor, states: Tensor[]] {
    const batch = input.ndim === 2 ? input : input.unsqueeze(0);
    let zeros: Tensor | null = null;
    return [
      batch,
      states.map((state) => {
        if (state !== null) return input.ndim === 2 ? state : state.unsqueeze(0);
        const { dtype, device } = input;
        return (zeros ??= torch.zeros([batch.size(0), this.hidden_size], { dtype, device }));
      }),
    ];
  }
  /** @internal @throws {ValueError} */
  _check_dim(what: string, tensor: Tensor): void {
    if (tensor.ndim !== 1 && tensor.ndim !== 2)
      throw new ValueError(
        `${this._get_name()}: Expected ${what} to be 1D or 2D, got ${tensor.ndim}D instead`,
      );
  }
}
export const RNNCellBase = callable(RNNCellBaseClass);
export type RNNCellBase = RNNCellBaseClass;

type Optional<S> = S | null | { hx?: S | null };

/** Cells whose state is one tensor. */
abstract class OneStateCell extends RNNCellBase {
  /** @internal */
  abstract _step(input: Tensor, hx: Tensor): Tensor;

  /** @throws {ValueError} input or state have neither one nor two dimensions */
  forward(input: Tensor, hx?: Optional<Tensor>): Tensor {
    const given = (namedArguments('forward', ['hx'], [hx])['hx'] ?? null) as Tensor | null;
    this._check_dim('input', input);
    if (given !== null) this._check_dim('hidden', given);
    return tidy(() => {
      const [batch, states] = this._batched(input, [given]);
      const result = this._step(batch, states[0]!);
      return input.ndim === 2 ? result : result.squeeze(0);
    });
  }
}

/** The arguments of a cell. */
function read<O>(op: string, names: readonly string[], args: CellArguments<O> | readonly unknown[]) {
  const given = moduleArguments(op, [...names, 'device', 'dtype'], args, 2);
  return {
    given,
    input_size: given['input_size'] as number,
    hidden_size: given['hidden_size'] as number,
    bias: (given['bias'] ?? true) as boolean,
  };
}
const names = ['input_size', 'hidden_size', 'bias'];

class RNNCellClass extends OneStateCell {
  nonlinearity: 'tanh' | 'relu';

  /**
   * One step of Elman's network: input (N, input_size) or (input_size), state and result (N, hidden_size) or
   * (hidden_size). https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
   */
  constructor(
    ...args:
      | CellArguments<RNNCellOptions>
      | [
          input_size: number,
          hidden_size: number,
          bias: boolean,
          nonlinearity: 'tanh' | 'relu',
          options?: FactoryOptions,
        ]
  ) {
    const { given, input_size, hidden_size, bias } = read('RNNCell', [...names, 'nonlinearity'], args);
    super(input_size, hidden_size, bias, 1, given);
    this.nonlinearity = (given['nonlinearity'] ?? 'tanh') as 'tanh' | 'relu';
  }
  override _step(input: Tensor, hx: Tensor): Tensor {
    const { weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity } = this;
    if (nonlinearity === 'tanh')
      return torch.rnn_tanh_cell(input, hx, weight_ih, weight_hh, bias_ih, bias_hh);
    if (nonlinearity === 'relu')
      return torch.rnn_relu_cell(input, hx, weight_ih, weight_hh, bias_ih, bias_hh);
    throw new TorchError(`Unknown nonlinearity: ${String(nonlinearity)}`);
  }
  override extra_repr(): string {
    const { nonlinearity } = this;
    return super.extra_repr() + (nonlinearity === 'tanh' ? '' : `, nonlinearity=${nonlinearity}`);
  }
}
export const RNNCell = callable(RNNCellClass);
export type RNNCell = RNNCellClass;

class GRUCellClass extends OneStateCell {
  /** One step of gated recurrent units; shapes as RNNCell's. https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html */
  constructor(...args: CellArguments<RNNCellBaseOptions>) {
    const { given, input_size, hidden_size, bias } = read('GRUCell', names, args);
    super(input_size, hidden_size, bias, 3, given);
  }
  override _step(input: Tensor, hx: Tensor): Tensor {
    const { weight_ih, weight_hh, bias_ih, bias_hh } = this;
    return torch.gru_cell(input, hx, weight_ih, weight_hh, bias_ih, bias_hh);
  }
}
export const GRUCell = callable(GRUCellClass);
export type GRUCell = GRUCellClass;

type State = readonly [h: Tensor, c: Tensor];

class LSTMCellClass extends RNNCellBase {
  /** One step of an LSTM: state and result `[h, c]`. https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html */
  constructor(...args: CellArguments<RNNCellBaseOptions>) {
    const { given, input_size, hidden_size, bias } = read('LSTMCell', names, args);
    super(input_size, hidden_size, bias, 4, given);
  }
  /** @throws {ValueError} input or state have neither one nor two dimensions */
  forward(input: Tensor, hx?: Optional<State>): [h: Tensor, c: Tensor] {
    const given = (namedArguments('forward', ['hx'], [hx])['hx'] ?? null) as State | null;
    this._check_dim('input', input);
    given?.forEach((part, i) => {
      this._check_dim(`hx[${i}]`, part);
    });
    return tidy(() => {
      const [batch, states] = this._batched(input, given ?? [null, null]);
      const { weight_ih, weight_hh, bias_ih, bias_hh } = this;
      const [h, c] = torch.lstm_cell(batch, states, weight_ih, weight_hh, bias_ih, bias_hh);
      return input.ndim === 2 ? [h, c] : [h.squeeze(0), c.squeeze(0)];
    });
  }
}
export const LSTMCell = callable(LSTMCellClass);
export type LSTMCell = LSTMCellClass;
