/** Sequences of different lengths in one batch: https://docs.pytorch.org/docs/stable/nn.html#utility-functions-in-other-modules */
import { namedArguments } from '../../arguments.js';
import { as_tensor } from '../../creation.js';
import { operator } from '../../dispatch.js';
import { int64 } from '../../dtype.js';
import { ArgumentError, TorchError, ValueError } from '../../errors.js';
import { sort } from '../../generated/functions.js';
import { tidy } from '../../memory.js';
import { Tensor } from '../../tensor.js';
import { PackedSequence } from './packed_sequence.js';

export { PackedSequence, invert_permutation } from './packed_sequence.js';

type Pair = [Tensor, Tensor];
const pack = operator('_pack_padded_sequence', ['default']) as (
  input: Tensor,
  lengths: Tensor,
  batch_first: boolean,
) => Pair;
const unpack = operator('_pad_packed_sequence', ['default']) as (
  data: Tensor,
  batch_sizes: Tensor,
  batch_first: boolean,
  padding_value: number,
  total_length: number,
) => Pair;
const pad = operator('pad_sequence', ['default']) as (
  sequences: Tensor[],
  batch_first: boolean,
  padding_value: number,
  padding_side: string,
) => Tensor;

interface BatchFirst {
  /** Whether the batch comes before time; default: false. */
  batch_first?: boolean;
}
interface Sorted {
  /** Whether the sequences come sorted, the longest first; default: true. Otherwise they are sorted here. */
  enforce_sorted?: boolean;
}

/**
 * Packs padded sequences: `input` (time, batch, *), or (batch, time, *) with `batch_first`.
 * @param lengths how long each sequence is: a list, or a tensor on the CPU
 * @throws {TorchError} lengths that do not fit the batch, are not positive, or do not fall although
 *   `enforce_sorted` says so
 */
export function pack_padded_sequence(
  input: Tensor,
  lengths: Tensor | readonly number[],
  ...args: [batch_first?: boolean, enforce_sorted?: boolean | Sorted] | [options: BatchFirst & Sorted]
): PackedSequence {
  const given = namedArguments('pack_padded_sequence', ['batch_first', 'enforce_sorted'], args);
  const batch_first = given['batch_first'] === true;
  return tidy(() => {
    let counts =
      lengths instanceof Tensor ? lengths.to(int64) : as_tensor(lengths, { dtype: int64, device: 'cpu' });
    let sorted_indices: Tensor | null = null;
    let sequences = input;
    if (given['enforce_sorted'] === false) {
      const [sorted, order] = sort(counts, { dim: -1, descending: true });
      counts = sorted;
      sorted_indices = order.to(input.device);
      sequences = input.index_select(batch_first ? 0 : 1, sorted_indices);
    }
    const [data, batch_sizes] = pack(sequences, counts, batch_first);
    return new PackedSequence(data, batch_sizes, sorted_indices);
  });
}

interface PadPackedOptions extends BatchFirst {
  /** What stands where a sequence is over; default: 0. */
  padding_value?: number;
  /** The length to pad to; default: that of the longest sequence. */
  total_length?: number | null;
}

/**
 * The inverse of pack_padded_sequence: the padded sequences in their first order, and their lengths.
 * @throws {ValueError} `total_length` is shorter than the longest sequence
 */
export function pad_packed_sequence(
  sequence: PackedSequence,
  ...args:
    | [batch_first?: boolean, padding_value?: number, total_length?: number | null]
    | [batch_first: boolean, options: Omit<PadPackedOptions, 'batch_first'>]
    | [options: PadPackedOptions]
): [padded: Tensor, lengths: Tensor] {
  const names = ['batch_first', 'padding_value', 'total_length'];
  const given = namedArguments('pad_packed_sequence', names, args);
  const { batch_first = false, padding_value = 0, total_length } = given as PadPackedOptions;
  if (!(sequence instanceof PackedSequence))
    throw new ArgumentError('pad_packed_sequence(): expected a PackedSequence', 'pad_packed_sequence');
  const longest = sequence.batch_sizes.size(0);
  if (typeof total_length === 'number' && total_length < longest)
    throw new ValueError(
      'Expected total_length to be at least the length of the longest sequence in input, but got ' +
        `total_length=${total_length} and max sequence length being ${longest}`,
      'pad_packed_sequence',
    );
  return tidy(() => {
    const { data, batch_sizes, unsorted_indices } = sequence;
    const [padded, lengths] = unpack(data, batch_sizes, batch_first, padding_value, total_length ?? longest);
    if (unsorted_indices === null) return [padded, lengths];
    return [
      padded.index_select(batch_first ? 0 : 1, unsorted_indices),
      lengths.index_select(0, unsorted_indices.cpu()),
    ];
  });
}

