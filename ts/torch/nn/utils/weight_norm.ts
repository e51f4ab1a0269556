/** https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.weight_norm.html */
import { namedArguments } from '../../arguments.js';
import { operator } from '../../dispatch.js';
import { ValueError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import type { Module } from '../modules/module.js';
import { Parameter } from '../parameter.js';
import { Registry, fieldsOf } from './forward_pre_norm.js';

const weightNorm = operator('_weight_norm', ['default']) as (v: Tensor, g: Tensor, dim: number) => Tensor;
const normExcept = operator('norm_except_dim', ['default']) as (
  v: Tensor,
  pow: number,
  dim: number,
) => Tensor;
const registry = new Registry('weight_norm');

/**
 * Splits the weight `name` of a module into its length, `name_g`, and its direction, `name_v`, which are parameters in
 * its stead; before each call the weight is computed from them.
 * @param args `name` (default: weight), `dim` (default: 0): the dimension along which there are lengths, null for one
 * @returns the module itself
 * @throws {TorchError} it is normalised already @throws {ValueError} there is no such parameter
 */
export function weight_norm<M extends Module>(
  module: M,
  ...args:
    | [name?: string, dim?: number | null]
    | [name: string, options: { dim?: number | null }]
    | [options: { name?: string; dim?: number | null }]
): M {
  const given = namedArguments('weight_norm', ['name', 'dim'], args);
  const name = (given['name'] ?? 'weight') as string;
  const dim = given['dim'] === null ? -1 : ((given['dim'] ?? 0) as number);
  registry.check(module, name);
  const fields = fieldsOf(module);
  const weight = fields[name];
  if (!(weight instanceof Parameter))
    throw new ValueError(`weight_norm: ${module._get_name()} has no parameter '${name}'`, 'weight_norm');
  const compute = (of: Module): Tensor => {
    const its = fieldsOf(of);
    return weightNorm(its[`${name}_v`] as Tensor, its[`${name}_g`] as Tensor, dim);
  };
  Reflect.deleteProperty(module, name);
  module.register_parameter(`${name}_g`, new Parameter(normExcept(weight, 2, dim)));
  module.register_parameter(`${name}_v`, new Parameter(weight));
  fields[name] = compute(module);
  registry.add(
    module,
    name,
    (called) => {
      fieldsOf(called)[name] = compute(called);
    },
    () => {
      const last = compute(module);
      for (const field of [name, `${name}_g`, `${name}_v`]) Reflect.deleteProperty(module, field);
      fields[name] = new Parameter(last);
    },
  );
  return module;
}

/** Makes one parameter of length and direction again. @throws {ValueError} the weight is not normalised */
export function remove_weight_norm<M extends Module>(module: M, name = 'weight'): M {
  registry.remove(module, name);
  return module;
}
