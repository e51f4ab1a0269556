import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { DType, Tensor } from '../../ts/torch/index.js';
import { message } from '../support/thrown.js';

interface Attributes {
  itemsize: number;
  is_floating_point: boolean;
  is_complex: boolean;
  is_signed: boolean;
  type: string;
  cast: number[];
}
const recorded = JSON.parse(readFileSync(new URL('fixtures/casts.json', import.meta.url), 'utf8')) as {
  dtypes: Record<string, Attributes>;
  promote: Record<string, (string | null)[]>;
  can_cast: Record<string, boolean[]>;
};
const named = (name: string): DType => (torch as unknown as Record<string, DType>)[name]!;
const { float32, float64, int64, int32, bool } = torch;

describe('dtypes are PyTorch’s', () => {
  for (const [name, { type, cast, ...attributes }] of Object.entries(recorded.dtypes))
    it(name, () => {
      const dtype = named(name);
      expect(String(dtype)).to.equal(`torch.${name}`);
      expect(dtype).to.include({ name, ...attributes });
      const row = torch.tensor([0, 1, 2.75, 100.4375, -3.6], { dtype: float64 });
      const source = name.startsWith('uint') ? row.at(':-1') : row;
      const to = source.to(dtype);
      expect([to.dtype, to.type()]).to.deep.equal([dtype, type]);
      const wide = dtype.is_complex ? torch.view_as_real(to.to(torch.complex128)).flatten() : to.to(float64);
      expect(wide.tolist()).to.deep.equal(cast);
    });

  it('promote alike, or not at all', () => {
    const names = Object.keys(recorded.promote);
    for (const a of names)
      for (const [i, b] of names.entries()) {
        const expected = recorded.promote[a]![i];
        if (expected == null)
          expect(() => torch.promote_types(named(a), named(b)), `${a}, ${b}`).to.throw(torch.TorchError);
        else expect(torch.promote_types(named(a), named(b)).name, `${a}, ${b}`).to.equal(expected);
        expect(torch.can_cast(named(a), named(b)), `${a} to ${b}`).to.equal(recorded.can_cast[a]![i]);
      }
  });
});