interface PadOptions extends BatchFirst {
  /** What stands where a sequence is over; default: 0. */
  padding_value?: number;
  /** Where the padding goes; default: 'right'. */
  padding_side?: 'left' | 'right';
}

/**
 * Stacks sequences (length, *), filling up those that are shorter than the longest: (longest, batch, *), or
 * (batch, longest, *) with `batch_first`.
 * @throws {TorchError} there are no sequences, or their trailing sizes differ
 */
export function pad_sequence(
  sequences: Iterable<Tensor>,
  ...args:
    | [batch_first?: boolean, padding_value?: number, padding_side?: 'left' | 'right']
    | [batch_first: boolean, options: Omit<PadOptions, 'batch_first'>]
    | [options: PadOptions]
): Tensor {
  const given = namedArguments('pad_sequence', ['batch_first', 'padding_value', 'padding_side'], args);
  const { batch_first = false, padding_value = 0, padding_side = 'right' } = given as PadOptions;
  if (typeof (sequences as Partial<Iterable<Tensor>> | null)?.[Symbol.iterator] !== 'function')
    throw new TorchError(
      `pad_sequence: Expected iterable for input sequences, but got arg of type: ${typeof sequences}`,
      'pad_sequence',
    );
  return pad([...sequences], batch_first, padding_value, padding_side);
}

/**
 * The inverse of pad_sequence: each sequence without its padding. `padded_sequences` keeps its shape, unlike in
 * PyTorch, which transposes it in place.
 * @throws {ValueError} not as many lengths as sequences
 */
export function unpad_sequence(
  padded_sequences: Tensor,
  lengths: Tensor,
  batch_first: boolean | BatchFirst = false,
): Tensor[] {
  const given = namedArguments('unpad_sequence', ['batch_first'], [batch_first]);
  return tidy(() => {
    const batch = given['batch_first'] === true ? padded_sequences : padded_sequences.transpose(0, 1);
    const counts = lengths.tolist() as number[];
    if (counts.length !== batch.size(0))
      throw new ValueError(
        `expected as many lengths as sequences, but got ${counts.length} and ${batch.size(0)}`,
        'unpad_sequence',
      );
    const longest = batch.size(1);
    return counts.map((count, i) => {
      const length = Math.min(Math.max(Math.ceil(count), 0), longest);
      return batch.select(0, i).narrow(0, 0, length).clone();
    });
  });
}

/** Packs sequences (length, *) of any lengths. @throws as pack_padded_sequence */
export function pack_sequence(
  sequences: readonly Tensor[],
  enforce_sorted: boolean | Sorted = true,
): PackedSequence {
  const given = namedArguments('pack_sequence', ['enforce_sorted'], [enforce_sorted]);
  const lengths = sequences.map((sequence) => sequence.size(0));
  using padded = pad_sequence(sequences);
  return pack_padded_sequence(padded, lengths, { enforce_sorted: given['enforce_sorted'] !== false });
}

/** The sequences of a PackedSequence, in the order that they were given in. */
export function unpack_sequence(packed_sequences: PackedSequence): Tensor[] {
  const [padded, lengths] = pad_packed_sequence(packed_sequences, { batch_first: true });
  try {
    return unpad_sequence(padded, lengths, { batch_first: true });
  } finally {
    padded.dispose();
    lengths.dispose();
  }
}
