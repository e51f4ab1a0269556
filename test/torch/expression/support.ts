/** What the tests of expressions share: the record that Python made, and templates made from its texts. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { Complex, Float } from '../../../ts/torch/scalar.js';
import { makePy } from '../../../ts/torch/expression/index.js';
import { Evaluation } from '../../../ts/torch/expression/evaluation.js';
import { fromJs, kindOf, toDouble } from '../../../ts/torch/expression/number.js';
import { parse } from '../../../ts/torch/expression/parse.js';
import { Runtime } from '../../../ts/torch/expression/runtime.js';
import { isTuple } from '../../../ts/torch/expression/sequence.js';
import { Source } from '../../../ts/torch/expression/source.js';
import { compileStatement } from '../../../ts/torch/expression/statements.js';

export type Recorded =
  | {
      kind: 'tensor';
      dtype: string;
      shape: number[];
      values: string[];
      grad_fn: string | null;
      requires_grad: boolean;
    }
  | { kind: 'int' | 'float'; value: string }
  | { kind: 'complex'; value: [string, string] }
  | { kind: 'bool' | 'str' | 'NoneType' | 'other'; value: unknown }
  | { kind: 'list' | 'tuple'; items: Recorded[] }
  | { kind: 'error'; type: string; message: string };

interface TensorSpec {
  dtype: string;
  shape: number[];
  data: number[] | boolean[] | [number, number][];
  requires_grad?: boolean;
}

interface Record_ {
  tensors: Record<string, TensorSpec>;
  values: Record<string, unknown>;
  expressions: { text: string; result: Recorded }[];
  statements: { text: string; look: string; no_grad: boolean; result: Recorded; grad: Recorded }[];
  numbers: { text: string; result: Recorded }[];
  fuzz: { text: string; result: Recorded }[];
}

export const record = JSON.parse(
  readFileSync(new URL('./fixtures/expressions.json', import.meta.url), 'utf8'),
) as Record_;

export const py = makePy(torch);

function makeTensor({ dtype, shape, data, requires_grad }: TensorSpec): torch.Tensor {
  const type = (torch as unknown as Record<string, torch.DType>)[dtype]!;
  const values = dtype.startsWith('complex')
    ? (data as [number, number][]).map(([real, imag]) => new Complex(real, imag))
    : data;
  const flat = torch.tensor(values, { dtype: type });
  const view = flat.reshape(shape);
  const made = view.clone();
  flat.dispose();
  view.dispose();
  return requires_grad ? made.requires_grad_() : made;
}

/** The holes that the record names, made afresh. */
export function makeHoles(): Record<string, unknown> {
  const tensors = Object.entries(record.tensors).map(([name, spec]) => [name, makeTensor(spec)]);
  const values = Object.entries(record.values).map(([name, value]) => [
    name,
    name === 'big' ? BigInt(value as string) : Array.isArray(value) ? [...(value as unknown[])] : value,
  ]);
  return Object.fromEntries([...tensors, ...values]) as Record<string, unknown>;
}

export function disposeAll(holes: Record<string, unknown>): void {
  for (const value of Object.values(holes)) if (value instanceof torch.Tensor) value.dispose();
}

/** `{x} + {y}` as the arguments of the tag. */
export function template(
  text: string,
  holes: Record<string, unknown>,
): { strings: TemplateStringsArray; values: unknown[] } {
  const raw = text.split(/\{\w+\}/);
  const values = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => holes[name!]);
  return { strings: Object.assign([...raw], { raw }), values };
}

/** Evaluates to Python's value: int and float apart, tuples apart from lists. */
export function evaluate(text: string, holes: Record<string, unknown> = {}): unknown {
  const { strings, values } = template(text, holes);
  const evaluation = new Evaluation(new Runtime(torch), values);
  let result: unknown = null;
  try {
    result = compileStatement(parse(new Source(strings.raw)))(evaluation);
    return result;
  } finally {
    evaluation.finish(result);
  }
}

