/** Packing and padding of sequences against PyTorch. */
import { expect } from 'chai';
import torch, { nn, type Tensor } from '../../../../ts/index.js';
import { growth } from '../../../support/live.js';
import { expectRecorded, readRecorded, type RecordedTensor } from '../../../support/recorded.js';
import { message, thrown } from '../../../support/thrown.js';

const { rnn } = nn.utils;
type Nested<T> = T | null | Nested<T>[];
interface Packing {
  packed: Nested<RecordedTensor>;
  back: Nested<RecordedTensor>;
}
const recorded = readRecorded<Record<string, unknown>>(import.meta.url, 'rnn.json');

/** Compares lists of lists of tensors and nulls. */
function same(actual: Nested<Tensor>, expected: unknown, what = ''): void {
  if (expected === null) expect(actual, what).to.equal(null);
  else if (Array.isArray(expected)) {
    expect(actual, what).to.be.an('array').with.length(expected.length);
    expected.forEach((item, i) => {
      same((actual as Nested<Tensor>[])[i]!, item, `${what}[${i}]`);
    });
  } else expectRecorded(actual as Tensor, expected as RecordedTensor, 'exact', what);
}
function sequence(start: number, ...shape: number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return torch.arange(start, start + count, { dtype: torch.float32 }).reshape(shape);
}
const padded = sequence(1, 3, 4, 2);
const sequences = [sequence(1, 2, 2), sequence(10, 4, 2), sequence(30, 1, 2)];
const numbers = [torch.tensor([1n, 2n, 3n]), torch.tensor([4n, 5n])];

