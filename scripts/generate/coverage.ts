// docs/operators.md: for every operator of libtorch where it is offered, or why not.
import { handWritten, reasons } from './overrides.js';
import type { SchemaIndex } from './schemas.js';
import { publicName, type Binding, type Namespace, type OperatorRecord, type Surface } from './surface.js';
import { isConvertible } from './types.js';

const places: Record<Namespace, (name: string) => string> = {
  methods: () => 'method',
  functions: () => 'torch',
  linalg: (name) => `torch.linalg.${name}`,
  fft: (name) => `torch.fft.${name}`,
  special: (name) => `torch.special.${name}`,
  nn_functional: (name) => `nn.functional.${name}`,
};

interface Coverage {
  /** Overload -> the places that offer it. */
  offered: Map<string, Set<string>>;
  /** Overload -> a key of `reasons`, or the reason in words. */
  missing: Map<string, string>;
}

type Bound = ReadonlyMap<Namespace, Binding[]>;

function coverage(
  operator: string,
  overloads: string[],
  record: OperatorRecord,
  bound: ReadonlyMap<string, [Namespace, Binding][]>,
  schemas: SchemaIndex,
): Coverage {
  const usable = (overload: string): boolean =>
    schemas.get(operator, overload)?.args.every((arg) => isConvertible(arg.type)) ?? false;
  const offered = new Map<string, Set<string>>();
  const add = (overload: string, place: string): void => {
    offered.set(overload, (offered.get(overload) ?? new Set()).add(place));
  };
  for (const [namespace, binding] of bound.get(operator) ?? []) {
    const place = places[namespace](binding.name);
    for (const overload of binding.overloads) add(overload, place);
    for (const overload of binding.out) add(overload, 'option `out`');
  }
  for (const namespace of Object.keys(places) as Namespace[]) {
    const name = publicName(namespace, operator, record);
    if (!record[namespace] || !(name in handWritten[namespace])) continue;
    for (const overload of record[namespace])
      if (usable(overload)) add(overload, `${places[namespace](name)} (by hand)`);
    if (namespace !== 'methods')
      for (const overload of record.out ?? []) if (usable(overload)) add(overload, 'option `out`');
  }
  const missing = new Map<string, string>();
  for (const overload of overloads) {
    if (offered.has(overload)) continue;
    const recorded = Object.entries(record.not ?? {}).find(([, list]) => list.includes(overload));
    let reason = recorded?.[0] ?? 'overload';
    if (!usable(overload)) reason = 'type';
    else if (reason === 'internal' && record.nn_differs) reason = 'functional';
    missing.set(overload, reason);
  }
  return { offered, missing };
}

function line(operator: string, { offered, missing }: Coverage, record: OperatorRecord): string {
  const groups = new Map<string, string[]>();
  const put = (key: string, overload: string): void => {
    groups.set(key, [...(groups.get(key) ?? []), overload]);
  };
  for (const [overload, where] of offered) put([...where].join(', '), overload);
  for (const [overload, why] of missing) put(`no: ${why}`, overload);
  const list = (overloads: string[]): string =>
    overloads.join() === 'default' ? '' : ` (${overloads.join(', ')})`;
  const notes = [...groups].map(([key, overloads]) => key + list(overloads));
  if (record.nn_missing) notes.push(`nn.functional without ${record.nn_missing.join(', ')}`);
  if (record.nn_differs) notes.push(`not nn.functional's: ${record.nn_differs}`);
  return `- \`${operator}\`: ${notes.join('; ')}`;
}

export function coverageText(header: string, surface: Surface, all: Bound, schemas: SchemaIndex): string {
  const overloads = new Map<string, string[]>();
  for (const [operator, overload] of schemas.all)
    overloads.set(operator, [...(overloads.get(operator) ?? []), overload]);
  const bound = new Map<string, [Namespace, Binding][]>();
  for (const [namespace, list] of all)
    for (const binding of list)
      bound.set(binding.operator, [...(bound.get(binding.operator) ?? []), [namespace, binding]]);

  let offered = 0;
  const missing = new Map<string, number>();
  const publicLines: string[] = [];
  const otherLines: string[] = [];
  for (const operator of [...overloads.keys()].sort()) {
    const record = surface.operators[operator] ?? {};
    const found = coverage(operator, overloads.get(operator) ?? [], record, bound, schemas);
    offered += found.offered.size;
    for (const why of found.missing.values()) missing.set(why, (missing.get(why) ?? 0) + 1);
    (found.offered.size > 0 ? publicLines : otherLines).push(line(operator, found, record));
  }
  const counts = [...missing].sort((a, b) => b[1] - a[1]);
  const names = [...all].map(([namespace, list]) => `- ${namespace.replace('_', '.')}: ${list.length} names`);
  return `${header}

# Operators

libtorch ${surface.torch} has ${schemas.all.length} operator overloads under ${overloads.size} names.
**${offered} overloads** under ${publicLines.length} names are offered where Python offers them; every other one can be
called as \`torch.ops.aten.<name>.<overload>\`, as long as JavaScript has a value for each argument type.

${names.join('\n')}

Overloads without a public name, by reason:

${counts.map(([why, count]) => `- **${why}** (${count}): ${reasons[why] ?? why}`).join('\n')}

The overload that has no name of its own is called default, and only named where others stand beside it.

## Offered

${publicLines.join('\n')}

## Not offered

${otherLines.join('\n')}
`;
}
