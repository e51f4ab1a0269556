import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { DType, Tensor } from '../../ts/torch/index.js';
import type { Index } from '../../ts/torch/indexing.js';
import { slice } from '../../ts/torch/slice.js';

type Numbers = number | boolean | Numbers[];
interface TensorSpec {
  tensor: Numbers;
  dtype?: string;
  shape?: number[];
}
type IndexSpec =
  | number
  | string
  | boolean
  | null
  | TensorSpec
  | { list: Numbers }
  | { slice: [number | null, number | null, number | null] };
interface Case {
  kind: 'get' | 'set' | 'grad' | 'grad_set';
  shape: number[];
  dtype?: string;
  index: IndexSpec[];
  value?: number | boolean | TensorSpec | { list: Numbers };
  result?: { shape: number[]; values: Numbers; view?: { offset: number; stride: number[] } };
  error?: string;
  message?: string;
  gradient?: number[];
  value_gradient?: number[];
}

const { cases } = JSON.parse(readFileSync(new URL('fixtures/indexing.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};
const dtypeNamed = (name: string) => (torch as unknown as Record<string, DType>)[name]!;
const errors: Record<string, new (...args: never[]) => Error> = {
  IndexError: torch.IndexError,
  ValueError: torch.ValueError,
  RuntimeError: torch.TorchError,
};

function base({ shape, dtype = 'float64' }: Case): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return torch.arange(count).reshape(shape).to(dtypeNamed(dtype));
}

function tensorOf({ tensor, dtype = 'int64', shape }: TensorSpec): Tensor {
  const made = torch.tensor(tensor, { dtype: dtypeNamed(dtype) });
  return shape ? made.reshape(shape) : made;
}

function indexOf(spec: IndexSpec): Index {
  if (typeof spec !== 'object' || spec === null) return spec as Index;
  if ('tensor' in spec) return tensorOf(spec);
  if ('list' in spec) return spec.list as Index;
  return slice(...spec.slice);
}

function valueOf(value: Case['value']) {
  if (typeof value !== 'object') return value!;
  return 'list' in value ? value.list : tensorOf(value);
}

const flat = (t: Tensor) => t.reshape([-1]).tolist();
const weighted = (t: Tensor) => t.mul(torch.arange(1, t.numel() + 1).reshape([...t.shape])).sum();

function check(example: Case): void {
  const t = base(example);
  if (example.error) {
    const run = () => {
      const index = example.index.map(indexOf);
      if (example.kind === 'get') t.at(...index);
      else t.set_at(index, valueOf(example.value));
    };
    expect(run).to.throw(errors[example.error]!, example.message);
    expect(flat(t)).to.deep.equal(flat(base(example)));
    return;
  }
  const index = example.index.map(indexOf);
  if (example.kind === 'get') {
    const result = t.at(...index);
    expect([...result.shape]).to.deep.equal(example.result!.shape);
    expect(flat(result)).to.deep.equal(example.result!.values);
    expect(result.dtype).to.equal(t.dtype);
    const { view } = example.result!;
    if (view) {
      expect(result.storage_offset()).to.equal(view.offset);
      expect(result.stride()).to.deep.equal(view.stride);
      result.zero_();
      expect(t.sum().item()).to.equal(
        base(example)
          .sum()
          .sub(
            base(example)
              .at(...index)
              .sum(),
          )
          .item(),
      );
    } else if (result.numel() > 0) {
      result.zero_();
      expect(flat(t)).to.deep.equal(flat(base(example)));
    }
  } else if (example.kind === 'set') {
    t.set_at(index, valueOf(example.value));
    const values = t.dtype === torch.int64 ? t.reshape([-1]).tolist({ bigint: true }) : flat(t);
    const wanted = example.result!.values as number[];
    expect(values).to.deep.equal(t.dtype === torch.int64 ? wanted.map(BigInt) : wanted);
  } else if (example.kind === 'grad') {
    t.requires_grad_();
    weighted(t.at(...index)).backward();
    expect(flat(t.grad!)).to.deep.equal(example.gradient);
  } else {
    t.requires_grad_();
    const value = tensorOf(example.value as TensorSpec).requires_grad_();
    const copy = t.mul(1);
    copy.set_at(index, value);
    weighted(copy).backward();
    expect(flat(t.grad!)).to.deep.equal(example.gradient);
    expect(flat(value.grad!)).to.deep.equal(example.value_gradient);
  }
}

describe('indexing', () => {
  it('has enough recorded cases', () => {
    expect(cases.length).to.be.greaterThan(240);
  });
  for (const example of cases) {
    const { kind, shape, index, value } = example;
    const assigned = value === undefined ? '' : ` = ${JSON.stringify(value)}`;
    it(`${kind} [${shape.join()}] at ${JSON.stringify(index)}${assigned}${example.error ? ' (refused)' : ''}`, () => {
      check(example);
    });
  }
});

describe('indexing from JavaScript', () => {
  const box = () => torch.arange(24).reshape([2, 3, 4]);

  it('writes through a view into its base', () => {
    const t = box();
    t.at(0).zero_();
    expect(t.at(0).sum().item()).to.equal(0);
    expect(t.at(1, 0, 0).item()).to.equal(12);
  });

  it('takes bigint, typed arrays, slice objects and -0', () => {
    const t = box();
    expect(t.at(1n, -1n, 2).item()).to.equal(22);
    expect(flat(t.at(new Int32Array([1, 0]), 0, 0))).to.deep.equal([12, 0]);
    expect(flat(t.at(new BigInt64Array([1n]), 0, 0))).to.deep.equal([12]);
    expect(flat(t.at(0, slice(2), slice(1, null, 2)))).to.deep.equal([1, 3, 5, 7]);
    expect(flat(t.at(0, 0, slice(-2, null)))).to.deep.equal([2, 3]);
    expect(t.at(-0, 0, 0).item()).to.equal(0);
    expect(flat(t.at(0, 0, ' 1 : -1 '))).to.deep.equal([1, 2]);
    const i = 1;
    expect([...t.at(':', `${i}:${i + 2}`).shape]).to.deep.equal([2, 2, 4]);
  });

  it('takes a list of lists as one tensor of positions', () => {
    const t = box();
    const positions = [
      [0, 1],
      [1, 0],
    ];
    expect([...t.at(positions).shape]).to.deep.equal([2, 2, 3, 4]);
    expect(flat(t.at(positions))).to.deep.equal(flat(t.at(torch.tensor(positions, { dtype: torch.int64 }))));
    t.set_at([positions], 0);
    expect(t.sum().item()).to.equal(0);
  });

  it('refuses what is no index, saying what it got', () => {
    const t = box();
    const refused: [unknown, string][] = [
      [0.5, '(got float)'],
      [NaN, '(got float)'],
      [Infinity, '(got float)'],
      [undefined, '(got undefined)'],
      [{}, '(got Object)'],
      [Symbol('x'), '(got Symbol)'],
      [() => 0, '(got Function)'],
      [new Float64Array(1), '(got Float64Array)'],
      ['1:x', "'1:x' is no slice"],
      ['1', "'1' is no slice"],
      ['', "'' is no slice"],
      ['1;3', "'1;3' is no slice"],
      ['1:2:3:4', 'is no slice'],
      ['1.5:2', 'is no slice'],
      [[0.5], 'tensors used as indices must be long, int, byte or bool tensors'],
      [[true, 1], 'tensors used as indices must be long, int, byte or bool tensors'],
      [['0'], 'tensors used as indices must be long, int, byte or bool tensors'],
      [10n ** 30n, 'out of bounds for dimension 0 with size 2'],
      [Number.MAX_VALUE, 'out of bounds for dimension 0 with size 2'],
    ];
    for (const [index, message] of refused) {
      expect(() => t.at(index as Index), String(message)).to.throw(torch.IndexError, message);
      expect(() => t.set_at([index as Index], 0)).to.throw(torch.IndexError, message);
    }
    expect(() => t.at([[0, 1], [0]] as Index)).to.throw(torch.ValueError);
    expect(() => slice(0.5, 2)).to.throw(torch.IndexError, 'slice indices must be integers or null, not 0.5');
    expect(() => slice(0, 2, 0)).to.throw(torch.ValueError, 'slice step cannot be zero');
    expect(flat(t)).to.deep.equal(flat(box()));
  });

  it('refuses a disposed tensor as base, index and value', () => {
    const gone = torch.tensor([0n]);
    gone.dispose();
    const t = box();
    expect(() => gone.at(0)).to.throw(torch.TorchError, 'disposed');
    expect(() => t.at(gone)).to.throw(torch.TorchError, 'disposed');
    expect(() => t.set_at([0], gone)).to.throw(torch.TorchError, 'disposed');
  });

  it('assigns complex numbers, floats, masks and typed arrays', () => {
    const z = torch.zeros([2], { dtype: torch.complex64 });
    z.set_at([0], new torch.Complex(1, -2));
    z.set_at([[1]], new torch.Complex(0, 3));
    expect(String(z)).to.equal('tensor([1.-2.j, 0.+3.j])');
    const x = torch.tensor([1, -2, 3]);
    x.set_at([x.lt(0)], 0);
    x.set_at([-1], new torch.Float(7));
    expect(x.tolist()).to.deep.equal([1, 0, 7]);
    x.set_at(['1:'], new Float32Array([5, 6]));
    expect(x.tolist()).to.deep.equal([1, 5, 6]);
  });

  it('refuses to write into a leaf that requires grad', () => {
    const w = torch.ones([3], { requires_grad: true });
    expect(() => w.set_at([0], 1)).to.throw(torch.TorchError, 'leaf Variable that requires grad');
    torch.no_grad(() => w.set_at([0], 5));
    expect(w.tolist()).to.deep.equal([5, 1, 1]);
  });

  it('frees what it makes on the way, also when it fails', () => {
    const t = box();
    const mask = t.gt(5);
    const before = torch.memory().tensors;
    const results = [
      t.at(0, null, '1:', 1),
      t.at([0, 1], [1, 2]),
      t.at('...'),
      t.at(true),
      t.at(mask),
      t.at(0, [[0], [1]], '::2'),
    ];
    expect(torch.memory().tensors).to.equal(before + results.length);
    for (const result of results) result.dispose();
    t.set_at([0, null, [0, 1]], [[[1, 2, 3, 4]]]);
    t.set_at([mask], 0);
    t.set_at(['...', 0], [[1, 2, 3]]);
    expect(() => t.at(0, '1:', [5])).to.throw(torch.IndexError);
    expect(() => t.at([0], '1:', 9)).to.throw(torch.IndexError);
    expect(() => t.set_at([[0], '1:'], [1, 2, 3])).to.throw(torch.TorchError);
    expect(torch.memory().tensors).to.equal(before);
    expect(t.is_disposed || mask.is_disposed).to.equal(false);
  });

  it('gives a result that outlives the temporaries and is not the base itself', () => {
    const t = box();
    const same = t.at();
    expect(same).not.to.equal(t);
    same.dispose();
    expect(t.is_disposed).to.equal(false);
    const row = t.at(1, '1:');
    t.dispose();
    expect(flat(row)).to.deep.equal([16, 17, 18, 19, 20, 21, 22, 23]);
  });
});
