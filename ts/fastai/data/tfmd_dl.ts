/** A DataLoader with transforms that it can undo. https://docs.fast.ai/data.core.html#tfmddl */
import { availableParallelism } from 'node:os';

import { L } from '../../fastcore/foundation.js';
import { Pipeline, type TransformsLike } from '../../fastcore/pipeline.js';
import { reduce, restore, type Reduced } from '../../fastcore/reduce.js';
import { as_subclass, retain_types } from '../../fastcore/retain.js';
import { Transform } from '../../fastcore/transform.js';
import { namedArguments } from '../../torch/arguments.js';
import { callable, empty, Tensor } from '../../torch/index.js';
import type { Device } from '../../torch/index.js';
import { apply, eachTensor, to_cpu } from '../torch_core.js';
import { DataLoader, type DataLoaderOptions, type LoaderChanges, type LoaderClass } from './load.js';
import { optionNames, type LoaderSteps } from './loader/options.js';
import { show_batch, show_results, type ShowOptions } from './show_batch.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- items and batches are of any type */

/** The steps that are pipelines here. */
export const batchTransforms = ['after_item', 'before_batch', 'after_batch'] as const;
type PipelineStep = (typeof batchTransforms)[number];

export interface TfmdDLOptions extends Omit<DataLoaderOptions, PipelineStep | 'num_workers'> {
  /** Loads ahead in `for await` (default: the number of processors, at most 16). */
  num_workers?: number | null;
  /** For every item. */
  after_item?: TransformsLike;
  /** For the items of a batch, before they are collated. */
  before_batch?: TransformsLike;
  /** For every batch, on its device. */
  after_batch?: TransformsLike;
  /** Says what is set up (default: false). */
  verbose?: boolean;
  /** Whether transforms are set up with this loader (default: true). */
  do_setup?: boolean;
}

const names = [
  ...['dataset', 'bs', 'shuffle', 'num_workers', 'verbose', 'do_setup'],
  ...optionNames.filter((name) => !['dataset', 'bs', 'shuffle', 'num_workers'].includes(name)),
];

function read(args: readonly unknown[]): [dataset: unknown, options: TfmdDLOptions] {
  const { dataset, ...options } = namedArguments('TfmdDL', names, args) as TfmdDLOptions & {
    dataset?: unknown;
  };
  return [dataset ?? null, options];
}

/** Options for the base class, with a Pipeline for each of the three steps. */
function withPipelines(options: TfmdDLOptions): DataLoaderOptions {
  const { verbose: _verbose, do_setup: _setup, ...others } = options;
  const rest = others as Omit<DataLoaderOptions, PipelineStep>;
  const pipelines = batchTransforms.map((name) => [name, new Pipeline(options[name])]);
  return {
    bs: 64,
    ...rest,
    num_workers: options.num_workers ?? Math.min(16, availableParallelism()),
    ...(Object.fromEntries(pipelines) as Partial<LoaderSteps>),
  };
}

/** A batch as samples: a list of tuples, or of tensors where the batch is one. At most `max_n`. */
export function batch_to_samples(batch: unknown, max_n = 10): unknown[] {
  if (batch instanceof Tensor)
    return Array.from({ length: Math.min(max_n, batch.shape[0] ?? 0) }, (_, i) =>
      retain_types(batch.at(i), batch),
    );
  if (!Array.isArray(batch)) return [];
  const parts = (batch as unknown[]).map((part) =>
    part instanceof Tensor || (Array.isArray(part) && part.some((x) => x instanceof Tensor))
      ? batch_to_samples(part, max_n)
      : (part as unknown[]).slice(0, max_n),
  );
  const count = Math.min(...parts.map((part) => part.length));
  return Array.from({ length: Number.isFinite(count) ? count : 0 }, (_, i) => parts.map((part) => part[i]));
}

/**
 * A DataLoader whose `after_item`, `before_batch` and `after_batch` are pipelines of transforms: set up when it is made,
 * told before each pass which part of the data they work on, and undone by `decode`.
 *
 * `bs` is 64, and `num_workers` the number of processors, where they are not given.
 */
class TfmdDLClass<Batch = any> extends DataLoader<Batch> {
  declare after_item: Pipeline;
  declare before_batch: Pipeline;
  declare after_batch: Pipeline;
  /** One transformed batch of one item, for the types of its tensors. */
  #pattern: unknown = undefined;
  #inputs: number | null = null;

  constructor(...args: [dataset?: any, ...rest: any[]]) {
    const [dataset, options] = read(args);
    super(dataset, withPipelines(options));
    if (options.do_setup === false) return;
    for (const name of batchTransforms) {
      if (options.verbose) console.log(`Setting up ${name}: ${String(this[name])}`);
      this[name].setup(this);
    }
  }

