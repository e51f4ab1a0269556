import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { DType, Tensor } from '../../ts/torch/index.js';
import { growth } from '../support/live.js';
import { message } from '../support/thrown.js';

const { tensor, from_numpy } = torch;
const Float16 = (globalThis as unknown as { Float16Array?: new (values: number[]) => Float32Array })
  .Float16Array;

/** Each TypedArray, the dtype that it becomes, and its elements as tolist() gives them. */
const arrays: [ArrayBufferView, DType, unknown[]][] = [
  [new Float32Array([1.5, -2, NaN, Infinity]), torch.float32, [1.5, -2, NaN, Infinity]],
  [new Float64Array([0.1, -1e300, 5e-324]), torch.float64, [0.1, -1e300, 5e-324]],
  [new Int8Array([-128, 127]), torch.int8, [-128, 127]],
  [new Int16Array([-32768, 32767]), torch.int16, [-32768, 32767]],
  [new Int32Array([-(2 ** 31), 2 ** 31 - 1]), torch.int32, [-(2 ** 31), 2 ** 31 - 1]],
  [
    new BigInt64Array([-(2n ** 63n), 2n ** 53n, 2n ** 53n - 1n, 5n]),
    torch.int64,
    [-(2n ** 63n), 2n ** 53n, 2 ** 53 - 1, 5],
  ],
  [new Uint8Array([0, 255]), torch.uint8, [0, 255]],
  [new Uint8ClampedArray([0, 255]), torch.uint8, [0, 255]],
  [Buffer.from([1, 2, 3]), torch.uint8, [1, 2, 3]],
  [new Uint16Array([0, 65535]), torch.uint16, [0, 65535]],
  [new Uint32Array([0, 2 ** 32 - 1]), torch.uint32, [0, 2 ** 32 - 1]],
  [new BigUint64Array([2n ** 64n - 1n, 7n]), torch.uint64, [2n ** 64n - 1n, 7]],
];
if (Float16) arrays.push([new Float16([0.5, 65504]), torch.float16, [0.5, 65504]]);

const setFirst = (array: ArrayBufferView, value: number): void => {
  const some = array as Float32Array & BigInt64Array;
  some[0] = (typeof some[0] === 'bigint' ? BigInt(value) : value) as never;
};
const first = (array: ArrayBufferView): number => Number((array as Float32Array)[0]);

describe('TypedArrays', () => {
  for (const [array, dtype, values] of arrays) {
    const name = array.constructor.name;
    it(`${name} to ${String(dtype)} and back, as copies`, () => {
      const t = tensor(array);
      expect([t.dtype, [...t.shape], t.tolist()]).to.deep.equal([dtype, [values.length], values]);
      setFirst(array, 3);
      expect(t.tolist(), 'a copy').to.deep.equal(values);
      const back = t.toTypedArray();
      const Kind = array instanceof Uint8ClampedArray || array instanceof Buffer ? 'Uint8Array' : name;
      expect(back.constructor.name).to.equal(Kind);
      setFirst(back, 4);
      expect(t.tolist()).to.deep.equal(values);
    });

    it(`${name} shared both ways`, () => {
      const own = (array as Float32Array).slice();
      const t = from_numpy(own);
      expect(t.dtype).to.equal(dtype);
      setFirst(own, 7);
      expect(Number(t.at(0).item())).to.equal(7);
      t.fill_(9);
      expect(first(own)).to.equal(9);
      const view = t.toTypedArray({ share: true });
      setFirst(view, 5);
      expect([Number(t.at(0).item()), first(own)]).to.deep.equal([5, 5]);
    });
  }

  it('keep their part of the buffer', () => {
    const { buffer } = Float64Array.of(0, 1, 2, 3, 4, 5);
    const part = new Float64Array(buffer, 16, 3);
    expect(tensor(part).tolist()).to.deep.equal([2, 3, 4]);
    const shared = from_numpy(part);
    shared.mul_(10);
    expect([...new Float64Array(buffer)]).to.deep.equal([0, 1, 20, 30, 40, 5]);
  });

  it('of no elements', () => {
    for (const make of [tensor, from_numpy]) {
      const t = make(new Float32Array(0));
      expect([[...t.shape], t.tolist(), t.toTypedArray().length]).to.deep.equal([[0], [], 0]);
    }
    expect(torch.zeros(0, 3).toTypedArray({ share: true }).length).to.equal(0);
  });

  it('are refused where they cannot be shared, or are none', () => {
    expect(message(() => from_numpy(new DataView(new ArrayBuffer(4))))).to.match(/DataView/);
    expect(message(() => tensor(new DataView(new ArrayBuffer(4))))).to.match(
      /element 0 is an object \(DataView\)/,
    );
    expect(() => from_numpy([1, 2] as never)).to.throw();
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set([1, 2]);
    expect(tensor(shared).tolist(), 'copying is fine').to.deep.equal([1, 2]);
    expect(message(() => from_numpy(shared))).to.match(/SharedArrayBuffer/);
    const detached = new Float32Array(4);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    expect(from_numpy(detached).tolist()).to.deep.equal([]);
  });
});

