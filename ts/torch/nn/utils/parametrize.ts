/**
 * Weights that are computed from other tensors at each use:
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.register_parametrization.html
 */
import { no_grad } from '../../autograd/grad_mode.js';
import { within } from '../../context.js';
import { ValueError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import { ModuleDict } from '../modules/module_dict.js';
import { buffers } from '../modules/members.js';
import type { AnyModule, Module } from '../modules/module.js';
import { Parameter } from '../parameter.js';
import { fieldsOf } from './forward_pre_norm.js';
import { checkLike, inverse, ParametrizationList, type Parametrization } from './parametrization_list.js';

export { ParametrizationList, type Parametrization } from './parametrization_list.js';

let caching = 0;
let cache = new WeakMap<object, Map<string, Tensor>>();

/**
 * Runs `fn`; within, every parametrized tensor is computed once and then taken as it is. Worth it where a weight is used
 * several times in a forward pass, as in a loop of a recurrent cell. Python's `with parametrize.cached():`.
 */
export function cached<T>(fn: () => T): T {
  ++caching;
  try {
    return fn();
  } finally {
    if (--caching === 0) cache = new WeakMap();
  }
}

/** The list that computes `name`; undefined where it is an ordinary tensor. */
function listOf(module: Module, name: string): ParametrizationList | undefined {
  const { parametrizations } = module as { parametrizations?: unknown };
  return parametrizations instanceof ModuleDict && parametrizations.has(name)
    ? (parametrizations.get(name) as ParametrizationList)
    : undefined;
}

function compute(module: Module, name: string): Tensor {
  const list = listOf(module, name)!;
  if (caching === 0) return list();
  const known = cache.get(module) ?? new Map<string, Tensor>();
  cache.set(module, known);
  const value = known.get(name) ?? list();
  known.set(name, value);
  return value;
}

/** The prototypes that stand between a parametrized module and its class. */
const injected = new WeakSet<object>();

/** A prototype of the module's own, for the accessors: the class itself belongs to other modules too. */
function inject(module: Module): void {
  const own = Object.create(Object.getPrototypeOf(module) as object) as Module;
  const name = module._get_name();
  Object.defineProperty(own, '_get_name', { value: () => `Parametrized${name}`, configurable: true });
  injected.add(own);
  Object.setPrototypeOf(module, own);
}

function addAccessor(module: Module, name: string): void {
  Object.defineProperty(Object.getPrototypeOf(module), name, {
    get(this: Module): Tensor {
      return compute(this, name);
    },
    set(this: Module, value: Tensor) {
      listOf(this, name)!.right_inverse(value);
    },
    configurable: true,
  });
}

/** Puts a tensor where `module` finds it as what it is, a parameter or a buffer. */
function put(module: Module, name: string, tensor: Tensor): void {
  if (tensor instanceof Parameter) module.register_parameter(name, tensor);
  else module.register_buffer(name, tensor);
}

/** Whether the tensor `tensor_name` of a module is parametrized; any of them where no name is given. */
export function is_parametrized(module: Module, tensor_name?: string): boolean {
  if (tensor_name !== undefined) return listOf(module, tensor_name) !== undefined;
  const { parametrizations } = module as { parametrizations?: unknown };
  return parametrizations instanceof ModuleDict && parametrizations.length > 0;
}

/**
 * Makes `module[tensor_name]` the result of `parametrization(original)`. The original is a parameter of
 * `module.parametrizations[tensor_name]`, and the module prints as `Parametrized...`. Further parametrizations of the
 * same tensor are applied after those that are there. A parametrization may have a method `right_inverse(value)`,
 * which finds the original for a value: assigning `module.weight = value` calls it.
 * @param options `unsafe` (default: false): the parametrization may change shape and dtype, and is not tried out
 * @returns the module itself
 * @throws {ValueError} there is no such tensor; shape or dtype would change
 */
export function register_parametrization<M extends Module>(
  module: M,
  tensor_name: string,
  parametrization: Module,
  options: { unsafe?: boolean } = {},
): M {
  const unsafe = options.unsafe === true;
  const added = parametrization as Parametrization;
  added.train(module.training);
  const list = listOf(module, tensor_name);
  if (list) {
    if (!unsafe) tryOut(module, tensor_name, added);
    list.append(added);
    list.unsafe ||= unsafe;
    return module;
  }
  const fields = fieldsOf(module);
  const original = fields[tensor_name];
  const isParameter = original instanceof Parameter;
  if (!isParameter && !module[buffers]().has(tensor_name))
    throw new ValueError(
      `Module '${String(module)}' does not have a parameter, a buffer, or a parametrized element with name ` +
        `'${tensor_name}'`,
      'register_parametrization',
    );
  // Before anything changes, since it may fail.
  const made = ParametrizationList([added], original as Tensor, { unsafe });
  Reflect.deleteProperty(module, tensor_name);
  module[buffers]().delete(tensor_name);
  if (!is_parametrized(module)) {
    inject(module);
    fields['parametrizations'] = ModuleDict();
  }
  addAccessor(module, tensor_name);
  (fields['parametrizations'] as ModuleDict).set(tensor_name, made);
  return module;
}

/** Whether one more parametrization maps tensors of this shape and dtype to their like, and back. */
function tryOut(module: Module, name: string, parametrization: Parametrization): void {
  no_grad(() => {
    const before = compute(module, name);
    const after = parametrization(before) as Tensor;
    checkLike(after, before, name);
    const back = inverse(parametrization, after);
    if (back !== undefined) checkLike(back, before, name, 'parametrization.right_inverse');
  });
}

/**
 * Makes an ordinary tensor of a parametrized one.
 * @param options `leave_parametrized` (default: true): it keeps its present value; otherwise it becomes the original
 * @returns the module itself
 * @throws {ValueError} it is not parametrized; there are several originals and none is to be computed from them
 */
export function remove_parametrizations<M extends Module>(
  module: M,
  tensor_name: string,
  options: boolean | { leave_parametrized?: boolean } = {},
): M {
  const leave = (typeof options === 'boolean' ? options : options.leave_parametrized) !== false;
  const list = listOf(module, tensor_name);
  if (!list)
    throw new ValueError(
      `Module ${String(module)} does not have a parametrization on ${tensor_name}`,
      'remove_parametrizations',
    );
  if (!list.is_tensor && !leave)
    throw new ValueError(
      'Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence ' +
        'of tensors.',
      'remove_parametrizations',
    );
  const result = within({ scope: null }, () => {
    if (!list.is_tensor) {
      const value = compute(module, tensor_name);
      return value.requires_grad ? Parameter(value) : value;
    }
    const { original } = list;
    // The parameter stays the object that optimizers know.
    if (leave) no_grad(() => (original.data = compute(module, tensor_name).detach()));
    return original;
  });
  Reflect.deleteProperty(Object.getPrototypeOf(module) as object, tensor_name);
  const { parametrizations } = module as unknown as { parametrizations: ModuleDict };
  parametrizations.delete(tensor_name);
  put(module, tensor_name, result);
  if (is_parametrized(module)) return module;
  Reflect.deleteProperty(module, 'parametrizations');
  const own = Object.getPrototypeOf(module) as object;
  if (injected.has(own)) Object.setPrototypeOf(module, Object.getPrototypeOf(own) as object);
  return module;
}

/** The class of a module as it was before it was parametrized. */
export function type_before_parametrizations(module: Module): unknown {
  return (module as unknown as AnyModule).constructor;
}

/**
 * Parametrizes tensors of `to_module` as those of `from_module` are: with the same parametrizations, which both modules
 * share afterwards. A tensor that `to_module` does not have is made.
 * @param tensor_name default: all that are parametrized
 */
export function transfer_parametrizations_and_params<M extends Module>(
  from_module: Module,
  to_module: M,
  tensor_name?: string,
): M {
  if (!is_parametrized(from_module)) return to_module;
  const { parametrizations } = from_module as unknown as { parametrizations: ModuleDict };
  for (const name of tensor_name === undefined ? parametrizations.keys() : [tensor_name]) {
    const source = listOf(from_module, name)!;
    if (!(name in to_module)) put(to_module, name, Parameter(no_grad(() => compute(from_module, name))));
    for (const parametrization of source) register_parametrization(to_module, name, parametrization);
    const target = listOf(to_module, name)!;
    for (const [i, tensor] of source.originals().entries()) target.originals()[i]!.data = tensor.data;
  }
  return to_module;
}
