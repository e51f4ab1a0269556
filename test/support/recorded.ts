/** Tensors as recorders in Python write them: dtype, shape, little-endian elements as base64. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import torch, { tensor, type DType, type Tensor } from '../../ts/index.js';
import { decode, difference, type Kind } from './close.js';

export interface RecordedTensor {
  dtype: string;
  shape: number[];
  data: string;
}

/** The fixture `name` beside the test that asks, `readRecorded(import.meta.url, 'modules.json')`. */
export function readRecorded<T>(test: string, name: string): T {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}`, test), 'utf8')) as T;
}

export function dtypeNamed(name: string): DType {
  return (torch as unknown as Record<string, DType>)[name] as DType;
}

/** A tensor of its own with the recorded elements. */
export function restore(recorded: RecordedTensor): Tensor {
  const bytes = new Uint8Array(Buffer.from(recorded.data, 'base64'));
  return tensor(bytes)
    .view({ dtype: dtypeNamed(recorded.dtype) })
    .reshape(recorded.shape);
}

/** Expects dtype, shape and elements; `kind` says how close. */
export function expectRecorded(
  actual: Tensor | null,
  recorded: RecordedTensor,
  kind: Kind,
  what: string,
): void {
  expect(actual, what).to.not.equal(null);
  const { dtype, shape } = actual!;
  expect(dtype.name, `${what}: dtype`).to.equal(recorded.dtype);
  expect([...shape], `${what}: shape`).to.deep.equal(recorded.shape);
  const elements = Array.from(
    actual!.detach().contiguous().reshape([-1]).toTypedArray() as ArrayLike<number | bigint>,
  );
  expect(difference(elements, decode(recorded.dtype, recorded.data), recorded.dtype, kind), what).to.equal(
    null,
  );
}
