/** Look-up in tables: https://docs.pytorch.org/docs/stable/nn.functional.html#sparse-functions */
import { no_grad } from '../../autograd/grad_mode.js';
import { operator } from '../../dispatch.js';
import { int64 } from '../../dtype.js';
import { NotImplementedError, ValueError } from '../../errors.js';
import { arange } from '../../generated/functions.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import { paddingRow, read, warn, type Forms } from './arguments.js';

type Call = (...args: unknown[]) => Tensor;
const aten = {
  embedding: operator('embedding', ['default']) as Call,
  embedding_bag: operator('embedding_bag', ['padding_idx']) as (...args: unknown[]) => Tensor[],
  embedding_renorm_: operator('embedding_renorm_', ['default']) as Call,
};

export interface EmbeddingOptions {
  /** The row that has no gradient; from the end if negative. */
  padding_idx?: number | null;
  /** Rows that are looked up and longer than this are shortened to it, in place. */
  max_norm?: number | null;
  /** The norm that max_norm is about; default: 2. */
  norm_type?: number;
  /** Whether gradients are divided by how often a row is looked up; default: false. */
  scale_grad_by_freq?: boolean;
  /** Whether the gradient of the weight is a sparse tensor; default: false. */
  sparse?: boolean;
}

function shorten(weight: Tensor, rows: Tensor, max_norm: number, norm_type: number): void {
  no_grad(() => {
    tidy(() => {
      aten.embedding_renorm_(weight.detach(), rows.contiguous(), max_norm, norm_type);
    });
  });
}

/**
 * Rows of `weight` (V, D) at the indices `input` (*): (*, D).
 * @throws {ValueError} padding_idx is no row
 * @throws {IndexError} an index is no row
 */
export function embedding(
  input: Tensor,
  weight: Tensor,
  ...rest: Forms<
    [
      padding_idx: number | null,
      max_norm: number | null,
      norm_type: number,
      scale_grad_by_freq: boolean,
      sparse: boolean,
    ],
    EmbeddingOptions
  >
): Tensor;
export function embedding(...args: unknown[]): Tensor {
  type Given = { input: Tensor; weight: Tensor } & EmbeddingOptions;
  const names = ['input', 'weight', 'padding_idx', 'max_norm', 'norm_type', 'scale_grad_by_freq', 'sparse'];
  const given = read<Given>('embedding', names, args, 2);
  const { input, weight, max_norm, norm_type = 2, scale_grad_by_freq = false, sparse = false } = given;
  const padding = paddingRow(given.padding_idx, weight.size(0)) ?? -1;
  if (max_norm != null) shorten(weight, input, max_norm, norm_type);
  return aten.embedding(weight, input, padding, scale_grad_by_freq, sparse);
}

export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** Where the bags begin in an `input` of one dimension. */
  offsets?: Tensor | null;
  /** `'sum'`, `'mean'` (default) or `'max'`. */
  mode?: 'sum' | 'mean' | 'max';
  /** Factors, in the shape of the input; with 'sum' only. */
  per_sample_weights?: Tensor | null;
  /** Whether the last offset says where the last bag ends; default: false. */
  include_last_offset?: boolean;
}
type BagGiven = { input: Tensor; weight: Tensor } & EmbeddingBagOptions;

const bagModes = { sum: 0, mean: 1, max: 2 };
const bagNames = [
  'input',
  'weight',
  'offsets',
  'max_norm',
  'norm_type',
  'scale_grad_by_freq',
  'mode',
  'sparse',
  'per_sample_weights',
  'include_last_offset',
  'padding_idx',
];

/** @throws {ValueError} what does not go together */
function checkBags({ input, weight, offsets, per_sample_weights, ...given }: BagGiven): number {
  const fail = (text: string): never => {
    throw new ValueError(text, 'embedding_bag');
  };
  if (per_sample_weights && !per_sample_weights.shape.equals(input.shape))
    fail(
      `embedding_bag: If per_sample_weights (${String(per_sample_weights.shape)}) is not None, then it must have the ` +
        `same shape as the input (${String(input.shape)})`,
    );
  if (weight.ndim !== 2) fail(`weight has to be a 2D Tensor, but got Tensor of dimension ${weight.ndim}`);
  if (input.ndim === 2) {
    if (offsets)
      fail(
        'if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length ' +
          "sequences. However, found offsets of type <class 'torch.Tensor'>",
      );
  } else if (input.ndim !== 1)
    fail(`input has to be 1D or 2D Tensor, but got Tensor of dimension ${input.ndim}`);
  else if (!offsets) fail('offsets has to be a 1D Tensor but got None');
  else if (offsets.ndim !== 1) fail('offsets has to be a 1D Tensor');
  const { mode = 'mean' } = given;
  if (!Object.hasOwn(bagModes, mode)) fail('mode has to be one of sum, mean or max');
  if (mode === 'max') {
    if (given.scale_grad_by_freq) fail('max mode does not support scaling the gradient by the frequency');
    if (given.sparse) fail('max mode does not support sparse weights');
  }
  if (per_sample_weights && mode !== 'sum')
    throw new NotImplementedError(
      'embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for ' +
        `mode='sum' (got mode='${mode}').`,
      'embedding_bag',
    );
  return bagModes[mode];
}

/**
 * Sums, means or maxima of rows of `weight` (V, D), one for each bag of indices: (B, D). `input` is (B, N), a bag in
 * each row, or one dimension with `offsets`.
 * @throws {ValueError} arguments that do not go together
 */
export function embedding_bag(
  input: Tensor,
  weight: Tensor,
  ...rest: Forms<
    [
      offsets: Tensor | null,
      max_norm: number | null,
      norm_type: number,
      scale_grad_by_freq: boolean,
      mode: 'sum' | 'mean' | 'max',
    ],
    EmbeddingBagOptions
  >
): Tensor;
export function embedding_bag(...args: unknown[]): Tensor {
  let given = read<BagGiven>('embedding_bag', bagNames, args, 2);
  if (given.weight.dtype === int64 && given.input.is_floating_point()) {
    warn(
      'Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is ' +
        'deprecated, and should now be `embedding_bag(input, weight, ...)`.',
    );
    given = { ...given, input: given.weight, weight: given.input };
  }
  const mode = checkBags(given);
  const { input, weight, max_norm, norm_type = 2, padding_idx } = given;
  const { scale_grad_by_freq = false, sparse = false } = given;
  return tidy(() => {
    const rows = input.ndim === 2;
    const flat = rows ? input.reshape([-1]) : input;
    const { dtype, device } = input;
    const offsets = rows ? arange(0, input.numel(), input.size(1), { dtype, device }) : given.offsets;
    const factors = given.per_sample_weights ?? null;
    if (max_norm != null) shorten(weight, flat, max_norm, norm_type);
    const [result] = aten.embedding_bag(
      weight,
      flat,
      offsets,
      scale_grad_by_freq,
      mode,
      sparse,
      rows && factors ? factors.reshape([-1]) : factors,
      rows ? false : (given.include_last_offset ?? false),
      padding_idx ?? null,
    );
    return result!;
  });
}
