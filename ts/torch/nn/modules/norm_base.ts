/** What batch and instance normalization have in common: a factor and an addend for each channel, and statistics. */
import { int64 } from '../../dtype.js';
import { ValueError } from '../../errors.js';
import { ones, zeros } from '../../generated/functions.js';
import type { Tensor } from '../../tensor.js';
import { read } from '../functional/arguments.js';
import * as init from '../init.js';
import type { Parameter } from '../parameter.js';
import { emptyParameter, type FactoryOptions } from './linear.js';
import { Module } from './module.js';
import type { Loading } from './state_dict.js';
import { pythonText } from './text.js';

export interface NormOptions extends FactoryOptions {
  /** Added to the variance; default: 1e-5. */
  eps?: number;
  /** How much of the running statistics a batch replaces; null for the mean of all batches. Default: 0.1. */
  momentum?: number | null;
  /** Whether there are a factor and an addend for each channel. */
  affine?: boolean;
  /** Whether running statistics are kept. */
  track_running_stats?: boolean;
  /** Whether there are addends; default: true. */
  bias?: boolean;
}
type Given = { num_features: number } & NormOptions;

const names = ['num_features', 'eps', 'momentum', 'affine', 'track_running_stats', 'device', 'dtype', 'bias'];

/** Takes device and dtype where they are given. */
function factory({ device, dtype }: FactoryOptions): FactoryOptions {
  return { ...(device == null ? {} : { device }), ...(dtype == null ? {} : { dtype }) };
}

export class NormBase extends Module {
  num_features: number;
  eps: number;
  momentum: number | null;
  affine: boolean;
  track_running_stats: boolean;
  weight: Parameter | null;
  bias: Parameter | null;
  declare running_mean: Tensor | null;
  declare running_var: Tensor | null;
  declare num_batches_tracked: Tensor | null;

  constructor(op: string, args: readonly unknown[], standard: boolean, more: readonly string[] = []) {
    super();
    const given = read<Given>(op, [...names.slice(0, 5), ...more, ...names.slice(5)], args, 0, 1);
    const { num_features, eps = 1e-5, momentum = 0.1, bias = true } = given;
    const { affine = standard, track_running_stats = standard } = given;
    this.num_features = num_features;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.track_running_stats = track_running_stats;
    this.weight = affine ? emptyParameter([num_features], given) : null;
    this.bias = affine && bias ? emptyParameter([num_features], given) : null;
    const options = factory(given);
    const tracked = track_running_stats;
    this.register_buffer('running_mean', tracked ? zeros([num_features], options) : null);
    this.register_buffer('running_var', tracked ? ones([num_features], options) : null);
    this.register_buffer('num_batches_tracked', tracked ? zeros([], { ...options, dtype: int64 }) : null);
    this.reset_parameters();
  }
  override get _version(): number {
    return 2;
  }
  reset_running_stats(): void {
    if (!this.track_running_stats) return;
    this.running_mean!.zero_();
    this.running_var!.fill_(1);
    this.num_batches_tracked!.zero_();
  }
  reset_parameters(): void {
    this.reset_running_stats();
    if (this.weight !== null) init.ones_(this.weight);
    if (this.bias !== null) init.zeros_(this.bias);
  }
  override extra_repr(): string {
    const { num_features, eps, momentum, affine, bias, track_running_stats } = this;
    return (
      `${num_features}, eps=${pythonText(eps)}, momentum=${pythonText(momentum)}, affine=${pythonText(affine)}, ` +
      `bias=${pythonText(bias !== null)}, track_running_stats=${pythonText(track_running_stats)}`
    );
  }
  override _load_from_state_dict(
    state: Map<string, unknown>,
    prefix: string,
    local_metadata: { version?: number },
    loading: Loading,
  ): void {
    const key = `${prefix}num_batches_tracked`;
    // Files of the first version do not count batches.
    if ((local_metadata.version ?? 0) < 2 && this.track_running_stats && !state.has(key))
      state.set(key, this.num_batches_tracked ?? zeros([], { dtype: int64 }));
    super._load_from_state_dict(state, prefix, local_metadata, loading);
  }
}

/** @throws {ValueError} the input has another number of dimensions */
export function checkDimensions(input: Tensor, ...allowed: number[]): void {
  if (allowed.includes(input.ndim)) return;
  throw new ValueError(
    `expected ${allowed.map((n) => `${n}D`).join(' or ')} input (got ${input.ndim}D input)`,
  );
}