describe('nn.utils.rnn', () => {
  const packings: Record<string, () => nn.utils.rnn.PackedSequence> = {
    sorted: () => rnn.pack_padded_sequence(padded.transpose(0, 1), [4, 2, 1]),
    'batch first': () => rnn.pack_padded_sequence(padded, [4, 3, 3], true, true),
    unsorted: () => rnn.pack_padded_sequence(padded, [1, 4, 2], { batch_first: true, enforce_sorted: false }),
    ties: () => rnn.pack_padded_sequence(padded.transpose(0, 1), torch.tensor([2n, 4n, 2n]), false, false),
  };
  for (const [name, pack] of Object.entries(packings))
    it(`packs and pads: ${name}`, () => {
      const expected = recorded[name] as Packing;
      const packed = pack();
      same([...packed], expected.packed, name);
      same(
        [
          rnn.pad_packed_sequence(packed),
          rnn.pad_packed_sequence(packed, { batch_first: true, padding_value: -1.5, total_length: 6 }),
        ],
        expected.back,
        name,
      );
    });

  it('packs and unpacks lists of sequences', () => {
    const packed = rnn.pack_sequence(sequences, { enforce_sorted: false });
    same([...packed], recorded['pack_sequence']);
    same(rnn.unpack_sequence(packed), recorded['unpack_sequence']);
    same([...rnn.pack_sequence(numbers)], recorded['pack_sequence numbers']);
    expect(String(rnn.pack_sequence(numbers))).to.equal(recorded['text']);
  });
  it('pads and unpads', () => {
    same(rnn.pad_sequence(sequences), recorded['pad_sequence']);
    same(
      rnn.pad_sequence(sequences, { batch_first: true, padding_value: -1, padding_side: 'left' }),
      recorded['pad_sequence left'],
    );
    same(rnn.pad_sequence(new Set(numbers), true, 9), recorded['pad_sequence numbers']);
    same(rnn.unpad_sequence(padded, torch.tensor([4n, 0n, 2n]), true), recorded['unpad_sequence']);
    const timeFirst = padded.transpose(0, 1);
    same(rnn.unpad_sequence(timeFirst, torch.tensor([3n, 1n, 9n])), recorded['unpad_sequence time first']);
    expect([...timeFirst.shape]).to.deep.equal([4, 3, 2]);
  });
  it('inverts permutations', () => {
    same(rnn.invert_permutation(torch.tensor([2n, 0n, 3n, 1n])), recorded['invert_permutation']);
    expect(rnn.invert_permutation(null)).to.equal(null);
  });
  it('gradients find their way to the sequences', () => {
    const leaves = sequences.map((x) => x.clone().requires_grad_());
    const [output] = rnn.pad_packed_sequence(rnn.pack_sequence(leaves, false));
    output.square().sum().backward();
    same(
      leaves.map((x) => x.grad),
      recorded['gradients'],
    );
  });

  it('a PackedSequence converts its data only', () => {
    const packed = rnn.pack_sequence(sequences, false);
    const double = packed.double();
    same([...double], recorded['double']);
    expect(packed.float()).to.equal(packed);
    expect(packed.cpu()).to.equal(packed);
    expect(double.batch_sizes).to.equal(packed.batch_sizes);
    expect([packed.is_cuda, packed.is_pinned()]).to.deep.equal([false, false]);
  });
  it('a PackedSequence is made of its parts, with or without new', () => {
    const [data, sizes] = [sequence(0, 3, 2), torch.tensor([2n, 1n])];
    for (const made of [
      new rnn.PackedSequence(data, sizes, torch.tensor([1n, 0n])),
      rnn.PackedSequence(data, sizes, { sorted_indices: torch.tensor([1n, 0n]) }),
      rnn.PackedSequence([data, sizes], null, { sorted_indices: torch.tensor([1n, 0n]) }),
    ]) {
      expect(made.data).to.equal(data);
      expect(made.batch_sizes).to.equal(sizes);
      expect(made.unsorted_indices?.tolist()).to.deep.equal([1, 0]);
    }
    expect(() => rnn.PackedSequence(...([data] as unknown as [Tensor, Tensor]))).to.throw(
      torch.ArgumentError,
      'length 2',
    );
    const elsewhere = sizes.to('meta');
    expect(() => rnn.PackedSequence(data, elsewhere)).to.throw(torch.ValueError, 'always be on CPU');
  });

  const packed = rnn.pack_sequence(sequences, false);
  const refused: Record<string, () => unknown> = {
    unsorted: () => rnn.pack_padded_sequence(padded, [1, 4, 2], { batch_first: true }),
    zero: () => rnn.pack_padded_sequence(padded, [4, 2, 0], { batch_first: true }),
    count: () => rnn.pack_padded_sequence(padded, [4, 2], { batch_first: true }),
    total_length: () => rnn.pad_packed_sequence(packed, { total_length: 3 }),
    empty: () => rnn.pad_sequence([]),
    side: () => rnn.pad_sequence(numbers, { padding_side: 'top' as never }),
  };
  for (const [name, [type, text]] of Object.entries(recorded['errors'] as Record<string, [string, string]>))
    it(`refuses in PyTorch's words: ${name}`, () => {
      const error = thrown(refused[name]!);
      expect(error).to.be.instanceOf(type === 'ValueError' ? torch.ValueError : torch.TorchError);
      expect((error as Error).message).to.contain(text);
    });
  it('refuses what is no sequence, and lengths that do not fit', () => {
    expect(message(() => rnn.pad_sequence(3 as never))).to.contain('Expected iterable');
    expect(message(() => rnn.pad_packed_sequence(padded as never))).to.contain('PackedSequence');
    expect(message(() => rnn.unpad_sequence(padded, torch.tensor([1n, 2n]), true))).to.contain('2 and 3');
    expect(message(() => rnn.pack_padded_sequence(padded, [1], { sorted: true } as never))).to.contain(
      "unknown option 'sorted'",
    );
  });
  it('leaves no temporaries behind', () => {
    const run = (): void => {
      const made = rnn.pack_sequence(sequences, false);
      for (const tensor of rnn.unpack_sequence(made)) tensor.dispose();
      for (const part of made) part?.dispose();
    };
    run();
    expect(growth(run)).to.equal(0);
  });
});