  override isOriginal(name: keyof LoaderSteps | 'do_item' | 'chunkify'): boolean {
    const step = (this as unknown as Record<string, unknown>)[name];
    return (step instanceof Pipeline && step.length === 0) || super.isOriginal(name);
  }
  override get ownsBatches(): boolean {
    // A transform of a class of its own gives fresh tensors, or the one that it got; a function may give anything.
    const isOwn = (tfm: Transform) => (tfm.constructor as unknown) !== Transform;
    return (
      !this.prebatched &&
      makingSteps.every((name) => this.isOriginal(name)) &&
      [...this.after_batch].every(isOwn)
    );
  }

  override before_iter(): void {
    super.before_iter();
    const split_idx = (this.dataset as { split_idx?: number | null } | null)?.split_idx ?? null;
    for (const name of batchTransforms) if (this[name] instanceof Pipeline) this[name].split_idx = split_idx;
  }
  protected override wholeBatches(
    idxs: Iterable<unknown>,
    bs: number,
    isAsync: boolean,
  ): Iterator<unknown, void> | null {
    const fromTensors = super.wholeBatches(idxs, bs, isAsync);
    const dataset = this.dataset as Partial<BatchMaker> | null;
    if (fromTensors !== null || typeof dataset?.batchOf !== 'function' || !Array.isArray(idxs))
      return fromTensors;
    const { after_item } = this;
    const isForItems =
      !(after_item instanceof Pipeline) || [...after_item].some((tfm) => tfm.passesTensors !== true);
    return isForItems ? null : this.#batchesAtOnce(dataset as BatchMaker, idxs as number[], isAsync);
  }
  *#batchesAtOnce(
    dataset: BatchMaker,
    idxs: readonly number[],
    isAsync: boolean,
  ): Generator<unknown, void, undefined> {
    for (const places of this.chunkify(idxs) as Iterable<number[]>) {
      const batch = dataset.batchOf(places, isAsync);
      const items = (): unknown[] =>
        places.map((place) => this.do_item(place) as unknown).filter((item) => item != null);
      yield batch ?? this.do_batch(items());
    }
  }
  /** One transform after the other; what the next one has replaced is freed, where batches are made for their consumer. */
  protected override transformBatch(batch: unknown): unknown {
    const { after_batch, ownsBatches } = this;
    if (!ownsBatches || !(after_batch instanceof Pipeline)) return super.transformBatch(batch);
    const { split_idx } = after_batch;
    let value = batch;
    for (const tfm of after_batch) {
      const before = value;
      value = tfm.encode(before, { split_idx }) as unknown;
      freeReplaced(before, value);
    }
    return value;
  }
  /** One item as a batch: how many inputs there are, and of which types. */
  #onePass(): void {
    let batch: unknown = this.do_batch([this.do_item(null)]);
    batch = this.finish(batch);
    this.#pattern = batch;
    this.#inputs = !Array.isArray(batch) || batch.length === 1 ? 1 : batch.length - 1;
  }
  override get n_inp(): number {
    const known = super.n_inp;
    if (known !== undefined) return known;
    if (this.#inputs === null) this.#onePass();
    return this.#inputs!;
  }

  override new(
    ...args: [dataset?: any, cls?: LoaderClass | LoaderChanges, options?: LoaderChanges]
  ): TfmdDLClass {
    const { dataset, cls, ...changes } = this.changes(args);
    const type = cls ?? (this.constructor as LoaderClass);
    const made = new type(dataset ?? this.dataset, { ...this.current(), do_setup: false, ...changes });
    if (!(made instanceof TfmdDLClass)) return made as TfmdDLClass;
    if (this.#pattern === undefined) {
      try {
        this.#onePass();
      } catch (error) {
        throw new Error(`TfmdDL.new(): one item cannot be made into a batch: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }
    made.#pattern = this.#pattern;
    made.#inputs = this.#inputs;
    return made;
  }
  override [reduce](): Reduced {
    const { args, state } = super[reduce]();
    const [dataset, options] = args as [unknown, object];
    if (this.#pattern === undefined) this.#onePass();
    const made = { pattern: kinds(this.#pattern), inputs: this.#inputs };
    return { by: TfmdDL, args: [dataset, { ...options, do_setup: false }], state: { ...state, made } };
  }
  [restore]({ made, ...fields }: Record<string, unknown>): void {
    const { pattern, inputs } = made as { pattern: unknown; inputs: number };
    this.#pattern = pattern;
    this.#inputs = inputs;
    Object.assign(this, fields);
  }
  protected override get moreOptions(): readonly string[] {
    return ['verbose', 'do_setup'];
  }

  override to(device: Device | string | null): this {
    super.to(device);
    const target = this.device;
    if (target === null) return this;
    for (const tfm of this.after_batch)
      for (const name of tfm.parameters ?? []) {
        const holder = tfm as unknown as Record<string, unknown>;
        if (holder[name] instanceof Tensor) holder[name] = holder[name].to(target);
      }
    return this;
  }

  #retained<T>(batch: T): T {
    if (this.#pattern === undefined) this.#onePass();
    return retain_types(batch, this.#pattern);
  }
  /** The batch before `after_batch`, on the CPU. */
  decode(batch: any): any {
    return to_cpu(this.after_batch.decode(this.#retained(batch)) as unknown);
  }
  /** Decoded items of a batch, at most `max_n`; `full`: back to what the dataset was made of. */
  decode_batch(batch: any, max_n = 9, full = true): L<any> {
    return this.#decodeItems(this.decode(batch), max_n, full);
  }
  #decodeItems(batch: unknown, max_n: number, full: boolean): L<any> {
    const dataset = this.dataset as { decode?: (item: unknown, full: boolean) => unknown } | null;
    return new L<any>(batch_to_samples(batch, max_n)).map((sample) => {
      const item: unknown = this.after_item.decode(this.before_batch.decode(sample));
      return typeof dataset?.decode === 'function' ? dataset.decode(item, full) : item;
    });
  }
  /** Inputs, targets and decoded items of a batch: what there is to show. */
  samplesOf(batch: any, max_n = 9): [x: unknown, y: unknown, samples: L<any>] {
    const decoded: unknown = this.decode(batch);
    const parts = (Array.isArray(decoded) ? decoded : [decoded]) as unknown[];
    const samples = this.#decodeItems(decoded, max_n, false);
    const tuples = Array.isArray(decoded) ? samples : samples.map((sample: unknown) => [sample]);
    const one = (list: unknown[]) => (list.length === 1 ? list[0] : list);
    return [one(parts.slice(0, this.n_inp)), one(parts.slice(this.n_inp)), tuples];
  }

  /**
   * Shows a batch (default: the first of a new pass) as the kind of its inputs is shown.
   * `unique`: the same item again and again, to see what random transforms make of it.
   */
  show_batch({ b, max_n = 9, unique = false, ...options }: ShowBatchOptions = {}): unknown {
    const own = Object.getOwnPropertyDescriptor(this, 'get_idxs');
    if (unique) this.get_idxs = () => zeros();
    try {
      return show_batch(...this.samplesOf(b ?? this.one_batch(), max_n), { max_n, ...options });
    } finally {
      if (unique && own) Object.defineProperty(this, 'get_idxs', own);
      else if (unique) Reflect.deleteProperty(this, 'get_idxs');
    }
  }
  /** Shows a batch with the outputs of a model, which have been decoded to what targets are. */
  show_results(b: any, out: any, { max_n = 9, ...options }: ShowOptions = {}): unknown {
    const [x, y, samples] = this.samplesOf(b, max_n);
    const inputs = (Array.isArray(b) ? (b as unknown[]) : [b as unknown]).slice(0, this.n_inp);
    const outputs = Array.isArray(out) ? (out as unknown[]) : [out as unknown];
    const [, , outs] = this.samplesOf([...inputs, ...outputs], max_n);
    const results = outs.map((sample: unknown[]) => sample.slice(this.n_inp));
    return show_results(x, y, samples, results, { max_n, ...options });
  }
}

/** A dataset that can make the batch of several items at once: see Datasets.batchOf. */
interface BatchMaker {
  batchOf(places: readonly number[], isAsync: boolean): unknown;
}
export interface ShowBatchOptions extends ShowOptions {
  b?: any;
  unique?: boolean;
}
/** Frees the tensors of a batch that are not part of the one made of it; a view keeps its memory. */
function freeReplaced(before: unknown, after: unknown): void {
  const kept = new Set<Tensor>();
  eachTensor(after, (tensor) => kept.add(tensor));
  eachTensor(before, (tensor) => {
    if (!kept.has(tensor)) tensor.dispose();
  });
}
/** The kinds of tensors in a batch, without their elements. */
function kinds(batch: unknown): unknown {
  return apply((t) => as_subclass(empty([0], { dtype: t.dtype }), t.constructor as typeof Tensor), batch);
}
const makingSteps = ['create_batches', 'create_batch', 'retain', 'do_batch'] as const;

function* zeros(): Generator<number, never, undefined> {
  for (;;) yield 0;
}

export const TfmdDL = callable(TfmdDLClass);
export type TfmdDL<Batch = any> = TfmdDLClass<Batch>;
