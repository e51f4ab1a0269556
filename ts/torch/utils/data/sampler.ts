/**
 * Samplers: in which order a DataLoader takes the samples. Draws come from libtorch's generator in exactly the order
 * of Python's samplers, so that one seed gives one order in both.
 * https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Sampler
 */
import { namedArguments } from '../../arguments.js';
import { as_tensor } from '../../creation.js';
import { float64, int64 } from '../../dtype.js';
import { NotImplementedError, ArgumentError, ValueError } from '../../errors.js';
import { empty, multinomial, randint, randperm } from '../../generated/functions.js';
import { callable } from '../../nn/modules/callable.js';
import { Generator } from '../../random.js';
import { Tensor } from '../../tensor.js';
import { disposeChunk, toIndexTensor, toNumbers, unscoped, type Chunk } from './_utils/chunks.js';
import { lengthOf } from './_utils/item.js';

/** An int64 drawn from a generator: what PyTorch takes for a seed. */
export function drawSeed(generator: Generator | null): number | bigint {
  const made = empty([], { dtype: int64 }).random_({ generator });
  try {
    return made.item<number | bigint>();
  } finally {
    made.dispose();
  }
}

/** Base class of all samplers: an iterable of indices, or of lists of indices. */
class SamplerClass<T = number> implements Iterable<T> {
  [Symbol.iterator](): Iterator<T> {
    throw new NotImplementedError(`${this.constructor.name} must have a method [Symbol.iterator]`);
  }
}

/** A sampler that knows its order in whole tensors. A subclass with another iterator is taken at its iterator's word. */
export abstract class ChunkedSampler extends SamplerClass {
  /** @internal */
  abstract chunks(): Generator_<Chunk>;

  override *[Symbol.iterator](): Generator_<number> {
    for (const chunk of this.chunks()) {
      const numbers = toNumbers(chunk);
      disposeChunk(chunk);
      yield* numbers;
    }
  }
}
// `Generator` is torch's here.
type Generator_<T> = globalThis.Generator<T, void, undefined>;

/** @internal The order of a sampler in chunks, or null where only its iterator knows. */
export function chunksOf(sampler: unknown): Iterable<Chunk> | null {
  if (!(sampler instanceof ChunkedSampler)) return null;
  const isSubset = sampler instanceof SubsetRandomSamplerClass;
  const own = (isSubset ? SubsetRandomSamplerClass : ChunkedSampler).prototype;
  if (sampler[Symbol.iterator] !== own[Symbol.iterator] || (isSubset && !sampler.isNumeric())) return null;
  return sampler.chunks();
}

/** Always the same order: 0, 1, 2 ... */
class SequentialSamplerClass extends ChunkedSampler {
  readonly data_source: unknown;

  constructor(data_source: unknown) {
    super();
    this.data_source = data_source;
  }
  get length(): number {
    return lengthOf(this.data_source);
  }
  *chunks(): Generator_<Chunk> {
    yield { start: 0, stop: this.length };
  }
}

function isPositiveInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

