import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import { growth } from '../support/live.js';
import { message, thrown } from '../support/thrown.js';

const { tensor, Float, Complex } = torch;
const { float16, float32, float64, int8, int32, int64, uint8, uint64, bool, complex64 } = torch;
const kind = (t: Tensor): unknown[] => [t.dtype, [...t.shape], t.tolist()];

describe('tensor', () => {
  it('takes the dtype from what the data are', () => {
    expect(kind(tensor(3))).to.deep.equal([float32, [], 3]);
    expect(kind(tensor(3n))).to.deep.equal([int64, [], 3]);
    expect(kind(tensor(true))).to.deep.equal([bool, [], true]);
    expect(kind(tensor(new Float(3)))).to.deep.equal([float32, [], 3]);
    expect(kind(tensor(new Complex(1, 2)))).to.deep.equal([complex64, [], new Complex(1, 2)]);
    expect(tensor([1n, true]).dtype).to.equal(int64);
    expect(tensor([1n, 2]).dtype).to.equal(float32);
    expect(tensor([1, new Complex(0, 1)]).dtype).to.equal(complex64);
    expect(kind(tensor([]))).to.deep.equal([float32, [0], []]);
  });

  it('takes it from tensors and TypedArrays among the data, as Python does', () => {
    expect(kind(tensor([tensor(3n), tensor(4n)]))).to.deep.equal([int64, [2], [3, 4]]);
    expect(tensor([tensor(3, { dtype: float64 })]).dtype).to.equal(float64);
    expect(tensor([tensor(3, { dtype: float16 }), 2n]).dtype).to.equal(float16);
    expect(tensor([Int32Array.of(1, 2), Int32Array.of(3, 4)]).dtype).to.equal(int32);
    expect(tensor([Uint8Array.of(1, 2), Float64Array.of(0.5, 4)]).dtype).to.equal(float64);
    expect(kind(tensor([torch.arange(2), torch.arange(2)]))).to.deep.equal([
      int64,
      [2, 2],
      [
        [0, 1],
        [0, 1],
      ],
    ]);
    const big = [tensor(2n ** 62n + 1n), 2n ** 62n + 3n];
    expect(tensor(big).tolist(), 'nothing is rounded').to.deep.equal([2n ** 62n + 1n, 2n ** 62n + 3n]);
  });

  it('takes any dtype by name', () => {
    expect(kind(tensor([1, 0], { dtype: bool }))).to.deep.equal([bool, [2], [true, false]]);
    expect(kind(tensor([0.1], { dtype: float64 }))).to.deep.equal([float64, [1], [0.1]]);
    expect(kind(tensor([1, 2], { dtype: int8 }))).to.deep.equal([int8, [2], [1, 2]]);
    expect(kind(tensor([2n ** 64n - 1n], { dtype: uint64 }))).to.deep.equal([uint64, [1], [2n ** 64n - 1n]]);
    expect(kind(tensor(Uint8Array.of(1, 2), { dtype: float32 }))).to.deep.equal([float32, [2], [1, 2]]);
    expect(tensor([new Complex(0, 1), 0], { dtype: bool }).tolist()).to.deep.equal([true, false]);
    expect(tensor([true, 2n], { dtype: complex64 }).tolist()).to.deep.equal([new Complex(1), new Complex(2)]);
  });

  it('nests to any depth, with empty dimensions', () => {
    expect(
      kind(
        tensor([
          [[1], [2]],
          [[3], [4]],
        ]),
      ),
    ).to.deep.equal([
      float32,
      [2, 2, 1],
      [
        [[1], [2]],
        [[3], [4]],
      ],
    ]);
    expect([...tensor([[], []]).shape]).to.deep.equal([2, 0]);
    expect([...tensor([[[]]]).shape]).to.deep.equal([1, 1, 0]);
    let deep: torch.TensorLike = 1;
    for (let i = 0; i < 30; ++i) deep = [deep];
    expect(tensor(deep).ndim).to.equal(30);
  });

  it('refuses ragged rows and says where', () => {
    for (const [data, words] of [
      [[[1, 2], [3]], 'expected sequence of length 2 at dim 1 (got 1)'],
      [[[1], [2, 3]], 'expected sequence of length 1 at dim 1 (got 2)'],
      [[[1, 2], 3], 'expected sequence of length 2 at dim 1 (got a number)'],
      [[1, [2]], 'expected sequence of length 0 at dim 1 (got 1)'],
      [[[[1]], [[1, 2]]], 'expected sequence of length 1 at dim 2 (got 2)'],
      [[[], [1]], 'expected sequence of length 0 at dim 1 (got 1)'],
      [[torch.ones(2), torch.ones(3)], 'expected sequence of length 2 at dim 1 (got 3)'],
    ] as [torch.TensorLike, string][]) {
      const error = thrown(() => tensor(data)) as torch.ValueError;
      expect(error).to.be.instanceOf(torch.ValueError);
      expect(error.message).to.equal(words);
    }
  });

  it('refuses numbers that an integer dtype cannot hold', () => {
    for (const [value, dtype, words] of [
      [-1, uint8, 'tensor(): value -1 is out of range for torch.uint8'],
      [256, uint8, 'tensor(): value 256 is out of range for torch.uint8'],
      [-129, int8, 'tensor(): value -129 is out of range for torch.int8'],
      [2n ** 63n, int64, 'tensor(): value 9223372036854775808 is out of range for torch.int64'],
      [-1n, uint64, 'tensor(): value -1 is out of range for torch.uint64'],
      [2 ** 53, int64, 'tensor(): 9007199254740992 is no integer that torch.int64 can hold exactly'],
      [3.7, int64, 'tensor(): 3.7 is no integer that torch.int64 can hold exactly'],
      [NaN, int32, 'tensor(): NaN is no integer that torch.int32 can hold exactly'],
      [Infinity, int32, 'tensor(): Infinity is no integer that torch.int32 can hold exactly'],
    ] as const)
      expect(message(() => tensor([0, value], { dtype }))).to.equal(words);
    expect(message(() => tensor(2n ** 63n))).to.match(/out of range for torch.int64/);
    expect(message(() => tensor(new Complex(1, 1), { dtype: float32 }))).to.equal(
      'tensor(): a complex number is no torch.float32',
    );
  });

  it('refuses what is no number, and unknown options', () => {
    for (const [value, what] of [
      ['a', 'string'],
      [null, 'null'],
      [undefined, 'undefined'],
      [{}, 'an object (Object)'],
      [() => 1, 'function'],
    ])
      expect(message(() => tensor([1, value] as never))).to.equal(
        `tensor(): element 1 is ${what as string}, not a number`,
      );
    expect(message(() => tensor(1, { dtpye: float32 } as never))).to.match(
      /^tensor\(\): unknown option 'dtpye'; known are dtype/,
    );
  });

  it('copies tensors, without their history', () => {
    const x = torch.ones(2, { requires_grad: true });
    const copy = tensor(x.mul(2));
    expect([copy.requires_grad, copy.is_leaf, copy.tolist()]).to.deep.equal([false, true, [2, 2]]);
    expect(tensor(x, { requires_grad: true, dtype: float64 })).to.include({
      requires_grad: true,
      is_leaf: true,
      dtype: float64,
    });
    expect(message(() => tensor([1n], { requires_grad: true }))).to.match(/^only Tensors of floating point/);
  });

  it('leaves nothing behind between the data and the result', () => {
    const grown = growth(() => {
      const made = [
        tensor([1, 2], { dtype: int8 }),
        tensor(torch.ones(2), { dtype: float64 }),
        torch.as_tensor([1], { dtype: int64 }),
      ];
      expect(torch.memory().tensors).to.be.greaterThan(0);
      made.forEach((t) => {
        t.dispose();
      });
    });
    expect(grown).to.equal(0);
  });
});

