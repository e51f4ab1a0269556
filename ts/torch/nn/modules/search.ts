/** Walks over the tree of modules. */
import { namedArguments } from '../../arguments.js';
import { TorchError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import type { Parameter } from '../parameter.js';
import { isModule, members, type Kind, type Member } from './members.js';
import type { AnyModule, Module } from './module.js';

interface NamedOptions {
  prefix?: string;
  recurse?: boolean;
  remove_duplicate?: boolean;
}
export type NamedArguments =
  | [options?: NamedOptions]
  | [prefix: string, options?: Omit<NamedOptions, 'prefix'>]
  | [prefix: string, recurse: boolean, options?: Pick<NamedOptions, 'remove_duplicate'>]
  | [prefix: string, recurse: boolean, remove_duplicate: boolean];

interface NamedModulesOptions {
  /** Modules that have been seen; those that come are put in. */
  memo?: Set<object>;
  prefix?: string;
  remove_duplicate?: boolean;
}
export type NamedModulesArguments =
  | [options?: NamedModulesOptions]
  | [memo: Set<object>, options?: Omit<NamedModulesOptions, 'memo'>]
  | [memo: Set<object>, prefix: string, options?: Pick<NamedModulesOptions, 'remove_duplicate'>];

function join(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}

/** Visits this module and those below it, depth first, with their names and members. */
function walk(
  module: Module,
  prefix: string,
  once: boolean,
  memo: Set<object>,
  visit: (path: string, module: Module, members: readonly Member[]) => void,
): void {
  if (memo.has(module)) return;
  if (once) memo.add(module);
  const found = members(module);
  visit(prefix, module, found);
  for (const { kind, name, value } of found)
    if (kind === 'module') walk(value as Module, join(prefix, name), once, memo, visit);
}

export function namedModules(module: Module, args: NamedModulesArguments): [string, AnyModule][] {
  const given = namedArguments('named_modules', ['memo', 'prefix', 'remove_duplicate'], args);
  const { memo = new Set<object>(), prefix = '', remove_duplicate = true } = given as NamedModulesOptions;
  const found: [string, AnyModule][] = [];
  walk(module, prefix, remove_duplicate, memo, (path, part) => found.push([path, part as AnyModule]));
  return found;
}

export function namedChildren(module: Module): [string, AnyModule][] {
  const seen = new Set<object>();
  const found: [string, AnyModule][] = [];
  for (const { kind, name, value } of members(module)) {
    if (kind !== 'module' || seen.has(value)) continue;
    seen.add(value);
    found.push([name, value as AnyModule]);
  }
  return found;
}

/** The tensors of one kind with their names. */
function tensors(
  module: Module,
  kind: Kind,
  { prefix = '', recurse = true, remove_duplicate = true }: NamedOptions,
) {
  const seen = new Set<object>();
  const found: [string, Tensor][] = [];
  const add = (path: string, own: readonly Member[]): void => {
    for (const member of own) {
      if (member.kind !== kind || seen.has(member.value)) continue;
      if (remove_duplicate) seen.add(member.value);
      found.push([join(path, member.name), member.value as Tensor]);
    }
  };
  if (recurse)
    walk(module, prefix, remove_duplicate, new Set(), (path, _part, own) => {
      add(path, own);
    });
  else add(prefix, members(module));
  return found;
}

export function named(module: Module, op: string, kind: Kind, args: NamedArguments): [string, Tensor][] {
  return tensors(module, kind, namedArguments(op, ['prefix', 'recurse', 'remove_duplicate'], args));
}

function one(module: Module, kind: Kind, given: Record<string, unknown>): Tensor[] {
  return tensors(module, kind, { recurse: given['recurse'] !== false }).map(([, value]) => value);
}
export function parameters(module: Module, given: Record<string, unknown>): Parameter[] {
  return one(module, 'parameter', given);
}
export function allBuffers(module: Module, given: Record<string, unknown>): Tensor[] {
  return one(module, 'buffer', given);
}

/** The module at a dotted name. A name may itself contain dots, where a field holds a list. */
export function submodule(module: Module, target: string): AnyModule {
  let current = module;
  let rest = target;
  while (rest !== '') {
    const found = members(current).find(({ kind, name }) => kind === 'module' && startsWith(rest, name));
    if (found === undefined) {
      const name = rest.split('.')[0]!;
      const value = current._get_member(name);
      if (value === undefined || isModule(value))
        throw new TorchError(`${current._get_name()} has no attribute \`${name}\``, 'get_submodule');
      throw new TorchError(`\`${name}\` is not an nn.Module`, 'get_submodule');
    }
    current = found.value as Module;
    rest = rest.slice(found.name.length + 1);
  }
  return current as AnyModule;
}

function startsWith(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}.`);
}

/** The parameter or buffer at a dotted name. */
export function tensorAt(module: Module, target: string, kind: 'parameter' | 'buffer'): Tensor {
  let current: Module = module;
  let rest = target;
  for (;;) {
    const found = members(current);
    const here = found.find((member) => member.kind === kind && member.name === rest);
    if (here) return here.value as Tensor;
    const inner = found.find((member) => member.kind === 'module' && rest.startsWith(`${member.name}.`));
    if (!inner) break;
    current = inner.value as Module;
    rest = rest.slice(inner.name.length + 1);
  }
  const parts = rest.split('.');
  if (parts.length > 1) submodule(current, parts.slice(0, -1).join('.'));
  const name = parts.at(-1)!;
  if (current._get_member(name) === undefined)
    throw new TorchError(`${current._get_name()} has no attribute \`${name}\``, `get_${kind}`);
  throw new TorchError(
    `\`${name}\` is not ${kind === 'parameter' ? 'an nn.Parameter' : 'a buffer'}`,
    `get_${kind}`,
  );
}