/** Python's `repr` of what was given in place of a number or a boolean. */
function text(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

export interface RandomSamplerOptions {
  /** Draw each sample anew from all (default: false). */
  replacement?: boolean;
  /** How many to draw (default: all). */
  num_samples?: number | null;
  /** Default: a generator of its own, whose seed is drawn from the default generator at the start of each pass. */
  generator?: Generator | null;
}

/**
 * A new random order in each pass.
 * @throws {ArgumentError} `replacement` is no boolean
 * @throws {ValueError} `num_samples`, or the length of the data, is no positive integer
 */
class RandomSamplerClass extends ChunkedSampler {
  readonly data_source: unknown;
  readonly replacement: boolean;
  readonly generator: Generator | null;
  readonly #samples: number | null;

  constructor(
    data_source: unknown,
    replacement?: boolean | RandomSamplerOptions,
    num_samples?: number | null | RandomSamplerOptions,
    options?: RandomSamplerOptions,
  ) {
    super();
    // A dataset that is a plain object must not be read as options.
    const args = [null, replacement, num_samples, options];
    const names = ['data_source', 'replacement', 'num_samples', 'generator'];
    const given = namedArguments('RandomSampler', names, upToLast(args));
    this.data_source = data_source;
    this.replacement = (given['replacement'] ?? false) as boolean;
    this.#samples = (given['num_samples'] ?? null) as number | null;
    this.generator = (given['generator'] ?? null) as Generator | null;
    if (typeof this.replacement !== 'boolean') {
      throw new ArgumentError(
        `replacement should be a boolean value, but got replacement=${text(this.replacement)}`,
      );
    }
    if (!isPositiveInteger(this.num_samples)) {
      throw new ValueError(
        `num_samples should be a positive integer value, but got num_samples=${text(this.num_samples)}`,
      );
    }
  }
  get num_samples(): number {
    return this.#samples ?? lengthOf(this.data_source);
  }
  get length(): number {
    return this.num_samples;
  }

  *chunks(): Generator_<Chunk> {
    const n = lengthOf(this.data_source);
    const generator = this.generator ?? new Generator().manual_seed(drawSeed(null));
    const { num_samples } = this;
    if (this.replacement) {
      const draw = (count: number) => unscoped(() => randint(n, [count], { dtype: int64, generator }));
      for (let i = 0; i < Math.floor(num_samples / 32); ++i) yield draw(32);
      yield draw(num_samples % 32);
      return;
    }
    const shuffle = () => unscoped(() => randperm(n, { generator }));
    for (let i = 0; i < Math.floor(num_samples / n); ++i) yield shuffle();
    // Drawn even where nothing of it is needed: the generator must stand where Python's stands.
    const rest = shuffle();
    const part = unscoped(() => rest.narrow(0, 0, num_samples % n));
    rest.dispose();
    yield part;
  }
}

/** Arguments as they were given: options are the last one. */
function upToLast(args: readonly unknown[]): unknown[] {
  return args.slice(0, args.findLastIndex((argument) => argument !== undefined) + 1);
}

/**
 * The given indices in a new random order in each pass.
 * @param indices array, TypedArray or tensor; those of a tensor come as numbers
 * @param options `generator` (default: the default generator)
 */
class SubsetRandomSamplerClass<T = number> extends ChunkedSampler {
  readonly indices: ArrayLike<T>;
  readonly generator: Generator | null;

  constructor(indices: ArrayLike<T> | Tensor, options: { generator?: Generator | null } = {}) {
    super();
    const given = namedArguments('SubsetRandomSampler', ['indices', 'generator'], [null, options]);
    this.indices = (indices instanceof Tensor ? indices.tolist() : indices) as ArrayLike<T>;
    this.generator = (given['generator'] ?? null) as Generator | null;
  }
  get length(): number {
    return this.indices.length;
  }
  /** @internal */
  isNumeric(): boolean {
    for (let i = 0; i < this.indices.length; ++i) if (!Number.isSafeInteger(this.indices[i])) return false;
    return true;
  }
  #order(): Tensor {
    return unscoped(() => randperm(this.indices.length, { generator: this.generator }));
  }
  *chunks(): Generator_<Chunk> {
    const order = this.#order();
    const indices = unscoped(() => toIndexTensor(this.indices)!);
    const chunk = unscoped(() => indices.index_select(0, order));
    order.dispose();
    indices.dispose();
    yield chunk;
  }
  override *[Symbol.iterator](): Generator_<number> {
    const order = this.#order();
    const places = toNumbers(order);
    order.dispose();
    for (const place of places) yield this.indices[place] as number;
  }
}

export interface WeightedRandomSamplerOptions {
  /** Draw a sample more than once (default: true). */
  replacement?: boolean;
  /** Default: the default generator. */
  generator?: Generator | null;
}

/**
 * Indices from 0 to `weights.length - 1`, drawn with these probabilities, which need not sum up to 1.
 * @throws {ValueError} `num_samples` is no positive integer, `replacement` no boolean, `weights` not 1-d
 */
class WeightedRandomSamplerClass extends ChunkedSampler {
  readonly weights: Tensor;
  readonly num_samples: number;
  readonly replacement: boolean;
  readonly generator: Generator | null;

