/** Walks over the tree of modules. */
import { namedArguments } from '../../arguments.js';
import { TorchError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import type { Parameter } from '../parameter.js';
import { isModule, members, type Kind } from './members.js';
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

/** This module and those below it: depth first, with their names. */
export function namedModules(module: Module, args: NamedModulesArguments): [string, AnyModule][] {
  const given = namedArguments('named_modules', ['memo', 'prefix', 'remove_duplicate'], args);
  const memo = (given['memo'] as Set<object> | undefined) ?? new Set();
  const once = given['remove_duplicate'] !== false;
  const found: [string, AnyModule][] = [];
  const walk = (part: Module, prefix: string): void => {
    if (memo.has(part)) return;
    if (once) memo.add(part);
    found.push([prefix, part as AnyModule]);
    for (const { kind, name, value } of members(part))
      if (kind === 'module') walk(value as Module, join(prefix, name));
  };
  walk(module, (given['prefix'] as string | undefined) ?? '');
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
  const parts: [string, Module][] = recurse
    ? namedModules(module, [{ prefix, remove_duplicate }])
    : [[prefix, module]];
  for (const [path, part] of parts)
    for (const member of members(part)) {
      if (member.kind !== kind || seen.has(member.value)) continue;
      if (remove_duplicate) seen.add(member.value);
      found.push([join(path, member.name), member.value as Tensor]);
    }
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
