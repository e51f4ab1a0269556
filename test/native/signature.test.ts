import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import { growth } from '../support/live.js';
import { thrown } from '../support/thrown.js';

const x = torch.arange(6).view(2, 3).float();
const i = torch.arange(4);
const { float64, int64 } = torch;
const call = torch as unknown as Record<string, (...args: unknown[]) => Tensor>;
const on = x as unknown as Record<string, (...args: unknown[]) => Tensor>;
const empty = (dtype = torch.float32): Tensor => torch.empty(0, { dtype });

/** The whole message: the sentence, and the signatures under it. */
function refused(fn: () => unknown, sentence: string, ...signatures: string[]): void {
  const error = thrown(fn) as torch.ArgumentError;
  expect(error).to.be.instanceOf(torch.ArgumentError);
  const [first, second, ...rest] = error.message.split('\n');
  expect(first).to.equal(sentence);
  if (signatures.length === 0) return;
  expect(second).to.equal(signatures.length === 1 ? 'signature:' : 'signatures:');
  expect(rest).to.deep.equal(signatures.map((line) => `  ${line}`));
}

describe('choice of the overload', () => {
  it('goes by the kinds of the arguments', () => {
    expect([i.add(i).dtype, i.add(2).dtype, i.add(2.5).dtype]).to.deep.equal([int64, int64, torch.float32]);
    expect(i.add(2n).tolist()).to.deep.equal([2, 3, 4, 5]);
    expect(torch.pow(2, i).tolist()).to.deep.equal([1, 2, 4, 8]);
    expect(torch.pow(i, i).tolist()).to.deep.equal([1, 1, 4, 27]);
    expect(x.max().ndim).to.equal(0);
    expect([...x.max(1).indices.shape]).to.deep.equal([2]);
    expect(x.max(torch.ones(2, 3)).tolist()).to.deep.equal([[1, 1, 2], [3, 4, 5]]);
    expect([x.std().ndim, x.std(0).ndim, x.std(false).ndim, x.std({ dim: 0, correction: 0 }).ndim]).to.deep.equal([0, 1, 0, 1]);
    expect([x.split(2, 1).length, x.split([1, 2], 1).length]).to.deep.equal([2, 2]);
    expect(torch.where(x.gt(2)).length).to.equal(2);
    expect(torch.where(x.gt(2), x, 0).tolist()).to.deep.equal([[0, 0, 0], [3, 4, 5]]);
    expect(torch.where(x.gt(2), 1, 0).dtype).to.equal(int64);
    expect(torch.normal(0, 1, [2]).numel()).to.equal(2);
    expect(torch.normal(x, 1).numel()).to.equal(6);
    expect(x.view(torch.int32).dtype).to.equal(torch.int32);
  });

  it('takes one list of integers as several numbers, and one number as a list', () => {
    for (const t of [torch.zeros(2, 3), torch.zeros([2, 3]), torch.zeros({ size: [2, 3] } as never)]) expect([...t.shape]).to.deep.equal([2, 3]);
    expect([[...torch.zeros(4).shape], [...torch.zeros([]).shape], [...torch.zeros(2n as never, 3).shape]]).to.deep.equal([[4], [], [2, 3]]);
    expect([[...x.view(3, 2).shape], [...x.view(-1).shape], [...x.reshape([6]).shape], [...x.permute(1, 0).shape]]).to.deep.equal([[3, 2], [6], [6], [3, 2]]);
    expect([x.sum(0).tolist(), x.sum([0]).tolist(), x.sum([0, 1]).item()]).to.deep.equal([[3, 5, 7], [3, 5, 7], 15]);
    expect([...torch.max_pool2d(torch.zeros(1, 4, 4), 2).shape]).to.deep.equal([1, 2, 2]);
    expect([...x.expand(1, 2, 3, { implicit: false }).shape]).to.deep.equal([1, 2, 3]);
    expect([...torch.rand(2, 3, { dtype: float64 }).shape]).to.deep.equal([2, 3]);
  });

  it('takes any argument by name, and NumPy’s names for two of them', () => {
    const wanted = [[3], [12]];
    for (const t of [
      x.sum(1, true),
      x.sum(1, { keepdim: true }),
      x.sum({ dim: 1, keepdim: true }),
      x.sum({ axis: 1, keepdims: true } as never),
      call['sum']!({ input: x, dim: [1], keepdim: true }),
      call['sum']!({ self: x, dim: [1], keepdim: true }),
      torch.sum(x, { dim: -1, keepdim: true }),
    ])
      expect(t.tolist()).to.deep.equal(wanted);
    expect(x.add(x, { alpha: 2 }).at(1, 2).item()).to.equal(15);
  });

  it('counts undefined as not given, and null as None', () => {
    expect(x.sum(undefined as never).item()).to.equal(15);
    expect(x.sum(0, undefined, { dtype: undefined as never }).tolist()).to.deep.equal([3, 5, 7]);
    expect(x.sum(null as never, true).tolist()).to.deep.equal([[15]]);
    expect(x.clamp(null as never, 2).max().item()).to.equal(2);
    expect(x.sum(0, false, { dtype: null as never }).dtype).to.equal(torch.float32);
  });

  it('takes numbers for tensors where PyTorch does', () => {
    expect(torch.add(x, 1).at(0, 0).item()).to.equal(1);
    expect(torch.eq(x, 2).sum().item()).to.equal(1);
    expect(i.mul(2.5).dtype, 'a number promotes as a number does').to.equal(torch.float32);
    expect(x.double().add(1.5).dtype).to.equal(float64);
    expect(x.half().mul(2.5).dtype).to.equal(torch.float16);
    expect(i.add(new torch.Complex(0, 1)).dtype).to.equal(torch.complex64);
    expect(torch.tensor([true]).add(true).dtype).to.equal(torch.bool);
  });

  it('takes tensors without dimensions for numbers, unless a gradient would get lost', () => {
    const two = torch.tensor(2n);
    expect(x.sum(two.sub(1) as never).tolist()).to.deep.equal([3, 12]);
    expect(torch.full([2], two as never).tolist()).to.deep.equal([2, 2]);
    expect([...torch.zeros([two, 3] as never).shape]).to.deep.equal([2, 3]);
    expect(x.clamp(0, torch.tensor(2.5) as never).max().item()).to.equal(2.5);
    refused(() => x.sum(torch.tensor(1.5) as never), "sum(): argument 'dim' (position 1) must be integer or list of integers or null, not Tensor");
    const learned = torch.tensor(0.5, { requires_grad: true });
    refused(() => torch.nn.functional.leaky_relu(x, learned as never), "leaky_relu(): argument 'negative_slope' (position 2) must be number, not Tensor");
  });
});