describe('sharing', () => {
  it('keeps the memory alive on either side', () => {
    const make = (): Tensor => from_numpy(Float32Array.from({ length: 50_000 }, (_, i) => i));
    const tensors = Array.from({ length: 20 }, make);
    const views = Array.from({ length: 20 }, () => torch.arange(50_000).toTypedArray({ share: true }));
    torch.memory({ collect: true });
    for (let i = 0; i < 20; ++i) new Float32Array(50_000).fill(-1);
    for (const t of tensors) expect(t.double().sum().item()).to.equal(1249975000);
    for (const view of views) expect(Number(view[49_999])).to.equal(49_999);
  });

  it('lets the tensor go with the array', () => {
    const grown = growth(() => {
      for (let i = 0; i < 20; ++i) torch.ones(100).toTypedArray({ share: true })[0] = 2;
    });
    expect(grown).to.equal(0);
  });

  it('works for several arrays on one tensor, and a part of it', () => {
    const t = torch.arange(6).view(2, 3);
    const [a, b] = [t.numpy(), t.at(1).numpy()];
    b[0] = 100n;
    expect([String(a[3]), t.at(1, 0).item(), b.length]).to.deep.equal(['100', 100, 3]);
  });

  it('is refused where memory and elements differ', () => {
    const square = torch.ones(3, 3);
    expect(message(() => square.T.numpy())).to.match(
      /^only a contiguous tensor on the CPU can share its memory/,
    );
    expect(square.T.contiguous().numpy().length).to.equal(9);
    expect(message(() => torch.ones(2, { requires_grad: true }).numpy())).to.equal(
      "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
    );
    const z = torch.ones(2, { dtype: torch.complex64 });
    expect(message(() => z.conj().numpy())).to.equal(
      "Can't call numpy() on Tensor that has conjugate bit set. Use tensor.resolve_conj().numpy() instead.",
    );
    expect(message(() => torch.imag(z.conj()).numpy())).to.match(/negative bit set|contiguous/);
    expect(message(() => torch.ones(2, { dtype: torch.bfloat16 }).numpy())).to.equal(
      'no JavaScript array has elements of torch.bfloat16',
    );
    expect(() => torch.ones(2, { device: 'meta' }).numpy()).to.throw(torch.TorchError);
  });
});

describe('toTypedArray', () => {
  it('gives row-major order, whatever lies in memory', () => {
    const t = torch.arange(6).view(2, 3);
    expect([...t.T.toTypedArray()].map(Number)).to.deep.equal([0, 3, 1, 4, 2, 5]);
    expect([...t.at(':', '::2').toTypedArray()].map(Number)).to.deep.equal([0, 2, 3, 5]);
    expect([...torch.tensor([1]).expand(3).toTypedArray()]).to.deep.equal([1, 1, 1]);
    expect([...torch.eye(2).to_sparse().toTypedArray()]).to.deep.equal([1, 0, 0, 1]);
  });

  it('gives bool as bytes, bfloat16 and float8 as float32, complex numbers as pairs', () => {
    expect(tensor([true, false]).toTypedArray()).to.deep.equal(Uint8Array.of(1, 0));
    expect(tensor([1.5, 3], { dtype: torch.bfloat16 }).toTypedArray()).to.deep.equal(Float32Array.of(1.5, 3));
    expect(tensor([1.5], { dtype: torch.float8_e5m2 }).toTypedArray()).to.deep.equal(Float32Array.of(1.5));
    const z = tensor([new torch.Complex(1, 2), new torch.Complex(0, -1)]);
    expect(z.toTypedArray()).to.deep.equal(Float32Array.of(1, 2, 0, -1));
    expect(z.conj().toTypedArray()).to.deep.equal(Float32Array.of(1, -2, 0, 1));
    expect(z.to(torch.complex128).toTypedArray()).to.deep.equal(Float64Array.of(1, 2, 0, -1));
  });

  it('may leave the graph: a copy of a tensor that requires gradients', () => {
    expect(torch.ones(2, { requires_grad: true }).mul(2).toTypedArray()).to.deep.equal(Float32Array.of(2, 2));
  });
});

describe('item and tolist', () => {
  it('give numbers, booleans, bigints where needed or wished, and Complex', () => {
    expect(tensor(1.5).item()).to.equal(1.5);
    expect(tensor([[true]]).item<boolean>()).to.equal(true);
    expect(tensor(2n ** 53n - 1n).item()).to.equal(2 ** 53 - 1);
    expect(tensor(-(2n ** 53n)).item<bigint>()).to.equal(-(2n ** 53n));
    expect(tensor(3n).item({ bigint: true })).to.equal(3n);
    expect(tensor(3).item({ bigint: true }), 'a float stays one').to.equal(3);
    expect(tensor(2n ** 64n - 1n, { dtype: torch.uint64 }).item<bigint>()).to.equal(2n ** 64n - 1n);
    expect(tensor(new torch.Complex(1, -2)).item<torch.Complex>()).to.deep.equal(new torch.Complex(1, -2));
    expect(tensor([2n ** 60n, 1n]).tolist()).to.deep.equal([2n ** 60n, 1]);
    expect(tensor([2n, 1n]).tolist({ bigint: true })).to.deep.equal([2n, 1n]);
    expect(torch.tensor([1, 2], { dtype: torch.int8 }).tolist({ bigint: true })).to.deep.equal([1n, 2n]);
  });

  it('keep shape, also where a dimension is empty', () => {
    expect(torch.arange(8).view(2, 2, 2).tolist()).to.deep.equal([
      [
        [0, 1],
        [2, 3],
      ],
      [
        [4, 5],
        [6, 7],
      ],
    ]);
    expect(tensor(7n).tolist()).to.equal(7);
    expect(torch.zeros(2, 0).tolist()).to.deep.equal([[], []]);
    expect(torch.zeros(0, 2).tolist()).to.deep.equal([]);
    expect(torch.zeros(1, 2, 0, 3).tolist()).to.deep.equal([[[], []]]);
    expect(torch.tensor([1, 0], { dtype: torch.float16 }).tolist()).to.deep.equal([1, 0]);
  });

  it('item() wants exactly one element', () => {
    for (const t of [torch.ones(2), torch.ones(0)])
      expect(message(() => t.item())).to.equal(
        `a Tensor with ${t.numel()} elements cannot be converted to Scalar`,
      );
  });
});
