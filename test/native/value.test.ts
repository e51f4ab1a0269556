// Every type of the schema language, there and back, refusals included; through operators that hand them on.
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import { native } from '../../ts/native.js';
import { message } from '../support/thrown.js';

const { float64, int64, tensor, Complex, Float } = torch;
type Loose = (...args: unknown[]) => Tensor;
const aten = torch.ops['aten'] as unknown as Record<string, Loose & Record<string, Loose>>;
const call = torch as unknown as Record<string, Loose>;
const x = torch.arange(6).view(2, 3).float();
const i = torch.arange(3);
const list = (t: Tensor): unknown => t.tolist();

/** Every one of these values must be refused, with a message that names the argument. */
function refuses(argument: string, call: (value: unknown) => unknown, values: readonly unknown[]): void {
  for (const value of values)
    expect(message(() => call(value)), `${String(value)} for ${argument}`).to.match(new RegExp(`argument '${argument}'`));
}

describe('schema types', () => {
  it('are all known: nothing that is public takes a type that JavaScript cannot give', () => {
    const types = new Set<string>();
    for (const { name, args } of native.schemas())
      if (name.startsWith('aten::') && !name.startsWith('aten::_')) for (const { type } of args) types.add(type);
    for (const type of ['Tensor', 'Tensor?', 'Tensor[]', 'Tensor?[]', 'int', 'int?', 'int[]', 'float', 'float[]?', 'bool', 'Scalar', 'Scalar[]', 'str', 'Device', 'ScalarType?', 'Layout?', 'MemoryFormat', 'Generator?'])
      expect([...types], type).to.include(type);
  });

  it('Tensor', () => {
    expect(x.add(x).sum().item()).to.equal(30);
    refuses('other', (v) => call['matmul']!(x, v), [1, 'a', true, null, {}, [x], Symbol('s'), () => x, new Date(), torch.float32]);
  });

  it('Tensor?', () => {
    const bias = torch.ones(2);
    const linear = torch.nn.functional.linear;
    const w = torch.ones(2, 3);
    expect([list(linear(x, w)), list(linear(x, w, null)), list(linear(x, w, bias))]).to.deep.equal([[[3, 3], [12, 12]], [[3, 3], [12, 12]], [[4, 4], [13, 13]]]);
    refuses('bias', (v) => (linear as Loose)(x, w, v), [1, 'a', [bias]]);
  });

  it('Tensor[] and Tensor?[]', () => {
    expect(list(torch.cat([i, i]))).to.deep.equal([0, 1, 2, 0, 1, 2]);
    expect(list(aten['index']!(x, [null, tensor([2n, 0n])]))).to.deep.equal([[2, 0], [5, 3]]);
    refuses('tensors', (v) => call['cat']!(v), [x, [1], [x, null], [x, [x]], 'ab', {}]);
    refuses('indices', (v) => aten['index']!(x, v), [x, [1], ['a']]);
    expect(() => torch.cat([])).to.throw(torch.TorchError);
  });

  it('int: integers and bigints, exactly; never booleans or fractions', () => {
    expect([list(x.select(1, 2)), list(x.select(1, 2n)), list(x.select(1, -1))]).to.deep.equal([[2, 5], [2, 5], [2, 5]]);
    expect(list(torch.full([1], 2n ** 62n + 1n))).to.deep.equal([2n ** 62n + 1n]);
    refuses('dim', (v) => call['softmax']!(x, v), [1.5, NaN, Infinity, -Infinity, 2 ** 53, true, '0', null, [0], {}, new Float(1)]);
    expect(message(() => x.select(0, 2n ** 63n))).to.match(/bigint does not fit into 64 bits/);
    expect(x.sum(-0).tolist(), 'minus zero is zero').to.deep.equal([3, 5, 7]);
  });

  it('int?, with null', () => {
    const counts = torch.bincount(i, { minlength: 5 });
    expect(list(counts)).to.deep.equal([1, 1, 1, 0, 0]);
    expect([x.argmax().item(), list(x.argmax(1)), x.argmax(null).item()]).to.deep.equal([5, [2, 2], 5]);
  });

  it('int[] and int[N]', () => {
    expect([[...torch.zeros([]).shape], [...torch.zeros([2, 0]).shape], [...torch.ones([1n, 2] as never).shape]]).to.deep.equal([[], [2, 0], [1, 2]]);
    expect([...torch.nn.functional.avg_pool2d(torch.ones(1, 4, 4), [2, 1]).shape]).to.deep.equal([1, 2, 4]);
    refuses('size', (v) => call['zeros']!(v), ['2', [1.5], [NaN], ['a'], [[1]], [null], [true], {}, [2 ** 53], Array(3)]);
    expect(() => torch.zeros([-1])).to.throw(torch.TorchError, /non-negative/);
    expect(() => torch.zeros([2 ** 52, 2 ** 52])).to.throw(torch.TorchError);
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    expect(message(() => call['zeros']!(cyclic))).to.match(/nested too deeply/);
  });

  it('float, and what stands for one', () => {
    const leaky = torch.nn.functional.leaky_relu as Loose;
    const minus = tensor([-10]);
    for (const slope of [0.5, new Float(0.5), tensor(0.5)]) expect(list(leaky(minus, slope))).to.deep.equal([-5]);
    expect([list(leaky(minus, 2)), list(leaky(minus, 2n))]).to.deep.equal([[-20], [-20]]);
    expect(list(torch.linspace(0, 1, 3))).to.deep.equal([0, 0.5, 1]);
    refuses('p', (v) => call['dropout']!(x, v, true), ['0.5', null, [0.5], {}, new Complex(0, 1), torch.ones(2)]);
  });

  it('float[]', () => {
    const up = aten['upsample_nearest1d']!['vec'] as Loose;
    expect([...up(torch.ones(1, 1, 2), null, [2.5]).shape]).to.deep.equal([1, 1, 5]);
    refuses('scale_factors', (v) => up(torch.ones(1, 1, 2), null, v), [['a'], [null], 'a', [[1]]]);
  });

  it('bool: nothing but true and false', () => {
    expect(list(x.sum(1, true))).to.deep.equal([[3], [12]]);
    refuses('keepdim', (v) => (x.sum as Loose).call(x, 0, v), [0, 1, 'true', null, []]);
  });

  it('bool[N]', () => {
    const back = aten['convolution_backward'] as unknown as (...args: unknown[]) => (Tensor | null)[];
    const [a, w] = [torch.ones(1, 1, 4), torch.ones(1, 1, 2)];
    const run = (mask: unknown): (Tensor | null)[] => back(torch.ones(1, 1, 3), a, w, [1], [1], [0], [1], false, [0], 1, mask);
    expect(run([true, false, true]).map((t) => t === null)).to.deep.equal([false, true, false]);
    refuses('output_mask', run, [[1, 0, 1], ['a'], null]);
  });

  it('Scalar: numbers keep their kind', () => {
    const kinds: [unknown, torch.DType][] = [[2, int64], [2n, int64], [2.5, torch.float32], [new Float(2), torch.float32], [true, torch.bool], [new Complex(1, 2), torch.complex64]];
    for (const [value, dtype] of kinds) expect(torch.result_type(torch.tensor([true]), value as number), String(value)).to.equal(dtype);
    expect(list(torch.full([1], -0))).to.deep.equal([0]);
    expect([list(torch.full([2], Infinity)), Number.isNaN(torch.full([1], NaN).item())]).to.deep.equal([[Infinity, Infinity], true]);
    expect(list(i.mul(2n ** 60n))).to.deep.equal([0, 2n ** 60n, 2n ** 61n]);
    refuses('fill_value', (v) => aten['full']!([1], v), ['1', null, [1], {}, torch.ones(2)]);
  });

  it('Scalar[]', () => {
    const each = aten['_foreach_mul']!['ScalarList'] as unknown as (...args: unknown[]) => Tensor[];
    expect(each([i, i], [2, 3n]).map(list)).to.deep.equal([[0, 2, 4], [0, 3, 6]]);
    refuses('scalars', (v) => each([i], v), [['a'], [null], 'a', [[1]]]);
  });

  it('str', () => {
    expect(torch.einsum('ij->i', [x]).tolist()).to.deep.equal([3, 12]);
    expect(list(torch.div(x, 4, { rounding_mode: 'floor' }))).to.deep.equal([[0, 0, 0], [0, 1, 1]]);
    refuses('rounding_mode', (v) => call['div']!(x, 2, { rounding_mode: v }), [1, true, ['floor'], {}]);
    expect(message(() => call['div']!(x, 2, { rounding_mode: 'ü\0' }))).to.match(/rounding_mode/);
  });

  it('ScalarType, Layout, Device, MemoryFormat', () => {
    expect(torch.zeros(1, { dtype: float64, layout: torch.strided, device: torch.device('cpu') }).dtype).to.equal(float64);
    const image = torch.zeros(1, 2, 3, 3);
    expect(image.contiguous({ memory_format: torch.channels_last }).stride()).to.deep.equal([18, 1, 6, 2]);
    expect(torch.empty_like(image, { memory_format: torch.channels_last }).is_contiguous({ memory_format: torch.channels_last })).to.equal(true);
    const make = (option: string) => (v: unknown) => call['zeros']!(1, { [option]: v });
    refuses('dtype', make('dtype'), ['float32', 6, torch.strided, torch.channels_last, {}, x]);
    refuses('layout', make('layout'), ['strided', 0, torch.float32]);
    refuses('device', make('device'), [0, true, torch.float32, {}, ['cpu']]);
    refuses('memory_format', (v) => call['empty_like']!(image, { memory_format: v }), ['channels_last', 2, torch.strided]);
    expect(() => torch.zeros(1, { device: 'cuda:999' })).to.throw(torch.TorchError);
  });

  it('Generator?', () => {
    const generator = new torch.Generator().manual_seed(1);
    expect(torch.rand(2, { generator }).numel()).to.equal(2);
    expect(torch.rand(2, { generator: null as never }).numel()).to.equal(2);
    refuses('generator', (v) => call['rand']!(2, { generator: v }), [1, 'cpu', x, {}]);
  });

  it('reduction: the words of Python’s losses', () => {
    const { mse_loss } = torch.nn.functional;
    const y = x.add(2);
    const results = ['mean', 'sum', 1, 2].map((reduction) => mse_loss(x, y, { reduction } as never).item());
    expect([results, [...mse_loss(x, y, { reduction: 'none' }).shape]]).to.deep.equal([[4, 24, 4, 24], [2, 3]]);
    expect(message(() => mse_loss(x, y, { reduction: 'avg' as never }))).to.match(/avg is not a valid value for reduction/);
  });
});

