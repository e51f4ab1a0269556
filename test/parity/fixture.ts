/** Reads the recorded cases. The format is described in README.md beside this file. */
import { readdirSync } from 'node:fs';
import type { Kind } from '../support/close.js';
import { Recordings, isFixture, readLines, type Tensors } from '../support/recordings.js';

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
  tensors: Tensors;
  cases: Case[];
  recordings: Recordings;
}

const folder = new URL('./fixtures/', import.meta.url);

export function readFixtures(): Fixture[] {
  const files = readdirSync(folder).filter(isFixture);
  return files.sort().map((file) => {
    const tensors: Tensors = new Map();
    const cases = readLines<Case>(new URL(file, folder), tensors);
    const recordings = new Recordings(new URL(file, folder), tensors);
    return { name: file.replace('.jsonl', ''), tensors, cases, recordings };
  });
}