describe('out', () => {
  it('is written into and given back', () => {
    const out = empty();
    expect(torch.add(x, 1, { out })).to.equal(out);
    expect(out.tolist()).to.deep.equal([[1, 2, 3], [4, 5, 6]]);
    const [values, indices] = [empty(), empty(int64)];
    const result = torch.max(x, 1, { out: [values, indices] });
    expect([result[0], result.values, result[1], result.indices]).to.deep.equal([values, values, indices, indices]);
    expect([values.tolist(), indices.tolist()]).to.deep.equal([[2, 5], [2, 2]]);
    expect(torch.ops['aten']!['add']!['out']!(x, x, { out })).to.equal(out);
    expect(torch.add(x, 1, { out: null as never }).is(out)).to.equal(false);
  });

  it('is refused in another number or kind, and where there is none', () => {
    refused(() => call['add']!(x, 1, { out: [empty(), empty()] }), "add(): option 'out' takes 1 tensor, not 2");
    refused(() => call['topk']!(x, 2, { out: empty() }), "topk(): option 'out' takes 2 tensors, not 1");
    refused(() => call['add']!(x, 1, { out: [] }), "add(): option 'out' takes 1 tensor, not 0");
    refused(() => call['add']!(x, 1, { out: 3 }), "add(): argument 'out' must be Tensor, not number");
    refused(() => on['add_']!(1, { out: x }), "add_(): has no form with the option 'out'");
  });
});

describe('named tuples', () => {
  it('are taken apart by place and by name', () => {
    const [values, indices] = x.sort(1, true);
    const named = x.sort(1, true);
    expect([values.tolist(), indices.tolist()]).to.deep.equal([named.values.tolist(), named.indices.tolist()]);
    expect([named.length, Array.isArray(named), named[0] === named.values]).to.deep.equal([2, true, true]);
    const { Q, R } = torch.linalg.qr(torch.eye(2));
    expect(Q.matmul(R).tolist()).to.deep.equal([[1, 0], [0, 1]]);
    const { U, S, Vh } = torch.linalg.svd(torch.eye(2));
    expect([U.ndim, S.tolist(), Vh.ndim]).to.deep.equal([2, [1, 1], 2]);
    expect(Object.keys(x.unbind()), 'a list has no names').to.deep.equal(['0', '1']);
  });
});

describe('requires_grad', () => {
  it('belongs to factories', () => {
    for (const t of [torch.ones(2, { requires_grad: true }), torch.rand_like(x, { requires_grad: true }), x.new_zeros(2, { requires_grad: true } as never), torch.linspace(0, 1, 3, { requires_grad: true })])
      expect([t.requires_grad, t.is_leaf]).to.deep.equal([true, true]);
    expect(torch.ones(2, { requires_grad: false }).requires_grad).to.equal(false);
    for (const value of [true, false])
      refused(() => on['sum']!({ requires_grad: value }), "sum(): unknown option 'requires_grad'; the nearest known ones are 'keepdim', 'dim', 'dtype'");
    refused(() => call['ones']!(1, { requires_grad: 1 }), "ones(): argument 'requires_grad' must be boolean, not number");
    expect(() => torch.ones(1, { dtype: int64, requires_grad: true })).to.throw(torch.TorchError, /floating point/);
  });
});

