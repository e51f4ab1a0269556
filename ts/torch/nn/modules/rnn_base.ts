/** What RNN, LSTM and GRU share: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNBase.html */
import { ArgumentError, TorchError, ValueError } from '../../errors.js';
import { zeros } from '../../generated/functions.js';
import { repr } from '../../number_text.js';
import type { Tensor } from '../../tensor.js';
import { warn } from '../functional/arguments.js';
import * as init from '../init.js';
import type { Parameter } from '../parameter.js';
import { PackedSequence } from '../utils/packed_sequence.js';
import { moduleArguments } from './arguments.js';
import { callable } from './callable.js';
import { emptyParameter, type FactoryOptions } from './linear.js';
import { Module } from './module.js';

export type Mode = 'LSTM' | 'GRU' | 'RNN_TANH' | 'RNN_RELU';
const gates: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3, RNN_TANH: 1, RNN_RELU: 1 };

export interface RNNBaseOptions extends FactoryOptions {
  /** Layers one on top of the other; default: 1. */
  num_layers?: number;
  /** Default: true. */
  bias?: boolean;
  /** Whether input and output are (batch, time, features) instead of (time, batch, features); default: false. */
  batch_first?: boolean;
  /** Probability of dropout after each layer but the last; default: 0. */
  dropout?: number;
  /** Whether a second set of weights reads the sequence from its end; default: false. */
  bidirectional?: boolean;
}
/** The two sizes, perhaps more by position, then options. */
export type RecurrentArguments<O, More extends unknown[]> =
  | [input_size: number, hidden_size: number, ...more: Partial<More>]
  | [input_size: number, hidden_size: number, options: O]
  | [input_size: number, hidden_size: number, num_layers: number, options: Omit<O, 'num_layers'>]
  | [options: { input_size: number; hidden_size: number } & O];

/** @internal Names of the arguments after `num_layers` and the like. */
export const recurrentNames = [
  'input_size',
  'hidden_size',
  'num_layers',
  'bias',
  'batch_first',
  'dropout',
  'bidirectional',
  'proj_size',
  'device',
  'dtype',
];

/** @internal The arguments of RNN and GRU, which know no projection. */
export function withoutProjection(op: string, names: readonly string[], args: readonly unknown[]) {
  const known = names.filter((name) => name !== 'proj_size');
  const given = moduleArguments(op, [...known, 'proj_size'], args, 2);
  if ('proj_size' in given)
    throw new ValueError('proj_size argument is only supported for LSTM, not RNN or GRU', op);
  return given;
}

/** What a forward pass works on, whichever form the input has. */
export interface Sequence {
  input: Tensor;
  /** Null for an input that is not packed. */
  packed: PackedSequence | null;
  batched: boolean;
  batch: number;
}

class RNNBaseClass extends Module {
  mode: Mode;
  input_size: number;
  hidden_size: number;
  num_layers: number;
  bias: boolean;
  batch_first: boolean;
  dropout: number;
  bidirectional: boolean;
  proj_size: number;
  /** Names of the parameters, layer by layer and direction by direction. */
  readonly _all_weights: readonly (readonly string[])[];

  /**
   * Parameters are `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0` (and `weight_hr_l0`), then the same
   * with `_reverse`, then those of the layers above; all uniform in ±1/√hidden_size.
   * @throws {ValueError} a size, `dropout` or `mode` that cannot be
   * @throws {ArgumentError} an argument of another type
   */
  constructor(
    ...args:
      | [
          mode: Mode,
          input_size: number,
          hidden_size: number,
          options?: RNNBaseOptions & { proj_size?: number },
        ]
      | [
          options: { mode: Mode; input_size: number; hidden_size: number } & RNNBaseOptions & {
              proj_size?: number;
            },
        ]
  ) {
    super();
    const given = moduleArguments('RNNBase', ['mode', ...recurrentNames], args, 3);
    this.mode = given['mode'] as Mode;
    this.input_size = given['input_size'] as number;
    this.hidden_size = given['hidden_size'] as number;
    this.num_layers = (given['num_layers'] ?? 1) as number;
    this.bias = (given['bias'] ?? true) as boolean;
    this.batch_first = (given['batch_first'] ?? false) as boolean;
    this.dropout = (given['dropout'] ?? 0) as number;
    this.bidirectional = (given['bidirectional'] ?? false) as boolean;
    this.proj_size = (given['proj_size'] ?? 0) as number;
    this.#check();
    this._all_weights = this.#make(given);
    this.reset_parameters();
  }