describe('as_tensor', () => {
  it('copies only what it must', () => {
    const x = torch.ones(2);
    expect(torch.as_tensor(x)).to.equal(x);
    expect(torch.as_tensor(x, { dtype: float32 }).is(x)).to.equal(true);
    expect(torch.as_tensor(x, { dtype: int64 }).dtype).to.equal(int64);
    const array = Float32Array.of(1, 2);
    torch.as_tensor(array).mul_(5);
    expect([...array]).to.deep.equal([5, 10]);
    expect(torch.asarray([1, 2]).tolist()).to.deep.equal([1, 2]);
    expect(message(() => torch.as_tensor([1], { requires_grad: true } as never))).to.match(
      /unknown option 'requires_grad'|requires_grad/,
    );
  });
});

describe('full', () => {
  it('takes the dtype from the value, by JavaScript’s rule', () => {
    expect(kind(torch.full([2], 3))).to.deep.equal([float32, [2], [3, 3]]);
    expect(kind(torch.full(2, 3n))).to.deep.equal([int64, [2], [3, 3]]);
    expect(kind(torch.full([], true))).to.deep.equal([bool, [], true]);
    expect(torch.full([1], new Complex(0, 1)).dtype).to.equal(complex64);
    expect(kind(torch.full([1, 1], 3.5, { dtype: float64, requires_grad: true }))).to.deep.equal([
      float64,
      [1, 1],
      [[3.5]],
    ]);
  });
  it('takes every argument by name, and `out`', () => {
    expect(torch.full([2], { fill_value: 4 }).tolist()).to.deep.equal([4, 4]);
    expect(torch.full({ size: [2], fill_value: 4n }).dtype).to.equal(int64);
    const out = torch.empty(0, { dtype: int64 });
    expect(torch.full([3], 2, { out })).to.equal(out);
    expect(out.tolist()).to.deep.equal([2, 2, 2]);
    expect(message(() => torch.full([2], 1, { dtpye: int64 } as never))).to.match(
      /unknown option 'dtpye'; the nearest known ones are 'dtype'/,
    );
  });
});

