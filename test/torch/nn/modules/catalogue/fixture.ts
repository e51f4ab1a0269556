/** Reads what fixtures/record.py has recorded. */
import { readdirSync } from 'node:fs';
import { Float, type Tensor } from '../../../../../ts/torch/index.js';
import type { Kind } from '../../../../support/close.js';
import { dtypeNamed, restore } from '../../../../support/recorded.js';
import { Recordings, isFixture, readLines, type Tensors } from '../../../../support/recordings.js';

export type Value =
  | null
  | boolean
  | number
  | string
  | Value[]
  | { t: string; grad?: boolean }
  | { f: number | string }
  | { dtype: string };

export interface RecordedCall {
  args: Value[];
  kwargs?: Record<string, Value>;
  method?: string;
  eval?: boolean;
  result: string[];
}
interface Made {
  name: string;
  make?: string;
  args: Value[];
  kwargs: Record<string, Value>;
}
export interface RecordedCase extends Made {
  kind: Kind;
  repr: string;
  state: Record<string, string>;
  /** Parameters that require a gradient. */
  trains: string[];
  calls: RecordedCall[];
  grads?: (string | null)[];
  parameter_grads?: Record<string, string>;
  after?: Record<string, string>;
  next: number;
}
export interface RecordedRefusal extends Made {
  call?: Value[];
  type: string;
  /** Null where only the kind of error is the same. */
  message: string | null;
}

export interface Family {
  name: string;
  tensors: Tensors;
  cases: RecordedCase[];
  refused: RecordedRefusal[];
  recordings: Recordings;
}

/** What only moves or chooses elements is equal bit for bit; where windows overlap, gradients are sums. */
export const gradientKind: Record<Kind, Kind> = {
  exact: 'reduction',
  drawn: 'elementwise',
  elementwise: 'elementwise',
  reduction: 'reduction',
};

export function families(): Family[] {
  const folder = new URL('fixtures/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl') && isFixture(file));
  return files.sort().map((file) => {
    const tensors: Tensors = new Map();
    const entries = readLines<RecordedCase | RecordedRefusal>(new URL(file, folder), tensors);
    return {
      name: file.replace('.jsonl', ''),
      tensors,
      cases: entries.filter((entry) => 'repr' in entry),
      refused: entries.filter((entry) => 'type' in entry),
      recordings: new Recordings(new URL(file, folder), tensors),
    };
  });
}

/** The values that a fixture writes; tensors that want a gradient are noted in `leaves`. */
export function revive({ tensors }: Family, value: Value, leaves: Tensor[]): unknown {
  const again = (item: Value): unknown => {
    if (Array.isArray(item)) return item.map(again);
    if (item === null || typeof item !== 'object') return item;
    if ('dtype' in item) return dtypeNamed(item.dtype);
    if ('f' in item)
      return item.f === 'inf' ? Infinity : item.f === '-inf' ? -Infinity : new Float(Number(item.f));
    const tensor = restore(tensors.get(item.t)!);
    if (!item.grad) return tensor;
    leaves.push(tensor.requires_grad_());
    // A copy, since no leaf can be changed in place.
    return tensor.clone();
  };
  return again(value);
}

export function reviveAll(family: Family, values: Record<string, Value>, leaves: Tensor[]): object {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, revive(family, value, leaves)]),
  );
}