  #check(): void {
    const { dropout, num_layers, proj_size, mode } = this;
    if (typeof dropout !== 'number' || !(dropout >= 0 && dropout <= 1))
      throw new ValueError(
        'dropout should be a number in range [0, 1] representing the probability of an element being zeroed',
      );
    if (dropout > 0 && num_layers === 1)
      warn(
        'dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers ' +
          `greater than 1, but got dropout=${dropout} and num_layers=${num_layers}`,
      );
    for (const name of ['bias', 'batch_first', 'bidirectional'] as const)
      if (typeof this[name] !== 'boolean')
        throw new ArgumentError(`${name} should be of type bool, got: ${typeof this[name]}`);
    for (const name of ['input_size', 'hidden_size', 'num_layers', 'proj_size'] as const)
      if (!Number.isInteger(this[name]))
        throw new ArgumentError(
          `${name} should be of type int, got: ${typeof this[name] === 'number' ? this[name] : typeof this[name]}`,
        );
    for (const name of ['input_size', 'hidden_size', 'num_layers'] as const)
      if (this[name] <= 0) throw new ValueError(`${name} must be greater than zero`);
    if (proj_size < 0)
      throw new ValueError('proj_size should be a positive integer or zero to disable projections');
    if (proj_size >= this.hidden_size) throw new ValueError('proj_size has to be smaller than hidden_size');
    if (!Object.hasOwn(gates, mode)) throw new ValueError(`Unrecognized RNN mode: ${String(mode)}`);
  }

  /** Makes the parameters and gives their names. */
  #make(factory: FactoryOptions): string[][] {
    const { hidden_size, input_size, proj_size, bias } = this;
    const rows = gates[this.mode]! * hidden_size;
    const output = proj_size > 0 ? proj_size : hidden_size;
    const all: string[][] = [];
    for (let layer = 0; layer < this.num_layers; ++layer)
      for (const suffix of this.bidirectional ? ['', '_reverse'] : ['']) {
        const columns = layer === 0 ? input_size : output * this._directions;
        const sizes: [string, number[]][] = [
          ['weight_ih', [rows, columns]],
          ['weight_hh', [rows, output]],
        ];
        if (bias) sizes.push(['bias_ih', [rows]], ['bias_hh', [rows]]);
        if (proj_size > 0) sizes.push(['weight_hr', [proj_size, hidden_size]]);
        all.push(
          sizes.map(([word, size]) => {
            const name = `${word}_l${layer}${suffix}`;
            this.register_parameter(name, emptyParameter(size, factory));
            return name;
          }),
        );
      }
    return all;
  }

  /** @internal */
  get _directions(): number {
    return this.bidirectional ? 2 : 1;
  }
  /** Names of all parameters in libtorch's order. */
  get _flat_weights_names(): string[] {
    return this._all_weights.flat();
  }
  /** All parameters in libtorch's order; read anew each time, so they may be exchanged. */
  get _flat_weights(): Parameter[] {
    return this._flat_weights_names.map((name) => this._get_member(name) as Parameter);
  }
  get all_weights(): Parameter[][] {
    return this._all_weights.map((names) => names.map((name) => this._get_member(name) as Parameter));
  }
  /** Does nothing: libtorch takes the weights as they lie. */
  flatten_parameters(): void {
    // The name is here for code that calls it.
  }
  reset_parameters(): void {
    const bound = 1 / Math.sqrt(this.hidden_size);
    for (const parameter of this.parameters()) init.uniform_(parameter, -bound, bound);
  }

  /** @throws {ValueError} another dtype than that of the weights @throws {TorchError} sizes that do not fit */
  check_input(input: Tensor, batch_sizes: Tensor | null): void {
    const { dtype } = this._flat_weights[0]!;
    if (input.dtype !== dtype)
      throw new ValueError(
        `RNN input dtype (${String(input.dtype)}) does not match weight dtype (${String(dtype)}). Convert input: ` +
          `input.to(${String(dtype)}), or convert model: model.to(${String(input.dtype)})`,
      );
    const ndim = batch_sizes === null ? 3 : 2;
    if (input.ndim !== ndim) throw new TorchError(`input must have ${ndim} dimensions, got ${input.ndim}`);
    if (input.size(-1) !== this.input_size)
      throw new TorchError(
        `input.size(-1) must be equal to input_size. Expected ${this.input_size}, got ${input.size(-1)}`,
      );
  }
  /** @internal The size that a state must have, the width being that of `cells` or of what is given out. */
  _state_size(batch: number, cells = false): number[] {
    const width = !cells && this.proj_size > 0 ? this.proj_size : this.hidden_size;
    return [this.num_layers * this._directions, batch, width];
  }
  /** @internal @throws {TorchError} the state has another size */
  _check_state(state: Tensor, expected: readonly number[], what: string): void {
    if (!state.shape.equals(expected))
      throw new TorchError(`Expected ${what} size (${expected.join(', ')}), got [${state.shape.join(', ')}]`);
  }
  /** @internal A state of zeros for `input`. */
  _zeros(input: Tensor, size: readonly number[]): Tensor {
    return zeros(size, { dtype: input.dtype, device: input.device });
  }

  /** @internal @throws {ValueError} the input has neither two nor three dimensions */
  _sequence(given: Tensor | PackedSequence): Sequence {
    if (given instanceof PackedSequence) {
      const batch = given.batch_sizes.select(0, 0).item();
      return { input: given.data, packed: given, batched: true, batch };
    }
    if (given.ndim !== 2 && given.ndim !== 3) {
      const [kind] = this.mode.split('_');
      const what = kind === 'RNN' ? ' tensor' : '';
      throw new ValueError(`${kind}: Expected input to be 2D or 3D, got ${given.ndim}D${what} instead`);
    }
    const batched = given.ndim === 3;
    const dim = this.batch_first ? 0 : 1;
    const input = batched ? given : given.unsqueeze(dim);
    return { input, packed: null, batched, batch: input.size(dim) };
  }
  /** @internal The output in the form that the input had. */
  _output(output: Tensor, { packed, batched }: Sequence): Tensor | PackedSequence {
    if (packed === null) return batched ? output : output.squeeze(this.batch_first ? 0 : 1);
    return new PackedSequence(output, packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices);
  }
  /** @internal A state of the caller in the order that the sequences are packed in. */
  _state_in(state: Tensor, { packed, batched }: Sequence): Tensor {
    const order = packed?.sorted_indices ?? null;
    if (order !== null) return state.index_select(1, order);
    return batched ? state : state.unsqueeze(1);
  }
  /** @internal The inverse of _state_in. */
  _state_out(state: Tensor, { packed, batched }: Sequence): Tensor {
    const order = packed?.unsorted_indices ?? null;
    if (order !== null) return state.index_select(1, order);
    return batched ? state : state.squeeze(1);
  }

  override extra_repr(): string {
    const { num_layers, proj_size, dropout } = this;
    let text = `${this.input_size}, ${this.hidden_size}`;
    if (proj_size !== 0) text += `, proj_size=${proj_size}`;
    if (num_layers !== 1) text += `, num_layers=${num_layers}`;
    if (!this.bias) text += ', bias=False';
    if (this.batch_first) text += ', batch_first=True';
    if (dropout !== 0) text += `, dropout=${repr(dropout)}`;
    if (this.bidirectional) text += ', bidirectional=True';
    return text;
  }
}
export const RNNBase = callable(RNNBaseClass);
export type RNNBase = RNNBaseClass;
