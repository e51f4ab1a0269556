/** Tables of vectors: https://docs.pytorch.org/docs/stable/nn.html#sparse-layers */
import { no_grad } from '../../autograd/grad_mode.js';
import { ValueError } from '../../errors.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { paddingRow, read, type Forms } from '../functional/arguments.js';
import type { EmbeddingBagOptions, EmbeddingOptions } from '../functional/sparse.js';
import * as init from '../init.js';
import { Parameter } from '../parameter.js';
import { callable } from './callable.js';
import { emptyParameter, type FactoryOptions } from './linear.js';
import { Module } from './module.js';
import { pythonText } from './text.js';

interface Table {
  num_embeddings: number;
  embedding_dim: number;
}
interface TableOptions extends FactoryOptions {
  /** @internal The table itself; then nothing is drawn. */
  _weight?: Tensor | null;
}

/** A table of rows and what is done with it. */
class TableModule extends Module {
  num_embeddings: number;
  embedding_dim: number;
  padding_idx: number | null;
  max_norm: number | null;
  norm_type: number;
  scale_grad_by_freq: boolean;
  weight: Parameter;
  sparse: boolean;

  constructor(given: Table & EmbeddingOptions & TableOptions, word: string) {
    super();
    const { num_embeddings, embedding_dim, max_norm = null, norm_type = 2, _weight } = given;
    this.num_embeddings = num_embeddings;
    this.embedding_dim = embedding_dim;
    this.padding_idx = paddingRow(given.padding_idx, num_embeddings, word);
    this.max_norm = max_norm;
    this.norm_type = norm_type;
    this.scale_grad_by_freq = given.scale_grad_by_freq ?? false;
    this.sparse = given.sparse ?? false;
    if (_weight) {
      if (!_weight.shape.equals([num_embeddings, embedding_dim]))
        throw new ValueError('Shape of weight does not match num_embeddings and embedding_dim');
      this.weight = new Parameter(_weight);
    } else {
      this.weight = emptyParameter([num_embeddings, embedding_dim], given);
      this.reset_parameters();
    }
  }
  reset_parameters(): void {
    init.normal_(this.weight);
    const { padding_idx } = this;
    if (padding_idx !== null) no_grad(() => tidy(() => void this.weight.select(0, padding_idx).fill_(0)));
  }
}

/** @throws {ValueError} */
function sizesOf(op: string, embeddings: Tensor): Table {
  if (embeddings.ndim !== 2) throw new ValueError('Embeddings parameter is expected to be 2-dimensional', op);
  return { num_embeddings: embeddings.size(0), embedding_dim: embeddings.size(1) };
}

export interface EmbeddingModuleOptions extends EmbeddingOptions, TableOptions {
  /** @internal */
  _freeze?: boolean;
}
const names = [
  'num_embeddings',
  'embedding_dim',
  'padding_idx',
  'max_norm',
  'norm_type',
  'scale_grad_by_freq',
  'sparse',
  '_weight',
  '_freeze',
  'device',
  'dtype',
];
type Positions = [
  padding_idx: number | null,
  max_norm: number | null,
  norm_type: number,
  scale_grad_by_freq: boolean,
  sparse: boolean,
];

class EmbeddingClass extends TableModule {
  /**
   * Rows of a table (num_embeddings, embedding_dim) at the indices (*): (*, embedding_dim). The rows start normal, that
   * at padding_idx zero; it is not trained.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
   * @throws {ValueError} padding_idx is no row
   */
  constructor(
    ...args:
      | [num_embeddings: number, embedding_dim: number, ...rest: Forms<Positions, EmbeddingModuleOptions>]
      | [options: Table & EmbeddingModuleOptions]
  ) {
    const given = read<Table & EmbeddingModuleOptions>('Embedding', names, args, 0, 2);
    super(given, 'Padding_idx');
    if (given._freeze) this.weight.requires_grad = false;
  }
  forward(input: Tensor): Tensor {
    const { weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse } = this;
    return F.embedding(input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
  }
  override extra_repr(): string {
    const { num_embeddings, embedding_dim, padding_idx, max_norm, norm_type } = this;
    const parts = [`${num_embeddings}, ${embedding_dim}`];
    if (padding_idx !== null) parts.push(`padding_idx=${padding_idx}`);
    if (max_norm !== null) parts.push(`max_norm=${pythonText(max_norm)}`);
    if (norm_type !== 2) parts.push(`norm_type=${pythonText(norm_type)}`);
    if (this.scale_grad_by_freq) parts.push('scale_grad_by_freq=True');
    if (this.sparse) parts.push('sparse=True');
    return parts.join(', ');
  }
  /**
   * A layer with the table `embeddings` (rows, columns), whose memory it shares.
   * @param rest `freeze` (default: true): whether it is not trained; the other options as those of the constructor
   * @throws {ValueError} embeddings has not two dimensions
   */
  static from_pretrained(
    embeddings: Tensor,
    ...rest: Forms<[freeze: boolean], { freeze?: boolean } & EmbeddingOptions>
  ): EmbeddingClass {
    type Given = { embeddings: Tensor; freeze?: boolean } & EmbeddingOptions;
    const op = 'from_pretrained';
    const own = ['embeddings', 'freeze', ...names.slice(2, 7)];
    const { embeddings: table, freeze = true, ...options } = read<Given>(op, own, [embeddings, ...rest], 1);
    return new this({ ...sizesOf(op, table), ...options, _weight: table, _freeze: freeze });
  }
}
export const Embedding = callable(EmbeddingClass);
export type Embedding = EmbeddingClass;

type BagMode = 'sum' | 'mean' | 'max';
export interface EmbeddingBagModuleOptions
  extends Omit<EmbeddingBagOptions, 'offsets' | 'per_sample_weights'>, TableOptions {}
const bagNames = [
  'num_embeddings',
  'embedding_dim',
  'max_norm',
  'norm_type',
  'scale_grad_by_freq',
  'mode',
  'sparse',
  '_weight',
  'include_last_offset',
  'padding_idx',
  'device',
  'dtype',
];
type BagPositions = [
  max_norm: number | null,
  norm_type: number,
  scale_grad_by_freq: boolean,
  mode: BagMode,
  sparse: boolean,
];

class EmbeddingBagClass extends TableModule {
  mode: BagMode;
  include_last_offset: boolean;