describe('to', () => {
  const x = torch.tensor([1.5, -2.5]);
  const other = torch.zeros(1, { dtype: float64 });
  const forms: Record<string, [DType, () => Tensor]> = {
    dtype: [float64, () => x.to(float64)],
    'dtype, non_blocking': [float64, () => x.to(float64, false)],
    'dtype, non_blocking, copy': [float64, () => x.to(float64, false, true)],
    'dtype, options': [float64, () => x.to(float64, { non_blocking: true, copy: true })],
    device: [float32, () => x.to('cpu')],
    'device object': [float32, () => x.to(torch.device('cpu'))],
    'device with its index': [float32, () => x.to('cpu:0')],
    'device, dtype': [int64, () => x.to('cpu', int64)],
    'device, dtype, non_blocking, copy': [int64, () => x.to('cpu', int64, false, true)],
    'null, dtype': [int64, () => x.to(null, int64)],
    'device, null': [float32, () => x.to('cpu', null)],
    other: [float64, () => x.to(other)],
    'other, non_blocking, copy': [float64, () => x.to(other, false, true)],
    options: [int32, () => x.to({ dtype: int32, device: 'cpu', copy: true })],
    'options that are null': [float32, () => x.to({ dtype: null, device: null, memory_format: null })],
    'other by name': [float64, () => x.to({ other } as object)],
  };
  for (const [name, [dtype, form]] of Object.entries(forms))
    it(`takes ${name}`, () => {
      const result = form();
      expect(result.dtype).to.equal(dtype);
      expect(result.tolist()).to.deep.equal(dtype.is_floating_point ? [1.5, -2.5] : [1, -2]);
    });

  it('gives the tensor itself where nothing changes, unless a copy is asked for', () => {
    for (const same of [
      x.to(float32),
      x.to('cpu'),
      x.to({ dtype: float32 }),
      x.to(x),
      x.float(),
      x.cpu(),
      x.type(float32),
    ])
      expect(same.is(x)).to.equal(true);
    for (const copy of [x.to({ copy: true }), x.to(float32, false, true), x.to(float32, { copy: true })]) {
      expect(copy.is(x)).to.equal(false);
      expect(copy.data_ptr()).not.to.equal(x.data_ptr());
    }
  });

  it('takes a memory format', () => {
    const image = torch.arange(24).view(1, 2, 3, 4);
    const last = image.to({ memory_format: torch.channels_last });
    expect(last.stride()).to.deep.equal([24, 1, 8, 2]);
    expect(last.is_contiguous({ memory_format: torch.channels_last })).to.equal(true);
    expect(last.to(float64).stride(), 'preserved').to.deep.equal([24, 1, 8, 2]);
    expect(last.to(float64, { memory_format: torch.contiguous_format }).stride()).to.deep.equal([
      24, 12, 4, 1,
    ]);
  });

  it('is recorded by autograd', () => {
    const w = torch.ones(2, { requires_grad: true });
    w.to(float64).mul(3).sum().backward();
    expect([w.grad!.dtype, w.grad!.tolist()]).to.deep.equal([float32, [3, 3]]);
  });

  it('moves to the meta device, and back only without data', () => {
    const meta = x.to('meta');
    expect([meta.is_meta, meta.shape.equals([2])]).to.deep.equal([true, true]);
    expect(() => meta.cpu()).to.throw(torch.TorchError, /meta tensor/);
  });

  it('refuses everything else', () => {
    const refused: [unknown[], RegExp][] = [
      [[], /^to\(\): expected/],
      [[3], /^to\(\): expected a dtype, a device or a Tensor/],
      [[float32, 1], /^to\(\): expected/],
      [[float32, true, false, true], /too many arguments/],
      [['cpu', 'cpu'], /^to\(\): expected/],
      [[{ dtpye: float32 }], /unknown option 'dtpye'/],
      [[{ dtype: 'float32' }], /dtype/],
      [['nowhere'], /nowhere/],
      [['cuda:99'], /./],
    ];
    for (const [args, words] of refused)
      expect(
        message(() => (x.to as (...all: unknown[]) => Tensor)(...args)),
        String(args),
      ).to.match(words);
  });
});

describe('casts by name', () => {
  it('are those of Python', () => {
    const x = torch.tensor([0, 1.5]);
    const results = [
      x.float(),
      x.double(),
      x.half(),
      x.bfloat16(),
      x.long(),
      x.int(),
      x.short(),
      x.char(),
      x.byte(),
      x.bool(),
      x.cfloat(),
      x.cdouble(),
    ];
    const { float16, bfloat16, int16, int8, uint8, complex64, complex128 } = torch;
    const wanted = [
      float32,
      float64,
      float16,
      bfloat16,
      int64,
      int32,
      int16,
      int8,
      uint8,
      bool,
      complex64,
      complex128,
    ];
    expect(results.map((t) => t.dtype)).to.deep.equal(wanted);
    expect([x.long().tolist(), x.bool().tolist()]).to.deep.equal([
      [0, 1],
      [false, true],
    ]);
    expect(x.type_as(torch.zeros(1, { dtype: int64 })).dtype).to.equal(int64);
    expect(message(() => x.type_as(3 as unknown as Tensor))).to.equal(
      "type_as(): argument 'other' must be Tensor",
    );
  });

  it('type() names and makes', () => {
    const x = torch.ones(2);
    expect([x.type(), torch.eye(2).to_sparse().type()]).to.deep.equal([
      'torch.FloatTensor',
      'torch.sparse.FloatTensor',
    ]);
    expect([
      x.type('torch.DoubleTensor').dtype,
      x.type(int64).dtype,
      x.type('torch.LongTensor').type(),
    ]).to.deep.equal([float64, int64, 'torch.LongTensor']);
    for (const name of ['torch.float64', 'float', 'torch.NoTensor', 'DoubleTensor'])
      expect(message(() => x.type(name))).to.equal(
        `type(): '${name}' is no tensor type; expected for example 'torch.FloatTensor'`,
      );
  });
});
