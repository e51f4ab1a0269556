import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { operator } from '../../ts/torch/dispatch.js';
import * as torch from '../../ts/torch/index.js';
import { printoptions, type PrintOptionsUpdate } from '../../ts/torch/printoptions.js';
import { parameter_str, tensor_str } from '../../ts/torch/tensor_str.js';
import type { DType, Tensor } from '../../ts/torch/index.js';

type Value = number | string | boolean | [Value, Value];
interface Case {
  name: string;
  dtype: string;
  shape: number[];
  values?: Value[];
  range?: [number, number];
  steps?: [string, ...unknown[]][];
  options?: PrintOptionsUpdate;
  default_dtype?: string;
  parameter?: boolean;
  text: string;
}

const { cases } = JSON.parse(readFileSync(new URL('fixtures/printing.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};
const dtypeNamed = (name: string) => (torch as unknown as Record<string, DType>)[name]!;

/** Python's text of a number that JSON does not have. */
function toNumber(value: Value): number {
  if (typeof value !== 'string') return Number(value);
  return value === 'inf' ? Infinity : value === '-inf' ? -Infinity : Number(value);
}

function argument(spec: unknown): unknown {
  const [, kind, text] = /^(dtype|float64):(.*)$/.exec(String(spec)) ?? [];
  if (kind === 'dtype') return dtypeNamed(text!);
  return kind === 'float64' ? torch.tensor(Float64Array.from(text!.split(','), Number)) : spec;
}

function build({ dtype, shape, values, range, steps = [] }: Case): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const flat = values ?? Array.from({ length: count }, (_, i) => range![0] + i * range![1]);
  const type = dtypeNamed(dtype);
  let made: Tensor;
  if (type.is_complex) {
    const pairs = flat.flatMap((value) => (Array.isArray(value) ? value : [value, 0]));
    made = torch.view_as_complex(torch.tensor(Float64Array.from(pairs, toNumber)).view([count, 2]));
  } else if (type.is_floating_point) {
    made = torch.tensor(Float64Array.from(flat, toNumber));
  } else {
    const integers = flat.map((value) =>
      typeof value === 'string' ? BigInt(value) : BigInt(Math.trunc(Number(value))),
    );
    made = torch.tensor(dtype === 'uint64' ? BigUint64Array.from(integers) : BigInt64Array.from(integers));
  }
  made = made.to(type).reshape(shape);
  for (const [name, ...rest] of steps) {
    const args = rest.map(argument);
    const called = name.startsWith('torch.')
      ? operator(name.slice('torch.'.length), ['default'])
      : (made as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!.bind(made);
    made = (name.startsWith('torch.') ? called(made, ...args) : called(...args)) as Tensor;
  }
  return made;
}

function printed(example: Case): string {
  const tensor = build(example);
  const usual = torch.get_default_dtype();
  if (example.default_dtype) torch.set_default_dtype(dtypeNamed(example.default_dtype));
  try {
    const { threshold } = example.options ?? {};
    const options = { ...example.options };
    if (threshold !== undefined) options.threshold = toNumber(threshold as Value);
    return printoptions(options, () =>
      example.parameter ? parameter_str(tensor.requires_grad_()) : tensor_str(tensor),
    );
  } finally {
    torch.set_default_dtype(usual);
  }
}

describe('tensor_str', () => {
  it('has enough recorded cases', () => {
    expect(cases.length).to.be.greaterThan(350);
  });
  for (const example of cases) {
    it(`prints ${example.name} as PyTorch`, () => {
      expect(printed(example)).to.equal(example.text);
    });
  }

  it('is what toString and template strings give', () => {
    const t = torch.tensor([1, 0.5]);
    expect(String(t)).to.equal('tensor([1.0000, 0.5000])');
    expect(`${t}`).to.equal(tensor_str(t));
  });

  it('frees its temporaries and leaves the tensor alone', () => {
    const kinds = [
      torch.arange(5000).reshape([50, 100]),
      torch.zeros([2, 2], { requires_grad: true }),
      torch.eye(3).to_sparse(),
      torch.eye(3).to_sparse_csr(),
      torch.tensor([new torch.Complex(1, 2)]),
      torch.zeros([3], { device: 'meta' }),
    ];
    const before = torch.memory().tensors;
    for (const t of kinds) tensor_str(t);
    expect(torch.memory().tensors).to.equal(before);
    for (const t of kinds) expect(t.is_disposed).to.equal(false);
  });

  it('adds nothing to the graph, and prints while another tensor records', () => {
    const w = torch.ones([3], { requires_grad: true });
    const y = w.mul(2);
    tensor_str(y);
    y.sum().backward();
    expect(w.grad!.tolist()).to.deep.equal([2, 2, 2]);
  });

  it('reads only the edges of a huge tensor', () => {
    // One element seen 10**12 times: copying it would need terabytes.
    const huge = torch.zeros([1]).expand([1_000_000, 1_000_000]);
    expect(tensor_str(huge)).to.match(/^tensor\(\[\[0\., 0\., 0\., {2}\.\.\., 0\., 0\., 0\.\],\n/);
  });

  it('says so where a view made without gradients was changed in place', () => {
    const base = torch.ones([2], { requires_grad: true }).mul(1);
    const view = torch.no_grad(() => base.view([2]));
    torch.no_grad(() => view.add_(1));
    expect(tensor_str(view)).to.equal('tensor([2., 2.], grad_fn=<Invalid>)');
  });

  it('prints nested tensors part by part', () => {
    const nest = operator('_nested_tensor_from_tensor_list', ['']) as (parts: Tensor[]) => Tensor;
    const nested = nest([torch.ones([2, 3]), torch.full([1, 3], 0.5)]);
    const before = torch.memory().tensors;
    expect(tensor_str(nested)).to.equal(
      'nested_tensor([\n  tensor([[1., 1., 1.],\n          [1., 1., 1.]]),\n  tensor([[0.5000, 0.5000, 0.5000]])\n])',
    );
    expect(torch.memory().tensors).to.equal(before);
    const recorded = nested.requires_grad_().mul(2);
    expect(tensor_str(recorded)).to.match(
      /tensor\(\[\[1\., 1\., 1\.\]\], requires_grad=True\)\n\], grad_fn=<MulBackward0>\)$/,
    );
  });

  it('refuses a disposed tensor with an error', () => {
    const t = torch.ones([2]);
    t.dispose();
    expect(() => tensor_str(t)).to.throw(torch.TorchError, 'disposed');
  });
});