  /**
   * Sums, means (the default) or maxima of the rows of bags of indices: (B, embedding_dim).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
   * @throws {ValueError} padding_idx is no row
   */
  constructor(
    ...args:
      | [
          num_embeddings: number,
          embedding_dim: number,
          ...rest: Forms<BagPositions, EmbeddingBagModuleOptions>,
        ]
      | [options: Table & EmbeddingBagModuleOptions]
  ) {
    const given = read<Table & EmbeddingBagModuleOptions>('EmbeddingBag', bagNames, args, 0, 2);
    super(given, 'padding_idx');
    this.mode = given.mode ?? 'mean';
    this.include_last_offset = given.include_last_offset ?? false;
  }
  forward(
    input: Tensor,
    ...rest: Forms<
      [offsets: Tensor | null, per_sample_weights: Tensor | null],
      { offsets?: Tensor | null; per_sample_weights?: Tensor | null }
    >
  ): Tensor {
    type Given = { input: Tensor; offsets?: Tensor | null; per_sample_weights?: Tensor | null };
    const { offsets = null, per_sample_weights = null } = read<Given>(
      'EmbeddingBag',
      ['input', 'offsets', 'per_sample_weights'],
      [input, ...rest],
      1,
    );
    const { weight, max_norm, norm_type, scale_grad_by_freq, mode, sparse } = this;
    const { include_last_offset, padding_idx } = this;
    return F.embedding_bag(input, weight, {
      offsets,
      max_norm,
      norm_type,
      scale_grad_by_freq,
      mode,
      sparse,
      per_sample_weights,
      include_last_offset,
      padding_idx,
    });
  }
  override extra_repr(): string {
    const { num_embeddings, embedding_dim, padding_idx, max_norm, norm_type } = this;
    const parts = [`${num_embeddings}, ${embedding_dim}`];
    if (max_norm !== null) parts.push(`max_norm=${pythonText(max_norm)}`);
    if (norm_type !== 2) parts.push(`norm_type=${pythonText(norm_type)}`);
    if (this.scale_grad_by_freq) parts.push('scale_grad_by_freq=True');
    parts.push(`mode=${pythonText(this.mode)}`);
    if (padding_idx !== null) parts.push(`padding_idx=${padding_idx}`);
    return parts.join(', ');
  }
  /** As Embedding.from_pretrained. @throws {ValueError} embeddings has not two dimensions */
  static from_pretrained(
    embeddings: Tensor,
    ...rest: Forms<
      [freeze: boolean],
      { freeze?: boolean } & Omit<EmbeddingBagModuleOptions, keyof TableOptions>
    >
  ): EmbeddingBagClass {
    type Given = { embeddings: Tensor; freeze?: boolean } & EmbeddingBagModuleOptions;
    const op = 'from_pretrained';
    const own = ['embeddings', 'freeze', ...bagNames.slice(2, 7), ...bagNames.slice(8, 10)];
    const { embeddings: table, freeze = true, ...options } = read<Given>(op, own, [embeddings, ...rest], 1);
    const result = new this({ ...sizesOf(op, table), ...options, _weight: table });
    if (freeze) result.weight.requires_grad = false;
    return result;
  }
}
export const EmbeddingBag = callable(EmbeddingBagClass);
export type EmbeddingBag = EmbeddingBagClass;
