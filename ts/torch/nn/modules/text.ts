/** What modules print, as Python prints it. */
import { repr } from '../../number_text.js';
import { Complex, Float } from '../../scalar.js';
import { members } from './members.js';
import type { Module } from './module.js';

/** Python's `repr` of an option: `True`, `None`, `(3, 3)`, `1e-05`. An integral number is an int. */
export function pythonText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : repr(value);
  if (value instanceof Float) return repr(value.real);
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value))
    return value.length === 1 ? `(${pythonText(value[0])},)` : `(${value.map(pythonText).join(', ')})`;
  if (typeof value === 'bigint' || value instanceof Complex) return String(value);
  return typeof value;
}

/**
 * The text of an option whose default is a float of integral value: `nn.ELU()` and `nn.ELU(1)` print `alpha=1.0`,
 * `nn.ELU(2)` prints what was written.
 */
export function floatText(value: number | Float, standard: number): string {
  return typeof value === 'number' && value === standard ? repr(value) : pythonText(value);
}

/** Indents all lines but the first; empty ones stay empty. */
export function indent(text: string, spaces = 2): string {
  return text
    .split('\n')
    .map((line, i) => (i === 0 || line.trim() === '' ? (i === 0 ? line : '') : ' '.repeat(spaces) + line))
    .join('\n');
}

/** The tree of a module: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html */
export function moduleText(module: Module): string {
  const extra = module.extra_repr();
  const lines = extra === '' ? [] : extra.split('\n');
  const children: string[] = [];
  for (const { kind, name, value } of members(module))
    if (kind === 'module') children.push(`(${name}): ${indent(String(value))}`);
  const start = `${module._get_name()}(`;
  if (lines.length === 0 && children.length === 0) return `${start})`;
  if (lines.length === 1 && children.length === 0) return `${start}${lines[0]!})`;
  return `${start}\n  ${[...lines, ...children].join('\n  ')}\n)`;
}