const number = (text: string): number =>
  ({ inf: Infinity, '-inf': -Infinity, nan: NaN })[text] ?? Number(text);

/** Powers differ in the last place between C libraries; so do kernels of different processors. */
export function closeTo(actual: number, expected: number, tolerance: number, what: string): void {
  if (Object.is(actual, expected)) return;
  const error = Math.abs(actual - expected);
  expect(
    error <= tolerance * Math.max(1e-30, Math.abs(expected)),
    `${what}: ${actual} is not ${expected}`,
  ).to.equal(true);
}

const leaves = (value: unknown): unknown[] => (Array.isArray(value) ? value.flatMap(leaves) : [value]);

function tensorIs(actual: unknown, expected: Extract<Recorded, { kind: 'tensor' }>, text: string): void {
  expect(actual, text).to.be.instanceOf(torch.Tensor);
  const tensor = actual as torch.Tensor;
  expect(String(tensor.dtype), `${text}: dtype`).to.equal(expected.dtype);
  expect([...tensor.shape], `${text}: shape`).to.deep.equal(expected.shape);
  expect(tensor.grad_fn?.name() ?? null, `${text}: grad_fn`).to.equal(expected.grad_fn);
  expect(tensor.requires_grad, `${text}: requires_grad`).to.equal(expected.requires_grad);
  const nested: unknown = tensor.tolist();
  const values = leaves(nested);
  const flat = values.flatMap((value) => (value instanceof Complex ? [value.real, value.imag] : [value]));
  expect(flat.length, `${text}: elements`).to.equal(expected.values.length);
  const exact = !tensor.is_floating_point() && !tensor.is_complex();
  flat.forEach((value, i) => {
    const recorded = expected.values[i]!;
    if (typeof value === 'boolean') expect(value, text).to.equal(recorded === 'True');
    else closeTo(Number(value), number(recorded), exact ? 0 : 2e-6, text);
  });
}

/** Asserts that a value of ours is what Python recorded. */
export function sameAs(actual: unknown, expected: Recorded, text: string): void {
  switch (expected.kind) {
    case 'tensor':
      return tensorIs(actual, expected, text);
    case 'int':
      expect(kindOf(actual), `${text}: kind`).to.equal('int');
      expect(String(actual), text).to.equal(expected.value);
      return;
    case 'float':
      expect(kindOf(actual), `${text}: kind of ${String(actual)}`).to.equal('float');
      return closeTo(toDouble(actual), number(expected.value), /\*\*|item/.test(text) ? 4e-16 : 0, text);
    case 'complex':
      expect(actual, text).to.be.instanceOf(Complex);
      [(actual as Complex).real, (actual as Complex).imag].forEach((part, i) => {
        expect(part, text).to.be.closeTo(number(expected.value[i]!), 1e-14 * Math.max(1, Math.abs(part)));
      });
      return;
    case 'list':
    case 'tuple':
      expect(Array.isArray(actual), `${text}: is a sequence`).to.equal(true);
      // A result with names is a plain array with fields, in JavaScript and here.
      if (Object.keys(actual as object).length === (actual as unknown[]).length) {
        expect(isTuple(actual) ? 'tuple' : 'list', `${text}: kind`).to.equal(expected.kind);
      }
      expect((actual as unknown[]).length, `${text}: length`).to.equal(expected.items.length);
      expected.items.forEach((item, i) => {
        sameAs(fromJs((actual as unknown[])[i]), item, `${text} [${i}]`);
      });
      return;
    case 'other':
      expect(String(actual), text).to.equal(expected.value);
      return;
    case 'error':
      expect.fail(`${text}: Python raises ${expected.type}, here it is ${String(actual)}`);
      return;
    default:
      expect(actual instanceof Float ? actual.valueOf() : actual, text).to.equal(expected.value);
  }
}
