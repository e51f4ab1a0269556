/** Putting parameters, buffers and modules under names that are known only when the program runs. */
import { ArgumentError, ValueError } from '../../errors.js';
import { escape } from '../../memory.js';
import { Tensor } from '../../tensor.js';
import { Parameter } from '../parameter.js';
import { buffers, isModule } from './members.js';
import type { Module } from './module.js';

/** @throws {ValueError} unless the name is free or has belonged to the same kind of member */
export function checkName(
  module: Module,
  kind: string,
  name: unknown,
  isKind: (value: unknown) => boolean,
): void {
  if (typeof name !== 'string')
    throw new ArgumentError(`${kind} name should be a string. Got ${typeName(name)}`);
  if (name.includes('.'))
    throw new ValueError(`${kind} name can't contain "."${kind === 'module' ? `, got: ${name}` : ''}`);
  if (name === '') throw new ValueError(`${kind} name can't be empty string ""`);
  const value = module._get_member(name);
  const free = value === undefined || (value === null && Object.hasOwn(module, name)) || isKind(value);
  if (!free) throw new ValueError(`attribute '${name}' already exists`);
}

export function parameter(module: Module, name: string, param: unknown): void {
  checkName(module, 'parameter', name, (value) => value instanceof Parameter);
  if (param !== null && !(param instanceof Parameter))
    throw new ArgumentError(
      `cannot assign '${typeName(param)}' object to parameter '${name}' (torch.nn.Parameter or None required)`,
      'register_parameter',
    );
  module._set_member(name, param);
}

export function buffer(module: Module, name: string, tensor: unknown): void {
  checkName(module, 'buffer', name, () => module[buffers]().has(name));
  if (tensor !== null && !(tensor instanceof Tensor))
    throw new ArgumentError(
      `cannot assign '${typeName(tensor)}' object to buffer '${name}' (torch Tensor or None required)`,
      'register_buffer',
    );
  if (tensor !== null) escape(tensor);
  module._set_member(name, tensor);
}

export function module(parent: Module, name: string, child: unknown): void {
  if (child !== null && !isModule(child))
    throw new ArgumentError(`${typeName(child)} is not a Module subclass`, 'add_module');
  checkName(parent, 'module', name, isModule);
  parent._set_member(name, child);
}

function typeName(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value !== 'object') return typeof value;
  return value instanceof Tensor ? value.type() : value.constructor.name;
}