describe('results', () => {
  it('are tensors, lists, numbers, booleans, bigints, dtypes, complex numbers, or nothing', () => {
    expect(x.unbind().map(list)).to.deep.equal([[0, 1, 2], [3, 4, 5]]);
    expect([x.equal(x), x.is_same_size(x), torch.is_floating_point(x)]).to.deep.equal([true, true, true]);
    expect(torch.promote_types(int64, float64)).to.equal(float64);
    expect(aten['size']!['int']!(x, 1)).to.equal(3);
    expect(aten['q_scale'] === undefined).to.equal(false);
    expect(aten['item']!(tensor(new Complex(1, 2)))).to.deep.equal(new Complex(1, 2));
    expect([aten['item']!(tensor(2n ** 60n)), aten['item']!(tensor(2.5)), aten['item']!(tensor(true))]).to.deep.equal([2n ** 60n, 2.5, true]);
    expect(aten['_foreach_add_']!['Scalar']!([torch.ones(1)], 1)).to.equal(undefined);
  });

  it('are null for a tensor that is undefined', () => {
    const back = aten['convolution_backward'] as unknown as (...args: unknown[]) => unknown[];
    const all = back(torch.ones(1, 1, 3), torch.ones(1, 1, 4), torch.ones(1, 1, 2), null, [1], [0], [1], false, [0], 1, [false, false, false]);
    expect(all).to.deep.equal([null, null, null]);
  });
});
