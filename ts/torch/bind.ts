/** Puts the operators of the generated table where PyTorch has them. */
import { method, operator, type AnyFunction } from './dispatch.js';
import { operatorTable, type OperatorNamespace } from './operator_table.js';

function named(name: string, fn: AnyFunction): AnyFunction {
  return Object.defineProperty(fn, 'name', { value: name });
}

/** The functions of one namespace, ready to be exported by name. */
export function bindFunctions(namespace: Exclude<OperatorNamespace, 'methods'>): Record<string, AnyFunction> {
  const functions: Record<string, AnyFunction> = {};
  for (const entry of operatorTable(namespace))
    functions[entry.name] = named(
      entry.name,
      operator(entry.operator, entry.overloads, { outs: entry.out, wrapsNumbers: entry.numbersAsTensors }),
    );
  return functions;
}

/** The operators that are methods of Tensor. */
export function bindMethods(prototype: object): void {
  for (const entry of operatorTable('methods')) {
    if (Object.hasOwn(prototype, entry.name)) continue;
    const value = named(
      entry.name,
      method(entry.operator, entry.overloads, { outs: entry.out, wrapsNumbers: entry.numbersAsTensors }),
    );
    Object.defineProperty(prototype, entry.name, {
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    });
  }
}