describe('messages, word for word', () => {
  const add = 'add(Tensor other, *, Scalar alpha=1)';
  const sum = ['sum(*, ScalarType? dtype=None)', 'sum(int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None)'];
  const abs = "abs()";

  it('a wrong kind: argument, place, what it must be, what it is', () => {
    refused(() => on['add']!('a'), "add(): argument 'other' (position 1) must be Tensor or number, not string", add);
    refused(() => on['add']!(null), "add(): argument 'other' (position 1) must be Tensor or number, not null", add);
    refused(() => on['add']!(1, { alpha: 'b' }), "add(): argument 'alpha' must be number, not string", add);
    refused(() => on['sum']!('a'), "sum(): argument 'dim' (position 1) must be integer or list of integers or null, not string", ...sum);
    refused(() => on['sum']!(0, 1), "sum(): argument 'keepdim' (position 2) must be boolean, not number", ...sum);
    refused(() => on['sum']!(true), "sum(): argument 'dim' (position 1) must be integer or list of integers or null, not boolean", ...sum);
    refused(() => on['softmax']!(0.5), "softmax(): argument 'dim' (position 1) must be integer, not number (not an integer)", 'softmax(int dim, ScalarType? dtype=None)');
    refused(() => on['softmax']!(NaN), "softmax(): argument 'dim' (position 1) must be integer, not number (not finite)");
    refused(() => on['softmax']!(2 ** 53), "softmax(): argument 'dim' (position 1) must be integer, not number (too large to be a safe integer)");
    refused(() => call['cat']!([x, 3]), "cat(): argument 'tensors' (position 1) must be list of Tensors, not list of Tensor and number", 'cat(Tensor[] tensors, int dim=0)');
    refused(() => call['cat']!(x), "cat(): argument 'tensors' (position 1) must be list of Tensors, not Tensor");
    refused(() => call['zeros']!([2, 'a']), "zeros(): argument 'size' (position 1) must be list of integers, not list of number and string");
    refused(() => on['contiguous']!({ memory_format: float64 }), "contiguous(): argument 'memory_format' must be torch.memory_format, not torch.dtype", 'contiguous(*, MemoryFormat memory_format=Contiguous)');
  });

  it('a missing argument, too many, one given twice', () => {
    refused(() => on['add']!(), "add(): missing argument 'other'", add);
    refused(() => call['matmul']!(x), "matmul(): missing argument 'other'", 'matmul(Tensor input, Tensor other)');
    refused(() => call['matmul']!(), "matmul(): missing argument 'input'");
    refused(() => on['abs']!(1), 'abs(): takes 0 positional arguments but 1 was given', abs);
    refused(() => on['add']!(1, 2, 3), 'add(): takes 1 positional argument but 3 were given', add);
    refused(() => on['sum']!(1, true, 3, 4), 'sum(): takes 2 positional arguments but 4 were given', ...sum);
    refused(() => on['sum']!(0, { dim: 1 }), "sum(): argument 'dim' is given twice", ...sum);
    refused(() => on['sum']!({ dim: 1, axis: 1 }), "sum(): argument 'axis' is given twice", ...sum);
  });

  it('an unknown option, with the nearest known ones', () => {
    refused(() => on['sum']!({ keepdmi: true }), "sum(): unknown option 'keepdmi'; the nearest known ones are 'keepdim', 'dim', 'dtype'", ...sum);
    refused(() => on['sum']!(0, { keepdmi: true }), "sum(): unknown option 'keepdmi'; the nearest known ones are 'keepdim', 'dim', 'dtype'", ...sum);
    refused(() => on['abs']!({ foo: 1 }), "abs(): unknown option 'foo'", abs);
    refused(() => call['ones']!(1, { require_grad: true }), "ones(): unknown option 'require_grad'; the nearest known ones are 'requires_grad', 'device', 'pin_memory'");
  });

  it('carry the operator and the code', () => {
    const error = thrown(() => on['add']!('a')) as torch.ArgumentError;
    expect([error.op, error.code, error.name]).to.deep.equal(['add', 'ERR_TORCH_ARGUMENT', 'ArgumentError']);
  });

  it('leave no tensor behind', () => {
    const calls = [() => on['add']!('a'), () => call['cat']!([x, 3]), () => call['add']!(1, 'b'), () => x.matmul(x), () => on['sum']!({ foo: torch.ones(1) })];
    const grown = growth(() => {
      for (const one of calls) for (let k = 0; k < 5; ++k) thrown(one);
    });
    expect(grown).to.equal(0);
  });
});
