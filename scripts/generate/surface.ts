// Which operators go where: what record_surface.py found in Python, less what overrides.ts takes out.
import { handWritten, onlyOverloads } from './overrides.js';
import type { SchemaIndex } from './schemas.js';
import { isConvertible } from './types.js';

export const namespaces = ['methods', 'functions', 'linalg', 'fft', 'special', 'nn_functional'] as const;
export type Namespace = (typeof namespaces)[number];

/** One operator name as surface.json records it. Overloads without a name are called 'default'. */
export interface OperatorRecord extends Partial<Record<Namespace, string[]>> {
  /** The overloads that write into `out`, in the order of the forms they belong to. */
  out?: string[];
  /** A number may be given for a Tensor. */
  numbers?: boolean;
  /** Where Python wraps the operator in a function of its own. */
  wrapper?: Namespace[];
  /** The name in nn.functional, where it differs from the operator's. */
  nn_name?: string;
  /** Parameters of nn.functional's function that the operator lacks. */
  nn_missing?: string[];
  /** Why nn.functional's function of this name is not the operator. */
  nn_differs?: string;
  /** Reason -> overloads that Python does not offer. */
  not?: Record<string, string[]>;
}

export interface Surface {
  torch: string;
  operators: Record<string, OperatorRecord>;
}

/** One name in one namespace, bound to an operator and the overloads to try, in this order. */
export interface Binding {
  name: string;
  operator: string;
  overloads: string[];
  out: string[];
  numbers: boolean;
}

/** torch.linalg.norm is aten::linalg_norm. */
export function publicName(namespace: Namespace, operator: string, record: OperatorRecord): string {
  if (namespace === 'nn_functional') return record.nn_name ?? operator;
  return operator.startsWith(`${namespace}_`) ? operator.slice(namespace.length + 1) : operator;
}

export function bindings(surface: Surface, namespace: Namespace, schemas: SchemaIndex): Binding[] {
  const found: Binding[] = [];
  const usable = (operator: string, overload: string): boolean =>
    schemas.get(operator, overload)?.args.every((arg) => isConvertible(arg.type)) ?? false;
  for (const [operator, record] of Object.entries(surface.operators)) {
    const name = publicName(namespace, operator, record);
    if (name in handWritten[namespace]) continue;
    const only = onlyOverloads[operator];
    const overloads = (record[namespace] ?? []).filter(
      (overload) => usable(operator, overload) && (!only || only.includes(overload)),
    );
    if (overloads.length === 0) continue;
    const out = namespace === 'methods' ? [] : (record.out ?? []).filter((o) => usable(operator, o));
    found.push({ name, operator, overloads, out, numbers: record.numbers ?? false });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
