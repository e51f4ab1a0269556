/** What the recorders of this folder and its tests compute alike. */
import { readFileSync } from 'node:fs';
import * as torch from '../../../ts/torch/index.js';
import { Recordings } from '../../support/recordings.js';

export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** The answers to its cases on other processors. */
export function recordings(name: string): Recordings {
  return new Recordings(new URL(`./fixtures/${name}.json`, import.meta.url));
}

const dtypes = { float32: torch.float32, float64: torch.float64 };
export type DTypeName = keyof typeof dtypes;

/** The numbers of `series()` in the recorder. */
export function tensor(shape: number[], seed: number, dtype: DTypeName = 'float32'): torch.Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const values = Float64Array.from(
    { length: count },
    (_, i) => ((i * 7919 + seed * 104729) % 2003) / 1001.5 - 1,
  );
  return torch.tensor(values).reshape(shape).to(dtypes[dtype]);
}

/** Largest difference, relative to the larger of 1e-3 and the expected value. */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < expected.length; ++i) {
    const error = Math.abs(actual[i]! - expected[i]!) / Math.max(1e-3, Math.abs(expected[i]!));
    // A NaN must not count as close.
    worst = error <= worst ? worst : Number.isNaN(error) ? Infinity : error;
  }
  return worst;
}

export function numbers(t: torch.Tensor): number[] {
  return Array.from(t.detach().reshape([-1]).toTypedArray() as ArrayLike<number>);
}
