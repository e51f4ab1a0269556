/** https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.distributed.DistributedSampler */
import { namedArguments } from '../../arguments.js';
import { TorchError, ValueError } from '../../errors.js';
import { randperm } from '../../generated/functions.js';
import { callable } from '../../nn/modules/callable.js';
import { Generator } from '../../random.js';
import { lengthOf } from './_utils/item.js';
import { Sampler } from './sampler.js';

export interface DistributedSamplerOptions {
  /** How many processes share the data. */
  num_replicas?: number | null;
  /** Which of them this is, counted from 0. */
  rank?: number | null;
  /** Default: true. */
  shuffle?: boolean;
  /** The same in all processes (default: 0). */
  seed?: number;
  /** Leave out the tail that cannot be shared evenly, instead of repeating samples (default: false). */
  drop_last?: boolean;
}

/**
 * One process's share of a dataset. Call `set_epoch` before each pass, or every pass has the same order.
 * @throws {TorchError} without `num_replicas` or `rank`: there is no process group to ask
 * @throws {ValueError} a rank that does not exist
 */
class DistributedSamplerClass extends Sampler<number> {
  readonly dataset: unknown;
  readonly num_replicas: number;
  readonly rank: number;
  readonly num_samples: number;
  readonly total_size: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly drop_last: boolean;
  epoch = 0;

  constructor(dataset: unknown, options: DistributedSamplerOptions = {}) {
    super();
    const names = ['dataset', 'num_replicas', 'rank', 'shuffle', 'seed', 'drop_last'];
    const given = namedArguments('DistributedSampler', names, [null, options]) as DistributedSamplerOptions;
    const { num_replicas, rank, shuffle = true, seed = 0, drop_last = false } = given;
    if (num_replicas == null || rank == null) {
      throw new TorchError(
        'DistributedSampler: there is no process group, so num_replicas and rank must be given',
      );
    }
    if (rank >= num_replicas || rank < 0) {
      throw new ValueError(`Invalid rank ${rank}, rank should be in the interval [0, ${num_replicas - 1}]`);
    }
    const length = lengthOf(dataset);
    const dropped = drop_last && length % num_replicas !== 0 ? num_replicas : 0;
    this.dataset = dataset;
    this.num_replicas = num_replicas;
    this.rank = rank;
    this.shuffle = shuffle;
    this.seed = seed;
    this.drop_last = drop_last;
    this.num_samples = Math.ceil((length - dropped) / num_replicas);
    this.total_size = this.num_samples * num_replicas;
  }
  get length(): number {
    return this.num_samples;
  }
  /** Sets what the order of the next pass depends on, beside the seed. */
  set_epoch(epoch: number): void {
    this.epoch = epoch;
  }

  #order(): number[] {
    const length = lengthOf(this.dataset);
    if (!this.shuffle) return Array.from({ length }, (_, i) => i);
    const order = randperm(length, { generator: new Generator().manual_seed(this.seed + this.epoch) });
    try {
      return order.tolist() as number[];
    } finally {
      order.dispose();
    }
  }
  override [Symbol.iterator](): Iterator<number> {
    const order = this.#order();
    // Whatever is missing is taken from the start once more, as often as it takes.
    const mine = Array.from(
      { length: this.num_samples },
      (_, i) => order[(this.rank + i * this.num_replicas) % order.length]!,
    );
    return mine[Symbol.iterator]();
  }
}

export const DistributedSampler = callable(DistributedSamplerClass);
export type DistributedSampler = DistributedSamplerClass;