describe('factories', () => {
  it('use the default dtype, which may be changed', () => {
    expect(torch.get_default_dtype()).to.equal(float32);
    try {
      torch.set_default_dtype(float64);
      expect([
        tensor(1).dtype,
        torch.zeros(1).dtype,
        torch.full([1], 2).dtype,
        tensor(new Complex(1, 1)).dtype,
      ]).to.deep.equal([float64, float64, float64, torch.complex128]);
      expect(torch.arange(0, 1, 0.5).dtype).to.equal(float64);
    } finally {
      torch.set_default_dtype(float32);
    }
    expect(() => {
      torch.set_default_dtype(int64);
    }).to.throw(torch.TorchError);
    expect(() => {
      torch.set_default_dtype('float64' as never);
    }).to.throw(TypeError);
    expect(tensor(1).dtype).to.equal(float32);
  });

  it('are new tensors: their filling is no change', () => {
    const all = [
      torch.ones(2),
      torch.zeros(2),
      torch.rand(2),
      torch.full([2], 1),
      torch.arange(2),
      torch.randn_like(torch.ones(1)),
      tensor([1]),
    ];
    expect(all.map((t) => t._version)).to.deep.equal(all.map(() => 0));
  });

  it('arange keeps to Python’s dtypes and counts', () => {
    expect(kind(torch.arange(3))).to.deep.equal([int64, [3], [0, 1, 2]]);
    expect(kind(torch.arange(1, 2.5, 0.5))).to.deep.equal([float32, [3], [1, 1.5, 2]]);
    expect(torch.arange(new Float(3)).dtype).to.equal(float32);
    expect(torch.arange(5, 0, -2).tolist()).to.deep.equal([5, 3, 1]);
  });

  it('is_tensor and numel', () => {
    expect([torch.is_tensor(tensor(1)), torch.is_tensor([1]), torch.is_tensor(null)]).to.deep.equal([
      true,
      false,
      false,
    ]);
    expect(torch.numel(torch.ones(2, 3))).to.equal(6);
  });
});
