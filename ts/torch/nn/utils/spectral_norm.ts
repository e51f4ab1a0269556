/** https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.spectral_norm.html */
import { namedArguments } from '../../arguments.js';
import { no_grad } from '../../autograd/grad_mode.js';
import { ValueError } from '../../errors.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import type { Module } from '../modules/module.js';
import { Parameter } from '../parameter.js';
import { Registry, fieldsOf } from './forward_pre_norm.js';

const registry = new Registry('spectral_norm');

interface SpectralNormOptions {
  /** Default: weight. */
  name?: string;
  /** Steps of the power iteration before each call in training; default: 1. */
  n_power_iterations?: number;
  /** Smallest divisor; default: 1e-12. */
  eps?: number;
  /** The dimension of the outputs: 1 for transposed convolutions, else 0. */
  dim?: number | null;
}

/** The weight as a matrix with the rows of dimension `dim`. */
function matrix(weight: Tensor, dim: number): Tensor {
  const front =
    dim === 0 ? weight : weight.permute([dim, ...weight.shape.map((_, i) => i).filter((i) => i !== dim)]);
  return front.reshape([front.size(0), -1]);
}
function unit(vector: Tensor, eps: number): Tensor {
  return vector.div(vector.norm({ p: 2, dim: 0, keepdim: true }).clamp_min(eps));
}

/**
 * Divides the weight `name` of a module by its largest singular value, which a power iteration estimates before each
 * call in training. `name_orig` is the parameter then, `name_u` and `name_v` are buffers.
 * @returns the module itself
 * @throws {TorchError} it is normalised already @throws {ValueError} there is no such parameter
 */
export function spectral_norm<M extends Module>(
  module: M,
  ...args: [options?: SpectralNormOptions] | [name: string, options?: Omit<SpectralNormOptions, 'name'>]
): M {
  const op = 'spectral_norm';
  const given = namedArguments(op, ['name', 'n_power_iterations', 'eps', 'dim'], args) as SpectralNormOptions;
  const { name = 'weight', n_power_iterations = 1, eps = 1e-12 } = given;
  const dim = given.dim ?? (/^ConvTranspose[123]d$/.test(module._get_name()) ? 1 : 0);
  registry.check(module, name);
  if (n_power_iterations <= 0)
    throw new ValueError(
      `Expected n_power_iterations to be positive, but got n_power_iterations=${n_power_iterations}`,
      op,
    );
  const fields = fieldsOf(module);
  const weight = fields[name];
  if (!(weight instanceof Parameter))
    throw new ValueError(`\`SpectralNorm\` cannot be applied as parameter \`${name}\` is None`, op);

  const compute = (of: Module, iterate: boolean): Tensor => {
    const its = fieldsOf(of);
    const rows = matrix(its[`${name}_orig`] as Tensor, dim);
    const [u, v] = [its[`${name}_u`], its[`${name}_v`]] as [Tensor, Tensor];
    if (iterate)
      no_grad(() => {
        tidy(() => {
          for (let i = 0; i < n_power_iterations; ++i) {
            v.copy_(unit(rows.t().mv(u), eps));
            u.copy_(unit(rows.mv(v), eps));
          }
        });
      });
    // Copies, since the next call changes both in place while this one's graph may still be needed.
    const sigma = iterate ? u.clone().dot(rows.mv(v.clone())) : u.dot(rows.mv(v));
    return (its[`${name}_orig`] as Tensor).div(sigma);
  };

  const [u, v] = no_grad(() =>
    tidy(() => {
      const [height, width] = matrix(weight, dim).shape as unknown as [number, number];
      const drawn = (size: number): Tensor => unit(weight.new_empty([size]).normal_(0, 1), eps);
      return [drawn(height), drawn(width)] as const;
    }),
  );
  Reflect.deleteProperty(module, name);
  module.register_parameter(`${name}_orig`, weight);
  fields[name] = weight.data;
  module.register_buffer(`${name}_u`, u);
  module.register_buffer(`${name}_v`, v);
  registry.add(
    module,
    name,
    (called) => {
      fieldsOf(called)[name] = compute(called, called.training);
    },
    () => {
      const last = no_grad(() => compute(module, false));
      for (const suffix of ['', '_u', '_v', '_orig']) Reflect.deleteProperty(module, name + suffix);
      module.register_parameter(name, new Parameter(last));
    },
  );
  return module;
}

/** Makes a plain parameter of the weight again. @throws {ValueError} it is not normalised */
export function remove_spectral_norm<M extends Module>(module: M, name = 'weight'): M {
  registry.remove(module, name);
  return module;
}
