/** Reads the recorded cases. The format is described in README.md beside this file. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Kind } from '../support/close.js';

export interface RecordedTensor {
  dtype: string;
  shape: number[];
  /** Little-endian elements in row-major order, base64. */
  data: string;
}
/** An int is a bare number, everything a JSON value cannot tell apart is an object of one tag. */
export type Value =
  | null
  | boolean
  | number
  | string
  | { t: string; view?: string; grad?: boolean }
  | { f: number | string }
  | { i: number }
  | { c: (number | string)[] }
  | { dtype: string }
  | { device: string }
  | { const: string }
  | { generator: number }
  | Value[];
export type Result =
  | null
  | boolean
  | number
  | string
  | { t: string }
  | { f: number | string }
  | { dtype: string }
  | { size: number[] }
  | { items: Result[]; fields?: string[] };
export interface Raised {
  type: string;
  message: string;
  /** Said by Python's argument parser or library, not by libtorch: only the kind of error is compared. */
  python?: boolean;
}
export interface Case {
  op: string;
  name?: string;
  args: Value[];
  kwargs?: Record<string, Value>;
  seed?: number;
  kind?: Kind;
  result?: Result;
  grads?: ({ t: string } | null)[];
  raises?: Raised;
  backward_raises?: Raised;
}
export interface Fixture {
  name: string;
  tensors: Map<string, RecordedTensor>;
  cases: Case[];
}

const folder = new URL('./fixtures/', import.meta.url);

export function readFixtures(): Fixture[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  return files.sort().map((file) => {
    const tensors = new Map<string, RecordedTensor>();
    const cases: Case[] = [];
    for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as Case | ({ tensor: string } & RecordedTensor);
      if ('tensor' in entry) tensors.set(entry.tensor, entry);
      else cases.push(entry);
    }
    return { name: file.replace('.jsonl', ''), tensors, cases };
  });
}