  constructor(
    weights: readonly number[] | Float32Array | Float64Array | Tensor,
    num_samples: number,
    replacement?: boolean | WeightedRandomSamplerOptions,
    options?: WeightedRandomSamplerOptions,
  ) {
    super();
    const args = upToLast([weights, num_samples, replacement, options]);
    const names = ['weights', 'num_samples', 'replacement', 'generator'];
    const given = namedArguments('WeightedRandomSampler', names, args);
    const { replacement: replaces = true, generator = null } = given;
    if (!isPositiveInteger(num_samples)) {
      throw new ValueError(
        `num_samples should be a positive integer value, but got num_samples=${text(num_samples)}`,
      );
    }
    if (typeof replaces !== 'boolean') {
      throw new ValueError(`replacement should be a boolean value, but got replacement=${text(replaces)}`);
    }
    const found = unscoped(() => as_tensor(weights, { dtype: float64 }));
    if (found.ndim !== 1) {
      throw new ValueError(
        `weights should be a 1d sequence but given weights have shape (${found.shape.join(', ')})`,
      );
    }
    this.weights = found;
    this.num_samples = num_samples;
    this.replacement = replaces;
    this.generator = generator as Generator | null;
  }
  get length(): number {
    return this.num_samples;
  }
  *chunks(): Generator_<Chunk> {
    const { weights, num_samples, replacement, generator } = this;
    yield unscoped(() => multinomial(weights, num_samples, replacement, { generator }));
  }
}

/**
 * Lists of `batch_size` indices of another sampler, or of any iterable.
 * @param drop_last leave out the last list when it would be shorter
 * @throws {ValueError} `batch_size` is no positive integer, or `drop_last` no boolean
 */
class BatchSamplerClass<T = number> extends SamplerClass<T[]> {
  readonly sampler: Iterable<T>;
  readonly batch_size: number;
  readonly drop_last: boolean;

  constructor(
    sampler: Iterable<T>,
    batch_size: number | { batch_size: number; drop_last: boolean },
    drop_last?: boolean,
  ) {
    super();
    const names = ['sampler', 'batch_size', 'drop_last'];
    const given = namedArguments('BatchSampler', names, upToLast([null, batch_size, drop_last]));
    const { batch_size: size, drop_last: drops } = given;
    if (!isPositiveInteger(size)) {
      throw new ValueError(`batch_size should be a positive integer value, but got batch_size=${text(size)}`);
    }
    if (typeof drops !== 'boolean') {
      throw new ValueError(`drop_last should be a boolean value, but got drop_last=${text(drops)}`);
    }
    this.sampler = sampler;
    this.batch_size = size;
    this.drop_last = drops;
  }
  override *[Symbol.iterator](): Generator_<T[]> {
    const source = this.sampler[Symbol.iterator]();
    try {
      for (;;) {
        const batch: T[] = [];
        while (batch.length < this.batch_size) {
          const next = source.next();
          if (next.done) break;
          batch.push(next.value);
        }
        const isWhole = batch.length === this.batch_size;
        if (batch.length === 0 || (this.drop_last && !isWhole)) return;
        yield batch;
        // Python asks the sampler once more after a short batch; one that is at its end draws nothing more.
        if (!isWhole) return;
      }
    } finally {
      source.return?.();
    }
  }
  get length(): number {
    const count = lengthOf(this.sampler);
    return this.drop_last ? Math.floor(count / this.batch_size) : Math.ceil(count / this.batch_size);
  }
}

export const Sampler = callable(SamplerClass);
export type Sampler<T = number> = SamplerClass<T>;
export const SequentialSampler = callable(SequentialSamplerClass);
export type SequentialSampler = SequentialSamplerClass;
export const RandomSampler = callable(RandomSamplerClass);
export type RandomSampler = RandomSamplerClass;
export const SubsetRandomSampler = callable(SubsetRandomSamplerClass) as typeof SubsetRandomSamplerClass &
  (<T = number>(
    ...args: ConstructorParameters<typeof SubsetRandomSamplerClass<T>>
  ) => SubsetRandomSamplerClass<T>);
export type SubsetRandomSampler<T = number> = SubsetRandomSamplerClass<T>;
export const WeightedRandomSampler = callable(WeightedRandomSamplerClass);
export type WeightedRandomSampler = WeightedRandomSamplerClass;
export const BatchSampler = callable(BatchSamplerClass) as typeof BatchSamplerClass &
  (<T>(...args: ConstructorParameters<typeof BatchSamplerClass<T>>) => BatchSamplerClass<T>);
export type BatchSampler<T = number> = BatchSamplerClass<T>;
